//! How far the image meets each standard: a line for each, and the controls that fail first with what to do.
//!
//! Owns these lines. What is passed, failed or not assessed is settled before; `--all` lists every control.

use std::collections::HashMap;

use plimsoll_model::{Assessment, Compliance, Control, Evidence, Finding, Report, Severity};

use super::page::{INDENT, Line, Look, Page};
use super::rows::risk;
use super::thousands;
use crate::sanitize::width;
use crate::standards::{Score, remedies};

/// Failing controls on the first screen, over all standards; each standard has one at least.
const FAILING: usize = 4;

const NAME: &str = "STANDARD";
const COLUMNS: [&str; 5] = ["PASS", "FAIL", "NOT ASSESSED", "MANUAL", "ASSESSED"];
const GUTTER: usize = 2;

/// The table of standards.
pub(super) fn compliance(page: &mut Page<'_>, report: &Report) {
    let standards = &report.compliance;
    if standards.is_empty() {
        return;
    }
    let taken: usize = INDENT + COLUMNS.iter().map(|title| title.len() + GUTTER).sum::<usize>();
    let room = page.style.columns().saturating_sub(taken);
    let widest = standards.iter().map(|standard| width(&page.text(&standard.id))).max().unwrap_or(0);
    let name = widest.max(NAME.len()).min(room);
    heading(page, name);
    let remedies = remedies(report);
    let failing = FAILING.checked_div(standards.len()).unwrap_or(1).max(1);
    for standard in standards {
        row(page, standard, name);
        if page.style.all {
            whole(page, standard);
        } else if !standard.evidence_only {
            first(page, standard, failing, &remedies);
        }
    }
}

fn heading(page: &mut Page<'_>, name: usize) {
    let mut line = Line::indented();
    line.push(NAME, Look::Faint);
    let mut end = INDENT + name;
    for title in COLUMNS {
        line.pad(end + GUTTER);
        line.push(title, Look::Faint);
        end += GUTTER + title.len();
    }
    let hint = "  (--all: controls)";
    if !page.style.all && end + hint.len() <= page.style.columns() {
        line.push(hint, Look::Faint);
    }
    page.add(line);
}

/// Lines that the first screen has for these.
pub(super) fn height(report: &Report) -> usize {
    report.compliance.len().saturating_mul(3)
}

fn row(page: &mut Page<'_>, standard: &Compliance, name: usize) {
    let mut line = Line::indented();
    line.push(page.fit(&page.text(&standard.id), name), Look::Strong);
    let mut end = INDENT + name;
    line.pad(end + GUTTER);
    if standard.evidence_only {
        let text = format!("evidence for {} controls, no verdict", thousands(standard.controls.len()));
        line.push(page.fit(&text, page.style.columns().saturating_sub(end + GUTTER)), Look::Plain);
        page.add(line);
        return;
    }
    let score = Score::of(standard);
    let cells = [score.passed, score.failed, score.not_assessed, score.manual].map(thousands);
    for (title, cell) in COLUMNS.iter().zip(cells.into_iter().chain([score.share_assessed()])) {
        end += GUTTER + title.len();
        line.pad(end.saturating_sub(width(&cell)));
        line.push(cell, Look::Plain);
    }
    page.add(line);
}

/// The gravest failing controls, each with what to do about the first finding that it rests on.
fn first(page: &mut Page<'_>, standard: &Compliance, most: usize, remedies: &HashMap<&str, &Finding>) {
    let mut failing: Vec<&Control> =
        standard.controls.iter().filter(|control| control.result == Assessment::Fail).collect();
    failing.sort_by_key(|control| std::cmp::Reverse(control.severity));
    for control in failing.iter().take(most) {
        let remedy = remedy(control, remedies).map(|finding| format!("; {}", finding.remedy)).unwrap_or_default();
        entry(page, control, &format!("{}: {}{remedy}", control.title, control.reason), Some(2));
    }
}

