//! What one upgrades at once.
//!
//! Owns the grouping of findings by source package, installed version and layer: the binaries of one source package
//! are upgraded together, and whoever owns the layer does it. Does not decide which findings are shown.

use std::collections::{BTreeSet, HashMap};

use plimsoll_model::{Finding, FindingOrigin, Package, Report};

use crate::fix;

/// The packages built from one source that are installed in one version by one layer, with what is wrong with them.
#[derive(Debug)]
pub(crate) struct PackageGroup<'r> {
    /// Package URL type.
    pub ecosystem: &'r str,
    /// The source package, or the package itself when it is alone.
    pub name: &'r str,
    /// How many packages it stands for beside the first.
    pub others: usize,
    /// Installed version.
    pub installed: &'r str,
    /// Index of the layer that brought it.
    pub layer: Option<usize>,
    /// Who can upgrade it.
    pub origin: FindingOrigin,
    /// The version that clears most.
    pub fix: Option<&'r str>,
    /// What to upgrade instead, as `name version`: it keeps the vulnerable package where it is.
    pub upgrade: Option<&'r str>,
    /// The package, of which all findings are, when the inventory has it.
    pub package: Option<&'r Package>,
    /// All that is wrong with it, in the report's order.
    pub findings: Vec<&'r Finding>,
}

impl<'r> PackageGroup<'r> {
    /// Name and version of what one upgrades, which may be what upgrades of other groups are too.
    pub fn target(&self) -> (&'r str, String) {
        let own = || format!("{} {}", self.name, self.installed);
        (self.ecosystem, self.upgrade.map_or_else(own, str::to_owned))
    }

    /// Name of what one upgrades.
    pub fn bump(&self) -> &'r str {
        self.upgrade.and_then(|upgrade| upgrade.rsplit_once(' ')).map_or(self.name, |(name, _)| name)
    }

    /// What the upgrade clears.
    pub fn cleared(&self) -> Vec<&'r Finding> {
        let clears = |finding: &&'r Finding| self.fix.is_some_and(|fix| fix::clears(self.ecosystem, fix, finding));
        self.findings.iter().copied().filter(clears).collect()
    }
}

#[derive(PartialEq, Eq, Hash)]
struct Key<'r> {
    ecosystem: &'r str,
    source: &'r str,
    installed: &'r str,
    layer: Option<usize>,
    base: bool,
}

/// Groups findings, in the order in which each group first occurs.
pub(crate) fn group<'r>(report: &'r Report, findings: &[&'r Finding]) -> Vec<PackageGroup<'r>> {
    let packages: HashMap<&str, &Package> =
        report.inventory.packages.iter().map(|package| (package.purl.as_str(), package)).collect();
    let mut keys: Vec<Key<'r>> = Vec::new();
    let mut members: HashMap<Key<'r>, Vec<&'r Finding>> = HashMap::new();
    for finding in findings {
        let key = key(&packages, finding);
        if !members.contains_key(&key) {
            keys.push(Key { ..key });
        }
        members.entry(key).or_default().push(finding);
    }
    let package = |findings: &[&Finding]| packages.get(findings.first()?.package()).copied();
    let built = keys.iter().filter_map(|key| members.remove(key).map(|findings| (key, findings)));
    built.map(|(key, findings)| PackageGroup { package: package(&findings), ..build(key, findings) }).collect()
}

fn key<'r>(packages: &HashMap<&str, &'r Package>, finding: &'r Finding) -> Key<'r> {
    let package = packages.get(finding.package());
    let purl_type = || finding.package().strip_prefix("pkg:")?.split('/').next();
    Key {
        ecosystem: package.map_or_else(|| purl_type().unwrap_or(""), |package| &package.ecosystem),
        source: package.map_or(finding.subject(), |package| package.source_name()),
        installed: finding.version(),
        layer: finding.layer,
        base: finding.origin == FindingOrigin::Base,
    }
}

fn build<'r>(key: &Key<'r>, findings: Vec<&'r Finding>) -> PackageGroup<'r> {
    let names: BTreeSet<&str> = findings.iter().map(|finding| finding.subject()).collect();
    let alone = names.first().filter(|_| names.len() == 1);
    PackageGroup {
        ecosystem: key.ecosystem,
        name: alone.unwrap_or(&key.source),
        others: names.len().saturating_sub(1),
        installed: key.installed,
        layer: key.layer,
        origin: if key.base { FindingOrigin::Base } else { FindingOrigin::Own },
        fix: fix::choose(key.ecosystem, key.installed, &findings),
        upgrade: findings
            .iter()
            .find_map(|finding| Some(finding.vulnerability()?.upgrade.as_str()).filter(|upgrade| !upgrade.is_empty())),
        package: None,
        findings,
    }
}
