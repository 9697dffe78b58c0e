//! CVRF: SUSE's errata, one document each, in one archive.
//!
//! Owns the form (<https://docs.oasis-open.org/csaf/csaf-cvrf/v1.2/csaf-cvrf-v1.2.html>) as SUSE uses it: which package
//! builds an erratum brings to which products, and which CVEs it fixes. That a package is affected without a fix is not
//! in it; SUSE's OVAL says that, but not under which erratum a fix came.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{Advisory, Affected, Range, Rating, Space, State};

use super::xml::{self, Element};
use super::{Covers, Document, Emit, Error, Feed, Input, Item, Part, Role, Wanted, bounds, compressed, oval};

/// The row.
pub const SUSE_CVRF: Feed = Feed {
    id: "suse-cvrf",
    about: "SUSE and openSUSE: errata, with the packages that each brings to each product",
    licence: "CC-BY-NC-4.0",
    passed_on: true,
    freshness: "daily",
    specification: "https://docs.oasis-open.org/csaf/csaf-cvrf/v1.2/csaf-cvrf-v1.2.html",
    home: "https://ftp.suse.com/pub/projects/security",
    mirror: "suse",
    documents,
    parse,
};

fn documents(wanted: Wanted<'_>) -> Vec<Document> {
    let document = Document {
        name: "cvrf".into(),
        parts: vec!["cvrf.tar.bz2".into()],
        steps: &[],
        covers: Covers::AnyRelease(&["sles", "sle-micro", "opensuse-leap", "opensuse-tumbleweed"]),
        size: 210_000_000,
        role: Role::OnRequest,
    };
    if wanted.includes(&document.covers) { vec![document] } else { Vec::new() }
}

fn parse(input: &mut dyn Input, _: &Part<'_>, emit: Emit<'_>) -> Result<(), Error> {
    compressed::each_file(input, &mut |name, content| {
        if !name.ends_with(".xml") {
            return;
        }
        match erratum(content) {
            Ok(None) => {}
            Ok(Some(advisory)) => emit(Item::Advisory(Box::new(advisory))),
            Err(reason) => emit(Item::Malformed(format!("{name}: {reason}"))),
        }
    })
}

/// The parts of a document that are read.
const PARTS: [&str; 6] =
    ["DocumentTitle", "DocumentTracking", "DocumentNotes", "DocumentReferences", "ProductTree", "Vulnerability"];

fn erratum(content: &[u8]) -> Result<Option<Advisory>, String> {
    let mut parts: BTreeMap<String, Vec<Element>> = BTreeMap::new();
    let mut take = |element: Element| parts.entry(element.name.clone()).or_default().push(element);
    xml::each_of(content, "cvrfdoc", &|name| PARTS.contains(&name), &mut take).map_err(|error| error.to_string())?;
    let nothing = Element::default();
    let part = |name: &str| parts.get(name).and_then(|all| all.first()).unwrap_or(&nothing);
    let tracking = part("DocumentTracking");
    let id = tracking.child("Identification").map_or("", |identification| identification.text_of("ID"));
    if !id.contains("SUSE-SU-") {
        return Err(format!("{id:?} is no id of an erratum"));
    }
    let vulnerabilities = parts.get("Vulnerability").map_or(&[][..], Vec::as_slice);
    let covers: BTreeSet<String> = vulnerabilities.iter().filter_map(|one| oval::cve_id(one.text_of("CVE"))).collect();
    let affected = affected(part("ProductTree"))?;
    if covers.is_empty() || affected.is_empty() {
        return Ok(None);
    }
    let notes = part("DocumentNotes");
    let details = notes.all("Note").find(|note| note.attribute("Title") == "Details").map_or("", |note| &note.text);
    let pages = part("DocumentReferences").all("Reference").map(|reference| reference.text_of("URL"));
    Ok(Some(Advisory {
        id: id.to_owned(),
        title: bounds::title(part("DocumentTitle").text.trim(), details),
        details: bounds::details(details),
        references: bounds::references(pages),
        published: tracking.text_of("InitialReleaseDate").to_owned(),
        modified: tracking.text_of("CurrentReleaseDate").to_owned(),
        ratings: ratings(vulnerabilities),
        covers: covers.into_iter().collect(),
        affected,
        ..Advisory::default()
    }))
}

/// The builds, by the products that they are parts of.
fn affected(tree: &Element) -> Result<Vec<Affected>, String> {
    let mut fixed: BTreeMap<(Space, &str), BTreeSet<&str>> = BTreeMap::new();
    for relation in tree.all("Relationship") {
        let Some(space) = space(relation.attribute("RelatesToProductReference")) else { continue };
        let build = relation.attribute("ProductReference");
        let (name, version) = split(build).ok_or_else(|| format!("{build:?} is no build of a package"))?;
        fixed.entry((space, name)).or_default().insert(version);
    }
    if fixed.len() > bounds::AFFECTED {
        return Err(format!("{} packages are over the limit of {}", fixed.len(), bounds::AFFECTED));
    }
    let range = |fixed: &str| Range { introduced: "0".into(), fixed: fixed.into(), last_affected: String::new() };
    let statements = fixed.into_iter().map(|((space, name), versions)| Affected {
        space,
        name: name.to_owned(),
        ranges: versions.into_iter().map(range).collect(),
        state: State::Fixed,
        ..Affected::default()
    });
    Ok(statements.collect())
}

