//! An image, and the seam to where its layers come from. Owns no bytes.

use std::io::Read;
use std::path::PathBuf;

use plimsoll_model::ImageSummary;

use crate::Error;

/// An image that was found and whose manifest and config were read and verified.
pub struct Image {
    /// What a report says of it; `base` of the layers is not judged yet.
    pub summary: ImageSummary,
    /// The image config document (`application/vnd.oci.image.config.v1+json`), null for a folder.
    pub config: serde_json::Value,
    source: Box<dyn LayerSource>,
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
        Self { summary, config, source }
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
