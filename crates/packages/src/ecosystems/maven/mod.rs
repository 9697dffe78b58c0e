//! Java: archives, and the builds that use Maven's repositories.
//!
//! Owns the row. Names are `group:artifact`; an archive of which nobody says the group has the artifact's name alone,
//! and no advisory is asked for it, which is said as a gap.

mod archive;
mod catalog;
mod coordinates;
mod groups;
mod locks;
mod manifest;
mod pom;
mod properties;

use plimsoll_model::{Package, Presence, Reader, Space, Wants};

use crate::language::{self, LANGUAGE};
use crate::purl::Purl;
use crate::{Context, Ecosystem, versions};

pub(super) const MAVEN: Ecosystem = Ecosystem {
    id: "maven",
    about: "Java archives and what is shaded or packed into them, and locks of Maven, Gradle and sbt",
    readers: &[
        Reader {
            id: "maven/archive",
            version: 1,
            wants: Wants::starting(ARCHIVES, STARTS),
            presence: Presence::Installed,
            read: archive::read,
        },
        Reader {
            id: "maven/properties",
            version: 1,
            wants: Wants::local(&["**/META-INF/maven/*/*/pom.properties"]),
            presence: Presence::Installed,
            read: properties::read,
        },
        Reader {
            id: "maven/gradle-lock",
            version: 1,
            wants: Wants::local(&["**/*gradle.lockfile", "**/gradle/dependency-locks/*.lockfile"]),
            presence: Presence::Locked,
            read: locks::read_gradle,
        },
        Reader {
            id: "maven/gradle-verification",
            version: 1,
            wants: Wants::local(&["**/gradle/verification-metadata.xml"]),
            presence: Presence::Locked,
            read: locks::read_verification,
        },
        Reader {
            id: "maven/sbt-lock",
            version: 1,
            wants: Wants::local(&["**/*.sbt.lock"]),
            presence: Presence::Locked,
            read: locks::read_sbt,
        },
        Reader {
            id: "maven/gradle-catalog",
            version: 1,
            wants: Wants::local(&["**/gradle/*.versions.toml"]),
            presence: Presence::Declared,
            read: catalog::read,
        },
        Reader {
            id: "maven/pom",
            version: 1,
            wants: Wants::local(&["**/pom.xml"]),
            presence: Presence::Declared,
            read: pom::read,
        },
    ],
    compare: versions::maven::compare,
    satisfies: versions::maven::satisfies,
    advisory_spaces,
    purl,
    ..LANGUAGE
};

const ARCHIVES: &[&str] = &[
    "**/*.jar",
    "**/*.war",
    "**/*.ear",
    "**/*.par",
    "**/*.sar",
    "**/*.nar",
    "**/*.kar",
    "**/*.far",
    "**/*.jpi",
    "**/*.hpi",
    "**/*.lpkg",
    "**/*.aar",
    "**/*.rar",
];

/// A zip archive, an empty one, and a script in front of one, which makes it executable.
const STARTS: &[&[u8]] = &[b"PK\x03\x04", b"PK\x05\x06", b"#!"];

/// Advisories name group and artifact.
fn advisory_spaces(package: &Package, context: &Context<'_>) -> Vec<Space> {
    if package.name.contains(':') { language::advisory_spaces(package, context) } else { Vec::new() }
}

/// The group is the namespace.
fn purl(package: &Package, _: &Context<'_>) -> String {
    let (namespace, name) = package.name.split_once(':').unwrap_or(("", &package.name));
    Purl { kind: &package.ecosystem, namespace, name, version: &package.version, ..Purl::default() }.to_string()
}
