//! From all that is said about one package and one vulnerability to one answer.
//!
//! Owns the order of precedence between sources, and the words of a finding.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use plimsoll_model::{About, Finding, FindingOrigin, Package, Range, Rating, Space, State, Vulnerability};
use plimsoll_packages::{Context, Named};

use super::channels::{Channel, prevailing};
use super::identity::Ids;
use super::remedy::Remedy;
use super::repositories::{Reach, relevant};
use super::verdict::{Compare, Match, Verdict, in_range};
use crate::database::{Error, Inflated, Statement};
use crate::severity::{self, Standing};

/// How much a source's word counts when sources disagree about one vulnerability in one package; earlier wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Authority {
    /// The vendor's own list of each vulnerability's state in each release. It knows backports and false alarms.
    Tracker,
    /// A record about the vulnerability, by the vendor or a database.
    Record,
    /// An erratum: knows which version brought a remedy, not who was vulnerable, and is not always taken back.
    Erratum,
}

impl Authority {
    /// For people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tracker => "the vendor's tracker",
            Self::Record => "a record of the vulnerability",
            Self::Erratum => "an erratum",
        }
    }
}

/// Feeds that are a vendor's tracker. All others: [`Authority::Record`], or [`Authority::Erratum`] by the record.
const TRACKERS: &[&str] = &[
    "debian-tracker",
    "alpine-secdb",
    "arch-tracker",
    "wolfi-secdb",
    "chainguard-secdb",
    "echo-advisories",
    "minimos-secdb",
    "redhat-vex",
    "secureos-secdb",
    "azurelinux-oval",
    "suse-oval",
    "photon-cve",
    "ubuntu-vex",
];

/// One statement with what it means for the package.
#[derive(Debug, Clone)]
pub struct Opinion<'a> {
    /// What was said.
    pub statement: Statement<'a>,
    /// Ids of the record.
    pub ids: Ids<'a>,
    /// What it counts.
    pub authority: Authority,
    /// What it means.
    pub verdict: Verdict<'a>,
    /// The name under which it was found.
    pub name: &'a str,
    /// The version that was compared.
    pub version: &'a str,
    /// Whose packages it is about.
    pub channel: Channel<'a>,
    /// For whom it is.
    pub reach: Reach,
    /// The first version with the fix, of a statement that is not for everybody; or empty.
    pub fix: &'a str,
}

