//! Checks everything that a place hands out, as its readers would.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

use super::{Blob, Entry, Error, Key, Place, Refusal, Signed, pack, read_index};
use crate::database::Shard;
use crate::fetch::Fetcher;

/// What was checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Time of the current index.
    pub built: String,
    /// Id of the key that signed it.
    pub key: String,
    /// Shards that were opened.
    pub shards: usize,
    /// Shards that the index lists and a bundle was made without.
    pub left_out: usize,
    /// Indexes of earlier builds.
    pub older: usize,
    /// Bytes of all blobs.
    pub bytes: u64,
}

/// Checks signatures, digests and shards: of the current index and of all that are kept.
///
/// # Errors
/// The first thing that is not as it should be.
pub fn verify(place: &Place, fetcher: &Fetcher<'_>, keys: &[Key], scratch: &Path) -> Result<Verified, Error> {
    let signed = current(place, fetcher, keys, None)?;
    let mut verified = Verified { built: signed.index.built.clone(), key: signed.key.clone(), ..Verified::default() };
    let mut seen = BTreeSet::new();
    let mut check = |signed: &Signed, verified: &mut Verified| -> Result<(), Error> {
        for entry in &signed.index.shards {
            if place.has(&entry.blob.path()) {
                shard(place, fetcher, entry, scratch, &mut seen, verified)?;
            } else {
                verified.left_out = verified.left_out.saturating_add(1);
            }
        }
        Ok(())
    };
    check(&signed, &mut verified)?;
    for time in signed.index.history.iter().filter(|time| super::path_of(time).is_some_and(|path| place.has(&path))) {
        let moment = time.parse::<jiff::Timestamp>().unwrap_or_default();
        check(&current(place, fetcher, keys, Some(moment))?, &mut verified)?;
        verified.older = verified.older.saturating_add(1);
    }
    Ok(verified)
}

fn current(place: &Place, fetcher: &Fetcher<'_>, keys: &[Key], at: Option<jiff::Timestamp>) -> Result<Signed, Error> {
    let unsigned = || Error::Refused { place: place.to_string(), refusal: Refusal::Unsigned };
    read_index(place, fetcher, keys, None, at)?.ok_or_else(unsigned)
}

fn shard(
    place: &Place,
    fetcher: &Fetcher<'_>,
    entry: &Entry,
    scratch: &Path,
    seen: &mut BTreeSet<Blob>,
    verified: &mut Verified,
) -> Result<(), Error> {
    for delta in entry.deltas.iter().filter(|delta| place.has(&delta.blob.path())) {
        if seen.insert(delta.blob.clone()) {
            place.blob(fetcher, &delta.blob, &|_, _| {})?;
            verified.bytes = verified.bytes.saturating_add(delta.blob.size);
        }
    }
    if !seen.insert(entry.blob.clone()) {
        return Ok(());
    }
    let (blob, _) = place.blob(fetcher, &entry.blob, &|_, _| {})?;
    let aside =
        tempfile::tempdir_in(scratch).map_err(|source| Error::Io { action: "write", path: scratch.into(), source })?;
    unpack(place, entry, &entry.blob, blob, None, &aside.path().join(entry.file_name()))?;
    verified.shards = verified.shards.saturating_add(1);
    verified.bytes = verified.bytes.saturating_add(entry.blob.size);
    Ok(())
}

/// Writes what a blob inflates to, and makes sure that it is the shard that the index promised.
///
/// # Errors
/// When it is not.
pub(crate) fn unpack(
    place: &Place,
    entry: &Entry,
    blob: &Blob,
    file: File,
    old: Option<&[u8]>,
    to: &Path,
) -> Result<(), Error> {
    let refused =
        |why: String| Error::Refused { place: place.to_string(), refusal: Refusal::Blob { blob: blob.path(), why } };
    let failed = |source| Error::Io { action: "write", path: to.into(), source };
    let mut out = File::create(to).map_err(failed)?;
    let content = pack::inflate(file, old, entry.size, &mut out).map_err(|error| refused(error.to_string()))?;
    if content != entry.content {
        return Err(refused(format!("it inflates to {content}")));
    }
    out.sync_all().map_err(failed)?;
    let shard = Shard::open(to)?;
    if shard.digest() != entry.digest {
        return Err(refused(format!("the shard in it is {}", shard.digest())));
    }
    Ok(())
}
