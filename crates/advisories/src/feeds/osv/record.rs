//! One OSV record (<https://ossf.github.io/osv-schema/>) as an [`Advisory`].
//!
//! Owns which of its ids are other names and which are what it covers, how its events become ranges, and what is left
//! out: withdrawn records, errata that fix no vulnerability, commit ranges, and what other archives hold.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{Advisory, Affected, Range, Rating, Space, State};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Deserializer};

use super::ecosystems::Ecosystem;
use super::ranges::{self, Event};
use crate::feeds::bounds;

/// Who issues ids that start so, and whether such a record is an erratum: a notice that *fixes* vulnerabilities which
/// have names of their own, rather than the description of one. First match wins.
const ISSUERS: &[(&str, &str, bool)] = &[
    ("ALSA-", "almalinux", true),
    ("ALBA-", "almalinux", true),
    ("ALEA-", "almalinux", true),
    ("CGA-", "chainguard", false),
    ("DEBIAN-CVE-", "debian", false),
    ("DSA-", "debian", true),
    ("DLA-", "debian", true),
    ("DTSA-", "debian", true),
    ("GHSA-", "ghsa", false),
    ("GO-", "govulndb", false),
    ("JLSEC-", "julia", false),
    ("MAL-", "openssf", false),
    ("MGASA-", "mageia", true),
    ("PHSA-", "photon", true),
    ("PYSEC-", "pysec", false),
    ("RHBA-", "redhat", true),
    ("RHEA-", "redhat", true),
    ("RHSA-", "redhat", true),
    ("RLSA-", "rocky", true),
    ("RLBA-", "rocky", true),
    ("RLEA-", "rocky", true),
    ("RXSA-", "rocky", true),
    ("RUSTSEC-", "rustsec", false),
    ("SUSE-", "suse", true),
    ("UBUNTU-CVE-", "ubuntu", false),
    ("USN-", "ubuntu", true),
    ("LSN-", "ubuntu", true),
    ("openSUSE-", "suse", true),
    ("OESA-", "openeuler", true),
    ("BIT-", "bitnami", false),
    ("EEF-", "eef", false),
    ("DRUPAL-", "drupal", false),
];

#[derive(Deserialize)]
struct Record {
    id: String,
    #[serde(default, deserialize_with = "or_default")]
    modified: String,
    #[serde(default, deserialize_with = "or_default")]
    published: String,
    #[serde(default, deserialize_with = "or_default")]
    withdrawn: String,
    #[serde(default, deserialize_with = "or_default")]
    aliases: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    upstream: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    related: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    summary: String,
    #[serde(default, deserialize_with = "or_default")]
    details: String,
    #[serde(default, deserialize_with = "or_default")]
    severity: Vec<Severity>,
    #[serde(default, deserialize_with = "or_default")]
    affected: Vec<Package>,
    #[serde(default, deserialize_with = "or_default")]
    references: Vec<Reference>,
    #[serde(default, deserialize_with = "or_default")]
    database_specific: Specific,
}

#[derive(Deserialize)]
struct Severity {
    #[serde(rename = "type")]
    kind: String,
    score: String,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(default)]
    url: String,
}

#[derive(Deserialize)]
struct Package {
    #[serde(default, deserialize_with = "or_default")]
    package: Name,
    #[serde(default, deserialize_with = "or_default")]
    ranges: Vec<Stretch>,
    #[serde(default, deserialize_with = "or_default")]
    versions: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    severity: Vec<Severity>,
    #[serde(default, deserialize_with = "or_default")]
    ecosystem_specific: Specific,
    #[serde(default, deserialize_with = "or_default")]
    database_specific: Specific,
}

#[derive(Deserialize, Default)]
struct Name {
    #[serde(default)]
    ecosystem: String,
    #[serde(default)]
    name: String,
    #[serde(default, deserialize_with = "or_default")]
    purl: String,
}

#[derive(Deserialize)]
struct Stretch {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    events: Vec<Event>,
}

