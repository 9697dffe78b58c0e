//! Numbers of payment cards in text: looked for only where somebody asks for it.
//!
//! Owns the telling of a number that an issuer may have given out: prefix, length, check digit, and nothing around it that
//! makes it a part of something else. No digit of it is ever kept.

use std::sync::LazyLock;

use plimsoll_model::{Detected, Detector, SecretTrace, Severity, Trace};

use super::redaction::mark;
use super::{Lines, Rule, wants};
use crate::lines::begins_as_text;

/// Looks for numbers of payment cards.
pub const CARDS: Detector<'_> = Detector {
    id: "cards",
    version: 2,
    rules: "",
    most: 8 << 20,
    in_pieces: begins_as_text,
    wants: wants::wants,
    detect: &|path, bytes| Ok(detect(path, bytes)),
};

/// The rule that findings name.
pub(super) const RULE: &str = "payment-card";
/// Numbers told of one file: a table of a million customers is told of by its first ones.
const MOST: usize = 100;
/// Digits of a number, with what may stand between them.
const LONGEST: usize = 19;
const SHORTEST: usize = 13;

/// An issuer: the first and last beginning of its numbers, and their lengths.
struct Issuer {
    name: &'static str,
    first: &'static str,
    last: &'static str,
    lengths: &'static [usize],
}

const fn issuer(name: &'static str, first: &'static str, last: &'static str, lengths: &'static [usize]) -> Issuer {
    Issuer { name, first, last, lengths }
}

/// By beginning, the longer ones first where one is part of another.
const ISSUERS: &[Issuer] = &[
    issuer("American Express", "34", "34", &[15]),
    issuer("American Express", "37", "37", &[15]),
    issuer("Diners Club", "300", "305", &[14]),
    issuer("Diners Club", "36", "36", &[14]),
    issuer("Diners Club", "38", "39", &[14]),
    issuer("JCB", "3528", "3589", &[16]),
    issuer("Visa", "4", "4", &[13, 16, 19]),
    issuer("Mastercard", "51", "55", &[16]),
    issuer("Mastercard", "2221", "2720", &[16]),
    issuer("Discover", "6011", "6011", &[16]),
    issuer("Discover", "644", "649", &[16]),
    issuer("Discover", "65", "65", &[16]),
    issuer("UnionPay", "62", "62", &[16, 17, 18, 19]),
];

static TOLD: LazyLock<Rule> = LazyLock::new(|| {
    Rule::without_pattern(
        RULE,
        "Number of a payment card",
        ("cardholder-data", "SEC-016", Severity::Medium),
        "take it out, push again, and delete the old image; test with numbers that were made up",
    )
});

/// The rule that findings name.
pub(super) fn rule() -> &'static Rule {
    &TOLD
}

fn detect(_: &str, bytes: &[u8]) -> Detected {
    let mut lines = Lines { bytes, seen: 0, line: 1 };
    let mut traces = Vec::new();
    let mut cut = String::new();
    let mut at = 0;
    while let Some(start) = next_digit(bytes, at) {
        let run = Run::at(bytes, start);
        at = run.end;
        if let Some(issuer) = run.issuer(bytes) {
            if traces.len() >= MOST {
                cut = format!("more than {MOST} were found");
                break;
            }
            traces.push(Trace::Secret(SecretTrace {
                rule: RULE.into(),
                line: lines.of(start),
                redacted: format!("{} ({} digits)", issuer.name, run.digits.len()),
                mark: mark(&run.digits),
                ..SecretTrace::default()
            }));
        }
    }
    Detected { traces, cut }
}

fn next_digit(bytes: &[u8], from: usize) -> Option<usize> {
    bytes.get(from..)?.iter().position(u8::is_ascii_digit).map(|found| from.saturating_add(found))
}

/// Digits with at most one space or hyphen, always the same, between them.
struct Run {
    start: usize,
    end: usize,
    digits: Vec<u8>,
    /// Lengths of its groups.
    groups: Vec<usize>,
}

