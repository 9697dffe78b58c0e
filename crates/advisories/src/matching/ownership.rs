//! What a distribution says of software that came in one of its packages.
//!
//! Owns the rules for packages of other ecosystems whose files an operating-system package put in place. The vendor of
//! that package patches without changing upstream's version, so that upstream's advisories alone would accuse what has
//! been mended. The vendor's word on a CVE wins over theirs; where it has none, upstream's counts unless the vendor's
//! version is past upstream's fix. A finding that gives way stays in the report, muted.

use std::collections::{BTreeMap, HashMap};

use plimsoll_model::{Finding, Inventory, Muted, Origin, Package, Rating, Severity, State};
use plimsoll_packages::{Context, Ecosystem, ecosystem};

use super::decision::{Decision, Heard, Opinion, decide};
use super::identity::{Ids, primaries};
use super::repositories::Repositories;
use super::verdict::{Verdict, verdict};
use crate::database::{Database, Error};
use crate::feeds::vendor_of;

/// The operating-system packages that own others' files, and what was found out about them so far.
#[derive(Debug)]
pub struct Owners<'i> {
    /// By package URL.
    packages: HashMap<&'i str, &'i Package>,
    words: HashMap<&'i str, Option<Word>>,
    handed: Handed,
}

/// Opinions on findings that gave way to those of an owner, by its package URL and the id.
pub type Handed = BTreeMap<(String, String), Vec<Rating>>;

/// Hands on how bad others call what the owners' findings are about: a vendor that has not rated it yet must not make it
/// look harmless.
pub fn hand_on(handed: &Handed, findings: &mut [Finding]) {
    for finding in findings.iter_mut().filter(|_| !handed.is_empty()) {
        let Some(ratings) = handed.get(&(finding.package().to_owned(), finding.id.clone())) else { continue };
        let new: Vec<Rating> = ratings.iter().filter(|rating| !finding.severities.contains(rating)).cloned().collect();
        let rated = new.iter().find(|rating| rating.severity != Severity::Unknown).map(|rating| rating.severity);
        if let Some(severity) = rated.filter(|_| finding.severity == Severity::Unknown) {
            // The opinion that wins comes first.
            finding.severity = severity;
            finding.severities.splice(0..0, new);
        } else {
            finding.severities.extend(new);
        }
    }
}

/// What the owners' vendors are asked with.
pub type Known<'a> = (&'a Context<'a>, &'a Database, &'a Repositories);

/// What the vendor says of one of its packages.
#[derive(Debug)]
struct Word {
    /// Feed and space, as in `debian-tracker (debian:12)`.
    vendor: String,
    /// By every id of the vulnerability.
    said: BTreeMap<String, Said>,
}

#[derive(Debug, Clone)]
enum Said {
    /// The package has the vulnerability, which is a finding of its own.
    Affected { by: String },
    /// It does not, and why.
    Free { by: String, why: String, status: State },
    /// It cannot be told, which is a gap of its own.
    Undecided { by: String },
}

impl<'i> Owners<'i> {
    /// Those of the inventory that anything asks about.
    pub fn of(inventory: &'i Inventory) -> Self {
        let mut packages = HashMap::new();
        if inventory.packages.iter().any(|package| package.owned_by.is_some()) {
            let system = |package: &&Package| package.is_of_system();
            packages.extend(inventory.packages.iter().filter(system).map(|package| (package.purl.as_str(), package)));
        }
        Self { packages, words: HashMap::new(), handed: Handed::new() }
    }

    /// Whether the vendor of the package that owns this one's files is heard.
    pub fn is_heard(&mut self, package: &'i Package, known: Known<'_>) -> Result<bool, Error> {
        Ok(match self.owner(package) {
            Some(owner) => self.word(owner, known)?.is_some(),
            None => false,
        })
    }

