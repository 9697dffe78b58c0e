//! Standards and their controls: what was reviewed, what speaks to it, and how it came out.

use std::collections::{BTreeSet, HashMap};

use plimsoll_model::{Assessment, Compliance, Control, Evidence, Report};
use serde_json::{Value, json};

use super::{Names, object, origin, property, put_all, subject, text, token};

/// The controls that each standard asks for.
pub(super) fn reviewed(report: &Report) -> Value {
    let selections: Vec<Value> = report.compliance.iter().map(selection).collect();
    if selections.is_empty() {
        let said = "No standard was asked for: no control was reviewed.";
        return json!({ "control-selections": [{ "description": said }] });
    }
    json!({ "control-selections": selections })
}

fn selection(standard: &Compliance) -> Value {
    let ids: BTreeSet<String> = standard.controls.iter().map(|control| control_id(standard, control)).collect();
    let mut selection = object(json!({
        "description": text(&format!("{}: {}", standard.title, standard.edition)),
        "props": [property("standard", &standard.id)],
    }));
    put_all(&mut selection, "include-controls", ids.iter().map(|id| json!({ "control-id": id })).collect());
    let own = standard.controls.iter().any(|control| control.oscal.is_empty());
    let own = own.then(|| "Ids that begin with the standard's are of no OSCAL catalogue.".to_owned());
    let remarks: Vec<String> = standard.notes.iter().map(|note| text(note)).chain(own).collect();
    if !remarks.is_empty() {
        selection.insert("remarks".into(), remarks.join("\n\n").into());
    }
    Value::Object(selection)
}

/// The id of the control in NIST's catalogue, where the standard says which it stands for; else its own.
fn control_id(standard: &Compliance, control: &Control) -> String {
    if control.oscal.is_empty() { token(&[&standard.id, &control.id]) } else { token(&[&control.oscal]) }
}

/// What speaks to controls and is no check that the report lists, once however many controls it speaks to; and what a
/// person has to answer.
pub(super) fn observations(report: &Report, names: &Names) -> Vec<Value> {
    let checks: BTreeSet<&str> = report.checks.iter().map(|check| check.id.as_str()).collect();
    let mut told = BTreeSet::new();
    let mut observations = Vec::new();
    for (standard, control) in controls(report) {
        for evidence in &control.evidence {
            if !checks.contains(evidence.of.as_str()) && told.insert(evidence.of.as_str()) {
                observations.push(query(report, names, evidence));
            }
        }
        if control.result == Assessment::Manual || standard.evidence_only {
            observations.push(open(report, names, standard, control));
        }
    }
    observations
}

fn controls(report: &Report) -> impl Iterator<Item = (&Compliance, &Control)> {
    report.compliance.iter().flat_map(|standard| standard.controls.iter().map(move |control| (standard, control)))
}

fn query(report: &Report, names: &Names, evidence: &Evidence) -> Value {
    let props = [property("query", &evidence.of), property("result", &evidence.result.to_string())];
    let counted = format!("findings: {}, of which muted: {}", evidence.count, evidence.muted);
    let named = report.findings.iter().filter(|finding| evidence.findings.contains(&finding.fingerprint));
    let named: Vec<Value> = named.map(super::evidence).collect();
    let more = evidence.count.saturating_sub(named.len());
    let more = (more > 0 && !named.is_empty()).then(|| json!({ "description": format!("and {more} more") }));
    let relevant: Vec<Value> =
        std::iter::once(json!({ "description": text(&counted) })).chain(named).chain(more).collect();
    json!({
        "uuid": names.uuid("query", &evidence.of),
        "title": text(&evidence.of),
        "description": text(&evidence.message),
        "props": props,
        "methods": ["TEST"],
        "types": ["control-objective"],
        "origins": [origin(report, names)],
        "subjects": [subject(names)],
        "relevant-evidence": relevant,
        "collected": report.as_of,
    })
}

