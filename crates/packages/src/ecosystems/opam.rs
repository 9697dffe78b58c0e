//! Packages of OCaml: <https://opam.ocaml.org>.
//!
//! Owns the row, what opam keeps of a switch, and its lock files. Nobody publishes advisories by the names of packages.

use std::collections::BTreeSet;

use plimsoll_model::{Dependency, Facts, Input, Malformed, Package, Presence, Reader, Wants};

use crate::language::LANGUAGE;
use crate::lines::MOST_PACKAGES;
use crate::{Ecosystem, document, versions};

pub(super) const OPAM: Ecosystem = Ecosystem {
    id: "opam",
    about: "Packages that opam installed or locked. Nobody publishes advisories by their names",
    readers: &[
        Reader {
            id: "opam/package",
            version: 1,
            wants: Wants::local(&["**/.opam-switch/packages/*/opam"]),
            presence: Presence::Installed,
            read: read_package,
        },
        Reader {
            id: "opam/switch",
            version: 1,
            wants: Wants::local(&["**/.opam-switch/switch-state"]),
            presence: Presence::Installed,
            read: read_switch,
        },
        Reader {
            id: "opam/lock",
            version: 1,
            wants: Wants::local(&["**/*.opam.locked"]),
            presence: Presence::Locked,
            read: read_lock,
        },
    ],
    // <https://opam.ocaml.org/doc/Manual.html#Version-ordering>: as Debian orders them.
    compare: versions::deb::compare,
    advisory_spaces: |_, _| Vec::new(),
    ..LANGUAGE
};

/// Real ones have some kilobytes.
const MOST_BYTES: u64 = 4 << 20;

/// A package's own file; its folder is called `NAME.VERSION`.
fn read_package(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, MOST_BYTES)?;
    let text = String::from_utf8_lossy(&bytes);
    let folder = input.file.path.rsplit('/').nth(1).unwrap_or_default();
    let mut package = package(folder).ok_or_else(|| Malformed(format!("{folder:?} is no name and version")))?;
    package.licence = strings(&text, "license").into_iter().map(|item| item.text).collect::<Vec<_>>().join(" AND ");
    package.depends_on = strings(&text, "depends").into_iter().map(|item| Dependency::named(item.text)).collect();
    package.depends_on.sort_unstable();
    package.depends_on.dedup();
    Ok(Facts { packages: vec![package], ..Facts::default() })
}

/// What is installed, and what of it was asked for.
fn read_switch(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, MOST_BYTES)?;
    let text = String::from_utf8_lossy(&bytes);
    let roots: BTreeSet<String> = strings(&text, "roots").into_iter().map(|item| item.text).collect();
    let mut facts = Facts::default();
    for item in strings(&text, "installed").into_iter().take(MOST_PACKAGES) {
        match package(&item.text) {
            Some(package) => facts.packages.push(Package { direct: roots.contains(&item.text), ..package }),
            None => facts.malformed.push(format!("{:?} is no name and version", item.text)),
        }
    }
    Ok(facts)
}

/// `NAME.opam.locked`: what the project needs, each with the version that was there.
fn read_lock(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, MOST_BYTES)?;
    let text = String::from_utf8_lossy(&bytes);
    let locked = strings(&text, "depends").into_iter().take(MOST_PACKAGES).filter_map(|item| {
        let version = item.condition.split_once('=')?.1.split('"').nth(1)?.to_owned();
        let development = item.condition.contains("with-test") || item.condition.contains("with-doc");
        Some(Package { development, ..Package::new("opam", item.text, version) })
    });
    Ok(Facts { packages: locked.collect(), ..Facts::default() })
}

fn package(text: &str) -> Option<Package> {
    let (name, version) = text.split_once('.')?;
    (!name.is_empty() && !version.is_empty()).then(|| Package::new("opam", name, version))
}

/// Text in a list, and what stands in braces behind it.
struct Item {
    text: String,
    condition: String,
}

/// The texts of a field, `name: "text"` or `name: ["text" {condition} …]`. The rest of the syntax
/// (<https://opam.ocaml.org/doc/Manual.html#Common-file-format>) has nothing that is asked for.
fn strings(text: &str, field: &str) -> Vec<Item> {
    let value = text.match_indices(field).find_map(|(start, _)| {
        let begins_line = text.get(..start)?.chars().next_back().is_none_or(|before| before == '\n');
        let rest = text.get(start.checked_add(field.len())?..)?.trim_start().strip_prefix(':')?;
        begins_line.then(|| rest.trim_start())
    });
    let value = value.unwrap_or_default();
    let Some(list) = value.strip_prefix('[') else {
        let single = value.split('"').nth(1).filter(|_| value.starts_with('"'));
        return single.map(|text| Item { text: text.to_owned(), condition: String::new() }).into_iter().collect();
    };
    let (mut items, mut depth, mut is_text) = (Vec::<Item>::new(), 0_usize, false);
    for (position, piece) in list.split_inclusive(['"', '{', '}', ']']).enumerate() {
        let end = piece.chars().next_back();
        let inside = piece.trim_end_matches(['"', '{', '}', ']']);
        if depth > 0
            && position > 0
            && let Some(last) = items.last_mut()
        {
            last.condition.push_str(piece);
        }
        match (end, is_text) {
            (Some('"'), true) if depth == 0 => {
                items.push(Item { text: inside.to_owned(), condition: String::new() });
                is_text = false;
            }
            (Some('"'), _) => is_text = !is_text,
            (_, true) => {}
            (Some('{'), _) => depth = depth.saturating_add(1),
            (Some('}'), _) => depth = depth.saturating_sub(1),
            (Some(']'), _) if depth == 0 => break,
            _ => {}
        }
    }
    items
}
