//! The seam between the walk over an image and whatever reads a file in it.
//!
//! The core walks, opens, limits and caches; a reader gets bytes and returns [`Facts`]. A reader is a row of constant
//! data and one function, so that the list of readers is a table.

use std::io;

use serde::{Deserialize, Serialize};

use crate::{
    Account, Certificate, ConfigurationText, ElfTraits, Group, LicenceText, Owned, Package, Presence, Release,
};

/// One way to get facts out of files.
#[derive(Debug)]
pub struct Reader {
    /// `ecosystem/what`, such as `deb/status`. Never reused for another meaning.
    pub id: &'static str,
    /// Raise it when the facts from the same bytes change: cached layers are then read again.
    pub version: u32,
    /// Which files.
    pub wants: Wants,
    /// What such a file says of the packages in it.
    pub presence: Presence,
    /// Pure. What is malformed in part gives the facts of the rest and a line in [`Facts::malformed`].
    pub read: fn(&Input<'_>) -> Result<Facts, Malformed>,
}

/// Which files a reader wants.
///
/// Patterns are relative to the root. `*` stands for any run of characters but `/`; `**/` in front for any folders. A
/// pattern that does not begin with `**/` is also followed through links in the image: `var/lib/rpm` →
/// `usr/lib/sysimage/rpm`, and the links in `etc/sudoers.d/*`.
#[derive(Debug, Clone, Copy)]
pub struct Wants {
    /// The file to read.
    pub paths: &'static [&'static str],
    /// Files to give along, relative to that file's folder (`rpmdb.sqlite-wal`). A reader with none is *local*: its
    /// facts depend on one file's bytes alone, and it runs while the layer streams by. One with some is *joined*: it
    /// runs on the overlaid tree, where the files of a group may come from several layers.
    pub with: &'static [&'static str],
    /// What the file begins with, any of these; none to go by the path alone. Only a local reader has some: the rest of
    /// a file that begins otherwise is never looked at, so that `**/*` may stand for every program in the image.
    pub starts: &'static [&'static [u8]],
    /// A database without which one knows nothing of what is installed: failing to read it blinds the scan.
    pub essential: bool,
}

impl Wants {
    /// Longest text in [`Wants::starts`]: that much of a file is at hand before anybody reads it.
    pub const LONGEST_START: usize = 16;

    /// Each file by itself, by its path.
    #[must_use]
    pub const fn local(paths: &'static [&'static str]) -> Self {
        Self { paths, with: &[], starts: &[], essential: false }
    }

    /// Each file by itself, and nobody knows what is installed without it.
    #[must_use]
    pub const fn essential(paths: &'static [&'static str]) -> Self {
        Self { paths, with: &[], starts: &[], essential: true }
    }

    /// Each file by itself, by its path and what it begins with.
    #[must_use]
    pub const fn starting(paths: &'static [&'static str], starts: &'static [&'static [u8]]) -> Self {
        Self { paths, with: &[], starts, essential: false }
    }

    /// Whether a file that begins with these bytes may be one.
    #[must_use]
    pub fn begins(&self, head: &[u8]) -> bool {
        self.starts.is_empty() || self.starts.iter().any(|start| head.starts_with(start))
    }
}

/// What a reader gets.
pub struct Input<'a> {
    /// The file that matched [`Wants::paths`].
    pub file: File<'a>,
    /// Those of [`Wants::with`] that are there, sorted by path.
    pub with: &'a [File<'a>],
}

/// A file in the image.
#[derive(Clone, Copy)]
pub struct File<'a> {
    /// Relative to the root, no leading slash. Not UTF-8 → replacement characters.
    pub path: &'a str,
    /// What it holds.
    pub content: &'a dyn Content,
}

/// Bytes that can be read anywhere: in memory when small, a temporary file when not.
pub trait Content: Sync {
    /// Length in bytes.
    fn size(&self) -> u64;

    /// Fills `buffer` from `offset` on.
    ///
    /// # Errors
    /// When fewer bytes are there, or the store fails.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()>;

    /// All bytes, when they are in memory.
    fn bytes(&self) -> Option<&[u8]>;
}

/// Bytes in memory.
impl<T: AsRef<[u8]> + Sync> Content for T {
    fn size(&self) -> u64 {
        self.as_ref().len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let start = usize::try_from(offset).map_err(|_| io::ErrorKind::UnexpectedEof)?;
        let end = start.checked_add(buffer.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        buffer.copy_from_slice(self.as_ref().get(start..end).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn bytes(&self) -> Option<&[u8]> {
        Some(self.as_ref())
    }
}

/// What a reader found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Packages; layer, presence and locations are filled in by the core. A reader of archives names places inside its
    /// file as locations.
    pub packages: Vec<Package>,
    /// Which files belong to which of them.
    pub owned: Vec<Owned>,
    /// What the file says about the distribution.
    pub releases: Vec<Release>,
    /// Accounts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<Account>,
    /// Groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// The file itself, when it is a configuration that checks look into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration: Option<ConfigurationText>,
    /// Other files that this one says belong to it, which its reader then reads as well: paths from the root (`/etc/x.d/*`)
    /// or from the folder of the file. A star stands for any run of characters but `/`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub includes: Vec<String>,
    /// Certificates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<Certificate>,
    /// What it asks for, when it is the manifest of a project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<Requests>,
    /// Licences that it states.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub licences: Vec<LicenceText>,
    /// How it was built, when it is a program or looks for libraries of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elf: Option<Box<ElfTraits>>,
    /// Parts that could not be read, each with what and where ("stanza 12: no Version"); they become gaps.
    pub malformed: Vec<String>,
}

/// What the manifest of a project asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requests {
    /// How many packages.
    pub count: usize,
    /// Those that it asks for in one version.
    pub pinned: Vec<Package>,
    /// Why nobody knows what it asks for, or empty: of no consequence where a lock file says so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub malformed: String,
}

/// A file that is asked for by another path than the one it lies at: through links, or because another file includes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asked {
    /// The path that it is asked for by.
    pub path: String,
    /// Where it lies, without links; as in [`crate::Location::path`].
    pub target: String,
    /// The path of the file whose settings it belongs to, or empty.
    pub included_by: String,
}

/// Nothing could be read: the file is not what its name promised. Says what is wrong and at which offset or line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub String);
