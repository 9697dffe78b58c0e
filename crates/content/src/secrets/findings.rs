//! What a report says of secrets: those that the pass over the layers found in files, and those in the image's config.

use std::collections::BTreeSet;

use plimsoll_model::{
    About, Finding, FindingOrigin, Gap, GapKind, GapReason, Location, Secret, SecretPlace, SecretTrace, Severity,
};
use serde_json::Value;

use super::{find_in_text, mask, paths, rule};

/// Secrets of one config that are told one by one.
const MOST_IN_CONFIG: usize = 500;
/// What stands before the day on which a token ends.
const EXPIRES: &str = "expires ";
/// What is said of a secret that whoever made the package has published.
const PUBLISHED: &str = "a test or an example that a package publishes, so no secret";
/// Letters of a day.
const DATE: usize = 10;

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
    if paths::is_test_of_package(at.path) {
        publish(&mut finding);
    }
    Some(finding)
}

/// Lowers the severity of what everybody has, whatever it is and however it is guarded.
fn publish(finding: &mut Finding) {
    let About::Secret(secret) = &mut finding.about else { return };
    let separator = if secret.state.is_empty() { "" } else { ", " };
    secret.state = format!("{}{separator}{PUBLISHED}", secret.state);
    finding.evidence = format!("{}; {PUBLISHED}", finding.evidence);
    finding.severity = finding.severity.min(Severity::Low);
}

/// The findings about the image's config: environment, labels, author, commands, what else a container is started with, and
/// the build's history. A step that repeats the image's environment is not told twice. Of very many the first are told, and a gap says so.
#[must_use]
pub fn in_config(config: &Value) -> (Vec<Finding>, Option<Gap>) {
    let inner = config.get("config").unwrap_or(&Value::Null);
    let mut found = Found::default();
    for text in texts(inner.get("Env")) {
        let name = text.split_once('=').map_or(text, |(name, _)| name);
        found.add(text, SecretPlace::Environment, name);
    }
    for (name, value) in inner.get("Labels").and_then(Value::as_object).into_iter().flatten() {
        found.add(value.as_str().unwrap_or_default(), SecretPlace::Label, name);
        found.add(name, SecretPlace::Label, name);
    }
    found.add(config.get("author").and_then(Value::as_str).unwrap_or_default(), SecretPlace::Label, "author");
    for name in ["Entrypoint", "Cmd", "OnBuild", "Shell"] {
        texts(inner.get(name)).for_each(|text| found.add(text, SecretPlace::Command, name));
    }
    for name in ["User", "WorkingDir", "StopSignal"] {
        found.add(inner.get(name).and_then(Value::as_str).unwrap_or_default(), SecretPlace::Command, name);
    }
    for name in ["Volumes", "ExposedPorts"] {
        let keys = inner.get(name).and_then(Value::as_object).into_iter().flatten();
        keys.for_each(|(key, _)| found.add(key, SecretPlace::Command, name));
    }
    let check = inner.get("Healthcheck").and_then(|check| check.get("Test"));
    texts(check).for_each(|text| found.add(text, SecretPlace::Command, "Healthcheck"));
    let history = config.get("history").and_then(Value::as_array).into_iter().flatten();
    for (index, step) in history.enumerate() {
        for field in ["created_by", "comment", "author"] {
            let text = step.get(field).and_then(Value::as_str).unwrap_or_default();
            found.add(text, SecretPlace::History, &format!("step {index}"));
        }
    }
    let gap = (found.more > 0).then(|| Gap {
        kind: GapKind::Partial,
        location: "config".into(),
        reason: GapReason::TooLarge,
        message: format!("the first {MOST_IN_CONFIG} secrets in it are told; there are {} more", found.more),
    });
    (found.findings, gap)
}

/// Findings, each once.
#[derive(Default)]
struct Found {
    findings: Vec<Finding>,
    known: BTreeSet<String>,
    more: usize,
}

impl Found {
    fn add(&mut self, text: &str, place: SecretPlace, name: &str) {
        for trace in find_in_text(text) {
            // The name of a variable may be the secret.
            let Some(finding) = finding(&trace, place, &mask(name)) else { continue };
            if self.known.contains(&finding.fingerprint) {
                continue;
            }
            if self.findings.len() >= MOST_IN_CONFIG {
                self.more = self.more.saturating_add(1);
                continue;
            }
            self.known.insert(finding.fingerprint.clone());
            self.findings.push(finding);
        }
    }
}

/// Lowers the severity of what expired before a day (`2026-11-29`): it opens nothing any more.
pub fn expire(finding: &mut Finding, day: &str) {
    let About::Secret(secret) = &mut finding.about else { return };
    let Some((before, rest)) = secret.state.split_once(EXPIRES) else { return };
    let Some((date, after)) = rest.split_at_checked(DATE) else { return };
    let is_date = date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if !is_date || day.len() < DATE || date >= day.get(..DATE).unwrap_or(day) {
        return;
    }
    let expired = format!("expired on {date}, opens nothing any more");
    finding.evidence = finding.evidence.replace(&format!("{EXPIRES}{date}"), &expired);
    secret.state = format!("{before}{expired}{after}");
    finding.severity = finding.severity.min(Severity::Low);
}

fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
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
        let (found, gap) = in_config(&config);
        assert_eq!(gap, None);
        let places: Vec<&str> = found.iter().map(|finding| finding.evidence.as_str()).collect();
        assert!(places.iter().any(|evidence| evidence.contains("environment DB_PASSWORD")), "{places:?}");
        assert!(places.iter().any(|evidence| evidence.contains("history step 0")), "{places:?}");
        assert!(places.iter().all(|evidence| !evidence.contains("GPG_KEY")), "{places:?}");
        let all = serde_json::to_string(&found).unwrap();
        assert!(!all.contains("Tr0ub4dor&3x9") && !all.contains(&token), "{all}");
    }

    /// What the image's author writes beside a secret hides none, and no setting is left out.
    #[test]
    fn every_setting_of_the_config_is_looked_at() {
        let mut number = 0;
        let mut token = || {
            number += 1;
            format!("{} plimsoll:allow", crate::secrets::tests::token(number))
        };
        let config = json!({
            "config": {
                "User": token(), "WorkingDir": format!("/{}", token()), "StopSignal": token(), "Shell": ["sh", token()],
                "Volumes": { format!("/{}", token()): {} }, "ExposedPorts": { token(): {} },
                "Labels": { token(): "x" }, "Env": [format!("T={}", token())],
            },
            "history": [{ "created_by": token(), "comment": token(), "author": token() }],
        });
        let (found, _) = in_config(&config);
        let places: Vec<&str> = found.iter().filter_map(|finding| finding.evidence.split(" in ").nth(1)).collect();
        assert_eq!(found.len(), number, "{places:?}");
        for place in ["User", "WorkingDir", "StopSignal", "Shell", "Volumes", "ExposedPorts"] {
            assert!(places.contains(&format!("command {place}").as_str()), "{place}: {places:?}");
        }
        let all = serde_json::to_string(&found).unwrap();
        assert!((1..=number).all(|number| !all.contains(&crate::secrets::tests::token(number))), "{all}");
    }

    #[test]
    fn what_a_package_publishes_is_of_low_severity() {
        let severity = |rule: &str, state: &str, weak, path| {
            let trace = SecretTrace { rule: rule.into(), state: state.into(), weak, ..SecretTrace::default() };
            let finding = in_file(&trace, &InFile { path, layer: 0, hidden: false }).unwrap();
            (finding.severity, finding.evidence)
        };
        let published = "app/node_modules/public-encrypt/test/rsa.pass.priv";
        for (rule, state, weak) in [
            ("private-key-rsa", "", false),
            ("private-key-rsa", "encrypted", true),
            ("private-key-pkcs8-encrypted", "encrypted", true),
            ("private-key-ec", "encrypted", true),
        ] {
            let (low, evidence) = severity(rule, state, weak, published);
            assert_eq!(low, Severity::Low, "{rule} {state}");
            assert!(evidence.ends_with(&format!("; {PUBLISHED}")), "{evidence}");
            let (own, evidence) = severity(rule, state, weak, "usr/src/app/test/rsa.priv");
            assert!(own > Severity::Low && !evidence.contains(PUBLISHED), "{rule} {state}: {evidence}");
        }
    }

    #[test]
    fn very_many_secrets_of_the_config_are_counted() {
        let env: Vec<String> =
            (0..600).map(|number| format!("T{number}={}", crate::secrets::tests::token(number))).collect();
        let (found, gap) = in_config(&json!({ "config": { "Env": env } }));
        assert_eq!(
            (found.len(), gap.unwrap().message.as_str()),
            (500, "the first 500 secrets in it are told; there are 100 more")
        );
    }

    #[test]
    fn an_expired_token_is_of_low_severity() {
        let trace = |state: &str| SecretTrace {
            rule: "json-web-token".into(),
            line: 3,
            state: state.into(),
            ..SecretTrace::default()
        };
        let of_path = |path, state: &str| {
            let mut finding = in_file(&trace(state), &InFile { path, layer: 0, hidden: false }).unwrap();
            expire(&mut finding, "2026-11-29");
            (finding.severity, finding.evidence)
        };
        let of = |state: &str| of_path("app/x", state);
        let (severity, evidence) = of("expires 2026-11-28");
        assert_eq!(severity, Severity::Low);
        assert!(evidence.ends_with("; expired on 2026-11-28, opens nothing any more"), "{evidence}");
        let (_, evidence) = of_path("app/node_modules/x/test/y.js", "expires 2026-11-28");
        assert!(
            evidence.ends_with(&format!("; expired on 2026-11-28, opens nothing any more; {PUBLISHED}")),
            "{evidence}"
        );
        for state in ["expires 2026-11-29", "never expires", "expires soon", ""] {
            let (severity, evidence) = of(state);
            assert!(severity > Severity::Low && !evidence.contains("expired"), "{state}: {evidence}");
        }
    }
}
