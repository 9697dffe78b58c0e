//! Mirrors that hold the files of an archive in place of the archive: `osv/cve/…` where `osv/osv-all.tar.xz` would be.
//!
//! Owns how such a folder becomes the archive that was asked for. Only a folder can be listed; a mirror on a server has to
//! hold the archive itself.

use std::fs::{self, File};
use std::io::{self, Seek};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::Failure;

/// Files of one archive.
const FILES: usize = 1_000_000;

/// Folders inside one another.
const DEEPEST: usize = 8;

/// The files that stand for an archive.
#[derive(Debug)]
pub struct Unpacked {
    folder: PathBuf,
    /// Relative to the folder, sorted.
    files: Vec<PathBuf>,
    bytes: u64,
    /// When the youngest of them changed.
    pub modified: SystemTime,
}

/// The files of the folder in which an archive should be, which may have `limit` bytes together; none when it is no archive, or
/// there are none.
pub fn find(archive: &Path, limit: u64) -> Result<Option<Unpacked>, Failure> {
    let is_archive = archive.file_name().is_some_and(|name| name.to_string_lossy().contains(".tar."));
    let Some(folder) = archive.parent().filter(|folder| is_archive && folder.is_dir()) else { return Ok(None) };
    let mut found =
        Unpacked { folder: folder.to_owned(), files: Vec::new(), bytes: 0, modified: SystemTime::UNIX_EPOCH };
    found.walk(folder, 0, limit)?;
    found.files.sort();
    Ok((!found.files.is_empty()).then_some(found))
}

impl Unpacked {
    fn walk(&mut self, folder: &Path, depth: usize, limit: u64) -> Result<(), Failure> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            // Of the entry itself: a link could lead anywhere.
            let metadata = entry.metadata()?;
            if metadata.is_dir() && depth < DEEPEST {
                self.walk(&entry.path(), depth.saturating_add(1), limit)?;
            }
            if !metadata.is_file() {
                continue;
            }
            self.bytes = self.bytes.saturating_add(metadata.len());
            self.modified = self.modified.max(metadata.modified()?);
            self.files.push(entry.path().strip_prefix(&self.folder).map(Path::to_owned).unwrap_or_default());
            if self.files.len() > FILES || self.bytes > limit {
                return Err(Failure::TooLarge { bytes: self.bytes, limit });
            }
        }
        Ok(())
    }

    /// Changes when any of them does.
    pub fn etag(&self) -> String {
        let changed = self.modified.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_nanos());
        format!("{}-{}-{changed}", self.files.len(), self.bytes)
    }

    /// The archive, which is nowhere but in this file.
    pub fn pack(&self, scratch: &Path) -> io::Result<File> {
        fs::create_dir_all(scratch)?;
        let mut archive = tar::Builder::new(tempfile::tempfile_in(scratch)?);
        for file in &self.files {
            let content = fs::read(self.folder.join(file))?;
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_cksum();
            archive.append_data(&mut header, file, content.as_slice())?;
        }
        let mut archive = archive.into_inner()?;
        archive.rewind()?;
        Ok(archive)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn files_stand_for_their_archive() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("osv/cve/2024")).unwrap();
        let archive = folder.path().join("osv/osv-all.tar.xz");
        assert!(find(&archive, 1 << 20).unwrap().is_none(), "an empty folder is no archive");
        fs::write(folder.path().join("osv/cve/2024/b.json"), "bb").unwrap();
        fs::write(folder.path().join("osv/a.json"), "a").unwrap();
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("osv/link.json")).unwrap();
        let found = find(&archive, 1 << 20).unwrap().unwrap();
        let before = found.etag();
        let mut packed = tar::Archive::new(found.pack(folder.path()).unwrap());
        let files: Vec<(PathBuf, String)> = packed
            .entries()
            .unwrap()
            .map(|entry| {
                let mut entry = entry.unwrap();
                let mut text = String::new();
                entry.read_to_string(&mut text).unwrap();
                (entry.path().unwrap().into_owned(), text)
            })
            .collect();
        assert_eq!(files, [("a.json".into(), "a".into()), ("cve/2024/b.json".into(), "bb".into())]);
        fs::write(folder.path().join("osv/a.json"), "aa").unwrap();
        assert_ne!(find(&archive, 1 << 20).unwrap().unwrap().etag(), before);
        assert!(matches!(find(&archive, 3), Err(Failure::TooLarge { .. })));
        assert!(find(&folder.path().join("osv/all.json"), 1 << 20).unwrap().is_none(), "no archive was asked for");
    }
}
