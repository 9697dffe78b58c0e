//! Published shards in one file, for where no network goes: a tar archive of the index, its signature and the blobs.
//!
//! Not compressed, for blobs are: so any of them is read without the others.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tar::{Archive, EntryType, Header};

use super::{Error, INDEX, SIGNATURE, Shelf, Signed, place::Place};
use crate::database::Stamp;
use crate::fetch::{self, Failure, Fetched, Fetcher};

/// Files that a bundle may hold: an index, its signature, and what an index may name.
const MEMBERS: usize = 200_000;

/// A bundle, open.
pub struct Bundle {
    path: PathBuf,
    /// Where each member begins, and its bytes.
    members: BTreeMap<String, (u64, u64)>,
}

impl Bundle {
    /// Opens a bundle and looks where things are in it.
    ///
    /// # Errors
    /// When it is none.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let failed = |source| Error::Io { action: "read", path: path.into(), source };
        let members = members(File::open(path).map_err(failed)?).map_err(failed)?;
        Ok(Self { path: path.into(), members })
    }

    fn read(&self, path: &str, limit: u64) -> Result<Fetched, Failure> {
        let (start, size) = *self.members.get(path).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        if size > limit {
            return Err(Failure::TooLarge { bytes: size, limit });
        }
        let mut bundle = File::open(&self.path)?;
        bundle.seek(SeekFrom::Start(start))?;
        let mut file = tempfile::tempfile()?;
        let copied = io::copy(&mut bundle.take(size), &mut file)?;
        if copied != size {
            return Err(Failure::Cut { got: copied, declared: size });
        }
        file.rewind()?;
        Ok(Fetched::Changed { file, stamp: Stamp::default(), bytes: 0 })
    }
}

/// Takes plain files of plain names, each once, and nothing else.
fn members(file: File) -> io::Result<BTreeMap<String, (u64, u64)>> {
    let wrong = |what: String| io::Error::new(io::ErrorKind::InvalidData, format!("not a bundle: {what}"));
    let length = file.metadata()?.len();
    let mut archive = Archive::new(file);
    let mut members = BTreeMap::new();
    for entry in archive.entries_with_seek()? {
        let entry = entry?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let place = (entry.raw_file_position(), entry.size());
        if entry.header().entry_type() != EntryType::Regular || !is_plain(&name) {
            return Err(wrong(format!("it holds {name:.100?}")));
        }
        if place.0.checked_add(place.1).is_none_or(|end| end > length) {
            return Err(wrong(format!("it ends within {name}")));
        }
        if members.insert(name.clone(), place).is_some() || members.len() > MEMBERS {
            return Err(wrong(format!("it holds {name} twice, or too much")));
        }
    }
    if members.contains_key(INDEX) { Ok(members) } else { Err(wrong(format!("it holds no {INDEX}"))) }
}

fn is_plain(name: &str) -> bool {
    let hex = |name: &str| name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    match name.strip_prefix("blobs/") {
        Some(blob) => hex(blob),
        None => name == INDEX || (name.starts_with(INDEX) && name.ends_with(SIGNATURE) && !name.contains('/')),
    }
}

impl Shelf for Bundle {
    fn fetch(&self, path: &str, limit: u64) -> Result<Fetched, fetch::Error> {
        let address = format!("{} in {}", path, self.path.display());
        self.read(path, limit).map_err(|failure| fetch::Error { address, failure })
    }

    fn has(&self, path: &str) -> bool {
        self.members.contains_key(path)
    }

    fn address(&self) -> String {
        self.path.display().to_string()
    }
}

/// What went into a bundle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Exported {
    /// Shards.
    pub shards: usize,
    /// Bytes of the file.
    pub bytes: u64,
}

/// Writes a bundle with the shards of these spaces, or all when there are none; every blob is checked on the way. The
/// file appears whole or not at all.
///
/// # Errors
/// When a blob cannot be had or is not what the index says, or nothing is there of a space.
pub fn export(
    place: &Place,
    fetcher: &Fetcher<'_>,
    signed: &Signed,
    spaces: &[String],
    to: &Path,
) -> Result<Exported, Error> {
    let failed = |source| Error::Io { action: "write", path: to.into(), source };
    let entries = &signed.index.shards;
    if let Some(missing) = spaces.iter().find(|space| !entries.iter().any(|entry| entry.space == **space)) {
        return Err(Error::Senseless(format!("{place} has nothing about {missing}")));
    }
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".bundle-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut file = builder.tempfile_in(folder).map_err(failed)?;
    let mut exported = Exported::default();
    let mut archive = tar::Builder::new(io::BufWriter::new(&mut file));
    add(&mut archive, INDEX, signed.bytes.as_slice(), signed.bytes.len() as u64).map_err(failed)?;
    let signature = signed.signature.as_slice();
    add(&mut archive, &format!("{INDEX}{SIGNATURE}"), signature, signature.len() as u64).map_err(failed)?;
    let mut written = std::collections::BTreeSet::new();
    for entry in entries.iter().filter(|entry| spaces.is_empty() || spaces.contains(&entry.space)) {
        exported.shards = exported.shards.saturating_add(1);
        if !written.insert(&entry.blob) {
            continue;
        }
        let (blob, _) = place.blob(fetcher, &entry.blob, &|_, _| {})?;
        add(&mut archive, &entry.blob.path(), blob, entry.blob.size).map_err(failed)?;
    }
    archive.into_inner().and_then(|mut out| out.flush()).map_err(failed)?;
    exported.bytes = file.as_file().metadata().map_err(failed)?.len();
    file.as_file().sync_all().map_err(failed)?;
    file.persist(to).map_err(|error| failed(error.error))?;
    Ok(exported)
}

/// Nothing of this machine goes in: equal content gives equal bytes.
fn add(archive: &mut tar::Builder<impl Write>, name: &str, content: impl Read, size: u64) -> io::Result<()> {
    let mut header = Header::new_ustar();
    header.set_path(name)?;
    header.set_size(size);
    header.set_mode(0o644);
    header.set_cksum();
    archive.append(&header, content.take(size))
}
