//! VEX in CycloneDX, JSON of versions 1.4 to 1.7: <https://cyclonedx.org/capabilities/vex/>.
//!
//! Owns what `vulnerabilities[].analysis` says, in a document of its own or inside the bill of materials that it is about,
//! and what the references in `affects` lead to.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;

use super::component::{Component, Product, sha256};
use super::vers::{Vers, decoded};
use super::{Problem, Statement, Status, timestamp};

const VERSIONS: [&str; 4] = ["1.4", "1.5", "1.6", "1.7"];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Raw {
    #[serde(default)]
    spec_version: String,
    #[serde(default)]
    serial_number: String,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    components: Vec<Part>,
    #[serde(default)]
    services: Vec<Part>,
    vulnerabilities: Option<Vec<Vulnerability>>,
}

#[derive(Deserialize, Default)]
struct Metadata {
    #[serde(default)]
    timestamp: String,
    component: Option<Part>,
    #[serde(default)]
    authors: Vec<Contact>,
    supplier: Option<Contact>,
    manufacturer: Option<Contact>,
}

#[derive(Deserialize)]
struct Contact {
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct Part {
    #[serde(default)]
    version: String,
    #[serde(default, rename = "bom-ref")]
    reference: String,
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    purl: String,
    #[serde(default)]
    cpe: String,
    #[serde(default)]
    hashes: Vec<Hash>,
    #[serde(default)]
    components: Vec<Part>,
}

#[derive(Deserialize)]
struct Hash {
    #[serde(default)]
    alg: String,
    #[serde(default)]
    content: String,
}

#[derive(Deserialize)]
struct Vulnerability {
    #[serde(default)]
    id: String,
    #[serde(default)]
    references: Vec<Reference>,
    #[serde(default)]
    recommendation: String,
    #[serde(default)]
    workaround: String,
    #[serde(default)]
    updated: String,
    analysis: Option<Analysis>,
    #[serde(default)]
    affects: Vec<Affects>,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(default)]
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Analysis {
    #[serde(default)]
    state: String,
    #[serde(default)]
    justification: String,
    #[serde(default)]
    response: Vec<String>,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    first_issued: String,
    #[serde(default)]
    last_updated: String,
}

#[derive(Deserialize)]
struct Affects {
    #[serde(rename = "ref")]
    reference: String,
    #[serde(default)]
    versions: Vec<Version>,
}

#[derive(Deserialize)]
struct Version {
    #[serde(default)]
    version: String,
    #[serde(default)]
    range: String,
    #[serde(default)]
    status: String,
}

/// The components of a document by their `bom-ref`.
struct Parts {
    serial_number: String,
    by_reference: HashMap<String, Arc<Component>>,
    /// The image, application, operating system… that the document is the bill of, when it says which one.
    whole: Option<Arc<Component>>,
}

/// The statements of a document: those vulnerabilities that were analysed.
pub fn statements(raw: Raw) -> Result<Vec<Statement>, Problem> {
    if !VERSIONS.contains(&raw.spec_version.as_str()) {
        let reason = format!("{:?} is no version of CycloneDX that is read for VEX", raw.spec_version);
        return Err(Problem::at("specVersion", reason));
    }
    let Some(vulnerabilities) = raw.vulnerabilities else {
        return Err(Problem::at("vulnerabilities", "there are none: a bill of materials alone is no VEX document"));
    };
    let author = author(&raw.metadata);
    let issued = timestamp(&raw.metadata.timestamp, "metadata.timestamp")?;
    let parts = Parts::of(raw.serial_number, raw.metadata.component, &raw.components, &raw.services)?;
    let mut statements = Vec::new();
    for (number, vulnerability) in vulnerabilities.iter().enumerate() {
        let Some(analysis) = vulnerability.analysis.as_ref().filter(|analysis| !analysis.state.is_empty()) else {
            continue;
        };
        let place = format!("vulnerabilities[{number}]");
        let when = [&analysis.last_updated, &analysis.first_issued, &vulnerability.updated];
        let when = when.into_iter().find(|when| !when.is_empty()).map_or("", String::as_str);
        let when = timestamp(when, &place)?.or(issued);
        for mut statement in read(vulnerability, analysis, &parts, &place)? {
            statement.author.clone_from(&author);
            statement.timestamp = when;
            statements.push(statement);
        }
    }
    Ok(statements)
}

fn author(metadata: &Metadata) -> String {
    let contacts = metadata.authors.iter().chain(&metadata.supplier).chain(&metadata.manufacturer);
    contacts.map(|contact| contact.name.clone()).find(|name| !name.is_empty()).unwrap_or_default()
}

fn read(
    vulnerability: &Vulnerability,
    analysis: &Analysis,
    parts: &Parts,
    place: &str,
) -> Result<Vec<Statement>, Problem> {
    let analysed = match analysis.state.as_str() {
        "resolved" | "resolved_with_pedigree" => Status::Fixed,
        "exploitable" => Status::Affected,
        "in_triage" => Status::UnderInvestigation,
        "false_positive" | "not_affected" => Status::NotAffected,
        other => return Err(Problem::at(format!("{place}.analysis.state"), format!("no such state: {other:?}"))),
    };
    let ids = std::iter::once(&vulnerability.id).chain(vulnerability.references.iter().map(|reference| &reference.id));
    let ids: Vec<String> = ids.filter(|id| !id.is_empty()).cloned().collect();
    if ids.is_empty() {
        return Err(Problem::at(place, "the vulnerability has no id"));
    }
    let responses = analysis.response.join(", ");
    let action = [&vulnerability.recommendation, &vulnerability.workaround, &responses];
    let action = action.into_iter().find(|text| !text.is_empty()).cloned().unwrap_or_default();
    let statement = |status, products| Statement {
        vulnerability: ids.clone(),
        products,
        status,
        justification: match (analysis.state.as_str(), analysis.justification.as_str()) {
            _ if status != analysed => String::new(),
            ("false_positive", "") => "false_positive".into(),
            (_, justification) => justification.into(),
        },
        // What the analysis says it says of the other versions.
        impact: if status == analysed { analysis.detail.clone() } else { "listed so for this version".into() },
        action: action.clone(),
        author: String::new(),
        timestamp: None,
    };
    let by_status = products(vulnerability, parts, analysed, place)?;
    Ok(by_status.into_iter().map(|(status, products)| statement(status, products)).collect())
}

/// The products, by what is said of them: versions can be told apart within one vulnerability.
fn products(
    vulnerability: &Vulnerability,
    parts: &Parts,
    analysed: Status,
    place: &str,
) -> Result<Vec<(Status, Vec<Product>)>, Problem> {
    let mut products: Vec<(Status, Vec<Product>)> = Vec::new();
    let mut add = |status, product| match products.iter_mut().find(|(known, _)| *known == status) {
        Some((_, list)) => list.push(product),
        None => products.push((status, vec![product])),
    };
    for (number, affects) in vulnerability.affects.iter().enumerate() {
        let place = format!("{place}.affects[{number}]");
        let component = parts.component(&affects.reference).map_err(|reason| Problem::at(&place, reason))?;
        if affects.versions.is_empty() {
            add(analysed, parts.product(component.clone()));
        }
        for version in &affects.versions {
            let status = match version.status.as_str() {
                "" | "affected" => analysed,
                "unaffected" => Status::NotAffected,
                "unknown" => Status::UnderInvestigation,
                other => return Err(Problem::at(&place, format!("no such status of a version: {other:?}"))),
            };
            let range = match version.range.as_str() {
                "" => Vers::only(&version.version),
                range => Vers::parse(range).map_err(|reason| Problem::at(&place, reason))?,
            };
            let versions = vec![range];
            add(status, parts.product(Arc::new(Component { versions, ..Component::clone(&component) })));
        }
    }
    // Without `affects` it is about what the document describes.
    if let Some(whole) = parts.whole.as_ref().filter(|_| vulnerability.affects.is_empty()) {
        add(analysed, vec![whole.clone()]);
    }
    Ok(products)
}

impl Parts {
    fn of(
        serial_number: String,
        described: Option<Part>,
        components: &[Part],
        services: &[Part],
    ) -> Result<Self, Problem> {
        let mut parts = Self { serial_number, by_reference: HashMap::new(), whole: None };
        if let Some(described) = described {
            parts.add(&described, "metadata.component")?;
            let whole = whole(&described).map_err(|reason| Problem::at("metadata.component", reason))?;
            parts.whole = (whole != Component::default()).then(|| Arc::new(whole));
            if let Some(whole) = parts.whole.as_ref().filter(|_| !described.reference.is_empty()) {
                parts.by_reference.insert(described.reference, whole.clone());
            }
        }
        for (list, part) in
            components.iter().map(|part| ("components", part)).chain(services.iter().map(|part| ("services", part)))
        {
            parts.add(part, list)?;
        }
        Ok(parts)
    }

