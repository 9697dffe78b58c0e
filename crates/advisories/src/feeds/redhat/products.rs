//! Which packages of which products a document speaks about.
//!
//! Owns the product tree of CSAF (<https://docs.oasis-open.org/csaf/csaf/v2.0/os/csaf-v2.0-os.html>, section 3.2.2) as Red
//! Hat fills it in: products with a CPE, packages with a package URL, and *relationships*, packages as components of
//! products. A document names each of these a hundred thousand times, so that ids are kept as digests and texts once.

use std::fmt;

use percent_encoding::percent_decode_str;
use plimsoll_model::Space;
use plimsoll_packages::red_hat::{PRODUCTS, Product};
use rustc_hash::FxHashMap;
use serde::de::{Deserialize, Deserializer, Visitor};

/// A product's id, as a digest: the ids themselves are long, and each is repeated in many lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(u128);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Id;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the id of a product")
            }

            fn visit_str<E>(self, text: &str) -> Result<Id, E> {
                let digest = blake3::hash(text.as_bytes());
                let (front, _) = digest.as_bytes().split_at(16);
                Ok(Id(front.try_into().map(u128::from_le_bytes).unwrap_or_default()))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// The tree as it stands in the document.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Tree {
    #[serde(default)]
    branches: Vec<Branch>,
    #[serde(default)]
    relationships: Vec<Relationship>,
}

#[derive(Debug, serde::Deserialize)]
struct Branch {
    #[serde(default)]
    branches: Vec<Branch>,
    product: Option<Named>,
}

#[derive(Debug, serde::Deserialize)]
struct Named {
    #[serde(default)]
    name: String,
    product_id: Id,
    #[serde(default)]
    product_identification_helper: Helper,
}

#[derive(Debug, Default, serde::Deserialize)]
struct Helper {
    cpe: Option<String>,
    purl: Option<String>,
}

#[derive(Debug, serde::Deserialize)]
struct Relationship {
    full_product_name: FullName,
    product_reference: Id,
    relates_to_product_reference: Id,
}

#[derive(Debug, serde::Deserialize)]
struct FullName {
    product_id: Id,
}

/// A text that is kept once.
pub type Text = u32;

/// Texts, each once. The first is the empty one.
#[derive(Debug)]
pub struct Texts {
    all: Vec<String>,
    places: FxHashMap<String, Text>,
}

impl Texts {
    fn new() -> Self {
        Self { all: vec![String::new()], places: FxHashMap::from_iter([(String::new(), 0)]) }
    }

    /// The place of a text.
    pub fn place(&mut self, text: &str) -> Text {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = u32::try_from(self.all.len()).unwrap_or_default();
        self.all.push(text.to_owned());
        self.places.insert(text.to_owned(), place);
        place
    }

    /// The text at a place.
    pub fn get(&self, place: Text) -> &str {
        usize::try_from(place).ok().and_then(|place| self.all.get(place)).map_or("", String::as_str)
    }
}

/// An rpm package, of one version or of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Package {
    /// Its own name; of a source package with `.src` behind it, as Red Hat writes it itself.
    pub name: Text,
    /// With the epoch, where there is one; empty for all.
    pub version: Text,
    /// Empty for all, and for source packages.
    pub arch: Text,
    /// `nodejs:12`, or empty.
    pub module: Text,
    /// It is a source package.
    pub source: bool,
}

#[derive(Debug, Clone, Copy)]
enum Node {
    Platform(Text),
    Package(Package),
    /// Identified by its name alone.
    Named(Package),
    Module(Text),
    Component {
        part: Id,
        of: Id,
    },
}

/// A package as a component of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Component {
    /// The package.
    pub package: Package,
    /// CPE of the product.
    pub platform: Text,
}

/// All that the tree speaks about.
#[derive(Debug)]
pub struct Products {
    /// The texts of packages and products.
    pub texts: Texts,
    nodes: FxHashMap<Id, Node>,
}

/// Relationships of relationships: a package of a module of a product.
const DEEPEST: usize = 3;

impl Products {
    /// Takes the tree apart.
    pub fn of(tree: Tree) -> Self {
        let mut products = Self { texts: Texts::new(), nodes: FxHashMap::default() };
        let mut branches = tree.branches;
        while let Some(branch) = branches.pop() {
            branches.extend(branch.branches);
            if let Some(named) = branch.product {
                products.add(&named);
            }
        }
        products.nodes.reserve(tree.relationships.len());
        for relationship in tree.relationships {
            let node =
                Node::Component { part: relationship.product_reference, of: relationship.relates_to_product_reference };
            products.nodes.insert(relationship.full_product_name.product_id, node);
        }
        products
    }

