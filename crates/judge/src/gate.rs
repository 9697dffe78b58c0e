//! The gate: may this image ship?
//!
//! Owns the verdict and its reasons. A vulnerability is counted once, however many packages of the image have it, and a
//! check that does not hold once, however many places it names; secrets, licences and malware are counted one by one. What
//! does not count against a policy is said as well, so that a pass never hides how it came about.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use plimsoll_model::{About, Finding, Gap, GapKind, Package, Report, Severity, Verdict};

/// How many gaps the reasons name one by one.
const NAMED_GAPS: usize = 5;

/// What an image must meet. The default asks for nothing.
///
/// Packages that are needed for development only count like all others: what is installed can be used against an image,
/// whatever it was meant for, and what a lock file names is installed where that file is used. A verdict says how many
/// such vulnerabilities there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// Fail on findings of this severity or worse. Findings without a rating are below every level: they fail only at
    /// [`Severity::Unknown`], and are told otherwise. None means that no gate is asked for.
    pub fail_on: Option<Severity>,
    /// Pass although the scan was blind somewhere.
    pub allow_incomplete: bool,
    /// Do not fail on vulnerabilities and outdated software without a version to move to. What is mended without one, a
    /// setting or a secret, is not meant.
    pub ignore_unfixed: bool,
}

/// The verdict on a report; none when the policy asks for no gate. Findings that fail outrank gaps, for more knowledge
/// could not make them pass; muted findings never fail.
#[must_use]
pub fn gate(report: &Report, policy: &Policy) -> Option<Verdict> {
    let level = policy.fail_on?;
    let live: Vec<&Finding> = report.findings.iter().filter(|finding| finding.muted.is_none()).collect();
    let counts = |finding: &&&Finding| finding.severity >= level;
    let excused = |finding: &&&Finding| policy.ignore_unfixed && is_unfixed(finding);
    let failing: Vec<&Finding> = live.iter().filter(counts).filter(|finding| !excused(finding)).copied().collect();
    let unfixed: Vec<&Finding> = live.iter().filter(counts).filter(excused).copied().collect();
    let blind: Vec<&Gap> = report.gaps.iter().filter(|gap| gap.kind == GapKind::Blind).collect();

    let notes = notes(&live, &unfixed, level);
    let verdict = if !failing.is_empty() {
        let reasons = failures(report, &failing, level).into_iter().chain(notes).chain(hidden_by(&blind)).collect();
        Verdict::Failed { reasons }
    } else if report.hidden > 0 {
        // What a filter took out of a stored report can be had again by scanning, so that no policy excuses it.
        let left_out = count(report.hidden, "finding is", "findings are");
        Verdict::Incomplete { reasons: vec![format!("{left_out} left out of this report by a filter: scan again")] }
    } else if blind.is_empty() {
        Verdict::Passed { reasons: notes }
    } else if policy.allow_incomplete {
        let allowed = format!("{} allowed by the policy", count(blind.len(), "blind gap is", "blind gaps are"));
        Verdict::Passed { reasons: notes.into_iter().chain([allowed]).collect() }
    } else {
        Verdict::Incomplete { reasons: gaps(&blind).into_iter().chain(notes).collect() }
    };
    Some(verdict)
}

/// How a kind of findings is named and counted.
struct Kind {
    one: &'static str,
    many: &'static str,
    /// Whether findings of one id are one; else each is.
    by_id: bool,
    is: fn(&About) -> bool,
}

impl Kind {
    /// Those of which one is rid by moving to another version.
    const UPGRADED: [Self; 2] = [
        Self {
            one: "vulnerability",
            many: "vulnerabilities",
            by_id: true,
            is: |about| matches!(about, About::Vulnerability(_)),
        },
        Self {
            one: "outdated component",
            many: "outdated components",
            by_id: true,
            is: |about| matches!(about, About::Outdated(_)),
        },
    ];

    /// Those that somebody has to mend.
    const MENDED: [Self; 4] = [
        Self {
            one: "misconfiguration",
            many: "misconfigurations",
            by_id: true,
            is: |about| matches!(about, About::Misconfiguration(_)),
        },
        Self { one: "secret", many: "secrets", by_id: false, is: |about| matches!(about, About::Secret(_)) },
        Self { one: "licence", many: "licences", by_id: false, is: |about| matches!(about, About::Licence(_)) },
        Self {
            one: "malicious file",
            many: "malicious files",
            by_id: false,
            is: |about| matches!(about, About::Malware(_)),
        },
    ];

