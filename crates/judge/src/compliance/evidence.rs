//! What speaks to a control: how its checks and queries came out, with numbers.
//!
//! Owns when something counts as looked at. What was not run, was run otherwise than asked, or found nothing while the
//! scan was blind there, is not assessed, and never a pass.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{Assessment, Checked, Evidence, Finding, Gap, GapKind, GapReason, Severity, thousands};

use super::spec::{family, means};
use super::{Context, ControlSpec, Profile, Query, Spec};

/// Findings that evidence names one by one.
const NAMED_FINDINGS: usize = 20;
/// Checks that evidence about a family names one by one.
const NAMED_CHECKS: usize = 10;
/// Those who muted findings that are named.
const NAMED_MUTERS: usize = 3;

/// All that the controls of one standard are decided on.
pub(super) struct Scope<'a> {
    pub(super) profile: &'a Profile,
    checked: BTreeMap<&'a str, &'a Checked>,
    by_check: BTreeMap<&'a str, Vec<&'a Finding>>,
    by_print: BTreeMap<&'a str, &'a Finding>,
    findings: &'a [Finding],
    context: &'a Context<'a>,
    /// Checks that some control names in full.
    named: BTreeSet<&'a str>,
}

/// What a part of an image's scan has to see for nothing found to mean something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sight {
    /// Packages and advisories.
    Vulnerabilities,
    /// Layers and databases.
    Files,
    /// A document of its own: the image's config, a manifest, a signature.
    Document,
}

/// Findings behind evidence, those that count first.
#[derive(Default)]
struct Tally<'a> {
    all: Vec<&'a Finding>,
    live: usize,
}

/// How checks and queries came out.
pub(super) struct Told {
    /// In words.
    pub(super) evidence: Evidence,
    /// How many of the checks fail.
    pub(super) failing: usize,
}

impl From<Evidence> for Told {
    fn from(evidence: Evidence) -> Self {
        let failing = usize::from(evidence.result == Assessment::Fail);
        Self { evidence, failing }
    }
}

impl<'a> Scope<'a> {
    pub(super) fn new(
        spec: &'a Spec,
        profile: &'a Profile,
        checked: &'a [Checked],
        findings: &'a [Finding],
        context: &'a Context<'a>,
    ) -> Self {
        let mut by_check: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for finding in findings {
            // A finding of a check bears the check's id, or has it beside an id of its own, as those of secrets do.
            for id in std::iter::once(&finding.id).chain(&finding.aliases) {
                by_check.entry(id).or_default().push(finding);
            }
        }
        let controls = spec.controls.iter();
        let named = controls
            .flat_map(|control| control.checks.iter().chain(&control.also).chain(&control.shown))
            .map(String::as_str);
        Self {
            profile,
            checked: checked.iter().map(|check| (check.id.as_str(), check)).collect(),
            by_check,
            by_print: findings.iter().map(|finding| (finding.fingerprint.as_str(), finding)).collect(),
            findings,
            context,
            named: named.collect(),
        }
    }

    /// How a check came out, or those that a pattern means.
    pub(super) fn of_pattern(&self, pattern: &str, control: &ControlSpec, needs_all: bool) -> Told {
        if !pattern.ends_with('*') {
            return self.of_check(pattern, control).into();
        }
        let checks: Vec<&str> = self.checked.keys().filter(|check| means(pattern, check)).copied().collect();
        self.of_checks(pattern.to_owned(), &checks, control, needs_all)
    }

    /// How the checks of a family came out that no control names.
    pub(super) fn of_rest(&self, name: &str, control: &ControlSpec) -> Told {
        let is_rest = |check: &&&str| family(check) == name && !self.named.iter().any(|named| means(named, check));
        let checks: Vec<&str> = self.checked.keys().filter(is_rest).copied().collect();
        self.of_checks(format!("{name}-* named by no control"), &checks, control, false)
    }

    /// The worst severity that fails among checks of a family that no control names.
    pub(super) fn rest_fails_from(&self, name: &str, control: &ControlSpec, from: Severity) -> bool {
        let rest = self.checked.values().filter(|check| family(&check.id) == name && check.severity >= from);
        let mut rest = rest.filter(|check| !self.named.iter().any(|named| means(named, &check.id)));
        rest.any(|check| self.of_check(&check.id, control).result == Assessment::Fail)
    }

