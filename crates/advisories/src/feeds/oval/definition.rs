//! What a definition says of itself, beside its criteria.
//!
//! Owns where the publishers put ids, dates and opinions. OVAL leaves what is in `metadata` to them; they use the elements
//! of Red Hat's <https://github.com/RedHatOfficial/rhsa-oval-parser> with small differences.

use crate::feeds::xml::Element;

/// A definition without its criteria.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Definition {
    /// `oval:com.oracle.elsa:def:20219151`
    pub id: String,
    /// `patch`, `vulnerability`, or what speaks of no vulnerability.
    pub class: String,
    /// In one line.
    pub title: String,
    /// At length.
    pub description: String,
    /// The publisher's word, or empty.
    pub severity: String,
    /// Day or time of publication, or empty.
    pub issued: String,
    /// Day or time of the last change, or empty.
    pub updated: String,
    /// Whether there is a patch, in the words of Azure Linux.
    pub patchable: String,
    /// Pages about it.
    pub references: Vec<Reference>,
    /// CVEs, with what the publisher thinks of each.
    pub cves: Vec<Cve>,
}

/// A page about a definition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reference {
    /// Whose: `CVE`, `elsa`, `SUSE-SU`.
    pub source: String,
    /// Its id there.
    pub id: String,
    /// Its address.
    pub url: String,
}

/// A CVE that a definition is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cve {
    /// `CVE-2021-29154`, or `CVE-2021-29154 at NVD` where it says whose opinion this is.
    pub text: String,
    /// The page about it.
    pub url: String,
    /// The publisher's word, or empty.
    pub impact: String,
    /// CVSS vectors of any version.
    pub vectors: Vec<String>,
}

impl Definition {
    /// Reads the metadata of a `definition`.
    pub fn read(element: &Element) -> Self {
        let nothing = Element::default();
        let metadata = element.child("metadata").unwrap_or(&nothing);
        let advisory = metadata.child("advisory").unwrap_or(&nothing);
        let either = |name: &str| match advisory.text_of(name) {
            "" => metadata.text_of(name).to_owned(),
            text => text.to_owned(),
        };
        let date = |name: &str| advisory.child(name).map_or("", |date| date.attribute("date")).trim().to_owned();
        let issued = match date("issued") {
            issued if issued.is_empty() => metadata.text_of("advisory_date").to_owned(),
            issued => issued,
        };
        Self {
            id: element.attribute("id").trim().to_owned(),
            class: element.attribute("class").trim().to_owned(),
            title: one_line(metadata.text_of("title")),
            description: metadata.text_of("description").to_owned(),
            severity: either("severity"),
            issued,
            updated: date("updated"),
            patchable: metadata.text_of("patchable").to_owned(),
            references: metadata.all("reference").map(Reference::read).collect(),
            cves: advisory.all("cve").map(Cve::read).collect(),
        }
    }

    /// Ids of all CVEs that it names, sorted, each once.
    pub fn cve_ids(&self) -> Vec<String> {
        let referred = self.references.iter().filter(|reference| reference.source == "CVE").map(|one| one.id.as_str());
        let words = self.cves.iter().map(|cve| cve.text.as_str()).chain(referred).flat_map(str::split_whitespace);
        // Photon writes `CVE:00001:CVE-2019-16168`.
        let mut ids: Vec<String> = words.filter_map(|word| cve_id(word.rsplit(':').next()?)).collect();
        ids.sort();
        ids.dedup();
        ids
    }
}

/// The id of a CVE, when it is one.
pub fn cve_id(text: &str) -> Option<String> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (year, number) = text.strip_prefix("CVE-")?.split_once('-')?;
    let well_formed = year.len() == 4 && digits(year) && (4..=19).contains(&number.len()) && digits(number);
    well_formed.then(|| text.to_owned())
}

impl Reference {
    fn read(element: &Element) -> Self {
        let attribute = |name: &str| element.attribute(name).trim().to_owned();
        Self { source: attribute("source"), id: attribute("ref_id"), url: attribute("ref_url") }
    }
}

impl Cve {
    fn read(element: &Element) -> Self {
        // `8.1/CVSS:3.0/AV:N/…`: the score, which follows from the vector, before it.
        let vectors =
            ["cvss4", "cvss3", "cvss2"].into_iter().filter_map(|name| element.attribute(name).split_once('/'));
        Self {
            text: element.text.trim().to_owned(),
            url: element.attribute("href").trim().to_owned(),
            impact: element.attribute("impact").trim().to_owned(),
            vectors: vectors.map(|(_, vector)| vector.trim().to_owned()).filter(|vector| !vector.is_empty()).collect(),
        }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
