//! Documents and blobs in a registry that are no image
//! (<https://github.com/opencontainers/distribution-spec/blob/main/spec.md>): reading and pushing them by tag and digest.
//!
//! Owns uploads. What the documents mean is the caller's matter; digests of blobs are checked by whoever reads them.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use plimsoll_model::Digest;
use reqwest::Url;
use reqwest::blocking::Body;
use reqwest::header::{CONTENT_TYPE, LOCATION};

use super::blob::Blob;
use super::repository::Repository;
use super::transport::Transport;
use crate::digest::{digest_like, sha256};
use crate::{Error, ImageName, Options};

/// Media type of the manifests that artefacts have.
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// Bytes a second below which an upload is given up.
const SLOWEST: u64 = 32 << 10;

/// What is going to be done in a repository; a token is asked for no more than that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Reading only.
    Pull,
    /// Reading and writing.
    Push,
}

/// A repository of artefacts.
#[derive(Debug)]
pub struct Artefacts {
    repository: Arc<Repository>,
    manifest_size: u64,
}

impl Artefacts {
    /// The repository of this name; its tag and digest do not matter.
    ///
    /// # Errors
    /// When connections cannot be set up.
    pub fn open(name: &ImageName, options: &Options, access: Access) -> Result<Self, Error> {
        let transport = Arc::new(Transport::new(options)?);
        let repository = Repository::new(&transport, &name.registry, name, options)?.with(access);
        Ok(Self { repository: Arc::new(repository), manifest_size: options.limits.manifest_size })
    }

    /// The manifest with this tag, its digest checked as far as the registry tells it; none when there is none.
    ///
    /// # Errors
    /// When the registry does not answer or refuses.
    pub fn manifest(&self, tag: &str) -> Result<Option<Vec<u8>>, Error> {
        let response = self.repository.get(&format!("manifests/{tag}"), &[MANIFEST], 0)?;
        match response.status().as_u16() {
            200 => {}
            404 => return Ok(None),
            _ => return Err(self.repository.refusal(response)),
        }
        let promised =
            response.headers().get("docker-content-digest").and_then(|value| value.to_str().ok()?.parse().ok());
        let place = format!("{}, {tag}", self.repository);
        let bytes = self.repository.transport.read_document(response, self.manifest_size, &place)?;
        let is_it = |promised: &Digest| digest_like(promised, &bytes).is_ok_and(|found| found == *promised);
        if promised.as_ref().is_none_or(is_it) {
            return Ok(Some(bytes));
        }
        Err(Error::new(format!("the manifest is not what its digest says: {place}"))
            .hint("the registry or a proxy before it lies or is damaged"))
    }

    /// A blob of this size as a stream that survives lost connections; none when there is none.
    ///
    /// # Errors
    /// When the registry does not answer or refuses.
    pub fn blob(&self, digest: &Digest, size: u64) -> Result<Option<Box<dyn Read + Send>>, Error> {
        if !self.has(digest)? {
            return Ok(None);
        }
        let blob = Blob::open(Arc::clone(&self.repository), digest.clone(), size)?;
        Ok(Some(Box::new(blob)))
    }

    /// Whether a blob is there.
    ///
    /// # Errors
    /// When the registry does not answer or refuses.
    pub fn has(&self, digest: &Digest) -> Result<bool, Error> {
        let url = self.repository.url(&format!("blobs/{digest}"));
        let response = self.repository.exchange(&|client| client.head(&url))?;
        match response.status().as_u16() {
            200 => Ok(true),
            404 => Ok(false),
            _ => Err(self.repository.refusal(response)),
        }
    }

    /// Uploads a blob in one piece (<https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs>).
    ///
    /// # Errors
    /// When it cannot be read, or the registry does not take it.
    pub fn put_blob(&self, digest: &Digest, size: u64, open: &dyn Fn() -> io::Result<File>) -> Result<(), Error> {
        let place = || format!("{digest} to {}", self.repository);
        // So that what is wrong with the file is said as such.
        open().map_err(|error| Error::new(format!("cannot read {digest}")).because(error))?;
        let start = self.repository.url("blobs/uploads/");
        let response = self.repository.exchange(&|client| client.post(&start).body(Vec::new()))?;
        if response.status().as_u16() != 202 {
            return Err(self.repository.refusal(response));
        }
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut url = Url::parse(&start)
            .and_then(|base| base.join(location))
            .map_err(|error| Error::new(format!("the registry names no place for {}", place())).because(error))?;
        url.query_pairs_mut().append_pair("digest", digest.as_str());
        let patience = Duration::from_secs(60_u64.saturating_add(size / SLOWEST));
        let response = self.repository.exchange_at(&url, &|client| {
            let body = open().map_or_else(|_| Body::from(Vec::new()), |file| Body::sized(file, size));
            client.put(url.clone()).header(CONTENT_TYPE, "application/octet-stream").timeout(patience).body(body)
        })?;
        if response.status().as_u16() == 201 { Ok(()) } else { Err(self.repository.refusal(response)) }
    }

    /// Uploads a manifest under a tag, and gives its digest.
    ///
    /// # Errors
    /// When the registry does not take it.
    pub fn put_manifest(&self, tag: &str, manifest: &[u8]) -> Result<Digest, Error> {
        let url = self.repository.url(&format!("manifests/{tag}"));
        let request = |client: &reqwest::blocking::Client| {
            client.put(&url).header(CONTENT_TYPE, MANIFEST).body(manifest.to_vec())
        };
        let response = self.repository.exchange(&request)?;
        if response.status().as_u16() == 201 { Ok(sha256(manifest)) } else { Err(self.repository.refusal(response)) }
    }
}
