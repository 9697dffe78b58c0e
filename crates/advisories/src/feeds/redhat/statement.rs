//! What a document says of each package: its state, the fix, the ratings.
//!
//! Owns the vulnerabilities of CSAF's VEX profile (<https://docs.oasis-open.org/csaf/csaf/v2.0/os/csaf-v2.0-os.html>, section
//! 4.5) and what Red Hat's remediations mean as [`State`]. A document names every build of a package for every
//! architecture and repository; of all that is equal but for these, one row is made.
//!
//! Fixed packages go into a record of the erratum that fixed them, which covers the CVE, so that a finding names the
//! erratum; what is not fixed is in a record of the CVE.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{Advisory, Affected, Range, Rating, Space, State};
use plimsoll_packages::red_hat::Product;
use plimsoll_packages::versions::rpm;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use super::products::{Id, Products, Text, Tree, space};
use crate::feeds::{Emit, Error, Item, bounds};

#[derive(Deserialize)]
struct Document {
    document: Meta,
    #[serde(default)]
    product_tree: Tree,
    #[serde(default)]
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Deserialize)]
struct Meta {
    category: String,
    #[serde(default)]
    tracking: Tracking,
}

#[derive(Default, Deserialize)]
struct Tracking {
    #[serde(default)]
    id: String,
    #[serde(default)]
    current_release_date: String,
}

#[derive(Deserialize)]
struct Vulnerability {
    #[serde(default)]
    cve: String,
    #[serde(default)]
    title: String,
    cwe: Option<Weakness>,
    #[serde(default)]
    notes: Vec<Note>,
    #[serde(default)]
    references: Vec<Link>,
    #[serde(default)]
    release_date: String,
    #[serde(default)]
    product_status: Status,
    #[serde(default)]
    remediations: Vec<Remediation>,
    #[serde(default)]
    scores: Vec<Score>,
    #[serde(default)]
    threats: Vec<Threat>,
}

#[derive(Deserialize)]
struct Weakness {
    id: String,
}

#[derive(Deserialize)]
struct Note {
    #[serde(default)]
    category: String,
    #[serde(default)]
    text: String,
}

#[derive(Deserialize)]
struct Link {
    #[serde(default)]
    url: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Status {
    fixed: Vec<Id>,
    known_affected: Vec<Id>,
    known_not_affected: Vec<Id>,
    under_investigation: Vec<Id>,
}

#[derive(Deserialize)]
struct Remediation {
    category: String,
    #[serde(default)]
    details: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    product_ids: Vec<Id>,
}

#[derive(Deserialize)]
struct Score {
    #[serde(default)]
    products: Vec<Id>,
    cvss_v2: Option<Cvss>,
    cvss_v3: Option<Cvss>,
    cvss_v4: Option<Cvss>,
}

#[derive(Deserialize)]
struct Cvss {
    #[serde(default, rename = "vectorString")]
    vector: String,
    #[serde(rename = "baseScore")]
    score: Option<f64>,
}

#[derive(Deserialize)]
struct Threat {
    category: String,
    #[serde(default)]
    details: String,
    #[serde(default)]
    date: String,
    #[serde(default)]
    product_ids: Vec<Id>,
}

/// Reads one document.
///
/// # Errors
/// When it is not a whole CSAF document.
pub fn read(content: &[u8], emit: Emit<'_>) -> Result<(), Error> {
    let Document { document, product_tree, vulnerabilities } = serde_json::from_slice(content)?;
    if !document.category.starts_with("csaf_") {
        return Err(Error::Incomplete(format!("its category is {:?}, which is none of CSAF", document.category)));
    }
    let mut products = Products::of(product_tree);
    for vulnerability in &vulnerabilities {
        if !vulnerability.cve.starts_with("CVE-") {
            emit(Item::Malformed(format!("{}: a vulnerability without a CVE", document.tracking.id)));
            continue;
        }
        let rows = Rows::of(vulnerability, &mut products);
        for advisory in rows.advisories(vulnerability, &document.tracking, &products) {
            if advisory.affected.len() > bounds::AFFECTED {
                let (id, count) = (&advisory.id, advisory.affected.len());
                emit(Item::Malformed(format!("{} in {id}: {count} packages", vulnerability.cve)));
            } else if !advisory.affected.is_empty() {
                emit(Item::Advisory(Box::new(advisory)));
            }
        }
    }
    Ok(())
}

/// What one row is about. Everything else of it is united.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    /// Id of the erratum, or empty.
    erratum: Text,
    space: Text,
    name: Text,
    module: Text,
    state: State,
    /// Of the fix, or the first that is not affected; empty for all.
    version: Text,
    /// Place in [`Ratings::own`], from 1 on; 0 for those of most.
    rating: usize,
}