    fn of_check(&self, id: &str, control: &ControlSpec) -> Evidence {
        let Some(check) = self.checked.get(id) else {
            return unassessed(id, self.why_not_run(id));
        };
        if let Some(why) = self.run_otherwise(id, control) {
            return unassessed(id, why);
        }
        let tally = self.tally(self.behind(id, check).into_iter());
        match check.result {
            Assessment::Fail => self.failed(check, &tally),
            Assessment::Pass => match self.blind(sight(family(id))) {
                Some(blind) => unassessed(id, format!("nothing found, but {blind}")),
                None => {
                    let expected = match check.expected.len() {
                        0 => String::new(),
                        1 => ", 1 thing seen that is expected".to_owned(),
                        more => format!(", {more} things seen that are expected"),
                    };
                    evidence(id, Assessment::Pass, format!("looked at, nothing found{expected}"), &Tally::default())
                }
            },
            Assessment::NotAssessed | Assessment::Manual if check.reason.is_empty() => {
                unassessed(id, "no reason is known".into())
            }
            Assessment::NotAssessed | Assessment::Manual => unassessed(id, check.reason.clone()),
        }
    }

    /// The findings that a check rests on: its own, and those under other ids that it refers to.
    fn behind(&self, id: &str, check: &Checked) -> Vec<&'a Finding> {
        let own = self.by_check.get(id).into_iter().flatten();
        let referred = check.refers.iter().filter_map(|print| self.by_print.get(print.as_str()));
        let mut seen = BTreeSet::new();
        let all = own.chain(referred).copied();
        all.filter(|finding| finding.fingerprint.is_empty() || seen.insert(finding.fingerprint.as_str())).collect()
    }

    /// Why there is no result of a check.
    fn why_not_run(&self, id: &str) -> String {
        if self.context.switched_off.contains(id) {
            return "checks.yaml switches the check off".to_owned();
        }
        if !self.context.looked_for.contains(&"misconfiguration") {
            return "checks were not run: --scanners checks".to_owned();
        }
        match family(id) {
            "DKF" => "there was no Dockerfile to judge: --manifest names one".to_owned(),
            "K8S" => "there was no Kubernetes manifest to judge: --manifest names one".to_owned(),
            _ => "the check was not run".to_owned(),
        }
    }

    /// A check that fails, unless all of its findings are muted. One whose findings are told under ids of their own, as
    /// those about vulnerabilities are, has only numbers.
    fn failed(&self, check: &Checked, tally: &Tally<'_>) -> Evidence {
        let (count, muted, by) = if tally.all.is_empty() {
            // Who muted them is not told by numbers: where waivers do not count, none of them does.
            (check.findings, if self.profile.waivers { check.muted } else { 0 }, "waivers or statements".to_owned())
        } else {
            (tally.all.len(), tally.muted().len(), tally.muters())
        };
        let is_muted = count > 0 && muted >= count && check.grounds.is_empty();
        let result = if is_muted { Assessment::Pass } else { Assessment::Fail };
        let mut said: Vec<String> =
            (count > 0 || check.grounds.is_empty()).then(|| counted(count, muted, &by)).into_iter().collect();
        said.extend(grounds(check));
        let mut evidence = evidence(&check.id, result, said.join("; "), tally);
        (evidence.count, evidence.muted) = (count, muted);
        if !check.title.is_empty() {
            evidence.message = format!("{}: {}", check.title, evidence.message);
        }
        evidence
    }

    /// Why a result does not answer the control: the check was run with other parameters than it asks for.
    fn run_otherwise(&self, id: &str, control: &ControlSpec) -> Option<String> {
        let ran = self.context.params.get(id);
        let mut asked = control.params.get(id)?.iter();
        let (name, value) = asked.find(|(name, value)| ran.and_then(|ran| ran.get(*name)) != Some(value))?;
        let was = ran.and_then(|ran| ran.get(name)).map_or_else(|| "its default".to_owned(), ToString::to_string);
        Some(format!("the check ran with {name} {was}, the standard asks for {value}"))
    }

    fn of_checks(&self, of: String, checks: &[&str], control: &ControlSpec, needs_all: bool) -> Told {
        let all: Vec<Evidence> = checks.iter().map(|check| self.of_check(check, control)).collect();
        let any = |result| all.iter().any(|one| one.result == result);
        let is_short = needs_all && any(Assessment::NotAssessed);
        let result = if any(Assessment::Fail) {
            Assessment::Fail
        } else if is_short || !any(Assessment::Pass) {
            Assessment::NotAssessed
        } else {
            Assessment::Pass
        };
        let findings = all.iter().flat_map(|one| &one.findings).take(NAMED_FINDINGS).cloned().collect();
        let count = all.iter().map(|one| one.count).sum();
        let muted = all.iter().map(|one| one.muted).sum();
        let failing = all.iter().filter(|one| one.result == Assessment::Fail).count();
        Told { evidence: Evidence { of, result, message: summed(&all), findings, count, muted }, failing }
    }

    /// Whether there are findings like those of a query.
    pub(super) fn of_query(&self, query: &Query) -> Evidence {
        let of = query.describe();
        let like: Vec<&Finding> = self.findings.iter().filter(|finding| query.is_about(finding)).collect();
        let matching = like.iter().filter(|finding| query.is_in_state(finding) == Some(true)).copied();
        let tally = self.tally(matching);
        let muted = tally.muted().len();
        if tally.live > 0 {
            return evidence(&of, Assessment::Fail, counted(tally.all.len(), muted, &tally.muters()), &tally);
        }
        if let Some(why) = self.unseen(query, &like) {
            return unassessed(&of, why);
        }
        let message =
            if muted > 0 { counted(muted, muted, &tally.muters()) } else { "looked at, nothing found".to_owned() };
        evidence(&of, Assessment::Pass, message, &tally)
    }

    /// Why finding nothing does not mean that there is nothing.
    fn unseen(&self, query: &Query, like: &[&Finding]) -> Option<String> {
        let all = super::query::KINDS;
        let kinds = all.iter().filter(|kind| query.kind.is_none_or(|asked| asked == **kind));
        let unasked: Vec<&str> = kinds.filter(|kind| !self.context.looked_for.contains(kind)).copied().collect();
        if !unasked.is_empty() {
            return Some(format!("findings of the kind {} were not looked for", unasked.join(", ")));
        }
        let sight = match query.kind {
            None | Some("vulnerability" | "outdated") => Sight::Vulnerabilities,
            Some("misconfiguration") => Sight::Document,
            Some(_) => Sight::Files,
        };
        if let Some(blind) = self.blind(sight) {
            return Some(blind);
        }
        // What is muted needs no deadline.
        let mut open = like.iter().filter(|finding| !self.is_muted(finding) && query.is_in_state(finding).is_none());
        let first = open.next()?;
        let more = open.count().saturating_add(1);
        let due = first.due.iter().find(|due| Some(&due.profile) == query.deadline.as_ref());
        let why = due.map(|due| due.message.as_str()).filter(|message| !message.is_empty());
        let count = if more == 1 { "1 finding is".to_owned() } else { format!("{more} findings are") };
        Some(format!("{count} without a known deadline: {}", why.unwrap_or("deadlines were not computed")))
    }

    fn tally(&self, findings: impl Iterator<Item = &'a Finding>) -> Tally<'a> {
        let (mut all, muted): (Vec<&Finding>, Vec<_>) = findings.partition(|finding| !self.is_muted(finding));
        let live = all.len();
        all.extend(muted);
        Tally { all, live }
    }

    /// A waiver is a decision to live with a finding; where the profile does not allow for those, the finding counts.
    fn is_muted(&self, finding: &Finding) -> bool {
        finding.muted.as_ref().is_some_and(|muted| self.profile.waivers || muted.decision.is_none())
    }

    /// In how many places the scan was blind for something, and in which first.
    fn blind(&self, sight: Sight) -> Option<String> {
        let hides = |gap: &&Gap| gap.kind == GapKind::Blind && hides(gap.reason, sight);
        let mut gaps = self.context.gaps.iter().filter(hides);
        let first = gaps.next()?;
        let more = gaps.count().saturating_add(1);
        let places = if more == 1 { "1 place".to_owned() } else { format!("{more} places") };
        Some(format!("the scan was blind in {places}: {}: {}", first.location, first.message))
    }
}

