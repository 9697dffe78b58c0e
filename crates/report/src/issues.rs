//! What is wrong beside packages: misconfigurations, secrets, malware, licences.
//!
//! Owns their grouping by check or rule, their order, and the words for where each is. A secret itself is not in a report;
//! what stands for it is how it begins.

use std::cmp::Reverse;
use std::collections::HashMap;

use plimsoll_model::{About, Finding, SecretPlace, Severity};

use crate::tally::Tally;

/// A kind of findings in the singular and the plural.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind {
    /// The word in reports.
    pub word: &'static str,
    /// `misconfiguration`.
    pub one: &'static str,
    /// `misconfigurations`.
    pub many: &'static str,
    /// What stands above all of them: `Misconfigurations`.
    pub heading: &'static str,
}

impl Kind {
    /// Those that this module is about, in the order in which they are told.
    pub const ALL: [Self; 4] = [
        Self {
            word: "misconfiguration",
            one: "misconfiguration",
            many: "misconfigurations",
            heading: "Misconfigurations",
        },
        Self { word: "secret", one: "secret", many: "secrets", heading: "Secrets" },
        Self { word: "malware", one: "malicious file", many: "malicious files", heading: "Malware" },
        Self { word: "licence", one: "licence", many: "licences", heading: "Licences" },
    ];
}

/// Findings of one check or rule.
#[derive(Debug)]
pub(crate) struct Issue<'r> {
    /// At least one, the worst first.
    pub findings: Vec<&'r Finding>,
    /// Whether it is on the first screen; else it is counted.
    pub is_listed: bool,
}

impl<'r> Issue<'r> {
    /// The one that stands for the others.
    pub fn first(&self) -> Option<&'r Finding> {
        self.findings.first().copied()
    }

    /// The worst severity.
    pub fn severity(&self) -> Severity {
        self.first().map_or(Severity::Unknown, |finding| finding.severity)
    }
}

/// How many of each kind there are.
pub(crate) fn totals(findings: &[&Finding]) -> Vec<(Kind, Tally)> {
    let of =
        |kind: Kind| (kind, Tally::of(findings.iter().copied().filter(|finding| finding.about.kind() == kind.word)));
    Kind::ALL.into_iter().map(of).filter(|(_, tally)| tally.total > 0).collect()
}

/// One issue for each check or rule, worst first. What is of low risk is folded unless `all` is asked for.
pub(crate) fn group<'r>(findings: &[&'r Finding], all: bool) -> Vec<Issue<'r>> {
    let mut issues: Vec<Issue<'r>> = Vec::new();
    let mut known: HashMap<(&str, &str), usize> = HashMap::new();
    for finding in findings {
        let key = (finding.about.kind(), finding.id.as_str());
        match known.get(&key).and_then(|place| issues.get_mut(*place)) {
            Some(issue) => issue.findings.push(finding),
            None => {
                known.insert(key, issues.len());
                issues.push(Issue { findings: vec![finding], is_listed: false });
            }
        }
    }
    for issue in &mut issues {
        // Stable: beyond this, the report's own order holds.
        issue.findings.sort_by_key(|finding| Reverse(finding.severity));
        issue.is_listed = all || issue.severity() >= Severity::Medium;
    }
    issues.sort_by_key(|issue| Reverse(issue.severity()));
    issues
}

/// Where it is, for people: `etc/shadow:24`, `config.user`, `deploy.yaml:7 (Deployment/web)`, `the environment`,
/// `app/.env:3 (in layer 3, removed later)`.
pub(crate) fn place(finding: &Finding) -> String {
    let with_line = |path: &str, line: Option<u32>| match line {
        Some(line) => format!("{path}:{line}"),
        None => path.to_owned(),
    };
    match &finding.about {
        About::Misconfiguration(found) if found.file.is_empty() || found.file == found.place => {
            with_line(&found.place, found.line)
        }
        About::Misconfiguration(found) => format!("{} ({})", with_line(&found.file, found.line), found.place),
        About::Secret(found) => {
            let place = match found.place {
                SecretPlace::File => with_line(finding.subject(), found.line),
                SecretPlace::Environment => "the environment".to_owned(),
                SecretPlace::Label => "a label".to_owned(),
                SecretPlace::History => "a build step".to_owned(),
                SecretPlace::Command => "the command".to_owned(),
            };
            format!("{place}{}", removed(finding, found.hidden))
        }
        About::Malware(found) => format!("{}{}", finding.subject(), removed(finding, found.hidden)),
        About::Vulnerability(_) | About::Outdated(_) | About::Licence(_) => {
            format!("{} {}", finding.subject(), finding.version()).trim_end().to_owned()
        }
    }
}

