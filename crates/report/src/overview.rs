//! What of a report is worth a reader's first look.
//!
//! Owns which findings are listed and which are folded into a count. Knows nothing of columns or characters.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use plimsoll_model::{Finding, Report, Severity};

use crate::Filter;
use crate::advice::Advice;
use crate::groups::{PackageGroup, group};
use crate::issues::{self, Issue};
use crate::style::is_upgraded;
use crate::tally::Tally;

/// What a reader can do about a finding. The first class that has findings is listed, the others are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Rated, and a fixed version exists.
    Fixable,
    /// Rated, without a fixed version.
    Unfixed,
    /// Nobody has said how bad it is.
    Unrated,
    /// Looked at and found not worth fixing.
    Negligible,
}

impl Class {
    const ALL: [Self; 4] = [Self::Fixable, Self::Unfixed, Self::Unrated, Self::Negligible];

    fn of(finding: &Finding) -> Self {
        match finding.severity {
            Severity::Unknown => Self::Unrated,
            Severity::Negligible => Self::Negligible,
            _ if finding.is_fixable() => Self::Fixable,
            _ => Self::Unfixed,
        }
    }
}

/// A package group and those of its findings that are listed.
#[derive(Debug)]
pub(crate) struct Row<'r> {
    /// The packages.
    pub group: PackageGroup<'r>,
    /// What is listed of them, in the report's order.
    pub findings: Vec<&'r Finding>,
}

impl Row<'_> {
    /// The worst severity that is listed.
    pub fn severity(&self) -> Severity {
        self.findings.iter().map(|finding| finding.severity).max().unwrap_or_default()
    }

    /// Whether anything listed is known to be exploited.
    pub fn is_exploited(&self) -> bool {
        self.findings.iter().any(|finding| finding.is_exploited())
    }

    /// The one that the row names: an exploited one if there is one, else one of the worst; of several the report's
    /// first.
    pub fn first(&self) -> Option<&Finding> {
        let severity = self.severity();
        let findings = || self.findings.iter().copied();
        findings().find(|finding| finding.is_exploited()).or_else(|| findings().find(|it| it.severity == severity))
    }

    /// Distinct ids that are listed.
    pub fn ids(&self) -> usize {
        self.findings.iter().map(|finding| &finding.id).collect::<HashSet<_>>().len()
    }
}

/// What is outdated for one reason: the packages of one product and line, or one package.
#[derive(Debug)]
pub(crate) struct Outdated<'r> {
    /// The finding that stands for the others.
    pub finding: &'r Finding,
    /// How many other subjects the reason holds for.
    pub others: usize,
    /// Whether it is on the first screen; else it is counted.
    pub is_listed: bool,
}

/// A report, sorted into what is listed and what is counted.
#[derive(Debug)]
pub(crate) struct Overview<'r> {
    /// Every vulnerability that is not muted, whatever is shown.
    pub total: Tally,
    /// What is listed of the vulnerabilities, by risk.
    pub rows: Vec<Row<'r>>,
    /// What is outdated: listed or folded, in the report's order.
    pub outdated: Vec<Outdated<'r>>,
    /// What is wrong beside packages: listed or folded, worst first.
    pub issues: Vec<Issue<'r>>,
    /// Every finding of these kinds that is not muted, whatever is shown, by kind.
    pub issue_totals: Vec<(issues::Kind, Tally)>,
    /// What is folded, by class.
    pub folded: Vec<(Class, Tally)>,
    /// What the filter hides.
    pub hidden: Tally,
    /// The vulnerabilities and outdated software that a waiver, VEX statement or vendor speaks for, unless listed for
    /// another package.
    pub muted: Tally,
    /// The findings of all other kinds that one speaks for.
    pub muted_issues: usize,
    /// Which upgrades to make.
    pub advice: Advice<'r>,
}

