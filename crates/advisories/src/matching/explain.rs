//! The reasoning behind one decision, for people.
//!
//! Owns no rule: it hears, compares and decides with the functions that matching itself uses, and puts what they say into
//! words.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use plimsoll_model::{
    Absent, DataSource, Explained, Finding, Heard as Said, Inventory, Origin, Outcome, Package, Range, Ranked, Space,
    State,
};
use plimsoll_packages::{Ecosystem, Named, ecosystem};

use super::channels::{Channel, prevailing};
use super::decision::{Decision, Heard, Opinion, decide};
use super::identity::Ids;
use super::repositories::{Repositories, relevant};
use super::verdict::{Silence, Verdict};
use super::{Matcher, by_vulnerability, hear, parents};
use crate::database::{Database, Error, Statement};
use crate::severity;

/// Names of one vulnerability; more than these are a circle of databases that unite everything.
const MOST_NAMES: usize = 200;

/// Ranges of one statement that are put into words.
const RANGES: usize = 6;

/// What there is to tell about an id.
#[derive(Debug, Default)]
pub struct Told {
    /// Its names in the data at hand, sorted.
    pub names: Vec<String>,
    /// Packages that somebody speaks about, sorted.
    pub packages: Vec<Explained>,
    /// Packages that advisories name and that are not in the inventory.
    pub absent: Vec<Absent>,
    /// Packages that somebody speaks about and that were not asked for.
    pub left_out: usize,
}

/// Explains what was decided about the vulnerability of this id, or of all that an erratum of this id covers, in each
/// package (with `only`, in those of this name). `findings` are those that matching found.
///
/// # Errors
/// When a shard is damaged.
pub fn explain(
    inventory: &Inventory,
    database: &Database,
    findings: &[Finding],
    id: &str,
    only: Option<&str>,
) -> Result<Told, Error> {
    let (names, spoken) = names(database, id)?;
    let parents = parents(inventory);
    let repositories = Repositories::of(inventory.distro.as_ref(), database)?;
    let matcher = Matcher::new(inventory, database, &parents, &repositories);
    let mut told = Told::default();
    let mut met: BTreeSet<&Absent> = BTreeSet::new();
    for package in &inventory.packages {
        let Some(row) = ecosystem(&package.ecosystem) else { continue };
        let theirs = Theirs::of(&matcher, row, package);
        let meant: Vec<&Absent> = spoken.iter().filter(|absent| theirs.is(absent)).collect();
        if meant.is_empty() {
            continue;
        }
        met.extend(meant);
        if only.is_some_and(|only| only != package.name && only != package.source_name()) {
            told.left_out = told.left_out.saturating_add(1);
            continue;
        }
        told.packages.extend(explained(&matcher, row, package, &theirs, &names, findings)?);
    }
    add_outdated(&mut told, database, findings, id, only);
    told.packages.sort_by(|left, right| {
        (left.outcome, &left.id, &left.package).cmp(&(right.outcome, &right.id, &right.package))
    });
    told.absent = spoken.iter().filter(|absent| !met.contains(absent)).cloned().collect();
    told.names = names.into_iter().collect();
    Ok(told)
}

