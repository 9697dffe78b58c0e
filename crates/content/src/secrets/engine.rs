//! From keywords to candidates to hits.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use plimsoll_model::SecretTrace;
use regex::bytes::Regex;

use super::paths;
use super::placeholders;
use super::redaction;
use super::rules::{RULES, Rule};
use super::validators::{Candidate, Known, stores};
use crate::keywords::Keywords;

/// The keywords of all rules.
static KEYWORDS: LazyLock<Keywords<'static>> = LazyLock::new(|| {
    let of_rule = |(number, rule): (usize, &'static Rule)| {
        rule.keywords.iter().map(move |word| (Cow::Borrowed(word.as_bytes()), number))
    };
    Keywords::new(RULES.iter().enumerate().flat_map(of_rule))
});

/// Texts up to this length are short.
const SHORT: usize = 1 << 14;

/// Hits in one file that are told of.
pub(super) const MOST_HITS: usize = 100;

/// Candidates in one file that are looked at: more than are told of, because rules see the same bytes.
const MOST_CANDIDATES: usize = 1000;

/// Bytes that all regular expressions together may go through, for each byte of the file. What is made to hold all
/// keywords everywhere would otherwise cost a pass a rule.
const MOST_PASSES: usize = 16;

/// What the bytes are.
#[derive(Clone, Copy)]
pub(super) enum Place<'a> {
    /// A text from the image's config.
    Text,
    /// A file of text at this path.
    File(&'a str),
    /// Any other file at this path.
    Binary(&'a str),
}

impl<'a> Place<'a> {
    /// Tells text from what is not as `grep` does: by a NUL near the beginning.
    pub(super) fn file(path: &'a str, bytes: &[u8]) -> Self {
        let start = bytes.get(..8192).unwrap_or(bytes);
        if memchr::memchr(0, start).is_some() { Self::Binary(path) } else { Self::File(path) }
    }

    const fn path(self) -> &'a str {
        match self {
            Self::Text => "",
            Self::File(path) | Self::Binary(path) => path,
        }
    }

    fn admits(self, rule: &Rule) -> bool {
        if rule.own && paths::is_public_package(self.path()) {
            return false;
        }
        let named = |path: &str| rule.paths.iter().any(|pattern| paths::ends_as(path, pattern));
        match self {
            Self::Text => rule.text_only || rule.paths.is_empty(),
            Self::Binary(_) if !rule.binary => false,
            Self::File(path) | Self::Binary(path) if rule.text_only || !rule.paths.is_empty() => named(path),
            Self::File(_) | Self::Binary(_) => true,
        }
    }
}

/// A secret and what is known of it.
pub(super) struct Hit {
    rule: &'static Rule,
    /// Index of the rule: the lower, the more telling.
    rank: usize,
    /// Where the secret is.
    pub(super) secret: Range<usize>,
    /// How it is shown.
    pub(super) redacted: String,
    mark: String,
    state: String,
    weak: bool,
}

impl Hit {
    pub(super) fn trace(&self, line: u32) -> SecretTrace {
        SecretTrace {
            rule: self.rule.id.clone(),
            line,
            redacted: self.redacted.clone(),
            mark: self.mark.clone(),
            state: self.state.clone(),
            weak: self.weak,
        }
    }
}

/// Secrets in some bytes.
pub(super) struct Hits {
    /// In order, none overlapping another.
    pub(super) all: Vec<Hit>,
    /// There may be more.
    pub(super) is_cut: bool,
}

/// The secrets in these bytes.
pub(super) fn hits(place: Place<'_>, bytes: &[u8]) -> Hits {
    let is_short = bytes.len() <= SHORT && matches!(place, Place::Text) && bytes.is_ascii();
    let short = if is_short { std::str::from_utf8(bytes).ok() } else { None };
    let mut search = Search { place, bytes, short, windows: Vec::new(), passed: 0, hits: Vec::new() };
    if !matches!(place, Place::Text) {
        search.look_for_stores();
    }
    KEYWORDS.find(bytes, |rule, start, end| {
        search.meet(rule, &(start..end));
        !search.is_exhausted()
    });
    search.finish()
}

/// What a rule waits for around its keywords.
#[derive(Clone, Default)]
enum Window {
    /// No keyword of this rule was seen.
    #[default]
    None,
    /// This rule says nothing of this place.
    Closed,
    /// To be searched once no further keyword lies near.
    Open(Range<usize>),
}

struct Search<'a> {
    place: Place<'a>,
    bytes: &'a [u8],
    /// All of it again, when it is a short text of ASCII.
    short: Option<&'a str>,
    /// By index of the rule; empty until the first keyword, because most files have none.
    windows: Vec<Window>,
    passed: usize,
    hits: Vec<Hit>,
}

