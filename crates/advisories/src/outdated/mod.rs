//! Which software of an inventory is past its support, taken back, abandoned or behind.
//!
//! Owns what is asked about which package, and what cannot be. The rule by which it is rated is in [`severity`], products
//! and the names that they go by in [`products`], the words in [`words`]; `docs/outdated.md` tells people of all three.
//! What a distribution packs is the distribution's to look after: its packages, and what lies in their files, are judged by
//! the distribution's own dates alone. What nobody publishes dates for is counted as not assessed, never as current.

mod products;
mod severity;
mod words;

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use plimsoll_model::{
    About, Distro, Finding, FindingOrigin, Gap, GapKind, GapReason, Inventory, Origin, Outdated, OutdatedOf,
    OutdatedWhy, Package, Presence, Severity, Space, Support,
};
use plimsoll_packages::{Ecosystem, Kind, ecosystem};

pub(crate) use self::products::name_of_cpe;
use self::products::{Known, names};
pub(crate) use self::words::unmaintained;
use crate::database::{Database, Error, Inflated};
use crate::lifecycle::{Cycle, Product};
use crate::matching::{Matched, data};

/// What is outdated on the day of `as_of` (RFC 3339). Without data about products only what files of the image say of
/// packages themselves is known, and a gap says so.
#[must_use]
pub fn outdated(inventory: &Inventory, database: &Database, as_of: &str) -> Matched {
    let mut matched = Matched::default();
    matched.findings.extend(inventory.packages.iter().filter_map(words::deprecated));
    let Some(today) = day(as_of) else {
        matched.gaps.push(gap(format!("{as_of:?} is no moment, so it was not assessed what is outdated")));
        return matched;
    };
    let space = Space(Space::LIFECYCLE.into());
    matched.data = data(database, &BTreeMap::from([(space, true)]));
    matched.gaps.extend(unusable(database));
    let mut assessor = Assessor { inventory, database, today, known: HashMap::new(), inflated: Inflated::default() };
    if matched.data.is_empty() {
        if matched.gaps.is_empty() {
            let message =
                "no data on how long software is supported are at hand, so it was not assessed what is outdated";
            matched.gaps.push(gap(format!("{message}; run `plimsoll db update lifecycle`")));
        }
        matched.support.not_assessed = assessor.subjects();
        return matched;
    }
    if let Err(error) = assessor.assess(&mut matched) {
        matched.gaps.push(gap(error.to_string()));
    }
    matched.gaps.sort();
    matched
}

fn day(as_of: &str) -> Option<Date> {
    let moment = as_of.parse::<jiff::Timestamp>().map(|moment| TimeZone::UTC.to_datetime(moment).date());
    moment.or_else(|_| as_of.parse::<Date>()).ok()
}

/// That something is not known to be outdated hides no vulnerability.
fn gap(message: String) -> Gap {
    Gap { kind: GapKind::Partial, location: Space::LIFECYCLE.into(), reason: GapReason::DataMissing, message }
}

fn unusable(database: &Database) -> impl Iterator<Item = Gap> {
    let own = database.unusable().iter().filter(|(space, _)| space.as_str() == Space::LIFECYCLE);
    own.map(|(_, error)| gap(error.to_string()))
}

struct Assessor<'i, 'd> {
    inventory: &'i Inventory,
    database: &'d Database,
    today: Date,
    /// Products by the name that was looked up.
    known: HashMap<String, Option<Product>>,
    inflated: Inflated,
}

