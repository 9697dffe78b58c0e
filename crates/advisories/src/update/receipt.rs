//! What is remembered of a document after its shards were written.
//!
//! Owns a small file beside the shards for each document: what it was, when it was last asked for, and which shards came
//! of it. It is written after the shards, so that a receipt never promises what is not there; and it names their digests,
//! so that shards which somebody else put there are not taken for its own.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::database::Stamp;

/// Raised when equal documents give other advisories than before: everything is compiled anew.
const PARSERS: u32 = 2;

/// How many malformed records are quoted.
pub const EXAMPLES: usize = 3;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    parsers: u32,
    /// Addresses that it was asked for at; those of the parts, unless these were found through others.
    pub at: Vec<String>,
    /// Stamps of the parts, in order.
    pub parts: Vec<Stamp>,
    /// When the publisher was last asked, in seconds since 1970.
    pub asked: u64,
    /// Digests of the shards by space.
    pub shards: BTreeMap<String, String>,
    /// Advisories.
    pub records: usize,
    /// Records that could not be read.
    pub malformed: usize,
    /// Some of them, and why.
    pub examples: Vec<String>,
}

impl Receipt {
    /// A receipt for these parts, of now.
    pub fn new(at: Vec<String>, parts: Vec<Stamp>, asked: u64) -> Self {
        Self { parsers: PARSERS, at, parts, asked, ..Self::default() }
    }

    /// It, after the publisher said that nothing changed.
    pub fn asked_again(self, asked: u64) -> Self {
        Self { asked, ..self }
    }

    /// The receipt of a document, if there is one that this version understands.
    pub fn read(directory: &Path, feed: &str, document: &str) -> Option<Self> {
        let text = fs::read(path(directory, feed, document)).ok()?;
        serde_json::from_slice::<Self>(&text).ok().filter(|receipt| receipt.parsers == PARSERS)
    }

    /// Every receipt in a folder that this version understands.
    pub fn all(directory: &Path) -> Vec<Self> {
        let found = fs::read_dir(directory).into_iter().flatten().flatten().map(|found| found.path());
        let paths = found.filter(|path| path.extension().is_some_and(|extension| extension == "receipt"));
        let read = paths.filter_map(|path| serde_json::from_slice::<Self>(&fs::read(path).ok()?).ok());
        read.filter(|receipt| receipt.parsers == PARSERS).collect()
    }

    /// Replaces the receipt of a document. It is not flushed to the disk: one that a power cut leaves empty is none, so that
    /// the document is asked for anew, and a scan that changes nothing should not wait for a disk.
    pub fn write(&self, directory: &Path, feed: &str, document: &str) -> io::Result<()> {
        let mut file = tempfile::Builder::new().prefix(".receipt-").tempfile_in(directory)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.persist(path(directory, feed, document))?;
        Ok(())
    }
}

/// Document names are those of the tables, and releases that were checked to be plain; only spaces need care.
fn path(directory: &Path, feed: &str, document: &str) -> PathBuf {
    directory.join(format!("{feed}.{}.receipt", document.replace(' ', "-")))
}
