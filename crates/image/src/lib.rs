//! From a reference to an image: manifest, config, and each layer's bytes, wherever they are kept.
//!
//! Owns every way to get at an image (registry, OCI layout, archives, engines, stores, folders). Does not look inside
//! layers: inflating, hashing of blobs and reading of tar belong to `plimsoll-layers`.

use std::io::Read;
use std::path::PathBuf;

use plimsoll_model::ImageSummary;

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

/// Why an image or a layer could not be had.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct Error {
    /// What failed and where, lower case, no full stop.
    pub what: String,
    /// What was tried before giving up, one line each.
    pub tried: Vec<String>,
    /// What the user can do, when there is something.
    pub hint: Option<String>,
    /// The cause.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}