    /// Mutes the finding when the vendor's word stands against it or says the same; else adds to its evidence why not.
    pub fn judge(
        &mut self,
        finding: &mut Finding,
        heard: &Heard<'_, '_>,
        row: &Ecosystem,
        owner: &'i Package,
        known: Known<'_>,
    ) -> Result<(), Error> {
        let Some(word) = self.word(owner, known)? else { return Ok(()) };
        let mut reported = false;
        let named = format!("{} {}", owner.name, owner.version);
        let ids = || std::iter::once(&finding.id).chain(&finding.aliases);
        let muted = match ids().find_map(|id| word.said.get(id)) {
            Some(Said::Affected { by }) => {
                reported = true;
                Ok((by, format!("part of {named}, for which it is reported as the vendor rates it"), State::Affected))
            }
            Some(Said::Free { by, why, status }) => Ok((by, format!("part of {named}, {why}"), *status)),
            Some(Said::Undecided { by }) => Err(format!("what {by} says of it in {named} cannot be decided")),
            None => silence(word, &named, heard, row, owner)?,
        };
        match muted {
            Ok((by, reason, status)) => {
                finding.muted = Some(Muted { by: by.clone(), reason, status: Some(status), ..Muted::default() });
            }
            Err(why) => {
                finding.evidence.push_str("; ");
                finding.evidence.push_str(&why);
            }
        }
        if reported {
            for id in std::iter::once(&finding.id).chain(&finding.aliases) {
                self.handed.insert((owner.purl.clone(), id.clone()), finding.severities.clone());
            }
        }
        Ok(())
    }

    /// What was handed on so far.
    pub fn into_handed(self) -> Handed {
        self.handed
    }

    /// Adds what was found out about other packages of the same inventory.
    pub fn unite(&mut self, other: Self) {
        self.handed.extend(other.handed);
    }

    /// The package of the operating system that owns the files of this one.
    pub fn owner(&self, package: &Package) -> Option<&'i Package> {
        self.packages.get(package.owned_by.as_deref()?).copied()
    }

    fn word(&mut self, owner: &'i Package, known: Known<'_>) -> Result<Option<&Word>, Error> {
        let key = owner.purl.as_str();
        if !self.words.contains_key(key) {
            self.words.insert(key, word(owner, known)?);
        }
        Ok(self.words.get(key).and_then(Option::as_ref))
    }
}

/// What the vendor says, when it built the package and its data are at hand.
fn word(owner: &Package, (context, database, repositories): Known<'_>) -> Result<Option<Word>, Error> {
    let Some(row) = ecosystem(&owner.ecosystem).filter(|_| owner.origin != Origin::ThirdParty) else { return Ok(None) };
    let spaces = (row.advisory_spaces)(owner, context);
    let vendors: Option<Vec<&str>> = spaces.iter().map(|space| Some(vendor_of(space)?.id)).collect();
    let Some(vendors) = vendors.filter(|vendors| !vendors.is_empty()) else { return Ok(None) };
    let is_there = |(space, vendor): (_, &&str)| database.of(space).any(|shard| shard.feed() == *vendor);
    let releases = spaces.iter().zip(&vendors).filter(|(space, _)| space.channel().is_empty());
    if !releases.map(|(space, vendor)| (space.as_str(), vendor)).all(is_there) {
        return Ok(None);
    }
    let names = (row.advisory_names)(owner);
    let mut opinions = Vec::new();
    let asked = (database, repositories);
    super::hear(asked, row, owner, &spaces, &names, &mut |statement, verdict, named| {
        opinions.extend(verdict.ok().map(|told| Opinion::new(statement, told, named, context)).transpose()?);
        Ok(())
    })?;
    let vendor = spaces.iter().zip(vendors).map(|(space, vendor)| format!("{vendor} ({space})")).next();
    Ok(Some(Word { vendor: vendor.unwrap_or_default(), said: said(&opinions)? }))
}

