//! The table itself: one row for what one upgrades at once.
//!
//! Owns the columns and how they give way to a narrow terminal: first the build step goes, then the word "layer", then
//! the part of the new version that equals the old one. Rows never wrap.

use std::collections::BTreeSet;

use plimsoll_model::{Finding, FindingOrigin, Layer, Package, Presence, Report, Severity, State, Vulnerability};

use super::page::{INDENT, Line, Look, Page};
use super::thousands;
use crate::overview::{Overview, Row};
use crate::sanitize::{self, width};
use crate::step::step;

/// Rows on the first screen. With heading, advice and data it fills the 40 lines of a usual window.
const SCREEN: usize = 20;

/// Rows that stay on it whatever else wants its room.
const LEAST_ROWS: usize = 8;

/// Cutting so few rows saves no space: the line that counts them is as long.
const NOT_WORTH_CUTTING: usize = 2;

/// Columns between columns.
const GUTTER: usize = 2;

/// Width of the column RISK.
const RISK: usize = 4;

/// A build step is cut to this; more is in the JSON report.
const STEP: usize = 32;

/// Names and versions narrower than this tell nothing.
const LEAST: usize = 12;

/// Wider texts are cut, so that one monstrous name does not spoil the rows of the others. Of names, a quarter of a wide
/// terminal.
const MOST_PACKAGE: usize = 40;
const MOST_VERSIONS: usize = 60;
const MOST_FINDING: usize = 34;

/// Places of a package that are listed one by one.
const PLACES: usize = 5;

/// What names and versions need together for the column WHERE to be worth its room.
const ROOMY: usize = 30;

/// Adds the rows; gives back those that did not fit on the first screen, of which others take some lines.
pub(super) fn rows<'o, 'r>(
    page: &mut Page<'_>,
    report: &Report,
    overview: &'o Overview<'r>,
    others: usize,
) -> &'o [Row<'r>] {
    let all = overview.rows.as_slice();
    let screen = SCREEN.saturating_sub(others).max(LEAST_ROWS);
    let fits = page.style.all || all.len() <= screen + NOT_WORTH_CUTTING;
    let (listed, cut) = all.split_at_checked(if fits { all.len() } else { screen }).unwrap_or((all, &[]));
    if listed.is_empty() {
        return cut;
    }
    let cells: Vec<Cells> = listed.iter().map(|row| Cells::of(page, &report.image.layers, row)).collect();
    let columns = Columns::fitting(page.style.columns(), &cells, report.image.layers.len());
    heading(page, &columns);
    for (row, cells) in listed.iter().zip(&cells) {
        add(page, &columns, row, cells);
        if page.style.all {
            places(page, row);
            row.findings.iter().for_each(|finding| detail(page, row, finding));
        }
    }
    cut
}

/// The texts of a row. Where there are several, they say the same, the longest first.
struct Cells {
    package: String,
    /// How many packages the name stands for, and how they are there; never cut off.
    others: String,
    versions: [String; 3],
    finding: String,
    /// What stands after the finding's id; never cut off.
    more: [String; 2],
    place: [String; 3],
}

impl Cells {
    fn of(page: &Page<'_>, layers: &[Layer], row: &Row<'_>) -> Self {
        let group = &row.group;
        let more = match row.ids().saturating_sub(1) {
            0 => String::new(),
            others => format!(" +{}", thousands(others)),
        };
        let exploited = if row.is_exploited() {
            [" exploited".to_owned(), " KEV".to_owned()]
        } else {
            [
                row.first().and_then(probable).map(|percent| format!(" EPSS {percent}%")).unwrap_or_default(),
                String::new(),
            ]
        };
        Self {
            package: page.text(group.name),
            others: marks(row),
            versions: versions(page, row),
            finding: row.first().map(|finding| page.text(&finding.id)).unwrap_or_default(),
            more: exploited.map(|exploited| format!("{exploited}{more}")),
            place: place(page, layers, row),
        }
    }

