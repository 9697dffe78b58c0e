//! The files of a zip archive, one after another.
//!
//! Owns the limits under which an archive is read. `rawzip` walks the central directory in place, so that memory does
//! not grow with the number of records, of which the largest archive has hundreds of thousands.

use std::io::{BufReader, Read};

use flate2::bufread::DeflateDecoder;
use rawzip::{CompressionMethod, ReaderAt, ZipArchive, ZipArchiveEntryWayfinder};

use crate::feeds::{Error, Input};

/// Bytes of one record. The largest in use are under 1 MiB.
const RECORD: u64 = 16 << 20;

/// Files in an archive; npm's, the fullest, has some 200,000.
const FILES: u64 = 2_000_000;

/// Bytes of all records together; npm's come to about 1 GiB.
const TOTAL: u64 = 8 << 30;

/// By how much an archive may grow. JSON records shrink to a tenth; what shrinks to a hundredth is made for harm.
const RATIO: u64 = 100;

/// An archive of a few kilobytes may exceed the ratio by repetition alone.
const SMALL: u64 = 16 << 20;

/// Takes a file's name, and its content or why it cannot be read.
type Visit<'a> = &'a mut dyn FnMut(&str, Result<&[u8], String>);

/// Calls `visit` with name and content of every file, or with why it cannot be read.
///
/// # Errors
/// When the archive is no archive, is cut short, or exceeds the limits.
pub fn each_file(input: &mut dyn Input, visit: Visit<'_>) -> Result<(), Error> {
    let size = input.seek(std::io::SeekFrom::End(0)).map_err(rawzip::Error::from)?;
    let mut buffer = vec![0; rawzip::MAX_CENTRAL_DIRECTORY_RECORD_SIZE.max(rawzip::RECOMMENDED_BUFFER_SIZE)];
    let archive = ZipArchive::from_seekable(input, &mut buffer)?;
    let mut left = size.saturating_mul(RATIO).clamp(SMALL, TOTAL);
    let (mut files, mut record) = (0_u64, Vec::new());
    let mut entries = archive.entries(&mut buffer);
    while let Some(entry) = entries.next_entry()? {
        files = files.saturating_add(1);
        if files > FILES {
            return Err(Error::TooLarge(format!("more than {FILES} files in the archive")));
        }
        if entry.is_dir() {
            continue;
        }
        let name = String::from_utf8_lossy(entry.file_path().as_ref()).into_owned();
        // What is declared need not be true, what is inflated is: both count.
        if entry.uncompressed_size_hint() >= left {
            return Err(Error::TooLarge(format!("the archive's {size} bytes hold too much for their size, at {name}")));
        }
        let content = read(&archive, entry.wayfinder(), entry.compression_method(), left, &mut record);
        left = left.saturating_sub(record.len() as u64);
        visit(&name, content.map(|()| record.as_slice()));
    }
    // Tools without the 64-bit extension count modulo 65,536.
    let listed = archive.entries_hint();
    if files % (1 << 16) == listed % (1 << 16) {
        return Ok(());
    }
    Err(Error::Incomplete(format!("the archive says that it has {listed} files, and lists {files}")))
}

/// Inflates one file into `record`, and checks its length and checksum.
fn read<R: ReaderAt>(
    archive: &ZipArchive<R>,
    place: ZipArchiveEntryWayfinder,
    method: CompressionMethod,
    left: u64,
    record: &mut Vec<u8>,
) -> Result<(), String> {
    record.clear();
    let limit = RECORD.min(left);
    if place.uncompressed_size_hint() > limit {
        return Err(format!("{} bytes are over the limit of {limit}", place.uncompressed_size_hint()));
    }
    // One byte more than is allowed, so that the end is seen, at which length and checksum are compared.
    let beyond = limit.saturating_add(1);
    let entry = archive.get_entry(place).map_err(|error| error.to_string())?;
    let stored = BufReader::with_capacity(1 << 15, entry.reader());
    let read = match method {
        CompressionMethod::STORE => entry.verifying_reader(stored).take(beyond).read_to_end(record),
        CompressionMethod::DEFLATE => {
            entry.verifying_reader(DeflateDecoder::new(stored)).take(beyond).read_to_end(record)
        }
        other => return Err(format!("compressed by a method that records do not use ({other})")),
    };
    read.map(|_| ()).map_err(|error| error.to_string())
}