/// What a database adds in its own words. Only words are taken; anything else under these keys is not an opinion.
#[derive(Deserialize, Default)]
struct Specific {
    #[serde(default)]
    severity: Word,
    #[serde(default)]
    urgency: Word,
    /// RustSec's mark of records that are not vulnerabilities: `unmaintained`, `unsound`, `notice`.
    #[serde(default)]
    informational: Word,
    /// Go's lists of what is vulnerable in each of a module's packages.
    #[serde(default)]
    imports: Imports,
    /// Ubuntu's list of what an erratum fixes in one release, where it fixes more elsewhere.
    #[serde(default, deserialize_with = "or_default")]
    cves_map: CvesMap,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Imports {
    List(Vec<Import>),
    Other(serde::de::IgnoredAny),
}

impl Default for Imports {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

/// One package of a module (<https://go.dev/doc/security/vuln/database#schema>).
#[derive(Deserialize)]
struct Import {
    path: String,
    /// Without any, all of it.
    #[serde(default)]
    symbols: Vec<String>,
    /// The operating systems that it is limited to.
    #[serde(default)]
    goos: Vec<String>,
}

impl Imports {
    /// `net/http.Server.Serve`, `net/http.*`.
    fn symbols(&self) -> Vec<String> {
        let Self::List(imports) = self else { return Vec::new() };
        let mut symbols: Vec<String> = Vec::new();
        for Import { path, symbols: named, .. } in imports {
            symbols.extend(named.iter().map(|symbol| format!("{path}.{symbol}")));
            symbols.extend(named.is_empty().then(|| format!("{path}.*")));
        }
        symbols.retain(|symbol| symbol.len() <= SYMBOL);
        symbols.truncate(SYMBOLS);
        symbols
    }

