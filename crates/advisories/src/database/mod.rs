//! Advisories on disk: one immutable file, a *shard*, for each pair of space and feed.
//!
//! Owns the format, its writer and its reader. Refuses to fetch anything and to compare versions: a shard holds version
//! ranges as text, so that a better order of versions needs no new data.

mod build;
mod dates;
mod draft;
mod error;
mod format;
mod index;
mod map;
mod moment;
mod number;
mod pack;
mod ratings;
mod records;
mod rows;
mod shard;
mod spool;
mod stage;
mod statement;
mod texts;
mod unpack;

pub use build::{Builder, Written};
pub use error::Error;
pub use format::{VERSION, file_name};
pub use rows::RangeText;
pub use shard::Shard;
pub use statement::{Inflated, Statement};

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use plimsoll_model::{Advisory, Space};
use serde::{Deserialize, Serialize};

/// Where one document of a feed came from; kept in every shard made from it, so that it is not fetched again in vain.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Its address without secrets: a URL, or a path under a mirror.
    pub address: String,
    /// The server's `ETag` verbatim, or another text that changes when the document does; empty when there is none.
    pub etag: String,
    /// The server's `Last-Modified` verbatim, or empty.
    pub last_modified: String,
    /// When the publisher last changed it, RFC 3339; empty when it does not say.
    pub date: String,
    /// Digest of its bytes, or empty.
    pub digest: String,
}

/// The shards that answer for some spaces.
#[derive(Debug, Default)]
pub struct Database {
    shards: Vec<Shard>,
    unusable: Vec<(Space, Error)>,
}

/// An advisory that [`Database::search`] found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Where it speaks.
    pub space: Space,
    /// Who issued it.
    pub feed: String,
    /// It, with the packages of this space.
    pub advisory: Advisory,
}

impl Database {
    /// Opens the shards of these spaces, of all feeds, and the facts about CVEs. No folder is no shards: what is missing
    /// is said when something is matched. What cannot be used is set aside in [`Self::unusable`].
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub fn open(directory: &Path, spaces: &BTreeSet<Space>) -> Result<Self, Error> {
        Self::open_those(directory, |_, space| space == Space::CVE || spaces.contains(space))
    }

    /// Opens those shards of these spaces and feeds that are there, and leaves all others alone, sound or not.
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub fn open_of(directory: &Path, shards: &BTreeSet<(Space, String)>) -> Result<Self, Error> {
        let names: BTreeSet<String> = shards.iter().map(|(space, feed)| file_name(space.as_str(), feed)).collect();
        Self::open_those(directory, |name, _| names.contains(name))
    }

    /// Opens every shard in the folder.
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub fn open_all(directory: &Path) -> Result<Self, Error> {
        Self::open_those(directory, |_, _| true)
    }

    fn open_those(directory: &Path, wanted: impl Fn(&str, &str) -> bool) -> Result<Self, Error> {
        let mut database = Self::default();
        for name in shard_names(directory)? {
            let Some(space) = format::space_of(&name).filter(|space| wanted(&name, space)) else { continue };
            match Shard::open(&directory.join(&name)) {
                Ok(shard) => database.shards.push(shard),
                Err(error) => database.unusable.push((Space(space), error)),
            }
        }
        Ok(database)
    }

    /// Those that are open, sorted by space and feed.
    #[must_use]
    pub fn shards(&self) -> &[Shard] {
        &self.shards
    }

    /// Files that should answer for a space but cannot, with why.
    #[must_use]
    pub fn unusable(&self) -> &[(Space, Error)] {
        &self.unusable
    }

    /// The shards of one space.
    pub fn of(&self, space: &str) -> impl Iterator<Item = &Shard> {
        self.shards.iter().filter(move |shard| shard.space() == space)
    }

    /// Advisories about a package, or with an id or a CVE, in any of the open shards.
    ///
    /// # Errors
    /// When a shard is damaged.
    pub fn search(&self, text: &str) -> Result<Vec<Hit>, Error> {
        let mut hits = Vec::new();
        for shard in &self.shards {
            let found = shard.search(text)?.into_iter();
            let (space, feed) = (Space(shard.space().into()), shard.feed().to_owned());
            hits.extend(found.map(|advisory| Hit { space: space.clone(), feed: feed.clone(), advisory }));
        }
        Ok(hits)
    }
}

/// How old a half-written file is that nobody writes any more: the largest shard takes minutes.
const ABANDONED: Duration = Duration::from_secs(60 * 60);

/// Deletes what killed processes left half-written in a folder of shards. What cannot be deleted does no harm.
pub(crate) fn sweep(directory: &Path, now: SystemTime) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name();
        let half_written = [".shard-", ".receipt-"].iter().any(|start| name.to_string_lossy().starts_with(start));
        let changed = || entry.metadata().and_then(|metadata| metadata.modified()).ok();
        let age = || now.duration_since(changed()?).ok();
        if half_written && age().is_some_and(|age| age > ABANDONED) {
            drop(fs::remove_file(entry.path()).or_else(|_| fs::remove_dir_all(entry.path())));
        }
    }
}

/// Names of the shard files in a folder, sorted.
fn shard_names(directory: &Path) -> Result<Vec<String>, Error> {
    let failed = |source| Error::Io { action: "list", path: directory.into(), source };
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed)?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.map_err(failed)?.file_name();
        names.extend(name.into_string().ok().filter(|name| name.ends_with(format::SUFFIX) && !name.starts_with('.')));
    }
    names.sort_unstable();
    Ok(names)
}
