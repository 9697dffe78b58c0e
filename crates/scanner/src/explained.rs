//! What an explanation tells beside the reasoning about vulnerabilities: how a check came out, and which package was meant.

use std::collections::BTreeSet;

use plimsoll_judge::checks::{Check, InputKind};
use plimsoll_judge::nearest;
use plimsoll_model::{Checked, ExplainedCheck, Inventory, Report, UnknownPackage};

/// A check with its result in a report, and the findings that this rests on.
pub fn check(check: &Check, report: &Report) -> ExplainedCheck {
    let checked = report.checks.iter().find(|checked| checked.id == check.id).cloned();
    let checked = checked.unwrap_or_else(|| Checked {
        id: check.id.clone(),
        title: check.title.clone(),
        severity: check.severity,
        reason: why_not_run(check.input).to_owned(),
        ..Checked::default()
    });
    let refers: BTreeSet<&str> = checked.refers.iter().map(String::as_str).collect();
    let findings = report.findings.iter();
    let found = findings.filter(|finding| finding.id == check.id || refers.contains(finding.fingerprint.as_str()));
    let found = found.cloned().collect();
    ExplainedCheck {
        why: check.why.clone(),
        remedy: check.remedy.clone(),
        input: check.input.as_str().to_owned(),
        standards: check.standards.clone(),
        found,
        checked,
    }
}

/// Why there is no result.
const fn why_not_run(input: InputKind) -> &'static str {
    match input {
        InputKind::Image => "it was not run",
        InputKind::Dockerfile => {
            "there is no Dockerfile to judge: `plimsoll scan --manifest FILE` judges one with an image"
        }
        InputKind::Kubernetes => {
            "there is no manifest to judge: `plimsoll scan --manifest FILE` judges one with an image"
        }
    }
}

/// A name that no package has, neither as its own nor as that of its source package.
pub fn unknown_package(inventory: &Inventory, name: &str) -> Option<UnknownPackage> {
    let names = || inventory.packages.iter().flat_map(|package| [package.name.as_str(), package.source_name()]);
    if names().any(|known| known == name) {
        return None;
    }
    let nearest = nearest(name, names()).unwrap_or_default().to_owned();
    Some(UnknownPackage { name: name.to_owned(), nearest })
}

#[cfg(test)]
mod tests {
    use plimsoll_model::Package;

    use super::*;

    #[test]
    fn the_nearest_name_is_told() {
        let packages = ["Pillow", "pip"].map(|name| Package::new("pypi", name, "1")).to_vec();
        let inventory = Inventory { packages, ..Inventory::default() };
        let told = |name: &str| unknown_package(&inventory, name).map(|unknown| unknown.nearest);
        assert_eq!(told("Pillow"), None);
        assert_eq!(told("pilow").as_deref(), Some("Pillow"));
        assert_eq!(told("postgresql").as_deref(), Some(""));
    }
}
