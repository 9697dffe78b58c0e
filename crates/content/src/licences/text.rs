//! Telling a licence by its text: `checks/licences/texts.toml`.
//!
//! Owns the comparing of words. One pass finds all phrases of all licences, so a file costs about as much as reading it;
//! whether a licence that was told is the package's is for [`super::judge`].

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::expression::{Expression, all_of, normalise};

const TABLE: &str = include_str!("../../../../checks/licences/texts.toml");
/// Words beyond those of the licences that every file has: names, years, a title.
const USUAL_EXTRA: usize = 40;
/// Licences in one file: more are a list of what somebody else's programs are under.
const MOST_LICENCES: usize = 6;

#[derive(Default, Deserialize)]
struct Table {
    text: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    /// The licence that this one is an exception to.
    with: Option<String>,
    all: Vec<String>,
    #[serde(default)]
    none: Vec<String>,
    words: usize,
}

struct Texts {
    rows: Vec<Row>,
    phrases: AhoCorasick,
    /// For each row the numbers of the phrases that it must have, and of those it must not.
    all: Vec<Vec<usize>>,
    none: Vec<Vec<usize>>,
    count: usize,
}

static TEXTS: LazyLock<Option<Texts>> = LazyLock::new(|| {
    // The table is part of the program, and a test reads it.
    let table: Table = toml::from_str(TABLE).unwrap_or_default();
    let mut numbers: FxHashMap<String, usize> = FxHashMap::default();
    let mut phrases: Vec<String> = Vec::new();
    let mut number = |phrase: &String| {
        *numbers.entry(phrase.clone()).or_insert_with(|| {
            phrases.push(format!(" {phrase} "));
            phrases.len().saturating_sub(1)
        })
    };
    let all = table.text.iter().map(|row| row.all.iter().map(&mut number).collect()).collect();
    let none = table.text.iter().map(|row| row.none.iter().map(&mut number).collect()).collect();
    let count = phrases.len();
    let automaton = AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(&phrases).ok()?;
    Some(Texts { rows: table.text, phrases: automaton, all, none, count })
});

/// The licence that a text is, and how sure that is: 1 when the text is nothing else. None when no licence is in it.
pub(super) fn tell(text: &str) -> Option<(Expression, f32)> {
    if let Some(expression) = tagged(text) {
        return Some((expression, 1.0));
    }
    let texts = TEXTS.as_ref()?;
    let (words, count) = words(text);
    let mut found = vec![false; texts.count];
    for hit in texts.phrases.find_overlapping_iter(&words) {
        if let Some(found) = found.get_mut(hit.pattern().as_usize()) {
            *found = true;
        }
    }
    let has = |number: &usize| found.get(*number).copied().unwrap_or(false);
    let rows: Vec<&Row> = texts
        .rows
        .iter()
        .zip(&texts.all)
        .zip(&texts.none)
        .filter(|((_, all), none)| all.iter().all(has) && !none.iter().any(has))
        .map(|((row, _), _)| row)
        .collect();
    if rows.is_empty() || rows.len() > MOST_LICENCES {
        return None;
    }
    Some((expression(&rows), confidence(&rows, count)))
}

/// `SPDX-License-Identifier: MIT` says all, <https://spdx.github.io/spdx-spec/v3.0.1/annexes/using-SPDX-short-identifiers-in-source-files/>.
/// Only near the start: further down it may be that of an example.
fn tagged(text: &str) -> Option<Expression> {
    let line = text.lines().take(10).find_map(|line| line.split_once("SPDX-License-Identifier:"))?.1;
    let expression = normalise(line.trim().trim_end_matches("*/").trim_end_matches("-->"));
    expression.is_spdx.then_some(expression)
}

fn expression(rows: &[&Row]) -> Expression {
    let has = |id: &str| rows.iter().any(|row| row.id == id);
    let parts = rows.iter().filter_map(|row| match &row.with {
        Some(licence) if has(licence) => Some(format!("{licence} WITH {}", row.id)),
        Some(_) => None,
        None => {
            let is_excepted = rows.iter().any(|other| other.with.as_ref() == Some(&row.id));
            (!is_excepted).then(|| row.id.clone())
        }
    });
    all_of(parts.map(|part| normalise(&part)).collect())
}

#[expect(clippy::cast_precision_loss, reason = "a share of some thousand words")]
fn confidence(rows: &[&Row], count: usize) -> f32 {
    let mut known: Vec<(&str, usize)> = rows.iter().map(|row| (row.id.as_str(), row.words)).collect();
    known.dedup_by_key(|(id, _)| *id);
    let expected: usize = known.iter().map(|(_, words)| *words).fold(USUAL_EXTRA, usize::saturating_add);
    (expected as f32 * 1.15 / count.max(1) as f32).min(1.0)
}

/// The words of a text in lower case, each between spaces, and how many they are.
fn words(text: &str) -> (Vec<u8>, usize) {
    let mut words = Vec::with_capacity(text.len().saturating_add(2));
    words.push(b' ');
    let mut is_inside = false;
    let mut count = 0_usize;
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            words.push(byte.to_ascii_lowercase());
            count = count.saturating_add(usize::from(!is_inside));
            is_inside = true;
        } else if is_inside {
            words.push(b' ');
            is_inside = false;
        }
    }
    if is_inside {
        words.push(b' ');
    }
    (words, count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn detect(text: &str) -> Option<(String, f32)> {
        tell(text).map(|(expression, confidence)| (expression.text, confidence))
    }

    #[test]
    fn every_row_is_written_as_it_is_compared() {
        let table: Table = toml::from_str(TABLE).unwrap();
        for row in &table.text {
            for phrase in row.all.iter().chain(&row.none) {
                assert_eq!(words(phrase).0.trim_ascii(), phrase.as_bytes(), "{}", row.id);
            }
            let text = row.with.as_ref().map_or(row.id.clone(), |licence| format!("{licence} WITH {}", row.id));
            assert!(spdx::Expression::parse(&text).is_ok(), "{text}");
        }
        assert!(TEXTS.is_some());
    }

    #[test]
    fn a_text_with_more_in_it_is_less_sure() {
        let mit = "Permission is hereby granted, free of charge, to any person obtaining a copy of this software\n\
            # The above copyright notice and this permission notice shall be included in all copies or\n * substantial portions";
        assert_eq!(detect(mit), Some(("MIT".to_owned(), 1.0)));
        let (id, confidence) = detect(&format!("{mit} {}", "and more ".repeat(1_000))).unwrap();
        assert_eq!(id, "MIT");
        assert!(confidence < 0.2, "{confidence}");
    }

    #[test]
    fn a_tag_says_all() {
        assert_eq!(
            detect("/* SPDX-License-Identifier: GPL-2.0+ OR MIT */"),
            Some(("GPL-2.0-or-later OR MIT".to_owned(), 1.0))
        );
        assert_eq!(detect("nothing here"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_compared(text in any::<String>()) {
            let _ = detect(&text);
        }
    }
}
