//! OpenVEX up to 0.2.0: <https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md>.
//!
//! Owns the two shapes that its versions have: products and vulnerabilities as texts, with the subcomponents beside them
//! (0.0), and as objects with the subcomponents inside (0.2). Owns too that a document of many statements stays small: read,
//! a statement takes many times the room of its text, and few are ever about the image.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::component::{Component, Product, sha256};
use super::{Count, MOST_PRODUCTS, MOST_STATEMENTS, Problem, Statement, Status, timestamp};

/// What every document's `@context` begins with; versions from 0.0.1 on say which they are.
pub const CONTEXT: &str = "https://openvex.dev/ns";

/// What may follow.
const VERSIONS: [&str; 4] = ["", "/v0.0.", "/v0.1.", "/v0.2."];

#[derive(Deserialize)]
pub struct Raw {
    #[serde(rename = "@context")]
    context: String,
    #[serde(default)]
    author: String,
    #[serde(default)]
    timestamp: String,
    statements: Texts,
}

/// Statements as JSON of their own, one behind the other.
#[derive(Debug, Clone, Default)]
struct Texts {
    json: Vec<u8>,
    /// Where each ends.
    ends: Vec<usize>,
}

/// The statements of a document: each was read once, and is again when it is wanted.
#[derive(Debug, Clone)]
pub struct Statements {
    texts: Texts,
    timestamps: Vec<Option<Timestamp>>,
    author: String,
    /// What those are about that name no products.
    about: Vec<Arc<Component>>,
}

#[derive(Deserialize, Serialize)]
struct RawStatement {
    vulnerability: Vulnerability,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    products: Vec<Named>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    subcomponents: Vec<Named>,
    status: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    justification: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    impact_statement: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    action_statement: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    status_notes: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    timestamp: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    last_updated: String,
}

#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum Vulnerability {
    Name(String),
    Object {
        #[serde(default, skip_serializing_if = "String::is_empty")]
        name: String,
        #[serde(default, rename = "@id", skip_serializing_if = "String::is_empty")]
        id: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        aliases: Vec<String>,
    },
}

#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum Named {
    Id(String),
    Object(Object),
}

#[derive(Deserialize, Serialize)]
struct Object {
    #[serde(default, rename = "@id", skip_serializing_if = "String::is_empty")]
    id: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    identifiers: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    hashes: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    subcomponents: Vec<Named>,
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;

        impl<'de> Visitor<'de> for Each {
            type Value = Texts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of statements")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Texts, A::Error> {
                let mut texts = Texts::default();
                while let Some(statement) = list.next_element::<RawStatement>()? {
                    if texts.ends.len() >= MOST_STATEMENTS {
                        return Err(A::Error::custom(format!("more than {MOST_STATEMENTS} statements")));
                    }
                    serde_json::to_writer(&mut texts.json, &statement).map_err(A::Error::custom)?;
                    texts.ends.push(texts.json.len());
                }
                texts.json.shrink_to_fit();
                Ok(texts)
            }
        }

        deserializer.deserialize_seq(Each)
    }
}

impl Texts {
    fn get(&self, number: usize) -> Option<RawStatement> {
        let start = match number.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        serde_json::from_slice(self.json.get(start..*self.ends.get(number)?)?).ok()
    }
}

impl Statements {
    pub fn len(&self) -> usize {
        self.timestamps.len()
    }

    /// Since when one of them holds.
    pub fn timestamp(&self, number: usize) -> Option<Timestamp> {
        *self.timestamps.get(number)?
    }

    /// One of them.
    pub fn get(&self, number: usize) -> Option<Statement> {
        let statement = read(self.texts.get(number)?, &self.about, "").ok()?;
        Some(Statement { author: self.author.clone(), timestamp: self.timestamp(number), ..statement })
    }
}

/// The statements of a document, all of which make sense; those without products are about what the attestation around it is
/// `about`.
pub fn checked(raw: Raw, about: Vec<Arc<Component>>) -> Result<Statements, Problem> {
    let version = raw.context.strip_prefix(CONTEXT).unwrap_or_default();
    if !VERSIONS.iter().any(|known| if known.is_empty() { version.is_empty() } else { version.starts_with(known) }) {
        return Err(Problem::at("@context", format!("{:?} is no version of OpenVEX that is read", raw.context)));
    }
    let issued = timestamp(&raw.timestamp, "timestamp")?;
    let texts = raw.statements;
    let mut count = Count::default();
    let mut timestamps = Vec::with_capacity(texts.ends.len());
    for number in 0..texts.ends.len() {
        let place = format!("statements[{number}]");
        let statement = texts.get(number).ok_or_else(|| Problem::at(&place, "it cannot be kept"))?;
        let statement = read(statement, &about, &place)?;
        count.add(&statement)?;
        timestamps.push(statement.timestamp.or(issued));
    }
    Ok(Statements { texts, timestamps, author: raw.author, about })
}

