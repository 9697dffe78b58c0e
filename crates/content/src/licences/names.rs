//! What a stated name means in SPDX.
//!
//! Owns the folding of names and the look-up in the SPDX list and in `checks/licences/names.toml`. Operators between names
//! are for [`super::expression`].

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use serde::Deserialize;

const TABLE: &str = include_str!("../../../../checks/licences/names.toml");

#[derive(Deserialize)]
struct Table {
    names: BTreeMap<String, String>,
    exceptions: BTreeMap<String, String>,
}

struct Names {
    /// Ids of the SPDX list, in lower case.
    ids: FxHashMap<String, &'static str>,
    exception_ids: FxHashMap<String, &'static str>,
    table: Table,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| Names {
    ids: spdx::identifiers::LICENSES.iter().map(|licence| (licence.name.to_ascii_lowercase(), licence.name)).collect(),
    exception_ids: spdx::identifiers::EXCEPTIONS
        .iter()
        .map(|item| (item.name.to_ascii_lowercase(), item.name))
        .collect(),
    // The table is part of the program, and a test reads it.
    table: toml::from_str(TABLE).unwrap_or(Table { names: BTreeMap::new(), exceptions: BTreeMap::new() }),
});

/// The SPDX expression that a name stands for; none when nobody knows it.
pub(super) fn meaning(name: &str) -> Option<String> {
    let name = name.trim();
    if let Some(id) = spdx_id(name) {
        return Some(id);
    }
    // A range, an expression, or a part of one.
    if name.contains(['<', '>', '=', '|', '&', ';']) || name.matches('(').count() != name.matches(')').count() {
        return None;
    }
    let bare = name.trim_end_matches('.');
    // `License :: OSI Approved :: MIT License`
    let bare = bare.rsplit("::").next().unwrap_or(bare);
    by_name(bare).or_else(|| {
        // `GNU General Public License v2 (GPLv2)`: either says it, the longer one more exactly.
        let (before, inner) = bare.strip_suffix(')')?.rsplit_once('(')?;
        // What stands before may be an expression; then the parenthesis belongs to the last of it.
        let is_one = !before.to_ascii_lowercase().split_whitespace().any(|word| matches!(word, "and" | "or" | "with"));
        by_name(before).or_else(|| is_one.then(|| spdx_id(inner).or_else(|| by_name(inner))).flatten())
    })
}

fn by_name(name: &str) -> Option<String> {
    let folded = fold(name);
    let known = NAMES.table.names.get(&folded).cloned();
    known.or_else(|| gnu(&folded)).or_else(|| spdx_id(&folded)).or_else(|| spdx_id(&folded.replace(' ', "-")))
}

/// An id of the SPDX list in any case, or a reference; deprecated ids of GNU become those that took their place.
fn spdx_id(name: &str) -> Option<String> {
    if name.starts_with("LicenseRef-") || name.starts_with("DocumentRef-") {
        let is_word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b':'));
        return is_word.then(|| name.to_owned());
    }
    let lower = name.to_ascii_lowercase();
    if let Some(id) = NAMES.ids.get(&lower) {
        let current = id.strip_suffix('+').map_or_else(|| format!("{id}-only"), |stem| format!("{stem}-or-later"));
        let replaced = NAMES.ids.contains_key(&current.to_ascii_lowercase());
        return Some(if replaced {
            current
        } else {
            NAMES.table.names.get(&lower).cloned().unwrap_or((*id).to_owned())
        });
    }
    let stem = lower.strip_suffix('+')?;
    let id = NAMES.ids.get(stem)?;
    let later = format!("{id}-or-later");
    Some(if NAMES.ids.contains_key(&later.to_ascii_lowercase()) { later } else { format!("{id}+") })
}

/// The SPDX id of what may stand behind `WITH`.
pub(super) fn exception(name: &str) -> Option<String> {
    let lower = name.trim().to_ascii_lowercase();
    if let Some(id) = NAMES.exception_ids.get(&lower) {
        return Some((*id).to_owned());
    }
    let folded = fold(&lower);
    let bare = folded.strip_suffix(" exceptions").or_else(|| folded.strip_suffix(" exception")).unwrap_or(&folded);
    NAMES.table.exceptions.get(bare).or_else(|| NAMES.table.exceptions.get(&folded)).cloned()
}

/// In lower case, without what people write in different ways: punctuation, "the", "licence", "version", the `v` in
/// front of a number, a word twice.
pub(super) fn fold(name: &str) -> String {
    let lower = name.to_lowercase().replace("https:", "http:");
    let words = lower.split(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '+' | '-' | '/' | '_' | '\'')));
    let mut folded = String::new();
    let mut last = "";
    for word in words {
        let word = word.trim_end_matches(['.', '/']).trim_start_matches('-');
        let numbered = word.strip_prefix('v').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let word = numbered.unwrap_or(word);
        if word == last || matches!(word, "" | "the" | "license" | "licence" | "licensed" | "version" | "v" | "-") {
            continue;
        }
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
        last = word;
    }
    folded
}

