//! Text files line by line, in bounded memory whatever their size.
//!
//! Owns the walk over bytes and the list of what was wrong in them. Knows no format.

use std::io::{self, Read};

use plimsoll_model::{Content, Facts, Malformed};

/// Longer lines are cut: the longest in real databases (dependencies, generated maintainer scripts) stay below 64 KiB.
const LONGEST_LINE: usize = 1 << 20;
/// Bytes asked for at a time when a file is not in memory.
const CHUNK: usize = 1 << 16;
/// More complaints about one file help nobody; the rest is counted.
const MOST_COMPLAINTS: usize = 50;
/// Packages in one database or lock file: no system installs and no project locks as many. Bounds the memory that a small
/// hostile file can ask for.
pub(crate) const MOST_PACKAGES: usize = 50_000;

/// Calls `visit` with the number (from 1) and text of each line, without its end.
///
/// What is odd about the text as a whole goes to `complaints`.
pub(crate) fn walk(
    content: &dyn Content,
    complaints: &mut Complaints,
    mut visit: impl FnMut(&mut Complaints, usize, &[u8]),
) -> Result<(), Malformed> {
    let mut walker = Walker::default();
    match content.bytes() {
        Some(bytes) => walker.feed(bytes, complaints, &mut visit),
        None => walker.drain(&mut Stream::new(content), u64::MAX, complaints, &mut visit).map_err(unreadable)?,
    }
    walker.finish(complaints, &mut visit);
    Ok(())
}

/// [`walk`] for text that is being made on the fly, at most `limit` bytes of it.
pub(crate) fn walk_stream(
    stream: &mut dyn Read,
    limit: u64,
    complaints: &mut Complaints,
    mut visit: impl FnMut(&mut Complaints, usize, &[u8]),
) {
    let mut walker = Walker::default();
    if let Err(error) = walker.drain(stream, limit, complaints, &mut visit) {
        complaints.push(format!("after line {}: {error}", walker.number));
    }
    walker.finish(complaints, &mut visit);
}

fn unreadable(error: io::Error) -> Malformed {
    Malformed(format!("cannot be read: {error}"))
}

/// Text that may be empty, as UTF-8; what is not becomes replacement characters.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.trim_ascii()).into_owned()
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

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Puts them into the facts. A file with complaints and nothing else is not what its name promised.
    pub fn settle(self, mut facts: Facts) -> Result<Facts, Malformed> {
        let nothing = facts.packages.is_empty() && facts.owned.is_empty() && facts.releases.is_empty();
        if nothing && let Some(first) = self.lines.first() {
            return Err(Malformed(first.clone()));
        }
        facts.malformed.extend(self.lines);
        if self.more > 0 {
            facts.malformed.push(format!("and {} more of the kind", self.more));
        }
        Ok(facts)
    }
}

/// Cuts bytes that come in pieces into lines.
#[derive(Default)]
struct Walker {
    number: usize,
    /// The start of a line whose end has not come yet.
    rest: Vec<u8>,
    /// The line is over the limit: its remainder is skipped.
    cut: bool,
}

type Visit<'a> = dyn FnMut(&mut Complaints, usize, &[u8]) + 'a;

