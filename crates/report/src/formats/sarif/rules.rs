//! Rules: what each id means, how bad it is at worst, and what to do.

use std::collections::HashMap;

use plimsoll_model::{About, Checked, Finding, Report, Severity};

use super::log::{Configuration, Help, Rule, RuleProperties, Text};
use super::{level, message, text};
use crate::{links, sanitize};

/// Rules that GitHub takes of one run.
const RULES: usize = 25_000;

/// Tags of one rule that GitHub takes.
const TAGS: usize = 20;

/// A rule for each id that has findings, in their order, then for each check that ran without; and how many of these did
/// not fit.
pub(super) fn rules(report: &Report, findings: &[&Finding]) -> (Vec<Rule>, usize) {
    let mut order: Vec<&str> = Vec::new();
    let mut members: HashMap<&str, Vec<&Finding>> = HashMap::new();
    for finding in findings {
        let known = members.entry(&finding.id).or_default();
        if known.is_empty() {
            order.push(&finding.id);
        }
        known.push(finding);
    }
    let found = order.iter().filter_map(|id| members.get(id).and_then(|findings| of_findings(findings)));
    let idle = report.checks.iter().filter(|check| !members.contains_key(check.id.as_str())).map(of_check);
    let mut rules: Vec<Rule> = found.chain(idle).collect();
    let left_out = rules.len().saturating_sub(RULES);
    rules.truncate(RULES);
    (rules, left_out)
}

fn of_findings(findings: &[&Finding]) -> Option<Rule> {
    let first = findings.first()?;
    let severity = findings.iter().map(|finding| finding.severity).max().unwrap_or_default();
    let title = if first.title.is_empty() { &first.id } else { &first.title };
    let why = match &first.about {
        About::Misconfiguration(found) if !found.why.is_empty() => found.why.as_str(),
        _ => title,
    };
    let mut tags = vec!["security".to_owned(), first.about.kind().to_owned()];
    tags.extend(match &first.about {
        About::Vulnerability(known) => known.weaknesses.iter().map(|weakness| text(weakness)).collect(),
        About::Misconfiguration(found) => vec![text(&found.family)],
        About::Secret(found) => vec![text(&found.category)],
        About::Malware(found) => vec![text(&found.category)],
        About::Outdated(_) | About::Licence(_) => Vec::new(),
    });
    tags.extend(findings.iter().any(|finding| finding.is_exploited()).then(|| "exploited".to_owned()));
    let properties = RuleProperties {
        precision: if first.vulnerability().is_some() { "very-high" } else { "high" },
        security_severity: score(findings, severity),
        tags: distinct(tags),
    };
    Some(rule(&first.id, title, why, severity, help(first), properties))
}

fn of_check(check: &Checked) -> Rule {
    let properties = RuleProperties {
        precision: "high",
        security_severity: rounded(check.severity).map(ToOwned::to_owned),
        tags: vec!["security".to_owned()],
    };
    rule(&check.id, &check.title, &check.title, check.severity, Vec::new(), properties)
}

/// Fields of the help: a name and a text.
type Fields = Vec<(&'static str, String)>;

fn rule(id: &str, title: &str, why: &str, severity: Severity, help: Fields, properties: RuleProperties) -> Rule {
    let plain: Vec<String> = help.iter().map(|(name, said)| format!("{name}: {}", text(said))).collect();
    let rich: Vec<String> = help.iter().map(|(name, said)| format!("**{name}:** {}", markdown(said))).collect();
    Rule {
        id: text(id),
        short_description: Text { text: message(title) },
        full_description: Text { text: message(why) },
        default_configuration: Configuration { level: level(severity) },
        help_uri: links::page(id),
        help: Help {
            text: [vec![text(title)], plain].concat().join("\n"),
            markdown: [vec![format!("**{}**", markdown(title))], rich].concat().join("\n\n"),
        },
        properties,
    }
}

fn help(finding: &Finding) -> Fields {
    let aliases = finding.aliases.join(", ");
    let why = match &finding.about {
        About::Misconfiguration(found) => found.why.clone(),
        _ => String::new(),
    };
    let exploited = match finding.vulnerability() {
        Some(known) if known.kev => "known to be (CISA KEV)".to_owned(),
        _ => String::new(),
    };
    let fields = [
        ("Why it matters", why),
        ("Severity", finding.severity.to_string()),
        ("Exploited", exploited),
        ("Remedy", finding.remedy.clone()),
        ("Also known as", aliases),
    ];
    fields.into_iter().filter(|(_, said)| !said.is_empty()).collect()
}

/// The worst score that somebody gave, where it agrees with the severity that won; else the middle of that severity.
fn score(findings: &[&Finding], severity: Severity) -> Option<String> {
    let of = |finding: &Finding| {
        let rating = finding.severities.first()?;
        rating.score.filter(|score| rating.severity == severity && band(*score) == severity)
    };
    let scores = findings.iter().filter_map(|finding| of(finding));
    let worst = scores.reduce(f64::max).map(|score| format!("{score:.1}"));
    worst.or_else(|| rounded(severity).map(ToOwned::to_owned))
}

/// How GitHub reads a score: <https://docs.github.com/en/code-security/code-scanning/managing-code-scanning-alerts/about-code-scanning-alerts>.
fn band(score: f64) -> Severity {
    match score {
        9.0.. => Severity::Critical,
        7.0.. => Severity::High,
        4.0.. => Severity::Medium,
        _ => Severity::Low,
    }
}

const fn rounded(severity: Severity) -> Option<&'static str> {
    match severity {
        Severity::Critical => Some("9.5"),
        Severity::High => Some("8.0"),
        Severity::Medium => Some("5.5"),
        Severity::Low => Some("2.0"),
        Severity::Negligible => Some("0.1"),
        // Nobody has said.
        Severity::Unknown => None,
    }
}

fn distinct(tags: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for tag in tags {
        if !tag.is_empty() && !kept.contains(&tag) && kept.len() < TAGS {
            kept.push(tag);
        }
    }
    kept
}

fn markdown(foreign: &str) -> String {
    sanitize::markdown(&text(foreign))
}
