//! Every space that a feed speaks about is asked for by some ecosystem, or is known to have no reader yet.
#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use plimsoll_advisories::feeds::{Covers, FEEDS, Wanted};
use plimsoll_model::{Distro, Package, Space};
use plimsoll_packages::{Context, ECOSYSTEMS};

/// Spaces whose packages no reader finds yet: languages, and channels that are asked for only with a subscription.
const WITHOUT_READERS: &[&str] = &[
    "bitnami", "cargo", "composer", "cran", "gem", "golang", "hackage", "hex", "julia", "maven", "npm", "nuget", "pub",
    "pypi", "swift",
];

/// What the packages of a distribution ask for.
fn asked(id: &str, version: &str) -> BTreeSet<Space> {
    let distro = Distro { id: id.into(), version: version.into(), ..Distro::default() };
    let context = Context { distro: Some(&distro) };
    let spaces = ECOSYSTEMS.iter().flat_map(|row| (row.advisory_spaces)(&Package::new(row.id, "a", "1"), &context));
    spaces.collect()
}

fn is_asked_for(space: &Space) -> bool {
    let (id, release) = space.as_str().split_once(':').unwrap_or((space.as_str(), ""));
    let release = release.split_once('+').map_or(release, |(release, _)| release);
    let plain = Space(if release.is_empty() { id.into() } else { format!("{id}:{release}") });
    asked(id, release).contains(&plain)
}

#[test]
fn every_space_has_a_reader_or_is_listed() {
    let mut spaces = BTreeSet::new();
    for document in FEEDS.iter().flat_map(|feed| (feed.documents)(Wanted::Everything)) {
        match document.covers {
            Covers::Exactly(exact) => spaces.extend(exact),
            Covers::AnyRelease(distributions) => spaces.extend(distributions.iter().map(|id| Space((*id).into()))),
        }
    }
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/advisories/feeds");
    for feed in FEEDS {
        for case in fs::read_dir(fixtures.join(feed.id)).unwrap() {
            let expected = fs::read(case.unwrap().path().join("expected.json")).unwrap();
            let expected: serde_json::Value = serde_json::from_slice(&expected).unwrap();
            let affected =
                expected["advisories"].as_array().unwrap().iter().flat_map(|one| one["affected"].as_array().unwrap());
            spaces.extend(affected.map(|one| Space(one["space"].as_str().unwrap().into())));
        }
    }
    for space in &spaces {
        let listed = space.as_str() == Space::CVE || WITHOUT_READERS.contains(&space.as_str());
        let release = space.as_str().contains(':');
        let releases = !release && spaces.iter().any(|other| other.as_str().starts_with(&format!("{space}:")));
        assert!(listed || releases || is_asked_for(space), "nobody asks for {space}");
    }
}
