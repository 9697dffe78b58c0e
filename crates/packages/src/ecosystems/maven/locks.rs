//! Lock files of the builds that use Maven's repositories: Gradle's and sbt's.

use plimsoll_model::{Facts, Input, Malformed, Package};
use serde::Deserialize;

use super::coordinates::{self, is_id, is_version};
use crate::lines::{self, Complaints, MOST_PACKAGES};
use crate::{document, paths, xml};

/// `gradle.lockfile` and its older form, one file a configuration:
/// <https://docs.gradle.org/current/userguide/dependency_locking.html>. Lines are `group:artifact:version=configurations`.
pub(super) fn read_gradle(input: &Input<'_>) -> Result<Facts, Malformed> {
    let file = paths::file_name(input.file.path);
    let stem = file.strip_suffix(".lockfile").unwrap_or(file);
    // What builds the build is not in what is built.
    let is_build = matches!(stem, "buildscript-gradle" | "settings-gradle") || stem.starts_with("buildscript-");
    let mut complaints = Complaints::default();
    let mut packages = Vec::new();
    lines::walk(input.file.content, &mut complaints, |complaints, number, line| {
        let text = lines::text(line);
        if text.is_empty() || text.starts_with('#') || text.starts_with("empty=") {
            return;
        }
        let (name, configurations) = text.split_once('=').unwrap_or((&text, stem));
        let development = is_build || configurations.split(',').all(is_for_development);
        match locked(name) {
            Some(_) if packages.len() >= MOST_PACKAGES => complaints.push(format!("line {number}: too many packages")),
            Some(package) => packages.push(Package { development, ..package }),
            None => complaints.push(format!("line {number}: not group:artifact:version, but {name:?}")),
        }
    })?;
    complaints.settle(Facts { packages, ..Facts::default() })
}

fn locked(text: &str) -> Option<Package> {
    let mut parts = text.split(':');
    let (group, artifact, version) = (parts.next()?, parts.next()?, parts.next()?);
    package(group, artifact, version).filter(|_| parts.next().is_none())
}

fn package(group: &str, artifact: &str, version: &str) -> Option<Package> {
    let is_one = is_id(group) && is_id(artifact) && is_version(version);
    is_one.then(|| Package::new("maven", coordinates::name(group, artifact), version))
}

/// Whether a configuration of Gradle or sbt is for testing, checking or generating alone, by the names that their own
/// plugins give.
fn is_for_development(configuration: &str) -> bool {
    const TOOLS: &[&str] = &[
        "annotationProcessor",
        "checkstyle",
        "codenarc",
        "detekt",
        "developmentOnly",
        "errorprone",
        "jacocoAgent",
        "jacocoAnt",
        "ktlint",
        "ktlintRuleset",
        "pmd",
        "provided",
        "scalafmt",
        "spotbugs",
        "spotless",
        "it",
        "scala-tool",
        "scala-doc-tool",
        "plugin",
        "zinc",
    ];
    configuration.starts_with("test")
        || configuration.contains("Test")
        || configuration.contains("AnnotationProcessor")
        || configuration.starts_with("kapt")
        || TOOLS.contains(&configuration)
}

/// `gradle/verification-metadata.xml`: <https://docs.gradle.org/current/userguide/dependency_verification.html>. It lists
/// what any build may fetch, without saying for what.
pub(super) fn read_verification(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, xml::MOST_BYTES)?;
    let root = xml::parse(&bytes)?;
    let mut complaints = Complaints::default();
    let mut packages = Vec::new();
    for component in root.child("components").into_iter().flat_map(|list| list.all("component")) {
        // Parents and lists of versions are fetched as project files alone.
        let is_description = |name: &str| name.ends_with(".pom") || name.ends_with(".module");
        if component.all("artifact").all(|artifact| is_description(artifact.attribute("name"))) {
            continue;
        }
        let [group, name, version] = ["group", "name", "version"].map(|key| component.attribute(key));
        match package(group, name, version) {
            Some(package) => packages.push(package),
            None => complaints.push(format!("a component is named {group:?} {name:?} {version:?}")),
        }
    }
    complaints.settle(Facts { packages, ..Facts::default() })
}

/// The lock file of sbt-dependency-lock: <https://stringbean.github.io/sbt-dependency-lock/file-formats>.
#[derive(Deserialize)]
struct SbtLock {
    #[serde(default)]
    dependencies: Vec<SbtDependency>,
}

#[derive(Deserialize)]
struct SbtDependency {
    org: String,
    name: String,
    version: String,
    #[serde(default)]
    configurations: Vec<String>,
}

pub(super) fn read_sbt(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, document::MOST_BYTES)?;
    let lock: SbtLock = document::json(&bytes)?;
    let mut complaints = Complaints::default();
    let mut packages = Vec::new();
    for SbtDependency { org, name, version, configurations } in lock.dependencies {
        let development = !configurations.is_empty() && configurations.iter().all(|name| is_for_development(name));
        match package(&org, &name, &version) {
            Some(package) => packages.push(Package { development, ..package }),
            None => complaints.push(format!("a dependency is named {org:?} {name:?} {version:?}")),
        }
    }
    complaints.settle(Facts { packages, ..Facts::default() })
}
