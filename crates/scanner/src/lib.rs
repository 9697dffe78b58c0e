//! The pipeline: image → inventory → findings → judgement → report → verdict. Owns the order of the stages and what flows
//! between them; every stage itself belongs to the crate of its name.

mod altered;
mod attached;
mod documents;
mod explained;
mod judging;
mod noted;
mod ownership;
mod programs;
mod verdicts;

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use plimsoll_advisories::database::{self, Database};
use plimsoll_advisories::{Matched, Told, explain, matching, outdated, spaces, update, vex};
pub use plimsoll_content::attached::{InvalidKey, VerifyKey};
pub use plimsoll_content::licences::{LicencePolicy, is_licence};
use plimsoll_content::licences::{judge_licences, words_and_texts};
pub use plimsoll_content::malware::KnownFiles;
use plimsoll_content::{malware, secrets};
use plimsoll_image::Image;
use plimsoll_judge::facts::{self, Beside, Sources};
use plimsoll_judge::{Policy, gate};
use plimsoll_layers::{Cache, Contents, Heard, Limits, Tree};
use plimsoll_model::{
    Altered, Asked, DataSource, Detector, Explanation, Facts, FileOwner, FileRule, Finding, FindingOrigin, Gap,
    GapKind, ImageSummary, Inventory, LicenceText, LicenceWords, Location, NotedFile, Owned, Package, Progress, Reader,
    Report, SeenProgram, Sieve, Space, Tool,
};
use plimsoll_packages::{Foretold, foretell};
use rustc_hash::FxHashMap;
use serde_json::Value;

pub use attached::Attaching;
pub use judging::{Judging, Looks};
pub use verdicts::Verdicts;

use altered::{Where, altered};
use judging::{Evidence, Judgement};
use ownership::ownership;

/// Bytes that the layer cache may have: indexes of some thousand layers.
const LAYER_CACHE: u64 = 2 << 30;

/// How to scan. The same value serves any number of images.
pub struct Scanner<'a> {
    /// Folder with the indexes of layers seen before; none to read every layer anew.
    pub layer_cache: Option<PathBuf>,
    /// How advisories are kept current, and where.
    pub advisories: update::Settings<'a>,
    /// What others say of vulnerabilities in it.
    pub vex: &'a [vex::Document],
    /// Folder for temporary files.
    pub temporary: PathBuf,
    /// Check digests of unpacked layers too.
    pub verify_diff_ids: bool,
    /// How what is found is judged.
    pub judging: Judging<'a>,
    /// Which licences are objected to.
    pub licences: LicencePolicy,
    /// Rules of the user's own about what files hold.
    pub rules: Option<OwnRules<'a>>,
    /// Files that are malware by their digests, with the names of the lists.
    pub known_files: Option<(&'a KnownFiles, &'a [String])>,
    /// What the gate objects to.
    pub policy: Policy,
    /// The moment that the answer is for, RFC 3339.
    pub as_of: String,
    /// Told how far it is.
    pub progress: Progress<'a>,
}

/// Rules of the user's own about what files hold; what they know counts as malware.
#[derive(Debug, Clone, Copy)]
pub struct OwnRules<'a> {
    /// Who asks them about every file.
    pub detector: Detector<'a>,
    /// What they say of themselves, by file and name.
    pub words: &'a [FileRule],
    /// What of them could not be used.
    pub gaps: &'a [Gap],
}

