//! The page of the manual about the built-in checks, made from their files.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Check, Pack};

const HEADER: &str = "# Checks\n\nMade from the files below `checks/`; do not edit. Written by `UPDATE_EXPECTED=1 cargo test \
     -p plimsoll-judge`. A check that\ncannot look at what it needs is *not assessed*; it never passes for that. \
     `plimsoll checks show ID` shows one with its rules.\n";

/// The page, grouped by family.
#[must_use]
pub fn reference(pack: &Pack) -> String {
    let mut families: BTreeMap<&str, Vec<&Check>> = BTreeMap::new();
    for check in pack.checks() {
        families.entry(&check.family).or_default().push(check);
    }
    let mut page = HEADER.to_owned();
    for (family, checks) in families {
        let _ = write!(page, "\n## {family}\n");
        checks.into_iter().for_each(|check| page.push_str(&section(check)));
    }
    page
}

fn section(check: &Check) -> String {
    let mut text = format!(
        "\n### {}: {}\n\nSeverity {}. {}\n\n{}\n",
        check.id,
        check.title,
        check.severity.as_str(),
        check.why,
        check.remedy
    );
    let standards: Vec<String> =
        check.standards.iter().map(|(name, controls)| format!("{name} {}", controls.join(", "))).collect();
    for (name, list) in [
        ("Standards", standards.join("; ")),
        ("Also known as", check.aliases.join(", ")),
        (
            "Looks at",
            check.needs.iter().chain(&check.optional).map(|need| format!("`{need}`")).collect::<Vec<_>>().join(", "),
        ),
        (
            "Parameters",
            check.params.iter().map(|(name, value)| format!("`{name}` ({value})")).collect::<Vec<_>>().join(", "),
        ),
    ] {
        if !list.is_empty() {
            let _ = write!(text, "\n{name}: {list}\n");
        }
    }
    text
}
