//! Vulnerabilities and outdated software as risks, with what was decided about them.

use std::collections::{HashMap, HashSet};

use plimsoll_model::{Finding, Muted, Report, State};
use serde_json::{Value, json};

use super::{NAMESPACE, Names, object, origin, property, put_all, text, word};
use crate::deadlines;
use crate::decisions::Mute;
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
        risk.insert("risk-log".into(), json!({ "entries": [log(report, names, &uuid, muted, status(finding))] }));
        if !muted.compensating_control.is_empty() {
            let factor = json!({
                "uuid": names.uuid("mitigating-factor", &uuid),
                "description": text(&muted.compensating_control),
            });
            put_all(&mut risk, "mitigating-factors", vec![factor]);
        }
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

/// A waiver is a deviation that somebody approved. A statement that it is not affected, or fixed, closes the risk; so does
/// the vendor's word that it is the risk of another package, for nobody decided to live with that.
fn status(finding: &Finding) -> &'static str {
    let is_undecided = || finding.vulnerability().is_some_and(|known| known.status == State::UnderInvestigation);
    match finding.muted.as_ref().map(Mute::of) {
        Some(Mute::Waived) => "deviation-approved",
        Some(Mute::Cleared | Mute::Elsewhere) => "closed",
        None if is_undecided() => "investigating",
        None => "open",
    }
}

/// What the report says of whoever muted it, and when that was, where it says so.
fn log(report: &Report, names: &Names, risk: &str, muted: &Muted, status: &str) -> Value {
    let mut properties = vec![property("muted-by", &muted.by)];
    let said = [
        ("type", muted.decision.map_or("", |decision| decision.as_str())),
        ("owner", &muted.owner),
        ("approver", &muted.approver),
        ("ticket", &muted.ticket),
        ("signed-by", &muted.signed_by),
        ("status", muted.status.map_or("", |status| status.as_str())),
        ("justification", &muted.justification),
        ("expires", muted.expires.as_deref().unwrap_or_default()),
    ];
    properties.extend(said.into_iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| property(name, text)));
    let mute = Mute::of(muted);
    let decided = Some(&muted.created).filter(|day| is_day(day)).map(|day| format!("{day}T00:00:00Z"));
    let undated = "The start is the time of this assessment: when it was decided is not known here.";
    let elsewhere = "Closed here and nowhere else: it is reported for the package that the files belong to.";
    let remarks: Vec<&str> = [decided.is_none().then_some(undated), (mute == Mute::Elsewhere).then_some(elsewhere)]
        .into_iter()
        .flatten()
        .collect();
    let mut entry = object(json!({
        "uuid": names.uuid("muted", risk),
        "title": text(&format!("Muted: {} {}", mute.verb(), muted.by)),
        "description": text(&muted.reason),
        "start": decided.as_ref().unwrap_or(&report.as_of),
        "props": properties,
        "status-change": status,
    }));
    if !remarks.is_empty() {
        entry.insert("remarks".into(), remarks.join(" ").into());
    }
    Value::Object(entry)
}

/// `2026-11-23`: OSCAL refuses other dates, and what a report of others says may be anything.
fn is_day(text: &str) -> bool {
    let numbers: Option<Vec<u16>> = text.split('-').map(|part| part.parse().ok()).collect();
    let Some([year, month, day]) = numbers.as_deref() else { return false };
    let last = match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    (1..=12).contains(month) && (1..=last).contains(day) && text == format!("{year:04}-{month:02}-{day:02}")
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
