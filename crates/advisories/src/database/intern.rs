//! Strings and lists of a shard under construction, each stored once.

use rustc_hash::FxHashMap;
use zerocopy::IntoBytes;
use zerocopy::little_endian::U32;

use super::format::NONE;
use plimsoll_model::{Range, Rating};

/// The format cannot hold it: the text says which bound.
pub type Full = String;

/// Grows the string and list sections.
#[derive(Debug)]
pub struct Interner {
    pub strings: Vec<u8>,
    pub lists: Vec<U32>,
    known_strings: FxHashMap<Box<str>, u32>,
    known_lists: FxHashMap<Box<[u32]>, u32>,
}

impl Interner {
    /// With the empty string and the empty list, both at 0.
    pub fn new() -> Self {
        Self {
            strings: vec![0, 0],
            lists: vec![U32::ZERO],
            known_strings: FxHashMap::from_iter([("".into(), 0)]),
            known_lists: FxHashMap::from_iter([(Box::default(), 0)]),
        }
    }

    /// The place of a string.
    pub fn string(&mut self, text: &str) -> Result<u32, Full> {
        if let Some(place) = self.known_strings.get(text) {
            return Ok(*place);
        }
        let length = u16::try_from(text.len()).map_err(|_| format!("a name, id or version of {} bytes", text.len()))?;
        let place = u32::try_from(self.strings.len()).map_err(|_| "4 GiB of names and versions".to_owned())?;
        self.strings.extend_from_slice(&length.to_le_bytes());
        self.strings.extend_from_slice(text.as_bytes());
        self.known_strings.insert(text.into(), place);
        Ok(place)
    }

    /// The place of a list of strings.
    pub fn strings(&mut self, texts: &[String]) -> Result<u32, Full> {
        let items = texts.iter().map(|text| self.string(text)).collect::<Result<Vec<_>, _>>()?;
        self.list(items)
    }

    /// The place of a list of ranges.
    pub fn ranges(&mut self, ranges: &[Range]) -> Result<u32, Full> {
        let mut items = Vec::with_capacity(ranges.len().saturating_mul(3));
        for range in ranges {
            for text in [&range.introduced, &range.fixed, &range.last_affected] {
                items.push(self.string(text)?);
            }
        }
        self.list(items)
    }

    /// The place of a list of ratings.
    pub fn ratings(&mut self, ratings: &[Rating]) -> Result<u32, Full> {
        let mut items = Vec::with_capacity(ratings.len().saturating_mul(super::format::RATING));
        for rating in ratings {
            for text in [&rating.source, &rating.word, &rating.vector] {
                items.push(self.string(text)?);
            }
            items.push(hundredths(rating.score));
            items.push(rating.severity as u32);
        }
        self.list(items)
    }

    fn list(&mut self, items: Vec<u32>) -> Result<u32, Full> {
        if let Some(place) = self.known_lists.get(items.as_slice()) {
            return Ok(*place);
        }
        let count = u32::try_from(items.len()).map_err(|_| "4 Gi numbers in one list".to_owned())?;
        let place = u32::try_from(self.lists.len()).map_err(|_| "4 Gi numbers in lists".to_owned())?;
        self.lists.push(U32::new(count));
        self.lists.extend(items.iter().copied().map(U32::new));
        self.known_lists.insert(items.into_boxed_slice(), place);
        Ok(place)
    }

    /// The list section's bytes.
    pub fn list_bytes(&self) -> &[u8] {
        self.lists.as_bytes()
    }
}

/// CVSS scores have one decimal; hundredths leave room without the surprises of binary fractions.
fn hundredths(score: Option<f64>) -> u32 {
    match score {
        // In range, so the conversion neither wraps nor saturates.
        Some(score) if (0.0..=10.0).contains(&score) => (score * 100.0).round() as u32,
        _ => NONE,
    }
}
