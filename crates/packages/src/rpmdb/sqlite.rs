//! The table `Packages` of a SQLite database, read only.
//!
//! The format is that of <https://www.sqlite.org/fileformat2.html>. Owns as much of it as one table of blobs needs: the
//! header, b-trees of tables, overflow pages, and records. No index, no query, no writing.

use plimsoll_model::{Content, Malformed};

use super::bytes::{slice_at, u8_at, u16_be, u32_be};
use super::wal::{self, Log};
use super::{MAX_HEADER, Pages, Visit};
use crate::lines::Complaints;

/// Where the table `sqlite_schema` starts.
const SCHEMA: u32 = 1;
/// In front of the first page.
const FILE_HEADER: usize = 100;
/// Deeper than any tree of 2³² pages with the least fan-out that occurs.
const MAX_DEPTH: u32 = 40;

/// Hands every blob of the table `Packages` to `visit`.
pub(super) fn read(
    content: &dyn Content,
    log: Option<&dyn Content>,
    visit: &mut Visit<'_>,
) -> Result<Complaints, Malformed> {
    let mut complaints = Complaints::default();
    let log = log.map(|log| (log, wal::read(log, &mut complaints)));
    let mut database = Database::open(content, log)?;
    let root = database.find_table("Packages", &mut complaints)?;
    database.walk(root, &mut complaints, &mut |row, record, complaints| match blob(record, 1) {
        Some(blob) => visit(u32::try_from(row).unwrap_or_default(), blob, complaints),
        None => complaints.push(format!("row {row} of Packages holds no header")),
    });
    Ok(complaints)
}

struct Database<'a> {
    pages: Pages<'a>,
    log: Option<(Pages<'a>, Log)>,
    /// Bytes of a page that hold data: its end may be reserved for extensions.
    usable: u32,
    /// How many more bytes of records may come: cells that overlap could make terabytes of a small file.
    unvisited: u64,
}

/// What takes the rows of a table: row number and record.
type VisitRow<'a> = dyn FnMut(i64, &[u8], &mut Complaints) + 'a;

