//! How an inventory is put together: union, owners, gaps.

use plimsoll_model::{
    Dependency, GapKind, GapReason, Location, Origin, Owned, Package, Presence, Release, SourcePackage,
};
use plimsoll_packages::{Context, ecosystem, inventory};
use proptest::prelude::*;

fn release(fields: &[(&str, &str)]) -> (String, Release) {
    let fields = fields.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    ("etc/os-release".to_owned(), Release { fields })
}

fn debian() -> [(String, Release); 1] {
    [release(&[("id", "debian"), ("version_id", "12")])]
}

fn found(ecosystem: &str, name: &str, arch: &str, paths: &[&str]) -> Package {
    let locations = paths.iter().map(|path| Location::at(*path)).collect();
    Package { arch: arch.into(), locations, ..Package::new(ecosystem, name, "1.0") }
}

fn owned(package: &str, paths: &str) -> Owned {
    Owned { package: package.into(), paths: paths.into() }
}

#[test]
fn sightings_of_one_package_are_united() {
    let mut first = found("deb", "a", "amd64", &["var/lib/dpkg/status"]);
    first.layer = 3;
    let mut second = found("deb", "a", "amd64", &["var/lib/chisel/manifest.wall"]);
    second.layer = 1;
    second.source = Some(SourcePackage { name: "b".into(), version: "1.0".into() });
    second.depends_on = vec![Dependency::named("c")];
    first.cpes = vec!["cpe:2.3:a:a:a:1.0:*:*:*:*:*:*:*".into()];
    second.cpes.clone_from(&first.cpes);
    let (inventory, gaps) = inventory(vec![first, second, found("deb", "a", "i386", &[])], &[], &debian());
    assert!(gaps.is_empty(), "{gaps:?}");
    let [united, other] = inventory.packages.as_slice() else { panic!("{:?}", inventory.packages) };
    assert_eq!(other.arch, "i386");
    assert_eq!((united.layer, united.locations.len(), united.depends_on.len()), (1, 2, 1));
    assert_eq!(united.source.as_ref().unwrap().name, "b");
    assert_eq!(united.cpes.len(), 1);
    assert_eq!(united.purl, "pkg:deb/debian/a@1.0?arch=amd64&distro=debian-12");
}

#[test]
fn files_of_packages_are_owned() {
    let packages = vec![
        found("deb", "python3-a", "all", &["var/lib/dpkg/status"]),
        found("deb", "libb", "amd64", &["var/lib/dpkg/status"]),
        found("pypi", "a", "", &["usr/lib/python3/dist-packages/a.dist-info/METADATA"]),
        found("pypi", "b", "", &["usr/lib/b/METADATA"]),
        found("pypi", "half", "", &["usr/lib/half/METADATA", "opt/venv/half/METADATA"]),
        found("pypi", "left", "", &["usr/lib/left/METADATA"]),
        found("pypi", "two", "", &["usr/lib/b/two/METADATA", "usr/lib/two/METADATA"]),
    ];
    let owned = [
        owned(
            "python3-a",
            "usr/lib/python3/dist-packages/a.dist-info/METADATA\nusr/lib/half/METADATA\nusr/lib/two/METADATA",
        ),
        owned("libb:amd64", "lib/b/METADATA\nlib/b/two/METADATA"),
        owned("removed", "usr/lib/left/METADATA"),
    ];
    let (inventory, _) = inventory(packages, &owned, &debian());
    let owners: Vec<_> =
        inventory.packages.iter().map(|package| (&*package.name, package.owned_by.as_deref())).collect();
    assert_eq!(
        owners,
        [
            ("libb", None),
            ("python3-a", None),
            ("a", Some("pkg:deb/debian/python3-a@1.0?arch=all&distro=debian-12")),
            ("b", Some("pkg:deb/debian/libb@1.0?arch=amd64&distro=debian-12")),
            ("half", None),
            ("left", None),
            ("two", None),
        ]
    );
}

