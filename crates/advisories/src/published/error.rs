//! What can go wrong with published shards.

use std::io;
use std::path::PathBuf;

use crate::{database, fetch};

/// A published folder could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file system refused.
    #[error("failed to {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Its reason.
        source: io::Error,
    },
    /// A key cannot be used.
    #[error("{0}")]
    Key(String),
    /// Something in the folder is not as it should be.
    #[error("{place}: {refusal}")]
    Refused {
        /// The folder, file or address.
        place: String,
        /// Why.
        refusal: Refusal,
    },
    /// Something could not be had.
    #[error(transparent)]
    Fetch(#[from] fetch::Error),
    /// A shard could not be read.
    #[error(transparent)]
    Database(#[from] database::Error),
    /// What was asked for makes no sense.
    #[error("{0}")]
    Senseless(String),
}

impl Error {
    /// Whether the place answered and is not to be trusted, as opposed to not answering.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }
}

/// Why what a publisher hands out is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No signature at all.
    #[error("its index is not signed; sign it with `plimsoll db sign DIR --key FILE`")]
    Unsigned,
    /// The signature does not hold.
    #[error("the signature of its index does not hold: {0}; do not use it before its publisher has explained this")]
    Signature(String),
    /// Signed by somebody else.
    #[error("its index is signed by key {signer}, trusted are {trusted}; name its publisher's key with --shards-key")]
    Key {
        /// Id of the key that it says to be signed by.
        signer: String,
        /// Ids of those that are trusted.
        trusted: String,
    },
    /// Not an index.
    #[error("its index cannot be read: {0}")]
    Malformed(String),
    /// Older than what was seen before.
    #[error(
        "its index of {built} is older than the one of {seen} that was seen last: somebody puts old data in its place"
    )]
    Rollback {
        /// Time of this one.
        built: String,
        /// Time of the newest one so far.
        seen: String,
    },
    /// From a time that is yet to come.
    #[error("its index says that it was built at {built}, which is yet to come; set its builder's clock right")]
    Future {
        /// Time of the index.
        built: String,
    },
    /// A blob that is not what the index says.
    #[error("{blob} is not what the index says: {why}")]
    Blob {
        /// Its path.
        blob: String,
        /// What is wrong.
        why: String,
    },
    /// Nothing old enough.
    #[error("it keeps no index from before {moment}; the oldest is of {oldest}")]
    TooYoung {
        /// What was asked for.
        moment: String,
        /// The oldest that there is.
        oldest: String,
    },
}
