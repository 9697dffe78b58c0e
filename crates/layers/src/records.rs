//! The path table of one layer: what its entries do to the tree, in the order in which they do it.
//!
//! A path is stored as what it shares with the one before and what it adds, numbers with as few bytes as they need:
//! some 35 bytes an entry. The order of the archive is kept, for later entries act on earlier ones.

use crate::tar::Type;

/// What an entry does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Kind {
    /// A regular file.
    #[default]
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A character device.
    CharacterDevice,
    /// A block device.
    BlockDevice,
    /// A named pipe.
    Pipe,
    /// A socket; only folders on disk have them.
    Socket,
    /// Another name of a file.
    HardLink,
    /// Removes what lower layers have at its path.
    Whiteout,
    /// Removes what lower layers have in the folder at its path.
    Opaque,
}

const KINDS: [Kind; 10] = [
    Kind::File,
    Kind::Folder,
    Kind::Link,
    Kind::CharacterDevice,
    Kind::BlockDevice,
    Kind::Pipe,
    Kind::Socket,
    Kind::HardLink,
    Kind::Whiteout,
    Kind::Opaque,
];

impl Kind {
    /// The kind of a tar member, none for one that engines refuse.
    pub fn of(kind: Type) -> Option<Self> {
        Some(match kind {
            Type::File => Self::File,
            Type::HardLink => Self::HardLink,
            Type::Link => Self::Link,
            Type::CharacterDevice => Self::CharacterDevice,
            Type::BlockDevice => Self::BlockDevice,
            Type::Folder => Self::Folder,
            Type::Pipe => Self::Pipe,
            Type::Other(_) => return None,
        })
    }
}

/// One entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// Relative to the root, without empty, `.` and `..` parts; empty for the root itself.
    pub path: Vec<u8>,
    /// What it does.
    pub kind: Kind,
    /// Permission bits with set-id and sticky bits.
    pub mode: u16,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Bytes of a file; major and minor number of a device in its upper and lower half.
    pub size: u64,
    /// Target of a symbolic link as written, of a hard link as a path like `path`.
    pub link: Vec<u8>,
}

/// Appends records to a table.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
    last: Vec<u8>,
    count: u32,
}

impl Writer {
    /// Appends one and returns its number.
    pub fn push(&mut self, record: &Record) -> u32 {
        let shared = self.last.iter().zip(&record.path).take_while(|(last, new)| last == new).count();
        let added = record.path.get(shared..).unwrap_or_default();
        let kind = KINDS.iter().position(|&kind| kind == record.kind).unwrap_or(0) as u64;
        let has_link = !record.link.is_empty();
        self.number(u64::from(record.mode) << 5 | kind << 1 | u64::from(has_link));
        self.number(shared as u64);
        self.number(added.len() as u64);
        self.bytes.extend_from_slice(added);
        self.number(u64::from(record.uid));
        self.number(u64::from(record.gid));
        self.number(record.size);
        if has_link {
            self.number(record.link.len() as u64);
            self.bytes.extend_from_slice(&record.link);
        }
        self.last.clone_from(&record.path);
        let number = self.count;
        self.count = self.count.saturating_add(1);
        number
    }

    /// How many there are.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// The table.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }

    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        self.bytes.push(number.to_le_bytes()[0]);
    }
}

/// Reads a table from its start.
pub struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A table that a [`Writer`] made.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// Reads the next record over the last one; none at the end, and where the table is damaged.
    pub fn next(&mut self, record: &mut Record) -> Option<()> {
        let word = self.number()?;
        record.kind = *KINDS.get(usize::try_from(word >> 1 & 15).ok()?)?;
        record.mode = u16::try_from(word >> 5).ok()?;
        record.path.truncate(usize::try_from(self.number()?).ok()?);
        let added = self.slice()?;
        record.path.extend_from_slice(added);
        record.uid = u32::try_from(self.number()?).ok()?;
        record.gid = u32::try_from(self.number()?).ok()?;
        record.size = self.number()?;
        record.link.clear();
        if word & 1 == 1 {
            let link = self.slice()?;
            record.link.extend_from_slice(link);
        }
        Some(())
    }

    /// Whether everything was read.
    pub fn is_at_end(&self) -> bool {
        self.bytes.is_empty()
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn slice(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (slice, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(slice)
    }
}
