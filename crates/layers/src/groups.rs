//! Which files each reader sees once layers lie on each other, layer by layer: single files for local readers, groups
//! for joined ones, also where links lead to them. Does not read any of them.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use plimsoll_model::{Asked, Gap, GapKind, GapReason};

use crate::index::LayerIndex;
use crate::links::{Reached, follow};
use crate::records::Kind;
use crate::tree::{Change, ContentId, NodeId, Tree, Watch};
use crate::wants::{Matcher, Want, part_matches};

/// Files that links lead to, over all patterns, and entries looked at to find them. No system has a hundredth of it.
const MOST_LINKED: usize = 100_000;

/// A file or a group of files for one reader. The same bytes at the same paths are one group, whatever the layers do
/// around them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Group {
    /// Index of the reader.
    pub reader: usize,
    /// The file to read.
    pub main: Member,
    /// What goes along, by path.
    pub with: Vec<Member>,
}

/// A file of a group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Member {
    /// Path in the tree, without links.
    pub path: Vec<u8>,
    /// Where its bytes are.
    pub content: ContentId,
    /// How many.
    pub size: u64,
}

/// What one layer changed, as indexes of groups.
#[derive(Debug, Default)]
pub struct Step {
    /// Seen since this layer.
    pub added: Vec<usize>,
    /// Not seen any more.
    pub removed: Vec<usize>,
}

/// A file and the reader who sees it.
type Key = (NodeId, usize);

/// Keeps up with the groups while layers are applied.
pub struct Groups<'a> {
    matcher: &'a Matcher,
    /// Its patterns that go from the root: reader, and the parts of the path.
    anchored: Vec<(usize, Vec<&'static str>)>,
    /// What the layers say by themselves.
    indexes: &'a [LayerIndex],
    /// Entries of the current layer that match some pattern where the layer says they are.
    wanted: &'a [u32],
    watched: HashMap<NodeId, Vec<Want>>,
    /// What is seen now of single files where layers say they are.
    alone: BTreeMap<Key, usize>,
    /// Files that the current layer changed for those who read single files.
    dirty: Vec<NodeId>,
    /// What is seen now that neighbours or links have a part in, and not by `alone`: looked for anew after a layer that may
    /// have changed it.
    others: BTreeMap<Key, usize>,
    is_changed: bool,
    has_links: bool,
    /// Every group that was ever seen.
    pub all: Vec<Group>,
    known: HashMap<Group, usize>,
    /// What is seen now by another path than it lies at.
    pub asked: Vec<Asked>,
    /// By layer.
    pub steps: Vec<Step>,
    /// Entries that make no sense where they stand.
    pub gaps: Vec<Gap>,
    max_gaps: usize,
}

impl<'a> Groups<'a> {
    /// None yet.
    pub fn new(matcher: &'a Matcher, indexes: &'a [LayerIndex], max_gaps: usize) -> Self {
        let anchored = matcher.patterns().filter_map(|(reader, pattern)| Some((reader, pattern.rooted()?.to_vec())));
        Self {
            matcher,
            anchored: anchored.collect(),
            indexes,
            wanted: &[],
            watched: HashMap::new(),
            alone: BTreeMap::new(),
            dirty: Vec::new(),
            others: BTreeMap::new(),
            is_changed: true,
            has_links: false,
            all: Vec::new(),
            known: HashMap::new(),
            asked: Vec::new(),
            steps: Vec::new(),
            gaps: Vec::new(),
            max_gaps,
        }
    }

    /// A layer with these wanted entries is going to be applied.
    pub fn begin(&mut self, wanted: &'a [u32]) {
        self.wanted = wanted;
    }

