//! Project files of Maven: <https://maven.apache.org/pom.html>.
//!
//! Owns what one file says by itself. Parents are elsewhere, as are the lists of versions that `import` names: what they
//! would say stays unknown.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use plimsoll_model::{Dependency, Facts, Input, Malformed, Package};

use super::coordinates::{self, Coordinates, is_id, is_version};
use crate::document;
use crate::lines::Complaints;
use crate::xml::{self, Element};

/// Properties in properties.
const DEEPEST: usize = 8;
/// Bytes of a value with its properties filled in: what hostile nesting could make of it is cut.
const LONGEST: usize = 1024;
/// Dependencies of one project; the largest have some hundred.
const MOST_DEPENDENCIES: usize = 20_000;
/// Names that one complaint lists.
const MOST_NAMES: usize = 5;

/// Folders whose projects are data of other ones: templates of new projects, what tests build, what a build made.
const NOT_PROJECTS: &[&str] = &["archetype-resources", "test-classes", "META-INF", "node_modules"];
const NOT_PROJECTS_BELOW: &[&str] = &["src/test/", "src/it/"];

/// A project file.
#[derive(Debug)]
pub(super) struct Pom {
    own: Coordinates,
    parent: Option<Coordinates>,
    properties: BTreeMap<String, String>,
    dependencies: Vec<Declared>,
    managed: Vec<Declared>,
    /// Which of those is for a group and an artifact: the first one.
    managed_by_name: HashMap<(String, String), usize>,
    licences: Vec<String>,
}

/// A dependency as it is written.
#[derive(Debug)]
struct Declared {
    group: String,
    artifact: String,
    version: String,
    scope: String,
    kind: String,
    is_optional: bool,
}