/// Names that share a record with the id, and what these records speak about. An erratum is no name of what it covers; asked
/// for by its own id, it leads to all of that.
fn names(database: &Database, id: &str) -> Result<(BTreeSet<String>, BTreeSet<Absent>), Error> {
    let mut names = BTreeSet::new();
    let mut spoken = BTreeSet::new();
    let mut next = vec![id.to_owned()];
    let mut asked: BTreeSet<String> = BTreeSet::new();
    while let Some(name) = next.pop() {
        if asked.len() >= MOST_NAMES || !asked.insert(name.to_ascii_lowercase()) {
            continue;
        }
        for hit in database.search(&name)? {
            let advisory = hit.advisory;
            let own: Vec<&String> = std::iter::once(&advisory.id).chain(&advisory.aliases).collect();
            let is_own = own.iter().any(|own| own.eq_ignore_ascii_case(&name) || is_notice(own, &name));
            let covered = advisory.covers.iter().find(|covered| covered.eq_ignore_ascii_case(&name));
            if !is_own && covered.is_none() {
                // A package of this name.
                continue;
            }
            if advisory.covers.is_empty() {
                // Two CVEs are two vulnerabilities, even when a record has both.
                let same = |other: &&&String| !super::is_cve(other) || other.eq_ignore_ascii_case(&name);
                next.extend(own.iter().filter(same).map(|name| (*name).clone()));
                names.extend(own.iter().filter(same).map(|name| (*name).clone()));
                if !super::is_cve(&name) {
                    next.extend(own.iter().map(|name| (*name).clone()));
                }
            } else {
                names.extend(covered.cloned());
                if is_own {
                    next.extend(advisory.covers.iter().cloned());
                }
            }
            let absent = |affected: plimsoll_model::Affected| Absent { space: affected.space, name: affected.name };
            spoken.extend(advisory.affected.into_iter().filter(|it| it.space.as_str() != Space::CVE).map(absent));
        }
    }
    Ok((names, spoken))
}