impl<'a> Opinion<'a> {
    /// Decodes the ids, without which the opinion cannot be set against others.
    pub fn new(
        statement: Statement<'a>,
        (verdict, reach): (Verdict<'a>, Reach),
        named: &'a Named<'a>,
        context: &Context<'_>,
    ) -> Result<Self, Error> {
        let ids = Ids::of(&statement)?;
        let authority = match statement.shard().feed() {
            feed if TRACKERS.contains(&feed) => Authority::Tracker,
            _ if ids.is_erratum() => Authority::Erratum,
            _ => Authority::Record,
        };
        let channel = Channel::of(&statement, context);
        let mut fix = "";
        if reach != Reach::Everywhere {
            fix = statement.ranges()?.next().transpose()?.map_or("", |range| range.fixed);
        }
        Ok(Self { statement, ids, authority, verdict, name: &named.name, version: named.version, channel, reach, fix })
    }

    /// Whether it answers the question, rather than putting the answer off.
    pub fn decides(&self) -> Result<bool, Error> {
        Ok(match self.verdict {
            Verdict::Affected(_) => self.statement.state()? != State::UnderInvestigation,
            Verdict::NotAffected => true,
            _ => false,
        })
    }

    /// Whether it finds the package vulnerable and knows a version that is not.
    fn names_a_fix(&self) -> bool {
        matches!(&self.verdict, Verdict::Affected(found) if found.ranges.iter().any(|range| !range.fixed.is_empty()))
    }
}

/// The answer about one vulnerability.
#[derive(Debug)]
pub enum Decision<'o, 'a> {
    /// Vulnerable, by these opinions of one authority.
    Affected(Vec<&'o Opinion<'a>>),
    /// Not vulnerable, by these opinions of the first authority that has any.
    NotAffected(Vec<&'o Opinion<'a>>),
    /// Nobody can say; why.
    Undecided(String),
}

/// Asks the authorities in their order; the first that has decided wins.
///
/// "Not decided yet" and "cannot be compared" pass the question on, and stay the answer when nobody finds the package
/// vulnerable: what could not be decided never becomes "not affected". Nor does it become "affected" by those who only list
/// the package without a fix, as they do until it is decided.
pub fn decide<'o, 'a>(opinions: &[&'o Opinion<'a>]) -> Result<Decision<'o, 'a>, Error> {
    let opinions = relevant(&prevailing(opinions)?);
    let mut undecided = None;
    let mut investigated = Vec::new();
    let mut clearing = Vec::new();
    for authority in [Authority::Tracker, Authority::Record, Authority::Erratum] {
        let mut affected = Vec::new();
        let mut cleared = Vec::new();
        let mut open = false;
        for opinion in opinions.iter().copied().filter(|opinion| opinion.authority == authority) {
            match &opinion.verdict {
                Verdict::Affected(_) if opinion.statement.state()? == State::UnderInvestigation => {
                    investigated.push(opinion);
                    open = true;
                }
                Verdict::Affected(_) => affected.push(opinion),
                Verdict::NotAffected => cleared.push(opinion),
                Verdict::Incomparable(bound) => {
                    undecided.get_or_insert_with(|| format!("its version cannot be ordered against {bound:?}"));
                    open = true;
                }
                Verdict::UnknownVersion => {
                    undecided.get_or_insert_with(|| "its version is not known".into());
                    open = true;
                }
                Verdict::UnknownStream(module) => {
                    let why = || format!("it is of a module stream but has no label to tell whether of {module}");
                    undecided.get_or_insert_with(why);
                    open = true;
                }
            }
        }
        if affected.iter().any(|opinion| opinion.names_a_fix()) || (!affected.is_empty() && investigated.is_empty()) {
            return Ok(Decision::Affected(affected));
        }
        if clearing.is_empty() {
            clearing = cleared;
        }
        if !clearing.is_empty() && !open && undecided.is_none() && investigated.is_empty() {
            return Ok(Decision::NotAffected(clearing));
        }
    }
    Ok(match undecided {
        Some(why) => Decision::Undecided(why),
        None if investigated.is_empty() => Decision::NotAffected(clearing),
        None => Decision::Affected(investigated),
    })
}

/// What is known of a CVE whatever package it is in.
#[derive(Debug, Default)]
pub struct Facts<'a> {
    /// The records themselves, of which the titles are inflated only where nobody else has one.
    pub records: Vec<Statement<'a>>,
    /// The day since which it is listed as exploited, or empty.
    pub exploited: &'a str,
    /// The day by which CISA wants it mended, or empty.
    pub due: &'a str,
    /// Known to be used for extortion.
    pub ransomware: bool,
    /// Probability of exploitation within 30 days.
    pub epss: Option<f64>,
    /// Share of CVEs that are no more probable to be exploited.
    pub percentile: Option<f64>,
    /// Kinds of flaw.
    pub weaknesses: BTreeSet<&'a str>,
    /// Opinions about it.
    pub ratings: Vec<Rating>,
}

impl<'a> Facts<'a> {
    /// Adds what one record says. Of several days the first counts: CISA lists and never lists again.
    pub fn add(&mut self, record: Statement<'a>) -> Result<(), Error> {
        let earlier = |known: &'a str, day: &'a str| match (known, day) {
            ("", day) => day,
            (known, "") => known,
            (known, day) => known.min(day),
        };
        self.exploited = earlier(self.exploited, record.exploited()?);
        self.due = earlier(self.due, record.due()?);
        self.ransomware |= record.ransomware()?;
        self.epss = record.epss()?.or(self.epss);
        self.percentile = record.percentile()?.or(self.percentile);
        self.weaknesses.extend(record.weaknesses()?);
        self.ratings.extend(record.ratings_of_all()?);
        self.records.push(record);
        Ok(())
    }
}

/// All that was heard about one vulnerability in one package that has it.
#[derive(Debug)]
pub struct Heard<'o, 'a> {
    /// Its primary id.
    pub id: &'o str,
    /// The package.
    pub package: &'o Package,
    /// The last package on the way to it, of which it is known what it asks for.
    pub parent: Option<&'o Package>,
    /// The opinions that decided.
    pub deciding: Vec<&'o Opinion<'a>>,
    /// Every opinion.
    pub all: Vec<&'o Opinion<'a>>,
    /// What is known of the CVE itself.
    pub facts: Facts<'a>,
}

type Affected<'o, 'a> = [(&'o Opinion<'a>, &'o Match<'a>)];