/// The answer about each vulnerability that anything was said of.
fn said(opinions: &[Opinion<'_>]) -> Result<BTreeMap<String, Said>, Error> {
    let records: Vec<&Ids<'_>> = opinions.iter().map(|opinion| &opinion.ids).collect();
    let mut vulnerabilities: BTreeMap<&str, Vec<&Opinion<'_>>> = BTreeMap::new();
    for (opinion, primaries) in opinions.iter().zip(primaries(&records)) {
        primaries.into_iter().for_each(|primary| vulnerabilities.entry(primary).or_default().push(opinion));
    }
    let mut said = BTreeMap::new();
    for (id, opinions) in vulnerabilities {
        let answer = answer(&opinions)?;
        for alias in opinions
            .iter()
            .filter(|opinion| !opinion.ids.is_erratum())
            .flat_map(|opinion| opinion.ids.aliases.iter().copied().filter(|alias| !super::identity::is_cve(alias)))
        {
            said.entry(alias.to_owned()).or_insert_with(|| answer.clone());
        }
        said.insert(id.to_owned(), answer);
    }
    Ok(said)
}

fn answer(opinions: &[&Opinion<'_>]) -> Result<Said, Error> {
    let by =
        |opinion: &Opinion<'_>| format!("{} ({})", opinion.statement.shard().feed(), opinion.statement.shard().space());
    let first = |those: &[&Opinion<'_>]| those.first().map(|opinion| by(opinion)).unwrap_or_default();
    Ok(match decide(opinions)? {
        Decision::Affected(deciding) => Said::Affected { by: first(&deciding) },
        Decision::Undecided(_) => Said::Undecided { by: first(opinions) },
        Decision::NotAffected(clearing) => match clearing.first() {
            Some(opinion) => {
                let (why, status) = why_free(opinion)?;
                Said::Free { by: by(opinion), why, status }
            }
            None => Said::Undecided { by: first(opinions) },
        },
    })
}

fn why_free(opinion: &Opinion<'_>) -> Result<(String, State), Error> {
    if opinion.statement.state()? == State::NotAffected {
        return Ok(("which the vendor found not to be affected".into(), State::NotAffected));
    }
    let mut fixed = None;
    for range in opinion.statement.ranges()? {
        fixed = Some(range?.fixed).filter(|fixed| !fixed.is_empty()).or(fixed);
    }
    Ok(match fixed {
        Some("0") | None => ("which the vendor does not list as affected".into(), State::NotAffected),
        Some(fixed) => (format!("in which the vendor fixed it with {fixed}"), State::Fixed),
    })
}

/// Who mutes it, why, and what they say instead; or why nobody does.
type Judgement<'w> = Result<(&'w String, String, State), String>;

/// The vendor says nothing of it: upstream's word counts, unless the vendor's version is one that upstream calls free.
fn silence<'w>(
    word: &'w Word,
    named: &str,
    heard: &Heard<'_, '_>,
    row: &Ecosystem,
    owner: &Package,
) -> Result<Judgement<'w>, Error> {
    let Word { vendor, .. } = word;
    let upstream = upstream(owner.source.as_ref().map_or(&owner.version, |source| &source.version));
    if is_same_software(owner, heard.package) && is_free(heard, upstream, row)? {
        return Ok(Ok((vendor, format!("part of {named}, whose version {upstream} has upstream's fix"), State::Fixed)));
    }
    Ok(Err(format!("{vendor} says nothing of it in {named}, whose version does not show that it has upstream's fix")))
}

/// Whether all that accuses the package would acquit this version of it.
fn is_free(heard: &Heard<'_, '_>, version: &str, row: &Ecosystem) -> Result<bool, Error> {
    for opinion in &heard.deciding {
        if verdict(&opinion.statement, heard.package, version, row.compare)? != Ok(Verdict::NotAffected) {
            return Ok(false);
        }
    }
    Ok(!heard.deciding.is_empty())
}

/// What upstream called the version: without epoch, revision, and the marks of a repacked archive (`2:3.61+dfsg-1`).
fn upstream(version: &str) -> &str {
    let version = version.split_once(':').map_or(version, |(_, version)| version);
    let version = version.rsplit_once('-').map_or(version, |(version, _)| version);
    let version = version.split_once('+').map_or(version, |(version, _)| version);
    ["~dfsg", "~ds"].iter().find_map(|mark| version.split_once(mark)).map_or(version, |(version, _)| version)
}

/// Whether the owner is a distribution's form of this package (`python3-requests`, `ruby-rack`), rather than something
/// that brings a copy of it along: only then do their versions mean the same.
fn is_same_software(owner: &Package, package: &Package) -> bool {
    fn words(name: &str) -> Vec<String> {
        name.to_lowercase().split(['-', '_', '.']).map(str::to_owned).collect()
    }
    let name = package.name.rsplit(['/', ':']).next().unwrap_or_default();
    let name = words(name);
    [owner.name.as_str(), owner.source_name()].into_iter().any(|owner| words(owner).ends_with(&name))
}
