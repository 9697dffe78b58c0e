//! The list of crates in a program's section `.dep-v0`, zlib over JSON:
//! <https://github.com/rust-secure-code/cargo-auditable/blob/master/PARSING.md>.
//!
//! Owns its reading. cargo-auditable writes it; several distributions build all their Rust programs with it.

use std::io::Read;

use flate2::read::ZlibDecoder;
use plimsoll_model::{Dependency, Facts, Input, Malformed, Package};
use serde::Deserialize;

use super::origin;
use crate::document;
use crate::executable;
use crate::lines::{Complaints, MOST_PACKAGES};

const SECTION: &[u8] = b".dep-v0";
/// Compressed; a program of a thousand crates has some 20 kB.
const MOST_COMPRESSED: u64 = 4 << 20;
/// Inflated.
const MOST_TEXT: u64 = 8 << 20;
/// Needs of all crates of one program, each of which repeats a name. The largest programs have some 10,000.
const MOST_NEEDS: usize = 100_000;
/// Bytes of a name or version. crates.io allows 64.
const LONGEST: usize = 256;

#[derive(Deserialize)]
struct List {
    packages: Vec<Crate>,
}

#[derive(Deserialize)]
struct Crate {
    name: String,
    version: String,
    source: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    dependencies: Vec<usize>,
    #[serde(default)]
    root: bool,
}

/// What no executable can be made of is told by the reader of Go's programs, which sees the same files.
pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut facts = Facts::default();
    let mut complaints = Complaints::default();
    for executable in executable::executables(input.file.content).unwrap_or_default() {
        let Some(section) = executable.section(SECTION) else { continue };
        let list = executable.bytes(section, MOST_COMPRESSED).and_then(|bytes| list(&bytes));
        match list {
            Ok(list) => facts.packages.extend(packages(&list, &mut complaints)),
            Err(Malformed(error)) => complaints.push(format!("its list of crates: {error}")),
        }
    }
    facts.packages.sort_by(|left, right| left.identity().cmp(&right.identity()));
    facts.packages.dedup();
    complaints.settle(facts)
}

fn list(bytes: &[u8]) -> Result<List, Malformed> {
    let mut text = Vec::new();
    let limited = ZlibDecoder::new(bytes).take(MOST_TEXT).read_to_end(&mut text);
    limited.map_err(|error| Malformed(format!("cannot be inflated: {error}")))?;
    let list: List = document::json(&text)?;
    let is_short = |package: &Crate| package.name.len() <= LONGEST && package.version.len() <= LONGEST;
    if !list.packages.iter().all(is_short) {
        return Err(Malformed(format!("a crate has a name or version of more than {LONGEST} bytes")));
    }
    Ok(list)
}

fn packages(list: &List, complaints: &mut Complaints) -> Vec<Package> {
    if list.packages.len() > MOST_PACKAGES {
        complaints.push(format!("more than {MOST_PACKAGES} crates; the rest was not read"));
    }
    let asked_for: Vec<usize> = list
        .packages
        .iter()
        .filter(|package| package.root)
        .flat_map(|root| root.dependencies.iter().copied())
        .collect();
    let mut is_direct = vec![false; list.packages.len()];
    for number in asked_for {
        if let Some(flag) = is_direct.get_mut(number) {
            *flag = true;
        }
    }
    let mut room = MOST_NEEDS;
    let mut needed = |package: &Crate| {
        let count = package.dependencies.len().min(room);
        room = room.saturating_sub(count);
        let needed = package.dependencies.iter().take(count).filter_map(|number| list.packages.get(*number));
        let mut needed: Vec<_> = needed
            .map(|crate_| Dependency {
                name: crate_.name.clone(),
                version: crate_.version.clone(),
                ..Dependency::default()
            })
            .collect();
        needed.sort_unstable();
        needed
    };
    let count = list.packages.iter().map(|package| package.dependencies.len()).fold(0, usize::saturating_add);
    if count > MOST_NEEDS {
        complaints.push(format!("more than {MOST_NEEDS} needs of crates; the rest was not read"));
    }
    let crates = list.packages.iter().zip(is_direct).take(MOST_PACKAGES);
    let package = |(package, direct): (&Crate, bool)| Package {
        // Before the kind was written, the source of crates.io was already.
        origin: origin(package.source == "crates.io"),
        development: package.kind == "build",
        direct: direct || package.root,
        depends_on: needed(package),
        ..Package::new("cargo", &package.name, &package.version)
    };
    crates.map(package).collect()
}
