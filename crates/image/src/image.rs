//! An image, and the seam to where its layers come from. Owns no bytes.

use std::io::Read;
use std::path::PathBuf;

use plimsoll_model::{Attachments, Digest, ImageSummary};

use crate::{Error, ImageName};

/// An image that was found and whose manifest and config were read and verified.
pub struct Image {
    /// What a report says of it; `base` of the layers is not judged yet.
    pub summary: ImageSummary,
    /// The image config document (`application/vnd.oci.image.config.v1+json`), null for a folder.
    pub config: serde_json::Value,
    source: Box<dyn LayerSource>,
    beside: Option<Box<dyn Beside>>,
}

/// What lies beside an image where it is kept: signatures, SBOMs, provenance.
pub(crate) trait Beside: Send + Sync {
    /// Whether looking costs requests to somebody else's machine.
    fn is_remote(&self) -> bool;

    /// All of it, with those blobs whose media type is wanted.
    fn gather(&self, wants: &dyn Fn(&str) -> bool) -> Attachments;

    /// The digests that a name means by now: what it leads to, and the images that this lists.
    fn look_up(&self, name: &ImageName) -> Result<Vec<Digest>, Error>;
}

/// Where the layers of one image come from. One implementation a kind of store.
pub trait LayerSource: Send + Sync {
    /// Opens a layer for reading from its start; may be called again, also from several threads at once.
    ///
    /// # Errors
    /// When the layer cannot be had; the error says from where.
    fn open(&self, layer: usize) -> Result<LayerContent, Error>;
}

/// A layer as stored.
pub enum LayerContent {
    /// The blob's bytes: a tar, plain or compressed. Not verified: whoever reads it compares with the layer's digest.
    Blob(Box<dyn Read + Send>),
    /// A folder on disk.
    Folder {
        /// Its path.
        path: PathBuf,
        /// How it says that something below is gone.
        whiteouts: Whiteouts,
    },
}

/// How a folder marks what it removes from the layers below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whiteouts {
    /// It has none: a plain root folder.
    None,
    /// As overlayfs does: character device 0/0, `trusted.overlay.opaque` or `user.overlay.opaque`.
    Overlay,
}

impl Image {
    /// An image whose layers `source` gives, in the order of `summary.layers`.
    #[must_use]
    pub fn new(summary: ImageSummary, config: serde_json::Value, source: Box<dyn LayerSource>) -> Self {
        Self { summary, config, source, beside: None }
    }

    /// It, with a way to what lies beside it.
    pub(crate) fn with(self, beside: Box<dyn Beside>) -> Self {
        Self { beside: Some(beside), ..self }
    }

    /// Whether looking at what is attached costs requests to a registry; none where nothing can be attached.
    #[must_use]
    pub fn attachments_are_remote(&self) -> Option<bool> {
        self.beside.as_ref().map(|beside| beside.is_remote())
    }

    /// What is attached to the image, with those of its blobs whose media type is wanted; none where it is kept in a way that
    /// cannot hold such things. What could not be had is among the gaps.
    #[must_use]
    pub fn attachments(&self, wants: &dyn Fn(&str) -> bool) -> Option<Attachments> {
        self.beside.as_ref().map(|beside| beside.gather(wants))
    }

    /// The digests that a name means by now, in whichever registry: what it leads to, and the images that this lists. None
    /// where the image did not come from a registry.
    #[must_use]
    pub fn look_up(&self, name: &ImageName) -> Option<Result<Vec<Digest>, Error>> {
        self.beside.as_ref().filter(|beside| beside.is_remote()).map(|beside| beside.look_up(name))
    }

    /// Opens a layer, bottom is 0.
    ///
    /// # Errors
    /// When the layer cannot be had.
    pub fn open_layer(&self, layer: usize) -> Result<LayerContent, Error> {
        self.source.open(layer)
    }
}

impl std::fmt::Debug for Image {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Image").field("summary", &self.summary).finish_non_exhaustive()
    }
}

/// The error for a layer number that the image does not have.
pub(crate) fn no_such_layer(layer: usize) -> Error {
    Error::new(format!("the image has no layer {layer}"))
}
