//! SQLite's write-ahead log: which pages it replaces.
//!
//! The format is that of <https://www.sqlite.org/fileformat2.html#the_write_ahead_log>. Owns finding the frames that
//! count; what the pages mean is not known here.

use std::collections::HashMap;

use plimsoll_model::Content;

use super::bytes::{slice_at, u32_be, u32_le};
use crate::lines::Complaints;

const HEADER: u64 = 32;
const FRAME_HEADER: usize = 24;
/// The first page starts with this many bytes that say how the database is laid out; smaller pages do not exist.
const MIN_PAGE: u32 = 512;

/// Where the newest committed copy of each page is that the log holds.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// Size of a page in bytes; 0 when nothing is committed.
    pub page_size: u32,
    /// Offsets in the log, by page number.
    pub pages: HashMap<u32, u64>,
}

/// Reads the log up to the last commit. A log that was cut off or reset is ordinary; bytes that are not a log, and a
/// frame of this log with a wrong checksum, are damage.
pub(super) fn read(content: &dyn Content, complaints: &mut Complaints) -> Log {
    if content.size() == 0 {
        return Log::default();
    }
    let mut header = [0; HEADER as usize];
    match content.read_at(0, &mut header).ok().and_then(|()| Frames::start(content, &header)) {
        Some(frames) => frames.read_all(complaints),
        None => {
            complaints.push("write-ahead log: its header is wrong, the changes in it are not seen".into());
            Log::default()
        }
    }
}

/// A reader over the frames of one log.
struct Frames<'a> {
    content: &'a dyn Content,
    page_size: u32,
    salts: [u8; 8],
    checksum: Checksum,
}

impl<'a> Frames<'a> {
    fn start(content: &'a dyn Content, header: &[u8]) -> Option<Self> {
        let read_word = match u32_be(header, 0)? {
            0x377f_0682 => u32_le,
            0x377f_0683 => u32_be,
            _ => return None,
        };
        let page_size = u32_be(header, 8)?;
        let mut checksum = Checksum { first: 0, second: 0, read_word };
        checksum.add(slice_at(header, 0, 24)?)?;
        let is_right = checksum.equals(header, 24)? && page_size.is_power_of_two() && page_size >= MIN_PAGE;
        let salts = slice_at(header, 16, 8)?.try_into().ok()?;
        (is_right && page_size <= 65536).then_some(Self { content, page_size, salts, checksum })
    }

    fn read_all(mut self, complaints: &mut Complaints) -> Log {
        let mut log = Log { page_size: self.page_size, pages: HashMap::new() };
        let mut uncommitted = Vec::new();
        let mut frame = vec![0; FRAME_HEADER.saturating_add(self.page_size as usize)];
        let mut offset = HEADER;
        while self.content.read_at(offset, &mut frame).is_ok() {
            match self.check(&frame) {
                Some(Frame { page, is_commit }) => {
                    uncommitted.push((page, offset.saturating_add(FRAME_HEADER as u64)));
                    if is_commit {
                        log.pages.extend(uncommitted.drain(..));
                    }
                }
                None => {
                    if slice_at(&frame, 8, 8) == Some(&self.salts) {
                        complaints.push(format!(
                            "write-ahead log: wrong checksum at offset {offset}, later changes are not seen"
                        ));
                    }
                    break;
                }
            }
            offset = offset.saturating_add(frame.len() as u64);
        }
        log
    }

    /// The frame, if it belongs to this log and is whole.
    fn check(&mut self, frame: &[u8]) -> Option<Frame> {
        self.checksum.add(slice_at(frame, 0, 8)?)?;
        self.checksum.add(frame.get(FRAME_HEADER..)?)?;
        let is_right = slice_at(frame, 8, 8) == Some(&self.salts) && self.checksum.equals(frame, 16)?;
        let (page, size_after_commit) = (u32_be(frame, 0)?, u32_be(frame, 4)?);
        is_right.then_some(Frame { page, is_commit: size_after_commit != 0 })
    }
}

struct Frame {
    page: u32,
    is_commit: bool,
}

/// The log's running checksum, over words in the byte order that its magic number names.
struct Checksum {
    first: u32,
    second: u32,
    read_word: fn(&[u8], usize) -> Option<u32>,
}

impl Checksum {
    /// `None` when `bytes` are not pairs of words.
    fn add(&mut self, bytes: &[u8]) -> Option<()> {
        for pair in bytes.chunks(8) {
            self.first = self.first.wrapping_add((self.read_word)(pair, 0)?).wrapping_add(self.second);
            self.second = self.second.wrapping_add((self.read_word)(pair, 4)?).wrapping_add(self.first);
        }
        Some(())
    }

    fn equals(&self, bytes: &[u8], offset: usize) -> Option<bool> {
        let stored = (u32_be(bytes, offset)?, u32_be(bytes, offset.checked_add(4)?)?);
        Some(stored == (self.first, self.second))
    }
}
