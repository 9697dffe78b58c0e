//! Package ecosystems: how installed packages are read, named, ordered, and which advisories speak about them.
//!
//! Owns the table of [`ECOSYSTEMS`], the choice of the distribution, and putting an [`Inventory`] together. Does not
//! walk images, open files or fetch anything: the caller gives bytes and takes values.
//!
//! ```
//! let deb = plimsoll_packages::ecosystem("deb").unwrap();
//! assert!(deb.readers.iter().any(|reader| reader.id == "deb/status"));
//! ```
//!
//! [`Inventory`]: plimsoll_model::Inventory

mod checksums;
mod control;
pub mod cpe;
mod dependencies;
mod distro;
mod document;
mod ecosystem;
mod ecosystems;
mod executable;
mod foretell;
mod identity;
mod inventory;
mod language;
mod lines;
mod locks;
mod manifests;
mod note;
mod operating_system;
mod paths;
mod purl;
pub mod red_hat;
mod reference;
mod rpmdb;
mod sbom;
pub mod versions;
pub mod xml;
mod zip;

pub use checksums::{Algorithm, Listed, checksums, is_alone, lists, sources};
pub use distro::{debian_number, ubuntu_number};
pub use ecosystem::{Context, Ecosystem, Kind, Named};
pub use ecosystems::ECOSYSTEMS;
pub use foretell::{Foretold, foretell};
pub use identity::{entry, entry_of, identity, identity_of};
pub use inventory::{inventory, normal_name};
pub use locks::{is_foreign, relevant};
pub use manifests::{MANIFESTS, unlocked};
pub use paths::merged;
pub use purl::image_url;
pub use reference::reference;

use plimsoll_model::Reader;

/// The ecosystem of this package URL type.
#[must_use]
pub fn ecosystem(id: &str) -> Option<&'static Ecosystem> {
    ECOSYSTEMS.iter().copied().find(|ecosystem| ecosystem.id == id)
}

/// Every reader: those of all ecosystems, of documents that list packages of any, and those that tell the distribution.
#[must_use]
pub fn readers() -> Vec<&'static Reader> {
    let rows = ECOSYSTEMS.iter().flat_map(|ecosystem| ecosystem.readers);
    rows.chain(sbom::READERS).chain(note::READERS).chain(distro::READERS).collect()
}
