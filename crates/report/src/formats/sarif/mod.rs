//! The report as SARIF 2.1.0, for code-scanning pages and editors.
//!
//! Owns what becomes a rule, a result or a notification. Every check that ran and every id that has findings is a rule;
//! every finding is a result, a muted one with a suppression; gaps, and what was left out, are notifications. The limits
//! are GitHub's (<https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>),
//! which refuses a larger file instead of taking a part of it.

mod log;
mod rules;

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use plimsoll_model::{About, Assessment, Finding, Gap, GapKind, GapReason, Report, Severity, Unmatched};

use super::{Format, escape};
use crate::{Style, decisions, issues, sanitize};
use log::{
    Artifact, AutomationDetails, Base, Descriptor, Driver, Entry, EntryProperties, Invocation, Log, Logical,
    Notification, Physical, Place, Region, Rule, Run, RunProperties, Suppression, Text, Tool,
};

/// The row of the table of formats.
pub const SARIF: Format = Format { name: "sarif", about: "for code-scanning pages and editors: SARIF 2.1.0", write };

/// Results that GitHub takes of one run, and how many of these it shows.
const RESULTS: usize = 25_000;
const SHOWN: usize = 5_000;

/// Places of one result that GitHub shows.
const PLACES: usize = 100;

/// Statements that changed nothing, told one by one.
const UNMATCHED: usize = 1000;

/// Characters of a text; what is longer helps nobody on a page of alerts.
const LONGEST: usize = 1000;

/// What paths in the image are relative to.
const ROOT: &str = "IMAGEROOT";

const PROJECT: &str = "https://github.com/plimsoll-scanner/plimsoll";

fn write(report: &Report, out: &mut dyn Write, style: &Style) -> io::Result<()> {
    let mut shown: Vec<&Finding> = report.findings.iter().filter(|finding| style.show.shows(finding)).collect();
    let hidden = report.findings.len().saturating_sub(shown.len()).saturating_add(report.hidden);
    // Stable: when some must go, the mildest do.
    shown.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let cut = shown.len().saturating_sub(RESULTS);
    shown.truncate(RESULTS);
    let (rules, left_out) = rules::rules(report, &shown);
    let places: HashMap<&str, usize> =
        rules.iter().enumerate().map(|(place, rule)| (rule.id.as_str(), place)).collect();
    let results = shown.iter().filter_map(|finding| {
        let id = text(&finding.id);
        Some(entry(report, finding, *places.get(id.as_str())?))
    });
    let results: Vec<Entry> = results.collect();
    let limits = limits(hidden, cut, results.len(), left_out);
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [run(report, rules, results, limits)],
    };
    out.write_all(escape(&serde_json::to_string_pretty(&log)?).as_bytes())?;
    out.write_all(b"\n")
}

fn run(report: &Report, rules: Vec<Rule>, results: Vec<Entry>, limits: Vec<Notification>) -> Run {
    let image = &report.image;
    Run {
        tool: Tool {
            driver: Driver {
                name: report.tool.name.clone(),
                full_name: format!("{} {}", report.tool.name, report.tool.version),
                semantic_version: report.tool.version.clone(),
                information_uri: PROJECT,
                rules,
            },
        },
        // Results of one image replace that image's earlier ones, and nobody else's.
        automation_details: AutomationDetails { id: format!("{}/{}/", report.tool.name, text(name(report))) },
        invocations: [Invocation {
            execution_successful: !report.gaps.iter().any(|gap| gap.kind == GapKind::Blind),
            tool_execution_notifications: report.gaps.iter().map(gap).chain(limits).collect(),
            tool_configuration_notifications: not_assessed(report).into_iter().chain(unmatched(report)).collect(),
        }],
        original_uri_base_ids: BTreeMap::from([(
            ROOT,
            Base { description: Text { text: "The root of the image's file system.".to_owned() } },
        )]),
        results,
        column_kind: "unicodeCodePoints",
        properties: RunProperties {
            image: text(&image.reference),
            digest: image.digest.as_ref().map(ToString::to_string).unwrap_or_default(),
            as_of: report.as_of.clone(),
        },
    }
}

/// What the image is called, whatever its tag is today.
fn name(report: &Report) -> &str {
    report.image.repository().unwrap_or(&report.image.reference)
}

