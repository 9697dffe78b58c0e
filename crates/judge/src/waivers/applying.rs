//! What waivers do to the findings of a scan.
//!
//! Owns which findings a waiver means, when it counts for one of them, and the account of those that changed nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil::Date;
use plimsoll_model::{About, Finding, ImageSummary, Muted, Unmatched, UnmatchedReason};

use super::glob::matches;
use super::{Limits, Waiver, Waivers};
use crate::day;
use crate::purl::Coordinates;

/// Places that are told of a finding.
const PLACES: usize = 5;

/// How near a finding is to what a waiver is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    OtherId,
    OtherPackage,
    OtherPlace,
    OtherVersion,
    Meant,
}

/// What became of one waiver.
#[derive(Default)]
struct Account {
    muted: usize,
    /// Already muted by whom.
    superseded: Vec<String>,
    /// How many findings it does not count for, and why.
    objections: BTreeMap<(UnmatchedReason, String), usize>,
}

/// Mutes what the waivers are about, as far as they count on the day of the report. Of several about one finding the first
/// that counts does; a finding that something else has muted already stays as it is. Gives the waivers that changed nothing,
/// sorted.
pub fn apply(
    files: &[Waivers],
    limits: &Limits,
    image: &ImageSummary,
    findings: &mut [Finding],
    as_of: &str,
) -> Vec<Unmatched> {
    let mut idle = Vec::new();
    // Without a day nothing can be told to have begun.
    let today = day::of(as_of).unwrap_or(Date::MIN);
    for file in files {
        let mut elsewhere = 0_usize;
        for waiver in &file.entries {
            if is_for(waiver, image) {
                idle.extend(one(file, waiver, limits, findings, today));
            } else {
                elsewhere = elsewhere.saturating_add(1);
            }
        }
        if elsewhere > 0 {
            let statement = if elsewhere == 1 { "1 waiver".to_owned() } else { format!("{elsewhere} waivers") };
            let (source, message) = (file.source.clone(), "about other images".into());
            idle.push(Unmatched { source, statement, reason: UnmatchedReason::OtherImage, message });
        }
    }
    idle.sort();
    idle
}

/// Applies one; gives why it does not count for what it is about.
fn one(file: &Waivers, waiver: &Waiver, limits: &Limits, findings: &mut [Finding], today: Date) -> Vec<Unmatched> {
    let unmatched = |reason, message| Unmatched {
        source: file.source.clone(),
        statement: format!("{} {}", waiver.id, waiver.decision.as_str()),
        reason,
        message,
    };
    let nearest = findings.iter().map(|finding| nearness(waiver, finding)).max().unwrap_or(Nearness::OtherId);
    if waiver.expires < today {
        return vec![unmatched(UnmatchedReason::Expired, ended(waiver, findings))];
    }
    if waiver.created > today {
        return vec![unmatched(UnmatchedReason::NotYetBegun, format!("it begins on {}", waiver.created))];
    }
    if nearest != Nearness::Meant {
        let (reason, message) = why_none(waiver, nearest, findings);
        return vec![unmatched(reason, message)];
    }
    let account = mute(file, waiver, limits, findings);
    let by = account.superseded.first().filter(|_| account.muted == 0);
    let superseded =
        by.map(|by| unmatched(UnmatchedReason::Superseded, format!("what it is about is muted already, by {by}")));
    let objections = account.objections.iter().map(|((reason, message), count)| {
        unmatched(*reason, format!("{message}; {}", counted(*count, "stays open", "stay open")))
    });
    superseded.into_iter().chain(objections).collect()
}

/// What a waiver that ended leaves behind.
fn ended(waiver: &Waiver, findings: &[Finding]) -> String {
    let is_open = |finding: &&Finding| finding.muted.is_none() && nearness(waiver, finding) == Nearness::Meant;
    let open = match findings.iter().filter(is_open).count() {
        0 => "nothing here is open because of it".to_owned(),
        count => counted(count, "is open again: mend it, or decide anew", "are open again: mend them, or decide anew"),
    };
    format!("it ended on {}; {open}", waiver.expires)
}

