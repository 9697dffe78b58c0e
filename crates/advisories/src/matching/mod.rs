//! Which known vulnerabilities an inventory has.
//!
//! Owns the rules between advisories and packages; everything that differs between ecosystems is in their rows. The steps:
//! spaces and names of a package → *statements* in the shards → a *verdict* on each ([`verdict`]) → grouped by
//! vulnerability ([`identity`]) → one *decision* by the order of authorities ([`decision`]) → findings, joined with what is
//! known of the CVE itself. What cannot be decided is a gap ([`gaps`]). Where a distribution's package owns the files of
//! another, the distribution's word mutes findings of that one ([`ownership`]).
//!
//! There is one finding for each vulnerability and *installed* package: several binary packages of one vulnerable source
//! package are several findings, for each is what a person upgrades or removes. Tables may group them by source.

mod channels;
mod clean;
mod decision;
mod explain;
mod gaps;
mod identity;
mod ownership;
mod remedy;
mod repositories;
mod verdict;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::panic::resume_unwind;

use plimsoll_model::{DataSource, Finding, Gap, GapKind, GapReason, Inventory, Origin, Package, Space, Support};
use plimsoll_packages::{Context, Ecosystem, Kind, Named, ecosystem};

use self::clean::clean;
use self::decision::{Decision, Facts, Heard, Opinion, decide};
pub use self::explain::{Told, explain};
use self::gaps::{Gaps, Unspoken};
use self::identity::{Ids, is_cve, primaries};
use self::ownership::{Owners, hand_on};
use self::repositories::{Reach, Repositories};
use self::verdict::{Silence, Verdict, verdict};
use crate::database::{Database, Error, Inflated, Shard, Statement};
use crate::feeds::vendor_of;
use crate::outdated::unmaintained;
use crate::risk::risk;

/// The answer to "what is known to be wrong with these packages?".
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Matched {
    /// By risk: severity, known exploitation, its probability, whether a fix is there, id, package.
    pub findings: Vec<Finding>,
    /// What could not be decided, sorted.
    pub gaps: Vec<Gap>,
    /// The shards that were asked, sorted.
    pub data: Vec<DataSource>,
    /// Of how much it is known for how long it is supported.
    pub support: Support,
}

impl Matched {
    /// This and what was found out about the same inventory in another way.
    #[must_use]
    pub fn unite(mut self, other: Self) -> Self {
        self.findings.extend(other.findings);
        self.gaps.extend(other.gaps);
        self.gaps.sort();
        self.data.extend(other.data);
        self.data.sort();
        self.support = Support {
            assessed: self.support.assessed.saturating_add(other.support.assessed),
            not_assessed: self.support.not_assessed.saturating_add(other.support.not_assessed),
        };
        Self { findings: by_risk(self.findings), ..self }
    }
}

/// The spaces whose advisories speak about the inventory's packages. What is known of CVEs themselves ([`Space::CVE`]) is
/// wanted beside them.
#[must_use]
pub fn spaces(inventory: &Inventory) -> BTreeSet<Space> {
    let context = Context { distro: inventory.distro.as_ref() };
    let matchable = inventory.packages.iter().filter(|package| package.origin != Origin::ThirdParty);
    matchable
        .filter_map(|package| Some((ecosystem(&package.ecosystem)?, package)))
        .flat_map(|(ecosystem, package)| (ecosystem.advisory_spaces)(package, &context))
        .collect()
}

