//! File contents while a reader looks at them: in memory when small, an unlinked temporary file when not.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

use plimsoll_model::Content;

/// Bytes that all layers together may hold at one time. Whoever wants more waits until others are done.
pub struct Budget {
    total: u64,
    used: Mutex<u64>,
    freed: Condvar,
}

/// A part of a budget, given back when dropped.
pub struct Share<'a> {
    budget: &'a Budget,
    size: u64,
}

impl Budget {
    /// A budget of so many bytes.
    pub fn new(total: u64) -> Self {
        Self { total, used: Mutex::new(0), freed: Condvar::new() }
    }

    /// Waits for room. Nobody may hold a share while waiting for another, or all would wait for ever.
    pub fn wait(&self, size: u64) -> Share<'_> {
        let size = size.min(self.total);
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        while used.saturating_add(size) > self.total {
            used = self.freed.wait(used).unwrap_or_else(PoisonError::into_inner);
        }
        *used = used.saturating_add(size);
        Share { budget: self, size }
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        let mut used = self.budget.used.lock().unwrap_or_else(PoisonError::into_inner);
        *used = used.saturating_sub(self.size);
        drop(used);
        self.budget.freed.notify_all();
    }
}

/// Bytes of files that all layers together may hold until the end. Nobody waits for it: who gets none does without.
pub struct Room(AtomicU64);

impl Room {
    /// Room for so many bytes.
    pub fn new(bytes: u64) -> Self {
        Self(AtomicU64::new(bytes))
    }

    /// Takes some of it for good; false when there is not that much.
    pub fn take(&self, size: u64) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(size)).is_ok()
    }
}

/// The bytes of one file.
#[derive(Debug)]
pub enum Spooled {
    /// Small.
    Memory(Vec<u8>),
    /// Large; the file has no name any more and goes with this value.
    File {
        /// Where they are.
        file: File,
        /// How many.
        size: u64,
    },
}

impl Spooled {
    /// Room for `size` bytes; above `memory` in a file in `folder`.
    pub fn new(size: u64, memory: u64, folder: &Path) -> io::Result<Self> {
        if size <= memory {
            return Ok(Self::Memory(Vec::with_capacity(usize::try_from(size).unwrap_or(0))));
        }
        Ok(Self::File { file: tempfile::tempfile_in(folder)?, size: 0 })
    }

    /// Appends.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Memory(memory) => memory.extend_from_slice(bytes),
            Self::File { file, size } => {
                file.write_all(bytes)?;
                *size = size.saturating_add(bytes.len() as u64);
            }
        }
        Ok(())
    }

    /// The bytes, for a reader.
    pub fn content(&self) -> Box<dyn Content + '_> {
        match self {
            Self::Memory(memory) => Box::new(memory.as_slice()),
            Self::File { file, size } => Box::new(Part { file, start: 0, size: *size }),
        }
    }
}

impl Content for Spooled {
    fn size(&self) -> u64 {
        match self {
            Self::Memory(memory) => memory.len() as u64,
            Self::File { size, .. } => *size,
        }
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        match self {
            Self::Memory(memory) => memory.read_at(offset, buffer),
            Self::File { file, .. } => file.read_exact_at(buffer, offset),
        }
    }

    fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Memory(memory) => Some(memory),
            Self::File { .. } => None,
        }
    }
}

/// The bytes of several files of one layer, one behind the other in one unlinked temporary file.
pub struct Parts {
    file: File,
    end: u64,
    /// Start and size by entry.
    parts: BTreeMap<u32, (u64, u64)>,
}

impl Parts {
    /// None yet.
    pub fn new(folder: &Path) -> io::Result<Self> {
        Ok(Self { file: tempfile::tempfile_in(folder)?, end: 0, parts: BTreeMap::new() })
    }

    /// Adds to the bytes of an entry, which must be the one added to last, or a new one.
    pub fn write(&mut self, entry: u32, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        let part = self.parts.entry(entry).or_insert((self.end, 0));
        part.1 = part.1.saturating_add(bytes.len() as u64);
        self.end = self.end.saturating_add(bytes.len() as u64);
        Ok(())
    }

    /// An entry's bytes, in memory up to `memory` of them.
    pub fn content(&self, entry: u32, memory: u64) -> io::Result<Box<dyn Content + '_>> {
        let &(start, size) = self.parts.get(&entry).ok_or(io::ErrorKind::NotFound)?;
        let part = Part { file: &self.file, start, size };
        if size > memory {
            return Ok(Box::new(part));
        }
        let mut bytes = vec![0; usize::try_from(size).unwrap_or(0)];
        part.read_at(0, &mut bytes)?;
        Ok(Box::new(bytes))
    }
}

struct Part<'a> {
    file: &'a File,
    start: u64,
    size: u64,
}

impl Content for Part<'_> {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let end = offset.checked_add(buffer.len() as u64).filter(|end| *end <= self.size);
        end.ok_or(io::ErrorKind::UnexpectedEof)?;
        self.file.read_exact_at(buffer, self.start.saturating_add(offset))
    }

    fn bytes(&self) -> Option<&[u8]> {
        None
    }
}