fn mute(file: &Waivers, waiver: &Waiver, limits: &Limits, findings: &mut [Finding]) -> Account {
    let mut account = Account::default();
    for finding in findings.iter_mut().filter(|finding| nearness(waiver, finding) == Nearness::Meant) {
        if let Some(muted) = &finding.muted {
            account.superseded.push(muted.by.clone());
        } else if let Some(objection) = objection(waiver, finding, limits) {
            let count = account.objections.entry(objection).or_default();
            *count = count.saturating_add(1);
        } else {
            finding.muted = Some(muted(file, waiver));
            account.muted = account.muted.saturating_add(1);
        }
    }
    account
}

/// Why a waiver does not count for a finding.
fn objection(waiver: &Waiver, finding: &Finding, limits: &Limits) -> Option<(UnmatchedReason, String)> {
    let severity = finding.severity;
    let longest = limits.days(severity);
    let days = day::between(waiver.created, waiver.expires);
    let (owner, approver) = (bare(&waiver.owner), bare(&waiver.approver));
    if waiver.until_fix && finding.is_fixable() {
        Some((UnmatchedReason::ConditionUnmet, "it counts until there is a fix, and there is one".into()))
    } else if waiver.not_exploited && finding.is_exploited() {
        Some((UnmatchedReason::ConditionUnmet, "it counts as long as nobody exploits it, and somebody does".into()))
    } else if severity >= limits.approve_from && approver.is_empty() {
        Some((UnmatchedReason::NotApproved, format!("a waiver for {severity} findings needs an approver")))
    } else if severity >= limits.approve_from && approver == owner {
        let message = format!("a waiver for {severity} findings needs another approver than its owner");
        Some((UnmatchedReason::NotApproved, message))
    } else if days > longest {
        let message = format!("it is for {days} days; {severity} findings may be waived for {longest}");
        Some((UnmatchedReason::TooLong, message))
    } else {
        None
    }
}

/// Who somebody is, however it is written: by the address where there is one, as in `Ann <ann@example.org>`; case and punctuation make
/// nobody another.
fn bare(name: &str) -> String {
    let address = name.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(address, _)| address);
    address
        .filter(|address| address.contains('@'))
        .unwrap_or(name)
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn muted(file: &Waivers, waiver: &Waiver) -> Muted {
    let name = Path::new(&file.source).file_name().map_or(file.source.as_str().into(), |name| name.to_string_lossy());
    Muted {
        by: name.into_owned(),
        reason: waiver.reason.clone(),
        status: None,
        justification: waiver.justification.clone(),
        // The day itself still counts.
        expires: Some(format!("{}T23:59:59Z", waiver.expires)),
        decision: Some(waiver.decision),
        owner: waiver.owner.clone(),
        approver: waiver.approver.clone(),
        ticket: waiver.ticket.clone(),
        compensating_control: waiver.compensating_control.clone(),
        created: waiver.created.to_string(),
        signed_by: file.signed_by.clone(),
    }
}

/// Whether a waiver is for an image: by digest where it names one, else by its name with or without tag.
fn is_for(waiver: &Waiver, image: &ImageSummary) -> bool {
    if waiver.image.is_empty() {
        return true;
    }
    let (name, digest) = match waiver.image.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None if waiver.image.starts_with("sha256:") => ("", Some(waiver.image.as_str())),
        None => (waiver.image.as_str(), None),
    };
    let same_digest = digest.is_none_or(|digest| image.digest.as_ref().is_some_and(|own| own.to_string() == digest));
    let reference = image.reference.split_once('@').map_or(image.reference.as_str(), |(name, _)| name);
    let named = |own: &str| matches(name, own);
    same_digest && (name.is_empty() || named(reference) || image.repository().is_some_and(named))
}

