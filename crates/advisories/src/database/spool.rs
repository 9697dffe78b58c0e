//! Bytes that are written once and read back in any order: in memory while they are few, else in a file without a name.
//!
//! Owns the bound on the memory that making shards takes. The file goes when its last user does, however that ends.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Bytes that stay in memory. Most feeds are smaller.
const MEMORY: usize = 1 << 20;
/// Bytes that are read from the file at a time: neighbours are often asked for one after another, but not always.
const WINDOW: usize = 8 << 10;

/// Grows at its end.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    /// All of it, or what the file does not have yet.
    memory: Vec<u8>,
    file: Option<File>,
    /// Bytes in the file.
    filed: u64,
    /// What was last read from the file, and from where.
    window: Vec<u8>,
    window_start: u64,
}

impl Spool {
    /// Empty; what does not stay in memory goes to an unnamed file in this folder.
    pub fn new(folder: &Path) -> Self {
        let (memory, window) = (Vec::new(), Vec::new());
        Self { folder: folder.into(), memory, file: None, filed: 0, window, window_start: 0 }
    }

    /// Bytes in it.
    pub fn len(&self) -> u64 {
        self.filed.saturating_add(self.memory.len() as u64)
    }

    /// Appends.
    pub fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.memory.extend_from_slice(bytes);
        if self.memory.len() >= MEMORY { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> io::Result<()> {
        let mut file = match self.file.take() {
            Some(file) => file,
            None => tempfile::tempfile_in(&self.folder)?,
        };
        file.seek(SeekFrom::Start(self.filed))?;
        file.write_all(&self.memory)?;
        self.filed = self.len();
        self.memory.clear();
        self.file = Some(file);
        Ok(())
    }

    /// The bytes at this place.
    pub fn at(&mut self, start: u64, length: usize) -> io::Result<&[u8]> {
        let cut = || io::Error::from(io::ErrorKind::UnexpectedEof);
        if let Some(start) = start.checked_sub(self.filed) {
            let start = usize::try_from(start).map_err(|_| cut())?;
            return self.memory.get(start..start.saturating_add(length)).ok_or_else(cut);
        }
        let end = start.saturating_add(length as u64);
        if end > self.filed {
            // It lies across the border.
            self.spill()?;
        }
        if start < self.window_start || end > self.window_start.saturating_add(self.window.len() as u64) {
            self.fill(start, length)?;
        }
        let within = usize::try_from(start.saturating_sub(self.window_start)).map_err(|_| cut())?;
        self.window.get(within..within.saturating_add(length)).ok_or_else(cut)
    }

    fn fill(&mut self, start: u64, length: usize) -> io::Result<()> {
        self.window.clear();
        self.window_start = start;
        if let Some(file) = &mut self.file {
            file.seek(SeekFrom::Start(start))?;
            file.take(length.max(WINDOW) as u64).read_to_end(&mut self.window)?;
        }
        Ok(())
    }

    /// BLAKE3 of all of it.
    pub fn checksum(&mut self) -> io::Result<[u8; 32]> {
        let mut hasher = blake3::Hasher::new();
        self.copy(&mut hasher)?;
        Ok(*hasher.finalize().as_bytes())
    }

    /// Writes all of it.
    pub fn copy(&mut self, to: &mut impl Write) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            file.seek(SeekFrom::Start(0))?;
            io::copy(&mut file.take(self.filed), to)?;
        }
        to.write_all(&self.memory)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_from_memory_the_file_and_across_both() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::new(folder.path());
        let piece: Vec<u8> = (0..=250).collect();
        let pieces = MEMORY / piece.len() * 2 + 100;
        (0..pieces).for_each(|_| spool.append(&piece).unwrap());
        assert!(spool.filed > 0 && !spool.memory.is_empty());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the file has no name");
        let border = usize::try_from(spool.filed).unwrap() / piece.len();
        for number in [0, 1, 5000, 3, border, border - 1, border + 1, pieces - 1, 0] {
            assert_eq!(spool.at((number * piece.len()) as u64, piece.len()).unwrap(), piece, "{number}");
        }
        assert!(spool.at(spool.len() - 1, 2).is_err());
        let mut all = Vec::new();
        spool.copy(&mut all).unwrap();
        assert_eq!(all, piece.repeat(pieces));
    }
}
