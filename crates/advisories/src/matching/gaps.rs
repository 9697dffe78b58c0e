//! What matching could not decide, grouped so that a person can read it.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{Distro, Gap, GapKind, GapReason, Package, Space};
use plimsoll_packages::red_hat::REPOSITORIES;

use crate::database::{Database, Error, Shard};
use crate::feeds::vendor_of;

/// Names or ids that a message gives before it says how many more there are.
const EXAMPLES: usize = 5;

/// Ids of vulnerabilities by why they are undecided.
type Reasons = BTreeMap<String, BTreeSet<String>>;

/// Collects while packages are matched.
#[derive(Debug, Default)]
pub struct Gaps<'a> {
    /// Number of packages of each ecosystem.
    seen: BTreeMap<&'a str, usize>,
    unspoken: BTreeMap<(&'a str, Unspoken), Vec<&'a str>>,
    missing: BTreeMap<Space, BTreeSet<&'a str>>,
    undecided: BTreeMap<(&'a str, &'a str), (&'a Package, Reasons)>,
    damaged: BTreeMap<String, String>,
    repositories: Option<Gap>,
}

/// Why nobody's advisories were applied to a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unspoken {
    /// The ecosystem has no row: no order of versions, no names.
    UnknownEcosystem,
    /// Nobody is known to publish advisories for it in this distribution.
    NoSpace,
    /// Somebody else than the distribution built it.
    ThirdParty,
    /// Nobody is known to publish advisories for the ecosystem, or for what is known of the package.
    Nobody,
    /// Only advisories that name programs by CPE might, and these are not at hand.
    NamedByCpe,
    /// It is not from the ecosystem's public registry.
    Unpublished,
}

impl Unspoken {
    /// That packages of a whole distribution stay unmatched is blindness. That nobody speaks about an ecosystem, or about
    /// somebody's own package, is how it is: no scan could see more.
    const fn is_blind(self) -> bool {
        !matches!(self, Self::Nobody | Self::NamedByCpe | Self::Unpublished)
    }
}

impl<'a> Gaps<'a> {
    /// Every package is counted, so that a whole ecosystem that went unmatched is told from a few packages of it.
    pub fn count(&mut self, package: &'a Package) {
        let seen = self.seen.entry(&package.ecosystem).or_default();
        *seen = seen.saturating_add(1);
    }

    /// Nobody's advisories apply to the package.
    pub fn unspoken(&mut self, package: &'a Package, why: Unspoken) {
        self.unspoken.entry((&package.ecosystem, why)).or_default().push(&package.name);
    }

    /// The vendor's word about a space that the package asks for is not at hand.
    pub fn missing(&mut self, space: Space, package: &'a Package) {
        self.missing.entry(space).or_default().insert(&package.name);
    }

    /// Whether the package has the vulnerability cannot be told, because of `why`.
    pub fn undecided(&mut self, package: &'a Package, id: &str, why: String) {
        let (_, reasons) =
            self.undecided.entry((&package.name, &package.version)).or_insert_with(|| (package, Reasons::new()));
        reasons.entry(why).or_default().insert(id.into());
    }

    /// A shard turned out to be damaged.
    pub fn damaged(&mut self, error: &Error) {
        self.damaged.entry(error.to_string()).or_insert_with(|| error.location());
    }

    /// The image names repositories of which nobody knows what products they are of.
    pub fn repositories(&mut self, unknown: &[&str]) {
        let (shown, more) = listed(unknown);
        self.repositories = (!unknown.is_empty()).then(|| Gap {
            kind: GapKind::Partial,
            location: REPOSITORIES.into(),
            reason: GapReason::DataMissing,
            message: format!(
                "the image has packages from repositories of unknown products, to which advisories for these were not applied: {shown}{more}; run `plimsoll db update`"
            ),
        });
    }

    /// Adds what was collected about other packages of the same inventory.
    pub fn unite(&mut self, other: Self) {
        for (ecosystem, count) in other.seen {
            let seen = self.seen.entry(ecosystem).or_default();
            *seen = seen.saturating_add(count);
        }
        for (why, names) in other.unspoken {
            self.unspoken.entry(why).or_default().extend(names);
        }
        for (space, names) in other.missing {
            self.missing.entry(space).or_default().extend(names);
        }
        for (key, (package, reasons)) in other.undecided {
            let (_, known) = self.undecided.entry(key).or_insert_with(|| (package, Reasons::new()));
            for (why, ids) in reasons {
                known.entry(why).or_default().extend(ids);
            }
        }
        self.damaged.extend(other.damaged);
    }

