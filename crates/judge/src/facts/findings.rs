//! What is known to be wrong already, for checks that judge it as a whole: each entry refers to its finding.

use plimsoll_model::{About, Finding, FindingOrigin, Licence, Malware, Outdated, Secret, Vulnerability};
use serde_json::{Map, Value, json};

use super::Sources;

/// Puts the sections of those kinds that were looked for.
pub fn put(sources: &Sources<'_>, document: &mut Map<String, Value>) {
    let (mut vulnerabilities, mut outdated, mut secrets) = (Vec::new(), Vec::new(), Vec::new());
    let (mut licences, mut malware) = (Vec::new(), Vec::new());
    for finding in sources.findings {
        match &finding.about {
            About::Vulnerability(about) => vulnerabilities.push(with(finding, vulnerability(finding, about))),
            About::Outdated(about) => outdated.push(with(finding, of_outdated(about))),
            About::Secret(about) => secrets.push(with(finding, of_secret(about))),
            About::Licence(about) => licences.push(with(finding, of_licence(about))),
            About::Malware(about) => malware.push(with(finding, of_malware(about))),
            About::Misconfiguration(_) => {}
        }
    }
    for (name, list, was_looked_for) in [
        ("vulnerabilities", vulnerabilities, sources.has_vulnerabilities),
        ("outdated", outdated, sources.has_vulnerabilities),
        ("secrets", secrets, sources.has_secrets),
        ("licences", licences, sources.has_licences),
        ("malware", malware, sources.has_malware),
    ] {
        if was_looked_for {
            document.insert(name.into(), Value::Array(list));
        }
    }
}

/// What every kind has.
fn with(finding: &Finding, own: Value) -> Value {
    let mut fields = match own {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    let place = finding.locations.first();
    let common = json!({
        "id": finding.id,
        "aliases": finding.aliases,
        "severity": finding.severity,
        "title": finding.title,
        "fingerprint": finding.fingerprint,
        "muted": finding.muted.is_some(),
        "path": place.map(|place| &place.path),
        "place": finding.subject(),
        "layer": finding.layer,
        "base": finding.origin == FindingOrigin::Base,
    });
    if let Value::Object(common) = common {
        fields.extend(common);
    }
    Value::Object(fields)
}

fn vulnerability(finding: &Finding, about: &Vulnerability) -> Value {
    let scores = finding.severities.iter().filter_map(|rating| rating.score);
    json!({
        "name": about.name,
        "version": about.version,
        "purl": about.package,
        "status": about.status,
        "fixable": finding.is_fixable(),
        "fixed_in": about.fixed_in,
        "exploited": about.kev,
        "exploited_due": about.kev_due,
        "ransomware": about.ransomware,
        "epss": about.epss,
        "cvss": scores.fold(None, |most: Option<f64>, score| Some(most.map_or(score, |most| most.max(score)))),
        "development": about.development,
        "presence": about.presence,
        "due": finding.due.iter().map(|due| json!({"profile": due.profile, "step": due.step, "state": due.state, "by": due.by})).collect::<Vec<_>>(),
        "muted_by": finding.muted.as_ref().map(|muted| &muted.by),
        "muted_status": finding.muted.as_ref().and_then(|muted| muted.status),
        "justification": finding.muted.as_ref().map(|muted| &muted.justification),
    })
}

fn of_outdated(about: &Outdated) -> Value {
    json!({
        "of": about.of,
        "why": about.why,
        "name": about.name,
        "version": about.version,
        "purl": about.package,
        "product": about.product,
        "end_of_life": about.end_of_life,
        "extended_until": about.extended_until,
    })
}

fn of_secret(about: &Secret) -> Value {
    json!({
        "rule": about.rule,
        "category": about.category,
        "redacted": about.redacted,
        "found_in": about.place,
        "line": about.line,
        "state": about.state,
        "hidden": about.hidden,
    })
}

fn of_licence(about: &Licence) -> Value {
    json!({
        "name": about.name,
        "version": about.version,
        "purl": about.package,
        "expression": about.expression,
        "category": about.category,
        "source": about.source,
    })
}

fn of_malware(about: &Malware) -> Value {
    json!({
        "rule": about.rule,
        "category": about.category,
        "source": about.source,
        "author": about.author,
        "references": about.references,
        "tags": about.tags,
        "sha256": about.sha256,
        "hidden": about.hidden,
    })
}
