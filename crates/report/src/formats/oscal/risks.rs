//! Vulnerabilities and outdated software as risks, with what was decided about them.

use std::collections::{HashMap, HashSet};

use plimsoll_model::{Finding, Muted, Report, State};
use serde_json::{Value, json};

use super::{NAMESPACE, Names, object, origin, property, put_all, text, word};
use crate::deadlines;
use crate::style::is_upgraded;

/// A risk for each vulnerable or outdated package.
pub(super) fn risks(report: &Report, names: &Names) -> Vec<Value> {
    // Nothing keeps an imported report from having the same finding twice.
    let mut told = HashSet::new();
    let upgraded = report.findings.iter().filter(|finding| is_upgraded(finding));
    upgraded.filter(|finding| told.insert(uuid(names, finding))).map(|finding| risk(report, names, finding)).collect()
}

/// The risk of each fingerprint; of several versions with one fingerprint, the first.
pub(super) fn uuids<'r>(report: &'r Report, names: &Names) -> HashMap<&'r str, String> {
    let mut uuids = HashMap::new();
    for finding in report.findings.iter().filter(|finding| is_upgraded(finding)) {
        uuids.entry(finding.fingerprint.as_str()).or_insert_with(|| uuid(names, finding));
    }
    uuids
}

/// A fingerprint has no version in it, and one image may have two.
fn uuid(names: &Names, finding: &Finding) -> String {
    names.uuid("risk", &format!("{} {} {}", finding.fingerprint, finding.package(), finding.version()))
}

fn risk(report: &Report, names: &Names, finding: &Finding) -> Value {
    let uuid = uuid(names, finding);
    let title = format!("{} in {} {}", finding.id, finding.subject(), finding.version());
    let described = if finding.title.is_empty() { &title } else { &finding.title };
    let stated = if finding.evidence.is_empty() { &title } else { &finding.evidence };
    let mut risk = object(json!({
        "uuid": uuid,
        "title": text(&title),
        "description": text(described),
        "statement": text(stated),
        "props": properties(finding),
        "status": status(finding),
        "origins": [origin(report, names)],
        "characterizations": [characterization(report, names, finding)],
    }));
    let of_kev = finding.vulnerability().map(|known| known.kev_due.as_str()).filter(|due| !due.is_empty());
    if let Some(due) = deadlines::earliest(finding).into_iter().chain(of_kev).min() {
        // The day itself is still in time.
        risk.insert("deadline".into(), format!("{due}T23:59:59Z").into());
    }
    if !finding.remedy.is_empty() {
        let remediation = json!({
            "uuid": names.uuid("remediation", &uuid),
            "lifecycle": "recommendation",
            "title": "Remedy",
            "description": text(&finding.remedy),
        });
        put_all(&mut risk, "remediations", vec![remediation]);
    }
    if let Some(muted) = &finding.muted {
        risk.insert("risk-log".into(), json!({ "entries": [log(report, names, &uuid, muted)] }));
    }
    Value::Object(risk)
}

fn properties(finding: &Finding) -> Vec<Value> {
    let mut properties = vec![
        property("kind", finding.about.kind()),
        property("id", &finding.id),
        property("package", finding.package()),
    ];
    properties.extend(finding.aliases.iter().map(|alias| property("alias", alias)));
    properties.extend(finding.fixed_in().iter().map(|version| property("fixed-in", version)));
    properties.push(property("fingerprint", &finding.fingerprint));
    if let Some(known) = finding.vulnerability() {
        properties.push(property("vendor-state", known.status.as_str()));
        if known.kev {
            properties.push(property("exploited", "known-exploited-vulnerabilities catalogue"));
        }
    }
    properties
}

/// A waiver is a deviation that somebody approved; a statement that it is not affected, or fixed, closes the risk.
fn status(finding: &Finding) -> &'static str {
    let is_undecided = || finding.vulnerability().is_some_and(|known| known.status == State::UnderInvestigation);
    match &finding.muted {
        Some(Muted { status: Some(State::NotAffected | State::Fixed), .. }) => "closed",
        Some(_) => "deviation-approved",
        None if is_undecided() => "investigating",
        None => "open",
    }
}

/// What the report says of whoever muted it. When that was, nobody says.
fn log(report: &Report, names: &Names, risk: &str, muted: &Muted) -> Value {
    let mut properties = vec![property("muted-by", &muted.by)];
    properties.extend(muted.status.map(|status| property("status", status.as_str())));
    let justification = Some(&muted.justification).filter(|justification| !justification.is_empty());
    properties.extend(justification.map(|justification| property("justification", justification)));
    properties.extend(muted.expires.as_ref().map(|expires| property("expires", expires)));
    json!({
        "uuid": names.uuid("muted", risk),
        "title": text(&format!("Muted by {}", muted.by)),
        "description": text(&muted.reason),
        "start": report.as_of,
        "props": properties,
        "remarks": "The start is the time of this assessment: when it was decided is not known here.",
    })
}

fn characterization(report: &Report, names: &Names, finding: &Finding) -> Value {
    let facet = |name: &str, value: &str| json!({ "name": name, "system": NAMESPACE, "value": word(value) });
    let mut facets = vec![facet("severity", finding.severity.as_str())];
    for rating in finding.severities.iter().filter(|rating| !rating.vector.is_empty()) {
        facets.push(facet("cvss-vector", &format!("{} ({})", rating.vector, rating.source)));
    }
    let epss = finding.vulnerability().and_then(|known| known.epss);
    facets.extend(epss.map(|epss| facet("epss", &epss.to_string())));
    json!({ "origin": origin(report, names), "facets": facets })
}
