//! `checks.yaml`: what a folder of users' checks says about the built-in ones.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::Severity;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Problem;
use super::metadata::one_line;
use super::pack::Contents;
use crate::fields::{kind, misfit};
use crate::nearest::{suggestion, suggestion_or_all};

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
                Some(default) => match misfit(default, value) {
                    Some(wanted) => {
                        complain(format!("{name} of {} has to be {wanted}, not {}", check.id, kind(value)));
                    }
                    None => *default = value.clone(),
                },
                None => {
                    let near = suggestion_or_all(name, &check.params.keys().map(String::as_str).collect::<Vec<_>>());
                    complain(format!("{} has no parameter {name}{near}", check.id));
                }
            }
        }
    }
}
