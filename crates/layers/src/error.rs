//! Why the layers of an image could not be read. After such an error there is no result: a damaged layer is not clean.

use std::fmt;
use std::io;

use plimsoll_model::{Digest, Layer};

/// A layer could not be read.
#[derive(Debug)]
pub struct Error {
    /// Index of the layer, bottom is 0; none when it is not about one of them.
    pub layer: Option<usize>,
    /// Its stored digest, where it has one.
    pub digest: Option<Digest>,
    /// The build step that made it, where the image says.
    pub step: Option<String>,
    /// What is wrong.
    pub problem: Box<Problem>,
}

/// What is wrong with a layer.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The source does not give it.
    #[error("{0}")]
    Open(#[source] plimsoll_image::Error),
    /// Reading broke off.
    #[error("reading failed after {offset} stored bytes: {source}; try again")]
    Stored {
        /// Stored bytes that came before.
        offset: u64,
        /// The cause.
        source: io::Error,
    },
    /// More or fewer bytes than the manifest says.
    #[error("{found} but the manifest says {expected} bytes; the layer is truncated or replaced, pull the image again")]
    Size {
        /// What the manifest says.
        expected: u64,
        /// What came.
        found: Length,
    },
    /// The bytes are others than the manifest names.
    #[error(
        "its stored bytes have digest {found} but the manifest says {expected}; the layer is damaged or replaced, pull the image again"
    )]
    Digest {
        /// What the manifest says.
        expected: Digest,
        /// What the bytes have.
        found: String,
    },
    /// The unpacked bytes are others than the image's config names.
    #[error(
        "its unpacked bytes have digest {found} but the image's config says {expected}; config and layers do not belong together"
    )]
    DiffId {
        /// What the config says.
        expected: Digest,
        /// What the bytes have.
        found: String,
    },
    /// The compressed stream is damaged.
    #[error(
        "its {format} stream is damaged near stored byte {stored} (unpacked byte {unpacked}): {message}; build or pull the image again"
    )]
    Inflate {
        /// `gzip`, `zstd` or `tar`.
        format: &'static str,
        /// Stored bytes read so far.
        stored: u64,
        /// Bytes unpacked so far.
        unpacked: u64,
        /// The decoder's word.
        message: String,
    },
    /// The tar archive is damaged.
    #[error("its tar archive is damaged at unpacked byte {offset}: {message}; build or pull the image again")]
    Archive {
        /// Where, in the unpacked bytes.
        offset: u64,
        /// What is wrong.
        message: String,
    },
    /// A bound was passed.
    #[error("{0}")]
    TooLarge(String),
    /// A folder or a temporary file could not be used.
    #[error("{what}: {source}")]
    File {
        /// What was tried, with its path.
        what: String,
        /// The cause.
        source: io::Error,
    },
    /// Another layer failed first, so that this one was left. Never seen by a caller.
    #[error("left because another layer failed")]
    Left,
}

/// How many bytes came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// So many.
    Exactly(u64),
    /// Reading stopped here; there was more.
    MoreThan(u64),
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(bytes) => write!(f, "its stored blob has {bytes} bytes"),
            Self::MoreThan(bytes) => write!(f, "its stored blob has more than {bytes} bytes"),
        }
    }
}

impl Error {
    pub(crate) fn of_layer(index: usize, layer: &Layer, problem: Problem) -> Self {
        Self {
            layer: Some(index),
            digest: layer.digest.clone(),
            step: layer.created_by.clone(),
            problem: problem.into(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(layer) = self.layer else { return self.problem.fmt(f) };
        write!(f, "layer {layer}")?;
        if let Some(digest) = &self.digest {
            write!(f, " ({digest})")?;
        }
        write!(f, ": {}", self.problem)?;
        match &self.step {
            // The text comes from the image and can be a whole script.
            Some(step) => write!(f, "; made by {:?}", step.chars().take(200).collect::<String>()),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.problem.source()
    }
}
