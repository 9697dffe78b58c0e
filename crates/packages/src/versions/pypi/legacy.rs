//! Versions from before PEP 440, in the order that setuptools and then `packaging` gave them.

use super::super::{Letters, Natural, Word, split_while};

/// Longer ones are none: such versions are read anew for each comparison.
const LONGEST: usize = 256;

/// A text as parts, padded so that pre-releases come before what they lead to.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct Legacy<'a>(Vec<Part<'a>>);

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Part<'a> {
    Word(Word<Text<'a>>),
    Number(Natural<'a>),
}

/// A word as it is compared, whatever its case.
#[derive(Clone, Copy)]
struct Text<'a>(&'a [u8]);

/// Where a version ends: words before it in the alphabet make a version older, the others newer.
const END: Word<Text<'static>> = Word(Text(b"final"));
/// A hyphen.
const PATCH: Word<Text<'static>> = Word(Text(b"final-"));

impl<'a> Legacy<'a> {
    pub fn parse(text: &'a str) -> Option<Self> {
        let is_known = |byte: u8| byte.is_ascii_alphanumeric() || b".-_+!~:".contains(&byte);
        let begins = text.starts_with(|first: char| first.is_ascii_alphanumeric());
        if !begins || text.len() > LONGEST || !text.bytes().all(is_known) || !text.bytes().any(|b| b.is_ascii_digit()) {
            return None;
        }
        let mut parts = Vec::new();
        let mut rest = text.as_bytes();
        while let [first, after @ ..] = rest {
            let part;
            (part, rest) = match first {
                b'.' => (&b""[..], after),
                b'-' => (PATCH.0.0, after),
                _ if first.is_ascii_digit() => split_while(rest, |byte| byte.is_ascii_digit()),
                _ if first.is_ascii_alphabetic() => split_while(rest, |byte| byte.is_ascii_alphabetic()),
                _ => split_while(rest, |byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'.' | b'-')),
            };
            match part {
                [] => {}
                [b'0'..=b'9', ..] => parts.push(Part::Number(Natural::new(part))),
                word => push_word(&mut parts, Word(Text::new(word))),
            }
        }
        push_word(&mut parts, END);
        Some(Self(parts))
    }
}

/// Hyphens before words that make older, and zeros before all words, do not count.
fn push_word<'a>(parts: &mut Vec<Part<'a>>, word: Word<Text<'a>>) {
    while word < END && parts.last() == Some(&Part::Word(PATCH)) {
        parts.pop();
    }
    while parts.last() == Some(&Part::Number(Natural::ZERO)) {
        parts.pop();
    }
    parts.push(Part::Word(word));
}

impl<'a> Text<'a> {
    fn new(text: &'a [u8]) -> Self {
        const SAME: [(&str, &str); 4] = [("pre", "c"), ("preview", "c"), ("rc", "c"), ("dev", "@")];
        let same = SAME.iter().find(|(word, _)| word.as_bytes().eq_ignore_ascii_case(text));
        Self(same.map_or(text, |(_, same)| same.as_bytes()))
    }
}

impl Letters for Text<'_> {
    type Letter = u8;

    fn letters(&self) -> impl Iterator<Item = u8> {
        self.0.iter().map(u8::to_ascii_lowercase)
    }
}
