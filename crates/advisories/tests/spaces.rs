//! Every space that a feed speaks about is asked for by some ecosystem, or is known to have no reader yet.
#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use plimsoll_advisories::feeds::{Covers, FEEDS, Wanted};
use plimsoll_model::{Distro, Package, Space};
use plimsoll_packages::{Context, ECOSYSTEMS};

/// Spaces whose packages no reader finds yet, and those that only certain packages ask for: by name Bitnami's and Maven's,
/// by CPE name those that have one.
const WITHOUT_READERS: &[&str] = &["bitnami", Space::CPE, "hackage", "kubernetes", "maven"];

/// Whether the packages of the distribution that a space names ask for it.
fn is_asked_for(space: &Space) -> bool {
    let (id, release) = space.as_str().split_once(':').unwrap_or((space.as_str(), ""));
    let (release, channel) =
        release.split_once('+').map_or((release, None), |(release, channel)| (release, Some(channel)));
    // Debian's unstable has a codename and no number.
    let (version, codename) = if release == "sid" { ("", release) } else { (release, "") };
    let channels = channel.into_iter().map(str::to_owned).collect();
    let distro =
        Distro { id: id.into(), version: version.into(), codename: codename.into(), channels, ..Distro::default() };
    let of_product = Package::new("rpm", "a", "1-1.el9eap");
    let repositories = vec!["rhocp-4.16-for-rhel-9-x86_64-rpms".into()];
    let rhel = Distro { id: "rhel".into(), version: "9".into(), repositories, ..Distro::default() };
    let asks = |distro: &Distro, package: &Package| {
        let row = plimsoll_packages::ecosystem(&package.ecosystem).unwrap();
        (row.advisory_spaces)(package, &Context { distro: Some(distro) }).contains(space)
    };
    // Of Red Hat's products it is a package that asks, or an image that says where its packages are from.
    asks(&rhel, &of_product) || ECOSYSTEMS.iter().any(|row| asks(&distro, &Package::new(row.id, "a", "1")))
}

#[test]
fn every_space_has_a_reader_or_is_listed() {
    let mut spaces = BTreeSet::new();
    for document in FEEDS.iter().flat_map(|feed| (feed.documents)(Wanted::Everything)) {
        match document.covers {
            Covers::Exactly(exact) => spaces.extend(exact),
            // By the two forms of numbers that releases have; one of them is asked for, or there are no releases.
            Covers::AnyRelease(distributions) => spaces.extend(distributions.iter().map(|id| {
                let forms = [format!("{id}:9"), format!("{id}:9.0"), (*id).to_owned()].map(Space);
                forms.iter().find(|form| is_asked_for(form)).unwrap_or_else(|| panic!("nobody asks for {id}")).clone()
            })),
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
        let listed =
            [Space::CVE, Space::LIFECYCLE].contains(&space.as_str()) || WITHOUT_READERS.contains(&space.as_str());
        assert!(listed || is_asked_for(space), "nobody asks for {space}");
    }
}
