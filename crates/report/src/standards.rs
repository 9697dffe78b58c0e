//! How many controls of a standard came out how, and what to do about one that fails.
//!
//! Owns the counting, the share that was assessed, and the choice of the remedy; what came out how is settled before.

use std::collections::HashMap;

use plimsoll_model::{Assessment, Checked, Compliance, Control, Evidence, Finding, Report};

use crate::groups::{self, PackageGroup};
use crate::style::is_upgraded;

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

/// What to do about controls that fail.
pub(crate) struct Remedies<'r> {
    findings: HashMap<&'r str, &'r Finding>,
    checks: HashMap<&'r str, &'r Checked>,
    /// By fingerprint: the upgrade of the package that the table advises, which may clear more than the finding.
    upgrades: HashMap<&'r str, String>,
}

impl<'r> Remedies<'r> {
    /// Of all that counts in a report.
    pub fn of(report: &'r Report) -> Self {
        let live: Vec<&Finding> = report.findings.iter().filter(|finding| finding.muted.is_none()).collect();
        let vulnerable: Vec<&Finding> =
            live.iter().copied().filter(|finding| finding.vulnerability().is_some()).collect();
        let mut upgrades = HashMap::new();
        for group in groups::group(report, &vulnerable) {
            let Some(words) = upgrade(&group) else { continue };
            let cleared = group.findings.iter().filter(|finding| finding.is_fixable());
            upgrades.extend(cleared.map(|finding| (finding.fingerprint.as_str(), words.clone())));
        }
        let told = live.into_iter().filter(|finding| !finding.remedy.is_empty());
        Self {
            findings: told.map(|finding| (finding.fingerprint.as_str(), finding)).collect(),
            checks: report.checks.iter().map(|check| (check.id.as_str(), check)).collect(),
            upgrades,
        }
    }

    /// The remedy of what fails the control: of what the reason names, else of anything else that fails. What passes or is
    /// only shown may rest on findings too, and mending these would not help.
    pub fn for_control(&self, control: &Control) -> Option<&str> {
        let is_named = |evidence: &&Evidence| {
            control.reason.strip_prefix(evidence.of.as_str()).is_some_and(|rest| rest.starts_with(": "))
        };
        let failing = || control.evidence.iter().filter(|evidence| evidence.result == Assessment::Fail);
        match failing().find(is_named) {
            Some(evidence) => self.for_evidence(evidence),
            None => failing().find_map(|evidence| self.for_evidence(evidence)),
        }
    }

    /// Of a finding of the check itself, then the check's own, unless it rests on packages: which of these to upgrade, and
    /// to what, tells more than that one should.
    fn for_evidence(&self, evidence: &Evidence) -> Option<&str> {
        let all = || evidence.findings.iter().filter_map(|print| self.findings.get(print.as_str()).copied());
        let own = all().find(|finding| finding.id == evidence.of && !is_upgraded(finding));
        let upgraded = || all().find(|finding| is_upgraded(finding)).map(|finding| self.for_finding(finding));
        let of_check = || self.checks.get(evidence.of.as_str()).map(|check| check.remedy.as_str());
        own.map(|finding| finding.remedy.as_str())
            .or_else(upgraded)
            .or_else(|| of_check().filter(|remedy| !remedy.is_empty()))
            .or_else(|| all().next().map(|finding| finding.remedy.as_str()))
    }

    fn for_finding<'s>(&'s self, finding: &'s Finding) -> &'s str {
        self.upgrades.get(finding.fingerprint.as_str()).unwrap_or(&finding.remedy)
    }
}

/// The upgrade that is advised for a group of packages, in words.
fn upgrade(group: &PackageGroup<'_>) -> Option<String> {
    let fix = group.fix?;
    Some(match group.upgrade {
        Some(upgrade) => format!("upgrade {upgrade}, which brings {} {fix}", group.name),
        None => format!("upgrade {} to {fix}", group.name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let mut report: Report = serde_json::from_str(include_str!("../../../fixtures/report/judged.json")).unwrap();
        let finding = |id: &str| Finding {
            id: id.into(),
            fingerprint: format!("print of {id}"),
            remedy: format!("mend {id}"),
            ..report.findings.iter().find(|finding| finding.id == "CFG-001").unwrap().clone()
        };
        report.findings = ["CFG-001", "CFG-002", "CFG-003"].map(finding).to_vec();
        report
    }

    fn evidence(of: &str, result: Assessment, findings: &[&str]) -> Evidence {
        let findings = findings.iter().map(|id| format!("print of {id}")).collect();
        Evidence { of: of.into(), result, findings, ..Evidence::default() }
    }

    fn control(reason: &str, evidence: &[Evidence]) -> Control {
        Control { reason: reason.into(), evidence: evidence.to_vec(), ..Control::default() }
    }

    #[test]
    fn the_remedy_is_that_of_what_fails() {
        let report = report();
        let remedies = Remedies::of(&report);
        let evidence = [
            evidence("CFG-001", Assessment::Pass, &["CFG-001"]),
            evidence("CFG-002", Assessment::Fail, &["CFG-002"]),
            evidence("CFG-003", Assessment::Fail, &["CFG-003"]),
        ];
        let told = |reason| remedies.for_control(&control(reason, &evidence)).map(str::to_owned);
        assert_eq!(told("CFG-003: 1 finding").as_deref(), Some("mend CFG-003"));
        assert_eq!(told("something else").as_deref(), Some("mend CFG-002"));
    }

    #[test]
    fn a_check_that_rests_on_no_finding_has_a_remedy_of_its_own() {
        let mut report = report();
        report.checks = vec![Checked { id: "VUL-009".into(), remedy: "fetch the data".into(), ..Checked::default() }];
        let remedies = Remedies::of(&report);
        let evidence =
            [evidence("CFG-001", Assessment::Fail, &["CFG-001"]), evidence("VUL-009", Assessment::Fail, &[])];
        let told = remedies.for_control(&control("VUL-009: Data about vulnerabilities is old", &evidence));
        assert_eq!(told, Some("fetch the data"));
        // One that points to secrets says itself what to do.
        report.checks[0].id = "CFG-011".into();
        let evidence = [super::tests::evidence("CFG-011", Assessment::Fail, &["CFG-001"])];
        assert_eq!(Remedies::of(&report).for_control(&control("CFG-011: x", &evidence)), Some("fetch the data"));
    }

    #[test]
    fn an_upgrade_names_the_version_that_the_table_advises() {
        let mut report: Report = serde_json::from_str(include_str!("../../../fixtures/report/judged.json")).unwrap();
        let first = report.findings.iter().find(|finding| finding.vulnerability().is_some()).unwrap().clone();
        let fixed_in = |id: &str, version: &str| {
            let mut finding = Finding { id: id.into(), fingerprint: format!("print of {id}"), ..first.clone() };
            finding.remedy = format!("upgrade libtiff5 to {version}");
            finding.vulnerability_mut().unwrap().fixed_in = vec![version.into()];
            finding
        };
        report.findings = vec![fixed_in("CVE-1", "10.2.0"), fixed_in("CVE-2", "12.3.0")];
        let evidence = [evidence("VUL-002", Assessment::Fail, &["CVE-1", "CVE-2"])];
        let told = Remedies::of(&report).for_control(&control("VUL-002: 2 findings", &evidence)).map(str::to_owned);
        assert_eq!(told.as_deref(), Some("upgrade libtiff5 to 12.3.0"));
    }
}