/// `libopenssl0_9_8-32bit-0.9.8j-106.12.1`: name, and version with release.
fn split(build: &str) -> Option<(&str, &str)> {
    let (rest, release) = build.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    let whole = !name.is_empty() && !version.is_empty() && !release.is_empty() && !build.contains(char::is_whitespace);
    whole.then(|| Some((name, build.get(name.len().checked_add(1)?..)?))).flatten()
}

/// The space of a product: `SUSE Linux Enterprise Module for Basesystem 15 SP5` and `… Server 15 SP5-LTSS` are
/// `sles:15.5`. Those with versions of their own (SUSE Manager, Storage) are in none, and so are the modules of 12, which
/// are for all of its service packs at once.
fn space(product: &str) -> Option<Space> {
    if product == "openSUSE Tumbleweed" {
        return Some(Space("opensuse-tumbleweed".into()));
    }
    let digits = |text: &str| (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let numbered = |release: &str| release.split_once('.').is_some_and(|(major, minor)| digits(major) && digits(minor));
    if let Some(release) = product.strip_prefix("openSUSE Leap ") {
        return numbered(release).then(|| Space::release("opensuse-leap", release));
    }
    for start in ["SUSE Linux Enterprise Micro ", "SUSE Linux Micro "] {
        if let Some(release) = product.strip_prefix(start) {
            return numbered(release).then(|| Space::release("sle-micro", release));
        }
    }
    let words: Vec<&str> = product.strip_prefix("SUSE Linux Enterprise ")?.split(' ').collect();
    match words.as_slice() {
        [.., major, pack] if digits(major) && pack.starts_with("SP") => {
            let pack = pack.strip_prefix("SP")?.split('-').next()?;
            digits(pack).then(|| Space::release("sles", &format!("{major}.{pack}")))
        }
        ["Server" | "Desktop", release] => {
            let release = release.split('-').next()?;
            (digits(release) || numbered(release)).then(|| Space::release("sles", release))
        }
        [.., release] if *release == "15" || numbered(release) => Some(Space::release("sles", release)),
        _ => None,
    }
}

/// The worst word, for an erratum is as urgent as the worst that it fixes; a vector only where there is one CVE.
fn ratings(vulnerabilities: &[Element]) -> Vec<Rating> {
    const WORDS: [&str; 4] = ["critical", "important", "moderate", "low"];
    let words = vulnerabilities.iter().filter_map(|one| one.child("Threats")).flat_map(|threats| threats.all("Threat"));
    let words: BTreeSet<String> = words.map(|threat| threat.text_of("Description").to_lowercase()).collect();
    let rating = Rating { source: "suse".into(), ..Rating::default() };
    let worst = WORDS.into_iter().find(|word| words.contains(*word));
    let worst = worst.map(|word| Rating { word: word.into(), ..rating.clone() });
    let sets =
        vulnerabilities.iter().filter(|_| vulnerabilities.len() == 1).filter_map(|one| one.child("CVSSScoreSets"));
    let members = sets.flat_map(|sets| &sets.children).flat_map(|set| &set.children);
    // `Vector` in CVRF 1.1, `VectorV3` in 1.2.
    let vectors = members.filter(|member| member.name.starts_with("Vector")).map(|vector| vector.text.trim());
    worst.into_iter().chain(vectors.map(|vector| Rating { vector: vector.into(), ..rating.clone() })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_of_releases() {
        let cases = [
            ("SUSE Linux Enterprise Module for Basesystem 15 SP5", Some("sles:15.5")),
            ("SUSE Linux Enterprise Server 15 SP1-LTSS", Some("sles:15.1")),
            ("SUSE Linux Enterprise Server for SAP Applications 12 SP4", Some("sles:12.4")),
            ("SUSE Linux Enterprise Server 15-LTSS", Some("sles:15")),
            ("SUSE Linux Enterprise Module for Basesystem 15", Some("sles:15")),
            ("SUSE Linux Enterprise Server 16.0", Some("sles:16.0")),
            ("SUSE Linux Enterprise Module for Legacy Software 12", None),
            ("SUSE Linux Enterprise Micro 5.5", Some("sle-micro:5.5")),
            ("SUSE Linux Micro 6.1", Some("sle-micro:6.1")),
            ("openSUSE Leap 15.5", Some("opensuse-leap:15.5")),
            ("openSUSE Leap 15.5 NonFree", None),
            ("openSUSE Tumbleweed", Some("opensuse-tumbleweed")),
            ("SUSE Manager Server 4.3", None),
        ];
        for (product, expected) in cases {
            assert_eq!(space(product).as_ref().map(Space::as_str), expected, "{product}");
        }
    }

    #[test]
    fn builds_are_names_and_versions() {
        let expected = Some(("libopenssl0_9_8-32bit", "0.9.8j-106.12.1"));
        assert_eq!(split("libopenssl0_9_8-32bit-0.9.8j-106.12.1"), expected);
        assert_eq!(split("a-1"), None);
        assert_eq!(split("--"), None);
    }
}
