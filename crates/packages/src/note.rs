//! What a program says of the package that it was built in: <https://systemd.io/ELF_PACKAGE_METADATA/>.
//!
//! Owns the section `.note.package`, which the builders of several distributions write into each file. It counts where the
//! package manager's own database does not list the file: in an image from which that was removed, or for a program that
//! was copied out of another one. The same reader tells how programs were built, for it sees each of them anyway.

use std::borrow::Cow;
use std::collections::HashSet;

use plimsoll_model::{Facts, Input, Location, Malformed, Owned, Package, Presence, Reader, Wants};
use serde::Deserialize;

use crate::document;
use crate::executable::{self, Executable};
use crate::{Kind, ecosystem, paths};

/// The one reader, which finds packages of several ecosystems.
pub(crate) const READERS: &[Reader] = &[Reader {
    id: "note/package",
    version: 2,
    wants: Wants::starting(&["**/*"], &[b"\x7fELF"]),
    presence: Presence::Installed,
    read,
}];

const SECTION: &str = ".note.package";
/// `FDO`, and the type of the note.
const OWNER: &[u8] = b"FDO\0";
const TYPE: u32 = 0xcafe_1a7e;
/// Bytes of the section; real ones have some hundred.
const MOST_BYTES: u64 = 64 << 10;

#[derive(Deserialize)]
struct Note<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    version: Cow<'a, str>,
    #[serde(borrow, default)]
    architecture: Cow<'a, str>,
    #[serde(borrow, default, rename = "osCpe")]
    cpe: Cow<'a, str>,
}

/// Leaves out notes of files that some package owns, and of packages that a database lists, in whatever version: it knows
/// better what is installed.
pub(crate) fn without_listed(packages: Vec<Package>, owned: &[Owned]) -> Vec<Package> {
    let noted: HashSet<&str> = packages.iter().filter_map(noted_file).map(paths::merged).collect();
    if noted.is_empty() {
        return packages;
    }
    let has_owner = paths::listed(&noted, owned.iter());
    let databases = packages.iter().filter(|package| noted_file(package).is_none());
    let listed: HashSet<(&str, &str)> = databases
        .flat_map(|package| [&*package.name, package.source_name()].map(|name| (&*package.ecosystem, name)))
        .collect();
    let is_kept = |package: &Package| {
        noted_file(package).is_none_or(|file| {
            !has_owner.contains_key(paths::merged(file)) && !listed.contains(&(&*package.ecosystem, &*package.name))
        })
    };
    let kept: Vec<bool> = packages.iter().map(is_kept).collect();
    packages.into_iter().zip(kept).filter(|(_, kept)| *kept).map(|(package, _)| package).collect()
}

/// The file whose note a package is from.
fn noted_file(package: &Package) -> Option<&str> {
    package.locations.first()?.path.strip_suffix(SECTION)?.strip_suffix("!/")
}

/// What no executable can be made of is told by the reader of Go's programs, which sees the same files.
fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let executables = executable::executables(input.file.content).unwrap_or_default();
    let mut facts = Facts::default();
    for executable in &executables {
        facts.packages.extend(package(executable)?);
        facts.elf = executable::hardening(input.file.content, executable).map(Box::new);
    }
    Ok(facts)
}

fn package(executable: &Executable<'_>) -> Result<Option<Package>, Malformed> {
    let Some(section) = executable.section(SECTION.as_bytes()) else { return Ok(None) };
    let bytes = executable.bytes(section, MOST_BYTES)?;
    let Some(text) = description(&bytes) else { return Ok(None) };
    let note: Note<'_> = document::json(text)?;
    let is_known = ecosystem(&note.kind).is_some_and(|row| row.kind == Kind::System);
    if !is_known || note.name.is_empty() || note.version.is_empty() {
        return Ok(None);
    }
    Ok(Some(Package {
        arch: note.architecture.into_owned(),
        locations: vec![Location::at(SECTION)],
        cpes: if note.cpe.is_empty() { Vec::new() } else { vec![note.cpe.into_owned()] },
        ..Package::new(&note.kind, note.name, note.version)
    }))
}

/// The text of the note, without the zeros that fill it up. Numbers are in the order of the machine; the owner's length
/// tells which.
fn description(note: &[u8]) -> Option<&[u8]> {
    let (lengths, rest) = note.split_first_chunk::<12>()?;
    let number = |at: usize| lengths.get(at..at.checked_add(4)?)?.try_into().ok();
    let read = |bytes: [u8; 4]| {
        let is_little = number(0) == Some([4, 0, 0, 0]);
        if is_little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) }
    };
    let (owner, length, kind) = (read(number(0)?), read(number(4)?), read(number(8)?));
    let text = rest.strip_prefix(OWNER).filter(|_| owner == 4 && kind == TYPE)?;
    let text = text.get(..usize::try_from(length).ok()?)?;
    let end = text.iter().rposition(|byte| *byte != 0)?.checked_add(1)?;
    text.get(..end)
}