/// Whether people mean the notice by this text: its id without the number of the revision.
fn is_notice(id: &str, text: &str) -> bool {
    id.rsplit_once('-').is_some_and(|(notice, revision)| {
        notice.eq_ignore_ascii_case(text) && revision.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// What a package asks for.
struct Theirs<'p> {
    spaces: Vec<Space>,
    names: Vec<Named<'p>>,
    /// Somebody else built it, so that the spaces do not speak of it.
    foreign: bool,
}

impl<'p> Theirs<'p> {
    fn of(matcher: &Matcher<'_, '_>, row: &Ecosystem, package: &'p Package) -> Self {
        let foreign = package.origin == Origin::ThirdParty;
        let spaces = if foreign {
            (row.advisory_spaces)(&Package { origin: Origin::Unknown, ..package.clone() }, &matcher.context)
        } else {
            (row.advisory_spaces)(package, &matcher.context)
        };
        Self { spaces, names: (row.advisory_names)(package), foreign }
    }

    fn is(&self, spoken: &Absent) -> bool {
        self.spaces.contains(&spoken.space) && self.names.iter().any(|named| named.name == spoken.name)
    }
}

/// Whether a record is about one of the names.
fn is_about(ids: &Ids<'_>, names: &BTreeSet<String>) -> bool {
    let all = std::iter::once(&ids.id).chain(&ids.aliases).chain(&ids.covers);
    all.into_iter().any(|id| names.iter().any(|name| name.eq_ignore_ascii_case(id)))
}

fn explained(
    matcher: &Matcher<'_, '_>,
    row: &Ecosystem,
    package: &Package,
    theirs: &Theirs<'_>,
    names: &BTreeSet<String>,
    findings: &[Finding],
) -> Result<Vec<Explained>, Error> {
    let frame = frame(matcher.database, package, &theirs.spaces);
    if theirs.foreign {
        let reason = "somebody else built it, of whose packages these advisories do not speak".into();
        return Ok(vec![Explained { reason, ..frame }]);
    }
    let mut opinions = Vec::new();
    let mut silent = Vec::new();
    let asked = (matcher.database, matcher.repositories);
    hear(asked, row, package, &theirs.spaces, &theirs.names, &mut |statement, verdict, named| {
        match verdict {
            Ok(verdict) => opinions.push(Opinion::new(statement, verdict, named, &matcher.context)?),
            Err(silence) if is_about(&Ids::of(&statement)?, names) => {
                silent.push(said(&statement, named, words_of_silence(silence, package))?);
            }
            Err(_) => {}
        }
        Ok(())
    })?;
    let mut all = Vec::new();
    for (id, opinions) in by_vulnerability(&opinions, |opinion| is_about(&opinion.ids, names)) {
        if names.iter().any(|name| name.eq_ignore_ascii_case(id)) {
            let mut one = Explained { id: id.into(), ..frame.clone() };
            settle(&mut one, matcher, row, package, opinions)?;
            one.finding = findings
                .iter()
                .find(|finding| {
                    let same = finding.subject() == package.name && finding.version() == package.version;
                    finding.id == id && finding.package() == package.purl && same
                })
                .map(|finding| Box::new(finding.clone()));
            one.statements.extend(silent.iter().cloned());
            all.push(one);
        }
    }
    if all.is_empty() {
        let reason = "what advisories say of a package of this name does not concern this one".into();
        all.push(Explained { id: names.first().cloned().unwrap_or_default(), reason, statements: silent, ..frame });
    }
    Ok(all)
}

/// Adds what is outdated under this id.
fn add_outdated(told: &mut Told, database: &Database, findings: &[Finding], id: &str, only: Option<&str>) {
    let asked_for = |finding: &&Finding| finding.outdated().is_some() && finding.id.eq_ignore_ascii_case(id);
    for finding in findings.iter().filter(asked_for) {
        // Records that call a package unmaintained were heard already.
        if told.packages.iter().any(|one| one.package == finding.package() && one.id == finding.id) {
            continue;
        }
        if only.is_some_and(|only| only != finding.subject()) {
            told.left_out = told.left_out.saturating_add(1);
        } else {
            told.packages.push(outdated(finding, database));
        }
    }
}

/// What there is to say of something outdated: the finding itself says which days were compared.
fn outdated(finding: &Finding, database: &Database) -> Explained {
    // What the makers of a package say in it needs no dates.
    let dated = finding.outdated().is_some_and(|outdated| !outdated.product.is_empty());
    let spaces: Vec<Space> = dated.then(|| Space(Space::LIFECYCLE.into())).into_iter().collect();
    Explained {
        id: finding.id.clone(),
        package: finding.package().into(),
        name: finding.subject().into(),
        version: finding.version().into(),
        locations: finding.locations.clone(),
        layer: finding.layer.unwrap_or_default(),
        outcome: Outcome::Affected,
        reason: finding.evidence.clone(),
        asked: asked(database, &spaces),
        spaces,
        statements: Vec::new(),
        severities: Vec::new(),
        finding: Some(Box::new(finding.clone())),
    }
}

/// The shards of these spaces.
fn asked(database: &Database, spaces: &[Space]) -> Vec<DataSource> {
    let asked = spaces.iter().flat_map(|space| database.of(space.as_str())).map(|shard| DataSource {
        space: shard.space().into(),
        feed: shard.feed().into(),
        date: shard.date().into(),
        digest: shard.digest().into(),
        ..DataSource::default()
    });
    asked.collect()
}

/// What there is to say before anybody is heard.
fn frame(database: &Database, package: &Package, spaces: &[Space]) -> Explained {
    Explained {
        id: String::new(),
        package: package.purl.clone(),
        name: package.name.clone(),
        version: package.version.clone(),
        locations: package.locations.clone(),
        layer: package.layer,
        outcome: Outcome::NotMeant,
        reason: String::new(),
        spaces: spaces.to_vec(),
        asked: asked(database, spaces),
        statements: Vec::new(),
        severities: Vec::new(),
        finding: None,
    }
}

/// Decides, and says who decided.
fn settle(
    one: &mut Explained,
    matcher: &Matcher<'_, '_>,
    row: &Ecosystem,
    package: &Package,
    opinions: Vec<&Opinion<'_>>,
) -> Result<(), Error> {
    let decision = decide(&opinions)?;
    let prevailing = prevailing(&opinions)?;
    let relevant = relevant(&prevailing);
    let deciding: &[&Opinion<'_>] = match &decision {
        Decision::Affected(deciding) | Decision::NotAffected(deciding) => deciding,
        Decision::Undecided(_) => &[],
    };
    (one.outcome, one.reason) = outcome(&decision);
    let mut sorted = opinions.clone();
    sorted.sort_by_key(|opinion| opinion.authority);
    for opinion in sorted {
        let comparison = comparison(opinion, package, row)?;
        let mut heard =
            said(&opinion.statement, &Named { name: opinion.name.into(), version: opinion.version }, comparison)?;
        heard.authority = opinion.authority.as_str().into();
        heard.decides = deciding.iter().any(|other| std::ptr::eq(*other, opinion));
        let is_among = |those: &[&Opinion<'_>]| those.iter().any(|other| std::ptr::eq(*other, opinion));
        heard.weight = if is_among(&relevant) {
            weight(opinion, &heard, deciding)
        } else if is_among(&prevailing) {
            "does not decide: what is said of the image's channel, of the package itself or of its minor release comes first"
                .into()
        } else {
            weight_of_channel(opinion.channel)
        };
        one.statements.push(heard);
    }
    if let Decision::Affected(deciding) = decision {
        let id = one.id.clone();
        let parent = matcher.parent(package);
        let heard = Heard { id: &id, package, parent, deciding, all: opinions, facts: matcher.facts(&id)? };
        one.severities = severity::ranked(heard.ratings()?).into_iter().map(ranked).collect();
    }
    Ok(())
}

fn ranked((standing, rating): (severity::Standing, plimsoll_model::Rating)) -> Ranked {
    let row = severity::row(standing);
    let text = |text: Option<&'static str>| text.unwrap_or_default().to_owned();
    Ranked { rating, whose: text(row.map(|row| row.whose)), why: text(row.map(|row| row.why)) }
}

fn outcome(decision: &Decision<'_, '_>) -> (Outcome, String) {
    let who = |deciding: &[&Opinion<'_>]| {
        let feeds: BTreeSet<&str> = deciding.iter().map(|opinion| opinion.statement.shard().feed()).collect();
        let rank = deciding.first().map_or("nobody", |opinion| opinion.authority.as_str());
        format!("{} ({rank})", feeds.into_iter().collect::<Vec<_>>().join(" and "))
    };
    match decision {
        Decision::Affected(deciding) => (Outcome::Affected, format!("{} says so", who(deciding))),
        Decision::NotAffected(deciding) if deciding.is_empty() => {
            (Outcome::NotAffected, "nobody says that it is".into())
        }
        Decision::NotAffected(deciding) => (Outcome::NotAffected, format!("{} says so", who(deciding))),
        Decision::Undecided(why) => (Outcome::Undecided, why.clone()),
    }
}

/// Why an opinion was not asked.
fn weight_of_channel(channel: Channel<'_>) -> String {
    match channel {
        Channel::Release | Channel::Enabled => {
            "does not decide: what a channel of the release says of it comes first".into()
        }
        Channel::Offered(name) => format!("does not decide: about the channel {name}, which is not turned on"),
    }
}

/// Why an opinion decided or did not.
fn weight(opinion: &Opinion<'_>, heard: &Said, deciding: &[&Opinion<'_>]) -> String {
    let Some(first) = deciding.first() else { return "decides nothing: the question is open".into() };
    let open = !matches!(opinion.verdict, Verdict::Affected(_) | Verdict::NotAffected);
    match opinion.authority.cmp(&first.authority) {
        _ if heard.decides => "decides".into(),
        _ if open || heard.state == State::UnderInvestigation => "passes the question on: it has not decided".into(),
        Ordering::Less => "does not decide: it leaves the question open".into(),
        Ordering::Equal => "does not decide: another of the same rank says that it is affected".into(),
        Ordering::Greater => format!("does not decide: {} comes before {}", first.authority.as_str(), heard.authority),
    }
}

fn said(statement: &Statement<'_>, named: &Named<'_>, comparison: String) -> Result<Said, Error> {
    let mut ranges = Vec::new();
    for range in statement.ranges()? {
        ranges.push(Range::from(range?).to_string());
    }
    for version in statement.versions()? {
        ranges.push(format!("= {}", version?));
    }
    Ok(Said {
        feed: statement.shard().feed().into(),
        space: Space(statement.shard().space().into()),
        advisory: statement.id()?.into(),
        state: statement.state()?,
        name: named.name.clone().into_owned(),
        version: named.version.into(),
        ranges,
        arch: statement.arch()?.into(),
        module: statement.module()?.into(),
        repositories: statement.repositories()?.into_iter().map(str::to_owned).collect(),
        comparison,
        authority: String::new(),
        decides: false,
        weight: "says nothing of this package".into(),
    })
}

fn words_of_silence(silence: Silence, package: &Package) -> String {
    match silence {
        Silence::Architecture => format!("about another architecture than {}", package.arch),
        Silence::Stream => match package.module.as_deref() {
            Some(module) => format!("about another module stream than {module}"),
            None => "about a module stream, and the package is of none".into(),
        },
        Silence::Version => "clears other versions".into(),
        Silence::Repository => "about packages from repositories that the image does not take any from".into(),
        Silence::Line => "about another line of builds, of which versions say nothing of this one".into(),
    }
}

/// What was compared with what.
fn comparison(opinion: &Opinion<'_>, package: &Package, row: &Ecosystem) -> Result<String, Error> {
    let installed = opinion.version;
    let order = format!("in the order of {} versions", package.ecosystem);
    Ok(match &opinion.verdict {
        Verdict::Affected(found) => match (found.exact, found.ranges.as_slice()) {
            (Some(exact), []) => format!("installed {installed} is the listed {exact}"),
            (None, []) => "every version is affected".into(),
            (_, ranges) => {
                let ranges: Vec<String> = ranges.iter().map(|range| inside(installed, Range::from(*range))).collect();
                format!("installed {}, {order}", ranges.join(" and "))
            }
        },
        Verdict::NotAffected if opinion.statement.state()? == State::NotAffected => {
            format!("the publisher found installed {installed} not to be affected")
        }
        Verdict::NotAffected => {
            let mut outside = Vec::new();
            for range in opinion.statement.ranges()? {
                outside.push(beside(installed, &Range::from(range?), row));
            }
            let more = outside.len().saturating_sub(RANGES);
            outside.truncate(RANGES);
            match (outside.is_empty(), more) {
                (true, _) => format!("installed {installed} is not among the listed versions"),
                (_, 0) => format!("installed {}, {order}", outside.join(" and ")),
                (_, more) => format!("installed {} and {more} more like it, {order}", outside.join(" and ")),
            }
        }
        Verdict::Incomparable(bound) => format!("installed {installed} cannot be ordered against {bound}, {order}"),
        Verdict::UnknownVersion => "the installed version is not known".into(),
        Verdict::UnknownStream(module) => format!("about module stream {module}, and the package has no label"),
    })
}

/// `1.1.1k-1 < fixed 1.1.1n-1`.
fn inside(installed: &str, range: Range) -> String {
    let from = match range.introduced.as_str() {
        "" | "0" => String::new(),
        introduced => format!("≥ introduced {introduced} and "),
    };
    match (range.fixed.as_str(), range.last_affected.as_str()) {
        ("", "") if from.is_empty() => format!("{installed} is affected as every version is"),
        ("", "") => format!("{installed} ≥ introduced {}, without a fix", range.introduced),
        ("", last) => format!("{installed} {from}≤ last affected {last}"),
        (fixed, _) => format!("{installed} {from}< fixed {fixed}"),
    }
}

/// The bound that the installed version is beyond.
fn beside(installed: &str, range: &Range, row: &Ecosystem) -> String {
    let is = |bound: &str, order: Ordering| (row.compare)(installed, bound) == Some(order);
    match (range.introduced.as_str(), range.fixed.as_str(), range.last_affected.as_str()) {
        (introduced, ..) if !["", "0"].contains(&introduced) && is(introduced, Ordering::Less) => {
            format!("{installed} < introduced {introduced}")
        }
        (_, "", last) => format!("{installed} > last affected {last}"),
        // How some publishers say that it never was.
        (_, "0", _) => format!("{installed} was never affected"),
        (_, fixed, _) if is(fixed, Ordering::Equal) => format!("{installed} = fixed {fixed}"),
        (_, fixed, _) => format!("{installed} > fixed {fixed}"),
    }
}
