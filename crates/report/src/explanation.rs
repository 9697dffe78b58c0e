//! Why an image has a vulnerability or has not, and how a check of it came out, as people and programs read it.
//!
//! Owns the order of what is told and its words; the reasoning itself is settled before.

use std::fmt::Write;

use plimsoll_model::{
    Assessment, DataSource, Explained, ExplainedCheck, Explanation, Finding, FindingOrigin, GapKind, Heard, Outcome,
    Ranked, State,
};

use crate::formats::escape;
use crate::issues::told;
use crate::sanitize::{visible, wrap};
use crate::step;

/// Packages that advisories name and that are not in the image: how many are listed.
const ABSENT: usize = 12;

/// Columns that text has on however narrow a terminal.
const LEAST: usize = 20;

/// Findings of one check that are listed.
const FOUND: usize = 50;

/// Ranges of one statement that are listed.
const RANGES: usize = 6;

/// The explanation as JSON, with a line end after it.
///
/// # Errors
/// When a value of it has no form in JSON.
pub fn explanation_json(explanation: &Explanation) -> serde_json::Result<String> {
    Ok(escape(&serde_json::to_string_pretty(explanation)?) + "\n")
}

/// The explanation as lines of text; where there is a terminal, in lines of at most so many of its columns.
#[must_use]
pub fn explanation_text(explanation: &Explanation, columns: Option<usize>) -> String {
    let mut page = Lines { text: String::new(), columns };
    let digest = explanation.image.digest.as_ref().map(|digest| format!("@{digest}")).unwrap_or_default();
    let reference = explanation.image.reference.split('@').next().unwrap_or_default();
    page.line(&format!("{} in {reference}{digest}", explanation.id));
    let others = |name: &&String| !name.eq_ignore_ascii_case(&explanation.id);
    let names: Vec<&str> = explanation.names.iter().filter(others).map(String::as_str).collect();
    if !names.is_empty() {
        page.field("also", &names.join(", "));
    }
    if let Some(title) = explanation.packages.iter().find_map(|one| Some(&one.finding.as_ref()?.title)) {
        page.field("title", title);
    }
    if let Some(check) = &explanation.check {
        page.field("title", &check.checked.title);
    }
    page.line("");
    for one in &explanation.packages {
        package(&mut page, one, explanation);
    }
    match &explanation.check {
        Some(one) => check(&mut page, one),
        None => nothing(&mut page, explanation),
    }
    let blind = explanation.gaps.iter().filter(|gap| gap.kind == GapKind::Blind);
    for gap in blind {
        page.field("blind", &format!("{}: {}", gap.location, gap.message));
    }
    for source in &explanation.data {
        page.field("data", &data(source));
    }
    page.text
}

/// What is told where no package is.
fn nothing(page: &mut Lines, explanation: &Explanation) {
    let Explanation { id, packages, absent, names, left_out, unknown_package, .. } = explanation;
    if let Some(unknown) = unknown_package {
        let meant =
            if unknown.nearest.is_empty() { String::new() } else { format!("; did you mean {}?", unknown.nearest) };
        page.line(&format!("no package of the image is called {}{meant}", unknown.name));
    }
    if *left_out > 0 {
        page.line(&format!("{left_out} more packages are spoken about, none of them of the name that was asked for"));
        page.line("");
    }
    if !packages.is_empty() || *left_out > 0 {
        return;
    }
    let answer = match (names.is_empty(), absent.as_slice()) {
        (true, []) => {
            format!(
                "{id} is not known to the data at hand, which are listed below, neither by id nor as an alias, and no finding has it"
            )
        }
        (_, []) => format!("{id} is known, but no advisory at hand names a package that this image could have"),
        (_, absent) => {
            let named: Vec<String> =
                absent.iter().take(ABSENT).map(|absent| format!("{} ({})", absent.name, absent.space)).collect();
            let more = absent.len().saturating_sub(ABSENT);
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            format!("not affected: no package that advisories name is in the image: {}{more}", named.join(", "))
        }
    };
    page.line(&answer);
    page.line("");
}

