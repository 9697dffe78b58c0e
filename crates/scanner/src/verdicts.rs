//! Verdicts of checks on documents seen before, so that an image whose facts did not change is not judged again.
//!
//! Keyed by digest of document and pack, so a verdict is never out of date. As with the layer cache, what cannot be read is
//! made anew and what cannot be written costs time alone.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use plimsoll_judge::checks::Judged;
use serde_json::Value;

/// After this long, a verdict that nobody asked for is removed: documents change with every day.
const KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// A folder of verdicts.
#[derive(Debug, Clone)]
pub struct Verdicts {
    folder: PathBuf,
}

impl Verdicts {
    /// Those in a folder, which is made when there is one to write.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The verdict on a document by the pack of this digest, made by `judge` when it is not known. One that rests on a time-out
    /// or another error is not kept: the next run may do better.
    pub fn remember(&self, pack: &str, document: &Value, judge: impl FnOnce() -> Judged) -> Judged {
        let mut hasher = blake3::Hasher::new();
        hasher.update(env!("CARGO_PKG_VERSION").as_bytes());
        hasher.update(pack.as_bytes());
        hasher.update(document.to_string().as_bytes());
        let path = self.folder.join(format!("{}.verdict", hasher.finalize().to_hex()));
        if let Some(known) = fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            return known;
        }
        let judged = judge();
        if judged.gaps.is_empty() {
            let _ = self.store(&path, &judged);
        }
        judged
    }

    fn store(&self, path: &std::path::Path, judged: &Judged) -> std::io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(&self.folder)?;
        file.write_all(&serde_json::to_vec(judged)?)?;
        file.persist(path).map_err(|error| error.error)?;
        self.prune()
    }

    fn prune(&self) -> std::io::Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let used = entry.metadata()?.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            if used.elapsed().is_ok_and(|age| age > KEPT) {
                // Gone already means that another process removed it.
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(())
    }
}