    /// How many there are of this kind.
    fn number(&self, findings: &[&Finding]) -> usize {
        let own: Vec<&Finding> = findings.iter().copied().filter(|finding| (self.is)(&finding.about)).collect();
        if self.by_id { ids(&own).len() } else { own.len() }
    }

    /// The same with the kind's name; none when there are none.
    fn count(&self, findings: &[&Finding]) -> Option<String> {
        Some(self.number(findings)).filter(|number| *number > 0).map(|number| count(number, self.one, self.many))
    }

    /// How many are too bad.
    fn failure(&self, failing: &[&Finding], level: Severity) -> Option<String> {
        let are = if self.number(failing) == 1 { "is" } else { "are" };
        self.count(failing).map(|count| format!("{count} {are} {}", at_least(level)))
    }
}

/// Whether a version to move to would be the remedy, and there is none.
fn is_unfixed(finding: &Finding) -> bool {
    Kind::UPGRADED.iter().any(|kind| (kind.is)(&finding.about)) && !finding.is_fixable()
}

/// How much is too bad, and what would make the gate pass.
fn failures(report: &Report, failing: &[&Finding], level: Severity) -> Vec<String> {
    let kinds = Kind::UPGRADED.iter().chain(&Kind::MENDED);
    let too_bad = kinds.filter_map(|kind| kind.failure(failing, level));
    // One id may have a fix in one package and none in another: it then needs both.
    let unfixed: Vec<&Finding> = failing.iter().copied().filter(|finding| is_unfixed(finding)).collect();
    let unfixed = ids(&unfixed).len();
    let upgrades = upgrades(report, failing);
    let mended: Vec<String> = Kind::MENDED.iter().filter_map(|kind| kind.count(failing)).collect();
    let mut needs = Vec::new();
    if upgrades > 0 {
        needs.push(count(upgrades, "upgrade", "upgrades"));
    }
    if unfixed > 0 {
        needs.push(format!("a decision on {unfixed} without a fix"));
    }
    if !mended.is_empty() {
        needs.push(format!("{} mended or waived", list(&mended)));
    }
    let needs = format!("passing needs {}", list(&needs));
    too_bad.chain([needs]).collect()
}

/// `a, b and c`.
fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

/// Source packages in one version that must be upgraded: their binaries go together.
fn upgrades(report: &Report, failing: &[&Finding]) -> usize {
    let packages: HashMap<&str, &Package> =
        report.inventory.packages.iter().map(|package| (package.purl.as_str(), package)).collect();
    let mut upgrades = BTreeSet::new();
    for finding in failing.iter().filter(|finding| finding.is_fixable()) {
        let package = packages.get(finding.package());
        let name = package.map_or(finding.subject(), |package| package.source_name());
        let ecosystem = package.map(|package| package.ecosystem.as_str());
        let own = (name, finding.version());
        // What keeps several others where they are is upgraded once.
        let upgrade = finding.vulnerability().and_then(|vulnerability| vulnerability.upgrade.rsplit_once(' '));
        let (name, version) = upgrade.unwrap_or(own);
        upgrades.insert((ecosystem, name, version, finding.layer));
    }
    upgrades.len()
}

/// What does not count, and why.
fn notes(live: &[&Finding], unfixed: &[&Finding], level: Severity) -> Vec<String> {
    let mut notes = Vec::new();
    if !unfixed.is_empty() {
        notes.push(format!("{} without a fix did not count, as the policy asks", counted(unfixed)));
    }
    let counted: Vec<&Finding> = live.iter().filter(|finding| finding.severity >= level).copied().collect();
    let (only, others): (Vec<&Finding>, Vec<_>) = counted.iter().partition(|finding| finding.is_for_development());
    let development = ids(&only).difference(&ids(&others)).count();
    if development > 0 {
        let total = match only.iter().all(|finding| finding.vulnerability().is_some()) {
            true => count(development, "vulnerability is", "vulnerabilities are"),
            false => count(development, "finding is", "findings are"),
        };
        notes.push(format!("{total} in packages for development only, which count as well"));
    }
    let mut worst: BTreeMap<&str, Severity> = BTreeMap::new();
    for finding in live {
        let known = worst.entry(&finding.id).or_default();
        *known = finding.severity.max(*known);
    }
    let is_unrated = |finding: &&&Finding| worst.get(finding.id.as_str()) == Some(&Severity::Unknown);
    let unrated: Vec<&Finding> = live.iter().filter(is_unrated).copied().collect();
    if !unrated.is_empty() && level > Severity::Unknown {
        notes.push(format!("{} that nobody has rated did not count", self::counted(&unrated)));
    }
    notes
}

