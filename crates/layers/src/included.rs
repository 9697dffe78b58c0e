//! Files that other files include: settings that say where more of them are. Owns which these are and how far that goes; what
//! includes what is for readers to say.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::Asked;

use crate::groups::{Group, member};
use crate::links::{Reached, follow};
use crate::tree::{NodeId, Tree};

/// Files that include files that include files… `sudo` goes 128 deep; what needs more than this is a riddle, not a setting.
pub const DEEPEST: usize = 8;
/// Entries that are looked at to find what all files include.
const MOST_STEPS: usize = 50_000;
/// Files that are read because others include them.
const MOST_FILES: usize = 1_000;

/// What a file says that belongs to it.
pub struct Inclusion {
    /// Index of the reader that is to read it.
    pub reader: usize,
    /// Where the file lies that says so.
    pub from: String,
    /// The path, as it is written there.
    pub path: String,
}

/// Finds what is included, each file once.
pub struct Included<'a> {
    tree: &'a Tree,
    reached: Reached,
    known: BTreeSet<(usize, NodeId)>,
    /// The file that is read first, by the path of each that is read because of it.
    roots: BTreeMap<String, String>,
    files: usize,
    /// A file of which not all that it includes was looked for.
    pub cut: Option<String>,
    /// All that was found, by the paths that it is asked for by.
    pub asked: Vec<Asked>,
}

impl<'a> Included<'a> {
    /// Nothing yet, where these files are asked for by other paths than they lie at.
    pub fn new(tree: &'a Tree, asked: Vec<Asked>) -> Self {
        Self {
            tree,
            reached: Reached::new(MOST_STEPS),
            known: BTreeSet::new(),
            roots: BTreeMap::new(),
            files: 0,
            cut: None,
            asked,
        }
    }

    /// The files that these say belong to them, without those that their reader is given anyhow.
    pub fn next(&mut self, inclusions: &[Inclusion], is_given: impl Fn(usize, NodeId) -> bool) -> Vec<Group> {
        let mut groups = Vec::new();
        for inclusion in inclusions {
            let includer = self.name(&inclusion.from);
            let root = self.roots.get(&includer).cloned().unwrap_or_else(|| includer.clone());
            let path = absolute(&inclusion.path, &includer);
            let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
            follow(self.tree, &parts, true, &mut self.reached);
            for (path, node) in self.reached.take() {
                let Some(main) = member(self.tree, node) else { continue };
                if is_given(inclusion.reader, node) || !self.known.insert((inclusion.reader, node)) {
                    continue;
                }
                self.files = self.files.saturating_add(1);
                if self.files > MOST_FILES {
                    self.cut.get_or_insert_with(|| inclusion.from.clone());
                    return groups;
                }
                let lossy = |path: &[u8]| String::from_utf8_lossy(path).into_owned();
                let (path, target) = (lossy(&path), lossy(&main.path));
                self.roots.insert(path.clone(), root.clone());
                self.asked.push(Asked { path, target, included_by: root.clone() });
                groups.push(Group { reader: inclusion.reader, main, with: Vec::new() });
            }
            if self.reached.is_full() {
                self.cut.get_or_insert_with(|| inclusion.from.clone());
            }
        }
        groups
    }

    /// The path that a file is asked for by.
    fn name(&self, target: &str) -> String {
        let asked = self.asked.iter().find(|asked| asked.target == target);
        asked.map_or(target, |asked| asked.path.as_str()).to_owned()
    }
}

/// From the root, where it is not written so.
fn absolute(path: &str, includer: &str) -> String {
    if path.starts_with('/') {
        return path.to_owned();
    }
    let folder = includer.rsplit_once('/').map_or("", |(folder, _)| folder);
    format!("{folder}/{path}")
}
