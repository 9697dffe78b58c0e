//! Where the blocks of a shard lie, and what they begin with.

use super::format::{LARGEST_BLOCK, Part};
use super::number::{put, take, take_bytes, take_size};
use super::unpack::Broken;

/// One compressed block of a section.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Block {
    /// From the start of its section.
    pub offset: usize,
    pub stored: usize,
    pub inflated: usize,
    /// The number of its first name, or of the record that its first entry or text belongs to.
    pub first: usize,
    /// Names, records or texts in it.
    pub count: usize,
    /// Of names: records that were first mentioned in blocks before this one.
    pub before: usize,
    /// Of names: records that are first mentioned in it.
    pub records: usize,
    /// Of names: the first one.
    pub name: String,
    /// Of titles and details: first bytes of BLAKE3 of the frame. Other sections have a checksum as a whole.
    pub checksum: [u8; 16],
}

/// The blocks of each section, in the order of [`Part::BLOCKS`].
pub type Index = [Vec<Block>; Part::BLOCKS.len()];

/// The section's bytes.
pub fn pack(index: &Index) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (part, blocks) in Part::BLOCKS.into_iter().zip(index) {
        put(&mut bytes, blocks.len() as u64);
        for block in blocks {
            [block.stored, block.inflated, block.count].into_iter().for_each(|number| put(&mut bytes, number as u64));
            if part == Part::Names {
                put(&mut bytes, block.records as u64);
                put(&mut bytes, block.name.len() as u64);
                bytes.extend_from_slice(block.name.as_bytes());
            } else if part.is_text() {
                bytes.extend_from_slice(&block.checksum);
            }
        }
    }
    bytes
}

/// The blocks, when they fill their sections and agree on how many records there are. `lengths` are those of the sections.
pub fn unpack(mut bytes: &[u8], lengths: [usize; Part::BLOCKS.len()]) -> Result<Index, Broken> {
    let mut index = Index::default();
    for ((part, length), blocks) in Part::BLOCKS.into_iter().zip(lengths).zip(&mut index) {
        let count = take_size(&mut bytes).filter(|count| *count <= bytes.len()).ok_or("the index")?;
        let mut next = Block::default();
        for _ in 0..count {
            let block = one(&mut bytes, part, &next).ok_or("the index")?;
            let after = |start: usize, more: usize| start.checked_add(more).ok_or("the index");
            next.offset = after(block.offset, block.stored)?;
            next.first = after(block.first, block.count)?;
            next.before = after(block.before, block.records)?;
            blocks.push(block);
        }
        if next.offset != length {
            return Err("the length of a section");
        }
    }
    let records = |blocks: &[Block]| blocks.last().map_or(0, |last| last.first.saturating_add(last.count));
    let [names, records_of_all, titles, details] = &index;
    let mentioned = names.last().map_or(0, |last| last.before.saturating_add(last.records));
    let counts = [records_of_all, titles, details].map(|blocks| records(blocks));
    if !bytes.is_empty() || counts.iter().any(|count| *count != mentioned) {
        return Err("the index");
    }
    Ok(index)
}

/// `next` says where the block begins.
fn one(bytes: &mut &[u8], part: Part, next: &Block) -> Option<Block> {
    let mut block = next.clone();
    block.stored = take_size(bytes)?;
    block.inflated = take_size(bytes).filter(|size| *size <= LARGEST_BLOCK)?;
    // An entry has a byte at least.
    block.count = take_size(bytes).filter(|count| *count <= block.inflated)?;
    if part == Part::Names {
        block.records = usize::try_from(take(bytes)?).ok()?;
        let length = take_size(bytes)?;
        block.name = String::from_utf8(take_bytes(bytes, length)?.to_vec()).ok()?;
    } else if part.is_text() {
        block.checksum = take_bytes(bytes, 16)?.try_into().ok()?;
    }
    Some(block)
}

/// The block that has the entry of this number.
pub fn having(blocks: &[Block], number: usize) -> Option<(usize, &Block)> {
    let place = blocks.partition_point(|block| block.first <= number).checked_sub(1)?;
    blocks.get(place).filter(|block| number < block.first.saturating_add(block.count)).map(|block| (place, block))
}

/// The only block that may have this name.
pub fn naming(blocks: &[Block], name: &str) -> Option<usize> {
    blocks.partition_point(|block| block.name.as_str() <= name).checked_sub(1)
}
