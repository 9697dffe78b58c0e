//! From a place to an index that is known to be its publisher's.

use jiff::Timestamp;

use super::index::{self, Index, path_of};
use super::key::{self, Key};
use super::{Error, INDEX, Place, Refusal, SIGNATURE};
use crate::database::Stamp;
use crate::fetch::{Fetched, Fetcher};

/// An index whose signature holds.
#[derive(Debug, Clone)]
pub struct Signed {
    /// It.
    pub index: Index,
    /// Its bytes as signed.
    pub bytes: Vec<u8>,
    /// The signature that holds.
    pub signature: Vec<u8>,
    /// Id of the key that made it.
    pub key: String,
    /// What to ask with whether it has changed.
    pub stamp: Stamp,
}

impl Signed {
    /// Checks the signature of an index, then reads it.
    ///
    /// # Errors
    /// When it is not signed by one of these keys, or is not an index.
    pub fn new(bytes: Vec<u8>, signature: Vec<u8>, keys: &[Key]) -> Result<Self, Refusal> {
        let key = key::verify(&bytes, &signature, keys)?;
        Ok(Self { index: Index::parse(&bytes)?, bytes, signature, key, stamp: Stamp::default() })
    }
}

/// Tries, before giving up, for a folder that is being replaced while it is read.
const TRIES: usize = 2;

/// The index of a place: its current one, or the newest that is not after `as_of`. None: the current one still is what
/// `known` stands for.
///
/// # Errors
/// When the place does not answer, or hands out what none of these keys signed.
pub fn read_index(
    place: &Place,
    fetcher: &Fetcher<'_>,
    keys: &[Key],
    known: Option<&Stamp>,
    as_of: Option<Timestamp>,
) -> Result<Option<Signed>, Error> {
    let Some(moment) = as_of else { return read(place, fetcher, keys, known, INDEX) };
    let refused = |refusal| Error::Refused { place: place.to_string(), refusal };
    let absent = || refused(Refusal::Unsigned);
    let current = read(place, fetcher, keys, None, INDEX)?.ok_or_else(absent)?;
    let Some(built) = current.index.not_after(moment) else {
        let oldest = current.index.history.last().unwrap_or(&current.index.built).clone();
        return Err(refused(Refusal::TooYoung { moment: moment.to_string(), oldest }));
    };
    if built == current.index.built {
        return Ok(Some(current));
    }
    let older = read(place, fetcher, keys, None, &path_of(built).unwrap_or_default())?.ok_or_else(absent)?;
    if older.index.built != built {
        let why = format!("the index of {built} says to be of {}", older.index.built);
        return Err(refused(Refusal::Malformed(why)));
    }
    Ok(Some(older))
}

fn read(
    place: &Place,
    fetcher: &Fetcher<'_>,
    keys: &[Key],
    known: Option<&Stamp>,
    path: &str,
) -> Result<Option<Signed>, Error> {
    let mut refusal = Refusal::Unsigned;
    for _ in 0..TRIES {
        let (bytes, stamp) = match place.fetch(fetcher, path, known, index::LARGEST, &|_, _| {})? {
            Fetched::Changed { file, stamp, .. } => (super::place::contents(file, index::LARGEST, path)?, stamp),
            Fetched::Unchanged => return Ok(None),
        };
        refusal = Refusal::Unsigned;
        for name in signatures(path, &bytes, keys) {
            let signed = match place.read(fetcher, &name, key::LARGEST) {
                Ok(None) => continue,
                Ok(Some(signature)) => Signed::new(bytes.clone(), signature, keys),
                Err(error) => Err(Refusal::Signature(error.to_string())),
            };
            match signed {
                Ok(signed) => return Ok(Some(Signed { stamp, ..signed })),
                Err(why) => refusal = worse(refusal, why),
            }
        }
    }
    Err(Error::Refused { place: place.to_string(), refusal })
}

/// The first reason says most, unless it was that there is nothing to say.
fn worse(first: Refusal, next: Refusal) -> Refusal {
    if first == Refusal::Unsigned { next } else { first }
}

/// Where the signature of an index may be: beside it, by any of the keys; and beside the kept index of the same time.
fn signatures(path: &str, index: &[u8], keys: &[Key]) -> Vec<String> {
    let beside = |path: &str| {
        let further = keys.iter().map(|key| format!("{path}.{}{SIGNATURE}", key.id()));
        std::iter::once(format!("{path}{SIGNATURE}")).chain(further).collect::<Vec<_>>()
    };
    let mut names = beside(path);
    // Nothing of an index that is not verified is believed but where to look for its signature.
    let kept = Index::parse(index).ok().and_then(|index| path_of(&index.built)).filter(|kept| kept != path);
    names.extend(kept.iter().flat_map(|kept| beside(kept)));
    names
}