    /// The first form of the versions that fits, or the last.
    fn versions(&self, columns: usize) -> &str {
        let [.., last] = &self.versions;
        self.versions.iter().find(|text| width(text) <= columns).unwrap_or(last)
    }

    /// The first form of what stands after the id that leaves room for the id, or the last.
    fn more(&self, columns: usize) -> &str {
        let [.., last] = &self.more;
        self.more.iter().find(|text| width(&self.finding) + width(text) <= columns).unwrap_or(last)
    }
}

/// What stands behind the name: ` (+2)`, ` (locked, dev)`, ` (3 places)`.
fn marks(row: &Row<'_>) -> String {
    let mut marks = Vec::new();
    if row.group.others > 0 {
        marks.push(format!("+{}", thousands(row.group.others)));
    }
    if let Some(package) = row.group.package {
        marks.extend(match package.presence {
            Presence::Installed => None,
            Presence::Locked => Some("locked".to_owned()),
            Presence::Declared => Some("declared".to_owned()),
        });
        marks.extend(package.development.then(|| "dev".to_owned()));
        let by_cpe = |finding: &&Finding| {
            finding.vulnerability().is_some_and(|vulnerability| vulnerability.matched_by == Vulnerability::BY_CPE)
        };
        marks.extend(row.findings.iter().any(by_cpe).then(|| "by CPE".to_owned()));
        let copies = if is_told(package) { copies(package) } else { 1 };
        marks.extend((copies > 1).then(|| format!("{} places", thousands(copies))));
    }
    if marks.is_empty() { String::new() } else { format!(" ({})", marks.join(", ")) }
}

/// Old and new version; the new one without what it shares with the old; the new one alone.
fn versions(page: &Page<'_>, row: &Row<'_>) -> [String; 3] {
    let arrow = page.signs.arrow;
    let installed = page.text(row.group.installed);
    let Some(fix) = row.group.fix.map(|fix| page.text(fix)) else {
        let state = state(row);
        return [format!("{installed} {arrow} {state}"), format!("{arrow} {state}"), format!("{arrow} {state}")];
    };
    if row.group.upgrade.is_some() {
        let by = format!("{arrow} {fix} by {}", page.fit_name(&page.text(row.group.bump()), LEAST));
        return [format!("{installed} {by}"), by.clone(), by];
    }
    // "….56" reads like four dots: then the whole version is clearer.
    let tail = Some(differing(&installed, &fix)).filter(|tail| !tail.starts_with('.')).unwrap_or(&fix);
    let cut = if tail.len() < fix.len() { page.signs.cut } else { "" };
    [format!("{installed} {arrow} {fix}"), format!("{installed} {arrow} {cut}{tail}"), format!("{arrow} {fix}")]
}

/// Where it comes from, in three lengths.
fn place(page: &Page<'_>, layers: &[Layer], row: &Row<'_>) -> [String; 3] {
    let who = if row.group.origin == FindingOrigin::Base { "base " } else { "yours" };
    let Some(layer) = row.group.layer else { return [who.to_owned(), who.to_owned(), who.to_owned()] };
    let number = layer.saturating_add(1);
    let dot = page.signs.dot;
    let medium = format!("{who} {dot} layer {number}");
    let step = || layers.get(layer).and_then(|layer| layer.created_by.as_deref()).map(step).unwrap_or_default();
    let rest = match row.group.package.and_then(whence) {
        Some(whence) => sanitize::fit_middle(&page.text(&whence), STEP, page.signs.cut),
        None => page.fit(&page.text(&step()), STEP),
    };
    let long = format!("{medium} {rest}");
    [long, medium, format!("{who} {number}")]
}

/// Of a package that others need: for whom; of one in an archive, or only in a file that names it: where. This tells more
/// than the step that brought it.
fn whence(package: &Package) -> Option<String> {
    let first = package.locations.first().filter(|_| is_told(package))?;
    if let Some(direct) = package.introduced_by.first() {
        return Some(format!("via {direct}"));
    }
    (first.path.contains("!/") || !package.presence.is_installed()).then(|| first.path.clone())
}