    /// A layer was applied.
    pub fn end(&mut self, tree: &Tree) {
        // What was seen before at every place where something else may be seen now.
        let mut before: BTreeMap<Key, Option<usize>> = BTreeMap::new();
        let mut dirty = std::mem::take(&mut self.dirty);
        dirty.sort_unstable();
        dirty.dedup();
        for node in dirty {
            let keys: Vec<Key> = self.alone.range((node, 0)..=(node, usize::MAX)).map(|(key, _)| *key).collect();
            for key in keys {
                before.insert(key, self.alone.remove(&key));
            }
            for reader in self.readers_alone(node) {
                let key = (node, reader);
                before.entry(key).or_insert_with(|| self.others.get(&key).copied());
                if let Some(group) = self.group(tree, reader, node) {
                    let group = self.number(group);
                    self.alone.insert(key, group);
                }
            }
        }
        if self.is_changed || self.has_links {
            let now = self.look(tree);
            let then = std::mem::replace(&mut self.others, now);
            for key in self.others.keys() {
                before.entry(*key).or_insert_with(|| then.get(key).copied());
            }
            for (key, group) in then {
                before.entry(key).or_insert(Some(group));
            }
        }
        self.is_changed = false;
        let mut step = Step::default();
        for (key, then) in before {
            let now = self.alone.get(&key).or_else(|| self.others.get(&key)).copied();
            if now != then {
                step.added.extend(now);
                step.removed.extend(then);
            }
        }
        self.steps.push(step);
    }

    /// Whether a reader is given this file already.
    pub fn has(&self, reader: usize, node: NodeId) -> bool {
        self.alone.contains_key(&(node, reader)) || self.others.contains_key(&(node, reader))
    }

    /// The groups that are seen in the end.
    pub fn visible(&self) -> Vec<usize> {
        let mut visible: Vec<usize> = self.alone.values().chain(self.others.values()).copied().collect();
        visible.sort_unstable();
        visible.dedup();
        visible
    }

    /// Those who wanted the file because of what it begins with.
    fn started(&self, tree: &Tree, node: NodeId) -> impl Iterator<Item = Want> {
        let content = tree.content(node).map(|(content, ..)| content);
        let index = content.and_then(|content| Some((self.indexes.get(usize::from(content.layer))?, content.entry)));
        let readers = index.into_iter().flat_map(|(index, entry)| index.readers_of(entry));
        let wants = readers.map(|reader| Want { reader, is_main: true });
        wants.filter(|want| self.matcher.goes_by_start(*want))
    }

    /// Who reads this file without its neighbours.
    fn readers_alone(&self, node: NodeId) -> Vec<usize> {
        let wants = self.watched.get(&node).into_iter().flatten();
        let mut readers: Vec<usize> =
            wants.filter(|want| want.is_main && self.is_alone(want.reader)).map(|want| want.reader).collect();
        readers.sort_unstable();
        readers.dedup();
        readers
    }

    fn is_alone(&self, reader: usize) -> bool {
        self.matcher.readers().get(reader).is_none_or(|reader| reader.wants.with.is_empty())
    }

    /// All that `alone` does not have.
    fn look(&mut self, tree: &Tree) -> BTreeMap<Key, usize> {
        let mut found: Vec<Key> = Vec::new();
        for (node, wants) in &self.watched {
            let joined = wants.iter().filter(|want| want.is_main && !self.is_alone(want.reader));
            found.extend(joined.map(|want| (*node, want.reader)));
        }
        found.sort_unstable();
        let (linked, is_open) = self.linked(tree);
        let is_direct = |key: Key| self.alone.contains_key(&key) || found.binary_search(&key).is_ok();
        self.asked = asked(tree, &linked, is_direct);
        // What links lead to is nobody's by its own path, so that nobody tells when it changes.
        self.has_links = is_open || linked.iter().any(|(_, key)| !is_direct(*key));
        found.extend(linked.into_iter().map(|(_, key)| key));
        found.sort_unstable();
        found.dedup();
        found.retain(|key| !self.alone.contains_key(key));
        let groups =
            found.into_iter().filter_map(|(node, reader)| Some(((node, reader), self.group(tree, reader, node)?)));
        let groups: Vec<(Key, Group)> = groups.collect();
        groups.into_iter().map(|(key, group)| (key, self.number(group))).collect()
    }

    /// The group's number, the next one when it was not seen yet.
    fn number(&mut self, group: Group) -> usize {
        let next = self.all.len();
        let number = *self.known.entry(group.clone()).or_insert(next);
        if number == next {
            self.all.push(group);
        }
        number
    }

    /// Notes who wants a file now.
    fn watch(&mut self, node: NodeId, wants: Vec<Want>) {
        let before = if wants.is_empty() { self.watched.remove(&node) } else { self.watched.insert(node, wants) };
        let now = self.watched.get(&node);
        let mut touched = before.iter().flatten().chain(now.into_iter().flatten()).peekable();
        if touched.peek().is_some() {
            self.is_changed |= touched.any(|want| !self.is_alone(want.reader));
            self.dirty.push(node);
        }
    }