impl Heard<'_, '_> {
    /// Says it in the words of a report, but for the title, which has to be inflated.
    pub fn finding(&self, compare: Compare) -> Result<Finding, Error> {
        let Self { id, package, .. } = *self;
        let affected: Vec<(&Opinion<'_>, &Match<'_>)> = self
            .deciding
            .iter()
            .filter_map(|opinion| match &opinion.verdict {
                Verdict::Affected(found) => Some((*opinion, found)),
                _ => None,
            })
            .collect();
        let fixed_in = fixed_in(&affected, compare);
        let status = status(&affected, !fixed_in.is_empty())?;
        let offered = affected.iter().map(|(opinion, _)| opinion.channel.offered()).find(|name| !name.is_empty());
        let subscription = offered.filter(|_| !fixed_in.is_empty()).unwrap_or_default();
        let range = range_text(&affected);
        let evidence = evidence(package, &affected, &range);
        let (aliases, advisories) = other_ids(id, &relevant(&self.all));
        let (severity, severities) = severity::rank(self.ratings()?);
        let malicious = self.deciding.iter().any(|opinion| opinion.ids.id.starts_with("MAL-"));
        let remedy = if malicious {
            Remedy::against_malice(package)
        } else if let (Some(fix), false) = (fixed_in.first(), subscription.is_empty()) {
            Remedy::by_subscription(package, fix, subscription)
        } else {
            Remedy::of(package, status, &fixed_in, self.parent)
        };
        Ok(Finding {
            id: id.into(),
            aliases,
            severity,
            severities,
            title: String::new(),
            layer: Some(package.layer),
            locations: package.locations.clone(),
            evidence,
            remedy: remedy.text,
            origin: FindingOrigin::Own,
            fingerprint: package.fingerprint(id),
            muted: None,
            due: Vec::new(),
            about: About::Vulnerability(Vulnerability {
                package: package.purl.clone(),
                name: package.name.clone(),
                version: package.version.clone(),
                advisories,
                status,
                range,
                fixed_in,
                subscription: subscription.to_owned(),
                clean_in: String::new(),
                upgrade: remedy.upgrade,
                presence: package.presence,
                development: package.development,
                direct: package.direct,
                introduced_by: package.introduced_by.clone(),
                symbols: symbols(&affected)?,
                kev: !self.facts.exploited.is_empty(),
                kev_since: self.facts.exploited.into(),
                kev_due: self.facts.due.into(),
                ransomware: self.facts.ransomware,
                epss: self.facts.epss,
                epss_percentile: self.facts.percentile,
                weaknesses: self.weaknesses()?,
                matched_by: matched_by(&affected).into(),
            }),
        })
    }

    /// The first title that an opinion has, those that decided before the others.
    pub fn title(&self, inflated: &mut Inflated) -> Result<String, Error> {
        let said = self.deciding.iter().chain(&self.all).map(|opinion| &opinion.statement);
        for statement in said.chain(&self.facts.records) {
            let title = statement.title(inflated)?;
            if !title.is_empty() {
                return Ok(title);
            }
        }
        Ok(String::new())
    }

    /// Kinds of flaw, by whoever says: what differs is more or less precise.
    fn weaknesses(&self) -> Result<Vec<String>, Error> {
        let mut weaknesses = self.facts.weaknesses.clone();
        for opinion in self.all.iter().filter(|opinion| !opinion.ids.is_erratum()) {
            weaknesses.extend(opinion.statement.weaknesses()?);
        }
        let mut weaknesses: Vec<String> = weaknesses.into_iter().map(str::to_owned).collect();
        // CWE-79 before CWE-120.
        weaknesses.sort_by(|left, right| (left.len(), left).cmp(&(right.len(), right)));
        Ok(weaknesses)
    }

    /// Opinions on the severity. What the deciding sources say of it stands above what others do.
    pub fn ratings(&self) -> Result<Vec<(Standing, Rating)>, Error> {
        let mut ratings: Vec<(Standing, Rating)> = Vec::new();
        for opinion in &self.all {
            let decides = self.deciding.iter().any(|other| std::ptr::eq(*other, *opinion));
            let package = if decides { Standing::Package } else { Standing::Feed };
            // An erratum rates the worst of all that it covers.
            let whole = decides || opinion.authority == Authority::Record;
            let record = if whole { Standing::Feed } else { Standing::Other };
            ratings.extend(opinion.statement.ratings()?.into_iter().map(|rating| (package, rating)));
            ratings.extend(opinion.statement.ratings_of_all()?.into_iter().map(|rating| (record, rating)));
        }
        ratings.extend(self.facts.ratings.iter().map(|rating| (Standing::Cve, rating.clone())));
        Ok(ratings)
    }
}

/// First the least version that leaves every range the installed one is in and is in no other, then the fixes of later
/// branches.
fn fixed_in(affected: &Affected<'_, '_>, compare: Compare) -> Vec<String> {
    let least = |left: &&str, right: &&str| compare(left, right).unwrap_or(Ordering::Equal);
    let here =
        affected.iter().flat_map(|(_, found)| &found.ranges).map(|range| range.fixed).filter(|fixed| !fixed.is_empty());
    let Some(mut here) = here.max_by(least) else { return Vec::new() };
    let others = || affected.iter().flat_map(|(_, found)| &found.elsewhere);
    // Where one branch ends the next may begin, vulnerable as well. Some orders have circles, so steps are counted.
    for _ in 0..=others().count() {
        let Some(range) = others().find(|range| in_range(range, here, compare) == Ok(true)) else { break };
        match compare(here, range.fixed) {
            Some(Ordering::Less) if !range.fixed.is_empty() => here = range.fixed,
            _ => return Vec::new(),
        }
    }
    let is_clean = |fixed: &&str| others().all(|range| in_range(range, fixed, compare) != Ok(true));
    let fixes = others().map(|range| range.fixed).filter(|fixed| !fixed.is_empty()).filter(is_clean);
    let mut elsewhere: Vec<&str> = fixes.filter(|fixed| compare(here, fixed).is_some_and(Ordering::is_lt)).collect();
    elsewhere.sort_by(least);
    elsewhere.insert(0, here);
    elsewhere.dedup();
    elsewhere.into_iter().map(str::to_owned).collect()
}

