//! Puts the entries of one layer on a tree, as an engine unpacks them.

use std::hash::BuildHasher;

use super::{Change, Lost, NO_ENTRY, NONE, Node, NodeId, ROOT, Tree, UNTOUCHED, Watch, append, slice, split};
use crate::error::Problem;
use crate::records::{Kind, Record};

/// Where the path of a folder leads.
#[derive(Clone)]
struct Place {
    path: Vec<u8>,
    node: u32,
    is_direct: bool,
}

/// Puts one layer on a tree.
pub struct Applier<'t, W> {
    tree: &'t mut Tree,
    watch: &'t mut W,
    layer: u16,
    /// The folder of the last entry, which nearly always is that of the next one.
    last: Option<Place>,
}

impl<'t, W: Watch> Applier<'t, W> {
    /// For the layer of this index, which lies on all that were applied before.
    pub fn new(tree: &'t mut Tree, watch: &'t mut W, layer: u16) -> Self {
        Self { tree, watch, layer, last: None }
    }

    /// Does what an entry says.
    pub fn apply(&mut self, number: u32, record: &Record) -> Result<(), Problem> {
        let done = match record.kind {
            Kind::Whiteout | Kind::Opaque => {
                self.remove_below(record);
                Ok(())
            }
            Kind::HardLink => self.hard_link(number, record),
            _ => self.put(number, record),
        };
        match done {
            Ok(()) => Ok(()),
            Err(Lost::Full) => Err(Problem::TooLarge("the image has more paths than can be counted".into())),
            Err(Lost::Cycle) => {
                self.watch.odd(&record.path, "it was passed over: its path leads through a circle of links");
                Ok(())
            }
            Err(Lost::Deep) => {
                self.watch.odd(&record.path, "it was passed over: its path is deeper than any system opens");
                Ok(())
            }
        }
    }

    fn put(&mut self, number: u32, record: &Record) -> Result<(), Lost> {
        if record.path.is_empty() {
            if record.kind == Kind::Folder {
                self.write(ROOT, number, record)?;
            } else {
                self.watch.odd(b"", "an entry that would replace the root folder was passed over");
            }
            return Ok(());
        }
        let (node, is_direct) = self.place(record)?;
        if record.kind != Kind::Folder {
            self.clear(node, None);
        }
        self.write(node, number, record)?;
        self.watch.changed(self.tree, NodeId(node), Change { record, number, is_direct });
        Ok(())
    }

    fn hard_link(&mut self, number: u32, record: &Record) -> Result<(), Lost> {
        let target = self.tree.locate(&record.link, false);
        let Some(target) = target.filter(|target| !record.path.is_empty() && self.is_linkable(*target)) else {
            self.watch.odd(&record.path, "a hard link was passed over: what it links to is no file, or not there");
            return Ok(());
        };
        if self.tree.locate(&record.path, false) == Some(target) {
            return Ok(());
        }
        let (node, is_direct) = self.place(record)?;
        self.clear(node, None);
        if !self.is_linkable(target) {
            self.remove(node);
            self.watch.odd(&record.path, "a hard link was passed over: it stands in the place of what it links to");
            return Ok(());
        }
        let tree = &mut *self.tree;
        let Some(from) = tree.node(target.0) else { return Ok(()) };
        let shared =
            (from.kind, from.mode, from.uid, from.gid, from.size, from.layer, from.entry, from.link, from.link_length);
        if let Some(to) = tree.node_mut(node) {
            (to.kind, to.mode, to.uid, to.gid, to.size, to.layer, to.entry, to.link, to.link_length) = shared;
        }
        let linked = Record { kind: shared.0, ..record.clone() };
        self.watch.changed(self.tree, NodeId(node), Change { record: &linked, number, is_direct });
        Ok(())
    }

    fn is_linkable(&self, node: NodeId) -> bool {
        self.tree.node(node.0).is_some_and(|node| !node.is_gone && node.kind != Kind::Folder)
    }

    /// The node for an entry's path; made when it is not there.
    fn place(&mut self, record: &Record) -> Result<(u32, bool), Lost> {
        let cut = record.path.iter().rposition(|&byte| byte == b'/');
        let (folder, name) = cut.map_or((&[][..], record.path.as_slice()), |cut| {
            let name = record.path.get(cut.saturating_add(1)..).unwrap_or_default();
            (record.path.get(..cut).unwrap_or_default(), name)
        });
        let (parent, is_direct) = match &self.last {
            Some(last) if last.path == folder => (last.node, last.is_direct),
            _ => self.parent(folder)?,
        };
        let node = match self.tree.child(parent, name) {
            Some(node) => {
                let kind = self.tree.node(node).map_or(Kind::File, |node| node.kind);
                if kind != Kind::Folder || record.kind != Kind::Folder {
                    self.watch.gone(NodeId(node), kind);
                }
                // Only a folder or a link can be part of what `last` was found through.
                if matches!(kind, Kind::Folder | Kind::Link) && record.kind != kind {
                    self.last = None;
                }
                node
            }
            None => self.insert(parent, name)?,
        };
        self.touch(node);
        Ok((node, is_direct))
    }

