//! What to upgrade first.
//!
//! Owns the choice of the few upgrades that clear the most. It goes by the fixes that the findings name; it does not
//! plan edits of files, nor does it prove that an upgraded image is free of them.

use std::collections::{HashMap, HashSet};

use plimsoll_model::{Finding, FindingOrigin, Severity};

use crate::overview::Row;

/// How many upgrades are named at most: what fits a line and a reader's memory.
const NAMED: usize = 5;

/// The few upgrades that clear the most, and what all of them clear.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Advice<'r> {
    /// What to upgrade first, in that order.
    pub first: Vec<&'r str>,
    /// Vulnerabilities that these clear.
    pub first_clear: usize,
    /// How many upgrades there are.
    pub upgrades: usize,
    /// How many of them are of the base image's packages.
    pub of_base: usize,
    /// Vulnerabilities that all of them clear.
    pub all_clear: usize,
    /// Whether there are critical vulnerabilities and all upgrades together clear every one.
    pub clears_critical: bool,
}

struct Upgrade<'r> {
    name: &'r str,
    is_base: bool,
    clears: Vec<&'r Finding>,
}

impl<'r> Advice<'r> {
    /// Weighs the upgrades that the rows offer, for an image with these findings.
    pub fn of(rows: &[Row<'r>], live: &[&'r Finding]) -> Self {
        let upgrades = offered(rows);
        let first = first(&upgrades);
        let gone = cleared_everywhere(&upgrades, live);
        let critical = |finding: &&&Finding| finding.severity == Severity::Critical;
        Self {
            first_clear: cleared_everywhere(first.iter().copied(), live).len(),
            upgrades: upgrades.len(),
            of_base: upgrades.iter().filter(|upgrade| upgrade.is_base).count(),
            all_clear: gone.len(),
            clears_critical: live.iter().any(|finding| critical(&finding))
                && live.iter().filter(critical).all(|finding| gone.contains(finding.id.as_str())),
            first: first.iter().map(|upgrade| upgrade.name).collect(),
        }
    }
}

/// Each upgrade with what it clears, those of one package that keeps several others where they are taken together.
fn offered<'r>(rows: &[Row<'r>]) -> Vec<Upgrade<'r>> {
    let mut upgrades: Vec<Upgrade<'r>> = Vec::new();
    let targets: HashSet<_> = rows.iter().filter_map(|row| row.group.upgrade.map(|_| row.group.target())).collect();
    let mut known: HashMap<(&str, String), usize> = HashMap::new();
    for listed in rows {
        let clears = listed.group.cleared();
        if clears.is_empty() {
            continue;
        }
        let target = Some(listed.group.target()).filter(|target| targets.contains(target));
        match target.as_ref().and_then(|target| upgrades.get_mut(*known.get(target)?)) {
            Some(upgrade) => upgrade.clears.extend(clears),
            None => {
                known.extend(target.map(|target| (target, upgrades.len())));
                let is_base = listed.group.origin == FindingOrigin::Base;
                upgrades.push(Upgrade { name: listed.group.bump(), is_base, clears });
            }
        }
    }
    upgrades
}

/// Takes again and again the upgrade that clears most of what is left, the critical and exploited before all.
fn first<'u, 'r>(upgrades: &'u [Upgrade<'r>]) -> Vec<&'u Upgrade<'r>> {
    let mut covered: HashSet<&str> = HashSet::new();
    let mut taken: Vec<&Upgrade<'r>> = Vec::new();
    while taken.len() < NAMED {
        let gains = upgrades.iter().map(|upgrade| (gain(upgrade, &covered), upgrade));
        // Of equals the first, for rows are in order of risk.
        let best = gains.reduce(|best, other| if other.0 > best.0 { other } else { best });
        let Some((_, upgrade)) = best.filter(|(gain, _)| gain.1 > 0) else { break };
        covered.extend(upgrade.clears.iter().map(|finding| finding.id.as_str()));
        taken.push(upgrade);
    }
    taken
}

/// Urgent ids, and all ids, that an upgrade clears beside those that are covered.
fn gain(upgrade: &Upgrade<'_>, covered: &HashSet<&str>) -> (usize, usize) {
    let new: Vec<_> = upgrade.clears.iter().filter(|finding| !covered.contains(finding.id.as_str())).collect();
    let ids = |findings: &mut dyn Iterator<Item = &str>| findings.collect::<HashSet<_>>().len();
    let urgent = |finding: &&&&Finding| finding.is_exploited() || finding.severity == Severity::Critical;
    (
        ids(&mut new.iter().filter(urgent).map(|finding| finding.id.as_str())),
        ids(&mut new.iter().map(|finding| finding.id.as_str())),
    )
}

/// Ids of which no finding is left after these upgrades.
fn cleared_everywhere<'u, 'r: 'u>(
    upgrades: impl IntoIterator<Item = &'u Upgrade<'r>>,
    live: &[&'r Finding],
) -> HashSet<&'r str> {
    let mut left: HashMap<&str, usize> = HashMap::new();
    for finding in live {
        *left.entry(&finding.id).or_default() += 1;
    }
    for finding in upgrades.into_iter().flat_map(|upgrade| &upgrade.clears) {
        left.entry(&finding.id).and_modify(|count| *count = count.saturating_sub(1));
    }
    left.into_iter().filter(|(_, count)| *count == 0).map(|(id, _)| id).collect()
}