impl<'a> Database<'a> {
    fn open(content: &'a dyn Content, log: Option<(&'a dyn Content, Log)>) -> Result<Self, Malformed> {
        let mut header = [0; FILE_HEADER];
        // A database that was never checkpointed has its first page in the log only.
        match &log {
            Some((store, log)) if log.pages.contains_key(&SCHEMA) => {
                store.read_at(log.pages.get(&SCHEMA).copied().unwrap_or_default(), &mut header)
            }
            _ => content.read_at(0, &mut header),
        }
        .map_err(|error| Malformed(format!("cannot read the header of the SQLite database: {error}")))?;
        let (page_size, usable) = page_sizes(&header)?;
        if let Some((_, log)) = &log
            && !log.pages.is_empty()
            && log.page_size != page_size
        {
            return Err(Malformed("the SQLite database and its write-ahead log differ in page size".into()));
        }
        let stored = content.size().saturating_add(log.as_ref().map_or(0, |(store, _)| store.size()));
        let log = log.map(|(store, log)| (Pages::new(store, page_size), log));
        Ok(Self { pages: Pages::new(content, page_size), log, usable, unvisited: stored.saturating_mul(2) })
    }

    /// Fills `page` with the newest copy of the page with this number.
    fn read_page(&mut self, number: u32, page: &mut Vec<u8>) -> Result<(), String> {
        let logged = self.log.as_mut().and_then(|(pages, log)| log.pages.get(&number).map(|offset| (pages, *offset)));
        let result = match logged {
            Some((pages, offset)) => pages.read(offset, page),
            None => {
                let index = number.checked_sub(1).ok_or("page 0 is no page")?;
                self.pages.read(u64::from(index).saturating_mul(self.pages.size.into()), page)
            }
        };
        page.truncate(self.usable as usize);
        result
    }

    /// The page at which the table with this name starts.
    fn find_table(&mut self, name: &str, complaints: &mut Complaints) -> Result<u32, Malformed> {
        let mut root = None;
        self.walk(SCHEMA, complaints, &mut |_, record, _| {
            let is_it = column(record, 0) == Some(Value::Text(b"table"))
                && column(record, 1) == Some(Value::Text(name.as_bytes()));
            if let (true, Some(Value::Integer(page))) = (is_it, column(record, 3)) {
                root = u32::try_from(page).ok();
            }
        });
        root.ok_or_else(|| Malformed(format!("the SQLite database has no table {name}")))
    }

    /// Visits the rows of the table whose tree starts at page `root`. What is damaged is noted and left out.
    fn walk(&mut self, root: u32, complaints: &mut Complaints, visit: &mut VisitRow<'_>) {
        let mut open = vec![(root, 0)];
        let (mut page, mut record) = (Vec::new(), Vec::new());
        while let Some((number, depth)) = open.pop() {
            let result = self.read_page(number, &mut page).and_then(|()| {
                let start = if number == SCHEMA { FILE_HEADER } else { 0 };
                match u8_at(&page, start) {
                    Some(5) if depth < MAX_DEPTH && self.has_pages_for(&open) => {
                        push_children(&page, start, depth, &mut open)
                    }
                    Some(13) => self.visit_leaf(&page, start, &mut record, complaints, visit),
                    Some(5) => Err("the tree is too deep or its pages refer to each other in circles".into()),
                    _ => Err("not a page of a table".into()),
                }
            });
            if let Err(reason) = result {
                complaints.push(format!("page {number}: {reason}"));
            }
        }
    }

    /// Whether as many pages are left to read as are waiting to be.
    fn has_pages_for(&self, open: &[(u32, u32)]) -> bool {
        let logged = self.log.as_ref().map_or(0, |(pages, _)| pages.unread);
        open.len() as u64 <= self.pages.unread.saturating_add(logged)
    }

    fn visit_leaf(
        &mut self,
        page: &[u8],
        start: usize,
        record: &mut Vec<u8>,
        complaints: &mut Complaints,
        visit: &mut VisitRow<'_>,
    ) -> Result<(), String> {
        for cell in cells(page, start, 8)? {
            let Some((size, row, payload)) = leaf_cell(page, cell) else {
                complaints.push(format!("a row at offset {cell} of its page is cut off"));
                continue;
            };
            match self.collect(size, payload, record) {
                Ok(()) => visit(row, record, complaints),
                Err(reason) => complaints.push(format!("row {row}: {reason}")),
            }
        }
        Ok(())
    }

    /// Puts a record together from what is in the page and its chain of overflow pages.
    fn collect(&mut self, size: u64, payload: &[u8], record: &mut Vec<u8>) -> Result<(), String> {
        record.clear();
        // A row takes a few bytes beside its record; twice the file is more than any honest one comes to.
        let cost = size.saturating_add(32);
        self.unvisited = self.unvisited.checked_sub(cost).ok_or("rows overlap")?;
        let size = u32::try_from(size).ok().filter(|size| *size <= MAX_HEADER);
        let size = size.ok_or_else(|| format!("larger than {} MiB", MAX_HEADER >> 20))?;
        let local = local_size(size, self.usable).ok_or("its size is impossible")? as usize;
        record.extend_from_slice(payload.get(..local).ok_or("cut off by the end of its page")?);
        let mut left = (size as usize).saturating_sub(local);
        let mut next = if left > 0 { u32_be(payload, local).ok_or("cut off by the end of its page")? } else { 0 };
        let mut page = Vec::new();
        while left > 0 {
            self.read_page(next, &mut page).map_err(|reason| format!("overflow page {next}: {reason}"))?;
            let data = page.get(4..).unwrap_or_default();
            let data = data.get(..left).unwrap_or(data);
            record.extend_from_slice(data);
            left = left.saturating_sub(data.len());
            next = u32_be(&page, 0).ok_or("an overflow page is too small")?;
        }
        Ok(())
    }
}

