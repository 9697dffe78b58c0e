//! The report as OSCAL assessment results, for those who keep the books of a system's controls:
//! <https://pages.nist.gov/OSCAL/reference/1.0.6/assessment-results/json-reference/>.
//!
//! Owns which part of the report becomes which object. One scan is one result. The image is its inventory item; a check
//! that ran is an observation; the verdict on a control is a finding; a vulnerability is a risk. Nothing is claimed that
//! the report does not say: a control that was not assessed is "not satisfied" for the reason "other", for OSCAL has no
//! third word; a control that a person must answer is an observation without a finding. Filters of what is shown do not
//! apply.
//!
//! Every UUID is derived from the image's digest and from what it names, so that two exports of equal reports are equal.

mod controls;
mod risks;

use std::collections::HashSet;
use std::io::{self, Write};

use plimsoll_model::{Assessment, Checked, Finding, Report, Unmatched};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Format, escape};
use crate::decisions::{Mute, whole};
use crate::{Style, issues, sanitize};

/// The row of the table of formats.
pub const OSCAL: Format =
    Format { name: "oscal", about: "controls, evidence and risks for auditors: OSCAL assessment results 1.0.6", write };

/// The space of names of properties that OSCAL does not define.
const NAMESPACE: &str = "https://github.com/plimsoll-scanner/plimsoll/ns/oscal";

/// Findings that the evidence of one observation names; more are counted.
const EVIDENCE: usize = 50;

/// Statements that changed nothing, told one by one.
const UNMATCHED: usize = 200;

/// Characters of a text.
const LONGEST: usize = 4000;

fn write(report: &Report, out: &mut dyn Write, _: &Style) -> io::Result<()> {
    let names = Names::of(report);
    let plan = names.uuid("no-assessment-plan", "");
    let document = json!({ "assessment-results": {
        "uuid": names.uuid("assessment-results", ""),
        "metadata": {
            "title": text(&format!("Assessment of the container image {}", report.image.reference)),
            "last-modified": report.as_of,
            "version": word(&report.as_of),
            "oscal-version": "1.0.6",
            "props": [property("schema", &report.schema)],
        },
        "import-ap": {
            "href": format!("#{plan}"),
            "remarks": "There is no assessment plan; the resource says so.",
        },
        "results": [result(report, &names)],
        "back-matter": { "resources": [{
            "uuid": plan,
            "title": "No assessment plan",
            "description": "These results come from a scan that followed no assessment plan. The standards that it was \
                asked for are the control selections of the result.",
        }] },
    }});
    out.write_all(escape(&serde_json::to_string_pretty(&document)?).as_bytes())?;
    out.write_all(b"\n")
}

/// Names things for all time.
struct Names {
    image: Uuid,
}

impl Names {
    fn of(report: &Report) -> Self {
        let image = report.image.digest.as_ref().map_or_else(|| report.image.reference.clone(), ToString::to_string);
        let space = Uuid::new_v5(&Uuid::NAMESPACE_URL, NAMESPACE.as_bytes());
        Self { image: Uuid::new_v5(&space, image.as_bytes()) }
    }

    /// The same for the same thing of the same image.
    fn uuid(&self, kind: &str, name: &str) -> String {
        Uuid::new_v5(&self.image, format!("{kind}\n{name}").as_bytes()).to_string()
    }
}

fn result(report: &Report, names: &Names) -> Value {
    let observations: Vec<Value> = report
        .checks
        .iter()
        .map(|check| observation(report, names, check))
        .chain(controls::observations(report, names))
        .collect();
    let mut result = object(json!({
        "uuid": names.uuid("result", ""),
        "title": text(&format!("Scan by {} {}", report.tool.name, report.tool.version)),
        "description": "What a scan of the image's layers and configuration shows. It shows nothing of how the image \
            is run.",
        "start": report.as_of,
        "end": report.as_of,
        "local-definitions": {
            "inventory-items": [image(report, names)],
            "assessment-assets": tool(report, names),
        },
        "reviewed-controls": controls::reviewed(report),
        "remarks": remarks(report),
    }));
    put_all(&mut result, "observations", observations);
    put_all(&mut result, "risks", risks::risks(report, names));
    put_all(&mut result, "findings", controls::findings(report, names));
    Value::Object(result)
}

