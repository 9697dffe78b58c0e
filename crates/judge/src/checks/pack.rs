//! All checks that judge a document, with the lists and the shared rules that they use.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};

use serde_json::{Map, Value, json};

use super::metadata::{self, one_line, package_of};
use super::{Author, Check, InputKind, MetadataError, Problem, builtin, settings, user};
use crate::compliance::Catalogue;
use crate::rego::{Document, Engine, Error};

/// Told by the digest, so that verdicts of an engine that judges otherwise are not taken from a cache.
const VERSION: &str = "checks 2";
/// The rules that say something about a document; `violation` is what policies for admission call theirs.
pub(super) const RULES: [&str; 5] = ["deny", "violation", "warn", "not_assessed", "expected"];
/// Checks are short: more threads than this only wait for each other.
const MOST_THREADS: usize = 8;

/// What makes a pack unusable. Only built-in files can, and tests see to it that they do not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// A check does not say of itself what it must.
    #[error("{file}: {error}")]
    Metadata {
        /// The file.
        file: String,
        /// What is wrong.
        error: MetadataError,
    },
    /// A data list is no YAML.
    #[error("{file}: {message}")]
    List {
        /// The file.
        file: String,
        /// What is wrong.
        message: String,
    },
}

/// A file of rules: its name and text.
pub(super) type File = (String, String);

/// What a pack is made of.
#[derive(Clone, Default)]
pub(super) struct Contents {
    /// Sorted by id.
    pub(super) checks: Vec<Check>,
    /// Rules that the built-in checks share.
    pub(super) libraries: Vec<File>,
    /// Tests of the built-in checks.
    pub(super) tests: Vec<File>,
    /// All Rego files of the user but tests: these may call each other.
    pub(super) user_files: Vec<File>,
    /// Tests of the user.
    pub(super) user_tests: Vec<File>,
    /// `data.lists`.
    pub(super) lists: Map<String, Value>,
    /// Ids of checks that the user switched off.
    pub(super) switched_off: BTreeSet<String>,
}

/// A set of checks. Parsing waits until a document is judged.
pub struct Pack {
    pub(super) contents: Contents,
    digest: String,
    prepared: [OnceLock<Vec<Shard>>; InputKind::ALL.len()],
    /// Engines with libraries alone, by whether users' rules are to be run, and the names of the libraries.
    bases: Mutex<BTreeMap<(bool, Vec<String>), Engine>>,
}

/// The checks of a scan. The built-in ones are read when a document has to be judged that was not judged before.
pub enum Checks {
    /// Nobody gave others.
    Builtin,
    /// With those of one's own.
    Own(Box<Pack>),
}

impl Checks {
    /// All of them.
    ///
    /// # Errors
    /// When a built-in file is not what it has to be.
    pub fn get(&self) -> Result<&Pack, PackError> {
        match self {
            Self::Builtin => Pack::builtin(),
            Self::Own(pack) => Ok(pack),
        }
    }

    /// Tells packs apart, with all that changes what they say.
    #[must_use]
    pub fn digest(&self) -> &str {
        static BUILTIN: LazyLock<String> = LazyLock::new(|| {
            // In one piece, which is hashed many times as fast as many small ones.
            let judges =
                |name: &str| list_name(name).is_some() || name.ends_with(".rego") && !name.ends_with("_test.rego");
            let mut all = String::new();
            for (name, text) in builtin::files().into_iter().filter(|(name, _)| judges(name)) {
                all.extend([name, "\0", text, "\0"]);
            }
            let mut parts = Parts::default();
            parts.add(&all);
            parts.digest()
        });
        match self {
            Self::Builtin => &BUILTIN,
            Self::Own(pack) => pack.digest(),
        }
    }

    /// Ids of the checks that the user's `checks.yaml` switches off; they are not among the others.
    #[must_use]
    pub fn switched_off(&self) -> &BTreeSet<String> {
        const NONE: &BTreeSet<String> = &BTreeSet::new();
        match self {
            Self::Builtin => NONE,
            Self::Own(pack) => &pack.contents.switched_off,
        }
    }
}

