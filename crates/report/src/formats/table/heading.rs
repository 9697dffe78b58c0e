//! The top of the page: what was scanned, and how much of each kind is wrong with it.

use std::collections::BTreeMap;
use std::time::Duration;

use plimsoll_model::{Digest, Distro, GapKind, Origin, Package, Report, Severity};

use super::page::{INDENT, Look, Page};
use super::{count, thousands};
use crate::issues::Kind;
use crate::overview::Overview;
use crate::sanitize;

/// Hexadecimal digits of a digest that are enough to tell images apart by eye.
const SHORT_DIGEST: usize = 12;

/// Ecosystems that are named with their counts; an image with more has them in the JSON report.
const ECOSYSTEMS: usize = 6;

/// Reference, digest, platform, distribution, packages, time.
pub(super) fn image(page: &mut Page<'_>, report: &Report) {
    let image = &report.image;
    let digest = image.digest.as_ref().map(|digest| format!("@{}", short(digest))).unwrap_or_default();
    let name = image.reference.split_once("@sha").map_or(image.reference.as_str(), |(name, _)| name);
    let room = page.style.columns().saturating_sub(INDENT + digest.len());
    let name = sanitize::fit_middle(&page.text(name), room, page.signs.cut);
    page.flow(vec![(name, Look::Strong), (digest, Look::Faint)], "");

    let mut facts = Vec::new();
    facts.extend(image.platform.as_ref().map(|platform| page.text(&platform.to_string())));
    facts.push(report.inventory.distro.as_ref().map_or_else(
        || "no distribution".to_owned(),
        |Distro { id, version, .. }| page.text(format!("{id} {version}").trim_end()),
    ));
    facts.push(packages(page, &report.inventory.packages));
    facts.extend(peculiar(&report.inventory.packages));
    facts.extend(page.style.elapsed.map(|elapsed| format!("scanned in {}", duration(elapsed))));
    let separator = format!(" {} ", page.signs.dot);
    page.flow(facts.into_iter().map(|fact| (fact, Look::Plain)).collect(), &separator);
}

fn short(digest: &Digest) -> String {
    let hex: String = digest.hex().chars().take(SHORT_DIGEST).collect();
    format!("{}:{hex}", digest.algorithm())
}

fn packages(page: &Page<'_>, packages: &[Package]) -> String {
    let mut ecosystems: BTreeMap<&str, usize> = BTreeMap::new();
    for package in packages {
        *ecosystems.entry(&package.ecosystem).or_default() += 1;
    }
    let mut ecosystems: Vec<_> = ecosystems.into_iter().collect();
    ecosystems.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let others = ecosystems.split_off(ecosystems.len().min(ECOSYSTEMS));
    let mut parts: Vec<String> =
        ecosystems.iter().map(|(name, count)| format!("{} {}", thousands(*count), page.text(name))).collect();
    if !others.is_empty() {
        parts.push(format!("{} other", thousands(others.iter().map(|(_, count)| count).sum())));
    }
    let all = count(packages.len(), "package", "packages");
    if parts.is_empty() { all } else { format!("{all} ({})", parts.join(", ")) }
}

/// Packages that are matched or counted in another way than most: how many of each kind there are.
fn peculiar(packages: &[Package]) -> Vec<String> {
    let count = |is: &dyn Fn(&&Package) -> bool| packages.iter().filter(is).count();
    let kinds = [
        (count(&|package| package.owned_by.is_some()), "inside packages of the system"),
        (count(&|package| package.origin == Origin::ThirdParty), "third-party"),
        (count(&|package| !package.presence.is_installed()), "only named in files"),
        (count(&|package| package.development), "for development"),
    ];
    kinds
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{} {what}", thousands(number)))
        .collect()
}

fn duration(elapsed: Duration) -> String {
    let milliseconds = elapsed.as_millis();
    match milliseconds {
        0..100 => format!("{milliseconds} ms"),
        100..60_000 => format!("{:.1} s", elapsed.as_secs_f64()),
        _ => format!("{} min {} s", elapsed.as_secs() / 60, elapsed.as_secs() % 60),
    }
}

