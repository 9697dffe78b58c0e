//! Fedora: the security updates of each release.
//!
//! Owns where they are: the `repomd.xml` of the repository of updates leads to them. Their form is `updateinfo.rs`'s.
//!
//! The bulk form has no updates that are still tested and none that a later one replaced before it came out, as Bodhi has
//! (<https://bodhi.fedoraproject.org>); what came out is the same.

use plimsoll_model::Space;

use super::updateinfo::{self, Publisher};
use super::{Covers, Document, Emit, Error, Feed, Input, Part, Role, Wanted};

/// The row.
pub const FEDORA: Feed = Feed {
    id: "fedora-updates",
    about: "Fedora: security updates of each release that is still supported, and of the latest unsupported ones, taken \
            from the repositories of x86_64",
    licence: "public, no terms stated",
    passed_on: true,
    freshness: "daily; of unsupported releases never",
    specification: "https://github.com/rpm-software-management/createrepo_c",
    home: "https://dl.fedoraproject.org",
    mirror: "fedora",
    documents,
    parse,
};

/// The last release that has been moved to the archive. Its successors follow once a year has passed since they came out.
const ARCHIVED: u32 = 40;

/// Releases that are looked for when everything is wanted. Those asked for by an image are not limited by it.
const RELEASES: std::ops::RangeInclusive<u32> = 38..=60;

fn documents(wanted: Wanted<'_>) -> Vec<Document> {
    match wanted {
        Wanted::Everything => RELEASES.map(release).collect(),
        Wanted::Spaces(spaces) => {
            let releases = spaces.iter().filter_map(|space| space.as_str().strip_prefix("fedora:"));
            // The number becomes part of a path, and comes from an image.
            releases
                .filter_map(|number| number.parse().ok().filter(|plain: &u32| plain.to_string() == number))
                .map(release)
                .collect()
        }
    }
}

fn release(number: u32) -> Document {
    let updates = format!("fedora/linux/updates/{number}/Everything/x86_64/repodata/repomd.xml");
    Document {
        name: number.to_string(),
        parts: vec![if number <= ARCHIVED {
            format!("https://archives.fedoraproject.org/pub/archive/{updates}")
        } else {
            format!("pub/{updates}")
        }],
        steps: &[updateinfo::of_repository],
        covers: Covers::Exactly([Space::release("fedora", &number.to_string())].into()),
        size: 3_000_000,
        role: Role::Vendor,
    }
}

fn parse(input: &mut dyn Input, part: &Part<'_>, emit: Emit<'_>) -> Result<(), Error> {
    let Some(space) = part.document.covers.certain().pop_first() else { return Ok(()) };
    updateinfo::parse(input, &space, Publisher { source: "fedora", page }, emit)
}

fn page(id: &str) -> Option<String> {
    let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    plain.then(|| format!("https://bodhi.fedoraproject.org/updates/{id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_become_paths() {
        let spaces =
            ["fedora:43", "fedora:../x", "fedora:043", "fedora:eln", "amzn:2"].map(|space| Space(space.into()));
        let names: Vec<_> = documents(Wanted::Spaces(&spaces.into())).into_iter().map(|one| one.name).collect();
        assert_eq!(names, ["43"]);
    }
}
