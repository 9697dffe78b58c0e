//! `NAME.deps.json`, which the host reads to find an application's assemblies:
//! <https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md>.
//!
//! Owns the reader, and how runtimes become packages. The file beside a runtime names the packages that it was built
//! from, in versions that were never published; what advisories name is the runtime pack of the same version.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{Dependency, Facts, Input, Malformed, Origin, Owned, Package};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::package;
use crate::lines::MOST_PACKAGES;
use crate::{document, paths};

/// Steps from package to package in one file, ten times those of the largest real ones: through a package without files
/// every other may lead to every other.
const MOST_STEPS: usize = 500_000;

/// Owner of the files that are listed: what they say of themselves is not asked for.
const LISTED: &str = "pkg:nuget";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(default)]
    runtime_target: Option<RuntimeTarget>,
    #[serde(default)]
    targets: BTreeMap<String, BTreeMap<String, Target>>,
    #[serde(default)]
    libraries: BTreeMap<String, Library>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RuntimeTarget {
    Object { name: String },
    Name(String),
}

/// What of a library is used by the application on one platform.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Target {
    dependencies: BTreeMap<String, String>,
    runtime: BTreeMap<String, IgnoredAny>,
    native: BTreeMap<String, IgnoredAny>,
    runtime_targets: BTreeMap<String, IgnoredAny>,
    resources: BTreeMap<String, IgnoredAny>,
}

#[derive(Deserialize)]
struct Library {
    #[serde(rename = "type", default)]
    kind: String,
}

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, document::MOST_BYTES)?;
    let document: Document = document::json(&bytes)?;
    let mut facts = Facts { owned: document.files(input.file.path), ..Facts::default() };
    if let Some(runtime) = shared_runtime(input.file.path, &document) {
        facts.packages.push(runtime);
        return Ok(facts);
    }
    let Some(target) = document.target() else { return Ok(facts) };
    if document.libraries.len() > MOST_PACKAGES {
        return Err(Malformed(format!("more than {MOST_PACKAGES} packages; not read")));
    }
    let mut graph = Graph::new(target);
    let direct = document.direct(&mut graph);
    for (key, library) in &document.libraries {
        let Some((name, version)) = key.split_once('/') else {
            facts.malformed.push(format!("library {key:?}: not a name and a version"));
            continue;
        };
        let Some(mut package) = library.package(name, version) else { continue };
        let entry = target.get(key);
        if !library.is_runtime_pack() && !entry.is_some_and(Target::has_files) {
            continue;
        }
        package.direct = direct.contains(name);
        package.depends_on = graph.needs(name, version);
        facts.packages.push(package);
    }
    if graph.steps_left == 0 {
        facts.malformed.push(format!("more than {MOST_STEPS} dependencies; the rest was not read"));
    }
    Ok(facts)
}

impl Document {
    /// The one that the application was published for: named, or the largest.
    fn target(&self) -> Option<&BTreeMap<String, Target>> {
        let name = match &self.runtime_target {
            Some(RuntimeTarget::Object { name } | RuntimeTarget::Name(name)) => name,
            None => "",
        };
        self.targets.get(name).or_else(|| self.targets.values().max_by_key(|target| target.len()))
    }

    /// The assemblies that it lists, the application's own among them: beside it, or in the folder that their package has
    /// them in.
    fn files(&self, path: &str) -> Vec<Owned> {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut list = paths::List::default();
        let assets = self.targets.values().flat_map(BTreeMap::values).flat_map(Target::assemblies);
        for asset in assets {
            let name = paths::file_name(asset);
            list.push(format!("{folder}/{name}").as_bytes());
            if name != asset {
                list.push(format!("{folder}/{asset}").as_bytes());
            }
        }
        let paths = list.finish();
        if paths.is_empty() { Vec::new() } else { vec![Owned { package: LISTED.into(), paths }] }
    }

    /// What the projects in it ask for.
    fn direct(&self, graph: &mut Graph<'_>) -> BTreeSet<String> {
        let projects = self.libraries.iter().filter(|(_, library)| library.kind == "project");
        let named = projects.filter_map(|(key, _)| key.split_once('/'));
        named.flat_map(|(name, version)| graph.needs(name, version)).map(|need| need.name).collect()
    }
}

