//! The index of a published folder: which shards there are, and every bound that a reader holds a publisher to.
//!
//! Names no file: paths follow from digests and times, so that an index cannot lead anywhere else.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Refusal;
use crate::database;

/// The format that this code writes, and the only one it reads.
const FORMAT: u32 = 1;

/// Bytes of an index. One shard takes about 500 bytes, with its deltas 1,000.
pub const LARGEST: u64 = 16 << 20;
/// Shards that an index may list.
const SHARDS: usize = 10_000;
/// Bytes of one shard.
pub const LARGEST_SHARD: u64 = 1 << 30;
/// Deltas that a shard may have.
const DELTAS: usize = 16;
/// Older indexes that one may name: a build an hour for a year.
const HISTORY: usize = 10_000;
/// Characters of a name, a date, a digest.
const NAME: usize = 200;

/// What is in a published folder, as of one build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// Version of this document's form: 1.
    pub format: u32,
    /// Version of the form of the shards: [`database::VERSION`]. A reader of another one cannot use them.
    pub shard_format: u32,
    /// When it was built, RFC 3339 in UTC and whole seconds; later builds of a folder have later times.
    pub built: String,
    /// What built it: `plimsoll 0.1.0`.
    pub tool: String,
    /// Times of the older indexes that are kept, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<String>,
    /// The shards, sorted by space and feed.
    pub shards: Vec<Entry>,
}

/// One shard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What it speaks about.
    pub space: String,
    /// The feed that it was made from.
    pub feed: String,
    /// How recent its advisories are, RFC 3339; empty when nobody says.
    pub date: String,
    /// When its documents were last compared with their publisher's, RFC 3339. Older than the index where they could not
    /// be had for a while.
    pub checked: String,
    /// Advisories in it.
    pub records: u64,
    /// The shard's own digest, as in reports.
    pub digest: String,
    /// BLAKE3 of the whole file.
    pub content: String,
    /// Bytes of the file.
    pub size: u64,
    /// It, compressed.
    pub blob: Blob,
    /// Ways from older shards to it that are shorter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deltas: Vec<Delta>,
}

/// A file of the folder `blobs`, named by its digest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Blob {
    /// `sha256:` and 64 hexadecimal digits: the digest that registries name it by as well.
    pub digest: String,
    /// Bytes as stored.
    pub size: u64,
}

/// What makes an older shard into a newer one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delta {
    /// Digest of the older shard.
    pub from: String,
    /// A zstd frame whose dictionary is the older shard's file.
    pub blob: Blob,
}

impl Index {
    /// An index of this moment.
    #[must_use]
    pub fn new(built: String, history: Vec<String>, shards: Vec<Entry>) -> Self {
        let tool = concat!("plimsoll ", env!("CARGO_PKG_VERSION")).into();
        Self { format: FORMAT, shard_format: database::VERSION, built, tool, history, shards }
    }