    /// All, sorted.
    pub fn finish(mut self, distro: Option<&Distro>, database: &Database) -> Vec<Gap> {
        let mut gaps = Vec::new();
        for ((ecosystem, why), names) in &mut self.unspoken {
            names.sort_unstable();
            let whole = self.seen.get(ecosystem).is_none_or(|seen| names.len() >= *seen);
            gaps.push(Gap {
                kind: if whole && why.is_blind() { GapKind::Blind } else { GapKind::Partial },
                location: (*ecosystem).into(),
                reason: GapReason::NoAdvisories,
                message: unspoken_message(ecosystem, *why, names, distro),
            });
        }
        gaps.extend(self.missing.iter().map(|(space, names)| missing_gap(space, names, database)));
        for (package, reasons) in self.undecided.into_values() {
            gaps.extend(reasons.into_iter().map(|(why, ids)| undecided_gap(package, &why, &ids)));
        }
        gaps.extend(self.repositories);
        gaps.extend(self.damaged.into_iter().map(|(message, location)| Gap {
            kind: GapKind::Blind,
            location,
            reason: GapReason::DataMissing,
            message,
        }));
        gaps.sort();
        gaps
    }
}

fn unspoken_message(ecosystem: &str, why: Unspoken, names: &[&str], distro: Option<&Distro>) -> String {
    let counted = counted(names);
    match (why, distro) {
        (Unspoken::UnknownEcosystem, _) => {
            format!("no rules to match packages of type {ecosystem}: {counted} not matched")
        }
        (Unspoken::NoSpace, Some(distro)) => {
            let (id, version) = (&distro.id, &distro.version);
            let release = if version.is_empty() { id.clone() } else { format!("{id} {version}") };
            format!("no advisories are known for {ecosystem} packages of {release}: {counted} not matched")
        }
        (Unspoken::NoSpace, None) => {
            format!("no advisories are known for {ecosystem} packages without a distribution: {counted} not matched")
        }
        (Unspoken::ThirdParty, _) => format!(
            "not built by the distribution, whose advisories do not speak about them: {counted} not matched; ask their vendor"
        ),
        (Unspoken::Nobody, _) => {
            format!("nobody is known to publish advisories for these {ecosystem} packages: {counted} not matched")
        }
        (Unspoken::NamedByCpe, _) => format!(
            "only NVD's data speak about these {ecosystem} packages, by CPE, and are not at hand: {counted} not matched; fetch them with `--feed nvd`"
        ),
        (Unspoken::Unpublished, _) => format!(
            "not from the public registry of {ecosystem}, of which alone advisories speak: {counted} not matched; look at their source"
        ),
    }
}

fn missing_gap(space: &Space, names: &BTreeSet<&str>, database: &Database) -> Gap {
    let names: Vec<&str> = names.iter().copied().collect();
    let counted = counted(&names);
    let others: Vec<&str> = database.of(space.as_str()).map(Shard::feed).collect();
    let (reason, message) = match (vendor_of(space), others.as_slice()) {
        (None, _) => (GapReason::NoAdvisories, format!("no feed speaks about {space}: {counted} not matched")),
        (Some(_), []) => {
            let remedy = "run `plimsoll db update` or allow the download";
            let message = format!("no advisories for {space} are at hand, so {counted} not matched; {remedy}");
            (GapReason::DataMissing, message)
        }
        (Some(vendor), others) => {
            let (vendor, others) = (vendor.id, others.join(" and "));
            let remedy = format!("run `plimsoll db update {space}`, from a newer mirror or without --mirror");
            let message = format!(
                "nothing from {vendor}, whose word on {space} is the vendor's, is at hand, so {counted} matched with {others} only; {remedy}"
            );
            (GapReason::DataMissing, message)
        }
    };
    Gap { kind: GapKind::Blind, location: space.to_string(), reason, message }
}

fn undecided_gap(package: &Package, why: &str, ids: &BTreeSet<String>) -> Gap {
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let (shown, more) = listed(&ids);
    Gap {
        kind: GapKind::Partial,
        location: if package.purl.is_empty() { package.name.clone() } else { package.purl.clone() },
        reason: GapReason::Incomparable,
        message: format!("{} {}: {why}; undecided: {shown}{more}", package.name, package.version),
    }
}

/// `1 package (a) was`, `7 packages (a, b, c, d, e and 2 more) were`.
fn counted(names: &[&str]) -> String {
    let (shown, more) = listed(names);
    if names.len() == 1 {
        format!("1 package ({shown}) was")
    } else {
        format!("{} packages ({shown}{more}) were", names.len())
    }
}

fn listed(names: &[&str]) -> (String, String) {
    let shown = names.iter().take(EXAMPLES).copied().collect::<Vec<_>>().join(", ");
    let more = names.len().saturating_sub(EXAMPLES);
    (shown, if more == 0 { String::new() } else { format!(" and {more} more") })
}
