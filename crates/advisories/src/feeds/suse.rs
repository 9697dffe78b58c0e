//! SUSE Linux Enterprise, SLE Micro and openSUSE: one OVAL document for each release.
//!
//! Owns the names of the documents, which products are of which release, and what SUSE's tests mean: definitions are of
//! vulnerabilities, one CVE each, and name binary packages that are fixed, not fixed yet, or not affected.

use std::collections::BTreeSet;

use plimsoll_model::{Advisory, Affected, Rating, Space, State};

use super::oval::{self, Bounds, Definition, Meaning, Operation, Reduced, Test};
use super::{Covers, Document, Emit, Error, Feed, Input, Item, Part, Role, Wanted, bounds};

/// The row.
pub const SUSE: Feed = Feed {
    id: "suse-oval",
    about: "SUSE Linux Enterprise, SLE Micro and openSUSE: where each package stands with each vulnerability",
    licence: "SUSE's terms, in LICENSE beside the documents",
    passed_on: true,
    freshness: "daily",
    specification: "https://ftp.suse.com/pub/projects/security/oval/README",
    home: "https://ftp.suse.com/pub/projects/security/oval",
    mirror: "suse/oval",
    documents,
    parse,
};

/// Releases that there are when everything is wanted. Those asked for by an image are not limited by it.
const RELEASES: &[&str] = &[
    "sles:12.3",
    "sles:12.4",
    "sles:12.5",
    "sles:15",
    "sles:15.1",
    "sles:15.2",
    "sles:15.3",
    "sles:15.4",
    "sles:15.5",
    "sles:15.6",
    "sles:15.7",
    "sles:16.0",
    "sle-micro:5.0",
    "sle-micro:5.1",
    "sle-micro:5.2",
    "sle-micro:5.3",
    "sle-micro:5.4",
    "sle-micro:5.5",
    "sle-micro:6.0",
    "sle-micro:6.1",
    "sle-micro:6.2",
    "opensuse-leap:15.2",
    "opensuse-leap:15.3",
    "opensuse-leap:15.4",
    "opensuse-leap:15.5",
    "opensuse-leap:15.6",
    "opensuse-leap:16.0",
    "opensuse-tumbleweed",
];

fn documents(wanted: Wanted<'_>) -> Vec<Document> {
    match wanted {
        Wanted::Everything => RELEASES.iter().filter_map(|space| document(space)).collect(),
        Wanted::Spaces(spaces) => spaces.iter().filter_map(|space| document(space.as_str())).collect(),
    }
}

fn document(space: &str) -> Option<Document> {
    let (stem, size) = stem(space)?;
    Some(Document {
        parts: vec![format!("{stem}.xml.gz")],
        name: stem,
        steps: &[],
        covers: Covers::Exactly([Space(space.to_owned())].into()),
        size,
        role: Role::Vendor,
    })
}

/// Name and usual size of a release's document. Those called "affected" have what is not fixed beside what is.
fn stem(space: &str) -> Option<(String, u64)> {
    if space == "opensuse-tumbleweed" {
        return Some(("opensuse.tumbleweed".into(), 6_000_000));
    }
    let (distribution, release) = space.split_once(':')?;
    let (major, minor) = release.split_once('.').unwrap_or((release, ""));
    // It becomes part of a path, and comes from an image.
    let digits = |text: &str| text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    let number: u32 = major.parse().ok().filter(|_| digits(major) && digits(minor))?;
    let product = match (distribution, number, minor) {
        ("sles", _, "" | "0") if number < 16 => {
            return Some((format!("suse.linux.enterprise.{major}-affected"), 14_000_000));
        }
        ("sles", ..16, _) => format!("suse.linux.enterprise.{major}-sp{minor}"),
        (_, _, "") => return None,
        ("sles", _, _) => format!("suse.linux.enterprise.{release}"),
        ("sle-micro", ..6, _) => format!("suse.linux.enterprise.micro.{release}"),
        ("sle-micro", _, _) => format!("suse.linux.micro.{release}"),
        ("opensuse-leap", _, _) => format!("opensuse.leap.{release}"),
        _ => return None,
    };
    Some((format!("{product}-affected"), 5_000_000))
}

fn parse(input: &mut dyn Input, part: &Part<'_>, emit: Emit<'_>) -> Result<(), Error> {
    let Some(space) = part.document.covers.certain().pop_first() else { return Ok(()) };
    let release = space.as_str().split_once(':').map_or("", |(_, release)| release);
    oval::each(input, &|test| judge(test, release), &mut |definition, reduced| {
        if matches!(definition.class.as_str(), "vulnerability" | "patch") {
            record(&definition, &reduced, &space, emit);
        }
    })
}

/// What is SUSE's own among tests.
fn judge(test: &Test<'_>, release: &str) -> Option<Meaning> {
    if test.name.ends_with("-release") {
        return product(test, release).map(|holds| if holds { Meaning::Holds } else { Meaning::Fails });
    }
    // Live patches mend a kernel that runs, and an image holds none that does.
    let live_patch = ["kernel-livepatch-", "kgraft-patch-"].iter().any(|start| test.name.starts_with(start));
    if test.none && live_patch {
        return Some(Meaning::Holds);
    }
    // A test that never holds, for a criterion that reads "is not affected".
    let is_zero = matches!(&test.state.version, Some((Operation::Equals, version)) if &**version == "0");
    (is_zero && test.state.evr.is_none()).then(|| {
        let bounds = Bounds { never: true, ..Bounds::default() };
        Meaning::Package(test.name.to_owned(), bounds, String::new())
    })
}

