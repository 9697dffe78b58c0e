//! The file tree that layers make when they lie on each other.
//!
//! Layers are applied one by one, entry by entry in the order of the archive, exactly as an engine unpacks them: the
//! topmost path wins, whiteouts and opaque folders remove what is below and never what their own layer brought, a link
//! in the middle of a path is followed inside the root, a hard link shares the content of its target. What only layers
//! can tell (facts, kept files) is not here.

mod applier;

use std::collections::BTreeMap;
use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};
use plimsoll_model::FileOwner;

use crate::records::{Kind, Record};

pub use applier::Applier;

/// The entry of a folder that no layer names, but in which some layer has a file.
pub const NO_ENTRY: u32 = u32::MAX;

/// Bytes of an ordinary file's name.
const NAME: usize = 12;
const ROOT: u32 = 0;
const NONE: u32 = u32::MAX;
/// No layer has this index.
const UNTOUCHED: u16 = u16::MAX;

/// Where the bytes and the metadata of a path come from. Equal ones are hard links of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentId {
    /// Index of the layer.
    pub layer: u16,
    /// Number of the entry in it, or [`NO_ENTRY`].
    pub entry: u32,
}

/// A place in the tree; never used again for another path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

#[derive(Debug)]
struct Node {
    parent: u32,
    first_child: u32,
    next: u32,
    name: u32,
    link: u32,
    uid: u32,
    gid: u32,
    entry: u32,
    size: u64,
    name_length: u16,
    link_length: u16,
    mode: u16,
    layer: u16,
    /// The last layer that brought this path or one below it.
    touched: u16,
    kind: Kind,
    is_gone: bool,
}

/// One path of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Relative to the root, without leading slash; empty for the root.
    pub path: Vec<u8>,
    /// What it is; never a whiteout or a hard link.
    pub kind: Kind,
    /// Permission bits with set-id and sticky bits.
    pub mode: u16,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Bytes of a file, 0 for anything else.
    pub size: u64,
    /// Major and minor number of a device.
    pub device: Option<(u32, u32)>,
    /// Target of a symbolic link, as written.
    pub link: &'a [u8],
    /// Index of the layer that brought it.
    pub layer: usize,
    /// Its number in that layer; none for a folder that no layer names.
    pub number: Option<u32>,
}

/// Something new in the tree.
pub struct Change<'a> {
    /// The entry that brought it; the kind of a hard link is that of its target.
    pub record: &'a Record,
    /// Its number in the layer.
    pub number: u32,
    /// It is where its entry says, rather than where links led it.
    pub is_direct: bool,
}

/// What a layer did to a file tree that somebody watches.
pub trait Watch {
    /// A path holds something new.
    fn changed(&mut self, tree: &Tree, node: NodeId, change: Change<'_>);
    /// A path is gone, or is no longer what it was.
    fn gone(&mut self, node: NodeId, kind: Kind);
    /// An entry makes no sense where it stands.
    fn odd(&mut self, path: &[u8], message: &str);
}

/// A file tree.
pub struct Tree {
    nodes: Vec<Node>,
    names: Vec<u8>,
    links: Vec<u8>,
    table: HashTable<u32>,
    /// Seeded anew in each process, so that no image can be made to collide in it, and three times as fast as the standard
    /// library's for short names.
    hasher: DefaultHashBuilder,
    max_links: u32,
    max_depth: usize,
    count: usize,
}

/// Why a path has no place.
enum Lost {
    Cycle,
    Deep,
    Full,
}

impl Tree {
    /// A root without anything in it, with room for `expected` paths.
    pub fn new(max_links: u32, max_depth: usize, expected: usize) -> Self {
        let mut tree = Self {
            nodes: Vec::with_capacity(expected.saturating_add(1)),
            names: Vec::with_capacity(expected.saturating_mul(NAME)),
            links: Vec::new(),
            table: HashTable::with_capacity(expected),
            hasher: DefaultHashBuilder::default(),
            max_links,
            max_depth,
            count: 0,
        };
        tree.nodes.push(Node {
            parent: ROOT,
            first_child: NONE,
            next: NONE,
            name: 0,
            link: 0,
            uid: 0,
            gid: 0,
            entry: NO_ENTRY,
            size: 0,
            name_length: 0,
            link_length: 0,
            mode: 0o755,
            layer: 0,
            touched: UNTOUCHED,
            kind: Kind::Folder,
            is_gone: false,
        });
        tree
    }