fn hidden_by(blind: &[&Gap]) -> Option<String> {
    (!blind.is_empty()).then(|| format!("{}: there may be more", count(blind.len(), "blind gap", "blind gaps")))
}

/// What the scan was blind to: the number, then the first few.
fn gaps(blind: &[&Gap]) -> Vec<String> {
    let mut reasons = vec![format!("the scan was blind in {}", count(blind.len(), "place", "places"))];
    reasons.extend(blind.iter().take(NAMED_GAPS).map(|gap| format!("{}: {}", gap.location, gap.message)));
    let more = blind.len().saturating_sub(NAMED_GAPS);
    if more > 0 {
        reasons.push(format!("and {more} more"));
    }
    reasons
}

fn ids<'r>(findings: &[&'r Finding]) -> BTreeSet<&'r str> {
    findings.iter().map(|finding| finding.id.as_str()).collect()
}

/// How many there are, in the word for what all of them are.
fn counted(findings: &[&Finding]) -> String {
    let kinds = || Kind::UPGRADED.iter().chain(&Kind::MENDED);
    let total = kinds().map(|kind| kind.number(findings)).sum();
    if findings.iter().all(|finding| finding.vulnerability().is_some()) {
        count(total, "vulnerability", "vulnerabilities")
    } else {
        count(total, "finding", "findings")
    }
}

