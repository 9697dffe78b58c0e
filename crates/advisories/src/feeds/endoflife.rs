//! Until when products are supported, and their latest releases, as endoflife.date collects them.
//!
//! Owns the publisher's JSON (<https://endoflife.date/docs/api/v1/>, "List all products with full details") and the same
//! facts by the names of its sources' front matter. It speaks about no vulnerability: its records are products, found by
//! what identifies them. Identifiers of containers, repositories and distributions' packages are left out: a
//! distribution looks after what it packs, whatever upstream does.

use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;

use plimsoll_model::Space;
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{Covers, Document, Emit, Error, Feed, Input, Item, Part, Role, Wanted, compressed, json};
use crate::lifecycle::{Cycle, End, Product};

/// The row. The publisher has one document at its home; a mirror has it as a file.
pub const ENDOFLIFE: Feed = Feed {
    id: "endoflife",
    about: "Until when distributions, language runtimes, servers and frameworks are supported, and the latest release of each line",
    licence: "MIT",
    passed_on: true,
    freshness: "daily",
    specification: "https://endoflife.date/docs/api/v1/",
    home: "https://endoflife.date/api/v1/products/full",
    mirror: "eol/products.json",
    documents,
    parse,
};

/// Names of one product; the longest list, a language's with a package a version, has under a hundred.
const NAMES: usize = 2_000;

/// Lines of one product; the longest, a tool that supports its last release alone, has under five hundred.
const CYCLES: usize = 5_000;

/// Bytes of any name, label or version.
const TEXT: usize = 256;

#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    name: Text,
    #[serde(default)]
    label: Text,
    #[serde(default)]
    labels: Labels,
    #[serde(default)]
    identifiers: Bounded<Identifier, NAMES>,
    #[serde(default)]
    releases: Bounded<Release, CYCLES>,
}

#[derive(Deserialize, Default)]
struct Labels {
    /// What the publisher calls the extended support, as in `Extended Security Maintenance`.
    #[serde(default)]
    eoes: Text,
}

/// `{"type": "purl", "id": "pkg:pypi/django"}`, or the type as the key.
#[derive(Deserialize)]
struct Identifier {
    #[serde(default, rename = "type")]
    kind: Text,
    #[serde(default)]
    id: Text,
    #[serde(default)]
    purl: Text,
    #[serde(default)]
    cpe: Text,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Release {
    #[serde(default, alias = "releaseCycle")]
    name: Text,
    #[serde(default)]
    codename: Text,
    #[serde(default)]
    is_eoas: Value,
    #[serde(default)]
    eoas_from: Value,
    #[serde(default)]
    is_eol: Value,
    #[serde(default)]
    eol_from: Value,
    #[serde(default)]
    is_eoes: Value,
    #[serde(default)]
    eoes_from: Value,
    /// In the front matter: the day, or whether it is over.
    #[serde(default)]
    eoas: Value,
    #[serde(default)]
    eol: Value,
    #[serde(default)]
    eoes: Value,
    #[serde(default)]
    latest: Latest,
}

/// Whatever stands where a day, a truth or a text is expected.
#[derive(Deserialize, Default)]
#[serde(untagged)]
enum Value {
    Truth(bool),
    Text(String),
    #[default]
    None,
    Other(IgnoredAny),
}

#[derive(Deserialize, Default)]
#[serde(untagged)]
enum Latest {
    Version {
        name: String,
    },
    Text(String),
    #[default]
    None,
    Other(IgnoredAny),
}

/// A text, or nothing where something else stands.
#[derive(Default)]
struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::Text(text) if text.len() <= TEXT => Self(text),
            _ => Self::default(),
        })
    }
}

/// A list that is refused when it is longer than `MOST`, before it is in memory.
struct Bounded<T, const MOST: usize>(Vec<T>);

impl<T, const MOST: usize> Default for Bounded<T, MOST> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>, const MOST: usize> Deserialize<'de> for Bounded<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Elements::<T, MOST>(PhantomData)).map(Self)
    }
}

