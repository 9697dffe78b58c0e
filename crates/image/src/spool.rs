//! Bytes that must be kept on disk for a while, and bounded reading. Owns temporary files; they have no name, so that
//! nothing is left behind whatever happens.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use crate::{Error, Options};

/// Reads all of `from`, or fails when it is longer than `limit`.
pub(crate) fn read_bounded(from: impl Read, limit: u64, place: &str) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    from.take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| Error::new(format!("cannot read {place}")).because(error))?;
    if bytes.len() as u64 > limit {
        return Err(Error::new(format!("longer than the {limit} bytes expected or allowed: {place}")));
    }
    Ok(bytes)
}

/// Copies all of `from` into a file without a name, `limit` bytes at most.
pub(crate) fn spool(from: &mut dyn Read, limit: u64, place: &str, options: &Options) -> Result<File, Error> {
    let folder = options.temporary.clone().unwrap_or_else(std::env::temp_dir);
    let mut file = tempfile::tempfile_in(&folder).map_err(|error| {
        Error::new(format!("cannot make a temporary file in {}", folder.display()))
            .because(error)
            .hint("choose a folder with room by --temporary-folder or TMPDIR")
    })?;
    let mut buffer = vec![0; 256 << 10];
    let mut total: u64 = 0;
    loop {
        let count =
            from.read(&mut buffer).map_err(|error| Error::new(format!("cannot read {place}")).because(error))?;
        let Some(chunk) = buffer.get(..count).filter(|chunk| !chunk.is_empty()) else { return Ok(file) };
        total = total.saturating_add(count as u64);
        if total > limit {
            return Err(Error::new(format!("larger than the {limit} bytes allowed when unpacked: {place}"))
                .hint("if it is to be trusted, unpack it yourself and scan the plain tar"));
        }
        file.write_all(chunk).map_err(|error| {
            let folder = folder.display();
            Error::new(format!("cannot write {place} to a temporary file in {folder}")).because(error)
        })?;
    }
}

/// A stretch of a file, read without moving the file's own position: many may be read at once.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    file: Arc<File>,
    offset: u64,
    remaining: u64,
}

impl Section {
    /// The `length` bytes from `offset` on.
    pub fn new(file: Arc<File>, offset: u64, length: u64) -> Self {
        Self { file, offset, remaining: length }
    }
}

impl Read for Section {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.remaining).unwrap_or(usize::MAX).min(buffer.len());
        let Some(buffer) = buffer.get_mut(..most).filter(|buffer| !buffer.is_empty()) else { return Ok(0) };
        let count = self.file.read_at(buffer, self.offset)?;
        if count == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file was cut short"));
        }
        self.offset = self.offset.saturating_add(count as u64);
        self.remaining = self.remaining.saturating_sub(count as u64);
        Ok(count)
    }
}
