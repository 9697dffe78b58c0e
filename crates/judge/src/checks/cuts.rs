//! Which lists a check reads that the document does not hold whole: what is not there cannot pass.
//!
//! Owns the reading of a check's text for that. Rules need not ask how long a list is, and users' rules do not.

use serde_json::Value;

use super::pack::Pack;
use super::{Author, Check};

/// What is told of the first list that the check reads and that is cut.
pub(super) fn of(pack: &Pack, check: &Check, input: &Value) -> Option<String> {
    let cut = input.get("cut").and_then(Value::as_object).filter(|cut| !cut.is_empty())?;
    let texts = pack.texts(check);
    let is_of_all = check.author == Author::User && texts.iter().any(|text| takes_all_files(text));
    let is_read = |section: &str| match section.strip_prefix("files.") {
        Some(topic) => is_of_all || names(&texts, topic),
        None => reads(check, &texts, section),
    };
    let (_, told) = cut.iter().find(|(section, _)| is_read(section))?;
    told.as_str().map(str::to_owned)
}

/// Whether rules take the lists of files without naming a topic at once: `some list in input.files`.
fn takes_all_files(text: &str) -> bool {
    let is_one = |rest: &str| {
        let rest = rest.trim_start_matches(',').trim_start();
        rest.starts_with(['.', '"', '`']) || ["[\"", "[`"].iter().any(|start| rest.starts_with(start))
    };
    text.contains("input[\"files\"]") || text.split("input.files").skip(1).any(|rest| !is_one(rest))
}

/// Whether the check reads a section that is none of the lists of files.
fn reads(check: &Check, texts: &[&str], section: &str) -> bool {
    let (first, last) = section.split_once('.').unwrap_or((section, section));
    let sections = || check.needs.iter().chain(&check.optional);
    let is_declared = sections().any(|declared| declared == section || declared == first);
    match check.author {
        Author::Plimsoll if first == section => sections().any(|declared| is_within(declared, section)),
        Author::Plimsoll => sections().any(|declared| declared == section) || (is_declared && names(texts, last)),
        Author::User => is_declared || names(texts, last),
    }
}

/// `config.env.x` is within `config.env`.
fn is_within(declared: &str, section: &str) -> bool {
    declared.strip_prefix(section).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Whether rules name a field: as a text, or behind a dot.
fn names(texts: &[&str], field: &str) -> bool {
    texts.iter().any(|text| {
        text.match_indices(field).any(|(at, _)| {
            let before = text.get(..at).and_then(|text| text.chars().next_back());
            let after = text.get(at.saturating_add(field.len())..).and_then(|text| text.chars().next());
            match before {
                Some(quote @ ('"' | '`')) => after == Some(quote),
                Some('.') => after.is_none_or(|after| !after.is_alphanumeric() && !matches!(after, '_' | '-')),
                _ => false,
            }
        })
    })
}
