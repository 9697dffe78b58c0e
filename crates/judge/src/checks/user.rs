//! Checks that users bring: by our contract, or as policies for other programs are written.
//!
//! A policy without our metadata is a check of its own package: its rules `deny`, `warn` and `violation` may give texts,
//! objects with `msg`, or `result.new(msg, cause)`. What it says of itself for other scanners (`custom.severity`,
//! `recommended_action`, `input.selector`) is heeded.

use std::collections::BTreeSet;

use plimsoll_model::Severity;
use serde_json::Value;

use super::pack::{Contents, File, RULES};
use super::{Author, Check, InputKind, Problem, metadata};
use crate::lint::{recursion, unknown_need};
use crate::rego::{Engine, Error};

/// Packages below this one are ours.
const OURS: &str = "plimsoll";

/// Adds what is among the files of a user's folder.
pub(super) fn add(contents: &mut Contents, files: &[File], problems: &mut Vec<Problem>) {
    let mut ids: BTreeSet<String> = contents.checks.iter().map(|check| check.id.clone()).collect();
    let mut packages = BTreeSet::new();
    let (broken, sound) = sort_out(contents, files);
    for (name, text) in files.iter().filter(|(name, _)| is_rego(name)) {
        let package = metadata::package(text).unwrap_or_default();
        if package == OURS || package.starts_with("plimsoll.") {
            problems.push(Problem {
                message: format!("package {package} is Plimsoll's own; choose `user.…`"),
                ..Problem::of(name)
            });
            continue;
        }
        let error = broken.iter().find(|(file, _)| file == name).map(|(_, error)| error);
        if let Some(error) = error {
            problems.push(Problem::of_error(name, error));
        } else {
            contents.user_files.push((name.clone(), text.clone()));
        }
        let is_ours = metadata::comment_block(text).is_some_and(|block| metadata::is_ours(&block));
        let declares = sound.as_ref().is_some_and(|engine| RULES.iter().any(|rule| engine.declares(name, rule)));
        let is_idle = error.is_none() && !declares;
        // A file without an id may be there for others to call.
        if is_idle && !is_ours || !packages.insert(package.to_owned()) {
            continue;
        }
        let mut broken = error.map(ToString::to_string).unwrap_or_default();
        if is_idle {
            broken = format!("it has an id and none of the rules {}: it would judge nothing", RULES.join(", "));
            problems.push(Problem { message: broken.clone(), ..Problem::of(name) });
        }
        match read(name, text, package) {
            Ok(check) if ids.insert(check.id.clone()) => {
                let broken = if broken.is_empty() { unknown(&check, problems) } else { broken };
                contents.checks.push(Check { author: Author::User, broken, ..check });
            }
            Ok(check) => {
                let message = format!("there is a check {} already; choose another id", check.id);
                problems.push(Problem { message, ..Problem::of(name) });
            }
            Err(error) => problems.push(Problem { message: error.to_string(), ..Problem::of(name) }),
        }
    }
    contents.user_tests.extend(files.iter().filter(|(name, _)| name.ends_with("_test.rego")).cloned());
}

/// What a check needs and no document has; else empty.
fn unknown(check: &Check, problems: &mut Vec<Problem>) -> String {
    let Some(message) = unknown_need(check) else { return String::new() };
    problems.push(Problem { message: message.clone(), fatal: true, ..Problem::of(&check.file) });
    message
}

fn is_rego(name: &str) -> bool {
    name.ends_with(".rego") && !name.ends_with("_test.rego")
}

/// The files that cannot be run, each with why, and an engine with the others. One that trips the rest over is found by
/// adding file by file.
fn sort_out(contents: &Contents, files: &[File]) -> (Vec<(String, Error)>, Option<Engine>) {
    let rules: Vec<(&str, &str)> =
        files.iter().filter(|(name, _)| is_rego(name)).map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let endless = recursion(&rules)
        .into_iter()
        .map(|Problem { file, line, message, .. }| (file.clone(), Error::Rule { file, line, message }));
    let mut broken: Vec<(String, Error)> = endless.collect();
    let Some(mut engine) = with_libraries(contents) else { return (broken, None) };
    let mut sound = vec![];
    let is_endless: BTreeSet<String> = broken.iter().map(|(file, _)| file.clone()).collect();
    for file in files.iter().filter(|(name, _)| is_rego(name) && !is_endless.contains(name)) {
        match engine.add(&file.0, &file.1) {
            Ok(_) => sound.push(file),
            Err(error) => broken.push((file.0.clone(), error)),
        }
    }
    if engine.prepare().is_ok() {
        return (broken, Some(engine));
    }
    let Some(mut engine) = with_libraries(contents) else { return (broken, None) };
    for (name, text) in sound {
        let mut larger = engine.clone();
        match larger.add(name, text).and_then(|_| larger.prepare()) {
            Ok(()) => engine = larger,
            Err(error) => broken.push((name.clone(), error)),
        }
    }
    (broken, Some(engine))
}

fn with_libraries(contents: &Contents) -> Option<Engine> {
    let mut engine = Engine::wary().ok()?;
    for (name, text) in &contents.libraries {
        engine.add(name, text).ok()?;
    }
    Some(engine)
}

fn read(name: &str, text: &str, package: &str) -> Result<Check, metadata::MetadataError> {
    let block = metadata::comment_block(text);
    match block {
        Some(block) if metadata::is_ours(&block) => metadata::read(name, text),
        block => Ok(foreign(name, text, package, &block.unwrap_or_default())),
    }
}

/// A policy for another program. What it does not say is filled in.
fn foreign(name: &str, text: &str, package: &str, block: &str) -> Check {
    let block: Value = serde_saphyr::from_str(block).unwrap_or_default();
    let custom = |names: &[&str]| {
        let found = names.iter().find_map(|name| block.pointer(&format!("/custom/{name}"))?.as_str());
        found.unwrap_or_default().trim().to_owned()
    };
    let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
    let plain = |name: &str| block.get(name).and_then(Value::as_str).unwrap_or_default().trim();
    Check {
        id: or(&custom(&["id", "avd_id"]), package),
        title: or(plain("title"), package),
        why: plain("description").to_owned(),
        severity: custom(&["severity"]).parse().unwrap_or(Severity::Medium),
        family: "user".to_owned(),
        input: selected(&block),
        remedy: custom(&["remedy", "recommended_action", "recommended_actions", "remediation"]),
        aliases: texts(block.pointer("/custom/aliases")),
        package: package.to_owned(),
        file: name.to_owned(),
        source: text.to_owned(),
        ..Check::default()
    }
}

/// Which document the policy asks for; an image's when it does not say.
fn selected(block: &Value) -> InputKind {
    let kinds = block.pointer("/custom/input/selector").and_then(Value::as_array).into_iter().flatten();
    let mut kinds = kinds.filter_map(|entry| entry.get("type")?.as_str());
    kinds
        .find_map(|kind| match kind {
            "dockerfile" => Some(InputKind::Dockerfile),
            "kubernetes" => Some(InputKind::Kubernetes),
            _ => None,
        })
        .unwrap_or_default()
}

fn texts(list: Option<&Value>) -> Vec<String> {
    let entries = list.and_then(Value::as_array).into_iter().flatten();
    entries.filter_map(|entry| entry.as_str().map(str::to_owned)).collect()
}
