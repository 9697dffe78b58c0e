//! Versions that PEP 440 describes, and their order.

use std::cmp::Ordering;

use super::super::{Natural, split_while};

/// `[epoch!]release[pre][post][dev][+local]`; the fields are what compares, in that order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Standard<'a> {
    pub epoch: Natural<'a>,
    pub release: Release<'a>,
    pub phase: Phase<'a>,
    pub post: Option<Natural<'a>>,
    pub development: Development<'a>,
    pub local: Option<Local<'a>>,
}

/// A release that is only under development comes before all its pre-releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase<'a> {
    Development,
    Alpha(Natural<'a>),
    Beta(Natural<'a>),
    Candidate(Natural<'a>),
    Final,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Development<'a> {
    Unfinished(Natural<'a>),
    Finished,
}

/// Numbers with dots; trailing zeros do not count.
#[derive(Debug, Clone, Copy)]
pub struct Release<'a>(pub &'a [u8]);

/// Segments with separators that are all the same.
#[derive(Debug, Clone, Copy)]
pub struct Local<'a>(&'a [u8]);

impl<'a> Standard<'a> {
    /// The whole text; case and a `v` in front do not count.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (version, rest) = Self::read(text.as_bytes())?;
        rest.is_empty().then_some(version)
    }

    /// The version that a text begins with, and the rest.
    pub fn read(text: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let text = text.strip_prefix(b"v").or_else(|| text.strip_prefix(b"V")).unwrap_or(text);
        let (epoch, text) = match split_while(text, |byte| byte.is_ascii_digit()) {
            ([_, ..], [b'!', _, ..]) => {
                let (epoch, rest) = split_while(text, |byte| byte != b'!');
                (epoch, rest.get(1..).unwrap_or_default())
            }
            _ => (&b""[..], text),
        };
        let (release, rest) = read_release(text)?;
        let (pre, rest) = read_pre(rest);
        let (post, rest) = read_post(rest);
        let (development, rest) = match read_mark(rest, &["dev"]) {
            Some((number, rest)) => (Development::Unfinished(number), rest),
            None => (Development::Finished, rest),
        };
        let (local, rest) = read_local(rest);
        let phase = match (pre, post, development) {
            (Some(phase), ..) => phase,
            (None, None, Development::Unfinished(_)) => Phase::Development,
            _ => Phase::Final,
        };
        Some((Self { epoch: Natural::new(epoch), release, phase, post, development, local }, rest))
    }

    pub fn is_pre(&self) -> bool {
        self.phase != Phase::Final || self.development != Development::Finished
    }

    /// Whether both have the same epoch and release.
    pub fn has_base_of(&self, other: &Self) -> bool {
        self.epoch == other.epoch && self.release == other.release
    }
}

impl<'a> Release<'a> {
    pub fn numbers(self) -> impl Iterator<Item = Natural<'a>> {
        self.0.split(|byte| *byte == b'.').map(Natural::new)
    }
}

impl Ord for Release<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let (mut left, mut right) = (self.numbers(), other.numbers());
        loop {
            let order = match (left.next(), right.next()) {
                (None, None) => return Ordering::Equal,
                (left, right) => left.unwrap_or(Natural::ZERO).cmp(&right.unwrap_or(Natural::ZERO)),
            };
            if order.is_ne() {
                return order;
            }
        }
    }
}

impl PartialOrd for Release<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Release<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Release<'_> {}

impl<'a> Local<'a> {
    fn segments(self) -> impl Iterator<Item = &'a [u8]> {
        self.0.split(|byte| matches!(byte, b'.' | b'-' | b'_'))
    }
}

impl Ord for Local<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let (mut left, mut right) = (self.segments(), other.segments());
        loop {
            let order = match (left.next(), right.next()) {
                (None, None) => return Ordering::Equal,
                (Some(left), Some(right)) => compare_segments(left, right),
                (left, right) => left.is_some().cmp(&right.is_some()),
            };
            if order.is_ne() {
                return order;
            }
        }
    }
}

impl PartialOrd for Local<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Local<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Local<'_> {}

/// Numbers come after words here.
fn compare_segments(left: &[u8], right: &[u8]) -> Ordering {
    let number = |text: &'_ [u8]| text.iter().all(u8::is_ascii_digit);
    match (number(left), number(right)) {
        (true, true) => Natural::new(left).cmp(&Natural::new(right)),
        (false, false) => {
            let letters = |text| <[u8]>::iter(text).map(u8::to_ascii_lowercase);
            letters(left).cmp(letters(right))
        }
        (left, right) => left.cmp(&right),
    }
}

fn read_release(text: &[u8]) -> Option<(Release<'_>, &[u8])> {
    let mut rest = text;
    loop {
        let (digits, after) = split_while(rest, |byte| byte.is_ascii_digit());
        if digits.is_empty() {
            return None;
        }
        match after {
            [b'.', b'0'..=b'9', ..] => rest = after.get(1..)?,
            _ => {
                let length = text.len().saturating_sub(after.len());
                return Some((Release(text.get(..length)?), after));
            }
        }
    }
}

fn read_pre(text: &[u8]) -> (Option<Phase<'_>>, &[u8]) {
    let read = |names| read_mark(text, names);
    if let Some((number, rest)) = read(&["alpha", "a"]) {
        return (Some(Phase::Alpha(number)), rest);
    }
    if let Some((number, rest)) = read(&["beta", "b"]) {
        return (Some(Phase::Beta(number)), rest);
    }
    match read(&["preview", "pre", "rc", "c"]) {
        Some((number, rest)) => (Some(Phase::Candidate(number)), rest),
        None => (None, text),
    }
}

fn read_post(text: &[u8]) -> (Option<Natural<'_>>, &[u8]) {
    if let [b'-', b'0'..=b'9', ..] = text {
        let (digits, rest) = split_while(skip_separator(text), |byte| byte.is_ascii_digit());
        return (Some(Natural::new(digits)), rest);
    }
    match read_mark(text, &["post", "rev", "r"]) {
        Some((number, rest)) => (Some(number), rest),
        None => (None, text),
    }
}

/// One of these words, perhaps with separators around it, and its number.
fn read_mark<'a>(text: &'a [u8], names: &[&str]) -> Option<(Natural<'a>, &'a [u8])> {
    let start = skip_separator(text);
    if start.is_empty() {
        return None;
    }
    let rest = names.iter().find_map(|name| {
        let (word, rest) = start.split_at_checked(name.len())?;
        word.eq_ignore_ascii_case(name.as_bytes()).then_some(rest)
    })?;
    let (digits, rest) = split_while(skip_separator(rest), |byte| byte.is_ascii_digit());
    Some((Natural::new(digits), rest))
}

fn skip_separator(text: &[u8]) -> &[u8] {
    match text {
        [b'.' | b'-' | b'_', rest @ ..] => rest,
        _ => text,
    }
}

fn read_local(text: &[u8]) -> (Option<Local<'_>>, &[u8]) {
    let Some(after) = text.strip_prefix(b"+") else { return (None, text) };
    let (list, rest) = split_while(after, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    let local = Local(list);
    if local.segments().any(<[u8]>::is_empty) { (None, text) } else { (Some(local), rest) }
}