impl<'a> Tally<'a> {
    fn muted(&self) -> &[&'a Finding] {
        self.all.get(self.live..).unwrap_or_default()
    }

    /// Who muted them, most of them first: `waivers.yaml (4), osv (almalinux:9) (2)`.
    fn muters(&self) -> String {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for by in self.muted().iter().filter_map(|finding| finding.muted.as_ref()).map(|muted| muted.by.as_str()) {
            let count = counts.entry(by).or_default();
            *count = count.saturating_add(1);
        }
        if let [by] = counts.keys().copied().collect::<Vec<_>>().as_slice() {
            return (*by).to_owned();
        }
        let mut sorted: Vec<(&str, usize)> = counts.into_iter().collect();
        sorted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let named = sorted.iter().take(NAMED_MUTERS).map(|(by, count)| format!("{by} ({})", thousands(*count)));
        let more = sorted.len().saturating_sub(NAMED_MUTERS);
        let more = (more > 0).then(|| format!("{more} others"));
        named.chain(more).collect::<Vec<_>>().join(", ")
    }
}

/// Missing advisories hide vulnerabilities and nothing else; what could not be read hides all that is in files.
const fn hides(reason: GapReason, sight: Sight) -> bool {
    match (sight, reason) {
        (Sight::Vulnerabilities, _) => true,
        (Sight::Document, _) => false,
        (Sight::Files, GapReason::NoAdvisories | GapReason::DataMissing | GapReason::Incomparable) => false,
        (Sight::Files, _) => true,
    }
}

