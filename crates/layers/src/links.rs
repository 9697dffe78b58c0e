//! Where a path with stars leads when links are followed. Owns the walk and its bounds, not what the path is for.

use crate::tree::{NodeId, Tree};
use crate::wants::part_matches;

/// What a walk came to.
pub struct Reached {
    /// Each place with the path that it was reached by.
    found: Vec<(Vec<u8>, NodeId)>,
    /// Entries that may still be looked at.
    left: usize,
    /// A link led nowhere.
    has_lost: bool,
}

impl Reached {
    /// Nothing yet, of walks over at most so many entries.
    pub const fn new(most: usize) -> Self {
        Self { found: Vec::new(), left: most, has_lost: false }
    }

    /// What was found since it was last asked.
    pub fn take(&mut self) -> Vec<(Vec<u8>, NodeId)> {
        std::mem::take(&mut self.found)
    }

    /// Whether something was left out.
    pub const fn is_full(&self) -> bool {
        self.left == 0
    }

    /// Whether a link led nowhere.
    pub const fn has_lost(&self) -> bool {
        self.has_lost
    }

    fn step(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        self.left > 0
    }
}

/// Finds the places that the parts of a path lead to from the root; `is_any`: those too that no link leads to.
pub fn follow(tree: &Tree, parts: &[&str], is_any: bool, reached: &mut Reached) {
    Walk { tree, reached }.on(tree.root(), parts, is_any, &mut Vec::new());
}

struct Walk<'a> {
    tree: &'a Tree,
    reached: &'a mut Reached,
}

impl Walk<'_> {
    /// `counts`: what is found from here is wanted. `path` is the way from the root, as it was asked for.
    fn on(&mut self, from: NodeId, parts: &[&str], counts: bool, path: &mut Vec<u8>) {
        let Some((part, rest)) = parts.split_first() else {
            if counts {
                self.reached.found.push((path.clone(), from));
            }
            return;
        };
        if !part.contains('*') {
            let Some(plain) = self.tree.locate_from(from, part.as_bytes(), false) else { return };
            return self.into(from, (part.as_bytes(), plain), rest, counts, path);
        }
        let tree = self.tree;
        for (name, node) in tree.within(from) {
            // What is found where it lies is found without this walk.
            let is_of_use = counts || !rest.is_empty() || tree.is_link(node);
            if is_of_use && part_matches(part.as_bytes(), name) {
                self.into(from, (name, node), rest, counts, path);
            }
        }
    }

    fn into(&mut self, from: NodeId, (name, node): (&[u8], NodeId), rest: &[&str], counts: bool, path: &mut Vec<u8>) {
        if !self.reached.step() {
            return;
        }
        let is_link = self.tree.is_link(node);
        let target = if is_link { self.tree.locate_from(from, name, true) } else { Some(node) };
        let Some(target) = target else {
            self.reached.has_lost = true;
            return;
        };
        let length = path.len();
        if length > 0 {
            path.push(b'/');
        }
        path.extend_from_slice(name);
        self.on(target, rest, counts || is_link, path);
        path.truncate(length);
    }
}