struct Elements<T, const MOST: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for Elements<T, MOST> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of at most {MOST} elements")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = list.next_element()? {
            if elements.len() >= MOST {
                return Err(serde::de::Error::invalid_length(MOST.saturating_add(1), &self));
            }
            elements.push(element);
        }
        Ok(elements)
    }
}

fn documents(wanted: Wanted<'_>) -> Vec<Document> {
    let covers = Covers::Exactly([Space(Space::LIFECYCLE.into())].into());
    let document = Document {
        name: "products".into(),
        // The home itself.
        parts: vec![String::new()],
        steps: &[],
        size: 3_000_000,
        role: Role::Supplement,
        covers,
    };
    if wanted.includes(&document.covers) { vec![document] } else { Vec::new() }
}

fn parse(input: &mut dyn Input, _: &Part<'_>, emit: Emit<'_>) -> Result<(), Error> {
    Ok(json::each_of(&mut compressed::open(input)?, &["result", "products"], &mut |listed: Listed| {
        let name = listed.name.0.clone();
        emit(match product(listed) {
            Ok(Some(advisory)) => Item::Advisory(Box::new(advisory)),
            // Devices and services have nothing by which they could be found in an image.
            Ok(None) => return,
            Err(reason) => Item::Malformed(format!("{name}: {reason}")),
        });
    })?)
}

fn product(listed: Listed) -> Result<Option<plimsoll_model::Advisory>, String> {
    let Listed { name: Text(name), label: Text(label), labels, identifiers, releases } = listed;
    if name.is_empty() {
        return Err("a product has no name".into());
    }
    let mut names: BTreeSet<String> = identifiers.0.iter().filter_map(known_by).collect();
    names.insert(name.clone());
    let mut cycles = Vec::with_capacity(releases.0.len());
    for release in releases.0 {
        cycles.push(cycle(release)?);
    }
    if cycles.is_empty() {
        return Ok(None);
    }
    let label = if label.is_empty() { name.clone() } else { label };
    Product { name, label, extended_by: labels.eoes.0, cycles }.record(names).map(Some)
}

fn cycle(release: Release) -> Result<Cycle, String> {
    let Text(name) = release.name;
    if name.is_empty() {
        return Err("a release has no name".into());
    }
    let end = |day: Value, over: Value, either: Value| match (end(day)?, end(over)?) {
        (End::Unstated, End::Unstated) => end(either),
        (End::Unstated, over) => Ok(over),
        (day, _) => Ok(day),
    };
    let life = end(release.eol_from, release.is_eol, release.eol).map_err(|text| not_a_day(&name, &text))?;
    Ok(Cycle {
        // Names that editors of the data may have written with an upper case letter are lower-cased for people.
        codename: release.codename.0.to_lowercase(),
        support: end(release.eoas_from, release.is_eoas, release.eoas).map_err(|text| not_a_day(&name, &text))?,
        extended: end(release.eoes_from, release.is_eoes, release.eoes).map_err(|text| not_a_day(&name, &text))?,
        latest: match release.latest {
            Latest::Version { name } | Latest::Text(name) if name.len() <= TEXT => name,
            _ => String::new(),
        },
        life,
        name,
    })
}

fn not_a_day(release: &str, text: &str) -> String {
    format!("{text:?} of release {release} is not a day")
}

/// What is stated of an end. A text that is no day is an error, for it would be "supported" otherwise.
fn end(value: Value) -> Result<End, String> {
    match value {
        Value::Truth(over) => Ok(End::Known(over)),
        Value::Text(text) => text.parse().map(End::On).map_err(|_| text),
        Value::None | Value::Other(_) => Ok(End::Unstated),
    }
}

/// The name under which an identifier is looked up, if anything in an image could be found by it.
fn known_by(identifier: &Identifier) -> Option<String> {
    let text = match identifier.kind.0.as_str() {
        "purl" | "cpe" => &identifier.id.0,
        _ if !identifier.purl.0.is_empty() => &identifier.purl.0,
        _ => &identifier.cpe.0,
    };
    if text.starts_with("pkg:") { plimsoll_packages::identity(text) } else { crate::outdated::name_of_cpe(text) }
}
