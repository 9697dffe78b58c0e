//! Zip archives by random access: <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>.
//!
//! Owns opening them, their directory, and the bytes of one entry, all within a [`Budget`]. Knows no format that is made
//! of zip archives, and never reads an entry that nobody asks for.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, Read};

use flate2::{Crc, bufread, read};
use plimsoll_model::{Content, Malformed};
use rawzip::{CompressionMethod, ReaderAt, ZipArchive, ZipArchiveEntryWayfinder, ZipLocator};

use crate::lines::Stream;

/// Archives inside archives. Enterprise archives hold web archives, which hold jars, which hold jars for OSGi.
pub(crate) const DEEPEST: usize = 6;
/// Entries of one file, those of archives inside it counted too. The largest jars have some 300,000.
const MOST_ENTRIES: u64 = 2_000_000;
/// Bytes of the entries that are kept of one file, names included. A hundred thousand with names of usual length.
const MOST_NAMES: u64 = 24 << 20;
/// Bytes of one name: what Linux would open (`PATH_MAX`).
const LONGEST_NAME: usize = 4096;
/// Inflated bytes that one file may cost, whatever its size. An image may hold thousands of files that are that small:
/// what little Java needs of such a one, its manifest and its project file, has some hundred kilobytes.
const FLOOR: u64 = 4 << 20;
/// Inflated bytes for each byte of the file beyond that. Archives compressed three times over reach less.
const EXPANSION: u64 = 20;
/// Inflated bytes that one file may cost at all: some twenty seconds of work.
const CEILING: u64 = 8 << 30;
/// Inflated bytes of one file that are held at one time. Several files are read at one time, and a scan shall not need
/// more than 150 MiB; of the jars that lie deflated in others, one in a thousand is larger.
const MEMORY: u64 = 32 << 20;
/// Texts in the comment that may look like the end of the directory.
const FALSE_ENDS: usize = 8;
/// What precedes the data of an entry at the least (APPNOTE 4.3.7).
const LOCAL_HEADER: u64 = 30;

/// What reading one file may still cost, the archives inside it included.
#[derive(Debug)]
pub(crate) struct Budget {
    entries: Cell<u64>,
    names: Cell<u64>,
    inflated: Cell<u64>,
    memory: Cell<u64>,
}

impl Budget {
    /// For a file of this size.
    pub fn new(size: u64) -> Self {
        Self {
            entries: Cell::new(MOST_ENTRIES),
            names: Cell::new(MOST_NAMES),
            inflated: Cell::new(size.saturating_mul(EXPANSION).clamp(FLOOR, CEILING)),
            memory: Cell::new(MEMORY),
        }
    }
}

/// Takes that much; false when there is not as much left.
fn take(from: &Cell<u64>, amount: u64) -> bool {
    let left = from.get().checked_sub(amount);
    from.set(left.unwrap_or(from.get()));
    left.is_some()
}

/// An archive and those of its entries that somebody asked for.
pub(crate) struct Archive<'a> {
    budget: &'a Budget,
    content: &'a dyn Content,
    zip: ZipArchive<Positioned<'a>>,
    /// In the order of the directory.
    pub entries: Vec<Entry>,
    /// Why there may be more entries than these.
    pub incomplete: Option<String>,
}

/// A file in an archive.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Path in the archive; bytes that are not UTF-8 became replacement characters.
    pub name: String,
    start: u64,
    method: CompressionMethod,
    is_encrypted: bool,
    place: ZipArchiveEntryWayfinder,
    crc: u32,
}

impl Entry {
    /// Bytes once inflated, as the archive promises.
    pub fn size(&self) -> u64 {
        self.place.uncompressed_size_hint()
    }
}

