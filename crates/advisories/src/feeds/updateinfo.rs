//! Updateinfo: the errata that a repository of rpm packages carries beside its packages.
//!
//! Owns that form (<https://github.com/rpm-software-management/createrepo_c/blob/master/doc/updateinfo.xml>) and how it is
//! found through a repository's `repomd.xml`. It names, for each erratum, what it fixes and the packages that bring the
//! fix: that a package is affected without a fix is not in it. Refuses to know whose repository it is.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{Advisory, Affected, Range, Rating, Space, State};

use super::xml::{self, Element};
use super::{Emit, Error, Input, Item, bounds, compressed};

/// What differs between the publishers.
#[derive(Debug, Clone, Copy)]
pub struct Publisher {
    /// Whose opinion a severity is.
    pub source: &'static str,
    /// Where an erratum is shown to people.
    pub page: fn(id: &str) -> Option<String>,
}

/// Follows `repomd.xml` of a repository to its updateinfo.
///
/// # Errors
/// When a `repomd.xml` is none, or does not name it.
pub fn of_repository(leads: &[(String, Vec<u8>)]) -> Result<Vec<String>, Error> {
    leads.iter().map(|(path, content)| updateinfo_of(path, content)).collect()
}

fn updateinfo_of(path: &str, repomd: &[u8]) -> Result<String, Error> {
    let mut location = None;
    xml::each(repomd, "repomd", "data", &mut |data| {
        if data.attribute("type") == "updateinfo" {
            location = data.child("location").map(|location| location.attribute("href").to_owned());
        }
    })?;
    // Relative to the repository, of which `repodata` is a folder.
    let base = path.strip_suffix("repodata/repomd.xml");
    let whole = |location: String| Some(format!("{}{location}", base?));
    location.filter(|location| !location.is_empty() && !location.contains("://")).and_then(whole).ok_or_else(|| {
        Error::Incomplete(format!("{path} names no updateinfo: a repository without errata, or another document"))
    })
}

/// Hands over the errata that fix vulnerabilities.
///
/// # Errors
/// When the document is not whole.
pub fn parse(input: &mut dyn Input, space: &Space, publisher: Publisher, emit: Emit<'_>) -> Result<(), Error> {
    xml::each(compressed::open(input)?, "updates", "update", &mut |update| match erratum(&update, space, publisher) {
        Ok(None) => {}
        Ok(Some(advisory)) => emit(Item::Advisory(Box::new(advisory))),
        Err(reason) => emit(Item::Malformed(format!("{}: {reason}", update.text_of("id")))),
    })
}

fn erratum(update: &Element, space: &Space, publisher: Publisher) -> Result<Option<Advisory>, String> {
    let covers = cves(update);
    if update.attribute("type") != "security" && covers.is_empty() {
        return Ok(None);
    }
    let id = update.text_of("id");
    if id.is_empty() {
        return Err("an update has no id".into());
    }
    if covers.len() > bounds::IDS {
        return Err(format!("{} ids are over the limit of {}", covers.len(), bounds::IDS));
    }
    let affected = affected(update, space)?;
    if affected.is_empty() {
        return Ok(None);
    }
    let severity = update.text_of("severity");
    let rated = !matches!(severity, "" | "None" | "none" | "unspecified");
    let description = update.text_of("description");
    Ok(Some(Advisory {
        id: id.to_owned(),
        covers: covers.into_iter().collect(),
        title: bounds::title(update.text_of("title"), description),
        details: bounds::details(description),
        references: bounds::references((publisher.page)(id).as_deref().into_iter()),
        published: day(update, "issued"),
        modified: day(update, "updated"),
        ratings: rated
            .then(|| Rating { source: publisher.source.into(), word: severity.into(), ..Rating::default() })
            .into_iter()
            .collect(),
        affected,
        ..Advisory::default()
    }))
}