/// A control that a person has to decide on: what is asked, and what evidence is there.
fn open(report: &Report, names: &Names, standard: &Compliance, control: &Control) -> Value {
    let asked = if control.question.is_empty() { &control.title } else { &control.question };
    let (methods, said) = if control.evidence.is_empty() {
        (vec!["EXAMINE", "INTERVIEW"], "nothing was collected that answers it")
    } else {
        (vec!["EXAMINE"], "evidence was collected, no verdict is given")
    };
    let mut observation = object(json!({
        "uuid": names.uuid("manual", &format!("{} {}", standard.id, control.id)),
        "title": text(&format!("{} {}: {}", standard.id, control.id, control.title)),
        "description": format!("{} (for a person to answer: {said})", text(asked)),
        "props": [property("control", &control_id(standard, control)), property("standard", &standard.id)],
        "methods": methods,
        "types": ["control-objective"],
        "subjects": [subject(names)],
        "collected": report.as_of,
    }));
    let evidence = control.evidence.iter().map(|told| {
        let said = format!("{}: {}: {}", told.of, told.result, told.message);
        json!({ "description": text(&said) })
    });
    put_all(&mut observation, "relevant-evidence", evidence.collect());
    Value::Object(observation)
}

/// The verdict on each control that has one.
pub(super) fn findings(report: &Report, names: &Names) -> Vec<Value> {
    let decided = |control: &Control| control.result != Assessment::Manual;
    let risks: HashMap<&str, String> = super::risks::uuids(report, names);
    controls(report)
        .filter(|(standard, control)| !standard.evidence_only && decided(control))
        .map(|(standard, control)| finding(report, names, &risks, standard, control))
        .collect()
}

fn finding(
    report: &Report,
    names: &Names,
    risks: &HashMap<&str, String>,
    standard: &Compliance,
    control: &Control,
) -> Value {
    let reason = if control.reason.is_empty() { "every part that was looked at holds" } else { &control.reason };
    let (state, why) = match control.result {
        Assessment::Pass => ("satisfied", "pass"),
        Assessment::Fail => ("not-satisfied", "fail"),
        // OSCAL knows two states. This one claims less.
        Assessment::NotAssessed | Assessment::Manual => ("not-satisfied", "other"),
    };
    let remarks = match control.result {
        Assessment::NotAssessed => format!("Not assessed, which is no statement that it fails: {}", text(reason)),
        _ => text(reason),
    };
    // In NIST's catalogue, the objective of a control is a part named after it.
    let target = match control.oscal.as_str() {
        "" => control_id(standard, control),
        id => token(&[id, "obj"]),
    };
    let mut finding = object(json!({
        "uuid": names.uuid("control", &format!("{} {}", standard.id, control.id)),
        "title": text(&format!("{} {}: {}", standard.id, control.id, control.title)),
        "description": text(reason),
        "props": [
            property("standard", &standard.id),
            property("control", &control.id),
            property("severity", control.severity.as_str()),
            property("result", &control.result.to_string()),
        ],
        "origins": [origin(report, names)],
        "target": {
            "type": "objective-id",
            "target-id": target,
            "status": { "state": state, "reason": why, "remarks": remarks },
        },
    }));
    let is_check = |of: &str| report.checks.iter().any(|check| check.id == of);
    let related: BTreeSet<String> = control
        .evidence
        .iter()
        .map(|told| names.uuid(if is_check(&told.of) { "check" } else { "query" }, &told.of))
        .collect();
    let related = related.iter().map(|uuid| json!({ "observation-uuid": uuid })).collect();
    put_all(&mut finding, "related-observations", related);
    let rested = control.evidence.iter().flat_map(|told| &told.findings);
    let related: BTreeSet<&String> = rested.filter_map(|fingerprint| risks.get(fingerprint.as_str())).collect();
    put_all(&mut finding, "related-risks", related.into_iter().map(|uuid| json!({ "risk-uuid": uuid })).collect());
    let unnamed: Vec<String> = control.evidence.iter().filter_map(unnamed).collect();
    if !unnamed.is_empty() {
        finding.insert("remarks".into(), text(&unnamed.join("; ")).into());
    }
    Value::Object(finding)
}

/// How many findings some evidence rests on beside those that it names.
fn unnamed(evidence: &Evidence) -> Option<String> {
    let more = evidence.count.saturating_sub(evidence.findings.len());
    let findings = if more == 1 { "finding" } else { "findings" };
    (more > 0).then(|| format!("{}: rests on {more} {findings} that are not named here", evidence.of))
}