#[test]
fn what_came_from_elsewhere_in_one_place_may_be_public_in_another() {
    let versioned = |path: &str| Package { version: "1.5".into(), ..found("pypi", "a", "", &[path]) };
    let third = |path: &str| Package { origin: Origin::ThirdParty, ..versioned(path) };
    let unknown = versioned;
    let locked = |path: &str| Package { presence: Presence::Locked, ..unknown(path) };
    let locked_third = |path: &str| Package { presence: Presence::Locked, ..third(path) };
    for (packages, origin) in [
        (vec![unknown("s/a-1.5.dist-info/METADATA"), third("s/a-1.5.dist-info/direct_url.json")], Origin::ThirdParty),
        (vec![unknown("app/node_modules/a/package.json"), locked_third("app/package-lock.json")], Origin::ThirdParty),
        (vec![third("s/a-1.5.dist-info/direct_url.json"), locked("app/poetry.lock")], Origin::ThirdParty),
        (vec![unknown("t/a-1.5.dist-info/METADATA"), third("s/a-1.5.dist-info/direct_url.json")], Origin::Unknown),
        (vec![unknown("app/a.egg-info/PKG-INFO"), third("s/a-1.5.dist-info/direct_url.json")], Origin::ThirdParty),
        (vec![third("bin/forked"), unknown("bin/program")], Origin::Unknown),
    ] {
        let (inventory, _) = inventory(packages.clone(), &[], &[]);
        assert_eq!(inventory.packages[0].origin, origin, "{packages:?}");
    }
}

#[test]
fn packages_without_a_distribution_are_a_gap() {
    let (found, gaps) = inventory(vec![found("apk", "a", "", &["lib/apk/db/installed"])], &[], &[]);
    assert_eq!(found.distro, None);
    assert_eq!(gaps.iter().map(|gap| gap.reason).collect::<Vec<_>>(), [GapReason::UnknownDistro]);
    assert!(inventory(vec![Package::new("pypi", "a", "1")], &[], &[]).1.is_empty());
}

#[test]
fn nothing_at_all_is_a_gap() {
    let (_, gaps) = inventory(Vec::new(), &[], &[]);
    assert_eq!(
        gaps.iter().map(|gap| (gap.kind, gap.reason)).collect::<Vec<_>>(),
        [(GapKind::Blind, GapReason::UnknownDistro)]
    );
}

#[test]
fn a_distribution_without_packages_is_a_gap() {
    let (_, gaps) = inventory(vec![Package::new("pypi", "a", "1")], &[], &debian());
    assert_eq!(gaps.iter().map(|gap| gap.reason).collect::<Vec<_>>(), [GapReason::UnknownDistro]);
}

#[test]
fn nobody_speaks_about_third_parties_and_strangers() {
    let context = |distro| Context { distro };
    let (debian, _) = inventory(Vec::new(), &[], &debian());
    let spaces = |package: &Package| {
        (ecosystem(&package.ecosystem).unwrap().advisory_spaces)(package, &context(debian.distro.as_ref()))
    };
    let mut package = found("deb", "a", "amd64", &[]);
    assert_eq!(spaces(&package).iter().map(|space| space.as_str()).collect::<Vec<_>>(), ["debian:12"]);
    package.origin = Origin::ThirdParty;
    assert!(spaces(&package).is_empty());
    assert!(spaces(&found("apk", "a", "", &[])).is_empty());
}

#[test]
fn advisories_name_sources() {
    let deb = ecosystem("deb").unwrap();
    let mut package = found("deb", "libssl3", "amd64", &[]);
    assert_eq!((deb.advisory_names)(&package)[0].name, "libssl3");
    package.source = Some(SourcePackage { name: "openssl".into(), version: "0.9".into() });
    let names = (deb.advisory_names)(&package);
    assert_eq!((&*names[0].name, names[0].version, names.len()), ("openssl", "0.9", 1));
}

#[test]
fn types_without_a_row_keep_or_get_a_package_url() {
    let mut kept = Package::new("nix", "a", "1");
    kept.purl = "pkg:nix/x/a@1".into();
    let (inventory, _) = inventory(vec![kept, Package::new("nix", "b", "1+2")], &[], &[]);
    let purls: Vec<_> = inventory.packages.iter().map(|package| &*package.purl).collect();
    assert_eq!(purls, ["pkg:nix/x/a@1", "pkg:nix/b@1%2B2"]);
}

proptest! {
    #[test]
    fn the_order_of_sightings_does_not_matter(
        packages in proptest::collection::vec(("deb|apk|pypi", "[ab]", "[xy]?", proptest::collection::vec("[pq]", 0..3)), 0..8),
        rotate in 0_usize..8,
    ) {
        let mut packages: Vec<_> = packages
            .iter()
            .map(|(ecosystem, name, arch, paths)| {
                found(ecosystem, name, arch, &paths.iter().map(String::as_str).collect::<Vec<_>>())
            })
            .collect();
        let owned = [owned("a", "p"), owned("b:x", "q")];
        let forwards = inventory(packages.clone(), &owned, &debian());
        let count = packages.len().max(1);
        packages.rotate_left(rotate % count);
        prop_assert_eq!(inventory(packages, &owned, &debian()), forwards);
    }
}
