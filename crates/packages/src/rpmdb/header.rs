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
    /// Signatures of header and contents, in packages of old.
    SignaturePgp = 259,
    SignatureGpg = 262,
    /// Signatures of the header, whose digests cover the contents.
    SignatureDsa = 267,
    SignatureRsa = 268,
    /// Any number of them, from rpm 4.20 on.
    SignatureOpenPgp = 278,
    Name = 1000,
    Version = 1001,
    Release = 1002,
    Epoch = 1003,
    Vendor = 1011,
    License = 1014,
    Arch = 1022,
    /// Whole paths, in packages from before rpm 4.
    OldFileNames = 1027,
    /// Checksums of contents; empty for what has none.
    FileDigests = 1035,
    FileFlags = 1037,
    SourceRpm = 1044,
    /// What is to be compared of each file.
    FileVerifyFlags = 1045,
    ProvideName = 1047,
    RequireName = 1049,
    DirectoryIndexes = 1116,
    BaseNames = 1117,
    DirectoryNames = 1118,
    /// How [`Self::FileDigests`] are made, as OpenPGP numbers it.
    FileDigestAlgorithm = 5011,
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

    /// Whether a tag is there with something in it.
    pub(crate) fn has(&self, tag: Tag) -> bool {
        self.find(tag).is_some_and(|entry| entry.count > 0 && !entry.data.is_empty())
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

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A header with these entries (tag, type, offset, count) and data.
    pub(crate) fn header(entries: &[[u32; 4]], data: &[u8]) -> Vec<u8> {
        let lengths = [u32::try_from(entries.len()).unwrap(), u32::try_from(data.len()).unwrap()];
        let words = lengths.iter().chain(entries.iter().flatten());
        words.flat_map(|word| word.to_be_bytes()).chain(data.iter().copied()).collect()
    }

    fn texts(blob: &[u8], tag: Tag) -> Vec<&[u8]> {
        Header::parse(blob).unwrap().texts(tag).collect()
    }

    #[test]
    fn values_are_read_by_tag() {
        let data = b"mast\0\0\0\0\0\0\0\x02\0\0\0\x03a\0bc\0";
        let blob = header(&[[1000, 6, 0, 1], [1003, 4, 8, 2], [1117, 8, 16, 2]], data);
        let header = Header::parse(&blob).unwrap();
        assert_eq!(header.text(Tag::Name), Some(&b"mast"[..]));
        assert_eq!(header.numbers(Tag::Epoch).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(texts(&blob, Tag::BaseNames), [&b"a"[..], b"bc"]);
        assert_eq!(header.text(Tag::Vendor), None);
    }

    #[test]
    fn what_was_added_on_installing_replaces_what_was_there() {
        let blob = header(&[[1118, 8, 0, 1], [1118, 8, 5, 1]], b"/opt\0/usr\0");
        assert_eq!(texts(&blob, Tag::DirectoryNames), [b"/usr"]);
    }

    #[test]
    fn lies_give_what_is_there() {
        let data = b"a\0b\0";
        assert_eq!(texts(&header(&[[1117, 8, 0, u32::MAX]], data), Tag::BaseNames), [b"a", b"b"]);
        assert_eq!(texts(&header(&[[1117, 8, 4, 1]], data), Tag::BaseNames), [b""; 0]);
        assert_eq!(texts(&header(&[[1117, 8, u32::MAX, 1]], data), Tag::BaseNames), [b""; 0]);
        assert_eq!(texts(&header(&[[1117, 4, 0, 1]], data), Tag::BaseNames), [b""; 0]);
    }

    #[test]
    fn lengths_must_be_those_of_the_blob() {
        let blob = header(&[[1000, 6, 0, 1]], b"mast\0");
        for blob in [&blob[..blob.len() - 1], &blob[..12], &blob[..5], &[], &[0xff; 64], &[&blob[..], b"x"].concat()] {
            assert!(Header::parse(blob).is_err());
        }
    }

    proptest! {
        #[test]
        fn any_header_has_an_answer(
            entries in proptest::collection::vec([1000_u32..1004, 0_u32..10, 0_u32..80, 0_u32..80], 0..6),
            data in proptest::collection::vec(0_u8..4, 0..64),
        ) {
            let blob = header(&entries, &data);
            let header = Header::parse(&blob).unwrap();
            for tag in [Tag::Name, Tag::Version, Tag::Release, Tag::Epoch] {
                prop_assert!(header.texts(tag).map(|text| text.len() + 1).sum::<usize>() <= data.len());
                prop_assert!(header.numbers(tag).count() * 4 <= data.len());
            }
        }
    }
}