impl<'a> Archive<'a> {
    /// Reads the directory. What precedes the archive, such as the script of an executable jar, does not matter.
    ///
    /// # Errors
    /// When there is no directory, or when entries that are wanted share bytes, which only archive bombs do.
    pub fn open(content: &'a dyn Content, budget: &'a Budget, wants: &dyn Fn(&str) -> bool) -> Result<Self, Malformed> {
        let mut buffer = vec![0; rawzip::MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
        let zip = locate(content, &mut buffer)?;
        let mut archive = Self { budget, content, zip, entries: Vec::new(), incomplete: None };
        archive.incomplete = archive.list(&mut buffer, wants).err();
        archive.check_overlaps()?;
        Ok(archive)
    }

    fn list(&mut self, buffer: &mut [u8], wants: &dyn Fn(&str) -> bool) -> Result<(), String> {
        let mut count: u64 = 0;
        let mut directory = self.zip.entries(buffer);
        loop {
            let entry = directory
                .next_entry()
                .map_err(|error| format!("its directory cannot be read beyond entry {count}: {error}"))?;
            let Some(entry) = entry else { break };
            count = count.saturating_add(1);
            if !take(&self.budget.entries, 1) {
                return Err(format!("more than {MOST_ENTRIES} entries; the rest was not read"));
            }
            let path = entry.file_path();
            let name = String::from_utf8_lossy(path.as_ref());
            if name.len() > LONGEST_NAME || entry.is_dir() || !wants(&name) {
                continue;
            }
            if !take(&self.budget.names, (name.len() as u64).saturating_add(size_of::<Entry>() as u64)) {
                return Err("too many entries of interest; the rest was not read".to_owned());
            }
            self.entries.push(Entry {
                name: name.into_owned(),
                start: entry.local_header_offset(),
                method: entry.compression_method(),
                is_encrypted: entry.flags().is_encrypted(),
                place: entry.wayfinder(),
                crc: entry.crc32(),
            });
        }
        let promised = self.zip.entries_hint();
        // Old tools wrote the lower 16 bits of the number where it needed more.
        if promised == count || promised == count & 0xffff {
            return Ok(());
        }
        Err(format!("has {count} entries where its end promises {promised}"))
    }

    fn check_overlaps(&self) -> Result<(), Malformed> {
        let mut places: Vec<_> = self.entries.iter().map(|entry| (entry.start, entry)).collect();
        places.sort_unstable_by_key(|(start, _)| *start);
        let nexts = places.iter().skip(1).map(|(start, _)| *start).chain([self.zip.directory_offset()]);
        for ((start, entry), next) in places.iter().zip(nexts) {
            let size = LOCAL_HEADER.saturating_add(entry.place.compressed_size_hint());
            if start.saturating_add(size) > next {
                let name = &entry.name;
                return Err(Malformed(format!("{name} shares bytes with what follows it, as in an archive bomb")));
            }
        }
        Ok(())
    }

    /// The bytes of an entry of at most `most`: borrowed when they are stored and the archive is in memory.
    ///
    /// # Errors
    /// When it is larger, damaged, encrypted, or beyond the budget.
    pub fn bytes(&self, entry: &Entry, most: u64) -> Result<Cow<'a, [u8]>, Malformed> {
        self.extract(entry, most).map_err(|error| Malformed(format!("{}: {error}", entry.name)))
    }

