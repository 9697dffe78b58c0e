//! What is remembered of a source of published shards: its index and when it was asked last.
//!
//! One file a source beside the shards. It keeps a later run from asking again too soon, from believing an older index,
//! and without anybody to ask, from not knowing what the shards at hand are.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::job::seconds;
use crate::database::Stamp;
use crate::published::{Index, Key, Signed, signer};

/// What is remembered of one source.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Memory {
    /// Where, without secrets.
    pub address: String,
    /// When it was asked last, in seconds since 1970.
    asked: u64,
    /// What to ask with whether the index has changed.
    pub stamp: Stamp,
    /// The index as it was signed.
    index: String,
    /// Its signature.
    signature: String,
}

impl Memory {
    /// Of what was just read.
    pub fn new(address: &str, signed: &Signed, now: SystemTime) -> Self {
        Self {
            address: address.into(),
            asked: seconds(now),
            stamp: signed.stamp.clone(),
            index: String::from_utf8_lossy(&signed.bytes).into_owned(),
            signature: String::from_utf8_lossy(&signed.signature).into_owned(),
        }
    }

    /// It, after the source said that nothing changed.
    pub fn asked_again(self, now: SystemTime) -> Self {
        Self { asked: seconds(now), ..self }
    }

    /// What is remembered of this source in this folder of shards.
    pub fn read(directory: &Path, address: &str) -> Option<Self> {
        Self::open(&path(directory, address)).filter(|memory| memory.address == address)
    }

    /// What is remembered of any source, in a fixed order.
    pub fn all(directory: &Path) -> Vec<Self> {
        let found = fs::read_dir(folder(directory)).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = found.map(|found| found.path()).filter(|path| is_memory(path)).collect();
        paths.sort_unstable();
        paths.iter().filter_map(|path| Self::open(path)).collect()
    }

    /// When the newest index was built that was ever seen by this key, from whatever source.
    pub fn newest_by(directory: &Path, key: &str) -> Option<String> {
        let by = Self::all(directory).into_iter().filter(|memory| memory.key() == key);
        by.filter_map(|memory| Some(memory.index()?.built)).max()
    }

    /// Id of the key that signed the index.
    pub fn key(&self) -> String {
        signer(&self.signature).unwrap_or_default()
    }

    fn open(path: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(path).ok()?).ok()
    }

    /// The index, whoever signed it: nobody but us writes here.
    pub fn index(&self) -> Option<Index> {
        Index::parse(self.index.as_bytes()).ok()
    }

    /// Index, key and address, if one of these keys signed it.
    pub fn trusted(self, keys: &[Key]) -> Option<(Index, String, String)> {
        let signed = Signed::new(self.index.into_bytes(), self.signature.into_bytes(), keys).ok()?;
        Some((signed.index, signed.key, self.address))
    }

    /// Whether it was asked so recently that nobody needs to be asked.
    pub fn is_recent(&self, now: SystemTime, max_age: Duration) -> bool {
        seconds(now).checked_sub(self.asked).is_some_and(|age| Duration::from_secs(age) < max_age)
    }

    /// Replaces what was remembered.
    pub fn write(&self, directory: &Path) -> io::Result<()> {
        let folder = folder(directory);
        fs::create_dir_all(&folder)?;
        let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(&folder)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.as_file().sync_all()?;
        file.persist(path(directory, &self.address))?;
        Ok(())
    }
}

fn folder(directory: &Path) -> PathBuf {
    directory.join("published")
}

fn is_memory(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "json")
}

/// Addresses may hold anything; their digest is plain.
fn path(directory: &Path, address: &str) -> PathBuf {
    let digest = blake3::hash(address.as_bytes()).to_hex();
    folder(directory).join(format!("{digest:.16}.json"))
}
