//! Every built-in check keeps the contract, and its tests are worth something.
#![cfg(test)]

use std::path::{Path, PathBuf};

use plimsoll_judge::checks::{Check, Pack, reference};
use plimsoll_judge::lint::lint;

fn pack() -> &'static Pack {
    Pack::builtin().unwrap_or_else(|error| panic!("{error}"))
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compares with a file of the repository; with `UPDATE_EXPECTED=1` in the environment it is written anew instead.
#[expect(clippy::disallowed_methods, reason = "a test looks at files of the repository")]
fn assert_is(file: &str, actual: &str) {
    let path = repository().join(file);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == actual,
        "{file} differs; after a look, rewrite with UPDATE_EXPECTED=1 cargo test -p plimsoll-judge --test checks\n{actual}"
    );
}

#[test]
fn the_tests_of_every_check_hold() {
    let (outcomes, problems) = pack().test();
    assert!(problems.is_empty(), "{problems:#?}");
    let failures: Vec<_> = outcomes.iter().filter(|outcome| outcome.failure.is_some()).collect();
    assert!(failures.is_empty(), "{failures:#?}");
}

/// Rules in place of the check's that say the same whatever the document is.
fn stub(check: &Check, rules: &str) -> [(String, String); 1] {
    [(check.file.clone(), format!("package {}\n\nimport rego.v1\n\n{rules}\n", check.package))]
}

#[test]
fn the_tests_of_every_check_would_notice_if_it_never_or_always_denied() {
    let mut complaints = vec![];
    for check in pack().checks() {
        let file = check.file.replace(".rego", "_test.rego");
        if !pack().test_files().any(|test| test == file) {
            complaints.push(format!("{} has no {file}", check.id));
            continue;
        }
        for (how, rules) in [
            ("never", "deny contains {\"message\": \"\", \"place\": \"\"} if false"),
            ("always", "deny contains {\"message\": \"\", \"place\": \"\"}"),
        ] {
            let outcomes = pack().test_with(&file, &stub(check, rules));
            if outcomes.iter().all(|outcome| outcome.failure.is_none()) {
                complaints.push(format!("no test in {file} fails when {} {how} denies", check.id));
            }
        }
    }
    assert!(complaints.is_empty(), "{complaints:#?}");
}

#[test]
fn the_built_in_files_are_without_complaint() {
    let problems: Vec<String> = lint(pack()).iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn ids_are_unique_and_frozen() {
    let ids: Vec<&str> = pack().checks().iter().map(|check| check.id.as_str()).collect();
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "an id is given twice: {ids:?}");
    assert_is("fixtures/judge/check-ids.txt", &(ids.join("\n") + "\n"));
}

#[test]
fn the_page_of_the_manual_is_what_the_files_say() {
    assert_is("docs/checks.md", &reference(pack()));
}