/// How many of each kind and severity; or why it is believable, or not, that there are none.
pub(super) fn totals(page: &mut Page<'_>, report: &Report, overview: &Overview<'_>) {
    vulnerabilities(page, report, overview);
    let told = overview.issue_totals.iter().map(|(kind, tally)| {
        let severities: Vec<String> = match tally.severities.as_slice() {
            [(severity, _)] => vec![rated_as(*severity).to_owned()],
            several => several
                .iter()
                .map(|(severity, count)| format!("{} {}", thousands(*count), rated_as(*severity)))
                .collect(),
        };
        let worst = tally.severities.first().map_or(Severity::Unknown, |(severity, _)| *severity);
        let text = format!("{}: {}", count(tally.total, kind.one, kind.many), severities.join(", "));
        (text, Look::Severity(worst))
    });
    let told: Vec<_> = told.collect();
    if !told.is_empty() {
        page.flow(told, "   ");
    }
}

const fn rated_as(severity: Severity) -> &'static str {
    if matches!(severity, Severity::Unknown) { "not rated" } else { severity.as_str() }
}

/// Each severity that occurs, with its number.
fn rated(severities: &[(Severity, usize)]) -> impl Iterator<Item = (String, Look)> {
    severities
        .iter()
        .map(|&(severity, count)| (format!("{} {}", thousands(count), rated_as(severity)), Look::Severity(severity)))
}

fn vulnerabilities(page: &mut Page<'_>, report: &Report, overview: &Overview<'_>) {
    let total = &overview.total;
    if total.total == 0 {
        return nothing_found(page, report, overview);
    }
    let mut items = vec![(count(total.total, "vulnerability", "vulnerabilities"), Look::Strong)];
    items.extend(rated(&total.severities));
    if total.exploited > 0 {
        items.push((format!("{} exploited", thousands(total.exploited)), Look::Strong));
    }
    items.push((format!("{} fixable", thousands(total.fixable)), Look::Plain));
    if !overview.outdated.is_empty() {
        items.push((format!("{} outdated", thousands(overview.outdated.len())), Look::Plain));
    }
    page.flow(items, "  ");
}

fn nothing_found(page: &mut Page<'_>, report: &Report, overview: &Overview<'_>) {
    let packages = &report.inventory.packages;
    let blind = report.gaps.iter().filter(|gap| gap.kind == GapKind::Blind).count();
    let nothing = if overview.issue_totals.is_empty() { "Nothing" } else { "No vulnerabilities" };
    let text = if !report.looked_for("vulnerability") {
        not_looked_for(report, blind, overview)
    } else if report.hidden > 0 {
        format!("{nothing} left to show: a filter took findings out of this report.")
    } else if blind > 0 {
        format!(
            "{nothing} found, but this is not a clean result: the scan was blind in {}.",
            count(blind, "place", "places")
        )
    } else if packages.is_empty() {
        "No packages found, so there was nothing to compare with advisories.".to_owned()
    } else if report.data.is_empty() {
        "No advisories were asked for or at hand: this says nothing of vulnerabilities.".to_owned()
    } else {
        let muted = match overview.muted.total {
            0 => String::new(),
            muted => format!(" beside {} muted", thousands(muted)),
        };
        format!("No known vulnerabilities in {}{muted}.", count(packages.len(), "package", "packages"))
    };
    page.paragraph("", &text, Look::Strong, None);
}

/// Of what there was no look for vulnerabilities, and what else there is to say.
fn not_looked_for(report: &Report, blind: usize, overview: &Overview<'_>) -> String {
    let known = |kind: &&Kind| report.looked_for(kind.word);
    let others: Vec<&str> = Kind::ALL.iter().filter(known).map(|kind| kind.many).collect();
    let nothing = match (report.hidden, overview.issue_totals.is_empty()) {
        (0, true) => format!("No {} found. ", others.join(", ")),
        (0, false) => String::new(),
        _ => "A filter took findings out of this report. ".to_owned(),
    };
    let blind = match blind {
        0 => String::new(),
        blind => format!(" The scan was blind in {}.", count(blind, "place", "places")),
    };
    format!("{nothing}Vulnerabilities were not looked for.{blind}")
}