/// Some checks of a pack with an engine that has parsed them.
///
/// Each built-in check has an engine of its own, with the libraries that it imports: the engine looks through all its
/// modules for each reference to `data`, so that many checks in one slow each other down. Users' files may call each other
/// and share one.
pub(super) struct Shard {
    /// Indexes of the pack's checks with the rules that each declares.
    pub(super) checks: Vec<(usize, Vec<&'static str>)>,
    /// The engine, or why none of these can be run.
    pub(super) engine: Result<Engine, Error>,
    /// They are users'.
    pub(super) is_users: bool,
}

impl Pack {
    /// The checks that come with Plimsoll.
    ///
    /// # Errors
    /// When a built-in file is not what it has to be.
    pub fn builtin() -> Result<&'static Self, PackError> {
        static BUILTIN: OnceLock<Result<Pack, PackError>> = OnceLock::new();
        BUILTIN.get_or_init(|| Self::of(&builtin::files())).as_ref().map_err(Clone::clone)
    }

    /// A pack of files as they lie below `checks/`: `image/CFG-001.rego`, `lib/result.rego`, `data/ports.yaml`.
    ///
    /// # Errors
    /// When a file is not what it has to be.
    pub fn of(files: &[(&str, &str)]) -> Result<Self, PackError> {
        let mut contents = Contents::default();
        let mut checks = vec![];
        for (name, text) in files {
            let file = ((*name).to_owned(), (*text).to_owned());
            if let Some(stem) = list_name(name) {
                contents.lists.insert(stem.to_owned(), list(name, text)?);
            } else if name.ends_with("_test.rego") {
                contents.tests.push(file);
            } else if name.starts_with("lib/") {
                contents.libraries.push(file);
            } else if name.ends_with(".rego") {
                checks.push((*name, *text));
            }
        }
        let checks = in_parallel(&checks, |(name, text)| builtin_check(name, text));
        contents.checks = checks.into_iter().collect::<Result<_, _>>()?;
        Ok(Self::new(contents))
    }

    /// The same pack with a user's files beside it, as their paths below the folder and their texts; and what is wrong
    /// with these. A check that cannot be run stays in the pack, and is never assessed.
    #[must_use]
    pub fn with(&self, files: &[(String, String)]) -> (Self, Vec<Problem>) {
        let mut contents = self.contents.clone();
        let mut problems = vec![];
        for (name, text) in files {
            if let Some(stem) = list_name(name) {
                match list(name, text) {
                    Ok(values) => drop(contents.lists.insert(stem.to_owned(), values)),
                    Err(error) => {
                        problems.push(Problem { fatal: true, message: error.to_string(), ..Problem::of(name) })
                    }
                }
            }
        }
        user::add(&mut contents, files, &mut problems);
        if let Some((_, text)) = files.iter().find(|(name, _)| name == settings::FILE) {
            settings::apply(&mut contents, text, &mut problems);
        }
        problems.sort();
        (Self::new(contents), problems)
    }

    fn new(mut contents: Contents) -> Self {
        contents.checks.sort_by(|one, other| one.id.cmp(&other.id));
        let digest = digest(&contents);
        Self { contents, digest, prepared: Default::default(), bases: Mutex::default() }
    }

    /// The checks, sorted by id.
    #[must_use]
    pub fn checks(&self) -> &[Check] {
        &self.contents.checks
    }