fn nearness(waiver: &Waiver, finding: &Finding) -> Nearness {
    let is_called = |id: &String| id.eq_ignore_ascii_case(&waiver.id);
    if !is_called(&finding.id) && !finding.aliases.iter().any(is_called) && !is_called(&finding.fingerprint) {
        return Nearness::OtherId;
    }
    let installed = Coordinates::of(finding.package());
    let wanted = Coordinates::of(&waiver.purl);
    let (name, version) = split(&waiver.package);
    if !waiver.purl.is_empty() && !wanted.is_named_as(&installed)
        || !name.is_empty() && !name.eq_ignore_ascii_case(finding.subject())
    {
        return Nearness::OtherPackage;
    }
    if !waiver.path.is_empty() && !is_all_at(waiver, finding) {
        return Nearness::OtherPlace;
    }
    if !waiver.purl.is_empty() && !wanted.cover(&installed) || !version.is_empty() && version != finding.version() {
        return Nearness::OtherVersion;
    }
    Nearness::Meant
}

/// Where a finding is: its files, else what it says of its place (`environment`, `config.user`).
fn places(finding: &Finding) -> Vec<&str> {
    let place = match &finding.about {
        About::Secret(secret) => secret.place.as_str(),
        _ => finding.subject(),
    };
    let files: Vec<&str> = finding.locations.iter().map(|location| location.path.as_str()).collect();
    if files.is_empty() { vec![place] } else { files }
}

fn is_at(waiver: &Waiver, place: &str) -> bool {
    matches(waiver.path.trim_start_matches('/'), place)
}

/// Whether all of a finding is where a waiver says: who decided about one copy of a package has not seen the other.
fn is_all_at(waiver: &Waiver, finding: &Finding) -> bool {
    // A check's finding is in one file at most, and may name a place in it.
    let is_named = matches!(&finding.about, About::Misconfiguration(about)
        if is_at(waiver, &about.place) || !about.file.is_empty() && is_at(waiver, &about.file));
    is_named || places(finding).into_iter().all(|place| is_at(waiver, place))
}

/// Name and version; a scope (`@angular/core`) begins with the sign that parts them.
fn split(package: &str) -> (&str, &str) {
    package.rsplit_once('@').filter(|(name, _)| !name.is_empty()).unwrap_or((package, ""))
}

/// Where the findings are that a waiver would mean but for their place.
fn elsewhere(waiver: &Waiver, findings: &[Finding]) -> String {
    let near = findings.iter().filter(|finding| nearness(waiver, finding) == Nearness::OtherPlace);
    let all: Vec<&str> = near.flat_map(places).collect();
    let is_partly = all.iter().any(|place| is_at(waiver, place));
    let others: BTreeSet<&str> = all.into_iter().filter(|place| !is_at(waiver, place)).collect();
    let first: Vec<&str> = others.iter().copied().take(PLACES).collect();
    let more = match others.len().saturating_sub(PLACES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let (id, first) = (&waiver.id, first.join(", "));
    if is_partly {
        format!("{id} is in other places too, and a path has to mean all of a finding: {first}{more}")
    } else {
        format!("{id} was found, but in another place: {first}{more}")
    }
}

fn why_none(waiver: &Waiver, nearest: Nearness, findings: &[Finding]) -> (UnmatchedReason, String) {
    let id = &waiver.id;
    match nearest {
        Nearness::OtherVersion | Nearness::Meant => {
            (UnmatchedReason::OtherVersion, format!("{id} was found in another version or build of the package"))
        }
        Nearness::OtherPlace => (UnmatchedReason::NoSuchFinding, elsewhere(waiver, findings)),
        Nearness::OtherPackage => (UnmatchedReason::NoSuchFinding, format!("{id} was found, but of another package")),
        Nearness::OtherId => {
            (UnmatchedReason::NoSuchFinding, format!("nothing here is called {id}: remove the waiver"))
        }
    }
}

/// `1 finding is open`, `2 findings are open`.
fn counted(count: usize, one: &str, more: &str) -> String {
    if count == 1 { format!("1 finding {one}") } else { format!("{count} findings {more}") }
}