/// The size of a page, and how much of it holds data.
fn page_sizes(header: &[u8]) -> Result<(u32, u32), Malformed> {
    let size = match (header.starts_with(b"SQLite format 3\0"), u16_be(header, 16)) {
        (true, Some(1)) => 65536,
        (true, Some(size)) if size.is_power_of_two() && size >= 512 => u32::from(size),
        (true, _) => return Err(Malformed("the SQLite database has no valid page size".into())),
        (false, _) => return Err(Malformed("not a SQLite database".into())),
    };
    let usable = size.saturating_sub(u8_at(header, 20).unwrap_or_default().into());
    if usable < 480 {
        return Err(Malformed("the SQLite database reserves more of its pages than is allowed".into()));
    }
    Ok((size, usable))
}

/// How much of a record of `size` bytes lies in the page itself
/// (<https://www.sqlite.org/fileformat2.html#b_tree_pages>, X, M and K as there).
fn local_size(size: u32, usable: u32) -> Option<u32> {
    let x = usable.checked_sub(35)?;
    let m = usable.checked_sub(12)?.checked_mul(32)?.checked_div(255)?.checked_sub(23)?;
    let k = m.checked_add(size.saturating_sub(m).checked_rem(usable.checked_sub(4)?)?)?;
    Some(match size {
        _ if size <= x => size,
        _ if k <= x => k,
        _ => m,
    })
}

/// Offsets of the cells of a page whose header has this length.
fn cells(page: &[u8], start: usize, header: usize) -> Result<impl Iterator<Item = usize>, String> {
    let count = usize::from(u16_be(page, start.saturating_add(3)).ok_or("it has no header")?);
    let pointers = slice_at(page, start.saturating_add(header), count.saturating_mul(2));
    let pointers = pointers.ok_or_else(|| format!("it cannot hold {count} cells"))?;
    Ok(pointers.chunks_exact(2).filter_map(|pointer| u16_be(pointer, 0)).map(usize::from))
}

/// Children of an interior page, the leftmost on top.
fn push_children(page: &[u8], start: usize, depth: u32, open: &mut Vec<(u32, u32)>) -> Result<(), String> {
    let rightmost = u32_be(page, start.saturating_add(8)).ok_or("it has no header")?;
    let depth = depth.saturating_add(1);
    let first = open.len();
    for cell in cells(page, start, 12)? {
        open.push((u32_be(page, cell).ok_or("a child is cut off")?, depth));
    }
    open.push((rightmost, depth));
    open.get_mut(first..).unwrap_or_default().reverse();
    Ok(())
}

/// Size of the record, row number, and what of the record is in the page.
fn leaf_cell(page: &[u8], cell: usize) -> Option<(u64, i64, &[u8])> {
    let (size, rest) = variable_integer(page.get(cell..)?)?;
    let (row, payload) = variable_integer(rest)?;
    Some((u64::try_from(size).ok()?, row, payload))
}

/// One to nine bytes, seven bits each but for the ninth.
fn variable_integer(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let mut value = 0_u64;
    for index in 0..8_usize {
        let byte = u8_at(bytes, index)?;
        value = value << 7 | u64::from(byte & 0x7f);
        if byte < 0x80 {
            return Some((value.cast_signed(), bytes.get(index.checked_add(1)?..)?));
        }
    }
    value = value << 8 | u64::from(u8_at(bytes, 8)?);
    Some((value.cast_signed(), bytes.get(9..)?))
}

/// What a column of a record holds.
#[derive(Debug, PartialEq, Eq)]
enum Value<'a> {
    Integer(i64),
    Blob(&'a [u8]),
    Text(&'a [u8]),
    Other,
}

fn blob(record: &[u8], index: usize) -> Option<&[u8]> {
    match column(record, index)? {
        Value::Blob(blob) => Some(blob),
        _ => None,
    }
}

/// A column of a record (<https://www.sqlite.org/fileformat2.html#record_format>).
fn column(record: &[u8], index: usize) -> Option<Value<'_>> {
    let (header, rest) = variable_integer(record)?;
    let header = usize::try_from(header).ok()?;
    let mut offset = header;
    let mut types = record.get(record.len().checked_sub(rest.len())?..header)?;
    for _ in 0..index {
        let (kind, rest) = variable_integer(types)?;
        offset = offset.checked_add(size_of(kind)?)?;
        types = rest;
    }
    let (kind, _) = variable_integer(types)?;
    let bytes = slice_at(record, offset, size_of(kind)?)?;
    Some(match kind {
        1..=6 => Value::Integer(signed_integer(bytes)),
        8 | 9 => Value::Integer(kind.checked_sub(8)?),
        12.. if kind & 1 == 0 => Value::Blob(bytes),
        13.. => Value::Text(bytes),
        _ => Value::Other,
    })
}