/// There is no report: something that every answer rests on could not be had.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A layer could not be read.
    #[error(transparent)]
    Layers(#[from] plimsoll_layers::Error),
    /// The folder of the advisories cannot be used.
    #[error(transparent)]
    Database(#[from] database::Error),
    /// The advisories are not to be trusted or too old, and there are no others.
    #[error("{0}")]
    Refused(String),
}

impl Scanner<'_> {
    /// Scans one image.
    ///
    /// # Errors
    /// When a layer cannot be read whole, or the database cannot be used. Anything less is a gap in the report.
    pub fn scan(&self, image: &Image) -> Result<Report, Error> {
        let (report, _) = self.assess(image)?;
        Ok(Report { verdict: gate(&report, &self.policy), ..report })
    }

    /// Scans one image, and tells why it has the vulnerability of this id or not (`package`: only in those of this name), or how
    /// the check of this id came out.
    ///
    /// # Errors
    /// As [`Self::scan`], and when the data on it turn out to be damaged.
    pub fn explain(&self, image: &Image, id: &str, package: Option<&str>) -> Result<Explanation, Error> {
        let (report, database) = self.assess(image)?;
        let Told { names, packages, absent, left_out } =
            explain(&report.inventory, &database, &report.findings, id, package)?;
        let unknown_package = package.and_then(|name| explained::unknown_package(&report.inventory, name));
        let check = self.judging.pack.get().ok().and_then(|pack| pack.named(id));
        let check = check.map(|check| Box::new(explained::check(check, &report)));
        let Report { tool, as_of, image, gaps, data, .. } = report;
        Ok(Explanation {
            tool,
            as_of,
            image,
            id: id.into(),
            names,
            packages,
            absent,
            left_out,
            unknown_package,
            check,
            gaps,
            data,
        })
    }

    /// What is in the image and wrong with it, and the data that say so.
    fn assess(&self, image: &Image) -> Result<(Report, Database), Error> {
        // What the image needs is fetched as soon as its files tell, while the rest of them are being read.
        let foretold = Mutex::new(Foretold::default());
        let looks = self.judging.looks.vulnerabilities;
        let (read, updated) = update::along(&self.advisories, |ask| {
            // Who does not look for vulnerabilities needs no advisories.
            let want = |spaces: &BTreeSet<Space>| {
                if looks {
                    ask(spaces)
                }
            };
            want(&known_beforehand());
            let heard = |reader: &Reader, path: &str, facts: &Facts| {
                let mut foretold = foretold.lock().unwrap_or_else(PoisonError::into_inner);
                want(&foretell(&mut foretold, reader, path, facts));
            };
            let read = self.read(image, &heard)?;
            want(&read.wanted);
            Ok::<_, Error>(read)
        });
        let Read { inventory, wanted, base_layers, gaps, seen } = read?;
        if let Some(refusal) = updated.refusal {
            return Err(Error::Refused(refusal));
        }
        let mut answers = updated.answers.clone();
        answers.retain(|(space, _)| wanted.contains(space));
        let database = Database::open_of(&self.advisories.directory, &answers)?;
        let mut matched = match looks {
            true => matching(&inventory, &database).unite(outdated(&inventory, &database, &self.as_of)),
            false => Matched::default(),
        };
        let stale = update::account(&mut matched.data, &self.advisories).map_err(Error::Refused)?;
        matched.gaps = [updated.of(&wanted).unite(matched.gaps), stale].concat();
        let summary = summary(image, base_layers);
        let (others, untold) = self.others(&image.config, &inventory, &seen);
        let found = [matched.findings, others].concat();
        let mut findings = attribute(found, base_layers);
        let mut unmatched = vex::apply(self.vex, &summary, &inventory, &mut findings);
        let mut gaps = [gaps, matched.gaps].concat();
        gaps.extend(untold);
        if self.judging.looks.checks {
            // A folder of sources has no settings that checks would see.
            let has_root = has_root(&image.config, &inventory, &seen.said);
            let (said, files) =
                if has_root { (seen.said.as_slice(), seen.files.as_slice()) } else { Default::default() };
            gaps.extend(facts::left_out(&image.config, said, seen.owners.len(), files));
        }
        let known = Known { image, summary: &summary, inventory: &inventory, seen: &seen, data: &matched.data };
        let judged = self.judge(&known, &gaps, findings);
        unmatched.extend(judged.unmatched);
        unmatched.sort();
        let report = Report {
            schema: Report::SCHEMA.into(),
            tool: Tool { name: "plimsoll".into(), version: env!("CARGO_PKG_VERSION").into() },
            as_of: self.as_of.clone(),
            image: summary,
            inventory,
            looked_for: self.judging.looks.kinds().into_iter().map(str::to_owned).collect(),
            findings: judged.findings,
            hidden: 0,
            support: matched.support,
            checks: judged.checks,
            compliance: judged.compliance,
            gaps: BTreeSet::from_iter([gaps, judged.gaps].concat()).into_iter().collect(),
            unmatched,
            data: matched.data,
            verdict: None,
        };
        Ok((report, database))
    }

    /// What else than vulnerabilities is known to be wrong without any check.
    fn others(&self, config: &Value, inventory: &Inventory, seen: &Seen) -> (Vec<Finding>, Option<Gap>) {
        let looks = self.judging.looks;
        let mut found = seen.traced.clone();
        let mut untold = None;
        if looks.secrets {
            let (of_config, more) = secrets::in_config(config);
            found.extend(of_config);
            untold = more;
            found.iter_mut().for_each(|finding| secrets::expire(finding, &self.as_of));
        }
        if looks.licences {
            found.extend(judge_licences(&inventory.packages, &seen.licences(), &self.licences));
        }
        (found, untold)
    }

    fn judge(&self, known: &Known<'_>, gaps: &[Gap], findings: Vec<Finding>) -> Judgement {
        let Known { image, summary, inventory, seen, data } = *known;
        let config = &image.config;
        let looks = self.judging.looks;
        let deadlines: Vec<&str> = self.judging.deadlines.iter().map(|set| set.id.as_str()).collect();
        let statements: Vec<&str> = self.vex.iter().map(vex::Document::name).collect();
        let (mut beside, mut bases) = (Beside::default(), Vec::new());
        if looks.checks {
            beside = self.judging.attaching.look(image, inventory);
            beside.earlier = self.judging.earlier(summary);
            bases = self.judging.attaching.bases(image, &beside);
        }
        let unverified = self.judging.attaching.unverified(&beside);
        let gaps = [gaps, &beside.attached.gaps, &unverified].concat();
        let words = looks.licences.then(|| seen.licence_words(&inventory.packages));
        let document = |findings: &[Finding]| {
            facts::document(&Sources {
                image: summary,
                config,
                inventory,
                files: &seen.files,
                said: &seen.said,
                asked: &seen.asked,
                findings,
                gaps: &gaps,
                as_of: &self.as_of,
                owners: &seen.owners,
                altered: seen.facts.altered.as_ref(),
                licence_words: words.as_deref(),
                programs: &seen.facts.programs,
                writable: &|uid, groups| programs::writable(&seen.tree, uid, groups),
                data,
                waivers: &self.judging.waivers,
                statements: &statements,
                deadlines: &deadlines,
                beside: &beside,
                bases: &bases,
                has_root: has_root(config, inventory, &seen.said),
                mask: &secrets::mask,
                has_secrets: looks.secrets,
                has_malware: looks.malware,
                malware_lists: self.known_files.map_or(&[], |(_, names)| names),
                has_cards: looks.cards && looks.secrets,
                has_licences: looks.licences,
                has_vulnerabilities: looks.vulnerabilities,
            })
        };
        let files = if config.is_null() { documents::in_folder(&seen.said) } else { Vec::new() };
        let evidence = Evidence { document: &document, image: summary, files, gaps: &gaps, as_of: &self.as_of };
        let judged = self.judging.judge(findings, &evidence);
        Judgement { gaps: [beside.attached.gaps, unverified, judged.gaps].concat(), ..judged }
    }

    /// Who looks into every file.
    fn detectors(&self) -> Vec<&Detector<'_>> {
        let looks = self.judging.looks;
        let all = [
            (&secrets::DETECTOR, looks.secrets),
            (&secrets::CARDS, looks.secrets && looks.cards),
            (&malware::DETECTOR, looks.malware),
        ];
        let built_in = all.into_iter().filter(|(_, is_on)| *is_on).map(|(detector, _)| detector);
        built_in.chain(self.rules.as_ref().map(|rules| &rules.detector)).collect()
    }

    /// Who reads which files.
    fn readers(&self, image: &Image) -> Vec<&'static Reader> {
        let mut readers = plimsoll_packages::readers();
        readers.extend(plimsoll_content::READERS);
        // An image's own Dockerfile is a leftover; a project's is what its images are built from.
        if image.config.is_null() {
            readers.push(&documents::DOCUMENTS);
            readers.push(&plimsoll_packages::MANIFESTS);
        }
        readers
    }

    /// What is in the image, and whose advisories that asks for.
    fn read(&self, image: &Image, heard: Heard<'_>) -> Result<Read, plimsoll_layers::Error> {
        let contents = self.contents(image, heard)?;
        // A folder without a distribution is a project's: its lock files speak for themselves.
        let is_image = !image.config.is_null() || !contents.releases.is_empty();
        let (pinned, unlocked) = match is_image || has_accounts(&contents.said) {
            true => Default::default(),
            false => plimsoll_packages::unlocked(&contents.said, |path| contents.tree.get(path.as_bytes()).is_some()),
        };
        let mut packages = contents.packages;
        packages.extend(pinned);
        let packages = plimsoll_packages::relevant(packages, is_image);
        let (inventory, unknown) = plimsoll_packages::inventory(packages, &contents.owned, &contents.releases);
        let mut wanted = BTreeSet::new();
        if self.judging.looks.vulnerabilities {
            wanted.extend(spaces(&inventory));
            wanted.extend(known_beforehand());
        }
        // Nothing is known to bring packages without a distribution: the image was built from scratch.
        let base_layers = if inventory.distro.is_some() { contents.base_layers } else { 0 };
        let files = match self.judging.looks.checks {
            true => self.files(image, (&contents.tree, &contents.owned, &contents.said), &inventory.packages)?,
            false => FileFacts::default(),
        };
        let seen = Seen {
            facts: files,
            files: noted::all(&contents.noticed, &contents.tree),
            traced: noted::traced(&contents.noticed, self.rules.map_or(&[], |rules| rules.words)),
            owners: contents.tree.owners(),
            tree: contents.tree,
            said: contents.said,
            asked: contents.asked,
        };
        let unused = self.rules.map_or(&[][..], |rules| rules.gaps);
        let unknown = unknown.into_iter().map(|gap| self.weighed(gap, is_image, &seen.said));
        // What a project asks for is nothing to who looks for secrets alone.
        let unlocked =
            unlocked.into_iter().filter(|_| self.judging.looks.vulnerabilities || self.judging.looks.licences);
        let gaps = contents.gaps.iter().chain(unused).cloned().chain(unknown).chain(unlocked).collect();
        Ok(Read { inventory, wanted, base_layers, gaps, seen })
    }

    /// That nobody knows what is installed blinds only those who ask; and a project may be its Dockerfiles and manifests alone.
    fn weighed(&self, gap: Gap, is_image: bool, said: &[(Location, Facts)]) -> Gap {
        let looks = self.judging.looks;
        let asks = looks.vulnerabilities || looks.licences || looks.checks && is_image;
        let is_blind = asks && (is_image || documents::in_folder(said).is_empty());
        if is_blind { gap } else { Gap { kind: GapKind::Partial, ..gap } }
    }

    /// Programs, and files of packages that are not what the packages brought.
    fn files(
        &self,
        image: &Image,
        (tree, owned, said): (&Tree, &[Owned], &[(Location, Facts)]),
        packages: &[Package],
    ) -> Result<FileFacts, plimsoll_layers::Error> {
        let elves = programs::elves(tree, said);
        let asked = elves.iter().map(programs::Elf::content).collect();
        let ownership = ownership(tree, owned, packages, &asked);
        let programs = programs::seen(tree, &elves, &ownership, packages);
        let (cache, limits) = (self.cache(), Limits::default());
        let at = Where { image, tree, packages, cache: cache.as_ref(), limits: &limits, temporary: &self.temporary };
        Ok(FileFacts { programs, altered: altered(&at, ownership.replaced)?, notices: ownership.notices })
    }

    /// A cache that cannot be used costs time, not the answer.
    fn cache(&self) -> Option<Cache> {
        self.layer_cache.as_ref().and_then(|folder| Cache::open(folder, LAYER_CACHE).ok())
    }

    fn contents(&self, image: &Image, heard: Heard<'_>) -> Result<Contents, plimsoll_layers::Error> {
        let cache = self.cache();
        plimsoll_layers::read(
            image,
            &plimsoll_layers::Settings {
                readers: &self.readers(image),
                detectors: &self.detectors(),
                sieve: self.known_files.filter(|_| self.judging.looks.malware).map(|(known, _)| known as &dyn Sieve),
                is_notable: noted::stands_out,
                is_foreign: plimsoll_packages::is_foreign,
                normal_name: plimsoll_packages::normal_name,
                cache: cache.as_ref(),
                limits: &Limits::default(),
                verify_diff_ids: self.verify_diff_ids,
                threads: std::thread::available_parallelism().map_or(1, usize::from),
                temporary: self.temporary.clone(),
                progress: self.progress,
                heard,
            },
        )
    }
}