impl Key {
    /// What all packages that were built from one source at once have in common.
    const fn of_source(self) -> Self {
        Self { erratum: 0, name: 0, state: State::Fixed, rating: 0, ..self }
    }
}

/// For what it holds.
#[derive(Debug, Default)]
struct Reach {
    arches: BTreeSet<Text>,
    repositories: BTreeSet<Text>,
}

struct Rows {
    rows: FxHashMap<Key, Reach>,
    ratings: Ratings,
}

impl Rows {
    fn of(vulnerability: &Vulnerability, products: &mut Products) -> Self {
        let mut rows = Self { rows: FxHashMap::default(), ratings: Ratings::of(vulnerability) };
        let remedies = Remedies::of(vulnerability, products);
        let Status { fixed, known_affected, known_not_affected, under_investigation } = &vulnerability.product_status;
        let mut builds = |ids: &[Id], state| -> Vec<Build> {
            ids.iter().filter_map(|id| remedies.build(*id, state, &rows.ratings, products)).collect()
        };
        let cleared = builds(known_not_affected, State::NotAffected);
        let told = [
            builds(fixed, State::Fixed),
            builds(known_affected, State::Affected),
            builds(under_investigation, State::UnderInvestigation),
        ];
        let binary = cleared.iter().filter(|build| !build.source && build.key.version != 0);
        let apart: FxHashSet<Key> = binary.map(|build| build.key.of_source()).collect();
        told.iter().for_each(|builds| rows.add(builds, &apart, products));
        rows.add(&cleared, &FxHashSet::default(), products);
        rows.unite_cleared(products);
        rows.unite_contexts(products);
        rows
    }

    /// Binary packages of the version of the source package that was built with them are told by its name alone: kernels
    /// have a hundred of them. Where the source package has an epoch they are not, for nobody could compare: installed
    /// packages do not tell that of their source. Nor where some of its packages, those of `apart`, are not affected.
    fn add(&mut self, builds: &[Build], apart: &FxHashSet<Key>, products: &Products) {
        let mut sources: FxHashMap<Key, Vec<Text>> = FxHashMap::default();
        for Build { key, source, .. } in builds {
            let comparable = !products.texts.get(key.version).contains(':');
            if *source && comparable && !apart.contains(&key.of_source()) {
                sources.entry(Key { name: 0, ..*key }).or_default().push(key.name);
            }
        }
        for Build { key, source, arch, repository } in builds {
            let versioned = key.version != 0;
            let mut reach = |key: Key| {
                let reach = self.rows.entry(key).or_default();
                reach.repositories.insert(*repository);
                reach.arches.insert(*arch);
            };
            match sources.get(&Key { name: 0, ..*key }).filter(|_| versioned) {
                Some(names) => names.iter().for_each(|name| reach(Key { name: *name, ..*key })),
                None if versioned && *source => {}
                None => reach(*key),
            }
        }
    }

    /// What is not affected in one build is not in later ones, so that the first says it all.
    fn unite_cleared(&mut self, products: &Products) {
        let cleared = self.rows.extract_if(|key, _| key.state == State::NotAffected);
        let mut united: FxHashMap<Key, (Text, Reach)> = FxHashMap::default();
        for (key, reach) in cleared {
            let bare = Key { version: 0, rating: 0, ..key };
            let (version, all) = united.entry(bare).or_insert_with(|| (key.version, Reach::default()));
            let (new, old) = (products.texts.get(key.version), products.texts.get(*version));
            // Without a version it holds for all.
            if new.is_empty() || !old.is_empty() && rpm::compare(new, old).is_some_and(std::cmp::Ordering::is_lt) {
                *version = key.version;
            }
            all.arches.extend(reach.arches);
            all.repositories.extend(reach.repositories);
        }
        self.rows.extend(united.into_iter().map(|(key, (version, reach))| (Key { version, ..key }, reach)));
    }

