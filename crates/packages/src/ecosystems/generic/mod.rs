//! Programs and libraries that no package manager installed: built from source, copied from another image, unpacked.
//!
//! Owns their row and how one is told by its file's name and the version in its bytes. Which ones are told is the table
//! in `programs.rs`.

mod jvm;
mod mark;
mod programs;

use std::borrow::Cow;

use plimsoll_model::{Facts, Input, Malformed, Origin, Package, Presence, Reader, Space, Wants};

use crate::cpe::Cpe;
use crate::document;
use crate::executable::{self, Executable, Part, STARTS};
use crate::language::LANGUAGE;
use crate::lines::Complaints;
use crate::{Context, Ecosystem, Named, paths, versions};
use mark::{Mark, Sightings};
use programs::{PROGRAMS, Program, TEXTS};

pub(super) const GENERIC: Ecosystem = Ecosystem {
    id: "generic",
    about: "Programs and libraries that no package manager installed, told by file name and by the version in their bytes; applications in PHP",
    readers: &[
        Reader {
            id: "generic/program",
            version: 1,
            wants: Wants::starting(&["**/*"], STARTS),
            presence: Presence::Installed,
            read,
        },
        Reader {
            id: "generic/application",
            version: 1,
            wants: Wants::local(TEXTS),
            presence: Presence::Installed,
            read: read_text,
        },
        jvm::RELEASE,
    ],
    compare: versions::generic::compare,
    satisfies: versions::generic::satisfies,
    advisory_spaces,
    advisory_names,
    ..LANGUAGE
};

/// Bytes looked at in one go: a program of gigabytes is not taken into memory.
const CHUNK: u64 = 4 << 20;
/// Longest text that a mark and a version make together; chunks overlap by it.
const OVERLAP: u64 = 256;
/// Where linkers put constant text. `.data` has it in position-independent programs, `.dynstr` the names of libraries.
const CONSTANTS: &[&[u8]] = &[b".rodata", b".data.rel.ro", b".data", b".dynstr", b"__cstring", b"__const", b".rdata"];

/// The names of all programs that are told.
pub(crate) fn programs() -> impl Iterator<Item = &'static str> {
    PROGRAMS.iter().map(|program| program.name)
}

/// Bitnami publishes advisories about upstream's own versions of the programs that it packs, under names of its own.
fn bitnami(package: &Package) -> Option<&'static str> {
    let program = PROGRAMS.iter().find(|program| program.name == package.name)?;
    Some(program.bitnami).filter(|name| !name.is_empty())
}

/// Of what a distribution built its own advisories speak, which know what it fixed in an old version. A CPE name is the
/// last resort: what is said by it is not always about the same software.
fn advisory_spaces(package: &Package, _: &Context<'_>) -> Vec<Space> {
    let space = match bitnami(package) {
        _ if package.origin == Origin::Vendor => None,
        Some(_) => Some("bitnami"),
        None => products(package).next().map(|_| Space::CPE),
    };
    space.map(|space| Space(space.into())).into_iter().collect()
}

fn advisory_names(package: &Package) -> Vec<Named<'_>> {
    let named = |name| Named { name, version: &package.version };
    match bitnami(package) {
        Some(name) => vec![named(Cow::Borrowed(name))],
        None => products(package).map(|product| named(Cow::Owned(product))).collect(),
    }
}

/// `vendor:product` of each of its CPE names that means a program which is no part of another.
fn products(package: &Package) -> impl Iterator<Item = String> {
    let names = package.cpes.iter().filter_map(|cpe| Cpe::parse(cpe));
    let plain = names.filter(|cpe| cpe.part.value() == Some("a") && cpe.target_software.value().is_none());
    plain.filter_map(|cpe| cpe.product_name())
}

/// What no executable can be made of is told by the reader of Go's programs, which sees the same files.
fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let name = paths::file_name(input.file.path);
    let mut programs = PROGRAMS.iter().filter(|program| program.is_called(name)).peekable();
    if programs.peek().is_none() {
        return Ok(Facts::default());
    }
    let executables = executable::executables(input.file.content).unwrap_or_default();
    let mut complaints = Complaints::default();
    let told = programs.filter_map(|program| {
        let mut versions = executables.iter().map(|executable| version(executable, program, name, &mut complaints));
        Some(package(program, versions.find_map(|version| version)?))
    });
    let packages = told.collect();
    complaints.settle(Facts { packages, ..Facts::default() })
}

/// What is too large is no file of these: they hold constants.
fn read_text(input: &Input<'_>) -> Result<Facts, Malformed> {
    let name = paths::file_name(input.file.path);
    let Ok(bytes) = document::bytes(input.file.content, CHUNK) else { return Ok(Facts::default()) };
    let told = PROGRAMS.iter().filter(|program| program.is_called(name)).filter_map(|program| {
        let version = program.marks.iter().find_map(|mark| {
            let mut sightings = Sightings::default();
            Mark::new(mark, name)?.find(&bytes, &mut sightings);
            sightings.version()
        });
        Some(package(program, version?))
    });
    Ok(Facts { packages: told.collect(), ..Facts::default() })
}

fn package(program: &Program, version: String) -> Package {
    let cpes = program.cpes.iter().map(|cpe| format!("cpe:2.3:a:{cpe}:{version}:*:*:*:*:*:*:*")).collect();
    Package { cpes, ..Package::new("generic", program.name, version) }
}

/// The version that the first mark in the order of the row tells.
fn version(executable: &Executable<'_>, program: &Program, name: &str, complaints: &mut Complaints) -> Option<String> {
    let marks: Vec<Mark<'_>> = program.marks.iter().filter_map(|mark| Mark::new(mark, name)).collect();
    let mut sightings: Vec<Sightings> = marks.iter().map(|_| Sightings::default()).collect();
    // Parts that lie apart are no larger than the file together.
    let mut left = executable.whole().size;
    for part in constants(executable) {
        let mut skip = 0;
        while skip < part.size {
            let rest = left.checked_sub(CHUNK.min(part.size.saturating_sub(skip)));
            let (Some(rest), Ok(chunk)) = (rest, executable.chunk(&part, skip, CHUNK.saturating_add(OVERLAP))) else {
                complaints.push(format!("its parts overlap or are outside the file: no version of {}", program.name));
                return None;
            };
            left = rest;
            for (mark, sightings) in marks.iter().zip(&mut sightings) {
                mark.find(&chunk, sightings);
            }
            if sightings.first().is_some_and(Sightings::is_settled) {
                break;
            }
            skip = skip.saturating_add(CHUNK);
        }
    }
    sightings.into_iter().find_map(Sightings::version)
}

/// The parts with constant text; all of a file whose sections were removed.
fn constants(executable: &Executable<'_>) -> Vec<Part> {
    let is_constant = |part: &&Part| CONSTANTS.iter().any(|name| part.name().starts_with(name));
    let mut parts: Vec<Part> = executable.sections.iter().filter(is_constant).cloned().collect();
    if parts.is_empty() {
        parts.push(executable.whole());
    }
    // The first of the list above has it nearly always.
    parts.sort_by_key(|part| CONSTANTS.iter().position(|name| part.name().starts_with(name)));
    parts
}