/// The image as an inventory item.
fn image(report: &Report, names: &Names) -> Value {
    let image = &report.image;
    let mut props = vec![property("reference", &image.reference)];
    props.extend(image.digest.as_ref().map(|digest| property("digest", &digest.to_string())));
    props.extend(image.platform.as_ref().map(|platform| property("platform", &platform.to_string())));
    props.extend(report.inventory.distro.as_ref().map(|distro| property("distribution", &distro.name)));
    props.push(property("packages", &report.inventory.packages.len().to_string()));
    json!({
        "uuid": names.uuid("image", ""),
        "description": text(&format!("Container image {}", image.reference)),
        "props": props,
    })
}

/// What looked at it.
fn tool(report: &Report, names: &Names) -> Value {
    let uuid = names.uuid("tool", &report.tool.name);
    json!({
        "components": [{
            "uuid": uuid,
            "type": "software",
            "title": text(&report.tool.name),
            "description": "Container image scanner",
            "props": [property("version", &report.tool.version)],
            "status": { "state": "operational" },
        }],
        "assessment-platforms": [{
            "uuid": names.uuid("platform", ""),
            "title": text(&format!("{} {}", report.tool.name, report.tool.version)),
            "uses-components": [{ "component-uuid": uuid }],
        }],
    })
}

/// What the scan could not see, and which data answered.
fn remarks(report: &Report) -> String {
    let gaps = report.gaps.iter().map(|gap| format!("gap ({}): {}: {}", gap.kind, gap.location, gap.message));
    let data = report.data.iter().map(|source| format!("data: {} ({}) of {}", source.feed, source.space, source.date));
    let hidden = (report.hidden > 0).then(|| format!("{} findings were left out by a filter", report.hidden));
    let lines: Vec<String> = gaps.chain(unmatched(report)).chain(hidden).chain(data).map(|line| text(&line)).collect();
    if lines.is_empty() { "No gaps; no advisories were asked.".to_owned() } else { lines.join("\n\n") }
}

/// Statements and waivers that changed nothing, those first that do not count.
fn unmatched(report: &Report) -> Vec<String> {
    let mut sorted: Vec<&Unmatched> = report.unmatched.iter().collect();
    // Stable: else in the report's order.
    sorted.sort_by_key(|one| !one.reason.is_refusal());
    let more = sorted.len().saturating_sub(UNMATCHED);
    let told = sorted.into_iter().take(UNMATCHED);
    let mut lines: Vec<String> = told
        .map(|one| {
            format!("applied to nothing ({}): {}: {}: {}", one.reason.as_str(), one.source, one.statement, one.message)
        })
        .collect();
    lines.extend((more > 0).then(|| format!("{more} more statements and waivers applied to nothing")));
    lines
}

/// The findings that a check rests on: its own, and those under other ids that it refers to; those first that count.
fn behind<'r>(report: &'r Report, check: &Checked) -> Vec<&'r Finding> {
    let refers: HashSet<&str> = check.refers.iter().map(String::as_str).collect();
    let is_behind = |finding: &&Finding| {
        finding.id == check.id || finding.aliases.contains(&check.id) || refers.contains(finding.fingerprint.as_str())
    };
    let mut findings: Vec<&Finding> = report.findings.iter().filter(is_behind).collect();
    findings.sort_by_key(|finding| finding.muted.is_some());
    findings
}

