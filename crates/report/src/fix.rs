//! Which version to upgrade to.
//!
//! Owns the choice among the versions that the findings of one package name: the one that matching found to be free of
//! everything, where it looked for one; else by the lists of fixed versions only, not the ranges behind them, which is
//! enough to point at a version and no proof. What an upgraded image has is for a scan of it to say.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use plimsoll_model::Finding;
use plimsoll_packages::Ecosystem;

/// Candidates that are tried; a package with more fixed versions than this keeps those that most findings name. The
/// work is candidates × findings, and both come from feeds.
const CANDIDATES: usize = 64;

/// The version that matching found to be free of everything; else the one that clears most of the findings, of several the
/// least. None when there are several whose order is not
/// known, as with an imported inventory: naming one of them would be a guess.
pub(crate) fn choose<'r>(ecosystem: &str, installed: &str, findings: &[&'r Finding]) -> Option<&'r str> {
    if let Some(clean) = clean(findings) {
        return Some(clean);
    }
    let ecosystem = plimsoll_packages::ecosystem(ecosystem);
    let candidates = candidates(ecosystem, installed, findings);
    // One update mends many findings: each list of versions is weighed once.
    let mut lists: BTreeMap<&[String], usize> = BTreeMap::new();
    for finding in findings {
        *lists.entry(finding.fixed_in()).or_default() += 1;
    }
    let is_ordered = |pair: &[&str]| matches!(pair, [a, b] if compare(ecosystem, a, b).is_some());
    if !candidates.windows(2).all(is_ordered) {
        return None;
    }
    let mut best: Option<(usize, &'r str)> = None;
    for candidate in candidates {
        let is_cleared = |list: &&[String]| is_fixed_by(ecosystem, candidate, list);
        let cleared: usize = lists.iter().filter(|(list, _)| is_cleared(list)).map(|(_, count)| *count).sum();
        let better = best.is_none_or(|(most, version)| match cleared.cmp(&most) {
            Ordering::Equal => compare(ecosystem, candidate, version) == Some(Ordering::Less),
            other => other == Ordering::Greater,
        });
        if better {
            best = Some((cleared, candidate));
        }
    }
    best.map(|(_, version)| version)
}

/// The version that all the findings name as free of everything.
fn clean<'r>(findings: &[&'r Finding]) -> Option<&'r str> {
    let mut named = findings.iter().map(|finding| finding.vulnerability().map_or("", |it| it.clean_in.as_str()));
    let first = named.next().filter(|version| !version.is_empty())?;
    named.all(|version| version == first).then_some(first)
}

/// Whether an upgrade to this version clears the finding. Of the fixed versions, one for each branch, the one that
/// shares most leading components with the version is taken for its branch: 3.2.25 is judged by 3.2.13, not by 4.0.4.
pub(crate) fn clears(ecosystem: &str, version: &str, finding: &Finding) -> bool {
    is_fixed_by(plimsoll_packages::ecosystem(ecosystem), version, finding.fixed_in())
}

fn is_fixed_by(ecosystem: Option<&Ecosystem>, version: &str, fixed_in: &[String]) -> bool {
    let branch = fixed_in.iter().max_by(|a, b| {
        let nearness = shared_components(version, a).cmp(&shared_components(version, b));
        nearness.then_with(|| compare(ecosystem, a, b).unwrap_or(Ordering::Equal))
    });
    branch.is_some_and(|fixed| {
        version == fixed || matches!(compare(ecosystem, version, fixed), Some(Ordering::Greater | Ordering::Equal))
    })
}

/// Fixed versions above the installed one, or all when none is: versions of sources and binaries may differ.
fn candidates<'r>(ecosystem: Option<&Ecosystem>, installed: &str, findings: &[&'r Finding]) -> Vec<&'r str> {
    let mut named: BTreeMap<&'r str, usize> = BTreeMap::new();
    for finding in findings {
        for version in finding.fixed_in() {
            *named.entry(version).or_default() += 1;
        }
    }
    let newer = |version: &str| compare(ecosystem, version, installed) == Some(Ordering::Greater);
    if named.keys().any(|version| newer(version)) {
        named.retain(|version, _| newer(version));
    }
    let greatest =
        named.keys().copied().reduce(|a, b| if compare(ecosystem, a, b) == Some(Ordering::Less) { b } else { a });
    let mut versions: Vec<_> = named.into_iter().collect();
    versions.sort_unstable_by(|(a, a_count), (b, b_count)| b_count.cmp(a_count).then_with(|| a.cmp(b)));
    let mut versions: Vec<&str> = versions.into_iter().take(CANDIDATES).map(|(version, _)| version).collect();
    versions.extend(greatest.filter(|greatest| !versions.contains(greatest)));
    versions
}

fn compare(ecosystem: Option<&Ecosystem>, a: &str, b: &str) -> Option<Ordering> {
    ecosystem.and_then(|ecosystem| (ecosystem.compare)(a, b))
}

fn shared_components(a: &str, b: &str) -> usize {
    a.split('.').zip(b.split('.')).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use plimsoll_model::{Finding, Report};

    use super::{choose, clears};

    /// What one finding names as fixed.
    type FixedIn = &'static [&'static str];

    /// One finding for each list of fixed versions.
    fn findings(fixed_in: &[FixedIn]) -> Vec<Finding> {
        let report: Report = serde_json::from_str(include_str!("../../../fixtures/report/ordinary.json")).unwrap();
        let finding = |versions: &FixedIn| {
            let mut finding = report.findings[0].clone();
            finding.vulnerability_mut().unwrap().fixed_in = versions.iter().map(|version| (*version).into()).collect();
            finding
        };
        fixed_in.iter().map(finding).collect()
    }

    #[test]
    fn the_least_version_that_clears_most_is_chosen() {
        let cases: [(&str, &[FixedIn], Option<&str>); 7] = [
            ("1.0", &[&["1.1"], &["1.3"], &["1.2"]], Some("1.3")),
            ("3.2.0", &[&["2.2.28", "3.2.13", "4.0.4"], &["3.2.25", "4.2.1"]], Some("3.2.25")),
            ("3.2.0", &[&["3.2.13", "4.0.4"], &["4.0.1"], &["4.0.2"]], Some("4.0.4")),
            ("1.0", &[&["1.1"], &[], &[]], Some("1.1")),
            ("1.10", &[&["1.9"], &["1.8"]], Some("1.9")),
            ("1.0", &[&[]], None),
            ("1.0", &[], None),
        ];
        for (installed, fixed_in, expected) in cases {
            let findings = findings(fixed_in);
            let findings: Vec<&Finding> = findings.iter().collect();
            assert_eq!(choose("deb", installed, &findings), expected, "{installed} {fixed_in:?}");
        }
    }

    #[test]
    fn without_an_order_only_a_single_version_is_named() {
        let findings = findings(&[&["1.1"], &["1.2"]]);
        let findings: Vec<&Finding> = findings.iter().collect();
        assert_eq!(choose("unheard-of", "1.0", &findings), None);
        assert_eq!(choose("unheard-of", "1.0", &findings[..1]), Some("1.1"));
    }

    #[test]
    fn a_version_is_judged_by_its_own_branch() {
        let findings = findings(&[&["3.2.13", "4.0.4"]]);
        let cleared = |version| clears("deb", version, &findings[0]);
        assert!(cleared("3.2.25") && cleared("4.0.4") && cleared("5.0"));
        assert!(!cleared("4.0.1") && !cleared("3.2.9"));
    }
}