fn sight(family: &str) -> Sight {
    match family {
        "VUL" => Sight::Vulnerabilities,
        "FS" | "USR" | "PKG" | "SEC" | "LIC" | "MAL" => Sight::Files,
        _ => Sight::Document,
    }
}

/// `2,155 findings, 6 more muted by waivers.yaml`; what is muted is not counted among what is not.
fn counted(count: usize, muted: usize, by: &str) -> String {
    let findings =
        |number: usize| if number == 1 { "1 finding".to_owned() } else { format!("{} findings", thousands(number)) };
    match count.saturating_sub(muted) {
        _ if muted == 0 => findings(count),
        0 if count == 1 => format!("1 finding, muted by {by}"),
        0 => format!("{}, all muted by {by}", findings(count)),
        live => format!("{}, {} more muted by {by}", findings(live), thousands(muted)),
    }
}

/// What a check rests on that is no finding of the image: the first of it.
fn grounds(check: &Checked) -> Option<String> {
    let first = check.grounds.first()?;
    Some(match check.grounds.len().saturating_sub(1) {
        0 => first.clone(),
        more => format!("{first} (and {more} more)"),
    })
}

/// `9 checks: 2 failed (FS-001, FS-004), 7 passed`.
fn summed(all: &[Evidence]) -> String {
    let part = |result, word: &str, is_named: bool| {
        let ids: Vec<&str> = all.iter().filter(|one| one.result == result).map(|one| one.of.as_str()).collect();
        let more = if ids.len() > NAMED_CHECKS { ", …" } else { "" };
        let names = ids.iter().take(NAMED_CHECKS).copied().collect::<Vec<_>>().join(", ");
        let names = if is_named { format!(" ({names}{more})") } else { String::new() };
        (!ids.is_empty()).then(|| format!("{} {word}{names}", ids.len()))
    };
    let parts = [
        part(Assessment::Fail, "failed", true),
        part(Assessment::Pass, "passed", false),
        part(Assessment::NotAssessed, "not assessed", true),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    match all.len() {
        0 => "none of these checks ran".to_owned(),
        1 => format!("1 check: {}", parts.join(", ")),
        more => format!("{more} checks: {}", parts.join(", ")),
    }
}

fn unassessed(of: &str, message: String) -> Evidence {
    evidence(of, Assessment::NotAssessed, message, &Tally::default())
}

fn evidence(of: &str, result: Assessment, message: String, tally: &Tally<'_>) -> Evidence {
    let findings = tally.all.iter().take(NAMED_FINDINGS).map(|finding| finding.fingerprint.clone());
    Evidence {
        of: of.to_owned(),
        result,
        message,
        findings: findings.filter(|fingerprint| !fingerprint.is_empty()).collect(),
        count: tally.all.len(),
        muted: tally.muted().len(),
    }
}