    /// Ids of all checks, with the parameters of each.
    #[must_use]
    pub fn catalogue(&self) -> Catalogue<'_> {
        self.contents.checks.iter().map(|check| (check.id.as_str(), &check.params)).collect()
    }

    /// The check of that id.
    #[must_use]
    pub fn check(&self, id: &str) -> Option<&Check> {
        let index = self.contents.checks.binary_search_by(|check| check.id.as_str().cmp(id)).ok()?;
        self.contents.checks.get(index)
    }

    /// The check of that id, however it is written, or with such an alias.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Check> {
        let has =
            |check: &&Check| check.aliases.iter().chain([&check.id]).any(|known| known.eq_ignore_ascii_case(name));
        self.check(name).or_else(|| self.checks().iter().find(has))
    }

    /// Every Rego file with who wrote it, tests included.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &str, Author)> {
        let Contents { checks, libraries, tests, user_files, user_tests, .. } = &self.contents;
        let ours = checks.iter().filter(|check| check.author == Author::Plimsoll);
        let checks = ours.map(|check| (check.file.as_str(), check.source.as_str(), Author::Plimsoll));
        let shared = libraries.iter().chain(tests).map(|(name, text)| (name.as_str(), text.as_str(), Author::Plimsoll));
        let users =
            user_files.iter().chain(user_tests).map(|(name, text)| (name.as_str(), text.as_str(), Author::User));
        checks.chain(shared).chain(users)
    }

    /// Tells packs apart, with all that changes what they say.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// `data.params` and `data.lists`; the given parameters over the checks' defaults.
    pub(super) fn data(&self, parameters: &Value) -> Result<Document, Error> {
        let mut params = Map::new();
        for check in &self.contents.checks {
            let mut values = check.params.clone();
            for (name, value) in parameters.get(&check.id).and_then(Value::as_object).into_iter().flatten() {
                values.insert(name.clone(), value.clone());
            }
            params.insert(check.id.clone(), Value::Object(values));
        }
        Document::of(&json!({"params": params, "lists": self.contents.lists}))
    }

    /// The engines for one kind of document, with default parameters.
    pub(super) fn shards(&self, kind: InputKind) -> &[Shard] {
        let made = self.prepared.get(InputKind::ALL.iter().position(|known| *known == kind).unwrap_or_default());
        made.map_or(&[], |cell| cell.get_or_init(|| self.make_shards(kind)))
    }

    fn make_shards(&self, kind: InputKind) -> Vec<Shard> {
        let data = self.data(&Value::Null);
        let runs = |check: &Check| check.input == kind && check.broken.is_empty();
        let of_kind = self.contents.checks.iter().enumerate().filter(|(_, check)| runs(check));
        let (ours, users): (Vec<_>, Vec<_>) = of_kind.partition(|(_, check)| check.author == Author::Plimsoll);
        let mut shards = in_parallel(&ours, |one @ (_, check)| {
            self.shard(&[*one], vec![(check.file.as_str(), check.source.as_str())], &data)
        });
        if !users.is_empty() {
            let files = self.contents.user_files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
            shards.push(self.shard(&users, files, &data));
        }
        shards
    }

    /// An engine for the checks, which are in these files.
    fn shard(&self, checks: &[(usize, &Check)], files: Vec<(&str, &str)>, data: &Result<Document, Error>) -> Shard {
        let is_wary = checks.iter().any(|(_, check)| check.author == Author::User);
        let engine = data.clone().and_then(|data| self.engine(&files, &data, is_wary));
        let checks = checks.iter().map(|(index, check)| {
            let declares = |rule: &&str| {
                let mut of_package = files
                    .iter()
                    .filter(|(name, text)| *name == check.file || metadata::package(text) == Some(&check.package));
                engine.as_ref().is_ok_and(|engine| of_package.any(|(name, _)| engine.declares(name, rule)))
            };
            (*index, RULES.into_iter().filter(declares).collect())
        });
        Shard { checks: checks.collect(), engine: engine.clone(), is_users: is_wary }
    }

    /// An engine with these files and the libraries that they import; `is_wary`: for what users wrote.
    pub(super) fn engine(&self, files: &[(&str, &str)], data: &Document, is_wary: bool) -> Result<Engine, Error> {
        let mut engine = self.base(self.imported(files), is_wary)?;
        for (name, text) in files {
            engine.add(name, text)?;
        }
        engine.set_data(data)?;
        engine.prepare()?;
        Ok(engine)
    }

    /// An engine with libraries alone. Most checks import the same, which are parsed once.
    fn base(&self, libraries: Vec<(&str, &str)>, is_wary: bool) -> Result<Engine, Error> {
        let names = (is_wary, libraries.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<String>>());
        let mut bases = self.bases.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(base) = bases.get(&names) {
            return Ok(base.clone());
        }
        let mut base = if is_wary { Engine::wary()? } else { Engine::new()? };
        for (name, text) in libraries {
            base.add(name, text)?;
        }
        bases.insert(names, base.clone());
        Ok(base)
    }

    /// All that a check runs: its own text and that of the libraries, or of the user's files, which may call each other.
    pub(super) fn texts<'a>(&'a self, check: &'a Check) -> Vec<&'a str> {
        let mut files = vec![(check.file.as_str(), check.source.as_str())];
        if check.author == Author::User {
            files.extend(self.contents.user_files.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        }
        let libraries = self.imported(&files);
        files.into_iter().chain(libraries).map(|(_, text)| text).collect()
    }

    /// The libraries that files name, and those that these name.
    fn imported(&self, files: &[(&str, &str)]) -> Vec<(&str, &str)> {
        let mut imported: Vec<(&str, &str)> = vec![];
        loop {
            let names = |package: &str| {
                let package = format!("data.{package}");
                files.iter().chain(&imported).any(|(_, text)| text.contains(&package))
            };
            let libraries = self.contents.libraries.iter().map(|(name, text)| (name.as_str(), text.as_str()));
            let found: Vec<_> = libraries.filter(|(_, text)| metadata::package(text).is_some_and(names)).collect();
            if found.len() == imported.len() {
                return imported;
            }
            imported = found;
        }
    }
}

