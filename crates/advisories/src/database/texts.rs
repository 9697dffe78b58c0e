//! Titles and details of a shard: gathered in blocks, compressed against a dictionary, inflated one block at a time.
//!
//! Owns compression. The dictionary is trained for each shard from some of its own texts, so that none has to be frozen
//! into the format.

use std::borrow::Cow;
use std::sync::OnceLock;

use plimsoll_model::Advisory;
use zstd::bulk;
use zstd::dict::DecoderDictionary;

use super::format::{LARGEST_BLOCK, LARGEST_DICTIONARY};
use super::index::Block;
use super::number::{put, take_size};
use super::pack::Full;
use super::unpack::Broken;

/// Compresses well, and still as fast as the feeds are parsed; measured on all of the OSV data.
const LEVEL: i32 = 15;
/// A longer text is cut: none that a person wrote about a vulnerability comes near.
const LONGEST: usize = 256 << 10;
/// Bytes that a dictionary is trained from. More make it no better, only slower to train.
pub const SAMPLES: usize = 1 << 20;
/// A dictionary has this part of all the text's size at most: what it saves must be worth its room.
const PART: usize = 16;
/// With less, none is made.
const SMALLEST: usize = 2 << 10;

/// Compresses blocks.
pub struct Compressor(bulk::Compressor<'static>);

impl Compressor {
    /// With a dictionary, or the empty one.
    pub fn new(dictionary: &[u8]) -> Result<Self, Full> {
        bulk::Compressor::with_dictionary(LEVEL, dictionary).map(Self).map_err(|error| format!("zstd: {error}"))
    }

    /// One frame.
    pub fn compress(&mut self, bytes: &[u8]) -> Result<Vec<u8>, Full> {
        if bytes.len() > LARGEST_BLOCK {
            return Err(format!("a block of {} bytes; all that is said about one package is in one", bytes.len()));
        }
        self.0.compress(bytes).map_err(|error| format!("zstd: {error}"))
    }
}

/// Trains a dictionary for texts of `total` bytes, of which these are some; empty when it would not be worth it.
pub fn train(samples: &[u8], lengths: &[usize], total: usize) -> Vec<u8> {
    let size = total.checked_div(PART).unwrap_or_default().min(LARGEST_DICTIONARY);
    if size < SMALLEST {
        return Vec::new();
    }
    // It fails when there are too few samples, or they have nothing in common.
    zstd::dict::from_continuous(samples, lengths, size).unwrap_or_default()
}

/// What makes texts smaller: none, or the dictionary section's, inflated when it is first needed.
#[derive(Default)]
pub struct Dictionary(OnceLock<Option<DecoderDictionary<'static>>>);

impl std::fmt::Debug for Dictionary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dictionary")
    }
}

impl Dictionary {
    /// The section's bytes.
    pub fn pack(dictionary: &[u8]) -> Result<Vec<u8>, Full> {
        if dictionary.is_empty() {
            return Ok(Vec::new());
        }
        Compressor::new(&[])?.compress(dictionary)
    }

    /// Inflates a block of texts.
    pub fn inflate(&self, section: &[u8], frame: &[u8], size: usize) -> Result<Vec<u8>, Broken> {
        let prepare = || {
            let bytes = bulk::decompress(section, LARGEST_DICTIONARY).ok()?;
            DecoderDictionary::try_copy(&bytes).ok()
        };
        if section.is_empty() {
            return inflate(frame, size);
        }
        let dictionary = self.0.get_or_init(prepare).as_ref().ok_or("the dictionary")?;
        let inflater = bulk::Decompressor::with_prepared_dictionary(dictionary).map_err(|_| "the dictionary")?;
        inflate_with(inflater, frame, size)
    }
}

/// Inflates a block that was compressed without a dictionary.
pub fn inflate(frame: &[u8], size: usize) -> Result<Vec<u8>, Broken> {
    inflate_with(bulk::Decompressor::new().map_err(|_| "a block")?, frame, size)
}

fn inflate_with(mut inflater: bulk::Decompressor<'_>, frame: &[u8], size: usize) -> Result<Vec<u8>, Broken> {
    let inflated = inflater.decompress(frame, size.min(LARGEST_BLOCK)).map_err(|_| "a block")?;
    if inflated.len() == size { Ok(inflated) } else { Err("the length of a block") }
}

/// Texts on their way into a block.
#[derive(Debug, Default)]
pub struct Texts {
    bytes: Vec<u8>,
    lengths: Vec<usize>,
}

impl Texts {
    /// Bytes in it.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Number of texts.
    pub fn count(&self) -> usize {
        self.lengths.len()
    }

    /// Takes a text.
    pub fn add(&mut self, text: &str) {
        let text = cut(text);
        self.bytes.extend_from_slice(text.as_bytes());
        self.lengths.push(text.len());
    }

    /// The block: how many, their lengths, they themselves. Empty afterwards.
    pub fn finish(&mut self) -> Vec<u8> {
        let mut block = Vec::with_capacity(self.bytes.len().saturating_add(self.lengths.len().saturating_mul(2)));
        put(&mut block, self.lengths.len() as u64);
        self.lengths.iter().for_each(|length| put(&mut block, *length as u64));
        block.extend_from_slice(&self.bytes);
        self.bytes.clear();
        self.lengths.clear();
        block
    }
}

/// The text of this number in a block that [`Texts::finish`] made.
pub fn text<'a>(block: &'a [u8], place: &Block, number: usize) -> Result<&'a str, Broken> {
    let mut rest = block;
    let count = take_size(&mut rest).filter(|count| *count == place.count).ok_or("a block of texts")?;
    let (mut start, mut wanted) = (0_usize, 0..0);
    for index in 0..count {
        let length = take_size(&mut rest).ok_or("a block of texts")?;
        let end = start.checked_add(length).ok_or("a block of texts")?;
        if place.first.saturating_add(index) == number {
            wanted = start..end;
        }
        start = end;
    }
    rest.get(wanted).and_then(|text| std::str::from_utf8(text).ok()).ok_or("a text")
}

/// Details and references as they are stored: how many bytes of the title the details begin with, the rest of them, a NUL,
/// the references one a line.
pub fn details(advisory: &Advisory) -> String {
    let details = advisory.details.replace('\0', " ");
    let title = cut(&advisory.title);
    let same = title.char_indices().zip(details.chars()).take_while(|((_, left), right)| left == right);
    let shared = same.last().map_or(0, |((start, last), _)| start.saturating_add(last.len_utf8()));
    let rest = details.get(shared..).unwrap_or_default();
    if shared == 0 && rest.is_empty() && advisory.references.is_empty() {
        return String::new();
    }
    format!("{shared}\0{rest}\0{}", advisory.references.join("\n"))
}

/// The reverse of [`details`].
pub fn read_details(stored: &str, title: &str) -> Result<(String, Vec<String>), Broken> {
    if stored.is_empty() {
        return Ok((String::new(), Vec::new()));
    }
    let (shared, rest) = stored.split_once('\0').ok_or("details")?;
    let (details, references) = rest.split_once('\0').ok_or("details")?;
    let shared = shared.parse().ok().and_then(|shared: usize| title.get(..shared)).ok_or("details")?;
    Ok((format!("{shared}{details}"), references.lines().map(str::to_owned).collect()))
}

fn cut(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST {
        return text.into();
    }
    let end = text.floor_char_boundary(LONGEST);
    format!("{} […]", text.get(..end).unwrap_or_default()).into()
}
