//! Makes a folder of what a place hands out, so that it can be handed out again.

use std::fs;
use std::io::Read;
use std::path::Path;

use super::folder::{failed, is_there, lock, sync, write};
use super::{Error, INDEX, Key, Place, Refusal, SIGNATURE, Signed, path_of, read_index};
use crate::fetch::Fetcher;

/// What a copy took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copied {
    /// Time of the current index.
    pub built: String,
    /// States, the current one too.
    pub states: usize,
    /// Blobs that came.
    pub blobs: usize,
    /// Bytes of them.
    pub bytes: u64,
}

/// Copies the current state and those that are kept; every blob is checked, the current index is written last. Earlier
/// states that the place names but no longer has are left out.
///
/// # Errors
/// When the place is not to be trusted or does not answer, or the folder cannot be written.
pub fn copy(place: &Place, fetcher: &Fetcher<'_>, keys: &[Key], folder: &Path) -> Result<Copied, Error> {
    for name in ["blobs", "indexes"] {
        fs::create_dir_all(folder.join(name)).map_err(failed("create", folder))?;
    }
    let _lock = lock(folder)?;
    let read = |moment| {
        let unsigned = || Error::Refused { place: place.to_string(), refusal: Refusal::Unsigned };
        read_index(place, fetcher, keys, None, moment)?.ok_or_else(unsigned)
    };
    let current = read(None)?;
    let mut copied = Copied { built: current.index.built.clone(), ..Copied::default() };
    for time in current.index.history.iter().rev() {
        match read(time.parse().ok()) {
            Ok(older) => state(place, fetcher, &older, folder, &mut copied)?,
            Err(Error::Fetch(error)) if error.failure.is_absence() => {}
            Err(error) => return Err(error),
        }
    }
    state(place, fetcher, &current, folder, &mut copied)?;
    write(&folder.join(format!("{INDEX}{SIGNATURE}")), &current.signature)?;
    write(&folder.join(INDEX), &current.bytes)?;
    sync(folder)?;
    Ok(copied)
}

fn state(
    place: &Place,
    fetcher: &Fetcher<'_>,
    signed: &Signed,
    folder: &Path,
    copied: &mut Copied,
) -> Result<(), Error> {
    for blob in signed.index.blobs().into_iter().filter(|blob| place.has(&blob.path()) && !is_there(folder, blob)) {
        let (mut file, _) = place.blob(fetcher, blob, &|_, _| {})?;
        let path = folder.join(blob.path());
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed("read", &path))?;
        write(&path, &bytes)?;
        copied.blobs = copied.blobs.saturating_add(1);
        copied.bytes = copied.bytes.saturating_add(blob.size);
    }
    let kept = path_of(&signed.index.built).unwrap_or_default();
    write(&folder.join(format!("{kept}{SIGNATURE}")), &signed.signature)?;
    write(&folder.join(kept), &signed.bytes)?;
    copied.states = copied.states.saturating_add(1);
    Ok(())
}
