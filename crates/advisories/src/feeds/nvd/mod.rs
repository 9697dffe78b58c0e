//! The National Vulnerability Database.
//!
//! Owns the JSON of its CVE API 2.0 (<https://csrc.nist.gov/schema/nvd/api/2.0/cve_api_json_2.0.schema>), which the yearly
//! files and the pages of the API share. A record becomes a fact about the CVE and, where it says by CPE which programs are
//! affected, a second one in the space of those names. What of the latter counts is in [`configurations`].

mod configurations;

use plimsoll_model::{Advisory, Affected, Rating, Space};
use serde::Deserialize;

use self::configurations::Configuration;
use super::{Covers, Document, Emit, Error, Feed, Input, Item, Part, Role, Wanted, bounds, compressed, json};

/// The row.
pub const NVD: Feed = Feed {
    id: "nvd",
    about: "What is known of each CVE: CVSS vectors of NVD and of those who assigned the CVE, kinds of flaw, description; \
            and which versions of programs are affected, by CPE. Left out: rejected records; operating systems and hardware; \
            CPEs for one target (`wordpress`, `windows`), edition or piece of hardware; versions `-`; negated \
            configurations, and those of several products that must come together, unless all but one are Linux itself",
    licence: "public domain; NVD asks to be named as the source and not as endorsing",
    passed_on: true,
    freshness: "daily",
    specification: "https://nvd.nist.gov/vuln/data-feeds",
    home: "https://nvd.nist.gov/feeds/json/cve/2.0",
    mirror: "nvd",
    documents,
    parse,
};

/// CVEs of 1999 to 2002 are in the file of 2002.
const FIRST: u16 = 2002;

/// Years beyond this need a newer Plimsoll. Files of years to come are not there yet, which is no failure.
const LAST: u16 = 2040;

/// Sources with a name of their own; others are called as NVD calls them, by an address or a number.
const SOURCES: &[(&str, &str)] = &[
    ("nvd@nist.gov", "nvd"),
    ("security-advisories@github.com", "github"),
    // CISA's "vulnrichment", which adds to the records of those who assign CVEs.
    ("134c704f-9b21-4f2e-91b3-4a467353bcc0", "cisa-adp"),
];

#[derive(Deserialize)]
struct Entry {
    cve: Record,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    id: String,
    #[serde(default)]
    vuln_status: String,
    #[serde(default)]
    published: String,
    #[serde(default)]
    last_modified: String,
    #[serde(default)]
    descriptions: Vec<Text>,
    #[serde(default)]
    metrics: Metrics,
    #[serde(default)]
    weaknesses: Vec<Weakness>,
    #[serde(default)]
    configurations: Vec<Configuration>,
    #[serde(default)]
    references: Vec<Reference>,
    /// The day of listing by CISA, `YYYY-MM-DD`.
    #[serde(default)]
    cisa_exploit_add: String,
    #[serde(default)]
    cisa_action_due: String,
}

#[derive(Deserialize)]
struct Text {
    lang: String,
    value: String,
}

#[derive(Deserialize)]
struct Reference {
    url: String,
}