    /// Files that patterns reach through links, each with the path that it is asked for by; and whether some link leads
    /// nowhere yet.
    fn linked(&mut self, tree: &Tree) -> (Vec<(Vec<u8>, Key)>, bool) {
        let mut found = Vec::new();
        let mut reached = Reached::new(MOST_LINKED);
        for (reader, parts) in &self.anchored {
            follow(tree, parts, false, &mut reached);
            found.extend(reached.take().into_iter().map(|(path, node)| (path, (node, *reader))));
        }
        if reached.is_full() {
            self.odd(b"", "links lead to more files than are followed");
        }
        (found, reached.has_lost())
    }

    fn group(&self, tree: &Tree, reader: usize, node: NodeId) -> Option<Group> {
        let main = member(tree, node)?;
        let mut with = Vec::new();
        for pattern in self.matcher.readers().get(reader)?.wants.with {
            let parts: Vec<&str> = pattern.split('/').collect();
            let mut nodes = Vec::new();
            expand(tree, tree.parent(node), &parts, &mut nodes);
            with.extend(nodes.into_iter().filter(|other| *other != node).filter_map(|other| member(tree, other)));
        }
        with.sort();
        with.dedup();
        Some(Group { reader, main, with })
    }
}

/// The names of files that links lead to. One that lies where its reader wants it keeps that name beside them.
fn asked(tree: &Tree, linked: &[(Vec<u8>, Key)], is_direct: impl Fn(Key) -> bool) -> Vec<Asked> {
    let lossy = |path: &[u8]| String::from_utf8_lossy(path).into_owned();
    let mut asked = Vec::new();
    for (path, key) in linked.iter().filter(|(_, (node, _))| member(tree, *node).is_some()) {
        let target = lossy(&tree.path(key.0));
        if is_direct(*key) {
            asked.push(Asked { path: target.clone(), target: target.clone(), ..Asked::default() });
        }
        asked.push(Asked { path: lossy(path), target, ..Asked::default() });
    }
    asked.sort();
    asked.dedup();
    asked
}

pub(crate) fn member(tree: &Tree, node: NodeId) -> Option<Member> {
    let (content, kind, size) = tree.content(node)?;
    (kind == Kind::File).then(|| Member { path: tree.path(node), content, size })
}

/// All files that the parts of a pattern lead to from a folder; links are followed where a part has no star.
fn expand(tree: &Tree, from: NodeId, parts: &[&str], into: &mut Vec<NodeId>) {
    let Some((part, rest)) = parts.split_first() else {
        into.push(from);
        return;
    };
    if !part.contains('*') {
        if let Some(next) = tree.locate_from(from, part.as_bytes(), true) {
            expand(tree, next, rest, into);
        }
        return;
    }
    for (name, next) in tree.folder(from) {
        if part_matches(part.as_bytes(), name) {
            expand(tree, next, rest, into);
        }
    }
}

impl Watch for Groups<'_> {
    fn changed(&mut self, tree: &Tree, node: NodeId, change: Change<'_>) {
        match change.record.kind {
            Kind::Link => self.is_changed = true,
            Kind::File => {
                let is_wanted = self.wanted.binary_search(&change.number).is_ok();
                let mut wants = match (change.is_direct, is_wanted) {
                    (true, true) => self.matcher.wants(&change.record.path),
                    // A hard link is no file in its layer, so nobody asked who wants it.
                    (true, false) if change.record.link.is_empty() => Vec::new(),
                    _ => self.matcher.wants(&tree.path(node)),
                };
                wants.extend(self.started(tree, node));
                self.watch(node, wants);
            }
            _ => {}
        }
    }

    fn gone(&mut self, node: NodeId, kind: Kind) {
        self.is_changed |= kind == Kind::Link;
        self.watch(node, Vec::new());
    }

    fn odd(&mut self, path: &[u8], message: &str) {
        let (location, message) = match self.gaps.len().cmp(&self.max_gaps) {
            std::cmp::Ordering::Less => (String::from_utf8_lossy(path).into_owned(), message.into()),
            std::cmp::Ordering::Equal => (String::new(), "more entries were passed over than are listed".into()),
            std::cmp::Ordering::Greater => return,
        };
        let gap = Gap { kind: GapKind::Partial, location, reason: GapReason::Malformed, message };
        if self.gaps.last() != Some(&gap) {
            self.gaps.push(gap);
        }
    }
}