    /// A stream of a module is built once for each context, and all of these builds have the fix. Their versions end with
    /// the number of the build and a digest, which say nothing about age across contexts: the least number stands for all.
    fn unite_contexts(&mut self, products: &mut Products) {
        let modular = self.rows.extract_if(|key, _| is_build_of_module(products.texts.get(key.version)));
        let modular: Vec<(Key, Reach)> = modular.collect();
        let mut united: FxHashMap<Key, (String, Reach)> = FxHashMap::default();
        for (key, reach) in modular {
            let (stem, build) = build_of_module(products.texts.get(key.version));
            let (stem, build) = (stem.to_owned(), build.to_owned());
            let same = Key { version: products.texts.place(&stem), ..key };
            let (least, all) = united.entry(same).or_insert_with(|| (build.clone(), Reach::default()));
            if rpm::compare(&build, least).is_some_and(std::cmp::Ordering::is_lt) {
                *least = build;
            }
            all.arches.extend(reach.arches);
            all.repositories.extend(reach.repositories);
        }
        for (key, (least, reach)) in united {
            self.rows.insert(Key { version: products.texts.place(&least), ..key }, reach);
        }
    }

    /// The record of the CVE, and those of its errata.
    fn advisories(self, about: &Vulnerability, tracking: &Tracking, products: &Products) -> Vec<Advisory> {
        let mut errata: BTreeMap<&str, Vec<Affected>> = BTreeMap::new();
        for (key, reach) in &self.rows {
            let affected = self.ratings.affected(key, reach, products);
            errata.entry(products.texts.get(key.erratum)).or_default().push(affected);
        }
        let mut details = bounds::details(note(about, "description"));
        let title = match about.title.as_str() {
            "" => bounds::title(note(about, "summary"), &details),
            title => bounds::title(title, ""),
        };
        let record = |(erratum, mut affected): (&str, Vec<Affected>)| {
            affected.sort_by(|left, right| order(left).cmp(&order(right)));
            let (id, covers, links) = match erratum {
                "" => (about.cve.clone(), Vec::new(), about.references.iter().map(|link| link.url.clone()).collect()),
                id => (id.to_owned(), vec![about.cve.clone()], vec![format!("https://access.redhat.com/errata/{id}")]),
            };
            Advisory {
                id,
                covers,
                title: title.clone(),
                // Once is enough.
                details: std::mem::take(&mut details),
                references: bounds::references(links.iter().map(String::as_str)),
                published: about.release_date.clone(),
                modified: tracking.current_release_date.clone(),
                ratings: self.ratings.of_most.clone(),
                exploited: exploited(about),
                weaknesses: about.cwe.iter().map(|weakness| weakness.id.clone()).collect(),
                affected,
                ..Advisory::default()
            }
        };
        errata.into_iter().map(record).collect()
    }
}

fn is_build_of_module(version: &str) -> bool {
    version.contains(".module+el")
}

/// `1:0.78-11.module+el8.6.0` and `1:0.78-11.module+el8.6.0+23193` of `1:0.78-11.module+el8.6.0+23193+53aa8c2a.1`.
fn build_of_module(version: &str) -> (&str, &str) {
    let start = version.find(".module+").map_or(0, |start| start.saturating_add(".module+".len()));
    let mut ends = version.match_indices('+').map(|(end, _)| end).filter(|end| *end >= start);
    let mut front = || ends.next().and_then(|end| version.get(..end)).unwrap_or(version);
    (front(), front())
}

fn order(affected: &Affected) -> impl Ord {
    let Affected { space, name, module, state, ranges, arch, .. } = affected;
    let range = ranges.first().map(|range| (range.fixed.clone(), range.introduced.clone()));
    (space.clone(), name.clone(), module.clone(), *state, range, arch.clone())
}

fn note<'a>(about: &'a Vulnerability, category: &str) -> &'a str {
    about.notes.iter().find(|note| note.category == category).map_or("", |note| &note.text)
}

