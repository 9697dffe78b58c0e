//! The layout of a shard.
//!
//! Owns the fixed records and their order. All numbers are little-endian and unaligned, so that a shard is read in place
//! on any machine. Nothing here is trusted by being in the right place: every offset is looked up with a bound check.
//!
//! ```text
//! Header | Section × 8 | about | names | rows | records | lists | strings | blocks | texts
//! ```
//!
//! * *about*: JSON of [`About`]: what a program must know before it reads on, and what a person wants to know.
//! * *names*: [`Name`], sorted by their text: found by binary search. Each owns a run of rows.
//! * *rows*: [`Row`], what one advisory says about one package.
//! * *records*: [`Record`], the part of an advisory that all of its rows share.
//! * *lists*: runs of numbers, each preceded by their count: references to strings, or tuples of them.
//! * *strings*: UTF-8, each preceded by its length in two bytes. Equal strings and equal lists are stored once.
//! * *blocks*: [`Block`], where a compressed stretch of text lies and its checksum.
//! * *texts*: zstd frames (RFC 8878), inflated only when something in them is asked for.
//!
//! The header's checksum covers the section table, whose checksums cover the sections; the one of *texts* is that of
//! *blocks*, whose checksums cover the frames. The header's checksum is therefore a digest of all content.

use serde::{Deserialize, Serialize};
use zerocopy::little_endian::{U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::Stamp;

/// The first bytes of every shard.
pub const MAGIC: [u8; 8] = *b"PLIMSHRD";
/// Raised when an old reader would misread a new file. There is no reader for older ones: shards are made again.
pub const VERSION: u32 = 4;
/// End of the file name of a shard.
pub const SUFFIX: &str = ".shard";
/// What a block of texts is filled up to before it is compressed, in bytes. Smaller: less to inflate for one title.
pub const TITLES_BLOCK: usize = 16 << 10;
/// The same for details and references: larger, for they are read one at a time and compress better together.
pub const DETAILS_BLOCK: usize = 64 << 10;
/// No block inflates to more; a single text is cut long before.
pub const LARGEST_BLOCK: usize = 1 << 20;
/// Number that stands for "none" where a score may be missing.
pub const NONE: u32 = u32::MAX;

/// The parts of the file after the section table, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    About,
    Names,
    Rows,
    Records,
    Lists,
    Strings,
    Blocks,
    Texts,
}

impl Part {
    /// All, in the order of the file.
    pub const ALL: [Self; 8] =
        [Self::About, Self::Names, Self::Rows, Self::Records, Self::Lists, Self::Strings, Self::Blocks, Self::Texts];

    /// Position in the section table.
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// The JSON at the front.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    pub space: String,
    pub feed: String,
    /// RFC 3339, or empty; see [`super::Shard::date`].
    pub date: String,
    pub documents: Vec<Stamp>,
}

/// First bytes of the file.
#[derive(Debug, Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct Header {
    pub magic: [u8; 8],
    pub version: U32,
    pub sections: U32,
    /// Length of the whole file.
    pub length: U64,
    /// BLAKE3 of the section table.
    pub checksum: [u8; 32],
}

/// Where a part lies, from the start of the file.
#[derive(Debug, Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct Section {
    pub offset: U64,
    pub length: U64,
    /// BLAKE3 of the part; of [`Part::Blocks`] for [`Part::Texts`].
    pub checksum: [u8; 32],
}

/// A package name and its rows.
#[derive(Debug, Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct Name {
    pub text: U32,
    pub first: U32,
    pub count: U32,
    /// Changes when anything that is said about the package changes.
    pub digest: [u8; 16],
}

/// What one advisory says about one package.
#[derive(Debug, Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct Row {
    pub record: U32,
    /// List of triples of strings: introduced, fixed, last affected.
    pub ranges: U32,
    /// List of strings.
    pub versions: U32,
    /// List of ratings, see [`RATING`].
    pub ratings: U32,
    pub arch: U32,
    pub module: U32,
    /// List of strings.
    pub repositories: U32,
    /// List of strings.
    pub symbols: U32,
    pub state: u8,
    pub padding: [u8; 3],
}

/// Numbers in a list for one rating: source, word and vector (strings), score in hundredths or [`NONE`], severity.
pub const RATING: usize = 5;

/// The part of an advisory that all of its rows share.
#[derive(Debug, Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct Record {
    pub id: U32,
    pub published: U32,
    pub modified: U32,
    pub exploited: U32,
    pub due: U32,
    /// 1 when it is known to be used for extortion.
    pub ransomware: U32,
    /// List of strings.
    pub weaknesses: U32,
    /// Millionths, or [`NONE`].
    pub epss: U32,
    /// Millionths, or [`NONE`].
    pub percentile: U32,
    /// List of strings.
    pub aliases: U32,
    /// List of strings.
    pub covers: U32,
    /// List of ratings.
    pub ratings: U32,
    pub title: Place,
    /// Details, a NUL, references one a line.
    pub details: Place,
}

/// Where a text lies within an inflated block.
#[derive(Debug, Clone, Copy, Default, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct Place {
    pub block: U32,
    pub offset: U32,
    /// Zero: no text, whatever the other numbers.
    pub length: U32,
}

/// A compressed stretch of text.
#[derive(Debug, Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct Block {
    /// From the start of [`Part::Texts`].
    pub offset: U64,
    pub stored: U32,
    pub inflated: U32,
    /// First bytes of BLAKE3 of the frame.
    pub checksum: [u8; 16],
}

/// The file name of a shard. Every byte that is not plain in file names everywhere is written as `%` and two digits.
pub fn file_name(space: &str, feed: &str) -> String {
    format!("{}@{}{SUFFIX}", escape(space), escape(feed))
}

/// The space in a file name that [`file_name`] made.
pub fn space_of(name: &str) -> Option<String> {
    let (escaped, _) = name.split_once('@')?;
    let mut bytes = Vec::with_capacity(escaped.len());
    let mut rest = escaped;
    while let Some(first) = rest.chars().next() {
        let (byte, length) = match first {
            '%' => (u8::from_str_radix(rest.get(1..3)?, 16).ok()?, 3),
            plain => (u8::try_from(plain).ok()?, 1),
        };
        bytes.push(byte);
        rest = rest.get(length..)?;
    }
    String::from_utf8(bytes).ok()
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => escaped.push(char::from(byte)),
            b'.' if !escaped.is_empty() => escaped.push('.'),
            _ => escaped.push_str(&format!("%{byte:02x}")),
        }
    }
    escaped
}

/// The first 16 bytes of a BLAKE3 hash.
pub fn short(hash: blake3::Hash) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(hash.as_bytes()).for_each(|(to, from)| *to = *from);
    bytes
}
