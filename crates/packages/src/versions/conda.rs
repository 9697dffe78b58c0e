//! Conda's order of versions, and its specifications: `>=1.2,<2|1.0.*`.
//!
//! The rules are those of `VersionOrder` and `VersionSpec`,
//! <https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-specs.html> and
//! <https://github.com/conda/conda/blob/main/conda/models/version.py>. Regular expressions (`^…$`) are refused.

use std::cmp::Ordering;

use super::operators::holds;
use super::{Letters, Natural, Word, split_while};

/// How deep parentheses may stand in each other.
const DEEPEST: usize = 32;

/// The order of two versions, or `None` when conda would refuse one of them.
///
/// ```
/// # use std::cmp::Ordering;
/// # use plimsoll_packages::versions::conda;
/// assert_eq!(conda::compare("1.1dev1", "1.1a1"), Some(Ordering::Less));
/// assert_eq!(conda::compare("1.1.post1", "1.1"), Some(Ordering::Greater));
/// ```
#[must_use]
pub fn compare(left: &str, right: &str) -> Option<Ordering> {
    Some(Version::parse(left)?.cmp(&Version::parse(right)?))
}

/// Whether a version meets a specification; `None` when that is malformed or a regular expression.
///
/// ```
/// # use plimsoll_packages::versions::conda;
/// assert_eq!(conda::satisfies(">=1.2,<2|0.9.*", "0.9.5"), Some(true));
/// assert_eq!(conda::satisfies("~=1.4.2", "1.5"), Some(false));
/// ```
#[must_use]
pub fn satisfies(requirement: &str, version: &str) -> Option<bool> {
    let parsed = Version::parse(version)?;
    let mut specification = Specification { rest: requirement.trim(), text: version, version: &parsed };
    let answer = specification.any(DEEPEST)?;
    specification.rest.is_empty().then_some(answer)
}

/// A reader of specifications that decides about a version as it reads.
struct Specification<'a> {
    rest: &'a str,
    text: &'a str,
    version: &'a Version<'a>,
}

impl Specification<'_> {
    fn takes(&mut self, letter: char) -> bool {
        match self.rest.strip_prefix(letter) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn any(&mut self, depth: usize) -> Option<bool> {
        let mut answer = self.all(depth)?;
        while self.takes('|') {
            answer |= self.all(depth)?;
        }
        Some(answer)
    }

    fn all(&mut self, depth: usize) -> Option<bool> {
        let mut answer = self.one(depth)?;
        while self.takes(',') {
            answer &= self.one(depth)?;
        }
        Some(answer)
    }

    fn one(&mut self, depth: usize) -> Option<bool> {
        if self.takes('(') {
            let answer = self.any(depth.checked_sub(1)?)?;
            return self.takes(')').then_some(answer);
        }
        let end = self.rest.find(['(', ')', '|', ',']).unwrap_or(self.rest.len());
        let (one, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        self.is_met(one.trim())
    }

    fn is_met(&self, one: &str) -> Option<bool> {
        const OPERATORS: [&str; 8] = ["==", "!=", "<=", ">=", "~=", "=", "<", ">"];
        if one == "*" {
            return Some(true);
        }
        if let Some(operator) = OPERATORS.iter().find(|operator| one.starts_with(**operator)) {
            let bound = one.strip_prefix(operator)?;
            let is_one_word = !bound.starts_with(['=', '<', '>', '!', '~']) && !bound.contains(char::is_whitespace);
            return if is_one_word { self.is_related(operator, bound) } else { None };
        }
        if one.starts_with(['^', '!', '~']) || one.ends_with('$') {
            return None;
        }
        let front = one.trim_end_matches('*');
        if front.contains('*') {
            return is_glob(one).then(|| matches_glob(one.as_bytes(), self.text.as_bytes()));
        }
        if front.len() < one.len() {
            return Some(self.version.starts_with(&Version::parse(front.trim_end_matches('.'))?));
        }
        Some(self.version.cmp(&Version::parse(one)?).is_eq())
    }

    fn is_related(&self, operator: &str, bound: &str) -> Option<bool> {
        let (bound, is_wild) = bound.strip_suffix(".*").map_or((bound, false), |bound| (bound, true));
        let parsed = Version::parse(bound)?;
        match operator {
            "=" => return Some(self.version.starts_with(&parsed)),
            "!=" if is_wild => return Some(!self.version.starts_with(&parsed)),
            "~=" if is_wild => return None,
            "~=" => {
                let series = Version::parse(bound.rsplit_once('.')?.0)?;
                return Some(self.version.cmp(&parsed).is_ge() && self.version.starts_with(&series));
            }
            _ => {}
        }
        holds(operator, self.version.cmp(&parsed))
    }
}

/// Whether nothing but the stars of a glob would mean something in the regular expression that conda makes of it.
fn is_glob(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'*' | b'!' | b'_' | b'-'))
}

