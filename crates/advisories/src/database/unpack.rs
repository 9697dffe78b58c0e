//! Blocks of a shard, inflated: their entries, and the texts and numbers in them.
//!
//! Owns the bound checks. A checksum shows that a block is as it was written, not that its writer was sane: whatever does
//! not fit is an error that says what.

use std::str;

use super::format::{Place, REFERENCES};
use super::number::{take, take_bytes, take_size, unzigzag};

/// What is broken.
pub type Broken = &'static str;

/// The entries of a block of names or records, and the texts that they share.
#[derive(Debug)]
pub struct Block {
    bytes: Vec<u8>,
    pool: Vec<(u32, u32)>,
    /// Where each entry ends; the first begins at `start`.
    ends: Vec<u32>,
    start: u32,
    names: Names,
}

/// The names of a block of names.
#[derive(Debug, Default)]
struct Names {
    /// One after another, whole.
    text: String,
    ends: Vec<u32>,
    /// Records that were first mentioned before this name's rows, within the block.
    before: Vec<u32>,
}

/// A name and what is said about it.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    pub name: &'a str,
    pub rows: Fields<'a>,
    /// Records that were first mentioned before, within the block.
    pub before: u32,
}

fn small(value: usize) -> Result<u32, Broken> {
    u32::try_from(value).map_err(|_| "a block")
}

/// A column of numbers. Each has a byte at least, so that no block has more of them than bytes.
fn column(bytes: &mut &[u8], count: usize) -> Result<Vec<usize>, Broken> {
    if count > bytes.len() {
        return Err("the length of a column");
    }
    (0..count).map(|_| take_size(bytes).ok_or("a column")).collect()
}

/// Running totals, which must not exceed `most`.
fn totals(numbers: &[usize], most: usize) -> Result<Vec<u32>, Broken> {
    let mut total = 0_usize;
    let mut totals = Vec::with_capacity(numbers.len());
    for number in numbers {
        total = total.checked_add(*number).filter(|total| *total <= most).ok_or("the length of an entry")?;
        totals.push(small(total)?);
    }
    Ok(totals)
}

impl Block {
    /// A block of names.
    pub fn names(bytes: Vec<u8>) -> Result<Self, Broken> {
        let mut rest = bytes.as_slice();
        let count = take_size(&mut rest).ok_or("a block")?;
        let shared = column(&mut rest, count)?;
        let added = column(&mut rest, count)?;
        let first = column(&mut rest, count)?;
        let lengths = column(&mut rest, count)?;
        let mut names = Names::default();
        let mut total = 0_usize;
        for first in first {
            names.before.push(small(total)?);
            total = total.checked_add(first).ok_or("the records of a name")?;
        }
        let mut last = 0_usize;
        for (shared, added) in shared.into_iter().zip(added) {
            let added = take_bytes(&mut rest, added).and_then(|added| str::from_utf8(added).ok()).ok_or("a name")?;
            let start = names.text.len();
            let kept = names.text.get(last..last.checked_add(shared).ok_or("a name")?).ok_or("a name")?.to_owned();
            names.text.push_str(&kept);
            names.text.push_str(added);
            names.ends.push(small(names.text.len())?);
            last = start;
        }
        let rest = rest.len();
        Self::entries(bytes, rest, &lengths, names)
    }

    /// A block of records.
    pub fn records(bytes: Vec<u8>) -> Result<Self, Broken> {
        let mut rest = bytes.as_slice();
        let count = take_size(&mut rest).ok_or("a block")?;
        let lengths = column(&mut rest, count)?;
        let rest = rest.len();
        Self::entries(bytes, rest, &lengths, Names::default())
    }

