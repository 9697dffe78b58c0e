//! Rocks of Lua: <https://luarocks.org>.
//!
//! Owns the row and what LuaRocks leaves of an installed rock. Nobody publishes advisories by the names of rocks.

use plimsoll_model::{Dependency, Facts, Input, Malformed, Package, Presence, Reader, Wants};

use crate::language::{self, LANGUAGE};
use crate::{Ecosystem, document, versions};

pub(super) const LUAROCKS: Ecosystem = Ecosystem {
    id: "luarocks",
    about: "Rocks that LuaRocks installed. Nobody publishes advisories by their names",
    readers: &[Reader {
        id: "luarocks/rockspec",
        version: 1,
        // Elsewhere a rockspec describes the project that it lies in.
        wants: Wants::local(&["**/lib/luarocks/rocks*/*/*/*.rockspec"]),
        presence: Presence::Installed,
        read,
    }],
    normal_name: language::lower_case,
    compare: versions::generic::compare,
    satisfies: versions::generic::satisfies,
    advisory_spaces: |_, _| Vec::new(),
    ..LANGUAGE
};

/// Real ones have some kilobytes.
const MOST_BYTES: u64 = 1 << 20;

/// Name and version are those of the folders, by which LuaRocks itself finds it. The file is a program in Lua, of which
/// only plain text in plain tables is understood.
fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, MOST_BYTES)?;
    let text = String::from_utf8_lossy(&bytes);
    let [.., name, version, file] = input.file.path.split('/').collect::<Vec<_>>()[..] else {
        return Ok(Facts::default());
    };
    if file.strip_suffix(".rockspec") != Some(&format!("{name}-{version}")) {
        return Ok(Facts::default());
    }
    let mut package = Package::new("luarocks", name, version);
    let licence = after(&text, "license").map(|rest| strings(rest).next().unwrap_or_default());
    licence.unwrap_or_default().clone_into(&mut package.licence);
    if let Some(list) = after(&text, "dependencies").and_then(|rest| rest.strip_prefix('{')) {
        let list = list.split('}').next().unwrap_or_default();
        package.depends_on = strings(list).filter_map(dependency).collect();
        package.depends_on.sort_unstable();
    }
    Ok(Facts { packages: vec![package], ..Facts::default() })
}

/// What follows `key =`.
fn after<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    text.match_indices(key).find_map(|(position, _)| {
        let before = text.get(..position)?.chars().next_back();
        let rest = text.get(position.checked_add(key.len())?..)?.trim_start().strip_prefix('=')?;
        before.is_none_or(|letter| !letter.is_alphanumeric() && letter != '_').then(|| rest.trim_start())
    })
}

/// Text between quotes of either kind.
fn strings(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find(['"', '\''])?;
        let quote = rest.get(start..)?.chars().next()?;
        let inside = rest.get(start.checked_add(1)?..)?;
        let (string, after) = inside.split_once(quote)?;
        rest = after;
        Some(string)
    })
}

/// `name >= 1.0, < 2.0`; Lua itself is no rock.
fn dependency(text: &str) -> Option<Dependency> {
    let (name, requirement) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (!name.is_empty() && name != "lua").then(|| Dependency {
        name: name.to_owned(),
        version: String::new(),
        requirement: requirement.trim().to_owned(),
    })
}
