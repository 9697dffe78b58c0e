//! What a report says of secrets: those that the pass over the layers found in files, and those in the image's config.

use plimsoll_model::{About, Finding, FindingOrigin, Location, Secret, SecretPlace, SecretTrace, Severity};
use serde_json::Value;

use super::{find_in_text, mask, rule};

/// Where a secret in a file was found.
#[derive(Debug, Clone, Copy)]
pub struct InFile<'a> {
    /// Path relative to the root.
    pub path: &'a str,
    /// Index of the layer.
    pub layer: usize,
    /// A later layer removes or replaces the file.
    pub hidden: bool,
}

/// The finding about a secret in a file; none for a rule that is not known.
#[must_use]
pub fn in_file(trace: &SecretTrace, at: &InFile<'_>) -> Option<Finding> {
    let mut finding = finding(trace, SecretPlace::File, at.path)?;
    finding.layer = Some(at.layer);
    finding.locations = vec![Location { layer: at.layer, ..Location::at(at.path) }];
    if at.hidden {
        finding.evidence.push_str("; a later layer removes the file, and whoever pulls the image still gets it");
    }
    if let About::Secret(secret) = &mut finding.about {
        secret.hidden = at.hidden;
    }
    Some(finding)
}

/// The findings about the image's config: environment, labels, author, commands, and the build's history. A step that
/// repeats the image's environment is not told twice.
#[must_use]
pub fn in_config(config: &Value) -> Vec<Finding> {
    let inner = config.get("config").unwrap_or(&Value::Null);
    let mut found = Vec::new();
    for text in texts(inner.get("Env")) {
        let name = text.split_once('=').map_or(text, |(name, _)| name);
        add(&mut found, text, SecretPlace::Environment, name);
    }
    for (name, value) in inner.get("Labels").and_then(Value::as_object).into_iter().flatten() {
        add(&mut found, value.as_str().unwrap_or_default(), SecretPlace::Label, name);
    }
    add(&mut found, config.get("author").and_then(Value::as_str).unwrap_or_default(), SecretPlace::Label, "author");
    for name in ["Entrypoint", "Cmd", "OnBuild"] {
        texts(inner.get(name)).for_each(|text| add(&mut found, text, SecretPlace::Command, name));
    }
    let check = inner.get("Healthcheck").and_then(|check| check.get("Test"));
    texts(check).for_each(|text| add(&mut found, text, SecretPlace::Command, "Healthcheck"));
    let history = config.get("history").and_then(Value::as_array).into_iter().flatten();
    for (index, step) in history.enumerate() {
        for field in ["created_by", "comment"] {
            let text = step.get(field).and_then(Value::as_str).unwrap_or_default();
            add(&mut found, text, SecretPlace::History, &format!("step {index}"));
        }
    }
    found
}

fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

fn add(found: &mut Vec<Finding>, text: &str, place: SecretPlace, name: &str) {
    for trace in find_in_text(text) {
        // The name of a variable may be the secret.
        let Some(finding) = finding(&trace, place, &mask(name)) else { continue };
        if !found.iter().any(|known| known.fingerprint == finding.fingerprint) {
            found.push(finding);
        }
    }
}

fn finding(trace: &SecretTrace, place: SecretPlace, at: &str) -> Option<Finding> {
    let rule = rule(&trace.rule)?;
    let line = (trace.line > 0).then_some(trace.line);
    let located = match (place, line) {
        (SecretPlace::File, Some(line)) => format!("{at}, line {line}"),
        (SecretPlace::File, None) => at.to_owned(),
        _ => format!("{} {at}", place.as_str()),
    };
    let state = if trace.state.is_empty() { String::new() } else { format!("; {}", trace.state) };
    Some(Finding {
        id: rule.check.clone(),
        aliases: Vec::new(),
        severity: if trace.weak { milder(rule.severity) } else { rule.severity },
        severities: Vec::new(),
        title: rule.title.clone(),
        layer: None,
        locations: Vec::new(),
        evidence: format!("{} in {located}{state}", trace.redacted),
        remedy: rule.remedy.clone(),
        origin: FindingOrigin::Own,
        fingerprint: plimsoll_model::fingerprint(&[&rule.check, &rule.id, place.as_str(), at, &trace.mark]),
        muted: None,
        due: Vec::new(),
        about: About::Secret(Secret {
            rule: rule.id.clone(),
            category: rule.category.clone(),
            redacted: trace.redacted.clone(),
            place,
            line,
            state: trace.state.clone(),
            hidden: false,
        }),
    })
}

/// One step less grave, and never unknown.
fn milder(severity: Severity) -> Severity {
    match severity {
        Severity::Critical => Severity::High,
        Severity::High => Severity::Medium,
        Severity::Medium => Severity::Low,
        other => other.min(Severity::Low),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_of_the_config_are_told_by_place_and_never_in_full() {
        let token = format!("ghp_{}", "a1B2c3D4e5F6".repeat(3));
        let config = json!({
            "config": {
                "Env": ["PATH=/usr/bin", "GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305", "DB_PASSWORD=Tr0ub4dor&3x9"],
                "Labels": { "maintainer": format!("token {token}") },
            },
            "history": [{ "created_by": "ENV DB_PASSWORD=Tr0ub4dor&3x9" }],
        });
        let found = in_config(&config);
        let places: Vec<&str> = found.iter().map(|finding| finding.evidence.as_str()).collect();
        assert!(places.iter().any(|evidence| evidence.contains("environment DB_PASSWORD")), "{places:?}");
        assert!(places.iter().any(|evidence| evidence.contains("history step 0")), "{places:?}");
        assert!(places.iter().all(|evidence| !evidence.contains("GPG_KEY")), "{places:?}");
        let all = serde_json::to_string(&found).unwrap();
        assert!(!all.contains("Tr0ub4dor&3x9") && !all.contains(&token), "{all}");
    }
}