/// One check that was asked for, with the findings that speak for its result.
fn observation(report: &Report, names: &Names, check: &Checked) -> Value {
    let findings = behind(report, check);
    let said = match check.result {
        Assessment::NotAssessed => format!("not assessed: {}", check.reason),
        result => format!("{result}; findings: {}, of which muted: {}", check.findings, check.muted),
    };
    let props = vec![
        property("check", &check.id),
        property("result", &check.result.to_string()),
        property("severity", check.severity.as_str()),
    ];
    let mut observation = object(json!({
        "uuid": names.uuid("check", &check.id),
        "title": text(&format!("{}: {}", check.id, check.title)),
        "description": text(&said),
        "props": props,
        "methods": ["TEST"],
        "types": [if check.result == Assessment::Fail { "finding" } else { "control-objective" }],
        "origins": [origin(report, names)],
        "subjects": [subject(names)],
        "collected": report.as_of,
    }));
    let grounds = check.grounds.iter().map(|ground| json!({ "description": text(ground) }));
    let told = grounds.chain(findings.iter().map(|it| evidence(it))).take(EVIDENCE);
    put_all(&mut observation, "relevant-evidence", told.collect());
    let all = findings.len().max(check.findings).saturating_add(check.grounds.len());
    let more = all.saturating_sub(findings.len().saturating_add(check.grounds.len()).min(EVIDENCE));
    let allowed = check.expected.iter().map(|expected| format!("allowed: {expected}"));
    let remarks: Vec<String> =
        (more > 0).then(|| format!("{more} more findings are not listed")).into_iter().chain(allowed).collect();
    if !remarks.is_empty() {
        observation.insert("remarks".into(), text(&remarks.join("; ")).into());
    }
    Value::Object(observation)
}

/// One finding as evidence.
fn evidence(finding: &Finding) -> Value {
    let muted =
        finding.muted.as_ref().map(|muted| format!(" ({} {}: {})", Mute::of(muted).verb(), muted.by, whole(muted)));
    let said = format!("{}: {}{}", issues::place(finding), issues::found(finding), muted.unwrap_or_default());
    let mut props = vec![property("kind", finding.about.kind()), property("severity", finding.severity.as_str())];
    if !finding.fingerprint.is_empty() {
        props.push(property("fingerprint", &finding.fingerprint));
    }
    json!({ "description": text(&said), "props": props })
}

fn origin(report: &Report, names: &Names) -> Value {
    json!({ "actors": [{ "type": "tool", "actor-uuid": names.uuid("tool", &report.tool.name) }] })
}

fn subject(names: &Names) -> Value {
    json!({ "subject-uuid": names.uuid("image", ""), "type": "inventory-item" })
}

fn property(name: &str, value: &str) -> Value {
    json!({ "name": name, "ns": NAMESPACE, "value": word(value) })
}

/// Foreign text where OSCAL allows markup.
fn text(foreign: &str) -> String {
    sanitize::markdown(&sanitize::fit(foreign, LONGEST, "…"))
}

/// Foreign text where it must be one line, not empty and without blanks around it.
fn word(foreign: &str) -> String {
    let shown = sanitize::fit(&sanitize::visible(foreign, true), LONGEST, "…");
    let trimmed = shown.trim();
    if trimmed.is_empty() { "-".to_owned() } else { trimmed.to_owned() }
}

/// A name as XML Schema has them (NCName), of ASCII alone: `cis-docker_4.1`.
fn token(parts: &[&str]) -> String {
    let is_allowed = |character: char| character.is_ascii_alphanumeric() || ".-_".contains(character);
    let joined = parts.join("_");
    let token: String = joined.chars().map(|character| if is_allowed(character) { character } else { '_' }).collect();
    if token.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
        token
    } else {
        format!("_{token}")
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// OSCAL has no empty lists.
fn put_all(object: &mut Map<String, Value>, name: &str, values: Vec<Value>) {
    if !values.is_empty() {
        object.insert(name.into(), values.into());
    }
}

#[cfg(test)]
mod tests {
    use super::{token, word};

    #[test]
    fn words_and_tokens_are_what_oscal_allows() {
        assert_eq!(token(&["cis-docker", "4.1 (a)"]), "cis-docker_4.1__a_");
        assert_eq!(token(&["4.1"]), "_4.1");
        assert_eq!(word(" \n"), "\\n");
        assert_eq!(word("  "), "-");
    }
}
