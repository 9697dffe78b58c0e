//! The RPM database in its three formats (SQLite, NDB, Berkeley DB hash), and the header blobs in all of them.
//!
//! Owns the formats: each `read` finds the stored headers and hands them on one by one. What a header means as a package
//! is the business of `ecosystems/rpm.rs`. All offsets, lengths and counts in a database are taken for lies until they
//! are checked; each page is read at most once, so that no cycle and no overlap costs more than reading the file.

mod berkeley;
mod bytes;
mod header;
mod ndb;
mod sqlite;
mod wal;

#[cfg(test)]
pub(crate) use header::tests::header as make_header;
pub(crate) use header::{Header, Tag};

use plimsoll_model::{Content, Malformed};

use crate::lines::Complaints;

/// A package with 100,000 files has a header of some 10 MiB. What is larger is not kept in memory.
const MAX_HEADER: u32 = 32 << 20;

/// What takes the headers: the number of each in the database, and its bytes.
pub(crate) type Visit<'a> = dyn FnMut(u32, &[u8], &mut Complaints) + 'a;

/// Reads a database in SQLite's format, with its write-ahead log when there is one.
pub(crate) fn read_sqlite(
    database: &dyn Content,
    log: Option<&dyn Content>,
    visit: &mut Visit<'_>,
) -> Result<Complaints, Malformed> {
    sqlite::read(database, log, visit)
}

/// Reads a database in rpm's own format.
pub(crate) fn read_ndb(database: &dyn Content, visit: &mut Visit<'_>) -> Result<Complaints, Malformed> {
    ndb::read(database, visit)
}

/// Reads a Berkeley DB hash.
pub(crate) fn read_berkeley(database: &dyn Content, visit: &mut Visit<'_>) -> Result<Complaints, Malformed> {
    berkeley::read(database, visit)
}

/// A store that counts what is read from it: nobody needs more than all of it once.
struct Pages<'a> {
    content: &'a dyn Content,
    size: u32,
    unread: u64,
}

impl<'a> Pages<'a> {
    /// `size` is that of one page in bytes, not zero.
    fn new(content: &'a dyn Content, size: u32) -> Self {
        Self { content, size, unread: content.size().checked_div(u64::from(size)).unwrap_or(0) }
    }

    /// Fills `page` with the bytes at `offset`.
    fn read(&mut self, offset: u64, page: &mut Vec<u8>) -> Result<(), String> {
        self.unread = self.unread.checked_sub(1).ok_or("pages refer to each other in circles")?;
        page.resize(self.size as usize, 0);
        self.content.read_at(offset, page).map_err(|error| format!("cannot read offset {offset}: {error}"))
    }
}