    /// The reader of JSON bounds how deep they are nested.
    fn add(&mut self, part: &Part, place: &str) -> Result<(), Problem> {
        if !part.reference.is_empty() {
            let component =
                component(part).map_err(|reason| Problem::at(format!("{place} {}", part.reference), reason))?;
            self.by_reference.insert(part.reference.clone(), Arc::new(component));
        }
        part.components.iter().try_for_each(|inner| self.add(inner, place))
    }

    /// What a reference leads to: a component of this document, or of another by its BOM-link, whose reference is then of
    /// use only when it is a package URL itself (<https://cyclonedx.org/capabilities/bomlink/>).
    fn component(&self, reference: &str) -> Result<Arc<Component>, String> {
        if let Some(component) = self.by_reference.get(reference) {
            return Ok(component.clone());
        }
        let Some(link) = reference.strip_prefix("urn:cdx:") else {
            // What a reference means that is none of this document's is for its writer to know.
            let reference = Component::identified(reference)?;
            return Ok(Arc::new(Component { reference: String::new(), ..reference }));
        };
        let (document, part) = link.split_once('#').unwrap_or((link, ""));
        let part = decoded(part).ok_or_else(|| format!("a broken percent sign in {reference:?}"))?;
        let serial = document.split('/').next().unwrap_or_default();
        let own = self.serial_number.strip_prefix("urn:uuid:").is_some_and(|own| own.eq_ignore_ascii_case(serial));
        match self.by_reference.get(&part).filter(|_| own) {
            Some(component) => Ok(component.clone()),
            None => Component::identified(if part.is_empty() { reference } else { &part }).map(Arc::new),
        }
    }

