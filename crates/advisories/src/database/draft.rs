//! One shard under construction: from what was written down of its advisories to the sections of its file.

use std::io::{self, Write};
use std::path::Path;

use plimsoll_model::{Advisory, Affected};
use zerocopy::IntoBytes;
use zerocopy::little_endian::{U32, U64};

use super::format::{
    About, DETAILS_BLOCK, ENTRIES_BLOCK, Header, LONGEST_TEXT, MAGIC, Part, Section, TITLES_BLOCK, VERSION, short,
};
use super::index::{self, Block};
use super::number::put;
use super::pack::{Full, Packer};
use super::spool::Spool;
use super::stage::{Mention, Stage, lot};
use super::texts::{Compressor, Dictionary, SAMPLES, Texts, details, train};
use super::{records, rows};

/// Why there is no shard.
#[derive(Debug)]
pub enum Failure {
    /// The format cannot hold it.
    Full(Full),
    /// The file system refused.
    Io(io::Error),
}

impl From<Full> for Failure {
    fn from(full: Full) -> Self {
        Self::Full(full)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The sections that are made of blocks, and what their blocks need.
pub struct Draft {
    sections: [Frames; Part::BLOCKS.len()],
    dictionary: Vec<u8>,
    records: usize,
}

/// Compressed blocks one after another.
struct Frames {
    frames: Spool,
    blocks: Vec<Block>,
}

/// Stands for "not yet" among the numbers of records.
const NONE: u32 = u32::MAX;

impl Draft {
    /// Everything that is said about one space.
    pub fn new(
        folder: &Path,
        stage: &mut Stage,
        names: &[Box<str>],
        mut mentions: Vec<Mention>,
    ) -> Result<Self, Failure> {
        let name = |mention: &Mention| names.get(mention.name as usize).map_or("", |name| name);
        // What is said about one package stays in the order in which it came.
        mentions.sort_by_key(|mention| name(mention));
        let dictionary = dictionary(stage, &mentions)?;
        let mut writer = Writer::new(folder, &dictionary)?;
        let mut numbers = vec![NONE; stage.len()];
        let mut rows = vec![0_u8; stage.len()];
        for mention in &mentions {
            rows.get_mut(mention.advisory as usize).into_iter().for_each(|rows| *rows = rows.saturating_add(1));
        }
        for about_one in mentions.chunk_by(|left, right| left.name == right.name) {
            let Some(first) = about_one.first() else { continue };
            writer.begin(name(first))?;
            for mention in about_one {
                let affected = stage.read_affected(*mention)?;
                let Some(number) = numbers.get_mut(mention.advisory as usize) else { continue };
                let new = *number == NONE;
                if new {
                    *number = u32::try_from(writer.records).map_err(|_| "4 Gi advisories".to_owned())?;
                }
                writer.row(&affected, *number)?;
                if let Some(staged) = stage.staged(mention.advisory).filter(|_| new) {
                    let advisory = stage.read_advisory(staged)?;
                    let alone = rows.get(mention.advisory as usize) == Some(&1);
                    writer.record(&advisory, alone && advisory.id == affected.name, staged.lot)?;
                }
            }
            writer.end(name(first))?;
        }
        writer.finish(dictionary)
    }

    /// Number of advisories.
    pub fn records(&self) -> usize {
        self.records
    }

    /// Writes the whole file; gives its size and the digest of its content.
    pub fn write(mut self, about: &About, file: &mut impl Write) -> Result<(u64, String), Failure> {
        let about = serde_json::to_vec(about).map_err(|error| error.to_string())?;
        let blocks = self.sections.each_mut().map(|section| std::mem::take(&mut section.blocks));
        let index = index::pack(&blocks);
        let dictionary = Dictionary::pack(&self.dictionary)?;
        let whole = [&about, &index, &dictionary].map(|bytes| (bytes.len() as u64, *blake3::hash(bytes).as_bytes()));
        let mut sections = whole.to_vec();
        for (part, section) in Part::BLOCKS.into_iter().zip(&mut self.sections) {
            // The checksums of their blocks are in the index.
            let checksum = if part.is_text() { *blake3::hash(&index).as_bytes() } else { section.frames.checksum()? };
            sections.push((section.frames.len(), checksum));
        }
        let (front, length, digest) = front(&sections);
        file.write_all(&front)?;
        [&about, &index, &dictionary].into_iter().try_for_each(|bytes| file.write_all(bytes))?;
        self.sections.iter_mut().try_for_each(|section| section.frames.copy(file))?;
        Ok((length, digest))
    }
}

/// Header and section table for sections of these lengths and checksums, the length of it all, and its digest.
fn front(sections: &[(u64, [u8; 32])]) -> (Vec<u8>, u64, String) {
    let table_length = sections.len().saturating_mul(size_of::<Section>());
    let mut offset = size_of::<Header>().saturating_add(table_length) as u64;
    let mut table = Vec::with_capacity(table_length);
    for (length, checksum) in sections {
        let entry = Section { offset: U64::new(offset), length: U64::new(*length), checksum: *checksum };
        table.extend_from_slice(entry.as_bytes());
        offset = offset.saturating_add(*length);
    }
    let checksum = blake3::hash(&table);
    let header = Header {
        magic: MAGIC,
        version: U32::new(VERSION),
        sections: U32::new(sections.len() as u32),
        length: U64::new(offset),
        checksum: *checksum.as_bytes(),
    };
    let mut front = header.as_bytes().to_vec();
    front.extend_from_slice(&table);
    (front, offset, format!("blake3:{checksum}"))
}

/// A dictionary for the texts of the advisories that are mentioned. Which of them it is trained from depends on their ids
/// alone, so that one more advisory changes it as little as may be.
fn dictionary(stage: &mut Stage, mentions: &[Mention]) -> Result<Vec<u8>, Failure> {
    let mut numbers: Vec<u32> = mentions.iter().map(|mention| mention.advisory).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let all: Vec<_> = numbers.into_iter().filter_map(|number| stage.staged(number)).collect();
    let total = all.iter().fold(0_usize, |total, staged| total.saturating_add(staged.text as usize));
    let chance = ((SAMPLES as u64) << 32).checked_div(total as u64).unwrap_or_default();
    let (mut samples, mut lengths) = (Vec::new(), Vec::new());
    for staged in all.into_iter().filter(|staged| u64::from(staged.lot) <= chance) {
        let advisory = stage.read_advisory(staged)?;
        for text in [&advisory.title, &details(&advisory)] {
            samples.extend_from_slice(text.as_bytes());
            lengths.push(text.len());
        }
    }
    lengths.retain(|length| *length > 0);
    Ok(train(&samples, &lengths, total))
}

/// Fills blocks.
struct Writer {
    plain: Compressor,
    trained: Compressor,
    sections: [Frames; Part::BLOCKS.len()],
    names: Names,
    rows: Packer,
    records_block: Packer,
    titles: Texts,
    details: Texts,
    /// Records so far.
    records: usize,
    /// The record after that of the last row.
    next: i64,
}

/// The names of the block that is being filled.
#[derive(Default)]
struct Names {
    first: String,
    last: String,
    shared: Vec<usize>,
    added: Vec<usize>,
    text: String,
    /// Records that each name was the first to mention.
    new: Vec<usize>,
    /// Size before the rows of the last name.
    size: usize,
}

impl Writer {
    fn new(folder: &Path, dictionary: &[u8]) -> Result<Self, Full> {
        let sections = std::array::from_fn(|_| Frames { frames: Spool::new(folder), blocks: Vec::new() });
        Ok(Self {
            plain: Compressor::new(&[])?,
            trained: Compressor::new(dictionary)?,
            sections,
            names: Names::default(),
            rows: Packer::default(),
            records_block: Packer::default(),
            titles: Texts::default(),
            details: Texts::default(),
            records: 0,
            next: 0,
        })
    }

    /// The rows of this name follow.
    fn begin(&mut self, name: &str) -> Result<(), Full> {
        if name.len() > LONGEST_TEXT {
            return Err(format!("a name of {} bytes", name.len()));
        }
        let names = &mut self.names;
        if names.new.is_empty() {
            names.first = name.to_owned();
        }
        let shared = names.last.char_indices().zip(name.chars()).take_while(|((_, left), right)| left == right);
        let shared = shared.last().map_or(0, |((start, last), _)| start.saturating_add(last.len_utf8()));
        let added = name.get(shared..).unwrap_or_default();
        names.shared.push(shared);
        names.added.push(added.len());
        names.text.push_str(added);
        names.last = name.to_owned();
        names.new.push(self.records);
        names.size = self.rows.size();
        self.next = self.records as i64;
        Ok(())
    }

    fn row(&mut self, affected: &Affected, number: u32) -> Result<(), Full> {
        let number = i64::from(number);
        rows::pack(&mut self.rows, affected, number.saturating_sub(self.next))?;
        self.next = number.saturating_add(1);
        Ok(())
    }

    fn record(&mut self, advisory: &Advisory, named: bool, lot: u32) -> Result<(), Failure> {
        let before = self.records_block.size();
        records::pack(&mut self.records_block, advisory, named)?;
        self.records = self.records.saturating_add(1);
        let added = self.records_block.size().saturating_sub(before);
        if ends(self.records_block.size(), added, ENTRIES_BLOCK, lot) {
            self.flush_records()?;
        }
        let details = details(advisory);
        for (part, text, limit) in
            [(Part::Titles, &advisory.title, TITLES_BLOCK), (Part::Details, &details, DETAILS_BLOCK)]
        {
            let texts = if part == Part::Titles { &mut self.titles } else { &mut self.details };
            texts.add(text);
            if ends(texts.size(), text.len(), limit, lot) {
                self.flush_texts(part)?;
            }
        }
        Ok(())
    }

    /// The rows of the name are complete.
    fn end(&mut self, name: &str) -> Result<(), Failure> {
        self.rows.end();
        let records = self.records;
        self.names.new.last_mut().into_iter().for_each(|new| *new = records.saturating_sub(*new));
        let size = self.rows.size().saturating_add(self.names.text.len());
        let added = self.rows.size().saturating_sub(self.names.size).saturating_add(name.len());
        if ends(size, added, ENTRIES_BLOCK, lot(name)) { self.flush_names() } else { Ok(()) }
    }

    fn flush_names(&mut self) -> Result<(), Failure> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let names = std::mem::take(&mut self.names);
        let packed = self.rows.finish();
        let mut block = Vec::new();
        put(&mut block, names.new.len() as u64);
        for column in [&names.shared, &names.added, &names.new, &packed.lengths] {
            column.iter().for_each(|number| put(&mut block, *number as u64));
        }
        [names.text.as_bytes(), &packed.pool, &packed.entries]
            .into_iter()
            .for_each(|part| block.extend_from_slice(part));
        let records = names.new.iter().fold(0, |total: usize, new| total.saturating_add(*new));
        let entry = Block { count: names.new.len(), records, name: names.first, ..Block::default() };
        self.push(Part::Names, &block, entry)
    }

    fn flush_records(&mut self) -> Result<(), Failure> {
        if self.records_block.is_empty() {
            return Ok(());
        }
        let packed = self.records_block.finish();
        let mut block = Vec::new();
        put(&mut block, packed.lengths.len() as u64);
        packed.lengths.iter().for_each(|length| put(&mut block, *length as u64));
        [packed.pool, packed.entries].iter().for_each(|part| block.extend_from_slice(part));
        self.push(Part::Records, &block, Block { count: packed.lengths.len(), ..Block::default() })
    }

    fn flush_texts(&mut self, part: Part) -> Result<(), Failure> {
        let texts = if part == Part::Titles { &mut self.titles } else { &mut self.details };
        let count = texts.count();
        if count == 0 {
            return Ok(());
        }
        let block = texts.finish();
        self.push(part, &block, Block { count, ..Block::default() })
    }

    fn push(&mut self, part: Part, block: &[u8], entry: Block) -> Result<(), Failure> {
        let frame = if part.is_text() { self.trained.compress(block)? } else { self.plain.compress(block)? };
        let (stored, inflated, checksum) = (frame.len(), block.len(), short(blake3::hash(&frame)));
        for section in
            Part::BLOCKS.into_iter().zip(&mut self.sections).filter(|(one, _)| *one == part).map(|(_, to)| to)
        {
            section.frames.append(&frame)?;
            section.blocks.push(Block { stored, inflated, checksum, ..entry.clone() });
        }
        Ok(())
    }

    fn finish(mut self, dictionary: Vec<u8>) -> Result<Draft, Failure> {
        self.flush_names()?;
        self.flush_records()?;
        self.flush_texts(Part::Titles)?;
        self.flush_texts(Part::Details)?;
        Ok(Draft { sections: self.sections, dictionary, records: self.records })
    }
}

/// Whether a block ends after an entry of `added` bytes that brought it to `size`. Blocks have about `limit` bytes. Where
/// they end is up to what is in them, `lot`, so that one more entry changes the blocks near it and not all after it: what
/// is published as a difference to the shard before stays small.
fn ends(size: usize, added: usize, limit: usize, lot: u32) -> bool {
    let least = limit / 2;
    let chance = ((added as u64) << 32).checked_div(least as u64).unwrap_or_default();
    size >= limit.saturating_mul(2) || (size >= least && u64::from(lot) < chance)
}