/// How a check came out, where and by what, and what it is about.
fn check(page: &mut Lines, one: &ExplainedCheck) {
    let ExplainedCheck { checked, why, remedy, input, standards, found } = one;
    let muted = if checked.muted > 0 { format!(", {} of them muted", checked.muted) } else { String::new() };
    let result = match checked.result {
        Assessment::Fail if checked.findings == 1 => format!("FAILED in 1 place{muted}"),
        Assessment::Fail => format!("FAILED in {} places{muted}", checked.findings),
        Assessment::Pass => "passed".to_owned(),
        Assessment::Manual => "for a person to answer".to_owned(),
        Assessment::NotAssessed => format!("not assessed: {}", checked.reason),
    };
    let judged = match input.split('/').next() {
        Some("dockerfile") => "Dockerfiles",
        Some("kubernetes") => "Kubernetes manifests",
        _ => "the image",
    };
    page.line(&format!("{} is a check of {judged}: {result}", checked.id));
    page.field("why", why);
    page.field("severity", checked.severity.as_str());
    found.iter().take(FOUND).for_each(|finding| page.field("found", &place(finding, &checked.id)));
    let more = found.len().saturating_sub(FOUND);
    if more > 0 {
        page.field("", &format!("and {more} more: `plimsoll scan --all` lists them"));
    }
    checked.expected.iter().take(FOUND).for_each(|expected| page.field("allowed", expected));
    page.field("remedy", remedy);
    let standards: Vec<String> =
        standards.iter().map(|(name, controls)| format!("{name} {}", controls.join(", "))).collect();
    page.field("standards", &standards.join("; "));
    page.field("rules", &format!("plimsoll checks show {}", checked.id));
    page.line("");
}

/// What was found where, by whom it came, and whether it counts; with its id where that is another than the check's.
fn place(finding: &Finding, check: &str) -> String {
    let id = if finding.id == check { String::new() } else { format!("{} in ", finding.id) };
    let whose = if finding.origin == FindingOrigin::Base { "base image" } else { "own build" };
    let layer = finding.layer.map(|layer| format!(", layer {}", layer.saturating_add(1))).unwrap_or_default();
    let muted = finding.muted.as_ref().map(|muted| format!(", muted by {}", muted.by)).unwrap_or_default();
    format!("{id}{} ({}, {whose}{layer}{muted})", told(finding), finding.severity)
}

fn package(page: &mut Lines, one: &Explained, explanation: &Explanation) {
    let is_outdated = one.finding.as_ref().is_some_and(|finding| finding.outdated().is_some());
    let verdict = match one.outcome {
        Outcome::Affected if is_outdated => "OUTDATED,",
        Outcome::Affected => "AFFECTED by",
        Outcome::Undecided => "UNDECIDED, as for",
        Outcome::NotAffected => "not affected by",
        Outcome::NotMeant => "not spoken about by",
    };
    let muted = one.finding.as_ref().and_then(|finding| finding.muted.as_ref());
    let but = if muted.is_some() { ", but muted" } else { "" };
    page.line(&format!("{} {}: {verdict} {}{but}: {}", one.name, one.version, one.id, one.reason));
    page.field("package", &one.package);
    for location in &one.locations {
        page.field("found in", &location.path);
    }
    if let Some(layer) = explanation.image.layers.get(one.layer) {
        let whose = if layer.base { "base image" } else { "own build" };
        let made = layer.created_by.as_deref().map(|made| format!(": {}", step(made))).unwrap_or_default();
        let number = one.layer.saturating_add(1);
        page.field("layer", &format!("{number} of {}, {whose}{made}", explanation.image.layers.len()));
    }
    for source in &one.asked {
        let speaks = |said: &Heard| said.feed == source.feed && said.space.as_str() == source.space;
        // Dates of products are no statements about packages.
        let silent = !is_outdated && !one.statements.iter().any(speaks);
        page.field("asked", &format!("{}{}", data(source), if silent { ", silent about it" } else { "" }));
    }
    if one.asked.is_empty() && !one.spaces.is_empty() {
        let spaces: Vec<&str> = one.spaces.iter().map(|space| space.as_str()).collect();
        page.field("asked", &format!("nobody: no data on {} are at hand", spaces.join(", ")));
    }
    one.statements.iter().for_each(|said| statement(page, said));
    severities(page, &one.severities);
    if let Some(finding) = &one.finding {
        if is_outdated {
            page.field("severity", finding.severity.as_str());
        }
        rest(page, finding, &one.reason);
    }
    page.line("");
}

fn data(source: &DataSource) -> String {
    let date = source.date.split('T').next().filter(|date| !date.is_empty()).unwrap_or("undated");
    let digest: String = source.digest.chars().take(19).collect();
    format!("{} ({}) of {date}, {digest}", source.feed, source.space)
}

