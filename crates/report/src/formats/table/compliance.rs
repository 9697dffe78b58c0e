//! How far the image meets each standard: a line for each, and the controls that fail first with what to do.
//!
//! Owns these lines. What is passed, failed or not assessed is settled before; `--all` lists every control.

use plimsoll_model::{Assessment, Compliance, Control, Report, Severity};

use super::page::{INDENT, Line, Look, Page};
use super::rows::risk;
use super::thousands;
use crate::sanitize::width;
use crate::standards::{Remedies, Score};

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
    let remedies = Remedies::of(report);
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
fn first(page: &mut Page<'_>, standard: &Compliance, most: usize, remedies: &Remedies<'_>) {
    let mut failing: Vec<&Control> =
        standard.controls.iter().filter(|control| control.result == Assessment::Fail).collect();
    failing.sort_by_key(|control| std::cmp::Reverse(control.severity));
    for control in failing.iter().take(most) {
        let remedy = remedies.for_control(control).map(|remedy| format!("; {remedy}")).unwrap_or_default();
        entry(page, control, &format!("{}: {}{remedy}", control.title, control.reason), Some(2));
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