impl Run {
    fn at(bytes: &[u8], start: usize) -> Self {
        let mut run = Self { start, end: start, digits: Vec::new(), groups: vec![0] };
        let mut between = None;
        while let Some(&byte) = bytes.get(run.end) {
            let next_is_digit = bytes.get(run.end.saturating_add(1)).is_some_and(u8::is_ascii_digit);
            if byte.is_ascii_digit() {
                // Counted on beyond what a card has: a longer number is none.
                if run.digits.len() <= LONGEST {
                    run.digits.push(byte);
                }
                if let Some(group) = run.groups.last_mut() {
                    *group = group.saturating_add(1);
                }
            } else if matches!(byte, b' ' | b'-')
                && between.is_none_or(|known| known == byte)
                && next_is_digit
                && run.digits.len() <= LONGEST
            {
                between = Some(byte);
                run.groups.push(0);
            } else {
                break;
            }
            run.end = run.end.saturating_add(1);
        }
        run
    }

    fn issuer(&self, bytes: &[u8]) -> Option<&'static Issuer> {
        if !(SHORTEST..=LONGEST).contains(&self.digits.len()) || !self.stands_alone(bytes) || !self.is_grouped() {
            return None;
        }
        let has = |issuer: &&Issuer| {
            let start = self.digits.get(..issuer.first.len()).unwrap_or_default();
            (issuer.first.as_bytes()..=issuer.last.as_bytes()).contains(&start)
                && issuer.lengths.contains(&self.digits.len())
        };
        ISSUERS.iter().find(has).filter(|_| is_checked(&self.digits) && !is_sample(&self.digits))
    }

    /// Whether what stands around it does not make it part of a word, of a number with a point, or of an id.
    fn stands_alone(&self, bytes: &[u8]) -> bool {
        let is_part = |byte: Option<&u8>| {
            byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"._-+/\\%#@&=?$".contains(byte))
        };
        let before = self.start.checked_sub(1).and_then(|at| bytes.get(at));
        let is_assigned = before == Some(&b'=');
        // A full stop ends a sentence.
        let after = bytes.get(self.end);
        let ends = after == Some(&b'.') && bytes.get(self.end.saturating_add(1)).is_none_or(u8::is_ascii_whitespace);
        (is_assigned || !is_part(before)) && (ends || !is_part(after))
    }

    /// All in one, or as cards have them: fours, and what is left, or 4-6-5 and 4-6-4.
    fn is_grouped(&self) -> bool {
        matches!(self.groups.as_slice(), [_] | [4, 6, 5 | 4] | [4, 4, 4, 1..=4] | [4, 4, 4, 4, 1..=3])
    }
}

/// Luhn's sum: every second digit from the right counts twice, the check digit not among them.
fn is_checked(digits: &[u8]) -> bool {
    let sum = digits.iter().rev().enumerate().map(|(place, digit)| {
        let digit = usize::from(digit.saturating_sub(b'0'));
        let doubled = digit.saturating_mul(2);
        if place.is_multiple_of(2) { digit } else { doubled.saturating_sub(if doubled > 9 { 9 } else { 0 }) }
    });
    sum.sum::<usize>().is_multiple_of(10)
}

/// Numbers that payment services publish for tests and that do not look so.
const SAMPLES: [&[u8]; 6] = [
    b"30569309025904",
    b"371449635398431",
    b"378282246310005",
    b"38520000023237",
    b"5200828282828210",
    b"6011000990139424",
];