/// A fixed version overrides whatever word the publisher used; without one, "fixed" is not true for this version.
fn status(affected: &Affected<'_, '_>, has_fix: bool) -> Result<State, Error> {
    if has_fix {
        return Ok(State::Fixed);
    }
    let mut states = Vec::with_capacity(affected.len());
    for (opinion, _) in affected {
        states.push(opinion.statement.state()?);
    }
    Ok(states.into_iter().filter(|state| *state != State::Fixed).min().unwrap_or(State::Affected))
}

fn range_text(affected: &Affected<'_, '_>) -> String {
    let mut texts = BTreeSet::new();
    for (_, found) in affected {
        texts.extend(found.ranges.iter().map(|range| Range::from(*range).to_string()));
        texts.extend(found.exact.map(|version| format!("= {version}")));
        if found.ranges.is_empty() && found.exact.is_none() {
            texts.insert("all versions".into());
        }
    }
    texts.into_iter().collect::<Vec<_>>().join(" or ")
}

/// How the package was told among those that advisories speak about, when that is not by its own name.
fn matched_by(affected: &Affected<'_, '_>) -> &'static str {
    let by_cpe = affected.first().is_some_and(|(opinion, _)| opinion.statement.shard().space() == Space::CPE);
    if by_cpe { Vulnerability::BY_CPE } else { "" }
}

/// What was compared with what, in one sentence.
fn evidence(package: &Package, affected: &Affected<'_, '_>, range: &str) -> String {
    let Some((opinion, _)) = affected.first() else { return String::new() };
    let shard = opinion.statement.shard();
    let by: BTreeSet<&str> = affected.iter().map(|(opinion, _)| opinion.ids.id).collect();
    let by = by.into_iter().collect::<Vec<_>>().join(", ");
    let (feed, space, version, ecosystem) = (shard.feed(), shard.space(), opinion.version, &package.ecosystem);
    let subject = match opinion.name.strip_suffix(".src").unwrap_or(opinion.name) {
        name if space == Space::CPE => format!("{} by CPE {name}", package.name),
        // Of a language the name is the package's own, in its normal form.
        name if name == package.name || package.source.is_none() => package.name.clone(),
        name => format!("{name} (source of {})", package.name),
    };
    // An operating system or architecture that the package does not state is not known to be another.
    let limit = match opinion.statement.arch() {
        Ok(limit) if !limit.is_empty() && package.arch.is_empty() => format!("; only for {limit}"),
        _ => String::new(),
    };
    format!(
        "{feed} ({space}, {by}) lists {subject} {range} as affected; installed is {version}, in the order of {ecosystem} versions{limit}"
    )
}

/// The vulnerable functions that those name who find the package affected. Most records name a handful; those of a kernel
/// or a whole standard library could name thousands.
fn symbols(affected: &Affected<'_, '_>) -> Result<Vec<String>, Error> {
    let mut symbols = BTreeSet::new();
    for (opinion, _) in affected {
        symbols.extend(opinion.statement.symbols()?);
    }
    Ok(symbols.into_iter().take(SYMBOLS).map(str::to_owned).collect())
}

/// Functions that a finding names.
const SYMBOLS: usize = 100;

/// Aliases, and errata that would bring the remedy.
fn other_ids(id: &str, all: &[&Opinion<'_>]) -> (Vec<String>, Vec<String>) {
    let mut aliases = BTreeSet::new();
    let mut advisories = BTreeSet::new();
    for opinion in all {
        if opinion.ids.is_erratum() {
            if matches!(opinion.verdict, Verdict::Affected(_)) {
                advisories.insert(opinion.ids.id);
            }
            continue;
        }
        aliases.insert(opinion.ids.id);
        // Another CVE is another vulnerability, even when a record has both.
        aliases.extend(opinion.ids.aliases.iter().copied().filter(|alias| !super::identity::is_cve(alias)));
    }
    aliases.remove(id);
    let owned = |ids: BTreeSet<&str>| ids.into_iter().map(str::to_owned).collect();
    (owned(aliases), owned(advisories))
}
