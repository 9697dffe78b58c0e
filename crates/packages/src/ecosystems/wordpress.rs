//! Plugins and themes of WordPress, by the headers that WordPress itself reads:
//! <https://developer.wordpress.org/plugins/plugin-basics/header-requirements/>.
//!
//! Owns their row. WordPress itself is told by `generic`. Nobody publishes advisories in a form that is read here.

use plimsoll_model::{Facts, Input, Malformed, Package, Presence, Reader, Wants};

use crate::language::LANGUAGE;
use crate::{Ecosystem, versions};

pub(super) const WORDPRESS: Ecosystem = Ecosystem {
    id: "wordpress",
    about: "Plugins and themes of WordPress. Nobody publishes advisories about them that are read here",
    readers: &[
        Reader {
            id: "wordpress/plugin",
            version: 1,
            wants: Wants::local(&["**/wp-content/plugins/*.php", "**/wp-content/plugins/*/*.php"]),
            presence: Presence::Installed,
            read: |input| read(input, "plugins", b"Plugin Name"),
        },
        Reader {
            id: "wordpress/theme",
            version: 1,
            wants: Wants::local(&["**/wp-content/themes/*/style.css"]),
            presence: Presence::Installed,
            read: |input| read(input, "themes", b"Theme Name"),
        },
    ],
    compare: versions::generic::compare,
    satisfies: versions::generic::satisfies,
    advisory_spaces: |_, _| Vec::new(),
    ..LANGUAGE
};

/// WordPress looks for headers in so much of a file.
const HEAD: u64 = 8 << 10;
/// Characters of a version; real ones have some ten.
const LONGEST_VERSION: usize = 256;

/// Of a plugin's files one has the header; a header without a version is none that one could ask about.
fn read(input: &Input<'_>, kind: &str, title: &[u8]) -> Result<Facts, Malformed> {
    let size = usize::try_from(input.file.content.size().min(HEAD)).unwrap_or(0);
    let mut head = vec![0; size];
    input.file.content.read_at(0, &mut head).map_err(|error| Malformed(format!("cannot be read: {error}")))?;
    let version = field(&head, b"Version").filter(|version| version.len() <= LONGEST_VERSION);
    let (Some(_), Some(version), Some(slug)) = (field(&head, title), version, slug(input.file.path, kind)) else {
        return Ok(Facts::default());
    };
    let package = Package::new("wordpress", format!("{kind}/{slug}"), version);
    Ok(Facts { packages: vec![package], ..Facts::default() })
}

/// The value of `Name: value`, which may stand in a comment of any form.
fn field(head: &[u8], name: &[u8]) -> Option<String> {
    head.split(|byte| matches!(byte, b'\n' | b'\r')).find_map(|line| {
        let start = line.iter().position(|byte| !b" \t/*#@".contains(byte))?;
        let rest = line.get(start..)?;
        let (key, value) = rest.split_at_checked(name.len())?;
        let value = value.strip_prefix(b":").filter(|_| key.eq_ignore_ascii_case(name))?;
        let value = String::from_utf8_lossy(value);
        let value = value.trim().trim_end_matches("*/").trim_end_matches("?>").trim();
        (!value.is_empty()).then(|| value.to_owned())
    })
}

/// The folder, or the file's own name without its ending, by which WordPress knows a plugin.
fn slug<'p>(path: &'p str, kind: &str) -> Option<&'p str> {
    let (_, below) = path.rsplit_once(&format!("wp-content/{kind}/"))?;
    let slug = below.split('/').next()?;
    Some(slug.strip_suffix(".php").unwrap_or(slug)).filter(|slug| !slug.is_empty())
}