impl Walker {
    fn drain(
        &mut self,
        stream: &mut dyn Read,
        limit: u64,
        complaints: &mut Complaints,
        visit: &mut Visit<'_>,
    ) -> io::Result<()> {
        let mut chunk = vec![0; CHUNK];
        let mut left = limit;
        loop {
            let count = match stream.read(&mut chunk) {
                Ok(0) => return Ok(()),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            left = left
                .checked_sub(count as u64)
                .ok_or_else(|| io::Error::other(format!("more than {limit} bytes; the rest was not read")))?;
            self.feed(chunk.get(..count).unwrap_or_default(), complaints, visit);
        }
    }

    fn feed(&mut self, mut bytes: &[u8], complaints: &mut Complaints, visit: &mut Visit<'_>) {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            let (line, after) = bytes.split_at(end);
            if self.rest.is_empty() && !self.cut && line.len() <= LONGEST_LINE {
                self.emit(line, complaints, visit);
            } else {
                self.keep(line);
                self.flush(complaints, visit);
            }
            bytes = after.get(1..).unwrap_or_default();
        }
        self.keep(bytes);
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = LONGEST_LINE.saturating_sub(self.rest.len());
        self.cut |= bytes.len() > room;
        self.rest.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    fn flush(&mut self, complaints: &mut Complaints, visit: &mut Visit<'_>) {
        let line = std::mem::take(&mut self.rest);
        if std::mem::take(&mut self.cut) {
            complaints.push(format!("line {}: longer than {LONGEST_LINE} bytes, cut", self.number.saturating_add(1)));
        }
        self.emit(&line, complaints, visit);
        self.rest = line;
        self.rest.clear();
    }

    fn emit(&mut self, line: &[u8], complaints: &mut Complaints, visit: &mut Visit<'_>) {
        self.number = self.number.saturating_add(1);
        visit(complaints, self.number, line.strip_suffix(b"\r").unwrap_or(line));
    }

    fn finish(&mut self, complaints: &mut Complaints, visit: &mut Visit<'_>) {
        if !self.rest.is_empty() {
            self.flush(complaints, visit);
        }
    }
}

/// Reads a file from its start.
pub(crate) struct Stream<'a> {
    content: &'a dyn Content,
    offset: u64,
}

impl<'a> Stream<'a> {
    pub fn new(content: &'a dyn Content) -> Self {
        Self { content, offset: 0 }
    }
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.content.size().saturating_sub(self.offset)).unwrap_or(usize::MAX);
        let count = left.min(buffer.len());
        self.content.read_at(self.offset, buffer.get_mut(..count).unwrap_or_default())?;
        self.offset = self.offset.saturating_add(count as u64);
        Ok(count)
    }
}

/// Whether the last byte ends a line: package managers end every line, so a file that does not was cut short.
pub(crate) fn ends_in_line_end(content: &dyn Content) -> bool {
    let mut last = [0];
    content.size().checked_sub(1).is_none_or(|offset| content.read_at(offset, &mut last).is_ok() && last == *b"\n")
}

/// Bytes that are not in memory, for the tests of readers: a file in the spool is.
#[cfg(test)]
pub(crate) struct Spooled<T>(pub T);

#[cfg(test)]
impl<T: AsRef<[u8]> + Sync> Content for Spooled<T> {
    fn size(&self) -> u64 {
        self.0.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.0.read_at(offset, buffer)
    }

    fn bytes(&self) -> Option<&[u8]> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(content: &dyn Content) -> (Vec<(usize, Vec<u8>)>, Complaints) {
        let (mut lines, mut complaints) = (Vec::new(), Complaints::default());
        walk(content, &mut complaints, |_, number, line| lines.push((number, line.to_vec()))).unwrap();
        (lines, complaints)
    }

    #[test]
    fn a_long_line_is_cut_and_said() {
        let mut bytes = vec![b'x'; LONGEST_LINE + 5];
        bytes.extend(b"\nnext\r\n\nlast");
        for content in [&bytes as &dyn Content, &Spooled(bytes.clone())] {
            let (lines, complaints) = lines(content);
            let lengths: Vec<_> = lines.iter().map(|(number, line)| (*number, line.len())).collect();
            assert_eq!(lengths, [(1, LONGEST_LINE), (2, 4), (3, 0), (4, 4)]);
            assert_eq!(complaints.lines, ["line 1: longer than 1048576 bytes, cut"]);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn memory_and_spool_give_the_same_lines(bytes in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'a'), Just(b'\r')], 0..200), repeat in 1_usize..2_000) {
            let bytes = bytes.repeat(repeat);
            prop_assert_eq!(lines(&bytes).0, lines(&Spooled(bytes.clone())).0);
        }
    }
}
