//! Looks up many paths in a tree, and reads files of it once more.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use plimsoll_image::Image;
use plimsoll_model::Content;

use crate::error::Problem;
use crate::index::Tools;
use crate::layer::{self, Pass};
use crate::records::Kind;
use crate::spool::{Budget, Parts, Room};
use crate::tree::{ContentId, NodeId, Tree};
use crate::wants::Matcher;
use crate::{Error, Limits};

/// Looks up paths as package managers list them: folder by folder, so that the folder of the last one is mostly that of the
/// next.
pub struct Finder<'t> {
    tree: &'t Tree,
    folder: Vec<u8>,
    /// Where that folder is.
    at: Option<NodeId>,
}

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Where its bytes come from; hard links of one file have the same.
    pub content: ContentId,
    /// What it is.
    pub kind: Kind,
    /// Bytes of a file.
    pub size: u64,
}

impl<'t> Finder<'t> {
    /// For the paths of a tree.
    #[must_use]
    pub fn new(tree: &'t Tree) -> Self {
        Self { tree, folder: Vec::new(), at: tree.locate(b"", true) }
    }

    /// What is at a path, itself and not what it links to; links in front of the last part are followed.
    pub fn find(&mut self, path: &[u8]) -> Option<Place> {
        let cut = path.iter().rposition(|&byte| byte == b'/');
        let (folder, name) = cut.map_or((&[][..], path), |cut| {
            (path.get(..cut).unwrap_or_default(), path.get(cut.saturating_add(1)..).unwrap_or_default())
        });
        if folder != self.folder {
            self.folder.clear();
            self.folder.extend_from_slice(folder);
            self.at = self.tree.locate(folder, true);
        }
        let (content, kind, size) = self.tree.content(self.tree.child_of(self.at?, name)?)?;
        Some(Place { content, kind, size })
    }
}

/// Bytes of some files of an image.
pub struct Fetched {
    parts: BTreeMap<u16, Parts>,
    memory: u64,
}

impl Fetched {
    /// The bytes of a file.
    ///
    /// # Errors
    /// When it was not asked for, or the temporary file fails.
    pub fn content(&self, id: ContentId) -> io::Result<Box<dyn Content + '_>> {
        self.parts.get(&id.layer).ok_or(io::ErrorKind::NotFound)?.content(id.entry, self.memory)
    }
}

/// Reads files in a pass of its own over the layers that have them. The caller bounds how many bytes they are.
///
/// # Errors
/// When a layer that was read before cannot be read again.
pub fn fetch(image: &Image, ids: &BTreeSet<ContentId>, limits: &Limits, temporary: &Path) -> Result<Fetched, Error> {
    let matcher = Matcher::new(&[], |_| false);
    let (budget, room) = (Budget::new(limits.spool), Room::new(0));
    let tools = Tools {
        matcher: &matcher,
        detectors: &[],
        sieve: None,
        limits,
        budget: &budget,
        room: &room,
        temporary,
        heard: &|_, _, _| {},
    };
    let pass = Pass { tools, verify_diff_ids: false, progress: &|_| {}, is_left: &|_| false };
    let mut by_layer: BTreeMap<u16, BTreeSet<u32>> = BTreeMap::new();
    for id in ids {
        by_layer.entry(id.layer).or_default().insert(id.entry);
    }
    let mut parts = BTreeMap::new();
    for (number, entries) in by_layer {
        let index = usize::from(number);
        let layer = image.summary.layers.get(index).cloned().unwrap_or_default();
        let read = layer::contents(image, index, &layer, &pass, &entries);
        parts.insert(number, read.map_err(|problem: Problem| Error::of_layer(index, &layer, problem))?);
    }
    Ok(Fetched { parts, memory: limits.memory })
}
