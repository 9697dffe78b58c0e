//! Small text files line by line.
//!
//! Owns the bounds of what is read of one. Knows no format.

use std::borrow::Cow;

use plimsoll_model::{Content, Malformed};

/// Text of which more than this is there is no file of accounts or settings.
pub(crate) const MOST_BYTES: u64 = 4 << 20;
/// More complaints about one file help nobody; the rest is counted.
const MOST_COMPLAINTS: usize = 50;

/// The first bytes of a file, at most `limit`.
pub(crate) fn all(content: &dyn Content, limit: u64) -> Result<Vec<u8>, Malformed> {
    let length = usize::try_from(content.size().min(limit)).unwrap_or_default();
    if let Some(bytes) = content.bytes() {
        return Ok(bytes.get(..length).unwrap_or(bytes).to_vec());
    }
    let mut bytes = vec![0; length];
    content.read_at(0, &mut bytes).map_err(|error| Malformed(format!("cannot be read: {error}")))?;
    Ok(bytes)
}

/// Whether there is no sign in the first bytes of a file that it is no text. A letter may be cut at the end.
pub(crate) fn begins_as_text(start: &[u8]) -> bool {
    let is_control = |byte: &u8| *byte < b' ' && !b"\t\n\x0c\r\x1b".contains(byte);
    let is_utf8 = std::str::from_utf8(start).map_or_else(|error| error.error_len().is_none(), |_| true);
    is_utf8 && !start.iter().any(is_control)
}

/// How two bytes make one unit.
type Unit = fn([u8; 2]) -> u16;

/// Text in UTF-16, as Windows' tools write it, in UTF-8; anything else as it is. Goes by the mark at the beginning.
#[must_use]
pub fn plain(bytes: &[u8]) -> Cow<'_, [u8]> {
    let (rest, unit): (&[u8], Unit) = match bytes {
        [0xff, 0xfe, rest @ ..] => (rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => (rest, u16::from_be_bytes),
        _ => return Cow::Borrowed(bytes),
    };
    // UTF-32, and what a key store begins with, is no such text.
    if rest.starts_with(&[0, 0]) || rest.starts_with(&[0xff, 0xfe]) {
        return Cow::Borrowed(bytes);
    }
    let units = rest.as_chunks().0.iter().map(|pair| unit(*pair));
    let text: String = char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    Cow::Owned(text.into_bytes())
}

/// Lines with their numbers from 1, without their ends. What follows the last line end is a line only when not empty.
pub(crate) fn numbered(bytes: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let lines = if bytes.is_empty() { None } else { Some(bytes.split(|byte| *byte == b'\n')) };
    (1..).zip(lines.into_iter().flatten().map(|line| line.strip_suffix(b"\r").unwrap_or(line)))
}

/// What is wrong in a file, one line each, up to a limit.
#[derive(Debug, Default)]
pub(crate) struct Complaints {
    lines: Vec<String>,
    more: usize,
}

impl Complaints {
    /// Notes one.
    pub fn push(&mut self, complaint: String) {
        if self.lines.len() < MOST_COMPLAINTS {
            self.lines.push(complaint);
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    /// All of them.
    pub fn into_lines(mut self) -> Vec<String> {
        if self.more > 0 {
            self.lines.push(format!("and {} more of the kind", self.more));
        }
        self.lines
    }
}
