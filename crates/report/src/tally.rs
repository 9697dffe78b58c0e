//! Counting.
//!
//! Owns what a number of vulnerabilities means: distinct ids. A report holds one finding for each installed package
//! that a vulnerability is in, so that one CVE in a source package with five binaries is five findings but one
//! vulnerability. Its severity is the worst of its findings'; it is fixable when every one of them is. A check that does
//! not hold is one misconfiguration, however many places it names; secrets, licences and malware are each one, for each
//! is dealt with on its own.

use std::collections::HashMap;

use plimsoll_model::{About, Finding, Severity};

/// How many things there are among some findings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Distinct ones.
    pub total: usize,
    /// Those that upgrades clear everywhere.
    pub fixable: usize,
    /// Those known to be exploited.
    pub exploited: usize,
    /// How many have each severity that occurs, worst first.
    pub severities: Vec<(Severity, usize)>,
}

struct Seen {
    severity: Severity,
    fixable: bool,
    exploited: bool,
}

/// Findings with the same key are counted as one.
fn key(finding: &Finding) -> (&str, &str) {
    match &finding.about {
        About::Vulnerability(_) | About::Outdated(_) | About::Misconfiguration(_) => (&finding.id, ""),
        About::Secret(_) | About::Licence(_) | About::Malware(_) => (&finding.id, &finding.fingerprint),
    }
}

impl Tally {
    /// Counts.
    #[must_use]
    pub fn of<'r>(findings: impl IntoIterator<Item = &'r Finding>) -> Self {
        let mut seen: HashMap<(&str, &str), Seen> = HashMap::new();
        for finding in findings {
            let first = Seen { severity: Severity::Unknown, fixable: true, exploited: false };
            let known = seen.entry(key(finding)).or_insert(first);
            known.severity = known.severity.max(finding.severity);
            known.fixable &= finding.is_fixable();
            known.exploited |= finding.is_exploited();
        }
        let count = |severity| seen.values().filter(|known| known.severity == severity).count();
        let severities = Severity::ALL.into_iter().map(|severity| (severity, count(severity)));
        Self {
            total: seen.len(),
            fixable: seen.values().filter(|known| known.fixable).count(),
            exploited: seen.values().filter(|known| known.exploited).count(),
            severities: severities.filter(|(_, count)| *count > 0).collect(),
        }
    }
}