    /// What is said of a part holds in what the bill is of.
    fn product(&self, component: Arc<Component>) -> Product {
        match &self.whole {
            Some(whole) if *whole != component => vec![whole.clone(), component],
            _ => vec![component],
        }
    }
}

/// What a bill is of. One that only has a name that is not of this image is another one: what is said of its parts holds
/// there.
fn whole(described: &Part) -> Result<Component, String> {
    let mut whole = component(described)?;
    let Part { kind, name, version, .. } = described;
    match kind.as_str() {
        // Writers put the image's name and digest where those of software would be.
        "container" => {
            whole.digests.extend(version.starts_with("sha256:").then(|| sha256(version)).flatten());
            whole.reference.clone_from(name);
        }
        _ if !whole.purls.is_empty() || !whole.cpes.is_empty() => {}
        // Named as `os-release` names it, if it is to be recognised.
        "operating-system" if !name.is_empty() => {
            whole.cpes.push(format!("cpe:2.3:o:{name}:{name}:{version}").to_ascii_lowercase());
            whole.name = format!("{name} {version}").trim_end().to_owned();
        }
        // It may be an image under another title.
        _ if version.is_empty() => whole.reference.clone_from(name),
        _ => whole.reference = format!("{name}:{version}"),
    }
    Ok(whole)
}

fn component(part: &Part) -> Result<Component, String> {
    let mut component = Component::named(&part.name);
    for identifier in [&part.purl, &part.cpe].into_iter().filter(|identifier| !identifier.is_empty()) {
        component.identify(identifier)?;
    }
    if !part.purl.is_empty() {
        component.name.clone_from(&part.purl);
    }
    let hashes = part.hashes.iter().filter(|hash| hash.alg == "SHA-256");
    component.digests.extend(hashes.filter_map(|hash| sha256(&hash.content)));
    Ok(component)
}
