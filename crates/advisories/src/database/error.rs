//! What can go wrong with shards.

use std::io;
use std::path::PathBuf;

/// A shard could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file system refused.
    #[error("failed to {action} {}: {source}", path.display())]
    Io {
        /// What was tried: `write`, `read`, `list`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Its reason.
        source: io::Error,
    },
    /// The file is not a whole shard of this version. It has to be made again.
    #[error("{} is not a usable shard: {reason}; delete it and run `plimsoll db update`", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// More data than the format can address.
    #[error("the advisories of {space} from {feed} exceed what a shard can hold: {reason}")]
    TooLarge {
        /// What they speak about.
        space: String,
        /// Who issued them.
        feed: String,
        /// Which bound.
        reason: String,
    },
}

impl Error {
    /// The file, folder or space that it is about.
    #[must_use]
    pub fn location(&self) -> String {
        match self {
            Self::Io { path, .. } | Self::Damaged { path, .. } => path.display().to_string(),
            Self::TooLarge { space, .. } => space.clone(),
        }
    }
}