    /// Reads an index and refuses one that goes over any bound. Says nothing about who made it.
    ///
    /// # Errors
    /// When it is not an index that this version understands.
    pub fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.len() as u64 > LARGEST {
            return Err(Refusal::Malformed(format!("it has more than {LARGEST} bytes")));
        }
        let index: Self = serde_json::from_slice(bytes).map_err(|error| Refusal::Malformed(error.to_string()))?;
        index.check().map_err(Refusal::Malformed)?;
        Ok(index)
    }

    fn check(&self) -> Result<(), String> {
        if self.format != FORMAT {
            let format = self.format;
            return Err(format!("its format is {format} and this version reads {FORMAT}: use a newer plimsoll"));
        }
        if self.shard_format != database::VERSION {
            let (theirs, ours) = (self.shard_format, database::VERSION);
            return Err(format!(
                "{} made shards of format {theirs} and this version reads {ours}: use that one",
                self.tool
            ));
        }
        if self.shards.len() > SHARDS || self.history.len() > HISTORY || self.tool.len() > NAME {
            return Err(format!("it lists {} shards and {} older indexes", self.shards.len(), self.history.len()));
        }
        std::iter::once(&self.built).chain(&self.history).try_for_each(|time| stamp(time).map(drop))?;
        let mut seen = BTreeSet::new();
        for entry in &self.shards {
            entry.check().map_err(|why| format!("shard {} of {}: {why}", entry.space, entry.feed))?;
            if !seen.insert((&entry.space, &entry.feed)) {
                return Err(format!("it lists the shard {} of {} twice", entry.space, entry.feed));
            }
        }
        Ok(())
    }

    /// Its bytes as they are stored and signed.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Nothing in it can fail to be JSON: texts, numbers and lists of them.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Every blob that it names, each once.
    pub fn blobs(&self) -> BTreeSet<&Blob> {
        self.shards
            .iter()
            .flat_map(|entry| std::iter::once(&entry.blob).chain(entry.deltas.iter().map(|delta| &delta.blob)))
            .collect()
    }

    /// The time of the newest index that is not after `moment`: its own, or one that is kept.
    #[must_use]
    pub fn not_after(&self, moment: Timestamp) -> Option<&str> {
        let times = std::iter::once(&self.built).chain(&self.history);
        let dated = times.filter_map(|text| Some((text.parse::<Timestamp>().ok()?, text.as_str())));
        dated.filter(|(time, _)| *time <= moment).max().map(|(_, text)| text)
    }
}

impl Entry {
    fn check(&self) -> Result<(), String> {
        let texts = [&self.space, &self.feed, &self.date, &self.checked];
        if texts.iter().any(|text| text.len() > NAME) || self.space.is_empty() || self.feed.is_empty() {
            return Err(format!("a name is empty or longer than {NAME} characters"));
        }
        if !self.checked.is_empty() {
            stamp(&self.checked)?;
        }
        if self.size > LARGEST_SHARD {
            return Err(format!("{} bytes are more than any shard has", self.size));
        }
        if self.deltas.len() > DELTAS {
            return Err(format!("it has {} deltas", self.deltas.len()));
        }
        is_digest(&self.digest, "blake3:")?;
        is_digest(&self.content, "blake3:")?;
        for delta in &self.deltas {
            is_digest(&delta.from, "blake3:")?;
        }
        for blob in std::iter::once(&self.blob).chain(self.deltas.iter().map(|delta| &delta.blob)) {
            is_digest(&blob.digest, "sha256:")?;
            // What does not shrink grows by the frames around it, no more.
            if blob.size > self.size.saturating_add(self.size / 64).saturating_add(4096) {
                return Err(format!("a blob of {} bytes for a shard of {}", blob.size, self.size));
            }
        }
        Ok(())
    }

    /// The name of its file in a folder of shards.
    #[must_use]
    pub fn file_name(&self) -> String {
        database::file_name(&self.space, &self.feed)
    }
}

impl Blob {
    /// Its path in a published folder.
    #[must_use]
    pub fn path(&self) -> String {
        format!("blobs/{}", self.digest.strip_prefix("sha256:").unwrap_or_default())
    }
}

/// The path of the index of this time in a published folder; none when it is no time.
#[must_use]
pub fn path_of(built: &str) -> Option<String> {
    stamp(built).ok().map(|stamp| format!("indexes/{stamp}.json"))
}

/// `20261124T031910Z` of `2026-11-24T03:19:10Z`: plain in file names and in tags. Refuses any other form of a time.
///
/// # Errors
/// What is wrong with it.
pub fn stamp(time: &str) -> Result<String, String> {
    let parsed = time.parse::<Timestamp>().map_err(|_| format!("{time:?} is not a time"))?;
    if parsed.to_string() != time || time.contains('.') || !time.starts_with(|first: char| first.is_ascii_digit()) {
        return Err(format!("{time:?} is not a time in UTC and whole seconds"));
    }
    Ok(time.chars().filter(|character| !matches!(character, '-' | ':')).collect())
}

fn is_digest(text: &str, algorithm: &str) -> Result<(), String> {
    let hex = text.strip_prefix(algorithm).unwrap_or_default();
    let plain = hex.len() == 64 && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if plain { Ok(()) } else { Err(format!("{text:?} is not a digest of {algorithm}")) }
}
