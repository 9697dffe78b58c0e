//! The standards that checks say they speak to are those whose files name them: the metadata is made from the files.

use std::collections::BTreeMap;
use std::fs;

use plimsoll_judge::checks::Pack;
use plimsoll_judge::compliance::{Spec, standards};

use crate::sketch::{root, text};

type Claims = BTreeMap<String, Vec<String>>;

/// Controls that name a check, by standard; `SEC-*` names all of a family.
fn named(specs: &[Spec], id: &str) -> Claims {
    let means = |pattern: &String| pattern.strip_suffix('*').map_or(pattern == id, |start| id.starts_with(start));
    let mut claims = Claims::new();
    for spec in specs {
        let controls = spec.controls.iter().filter(|control| {
            let mut patterns = control.checks.iter().chain(&control.also).chain(&control.shown);
            patterns.any(means)
        });
        let controls: Vec<String> = controls.map(|control| control.id.clone()).collect();
        if !controls.is_empty() {
            claims.insert(spec.id.clone(), controls);
        }
    }
    claims
}

/// The lines of a comment block.
fn block(claims: &Claims) -> String {
    // What might be read as a number, or has a sign of YAML in it, is a text by its quotes.
    let is_plain = |id: &str| {
        id.starts_with(|first: char| first.is_ascii_alphabetic())
            && id.chars().all(|letter| letter.is_ascii_alphanumeric() || ".()-_".contains(letter))
    };
    let quoted = |id: &String| if is_plain(id) { id.clone() } else { format!("\"{id}\"") };
    let mut block = String::new();
    for (standard, controls) in claims {
        let controls: Vec<String> = controls.iter().map(quoted).collect();
        block.push_str(&format!("#     {standard}: [{}]\n", controls.join(", ")));
    }
    if block.is_empty() { block } else { format!("#   standards:\n{block}") }
}

/// The file with these lines in place of those that it has.
fn rewritten(file: &str, block: &str) -> String {
    let (mut lines, mut within, mut is_written) = (String::new(), false, false);
    for line in file.split_inclusive('\n') {
        within = line.starts_with("#   standards:") || within && line.starts_with("#     ");
        if within {
            continue;
        }
        let is_after = ["#   params:", "#   kind:", "package "].iter().any(|start| line.starts_with(start));
        if is_after && !is_written {
            lines.push_str(block);
            is_written = true;
        }
        lines.push_str(line);
    }
    lines
}

#[test]
fn checks_claim_what_the_standards_say() {
    let specs = standards().unwrap();
    let mut wrong = Vec::new();
    for check in Pack::builtin().unwrap().checks() {
        let sorted = |claims: &Claims| -> Claims {
            let sort = |controls: &Vec<String>| {
                let mut controls = controls.clone();
                controls.sort();
                controls
            };
            claims.iter().map(|(standard, controls)| (standard.clone(), sort(controls))).collect()
        };
        let named = named(&specs, &check.id);
        if sorted(&named) == sorted(&check.standards) {
            continue;
        }
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            let path = root().join("checks").join(&check.file);
            fs::write(&path, rewritten(&text(&path), &block(&named))).unwrap();
        } else {
            wrong.push(format!("{}: claims {:?}, is named by {named:?}", check.file, check.standards));
        }
    }
    assert!(wrong.is_empty(), "rewrite them with UPDATE_EXPECTED=1: {wrong:#?}");
}
