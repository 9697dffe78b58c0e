//! Alpine's order of versions, `number{.number}…{letter}{_suffix{number}}…{~hash}{-r#}`.
//!
//! Grammar and order of suffixes are those of apk-package(5),
//! <https://gitlab.alpinelinux.org/alpine/apk-tools/-/blob/master/doc/apk-package.5.scd>. The order is that of apk-tools
//! 3, which differs from that of apk-tools 2 only between components after the first that begin with zeros: 3 compares
//! them as text (`1.0` before `1.00`), 2 counted their zeros (`1.00` before `1.0`). From apk-tools 2 comes the number
//! after a letter (`6.6.2p1`), which 3 refuses although packages of supported releases have it.

use std::cmp::Ordering;

use super::{Natural, split_while};

/// The order of two versions, or `None` when one of them breaks the grammar.
///
/// ```
/// # use std::cmp::Ordering;
/// # use plimsoll_packages::versions::apk;
/// assert_eq!(apk::compare("1.2_rc1-r0", "1.2-r0"), Some(Ordering::Less));
/// assert_eq!(apk::compare("1.2-3", "1.2"), None);
/// ```
#[must_use]
pub fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (mut a, mut b) = (Tokens::new(a)?, Tokens::new(b)?);
    loop {
        let (token_a, token_b) = (a.next()?, b.next()?);
        let order = token_a.cmp(&token_b);
        if order.is_ne() || token_a == Token::End {
            return Some(order);
        }
    }
}

/// What a version is made of, least first: where two versions differ for the first time, the token decides that would
/// come earlier in the grammar, for it says more, except that a suffix of a pre-release loses even to the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Token<'a> {
    PreSuffix(usize),
    End,
    Revision(Natural<'a>),
    Hash(&'a [u8]),
    SuffixNumber(Natural<'a>),
    PostSuffix(usize),
    Letter(u8),
    /// A component after the first with a leading zero compares as text, which puts it before all without.
    Fraction(&'a [u8]),
    Number(Natural<'a>),
}

/// How far in the grammar a reader is; what was read before decides what may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Start,
    Number,
    Letter,
    Suffix,
    SuffixNumber,
    Hash,
    Revision,
}

#[derive(Debug, Clone, Copy)]
struct Tokens<'a> {
    rest: &'a [u8],
    place: Place,
}

impl<'a> Tokens<'a> {
    /// A reader over a text that follows the grammar to its end.
    fn new(text: &'a str) -> Option<Self> {
        let tokens = Self { rest: text.as_bytes(), place: Place::Start };
        let mut check = tokens;
        while check.next()? != Token::End {}
        Some(tokens)
    }

    /// The next token, [`Token::End`] at the end; `None` when the text breaks the grammar.
    fn next(&mut self) -> Option<Token<'a>> {
        match (self.place, self.rest) {
            (Place::Start, [b'0'..=b'9', ..]) => self.number(self.rest, Place::Number).map(Token::Number),
            (Place::Start, _) => None,
            (_, []) => Some(Token::End),
            (Place::Number, [b'.', rest @ ..]) => self.component(rest),
            (Place::Number, [letter @ b'a'..=b'z', rest @ ..]) => {
                (self.rest, self.place) = (rest, Place::Letter);
                Some(Token::Letter(*letter))
            }
            (Place::Letter, [b'0'..=b'9', ..]) => self.number(self.rest, Place::Number).map(Token::Number),
            (Place::Suffix, [b'0'..=b'9', ..]) => self.number(self.rest, Place::SuffixNumber).map(Token::SuffixNumber),
            (place, [b'_', rest @ ..]) if place <= Place::SuffixNumber => self.suffix(rest),
            (place, [b'~', rest @ ..]) if place < Place::Hash => self.hash(rest),
            (place, [b'-', b'r', rest @ ..]) if place < Place::Revision => {
                self.number(rest, Place::Revision).map(Token::Revision)
            }
            _ => None,
        }
    }

    fn number(&mut self, text: &'a [u8], place: Place) -> Option<Natural<'a>> {
        let (digits, rest) = split_while(text, |byte| byte.is_ascii_digit());
        (self.rest, self.place) = (rest, place);
        (!digits.is_empty()).then_some(Natural::new(digits))
    }

    fn component(&mut self, text: &'a [u8]) -> Option<Token<'a>> {
        let (digits, rest) = split_while(text, |byte| byte.is_ascii_digit());
        self.rest = rest;
        match digits {
            [] => None,
            [b'0', ..] => Some(Token::Fraction(digits)),
            _ => Some(Token::Number(Natural::new(digits))),
        }
    }

    fn suffix(&mut self, text: &'a [u8]) -> Option<Token<'a>> {
        const BEFORE: [&str; 4] = ["alpha", "beta", "pre", "rc"];
        const AFTER: [&str; 5] = ["cvs", "svn", "git", "hg", "p"];
        let (name, rest) = split_while(text, |byte| byte.is_ascii_lowercase());
        (self.rest, self.place) = (rest, Place::Suffix);
        let find = |names: &[&str]| names.iter().position(|known| known.as_bytes() == name);
        find(&BEFORE).map(Token::PreSuffix).or_else(|| find(&AFTER).map(Token::PostSuffix))
    }

    fn hash(&mut self, text: &'a [u8]) -> Option<Token<'a>> {
        let (hash, rest) = split_while(text, |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        (self.rest, self.place) = (rest, Place::Hash);
        (!hash.is_empty()).then_some(Token::Hash(hash))
    }
}
