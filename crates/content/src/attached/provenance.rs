//! Provenance of a build: SLSA's predicates 0.1, 0.2 (<https://slsa.dev/spec/v0.2/provenance>) and 1
//! (<https://slsa.dev/spec/v1.1/provenance>), with what BuildKit puts into them
//! (<https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md>).

use plimsoll_model::{AttachedBlob, Material, Provenance};
use serde_json::Value;

use super::Reading;
use super::json::{first, list, short, text};
use super::statement::Vouched;

/// Materials that are kept; builds of many modules have some hundred.
const MOST_MATERIALS: usize = 1000;

/// Where the versions keep the same things.
struct Places {
    builder: &'static [&'static str],
    build_type: &'static [&'static str],
    repository: &'static [&'static str],
    revision: &'static [&'static str],
    /// What the client of BuildKit says of the source, which nobody checked.
    hint: &'static str,
    materials: &'static str,
    arguments: &'static str,
    steps: &'static str,
}

const OLD: Places = Places {
    builder: &["/builder/id"],
    build_type: &["/buildType", "/recipe/type"],
    repository: &["/invocation/configSource/uri"],
    revision: &["/invocation/configSource/digest/sha1", "/invocation/configSource/digest/gitCommit"],
    hint: "/metadata/https:~1~1mobyproject.org~1buildkit@v1#metadata/vcs",
    materials: "/materials",
    arguments: "/invocation/parameters/args",
    steps: "/buildConfig/llbDefinition",
};

const NEW: Places = Places {
    builder: &["/runDetails/builder/id"],
    build_type: &["/buildDefinition/buildType"],
    repository: &[
        "/buildDefinition/externalParameters/configSource/uri",
        "/buildDefinition/externalParameters/workflow/repository",
        "/buildDefinition/externalParameters/source/uri",
    ],
    revision: &[
        "/buildDefinition/externalParameters/configSource/digest/sha1",
        "/buildDefinition/externalParameters/configSource/digest/gitCommit",
    ],
    hint: "/runDetails/metadata/buildkit_metadata/vcs",
    materials: "/buildDefinition/resolvedDependencies",
    arguments: "/buildDefinition/externalParameters/request/args",
    steps: "/buildDefinition/internalParameters/buildConfig/llbDefinition",
};

impl Reading<'_> {
    pub(super) fn provenance(&mut self, blob: &AttachedBlob, kind: &str, predicate: &Value, by: Vouched) {
        let places = if predicate.get("buildDefinition").is_some() { &NEW } else { &OLD };
        let materials: Vec<Material> =
            list(predicate, places.materials).iter().take(MOST_MATERIALS).map(material).collect();
        let (repository, revision) = source(predicate, places, &materials);
        let steps = list(predicate, places.steps);
        self.found.provenance.push(Provenance {
            predicate: short(kind),
            digest: blob.digest.to_string(),
            signed: by.signed,
            validity: by.validity,
            builder: first(predicate, places.builder),
            build_type: first(predicate, places.build_type),
            repository,
            revision,
            materials,
            elevated: elevated(predicate.pointer(places.arguments), steps),
            has_steps: !steps.is_empty() && steps.iter().all(|step| step.get("op").is_some_and(Value::is_object)),
        });
    }
}

fn material(entry: &Value) -> Material {
    const ALGORITHMS: [&str; 4] = ["sha256", "sha512", "gitCommit", "sha1"];
    let digest = ALGORITHMS.iter().map(|name| (name, text(entry, &format!("/digest/{name}"))));
    let digest = digest.into_iter().find(|(_, hex)| !hex.is_empty());
    let digest = digest.map(|(name, hex)| short(&format!("{name}:{hex}"))).unwrap_or_default();
    Material { uri: short(text(entry, "/uri")), digest }
}

/// Where the source is and its revision: what the builder itself took, else what its client says.
fn source(predicate: &Value, places: &Places, materials: &[Material]) -> (String, String) {
    let mut repository = first(predicate, places.repository);
    let mut revision = first(predicate, places.revision);
    if repository.is_empty() {
        repository = first(predicate, &[&format!("{}/source", places.hint)]);
        revision = first(predicate, &[&format!("{}/revision", places.hint)]);
    }
    let is_commit = |digest: &str| digest.starts_with("gitCommit:") || digest.starts_with("sha1:");
    let plain = |uri: &str| uri.trim_start_matches("git+").split(['@', '#']).next().unwrap_or_default().to_owned();
    let commits = materials.iter().filter(|material| is_commit(&material.digest));
    let of_source = |material: &&Material| repository.is_empty() || plain(&material.uri) == plain(&repository);
    if let Some(found) = commits.filter(|_| revision.is_empty()).find(of_source) {
        revision = found.digest.split_once(':').map(|(_, hex)| hex.to_owned()).unwrap_or_default();
        if repository.is_empty() {
            repository.clone_from(&found.uri);
        }
    }
    (repository, revision)
}

/// How steps were let out of BuildKit's sandbox. Enumerations are numbers in its JSON
/// (<https://github.com/moby/buildkit/blob/master/solver/pb/ops.proto>, `NetMode` and `SecurityMode`).
fn elevated(arguments: Option<&Value>, steps: &[Value]) -> Vec<String> {
    let asked = arguments.and_then(|arguments| arguments.get("force-network-mode")).and_then(Value::as_str);
    let executed = steps.iter().filter_map(|step| step.pointer("/op/Op/exec").or_else(|| step.pointer("/op/exec")));
    let executed: Vec<&Value> = executed.collect();
    let any = |field: &str, name: &str| {
        executed.iter().filter_map(|exec| exec.get(field)).any(|mode| mode == 1 || mode.as_str() == Some(name))
    };
    let host = asked == Some("host") || any("network", "HOST");
    let all = [("network.host", host), ("security.insecure", any("security", "INSECURE"))];
    all.into_iter().filter(|(_, is_so)| *is_so).map(|(name, _)| name.to_owned()).collect()
}
