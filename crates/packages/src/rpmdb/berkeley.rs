//! A Berkeley DB hash, the format of `Packages` up to RHEL 8 and its kin.
//!
//! There is no specification but Berkeley DB's source, `src/dbinc/db_page.h` of release 5.3
//! (<https://github.com/berkeleydb/libdb>). Owns as much of it as reading every item once needs: all hash pages are gone
//! through in the order of the file, so that neither buckets nor hash functions matter, and damage stays local.

use plimsoll_model::{Content, Malformed};

use super::bytes::{array_at, slice_at, u8_at};
use super::{MAX_HEADER, Pages, Visit};
use crate::lines::Complaints;

/// First page: description of the database.
const META: usize = 96;
const HASH_MAGIC: u32 = 0x0006_1561;
const PAGE_HEADER: usize = 26;

/// Kinds of pages.
const FREE: u8 = 0;
const HASH_UNSORTED: u8 = 2;
const OVERFLOW: u8 = 7;
const HASH: u8 = 13;
/// Kinds of items.
const KEY_OR_DATA: u8 = 1;
const OFF_PAGE: u8 = 3;

/// Hands every data item to `visit`.
pub(super) fn read(content: &dyn Content, visit: &mut Visit<'_>) -> Result<Complaints, Malformed> {
    let mut meta = [0; META];
    content
        .read_at(0, &mut meta)
        .map_err(|error| Malformed(format!("cannot read the Berkeley DB description: {error}")))?;
    let order = Order::of(&meta)?;
    let word = |offset| order.u32_at(&meta, offset).unwrap_or_default();
    let (page_size, last_page, pairs) = (word(20), word(32), word(88));
    if !page_size.is_power_of_two() || !(512..=65536).contains(&page_size) {
        return Err(Malformed(format!("a Berkeley DB with pages of {page_size} bytes")));
    }
    // Encryption and checksums make the header of every page longer; rpm uses neither.
    if u8_at(&meta, 24) != Some(0) || u8_at(&meta, 26).is_none_or(|flags| flags & 1 != 0) {
        return Err(Malformed("a Berkeley DB with encryption or checksums, which rpm does not write".into()));
    }
    let pages = Pages::new(content, page_size);
    let overflow = Pages::new(content, page_size);
    let mut reader = Reader {
        order,
        pages,
        overflow,
        unvisited: content.size(),
        pairs: 0,
        complaints: Complaints::default(),
        blob: Vec::new(),
    };
    reader.read_all(last_page, visit);
    if reader.pairs < pairs {
        reader.complaints.push(format!("it should have {pairs} entries, {} were found", reader.pairs));
    }
    Ok(reader.complaints)
}

/// The byte order of the machine that wrote the database.
#[derive(Debug, Clone, Copy)]
enum Order {
    Little,
    Big,
}

impl Order {
    fn of(meta: &[u8]) -> Result<Self, Malformed> {
        match array_at(meta, 12) {
            Some(magic) if u32::from_le_bytes(magic) == HASH_MAGIC => Ok(Self::Little),
            Some(magic) if u32::from_be_bytes(magic) == HASH_MAGIC => Ok(Self::Big),
            _ => Err(Malformed("not a Berkeley DB hash".into())),
        }
    }

    fn u32_at(self, bytes: &[u8], offset: usize) -> Option<u32> {
        array_at(bytes, offset).map(match self {
            Self::Little => u32::from_le_bytes,
            Self::Big => u32::from_be_bytes,
        })
    }

    fn u16_at(self, bytes: &[u8], offset: usize) -> Option<u16> {
        array_at(bytes, offset).map(match self {
            Self::Little => u16::from_le_bytes,
            Self::Big => u16::from_be_bytes,
        })
    }
}

struct Reader<'a> {
    order: Order,
    /// For going through the file, and for chains of overflow pages: each reads a page once at most.
    pages: Pages<'a>,
    overflow: Pages<'a>,
    /// How many more bytes of items within hash pages may come: items that overlap could make terabytes of a small file.
    unvisited: u64,
    /// How many pairs of key and data the pages have.
    pairs: u32,
    complaints: Complaints,
    blob: Vec<u8>,
}

/// A stored item.
enum Item<'a> {
    Here(&'a [u8]),
    Elsewhere { page: u32, length: u32 },
}