impl<'i> Assessor<'i, '_> {
    /// How much there is to assess.
    fn subjects(&self) -> usize {
        self.packages().count().saturating_add(usize::from(self.inventory.distro.is_some()))
    }

    /// The packages that no distribution looks after.
    fn packages(&self) -> impl Iterator<Item = (&'i Package, &'static Ecosystem)> + use<'i> {
        let inventory = self.inventory;
        let foreign = inventory.packages.iter().filter(|package| package.origin == Origin::ThirdParty);
        let foreign: Vec<&str> = foreign.map(|package| package.purl.as_str()).collect();
        let own = move |package: &&Package| {
            let owner = package.owned_by.as_deref();
            package.origin != Origin::Vendor && owner.is_none_or(|owner| foreign.contains(&owner))
        };
        let rows = inventory.packages.iter().filter(own);
        rows.filter_map(|package| {
            Some((package, ecosystem(&package.ecosystem).filter(|row| row.kind == Kind::Language)?))
        })
    }

    fn assess(&mut self, matched: &mut Matched) -> Result<(), Error> {
        let mut support = Support::default();
        let mut count = |is_assessed: bool| {
            let count = if is_assessed { &mut support.assessed } else { &mut support.not_assessed };
            *count = count.saturating_add(1);
        };
        if let Some(distro) = &self.inventory.distro {
            match self.distribution(distro)? {
                Ok(finding) => {
                    count(true);
                    matched.findings.extend(finding);
                }
                Err(why) => {
                    count(false);
                    matched.gaps.extend(why.map(gap));
                }
            }
        }
        for (package, row) in self.packages() {
            let found = self.package(package, row)?;
            count(found.is_some());
            matched.findings.extend(found.flatten());
        }
        matched.support = support;
        Ok(())
    }

    /// What is to be said of the distribution; or why nothing could be assessed, none when it has no releases.
    fn distribution(&mut self, distro: &Distro) -> Result<Result<Option<Finding>, Option<String>>, Error> {
        let release = format!("{} {}", distro.id, distro.version);
        let release = release.trim_end();
        let unassessed = |why: &str| format!("it was not assessed whether {release} is outdated: {why}");
        let today = self.today;
        let Some(known) = products::distribution(&distro.id) else {
            let why = "no dates of its releases are known";
            return Ok(Err((!distro.version.is_empty()).then(|| unassessed(why))));
        };
        let layer =
            self.inventory.packages.iter().filter(|package| package.is_of_system()).map(|package| package.layer);
        let layer = layer.min();
        let Some(product) = self.product(known.product)? else {
            return Ok(Err(Some(unassessed("the data at hand do not have it"))));
        };
        let Some(cycle) = product.cycle(&distro.version) else {
            // Rolling releases have no end.
            return Ok(Err((!distro.version.is_empty()).then(|| unassessed("the data at hand have no such release"))));
        };
        let line = Line { product, cycle, today, known: Some(known), channels: &distro.channels };
        let Some(outdated) = line.weigh(OutdatedOf::Distribution) else { return Ok(Ok(None)) };
        let outdated = Outdated { name: distro.id.clone(), version: distro.version.clone(), ..outdated };
        let subject = Package::new("", &*distro.id, &*distro.version);
        Ok(Ok(Some(Finding { layer, ..line.finding(outdated, &subject) })))
    }

    /// What is to be said of a package; none when nothing can be.
    fn package(&mut self, package: &Package, row: &Ecosystem) -> Result<Option<Option<Finding>>, Error> {
        if !package.version.starts_with(|first: char| first.is_ascii_digit() || first == 'v') {
            return Ok(None);
        }
        let today = self.today;
        for Known { name, is_program } in names(package) {
            let Some(product) = self.product(&name)? else { continue };
            let Some(cycle) = product.cycle(&package.version) else { return Ok(None) };
            let line = Line { product, cycle, today, known: None, channels: &[] };
            let is_running = is_program && package.presence == Presence::Installed;
            let behind = || line.behind(&package.version, row).filter(|_| is_running);
            let outdated = line.weigh(OutdatedOf::Package).or_else(behind);
            return Ok(Some(outdated.map(|outdated| {
                let finding = line.finding(Outdated { ..words::of(package, outdated) }, package);
                let severity = line.severity(finding.outdated(), is_program);
                Finding { severity, ..finding }
            })));
        }
        Ok(None)
    }

    /// The product that goes by this name.
    fn product(&mut self, name: &str) -> Result<Option<&Product>, Error> {
        if !self.known.contains_key(name) {
            let product = self.look_up(name)?;
            self.known.insert(name.to_owned(), product);
        }
        Ok(self.known.get(name).and_then(Option::as_ref))
    }

    fn look_up(&mut self, name: &str) -> Result<Option<Product>, Error> {
        let mut found: Vec<Product> = Vec::new();
        for shard in self.database.of(Space::LIFECYCLE) {
            for statement in shard.statements(name)? {
                let details = statement.details(&mut self.inflated)?;
                let label = statement.title(&mut self.inflated)?;
                // Written by another version of this program: as good as not there.
                found.extend(Product::read(statement.id()?, label, &details));
            }
        }
        // A name that several products share tells none of them, unless it is one's own.
        let own = found.iter().position(|product| product.name == name);
        let only = (found.len() == 1).then_some(0);
        Ok(own.or(only).map(|place| found.swap_remove(place)))
    }
}