/// What is known of an image when it is judged.
#[derive(Clone, Copy)]
struct Known<'a> {
    image: &'a Image,
    summary: &'a ImageSummary,
    inventory: &'a Inventory,
    seen: &'a Seen,
    data: &'a [DataSource],
}

/// What reading an image came to.
struct Read {
    inventory: Inventory,
    wanted: BTreeSet<Space>,
    base_layers: usize,
    gaps: Vec<Gap>,
    seen: Seen,
}

/// What is told of files by the package that they belong to.
#[derive(Default)]
struct FileFacts {
    /// Programs of the final tree.
    programs: Vec<SeenProgram>,
    /// Files that are not what their packages brought, where that can be told.
    altered: Option<Altered>,
    /// Whether packages that brought texts of their licence have one still, by position.
    notices: FxHashMap<usize, bool>,
}

/// What files hold beside packages.
struct Seen {
    /// Those that stand out.
    files: Vec<NotedFile>,
    /// Secrets and malware.
    traced: Vec<Finding>,
    /// Who owns files.
    owners: Vec<FileOwner>,
    /// What readers say, each with its place.
    said: Vec<(Location, Facts)>,
    /// Those of these files that were asked for by other paths than they lie at.
    asked: Vec<Asked>,
    /// What is told of files by their packages.
    facts: FileFacts,
    /// The final tree.
    tree: Tree,
}

