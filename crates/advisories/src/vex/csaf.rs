//! CSAF 2.0 and 2.1, above all its VEX profile: <https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html>, section 4.5.
//!
//! Owns the product tree (branches, full names, relationships, groups) and what `product_status` says of its leaves.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use serde::Deserialize;

use super::component::{Component, Product, sha256};
use super::vers::Vers;
use super::{Problem, Statement, Status, timestamp};

/// Relationships of relationships: a module of a repository of a release is the longest in use.
const DEEPEST: usize = 8;

#[derive(Deserialize)]
pub struct Raw {
    document: Head,
    #[serde(default)]
    product_tree: Tree,
    #[serde(default)]
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    csaf_version: String,
    #[serde(default)]
    publisher: Publisher,
    #[serde(default)]
    tracking: Tracking,
}

#[derive(Deserialize, Default)]
struct Publisher {
    #[serde(default)]
    name: String,
}

#[derive(Deserialize, Default)]
struct Tracking {
    #[serde(default)]
    current_release_date: String,
}

#[derive(Deserialize, Default)]
struct Tree {
    #[serde(default)]
    branches: Vec<Branch>,
    #[serde(default)]
    full_product_names: Vec<Name>,
    #[serde(default)]
    relationships: Vec<Relationship>,
    #[serde(default)]
    product_groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Branch {
    #[serde(default)]
    category: String,
    #[serde(default)]
    name: String,
    product: Option<Name>,
    #[serde(default)]
    branches: Vec<Branch>,
}

#[derive(Deserialize)]
struct Name {
    #[serde(default)]
    name: String,
    product_id: String,
    #[serde(default)]
    product_identification_helper: Helper,
}

#[derive(Deserialize, Default)]
struct Helper {
    #[serde(default)]
    purl: String,
    /// Of CSAF 2.1.
    #[serde(default)]
    purls: Vec<String>,
    #[serde(default)]
    cpe: String,
    #[serde(default)]
    hashes: Vec<Hashes>,
}

#[derive(Deserialize)]
struct Hashes {
    #[serde(default)]
    file_hashes: Vec<Hash>,
}

#[derive(Deserialize)]
struct Hash {
    #[serde(default)]
    algorithm: String,
    #[serde(default)]
    value: String,
}

#[derive(Deserialize)]
struct Relationship {
    product_reference: String,
    relates_to_product_reference: String,
    full_product_name: Name,
}

#[derive(Deserialize)]
struct Group {
    group_id: String,
    #[serde(default)]
    product_ids: Vec<String>,
}

#[derive(Deserialize)]
struct Vulnerability {
    #[serde(default)]
    cve: String,
    #[serde(default)]
    ids: Vec<Id>,
    #[serde(default)]
    product_status: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    flags: Vec<About>,
    #[serde(default)]
    threats: Vec<About>,
    #[serde(default)]
    remediations: Vec<About>,
}

#[derive(Deserialize)]
struct Id {
    #[serde(default)]
    text: String,
}

/// A flag, threat or remediation: something about some of the products.
#[derive(Deserialize)]
struct About {
    #[serde(default)]
    label: String,
    #[serde(default)]
    category: String,
    #[serde(default)]
    details: String,
    #[serde(default)]
    product_ids: Vec<String>,
    #[serde(default)]
    group_ids: Vec<String>,
}

/// What the lists of products mean; `recommended` says nothing about being affected.
const STATUSES: &[(&str, Status)] = &[
    ("known_not_affected", Status::NotAffected),
    ("fixed", Status::Fixed),
    ("first_fixed", Status::Fixed),
    ("under_investigation", Status::UnderInvestigation),
    ("known_affected", Status::Affected),
    ("first_affected", Status::Affected),
    ("last_affected", Status::Affected),
];

/// The products of a document by their ids.
struct Products<'a> {
    components: HashMap<&'a str, Arc<Component>>,
    relationships: HashMap<&'a str, &'a Relationship>,
    groups: HashMap<&'a str, &'a [String]>,
}

/// The statements of a document: one for each status and reason of a vulnerability.
pub fn statements(raw: Raw) -> Result<Vec<Statement>, Problem> {
    let version = &raw.document.csaf_version;
    if !["2.0", "2.1"].contains(&version.as_str()) {
        return Err(Problem::at("document.csaf_version", format!("{version:?} is no version of CSAF that is read")));
    }
    let when = timestamp(&raw.document.tracking.current_release_date, "document.tracking.current_release_date")?;
    let products = Products::of(&raw.product_tree)?;
    let mut statements = Vec::new();
    for (number, vulnerability) in raw.vulnerabilities.iter().enumerate() {
        let place = format!("vulnerabilities[{number}]");
        for mut statement in read(vulnerability, &products, &place)? {
            statement.author.clone_from(&raw.document.publisher.name);
            statement.timestamp = when;
            statements.push(statement);
        }
    }
    Ok(statements)
}