/// Matches every package with the database.
///
/// Findings lack what only the scanner knows: whether the base image brought them (`origin` is "own").
#[must_use]
pub fn matching(inventory: &Inventory, database: &Database) -> Matched {
    let parents = parents(inventory);
    let (repositories, damage) = match Repositories::of(inventory.distro.as_ref(), database) {
        Ok(repositories) => (repositories, None),
        Err(error) => (Repositories::default(), Some(error)),
    };
    let mut first = Matcher::new(inventory, database, &parents, &repositories);
    first.gaps.repositories(&repositories.unknown());
    damage.iter().for_each(|error| first.gaps.damaged(error));
    let stretches: Vec<&[Package]> = inventory.packages.chunks(STRETCH).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(stretches.len());
    if threads < 2 {
        return first.run(&stretches, 0, 1).finish();
    }
    let matchers: Vec<Matcher<'_, '_>> = std::thread::scope(|scope| {
        let (stretches, parents, repositories) = (&stretches, &parents, &repositories);
        let matcher = move || Matcher::new(inventory, database, parents, repositories);
        let run = |thread| move || matcher().run(stretches, thread, threads);
        let running: Vec<_> = (0..threads).map(|thread| scope.spawn(run(thread))).collect();
        running.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    matchers.into_iter().fold(first, Matcher::unite).finish()
}

/// Packages that one thread takes at a time. What is hard to match is not spread evenly over an inventory, which is sorted,
/// so that each thread takes many such stretches from all over it.
const STRETCH: usize = 64;

/// Packages by ecosystem and `name version`.
type Parents<'i> = HashMap<(&'i str, String), &'i Package>;

struct Matcher<'i, 'd> {
    database: &'d Database,
    context: Context<'i>,
    owners: Owners<'i>,
    /// Packages that brought others.
    parents: &'d Parents<'i>,
    /// What the image takes its packages from.
    repositories: &'d Repositories,
    /// The spaces that were asked about, and whether all of them that has to be known is at hand.
    asked: BTreeMap<Space, bool>,
    gaps: Gaps<'i>,
    inflated: Inflated,
    findings: Vec<Finding>,
    /// The findings of each stretch of packages, by its number.
    stretches: BTreeMap<usize, Vec<Finding>>,
}

impl<'i, 'd> Matcher<'i, 'd> {
    fn new(
        inventory: &'i Inventory,
        database: &'d Database,
        parents: &'d Parents<'i>,
        repositories: &'d Repositories,
    ) -> Self {
        Self {
            database,
            context: Context { distro: inventory.distro.as_ref() },
            owners: Owners::of(inventory),
            parents,
            repositories,
            asked: BTreeMap::from([(Space(Space::CVE.into()), true)]),
            gaps: Gaps::default(),
            inflated: Inflated::default(),
            findings: Vec::new(),
            stretches: BTreeMap::new(),
        }
    }

    /// Matches every `step`-th stretch, from the one with the number `first` on.
    fn run(mut self, stretches: &[&'i [Package]], first: usize, step: usize) -> Self {
        for (number, stretch) in stretches.iter().enumerate().skip(first).step_by(step) {
            stretch.iter().for_each(|package| self.package(package));
            self.stretches.insert(number, std::mem::take(&mut self.findings));
        }
        self
    }

    /// What two found in different stretches of one inventory.
    fn unite(mut self, other: Self) -> Self {
        self.asked.extend(other.asked);
        self.gaps.unite(other.gaps);
        self.owners.unite(other.owners);
        self.stretches.extend(other.stretches);
        self
    }

    fn package(&mut self, package: &'i Package) {
        self.gaps.count(package);
        let Some(ecosystem) = ecosystem(&package.ecosystem) else {
            return self.gaps.unspoken(package, Unspoken::UnknownEcosystem);
        };
        let language = ecosystem.kind == Kind::Language;
        if package.origin == Origin::ThirdParty {
            return self.gaps.unspoken(package, if language { Unspoken::Unpublished } else { Unspoken::ThirdParty });
        }
        let spaces = (ecosystem.advisory_spaces)(package, &self.context);
        let nobody = spaces.iter().all(|space| !self.is_answered(space) && vendor_of(space).is_none());
        if spaces.is_empty() || (language && nobody) {
            let by_cpe = spaces.iter().any(|space| space.as_str() == Space::CPE);
            let nobody = if by_cpe { Unspoken::NamedByCpe } else { Unspoken::Nobody };
            return self.unspoken(package, if language { nobody } else { Unspoken::NoSpace });
        }
        for space in &spaces {
            // What is known of a release is known of its channels, and what only adds to others' word has told of its absence:
            // neither is a gap of its own.
            let adds = |space: &Space| vendor_of(space).is_none() && spaces.len() > 1;
            if !self.is_answered(space) && space.channel().is_empty() && !adds(space) {
                self.gaps.missing(space.clone(), package);
            }
        }
        if let Err(error) = self.weigh(ecosystem, package, &spaces) {
            self.gaps.damaged(&error);
        }
    }

    /// Whether all that has to be known about the space is at hand. It counts as asked from here on.
    fn is_answered(&mut self, space: &Space) -> bool {
        let database = self.database;
        *self.asked.entry(space.clone()).or_insert_with(|| is_answered(database, space))
    }

    /// Nobody publishes advisories about the package, unless it came in one of a distribution that does.
    fn unspoken(&mut self, package: &'i Package, why: Unspoken) {
        match self.owners.is_heard(package, (&self.context, self.database, self.repositories)) {
            Ok(true) => {}
            Ok(false) => self.gaps.unspoken(package, why),
            Err(error) => self.gaps.damaged(&error),
        }
    }

    /// Hears all that is said about the package, and decides each vulnerability.
    fn weigh(&mut self, ecosystem: &Ecosystem, package: &'i Package, spaces: &[Space]) -> Result<(), Error> {
        let names = (ecosystem.advisory_names)(package);
        let mut verdicts = Vec::new();
        let asked = (self.database, self.repositories);
        hear(asked, ecosystem, package, spaces, &names, &mut |statement, verdict, named| {
            verdicts.extend(verdict.ok().map(|verdict| (statement, verdict, named)));
            Ok(())
        })?;
        // Of most packages every fix is installed: nothing is left to weigh.
        if verdicts.iter().all(|(_, (verdict, _), _)| *verdict == Verdict::NotAffected) {
            return Ok(());
        }
        let context = &self.context;
        let opinions =
            verdicts.into_iter().map(|(statement, verdict, named)| Opinion::new(statement, verdict, named, context));
        let opinions = opinions.collect::<Result<Vec<_>, Error>>()?;
        let first = self.findings.len();
        // Of most packages nearly every fix is installed.
        for (id, opinions) in by_vulnerability(&opinions, |opinion| opinion.verdict != Verdict::NotAffected) {
            match decide(&opinions)? {
                Decision::NotAffected(_) => {}
                Decision::Undecided(why) => self.gaps.undecided(package, id, why),
                Decision::Affected(deciding) => {
                    let parent = self.parent(package);
                    let heard = Heard { id, package, parent, deciding, all: opinions, facts: self.facts(id)? };
                    self.found(&heard, ecosystem, package)?;
                }
            }
        }
        // Of a distribution's package each version has all the fixes of those before it.
        if ecosystem.kind == Kind::Language {
            let found = self.findings.get_mut(first..).unwrap_or_default();
            let clean = clean(&opinions, found, ecosystem.compare)?.unwrap_or_default();
            let vulnerabilities = found.iter_mut().filter_map(Finding::vulnerability_mut);
            vulnerabilities.for_each(|vulnerability| vulnerability.clean_in.clone_from(&clean));
        }
        Ok(())
    }

    fn parent(&self, package: &Package) -> Option<&'i Package> {
        let last = package.introduced_by.last()?;
        self.parents.get(&(package.ecosystem.as_str(), last.clone())).copied()
    }

    fn found(&mut self, heard: &Heard<'_, '_>, ecosystem: &Ecosystem, package: &'i Package) -> Result<(), Error> {
        let mut finding = heard.finding(ecosystem.compare)?;
        unmaintained(&mut finding);
        // A finding without its title is better than none.
        match heard.title(&mut self.inflated) {
            Ok(title) => finding.title = title,
            Err(error) => self.gaps.damaged(&error),
        }
        if let Some(owner) = self.owners.owner(package) {
            self.owners.judge(
                &mut finding,
                heard,
                ecosystem,
                owner,
                (&self.context, self.database, self.repositories),
            )?;
        }
        self.findings.push(finding);
        Ok(())
    }

    /// What changes daily for every CVE is kept apart from what is said about packages, and joined here.
    fn facts(&self, id: &str) -> Result<Facts<'d>, Error> {
        let mut facts = Facts::default();
        if !is_cve(id) {
            return Ok(facts);
        }
        for shard in self.database.of(Space::CVE) {
            for fact in shard.statements(id)? {
                facts.add(fact)?;
            }
        }
        Ok(facts)
    }

    fn finish(self) -> Matched {
        let Self { database, context, asked, gaps, stretches, owners, .. } = self;
        let mut findings: Vec<Finding> = stretches.into_values().flatten().collect();
        hand_on(&owners.into_handed(), &mut findings);
        let mut gaps = gaps.finish(context.distro, database);
        gaps.extend(unusable(database, &asked));
        gaps.extend(unknown_exploitation(database, &findings));
        gaps.sort();
        Matched { findings: by_risk(findings), gaps, data: data(database, &asked), ..Matched::default() }
    }
}