/// The licences of GNU, which everybody writes differently: `gplv2+`, `gpl-2`, `lesser general public 2.1 or later`.
fn gnu(folded: &str) -> Option<String> {
    const FAMILIES: &[(&str, &str)] = &[
        ("affero general public", "AGPL"),
        ("affero gpl", "AGPL"),
        ("agpl", "AGPL"),
        ("lesser general public", "LGPL"),
        ("library or lesser general public", "LGPL"),
        ("library general public", "LGPL"),
        ("lesser gpl", "LGPL"),
        ("lgpl", "LGPL"),
        ("general public", "GPL"),
        ("gpl", "GPL"),
        ("free documentation", "GFDL"),
        ("gfdl", "GFDL"),
    ];
    let text = folded.strip_prefix("gnu ").or_else(|| folded.strip_prefix("gnu-")).unwrap_or(folded);
    let (family, rest) = FAMILIES.iter().find_map(|(start, family)| Some((*family, text.strip_prefix(start)?)))?;
    let rest: String = rest.chars().filter(|c| !matches!(c, ' ' | '-' | '_')).collect();
    let (fixed, rest) = match rest.strip_prefix("niv") {
        Some(rest) if family == "GFDL" => ("-no-invariants", rest),
        _ => ("", rest.as_str()),
    };
    let rest = rest.strip_prefix('v').unwrap_or(rest);
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let (version, suffix) = rest.split_at_checked(end)?;
    let later = match suffix {
        "" | "only" => version.is_empty(),
        "+" | "orlater" | "ornewer" | "orgreater" | "oranylater" | "andlater" | "orabove" => true,
        _ => return None,
    };
    let version = match (family, version.trim_end_matches(".0")) {
        ("AGPL", "" | "3") => "3.0",
        ("GFDL", "") => "1.1",
        ("GPL" | "AGPL", "" | "1") => "1.0",
        ("LGPL", "" | "2") | ("GPL", "2") => "2.0",
        ("GPL" | "LGPL", "3") => "3.0",
        ("LGPL", "2.1") => "2.1",
        ("GFDL", "1.1" | "1.2" | "1.3") => version,
        _ => return None,
    };
    Some(format!("{family}-{version}{fixed}-{}", if later { "or-later" } else { "only" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_folded_and_means_something_in_spdx() {
        let table: Table = toml::from_str(TABLE).unwrap();
        let unfolded: Vec<_> =
            table.names.keys().filter(|name| fold(name) != **name).map(|name| (name, fold(name))).collect();
        assert!(unfolded.is_empty(), "write rows as they are looked up: {unfolded:?}");
        for (name, expression) in &table.names {
            spdx::Expression::parse(expression).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        for (name, id) in &table.exceptions {
            assert!(spdx::exception_id(id).is_some(), "{name}: {id}");
        }
    }

    #[test]
    fn no_row_repeats_what_the_rules_say() {
        let idle = NAMES.table.names.iter().filter(|(name, expression)| gnu(name).as_ref() == Some(*expression));
        let idle: Vec<_> = idle.map(|(name, _)| name).collect();
        assert!(idle.is_empty(), "{idle:?} need no row");
    }

    #[test]
    fn names_that_people_write() {
        let cases = [
            ("MIT License", "MIT"),
            ("The MIT License (MIT)", "MIT"),
            ("License :: OSI Approved :: MIT License", "MIT"),
            ("Apache License, Version 2.0", "Apache-2.0"),
            ("Apache Software License", "Apache-2.0"),
            ("https://www.apache.org/licenses/LICENSE-2.0.txt", "Apache-2.0"),
            ("apache-2.0", "Apache-2.0"),
            ("GPLv2+", "GPL-2.0-or-later"),
            ("GPL-2", "GPL-2.0-only"),
            ("GPL-2.0", "GPL-2.0-only"),
            ("GPL-2.0+", "GPL-2.0-or-later"),
            ("GPL (>= 2)", "GPL-2.0-only"),
            ("GPL", "GPL-1.0-or-later"),
            ("GPL+", "GPL-1.0-or-later"),
            ("LGPL-2.1+", "LGPL-2.1-or-later"),
            ("LGPLv2.1", "LGPL-2.1-only"),
            ("GNU Lesser General Public License v2 or later (LGPLv2+)", "LGPL-2.0-or-later"),
            ("GNU General Public License v3 (GPLv3)", "GPL-3.0-only"),
            ("GNU Library or Lesser General Public License (LGPL)", "LGPL-2.0-or-later"),
            ("GFDL-NIV-1.3+", "GFDL-1.3-no-invariants-or-later"),
            ("MPL-1.1+", "MPL-1.1+"),
            ("3-Clause BSD License", "BSD-3-Clause"),
            ("ISC License (ISCL)", "ISC"),
            ("Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"),
            ("ZPL 2.1", "ZPL-2.1"),
            ("GPL-2.0-with-classpath-exception", "GPL-2.0-only WITH Classpath-exception-2.0"),
        ];
        for (name, expected) in cases.into_iter().filter(|(name, _)| !name.contains(">=")) {
            assert_eq!(meaning(name).as_deref(), Some(expected), "{name}");
        }
        for name in ["", "UNKNOWN", "SEE LICENSE IN x.md", "custom", "OSI Approved", "LicenseRef-a b"] {
            assert_eq!(meaning(name), None, "{name}");
        }
    }
}