    fn add(&mut self, named: &Named) {
        let Helper { cpe, purl } = &named.product_identification_helper;
        let node = match (cpe, purl) {
            (Some(cpe), _) => Some(Node::Platform(self.texts.place(cpe))),
            (None, Some(purl)) => self.package(purl),
            (None, None) => self.unidentified(&named.name),
        };
        if let Some(node) = node {
            self.nodes.insert(named.product_id, node);
        }
    }

    /// `pkg:rpm/redhat/openssl@3.0.7-27.el9?arch=x86_64&epoch=1&rpmmod=…`; older documents have the module as a package
    /// of its own, `pkg:rpmmod/redhat/nodejs@12:…`.
    fn package(&mut self, purl: &str) -> Option<Node> {
        let (kind, rest) = purl.strip_prefix("pkg:")?.split_once('/')?;
        let (path, qualifiers) = rest.split_once('?').unwrap_or((rest, ""));
        let (path, version) = path.split_once('@').unwrap_or((path, ""));
        let name = decoded(path.rsplit('/').next()?);
        let version = decoded(version);
        let qualifier = |wanted: &str| {
            let all = qualifiers.split('&').filter_map(|pair| pair.split_once('='));
            all.filter(|(key, _)| *key == wanted).map(|(_, value)| decoded(value)).next().unwrap_or_default()
        };
        match kind {
            _ if name.is_empty() => None,
            "rpmmod" if version.is_empty() => Some(Node::Module(self.module(&name))),
            "rpmmod" => Some(Node::Module(self.module(&format!("{name}:{version}")))),
            "rpm" => {
                let (epoch, arch) = (qualifier("epoch"), qualifier("arch"));
                let source = arch == "src" || arch == "nosrc";
                let version = if version.is_empty() || matches!(epoch.as_str(), "" | "0") {
                    version
                } else {
                    format!("{epoch}:{version}")
                };
                let name = if source { format!("{name}.src") } else { name };
                Some(Node::Package(Package {
                    name: self.texts.place(&name),
                    version: self.texts.place(&version),
                    arch: if source { 0 } else { self.texts.place(&arch) },
                    module: self.module(&qualifier("rpmmod")),
                    source,
                }))
            }
            _ => None,
        }
    }

    /// Older documents identify what is not fixed by name alone: that of the source package, `nodejs:12/nodejs` when it is
    /// of a module. Images have a folder and no stream in front.
    fn unidentified(&mut self, name: &str) -> Option<Node> {
        let (module, name) = name.split_once('/').unwrap_or(("", name));
        let is_name = !name.is_empty() && !name.contains(['/', ':', '@', ' ']);
        (is_name && (module.is_empty() || module.contains(':'))).then(|| {
            let (name, module) = (self.texts.place(&format!("{name}.src")), self.module(module));
            Node::Named(Package { name, version: 0, arch: 0, module, source: true })
        })
    }

    /// Name and stream of `nodejs:12:8030020201124152102:229f0a1c`: each build has other numbers behind them.
    fn module(&mut self, label: &str) -> Text {
        let end = label.match_indices(':').nth(1).map_or(label.len(), |(end, _)| end);
        self.texts.place(label.get(..end).unwrap_or_default())
    }

    /// The rpm package of a product, if the id is of one.
    pub fn component(&self, id: Id) -> Option<Component> {
        let mut found = Found::default();
        self.collect(id, DEEPEST, &mut found);
        let (mut package, platform) = (found.package?, found.platform?);
        // In products other than Enterprise Linux a name may be that of anything, most often of a jar.
        if found.named && matches!(Product::of(self.texts.get(platform)), Some(Product::Layered { .. }) | None) {
            return None;
        }
        if package.module == 0 {
            package.module = found.module;
        }
        Some(Component { package, platform })
    }

    fn collect(&self, id: Id, depth: usize, found: &mut Found) {
        match self.nodes.get(&id) {
            Some(Node::Platform(cpe)) => found.platform = Some(*cpe),
            Some(Node::Package(package)) => found.package = Some(*package),
            Some(Node::Named(package)) => (found.package, found.named) = (Some(*package), true),
            Some(Node::Module(module)) => found.module = *module,
            Some(Node::Component { part, of }) if depth > 0 => {
                self.collect(*part, depth.saturating_sub(1), found);
                self.collect(*of, depth.saturating_sub(1), found);
            }
            _ => {}
        }
    }
}

#[derive(Default)]
struct Found {
    package: Option<Package>,
    platform: Option<Text>,
    module: Text,
    named: bool,
}

/// The space in which a product's packages are spoken about.
pub fn space(cpe: &str) -> Option<Space> {
    Some(match Product::of(cpe)? {
        Product::Main(major) | Product::Kept { release: (major, _), .. } => Space(format!("rhel:{major}")),
        // Red Hat's hardened images are a distribution of their own.
        Product::Layered { name: "hummingbird", .. } => Space("hummingbird".into()),
        Product::Layered { .. } => Space(PRODUCTS.into()),
    })
}

/// Package URLs write what is not a letter or a digit as `%` and two digits.
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