impl Search<'_> {
    fn is_exhausted(&self) -> bool {
        self.hits.len() >= MOST_CANDIDATES || self.passed > self.bytes.len().saturating_mul(MOST_PASSES) + (1 << 20)
    }

    /// A keyword of this rule: widens the open window, or searches that and opens the next.
    fn meet(&mut self, index: usize, keyword: &Range<usize>) {
        let Some(rule) = RULES.get(index) else { return };
        if self.windows.is_empty() {
            self.windows.resize(RULES.len(), Window::None);
        }
        let Some(window) = self.windows.get_mut(index) else { return };
        let from = keyword.start.saturating_sub(rule.before);
        let to = keyword.end.saturating_add(rule.after).min(self.bytes.len());
        match window {
            Window::Closed => {}
            Window::Open(open) if from <= open.end => *open = from.min(open.start)..to.max(open.end),
            Window::Open(open) => {
                let full = std::mem::replace(open, from..to);
                self.search(index, rule, full);
            }
            Window::None if self.place.admits(rule) => *window = Window::Open(from..to),
            Window::None => *window = Window::Closed,
        }
    }

    fn search(&mut self, rank: usize, rule: &'static Rule, window: Range<usize>) {
        let Some(haystack) = self.bytes.get(..window.end) else { return };
        let near = haystack.get(window.start..).unwrap_or_default();
        if !rule.needs.is_empty() && memchr::memmem::find(near, rule.needs.as_bytes()).is_none() {
            return;
        }
        self.passed = self.passed.saturating_add(near.len());
        let short = self.short.and_then(|short| Some((rule.light(near.len())?, short.get(..window.end)?)));
        let matched = |at| match short {
            Some((light, short)) => matched_lightly(light, short, at),
            None => matched(rule.regex()?, haystack, at),
        };
        let mut at = window.start;
        while at <= haystack.len()
            && let Some((whole, secret)) = matched(at)
        {
            at = whole.end.max(at + 1);
            // Where the window ends is no end of a word.
            let is_cut = whole.end == haystack.len() && whole.end < self.bytes.len();
            if !is_cut && self.hits.len() < MOST_CANDIDATES {
                self.consider(rank, rule, whole, secret);
            }
        }
    }

    fn consider(&mut self, rank: usize, rule: &'static Rule, whole: Range<usize>, secret: Range<usize>) {
        let Some(value) = self.bytes.get(secret.clone()) else { return };
        if !rule.known && placeholders::is_placeholder(value) || placeholders::entropy(value) < rule.entropy {
            return;
        }
        let candidate = Candidate { path: self.place.path(), bytes: self.bytes, whole, secret };
        let known = match rule.validate {
            None => Known::default(),
            Some(validate) => match validate(&candidate) {
                Some(known) => known,
                None => return,
            },
        };
        let hit = self.hit(rank, rule, &candidate, known);
        self.hits.push(hit);
    }

    fn hit(&self, rank: usize, rule: &'static Rule, candidate: &Candidate<'_>, known: Known) -> Hit {
        let secret = known.range.unwrap_or_else(|| candidate.secret.clone());
        let value = self.bytes.get(secret.clone()).unwrap_or_default();
        let redacted = match known.header {
            Some(header) => redaction::headed(&header, value.len()),
            None => redaction::shorten(value),
        };
        let mark = redaction::mark(known.material.as_deref().unwrap_or(value));
        Hit { rule, rank, secret, redacted, mark, state: known.state, weak: known.weak }
    }

    /// Key stores have no keywords, but a beginning.
    fn look_for_stores(&mut self) {
        let Some((id, known)) = stores::recognise(self.place.path(), self.bytes) else { return };
        let Some((rank, rule)) = RULES.iter().enumerate().find(|(_, rule)| rule.id == id) else { return };
        let whole = 0..self.bytes.len();
        let candidate = Candidate { path: self.place.path(), bytes: self.bytes, whole: whole.clone(), secret: whole };
        let hit = self.hit(rank, rule, &candidate, known);
        self.hits.push(hit);
    }

    fn finish(mut self) -> Hits {
        for (index, window) in std::mem::take(&mut self.windows).into_iter().enumerate() {
            if let (Window::Open(range), Some(rule)) = (window, RULES.get(index))
                && !self.is_exhausted()
            {
                self.search(index, rule, range);
            }
        }
        let is_cut = self.is_exhausted();
        let all = without_overlaps(self.hits);
        Hits { is_cut: is_cut || all.len() > MOST_HITS, all }
    }
}

/// The first match from here on, and its group.
fn matched(regex: &Regex, haystack: &[u8], at: usize) -> Option<(Range<usize>, Range<usize>)> {
    // Most windows hold no match, and a search for one is far cheaper than for its groups.
    regex.find_at(haystack, at)?;
    let captures = regex.captures_at(haystack, at)?;
    let whole = captures.get(0)?.range();
    let secret = captures.iter().skip(1).flatten().next().map_or_else(|| whole.clone(), |group| group.range());
    Some((whole, secret))
}

/// As [`matched`].
fn matched_lightly(regex: &regex_lite::Regex, haystack: &str, at: usize) -> Option<(Range<usize>, Range<usize>)> {
    let captures = regex.captures_at(haystack, at)?;
    let whole = captures.get(0)?.range();
    let secret = captures.iter().skip(1).flatten().next().map_or_else(|| whole.clone(), |group| group.range());
    Some((whole, secret))
}

/// Of hits that overlap, the most telling rule's stays.
fn without_overlaps(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by_key(|hit| (hit.rank, hit.secret.start));
    let mut kept: std::collections::BTreeMap<usize, Hit> = std::collections::BTreeMap::new();
    for hit in hits {
        let before = kept.range(..hit.secret.end).next_back();
        if before.is_none_or(|(_, other)| other.secret.end <= hit.secret.start) {
            kept.insert(hit.secret.start, hit);
        }
    }
    // One more, to tell that there are more.
    kept.into_values().take(MOST_HITS + 1).collect()
}
