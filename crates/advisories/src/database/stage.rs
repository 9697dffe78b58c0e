//! Advisories on their way into shards: written down as they come, read again in the order in which shards have them.
//!
//! Owns what is in memory meanwhile: some bytes for each advisory and each package that it names, and the names once. All
//! else goes to a spool, so that the largest feed takes little more memory than a small one.

use std::io;
use std::path::Path;

use plimsoll_model::{Advisory, Affected};
use rustc_hash::FxHashMap;
use serde::{Serialize, de::DeserializeOwned};

use super::spool::Spool;

/// What was written down.
#[derive(Debug)]
pub struct Stage {
    spool: Spool,
    names: FxHashMap<Box<str>, u32>,
    advisories: Vec<Staged>,
    scratch: Vec<u8>,
}

/// An advisory that was written down.
#[derive(Debug, Clone, Copy)]
pub struct Staged {
    start: u64,
    /// A number that its id comes to, as good as drawn by lot.
    pub lot: u32,
    /// Bytes of its title and details.
    pub text: u32,
}

/// An advisory and a package that it names.
#[derive(Debug, Clone, Copy)]
pub struct Mention {
    pub name: u32,
    /// Number of the advisory.
    pub advisory: u32,
    start: u64,
}

impl Stage {
    /// Empty; what does not stay in memory goes to an unnamed file in this folder.
    pub fn new(folder: &Path) -> Self {
        Self { spool: Spool::new(folder), names: FxHashMap::default(), advisories: Vec::new(), scratch: Vec::new() }
    }

    /// Writes an advisory down, without its packages; gives its number.
    pub fn advisory(&mut self, advisory: &Advisory) -> io::Result<u32> {
        let number = count(self.advisories.len())?;
        let text = count(advisory.title.len().saturating_add(advisory.details.len()))?;
        let start = self.write(advisory)?;
        self.advisories.push(Staged { start, lot: lot(&advisory.id), text });
        Ok(number)
    }

    /// Writes down what the advisory of this number says about a package.
    pub fn affected(&mut self, advisory: u32, affected: &Affected) -> io::Result<Mention> {
        let name = match self.names.get(affected.name.as_str()) {
            Some(name) => *name,
            None => {
                let name = count(self.names.len())?;
                self.names.insert(affected.name.as_str().into(), name);
                name
            }
        };
        Ok(Mention { name, advisory, start: self.write(affected)? })
    }

    /// What was noted of an advisory.
    pub fn staged(&self, advisory: u32) -> Option<Staged> {
        self.advisories.get(advisory as usize).copied()
    }

    /// Number of advisories.
    pub fn len(&self) -> usize {
        self.advisories.len()
    }

    /// The name of each number. To be called once, when everything is written down: they are not kept twice.
    pub fn take_names(&mut self) -> Vec<Box<str>> {
        let taken = std::mem::take(&mut self.names);
        let mut names = vec![Box::default(); taken.len()];
        for (name, number) in taken {
            if let Some(place) = names.get_mut(number as usize) {
                *place = name;
            }
        }
        names
    }

    /// The advisory again, without its packages.
    pub fn read_advisory(&mut self, staged: Staged) -> io::Result<Advisory> {
        self.read(staged.start)
    }

    /// What was said about a package, again.
    pub fn read_affected(&mut self, mention: Mention) -> io::Result<Affected> {
        self.read(mention.start)
    }

    fn write(&mut self, value: &impl Serialize) -> io::Result<u64> {
        let start = self.spool.len();
        self.scratch.clear();
        serde_json::to_writer(&mut self.scratch, value)?;
        self.spool.append(&count(self.scratch.len())?.to_le_bytes())?;
        self.spool.append(&self.scratch)?;
        Ok(start)
    }

    fn read<T: DeserializeOwned>(&mut self, start: u64) -> io::Result<T> {
        let length = self.spool.at(start, LENGTH)?.try_into().map(u32::from_le_bytes).unwrap_or_default();
        Ok(serde_json::from_slice(self.spool.at(start.saturating_add(LENGTH as u64), length as usize)?)?)
    }
}

const LENGTH: usize = size_of::<u32>();

/// More would need more room than a shard has.
fn count(value: usize) -> io::Result<u32> {
    u32::try_from(value)
        .map_err(|_| io::Error::new(io::ErrorKind::FileTooLarge, "over 4 Gi advisories, names or bytes"))
}

/// The same for the same text everywhere.
pub fn lot(text: &str) -> u32 {
    let [first, second, third, fourth, ..] = *blake3::hash(text.as_bytes()).as_bytes();
    u32::from_le_bytes([first, second, third, fourth])
}