    /// How many paths there are, without the root.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is nothing but the root.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// All paths, each folder before what is in it, and what is in a folder by name.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let mut pending = vec![(ROOT, 0_usize)];
        let mut path = Vec::new();
        std::iter::from_fn(move || {
            let (node, parent_length) = pending.pop()?;
            path.truncate(parent_length);
            if node != ROOT {
                if !path.is_empty() {
                    path.push(b'/');
                }
                path.extend_from_slice(self.name(node));
            }
            let length = path.len();
            let mut children: Vec<u32> = self.children(node).collect();
            children.sort_unstable_by(|one, other| self.name(*other).cmp(self.name(*one)));
            pending.extend(children.into_iter().map(|child| (child, length)));
            self.entry(node, path.clone())
        })
    }

    /// Every pair of user and group that something in it belongs to, with how much and the first path.
    pub fn owners(&self) -> Vec<FileOwner> {
        let mut owners: BTreeMap<(u32, u32), (usize, u32)> = BTreeMap::new();
        for (number, node) in
            self.nodes.iter().enumerate().skip(1).filter(|(_, node)| !node.is_gone && node.entry != NO_ENTRY)
        {
            let first = u32::try_from(number).unwrap_or(ROOT);
            let (files, _) = owners.entry((node.uid, node.gid)).or_insert((0, first));
            *files = files.saturating_add(1);
        }
        let of = |((uid, gid), (files, first))| FileOwner {
            uid,
            gid,
            files,
            path: String::from_utf8_lossy(&self.path(NodeId(first))).into_owned(),
            layer: self.node(first).map_or(0, |node| usize::from(node.layer)),
        };
        owners.into_iter().map(of).collect()
    }

