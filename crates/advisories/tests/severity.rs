//! What CVSS vectors mean, held to the vectors of `schemas/cvss` in the folder `shared` beside this checkout, and the page
//! `docs/severity.md`, whose tables are those of the code.
#![cfg(test)]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_advisories::severity::{BANDS, PRECEDENCE, WORDS, interpret};
use plimsoll_advisories::{FACTORS, Factor};
use plimsoll_model::Rating;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn score(vector: &str) -> Option<f64> {
    interpret(Rating { vector: vector.into(), ..Rating::default() }).score
}

/// A line is `VECTOR - (base, temporal, environmental)`, `VECTOR - (base,)` or `VECTOR - score`.
fn base(line: &str) -> Option<(&str, f64)> {
    let (vector, scores) = line.split_once(" - ")?;
    let score: f64 = scores.trim_matches(['(', ')']).split(',').next()?.trim().parse().ok()?;
    Some((vector, score.abs()))
}

#[test]
fn vectors_have_the_scores_that_others_give_them() {
    let mut files: Vec<PathBuf> =
        fs::read_dir(root().join("../shared/schemas/cvss")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for path in files {
        for line in fs::read_to_string(&path).unwrap().lines() {
            let (vector, expected) = base(line).unwrap_or_else(|| panic!("{line}"));
            seen += 1;
            if score(vector) != Some(expected) {
                wrong.push(format!("{vector}: {:?}, not {expected}", score(vector)));
            }
        }
    }
    assert!(seen > 7000, "only {seen} vectors");
    assert!(wrong.is_empty(), "{} of {seen} vectors:\n{}", wrong.len(), wrong.join("\n"));
}

/// The tables of the manual by name, as the code has them.
fn tables() -> [(&'static str, String); 4] {
    let mut precedence = "| | whose opinion | why here |\n|---|---|---|\n".to_owned();
    for (place, rank) in PRECEDENCE.iter().enumerate() {
        writeln!(precedence, "| {} | {} | {} |", place + 1, rank.whose, rank.why).unwrap();
    }
    let mut words = "| word | severity | who says so |\n|---|---|---|\n".to_owned();
    for word in WORDS {
        writeln!(words, "| {} | {} | {} |", word.word, word.severity, word.users).unwrap();
    }
    let mut bands = "| score from | severity |\n|---|---|\n".to_owned();
    for (least, severity) in BANDS {
        writeln!(bands, "| {least:.1} | {severity} |").unwrap();
    }
    bands.push_str("| 0.0 | negligible |\n");
    let mut risk = "| | what counts | why |\n|---|---|---|\n".to_owned();
    for (place, Factor { what, why, .. }) in FACTORS.iter().enumerate() {
        writeln!(risk, "| {} | {what} | {why} |", place + 1).unwrap();
    }
    [("precedence", precedence), ("words", words), ("bands", bands), ("risk", risk)]
}

/// With `UPDATE_EXPECTED=1` the tables between their marks are written anew.
#[test]
fn the_manual_has_the_tables_of_the_code() {
    let path = root().join("docs/severity.md");
    let mut page = fs::read_to_string(&path).unwrap();
    for (name, table) in tables() {
        let (start, end) = (format!("<!-- table {name} -->\n"), format!("<!-- end {name} -->"));
        let from = page.find(&start).unwrap_or_else(|| panic!("no mark {start}")) + start.len();
        let to = page.find(&end).unwrap_or_else(|| panic!("no mark {end}"));
        page.replace_range(from..to, &table);
    }
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&path, &page).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), page, "run with UPDATE_EXPECTED=1 and read the page");
}
