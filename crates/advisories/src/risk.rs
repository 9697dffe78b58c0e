//! Which of two findings matters more.
//!
//! Owns the order of risk, one table. It is an order and no number: what weighs more than what is a decision that a reader
//! can look up, where a sum would hide it, and two findings that differ in nothing that counts stand side by side.

use std::cmp::Ordering;

use plimsoll_model::{About, Finding, Presence};

/// Something that makes one finding more urgent than another.
#[derive(Debug, Clone, Copy)]
pub struct Factor {
    /// What it is, for the manual.
    pub what: &'static str,
    /// Why it counts, for the manual.
    pub why: &'static str,
    /// How much there is of it; more is more urgent.
    pub weight: fn(&Finding) -> u32,
}

/// What decides, the first before all others: a later one counts only where those before it are equal.
pub const FACTORS: &[Factor] = &[
    Factor {
        what: "severity that won",
        why: "what it does when it is used",
        weight: |finding| finding.severity as u32,
    },
    Factor {
        what: "known to be exploited (CISA KEV); used for extortion before others",
        why: "somebody uses it already",
        weight: exploited,
    },
    Factor {
        what: "probability that it will be exploited within 30 days (EPSS); unknown is 0",
        why: "somebody is about to use it",
        weight: epss,
    },
    Factor {
        what: "a fixed version exists",
        why: "there is something to do about it",
        weight: |finding| u32::from(finding.is_fixable()),
    },
    Factor {
        what: "exposure: installed before named by a lock file before declared; what is needed for development only comes last",
        why: "what does not run is not attacked",
        weight: exposure,
    },
];

fn exploited(finding: &Finding) -> u32 {
    let ransomware = matches!(&finding.about, About::Vulnerability(vulnerability) if vulnerability.ransomware);
    u32::from(finding.is_exploited()).saturating_add(u32::from(ransomware))
}

/// In millionths: floating-point numbers have no order.
fn epss(finding: &Finding) -> u32 {
    let epss = finding.vulnerability().and_then(|vulnerability| vulnerability.epss);
    (epss.unwrap_or_default().clamp(0.0, 1.0) * 1e6).round() as u32
}

fn exposure(finding: &Finding) -> u32 {
    if finding.is_for_development() {
        return 0;
    }
    match finding.vulnerability().map(|vulnerability| vulnerability.presence).unwrap_or_default() {
        Presence::Installed => 3,
        Presence::Locked => 2,
        Presence::Declared => 1,
    }
}

fn identity(finding: &Finding) -> [&str; 4] {
    [&finding.id, finding.subject(), finding.package(), finding.version()]
}

/// The more urgent finding is less, so that sorting puts it first. Equals are ordered by id, package and version, so that
/// equal reports have equal bytes.
#[must_use]
pub fn risk(left: &Finding, right: &Finding) -> Ordering {
    let mut weighed = FACTORS.iter().map(|factor| (factor.weight)(right).cmp(&(factor.weight)(left)));
    weighed.find(|order| order.is_ne()).unwrap_or_else(|| identity(left).cmp(&identity(right)))
}

#[cfg(test)]
mod tests {
    use plimsoll_model::{FindingOrigin, Severity, Vulnerability};

    use super::*;

    /// Severity, listed, used for extortion, probability, whether fixed, presence, for development.
    type Case = (Severity, bool, bool, Option<f64>, bool, Presence, bool);

    fn finding((severity, kev, ransomware, epss, fixed, presence, development): Case) -> Finding {
        let fixed_in = if fixed { vec!["2".into()] } else { Vec::new() };
        let vulnerability =
            Vulnerability { kev, ransomware, epss, fixed_in, presence, development, ..Vulnerability::default() };
        Finding {
            id: "CVE-2026-0001".into(),
            aliases: Vec::new(),
            severity,
            severities: Vec::new(),
            title: String::new(),
            layer: None,
            locations: Vec::new(),
            evidence: String::new(),
            remedy: String::new(),
            origin: FindingOrigin::Own,
            fingerprint: String::new(),
            muted: None,
            due: Vec::new(),
            about: About::Vulnerability(vulnerability),
        }
    }

    /// Each row is more urgent than all that follow, whatever these have that counts less.
    #[test]
    fn the_order_of_risk_is_this() {
        use Presence::{Declared, Installed, Locked};
        use Severity::{Critical, High, Low, Medium, Negligible, Unknown};
        let rows: [Case; 17] = [
            (Critical, true, true, None, false, Declared, true),
            (Critical, true, false, Some(0.9), true, Installed, false),
            (Critical, false, false, Some(0.9), true, Installed, false),
            (Critical, false, false, Some(0.000_01), false, Installed, false),
            (Critical, false, false, None, true, Installed, false),
            (Critical, false, false, Some(0.0), true, Locked, false),
            (Critical, false, false, None, true, Declared, false),
            (Critical, false, false, None, true, Installed, true),
            (Critical, false, false, None, false, Installed, false),
            (High, true, true, Some(0.1), false, Installed, false),
            (High, true, false, Some(1.0), true, Installed, false),
            (High, false, false, Some(1.0), true, Installed, false),
            (Medium, true, true, Some(1.0), true, Installed, false),
            (Medium, false, false, None, false, Installed, false),
            (Low, true, true, Some(1.0), true, Installed, false),
            (Negligible, true, true, Some(1.0), true, Installed, false),
            (Unknown, true, true, Some(1.0), true, Installed, false),
        ];
        let findings = rows.map(finding);
        for (place, urgent) in findings.iter().enumerate() {
            assert_eq!(risk(urgent, urgent), Ordering::Equal);
            for (other, less) in findings.iter().enumerate().skip(place + 1) {
                assert_eq!(risk(urgent, less), Ordering::Less, "{place} {other}");
                assert_eq!(risk(less, urgent), Ordering::Greater, "{place} {other}");
            }
        }
    }

    #[test]
    fn equals_are_ordered_by_what_they_are() {
        let one = finding((Severity::Low, false, false, None, true, Presence::Installed, false));
        let other = Finding { id: "CVE-2026-0002".into(), ..one.clone() };
        assert_eq!(risk(&one, &other), Ordering::Less);
    }
}