impl<'r> Overview<'r> {
    /// Sorts a report. With `all`, nothing is folded.
    pub fn of(report: &'r Report, filter: &Filter, all: bool) -> Self {
        let (upgraded, others): (Vec<&Finding>, Vec<_>) =
            report.findings.iter().partition(|finding| is_upgraded(finding));
        let (muted, unmuted): (Vec<&Finding>, Vec<_>) =
            upgraded.into_iter().partition(|finding| finding.muted.is_some());
        let (muted_issues, others): (Vec<&Finding>, Vec<_>) =
            others.into_iter().partition(|finding| finding.muted.is_some());
        let (issues, hidden_issues): (Vec<&Finding>, Vec<_>) = others.iter().partition(|finding| filter.shows(finding));
        let (live, outdated): (Vec<&Finding>, Vec<_>) =
            unmuted.iter().partition(|finding| finding.vulnerability().is_some());
        let (shown, hidden): (Vec<&Finding>, Vec<_>) = live.iter().partition(|finding| filter.shows(finding));
        let class = Class::ALL.into_iter().find(|class| shown.iter().any(|finding| Class::of(finding) == *class));
        let is_listed = |finding: &Finding| {
            filter.shows(finding) && (all || class.is_some_and(|class| Class::of(finding) == class))
        };
        let rows = rows(report, &live, is_listed);
        let folded = if all { Vec::new() } else { folded(&shown, class) };
        let ids: HashSet<&str> = unmuted.iter().map(|finding| finding.id.as_str()).collect();
        let silent = muted.into_iter().filter(|finding| !ids.contains(finding.id.as_str()));
        Self {
            total: Tally::of(live.iter().copied()),
            muted: Tally::of(silent),
            folded,
            muted_issues: muted_issues.len(),
            hidden: Tally::of(
                hidden
                    .into_iter()
                    .chain(outdated.iter().copied().filter(|finding| !filter.shows(finding)))
                    .chain(hidden_issues),
            ),
            issues: issues::group(&issues, all),
            issue_totals: issues::totals(&others),
            outdated: self::outdated(outdated.iter().copied().filter(|finding| filter.shows(finding)), all),
            // Of all that is shown, whether it is listed or folded: what to do does not depend on the length of the page.
            advice: Advice::of(&self::rows(report, &live, |finding| filter.shows(finding)), &live),
            rows,
        }
    }
}

/// What is not listed, by class. A vulnerability is counted once, where it tells most, so that the numbers add up to the
/// total: one that is rated for one package and not for another is rated.
fn folded<'r>(shown: &[&'r Finding], listed: Option<Class>) -> Vec<(Class, Tally)> {
    let of = |class: Class| shown.iter().copied().filter(move |finding| Class::of(finding) == class);
    let mut known: HashSet<&str> = listed.into_iter().flat_map(of).map(|finding| finding.id.as_str()).collect();
    let mut folded = Vec::new();
    for class in [Class::Fixable, Class::Unfixed, Class::Negligible, Class::Unrated] {
        if Some(class) == listed {
            continue;
        }
        let others: Vec<&'r Finding> = of(class).filter(|finding| !known.contains(finding.id.as_str())).collect();
        known.extend(others.iter().map(|finding| finding.id.as_str()));
        folded.push((class, Tally::of(others)));
    }
    folded.retain(|(_, tally)| tally.total > 0);
    folded.sort_by_key(|(class, _)| Class::ALL.iter().position(|known| known == class));
    folded
}

/// One item for each reason. What costs nothing yet, a later release or the end of a part of the support, is folded.
fn outdated<'r>(findings: impl Iterator<Item = &'r Finding>, all: bool) -> Vec<Outdated<'r>> {
    let mut rows: Vec<Outdated<'r>> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for finding in findings {
        match known.get(finding.id.as_str()).and_then(|place| rows.get_mut(*place)) {
            Some(row) if !all => row.others += 1,
            _ => {
                known.insert(&finding.id, rows.len());
                rows.push(Outdated { finding, others: 0, is_listed: all || finding.severity >= Severity::Medium });
            }
        }
    }
    rows
}

fn rows<'r>(report: &'r Report, live: &[&'r Finding], is_listed: impl Fn(&Finding) -> bool) -> Vec<Row<'r>> {
    let mut rows: Vec<Row<'r>> = group(report, live)
        .into_iter()
        .map(|group| {
            let findings = group.findings.iter().copied().filter(|finding| is_listed(finding)).collect();
            Row { group, findings }
        })
        .filter(|row| !row.findings.is_empty())
        .collect();
    // Stable: beyond this, the report's own order of risk holds.
    rows.sort_by_key(|row| Reverse((row.severity(), row.is_exploited())));
    rows
}
