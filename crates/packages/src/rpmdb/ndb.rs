//! rpm's own database format, `Packages.db`.
//!
//! There is no specification but rpm's source,
//! <https://github.com/rpm-software-management/rpm/blob/master/lib/backend/ndb/rpmpkg.c>: a header, pages of slots that
//! say where each package's blob is, in blocks of 16 bytes, and the blobs, each with a checksum. All little-endian.

use plimsoll_model::{Content, Malformed};

use super::bytes::{slice_at, u32_le};
use super::{MAX_HEADER, Visit};
use crate::lines::Complaints;

const PAGE: u64 = 4096;
const BLOCK: u64 = 16;
/// A slot is as long as a block; the file's header takes the first two.
const SLOT: usize = 16;
const FILE_HEADER: usize = 32;
const BLOB_HEAD: usize = 16;
const BLOB_TAIL: usize = 12;

/// Hands every blob to `visit`.
pub(super) fn read(content: &dyn Content, visit: &mut Visit<'_>) -> Result<Complaints, Malformed> {
    let mut header = [0; FILE_HEADER];
    content.read_at(0, &mut header).map_err(|error| Malformed(format!("cannot read the NDB header: {error}")))?;
    if !header.starts_with(b"RpmP") {
        return Err(Malformed("not an NDB database".into()));
    }
    match u32_le(&header, 4) {
        Some(0) => {}
        version => return Err(Malformed(format!("NDB version {} is not known", version.unwrap_or_default()))),
    }
    let slot_pages = u64::from(u32_le(&header, 12).unwrap_or_default());
    let mut reader = Reader { content, unread: content.size(), complaints: Complaints::default(), blob: Vec::new() };
    for page in 0..slot_pages {
        if let Err(reason) = reader.read_slots(page, visit) {
            reader.complaints.push(format!("slot page {page} of {slot_pages}: {reason}"));
            break;
        }
    }
    Ok(reader.complaints)
}

struct Reader<'a> {
    content: &'a dyn Content,
    /// How many more bytes of blobs may come: slots that overlap could make terabytes of a small file.
    unread: u64,
    complaints: Complaints,
    blob: Vec<u8>,
}

/// Where a package's blob is.
struct Slot {
    package: u32,
    offset: u64,
    size: u64,
}

impl Reader<'_> {
    fn read_slots(&mut self, page: u64, visit: &mut Visit<'_>) -> Result<(), String> {
        let mut slots = [0; PAGE as usize];
        let offset = page.saturating_mul(PAGE);
        self.content.read_at(offset, &mut slots).map_err(|error| format!("cannot read offset {offset}: {error}"))?;
        let first = if page == 0 { FILE_HEADER } else { 0 };
        for slot in slots.get(first..).unwrap_or_default().chunks_exact(SLOT) {
            match parse_slot(slot) {
                Ok(None) => {}
                Ok(Some(slot)) => match self.read_blob(&slot) {
                    Ok(length) => {
                        let header = slice_at(&self.blob, BLOB_HEAD, length).unwrap_or_default();
                        visit(slot.package, header, &mut self.complaints);
                    }
                    Err(reason) => self.complaints.push(format!("package {}: {reason}", slot.package)),
                },
                Err(reason) => self.complaints.push(format!("slot page {page}: {reason}")),
            }
        }
        Ok(())
    }

    /// Fills the buffer with the slot's blocks and gives the length of the header in them.
    fn read_blob(&mut self, slot: &Slot) -> Result<usize, String> {
        self.unread = self.unread.checked_sub(slot.size).ok_or("its blob overlaps others or the end of the file")?;
        let size = u32::try_from(slot.size).ok().filter(|size| *size <= MAX_HEADER);
        let size = size.ok_or_else(|| format!("larger than {} MiB", MAX_HEADER >> 20))? as usize;
        self.blob.resize(size, 0);
        let read = self.content.read_at(slot.offset, &mut self.blob);
        read.map_err(|error| format!("cannot read offset {}: {error}", slot.offset))?;
        check_blob(&self.blob, slot.package).ok_or_else(|| format!("the blob at offset {} is damaged", slot.offset))
    }
}

/// `None` for a free slot.
fn parse_slot(slot: &[u8]) -> Result<Option<Slot>, &'static str> {
    let word = |index| u32_le(slot, index).unwrap_or_default();
    let (package, offset, count) = (word(4), word(8), word(12));
    match (slot.starts_with(b"Slot"), package, offset) {
        (false, ..) => Err("a slot is damaged"),
        (true, _, 0) => Ok(None),
        (true, 0, _) => Err("a slot names a place but no package"),
        (true, ..) => {
            let size = u64::from(count).saturating_mul(BLOCK);
            Ok(Some(Slot { package, offset: u64::from(offset).saturating_mul(BLOCK), size }))
        }
    }
}

/// The length of the header in a blob whose head, tail and checksum are right.
fn check_blob(blob: &[u8], package: u32) -> Option<usize> {
    let tail = blob.len().checked_sub(BLOB_TAIL)?;
    let length = u32_le(blob, 12)?;
    let is_right = blob.starts_with(b"BlbS")
        && u32_le(blob, 4)? == package
        && u32_le(blob, tail)? == checksum(blob.get(..tail)?)
        && u32_le(blob, tail.checked_add(4)?)? == length
        && blob.ends_with(b"BlbE");
    let length = usize::try_from(length).ok()?;
    (is_right && length <= tail.checked_sub(BLOB_HEAD)?).then_some(length)
}

/// Adler-32 (<https://www.rfc-editor.org/rfc/rfc1950>).
fn checksum(bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65521;
    let (mut first, mut second) = (1_u32, 0_u32);
    // The longest run for which the sums stay within 32 bits.
    for run in bytes.chunks(5552) {
        for byte in run {
            first = first.wrapping_add(u32::from(*byte));
            second = second.wrapping_add(first);
        }
        first %= MODULUS;
        second %= MODULUS;
    }
    second << 16 | first
}