fn gap(gap: &Gap) -> Notification {
    let id = match gap.reason {
        GapReason::Unreadable => "unreadable",
        GapReason::TooLarge => "too-large",
        GapReason::Malformed => "malformed",
        GapReason::Unsupported => "unsupported",
        GapReason::NoAdvisories => "no-advisories",
        GapReason::DataMissing => "data-missing",
        GapReason::Incomparable => "incomparable",
        GapReason::UnknownDistro => "unknown-distro",
        GapReason::Unresolved => "unresolved",
    };
    let level = if gap.kind == GapKind::Blind { "error" } else { "warning" };
    notification(id, level, &format!("{}: {}", gap.location, gap.message))
}

/// Checks of which nobody may believe that they hold.
fn not_assessed(report: &Report) -> Vec<Notification> {
    let checks = report.checks.iter().filter(|check| check.result == Assessment::NotAssessed);
    checks.map(|check| notification(&check.id, "note", &format!("not assessed: {}", check.reason))).collect()
}

/// Statements and waivers that changed nothing, those first that do not count.
fn unmatched(report: &Report) -> Vec<Notification> {
    let mut sorted: Vec<&Unmatched> = report.unmatched.iter().collect();
    // Stable: else in the report's order.
    sorted.sort_by_key(|one| !one.reason.is_refusal());
    let more = sorted.len().saturating_sub(UNMATCHED);
    let told = sorted.into_iter().take(UNMATCHED).map(|one| {
        let level = if one.reason.is_refusal() { "warning" } else { "note" };
        let id = format!("unmatched-{}", one.reason.as_str());
        notification(&id, level, &format!("{}: {}: {}", one.source, one.statement, one.message))
    });
    let rest = format!("{more} more statements and waivers applied to nothing");
    let rest = (more > 0).then(|| notification("cut", "note", &rest));
    told.chain(rest).collect()
}

/// What is not in this file, or will not be seen of it.
fn limits(hidden: usize, cut: usize, results: usize, rules_without_findings: usize) -> Vec<Notification> {
    let mut limits = Vec::new();
    if hidden > 0 {
        limits.push(notification("filtered", "warning", &format!("{hidden} findings were left out by a filter")));
    }
    if cut > 0 {
        let said = format!("{cut} findings, the mildest, are left out: no more than {RESULTS} are taken");
        limits.push(notification("cut", "warning", &said));
    }
    if results > SHOWN {
        let said = format!("of {results} findings, code scanning on GitHub shows the {SHOWN} worst");
        limits.push(notification("not-shown", "note", &said));
    }
    if rules_without_findings > 0 {
        let said = format!("{rules_without_findings} checks without findings are left out of the rules");
        limits.push(notification("cut", "note", &said));
    }
    limits
}

fn notification(id: &str, level: &'static str, said: &str) -> Notification {
    Notification { descriptor: Descriptor { id: text(id) }, level, message: Text { text: message(said) } }
}

fn entry(report: &Report, finding: &Finding, rule: usize) -> Entry {
    let fingerprint = &finding.fingerprint;
    Entry {
        rule_id: text(&finding.id),
        rule_index: rule,
        level: level(finding.severity),
        message: Text { text: message(&words(finding)) },
        locations: places(report, finding),
        // The second is the one that GitHub goes by: it tells two results of one rule in one file apart.
        partial_fingerprints: BTreeMap::from([
            ("plimsollFingerprint/v1", text(fingerprint)),
            ("primaryLocationLineHash", format!("{}:1", text(fingerprint))),
        ]),
        suppressions: finding.muted.iter().map(suppression).collect(),
        properties: EntryProperties {
            kind: finding.about.kind(),
            severity: finding.severity.as_str(),
            layer: finding.layer.map(|layer| layer.saturating_add(1)),
            package: text(finding.package()),
            fixed_in: finding.fixed_in().iter().map(|version| text(version)).collect(),
        },
    }
}

fn suppression(muted: &plimsoll_model::Muted) -> Suppression {
    Suppression {
        kind: "external",
        status: "accepted",
        justification: text(&format!("{}: {}", muted.by, decisions::whole(muted))),
    }
}