impl Reader<'_> {
    fn read_all(&mut self, last_page: u32, visit: &mut Visit<'_>) {
        let mut page = Vec::new();
        for number in 1..=last_page {
            let offset = u64::from(number).saturating_mul(self.pages.size.into());
            if let Err(reason) = self.pages.read(offset, &mut page) {
                self.complaints.push(format!("page {number} of {last_page}: {reason}"));
                break;
            }
            match u8_at(&page, 25) {
                Some(HASH | HASH_UNSORTED) => self.read_hash_page(number, &page, visit),
                Some(FREE | OVERFLOW) => {}
                _ => self.complaints.push(format!("page {number} of {last_page} is of no known kind")),
            }
        }
    }

    /// Items come in pairs, key and data.
    fn read_hash_page(&mut self, number: u32, page: &[u8], visit: &mut Visit<'_>) {
        let count = self.order.u16_at(page, 20).unwrap_or_default();
        self.pairs = self.pairs.saturating_add(u32::from(count / 2));
        for index in (0..count).step_by(2) {
            let key = match self.item(page, index) {
                Some(Item::Here(key)) => self.order.u32_at(key, 0),
                _ => None,
            };
            let data = self.item(page, index.saturating_add(1));
            let result = match (key, data) {
                // Not a package: the number that the next one gets.
                (Some(0), _) => continue,
                (Some(_), Some(Item::Here(data))) => self.copy(data),
                (Some(_), Some(Item::Elsewhere { page, length })) => self.collect(page, length),
                _ => Err("an item is damaged".into()),
            };
            match result {
                Ok(()) => visit(key.unwrap_or_default(), &self.blob, &mut self.complaints),
                Err(reason) => self.complaints.push(format!("page {number}, item {index}: {reason}")),
            }
        }
    }

    fn item<'p>(&self, page: &'p [u8], index: u16) -> Option<Item<'p>> {
        let slot = |index: u16| {
            let offset = usize::from(index).checked_mul(2)?.checked_add(PAGE_HEADER)?;
            self.order.u16_at(page, offset).map(usize::from)
        };
        let start = slot(index)?;
        // Items fill the page from its end, each up to where the one before it begins.
        let end = index.checked_sub(1).map_or(Some(page.len()), slot)?;
        let item = page.get(start..end)?;
        match u8_at(item, 0)? {
            KEY_OR_DATA => item.get(1..).map(Item::Here),
            OFF_PAGE => {
                Some(Item::Elsewhere { page: self.order.u32_at(item, 4)?, length: self.order.u32_at(item, 8)? })
            }
            _ => None,
        }
    }

    fn copy(&mut self, data: &[u8]) -> Result<(), String> {
        self.unvisited = self.unvisited.checked_sub(data.len() as u64).ok_or("items overlap")?;
        self.blob.clear();
        self.blob.extend_from_slice(data);
        Ok(())
    }

    /// Puts an item together from its chain of overflow pages.
    fn collect(&mut self, first: u32, length: u32) -> Result<(), String> {
        self.blob.clear();
        if length > MAX_HEADER {
            return Err(format!("larger than {} MiB", MAX_HEADER >> 20));
        }
        let (mut page, mut next) = (Vec::new(), first);
        while self.blob.len() < length as usize {
            if next == 0 {
                return Err(format!("{} of {length} bytes are there", self.blob.len()));
            }
            let offset = u64::from(next).saturating_mul(self.overflow.size.into());
            self.overflow.read(offset, &mut page).map_err(|reason| format!("overflow page {next}: {reason}"))?;
            let data = self.overflow_data(&page).ok_or_else(|| format!("page {next} is no overflow page"))?;
            self.blob.extend_from_slice(data);
            next = self.order.u32_at(&page, 16).unwrap_or_default();
        }
        self.blob.truncate(length as usize);
        Ok(())
    }

    fn overflow_data<'p>(&self, page: &'p [u8]) -> Option<&'p [u8]> {
        let length = usize::from(self.order.u16_at(page, 22)?);
        if u8_at(page, 25)? != OVERFLOW || length == 0 { None } else { slice_at(page, PAGE_HEADER, length) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page whose items take turns at covering most of it.
    #[test]
    fn overlapping_items_are_not_multiplied() {
        const PAGE: usize = 65536;
        let mut bytes = vec![1; 2 * PAGE];
        bytes[12..16].copy_from_slice(&HASH_MAGIC.to_le_bytes());
        bytes[20..24].copy_from_slice(&65536_u32.to_le_bytes());
        bytes[24..28].fill(0);
        bytes[32..36].copy_from_slice(&1_u32.to_le_bytes());
        let page = &mut bytes[PAGE..];
        page[20..22].copy_from_slice(&8000_u16.to_le_bytes());
        page[25] = HASH;
        // A pair of key and data over most of the page, then one that only sets the scene for the next.
        let starts = [65000_u16, 17000, 16990, 65500].into_iter().cycle().take(8000);
        for (slot, start) in page[PAGE_HEADER..].chunks_exact_mut(2).zip(starts) {
            slot.copy_from_slice(&start.to_le_bytes());
        }
        let (mut visits, mut visited) = (0, 0);
        read(&bytes, &mut |_, blob, _| {
            visits += 1;
            visited += blob.len();
        })
        .unwrap();
        assert!(visits > 1 && visited <= bytes.len(), "{visits} items of {visited} bytes");
    }
}
