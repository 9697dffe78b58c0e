//! Why a document could not be had.

use std::io;
use std::time::Duration;

/// A document could not be had.
#[derive(Debug, thiserror::Error)]
#[error("failed to fetch {address}: {failure}")]
pub struct Error {
    /// Where it should have been, without secrets.
    pub address: String,
    /// What happened.
    pub failure: Failure,
}

/// What happened.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// No such file, no right to read it, a full disk.
    #[error("{_0}{hint}", hint = io_hint(_0))]
    Io(#[from] io::Error),
    /// A folder or device is where the file should be.
    #[error("it is not a file; check the layout of the mirror")]
    NotAFile,
    /// There was no answer, or the connection broke time after time.
    #[error("{reason}; check the network, the proxy variables and the certificates, or use --mirror")]
    Connection {
        /// The last reason.
        reason: String,
    },
    /// The server refused.
    #[error("the server answered {status}{}", hint(*status))]
    Status {
        /// HTTP status code.
        status: u16,
    },
    /// The server wants to be left alone for longer than we wait.
    #[error("the server asks to come back in {} seconds; try again then, or use --mirror", after.as_secs())]
    Busy {
        /// What it asked for.
        after: Duration,
    },
    /// The body ended early and could not be resumed.
    #[error("it ended after {got} of {declared} bytes; try again, or check the mirror")]
    Cut {
        /// Bytes that came.
        got: u64,
        /// Bytes that were declared.
        declared: u64,
    },
    /// A proxy's or sign-in page.
    #[error("a web page came instead of the document; check the proxy or the mirror's address")]
    WebPage,
    /// Nothing at all.
    #[error("it is empty; check the mirror")]
    Empty,
    /// Compressed in another way than was asked for, or not whole.
    #[error("its content encoding cannot be undone: {0}")]
    Encoding(String),
    /// More than any document needs.
    #[error("{bytes} bytes are over the limit of {limit} for one document")]
    TooLarge {
        /// Declared or received.
        bytes: u64,
        /// What is allowed.
        limit: u64,
    },
    /// More than the user allows.
    #[error("it would go over what may be downloaded in one run; raise --max-download, or use --mirror")]
    Budget,
    /// It took longer than [`super::Patience::deadline`].
    #[error("it was not there after {} seconds; try again, or use --mirror", after.as_secs())]
    Slow {
        /// How long it was waited for.
        after: Duration,
    },
    /// HTTPS cannot be used on this machine.
    #[error("failed to set up HTTPS: {0}; install the package ca-certificates or name certificates with --ca-file")]
    Client(String),
}

impl Failure {
    /// Whether there is a document, with nothing in it.
    #[must_use]
    pub fn is_emptiness(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// Whether the document is just not there, which is no failure when one only wants to know what a mirror has.
    #[must_use]
    pub fn is_absence(&self) -> bool {
        match self {
            Self::Io(error) => error.kind() == io::ErrorKind::NotFound,
            Self::Status { status } => matches!(status, 404 | 410),
            _ => false,
        }
    }

    /// Whether a limit stood in the way rather than a fault.
    #[must_use]
    pub fn is_limit(&self) -> bool {
        matches!(self, Self::Budget | Self::TooLarge { .. })
    }
}

fn io_hint(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => "; check the mirror's path and layout",
        io::ErrorKind::PermissionDenied => "; check its permissions",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "; make room in the folder of the advisories",
        _ => "",
    }
}

fn hint(status: u16) -> &'static str {
    match status {
        401 | 407 => "; check the credentials",
        403 => "; check the credentials and the mirror's address",
        404 | 410 => "; check the mirror's address and layout",
        429 => "; try again later, or use --mirror",
        500..=599 => "; the fault is on its side, try again later or use --mirror",
        _ => "",
    }
}