#[derive(Deserialize)]
struct Weakness {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    description: Vec<Text>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metrics {
    #[serde(default)]
    cvss_metric_v40: Vec<Metric>,
    #[serde(default)]
    cvss_metric_v31: Vec<Metric>,
    #[serde(default)]
    cvss_metric_v30: Vec<Metric>,
    #[serde(default)]
    cvss_metric_v2: Vec<Metric>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metric {
    source: String,
    #[serde(default, rename = "type")]
    kind: String,
    cvss_data: Cvss,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cvss {
    vector_string: String,
    base_score: Option<f64>,
}

fn documents(wanted: Wanted<'_>) -> Vec<Document> {
    let document = Document {
        name: "years".into(),
        parts: (FIRST..=LAST).map(|year| format!("nvdcve-2.0-{year}.json.gz")).collect(),
        steps: &[],
        size: 200_000_000,
        role: Role::Bulk,
        covers: Covers::Exactly([Space::CVE, Space::CPE].map(|space| Space(space.into())).into()),
    };
    if wanted.includes(&document.covers) { vec![document] } else { Vec::new() }
}

fn parse(input: &mut dyn Input, _: &Part<'_>, emit: Emit<'_>) -> Result<(), Error> {
    Ok(json::each_element(&mut compressed::open(input)?, "vulnerabilities", &mut |Entry { cve }: Entry| {
        if cve.vuln_status == "Rejected" {
            return;
        }
        if !is_cve(&cve.id) {
            return emit(Item::Malformed(format!("{:?} is no CVE id", cve.id)));
        }
        match configurations::affected(&cve.configurations) {
            Ok(affected) => {
                let products = products(&cve, affected);
                emit(Item::Advisory(Box::new(fact(cve))));
                products.into_iter().for_each(|products| emit(Item::Advisory(Box::new(products))));
            }
            Err(reason) => emit(Item::Malformed(format!("{}: {reason}", cve.id))),
        }
    })?)
}

/// What is said of the CVE itself.
fn fact(cve: Record) -> Advisory {
    let description = cve.descriptions.iter().find(|text| text.lang == "en").map(|text| text.value.trim());
    let description = description.unwrap_or_default();
    let line = bounds::title("", description);
    // A description of one short line is not kept twice, and of one that is kept the title is a beginning.
    let (title, details) = if line == description {
        (line, String::new())
    } else {
        (bounds::clip(&line, TITLE), bounds::details(description))
    };
    Advisory {
        title,
        details,
        references: bounds::references(cve.references.iter().map(|reference| reference.url.as_str()).take(REFERENCES)),
        published: day(&cve.published),
        modified: day(&cve.last_modified),
        ratings: ratings(cve.metrics),
        exploited: Some(cve.cisa_exploit_add).filter(|day| is_day(day)).unwrap_or_default(),
        due: Some(cve.cisa_action_due).filter(|day| is_day(day)).unwrap_or_default(),
        weaknesses: weaknesses(cve.weaknesses),
        affected: vec![Affected { space: Space(Space::CVE.into()), name: cve.id.clone(), ..Affected::default() }],
        id: cve.id,
        ..Advisory::default()
    }
}

/// Which programs have it, when any are named. Its words and ratings are those of the fact and not kept twice.
fn products(cve: &Record, affected: Vec<Affected>) -> Option<Advisory> {
    (!affected.is_empty()).then(|| Advisory {
        id: cve.id.clone(),
        modified: day(&cve.last_modified),
        affected,
        ..Advisory::default()
    })
}

/// Opinions, the newest version of CVSS first, and in each those that NVD calls primary.
fn ratings(metrics: Metrics) -> Vec<Rating> {
    let Metrics { cvss_metric_v40, cvss_metric_v31, cvss_metric_v30, cvss_metric_v2 } = metrics;
    let mut ratings = Vec::new();
    for mut metrics in [cvss_metric_v40, cvss_metric_v31, cvss_metric_v30, cvss_metric_v2] {
        metrics.sort_by_key(|metric| metric.kind != "Primary");
        ratings.extend(metrics.into_iter().take(RATINGS).map(|metric| Rating {
            source: source(metric.source),
            vector: metric.cvss_data.vector_string,
            score: metric.cvss_data.base_score,
            ..Rating::default()
        }));
    }
    ratings
}

/// Bytes of a title where the description is longer than one.
const TITLE: usize = 120;

/// Links that are kept of 300,000 records; those of an advisory that matched are kept beside.
const REFERENCES: usize = 4;

/// Opinions in one version of CVSS that are kept. More than four are not known.
const RATINGS: usize = 16;

fn source(source: String) -> String {
    let known = SOURCES.iter().find(|(address, _)| source.eq_ignore_ascii_case(address));
    known.map_or(source, |(_, name)| (*name).to_owned())
}

/// Kinds of flaw by number, NVD's own first. "Other" and "no information" are none.
fn weaknesses(mut weaknesses: Vec<Weakness>) -> Vec<String> {
    weaknesses.sort_by_key(|weakness| weakness.kind != "Primary");
    let mut kinds: Vec<String> = Vec::new();
    for text in weaknesses.into_iter().flat_map(|weakness| weakness.description) {
        let is_number =
            |number: &str| !number.is_empty() && number.len() < 8 && number.bytes().all(|byte| byte.is_ascii_digit());
        let is_kind = text.lang == "en" && text.value.strip_prefix("CWE-").is_some_and(is_number);
        if is_kind && !kinds.contains(&text.value) && kinds.len() < bounds::IDS {
            kinds.push(text.value);
        }
    }
    kinds
}

/// The day: of 300,000 records the times would take more room than their vectors. NVD's times are UTC and do not say so
/// (<https://nvd.nist.gov/developers/vulnerabilities>).
fn day(text: &str) -> String {
    let day = text.get(..10).filter(|day| is_day(day));
    day.map(|day| format!("{day}T00:00:00Z")).unwrap_or_default()
}

/// Whether the text is `YYYY-MM-DD`, which reports promise.
fn is_day(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

/// `CVE-`, a year, and at least four digits (<https://www.cve.org/ResourcesSupport/FAQs>).
fn is_cve(id: &str) -> bool {
    let digits =
        |text: &str, least: usize| (least..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let parts = id.strip_prefix("CVE-").and_then(|rest| rest.split_once('-'));
    parts.is_some_and(|(year, number)| year.len() == 4 && digits(year, 4) && digits(number, 4))
}