fn statement(page: &mut Lines, said: &Heard) {
    let mut ranges = said.ranges.iter().take(RANGES).cloned().collect::<Vec<_>>().join(" or ");
    if said.ranges.len() > RANGES {
        ranges.push_str(" …");
    }
    let state = match said.state {
        State::Fixed => "fixed",
        state => state.as_str(),
    };
    let ranges = if ranges.is_empty() { "all versions".to_owned() } else { ranges };
    page.field("said", &format!("{} ({}), {}: {} {ranges}: {state}", said.feed, said.space, said.advisory, said.name));
    let limits =
        [("architecture", &said.arch), ("module", &said.module), ("repository", &said.repositories.join(", "))];
    for (what, limit) in limits.into_iter().filter(|(_, limit)| !limit.is_empty()) {
        page.field("", &format!("only {what} {limit}"));
    }
    page.field("", &said.comparison);
    let told = said.authority.is_empty() || said.weight.contains(&said.authority);
    let authority = if told { String::new() } else { format!(" ({})", said.authority) };
    page.field("", &format!("{}{authority}", said.weight));
}

fn severities(page: &mut Lines, severities: &[Ranked]) {
    for (place, ranked) in severities.iter().enumerate() {
        let rating = &ranked.rating;
        let word = if rating.word.is_empty() { String::new() } else { format!(" {:?}", rating.word) };
        let score = rating.score.map(|score| format!(" {score:.1}")).unwrap_or_default();
        let vector = if rating.vector.is_empty() { String::new() } else { format!(" {}", rating.vector) };
        let wins = if place == 0 { format!(": wins, {}", ranked.why) } else { String::new() };
        let text = format!("{} by {}{word}{score}{vector}, {}{wins}", rating.severity, rating.source, ranked.whose);
        page.field(if place == 0 { "severity" } else { "" }, &text);
    }
}

fn rest(page: &mut Lines, finding: &Finding, reason: &str) {
    if let Some(vulnerability) = finding.vulnerability() {
        let exploited = match (vulnerability.kev, vulnerability.kev_since.as_str()) {
            (false, _) => "not known to be (CISA KEV)".to_owned(),
            (true, "") => "yes (CISA KEV)".into(),
            (true, since) => format!("yes, listed by CISA since {since}"),
        };
        page.field("exploited", &exploited);
        if let Some(epss) = vulnerability.epss {
            page.field("EPSS", &format!("{:.2} % within 30 days", epss * 100.0));
        }
        let fixes = &vulnerability.fixed_in;
        page.field("fixed in", &if fixes.is_empty() { "no version yet".into() } else { fixes.join(", ") });
    }
    page.field("remedy", &finding.remedy);
    if finding.evidence != reason {
        page.field("evidence", &finding.evidence);
    }
    if let Some(muted) = &finding.muted {
        page.field("muted", &format!("{}: {}", muted.by, muted.reason));
    }
}

/// Columns before the text of a field.
const FIELD: usize = 13;

/// Lines that a terminal may show.
struct Lines {
    text: String,
    /// Where lines end; none: nowhere, for those who search them.
    columns: Option<usize>,
}

impl Lines {
    fn line(&mut self, text: &str) {
        self.add("", text, 0, 2);
    }

    fn field(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.add(&format!("  {name:<10} "), text, FIELD, FIELD);
        }
    }

    /// A text behind `lead`, which is so wide; further lines of it hang so many columns further in.
    fn add(&mut self, lead: &str, text: &str, width: usize, hanging: usize) {
        let text = visible(text, true);
        let room = |columns: usize| columns.saturating_sub(width.max(hanging)).max(LEAST);
        let lines = self.columns.map(|columns| wrap(&text, room(columns))).filter(|lines| !lines.is_empty());
        for (place, line) in lines.unwrap_or_else(|| vec![text]).into_iter().enumerate() {
            let lead = if place == 0 { lead.to_owned() } else { " ".repeat(hanging) };
            // Writing to a string cannot fail.
            let _ = writeln!(self.text, "{lead}{line}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;
    use crate::sanitize::width;

    #[test]
    fn lines_end_at_the_terminal_and_nowhere_without_one() {
        let told = |columns| {
            let mut page = Lines { text: String::new(), columns };
            page.line("Pillow 8.0.0: AFFECTED by CVE-2023-50447: osv says so");
            page.line("");
            page.field("said", "osv (pypi), PYSEC-2026-457: pillow < 10.2.0: fixed");
            page.field("muted", "");
            page.text
        };
        let narrow = "Pillow 8.0.0: AFFECTED by\n  CVE-2023-50447: osv says so\n\n  said       osv (pypi),\n             PYSEC-2026-457:\n";
        assert!(told(Some(30)).starts_with(narrow), "{}", told(Some(30)));
        assert!(told(Some(30)).lines().all(|line| width(line) <= 33));
        assert_eq!(told(None).lines().count(), 3);
    }
}
