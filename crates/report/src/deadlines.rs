//! How findings stand against their deadlines.
//!
//! Owns the counting by set of deadlines and the words for one finding; the days are counted before.

use std::collections::BTreeMap;

use plimsoll_model::{Due, DueState, Finding, Report};

/// The open findings of a report against one set of deadlines.
#[derive(Debug, Default)]
pub(crate) struct Standing<'r> {
    /// Overdue findings, and the one that has been for longest.
    pub overdue: usize,
    /// That one and its deadline.
    pub longest: Option<(&'r Finding, &'r Due)>,
    /// Findings whose last day is still to come.
    pub due: usize,
    /// The first of these days.
    pub next: &'r str,
    /// Findings of which it cannot be told.
    pub not_assessed: usize,
    /// Why, of the first of them.
    pub reason: &'r str,
}

/// By id of the set.
pub(crate) fn standings(report: &Report) -> BTreeMap<&str, Standing<'_>> {
    let mut all: BTreeMap<&str, Standing<'_>> = BTreeMap::new();
    for finding in report.findings.iter().filter(|finding| finding.muted.is_none()) {
        for due in gravest(finding) {
            let standing = all.entry(&due.profile).or_default();
            match due.state {
                DueState::Overdue => {
                    standing.overdue = standing.overdue.saturating_add(1);
                    if standing.longest.is_none_or(|(_, longest)| due.days < longest.days) {
                        standing.longest = Some((finding, due));
                    }
                }
                DueState::Due => {
                    standing.due = standing.due.saturating_add(1);
                    if standing.next.is_empty() || *due.by < *standing.next {
                        standing.next = &due.by;
                    }
                }
                DueState::NotAssessed => {
                    standing.not_assessed = standing.not_assessed.saturating_add(1);
                    if standing.reason.is_empty() {
                        standing.reason = &due.message;
                    }
                }
                DueState::NoLimit => {}
            }
        }
    }
    all
}

/// Of each set the deadline that presses most: one set may have several steps.
fn gravest(finding: &Finding) -> impl Iterator<Item = &Due> {
    let mut by_set: BTreeMap<&str, &Due> = BTreeMap::new();
    for due in &finding.due {
        let pressing = |due: &Due| (due.state, due.days.unwrap_or(i32::MAX));
        let known = by_set.entry(&due.profile).or_insert(due);
        if pressing(due) < pressing(known) {
            *known = due;
        }
    }
    by_set.into_values()
}

/// The last days of a finding in words, the most pressing of each set: `pci: overdue by 12 days since 2026-11-17`.
pub(crate) fn words(finding: &Finding) -> Vec<String> {
    gravest(finding)
        .filter_map(|due| match due.state {
            DueState::Overdue => Some(format!("{}: overdue {}since {}", due.profile, by_days(due), due.by)),
            DueState::Due => Some(format!("{}: due by {}", due.profile, due.by)),
            DueState::NoLimit | DueState::NotAssessed => None,
        })
        .collect()
}

/// `by 12 days `, where days can be counted.
fn by_days(due: &Due) -> String {
    match due.days.map(i32::unsigned_abs) {
        Some(1) => "by 1 day ".to_owned(),
        Some(days) => format!("by {days} days "),
        None => String::new(),
    }
}

/// The earliest last day of a finding over all sets.
pub(crate) fn earliest(finding: &Finding) -> Option<&str> {
    let dated = finding.due.iter().filter(|due| matches!(due.state, DueState::Overdue | DueState::Due));
    dated.map(|due| due.by.as_str()).filter(|by| !by.is_empty()).min()
}