    /// The folder at a path, made and links followed as an engine does it.
    fn parent(&mut self, path: &[u8]) -> Result<(u32, bool), Lost> {
        let (mut node, mut steps, mut depth) = (ROOT, 0, 0_usize);
        let mut parts: Vec<Vec<u8>> = split(path).rev().map(<[u8]>::to_vec).collect();
        while let Some(part) = parts.pop() {
            if part == b".." {
                node = self.tree.node(node).map_or(ROOT, |node| node.parent);
                depth = depth.saturating_sub(1);
                continue;
            }
            let found = self.tree.child(node, &part);
            match found.and_then(|child| Some((child, self.tree.node(child)?.kind))) {
                Some((child, Kind::Folder)) => node = child,
                Some((child, Kind::Link)) => {
                    steps += 1;
                    let link = self.tree.link(child);
                    if steps > self.tree.max_links {
                        return Err(Lost::Cycle);
                    }
                    if link.starts_with(b"/") {
                        (node, depth) = (ROOT, 0);
                    }
                    parts.extend(split(link).rev().map(<[u8]>::to_vec));
                    continue;
                }
                Some((child, kind)) => {
                    self.watch.gone(NodeId(child), kind);
                    self.make_folder(child);
                    node = child;
                }
                None => {
                    node = self.insert(node, &part)?;
                    self.make_folder(node);
                }
            }
            depth = depth.saturating_add(1);
            if depth > self.tree.max_depth || parts.len() > self.tree.max_depth.saturating_mul(2) {
                return Err(Lost::Deep);
            }
        }
        self.last = Some(Place { path: path.to_vec(), node, is_direct: steps == 0 });
        Ok((node, steps == 0))
    }

    fn make_folder(&mut self, node: u32) {
        let layer = self.layer;
        if let Some(node) = self.tree.node_mut(node) {
            (node.kind, node.mode, node.uid, node.gid, node.size) = (Kind::Folder, 0o755, 0, 0, 0);
            (node.layer, node.entry, node.link_length) = (layer, NO_ENTRY, 0);
        }
    }

    fn insert(&mut self, parent: u32, name: &[u8]) -> Result<u32, Lost> {
        let tree = &mut *self.tree;
        let node = u32::try_from(tree.nodes.len()).ok().filter(|&node| node != NONE).ok_or(Lost::Full)?;
        let (start, length) = append(&mut tree.names, name)?;
        let next = tree.node(parent).map_or(NONE, |parent| parent.first_child);
        tree.nodes.push(Node {
            parent,
            first_child: NONE,
            next,
            name: start,
            link: 0,
            uid: 0,
            gid: 0,
            entry: NO_ENTRY,
            size: 0,
            name_length: length,
            link_length: 0,
            mode: 0,
            layer: self.layer,
            touched: UNTOUCHED,
            kind: Kind::File,
            is_gone: false,
        });
        if let Some(parent) = tree.node_mut(parent) {
            parent.first_child = node;
        }
        let hash = tree.hasher.hash_one((parent, name));
        let (nodes, names, hasher) = (&tree.nodes, &tree.names, &tree.hasher);
        tree.table.insert_unique(hash, node, |&node| {
            let name = |node: &Node| hasher.hash_one((node.parent, slice(names, node.name, node.name_length)));
            nodes.get(node as usize).map_or(0, name)
        });
        tree.count = tree.count.saturating_add(1);
        Ok(node)
    }

    fn write(&mut self, node: u32, number: u32, record: &Record) -> Result<(), Lost> {
        let layer = self.layer;
        let (link, link_length) =
            if record.kind == Kind::Link { append(&mut self.tree.links, &record.link)? } else { (0, 0) };
        if let Some(node) = self.tree.node_mut(node) {
            (node.kind, node.mode, node.uid, node.gid) = (record.kind, record.mode, record.uid, record.gid);
            (node.size, node.layer, node.entry) = (record.size, layer, number);
            (node.link, node.link_length) = (link, link_length);
        }
        Ok(())
    }

    /// Marks a path and all above it as brought by this layer.
    fn touch(&mut self, mut at: u32) {
        let layer = self.layer;
        while at != ROOT {
            let Some(node) = self.tree.node_mut(at) else { return };
            node.touched = layer;
            at = node.parent;
            // What is above an already marked folder is marked.
            if self.tree.node(at).is_some_and(|node| node.touched == layer) {
                return;
            }
        }
    }

    /// Removes what lower layers have; what this layer brought stays, whichever came first in the archive.
    fn remove_below(&mut self, record: &Record) {
        self.last = None;
        let Some(node) = self.tree.locate(&record.path, false) else { return };
        if self.layer == 0 {
            return;
        }
        let layer = self.layer;
        self.clear(node.0, Some(layer));
        let is_brought = self.tree.node(node.0).is_none_or(|node| node.touched == layer);
        if record.kind == Kind::Whiteout && !is_brought {
            self.remove(node.0);
        }
    }

    /// Empties a folder, but for what the layer `spared` brought.
    fn clear(&mut self, folder: u32, spared: Option<u16>) {
        if self.tree.node(folder).is_none_or(|folder| folder.first_child == NONE) {
            return;
        }
        self.last = None;
        let mut pending: Vec<u32> = vec![folder];
        while let Some(folder) = pending.pop() {
            let children: Vec<u32> = self.tree.children(folder).collect();
            let mut kept = NONE;
            for child in children {
                let is_spared = spared.is_some() && self.tree.node(child).map(|node| node.touched) == spared;
                pending.push(child);
                if !is_spared {
                    self.remove(child);
                } else if let Some(node) = self.tree.node_mut(child) {
                    node.next = kept;
                    kept = child;
                }
            }
            if let Some(folder) = self.tree.node_mut(folder) {
                folder.first_child = kept;
            }
        }
    }

    fn remove(&mut self, at: u32) {
        let hash = self.tree.hasher.hash_one((self.tree.node(at).map_or(ROOT, |node| node.parent), self.tree.name(at)));
        if let Ok(found) = self.tree.table.find_entry(hash, |&node| node == at) {
            found.remove();
        }
        let Some(node) = self.tree.node_mut(at) else { return };
        node.is_gone = true;
        let kind = node.kind;
        self.tree.count = self.tree.count.saturating_sub(1);
        self.watch.gone(NodeId(at), kind);
    }
}
