//! The operators of ranges, and ranges that are made of nothing else.

use std::cmp::Ordering;

/// The operator that a text begins with, perhaps none, and what follows its spaces.
pub(super) fn split_operator(text: &str) -> (&str, &str) {
    let end = text.find(|letter| !matches!(letter, '<' | '>' | '=' | '!' | '~' | '^')).unwrap_or(text.len());
    let (operator, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    (operator, rest.trim_start())
}

/// The operator and the bound of a comparison whose first word this is; the bound may be a word of its own.
pub(super) fn split_comparison<'a>(
    word: &'a str,
    words: &mut impl Iterator<Item = &'a str>,
) -> Option<(&'a str, &'a str)> {
    match split_operator(word) {
        (operator, "") => Some((operator, words.next()?)),
        comparison => Some(comparison),
    }
}

/// Whether a version that stands so to a bound is on the operator's side of it; `None` for other operators.
pub(super) fn holds(operator: &str, order: Ordering) -> Option<bool> {
    Some(match operator {
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        ">=" => order.is_ge(),
        "=" | "==" => order.is_eq(),
        "!=" => order.is_ne(),
        _ => return None,
    })
}

/// Whether comparisons hold of a version: all of those that commas or spaces separate, in one of the alternatives that
/// `||` separates. `bare` is the operator that a bound without one has, `order` how the version stands to a bound.
pub(super) fn contains(requirement: &str, bare: &str, order: impl Fn(&str) -> Option<Ordering>) -> Option<bool> {
    let mut found = false;
    for alternative in requirement.split("||") {
        let words = alternative.split(|letter: char| letter == ',' || letter.is_whitespace());
        let mut words = words.filter(|word| !word.is_empty()).peekable();
        words.peek()?;
        let mut met = true;
        while let Some(word) = words.next() {
            if word != "*" {
                let (operator, bound) = split_comparison(word, &mut words)?;
                met &= holds(if operator.is_empty() { bare } else { operator }, order(bound)?)?;
            }
        }
        found |= met;
    }
    Some(found)
}
