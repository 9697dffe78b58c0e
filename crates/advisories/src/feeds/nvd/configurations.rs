//! Which programs a record says are affected, as far as it can be decided without guessing.
//!
//! A configuration is a formula of CPE names. Kept are the names of applications that alone make one true: alternatives,
//! and those that need nothing beside them but Linux, on which every image runs. Left out is what an inventory cannot tell:
//! a program together with another or on some other platform, in one edition or language, on one piece of hardware, or with
//! a version that is said not to exist. A program for a target (`wordpress`, `node.js`) is a part of something that has
//! package names of its own, and its advisories speak by these.

use std::collections::BTreeMap;

use plimsoll_model::{Affected, Range, Space};
use plimsoll_packages::cpe::{Attribute, Cpe};
use serde::Deserialize;

use super::super::bounds;

/// All of its nodes, or one of them.
#[derive(Deserialize)]
pub struct Configuration {
    #[serde(default)]
    operator: Operator,
    #[serde(default)]
    negate: bool,
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    #[serde(default)]
    operator: Operator,
    #[serde(default)]
    negate: bool,
    #[serde(default)]
    cpe_match: Vec<Match>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Operator {
    #[default]
    Or,
    And,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Match {
    vulnerable: bool,
    criteria: String,
    #[serde(default)]
    version_start_including: String,
    #[serde(default)]
    version_start_excluding: String,
    #[serde(default)]
    version_end_including: String,
    #[serde(default)]
    version_end_excluding: String,
}

/// Editions of which everybody may have the program, so that a program of which no edition is known may be of it.
const OPEN: &[&str] = &["community", "lts", "open_source", "oss", "stable"];

/// Targets that are no other program.
const LINUX: &[&str] = &["linux", "linux_kernel", "unix"];

/// What is said of each program.
///
/// # Errors
/// When there is more than any record needs.
pub fn affected(configurations: &[Configuration]) -> Result<Vec<Affected>, String> {
    let mut programs: BTreeMap<String, Affected> = BTreeMap::new();
    let mut said = 0_usize;
    for matched in configurations.iter().flat_map(decisive).filter(|matched| matched.vulnerable) {
        said = said.saturating_add(1);
        if said > bounds::AFFECTED {
            return Err(format!("more than {} CPE names", bounds::AFFECTED));
        }
        let Some((name, versions)) = program(matched) else { continue };
        let fresh = || Affected { space: Space(Space::CPE.into()), name: name.clone(), ..Affected::default() };
        let (new, program) = match programs.get_mut(&name) {
            Some(program) => (false, program),
            None => (true, programs.entry(name.clone()).or_insert_with(fresh)),
        };
        add(program, versions, new);
    }
    Ok(programs.into_values().collect())
}

/// Versions that a name means.
#[derive(PartialEq)]
enum Versions {
    Every,
    One(String),
    Within(Range),
}

/// Adds versions to what is said of a program. Neither ranges nor versions mean every one, to which nothing can be added.
fn add(program: &mut Affected, versions: Versions, new: bool) {
    let every = !new && program.ranges.is_empty() && program.versions.is_empty();
    match versions {
        _ if every => {}
        Versions::Every => {
            program.ranges.clear();
            program.versions.clear();
        }
        Versions::One(version) if !program.versions.contains(&version) => program.versions.push(version),
        Versions::Within(range) if !program.ranges.contains(&range) => program.ranges.push(range),
        Versions::One(_) | Versions::Within(_) => {}
    }
}

/// The names of which each alone makes the configuration true.
fn decisive(configuration: &Configuration) -> impl Iterator<Item = &Match> {
    let Configuration { operator, negate, nodes } = configuration;
    let all = *operator == Operator::And && nodes.len() > 1;
    // Of several that must come together, all but one have to be Linux.
    let open = nodes.iter().filter(|node| !node.is_linux()).count();
    let usable = !negate && (!all || open == 1);
    nodes
        .iter()
        .filter(move |node| usable && !(all && node.is_linux()))
        .filter(|node| node.is_choice())
        .flat_map(|node| &node.cpe_match)
}

impl Node {
    /// One of its names is enough.
    fn is_choice(&self) -> bool {
        !self.negate && (self.operator == Operator::Or || self.cpe_match.len() == 1)
    }

    /// It asks for Linux of whatever version, or for something else that may be Linux.
    fn is_linux(&self) -> bool {
        let is_linux = |matched: &Match| {
            let kernel =
                Cpe::parse(&matched.criteria).filter(|cpe| cpe.product_name().as_deref() == Some("linux:linux_kernel"));
            !matched.vulnerable && !matched.is_bounded() && kernel.is_some_and(|cpe| cpe.version.value().is_none())
        };
        self.is_choice() && self.cpe_match.iter().any(is_linux)
    }
}

impl Match {
    fn is_bounded(&self) -> bool {
        let bounds = [
            &self.version_start_including,
            &self.version_start_excluding,
            &self.version_end_including,
            &self.version_end_excluding,
        ];
        bounds.iter().any(|bound| !bound.is_empty())
    }

    fn range(&self) -> Range {
        Range {
            introduced: match self.version_start_excluding.as_str() {
                "" => self.version_start_including.clone(),
                version => format!("{}{version}", Range::AFTER),
            },
            fixed: self.version_end_excluding.clone(),
            last_affected: if self.version_end_excluding.is_empty() {
                self.version_end_including.clone()
            } else {
                String::new()
            },
        }
    }
}

/// The program and versions that a name means, when it is one that an inventory can have.
fn program(matched: &Match) -> Option<(String, Versions)> {
    let cpe = Cpe::parse(&matched.criteria)?;
    let open = |attribute: &Attribute, known: &[&str]| attribute.value().is_none_or(|value| known.contains(&value));
    let is_plain = cpe.part.value() == Some("a")
        && open(&cpe.edition, &[])
        && open(&cpe.language, &["en"])
        && open(&cpe.software_edition, OPEN)
        && open(&cpe.target_software, LINUX)
        && open(&cpe.target_hardware, &[])
        && open(&cpe.other, &[]);
    let name = cpe.product_name().filter(|_| is_plain)?;
    let versions = match (&cpe.version, &cpe.update) {
        // An update of any version means some versions, and not which.
        (Attribute::NotApplicable, _) | (Attribute::Any, Attribute::Value(_)) => return None,
        (Attribute::Any, _) if matched.is_bounded() => Versions::Within(matched.range()),
        (Attribute::Any, _) => Versions::Every,
        // A version with bounds beside it contradicts itself.
        (Attribute::Value(_), _) if matched.is_bounded() => return None,
        (Attribute::Value(version), Attribute::Value(update)) => Versions::One(format!("{version}-{update}")),
        (Attribute::Value(version), _) => Versions::One(version.clone()),
    };
    Some((name, versions))
}
