//! What stands on the page, in words.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use askama::Template;
use plimsoll_model::{
    Assessment, Checked, Compliance, Control, Evidence, Finding, FindingOrigin, GapKind, Layer, Report, Severity,
    Verdict,
};

use crate::issues::{self, Issue};
use crate::overview::{Overview, Row};
use crate::standards::{Remedies, Score};
use crate::style::{Rated as _, is_upgraded};
use crate::tally::Tally;
use crate::{Style, deadlines, decisions, links, step};

/// What is listed as worst.
const WORST: usize = 6;

#[derive(Template)]
#[template(path = "report.html")]
pub(super) struct Page<'r> {
    report: &'r Report,
    facts: Vec<String>,
    verdict: Banner<'r>,
    totals: Vec<Total>,
    worst: Vec<Worst>,
    advice: String,
    standards: Vec<Standard<'r>>,
    packages: Vec<Group<'r>>,
    outdated: Vec<Item<'r>>,
    issues: Vec<(&'static str, &'static str, Vec<Group<'r>>)>,
    muted: Vec<Item<'r>>,
    hidden: usize,
    checks: Vec<&'r Checked>,
    check_counts: String,
    layers: Vec<(&'r Layer, String)>,
}

/// May it ship?
struct Banner<'r> {
    class: &'static str,
    word: &'static str,
    reasons: &'r [String],
    /// Said where the reasons do not.
    note: String,
}

struct Total {
    number: usize,
    name: &'static str,
    link: &'static str,
    severities: Vec<(Severity, usize)>,
    notes: Vec<String>,
}

struct Worst {
    severity: Severity,
    what: String,
    detail: String,
    action: String,
    place: String,
    link: String,
    exploited: bool,
}

/// Findings that are dealt with together.
struct Group<'r> {
    link: String,
    severity: Severity,
    name: String,
    detail: String,
    fix: String,
    place: String,
    fixable: bool,
    base: bool,
    items: Vec<Item<'r>>,
    why: &'r str,
}

/// One finding.
struct Item<'r> {
    finding: &'r Finding,
    anchor: String,
    page: Option<String>,
    place: String,
    found: String,
    facts: Vec<String>,
    /// Of a muted one: what its waiver says.
    decided: Vec<String>,
}

struct Standard<'r> {
    standard: &'r Compliance,
    link: String,
    score: Score,
    /// The gravest that fail, and what to do about the first finding that each rests on.
    first: Vec<(&'r Control, String)>,
    controls: Vec<Told<'r>>,
}

/// One control with the findings that its evidence names.
struct Told<'r> {
    control: &'r Control,
    evidence: Vec<Proof<'r>>,
}

/// Evidence with those of its findings that it names.
struct Proof<'r> {
    evidence: &'r Evidence,
    /// How many there are, where the message does not say it.
    count: String,
    named: Vec<(String, &'r Finding)>,
    /// How many are not named.
    more: usize,
    /// What else it rests on.
    grounds: &'r [String],
}

impl<'r> Page<'r> {
    pub(super) fn of(report: &'r Report, style: &Style) -> Self {
        let overview = Overview::of(report, &style.show, true);
        let anchors = Anchors::of(report);
        let remedies = Remedies::of(report);
        let kinds = issues::Kind::ALL.into_iter().map(|kind| {
            let of_kind = |issue: &&Issue<'r>| issue.first().is_some_and(|it| it.about.kind() == kind.word);
            let groups: Vec<_> =
                overview.issues.iter().filter(of_kind).map(|it| of_issue(report, &anchors, it)).collect();
            (kind.word, kind.heading, groups)
        });
        let mut checks: Vec<&Checked> = report.checks.iter().collect();
        checks.sort_by_key(|check| (check.result, Reverse(check.severity)));
        let layers = report.image.layers.iter();
        let hidden = report.findings.iter().filter(|finding| finding.muted.is_none() && !style.show.shows(finding));
        Self {
            report,
            facts: facts(report),
            verdict: banner(report),
            totals: totals(report, &overview),
            worst: worst(report, &overview),
            advice: advice(&overview),
            standards: report.compliance.iter().map(|it| standard(report, &anchors, &remedies, it)).collect(),
            packages: overview.rows.iter().enumerate().map(|(at, row)| of_row(report, &anchors, at, row)).collect(),
            outdated: overview.outdated.iter().map(|row| item(&anchors, row.finding)).collect(),
            issues: kinds.filter(|(_, _, groups)| !groups.is_empty()).collect(),
            muted: report.findings.iter().filter(|it| it.muted.is_some()).map(|it| item(&anchors, it)).collect(),
            hidden: hidden.count().saturating_add(report.hidden),
            checks,
            check_counts: check_counts(report),
            layers: layers.map(|it| (it, step(it.created_by.as_deref().unwrap_or_default()))).collect(),
        }
    }
}