/// Whether `text` is `glob`, in which each star stands for any text. What a star took is only ever widened for the last
/// one, which is all that is ever needed.
fn matches_glob(glob: &[u8], text: &[u8]) -> bool {
    let mut pieces = glob.split(|byte| *byte == b'*');
    let Some(mut rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let Some(last) = pieces.next_back() else { return rest.is_empty() };
    for piece in pieces {
        match memchr::memmem::find(rest, piece).and_then(|start| rest.get(start.checked_add(piece.len())?..)) {
            Some(behind) => rest = behind,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// A version cut at `!` and `+`.
#[derive(Debug, Clone, Copy)]
struct Version<'a> {
    epoch: Natural<'a>,
    release: Part<'a>,
    /// Empty when there is none.
    local: Part<'a>,
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let is_accepted =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'!' | b'*' | b'_' | b'-');
        // Hyphens stand for underscores, but not beside them.
        if !text.bytes().all(is_accepted) || (text.contains('-') && text.contains('_')) {
            return None;
        }
        let (epoch, rest) = text.split_once('!').unwrap_or(("0", text));
        let (release, local) = rest.split_once('+').map_or((rest, None), |(release, local)| (release, Some(local)));
        let is_epoch = !epoch.is_empty() && epoch.bytes().all(|byte| byte.is_ascii_digit());
        let release = Part { text: release, is_local: false };
        let local = Part { text: local.unwrap_or_default(), is_local: local.is_some() };
        let is_whole = is_epoch && release.is_whole() && (!local.is_local || local.is_whole());
        is_whole.then_some(Self { epoch: Natural::new(epoch.as_bytes()), release, local })
    }

    fn cmp(&self, other: &Self) -> Ordering {
        let order = self.epoch.cmp(&other.epoch).then_with(|| self.release.cmp(&other.release));
        order.then_with(|| self.local.cmp(&other.local))
    }

    /// Whether it is `bound` or goes on from there: within the last component of `bound`, even within its last word.
    fn starts_with(&self, bound: &Self) -> bool {
        if self.epoch != bound.epoch {
            return false;
        }
        if bound.local.is_local {
            return self.release.cmp(&bound.release).is_eq() && self.local.starts_with(&bound.local);
        }
        self.release.starts_with(&bound.release)
    }
}

/// Components between dots or underscores.
#[derive(Debug, Clone, Copy)]
struct Part<'a> {
    text: &'a str,
    is_local: bool,
}

impl<'a> Part<'a> {
    /// An underscore at the end of a release belongs to the component before it, which makes the version older.
    fn components(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let text = self.text.as_bytes();
        let kept =
            if !self.is_local && matches!(text, [.., b'_' | b'-']) { text.len().saturating_sub(1) } else { text.len() };
        let mut rest = (!text.is_empty()).then_some(text);
        std::iter::from_fn(move || {
            let component = rest?;
            let before = text.len().saturating_sub(component.len());
            let cut = component
                .iter()
                .enumerate()
                .position(|(index, byte)| matches!(byte, b'.' | b'_' | b'-') && before.saturating_add(index) < kept);
            let (component, behind) = match cut {
                Some(cut) => (component.get(..cut)?, component.get(cut.checked_add(1)?..)),
                None => (component, None),
            };
            rest = behind;
            Some(component)
        })
    }