fn at_least(level: Severity) -> String {
    match level {
        Severity::Critical => "critical".to_owned(),
        Severity::High => "high or critical".to_owned(),
        Severity::Unknown => "of any severity or none".to_owned(),
        other => format!("{other} or worse"),
    }
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use plimsoll_model::{
        About, Finding, FindingOrigin, Gap, GapKind, GapReason, ImageSummary, Inventory, Licence, Malware,
        Misconfiguration, Muted, Outdated, Report, Secret, Severity, Support, Tool, Verdict, Vulnerability,
    };

    use super::{Policy, gate};

    fn finding(id: &str, severity: Severity, fixed_in: &[&str]) -> Finding {
        Finding {
            id: id.into(),
            aliases: Vec::new(),
            severity,
            severities: Vec::new(),
            title: String::new(),
            layer: Some(0),
            locations: Vec::new(),
            evidence: String::new(),
            remedy: String::new(),
            origin: FindingOrigin::Base,
            fingerprint: String::new(),
            muted: None,
            due: Vec::new(),
            about: About::Vulnerability(Vulnerability {
                package: "pkg:deb/debian/zlib1g@1".into(),
                name: "zlib1g".into(),
                version: "1".into(),
                fixed_in: fixed_in.iter().map(|version| (*version).into()).collect(),
                ..Vulnerability::default()
            }),
        }
    }

    fn report(findings: Vec<Finding>, gaps: &[GapKind]) -> Report {
        let gap = |kind: &GapKind| Gap {
            kind: *kind,
            location: "layer 1".into(),
            reason: GapReason::Unreadable,
            message: "ends early".into(),
        };
        Report {
            schema: Report::SCHEMA.into(),
            tool: Tool { name: "plimsoll".into(), version: "0".into() },
            as_of: String::new(),
            image: ImageSummary::default(),
            inventory: Inventory::default(),
            looked_for: Vec::new(),
            findings,
            hidden: 0,
            support: Support::default(),
            checks: Vec::new(),
            compliance: Vec::new(),
            gaps: gaps.iter().map(gap).collect(),
            unmatched: Vec::new(),
            data: Vec::new(),
            verdict: None,
        }
    }

    fn high() -> Policy {
        Policy { fail_on: Some(Severity::High), ..Policy::default() }
    }

    fn reasons(verdict: Option<Verdict>) -> (&'static str, Vec<String>) {
        match verdict.expect("a gate was asked for") {
            Verdict::Passed { reasons } => ("passed", reasons),
            Verdict::Failed { reasons } => ("failed", reasons),
            Verdict::Incomplete { reasons } => ("incomplete", reasons),
        }
    }

    #[test]
    fn packages_for_development_count_and_are_told() {
        let mut development = finding("CVE-2024-0001", Severity::High, &["2"]);
        development.vulnerability_mut().unwrap().development = true;
        let verdict = gate(&report(vec![development.clone()], &[]), &high()).unwrap();
        let Verdict::Failed { reasons } = verdict else { panic!("{verdict:?}") };
        assert!(
            reasons.contains(&"1 vulnerability is in packages for development only, which count as well".to_owned())
        );
        let both = report(vec![development, finding("CVE-2024-0001", Severity::High, &["2"])], &[]);
        let Some(Verdict::Failed { reasons }) = gate(&both, &high()) else { panic!("it passed") };
        assert!(reasons.iter().all(|reason| !reason.contains("development")), "{reasons:?}");
    }

    #[test]
    fn what_keeps_several_packages_where_they_are_is_one_upgrade() {
        let kept = |id, name: &str| {
            let mut finding = finding(id, Severity::High, &["2"]);
            let vulnerability = finding.vulnerability_mut().unwrap();
            vulnerability.name = name.into();
            vulnerability.package = format!("pkg:npm/{name}@1");
            vulnerability.upgrade = "express 4.17.1".into();
            finding
        };
        let report = report(vec![kept("CVE-2024-0001", "qs"), kept("CVE-2024-0002", "send")], &[]);
        let Some(Verdict::Failed { reasons }) = gate(&report, &high()) else { panic!("it passed") };
        assert!(reasons.contains(&"passing needs 1 upgrade".to_owned()), "{reasons:?}");
    }

    #[test]
    fn no_gate_is_asked_for_by_default() {
        let report = report(vec![finding("CVE-1", Severity::Critical, &[])], &[GapKind::Blind]);
        assert_eq!(gate(&report, &Policy::default()), None);
    }

    #[test]
    fn findings_at_the_level_or_worse_fail() {
        for severity in Severity::ALL {
            for level in Severity::ALL {
                let report = report(vec![finding("CVE-1", severity, &["2"])], &[]);
                let (result, _) = reasons(gate(&report, &Policy { fail_on: Some(level), ..Policy::default() }));
                assert_eq!(result == "failed", severity >= level, "{severity} at {level}");
            }
        }
    }

    #[test]
    fn a_failure_says_how_many_and_what_passing_needs() {
        let findings = vec![
            finding("CVE-1", Severity::Critical, &["2"]),
            finding("CVE-1", Severity::High, &["2"]),
            finding("CVE-2", Severity::High, &[]),
            finding("CVE-3", Severity::Medium, &["2"]),
            finding("CVE-4", Severity::Unknown, &[]),
        ];
        let expected = [
            "2 vulnerabilities are high or critical",
            "passing needs 1 upgrade and a decision on 1 without a fix",
            "1 vulnerability that nobody has rated did not count",
        ];
        let expected = expected.map(String::from).to_vec();
        assert_eq!(reasons(gate(&report(findings, &[]), &high())), ("failed", expected));
    }

    #[test]
    fn blind_gaps_are_never_a_pass_unless_allowed() {
        let blind = report(Vec::new(), &[GapKind::Partial, GapKind::Blind]);
        let (result, said) = reasons(gate(&blind, &high()));
        assert_eq!((result, said.len()), ("incomplete", 2));
        assert_eq!(said[1], "layer 1: ends early");
        let (result, said) = reasons(gate(&blind, &Policy { allow_incomplete: true, ..high() }));
        assert_eq!((result, said), ("passed", vec!["1 blind gap is allowed by the policy".to_owned()]));
        assert_eq!(reasons(gate(&report(Vec::new(), &[GapKind::Partial]), &high())).0, "passed");
    }

    #[test]
    fn a_failure_outranks_gaps_and_names_them() {
        let (result, said) =
            reasons(gate(&report(vec![finding("CVE-1", Severity::High, &["2"])], &[GapKind::Blind]), &high()));
        assert_eq!(result, "failed");
        assert_eq!(said.last().unwrap(), "1 blind gap: there may be more");
    }

    #[test]
    fn muted_findings_never_fail_and_unfixed_ones_only_if_the_policy_minds() {
        let mut muted = finding("CVE-1", Severity::Critical, &["2"]);
        muted.muted = Some(Muted { by: "waivers".into(), reason: "not reachable".into(), ..Muted::default() });
        assert_eq!(reasons(gate(&report(vec![muted], &[]), &high())), ("passed", Vec::new()));
        let unfixed = report(vec![finding("CVE-2", Severity::High, &[])], &[]);
        assert_eq!(reasons(gate(&unfixed, &high())).0, "failed");
        let (result, said) = reasons(gate(&unfixed, &Policy { ignore_unfixed: true, ..high() }));
        assert_eq!(
            (result, said),
            ("passed", vec!["1 vulnerability without a fix did not count, as the policy asks".to_owned()])
        );
    }

    #[test]
    fn a_filtered_report_cannot_pass() {
        let filtered = Report { hidden: 2, ..report(Vec::new(), &[]) };
        let (result, said) = reasons(gate(&filtered, &Policy { allow_incomplete: true, ..high() }));
        assert_eq!(result, "incomplete");
        assert_eq!(said, ["2 findings are left out of this report by a filter: scan again"]);
    }

    #[test]
    fn what_is_outdated_fails_as_what_is_vulnerable_does_and_is_told_apart() {
        let old = Finding {
            about: About::Outdated(Outdated { name: "debian".into(), version: "10".into(), ..Outdated::default() }),
            ..finding("EOL-debian-10", Severity::High, &[])
        };
        let findings = vec![finding("CVE-1", Severity::High, &["2"]), old.clone()];
        let expected = [
            "1 vulnerability is high or critical",
            "1 outdated component is high or critical",
            "passing needs 1 upgrade and a decision on 1 without a fix",
        ];
        assert_eq!(reasons(gate(&report(findings, &[]), &high())), ("failed", expected.map(String::from).to_vec()));
        let policy = Policy { ignore_unfixed: true, ..high() };
        let (result, said) = reasons(gate(&report(vec![old], &[]), &policy));
        assert_eq!(
            (result, said),
            ("passed", vec!["1 finding without a fix did not count, as the policy asks".to_owned()])
        );
    }

    #[test]
    fn every_kind_fails_by_its_name_and_is_mended_or_waived() {
        let of = |about, id| Finding { about, ..finding(id, Severity::High, &[]) };
        let findings = vec![
            finding("CVE-1", Severity::High, &["2"]),
            of(About::Misconfiguration(Misconfiguration::default()), "CFG-001"),
            of(About::Misconfiguration(Misconfiguration::default()), "CFG-001"),
            of(About::Misconfiguration(Misconfiguration::default()), "FS-002"),
            of(About::Secret(Secret::default()), "SEC-001"),
            of(About::Secret(Secret::default()), "SEC-001"),
            of(About::Licence(Licence::default()), "LIC-001"),
            of(About::Malware(Malware::default()), "MAL-001"),
        ];
        let expected = [
            "1 vulnerability is high or critical",
            "2 misconfigurations are high or critical",
            "2 secrets are high or critical",
            "1 licence is high or critical",
            "1 malicious file is high or critical",
            "passing needs 1 upgrade and 2 misconfigurations, 2 secrets, 1 licence and 1 malicious file mended or waived",
        ];
        assert_eq!(reasons(gate(&report(findings, &[]), &high())), ("failed", expected.map(String::from).to_vec()));
    }

    #[test]
    fn what_has_no_versions_is_not_excused_for_want_of_one() {
        let secret = Finding { about: About::Secret(Secret::default()), ..finding("SEC-001", Severity::Critical, &[]) };
        let policy = Policy { ignore_unfixed: true, ..high() };
        let expected = ["1 secret is high or critical", "passing needs 1 secret mended or waived"];
        let verdict = gate(&report(vec![secret.clone()], &[]), &policy);
        assert_eq!(reasons(verdict), ("failed", expected.map(String::from).to_vec()));
        let unrated = report(vec![Finding { severity: Severity::Unknown, ..secret }], &[]);
        let expected = vec!["1 finding that nobody has rated did not count".to_owned()];
        assert_eq!(reasons(gate(&unrated, &high())), ("passed", expected));
    }

    #[test]
    fn the_first_gaps_are_named_and_the_rest_counted() {
        let (_, said) = reasons(gate(&report(Vec::new(), &[GapKind::Blind; 9]), &high()));
        assert_eq!(said.len(), 7);
        assert_eq!(said[6], "and 4 more");
    }
}
