//! The tests of checks, and a first check for whoever writes one.

use std::time::Duration;

use serde_json::Value;

use super::metadata::package;
use super::pack::{File, Pack, in_parallel};
use super::{Limits, Problem};
use crate::rego::{Document, Engine, Error};

/// For one test.
const LIMIT: Duration = Duration::from_secs(5);

/// How one test came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestOutcome {
    /// The file.
    pub file: String,
    /// The rule: `test_denies_root`.
    pub rule: String,
    /// Why it does not hold; none when it does.
    pub failure: Option<String>,
}

impl Pack {
    /// Runs the tests of the built-in checks, or of the user's when the pack has any of these.
    #[must_use]
    pub fn test(&self) -> (Vec<TestOutcome>, Vec<Problem>) {
        let contents = &self.contents;
        if !contents.user_tests.is_empty() || !contents.user_files.is_empty() {
            return self.run(&contents.user_files, &contents.user_tests, true);
        }
        let results = in_parallel(&contents.tests, |test| {
            let tested =
                self.contents.checks.iter().filter(|check| check.file == test.0.replace("_test.rego", ".rego"));
            let files: Vec<File> = tested.map(|check| (check.file.clone(), check.source.clone())).collect();
            self.run(&files, std::slice::from_ref(test), false)
        });
        let (outcomes, problems): (Vec<_>, Vec<_>) = results.into_iter().unzip();
        (outcomes.concat(), problems.concat())
    }

    /// Runs the tests of one file with other texts in place of some files': what tests are worth shows when they fail.
    #[must_use]
    pub fn test_with(&self, file: &str, replaced: &[File]) -> Vec<TestOutcome> {
        let tests: Vec<File> = self.contents.tests.iter().filter(|(name, _)| name == file).cloned().collect();
        self.run(replaced, &tests, false).0
    }

    /// The names of the built-in checks' test files.
    pub fn test_files(&self) -> impl Iterator<Item = &str> {
        self.contents.tests.iter().map(|(name, _)| name.as_str())
    }

    fn run(&self, files: &[File], tests: &[File], is_wary: bool) -> (Vec<TestOutcome>, Vec<Problem>) {
        let all: Vec<(&str, &str)> =
            files.iter().chain(tests).map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let engine = self
            .data(&Value::Null)
            .and_then(|data| self.engine(&all, &data, is_wary))
            .and_then(|engine| engine.with_input(&Document::of(&Value::Null)?, Limits::default().memory));
        match engine {
            Ok(engine) => (tests.iter().flat_map(|file| run_file(&engine, file)).collect(), vec![]),
            Err(error) => (vec![], vec![told(&error)]),
        }
    }
}

/// Of the file that the error names, where it names one.
fn told(error: &Error) -> Problem {
    let file = if let Error::Rule { file, .. } = error { file.as_str() } else { "" };
    Problem::of_error(file, error)
}

fn run_file(engine: &Engine, (file, text): &File) -> Vec<TestOutcome> {
    let package = package(text).unwrap_or_default();
    let mut engine = engine.clone();
    test_rules(text)
        .into_iter()
        .map(|rule| {
            let failure = match engine.eval(format!("data.{package}.{rule}"), LIMIT) {
                Ok(Some(Value::Bool(true))) => None,
                Ok(Some(other)) => Some(format!("is {other} rather than true")),
                Ok(None) => Some("does not hold".to_owned()),
                Err(error) => Some(error.to_string()),
            };
            TestOutcome { file: file.clone(), rule, failure }
        })
        .collect()
}

/// The names of rules at the start of a line that begin with `test_`, each once.
fn test_rules(text: &str) -> Vec<String> {
    let mut rules: Vec<String> = vec![];
    for line in text.lines().filter(|line| line.starts_with("test_")) {
        let end = line.find(|character: char| !character.is_ascii_alphanumeric() && character != '_');
        let name = line.get(..end.unwrap_or(line.len())).unwrap_or_default();
        if !rules.iter().any(|known| known == name) {
            rules.push(name.to_owned());
        }
    }
    rules
}

/// The files of a first check of that id, with tests that hold: names and texts.
#[must_use]
pub fn scaffold(id: &str) -> [File; 2] {
    let name = id.to_lowercase().replace(|character: char| !character.is_ascii_alphanumeric(), "_");
    let fill = |template: &str| template.replace("{id}", id).replace("{name}", &name);
    [
        (format!("{id}.rego"), fill(include_str!("scaffold/check.rego"))),
        (format!("{id}_test.rego"), fill(include_str!("scaffold/check_test.rego"))),
    ]
}
