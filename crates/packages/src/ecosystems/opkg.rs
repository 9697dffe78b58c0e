//! Packages of OpenWrt, Yocto images and others that use opkg: <https://openwrt.org/docs/guide-user/additional-software/opkg>.
//!
//! Owns opkg's status file and the control files beside it. Versions order as dpkg's do.

use plimsoll_model::{Facts, Input, Malformed, Origin, Owned, Package, Presence, Reader, SourcePackage, Wants};

use crate::control::{self, Stanza};
use crate::ecosystem::Kind;
use crate::lines::{self, Complaints};
use crate::{Ecosystem, operating_system, paths, versions};

pub(super) const OPKG: Ecosystem = Ecosystem {
    id: "opkg",
    about: "OpenWrt, Yocto and other embedded systems that use opkg",
    kind: Kind::System,
    readers: &[
        Reader {
            id: "opkg/status",
            version: 1,
            wants: Wants::essential(&["usr/lib/opkg/status", "var/lib/opkg/status", "opt/lib/opkg/status"]),
            presence: Presence::Installed,
            read,
        },
        Reader { id: "opkg/control", version: 2, wants: Wants::local(CONTROLS), presence: Presence::Installed, read },
        Reader {
            id: "opkg/list",
            version: 2,
            wants: Wants::local(LISTS),
            presence: Presence::Installed,
            read: read_list,
        },
    ],
    normal_name: operating_system::normal_name,
    compare: versions::deb::compare,
    satisfies: operating_system::satisfies,
    advisory_spaces: operating_system::advisory_spaces,
    advisory_names: operating_system::source_name,
    origin: |_, _| Origin::Unknown,
    purl: operating_system::purl,
};

// Not `**/lib/opkg`: a root file system kept inside an image, such as an SDK's, is not what runs.
const CONTROLS: &[&str] =
    &["usr/lib/opkg/info/*.control", "var/lib/opkg/info/*.control", "opt/lib/opkg/info/*.control"];
const LISTS: &[&str] = &["usr/lib/opkg/info/*.list", "var/lib/opkg/info/*.list", "opt/lib/opkg/info/*.list"];

const FIELDS: &[&str] =
    &["Package", "Version", "Architecture", "Status", "SourceName", "Maintainer", "License", "Depends"];

fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    control::packages(input.file.content, FIELDS, Complaints::default(), package)
}

/// The package of a stanza; none when it is known but not installed. Control files have no status: opkg removes them
/// with the package.
fn package(stanza: &Stanza) -> Result<Option<Package>, String> {
    if matches!(stanza.get("Status").split_ascii_whitespace().nth(2), Some("not-installed" | "config-files")) {
        return Ok(None);
    }
    let (name, version) = (stanza.get("Package"), stanza.get("Version"));
    if !control::is_name(name) || version.is_empty() {
        return Err(format!("needs a name and a version, not {name:?} {version:?}"));
    }
    let mut package = Package::new("opkg", name, version);
    stanza.get("Architecture").clone_into(&mut package.arch);
    stanza.get("Maintainer").clone_into(&mut package.maintainer);
    stanza.get("License").clone_into(&mut package.licence);
    control::dependencies(stanza.get("Depends"), &mut package.depends_on);
    package.depends_on.sort_unstable();
    package.depends_on.dedup();
    let source = stanza.get("SourceName");
    if !source.is_empty() && source != name {
        package.source = Some(SourcePackage { name: source.to_owned(), version: version.to_owned() });
    }
    Ok(Some(package))
}

/// `info/NAME.list`: absolute paths; some builds add a tab and the mode.
fn read_list(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut complaints = Complaints::default();
    let mut list = paths::List::default();
    lines::walk(input.file.content, &mut complaints, |_, _, line| {
        list.push(line.split(|byte| *byte == b'\t').next().unwrap_or_default());
    })?;
    let package = paths::file_name(input.file.path).trim_end_matches(".list").to_owned();
    let paths = list.finish();
    let owned = if paths.is_empty() { Vec::new() } else { vec![Owned { package, paths }] };
    complaints.settle(Facts { owned, ..Facts::default() })
}