/// Where it is; of what has no place, as the results of others' policies, what is wrong.
pub(crate) fn whereabouts(finding: &Finding) -> String {
    Some(place(finding)).filter(|place| !place.is_empty()).unwrap_or_else(|| found(finding))
}

/// Where it is and what was found there.
pub(crate) fn told(finding: &Finding) -> String {
    let parts = [place(finding), found(finding)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ")
}

/// Of what a later layer removes: whoever pulls the image gets it all the same.
fn removed(finding: &Finding, hidden: bool) -> String {
    match finding.layer.filter(|_| hidden) {
        Some(layer) => format!(" (in layer {}, removed later)", layer.saturating_add(1)),
        None if hidden => " (removed later)".to_owned(),
        None => String::new(),
    }
}

/// What was found there, in a few words: of a secret how it begins, of malware what knows it.
pub(crate) fn found(finding: &Finding) -> String {
    match &finding.about {
        About::Secret(found) if found.state.is_empty() => found.redacted.clone(),
        About::Secret(found) => format!("{}, {}", found.redacted, found.state),
        About::Malware(found) => format!("{} ({})", found.category, found.rule),
        About::Licence(found) if found.expression.is_empty() => "no licence stated".to_owned(),
        About::Licence(found) => format!("{} ({})", found.expression, found.category),
        _ => finding.evidence.clone(),
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_model::{About, Finding, Report};

    use super::{group, place, told, totals, whereabouts};

    fn judged() -> Report {
        serde_json::from_str(include_str!("../../../fixtures/report/judged.json")).unwrap()
    }

    #[test]
    fn what_is_removed_later_says_so() {
        let report = judged();
        let of = |id: &str| place(report.findings.iter().find(|finding| finding.id == id).unwrap());
        assert_eq!(of("SEC-001"), "app/deploy_key:1 (in layer 3, removed later)");
        assert_eq!(of("SEC-003"), "the environment");
        assert_eq!(of("USR-002"), "etc/shadow:24");
        assert_eq!(of("CFG-001"), "config.user");
    }

    #[test]
    fn what_has_no_place_is_told_by_what_is_wrong() {
        let mut finding = judged().findings.into_iter().find(|finding| finding.id == "CFG-001").unwrap();
        "the user is root".clone_into(&mut finding.evidence);
        assert_eq!(
            (whereabouts(&finding), told(&finding)),
            ("config.user".into(), "config.user: the user is root".into())
        );
        if let About::Misconfiguration(found) = &mut finding.about {
            found.place.clear();
        }
        assert_eq!((whereabouts(&finding), told(&finding)), ("the user is root".into(), "the user is root".into()));
    }

    #[test]
    fn places_of_a_check_are_one_misconfiguration_and_secrets_one_by_one() {
        let mut report = judged();
        let secret = report.findings.iter().find(|finding| finding.id == "SEC-001").unwrap().clone();
        report.findings.push(Finding { fingerprint: "another".into(), ..secret });
        let findings: Vec<&Finding> =
            report.findings.iter().filter(|it| ["FS-002", "SEC-001"].contains(&it.id.as_str())).collect();
        let totals: Vec<_> = totals(&findings).into_iter().map(|(kind, tally)| (kind.word, tally.total)).collect();
        assert_eq!(totals, [("misconfiguration", 1), ("secret", 2)]);
        let issues: Vec<_> = group(&findings, false).iter().map(|issue| issue.findings.len()).collect();
        assert_eq!(issues, [2, 6]);
    }
}