/// In how many folders it is; files that only name packages are none of them.
fn copies(package: &Package) -> usize {
    let folder = |path: &'_ str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let there = package.locations.iter().filter(|location| location.presence == package.presence);
    there.map(|location| folder(&location.path)).collect::<BTreeSet<_>>().len()
}

/// What stands for a fix where there is none, or no single one.
fn state(row: &Row<'_>) -> &'static str {
    if row.findings.iter().any(|finding| finding.is_fixable()) {
        return "several";
    }
    let mut states = row.findings.iter().filter_map(|finding| Some(finding.vulnerability()?.status));
    let first = states.next().unwrap_or_default();
    if states.all(|state| state == first) { state_words(first) } else { "no fix" }
}

const fn state_words(state: State) -> &'static str {
    match state {
        State::WillNotFix => "won't fix",
        State::FixDeferred => "deferred",
        State::EndOfLife => "end of life",
        State::UnderInvestigation => "undecided",
        State::Fixed | State::Affected | State::NotAffected => "no fix",
    }
}

/// The end of the new version, from the component on in which it first differs from the old one, with the sign or
/// letters before it. Never cut inside a number or word, for that would show another one.
fn differing<'a>(old: &str, new: &'a str) -> &'a str {
    let shared: usize = old.chars().zip(new.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let is_same_run = |a: char, b: char| {
        (a.is_ascii_digit() && b.is_ascii_digit()) || (a.is_ascii_alphabetic() && b.is_ascii_alphabetic())
    };
    let (mut before, mut start, mut last) = (0, 0, None);
    for (offset, character) in new.char_indices().take_while(|(offset, _)| *offset <= shared) {
        if !last.is_some_and(|last| is_same_run(last, character)) {
            (before, start) = (start, offset);
        }
        last = Some(character);
    }
    let stands_alone = last.is_some_and(|character| !character.is_ascii_alphanumeric());
    new.get(if stands_alone { start } else { before }..).unwrap_or(new)
}

/// The widths of the columns.
struct Columns {
    package: usize,
    versions: usize,
    finding: usize,
    /// Which of the forms of the place, and how wide it is; none when there is only one place, or no room for it.
    place: Option<(usize, usize)>,
}

impl Columns {
    /// Forms of place, versions and findings, the most telling first.
    const FORMS: [[usize; 3]; 7] = [[0, 0, 0], [1, 0, 0], [2, 0, 0], [1, 1, 0], [2, 1, 0], [2, 1, 1], [2, 2, 1]];

    /// The most telling columns that fit.
    fn fitting(columns: usize, cells: &[Cells], layers: usize) -> Self {
        let widest = |text: &dyn Fn(&Cells) -> usize| cells.iter().map(text).max().unwrap_or(0);
        let package = widest(&|cells| width(&cells.package) + width(&cells.others))
            .clamp(width(PACKAGE), MOST_PACKAGE.max(columns / 4));
        let finding = |form: usize| {
            let more = |cells: &Cells| cells.more.get(form).map_or(0, |text| width(text));
            widest(&|cells| width(&cells.finding) + more(cells)).clamp(width(FINDINGS), MOST_FINDING)
        };
        // The narrowest that has room for one of the first forms of every row.
        let versions = |form: usize| {
            let forms = |cells: &Cells| cells.versions.iter().take(form + 1).map(|text| width(text)).min().unwrap_or(0);
            widest(&forms).clamp(INSTALLED_TO_FIX, MOST_VERSIONS)
        };
        let place = |form: usize| {
            let text = |cells: &Cells| cells.place.get(form).map_or(0, |text| width(text));
            (layers != 1).then(|| (form, widest(&text).max(WHERE.len())))
        };
        let whole = Self::FORMS.into_iter().find_map(|[place_form, versions_form, finding_form]| {
            let (place, versions, finding) = (place(place_form), versions(versions_form), finding(finding_form));
            (package + versions + finding <= free(columns, place)).then_some(Self { package, versions, finding, place })
        });
        whole.unwrap_or_else(|| Self::squeezed(columns, [package, versions(2), finding(1)], place(2)))
    }