/// What is wrong, where and what to do, in one sentence each.
fn words(finding: &Finding) -> String {
    let title = if finding.title.is_empty() { &finding.id } else { &finding.title };
    let what = match &finding.about {
        About::Vulnerability(known) => format!("{} {} is affected by {}", known.name, known.version, finding.id),
        About::Outdated(_) => finding.evidence.clone(),
        _ => issues::told(finding),
    };
    let remedy = if finding.remedy.is_empty() { String::new() } else { format!(" Remedy: {}.", finding.remedy) };
    format!("{title}. {what}.{remedy}")
}

/// Where it is: files of the image, or the Dockerfile or manifest beside it; else the image itself, with the place in it as a logical one.
fn places(report: &Report, finding: &Finding) -> Vec<Place> {
    let logical = logical(finding);
    let line = match &finding.about {
        About::Misconfiguration(found) => found.line,
        About::Secret(found) => found.line,
        _ => None,
    };
    let place = |uri: String, base| Place {
        physical_location: Physical {
            artifact_location: Artifact { uri, uri_base_id: base },
            region: Region { start_line: line.unwrap_or(1).max(1) },
        },
        logical_locations: logical.iter().cloned().collect(),
    };
    if let About::Misconfiguration(found) = &finding.about
        && !found.file.is_empty()
    {
        return vec![place(file(&found.file), None)];
    }
    if finding.locations.is_empty() {
        return vec![place(encode(name(report)), None)];
    }
    finding.locations.iter().take(PLACES).map(|location| place(encode(&location.path), Some(ROOT))).collect()
}

fn logical(finding: &Finding) -> Option<Logical> {
    let (name, whole, kind) = match &finding.about {
        About::Vulnerability(_) | About::Outdated(_) | About::Licence(_) => {
            let package = finding.package();
            (finding.subject(), if package.is_empty() { finding.subject() } else { package }, "package")
        }
        About::Misconfiguration(found) => (found.place.as_str(), found.place.as_str(), "object"),
        About::Secret(found) if finding.locations.is_empty() => (found.place.as_str(), found.place.as_str(), "object"),
        About::Secret(_) | About::Malware(_) => return None,
    };
    Some(Logical { name: text(name), fully_qualified_name: text(whole), kind })
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Negligible | Severity::Unknown => "note",
    }
}

/// Foreign text for members that are no messages.
fn text(foreign: &str) -> String {
    sanitize::fit(&sanitize::visible(foreign, true), LONGEST, "…")
}

/// The same for messages, in which brackets make links and braces stand for arguments (3.11.5 and 3.11.6).
fn message(foreign: &str) -> String {
    let mut message = String::with_capacity(foreign.len());
    for character in text(foreign).chars() {
        match character {
            '[' | ']' | '\\' => message.extend(['\\', character]),
            '{' | '}' => message.extend([character, character]),
            _ => message.push(character),
        }
    }
    message
}

/// A file beside the image: relative paths stay so, for code scanning to look them up in the repository.
fn file(path: &str) -> String {
    if path.starts_with('/') { format!("file:///{}", encode(path)) } else { encode(path) }
}

/// A path as a relative reference (RFC 3986): whatever could mean something else is written by its bytes.
fn encode(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.trim_start_matches('/').bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use plimsoll_model::{Finding, Report};

    use super::{RESULTS, encode, message};
    use crate::Style;

    #[test]
    fn messages_hold_no_links_and_paths_no_schemes() {
        assert_eq!(message("see [here](https://evil.example) {0}"), "see \\[here\\](https://evil.example) {{0}}");
        assert_eq!(encode("/app/javascript:x y<"), "app/javascript%3Ax%20y%3C");
    }

    #[test]
    fn what_is_too_much_is_left_out_and_said() {
        let mut report: Report =
            serde_json::from_str(include_str!("../../../../../fixtures/report/judged.json")).unwrap();
        let first = report.findings[0].clone();
        report.findings = (0..RESULTS + 7).map(|n| Finding { fingerprint: n.to_string(), ..first.clone() }).collect();
        let mut bytes = Vec::new();
        super::write(&report, &mut bytes, &Style::default()).unwrap();
        let log: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(log.pointer("/runs/0/results").unwrap().as_array().unwrap().len(), RESULTS);
        let said = log.pointer("/runs/0/invocations/0/toolExecutionNotifications").unwrap().to_string();
        assert!(said.contains("7 findings, the mildest, are left out") && said.contains("5000 worst"), "{said}");
    }
}