/// Where each finding stands on the page.
struct Anchors<'r> {
    /// By address: two findings of an imported report may be equal, and two anchors may not.
    places: HashMap<*const Finding, usize>,
    fingerprints: HashMap<&'r str, &'r Finding>,
}

impl<'r> Anchors<'r> {
    fn of(report: &'r Report) -> Self {
        let findings = || report.findings.iter();
        Self {
            places: findings().enumerate().map(|(at, finding)| (std::ptr::from_ref(finding), at)).collect(),
            fingerprints: findings().map(|finding| (finding.fingerprint.as_str(), finding)).collect(),
        }
    }

    fn of_finding(&self, finding: &Finding) -> String {
        self.places.get(&std::ptr::from_ref(finding)).map(|at| format!("f{at}")).unwrap_or_default()
    }

    fn find(&self, fingerprint: &str) -> Option<(String, &'r Finding)> {
        self.fingerprints.get(fingerprint).map(|finding| (self.of_finding(finding), *finding))
    }
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn facts(report: &Report) -> Vec<String> {
    let image = &report.image;
    let mut facts: Vec<String> = image.platform.iter().map(ToString::to_string).collect();
    let distro = report.inventory.distro.as_ref();
    facts.push(distro.map_or_else(|| "no distribution".to_owned(), |it| format!("{} {}", it.id, it.version)));
    facts.push(count(report.inventory.packages.len(), "package", "packages"));
    facts.push(count(image.layers.len(), "layer", "layers"));
    facts.push(format!("as of {}", report.as_of));
    facts.push(format!("{} {}", report.tool.name, report.tool.version));
    facts.extend(deadlines::standings(report).into_iter().map(|(set, standing)| {
        format!(
            "deadlines {set}: {} overdue, {} due, {} not assessed",
            standing.overdue, standing.due, standing.not_assessed
        )
    }));
    facts
}

fn banner(report: &Report) -> Banner<'_> {
    let blind = report.gaps.iter().filter(|gap| gap.kind == GapKind::Blind).count();
    let blind = (blind > 0).then(|| format!("The scan was blind in {}.", count(blind, "place", "places")));
    let note = blind.clone().unwrap_or_default();
    match &report.verdict {
        Some(Verdict::Passed { reasons }) => Banner { class: "pass", word: "Gate passed", reasons, note },
        Some(Verdict::Failed { reasons }) => Banner { class: "fail", word: "Gate failed", reasons, note },
        Some(Verdict::Incomplete { reasons }) => {
            Banner { class: "open", word: "Gate cannot decide", reasons, note: String::new() }
        }
        None => {
            let said = ["No policy was given that says whether this image may ship.".to_owned()];
            let note = said.into_iter().chain(blind).collect::<Vec<_>>().join(" ");
            Banner { class: "open", word: "No gate was asked for", reasons: &[], note }
        }
    }
}

fn totals(report: &Report, overview: &Overview<'_>) -> Vec<Total> {
    let all = &overview.total;
    let mut notes = Vec::new();
    if all.total > 0 {
        notes.push(format!("{} fixable", all.fixable));
    } else if report.data.is_empty() {
        notes.push("no advisories were at hand".to_owned());
    }
    notes.extend((all.exploited > 0).then(|| format!("{} exploited", all.exploited)));
    let mut totals = vec![Total {
        number: all.total,
        name: if all.total == 1 { "vulnerability" } else { "vulnerabilities" },
        link: "vulnerabilities",
        severities: all.severities.clone(),
        notes,
    }];
    let outdated = Tally::of(overview.outdated.iter().map(|row| row.finding));
    if outdated.total > 0 {
        totals.push(Total {
            number: outdated.total,
            name: "outdated",
            link: "outdated",
            severities: outdated.severities,
            notes: Vec::new(),
        });
    }
    totals.extend(overview.issue_totals.iter().map(|(kind, tally)| Total {
        number: tally.total,
        name: if tally.total == 1 { kind.one } else { kind.many },
        link: kind.word,
        severities: tally.severities.clone(),
        notes: Vec::new(),
    }));
    totals
}