    /// Nothing fits whole: ids keep their width, then new versions, then names, as long as the others have their least.
    fn squeezed(columns: usize, wanted: [usize; 3], place: Option<(usize, usize)>) -> Self {
        let [package, versions, finding] = wanted;
        let place = place.filter(|_| free(columns, place) >= finding + ROOMY);
        let free = free(columns, place);
        let finding = finding.min(free.saturating_sub(2 * LEAST));
        let free = free.saturating_sub(finding);
        let versions = versions.min(free.saturating_sub(package.min(LEAST)));
        Self { package: free.saturating_sub(versions).min(package), versions, finding, place }
    }
}

/// What a place of this width leaves for package, versions and findings.
fn free(columns: usize, place: Option<(usize, usize)>) -> usize {
    columns.saturating_sub(INDENT + RISK + 3 * GUTTER + place.map_or(0, |(_, width)| width + GUTTER))
}

const PACKAGE: &str = "PACKAGE";
const FINDINGS: &str = "FINDINGS";
const WHERE: &str = "WHERE";
/// The form of the place that has no word "layer" of its own.
const SHORT_PLACE: usize = 2;
/// Width of the heading `INSTALLED → FIX`, with the longer arrow of ASCII.
const INSTALLED_TO_FIX: usize = 16;

fn heading(page: &mut Page<'_>, columns: &Columns) {
    let versions = format!("INSTALLED {} FIX", page.signs.arrow);
    let mut titles =
        vec![("RISK", RISK), (PACKAGE, columns.package), (&versions, columns.versions), (FINDINGS, columns.finding)];
    titles.extend(columns.place.map(|(form, width)| (if form == SHORT_PLACE { "LAYER" } else { WHERE }, width)));
    let (mut words, mut rules) = (Line::indented(), Line::indented());
    let mut end = INDENT;
    for (title, width) in titles {
        words.pad(end);
        words.push(title, Look::Faint);
        rules.pad(end);
        rules.push(page.signs.rule.repeat(width), Look::Faint);
        end += width + GUTTER;
    }
    page.add(words);
    page.add(rules);
}

fn add(page: &mut Page<'_>, columns: &Columns, row: &Row<'_>, cells: &Cells) {
    let severity = row.severity();
    let mut line = Line::indented();
    line.push(risk(severity), Look::Severity(severity));
    let mut end = INDENT + RISK + GUTTER;
    line.pad(end);
    let room = columns.package.saturating_sub(width(&cells.others));
    line.push(page.fit_name(&cells.package, room), Look::Strong);
    line.push(page.fit(&cells.others, columns.package), Look::Plain);
    end += columns.package + GUTTER;
    line.pad(end);
    let versions = sanitize::fit_middle(cells.versions(columns.versions), columns.versions, page.signs.cut);
    line.push(versions, Look::Plain);
    end += columns.versions + GUTTER;
    line.pad(end);
    let more = cells.more(columns.finding);
    line.push(page.fit(&cells.finding, columns.finding.saturating_sub(width(more))), Look::Plain);
    line.push(page.fit(more, columns.finding), Look::Plain);
    end += columns.finding + GUTTER;
    if let Some((place, width)) = columns.place.and_then(|(form, width)| Some((cells.place.get(form)?, width))) {
        line.pad(end);
        line.push(page.fit(place, width), Look::Plain);
    }
    page.add(line);
}

/// Where a package of a language is and why, under its row: people look for these by path.
fn places(page: &mut Page<'_>, row: &Row<'_>) {
    let Some(package) = row.group.package.filter(|package| is_told(package)) else { return };
    let lead = " ".repeat(RISK + GUTTER);
    let way = match package.introduced_by.as_slice() {
        [] if package.direct => "asked for by the project; ".to_owned(),
        [] => String::new(),
        way => format!("through {}; ", way.join(&format!(" {} ", page.signs.arrow))),
    };
    let shown = package.locations.iter().take(PLACES).map(|location| location.path.as_str()).collect::<Vec<_>>();
    let more = match package.locations.len().saturating_sub(shown.len()) {
        0 => String::new(),
        more => format!(" and {} more", thousands(more)),
    };
    let text = page.text(&format!("{way}in {}{more}", shown.join(", ")));
    page.paragraph(&lead, &text, Look::Faint, None);
}