fn read(vulnerability: &Vulnerability, products: &Products<'_>, place: &str) -> Result<Vec<Statement>, Problem> {
    let ids = std::iter::once(&vulnerability.cve).chain(vulnerability.ids.iter().map(|id| &id.text));
    let ids: Vec<String> = ids.filter(|id| !id.is_empty()).cloned().collect();
    if ids.is_empty() {
        return Err(Problem::at(place, "the vulnerability has no cve and no ids"));
    }
    let flags = by_product(&vulnerability.flags, products, |flag| (!flag.label.is_empty()).then_some(&*flag.label));
    // Vendors also put the severity of the whole here, for every product: a reason only where no flag is.
    let threats = by_product(&vulnerability.threats, products, |threat| {
        (threat.category == "impact" && !threat.details.is_empty()).then_some(&*threat.details)
    });
    let actions = by_product(&vulnerability.remediations, products, |remediation| {
        (!remediation.details.is_empty()).then_some(&*remediation.details)
    });
    let mut grouped: BTreeMap<(usize, &str, &str, &str), Vec<Product>> = BTreeMap::new();
    for (list, product_ids) in &vulnerability.product_status {
        let Some(position) = STATUSES.iter().position(|(name, _)| name == list) else { continue };
        let clears = STATUSES.get(position).is_some_and(|(_, status)| *status == Status::NotAffected);
        for id in product_ids {
            let place = format!("{place}.product_status.{list}");
            let product = products.product(id).map_err(|reason| Problem::at(place, reason))?;
            let flag = flags.get(id.as_str()).copied().filter(|_| clears).unwrap_or_default();
            let threat = threats.get(id.as_str()).copied().filter(|_| clears && flag.is_empty()).unwrap_or_default();
            let action = actions.get(id.as_str()).copied().filter(|_| !clears).unwrap_or_default();
            grouped.entry((position, flag, threat, action)).or_default().push(product);
        }
    }
    let statement = |((position, flag, threat, action), products): ((usize, &str, &str, &str), Vec<Product>)| {
        let (_, status) = STATUSES.get(position)?;
        Some(Statement {
            vulnerability: ids.clone(),
            products,
            status: *status,
            justification: flag.into(),
            impact: threat.into(),
            action: action.into(),
            author: String::new(),
            timestamp: None,
        })
    };
    Ok(grouped.into_iter().filter_map(statement).collect())
}

/// What is said of each product, the first of several.
fn by_product<'a>(
    list: &'a [About],
    products: &Products<'a>,
    text: impl Fn(&'a About) -> Option<&'a str>,
) -> HashMap<&'a str, &'a str> {
    let mut said = HashMap::new();
    for about in list {
        let Some(text) = text(about) else { continue };
        let groups = about.group_ids.iter().filter_map(|id| products.groups.get(id.as_str())).copied().flatten();
        for id in about.product_ids.iter().chain(groups) {
            said.entry(id.as_str()).or_insert(text);
        }
    }
    said
}

impl<'a> Products<'a> {
    fn of(tree: &'a Tree) -> Result<Self, Problem> {
        let mut products = Self { components: HashMap::new(), relationships: HashMap::new(), groups: HashMap::new() };
        products.branches(&tree.branches)?;
        for name in &tree.full_product_names {
            products.add(name, None)?;
        }
        for relationship in &tree.relationships {
            let name = &relationship.full_product_name;
            products.relationships.insert(&name.product_id, relationship);
            // A name of its own that identifies it says more than its parts do.
            if !name.product_identification_helper.is_empty() {
                products.add(name, None)?;
            }
        }
        products.groups.extend(tree.product_groups.iter().map(|group| (&*group.group_id, &*group.product_ids)));
        Ok(products)
    }

    /// The reader of JSON bounds how deep they are nested.
    fn branches(&mut self, branches: &'a [Branch]) -> Result<(), Problem> {
        for branch in branches {
            if let Some(product) = &branch.product {
                self.add(product, (branch.category == "product_version_range").then_some(&*branch.name))?;
            }
            self.branches(&branch.branches)?;
        }
        Ok(())
    }

    fn add(&mut self, name: &'a Name, range: Option<&str>) -> Result<(), Problem> {
        let component =
            name.component(range).map_err(|reason| Problem::at(format!("product {}", name.product_id), reason))?;
        self.components.insert(&name.product_id, Arc::new(component));
        Ok(())
    }

    /// A product, and what it is a component of, from the outermost in.
    fn product(&self, id: &str) -> Result<Product, String> {
        let mut product = Vec::new();
        let mut seen = HashSet::new();
        self.collect(id, &mut product, &mut seen)?;
        Ok(product)
    }

    fn collect<'i>(&'i self, id: &'i str, into: &mut Product, seen: &mut HashSet<&'i str>) -> Result<(), String> {
        if !seen.insert(id) || seen.len() > DEEPEST {
            return Err(format!("the product {id:?} is a part of itself, or of too many others"));
        }
        if let Some(relationship) = self.relationships.get(id) {
            self.collect(&relationship.relates_to_product_reference, into, seen)?;
            return match self.components.get(id) {
                Some(own) => {
                    into.push(own.clone());
                    Ok(())
                }
                None => self.collect(&relationship.product_reference, into, seen),
            };
        }
        let component = self.components.get(id).ok_or_else(|| format!("no product {id:?} is in the product tree"))?;
        into.push(component.clone());
        Ok(())
    }
}

impl Helper {
    fn is_empty(&self) -> bool {
        self.purl.is_empty() && self.purls.is_empty() && self.cpe.is_empty() && self.hashes.is_empty()
    }
}

impl Name {
    fn component(&self, range: Option<&str>) -> Result<Component, String> {
        let helper = &self.product_identification_helper;
        let mut component = Component::named(&self.name);
        for identifier in std::iter::once(&helper.purl).chain(&helper.purls).chain([&helper.cpe]) {
            if !identifier.is_empty() {
                component.identify(identifier)?;
            }
        }
        let hashes =
            helper.hashes.iter().flat_map(|hashes| &hashes.file_hashes).filter(|hash| hash.algorithm == "sha256");
        component.digests.extend(hashes.filter_map(|hash| sha256(&hash.value)));
        // Ranges in other notations than `vers:` are for people.
        component.versions =
            range.filter(|range| range.starts_with("vers:")).map(Vers::parse).transpose()?.into_iter().collect();
        if range.is_some() && component.versions.is_empty() {
            component = Component::named(&self.name);
        }
        Ok(component)
    }
}
