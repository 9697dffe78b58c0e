//! `environment.yml`, what an environment is made from:
//! <https://docs.conda.io/projects/conda/en/stable/user-guide/tasks/manage-environments.html>.
//!
//! Owns which of its lines name one version: `name==1.2`, `name=1.2=build`, and those for pip. `name=1.2` is any 1.2.x.

use plimsoll_model::{Facts, Input, Malformed, Package};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::Build;
use crate::document;
use crate::ecosystems::pypi;

/// Bytes of one file; real ones have some kilobytes.
const MOST_BYTES: u64 = 4 << 20;

#[derive(Deserialize)]
struct Environment {
    #[serde(default)]
    dependencies: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Conda(String),
    Pip { pip: Vec<String> },
    Other(IgnoredAny),
}

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, MOST_BYTES)?;
    // Many other tools have a file of this name, some of them templates.
    let text = String::from_utf8_lossy(&bytes);
    if !text.lines().any(|line| line.starts_with("dependencies:")) || text.contains("{{") {
        return Ok(Facts::default());
    }
    let environment: Environment = document::yaml(&bytes)?;
    let mut packages: Vec<Package> = Vec::new();
    for entry in &environment.dependencies {
        match entry {
            Entry::Conda(text) => packages.extend(conda(text)),
            Entry::Pip { pip } => packages.extend(pip.iter().filter_map(|text| pypi::pinned(text))),
            Entry::Other(_) => {}
        }
    }
    packages.iter_mut().for_each(|package| package.direct = true);
    Ok(Facts { packages, ..Facts::default() })
}

/// `[channel::]name==version` or `[channel::]name=version=build`.
fn conda(text: &str) -> Option<Package> {
    let (channel, text) = text.split_once("::").unwrap_or(("", text));
    let (name, rest) = text.split_once('=')?;
    let (version, build) = match rest.strip_prefix('=') {
        Some(version) => (version, ""),
        None => rest.split_once('=')?,
    };
    let is_one = |text: &str| !text.contains(['*', ',', '|', '<', '>', '=', '!', '~', ' ', '[']);
    let (name, version, build) = (name.trim(), version.trim(), build.trim());
    let channel = super::channel_of(channel);
    (is_one(name) && is_one(version) && is_one(build))
        .then_some(Build { name, version, build, channel, ..Build::default() })?
        .package()
}
