//! Answers of other services to real questions, from `expectations` in the folder `shared` beside this checkout: which
//! advisories speak about a package in a version.
//!
//! Two files: what OSV's service answered when it was asked, of which only those records can be expected that are in the
//! mirror, and which versions of Maven packages the records themselves enumerate. Every difference is explained in
//! `fixtures/advisories/expectations/differences.json`; one that is not, and an explanation of nothing, fails. Questions
//! about commits (`GIT`) are left out: Plimsoll asks about packages.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use plimsoll_advisories::database::Database;
use plimsoll_advisories::fetch::Address;
use plimsoll_advisories::update::{Settings, Source, update};
use plimsoll_advisories::{matching, spaces};
use plimsoll_model::{Distro, GapReason, Inventory, Origin, Package, Space};
use plimsoll_packages::ecosystem;
use serde::Deserialize;

/// One line of an expectations file.
#[derive(Debug, Deserialize)]
struct Question {
    ecosystem: String,
    name: String,
    version: String,
    ids: Vec<String>,
    /// Those whose record is in the mirror; absent where all are.
    in_mirror: Option<Vec<String>>,
}

/// Why an answer differs.
#[derive(Debug, Deserialize)]
struct Explanation {
    file: String,
    /// `missed`: they have it, we do not. `more`: the other way round.
    kind: String,
    ecosystem: String,
    name: String,
    /// These, or when empty every version.
    #[serde(default)]
    versions: Vec<String>,
    /// These, or when empty every id.
    #[serde(default)]
    ids: Vec<String>,
    why: String,
}

/// One id on which the two answers differ.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Difference {
    kind: &'static str,
    ecosystem: String,
    name: String,
    version: String,
    id: String,
}

impl Explanation {
    fn is_of(&self, file: &str, difference: &Difference) -> bool {
        let among = |list: &[String], one: &str| list.is_empty() || list.iter().any(|listed| listed == one);
        (self.file.as_str(), self.kind.as_str()) == (file, difference.kind)
            && (&self.ecosystem, &self.name) == (&difference.ecosystem, &difference.name)
            && among(&self.versions, &difference.version)
            && among(&self.ids, &difference.id)
    }
}