/// The CVEs that it fixes: Amazon and Rocky give them as ids of references, Fedora in the titles of bugs.
fn cves(update: &Element) -> BTreeSet<String> {
    let references = update.all("references").flat_map(|references| references.all("reference"));
    let texts = references.flat_map(|reference| [reference.attribute("id"), reference.attribute("title")]);
    texts
        .flat_map(|text| text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-'))
        .filter_map(cve)
        .collect()
}

/// The CVE that a word is.
fn cve(word: &str) -> Option<String> {
    let (year, number) = word.strip_prefix("CVE-")?.split_once('-')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (year.len() == 4 && digits(year) && (4..=19).contains(&number.len()) && digits(number)).then(|| word.to_owned())
}

/// `YYYY-MM-DDTHH:MM:SSZ` of `2018-01-11 21:05` and its like; their time zone is not stated.
fn day(update: &Element, name: &str) -> String {
    let date = update.child(name).map_or("", |element| element.attribute("date"));
    let date = date.get(..10).filter(|day| day.parse::<jiff::civil::Date>().is_ok());
    date.map(|day| format!("{day}T00:00:00Z")).unwrap_or_default()
}

/// What each package is fixed in, by name and module stream.
///
/// Architectures are not told apart: they are built from one source in one version, and a document of one architecture
/// stands for all. Packages of debugging symbols hold no code that runs; they would be half of all.
fn affected(update: &Element, space: &Space) -> Result<Vec<Affected>, String> {
    let mut fixed: BTreeMap<(&str, String), BTreeSet<String>> = BTreeMap::new();
    let mut count = 0_usize;
    for collection in update.all("pkglist").flat_map(|list| list.all("collection")) {
        let module = collection.child("module").map(stream).unwrap_or_default();
        for package in collection.all("package") {
            let name = package.attribute("name");
            if name.is_empty() || package.attribute("version").is_empty() || package.attribute("release").is_empty() {
                return Err("a package has no name or no version".into());
            }
            if name.contains("-debuginfo") || name.ends_with("-debugsource") || package.attribute("arch") == "src" {
                continue;
            }
            count = count.saturating_add(1);
            fixed.entry((name, module.clone())).or_default().insert(version(package));
        }
    }
    if count > bounds::AFFECTED {
        return Err(format!("{count} packages are over the limit of {}", bounds::AFFECTED));
    }
    let range = |fixed| Range { introduced: "0".into(), fixed, last_affected: String::new() };
    let one = |((name, module), versions): ((&str, String), BTreeSet<String>)| Affected {
        space: space.clone(),
        name: name.to_owned(),
        ranges: versions.into_iter().map(range).collect(),
        state: State::Fixed,
        module,
        ..Affected::default()
    };
    Ok(fixed.into_iter().map(one).collect())
}

/// `nodejs:18`
fn stream(module: &Element) -> String {
    format!("{}:{}", module.attribute("name"), module.attribute("stream"))
}

/// `1:2.3-4`, without an epoch of nought.
fn version(package: &Element) -> String {
    let (version, release) = (package.attribute("version"), package.attribute("release"));
    match package.attribute("epoch") {
        "" | "0" => format!("{version}-{release}"),
        epoch => format!("{epoch}:{version}-{release}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_leads_to_its_updateinfo() {
        let repomd = |data: &str| format!("<repomd><revision>1</revision>{data}</repomd>").into_bytes();
        let named = "<data type='primary'><location href='repodata/p.xml.gz'/></data>\
                     <data type='updateinfo'><location href='repodata/u.xml.zst'/></data>";
        let lead = |path: &str, data| of_repository(&[(path.to_owned(), repomd(data))]);
        assert_eq!(lead("2/x86_64/repodata/repomd.xml", named).unwrap(), ["2/x86_64/repodata/u.xml.zst"]);
        assert!(lead("2/x86_64/repodata/repomd.xml", "").is_err());
        assert!(lead("2/x86_64/repomd.xml", named).is_err());
        let elsewhere = "<data type='updateinfo'><location href='https://e.example/u.xml'/></data>";
        assert!(lead("a/repodata/repomd.xml", elsewhere).is_err());
    }

    #[test]
    fn cves_are_words_of_titles() {
        assert_eq!(cve("CVE-2025-1234").as_deref(), Some("CVE-2025-1234"));
        assert_eq!(cve("CVE-2025-12"), None);
        assert_eq!(cve("XCVE-2025-1234"), None);
    }
}
