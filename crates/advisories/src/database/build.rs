//! Turns advisories into shards.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use jiff::Timestamp;
use plimsoll_model::{Advisory, Affected, Space};

use super::dates::{Newest, moment};
use super::draft::{Draft, Failure};
use super::format::{About, file_name};
use super::stage::{Mention, Stage};
use super::{Error, Stamp};

/// Collects the advisories of one feed's documents, then writes one shard for each space that they speak about.
///
/// Memory grows by some bytes for each package that an advisory names; the rest waits in a file without a name.
#[derive(Debug)]
pub struct Builder {
    feed: String,
    documents: Vec<Stamp>,
    now: Timestamp,
    stage: Stage,
    spaces: BTreeMap<Space, Mentions>,
    failed: Option<io::Error>,
}

/// What goes into one shard.
#[derive(Debug, Default)]
struct Mentions {
    newest: Newest,
    all: Vec<Mention>,
}

/// A shard that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// What it speaks about.
    pub space: Space,
    /// The file.
    pub path: PathBuf,
    /// Number of advisories in it.
    pub records: usize,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// Digest of the shard's content.
    pub digest: String,
}

impl Builder {
    /// Nothing yet. `feed` is the feed's id, `documents` where its advisories come from; no date after `now` is believed.
    #[must_use]
    pub fn new(feed: &str, documents: Vec<Stamp>, now: SystemTime) -> Self {
        Self {
            feed: feed.into(),
            documents,
            now: moment(now),
            stage: Stage::new(&std::env::temp_dir()),
            spaces: BTreeMap::new(),
            failed: None,
        }
    }

    /// Uses this folder rather than the system's for what does not stay in memory; to be called before the first
    /// [`Self::add`].
    #[must_use]
    pub fn scratch(self, folder: &Path) -> Self {
        Self { stage: Stage::new(folder), ..self }
    }

    /// Takes one advisory; it goes into the shard of each space that its `affected` names.
    ///
    /// A fact about a CVE itself has one `affected` whose space is [`Space::CVE`] and whose name is the CVE's id.
    /// Equal advisories in equal order make equal shards. What goes wrong is told by [`Self::write`].
    pub fn add(&mut self, mut advisory: Advisory) {
        let affected = std::mem::take(&mut advisory.affected);
        if self.failed.is_none() {
            self.failed = self.stage(&advisory, &affected).err();
        }
    }

    fn stage(&mut self, advisory: &Advisory, affected: &[Affected]) -> io::Result<()> {
        if affected.is_empty() {
            return Ok(());
        }
        let number = self.stage.advisory(advisory)?;
        for affected in affected {
            let mention = self.stage.affected(number, affected)?;
            if !self.spaces.contains_key(&affected.space) {
                self.spaces.insert(affected.space.clone(), Mentions::default());
            }
            if let Some(mentions) = self.spaces.get_mut(&affected.space) {
                mentions.newest.see(advisory, self.now);
                mentions.all.push(mention);
            }
        }
        Ok(())
    }

    /// Writes a shard for each space that was spoken about, and an empty one for each of `covered` that was not: that a
    /// document says nothing about a space which it covers is an answer too.
    ///
    /// A shard appears whole or not at all, whoever reads or writes at the same time; the one before it is replaced.
    ///
    /// # Errors
    /// When the file system refuses or a shard would be too large; shards written before that stay.
    pub fn write(mut self, directory: &Path, covered: &BTreeSet<Space>) -> Result<Vec<Written>, Error> {
        if let Some(source) = self.failed.take() {
            return Err(failed_to_write(&std::env::temp_dir(), source));
        }
        for space in covered {
            self.spaces.entry(space.clone()).or_default();
        }
        fs::create_dir_all(directory).map_err(|source| failed_to_write(directory, source))?;
        let names = self.stage.take_names();
        let mut written = Vec::new();
        for (space, mentions) in std::mem::take(&mut self.spaces) {
            written.push(self.write_one(directory, space, mentions, &names)?);
        }
        // The renames themselves are durable only once the folder is.
        File::open(directory)
            .and_then(|folder| folder.sync_all())
            .map_err(|source| failed_to_write(directory, source))?;
        Ok(written)
    }

    fn write_one(
        &mut self,
        directory: &Path,
        space: Space,
        mentions: Mentions,
        names: &[Box<str>],
    ) -> Result<Written, Error> {
        let path = directory.join(file_name(space.as_str(), &self.feed));
        let date = mentions.newest.text(&self.documents, self.now);
        let about = About { space: space.0.clone(), feed: self.feed.clone(), date, documents: self.documents.clone() };
        let failed = |failure| match failure {
            Failure::Full(reason) => Error::TooLarge { space: about.space.clone(), feed: about.feed.clone(), reason },
            Failure::Io(source) => failed_to_write(&path, source),
        };
        let draft = Draft::new(directory, &mut self.stage, names, mentions.all).map_err(failed)?;
        let records = draft.records();
        let write = || -> Result<(u64, String), Failure> {
            let mut file = new_file(directory)?;
            let (bytes, digest) = draft.write(&about, &mut file)?;
            file.as_file().sync_all()?;
            file.persist(&path).map_err(io::Error::from)?;
            Ok((bytes, digest))
        };
        let (bytes, digest) = write().map_err(failed)?;
        Ok(Written { space, path, records, bytes, digest })
    }
}

/// A temporary file that whoever may read the folder's other files may read, too.
fn new_file(directory: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".shard-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    builder.tempfile_in(directory)
}

fn failed_to_write(path: &Path, source: io::Error) -> Error {
    Error::Io { action: "write", path: path.into(), source }
}
