//! `checks.yaml`: what a folder of users' checks says about the built-in ones.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::Severity;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Problem;
use super::metadata::one_line;
use super::pack::Contents;
use crate::nearest::suggestion;

/// The name of the file in the folder.
pub(super) const FILE: &str = "checks.yaml";

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Settings {
    disable: BTreeSet<String>,
    severity: BTreeMap<String, Severity>,
    params: BTreeMap<String, Map<String, Value>>,
}

/// Tells that there is no check of an id.
pub fn no_check<'c>(id: &str, ids: impl IntoIterator<Item = &'c str>) -> String {
    let near = suggestion(id, ids);
    let hint = if near.is_empty() { "; `plimsoll checks list` names all" } else { near.as_str() };
    format!("there is no check {id}{hint}")
}

/// Switches checks off, and changes severities and parameters. Only after all checks are known.
pub(super) fn apply(contents: &mut Contents, text: &str, problems: &mut Vec<Problem>) {
    let mut complain =
        |message: String| problems.push(Problem { file: FILE.to_owned(), line: 0, fatal: true, message });
    let settings: Settings = match serde_saphyr::from_str(text) {
        Ok(settings) => settings,
        Err(error) => return complain(one_line(&error.to_string())),
    };
    let named = settings.disable.iter().chain(settings.severity.keys()).chain(settings.params.keys());
    let ids = || contents.checks.iter().map(|check| check.id.as_str());
    let unknown: BTreeSet<&String> = named.filter(|id| !ids().any(|known| known == **id)).collect();
    for id in unknown {
        complain(no_check(id, ids()));
    }
    let known = settings.disable.iter().filter(|id| contents.checks.iter().any(|check| check.id == **id));
    contents.switched_off.extend(known.cloned().collect::<Vec<_>>());
    contents.checks.retain(|check| !settings.disable.contains(&check.id));
    for check in &mut contents.checks {
        if let Some(severity) = settings.severity.get(&check.id) {
            check.severity = *severity;
        }
        for (name, value) in settings.params.get(&check.id).into_iter().flatten() {
            match check.params.get_mut(name) {
                Some(default) if !fits(default, value) => complain(format!(
                    "{}: the parameter {name} is {value}, and has to be of the kind of its default, {default}",
                    check.id
                )),
                Some(default) => *default = value.clone(),
                None => complain(format!("{} has no parameter {name}", check.id)),
            }
        }
    }
}

/// Whether a value is of the kind of the default that it replaces: another would make rules undefined, and these pass.
pub(crate) fn fits(default: &Value, value: &Value) -> bool {
    match (default, value) {
        (Value::Array(defaults), Value::Array(values)) => {
            defaults.first().is_none_or(|default| values.iter().all(|value| fits(default, value)))
        }
        // Nothing by default.
        (Value::Null, _)
        | (Value::Object(_), Value::Object(_))
        | (Value::String(_), Value::String(_))
        | (Value::Number(_), Value::Number(_))
        | (Value::Bool(_), Value::Bool(_)) => true,
        _ => false,
    }
}