/// How many bytes a value of this serial type takes.
fn size_of(kind: i64) -> Option<usize> {
    match kind {
        0 | 8 | 9 => Some(0),
        1..=4 => usize::try_from(kind).ok(),
        5 => Some(6),
        6 | 7 => Some(8),
        12.. => usize::try_from(kind.checked_sub(12)? / 2).ok(),
        _ => None,
    }
}

/// Big-endian, two's complement, up to eight bytes.
fn signed_integer(bytes: &[u8]) -> i64 {
    let negative = bytes.first().is_some_and(|first| *first >= 0x80);
    bytes.iter().fold(if negative { -1 } else { 0 }, |value, byte| value << 8 | i64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: usize = 4096;

    /// A database of two pages: the schema, and what `Packages` points at.
    fn database(second: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; 2 * PAGE];
        bytes[..16].copy_from_slice(b"SQLite format 3\0");
        bytes[16..18].copy_from_slice(&4096_u16.to_be_bytes());
        let record = [&[6, 23, 29, 29, 1, 13][..], b"tablePackagesPackages\x02"].concat();
        let cell = [&[u8::try_from(record.len()).unwrap(), 1][..], &record].concat();
        bytes[PAGE - cell.len()..PAGE].copy_from_slice(&cell);
        let start = u16::try_from(PAGE - cell.len()).unwrap().to_be_bytes();
        bytes[FILE_HEADER..FILE_HEADER + 10].copy_from_slice(&[13, 0, 0, 0, 1, 0, 0, 0, start[0], start[1]]);
        bytes[PAGE..PAGE + second.len()].copy_from_slice(second);
        bytes
    }

    fn visit_all(bytes: &Vec<u8>) -> (usize, Result<plimsoll_model::Facts, Malformed>) {
        let mut visited = 0;
        let complaints = read(bytes, None, &mut |_, blob, _| visited += blob.len()).unwrap();
        (visited, complaints.settle(plimsoll_model::Facts::default()))
    }

    #[test]
    fn rows_that_overlap_are_not_multiplied() {
        // 500 pointers to one cell that holds a blob of 2,000 bytes.
        let mut leaf = vec![0; PAGE];
        leaf[..8].copy_from_slice(&[13, 0, 0, 1, 244, 0, 0, 0]);
        leaf[8..1008].as_chunks_mut().0.fill([4, 0]);
        let record = [4, 0, 0x9f, 0x2c];
        leaf[1024..1027].copy_from_slice(&[0x8f, 0x54, 1]);
        leaf[1027..1031].copy_from_slice(&record);
        let bytes = database(&leaf);
        let (visited, facts) = visit_all(&bytes);
        assert!(visited >= 2000 && visited <= 2 * bytes.len(), "{visited}");
        assert!(facts.unwrap_err().to_string().contains("overlap"));
    }

    #[test]
    fn a_page_below_itself_is_read_once() {
        let mut interior = vec![0; 64];
        interior[..12].copy_from_slice(&[5, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 2]);
        interior[12..20].as_chunks_mut().0.fill([0, 32]);
        interior[32..36].copy_from_slice(&[0, 0, 0, 2]);
        let (visited, facts) = visit_all(&database(&interior));
        assert_eq!(visited, 0);
        assert!(facts.unwrap_err().to_string().contains("circles"));
    }

    #[test]
    fn integers_of_all_lengths() {
        assert_eq!(variable_integer(&[0x05, 9]), Some((5, &[9][..])));
        assert_eq!(variable_integer(&[0x81, 0x00]), Some((128, &[][..])));
        assert_eq!(variable_integer(&[0xff; 9]), Some((-1, &[][..])));
        assert_eq!(variable_integer(&[0xff; 8]), None);
        assert_eq!(signed_integer(&[0xff, 0xfe]), -2);
        assert_eq!(signed_integer(&[0, 0x80]), 128);
    }
}
