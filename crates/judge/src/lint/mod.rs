//! What is wrong with checks that the parser takes.
//!
//! Owns three kinds of complaint: constructs that our Rego engine takes otherwise than the language's reference does
//! ([`constructs`]), sections of the document that a check reads without saying so or that no document has ([`inputs`]), and
//! what it leaves out of its metadata. Nothing is run here but patterns.

mod constructs;
mod documents;
mod inputs;
mod recursion;
mod tokens;

use self::documents::schema;
pub(crate) use inputs::{nothing_to_read, sections};
pub(crate) use recursion::recursion;

use crate::checks::{Author, Check, Pack, Problem};

/// A section that a check needs and that no document of its kind can have: it would never be assessed.
pub(crate) fn unknown_need(check: &Check) -> Option<String> {
    let schema = schema(check.input)?;
    inputs::unknown_need(check, schema)
}

/// Complaints about all files of a pack, sorted. Where the document's JSON Schema is written down, what checks read has to be in it.
#[must_use]
pub fn lint(pack: &Pack) -> Vec<Problem> {
    let mut problems = vec![];
    for (file, text, author) in pack.files() {
        problems.extend(constructs::complaints(file, text, author == Author::Plimsoll));
        if file.starts_with("lib/") && author == Author::Plimsoll {
            problems.extend(inputs::of_library(file, text));
        }
    }
    for check in pack.checks().iter().filter(|check| !check.needs.is_empty()) {
        problems.extend(inputs::complaints(check, schema(check.input)));
    }
    for check in pack.checks().iter().filter(|check| check.needs.is_empty()) {
        problems.extend(inputs::unfed(check, &documents::sections(check.input)));
    }
    for check in pack.checks().iter().filter(|check| check.author == Author::Plimsoll) {
        problems.extend(style(check));
    }
    problems.sort();
    problems.dedup();
    problems
}

/// What the manual and reports rely on.
fn style(check: &Check) -> Vec<Problem> {
    let complain = |message: String| Problem { file: check.file.clone(), line: 0, fatal: true, message };
    let mut problems = vec![];
    let well_formed = check.id.split_once('-').is_some_and(|(letters, digits)| {
        letters.len() >= 2
            && letters.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit())
            && digits.len() == 3
            && digits.chars().all(|digit| digit.is_ascii_digit())
    });
    if !well_formed {
        problems.push(complain(format!("the id {} is not like CFG-001", check.id)));
    }
    if check.file != format!("{}/{}.rego", check.family, check.id) {
        problems.push(complain(format!(
            "a check {} of the family {} is {0}.rego in the folder {1}",
            check.id, check.family
        )));
    }
    if check.title.ends_with('.') || check.title.chars().count() > 80 {
        problems.push(complain("the title is a heading: at most 80 characters, no full stop".to_owned()));
    }
    for (name, text) in [("description", &check.why), ("remedy", &check.remedy)] {
        if !text.ends_with('.') {
            problems.push(complain(format!("the {name} is made of sentences, and ends with a full stop")));
        }
    }
    problems
}