    /// Whether there is something in every component.
    fn is_whole(&self) -> bool {
        let is_cut = |byte: &u8| matches!(byte, b'!' | b'+');
        let mut components = self.components().peekable();
        components.peek().is_some() && components.all(|one| !one.is_empty() && !one.iter().any(is_cut))
    }

    fn cmp(&self, other: &Self) -> Ordering {
        let (mut left, mut right) = (self.components(), other.components());
        loop {
            let (component, met) = match (left.next(), right.next()) {
                (None, None) => return Ordering::Equal,
                (component, met) => (component.unwrap_or_default(), met.unwrap_or_default()),
            };
            let order = compare_components(component, met);
            if order.is_ne() {
                return order;
            }
        }
    }

    fn starts_with(&self, bound: &Self) -> bool {
        let mut components = self.components();
        let mut bounds = bound.components().peekable();
        while let Some(bound) = bounds.next() {
            let component = components.next().unwrap_or_default();
            if bounds.peek().is_some() {
                if compare_components(component, bound).is_ne() {
                    return false;
                }
                continue;
            }
            return component_starts_with(component, bound);
        }
        true
    }
}

fn compare_components(left: &[u8], right: &[u8]) -> Ordering {
    let (mut left, mut right) = (Atoms::new(left), Atoms::new(right));
    loop {
        let (atom, met) = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (atom, met) => (atom.unwrap_or(Atom::ZERO), met.unwrap_or(Atom::ZERO)),
        };
        let order = atom.cmp(&met);
        if order.is_ne() {
            return order;
        }
    }
}

fn component_starts_with(component: &[u8], bound: &[u8]) -> bool {
    let mut atoms = Atoms::new(component);
    let mut bounds = Atoms::new(bound).peekable();
    while let Some(bound) = bounds.next() {
        let atom = atoms.next().unwrap_or(Atom::ZERO);
        let is_same = match (atom, bound) {
            (Atom::Word(word), Atom::Word(start)) if bounds.peek().is_none() => word.0.starts_with(&start.0),
            (atom, bound) => atom == bound,
        };
        if !is_same {
            return false;
        }
    }
    true
}

/// What components are made of, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Atom<'a> {
    Word(Word<Text<'a>>),
    Number(Natural<'a>),
    Post,
}

impl Atom<'_> {
    const ZERO: Self = Self::Number(Natural::ZERO);
}

/// Letters without regard to case; `dev` counts as if it were the only one in capitals, which is before all others.
#[derive(Debug, Clone, Copy)]
struct Text<'a>(&'a [u8]);

impl Letters for Text<'_> {
    type Letter = u8;

    fn letters(&self) -> impl Iterator<Item = u8> {
        let is_dev = self.0.eq_ignore_ascii_case(b"dev");
        self.0.iter().map(move |byte| match byte {
            b'-' => b'_',
            _ if is_dev => byte.to_ascii_uppercase(),
            _ => byte.to_ascii_lowercase(),
        })
    }
}

impl Text<'_> {
    fn starts_with(&self, start: &Self) -> bool {
        self.letters().take(start.0.len()).eq(start.letters())
    }
}

/// The atoms of a component, with a zero before one that begins with a word, to keep numbers and words in step.
struct Atoms<'a> {
    rest: &'a [u8],
    is_first: bool,
}

impl<'a> Atoms<'a> {
    fn new(component: &'a [u8]) -> Self {
        Self { rest: component, is_first: true }
    }
}

impl<'a> Iterator for Atoms<'a> {
    type Item = Atom<'a>;

    fn next(&mut self) -> Option<Atom<'a>> {
        let is_first = std::mem::take(&mut self.is_first);
        let first = *self.rest.first()?;
        if is_first && !first.is_ascii_digit() {
            return Some(Atom::ZERO);
        }
        let kind = |byte: u8| (byte.is_ascii_digit(), byte == b'*');
        let (atom, rest) = split_while(self.rest, |byte| kind(byte) == kind(first));
        self.rest = rest;
        Some(match first {
            b'0'..=b'9' => Atom::Number(Natural::new(atom)),
            _ if atom.eq_ignore_ascii_case(b"post") => Atom::Post,
            _ => Atom::Word(Word(Text(atom))),
        })
    }
}