/// Takes a statement, what it means for the package and for whom it is, and the name under which it was found.
type Listen<'l, 'd, 'n> =
    &'l mut dyn FnMut(Statement<'d>, Result<(Verdict<'d>, Reach), Silence>, &'n Named<'n>) -> Result<(), Error>;

/// Hears every statement of these spaces about the package under these names.
fn hear<'d, 'n>(
    (database, repositories): (&'d Database, &Repositories),
    ecosystem: &Ecosystem,
    package: &Package,
    spaces: &[Space],
    names: &'n [Named<'n>],
    listen: Listen<'_, 'd, 'n>,
) -> Result<(), Error> {
    for named in names {
        for shard in spaces.iter().flat_map(|space| database.of(space.as_str())) {
            for statement in shard.statements(&named.name)? {
                let told = match repositories.reach(&statement, named.version)? {
                    Some(reach) => {
                        verdict(&statement, package, named.version, ecosystem.compare)?.map(|it| (it, reach))
                    }
                    None => Err(Silence::Repository),
                };
                listen(statement, told, named)?;
            }
        }
    }
    Ok(())
}

/// The packages that stand last on the way to others.
fn parents(inventory: &Inventory) -> Parents<'_> {
    if inventory.packages.iter().all(|package| package.introduced_by.is_empty()) {
        return HashMap::new();
    }
    let brings = inventory.packages.iter().filter(|package| !package.depends_on.is_empty());
    brings
        .map(|package| ((package.ecosystem.as_str(), format!("{} {}", package.name, package.version)), package))
        .collect()
}