impl Seen {
    /// What is known of the licences of packages from their words and their files.
    fn licence_words(&self, packages: &[Package]) -> Vec<LicenceWords> {
        let mut words = words_and_texts(packages, &self.licences());
        for word in &mut words {
            word.notice = self.facts.notices.get(&word.package).copied().or(Some(true));
        }
        let told: HashSet<usize> = words.iter().map(|word| word.package).collect();
        let others = self.facts.notices.iter().filter(|(package, _)| !told.contains(package));
        words.extend(others.map(|(&package, &notice)| LicenceWords {
            package,
            agree: true,
            notice: Some(notice),
            ..LicenceWords::default()
        }));
        words.sort();
        words
    }

    /// The licences that files state, by path.
    fn licences(&self) -> Vec<(String, LicenceText)> {
        let all =
            self.said.iter().flat_map(|(location, facts)| facts.licences.iter().map(move |text| (location, text)));
        all.map(|(location, text)| (location.path.clone(), text.clone())).collect()
    }
}

/// What every image needs: facts about CVEs, and for how long what is in it is supported.
fn known_beforehand() -> BTreeSet<Space> {
    Space::facts().collect()
}

fn summary(image: &Image, base_layers: usize) -> ImageSummary {
    let mut summary = image.summary.clone();
    for (index, layer) in summary.layers.iter_mut().enumerate() {
        layer.base = index < base_layers;
        // A build step may have a secret in it, and every report shows the steps.
        layer.created_by = layer.created_by.as_deref().map(secrets::mask);
    }
    summary
}

/// Whether it is an image, or a folder that holds a system as one does: by its distribution, its packages or its accounts.
fn has_root(config: &Value, inventory: &Inventory, said: &[(Location, Facts)]) -> bool {
    !config.is_null() || inventory.distro.is_some() || has_accounts(said)
}

fn has_accounts(said: &[(Location, Facts)]) -> bool {
    said.iter().any(|(_, facts)| !facts.accounts.is_empty())
}

/// Says of each finding who can fix it.
fn attribute(mut findings: Vec<Finding>, base_layers: usize) -> Vec<Finding> {
    for finding in &mut findings {
        let base = finding.layer.is_some_and(|layer| layer < base_layers);
        finding.origin = if base { FindingOrigin::Base } else { FindingOrigin::Own };
    }
    findings
}
