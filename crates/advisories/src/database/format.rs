//! The layout of a shard; `docs/shards.md` describes it for whoever writes a reader in another language.
//!
//! Owns the constants, and the fixed records at the start of the file. Nothing is trusted by being in the right place:
//! every reference is looked up with a bound check.
//!
//! ```text
//! Header | Section × 7 | about | index | dictionary | names | records | titles | details
//! ```
//!
//! * *about*: JSON of [`About`]: what a program must know before it reads on, and what a person wants to know.
//! * *index*: where the blocks of the four sections after it lie, and with which name or record each begins.
//! * *dictionary*: what titles and details have in common; they are compressed against it.
//! * *names*: blocks of package names, sorted, each with its rows: what one advisory says about one package.
//! * *records*: blocks of the part of an advisory that all of its rows share, in the order in which rows mention them.
//! * *titles*, *details*: blocks of texts, one for each record.
//!
//! Blocks are zstd frames (RFC 8878), inflated when something in them is asked for. The header's checksum covers the
//! section table, whose checksums cover the sections; those of *titles* and *details* are that of *index*, which has the
//! checksums of their blocks. The header's checksum is therefore a digest of all content.

use serde::{Deserialize, Serialize};
use zerocopy::little_endian::{U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::Stamp;

/// The first bytes of every shard.
pub const MAGIC: [u8; 8] = *b"PLIMSHRD";
/// Raised when an old reader would misread a new file. There is no reader for older ones: shards are made again.
pub const VERSION: u32 = 5;
/// End of the file name of a shard.
pub const SUFFIX: &str = ".shard";
/// What a block of names or records is filled up to before it is compressed, in bytes. Smaller: less to inflate for one
/// package.
pub const ENTRIES_BLOCK: usize = 32 << 10;
/// The same for titles: there is one for each finding.
pub const TITLES_BLOCK: usize = 16 << 10;
/// The same for details and references: larger, for they are read one at a time and compress better together.
pub const DETAILS_BLOCK: usize = 64 << 10;
/// No block inflates to more. All that is said about one package is in one block: a kernel's takes a megabyte.
pub const LARGEST_BLOCK: usize = 16 << 20;
/// Bytes of the dictionary, at most.
pub const LARGEST_DICTIONARY: usize = 112 << 10;
/// Bytes of a name, id, version or any other text but titles and details.
pub const LONGEST_TEXT: usize = u16::MAX as usize;

/// The parts of the file after the section table, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    About,
    Index,
    Dictionary,
    Names,
    Records,
    Titles,
    Details,
}

impl Part {
    /// All, in the order of the file.
    pub const ALL: [Self; 7] =
        [Self::About, Self::Index, Self::Dictionary, Self::Names, Self::Records, Self::Titles, Self::Details];

    /// Those that are blocks, in the order of the index.
    pub const BLOCKS: [Self; 4] = [Self::Names, Self::Records, Self::Titles, Self::Details];

    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::About => "about",
            Self::Index => "index",
            Self::Dictionary => "dictionary",
            Self::Names => "names",
            Self::Records => "records",
            Self::Titles => "titles",
            Self::Details => "details",
        }
    }

    /// Position in the section table.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Whether the section has no checksum of its own but one for each block, for it is not read as a whole.
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Titles | Self::Details)
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
    /// BLAKE3 of the part; of [`Part::Index`] for those whose blocks have checksums.
    pub checksum: [u8; 32],
}

/// How a reference to a text begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The text follows: its length in bytes, then itself.
    Here = 0,
    /// It is the empty text.
    Empty = 1,
}

/// References from this number on are to texts in the block's pool.
pub const REFERENCES: u64 = 2;

/// What a row has. The lowest three bits of its first number are the state.
pub mod row {
    pub const STATE: u64 = 0b111;
    pub const RANGES: u64 = 1 << 3;
    pub const VERSIONS: u64 = 1 << 4;
    pub const ARCH: u64 = 1 << 5;
    pub const MODULE: u64 = 1 << 6;
    pub const RATINGS: u64 = 1 << 7;
    pub const REPOSITORIES: u64 = 1 << 8;
    pub const SYMBOLS: u64 = 1 << 9;
}

/// What a record has, in its first number.
pub mod record {
    /// Its id is the name of the only row that mentions it.
    pub const NAMED: u64 = 1;
    pub const ALIASES: u64 = 1 << 1;
    pub const COVERS: u64 = 1 << 2;
    pub const EPSS: u64 = 1 << 3;
    pub const PUBLISHED: u64 = 1 << 4;
    pub const MODIFIED: u64 = 1 << 5;
    pub const RATINGS: u64 = 1 << 6;
    pub const WEAKNESSES: u64 = 1 << 7;
    pub const EXPLOITED: u64 = 1 << 8;
    pub const DUE: u64 = 1 << 9;
    pub const RANSOMWARE: u64 = 1 << 10;
    pub const PERCENTILE: u64 = 1 << 11;
}

/// The EPSS probability and percentile are stored as whole numbers of these. They have five decimals, some nine, of which
/// nobody reads more than six.
pub const MILLION: f64 = 1e6;

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

#[cfg(test)]
mod tests {
    use super::*;

    /// What a reader in another language is told.
    const MANUAL: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/shards.md"));

    #[test]
    fn the_manual_has_the_constants_of_the_format() {
        let magic = str::from_utf8(&MAGIC).unwrap();
        for line in [
            format!("| magic | `{magic}` |"),
            format!("| version | {VERSION} |"),
            format!("| sections | {} |", Part::ALL.len()),
            format!("| longest text but titles and details | {LONGEST_TEXT} bytes |"),
            format!("| largest block, inflated | {LARGEST_BLOCK} bytes |"),
            format!("| largest dictionary, inflated | {LARGEST_DICTIONARY} bytes |"),
            format!("The header has {} bytes", size_of::<Header>()),
            format!("follows, {} bytes for each section", size_of::<Section>()),
        ] {
            assert!(MANUAL.contains(&line), "docs/shards.md lacks: {line}");
        }
    }

    #[test]
    fn the_manual_has_the_sections_in_order() {
        let rows: Vec<&str> = Part::ALL.iter().map(|part| part.name()).collect();
        let table = MANUAL.lines().skip_while(|line| *line != "| section | |").skip(2);
        let listed: Vec<&str> = table.map_while(|line| line.strip_prefix("| ")?.split(' ').next()).collect();
        assert_eq!(listed, rows);
    }

    #[test]
    fn the_manual_has_the_bits_in_the_order_of_the_fields() {
        let bits = |heading: &str| -> Vec<u32> {
            let table =
                MANUAL.lines().skip_while(|line| *line != heading).skip_while(|line| !line.starts_with("| bit"));
            table.skip(2).map_while(|line| line.strip_prefix("| ")?.split(' ').next()?.parse().ok()).collect()
        };
        let places = |masks: &[u64]| -> Vec<u32> { masks.iter().map(|mask| mask.trailing_zeros()).collect() };
        let rows = [row::ARCH, row::MODULE, row::REPOSITORIES, row::RANGES, row::VERSIONS, row::RATINGS, row::SYMBOLS];
        assert_eq!(bits("## A block of names"), places(&rows));
        let records = [
            record::NAMED,
            record::ALIASES,
            record::COVERS,
            record::EPSS,
            record::PERCENTILE,
            record::EXPLOITED,
            record::DUE,
            record::RATINGS,
            record::WEAKNESSES,
            record::PUBLISHED,
            record::MODIFIED,
            record::RANSOMWARE,
        ];
        assert_eq!(bits("## A block of records"), places(&records));
    }
}
