//! How many controls of a standard came out how.
//!
//! Owns the counting and the share that was assessed; what came out how is settled before.

use std::collections::HashMap;

use plimsoll_model::{Assessment, Compliance, Finding, Report};

/// The controls of one standard, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Score {
    /// Looked at, and they hold.
    pub passed: usize,
    /// Looked at, and they do not hold.
    pub failed: usize,
    /// Could not be looked at.
    pub not_assessed: usize,
    /// A person has to answer.
    pub manual: usize,
}

impl Score {
    /// Counts.
    pub fn of(standard: &Compliance) -> Self {
        let of = |result| standard.controls.iter().filter(|control| control.result == result).count();
        Self {
            passed: of(Assessment::Pass),
            failed: of(Assessment::Fail),
            not_assessed: of(Assessment::NotAssessed),
            manual: of(Assessment::Manual),
        }
    }

    /// How many controls there are.
    pub const fn total(self) -> usize {
        self.assessed().saturating_add(self.not_assessed).saturating_add(self.manual)
    }

    /// How many were looked at.
    pub const fn assessed(self) -> usize {
        self.passed.saturating_add(self.failed)
    }

    /// The share that was looked at, rounded down: all of it only where it is all.
    pub fn share_assessed(self) -> String {
        let share = self.assessed().saturating_mul(100).checked_div(self.total());
        share.map_or_else(|| "-".to_owned(), |share| format!("{share} %"))
    }
}

/// The findings that evidence rests on and that say what to do, by fingerprint.
pub(crate) fn remedies(report: &Report) -> HashMap<&str, &Finding> {
    let told = report.findings.iter().filter(|finding| finding.muted.is_none() && !finding.remedy.is_empty());
    told.map(|finding| (finding.fingerprint.as_str(), finding)).collect()
}