/// What is worst of everything, and what to do about it.
fn worst(report: &Report, overview: &Overview<'_>) -> Vec<Worst> {
    let issues = overview.issues.iter().filter_map(|issue| {
        let first = issue.first()?;
        let others = issue.findings.len().saturating_sub(1);
        let more = if others > 0 { format!(" and {others} more") } else { String::new() };
        Some(Worst {
            severity: issue.severity(),
            what: if first.title.is_empty() { first.id.clone() } else { first.title.clone() },
            detail: format!("{}{more}", issues::whereabouts(first)),
            action: first.remedy.clone(),
            place: whose(report, first.origin, first.layer),
            link: group_link(first),
            exploited: false,
        })
    });
    let rows = overview.rows.iter().enumerate().map(|(at, row)| {
        let first = row.first();
        let others = row.ids().saturating_sub(1);
        let more = if others > 0 { format!(" and {others} more") } else { String::new() };
        Worst {
            severity: row.severity(),
            what: format!("{} {}", row.group.name, row.group.installed),
            detail: format!("{}{more}", first.map_or("", |finding| &finding.id)),
            action: fix(row),
            place: whose(report, row.group.origin, row.group.layer),
            link: format!("p{at}"),
            exploited: row.is_exploited(),
        }
    });
    let mut worst: Vec<Worst> = issues.chain(rows).collect();
    worst.sort_by_key(|one| Reverse((one.severity, one.exploited)));
    worst.truncate(WORST);
    worst
}

fn fix(row: &Row<'_>) -> String {
    let group = &row.group;
    match (group.fix, group.upgrade) {
        (Some(fix), Some(upgrade)) => format!("upgrade {upgrade}, which brings {fix}"),
        (Some(fix), None) => format!("upgrade to {fix}"),
        (None, _) if row.findings.iter().any(|finding| finding.is_fixable()) => "several versions fix parts".to_owned(),
        (None, _) => "no fix is published".to_owned(),
    }
}

fn whose(report: &Report, origin: FindingOrigin, layer: Option<usize>) -> String {
    let who = if origin == FindingOrigin::Base { "base image" } else { "own build" };
    match layer.filter(|layer| *layer < report.image.layers.len()) {
        Some(layer) => format!("{who}, layer {}", layer.saturating_add(1)),
        None => who.to_owned(),
    }
}

fn advice(overview: &Overview<'_>) -> String {
    let advice = &overview.advice;
    if advice.upgrades == 0 {
        return String::new();
    }
    let named = advice.first.iter().copied();
    let all = count(advice.upgrades, "upgrade clears", "upgrades clear");
    format!(
        "Upgrade {} first: that clears {} of {}. {all} {}.",
        named.collect::<Vec<_>>().join(", "),
        advice.first_clear,
        overview.total.total,
        advice.all_clear
    )
}

fn of_row<'r>(report: &Report, anchors: &Anchors<'r>, at: usize, row: &Row<'r>) -> Group<'r> {
    let group = &row.group;
    let others = if group.others > 0 { format!(" and {} more", group.others) } else { String::new() };
    Group {
        link: format!("p{at}"),
        severity: row.severity(),
        name: format!("{}{others} {}", group.name, group.installed),
        detail: count(row.ids(), "vulnerability", "vulnerabilities"),
        fix: fix(row),
        place: whose(report, group.origin, group.layer),
        fixable: row.findings.iter().any(|finding| finding.is_fixable()),
        base: group.origin == FindingOrigin::Base,
        items: row.findings.iter().map(|finding| item(anchors, finding)).collect(),
        why: "",
    }
}