    /// The one operating system that all of it is limited to; empty when there is none, or several.
    fn system(&self) -> &str {
        let Self::List(imports) = self else { return "" };
        let mut systems = imports.iter().map(|import| match import.goos.as_slice() {
            [one] => one.as_str(),
            _ => "",
        });
        let first = systems.next().unwrap_or_default();
        if systems.all(|other| other == first) { first } else { "" }
    }
}

/// Vulnerable functions of one package that are kept; the longest real lists have some two hundred.
const SYMBOLS: usize = 500;

/// Bytes of one.
const SYMBOL: usize = 300;

#[derive(Deserialize, Default)]
struct CvesMap {
    #[serde(default, deserialize_with = "or_default")]
    cves: Vec<Cve>,
}

#[derive(Deserialize)]
struct Cve {
    id: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Word {
    Text(String),
    Other(serde::de::IgnoredAny),
}

impl Default for Word {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

/// Some exporters write `null` where the schema wants a list or leaves the field out.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// The advisories in the bytes of one record, as far as it speaks about this ecosystem: one, or none when it has nothing to
/// say, or one for each release in which an erratum fixes other things.
///
/// # Errors
/// When it is not a record, or larger than any can be.
pub fn read(bytes: &[u8], ecosystem: &Ecosystem) -> Result<Vec<Advisory>, String> {
    let mut record: Record = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if !record.withdrawn.is_empty() {
        return Ok(Vec::new());
    }
    check(&record)?;
    let (source, erratum) = issuer(&record.id, ecosystem);
    let (aliases, covers) = ids(&mut record, erratum);
    if erratum && covers.is_empty() && !is_security_notice(&record.id) {
        return Ok(Vec::new());
    }
    let mut groups: BTreeMap<Vec<String>, Vec<Package>> = BTreeMap::new();
    for mut package in std::mem::take(&mut record.affected) {
        let own = std::mem::take(&mut package.database_specific.cves_map.cves);
        let own: BTreeSet<String> = own.into_iter().map(|cve| cve.id).filter(|id| erratum && !id.is_empty()).collect();
        let covers = if own.is_empty() { covers.clone() } else { own.into_iter().collect() };
        groups.entry(covers).or_default().push(package);
    }
    let mut advisories = Vec::with_capacity(groups.len());
    for (covers, packages) in groups {
        let affected = affected(&packages, &record.summary, ecosystem, source)?;
        if !affected.is_empty() {
            advisories.push(advisory(&record, (source, erratum), aliases.clone(), covers, affected));
        }
    }
    Ok(advisories)
}

/// What a record says about some packages.
fn advisory(
    record: &Record,
    (source, erratum): (&str, bool),
    aliases: Vec<String>,
    covers: Vec<String>,
    affected: Vec<Affected>,
) -> Advisory {
    Advisory {
        title: bounds::title(&record.summary, &record.details),
        details: bounds::details(&record.details),
        references: bounds::references(record.references.iter().map(|reference| reference.url.as_str())),
        published: record.published.clone(),
        modified: record.modified.clone(),
        ratings: ratings(source, &record.severity, &[&record.database_specific.severity])
            .into_iter()
            .chain(erratum.then(|| notice_rating(source, &record.summary)).flatten())
            .chain(malice(source, &record.id))
            .collect(),
        id: record.id.clone(),
        aliases,
        covers,
        affected,
        ..Advisory::default()
    }
}

fn check(record: &Record) -> Result<(), String> {
    let ids = record.aliases.len().saturating_add(record.upstream.len()).saturating_add(record.related.len());
    if record.id.is_empty() {
        Err("it has no id".into())
    } else if record.affected.len() > bounds::AFFECTED {
        Err(format!("{} packages are over the limit of {}", record.affected.len(), bounds::AFFECTED))
    } else if ids > bounds::IDS {
        Err(format!("{ids} ids are over the limit of {}", bounds::IDS))
    } else {
        Ok(())
    }
}

/// Who speaks, and whether it is an erratum. Under a CVE's id a distribution speaks for itself.
fn issuer(id: &str, ecosystem: &Ecosystem) -> (&'static str, bool) {
    let known = ISSUERS.iter().find(|(start, _, _)| id.starts_with(start));
    known.map_or((ecosystem.publisher(), false), |(_, source, erratum)| (source, *erratum))
}

/// An erratum of a security series is about a vulnerability even when it names none (`ALSA`, `DSA`, `USN`); one of a
/// bug-fix or enhancement series (`ALBA`, `RHEA`) only when it does.
fn is_security_notice(id: &str) -> bool {
    let series = id.split_once('-').map_or(id, |(series, _)| series);
    !(series.ends_with("BA") || series.ends_with("EA"))
}

/// Its other names, and what it covers.
///
/// `aliases` name the same vulnerability, except that an erratum's CVEs are what it fixes. `upstream` are the
/// vulnerabilities that a distribution's record is about. `related` says nothing precise, except in errata, whose
/// publishers list their CVEs there.
fn ids(record: &mut Record, erratum: bool) -> (Vec<String>, Vec<String>) {
    let mut aliases: BTreeSet<String> = record.aliases.drain(..).collect();
    let mut covers: BTreeSet<String> = record.upstream.drain(..).collect();
    if erratum {
        covers.extend(record.related.drain(..));
        covers.extend(aliases.extract_if(.., |id| id.starts_with("CVE-")));
        if !covers.iter().any(|id| id.starts_with("CVE-")) {
            covers.extend(record.references.iter().filter_map(|reference| cve_of_link(&reference.url)));
        }
    }
    // Beside CVEs, other databases' ids for the same things would count them twice. Of a single one they are its names.
    if covers.iter().any(|id| id.starts_with("CVE-")) {
        let others: Vec<_> = covers.extract_if(.., |id| !id.starts_with("CVE-")).collect();
        if covers.len() == 1 && !erratum {
            aliases.extend(others.into_iter().filter(|id| id.starts_with("GHSA-")));
        }
    }
    aliases.remove(&record.id);
    covers.remove(&record.id);
    aliases.retain(|id| !id.is_empty() && !covers.contains(id));
    covers.retain(|id| !id.is_empty());
    (aliases.into_iter().collect(), covers.into_iter().collect())
}

/// The CVE that a link of an erratum leads to: `https://access.redhat.com/security/cve/CVE-2023-44487`.
fn cve_of_link(url: &str) -> Option<String> {
    let last = url.rsplit(['/', '=']).next()?;
    let (year, number) = last.strip_prefix("CVE-")?.split_once('-')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(year) && digits(number)).then(|| last.to_owned())
}

/// What it says about packages of this ecosystem, one item for each package and module.
fn affected(packages: &[Package], summary: &str, ecosystem: &Ecosystem, source: &str) -> Result<Vec<Affected>, String> {
    let modules = modules(summary);
    let mut all: Vec<Affected> = Vec::new();
    let mut known: FxHashMap<(Space, String, String), usize> = FxHashMap::default();
    for package in packages {
        let Some(one) = one_package(package, ecosystem, source)? else { continue };
        let streams = if is_modular(&one) && !modules.is_empty() { modules.as_slice() } else { &[Cow::Borrowed("")] };
        for stream in streams {
            let one = Affected { module: stream.clone().into_owned(), ..one.clone() };
            let key = (one.space.clone(), one.name.clone(), one.module.clone());
            match known.get(&key).and_then(|place| all.get_mut(*place)) {
                Some(before) => unite(before, one),
                None => {
                    known.insert(key, all.len());
                    all.push(one);
                }
            }
        }
    }
    Ok(all)
}

fn one_package(package: &Package, ecosystem: &Ecosystem, source: &str) -> Result<Option<Affected>, String> {
    let Name { ecosystem: text, name, purl } = &package.package;
    let Some(space) = ecosystem.space(text, purl) else { return Ok(None) };
    if name.is_empty() {
        return Err(format!("a package of {text} has no name"));
    }
    let (mut ranges, mut versions) = (Vec::new(), Vec::new());
    let mut stated = false;
    for stretch in package.ranges.iter().filter(|stretch| stretch.kind != "GIT") {
        stated = true;
        ranges::read(&stretch.events, &mut ranges, &mut versions);
    }
    // Where there are ranges, the list of versions only spells them out, for hundreds of releases.
    if !stated {
        versions.extend(package.versions.iter().cloned());
    }
    if ranges.is_empty() && versions.is_empty() {
        return Ok(None);
    }
    let state = if ranges.iter().any(|range| !range.fixed.is_empty()) { State::Fixed } else { State::Affected };
    let words = [
        &package.ecosystem_specific.severity,
        &package.ecosystem_specific.urgency,
        &package.database_specific.severity,
        &package.database_specific.informational,
    ];
    Ok(Some(Affected {
        space,
        name: (ecosystem.normalise)(name),
        ranges,
        versions,
        state,
        ratings: ratings(source, &package.severity, &words),
        symbols: package.ecosystem_specific.imports.symbols(),
        arch: package.ecosystem_specific.imports.system().into(),
        ..Affected::default()
    }))
}

/// Adds what a record says about the same package in another place.
fn unite(before: &mut Affected, more: Affected) {
    for range in more.ranges {
        if !before.ranges.contains(&range) {
            before.ranges.push(range);
        }
    }
    for version in more.versions {
        if !before.versions.contains(&version) {
            before.versions.push(version);
        }
    }
    for rating in more.ratings {
        if !before.ratings.contains(&rating) {
            before.ratings.push(rating);
        }
    }
    for symbol in more.symbols {
        if before.symbols.len() < SYMBOLS && !before.symbols.contains(&symbol) {
            before.symbols.push(symbol);
        }
    }
    if before.arch != more.arch {
        before.arch = String::new();
    }
    if more.state == State::Fixed {
        before.state = State::Fixed;
    }
}

/// Whether its fixed version was built for a module stream, which the build system writes into the release.
fn is_modular(affected: &Affected) -> bool {
    let built = |range: &Range| range.fixed.contains(".module_el") || range.fixed.contains(".module+el");
    affected.ranges.iter().any(built)
}

/// The module streams that an erratum's title names: `Important: mariadb:10.3 and mariadb-devel:10.3 security update`.
/// Records have no field for them.
fn modules(summary: &str) -> Vec<Cow<'_, str>> {
    let named = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'+');
    let is_stream = |word: &&str| {
        word.split_once(':').is_some_and(|(name, stream)| {
            !name.is_empty() && !stream.is_empty() && name.bytes().all(named) && stream.bytes().all(named)
        })
    };
    let words = summary.split_whitespace().map(|word| word.trim_end_matches([',', ';', '.']));
    words.filter(is_stream).map(Cow::Borrowed).collect()
}

/// Opinions: vectors, and the words that databases put elsewhere.
fn ratings(source: &str, severities: &[Severity], words: &[&Word]) -> Vec<Rating> {
    let mut ratings: Vec<Rating> = Vec::new();
    let vectors = severities.iter().map(|severity| {
        let rating = Rating { source: source.into(), ..Rating::default() };
        // CVSS 2 vectors have no prefix; a vendor's own scale holds its word in the same field.
        if severity.kind.starts_with("CVSS_") {
            Rating { vector: severity.score.clone(), ..rating }
        } else {
            Rating { word: severity.score.clone(), ..rating }
        }
    });
    let words = words.iter().filter_map(|word| match word {
        Word::Text(word) if !word.is_empty() => {
            Some(Rating { source: source.into(), word: word.clone(), ..Rating::default() })
        }
        _ => None,
    });
    for rating in vectors.chain(words) {
        if !ratings.contains(&rating) {
            ratings.push(rating);
        }
    }
    ratings
}

/// The severity with which Red Hat and its rebuilds open a title: `Important: kernel security update`.
fn notice_rating(source: &str, summary: &str) -> Option<Rating> {
    let (word, _) = summary.split_once(": ")?;
    matches!(word, "Critical" | "Important" | "Moderate" | "Low").then(|| Rating {
        source: source.into(),
        word: word.into(),
        ..Rating::default()
    })
}

/// Records of malicious packages carry no rating, for theirs goes without saying
/// (<https://github.com/ossf/malicious-packages>).
fn malice(source: &str, id: &str) -> Option<Rating> {
    id.starts_with("MAL-").then(|| Rating { source: source.into(), word: "malicious".into(), ..Rating::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_read_from_titles() {
        assert_eq!(modules("Important: container-tools:rhel8 security update"), ["container-tools:rhel8"]);
        assert_eq!(modules("Low: virt:rhel and virt-devel:rhel, bug"), ["virt:rhel", "virt-devel:rhel"]);
        assert!(modules("Important: kernel security update").is_empty());
    }

    #[test]
    fn series_tell_security_notices_apart() {
        assert!(is_security_notice("ALSA-2023:6077") && is_security_notice("USN-1-1"));
        assert!(!is_security_notice("ALBA-2019:0973") && !is_security_notice("RHEA-2020:1"));
    }

    #[test]
    fn links_lead_to_cves() {
        assert_eq!(cve_of_link("https://x.example/cve/CVE-2023-1").as_deref(), Some("CVE-2023-1"));
        assert_eq!(cve_of_link("https://x.example/?id=CVE-2023-1").as_deref(), Some("CVE-2023-1"));
        assert_eq!(cve_of_link("https://x.example/CVE-2023-1.html"), None);
    }
}
