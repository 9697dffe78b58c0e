//! OpenVEX up to 0.2.0: <https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md>.
//!
//! Owns the two shapes that its versions have: products and vulnerabilities as texts, with the subcomponents beside them
//! (0.0), and as objects with the subcomponents inside (0.2).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::component::{Component, Product, sha256};
use super::{MOST_PRODUCTS, Problem, Statement, Status, timestamp};

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
    statements: Vec<RawStatement>,
}

#[derive(Deserialize)]
struct RawStatement {
    vulnerability: Vulnerability,
    #[serde(default)]
    products: Vec<Named>,
    #[serde(default)]
    subcomponents: Vec<Named>,
    status: String,
    #[serde(default)]
    justification: String,
    #[serde(default)]
    impact_statement: String,
    #[serde(default)]
    action_statement: String,
    #[serde(default)]
    status_notes: String,
    #[serde(default)]
    timestamp: String,
    #[serde(default)]
    last_updated: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Vulnerability {
    Name(String),
    Object {
        #[serde(default)]
        name: String,
        #[serde(default, rename = "@id")]
        id: String,
        #[serde(default)]
        aliases: Vec<String>,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Named {
    Id(String),
    Object(Object),
}

#[derive(Deserialize)]
struct Object {
    #[serde(default, rename = "@id")]
    id: String,
    #[serde(default)]
    identifiers: BTreeMap<String, String>,
    #[serde(default)]
    hashes: BTreeMap<String, String>,
    #[serde(default)]
    subcomponents: Vec<Named>,
}

/// The statements of a document; those without products are about what the attestation around it is `about`.
pub fn statements(raw: Raw, about: &[Arc<Component>]) -> Result<Vec<Statement>, Problem> {
    let version = raw.context.strip_prefix(CONTEXT).unwrap_or_default();
    if !VERSIONS.iter().any(|known| if known.is_empty() { version.is_empty() } else { version.starts_with(known) }) {
        return Err(Problem::at("@context", format!("{:?} is no version of OpenVEX that is read", raw.context)));
    }
    let issued = timestamp(&raw.timestamp, "timestamp")?;
    let mut statements = Vec::with_capacity(raw.statements.len());
    for (number, statement) in raw.statements.into_iter().enumerate() {
        let mut statement = read(statement, about, &format!("statements[{number}]"))?;
        statement.author.clone_from(&raw.author);
        statement.timestamp = statement.timestamp.or(issued);
        statements.push(statement);
    }
    Ok(statements)
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
