//! Packages of Arch Linux and others that use pacman: <https://man.archlinux.org/man/alpm-db.7>.
//!
//! Owns the local database, a folder a package with the files `desc` and `files`.

use plimsoll_model::{
    Dependency, Facts, Input, Malformed, Origin, Owned, Package, Presence, Reader, SourcePackage, Wants,
};

use crate::ecosystem::Kind;
use crate::lines::{self, Complaints};
use crate::{Context, Ecosystem, operating_system, paths, versions};

pub(super) const ALPM: Ecosystem = Ecosystem {
    id: "alpm",
    about: "Arch Linux and others that use pacman",
    kind: Kind::System,
    readers: &[
        Reader {
            id: "alpm/desc",
            version: 1,
            wants: Wants::essential(&["var/lib/pacman/local/*/desc"]),
            presence: Presence::Installed,
            read: read_description,
        },
        Reader {
            id: "alpm/files",
            version: 1,
            wants: Wants::local(&["var/lib/pacman/local/*/files"]),
            presence: Presence::Installed,
            read: read_files,
        },
    ],
    normal_name: operating_system::normal_name,
    compare: versions::alpm::compare,
    satisfies: operating_system::satisfies,
    advisory_spaces: operating_system::advisory_spaces,
    advisory_names: |package| {
        // Arch's security tracker names binary packages.
        vec![crate::Named { name: package.name.as_str().into(), version: &package.version }]
    },
    origin,
    purl: operating_system::purl,
};

/// `%KEY%`, then values one a line, then an empty line.
fn sections(
    input: &Input<'_>,
    complaints: &mut Complaints,
    mut visit: impl FnMut(&str, &[u8]),
) -> Result<(), Malformed> {
    let mut key: Option<String> = None;
    lines::walk(input.file.content, complaints, |complaints, number, line| {
        if line.is_empty() {
            key = None;
        } else if let Some(key) = &key {
            visit(key, line);
        } else if let Some(name) = line.strip_prefix(b"%").and_then(|line| line.strip_suffix(b"%")) {
            key = Some(lines::text(name));
        } else {
            complaints.push(format!("line {number}: neither %KEY% nor a value"));
        }
    })
}

fn read_description(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut complaints = Complaints::default();
    let mut package = Package::new("alpm", "", "");
    let mut base = String::new();
    sections(input, &mut complaints, |key, value| match key {
        "NAME" => package.name = lines::text(value),
        "VERSION" => package.version = lines::text(value),
        "BASE" => base = lines::text(value),
        "ARCH" => package.arch = lines::text(value),
        "PACKAGER" => package.maintainer = lines::text(value),
        "LICENSE" => add_licence(&mut package.licence, &lines::text(value)),
        "DEPENDS" => package.depends_on.extend(dependency(&lines::text(value))),
        _ => {}
    })?;
    if package.name.is_empty() || package.version.is_empty() {
        return Err(Malformed(format!("needs %NAME% and %VERSION%, not {:?} {:?}", package.name, package.version)));
    }
    package.depends_on.sort_unstable();
    package.depends_on.dedup();
    if !base.is_empty() && base != package.name {
        package.source = Some(SourcePackage { name: base, version: package.version.clone() });
    }
    complaints.settle(Facts { packages: vec![package], ..Facts::default() })
}

/// Several licences apply side by side.
fn add_licence(all: &mut String, one: &str) {
    if !all.is_empty() {
        all.push_str(" AND ");
    }
    all.push_str(one);
}

/// The name in `glibc>=2.38` or `libreadline.so=8-64`.
fn dependency(value: &str) -> Option<Dependency> {
    value.split(['<', '>', '=', ':']).next().filter(|name| !name.is_empty()).map(Dependency::named)
}

fn read_files(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut complaints = Complaints::default();
    let mut list = paths::List::default();
    sections(input, &mut complaints, |key, value| {
        if key == "FILES" && !value.ends_with(b"/") {
            list.push(value);
        }
    })?;
    let folder = input.file.path.rsplit('/').nth(1).unwrap_or_default();
    // The folder is name-version-release, and only the name may have more dashes.
    let package = folder.rsplitn(3, '-').nth(2).unwrap_or(folder).to_owned();
    let paths = list.finish();
    let owned = if paths.is_empty() { Vec::new() } else { vec![Owned { package, paths }] };
    complaints.settle(Facts { owned, ..Facts::default() })
}

/// makepkg writes `Unknown Packager` where nobody set one: a package built by hand or from the user repository.
fn origin(package: &Package, _: &Context<'_>) -> Origin {
    if package.maintainer.trim_end_matches('>').ends_with("@archlinux.org") {
        Origin::Vendor
    } else if package.maintainer == "Unknown Packager" {
        Origin::ThirdParty
    } else {
        Origin::Unknown
    }
}
