//! Gets the bytes of a document: from a publisher, an HTTP mirror, or a folder.
//!
//! Owns addresses, conditional requests, retries, resuming, and the limits of a download. Refuses to know what a
//! document means and where its advisories go.

mod address;
mod error;
mod http;
mod patience;
mod unpacked;

use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

pub use address::Address;
pub use error::{Error, Failure};
pub use patience::Patience;

use crate::database::Stamp;

/// Bytes of one document, whatever its sender declares. The largest in use, npm's archive, has some 200 MB.
const DOCUMENT: u64 = 2 << 30;

/// How documents are got.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Bytes that all documents of one run may have together, as they come over the network.
    pub max_download: u64,
    /// Files with certificates (PEM) to trust beside the system's.
    pub ca_files: Vec<PathBuf>,
    /// Where half-fetched documents are kept while they grow; must be a folder with room for the largest.
    pub scratch: PathBuf,
    /// When to try again.
    pub patience: Patience,
}

/// Gets documents, from several threads at once, within one budget.
#[derive(Debug)]
pub struct Fetcher<'a> {
    settings: &'a Settings,
    http: std::sync::OnceLock<Result<http::Client, String>>,
    budget: AtomicU64,
}

/// What came of asking for a document.
#[derive(Debug)]
pub enum Fetched {
    /// It is what it was when it got its stamp.
    Unchanged,
    /// It is there, from its first byte.
    Changed {
        /// Its bytes, read from the start.
        file: File,
        /// Where it came from, to ask again.
        stamp: Stamp,
        /// Bytes that came over the network.
        bytes: u64,
    },
}

/// Called with the bytes that are there so far, and all that there will be when the server says so.
pub type Report<'a> = &'a dyn Fn(u64, Option<u64>);

impl<'a> Fetcher<'a> {
    /// Connects to nothing yet.
    #[must_use]
    pub fn new(settings: &'a Settings) -> Self {
        Self { settings, http: std::sync::OnceLock::new(), budget: AtomicU64::new(settings.max_download) }
    }

    /// Gets a document unless it still is what `known` stands for.
    ///
    /// # Errors
    /// When it cannot be had whole; says what happened and what to do.
    pub fn fetch(&self, address: &Address, known: Option<&Stamp>, report: Report<'_>) -> Result<Fetched, Error> {
        self.fetch_within(DOCUMENT, address, known, report)
    }

    /// The same for one that may have `limit` bytes and no more.
    ///
    /// # Errors
    /// As [`Self::fetch`].
    pub fn fetch_within(
        &self,
        limit: u64,
        address: &Address,
        known: Option<&Stamp>,
        report: Report<'_>,
    ) -> Result<Fetched, Error> {
        let known = known.filter(|stamp| stamp.address == address.to_string());
        let fetched = match address {
            Address::Path(path) => match path.try_exists() {
                Ok(false) => self.open_unpacked(path, known, limit),
                _ => open(path, known, limit),
            },
            Address::Url(url) => self.client().and_then(|client| {
                let terms = http::Terms { settings: self.settings, budget: &self.budget, limit, report };
                http::fetch(client, url, known, &terms)
            }),
        };
        fetched.and_then(refuse_page).map_err(|failure| Error { address: address.to_string(), failure })
    }

    /// The archive of the files that a mirror has in its place, if it has.
    fn open_unpacked(&self, path: &Path, known: Option<&Stamp>, limit: u64) -> Result<Fetched, Failure> {
        // To open what is not there says so.
        let Some(unpacked) = unpacked::find(path, limit)? else { return open(path, known, limit) };
        let etag = unpacked.etag();
        if known.is_some_and(|stamp| stamp.etag == etag) {
            return Ok(Fetched::Unchanged);
        }
        stamped(unpacked.pack(&self.settings.scratch)?, path, etag, unpacked.modified)
    }

    fn client(&self) -> Result<&http::Client, Failure> {
        let client = self.http.get_or_init(|| http::client(self.settings));
        client.as_ref().map_err(|reason| Failure::Client(reason.clone()))
    }
}

/// Opens a file of a mirror. Its size and time of change stand for an `ETag`; its time of change is the publisher's as
/// far as the mirror was made with a tool that keeps it.
fn open(path: &Path, known: Option<&Stamp>, limit: u64) -> Result<Fetched, Failure> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(Failure::NotAFile);
    }
    if metadata.len() > limit {
        return Err(Failure::TooLarge { bytes: metadata.len(), limit });
    }
    let modified = metadata.modified()?;
    let nanoseconds = modified.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    let etag = format!("{}-{nanoseconds}", metadata.len());
    if known.is_some_and(|stamp| stamp.etag == etag) {
        return Ok(Fetched::Unchanged);
    }
    stamped(file, path, etag, modified)
}

fn stamped(mut file: File, path: &Path, etag: String, modified: SystemTime) -> Result<Fetched, Failure> {
    let stamp = Stamp {
        address: Address::Path(path.to_owned()).to_string(),
        etag,
        last_modified: String::new(),
        date: date(modified),
        digest: digest(&mut file)?,
    };
    Ok(Fetched::Changed { file, stamp, bytes: 0 })
}

/// Refuses what a proxy or a sign-in page sends in place of a document. Documents in XML start with `<` too.
fn refuse_page(fetched: Fetched) -> Result<Fetched, Failure> {
    let Fetched::Changed { mut file, stamp, bytes } = fetched else { return Ok(fetched) };
    let mut start = Vec::with_capacity(256);
    Read::by_ref(&mut file).take(256).read_to_end(&mut start)?;
    file.rewind()?;
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start).trim_ascii_start().to_ascii_lowercase();
    match text.as_slice() {
        [] => Err(Failure::Empty),
        text if text.starts_with(b"<") && PAGES.iter().any(|page| memchr::memmem::find(text, page).is_some()) => {
            Err(Failure::WebPage)
        }
        _ => Ok(Fetched::Changed { file, stamp, bytes }),
    }
}

/// What web pages have near their start, after a declaration or a remark.
const PAGES: [&[u8]; 2] = [b"<!doctype html", b"<html"];

/// BLAKE3 of the whole file, which is read from its start and left there.
fn digest(file: &mut File) -> std::io::Result<String> {
    file.rewind()?;
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(&*file)?;
    file.rewind()?;
    Ok(format!("blake3:{}", hasher.finalize().to_hex()))
}

/// RFC 3339 in whole seconds.
fn date(time: SystemTime) -> String {
    jiff::Timestamp::try_from(time)
        .and_then(|time| time.round(jiff::Unit::Second))
        .map(|time| time.to_string())
        .unwrap_or_default()
}

/// Takes `bytes` from what may still be downloaded.
fn spend(budget: &AtomicU64, bytes: u64) -> Result<(), Failure> {
    budget
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes))
        .map(|_| ())
        .map_err(|_| Failure::Budget)
}
