//! The header of one package, as every RPM database stores it.
//!
//! The format is that of <https://rpm.org/docs/latest/manual/format_header>, without the magic number in front: an index
//! of tags, then their data, all big-endian.

use super::bytes::{slice_at, u32_be};

const INDEX_ENTRY: usize = 16;
/// In front of the index: its length in entries, and the length of the data.
const INTRODUCTION: usize = 8;

/// Tags that say what a package is (<https://rpm.org/docs/latest/manual/tags>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Tag {
    Name = 1000,
    Version = 1001,
    Release = 1002,
    Epoch = 1003,
    Vendor = 1011,
    License = 1014,
    Arch = 1022,
    /// Whole paths, in packages from before rpm 4.
    OldFileNames = 1027,
    SourceRpm = 1044,
    ProvideName = 1047,
    RequireName = 1049,
    DirectoryIndexes = 1116,
    BaseNames = 1117,
    DirectoryNames = 1118,
    ModularityLabel = 5096,
}

/// A header whose index lies within its bytes; what the index says is checked when it is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Header<'a> {
    index: &'a [u8],
    data: &'a [u8],
}

impl<'a> Header<'a> {
    /// Splits a blob into index and data, whose lengths must be just what the blob has.
    pub(crate) fn parse(blob: &'a [u8]) -> Result<Self, String> {
        let lengths = u32_be(blob, 0).zip(u32_be(blob, 4)).ok_or("the header is cut off")?;
        let index_length = usize::try_from(lengths.0).ok().and_then(|count| count.checked_mul(INDEX_ENTRY));
        let index = index_length.and_then(|length| slice_at(blob, INTRODUCTION, length));
        let index = index.ok_or_else(|| format!("an index of {} tags does not fit the header", lengths.0))?;
        let data = blob.get(INTRODUCTION.saturating_add(index.len())..).unwrap_or_default();
        match usize::try_from(lengths.1) {
            Ok(length) if length == data.len() => Ok(Self { index, data }),
            _ => Err(format!("{} bytes of data are announced, {} are there", lengths.1, data.len())),
        }
    }

    /// The text of a tag; of several, the first. `None` when it is missing, empty or not whole.
    pub(crate) fn text(&self, tag: Tag) -> Option<&'a [u8]> {
        self.texts(tag).next().filter(|text| !text.is_empty())
    }

    /// The texts of a tag, as many of those announced as are there.
    pub(crate) fn texts(&self, tag: Tag) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        /// Text, texts, and texts in several languages, which have the untranslated one first.
        const TEXTS: [u32; 3] = [6, 8, 9];
        let entry = self.find(tag).filter(|entry| TEXTS.contains(&entry.kind));
        let (mut rest, mut left) = entry.map_or((&[][..], 0), |entry| (entry.data, entry.count));
        std::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            let end = rest.iter().position(|byte| *byte == 0)?;
            let (text, after) = rest.split_at_checked(end)?;
            rest = after.get(1..)?;
            Some(text)
        })
    }

    /// The numbers of a tag, as many of those announced as are there.
    pub(crate) fn numbers(&self, tag: Tag) -> impl Iterator<Item = u32> + use<'a> {
        const INT32: u32 = 4;
        let entry = self.find(tag).filter(|entry| entry.kind == INT32);
        let (data, count) = entry.map_or((&[][..], 0), |entry| (entry.data, entry.count));
        data.chunks_exact(4).filter_map(|number| u32_be(number, 0)).take(count as usize)
    }

    /// The last entry of a tag: what rpm adds on installing comes after the package's own and replaces it
    /// (<https://rpm.org/docs/latest/manual/hregions>).
    fn find(&self, tag: Tag) -> Option<Entry<'a>> {
        let entry = self.index.rchunks_exact(INDEX_ENTRY).find(|entry| u32_be(entry, 0) == Some(tag as u32))?;
        let data = self.data.get(usize::try_from(u32_be(entry, 8)?).ok()?..)?;
        Some(Entry { kind: u32_be(entry, 4)?, count: u32_be(entry, 12)?, data })
    }
}

struct Entry<'a> {
    kind: u32,
    count: u32,
    /// From its own on to the end of all.
    data: &'a [u8],
}