impl Pom {
    /// # Errors
    /// When it is no XML. A document of another kind has nothing in it.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let root = xml::parse(bytes)?;
        let nothing = Element::default();
        let root = if root.name == "project" { &root } else { &nothing };
        let parent = root.child("parent").map(of_element);
        let list = |within: Option<&Element>| -> Vec<Declared> {
            let dependencies = within.and_then(|within| within.child("dependencies"));
            let each = dependencies.into_iter().flat_map(|list| list.all("dependency"));
            each.take(MOST_DEPENDENCIES).map(declared).collect()
        };
        let properties = root.child("properties").into_iter().flat_map(|list| &list.children);
        let licences = root.child("licenses").into_iter().flat_map(|list| list.all("license"));
        let mut pom = Self {
            own: of_element(root),
            parent,
            properties: properties.map(|property| (property.name.clone(), property.text.clone())).collect(),
            dependencies: list(Some(root)),
            managed: list(root.child("dependencyManagement")),
            managed_by_name: HashMap::new(),
            licences: licences.map(|licence| licence.text_of("name").to_owned()).collect(),
        };
        pom.inherit();
        Ok(pom)
    }

    /// Group and version come from the parent where they are not written.
    fn inherit(&mut self) {
        let parent = self.parent.clone().unwrap_or_default();
        if self.own.group.is_empty() {
            self.own.group = parent.group;
        }
        if self.own.version.is_empty() {
            self.own.version = parent.version;
        }
        let resolve = |text: &str| self.resolve(text).into_owned();
        self.own =
            Coordinates::new(&resolve(&self.own.group), &resolve(&self.own.artifact), &resolve(&self.own.version));
        let mut managed_by_name = HashMap::new();
        for (number, managed) in self.managed.iter().enumerate().filter(|(_, managed)| managed.scope != "import") {
            let name = (self.resolve(&managed.group).into_owned(), self.resolve(&managed.artifact).into_owned());
            managed_by_name.entry(name).or_insert(number);
        }
        self.managed_by_name = managed_by_name;
    }

    /// What it names itself.
    pub fn own(&self) -> &Coordinates {
        &self.own
    }

    /// Names of its licences.
    pub fn licence(&self) -> String {
        let names: Vec<&str> = self.licences.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
        names.join(", ")
    }

    /// A text with its properties filled in, as far as they are in this file.
    fn resolve<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut text = Cow::Borrowed(text);
        for _ in 0..DEEPEST {
            let Some(filled) = self.fill(&text) else { break };
            text = Cow::Owned(filled);
        }
        text
    }

    /// The text with its properties replaced; none when there are none that are known.
    fn fill(&self, text: &str) -> Option<String> {
        let (mut filled, mut rest, mut is_changed) = (String::new(), text, false);
        while let Some((before, after)) = rest.split_once("${") {
            let (key, behind) = after.split_once('}')?;
            filled.push_str(before);
            match self.property(key) {
                // Nothing longer than that is kept, so that nothing longer is made either.
                Some(value) if filled.len().saturating_add(value.len()) > LONGEST => return None,
                Some(value) => {
                    filled.push_str(value);
                    is_changed = true;
                }
                None => filled.extend(["${", key, "}"]),
            }
            rest = behind;
        }
        filled.push_str(rest);
        (is_changed && filled.len() <= LONGEST).then_some(filled)
    }

    fn property(&self, key: &str) -> Option<&str> {
        if let Some(value) = self.properties.get(key) {
            return Some(value);
        }
        let key = key.strip_prefix("project.").or_else(|| key.strip_prefix("pom.")).unwrap_or(key);
        let (coordinates, part) = match key.strip_prefix("parent.") {
            Some(part) => (self.parent.as_ref()?, part),
            None => (&self.own, key),
        };
        let value = match part {
            "groupId" => &coordinates.group,
            "artifactId" => &coordinates.artifact,
            "version" => &coordinates.version,
            _ => return None,
        };
        (!value.is_empty()).then_some(value)
    }

    /// What an installation of it needs: neither what it is only built and tested with, nor what is optional.
    pub fn needs(&self) -> Vec<Dependency> {
        let needed = self.dependencies.iter().filter(|declared| !declared.is_development() && !declared.is_optional);
        let mut needs: Vec<Dependency> = needed
            .filter_map(|declared| {
                let (group, artifact) = self.names(declared)?;
                let requirement = self.version(declared, &group, &artifact).unwrap_or_default();
                Some(Dependency { name: coordinates::name(&group, &artifact), requirement, version: String::new() })
            })
            .collect();
        needs.sort_unstable();
        needs.dedup();
        needs
    }

    fn names(&self, declared: &Declared) -> Option<(String, String)> {
        let (group, artifact) = (self.resolve(&declared.group), self.resolve(&declared.artifact));
        (is_id(&group) && is_id(&artifact)).then(|| (group.into_owned(), artifact.into_owned()))
    }

    /// The version that is asked for here or in this file's own management; may be a range.
    fn version(&self, declared: &Declared, group: &str, artifact: &str) -> Option<String> {
        let written =
            if declared.version.is_empty() { &self.managed_one(group, artifact)?.version } else { &declared.version };
        let version = self.resolve(written);
        (!version.is_empty() && !version.contains("${")).then(|| version.into_owned())
    }

    fn managed_one(&self, group: &str, artifact: &str) -> Option<&Declared> {
        let number = self.managed_by_name.get(&(group.to_owned(), artifact.to_owned()))?;
        self.managed.get(*number)
    }

    /// The dependencies with exact versions; what is not known of the others goes to the complaints.
    fn packages(&self, complaints: &mut Complaints) -> Vec<Package> {
        let (mut packages, mut unknown) = (Vec::new(), BTreeSet::new());
        for declared in &self.dependencies {
            let Some((group, artifact)) = self.names(declared) else {
                complaints.push(format!("a dependency is named {:?} {:?}", declared.group, declared.artifact));
                continue;
            };
            let name = coordinates::name(&group, &artifact);
            let Some(version) = self.version(declared, &group, &artifact).as_deref().and_then(exact).map(str::to_owned)
            else {
                unknown.insert(name);
                continue;
            };
            let managed = self.managed_one(&group, &artifact);
            let development =
                declared.is_development() || declared.scope.is_empty() && managed.is_some_and(Declared::is_development);
            packages.push(Package { direct: true, development, ..Package::new("maven", name, version) });
        }
        if !unknown.is_empty() {
            complaints.push(self.describe(&unknown));
        }
        packages
    }

    fn describe(&self, unknown: &BTreeSet<String>) -> String {
        let some: Vec<&str> = unknown.iter().map(String::as_str).take(MOST_NAMES).collect();
        let more = unknown.len().saturating_sub(some.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let imports = self.managed.iter().filter(|managed| managed.scope == "import");
        let imports = imports.map(|managed| format!("{}:{}", managed.group, managed.artifact));
        let elsewhere: Vec<String> =
            self.parent.iter().map(Coordinates::name).chain(imports).take(MOST_NAMES).collect();
        let place =
            if elsewhere.is_empty() { String::new() } else { format!("; they may be in {}", elsewhere.join(", ")) };
        format!("does not say the versions of {}{more}{place}", some.join(", "))
    }
}

impl Declared {
    fn is_development(&self) -> bool {
        matches!(self.scope.as_str(), "test" | "provided") || self.kind == "test-jar"
    }
}

fn of_element(element: &Element) -> Coordinates {
    Coordinates::new(element.text_of("groupId"), element.text_of("artifactId"), element.text_of("version"))
}

fn declared(element: &Element) -> Declared {
    let Coordinates { group, artifact, version } = of_element(element);
    Declared {
        group,
        artifact,
        version,
        scope: element.text_of("scope").to_owned(),
        kind: element.text_of("type").to_owned(),
        is_optional: element.text_of("optional") == "true",
    }
}

/// The one version that is meant: `1.2`, or `[1.2]`. Other ranges leave it to the build.
fn exact(version: &str) -> Option<&str> {
    let version = version.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(version).trim();
    let is_moving = matches!(version, "LATEST" | "RELEASE");
    (is_version(version) && !is_moving).then_some(version)
}

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let path = input.file.path;
    let is_data = path.split('/').any(|folder| NOT_PROJECTS.contains(&folder))
        || NOT_PROJECTS_BELOW.iter().any(|folder| path.starts_with(folder) || path.contains(&format!("/{folder}")));
    if is_data {
        return Ok(Facts::default());
    }
    let bytes = document::bytes(input.file.content, xml::MOST_BYTES)?;
    let mut complaints = Complaints::default();
    let packages = Pom::parse(&bytes)?.packages(&mut complaints);
    complaints.settle(Facts { packages, ..Facts::default() })
}