/// The day on which CISA listed it, which Red Hat repeats.
fn exploited(about: &Vulnerability) -> String {
    let listed =
        about.threats.iter().find(|threat| threat.category == "exploit_status" && threat.details.starts_with("CISA"));
    listed.and_then(|threat| threat.date.get(..10)).unwrap_or_default().to_owned()
}

/// One build of a package in one repository, and what is said of it.
#[derive(Debug, Clone, Copy)]
struct Build {
    key: Key,
    source: bool,
    arch: Text,
    repository: Text,
}

/// What is to be done, by product.
struct Remedies {
    errata: FxHashMap<Id, Text>,
    states: FxHashMap<Id, State>,
}

impl Remedies {
    fn of(vulnerability: &Vulnerability, products: &mut Products) -> Self {
        let mut remedies = Self { errata: FxHashMap::default(), states: FxHashMap::default() };
        for Remediation { category, details, url, product_ids } in &vulnerability.remediations {
            if let Some(state) = open_state(category, details) {
                remedies.states.extend(product_ids.iter().map(|id| (*id, state)));
            }
            let erratum = url.rsplit('/').next().filter(|id| is_erratum(id));
            if let Some(erratum) = erratum.filter(|_| category == "vendor_fix") {
                let erratum = products.texts.place(erratum);
                remedies.errata.extend(product_ids.iter().map(|id| (*id, erratum)));
            }
        }
        remedies
    }

    fn build(&self, id: Id, state: State, ratings: &Ratings, products: &mut Products) -> Option<Build> {
        let component = products.component(id)?;
        let package = component.package;
        let cpe = products.texts.get(component.platform).to_owned();
        let space = products.texts.place(space(&cpe)?.as_str());
        let fixed = state == State::Fixed;
        // Neither holds anything that runs.
        let name = products.texts.get(package.name);
        if package.version != 0 && (name.ends_with("-debuginfo") || name.ends_with("-debugsource")) {
            return None;
        }
        let state = match state {
            State::Affected => self.states.get(&id).copied().unwrap_or(state),
            state => state,
        };
        Some(Build {
            key: Key {
                erratum: if fixed { self.errata.get(&id).copied().unwrap_or_default() } else { 0 },
                space,
                name: package.name,
                module: package.module,
                state,
                version: if fixed || state == State::NotAffected { package.version } else { 0 },
                rating: if state == State::NotAffected { 0 } else { ratings.place(id) },
            },
            source: package.source,
            arch: package.arch,
            repository: products.texts.place(&canonical(&cpe)),
        })
    }
}

/// Red Hat's words for what has no fix.
fn open_state(category: &str, details: &str) -> Option<State> {
    Some(match (category, details.trim()) {
        ("no_fix_planned", "Out of support scope") => State::EndOfLife,
        ("no_fix_planned", _) => State::WillNotFix,
        ("none_available", "Fix deferred") => State::FixDeferred,
        ("none_available", "Under investigation") => State::UnderInvestigation,
        ("none_available", _) => State::Affected,
        _ => return None,
    })
}

/// `RHSA-2024:2447`.
fn is_erratum(id: &str) -> bool {
    let number = ["RHSA-", "RHBA-", "RHEA-"].iter().find_map(|prefix| id.strip_prefix(prefix));
    number.is_some_and(|number| {
        !number.is_empty() && number.len() < 20 && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b':')
    })
}

/// A release is the same product in all of its repositories, whose names stand behind it: those who publish say to leave
/// them out (<https://redhatproductsecurity.github.io/security-data-guidelines/scanning-vendors/>). Of other products it is
/// the release below them that stands there.
fn canonical(cpe: &str) -> String {
    if matches!(Product::of(cpe), Some(Product::Layered { .. }) | None) {
        return cpe.to_owned();
    }
    let mut fields: Vec<&str> = cpe.splitn(6, ':').take(5).collect();
    if let Some(part) = fields.get_mut(1) {
        *part = "/o";
    }
    fields.join(":")
}

/// How bad it is. Mostly that holds for all products alike.
struct Ratings {
    of_most: Vec<Rating>,
    own: Vec<Vec<Rating>>,
    places: FxHashMap<Id, usize>,
}