fn of_issue<'r>(report: &Report, anchors: &Anchors<'r>, issue: &Issue<'r>) -> Group<'r> {
    let first = issue.first();
    let text = |of: fn(&'r Finding) -> &'r str| first.map(of).unwrap_or_default();
    let origins: BTreeSet<bool> = issue.findings.iter().map(|it| it.origin == FindingOrigin::Base).collect();
    let why = first.map_or("", |finding| match &finding.about {
        plimsoll_model::About::Misconfiguration(found) => found.why.as_str(),
        _ => "",
    });
    let title = match text(|finding| &finding.title) {
        "" => String::new(),
        title => format!(": {title}"),
    };
    Group {
        link: first.map(group_link).unwrap_or_default(),
        severity: issue.severity(),
        name: format!("{}{title}", text(|finding| &finding.id)),
        detail: count(issue.findings.len(), "place", "places"),
        fix: text(|finding| &finding.remedy).to_owned(),
        place: match issue.findings.as_slice() {
            [one] => whose(report, one.origin, one.layer),
            _ if origins.len() > 1 => "base image and own build".to_owned(),
            _ if origins.contains(&true) => "base image".to_owned(),
            _ => "own build".to_owned(),
        },
        fixable: true,
        base: !origins.contains(&false),
        items: issue.findings.iter().map(|finding| item(anchors, finding)).collect(),
        why,
    }
}

/// The place of a check's group: ids are foreign text, and anchors are not.
fn group_link(first: &Finding) -> String {
    let plain: String = first.id.chars().map(|it| if it.is_ascii_alphanumeric() { it } else { '-' }).collect();
    format!("c-{}-{plain}", first.about.kind())
}

fn item<'r>(anchors: &Anchors<'r>, finding: &'r Finding) -> Item<'r> {
    let mut facts = Vec::new();
    if !finding.aliases.is_empty() {
        facts.push(format!("also known as {}", finding.aliases.join(", ")));
    }
    if let Some(known) = finding.vulnerability() {
        facts.extend(known.kev.then(|| match known.kev_due.as_str() {
            "" => "known to be exploited (CISA KEV)".to_owned(),
            due => format!("known to be exploited (CISA KEV), to be mended by {due}"),
        }));
        facts.extend(known.ransomware.then(|| "used for extortion".to_owned()));
        facts.extend(known.epss.map(|epss| format!("EPSS {:.1} %", epss * 100.0)));
        facts.extend((!known.weaknesses.is_empty()).then(|| known.weaknesses.join(", ")));
        facts.extend(known.development.then(|| "for development only".to_owned()));
    }
    facts.extend(deadlines::words(finding));
    facts.extend(finding.severities.iter().map(|rating| {
        let score = rating.score.map(|score| format!(" {score:.1}")).unwrap_or_default();
        let word = if rating.word.is_empty() { String::new() } else { format!(" {}", rating.word) };
        let vector = if rating.vector.is_empty() { String::new() } else { format!(" {}", rating.vector) };
        format!("{}:{word}{score}{vector}", rating.source)
    }));
    let paths = || finding.locations.iter().map(|location| location.path.as_str()).collect::<Vec<_>>().join(", ");
    Item {
        finding,
        anchor: anchors.of_finding(finding),
        page: links::page(&finding.id),
        place: if is_upgraded(finding) { paths() } else { issues::place(finding) },
        found: issues::found(finding),
        facts,
        decided: finding.muted.as_ref().map(decisions::words).unwrap_or_default(),
    }
}

fn standard<'r>(
    report: &'r Report,
    anchors: &Anchors<'r>,
    remedies: &Remedies<'_>,
    standard: &'r Compliance,
) -> Standard<'r> {
    let mut first: Vec<&Control> = standard
        .controls
        .iter()
        .filter(|control| control.result == Assessment::Fail && !standard.evidence_only)
        .collect();
    first.sort_by_key(|control| Reverse(control.severity));
    first.truncate(3);
    let plain: String = standard.id.chars().map(|it| if it.is_ascii_alphanumeric() { it } else { '-' }).collect();
    let told = |control: &'r Control| Told {
        control,
        evidence: control.evidence.iter().map(|evidence| proof(report, anchors, evidence)).collect(),
    };
    Standard {
        standard,
        link: format!("s-{plain}"),
        score: Score::of(standard),
        first: first
            .into_iter()
            .map(|control| (control, remedies.for_control(control).unwrap_or_default().to_owned()))
            .collect(),
        controls: standard.controls.iter().map(told).collect(),
    }
}

fn proof<'r>(report: &'r Report, anchors: &Anchors<'r>, evidence: &'r Evidence) -> Proof<'r> {
    let named: Vec<_> = evidence.findings.iter().filter_map(|fingerprint| anchors.find(fingerprint)).collect();
    let is_said = evidence.count == 0 || evidence.message.contains(" finding");
    let check = report.checks.iter().find(|check| check.id == evidence.of);
    Proof {
        evidence,
        count: if is_said { String::new() } else { counted(evidence) },
        more: evidence.count.saturating_sub(named.len()),
        named,
        grounds: check.map(|check| check.grounds.as_slice()).unwrap_or_default(),
    }
}

/// `5 findings, 1 more muted`, `1 finding, muted`.
fn counted(evidence: &Evidence) -> String {
    let findings = |number| count(number, "finding", "findings");
    match evidence.count.saturating_sub(evidence.muted) {
        live if evidence.muted == 0 => findings(live),
        0 => format!("{}, {}", findings(evidence.count), if evidence.count == 1 { "muted" } else { "all muted" }),
        live => format!("{}, {} more muted", findings(live), evidence.muted),
    }
}

fn check_counts(report: &Report) -> String {
    let of = |result| report.checks.iter().filter(|check| check.result == result).count();
    let (pass, fail, open) = (of(Assessment::Pass), of(Assessment::Fail), of(Assessment::NotAssessed));
    format!("{pass} passed, {fail} failed, {open} not assessed")
}