    fn extract(&self, entry: &Entry, most: u64) -> Result<Cow<'a, [u8]>, String> {
        let slice = self.slice(entry)?;
        let size = entry.size();
        if size > most {
            return Err(format!("has {size} bytes; no more than {most} of such an entry are read"));
        }
        if !take(&self.budget.inflated, size) {
            return Err("too many bytes are inflated for one file; not read".to_owned());
        }
        let bytes = match (entry.method, slice.bytes_of_parent()) {
            (CompressionMethod::STORE, _) if slice.size != size => return Err("damaged: its size differs".to_owned()),
            (CompressionMethod::STORE, Some(bytes)) => Cow::Borrowed(bytes),
            (CompressionMethod::STORE, None) => Cow::Owned(collect(Stream::new(&slice), size)?),
            (CompressionMethod::DEFLATE, Some(bytes)) => {
                Cow::Owned(collect(bufread::DeflateDecoder::new(bytes), size)?)
            }
            (CompressionMethod::DEFLATE, None) => {
                Cow::Owned(collect(read::DeflateDecoder::new(Stream::new(&slice)), size)?)
            }
            (method, _) => return Err(format!("compressed by method {}, which is not read", method.as_u16())),
        };
        let mut crc = Crc::new();
        crc.update(&bytes);
        if crc.sum() == entry.crc { Ok(bytes) } else { Err("damaged: its checksum differs".to_owned()) }
    }

    /// An archive inside this one: in place when stored, else inflated into memory as long as the budget allows.
    ///
    /// # Errors
    /// As [`Archive::bytes`].
    pub fn inner(&self, entry: &Entry) -> Result<Inner<'a>, Malformed> {
        if entry.method == CompressionMethod::STORE {
            let slice = self.slice(entry).map_err(|error| Malformed(format!("{}: {error}", entry.name)))?;
            return Ok(Inner { bytes: Bytes::Stored(slice), budget: self.budget, held: 0 });
        }
        let held = entry.size();
        if !take(&self.budget.memory, held) {
            let name = &entry.name;
            return Err(Malformed(format!(
                "{name}: has {held} bytes and is compressed; no more than {MEMORY} of such archives are held in memory, \
                 so it was not read"
            )));
        }
        // From here on dropping it gives back what is held.
        let mut inner = Inner { bytes: Bytes::Inflated(Vec::new()), budget: self.budget, held };
        inner.bytes = Bytes::Inflated(self.bytes(entry, MEMORY)?.into_owned());
        Ok(inner)
    }

    /// Where the stored or compressed bytes of an entry are.
    fn slice(&self, entry: &Entry) -> Result<Slice<'a>, String> {
        if entry.is_encrypted {
            return Err("encrypted, not read".to_owned());
        }
        let place = self.zip.get_entry(entry.place).map_err(|error| format!("damaged: {error}"))?;
        let (start, end) = place.compressed_data_range();
        if end > self.content.size() {
            return Err("damaged: it ends beyond the archive".to_owned());
        }
        Ok(Slice { content: self.content, start, size: end.saturating_sub(start) })
    }
}

/// Exactly `size` bytes.
fn collect(from: impl Read, size: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    from.take(size.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| format!("damaged: {error}"))?;
    if bytes.len() as u64 == size { Ok(bytes) } else { Err("damaged: its size differs".to_owned()) }
}

/// An archive inside an archive. What it holds in memory goes back to the budget when it is dropped.
pub(crate) struct Inner<'a> {
    bytes: Bytes<'a>,
    budget: &'a Budget,
    held: u64,
}

enum Bytes<'a> {
    Stored(Slice<'a>),
    Inflated(Vec<u8>),
}

impl Inner<'_> {
    /// Its bytes.
    pub fn content(&self) -> &dyn Content {
        match &self.bytes {
            Bytes::Stored(slice) => slice,
            Bytes::Inflated(bytes) => bytes,
        }
    }
}

impl Drop for Inner<'_> {
    fn drop(&mut self) {
        self.budget.memory.set(self.budget.memory.get().saturating_add(self.held));
    }
}

/// A part of a file, without copying it.
struct Slice<'a> {
    content: &'a dyn Content,
    start: u64,
    size: u64,
}

impl<'a> Slice<'a> {
    /// The bytes, for as long as the archive lives.
    fn bytes_of_parent(&self) -> Option<&'a [u8]> {
        let start = usize::try_from(self.start).ok()?;
        let end = start.checked_add(usize::try_from(self.size).ok()?)?;
        self.content.bytes()?.get(start..end)
    }
}

impl Content for Slice<'_> {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let end = offset.checked_add(buffer.len() as u64).filter(|end| *end <= self.size);
        end.ok_or(io::ErrorKind::UnexpectedEof)?;
        self.content.read_at(self.start.saturating_add(offset), buffer)
    }

    fn bytes(&self) -> Option<&[u8]> {
        self.bytes_of_parent()
    }
}

/// A file as `rawzip` reads one.
struct Positioned<'a>(&'a dyn Content);