    /// The pool and the entries, which are the last `left` bytes.
    fn entries(bytes: Vec<u8>, left: usize, lengths: &[usize], names: Names) -> Result<Self, Broken> {
        let from = bytes.len().saturating_sub(left);
        let mut rest = bytes.get(from..).unwrap_or_default();
        let count = take_size(&mut rest).ok_or("a pool")?;
        let pooled = column(&mut rest, count)?;
        let ends = totals(&pooled, rest.len())?;
        let base = small(bytes.len().saturating_sub(rest.len()))?;
        let mut pool = Vec::with_capacity(ends.len());
        let mut start = base;
        for end in ends {
            let end = base.saturating_add(end);
            pool.push((start, end));
            start = end;
        }
        let left = bytes.len().saturating_sub(start as usize);
        let ends = totals(lengths, left)?.into_iter().map(|end| start.saturating_add(end)).collect();
        Ok(Self { bytes, pool, ends, start, names })
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The entry of this number.
    pub fn fields(&self, index: usize) -> Option<Fields<'_>> {
        let end = *self.ends.get(index)? as usize;
        let start = match index.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => self.start,
        };
        Some(Fields { rest: self.bytes.get(start as usize..end)?, block: self })
    }

    /// The name of this number.
    pub fn name(&self, index: usize) -> Option<&str> {
        let end = *self.names.ends.get(index)? as usize;
        let start = match index.checked_sub(1) {
            Some(before) => *self.names.ends.get(before)?,
            None => 0,
        };
        self.names.text.get(start as usize..end)
    }

    /// The name of this number and what is said about it.
    pub fn entry(&self, index: usize) -> Option<Entry<'_>> {
        let (name, rows) = (self.name(index)?, self.fields(index)?);
        Some(Entry { name, rows, before: *self.names.before.get(index)? })
    }

    /// The number of exactly this name.
    pub fn find(&self, name: &str) -> Option<usize> {
        let (mut low, mut high) = (0_usize, self.names.ends.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.name(middle)?.cmp(name) {
                std::cmp::Ordering::Less => low = middle.saturating_add(1),
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }
}

/// Texts and numbers, one after another.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a> {
    rest: &'a [u8],
    block: &'a Block,
}

impl<'a> Fields<'a> {
    /// Nothing is left.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next number.
    pub fn number(&mut self) -> Result<u64, Broken> {
        take(&mut self.rest).ok_or("a number")
    }

    /// The part that begins here.
    pub fn part(&mut self) -> Result<Self, Broken> {
        let length = take_size(&mut self.rest).ok_or("the length of a part")?;
        let rest = take_bytes(&mut self.rest, length).ok_or("the length of a part")?;
        Ok(Self { rest, block: self.block })
    }

    /// The next text.
    pub fn text(&mut self) -> Result<&'a str, Broken> {
        match self.number()? {
            place if place < REFERENCES => self.here(place),
            place => self.pooled(place.checked_sub(REFERENCES)),
        }
    }

    /// A list that begins here; what follows it is reached by reading or skipping it.
    pub fn list(&mut self) -> Result<List<'a>, Broken> {
        let count =
            take_size(&mut self.rest).filter(|count| *count <= self.rest.len()).ok_or("the length of a list")?;
        Ok(List { fields: *self, left: count, last: 0 })
    }

    /// The texts of the list that begins here.
    pub fn texts(&mut self) -> Result<Vec<&'a str>, Broken> {
        let mut list = self.list()?;
        let texts = list.by_ref().collect();
        self.rest = list.fields.rest;
        texts
    }

    /// Leaves out the list that begins here.
    pub fn skip_list(&mut self) -> Result<(), Broken> {
        let mut list = self.list()?;
        for text in list.by_ref() {
            text?;
        }
        self.rest = list.fields.rest;
        Ok(())
    }

    /// A text that is not in the pool.
    fn here(&mut self, place: u64) -> Result<&'a str, Broken> {
        if place == Place::Empty as u64 {
            return Ok("");
        }
        let length = take_size(&mut self.rest).ok_or("a text")?;
        take_bytes(&mut self.rest, length).and_then(|bytes| str::from_utf8(bytes).ok()).ok_or("a text")
    }

    fn pooled(&self, place: Option<u64>) -> Result<&'a str, Broken> {
        let place = place.and_then(|place| usize::try_from(place).ok());
        let range = place.and_then(|place| self.block.pool.get(place)).ok_or("a reference to a text")?;
        let bytes = self.block.bytes.get(range.0 as usize..range.1 as usize);
        bytes.and_then(|bytes| str::from_utf8(bytes).ok()).ok_or("a text")
    }
}

/// The texts of a list.
#[derive(Debug, Clone, Copy)]
pub struct List<'a> {
    fields: Fields<'a>,
    left: usize,
    last: i64,
}

impl<'a> List<'a> {
    fn take(&mut self) -> Result<&'a str, Broken> {
        match self.fields.number()? {
            place if place < REFERENCES => self.fields.here(place),
            place => {
                let place = self.last.checked_add(unzigzag(place.saturating_sub(REFERENCES)));
                let place = place.ok_or("a reference to a text")?;
                self.last = place.saturating_add(1);
                self.fields.pooled(u64::try_from(place).ok())
            }
        }
    }
}

impl<'a> Iterator for List<'a> {
    type Item = Result<&'a str, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let text = self.take();
        if text.is_err() {
            self.left = 0;
        }
        Some(text)
    }
}
