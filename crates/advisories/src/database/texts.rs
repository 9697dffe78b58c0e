//! Long texts of a shard: gathered in blocks, compressed, inflated one block at a time.

use std::borrow::Cow;

use zerocopy::little_endian::{U32, U64};

use super::format::{Block, LARGEST_BLOCK, Place, short};
use super::intern::Full;

/// Compresses well, and still far faster than the feeds are parsed; measured on all of the OSV data.
const LEVEL: i32 = 12;
/// A longer text is cut: none that a person wrote about a vulnerability comes near.
const LONGEST_TEXT: usize = 256 << 10;

/// Compressed blocks in the order in which they were filled.
#[derive(Debug, Default)]
pub struct Blocks {
    pub table: Vec<Block>,
    pub frames: Vec<u8>,
}

/// One stream of texts on its way into blocks.
#[derive(Debug)]
pub struct Stream {
    size: usize,
    filling: Vec<u8>,
    /// Places in the block that is being filled, to be told its number.
    waiting: Vec<usize>,
}

impl Stream {
    /// Blocks are compressed when they hold at least `size` bytes.
    pub fn new(size: usize) -> Self {
        Self { size, filling: Vec::new(), waiting: Vec::new() }
    }

    /// Takes a text that belongs to the record with this number; its place lacks the block until [`Self::flush`].
    pub fn add(&mut self, record: usize, text: &str) -> Result<Place, Full> {
        if text.is_empty() {
            return Ok(Place::default());
        }
        let text = cut(text);
        let number = |value: usize| u32::try_from(value).map_err(|_| "a text block of 4 GiB".to_owned());
        let place = Place {
            block: U32::ZERO,
            offset: U32::new(number(self.filling.len())?),
            length: U32::new(number(text.len())?),
        };
        self.filling.extend_from_slice(text.as_bytes());
        self.waiting.push(record);
        Ok(place)
    }

    /// Whether the block is to be compressed now.
    pub fn is_full(&self) -> bool {
        self.filling.len() >= self.size
    }

    /// Compresses what is there; gives the block's number and the records whose texts are in it.
    pub fn flush(&mut self, blocks: &mut Blocks) -> Result<(u32, Vec<usize>), Full> {
        let number = u32::try_from(blocks.table.len()).map_err(|_| "4 Gi text blocks".to_owned())?;
        if self.waiting.is_empty() {
            return Ok((number, Vec::new()));
        }
        let frame = zstd::bulk::compress(&self.filling, LEVEL).map_err(|error| format!("zstd: {error}"))?;
        let length = |value: usize| u32::try_from(value).map_err(|_| "a text block of 4 GiB".to_owned());
        blocks.table.push(Block {
            offset: U64::new(blocks.frames.len() as u64),
            stored: U32::new(length(frame.len())?),
            inflated: U32::new(length(self.filling.len())?),
            checksum: short(blake3::hash(&frame)),
        });
        blocks.frames.extend_from_slice(&frame);
        self.filling.clear();
        Ok((number, std::mem::take(&mut self.waiting)))
    }
}

fn cut(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST_TEXT {
        return text.into();
    }
    let end = text.floor_char_boundary(LONGEST_TEXT);
    format!("{} […]", text.get(..end).unwrap_or_default()).into()
}

/// Inflates one block, after comparing its checksum.
pub fn inflate(frames: &[u8], block: &Block) -> Result<Vec<u8>, &'static str> {
    let start = usize::try_from(block.offset.get()).map_err(|_| "a text block lies outside the file")?;
    let end = start.checked_add(block.stored.get() as usize).ok_or("a text block lies outside the file")?;
    let frame = frames.get(start..end).ok_or("a text block lies outside the file")?;
    if short(blake3::hash(frame)) != block.checksum {
        return Err("the checksum of a text block differs");
    }
    let size = block.inflated.get() as usize;
    if size > LARGEST_BLOCK {
        return Err("a text block is larger than any that is written");
    }
    let inflated = zstd::bulk::decompress(frame, size).map_err(|_| "a text block does not inflate")?;
    if inflated.len() == size { Ok(inflated) } else { Err("a text block has another length than stated") }
}
