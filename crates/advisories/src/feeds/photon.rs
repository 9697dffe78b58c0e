//! Photon OS: its list of vulnerabilities of each release, and the errata that it issues as OVAL.
//!
//! Owns both forms. The list (<https://packages.broadcom.com/photon/photon_cve_metadata/>) has a row for each CVE and
//! package, of which the affected versions are a sentence. The errata name binary packages.

use plimsoll_model::{Advisory, Affected, Range, Rating, Space, State};
use serde::Deserialize;

use super::oval::{self, Definition, Reduced};
use super::{Covers, Document, Emit, Error, Feed, Input, Item, Part, Role, Wanted, bounds, json};

/// The list.
pub const PHOTON: Feed = Feed {
    id: "photon-cve",
    about: "Photon OS: which version of a package fixed which vulnerability, and which never had it",
    licence: "VMware's terms; public",
    passed_on: true,
    freshness: "daily",
    specification: "https://packages.broadcom.com/photon/photon_cve_metadata/",
    home: "https://packages.broadcom.com/photon/photon_cve_metadata",
    mirror: "photon/photon_cve_metadata",
    documents: |wanted| releases(wanted, list),
    parse: parse_list,
};

/// The errata.
pub const PHOTON_OVAL: Feed = Feed {
    id: "photon-oval",
    about: "Photon OS: errata (PHSA), with the packages that each fixes",
    licence: "VMware's terms; public",
    passed_on: true,
    freshness: "daily",
    specification: "https://packages.broadcom.com/photon/photon_oval_definitions/",
    home: "https://packages.broadcom.com/photon/photon_oval_definitions",
    mirror: "photon/oval",
    documents: |wanted| releases(wanted, errata),
    parse: parse_errata,
};

/// Releases that there are when everything is wanted. Those asked for by an image are not limited by it.
const RELEASES: [&str; 5] = ["1.0", "2.0", "3.0", "4.0", "5.0"];