/// Ecosystems, by OSV's names, that questions are about and that have no row yet.
const WITHOUT_ROWS: &[&str] = &["Hackage"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn questions(file: &str) -> Vec<Question> {
    let path = root().join("../shared/feeds/expectations").join(file);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// An ecosystem's id, and the distribution where it is of one, by OSV's name for it
/// (<https://ossf.github.io/osv-schema/#affectedpackage-field>).
fn ids(name: &str) -> (&'static str, &'static str) {
    match name {
        "Alpine" => ("apk", "alpine"),
        "Debian" => ("deb", "debian"),
        "Ubuntu" => ("deb", "ubuntu"),
        "openSUSE" => ("rpm", "opensuse-leap"),
        "Go" => ("golang", ""),
        "Packagist" => ("composer", ""),
        "PyPI" => ("pypi", ""),
        "RubyGems" => ("gem", ""),
        "SwiftURL" => ("swift", ""),
        "crates.io" => ("cargo", ""),
        "Hackage" => ("hackage", ""),
        "Maven" => ("maven", ""),
        "NuGet" => ("nuget", ""),
        "npm" => ("npm", ""),
        other => panic!("no ecosystem stands for {other}"),
    }
}

fn has_row(osv: &str) -> bool {
    let name = osv.split(':').next().unwrap();
    let has_row = name != "GIT" && ecosystem(ids(name).0).is_some();
    assert!(has_row || name == "GIT" || WITHOUT_ROWS.contains(&name), "there is no row for {name}");
    has_row
}

fn inventory(question: &Question) -> Inventory {
    let (name, release) = question.ecosystem.split_once(':').unwrap_or((&question.ecosystem, ""));
    let (id, distribution) = ids(name);
    let release = release.trim_start_matches('v').trim_start_matches("Leap ").trim_end_matches(":LTS");
    let distro = Distro { id: distribution.into(), version: release.into(), ..Distro::default() };
    let is_language = distribution.is_empty();
    let origin = if is_language { Origin::Unknown } else { Origin::Vendor };
    let package = Package { origin, ..Package::new(id, &question.name, &question.version) };
    Inventory { distro: (!is_language).then_some(distro), packages: vec![package] }
}

fn database(inventories: &[Inventory]) -> Database {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::new(folder.path().into(), &|_| {}, SystemTime::UNIX_EPOCH);
    settings.sources =
        vec![Source::Mirror(Address::parse(&root().join("../shared/feeds").display().to_string()).unwrap())];
    let wanted: BTreeSet<Space> = inventories.iter().flat_map(spaces).collect();
    // What the mirror has nothing of, such as openSUSE, is a gap, and nothing is expected of it.
    let outcome = update(&wanted, &settings);
    assert!(outcome.gaps.len() < wanted.len(), "the records should be in {}", settings.directory.display());
    Database::open(folder.path(), &wanted).unwrap()
}

/// Every name of each vulnerability that was found. A version that could not be ordered is a failure.
fn answer(inventory: &Inventory, database: &Database) -> Vec<BTreeSet<String>> {
    let matched = matching(inventory, database);
    let findings = matched.findings.into_iter().map(|finding| {
        let advisories = finding.vulnerability().map(|vulnerability| vulnerability.advisories.clone());
        finding.aliases.into_iter().chain(advisories.unwrap_or_default()).chain([finding.id]).collect()
    });
    let incomparable = matched.gaps.iter().filter(|gap| gap.reason == GapReason::Incomparable);
    let none: Vec<_> = incomparable.map(|gap| &gap.message).collect();
    assert!(none.is_empty(), "{none:?}");
    findings.collect()
}

/// A distribution's record of a CVE is that CVE.
fn plain(id: &str) -> &str {
    ["ALPINE-", "UBUNTU-", "DEBIAN-"].iter().find_map(|prefix| id.strip_prefix(prefix)).unwrap_or(id)
}

fn differences(question: &Question, found: &[BTreeSet<String>], known: Option<&BTreeSet<String>>) -> Vec<Difference> {
    let difference = |kind, id: &str| Difference {
        kind,
        ecosystem: question.ecosystem.clone(),
        name: question.name.clone(),
        version: question.version.clone(),
        id: id.into(),
    };
    let expected = question.in_mirror.as_ref().unwrap_or(&question.ids);
    let is_found = |id: &&String| found.iter().any(|names| names.contains(*id) || names.contains(plain(id)));
    let missed = expected.iter().filter(|id| !is_found(id)).map(|id| difference("missed", id));
    let is_theirs =
        |names: &&BTreeSet<String>| question.ids.iter().any(|id| names.contains(id) || names.contains(plain(id)));
    // Where only some ids were asked about, the others are no difference.
    let is_asked = |names: &&BTreeSet<String>| known.is_none_or(|known| names.iter().any(|name| known.contains(name)));
    let more = found.iter().filter(|names| !is_theirs(names)).filter(is_asked);
    missed.chain(more.flat_map(|names| names.first()).map(|id| difference("more", id))).collect()
}

fn compare(file: &str, at_least: usize, only_listed: bool) {
    let questions: Vec<Question> =
        questions(file).into_iter().filter(|question| has_row(&question.ecosystem)).collect();
    let inventories: Vec<Inventory> = questions.iter().map(inventory).collect();
    let database = database(&inventories);
    let known: BTreeSet<String> = questions.iter().flat_map(|question| question.ids.clone()).collect();
    let path = root().join("fixtures/advisories/expectations/differences.json");
    let explanations: Vec<Explanation> = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let explanations: Vec<&Explanation> =
        explanations.iter().filter(|one| one.file == file && has_row(&one.ecosystem)).collect();
    let mut used = vec![false; explanations.len()];
    let mut unexplained: BTreeMap<(String, String), Vec<Difference>> = BTreeMap::new();
    let mut agreed = 0;
    for (question, inventory) in questions.iter().zip(&inventories) {
        let found = answer(inventory, &database);
        let expected = question.in_mirror.as_ref().unwrap_or(&question.ids).len();
        let differences = differences(question, &found, only_listed.then_some(&known));
        agreed += expected - differences.iter().filter(|difference| difference.kind == "missed").count();
        for difference in differences {
            match explanations.iter().position(|one| one.is_of(file, &difference)) {
                Some(place) => used[place] = true,
                None => {
                    let key = (difference.ecosystem.clone(), difference.name.clone());
                    unexplained.entry(key).or_default().push(difference);
                }
            }
        }
    }
    assert!(unexplained.is_empty(), "{agreed} agree, but: {unexplained:#?}");
    let idle: Vec<_> = explanations.iter().zip(used).filter(|(_, used)| !used).map(|(one, _)| one).collect();
    assert!(idle.is_empty(), "explains nothing: {idle:#?}");
    assert!(explanations.iter().all(|one| one.why.len() > 20), "an explanation is a sentence");
    assert!(agreed >= at_least, "only {agreed} answers were compared");
}

#[test]
fn osv_answers_the_same() {
    compare("osv-queries.jsonl", 450, false);
}

#[test]
fn maven_versions_that_records_enumerate_are_found() {
    compare("zeppelin-maven.jsonl", 5500, true);
}