/// Places of a product's score and impact, from 1 on.
type Pair = (usize, usize);

impl Ratings {
    fn of(vulnerability: &Vulnerability) -> Self {
        let impacts: Vec<&Threat> = vulnerability.threats.iter().filter(|threat| threat.category == "impact").collect();
        let scores = &vulnerability.scores;
        let rating = |(score, impact): Pair| {
            let score = score.checked_sub(1).and_then(|place| scores.get(place));
            let impact = impact.checked_sub(1).and_then(|place| impacts.get(place));
            rating(score, impact.map_or("", |impact| &impact.details))
        };
        if scores.len() <= 1 && impacts.len() <= 1 {
            let of_most = rating((scores.len(), impacts.len()));
            return Self { of_most, own: Vec::new(), places: FxHashMap::default() };
        }
        let mut pairs: FxHashMap<Id, Pair> = FxHashMap::default();
        for (place, score) in (1..).zip(scores) {
            score.products.iter().for_each(|id| pairs.entry(*id).or_default().0 = place);
        }
        for (place, impact) in (1..).zip(&impacts) {
            impact.product_ids.iter().for_each(|id| pairs.entry(*id).or_default().1 = place);
        }
        let mut counts: BTreeMap<Pair, usize> = BTreeMap::new();
        for pair in pairs.values() {
            let count = counts.entry(*pair).or_default();
            *count = count.saturating_add(1);
        }
        let most =
            counts.iter().max_by_key(|(pair, count)| (**count, std::cmp::Reverse(**pair))).map(|(pair, _)| *pair);
        let most = most.unwrap_or_default();
        let others: Vec<Pair> = counts.into_keys().filter(|pair| *pair != most).collect();
        let place = |pair: &Pair| others.iter().position(|other| other == pair).map(|place| place.saturating_add(1));
        let places = pairs.iter().filter_map(|(id, pair)| Some((*id, place(pair)?))).collect();
        Self { of_most: rating(most), own: others.into_iter().map(rating).collect(), places }
    }

    fn place(&self, id: Id) -> usize {
        self.places.get(&id).copied().unwrap_or_default()
    }

    fn affected(&self, key: &Key, reach: &Reach, products: &Products) -> Affected {
        let text = |place: Text| products.texts.get(place).to_owned();
        let version = text(key.version);
        let range = match key.state {
            _ if version.is_empty() => None,
            State::NotAffected => Some(Range { introduced: version, ..Range::default() }),
            _ => Some(Range { introduced: "0".into(), fixed: version, ..Range::default() }),
        };
        let mut repositories: Vec<String> = reach.repositories.iter().map(|place| text(*place)).collect();
        repositories.sort_unstable();
        Affected {
            space: Space(text(key.space)),
            name: text(key.name),
            ranges: range.into_iter().collect(),
            state: key.state,
            arch: arches(reach, products),
            module: text(key.module),
            repositories,
            ratings: key.rating.checked_sub(1).and_then(|place| self.own.get(place)).cloned().unwrap_or_default(),
            ..Affected::default()
        }
    }
}

/// All, or none when there is no limit.
fn arches(reach: &Reach, products: &Products) -> String {
    let arches: BTreeSet<&str> = reach.arches.iter().map(|place| products.texts.get(*place)).collect();
    if arches.contains("") || arches.contains("noarch") {
        return String::new();
    }
    arches.into_iter().collect::<Vec<_>>().join(" ")
}

fn rating(score: Option<&Score>, word: &str) -> Vec<Rating> {
    let vectors = score.into_iter().flat_map(|score| [&score.cvss_v4, &score.cvss_v3, &score.cvss_v2]).flatten();
    let of_vector = |cvss: &Cvss| Rating {
        source: "redhat".into(),
        word: word.to_lowercase(),
        vector: cvss.vector.clone(),
        score: cvss.score,
        ..Rating::default()
    };
    let ratings: Vec<Rating> = vectors.map(of_vector).collect();
    if ratings.is_empty() && !word.is_empty() {
        return vec![Rating { source: "redhat".into(), word: word.to_lowercase(), ..Rating::default() }];
    }
    ratings
}
