//! Where published shards are: behind a URL, in a folder, in a bundle, or wherever the caller knows how to reach.

use std::fmt;
use std::io::{Read, Seek};
use std::path::Path;
use std::sync::Arc;

use super::bundle::Bundle;
use super::{Blob, Error, Refusal, pack};
use crate::database::Stamp;
use crate::fetch::{self, Address, Fetched, Fetcher, Report};

/// Hands out the files of a published folder by their paths in it.
pub trait Shelf: Send + Sync {
    /// A file of at most `limit` bytes.
    ///
    /// # Errors
    /// When it cannot be had; [`fetch::Failure::is_absence`] tells that it is not there.
    fn fetch(&self, path: &str, limit: u64) -> Result<Fetched, fetch::Error>;

    /// Whether a file can be there; false only where it is known to have been left out on purpose.
    fn has(&self, path: &str) -> bool {
        let _ = path;
        true
    }

    /// Its address for people, without secrets.
    fn address(&self) -> String;
}

/// A source of published shards.
#[derive(Clone)]
pub enum Place {
    /// A folder, or a static web server with one.
    Address(Address),
    /// Somewhere else: a bundle, a registry.
    Shelf {
        /// It.
        shelf: Arc<dyn Shelf>,
        /// Whether reaching it needs a network.
        remote: bool,
    },
}

impl Place {
    /// The file of a bundle.
    ///
    /// # Errors
    /// When it is none.
    pub fn bundle(path: &Path) -> Result<Self, Error> {
        Ok(Self::Shelf { shelf: Arc::new(Bundle::open(path)?), remote: false })
    }

    /// Whether it can be asked without a network.
    #[must_use]
    pub fn is_local(&self) -> bool {
        match self {
            Self::Address(address) => address.path().is_some(),
            Self::Shelf { remote, .. } => !remote,
        }
    }

    /// Whether a file can be there; false only where it is known to have been left out on purpose.
    pub(crate) fn has(&self, path: &str) -> bool {
        match self {
            Self::Address(_) => true,
            Self::Shelf { shelf, .. } => shelf.has(path),
        }
    }

    /// A file of at most `limit` bytes, unless it still is what `known` stands for.
    pub(crate) fn fetch(
        &self,
        fetcher: &Fetcher<'_>,
        path: &str,
        known: Option<&Stamp>,
        limit: u64,
        report: Report<'_>,
    ) -> Result<Fetched, fetch::Error> {
        match self {
            Self::Address(address) => fetcher.fetch_within(limit, &address.join(path), known, report),
            Self::Shelf { shelf, .. } => shelf.fetch(path, limit),
        }
    }

    /// A small file, or none when it is not there.
    pub(crate) fn read(&self, fetcher: &Fetcher<'_>, path: &str, limit: u64) -> Result<Option<Vec<u8>>, Error> {
        match self.fetch(fetcher, path, None, limit, &|_, _| {}) {
            Ok(Fetched::Changed { file, .. }) => contents(file, limit, path).map(Some),
            Ok(Fetched::Unchanged) => Ok(None),
            Err(error) if error.failure.is_absence() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// A blob, its digest and size checked, and the bytes that came over the network.
    pub(crate) fn blob(
        &self,
        fetcher: &Fetcher<'_>,
        blob: &Blob,
        report: Report<'_>,
    ) -> Result<(std::fs::File, u64), Error> {
        let path = blob.path();
        let refused = |why: String| Error::Refused {
            place: self.to_string(),
            refusal: Refusal::Blob { blob: path.clone(), why },
        };
        let Fetched::Changed { mut file, bytes, .. } = self.fetch(fetcher, &path, None, blob.size, report)? else {
            return Err(refused("it did not come".into()));
        };
        let failed = |source| Error::Io { action: "read", path: path.clone().into(), source };
        let (digest, size) = pack::sha256(&mut file).map_err(failed)?;
        if size != blob.size {
            return Err(refused(format!("it has {size} bytes and not {}", blob.size)));
        }
        if digest != blob.digest {
            return Err(refused(format!("its digest is {digest}")));
        }
        file.rewind().map_err(failed)?;
        Ok((file, bytes))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Shelf { shelf, .. } => f.write_str(&shelf.address()),
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({self})")
    }
}

pub(crate) fn contents(file: impl Read, limit: u64, path: &str) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let failed = |source| Error::Io { action: "read", path: Path::new(path).into(), source };
    file.take(limit).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}
