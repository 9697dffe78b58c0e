//! What a folder of shards holds.

use std::path::Path;

use super::memory::Memory;
use crate::database::{Database, Error};

/// One shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// What it speaks about.
    pub space: String,
    /// Feed's id.
    pub feed: String,
    /// Where its documents came from, without secrets.
    pub addresses: Vec<String>,
    /// When the newest advisory was changed, or where they bear no dates, the documents; RFC 3339, or empty.
    pub date: String,
    /// Advisories in it; zero too when it cannot be used.
    pub records: usize,
    /// Bytes of the file.
    pub size: u64,
    /// Digest of its content; empty when it cannot be used.
    pub digest: String,
    /// Why it cannot be used; none when it can.
    pub damage: Option<String>,
}

/// A source of published shards that was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceStatus {
    /// Its address, without secrets.
    pub address: String,
    /// When the index was built that was seen last, RFC 3339.
    pub built: String,
    /// Id of the key that signed it.
    pub key: String,
    /// Shards that it lists.
    pub shards: usize,
}

/// The sources that published shards in this folder came from.
#[must_use]
pub fn sources(directory: &Path) -> Vec<SourceStatus> {
    let known = Memory::all(directory).into_iter();
    let status = |memory: Memory| {
        let index = memory.index()?;
        let (built, shards) = (index.built, index.shards.len());
        Some(SourceStatus { key: memory.key(), address: memory.address, built, shards })
    };
    known.filter_map(status).collect()
}

/// Every shard of a folder, sorted by space and feed; those that cannot be used last.
///
/// # Errors
/// When the folder cannot be listed.
pub fn status(directory: &Path) -> Result<Vec<Status>, Error> {
    let database = Database::open_all(directory)?;
    let usable = database.shards().iter().map(|shard| Status {
        space: shard.space().to_owned(),
        feed: shard.feed().to_owned(),
        addresses: shard.documents().iter().map(|stamp| stamp.address.clone()).collect(),
        date: shard.date().to_owned(),
        records: shard.records(),
        size: shard.size(),
        digest: shard.digest().to_owned(),
        damage: None,
    });
    let unusable = database.unusable().iter().map(|(space, error)| Status {
        space: space.to_string(),
        feed: String::new(),
        addresses: Vec::new(),
        date: String::new(),
        records: 0,
        size: 0,
        digest: String::new(),
        damage: Some(error.to_string()),
    });
    Ok(usable.chain(unusable).collect())
}