    /// What is at a path, itself and not what it links to. Links before the last part are followed.
    pub fn get(&self, path: &[u8]) -> Option<Entry<'_>> {
        let node = self.locate(path, false)?;
        self.entry(node.0, self.path(node))
    }

    /// What a path leads to when all links are followed, as a process inside would see it.
    pub fn resolve(&self, path: &[u8]) -> Option<Entry<'_>> {
        let node = self.locate(path, true)?;
        self.entry(node.0, self.path(node))
    }

    /// The place that a path leads to.
    pub(crate) fn locate(&self, path: &[u8], follow_last: bool) -> Option<NodeId> {
        self.locate_from(NodeId(ROOT), path, follow_last)
    }

    /// The place that a path leads to from a folder.
    pub(crate) fn locate_from(&self, start: NodeId, path: &[u8], follow_last: bool) -> Option<NodeId> {
        let mut steps = 0;
        let mut parts: Vec<&[u8]> = split(path).rev().collect();
        let mut node = start.0;
        while let Some(part) = parts.pop() {
            if self.node(node)?.kind != Kind::Folder {
                return None;
            }
            if part == b".." {
                node = self.node(node)?.parent;
                continue;
            }
            let child = self.child(node, part)?;
            if self.node(child)?.kind == Kind::Link && (follow_last || !parts.is_empty()) {
                steps += 1;
                let link = self.link(child);
                if steps > self.max_links || parts.len() > self.max_depth.saturating_mul(2) {
                    return None;
                }
                if link.starts_with(b"/") {
                    node = ROOT;
                }
                parts.extend(split(link).rev());
            } else {
                node = child;
            }
        }
        Some(NodeId(node))
    }

    /// What is in a folder under this name.
    pub(crate) fn child_of(&self, folder: NodeId, name: &[u8]) -> Option<NodeId> {
        self.child(folder.0, name).map(NodeId)
    }

    /// Files that whoever has this user id and these groups can write, or put another in the place of. Who owns one can give it
    /// the mode for that, and who can write a folder can replace what is below it, but for a folder with the sticky bit.
    pub fn writable_by(&self, uid: u32, groups: &[u32]) -> impl Iterator<Item = Entry<'_>> {
        let by_mode = move |node: &Node| node.mode & if groups.contains(&node.gid) { 0o020 } else { 0o002 } != 0;
        let opens = move |folder: &Node| folder.uid == uid || by_mode(folder) && folder.mode & 0o1000 == 0;
        let can_write = move |node: &Node| {
            node.kind == Kind::File
                && !node.is_gone
                && (node.uid == uid || by_mode(node) || self.folders_of(node).any(opens))
        };
        let numbered = self.nodes.iter().enumerate().skip(1).filter(move |(_, node)| can_write(node));
        numbered.filter_map(|(number, _)| {
            let number = u32::try_from(number).ok()?;
            self.entry(number, self.path(NodeId(number)))
        })
    }

    /// The folders that a node is in, the innermost first, the root last.
    fn folders_of<'t>(&'t self, node: &Node) -> impl Iterator<Item = &'t Node> {
        let up = |number: &u32| (*number != ROOT).then(|| self.node(*number).map(|folder| folder.parent)).flatten();
        std::iter::successors(Some(node.parent), up).filter_map(|number| self.node(number))
    }

    /// What a node holds.
    pub(crate) fn content(&self, node: NodeId) -> Option<(ContentId, Kind, u64)> {
        let node = self.node(node.0).filter(|node| !node.is_gone)?;
        Some((ContentId { layer: node.layer, entry: node.entry }, node.kind, node.size))
    }

    /// The names and places in a folder, by name.
    pub(crate) fn folder(&self, node: NodeId) -> Vec<(&[u8], NodeId)> {
        let mut found: Vec<_> = self.children(node.0).map(|child| (self.name(child), NodeId(child))).collect();
        found.sort_unstable();
        found
    }

    /// The names and places in a folder, in no order.
    pub(crate) fn within(&self, node: NodeId) -> impl Iterator<Item = (&[u8], NodeId)> {
        self.children(node.0).map(|child| (self.name(child), NodeId(child)))
    }

    /// Whether it is a symbolic link.
    pub(crate) fn is_link(&self, node: NodeId) -> bool {
        self.node(node.0).is_some_and(|node| node.kind == Kind::Link)
    }

    /// The root folder.
    #[expect(clippy::unused_self, reason = "every tree has one")]
    pub(crate) const fn root(&self) -> NodeId {
        NodeId(ROOT)
    }

    /// The folder that a node is in.
    pub(crate) fn parent(&self, node: NodeId) -> NodeId {
        NodeId(self.node(node.0).map_or(ROOT, |node| node.parent))
    }

    /// A node's path without links.
    pub(crate) fn path(&self, node: NodeId) -> Vec<u8> {
        let mut names = Vec::new();
        let mut at = node.0;
        while at != ROOT {
            names.push(self.name(at));
            at = self.node(at).map_or(ROOT, |node| node.parent);
        }
        names.reverse();
        names.join(&b'/')
    }

    fn entry(&self, at: u32, path: Vec<u8>) -> Option<Entry<'_>> {
        let node = self.node(at)?;
        let is_device = matches!(node.kind, Kind::CharacterDevice | Kind::BlockDevice);
        let half = |number: u64| u32::try_from(number & u64::from(u32::MAX)).unwrap_or(0);
        Some(Entry {
            path,
            kind: node.kind,
            mode: node.mode,
            uid: node.uid,
            gid: node.gid,
            size: if is_device { 0 } else { node.size },
            device: is_device.then(|| (half(node.size >> 32), half(node.size))),
            link: self.link(at),
            layer: usize::from(node.layer),
            number: Some(node.entry).filter(|&entry| entry != NO_ENTRY),
        })
    }

    fn node(&self, node: u32) -> Option<&Node> {
        self.nodes.get(node as usize)
    }

    fn node_mut(&mut self, node: u32) -> Option<&mut Node> {
        self.nodes.get_mut(node as usize)
    }

    fn name(&self, node: u32) -> &[u8] {
        self.node(node).map_or(&[], |node| slice(&self.names, node.name, node.name_length))
    }

    fn link(&self, node: u32) -> &[u8] {
        self.node(node).map_or(&[], |node| slice(&self.links, node.link, node.link_length))
    }

    fn children(&self, node: u32) -> impl Iterator<Item = u32> {
        let mut next = self.node(node).map_or(NONE, |node| node.first_child);
        std::iter::from_fn(move || {
            while let Some(child) = self.node(next) {
                let this = next;
                next = child.next;
                if !child.is_gone {
                    return Some(this);
                }
            }
            None
        })
    }

    fn child(&self, parent: u32, name: &[u8]) -> Option<u32> {
        let hash = self.hasher.hash_one((parent, name));
        let is_it =
            |&node: &u32| self.node(node).is_some_and(|found| found.parent == parent) && self.name(node) == name;
        self.table.find(hash, is_it).copied()
    }
}

fn split(path: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    path.split(|&byte| byte == b'/').filter(|part| !matches!(*part, b"" | b"."))
}

fn slice(bytes: &[u8], start: u32, length: u16) -> &[u8] {
    let start = start as usize;
    bytes.get(start..start.saturating_add(usize::from(length))).unwrap_or_default()
}

fn append(bytes: &mut Vec<u8>, text: &[u8]) -> Result<(u32, u16), Lost> {
    let start = u32::try_from(bytes.len()).map_err(|_| Lost::Full)?;
    let length = u16::try_from(text.len()).map_err(|_| Lost::Deep)?;
    bytes.extend_from_slice(text);
    Ok((start, length))
}
