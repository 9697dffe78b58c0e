//! Pods of CocoaPods, for programs of Apple's systems: <https://guides.cocoapods.org>.
//!
//! Owns the row and its lock file. Nobody publishes advisories by the names of pods.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{Dependency, Facts, Input, Malformed, Origin, Package, Presence, Reader, Wants};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::language::LANGUAGE;
use crate::lines::{Complaints, MOST_PACKAGES};
use crate::{Ecosystem, document};

pub(super) const COCOAPODS: Ecosystem = Ecosystem {
    id: "cocoapods",
    about: "Pods that a lock file chooses. Nobody publishes advisories by their names",
    readers: &[Reader {
        id: "cocoapods/lock",
        version: 1,
        wants: Wants::local(&["**/Podfile.lock"]),
        presence: Presence::Locked,
        read,
    }],
    advisory_spaces: |_, _| Vec::new(),
    ..LANGUAGE
};

#[derive(Deserialize)]
struct Lock {
    #[serde(rename = "PODS", default)]
    pods: Vec<Pod>,
    #[serde(rename = "DEPENDENCIES", default)]
    dependencies: Vec<String>,
    #[serde(rename = "EXTERNAL SOURCES", default)]
    external_sources: BTreeMap<String, IgnoredAny>,
}

/// `Name (1.2.3)`, and what it needs where it needs something.
#[derive(Deserialize)]
#[serde(untagged)]
enum Pod {
    Alone(String),
    WithNeeds(BTreeMap<String, Vec<String>>),
}

fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, document::MOST_BYTES)?;
    let lock: Lock = document::yaml(&bytes)?;
    let mut complaints = Complaints::default();
    let mut packages: BTreeMap<String, Package> = BTreeMap::new();
    for pod in lock.pods {
        let entries = match pod {
            Pod::Alone(pod) => BTreeMap::from([(pod, Vec::new())]),
            Pod::WithNeeds(pods) => pods,
        };
        for (pod, needs) in entries {
            let (name, version) = split(&pod);
            if name.is_empty() || version.is_empty() {
                complaints.push(format!("pod {pod:?} has no version"));
            } else if packages.len() >= MOST_PACKAGES {
                complaints.push(format!("more than {MOST_PACKAGES} packages; {name} not read"));
            } else {
                let package =
                    packages.entry(name.to_owned()).or_insert_with(|| Package::new("cocoapods", name, version));
                package.depends_on.extend(needs.iter().filter_map(|need| dependency(need, name)));
            }
        }
    }
    let direct: BTreeSet<&str> = lock.dependencies.iter().map(|text| split(text).0).collect();
    let external: BTreeSet<&str> = lock.external_sources.keys().map(|name| split(name).0).collect();
    let packages = packages.into_values().map(|mut package| {
        package.direct = direct.contains(package.name.as_str());
        package.depends_on.sort_unstable();
        package.depends_on.dedup();
        let is_external = external.contains(package.name.as_str());
        package.origin = if is_external { Origin::ThirdParty } else { Origin::Unknown };
        package
    });
    complaints.settle(Facts { packages: packages.collect(), ..Facts::default() })
}

/// Pod and what stands in parentheses of `Pod/Part (= 1.2.3)`. A part has the version of its pod, and is no package.
fn split(text: &str) -> (&str, &str) {
    let (name, rest) = text.split_once(" (").unwrap_or((text, ""));
    (name.split('/').next().unwrap_or_default().trim(), rest.trim_end_matches(')').trim())
}

/// None from one part of a pod to another.
fn dependency(text: &str, of: &str) -> Option<Dependency> {
    let (name, requirement) = split(text);
    (name != of && !name.is_empty()).then(|| Dependency {
        name: name.to_owned(),
        version: String::new(),
        requirement: requirement.to_owned(),
    })
}