/// Whether a package lies somewhere of its own, rather than in the one database of a system.
fn is_told(package: &Package) -> bool {
    let kind = plimsoll_packages::ecosystem(&package.ecosystem).map(|row| row.kind);
    kind == Some(plimsoll_packages::Kind::Language) && !package.locations.is_empty()
}

/// In percent, of what is more likely than not to be exploited within 30 days: worth a word on the first screen.
fn probable(finding: &Finding) -> Option<u32> {
    let epss = finding.vulnerability()?.epss.filter(|epss| *epss >= 0.5)?;
    Some((epss * 100.0).round() as u32)
}

/// What is known of its use by attackers: `  exploited (ransomware)  EPSS 92%`.
fn exploitation(finding: &Finding) -> String {
    let Some(vulnerability) = finding.vulnerability() else { return String::new() };
    let listed = match (vulnerability.kev, vulnerability.ransomware) {
        (_, true) => "  exploited (ransomware)",
        (true, false) => "  exploited",
        (false, false) => "",
    };
    // Of most CVEs it is far below: that tells nobody anything.
    let epss = vulnerability.epss.filter(|epss| *epss >= 0.01).map(|epss| format!("  EPSS {:.0}%", epss * 100.0));
    format!("{listed}{}", epss.unwrap_or_default())
}

/// One finding under its row: severity, id, fix, and as much of the title as the line has room for.
fn detail(page: &mut Page<'_>, row: &Row<'_>, finding: &Finding) {
    let mut line = Line::indented();
    line.pad(INDENT + RISK + GUTTER);
    line.push(risk(finding.severity), Look::Severity(finding.severity));
    line.pad(INDENT + 2 * (RISK + GUTTER));
    let name = if row.group.others > 0 { format!("  {}", page.text(finding.subject())) } else { String::new() };
    let fix = match finding.fixed_in() {
        [] => finding.vulnerability().map_or("no fix", |vulnerability| state_words(vulnerability.status)).to_owned(),
        versions => format!("fixed in {}{}", page.text(&versions.join(", ")), subscription(page, finding)),
    };
    let exploited = exploitation(finding);
    let title = if finding.title.is_empty() { String::new() } else { format!("  {}", page.text(&finding.title)) };
    let text = format!("{}{exploited}{name}  {fix}{title}", page.text(&finding.id));
    let room = page.style.columns().saturating_sub(INDENT + 2 * (RISK + GUTTER));
    line.push(page.fit(&text, room), Look::Plain);
    page.add(line);
}

/// That the fix is not for everybody.
fn subscription(page: &Page<'_>, finding: &Finding) -> String {
    match finding.vulnerability().map(|vulnerability| vulnerability.subscription.as_str()) {
        None | Some("") => String::new(),
        Some(channel) => format!(" with a subscription ({})", page.text(channel)),
    }
}

pub(super) const fn risk(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "CRIT",
        Severity::High => "HIGH",
        Severity::Medium => "MED",
        Severity::Low => "LOW",
        Severity::Negligible => "NEGL",
        Severity::Unknown => "?",
    }
}

#[cfg(test)]
mod tests {
    use super::differing;

    #[test]
    fn short_versions_keep_whole_components() {
        let cases = [
            ("1.1.1n-0+deb11u3", "1.1.1n-0+deb11u4", "u4"),
            ("7.74.0-1.3+b1", "7.74.0-1.3+deb11u7", "+deb11u7"),
            ("2.31-13", "2.31-130", "-130"),
            ("5.3", "5.4", ".4"),
            ("8.0.0", "10.3.0", "10.3.0"),
            ("1.0", "1.0-1", "-1"),
        ];
        for (old, new, expected) in cases {
            assert_eq!(differing(old, new), expected, "{old} {new}");
        }
    }
}