fn releases(wanted: Wanted<'_>, document: fn(&str, &str) -> Document) -> Vec<Document> {
    let release = |release: &str| {
        // It becomes part of a path, and comes from an image.
        let digits = |text: &str| (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        let (major, minor) = release.split_once('.')?;
        (digits(major) && digits(minor)).then(|| document(release, major))
    };
    match wanted {
        Wanted::Everything => RELEASES.into_iter().filter_map(release).collect(),
        Wanted::Spaces(spaces) => {
            spaces.iter().filter_map(|space| space.as_str().strip_prefix("photon:")).filter_map(release).collect()
        }
    }
}

fn list(release: &str, _: &str) -> Document {
    Document {
        name: release.to_owned(),
        parts: vec![format!("cve_data_photon{release}.json")],
        steps: &[],
        covers: Covers::Exactly([Space::release("photon", release)].into()),
        size: 2_000_000,
        role: Role::Vendor,
    }
}

/// There is one for each major release.
fn errata(release: &str, major: &str) -> Document {
    Document {
        parts: vec![format!("com.vmware.phsa-photon{major}.xml.gz")],
        size: 400_000,
        role: Role::Supplement,
        ..list(release, major)
    }
}

#[derive(Deserialize)]
struct Row {
    cve_id: String,
    pkg: String,
    #[serde(default)]
    cve_score: Option<f64>,
    #[serde(default)]
    aff_ver: Option<String>,
    #[serde(default)]
    res_ver: Option<String>,
    /// Older rows have none; all of them are fixed.
    #[serde(default)]
    status: Option<String>,
}

fn parse_list(input: &mut dyn Input, part: &Part<'_>, emit: Emit<'_>) -> Result<(), Error> {
    let Some(space) = part.document.covers.certain().pop_first() else { return Ok(()) };
    Ok(json::each_of_list(input, &mut |row: Row| match row.affected(&space) {
        Ok(affected) => emit(Item::Advisory(Box::new(row.advisory(affected)))),
        Err(reason) => emit(Item::Malformed(format!("{} in {}: {reason}", row.cve_id, row.pkg))),
    })?)
}

impl Row {
    fn affected(&self, space: &Space) -> Result<Affected, String> {
        if !is_id(&self.cve_id) || self.pkg.is_empty() {
            return Err("it has no id or no package".into());
        }
        let (state, ranges) = match self.status.as_deref().unwrap_or_default() {
            "Not Affected" => (State::NotAffected, Vec::new()),
            "" | "Fixed" => {
                let fixed = self.fixed()?.to_owned();
                (State::Fixed, vec![Range { introduced: "0".into(), fixed, last_affected: String::new() }])
            }
            word => return Err(format!("unknown status {word:?}")),
        };
        Ok(Affected { space: space.clone(), name: self.pkg.clone(), ranges, state, ..Affected::default() })
    }

    /// The version that is named twice: as the one of the fix, and in `all versions before X are vulnerable`.
    fn fixed(&self) -> Result<&str, String> {
        let known = |text: &&str| !matches!(*text, "" | "NA");
        let named = self.res_ver.as_deref().map(str::trim).filter(known);
        let sentence = self.aff_ver.as_deref().map(str::trim).filter(known);
        let before = match sentence {
            None => None,
            Some(sentence) => Some(
                sentence
                    .strip_prefix("all versions before ")
                    .and_then(|rest| rest.strip_suffix(" are vulnerable"))
                    .ok_or_else(|| format!("which versions are vulnerable is {sentence:?}"))?,
            ),
        };
        match (named, before) {
            (Some(named), Some(before)) if named != before => {
                Err(format!("it is fixed in {named}, but versions before {before} are vulnerable"))
            }
            (Some(version), _) | (None, Some(version)) if !version.contains(char::is_whitespace) => Ok(version),
            _ => Err("it is fixed, but not said in which version".into()),
        }
    }

    fn advisory(self, affected: Affected) -> Advisory {
        let score = self.cve_score.filter(|score| *score > 0.0 && *score <= 10.0);
        let rating = score.map(|_| Rating { source: "photon".into(), score, ..Rating::default() });
        Advisory {
            id: self.cve_id,
            ratings: rating.into_iter().collect(),
            affected: vec![affected],
            ..Advisory::default()
        }
    }
}

/// CVEs, and what has an id of another list: `BDSA-2025-0719`.
fn is_id(id: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if id.starts_with("CVE-") { oval::cve_id(id).is_some() } else { id.contains('-') && id.split('-').all(plain) }
}

fn parse_errata(input: &mut dyn Input, part: &Part<'_>, emit: Emit<'_>) -> Result<(), Error> {
    let Some(space) = part.document.covers.certain().pop_first() else { return Ok(()) };
    oval::each(input, &|_| None, &mut |definition, reduced| {
        if definition.class == "patch" {
            erratum(&definition, &reduced, &space, emit);
        }
    })
}

fn erratum(definition: &Definition, reduced: &Reduced, space: &Space, emit: Emit<'_>) {
    let Some((id, title)) = phsa(definition) else {
        return emit(Item::Malformed(format!("{}: it has no id of an erratum", definition.id)));
    };
    let covers = definition.cve_ids();
    if covers.is_empty() {
        return;
    }
    // The test asks for the major number of the release.
    let is_own = |release: &str| space.as_str().strip_prefix("photon:").is_some_and(|own| own.starts_with(release));
    let of_release = |release: Option<&str>| release.is_none_or(is_own).then(|| space.clone());
    let said = oval::affected(&reduced.clauses, &of_release);
    let affected = oval::complain(&id, said, &reduced.complaints, emit);
    if affected.is_empty() {
        return;
    }
    let word = Rating { source: "photon".into(), word: definition.severity.clone(), ..Rating::default() };
    let pages = definition.references.iter().map(|reference| reference.url.as_str());
    emit(Item::Advisory(Box::new(Advisory {
        id,
        title: bounds::title(title.rsplit_once(" (").map_or(title, |(title, _)| title).trim_end_matches('.'), ""),
        references: bounds::references(pages),
        published: definition.issued.clone(),
        modified: definition.updated.clone(),
        ratings: (!word.word.is_empty()).then_some(word).into_iter().collect(),
        covers,
        affected,
        ..Advisory::default()
    })));
}

/// Id and title of an erratum: `PHSA-2023-5.0-20` and what it updates. The number in the title counts the definitions of
/// the document and changes with it; the erratum's is in the reference `PHSA:00001:5.0:20`.
fn phsa(definition: &Definition) -> Option<(String, &str)> {
    let (id, title) = definition.title.split_once(' ').filter(|(id, _)| id.starts_with("PHSA-"))?;
    let reference = definition.references.iter().find_map(|reference| reference.id.strip_prefix("PHSA:"));
    let year = definition.issued.split('-').next().filter(|year| year.len() == 4);
    let known = reference.and_then(|reference| {
        let (release, number) = reference.split_once(':')?.1.split_once(':')?;
        Some(format!("PHSA-{}-{release}-{number}", year?))
    });
    Some((
        known.filter(|id| is_id(&id.replace('.', "-"))).unwrap_or_else(|| id.trim_end_matches(':').to_owned()),
        title,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_cves_or_of_other_lists() {
        assert!(is_id("CVE-2019-3828") && is_id("BDSA-2025-0719") && is_id("UNK-1"));
        assert!(!is_id("CVE-2019-3828-0001") && !is_id("") && !is_id("-") && !is_id("Re: CVE-2019-3828"));
    }

    #[test]
    fn a_release_that_would_leave_its_folder_is_not_asked_for() {
        let spaces = ["photon:4.0", "photon:../x.0", "photon:5", "photon:5.0/..", "ol:8"];
        let spaces = spaces.map(|space| Space(space.into())).into();
        let names: Vec<_> = releases(Wanted::Spaces(&spaces), list).into_iter().map(|one| one.name).collect();
        assert_eq!(names, ["4.0"]);
    }
}
