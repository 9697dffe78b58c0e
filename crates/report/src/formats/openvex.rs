//! What the report says of each vulnerability, as an OpenVEX document that other scanners take:
//! <https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md>.
//!
//! Owns which finding becomes which statement. Nothing is claimed that the report does not say: a finding that was muted
//! without a verdict on whether it is affected, or because it is told of another package, stays "affected". Filters of what
//! is shown do not apply: a document that leaves findings out would be read as one that knows nothing of them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use plimsoll_model::{Finding, Report, State, Vulnerability};
use plimsoll_packages::image_url;
use serde_json::{Value, json};

use super::{Format, escape};
use crate::Style;

/// The row of the table of formats.
pub const OPENVEX: Format =
    Format { name: "openvex", about: "what is affected, fixed or not, for other scanners: OpenVEX 0.2.0", write };

/// Where documents without a place of their own are said to be, by the specification's own tools.
const PUBLIC: &str = "https://openvex.dev/docs/public/vex-";

/// What is said alike of several packages.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Said<'r> {
    id: &'r str,
    aliases: &'r [String],
    status: &'static str,
    justification: &'r str,
    /// Member and text of the sentence that the status asks for, if any.
    text: (&'static str, String),
}

fn write(report: &Report, out: &mut dyn Write, style: &Style) -> io::Result<()> {
    let mut statements: BTreeMap<Said<'_>, BTreeSet<&str>> = BTreeMap::new();
    for finding in &report.findings {
        if let Some(vulnerability) = finding.vulnerability().filter(|it| !it.package.is_empty()) {
            statements.entry(said(finding, vulnerability)).or_default().insert(&vulnerability.package);
        }
    }
    let statements: Vec<Value> =
        statements.into_iter().map(|(said, packages)| statement(report, &said, &packages)).collect();
    let author = if style.vex_author.is_empty() { "Unknown Author" } else { &style.vex_author };
    let mut document = json!({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "author": author,
        "timestamp": report.as_of,
        "tooling": format!("{} {}", report.tool.name, report.tool.version),
        "version": 1,
        "statements": statements,
    });
    let hash = blake3::hash(document.to_string().as_bytes()).to_hex();
    if let Some(members) = document.as_object_mut() {
        members.insert("@id".into(), format!("{PUBLIC}{hash}").into());
    }
    out.write_all(escape(&serde_json::to_string_pretty(&document)?).as_bytes())?;
    out.write_all(b"\n")
}

fn said<'r>(finding: &'r Finding, vulnerability: &Vulnerability) -> Said<'r> {
    let said =
        |status, justification, text| Said { id: &finding.id, aliases: &finding.aliases, status, justification, text };
    let remedy = || if finding.remedy.is_empty() { "no remedy is known".into() } else { finding.remedy.clone() };
    let Some(muted) = &finding.muted else {
        return match vulnerability.status {
            State::UnderInvestigation => said("under_investigation", "", ("status_notes", finding.evidence.clone())),
            _ => said("affected", "", ("action_statement", remedy())),
        };
    };
    // A reason that begins with the justification need not say it twice.
    let rest = muted.reason.strip_prefix(muted.justification.as_str()).unwrap_or(&muted.reason);
    let reason = rest.strip_prefix(": ").unwrap_or(rest).to_owned();
    match muted.status {
        Some(State::NotAffected) => said("not_affected", &muted.justification, ("impact_statement", reason)),
        Some(State::Fixed) => said("fixed", "", ("status_notes", reason)),
        _ => said("affected", "", ("action_statement", format!("{}: {}; {}", muted.by, muted.reason, remedy()))),
    }
}

fn statement(report: &Report, said: &Said<'_>, packages: &BTreeSet<&str>) -> Value {
    let mut vulnerability = json!({ "name": said.id });
    let mut statement = json!({ "status": said.status, "products": products(report, packages) });
    let (member, text) = &said.text;
    let put = |object: &mut Value, key: &str, value: Value| {
        object.as_object_mut().into_iter().for_each(|members| drop(members.insert(key.into(), value.clone())));
    };
    if !said.aliases.is_empty() {
        put(&mut vulnerability, "aliases", json!(said.aliases));
    }
    put(&mut statement, "vulnerability", vulnerability);
    if !said.justification.is_empty() {
        put(&mut statement, "justification", said.justification.into());
    }
    if !text.is_empty() {
        put(&mut statement, member, text.as_str().into());
    }
    statement
}

/// The image with these packages in it; where it has no digest to be known by, the packages themselves.
fn products(report: &Report, packages: &BTreeSet<&str>) -> Value {
    let packages: Vec<Value> = packages.iter().map(|package| json!({ "@id": package })).collect();
    let Some(digest) = &report.image.digest else { return packages.into() };
    let url = image_url(report.image.repository(), digest);
    json!([{ "@id": url, "identifiers": { "purl": url }, "subcomponents": packages }])
}
