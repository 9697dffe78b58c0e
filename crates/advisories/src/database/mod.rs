//! Advisories on disk: one immutable file, a *shard*, for each pair of space and feed.
//!
//! Owns the format, its writer and its reader. Refuses to fetch anything and to compare versions: a shard holds version
//! ranges as text, so that a better order of versions needs no new data.

mod build;
mod error;

pub use build::{Builder, Written};
pub use error::Error;

use serde::{Deserialize, Serialize};

/// Where one document of a feed came from; kept in every shard made from it, so that it is not fetched again in vain.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Its address without secrets: a URL, or a path under a mirror.
    pub address: String,
    /// The server's `ETag` verbatim, or another text that changes when the document does; empty when there is none.
    pub etag: String,
    /// The server's `Last-Modified` verbatim, or empty.
    pub last_modified: String,
    /// When the publisher last changed it, RFC 3339; empty when it does not say.
    pub date: String,
    /// Digest of its bytes, or empty.
    pub digest: String,
}