fn read(raw: RawStatement, about: &[Arc<Component>], place: &str) -> Result<Statement, Problem> {
    let status = match raw.status.as_str() {
        "not_affected" => Status::NotAffected,
        "affected" => Status::Affected,
        "fixed" => Status::Fixed,
        "under_investigation" => Status::UnderInvestigation,
        other => return Err(Problem::at(format!("{place}.status"), format!("no such status: {other:?}"))),
    };
    let unfounded = raw.justification.is_empty() && raw.impact_statement.is_empty();
    if status == Status::NotAffected && unfounded {
        return Err(Problem::at(place, "not_affected needs a justification or an impact_statement"));
    }
    let vulnerability = names(raw.vulnerability);
    if vulnerability.is_empty() {
        return Err(Problem::at(format!("{place}.vulnerability"), "it has no name"));
    }
    let when = if raw.last_updated.is_empty() { &raw.timestamp } else { &raw.last_updated };
    let mut products = products(raw.products, &raw.subcomponents, place)?;
    if products.is_empty() {
        products.extend(about.iter().map(|subject| vec![subject.clone()]));
    }
    if products.is_empty() {
        return Err(Problem::at(place, "it names no products"));
    }
    Ok(Statement {
        vulnerability,
        products,
        status,
        justification: raw.justification,
        impact: if raw.impact_statement.is_empty() { raw.status_notes } else { raw.impact_statement },
        action: raw.action_statement,
        author: String::new(),
        timestamp: timestamp(when, place)?,
    })
}

/// Name, aliases, and an id that some writers give instead of a name: all by which a finding may be called.
fn names(vulnerability: Vulnerability) -> Vec<String> {
    let mut names = match vulnerability {
        Vulnerability::Name(name) => vec![name],
        Vulnerability::Object { name, id, aliases } => {
            let last = id.rsplit('/').next().unwrap_or_default().to_owned();
            [name, last].into_iter().chain(aliases).collect()
        }
    };
    names.retain(|name| !name.is_empty());
    names
}

fn products(raw: Vec<Named>, beside: &[Named], place: &str) -> Result<Vec<Product>, Problem> {
    let mut products: Vec<Product> = Vec::with_capacity(raw.len());
    // Once, however many products they are part of.
    let beside = parts(beside, place)?;
    for (number, named) in raw.iter().enumerate() {
        let place = format!("{place}.products[{number}]");
        let product = Arc::new(component(named, &place)?);
        let within = match named {
            Named::Object(object) if !object.subcomponents.is_empty() => &parts(&object.subcomponents, &place)?,
            _ => &beside,
        };
        if products.len().saturating_add(within.len()) > MOST_PRODUCTS {
            return Err(Problem::at(place, format!("more than {MOST_PRODUCTS} products and parts of them")));
        }
        if within.is_empty() {
            products.push(vec![product]);
            continue;
        }
        products.extend(within.iter().map(|part| vec![product.clone(), part.clone()]));
    }
    Ok(products)
}

fn parts(subcomponents: &[Named], place: &str) -> Result<Vec<Arc<Component>>, Problem> {
    let numbered = subcomponents.iter().enumerate();
    numbered.map(|(number, part)| Ok(Arc::new(component(part, &format!("{place}.subcomponents[{number}]"))?))).collect()
}

fn component(named: &Named, place: &str) -> Result<Component, Problem> {
    let wrong = |reason| Problem::at(place, reason);
    let object = match named {
        Named::Id(id) => return Component::identified(id).map_err(wrong),
        Named::Object(object) => object,
    };
    let mut component = Component::identified(&object.id).map_err(wrong)?;
    for identifier in object.identifiers.values() {
        component.identify(identifier).map_err(wrong)?;
    }
    component.digests.extend(object.hashes.get("sha-256").and_then(|hash| sha256(hash)));
    if component.name.is_empty() && component.digests.is_empty() {
        return Err(Problem::at(place, "nothing identifies it: no @id, no identifiers, no hashes"));
    }
    Ok(component)
}