/// A line of releases on a day.
struct Line<'a> {
    product: &'a Product,
    cycle: &'a Cycle,
    today: Date,
    /// Of a distribution: who extends its support.
    known: Option<&'static products::Distribution>,
    channels: &'a [String],
}

impl Line<'_> {
    /// Whether the line itself is past something.
    fn weigh(&self, of: OutdatedOf) -> Option<Outdated> {
        let Self { product, cycle, today, .. } = self;
        let why = if cycle.life.is_over(*today) {
            OutdatedWhy::EndOfLife
        } else if cycle.support.is_over(*today) {
            OutdatedWhy::EndOfSupport
        } else {
            return None;
        };
        let fixed_in =
            self.supported().map(|line| if of == OutdatedOf::Package { best(line) } else { line.name.clone() });
        Some(Outdated {
            of,
            why,
            product: product.name.clone(),
            cycle: cycle.name.clone(),
            support_until: cycle.support.day(),
            end_of_life: cycle.life.day(),
            extended_until: cycle.extended.day(),
            extended_by: self.extended_by(),
            latest: cycle.latest.clone(),
            newest: product.newest(*today).map(|newest| newest.name.clone()).unwrap_or_default(),
            // The nearest first.
            fixed_in: fixed_in.collect::<Vec<_>>().into_iter().rev().collect(),
            ..Outdated::default()
        })
    }

    /// Whether the line has a later release than this.
    fn behind(&self, version: &str, row: &Ecosystem) -> Option<Outdated> {
        let latest = &self.cycle.latest;
        let is_of_line = self.product.cycle(latest).is_some_and(|cycle| cycle.name == self.cycle.name);
        let is_older = (row.compare)(version, latest).is_some_and(std::cmp::Ordering::is_lt);
        (is_of_line && is_older).then(|| Outdated {
            why: OutdatedWhy::Behind,
            product: self.product.name.clone(),
            cycle: self.cycle.name.clone(),
            end_of_life: self.cycle.life.day(),
            latest: latest.clone(),
            fixed_in: vec![latest.clone()],
            ..Outdated::default()
        })
    }

    /// The supported lines above this one, newest first.
    fn supported(&self) -> impl Iterator<Item = &Cycle> {
        let newer = self.product.cycles.iter().take_while(|cycle| cycle.name != self.cycle.name);
        newer.filter(|cycle| !cycle.life.is_over(self.today))
    }

    /// Who goes on mending the line after its end of life; empty when nobody ever did.
    fn extended_by(&self) -> String {
        if self.cycle.extended == crate::lifecycle::End::Unstated {
            return String::new();
        }
        let known = self.known.map_or("", |known| known.extended_by);
        let said = [known, &self.product.extended_by].into_iter().find(|by| !by.is_empty());
        said.unwrap_or("extended support").to_owned()
    }

    fn finding(&self, outdated: Outdated, subject: &Package) -> Finding {
        let id = words::id(outdated.why, &format!("{}-{}", self.product.name, self.cycle.name));
        Finding {
            aliases: Vec::new(),
            severity: self.severity(Some(&outdated), false),
            severities: Vec::new(),
            title: self.title(outdated.why),
            layer: Some(subject.layer),
            locations: subject.locations.clone(),
            evidence: self.evidence(&outdated, &subject.version),
            remedy: self.remedy(&outdated),
            origin: FindingOrigin::Own,
            fingerprint: subject.fingerprint(&id),
            muted: None,
            due: Vec::new(),
            about: About::Outdated(outdated),
            id,
        }
    }

    fn severity(&self, outdated: Option<&Outdated>, is_program: bool) -> Severity {
        outdated.map_or(Severity::Unknown, |outdated| severity::of_line(self, outdated, is_program))
    }
}

/// The version that one upgrades to in a line.
fn best(line: &Cycle) -> String {
    if line.latest.is_empty() { line.name.clone() } else { line.latest.clone() }
}