impl ReaderAt for Positioned<'_> {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let left = usize::try_from(self.0.size().saturating_sub(offset)).unwrap_or(usize::MAX);
        let count = left.min(buffer.len());
        if count > 0 {
            self.0.read_at(offset, buffer.get_mut(..count).unwrap_or_default())?;
        }
        Ok(count)
    }
}

/// Looks for the end of the directory from behind; a text in the comment may look like it.
fn locate<'a>(content: &'a dyn Content, buffer: &mut [u8]) -> Result<ZipArchive<Positioned<'a>>, Malformed> {
    let mut end = content.size();
    for _ in 0..FALSE_ENDS {
        match ZipLocator::new().locate_in_reader(Positioned(content), buffer, end) {
            Ok(archive) => return Ok(archive),
            Err((_, error)) => match error.eocd_offset().filter(|offset| *offset < end) {
                Some(offset) => end = offset,
                None => return Err(Malformed(format!("not a whole zip archive: {error}"))),
            },
        }
    }
    Err(Malformed("not a whole zip archive: none of its ends belongs to a directory".to_owned()))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::write::DeflateEncoder;
    use proptest::prelude::*;
    use rawzip::ZipArchiveWriter;

    use super::*;
    use crate::lines::Spooled;

    /// An archive of these entries; all of them deflated, or none.
    fn pack(entries: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
        let mut archive = ZipArchiveWriter::new(Vec::new());
        for (name, bytes) in entries {
            let (mut entry, config) = archive.new_file(name).compression_method(method).start().unwrap();
            if method == CompressionMethod::DEFLATE {
                let encoder = DeflateEncoder::new(&mut entry, flate2::Compression::default());
                let mut writer = config.wrap(encoder);
                writer.write_all(bytes).unwrap();
                let (encoder, descriptor) = writer.finish().unwrap();
                encoder.finish().unwrap();
                entry.finish(descriptor).unwrap();
            } else {
                let mut writer = config.wrap(&mut entry);
                writer.write_all(bytes).unwrap();
                let (_, descriptor) = writer.finish().unwrap();
                entry.finish(descriptor).unwrap();
            }
        }
        archive.finish().unwrap()
    }

    fn open<'a>(content: &'a dyn Content, budget: &'a Budget) -> Result<Archive<'a>, String> {
        Archive::open(content, budget, &|_| true).map_err(|error| error.0)
    }

    /// Every entry and what it holds, or the first complaint.
    fn unpack(content: &dyn Content) -> Result<Vec<(String, Vec<u8>)>, String> {
        let budget = Budget::new(content.size());
        let archive = open(content, &budget)?;
        if let Some(reason) = archive.incomplete {
            return Err(reason);
        }
        let bytes = |entry: &Entry| archive.bytes(entry, 1 << 20).map(Cow::into_owned).map_err(|error| error.0);
        archive.entries.iter().map(|entry| Ok((entry.name.clone(), bytes(entry)?))).collect()
    }

    #[test]
    fn stored_entries_are_not_copied() {
        let inner = pack(&[("a", b"deep")], CompressionMethod::STORE);
        let outer = pack(&[("inner.zip", &inner)], CompressionMethod::STORE);
        let budget = Budget::new(0);
        let archive = open(&outer, &budget).unwrap();
        let inside = archive.inner(&archive.entries[0]).unwrap();
        let bytes = inside.content().bytes().unwrap();
        assert!(outer.as_ptr_range().contains(&bytes.as_ptr()));
        assert_eq!(unpack(inside.content()).unwrap(), [("a".to_owned(), b"deep".to_vec())]);
        assert_eq!(budget.memory.get(), MEMORY);
    }

    #[test]
    fn what_is_held_goes_back_to_the_budget() {
        let inner = pack(&[("a", b"deep")], CompressionMethod::STORE);
        let outer = Spooled(pack(&[("inner.zip", &inner)], CompressionMethod::DEFLATE));
        let budget = Budget::new(0);
        let archive = open(&outer, &budget).unwrap();
        let inside = archive.inner(&archive.entries[0]).unwrap();
        assert_eq!(budget.memory.get(), MEMORY - inner.len() as u64);
        assert_eq!(unpack(inside.content()).unwrap().len(), 1);
        drop(inside);
        assert_eq!(budget.memory.get(), MEMORY);
        budget.memory.set(1);
        assert!(archive.inner(&archive.entries[0]).err().unwrap().0.contains("held in memory"));
    }

    #[test]
    fn a_bomb_costs_no_more_than_its_budget() {
        let zeros = vec![0; 4 << 20];
        let bomb = pack(&[("a", &zeros), ("b", &zeros)], CompressionMethod::DEFLATE);
        let budget = Budget::new(0);
        budget.inflated.set(6 << 20);
        let archive = open(&bomb, &budget).unwrap();
        assert!(archive.bytes(&archive.entries[0], 1 << 20).unwrap_err().0.contains("no more than 1048576"));
        assert!(archive.bytes(&archive.entries[0], 4 << 20).is_ok());
        assert!(archive.bytes(&archive.entries[1], 4 << 20).unwrap_err().0.contains("too many bytes"));
    }

    /// The place of a value in the entry of the directory, from its start (APPNOTE 4.3.12).
    fn in_directory(archive: &[u8], offset: usize) -> usize {
        archive.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap() + offset
    }

    #[test]
    fn promises_that_are_not_kept_are_said() {
        for method in [CompressionMethod::STORE, CompressionMethod::DEFLATE] {
            let archive = pack(&[("a", b"some bytes")], method);
            let changed = |offset: usize, by: u8| {
                let mut archive = archive.clone();
                let place = in_directory(&archive, offset);
                archive[place] = archive[place].wrapping_add(by);
                unpack(&archive).unwrap_err()
            };
            assert!(changed(24, 1).contains("its size differs"), "longer than promised");
            assert!(changed(16, 1).contains("checksum"), "checksum");
            assert!(changed(8, 1).contains("encrypted"), "encrypted");
            assert!(changed(10, 4).contains("which is not read"), "method");
            assert!(changed(20, 200).contains("shares bytes"), "reaches into the directory");
        }
    }

    #[test]
    fn scripts_in_front_and_comments_behind_do_not_matter() {
        let entries = [("a", b"bytes".as_slice())];
        let expected = unpack(&pack(&entries, CompressionMethod::DEFLATE)).unwrap();
        let mut executable = b"#!/bin/sh\nexec java -jar $0\n".to_vec();
        executable.extend(pack(&entries, CompressionMethod::DEFLATE));
        assert_eq!(unpack(&executable).unwrap(), expected);
        let mut commented = pack(&entries, CompressionMethod::DEFLATE);
        let comment = b"PK\x05\x06 looks like an end\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff";
        let place = commented.len() - 2;
        commented[place] = u8::try_from(comment.len()).unwrap();
        commented.extend(comment);
        assert_eq!(unpack(&commented).unwrap(), expected);
    }

    #[test]
    fn long_names_and_too_many_are_not_kept() {
        let long = "x".repeat(LONGEST_NAME + 1);
        let archive = pack(&[(&long, b""), ("a", b""), ("b", b"")], CompressionMethod::STORE);
        assert_eq!(unpack(&archive).unwrap().len(), 2);
        let budget = Budget::new(0);
        budget.entries.set(2);
        assert!(open(&archive, &budget).unwrap().incomplete.unwrap().contains("entries"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn memory_and_spool_give_the_same(
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
            deflated in any::<bool>(),
            flip in any::<(proptest::sample::Index, u8)>(),
        ) {
            let method = if deflated { CompressionMethod::DEFLATE } else { CompressionMethod::STORE };
            let mut archive = pack(&[("a", &bytes), ("b/c", b"second")], method);
            prop_assert_eq!(&unpack(&archive).unwrap()[0].1, &bytes);
            let place = flip.0.index(archive.len());
            archive[place] ^= flip.1;
            let (memory, spool) = (unpack(&archive), unpack(&Spooled(archive)));
            prop_assert_eq!(memory.ok(), spool.ok());
        }
    }
}
