//! Shards as a publisher hands them out: a folder of plain files behind any web server, in a registry, or in one file.
//!
//! Owns the folder's layout, its index, signatures, and how a shard is packed. Refuses to know how bytes come (the places
//! in [`place`] ask `fetch`, or what the caller hands in) and which shards a scan wants (`update`).
//!
//! ```text
//! index.json            which shards there are now, see `Index`
//! index.json.minisig    its signature; `index.json.KEYID.minisig` by further keys
//! indexes/TIME.json     every index that is kept, the current one too, and their signatures
//! blobs/SHA256          shards, compressed, whole or against an older one
//! ```
//!
//! `index.json` is replaced last. Its signature cannot be replaced in the same instant; the one beside the index of the
//! same time in `indexes`, which was there before, holds in between.

mod bundle;
mod copy;
mod error;
mod folder;
mod index;
mod key;
mod pack;
mod place;
mod reading;
mod verify;

pub use bundle::{Exported, export};
pub use copy::{Copied, copy};
pub use error::{Error, Refusal};
pub use folder::{Made, Publishing, publish, sign};
pub use index::{Blob, Delta, Entry, Index, path_of, stamp};
pub use key::{Key, NewKeys, SigningKey, signer, verify as verify_signature};
pub use pack::sha256;
pub use place::{Place, Shelf};
pub use reading::{Signed, read_index};
pub(crate) use verify::unpack;
pub use verify::{Verified, verify};

/// The name of the current index in a published folder.
pub const INDEX: &str = "index.json";
/// What a signature's name has after that of what it signs.
pub const SIGNATURE: &str = ".minisig";
