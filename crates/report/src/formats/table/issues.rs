//! Misconfigurations, secrets, malware and licences, and how the checks came out.
//!
//! Owns these lines: one for each check or rule, with its places under `--all`. Which of them are listed is the overview's
//! choice.

use plimsoll_model::{About, Assessment, Checked, Finding, FindingOrigin};

use super::page::{INDENT, Look, Page};
use super::rows::risk;
use super::{count, thousands};
use crate::issues::{Issue, found, place, told, whereabouts};
use crate::sanitize::{fit, fit_middle, width};

/// Lines on the first screen.
const LISTED: usize = 8;

/// Ids are aligned up to this width: rules of others' may have any name.
const MOST_ID: usize = 12;

/// One entry for each check or rule, and a count of what is not listed.
pub(super) fn issues(page: &mut Page<'_>, issues: &[Issue<'_>]) {
    let most = if page.style.all { issues.len() } else { LISTED };
    let listed: Vec<&Issue<'_>> = issues.iter().filter(|issue| issue.is_listed).take(most).collect();
    let ids = listed.iter().filter_map(|issue| issue.first()).map(|finding| width(&page.text(&finding.id)));
    let id_width = ids.max().unwrap_or(0).min(MOST_ID);
    for issue in &listed {
        entry(page, issue, id_width);
        if page.style.all {
            issue.findings.iter().for_each(|finding| detail(page, finding));
        }
    }
    let folded: Vec<&Issue<'_>> = issues.iter().filter(|issue| !issue.is_listed).collect();
    let cut = issues.len().saturating_sub(listed.len() + folded.len());
    let mut parts = Vec::new();
    if cut > 0 {
        parts.push(format!("{} more", count(cut, "kind of issue", "kinds of issues")));
    }
    if !folded.is_empty() {
        let more = if listed.is_empty() { "" } else { "more " };
        parts.push(format!("{} {more}of low risk", thousands(folded.len())));
    }
    if !parts.is_empty() {
        let lead = format!("{} ", page.signs.cut);
        page.paragraph(&lead, &format!("{}  (--all lists everything)", parts.join(", ")), Look::Plain, None);
    }
}

fn entry(page: &mut Page<'_>, issue: &Issue<'_>, id_width: usize) {
    let Some(first) = issue.first() else { return };
    let id = page.fit(&page.text(&first.id), MOST_ID);
    let blanks = " ".repeat((id_width + 2).saturating_sub(width(&id)));
    let severity = issue.severity();
    let risk = format!("{:<4}", risk(severity));
    let lead =
        [(risk.as_str(), Look::Severity(severity)), ("  ", Look::Plain), (&id, Look::Strong), (&blanks, Look::Plain)];
    let text = page.text(&words(issue, first, page.style.all, page.signs.cut));
    let lines = if page.style.all { None } else { Some(lines(page)) };
    page.entry(&lead, &text, Look::Plain, lines);
}

/// Lines of one entry on the first screen.
fn lines(page: &Page<'_>) -> usize {
    if page.style.columns() < 100 { 2 } else { 1 }
}

/// Lines that the first screen has for these.
pub(super) fn height(page: &Page<'_>, issues: &[Issue<'_>]) -> usize {
    issues.iter().filter(|issue| issue.is_listed).count().min(LISTED).saturating_mul(lines(page))
}

/// What is wrong, where first, in how many places more, and what to do. Unless all is asked for, long parts give way to
/// what to do.
fn words(issue: &Issue<'_>, first: &Finding, all: bool, mark: &str) -> String {
    let title = if first.title.is_empty() { first.about.kind() } else { &first.title };
    let most = |columns| if all { usize::MAX } else { columns };
    let title = fit(title, most(60), mark);
    let others = issue.findings.len().saturating_sub(1);
    let whose = if issue.findings.iter().all(|finding| finding.origin == FindingOrigin::Base) {
        ", from the base image"
    } else {
        ""
    };
    let remedy = if first.remedy.is_empty() { String::new() } else { format!("; {}", first.remedy) };
    // What was found in a place is for whoever goes there; of a secret, it tells which one is meant.
    let found = match &first.about {
        About::Misconfiguration(_) => String::new(),
        About::Secret(secret) if !all => format!("{}, in ", fit_middle(&secret.redacted, 36, mark)),
        _ => format!("{}, in ", fit_middle(&found(first), most(36), mark)),
    };
    // Of a path the end matters, of a sentence the beginning.
    let (fitted, one, many): (fn(&str, usize, &str) -> String, _, _) = match place(first).is_empty() {
        true => (fit, "other result", "other results"),
        false => (fit_middle, "other place", "other places"),
    };
    let place = fitted(&whereabouts(first), most(60), mark);
    let what = match others {
        0 => format!("{found}{place}"),
        _ => format!("{found}{place} and {}", count(others, one, many)),
    };
    format!("{title}: {what}{whose}{remedy}")
}

/// One place of a check or rule.
fn detail(page: &mut Page<'_>, finding: &Finding) {
    let whose = if finding.origin == FindingOrigin::Base { "base" } else { "yours" };
    let layer = finding.layer.map(|layer| format!(", layer {}", layer.saturating_add(1))).unwrap_or_default();
    let text = page.text(&format!("{} ({whose}{layer})", told(finding)));
    page.paragraph(&" ".repeat(4 + INDENT), &text, Look::Faint, None);
}

/// How many checks came out how; under `--all` why some did not, and what was allowed.
pub(super) fn checks(page: &mut Page<'_>, checks: &[Checked]) {
    if checks.is_empty() {
        return;
    }
    let of = |result| checks.iter().filter(|check| check.result == result).count();
    let is_muted =
        |check: &&Checked| check.result == Assessment::Fail && check.muted > 0 && check.muted == check.findings;
    let muted = match checks.iter().filter(is_muted).count() {
        0 => String::new(),
        muted => format!(" ({} of them muted)", thousands(muted)),
    };
    let mut parts = vec![
        format!("{} passed", thousands(of(Assessment::Pass))),
        format!("{} failed{muted}", thousands(of(Assessment::Fail))),
    ];
    let (not_assessed, manual) = (of(Assessment::NotAssessed), of(Assessment::Manual));
    if not_assessed > 0 {
        parts.push(format!("{} not assessed", thousands(not_assessed)));
    }
    if manual > 0 {
        parts.push(format!("{} for a person to answer", thousands(manual)));
    }
    let hint = if not_assessed > 0 && !page.style.all { " (--all says why)" } else { "" };
    page.paragraph("", &format!("checks: {}{hint}", parts.join(", ")), Look::Plain, None);
    if page.style.all {
        checks.iter().for_each(|check| why(page, check));
    }
}

fn why(page: &mut Page<'_>, check: &Checked) {
    let lead = format!("  {}  ", page.fit(&page.text(&check.id), MOST_ID));
    if check.result == Assessment::NotAssessed {
        let text = page.text(&format!("{}: not assessed: {}", check.title, check.reason));
        page.paragraph(&lead, &text, Look::Faint, None);
    }
    for expected in &check.expected {
        page.paragraph(&lead, &format!("allowed: {}", page.text(expected)), Look::Faint, None);
    }
}