/// Whether a product is of the release: products and modules have its version, however long they are maintained. The
/// modules of 12 are for all of its service packs. None when the test is not understood.
fn product(test: &Test<'_>, release: &str) -> Option<bool> {
    match (&test.state.version, &test.state.evr) {
        (Some((Operation::Equals, version)), None) => {
            let of_all = &**version == "12" && release.starts_with("12.") && test.name.starts_with("sle-module-");
            Some(&**version == release || of_all || (release.strip_suffix(".0") == Some(&**version)))
        }
        // `openSUSE-release is >=20210101`: Tumbleweed has no releases, only days.
        (None, Some((Operation::GreaterOrEqual, _))) => Some(release.is_empty()),
        (None, None) => Some(true),
        _ => None,
    }
}

fn record(definition: &Definition, reduced: &Reduced, space: &Space, emit: Emit<'_>) {
    let cves = definition.cve_ids();
    let (id, covers) = match (definition.class.as_str(), cves.as_slice()) {
        ("vulnerability", [cve]) => (cve.clone(), Vec::new()),
        ("patch", [_, ..]) => match erratum(definition) {
            Some(id) => (id, cves.clone()),
            None => return emit(Item::Malformed(format!("{}: it has no id of an erratum", definition.id))),
        },
        // Errata that fix no vulnerability.
        ("patch", []) => return,
        (_, cves) => {
            let reason = format!("{} is about {} CVEs, not about one", definition.id, cves.len());
            return emit(Item::Malformed(reason));
        }
    };
    let said = oval::affected(&reduced.clauses, &|_| Some(space.clone()));
    let affected = settled(oval::complain(&id, said, &reduced.complaints, emit));
    if affected.is_empty() {
        return;
    }
    let title = if definition.title == id { "" } else { definition.title.as_str() };
    emit(Item::Advisory(Box::new(Advisory {
        title: bounds::title(title, &definition.description),
        details: bounds::details(&definition.description),
        references: bounds::references(definition.references.iter().map(|reference| reference.url.as_str())),
        published: definition.issued.clone(),
        modified: definition.updated.clone(),
        ratings: ratings(definition, covers.is_empty()),
        id,
        covers,
        affected,
        ..Advisory::default()
    })));
}

/// `SUSE-SU-2021:1210-1`, from the reference.
fn erratum(definition: &Definition) -> Option<String> {
    let mut errata = definition.references.iter().filter(|reference| reference.source == "SUSE-SU");
    let id = errata.next()?.id.clone();
    (errata.next().is_none() && id.contains("-SU-")).then_some(id)
}

/// Where one product of the release has a fix, what others say of all versions is no longer so of that one.
fn settled(mut affected: Vec<Affected>) -> Vec<Affected> {
    let fixed = affected.iter().filter(|statement| statement.state == State::Fixed);
    let fixed: BTreeSet<(String, String)> = fixed.map(|one| (one.name.clone(), one.arch.clone())).collect();
    let is_fixed = |one: &Affected| {
        fixed.contains(&(one.name.clone(), String::new())) || fixed.contains(&(one.name.clone(), one.arch.clone()))
    };
    let is_open = |one: &Affected| one.state != State::Fixed && one.versions.is_empty();
    affected.retain(|one| !(is_open(one) && is_fixed(one)));
    affected
}

/// SUSE's word and vectors, and those of the NVD that it quotes. Vectors of an erratum's CVEs do not hold for the erratum.
fn ratings(definition: &Definition, single: bool) -> Vec<Rating> {
    let rating = |source: &str| Rating { source: source.into(), ..Rating::default() };
    let mut ratings = Vec::new();
    if !definition.severity.is_empty() {
        ratings.push(Rating { word: definition.severity.to_lowercase(), ..rating("suse") });
    }
    for cve in definition.cves.iter().filter(|_| single) {
        let source = if cve.text.ends_with(" at NVD") { "nvd" } else { "suse" };
        if source == "suse" && !cve.impact.is_empty() && definition.severity.is_empty() {
            ratings.push(Rating { word: cve.impact.to_lowercase(), ..rating(source) });
        }
        ratings.extend(cve.vectors.iter().map(|vector| Rating { vector: vector.clone(), ..rating(source) }));
    }
    ratings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_release_has_its_document() {
        let name = |space| stem(space).map(|(stem, _)| stem);
        let cases = [
            ("sles:12.5", Some("suse.linux.enterprise.12-sp5-affected")),
            ("sles:15", Some("suse.linux.enterprise.15-affected")),
            ("sles:15.6", Some("suse.linux.enterprise.15-sp6-affected")),
            ("sles:16.0", Some("suse.linux.enterprise.16.0-affected")),
            ("sles:16", None),
            ("sle-micro:5.5", Some("suse.linux.enterprise.micro.5.5-affected")),
            ("sle-micro:6.1", Some("suse.linux.micro.6.1-affected")),
            ("opensuse-leap:15.6", Some("opensuse.leap.15.6-affected")),
            ("opensuse-leap:15", None),
            ("opensuse-tumbleweed", Some("opensuse.tumbleweed")),
            ("sles:../../x", None),
            ("sles:15.6/..", None),
            ("debian:12", None),
        ];
        for (space, expected) in cases {
            assert_eq!(name(space).as_deref(), expected, "{space}");
        }
    }
}
