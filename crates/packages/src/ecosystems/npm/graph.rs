//! How the packages of one lock file need each other.
//!
//! Owns the walk from what a project asks for: which package is direct, which is for development alone. Knows no format.

use plimsoll_model::{Dependency, Package};

/// Packages with their needs as places in the list.
#[derive(Debug, Default)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    roots: Vec<Root>,
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
    /// Adds a package; its number.
    pub fn add(&mut self, package: Package) -> usize {
        self.nodes.push(Node { package, needs: Vec::new() });
        self.nodes.len().saturating_sub(1)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Notes that one package needs another, in these versions.
    pub fn need(&mut self, from: usize, to: usize, requirement: &str) {
        let Some(Node { package: Package { name, version, .. }, .. }) = self.nodes.get(to) else { return };
        let (name, version, requirement) = (name.clone(), version.clone(), requirement.to_owned());
        if let Some(node) = self.nodes.get_mut(from) {
            node.package.depends_on.push(Dependency { name, version, requirement });
            node.needs.push(to);
        }
    }

    /// Notes that a project asks for a package.
    pub fn ask(&mut self, node: usize, is_development: bool) {
        self.roots.push(Root { node, is_development });
    }

    /// The packages; what is only reached from needs of development is marked, beside what the file itself says of it.
    pub fn finish(mut self) -> Vec<Package> {
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
        marked.collect()
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