/// Opinions by the primary id of what they are about, of those vulnerabilities of which one opinion is `telling`.
fn by_vulnerability<'o, 'a>(
    opinions: &'o [Opinion<'a>],
    telling: impl Fn(&Opinion<'_>) -> bool,
) -> BTreeMap<&'a str, Vec<&'o Opinion<'a>>> {
    let records: Vec<&Ids<'_>> = opinions.iter().map(|opinion| &opinion.ids).collect();
    let mut vulnerabilities: BTreeMap<&str, Vec<&Opinion<'_>>> = BTreeMap::new();
    let primaries = primaries(&records);
    for (_, primaries) in opinions.iter().zip(&primaries).filter(|(opinion, _)| telling(opinion)) {
        vulnerabilities.extend(primaries.iter().map(|primary| (*primary, Vec::new())));
    }
    for (opinion, primaries) in opinions.iter().zip(&primaries) {
        for primary in primaries {
            vulnerabilities.get_mut(primary).into_iter().for_each(|all| all.push(opinion));
        }
    }
    vulnerabilities
}

/// In the order in which findings are listed, worst first. Places are sorted, for findings are large to move.
fn by_risk(findings: Vec<Finding>) -> Vec<Finding> {
    let mut order: Vec<(&Finding, usize)> = findings.iter().zip(0..).collect();
    order.sort_unstable_by(|(left, left_place), (right, right_place)| {
        risk(left, right).then_with(|| left_place.cmp(right_place))
    });
    let places: Vec<usize> = order.into_iter().map(|(_, place)| place).collect();
    let mut findings: Vec<Option<Finding>> = findings.into_iter().map(Some).collect();
    places.into_iter().filter_map(|place| findings.get_mut(place)?.take()).collect()
}

/// Whether the vendor's word about a space is at hand, or anybody's when there is no such feed. What is unusable of it is
/// a gap of its own.
fn is_answered(database: &Database, space: &Space) -> bool {
    let space = &space.of_release();
    let vendor = vendor_of(space).map(|feed| feed.id);
    let speaks = |shard: &Shard| vendor.is_none_or(|vendor| shard.feed() == vendor);
    database.of(space.as_str()).any(speaks) || database.unusable().iter().any(|(unusable, _)| unusable == space)
}

/// Shards that should have answered but cannot be used.
fn unusable(database: &Database, asked: &BTreeMap<Space, bool>) -> impl Iterator<Item = Gap> {
    database.unusable().iter().filter(|(space, _)| asked.contains_key(space)).map(|(space, error)| Gap {
        kind: GapKind::Blind,
        location: space.to_string(),
        reason: GapReason::DataMissing,
        message: error.to_string(),
    })
}

/// "Not known to be exploited" is no answer where nobody was asked.
fn unknown_exploitation(database: &Database, findings: &[Finding]) -> Option<Gap> {
    let asked = database.of(Space::CVE).next().is_some();
    let unusable = database.unusable().iter().any(|(space, _)| space.as_str() == Space::CVE);
    let wanted = findings.iter().any(|finding| is_cve(&finding.id));
    (wanted && !asked && !unusable).then(|| Gap {
        kind: GapKind::Partial,
        location: Space::CVE.into(),
        reason: GapReason::DataMissing,
        message: "no data on which vulnerabilities are exploited is at hand; run `plimsoll db update`".into(),
    })
}

pub(crate) fn data(database: &Database, asked: &BTreeMap<Space, bool>) -> Vec<DataSource> {
    let mut data: Vec<DataSource> = database
        .shards()
        .iter()
        .filter(|shard| asked.contains_key(shard.space()))
        .map(|shard| DataSource {
            space: shard.space().into(),
            feed: shard.feed().into(),
            date: shard.date().into(),
            digest: shard.digest().into(),
            ..DataSource::default()
        })
        .collect();
    data.sort();
    data
}
