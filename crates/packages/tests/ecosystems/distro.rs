//! Which distribution each tree of `fixtures/packages/distro/<case>/root` is, and whose advisories fit it.

use std::collections::BTreeMap;

use plimsoll_model::Package;
use plimsoll_packages::{Context, ECOSYSTEMS, Kind, inventory, readers};
use serde_json::json;

use crate::tree::{compare, fixtures, folders, load, readings};

#[test]
fn distributions_are_told_as_expected() {
    for case in folders(&fixtures().join("distro")) {
        let tree = load(&case.join("root"));
        let mut releases = Vec::new();
        for reader in readers() {
            for (path, facts) in readings(reader, &tree) {
                let facts = facts.unwrap_or_default();
                releases.extend(facts.releases.into_iter().map(|release| (path.to_owned(), release)));
            }
        }
        let (inventory, _) = inventory(Vec::new(), &[], &releases);
        let context = Context { distro: inventory.distro.as_ref() };
        let spaces: BTreeMap<_, _> = ECOSYSTEMS
            .iter()
            .filter(|ecosystem| ecosystem.kind == Kind::System)
            .map(|ecosystem| {
                (ecosystem.id, (ecosystem.advisory_spaces)(&Package::new(ecosystem.id, "x", "1"), &context))
            })
            .filter(|(_, spaces)| !spaces.is_empty())
            .collect();
        let actual = json!({ "distro": inventory.distro, "spaces": spaces });
        compare(&case.join("expected.json"), &format!("{actual:#}\n"));
    }
}

#[test]
fn packages_know_whether_systems_are_made_of_them() {
    for row in ECOSYSTEMS {
        assert_eq!(Package::new(row.id, "x", "1").is_of_system(), row.kind == Kind::System, "{}", row.id);
    }
}

#[test]
fn the_order_of_the_releases_does_not_matter() {
    for case in folders(&fixtures().join("distro")) {
        let tree = load(&case.join("root"));
        let mut releases: Vec<_> = readers()
            .into_iter()
            .flat_map(|reader| readings(reader, &tree))
            .flat_map(|(path, facts)| {
                facts.unwrap_or_default().releases.into_iter().map(move |release| (path.to_owned(), release))
            })
            .collect();
        let forwards = inventory(Vec::new(), &[], &releases).0.distro;
        releases.reverse();
        assert_eq!(inventory(Vec::new(), &[], &releases).0.distro, forwards, "{}", case.display());
    }
}