/// What needs what on one platform.
struct Graph<'d> {
    target: &'d BTreeMap<String, Target>,
    /// Version by name.
    chosen: BTreeMap<&'d str, &'d str>,
    steps_left: usize,
}

impl<'d> Graph<'d> {
    fn new(target: &'d BTreeMap<String, Target>) -> Self {
        let chosen = target.keys().filter_map(|key| key.split_once('/')).collect();
        Self { target, chosen, steps_left: MOST_STEPS }
    }

    /// What a package needs of those that have files; what is needed through one without (a package of tools or of
    /// references alone) counts as needed by itself.
    fn needs(&mut self, name: &str, version: &str) -> Vec<Dependency> {
        let mut needs = BTreeSet::new();
        let mut seen = BTreeSet::from([name.to_owned()]);
        let mut open = vec![format!("{name}/{version}")];
        while let Some(key) = open.pop() {
            let Some(entry) = self.target.get(&key) else { continue };
            for (needed, asked) in &entry.dependencies {
                let Some(left) = self.steps_left.checked_sub(1) else { break };
                self.steps_left = left;
                if !seen.insert(needed.clone()) {
                    continue;
                }
                let version = self.chosen.get(needed.as_str()).copied().unwrap_or(asked);
                let key = format!("{needed}/{version}");
                if self.target.get(&key).is_some_and(|entry| !entry.has_files()) {
                    open.push(key);
                } else {
                    let version = version.to_owned();
                    needs.insert(Dependency { name: needed.clone(), version, requirement: String::new() });
                }
            }
        }
        needs.into_iter().collect()
    }
}

impl Target {
    fn assemblies(&self) -> impl Iterator<Item = &str> {
        self.runtime.keys().chain(self.runtime_targets.keys()).map(String::as_str)
    }

    /// Whether the application uses a file of it: else the runtime's own was newer, or there is none. `_._` is the
    /// gallery's sign for an empty folder.
    fn has_files(&self) -> bool {
        let all = [&self.runtime, &self.native, &self.runtime_targets, &self.resources];
        all.into_iter().flat_map(|files| files.keys()).any(|file| !file.ends_with("_._"))
    }
}

impl Library {
    fn is_runtime_pack(&self) -> bool {
        self.kind == "runtimepack"
    }

    /// None for the application's own projects.
    fn package(&self, name: &str, version: &str) -> Option<Package> {
        match self.kind.as_str() {
            "project" => None,
            // A self-contained application carries the runtime: `runtimepack.Microsoft.NETCore.App.Runtime.linux-x64`.
            "runtimepack" => package(name.strip_prefix("runtimepack.").unwrap_or(name), version),
            "package" => package(name, version),
            // `reference`, `referenceassembly`: a file that came from elsewhere than the gallery.
            _ => Some(Package { origin: Origin::ThirdParty, ..package(name, version)? }),
        }
    }
}

/// The runtime that lies in `shared/NAME/VERSION/NAME.deps.json`. From version 3 on its package is called after the
/// platform as well.
fn shared_runtime(path: &str, document: &Document) -> Option<Package> {
    let (folder, file) = path.rsplit_once('/')?;
    let name = file.strip_suffix(".deps.json")?;
    let (above, version) = folder.rsplit_once('/')?;
    let shared = above.strip_suffix(name)?.strip_suffix('/')?;
    if shared != "shared" && !shared.ends_with("/shared") {
        return None;
    }
    let (major, _) = version.split_once('.')?;
    if major.parse::<u32>().ok()? < 3 {
        return package(name, version);
    }
    // Since version 5 it names itself; before, only the platform that it is for.
    let pack = format!("{name}.Runtime.");
    let own = document.libraries.keys().filter_map(|key| key.split_once('/')).find(|(own, _)| own.starts_with(&pack));
    match (own, document.platform()) {
        (Some((own, _)), _) => package(own, version),
        (None, Some(platform)) => package(&format!("{pack}{platform}"), version),
        (None, None) => package(name, version),
    }
}

impl Document {
    /// `linux-x64` of `.NETCoreApp,Version=v8.0/linux-x64`.
    fn platform(&self) -> Option<&str> {
        let name = match self.runtime_target.as_ref()? {
            RuntimeTarget::Object { name } | RuntimeTarget::Name(name) => name,
        };
        name.split_once('/').map(|(_, platform)| platform).filter(|platform| !platform.is_empty())
    }
}
