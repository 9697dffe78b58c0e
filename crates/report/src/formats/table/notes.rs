//! The bottom of the page: what was folded, what to do, what the scan could not see, and which data answered.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{DataSource, Finding, Gap, GapKind, Unmatched};

use super::page::{Look, Page};
use super::{count, thousands};
use crate::decisions::words;
use crate::issues::whereabouts;
use crate::overview::{Class, Overview, Row};
use crate::style::{Rated as _, is_upgraded};
use crate::tally::Tally;

/// Gaps that are shown one by one.
const GAPS: usize = 4;

/// Everything that is not listed, each kind in a line with its count.
pub(super) fn folded(page: &mut Page<'_>, left_out: usize, overview: &Overview<'_>, cut: &[Row<'_>]) {
    let mut lines = Vec::new();
    if !cut.is_empty() {
        let tally = Tally::of(cut.iter().flat_map(|row| row.findings.iter().copied()));
        lines.push(format!("{}: {}", count(cut.len(), "more package", "more packages"), severities(&tally)));
    }
    lines.extend(overview.folded.iter().map(|(class, tally)| match class {
        Class::Fixable => format!("{} fixable: {}", thousands(tally.total), severities(tally)),
        Class::Unfixed => format!("{} without a fix: {}", thousands(tally.total), severities(tally)),
        Class::Unrated if tally.fixable > 0 => {
            format!("{} not rated by anybody, {} of them fixable", thousands(tally.total), thousands(tally.fixable))
        }
        Class::Unrated => format!("{} not rated by anybody", thousands(tally.total)),
        Class::Negligible => format!("{} negligible", thousands(tally.total)),
    }));
    let needs_all = !lines.is_empty();
    let muted = overview.muted.total.saturating_add(overview.muted_issues);
    if muted > 0 {
        lines.push(format!("{} muted by waivers, VEX statements or the vendor", thousands(muted)));
    }
    if overview.hidden.total > 0 {
        let hidden = &overview.hidden;
        lines.push(format!("{} hidden by the filter: {}", thousands(hidden.total), severities(hidden)));
    }
    if left_out > 0 {
        let findings = count(left_out, "finding was", "findings were");
        lines.push(format!("{findings} left out of this report when a filter wrote it"));
    }
    let last = lines.len().saturating_sub(1);
    let lead = format!("{} ", page.signs.cut);
    for (position, line) in lines.into_iter().enumerate() {
        let hint = if needs_all && position == last { "  (--all lists everything)" } else { "" };
        page.paragraph(&lead, &format!("{line}{hint}"), Look::Plain, None);
    }
}

fn severities(tally: &Tally) -> String {
    let mut parts: Vec<String> = tally
        .severities
        .iter()
        .map(|&(severity, count)| format!("{} {}", thousands(count), severity.rated()))
        .collect();
    if tally.exploited > 0 {
        parts.push(format!("{} exploited", thousands(tally.exploited)));
    }
    parts.join(", ")
}

/// Who muted what and why, so that nobody has to search for it.
pub(super) fn muted(page: &mut Page<'_>, findings: &[Finding]) {
    for finding in findings {
        let Some(muted) = &finding.muted else { continue };
        let until = muted.expires.iter().map(|expires| format!("until {expires}"));
        let by: Vec<String> = std::iter::once(muted.by.clone()).chain(words(muted)).chain(until).collect();
        let name = if is_upgraded(finding) { finding.subject().to_owned() } else { whereabouts(finding) };
        let (id, name) = (page.text(&finding.id), page.text(&name));
        let text = format!("{id} in {name}: {} ({})", page.text(&muted.reason), page.text(&by.join(", ")));
        page.paragraph("muted  ", &text, Look::Plain, None);
    }
}

/// The fewest upgrades that clear the most.
pub(super) fn advice(page: &mut Page<'_>, overview: &Overview<'_>) {
    let advice = &overview.advice;
    if overview.rows.is_empty() {
        return;
    }
    if advice.upgrades == 0 && overview.rows.iter().any(|row| Tally::of(row.findings.iter().copied()).fixable > 0) {
        let text = "Fixed versions are published, but their order is not known: --all lists them.";
        page.paragraph("", text, Look::Plain, None);
        return;
    }
    if advice.upgrades == 0 {
        page.paragraph(
            "",
            "Nothing to upgrade to: no fixed version is published for what is listed.",
            Look::Plain,
            None,
        );
        return;
    }
    let names: Vec<String> = advice.first.iter().map(|name| page.fit_name(&page.text(name), 24)).collect();
    let critical = if advice.clears_critical { ", every critical one" } else { "" };
    let total = thousands(overview.total.total);
    let text = if advice.upgrades > names.len() {
        format!(
            "Upgrade {} first: clears {} of {total}. All {} upgrades clear {}{critical}.",
            list(&names),
            thousands(advice.first_clear),
            thousands(advice.upgrades),
            thousands(advice.all_clear),
        )
    } else {
        format!("Upgrade {}: clears {} of {total}{critical}.", list(&names), thousands(advice.all_clear))
    };
    page.paragraph("", &text, Look::Strong, None);
    subscriptions(page, overview);
    base(page, overview);
}

/// Fixes that an upgrade alone does not bring.
fn subscriptions(page: &mut Page<'_>, overview: &Overview<'_>) {
    let findings = overview.rows.iter().flat_map(|row| &row.findings).filter_map(|finding| finding.vulnerability());
    let named: Vec<&str> =
        findings.map(|known| known.subscription.as_str()).filter(|channel| !channel.is_empty()).collect();
    let channels: BTreeSet<&str> = named.iter().copied().collect();
    let channels: Vec<String> = channels.into_iter().map(|channel| page.text(channel).to_string()).collect();
    if !channels.is_empty() {
        let fixes = count(named.len(), "fix comes", "fixes come");
        page.paragraph("", &format!("{fixes} with a subscription only ({}).", list(&channels)), Look::Plain, None);
    }
}

/// The base image's packages are upgraded by taking a newer one.
fn base(page: &mut Page<'_>, overview: &Overview<'_>) {
    let of_base = overview.advice.of_base;
    if of_base == 0 {
        return;
    }
    let which = if of_base == overview.advice.upgrades {
        "All of them come".to_owned()
    } else {
        format!("{} of them {}", thousands(of_base), if of_base == 1 { "comes" } else { "come" })
    };
    page.paragraph("", &format!("{which} with the base image: look for a newer one."), Look::Plain, None);
}

fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

/// What could not be seen or decided, blind gaps first.
pub(super) fn gaps(page: &mut Page<'_>, gaps: &[Gap]) {
    if gaps.is_empty() {
        return;
    }
    let blind = gaps.iter().filter(|gap| gap.kind == GapKind::Blind).count();
    let heading = match blind {
        0 => count(gaps.len(), "gap", "gaps"),
        all if all == gaps.len() => count(all, "blind gap", "blind gaps"),
        some => format!("{}, {} blind", count(gaps.len(), "gap", "gaps"), thousands(some)),
    };
    page.paragraph("", &heading, Look::Strong, None);
    let mut sorted: Vec<&Gap> = gaps.iter().collect();
    sorted.sort_by_key(|gap| gap.kind);
    let (shown, lines) = if page.style.all { (sorted.len(), None) } else { (GAPS, Some(2)) };
    for gap in sorted.iter().take(shown) {
        let lead = format!("  {:<9}", gap.kind.to_string());
        let text = format!("{}: {}", page.text(&gap.location), page.text(&gap.message));
        page.paragraph(&lead, &text, Look::Plain, lines);
    }
    let more = sorted.len().saturating_sub(shown);
    if more > 0 {
        let lead = format!("  {} ", page.signs.cut);
        page.paragraph(&lead, &format!("{} more  (--all lists everything)", thousands(more)), Look::Plain, None);
    }
}

/// How many statements changed nothing; who wrote them wants to know which and why, above all of waivers that do not count.
pub(super) fn unmatched(page: &mut Page<'_>, unmatched: &[Unmatched]) {
    if unmatched.is_empty() {
        return;
    }
    let refused = unmatched.iter().filter(|one| one.reason.is_refusal()).count();
    let refused = match refused {
        0 => String::new(),
        1 => ", 1 of them because it does not count".to_owned(),
        more => format!(", {} of them because they do not count", thousands(more)),
    };
    let number = count(unmatched.len(), "statement or waiver", "statements and waivers");
    let hint = if page.style.all { ":" } else { "  (--all says which and why)" };
    page.paragraph("", &format!("{number} applied to nothing{refused}{hint}"), Look::Plain, None);
    for one in unmatched.iter().filter(|_| page.style.all) {
        let lead = format!("  {:<15}  ", one.reason.as_str());
        let text = page.text(&format!("{} ({}): {}", one.statement, one.source, one.message));
        page.paragraph(&lead, &text, Look::Plain, None);
    }
}

/// Which data answered: each space with the oldest date among its feeds.
pub(super) fn data(page: &mut Page<'_>, data: &[DataSource]) {
    let mut spaces: BTreeMap<&str, &str> = BTreeMap::new();
    for source in data {
        let date = source.date.split('T').next().unwrap_or("");
        spaces.entry(&source.space).and_modify(|oldest| *oldest = date.min(*oldest)).or_insert(date);
    }
    let mut items = vec![("data:".to_owned(), Look::Faint)];
    items.extend(spaces.iter().map(|(space, date)| {
        let date = if date.is_empty() { "undated" } else { date };
        (format!("{} {}", page.text(space), page.text(date)), Look::Faint)
    }));
    if spaces.is_empty() {
        items.push(("no advisories".to_owned(), Look::Faint));
    }
    page.flow(items, "  ");
}