/// The first finding of what fails the control: of what the reason names, else of anything else that fails. What passes
/// or is only shown may rest on findings too, and mending these would not help.
fn remedy<'f>(control: &Control, remedies: &HashMap<&str, &'f Finding>) -> Option<&'f Finding> {
    let is_named = |evidence: &&Evidence| {
        control.reason.strip_prefix(evidence.of.as_str()).is_some_and(|rest| rest.starts_with(": "))
    };
    let failing = || control.evidence.iter().filter(|evidence| evidence.result == Assessment::Fail);
    let of = |evidence: &Evidence| {
        let all = || evidence.findings.iter().filter_map(|print| remedies.get(print.as_str()).copied());
        all().find(|finding| finding.id == evidence.of).or_else(|| all().next())
    };
    match failing().find(is_named) {
        Some(evidence) => of(evidence),
        None => failing().find_map(of),
    }
}

fn entry(page: &mut Page<'_>, control: &Control, text: &str, lines: Option<usize>) {
    // Of what nobody weighs, there is nothing to say.
    let weight = match control.severity {
        Severity::Unknown => String::new(),
        severity => format!("{:<4}  ", risk(severity)),
    };
    let id = format!("{}  ", page.fit(&page.text(&control.id), 16));
    let lead = [("  ", Look::Plain), (weight.as_str(), Look::Severity(control.severity)), (id.as_str(), Look::Strong)];
    let text = page.text(text);
    page.entry(&lead, &text, Look::Plain, lines);
}

/// Every control, what speaks to it, and what has to be said beside the result.
fn whole(page: &mut Page<'_>, standard: &Compliance) {
    let title = match standard.edition.starts_with(&standard.title) {
        true => standard.edition.clone(),
        false => format!("{}: {}", standard.title, standard.edition),
    };
    let head = [&title, &standard.source];
    for text in head.into_iter().chain(&standard.notes).filter(|text| !text.is_empty()) {
        page.paragraph("  ", &page.text(text), Look::Faint, None);
    }
    for control in &standard.controls {
        let reason = if control.reason.is_empty() { String::new() } else { format!(": {}", control.reason) };
        let result = if standard.evidence_only { String::new() } else { format!("{}: ", control.result) };
        entry(page, control, &format!("{result}{}{reason}", control.title), None);
        if !control.question.is_empty() {
            page.paragraph("        ", &page.text(&format!("to answer: {}", control.question)), Look::Plain, None);
        }
        for evidence in &control.evidence {
            let text = format!("{}: {}: {}", evidence.of, evidence.result, evidence.message);
            page.paragraph("        ", &page.text(&text), Look::Faint, None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remedy_is_that_of_what_fails() {
        let report: Report = serde_json::from_str(include_str!("../../../../../fixtures/report/judged.json")).unwrap();
        let finding = |id: &str| Finding {
            id: id.into(),
            fingerprint: format!("print of {id}"),
            remedy: format!("mend {id}"),
            ..report.findings[0].clone()
        };
        let findings = ["CFG-001", "CFG-002", "CFG-003"].map(finding);
        let remedies: HashMap<&str, &Finding> =
            findings.iter().map(|finding| (finding.fingerprint.as_str(), finding)).collect();
        let evidence = |of: &str, result, of_finding: &str| Evidence {
            of: of.into(),
            result,
            findings: vec![format!("print of {of_finding}")],
            ..Evidence::default()
        };
        let mut control = Control {
            reason: "CFG-003: 1 finding".into(),
            evidence: vec![
                evidence("CFG-001", Assessment::Pass, "CFG-001"),
                evidence("CFG-002", Assessment::Fail, "CFG-002"),
                evidence("CFG-003", Assessment::Fail, "CFG-003"),
            ],
            ..Control::default()
        };
        let told = |control: &Control| remedy(control, &remedies).map(|finding| finding.remedy.clone());
        assert_eq!(told(&control).as_deref(), Some("mend CFG-003"));
        control.reason = "something else".into();
        assert_eq!(told(&control).as_deref(), Some("mend CFG-002"));
    }
}
