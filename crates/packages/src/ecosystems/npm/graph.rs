//! How the packages of one lock file need each other.
//!
//! Owns the list of packages while a file is read, what is wrong with them, and the walk from what the projects ask for:
//! which package is direct, which is for development alone. Knows no format.

use plimsoll_model::{Dependency, Facts, Malformed, Package};

use super::{is_name, is_version};
use crate::lines::{Complaints, MOST_PACKAGES};

/// Packages with their needs as places in the list.
#[derive(Debug, Default)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    roots: Vec<Root>,
    complaints: Complaints,
}

#[derive(Debug)]
struct Node {
    package: Package,
    needs: Vec<usize>,
}

#[derive(Debug)]
struct Root {
    node: usize,
    is_development: bool,
}

impl Graph {
    /// Empty, with what is wrong so far.
    pub fn new(complaints: Complaints) -> Self {
        Self { complaints, ..Self::default() }
    }

    /// Adds a package; its number. None when it cannot be one, which is then complained about.
    pub fn add(&mut self, package: Package) -> Option<usize> {
        let Package { name, version, .. } = &package;
        if !is_name(name) || !is_version(version) {
            self.complaints.push(format!("{name:?} {version:?} are no name and version of a package"));
            return None;
        }
        if self.nodes.len() >= MOST_PACKAGES {
            self.complaints.push(format!("more than {MOST_PACKAGES} packages; not read"));
            return None;
        }
        self.nodes.push(Node { package, needs: Vec::new() });
        self.nodes.len().checked_sub(1)
    }

    /// Notes that a package needs another, and which one that is when it is in the list.
    pub fn need(&mut self, from: usize, to: Option<usize>, mut dependency: Dependency) {
        if let Some(Node { package, .. }) = to.and_then(|to| self.nodes.get(to)) {
            dependency.name.clone_from(&package.name);
            dependency.version.clone_from(&package.version);
        }
        if let Some(node) = self.nodes.get_mut(from) {
            node.package.depends_on.push(dependency);
            node.needs.extend(to);
        }
    }

    /// Notes that a project asks for a package.
    pub fn ask(&mut self, node: usize, is_development: bool) {
        self.roots.push(Root { node, is_development });
    }

    /// The packages; what is only reached from needs of development is marked, beside what the file itself says of it.
    ///
    /// # Errors
    /// When the list has nothing but complaints.
    pub fn finish(mut self) -> Result<Facts, Malformed> {
        let reached = |is_development: bool| {
            let roots = self.roots.iter().filter(|root| root.is_development == is_development);
            self.reached(roots.map(|root| root.node).collect())
        };
        let (production, development) = (reached(false), reached(true));
        for root in &self.roots {
            if let Some(node) = self.nodes.get_mut(root.node) {
                node.package.direct = true;
            }
        }
        let marks = production.into_iter().zip(development);
        let marked = self.nodes.into_iter().zip(marks).map(|(node, (production, development))| {
            let mut package = node.package;
            package.development |= development && !production;
            package.depends_on.sort_unstable();
            package.depends_on.dedup();
            package
        });
        self.complaints.settle(Facts { packages: marked.collect(), ..Facts::default() })
    }

    fn reached(&self, mut open: Vec<usize>) -> Vec<bool> {
        let mut reached = vec![false; self.nodes.len()];
        while let Some(number) = open.pop() {
            if let Some(reached) = reached.get_mut(number).filter(|reached| !**reached) {
                *reached = true;
                open.extend(self.nodes.get(number).iter().flat_map(|node| &node.needs));
            }
        }
        reached
    }
}
