//! From a reference to an image: manifest, config, and each layer's bytes, wherever they are kept.
//!
//! Owns every way to get at an image (registry, OCI layout, archives, engines, stores, folders). Does not look inside
//! layers: inflating, hashing of blobs and reading of tar belong to `plimsoll-layers`. What else a registry keeps
//! ([`Artefacts`]) it hands out and takes without knowing what it is.
//!
//! ```no_run
//! use plimsoll_image::{Options, Reference};
//!
//! let reference = Reference::parse("debian:12")?;
//! for image in plimsoll_image::open(&reference, &Options::default())? {
//!     let layers = image.summary.layers.len();
//!     assert!(layers == 0 || image.open_layer(0).is_ok());
//! }
//! # Ok::<(), plimsoll_image::Error>(())
//! ```

mod archive;
mod attached;
mod digest;
mod directory;
mod documents;
mod engine;
mod error;
mod image;
mod layout;
mod options;
mod platform;
mod reference;
mod registry;
mod resolve;
mod spelling;
mod spool;
mod storage;
mod tls;

pub use error::Error;
pub use image::{Image, LayerContent, LayerSource, Whiteouts};
pub use options::{Environment, Limits, Options, PlatformChoice, Retries, Timeouts};
pub use reference::{Engine, ImageName, Reference, Select};
pub use registry::{Access, Artefacts};

/// Finds an image and reads its manifest and config. Several images come back only for [`PlatformChoice::All`].
///
/// Blocks; must not be called on a thread that drives an async runtime.
///
/// # Errors
/// When the image cannot be had; the error says what was tried and what to do.
pub fn open(reference: &Reference, options: &Options) -> Result<Vec<Image>, Error> {
    match reference {
        Reference::Registry(name) => registry::open(reference, name, options),
        Reference::Layout { path, select } => layout::open(reference, path, select.as_ref(), options),
        Reference::Archive { path, select } => archive::open(reference, path, select.as_ref(), options),
        Reference::Engine { engine, name } => engine::open(reference, *engine, name, options),
        Reference::Storage { root, name } => storage::open(reference, root.as_deref(), name, options),
        Reference::Directory { path } => directory::open(reference, path).map(|image| vec![image]),
    }
}
