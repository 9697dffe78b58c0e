//! Amazon Linux: the errata (ALAS) of its core repositories.
//!
//! Owns where they are: a list of mirrors leads to a repository of that day, and its `repomd.xml` to the errata. Their form
//! is `updateinfo.rs`'s.
//!
//! The errata in the repository of x86_64 name the packages of every architecture, so that one document stands for all. What Amazon Linux 2 calls extras (topics such as `docker`) is not read:
//! topics hold other lines of packages under the names of the core, and a package database does not say which it came from.

use plimsoll_model::Space;

use super::updateinfo::{self, Publisher};
use super::{Covers, Document, Emit, Error, Feed, Input, Part, Role, Wanted};

/// The row.
pub const AMAZON: Feed = Feed {
    id: "amazon-alas",
    about: "Amazon Linux: errata (ALAS) of the core repositories of each release, for every architecture. Extras of Amazon \
            Linux 2 are not in it",
    licence: "public, no terms stated",
    passed_on: true,
    freshness: "several times a week",
    specification: "https://alas.aws.amazon.com",
    home: "https://cdn.amazonlinux.com",
    mirror: "amazon",
    documents,
    parse,
};

/// Release, its list of mirrors, and the usual size of its errata. The first release is kept on older hosts than the rest.
const RELEASES: &[(&str, &str, u64)] = &[
    ("1", "https://repo.us-west-2.amazonaws.com/2018.03/updates/x86_64/mirror.list", 1_000_000),
    ("2", "2/core/latest/x86_64/mirror.list", 2_000_000),
    ("2022", "al2022/core/mirrors/latest/x86_64/mirror.list", 1_000_000),
    ("2023", "al2023/core/mirrors/latest/x86_64/mirror.list", 2_000_000),
];

fn documents(wanted: Wanted<'_>) -> Vec<Document> {
    let documents = RELEASES.iter().map(|(release, mirrors, size)| Document {
        name: (*release).into(),
        parts: vec![(*mirrors).into()],
        steps: &[of_mirrors, updateinfo::of_repository],
        covers: Covers::Exactly([Space::release("amzn", release)].into()),
        size: *size,
        role: Role::Vendor,
    });
    documents.filter(|document| wanted.includes(&document.covers)).collect()
}

/// The repository on the first mirror of a list, over HTTPS: the oldest lists still name it with HTTP, which anybody on the
/// way could change.
fn of_mirrors(leads: &[(String, Vec<u8>)]) -> Result<Vec<String>, Error> {
    leads.iter().map(|(path, content)| of_list(path, content)).collect()
}

fn of_list(path: &str, list: &[u8]) -> Result<String, Error> {
    let list = String::from_utf8_lossy(list);
    let first = list.lines().map(str::trim).find_map(|line| {
        let rest = line.strip_prefix("https://").or_else(|| line.strip_prefix("http://"))?;
        // Some lists leave it to the package manager to put its architecture there.
        Some(format!("https://{}/repodata/repomd.xml", rest.trim_end_matches('/').replace("$basearch", "x86_64")))
    });
    first.ok_or_else(|| Error::Incomplete(format!("{path} names no mirror")))
}

fn parse(input: &mut dyn Input, part: &Part<'_>, emit: Emit<'_>) -> Result<(), Error> {
    let Some(space) = part.document.covers.certain().pop_first() else { return Ok(()) };
    updateinfo::parse(input, &space, Publisher { source: "amazon", page }, emit)
}

/// `ALAS2-2018-939` is shown as `AL2/ALAS-2018-939`; the first release has no number.
fn page(id: &str) -> Option<String> {
    let (series, number) = id.split_once('-')?;
    let plain = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let release = series.strip_prefix("ALAS").filter(|release| release.bytes().all(|byte| byte.is_ascii_digit()))?;
    let folder = if release.is_empty() { String::new() } else { format!("AL{release}/") };
    plain.then(|| format!("https://alas.aws.amazon.com/{folder}ALAS-{number}.html"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_mirrors_leads_to_a_repository() {
        let list = |text: &str| of_list("x", text.as_bytes());
        let expected = "https://h.example/2/core/2.0/x86_64/0b/repodata/repomd.xml";
        assert_eq!(list("https://h.example/2/core/2.0/x86_64/0b/\nhttps://other.example/\n").unwrap(), expected);
        assert_eq!(list("\nhttp://h.example/2/core/2.0/$basearch/0b").unwrap(), expected);
        assert!(list("<html>").is_err() && list("").is_err());
    }

    #[test]
    fn errata_have_pages() {
        let shown = |id| page(id).unwrap_or_default();
        assert_eq!(shown("ALAS2-2018-939"), "https://alas.aws.amazon.com/AL2/ALAS-2018-939.html");
        assert_eq!(shown("ALAS-2011-1"), "https://alas.aws.amazon.com/ALAS-2011-1.html");
        assert_eq!(shown("ALAS2023-2023-001"), "https://alas.aws.amazon.com/AL2023/ALAS-2023-001.html");
        assert_eq!(page("ALAS2-../x"), None);
    }
}
