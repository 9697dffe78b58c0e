//! What the layers of an image hold: [`read`] goes through them once and returns their [`Contents`].
//!
//! ```text
//! stored bytes ─hash→ ─inflate→ ─tar→ LayerIndex (cached) ─apply, bottom first→ Tree
//!                                        │ facts of local readers        │ groups of files for joined readers
//!                                        └──────────── evaluate ─────────┴──→ packages with layer and locations
//! ```
//!
//! Owns unpacking, verification, the index of a layer and its cache, the overlay, and the attribution of packages to
//! layers. Readers are passed in, and where layers come from is `plimsoll-image`'s business.

mod archive;
mod attribution;
mod base;
mod blob;
mod cache;
mod contents;
mod error;
mod evaluate;
mod finder;
mod folder;
mod groups;
mod included;
mod index;
mod inflate;
mod layer;
mod limits;
mod links;
mod memory;
mod noticed;
mod pipe;
mod records;
mod spool;
mod tar;
mod targets;
mod tree;
mod wants;
mod work;

use std::borrow::Cow;
use std::path::PathBuf;

use plimsoll_image::Image;
use plimsoll_model::{Detector, Facts, Package, Progress, Reader, Sieve};

pub use cache::Cache;
pub use contents::Contents;
pub use error::{Error, Length, Problem};
pub use finder::{Fetched, Finder, Place, fetch};
pub use limits::Limits;
pub use noticed::{Noticed, Target};
pub use records::{Kind, Record};
pub use tree::{ContentId, Entry, Tree};

use cache::fingerprint;
use index::Tools;
use layer::Pass;
use memory::Memory;
use spool::{Budget, Room};
use wants::Matcher;

/// How to read an image.
pub struct Settings<'a> {
    /// Who reads which files.
    pub readers: &'a [&'static Reader],
    /// Who looks into every file.
    pub detectors: &'a [&'a Detector<'a>],
    /// Who tells files by all their bytes, if anybody.
    pub sieve: Option<&'a dyn Sieve>,
    /// Whether an entry is worth telling of in [`Contents::noticed`]. Called for every entry of every layer.
    pub is_notable: fn(&Record) -> bool,
    /// Whether a file at this path is an installed package's own, so that what it asks for is nothing to the image: it is
    /// kept from readers of what is not installed.
    pub is_foreign: fn(&str) -> bool,
    /// When names mean one package.
    pub normal_name: NormalName,
    /// Where indexes of layers are kept, if anywhere. Folders are never cached.
    pub cache: Option<&'a Cache>,
    /// Bounds.
    pub limits: &'a Limits,
    /// Verify the digests of unpacked layers too, not only those of stored ones.
    pub verify_diff_ids: bool,
    /// Layers read at one time; at least one.
    pub threads: usize,
    /// Folder for files that are too large for memory while a reader looks at them.
    pub temporary: PathBuf,
    /// Told what happens.
    pub progress: Progress<'a>,
    /// Told what files say as soon as they are read, so that others can prepare for it.
    pub heard: Heard<'a>,
}

/// A package's name as its ecosystem compares names.
pub type NormalName = fn(&Package) -> Cow<'_, str>;

/// Called from any thread with a reader and what it said of one file. That says nothing for certain yet: a file may be
/// gone from the image, and joined readers speak only at the end. Must be quick.
pub type Heard<'a> = &'a (dyn Fn(&Reader, &str, &Facts) + Sync);

/// Reads all layers of an image. Equal images give equal contents, whatever the number of threads.
///
/// # Errors
/// When a layer cannot be had, is damaged, is not the one that the manifest names, or passes a bound: the lowest such
/// layer is named. What else cannot be read is a gap.
pub fn read(image: &Image, settings: &Settings<'_>) -> Result<Contents, Error> {
    let matcher = Matcher::new(settings.readers, settings.is_foreign);
    let budget = Budget::new(settings.limits.spool);
    let room = Room::new(settings.limits.spool);
    let tools = Tools {
        matcher: &matcher,
        detectors: settings.detectors,
        sieve: settings.sieve,
        limits: settings.limits,
        budget: &budget,
        room: &room,
        temporary: &settings.temporary,
        heard: settings.heard,
    };
    let fingerprint = fingerprint(settings.readers, settings.detectors, settings.sieve, settings.limits);
    let indexes = work::index_all(image, settings, tools, &fingerprint)?;
    let memory = Memory::new(settings.cache, &fingerprint, &image.summary.layers);
    let again = Pass {
        tools: Tools { heard: &|_, _, _| {}, detectors: &[], sieve: None, ..tools },
        verify_diff_ids: false,
        // What is read a second time is no progress.
        progress: &|_| {},
        is_left: &|_| false,
    };
    let contents = contents::assemble(image, indexes, &again, &memory, settings.is_notable, settings.normal_name)?;
    if let Some(cache) = settings.cache {
        // A cache that grows is no reason to fail.
        let _ = cache.prune();
    }
    Ok(contents)
}