/// Does one thing for each, on as many threads as the machine has, and keeps the order.
pub(super) fn in_parallel<T: Sync, R: Send>(all: &[T], act: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = vec![];
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = all.get(index) else { break done };
            done.push((index, act(one)));
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS).min(all.len());
    let mut done: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).flatten().collect()
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

impl Problem {
    /// Nothing yet about a file.
    pub(crate) fn of(file: &str) -> Self {
        Self { file: file.to_owned(), line: 0, fatal: true, message: String::new() }
    }

    /// That rules of a file cannot be run.
    pub(super) fn of_error(file: &str, error: &Error) -> Self {
        match error {
            Error::Rule { line, message, .. } => Self { line: *line, message: message.clone(), ..Self::of(file) },
            Error::TimeOut(_) | Error::OutOfMemory => Self { message: error.to_string(), ..Self::of(file) },
        }
    }
}

/// Of `data/ports.yaml`, `ports`.
fn list_name(file: &str) -> Option<&str> {
    file.strip_prefix("data/")?.strip_suffix(".yaml")
}

fn list(name: &str, text: &str) -> Result<Value, PackError> {
    serde_saphyr::from_str(text)
        .map_err(|error| PackError::List { file: name.to_owned(), message: one_line(&error.to_string()) })
}

fn builtin_check(name: &str, text: &str) -> Result<Check, PackError> {
    let wrong = |error| PackError::Metadata { file: name.to_owned(), error };
    let check = metadata::read(name, text).map_err(wrong)?;
    let expected = package_of(&check.id);
    if check.package == expected { Ok(check) } else { Err(wrong(MetadataError::Package { expected })) }
}

fn digest(contents: &Contents) -> String {
    let mut parts = Parts::default();
    for check in &contents.checks {
        let params = Value::from(check.params.clone()).to_string();
        [&check.id, check.severity.as_str(), &check.source, &params].into_iter().for_each(|part| parts.add(part));
    }
    for (name, text) in contents.libraries.iter().chain(&contents.user_files) {
        [name, text].into_iter().for_each(|part| parts.add(part));
    }
    let lists: BTreeMap<_, _> = contents.lists.iter().collect();
    parts.add(&json!(lists).to_string());
    parts.digest()
}

/// What a pack is made of, one after another.
struct Parts(blake3::Hasher);

impl Default for Parts {
    fn default() -> Self {
        let mut parts = Self(blake3::Hasher::new());
        parts.add(VERSION);
        parts
    }
}

impl Parts {
    fn add(&mut self, part: &str) {
        self.0.update(&(part.len() as u64).to_le_bytes());
        self.0.update(part.as_bytes());
    }

    fn digest(&self) -> String {
        self.0.finalize().to_hex().to_string()
    }
}
