//! What is past its end of life, taken back, abandoned or behind.
//!
//! Owns these lines. Why and since when is the finding's own evidence; nothing is judged here.

use plimsoll_model::{Severity, Support};

use super::page::{Look, Page};
use super::{count, thousands};
use crate::overview::Outdated;

/// Lines on the first screen.
const LISTED: usize = 6;

/// One line for each reason, and a count of what is not listed.
pub(super) fn outdated(page: &mut Page<'_>, rows: &[Outdated<'_>]) {
    let most = if page.style.all { rows.len() } else { LISTED };
    let listed: Vec<&Outdated<'_>> = rows.iter().filter(|row| row.is_listed).take(most).collect();
    for row in &listed {
        let others = if row.others > 0 { format!(" (+{})", thousands(row.others)) } else { String::new() };
        let finding = row.finding;
        // What is said of a distribution names it; of a package, it names the product that it is of.
        let subject = match finding.package() {
            "" => String::new(),
            _ => format!("{} {}{others}: ", finding.subject(), finding.version()),
        };
        let remedy = if finding.remedy.is_empty() { String::new() } else { format!("; {}", finding.remedy) };
        let text = page.text(&format!("{subject}{}{remedy}", finding.evidence));
        let lead = format!("{:<4}  ", super::rows::risk(finding.severity));
        let lines = if page.style.all { None } else { Some(2) };
        page.paragraph(&lead, &text, Look::Severity(finding.severity), lines);
    }
    let folded = rows.len().saturating_sub(listed.len());
    if folded > 0 {
        let worst = rows.iter().filter(|row| !row.is_listed).map(|row| row.finding.severity).max();
        let mild = if worst.is_none_or(|worst| worst < Severity::Medium) && listed.len() < LISTED {
            " of low risk"
        } else {
            ""
        };
        let lead = format!("{} ", page.signs.cut);
        let more = if listed.is_empty() { "" } else { "more " };
        let text = format!("{} {more}outdated{mild}  (--all lists everything)", thousands(folded));
        page.paragraph(&lead, &text, Look::Plain, None);
    }
}

/// Of how much it is not known whether it is outdated. Said only where something was asked.
pub(super) fn support(page: &mut Page<'_>, support: &Support) {
    if support.is_empty() {
        return;
    }
    let others = match support.not_assessed {
        0 => String::new(),
        others => format!(", not assessed for {}", count(others, "other", "others")),
    };
    let text = format!("support dates: known for {}{others}", thousands(support.assessed));
    page.paragraph("", &text, Look::Faint, None);
}
