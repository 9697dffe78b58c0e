//! A shard's bytes, mapped into memory. The only place of this crate that the compiler does not check.
#![expect(unsafe_code, reason = "mapping a file is the one thing here that Rust cannot prove sound; see `open`")]

use std::fs::File;
use std::io;
use std::ops::Deref;
use std::path::Path;

use memmap2::Mmap;

/// A read-only map of one file.
#[derive(Debug)]
pub struct Map(Mmap);

impl Map {
    /// Maps the whole file.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        // SAFETY: the bytes behind a map must not change while it lives. Shards are immutable: `Builder::write` makes a
        // new file and renames it over the old one, whose inode lives on under this map, and nothing writes to or
        // truncates a shard in place. Someone else who did so against all rules could make reads fail (SIGBUS) or see
        // other bytes, but not break memory: the bytes are only ever viewed as plain integers and checked UTF-8.
        unsafe { Mmap::map(&file) }.map(Self)
    }
}

impl Deref for Map {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}