/// Numbers that everybody writes where a card's is meant: few different digits, or the ones that payment services publish
/// for tests, which have long runs of one digit or count up.
fn is_sample(digits: &[u8]) -> bool {
    let mut seen = [0_usize; 10];
    for digit in digits {
        if let Some(count) = seen.get_mut(usize::from(digit.saturating_sub(b'0'))) {
            *count = count.saturating_add(1);
        }
    }
    let different = seen.iter().filter(|count| **count > 0).count();
    let longest = |step: i16| {
        let mut longest = 1_usize;
        let mut run = 1_usize;
        for pair in digits.windows(2) {
            let [one, next] = pair else { continue };
            run = if i16::from(*next).wrapping_sub(i16::from(*one)) == step { run.saturating_add(1) } else { 1 };
            longest = longest.max(run);
        }
        longest
    };
    different <= 4 || SAMPLES.contains(&digits) || longest(0) >= 6 || longest(1) >= 6
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number of this beginning and length with the right check digit, put together here so that it stands nowhere.
    fn number(start: &str, length: usize) -> String {
        let middle: String = "8046173925".chars().cycle().take(length - start.len() - 1).collect();
        let body = format!("{start}{middle}");
        (0..10).map(|check| format!("{body}{check}")).find(|number| is_checked(number.as_bytes())).unwrap()
    }

    fn found(text: &str) -> Vec<String> {
        let one = |trace| match trace {
            Trace::Secret(trace) => format!("{}: {}", trace.line, trace.redacted),
            Trace::Malware(_) => panic!("it was not asked for"),
        };
        detect("x", text.as_bytes()).traces.into_iter().map(one).collect()
    }

    fn in_groups(number: &str, sizes: &[usize], between: &str) -> String {
        let mut rest = number;
        let mut groups = Vec::new();
        for size in sizes {
            let (group, after) = rest.split_at(*size);
            groups.push(group);
            rest = after;
        }
        groups.join(between)
    }

    #[test]
    fn numbers_of_every_issuer_are_told_and_never_shown() {
        for (start, length, name) in [
            ("4", 16, "Visa"),
            ("4", 19, "Visa"),
            ("53", 16, "Mastercard"),
            ("2720", 16, "Mastercard"),
            ("37", 15, "American Express"),
            ("6011", 16, "Discover"),
            ("3530", 16, "JCB"),
            ("36", 14, "Diners Club"),
            ("62", 17, "UnionPay"),
        ] {
            let card = number(start, length);
            assert_eq!(found(&format!("\nname;{card};x")), [format!("2: {name} ({length} digits)")], "{card}");
            let all = format!("{:?}", detect("x", card.as_bytes()).traces);
            assert!(!all.contains(&card[..4]), "{all}");
        }
    }

    #[test]
    fn groups_are_as_on_cards() {
        let card = number("4", 16);
        for between in [" ", "-"] {
            assert_eq!(found(&in_groups(&card, &[4, 4, 4, 4], between)).len(), 1);
            assert_eq!(found(&in_groups(&card, &[2, 6, 4, 4], between)).len(), 0);
        }
        assert_eq!(found(&in_groups(&number("37", 15), &[4, 6, 5], " ")).len(), 1);
        assert_eq!(found(&format!("pan={card}")).len(), 1);
        assert_eq!(found(&format!("It was {card}.\n")).len(), 1);
    }

    #[test]
    fn other_numbers_are_not() {
        let card = number("4", 16);
        let mut wrong = card.clone().into_bytes();
        wrong[15] = b'0' + (wrong[15] - b'0' + 1) % 10;
        for text in [
            String::from_utf8(wrong).unwrap(),
            format!("{card}0"),
            format!("0{card}"),
            format!("x{card}"),
            format!("{card}.5"),
            format!("0.{card}"),
            format!("{card}-a"),
            format!("id_{card}"),
            number("1", 16),
            number("4", 15),
            "4111 1111 1111 1111".into(),
            "4242424242424242".into(),
            "5555555555554444".into(),
            "378282246310005".into(),
            String::new(),
        ] {
            assert_eq!(found(&text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_table_is_told_of_by_its_first_numbers() {
        let table = format!("{}\n", number("4", 16)).repeat(1000);
        assert_eq!(found(&table).len(), MOST);
    }
}
