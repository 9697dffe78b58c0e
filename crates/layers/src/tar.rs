//! The tar formats that layers come in, read without copying what nobody wants.
//!
//! Owns headers, long names, pax records and sparse files. Does not know what a whiteout is, nor what is worth reading.
//! It is written here, rather than taken, because members are passed over inside the inflater's own buffers, and because
//! pax sparse files must be counted with their real size. Where tools differ it follows Go's `archive/tar`, with which
//! every container engine unpacks: what runs is what must be seen.
//!
//! Formats: <https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13> (ustar, pax),
//! <https://www.gnu.org/software/tar/manual/html_section/Formats.html> (GNU, sparse).

use std::io::{self, BufRead};
use std::ops::Range;

use crate::limits::Limits;

mod extended;

use extended::Extended;

const BLOCK: usize = 512;

/// Long names and pax records of one member; Go's bound, so that nothing an engine unpacks is refused.
const EXTENSION: u64 = 1 << 20;

/// What a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Type {
    /// A regular file.
    #[default]
    File,
    /// Another name of a member's or a lower layer's file.
    HardLink,
    /// A symbolic link.
    Link,
    /// A character device.
    CharacterDevice,
    /// A block device.
    BlockDevice,
    /// A folder.
    Folder,
    /// A named pipe.
    Pipe,
    /// Anything else, with the type flag; engines refuse it.
    Other(u8),
}

/// One member's header.
#[derive(Debug, Default)]
pub struct Member {
    /// Name as written.
    pub path: Vec<u8>,
    /// What it is.
    pub kind: Type,
    /// Permission bits with set-id and sticky bits.
    pub mode: u16,
    /// Owner; `u32::MAX` when it is no such number.
    pub uid: u32,
    /// Group; `u32::MAX` when it is no such number.
    pub gid: u32,
    /// Bytes of the file once unpacked.
    pub size: u64,
    /// Target of a link, as written.
    pub link: Vec<u8>,
    /// Major and minor number of a device.
    pub device: (u32, u32),
    /// Value of the extended attribute `security.capability`, empty when it has none.
    pub capability: Vec<u8>,
    /// Where the stored bytes go in a sparse file.
    sparse: Option<Vec<(u64, u64)>>,
}

impl Member {
    /// Whether [`Archive::in_place`] may give its bytes.
    pub fn is_sparse(&self) -> bool {
        self.sparse.is_some()
    }
}

/// The archive is not what the format demands.
#[derive(Debug)]
pub struct Damage {
    /// Where, in the unpacked bytes.
    pub offset: u64,
    /// What is wrong.
    pub message: String,
}

/// A tar stream.
pub struct Archive<'a, R> {
    source: R,
    limits: &'a Limits,
    offset: u64,
    /// Stored bytes of the current member that were not read yet.
    left: u64,
    /// Zeros after them, up to the next header.
    padding: u64,
    ended: bool,
}

impl<'a, R: BufRead> Archive<'a, R> {
    /// An archive from its first byte on.
    pub fn new(source: R, limits: &'a Limits) -> Self {
        Self { source, limits, offset: 0, left: 0, padding: 0, ended: false }
    }

    /// The stream, for what is behind the archive.
    pub fn source(&mut self) -> &mut R {
        &mut self.source
    }

    /// Whether the end-of-archive marker was seen.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Reads the next member's header; false at the end.
    pub fn next(&mut self, member: &mut Member) -> Result<bool, Damage> {
        let mut extended = Extended::default();
        loop {
            let (left, padding) = (std::mem::take(&mut self.left), std::mem::take(&mut self.padding));
            if self.skip(left)? > 0 {
                return Err(self.damage("it ends inside a file"));
            }
            // `umoci insert` leaves out what follows the last file's bytes, and engines take that for the end.
            if self.skip(padding)? > 0 {
                return Ok(false);
            }
            let Some(header) = self.header()? else { return Ok(false) };
            let flag = header.byte(156);
            let size = header.number(124..136).ok_or_else(|| self.damage("its size is not a number"))?;
            match flag {
                b'x' | b'L' | b'K' => {
                    let record = self.extension(size)?;
                    extended.add(flag, &record, self.limits).map_err(|message| self.damage(message))?;
                }
                // Defaults for all that follows; engines ignore them.
                b'g' => self.expect(size)?,
                _ => {
                    self.fill(member, &header, extended)?;
                    return Ok(true);
                }
            }
        }
    }

    /// All bytes of the current member, when they happen to lie in one buffer. Does not move on.
    pub fn in_place(&mut self) -> Result<Option<&[u8]>, Damage> {
        let Ok(left) = usize::try_from(self.left) else { return Ok(None) };
        let offset = self.offset;
        let buffer = self.source.fill_buf().map_err(|error| broken(offset, &error))?;
        Ok(buffer.get(..left))
    }

    /// What the current member begins with, when at least `length` bytes of it, or all, lie in one buffer. Does not move
    /// on.
    pub fn head(&mut self, member: &Member, length: usize) -> Result<Option<&[u8]>, Damage> {
        if member.is_sparse() {
            return Ok(None);
        }
        let (left, offset) = (usize::try_from(self.left).unwrap_or(usize::MAX), self.offset);
        let buffer = self.source.fill_buf().map_err(|error| broken(offset, &error))?;
        Ok(buffer.get(..length.min(left)))
    }

    /// Gives all bytes of the current member, holes as zeros, piece by piece; an error of `sink` comes back as it is.
    pub fn read(
        &mut self,
        member: &Member,
        sink: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<io::Result<()>, Damage> {
        let whole = [(0, member.size)];
        let mut position = 0;
        for &(start, length) in member.sparse.as_deref().unwrap_or(&whole) {
            if let Err(error) = zeros(start.saturating_sub(position), sink) {
                return Ok(Err(error));
            }
            if let Err(error) = self.pass(length, sink)? {
                return Ok(Err(error));
            }
            position = start.saturating_add(length);
        }
        Ok(zeros(member.size.saturating_sub(position), sink))
    }

    fn pass(
        &mut self,
        mut length: u64,
        sink: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<io::Result<()>, Damage> {
        while length > 0 {
            let offset = self.offset;
            let buffer = self.source.fill_buf().map_err(|error| broken(offset, &error))?;
            let take = buffer.len().min(usize::try_from(length.min(self.left)).unwrap_or(usize::MAX));
            let Some(piece) = buffer.get(..take).filter(|piece| !piece.is_empty()) else {
                return Err(self.damage("it ends inside a file"));
            };
            if let Err(error) = sink(piece) {
                return Ok(Err(error));
            }
            self.advance(take);
            length = length.saturating_sub(take as u64);
            self.left = self.left.saturating_sub(take as u64);
        }
        Ok(Ok(()))
    }

    fn fill(&mut self, member: &mut Member, header: &Header, extended: Extended) -> Result<(), Damage> {
        let flag = header.byte(156);
        header.name(&mut member.path);
        member.link.clear();
        member.link.extend_from_slice(text(header.field(157..257)));
        member.mode = u16::try_from(header.number(100..108).unwrap_or(0) & 0o7777).unwrap_or(0);
        member.uid = id(extended.uid.or_else(|| header.number(108..116)));
        member.gid = id(extended.gid.or_else(|| header.number(116..124)));
        member.device = (id(header.number(329..337)), id(header.number(337..345)));
        if let Some(path) = extended.path {
            member.path = path;
        }
        if let Some(link) = extended.link {
            member.link = link;
        }
        member.capability = extended.capability.unwrap_or_default();
        member.kind = kind(flag, &member.path);
        let stored = extended.size.or_else(|| header.number(124..136)).unwrap_or(0);
        // A link or a folder may state a size, and no data follow.
        self.expect(if matches!(member.kind, Type::File | Type::Other(_)) { stored } else { 0 })?;
        member.size = self.left;
        member.sparse = None;
        if flag == b'S' {
            let regions = self.old_sparse_map(header)?;
            self.set_sparse(member, header.number(483..495).unwrap_or(0), regions)?;
        } else if let (Some(sparse), Type::File) = (extended.sparse, member.kind) {
            let regions = match sparse.regions {
                Some(regions) => regions,
                None => self.sparse_map()?,
            };
            self.set_sparse(member, sparse.size.unwrap_or(stored), regions)?;
        }
        Ok(())
    }

    fn set_sparse(&self, member: &mut Member, size: u64, regions: Vec<(u64, u64)>) -> Result<(), Damage> {
        let (mut end, mut sum) = (0_u64, 0_u64);
        for &(start, length) in &regions {
            let next = start.checked_add(length).filter(|&next| start >= end && next <= size);
            end = next.ok_or_else(|| self.damage("its sparse file's regions overlap or leave the file"))?;
            sum = sum.saturating_add(length);
        }
        if sum != self.left {
            return Err(self.damage("its sparse file's regions do not add up to its data"));
        }
        (member.size, member.sparse) = (size, Some(regions));
        Ok(())
    }

    /// GNU's old way: four regions in the header, 21 in each block that follows.
    fn old_sparse_map(&mut self, header: &Header) -> Result<Vec<(u64, u64)>, Damage> {
        let mut regions = Vec::new();
        let mut more = header.regions(386, 4, &mut regions) && header.byte(482) != 0;
        while more {
            let mut block = Header([0; BLOCK]);
            self.read_exactly(&mut block.0)?;
            more = block.regions(0, 21, &mut regions) && block.byte(504) != 0;
            if regions.len() > self.limits.sparse {
                return Err(self.damage("its sparse file has too many regions"));
            }
        }
        Ok(regions)
    }

    /// Pax version 1.0: decimal numbers, one a line, in whole blocks before the data.
    fn sparse_map(&mut self) -> Result<Vec<(u64, u64)>, Damage> {
        let mut numbers: Vec<u64> = Vec::new();
        let mut digits = Vec::new();
        let mut wanted = 1;
        while numbers.len() < wanted {
            if self.left < BLOCK as u64 {
                return Err(self.damage("its sparse file's map is cut off"));
            }
            let mut block = [0; BLOCK];
            self.read_exactly(&mut block)?;
            self.left = self.left.saturating_sub(BLOCK as u64);
            for byte in block {
                if byte != b'\n' {
                    digits.push(byte);
                } else if numbers.len() < wanted {
                    let number = decimal(&digits).ok_or_else(|| self.damage("its sparse file's map has no numbers"))?;
                    numbers.push(number);
                    digits.clear();
                }
                if let (1, [regions]) = (wanted, numbers.as_slice()) {
                    let regions = usize::try_from(*regions).ok().filter(|&regions| regions <= self.limits.sparse);
                    let regions = regions.ok_or_else(|| self.damage("its sparse file has too many regions"))?;
                    wanted = regions.saturating_mul(2).saturating_add(1);
                }
            }
        }
        let pairs = numbers.get(1..).unwrap_or_default().chunks_exact(2);
        Ok(pairs.filter_map(|pair| Some((*pair.first()?, *pair.get(1)?))).collect())
    }

    /// The next block that is no end marker; none at the end.
    fn header(&mut self) -> Result<Option<Header>, Damage> {
        let mut header = Header([0; BLOCK]);
        for zeros in 0..2 {
            if self.at_end()? {
                return Ok(None);
            }
            self.read_exactly(&mut header.0)?;
            if header.0 != [0; BLOCK] {
                if zeros > 0 {
                    return Err(self.damage("a single zero block is not its end"));
                }
                let valid = header.checksum_holds();
                return if valid { Ok(Some(header)) } else { Err(self.damage("a header's checksum is wrong")) };
            }
        }
        self.ended = true;
        Ok(None)
    }

    fn extension(&mut self, size: u64) -> Result<Vec<u8>, Damage> {
        if size > EXTENSION {
            return Err(self.damage("a member's name or pax records are longer than 1 MiB"));
        }
        let mut record = vec![0; usize::try_from(size).unwrap_or(0)];
        self.read_exactly(&mut record)?;
        self.padding = padding(size);
        Ok(record)
    }

    fn expect(&mut self, size: u64) -> Result<(), Damage> {
        if size > i64::MAX.unsigned_abs() {
            return Err(self.damage("a member's size is beyond all bounds"));
        }
        (self.left, self.padding) = (size, padding(size));
        Ok(())
    }

    fn at_end(&mut self) -> Result<bool, Damage> {
        let offset = self.offset;
        self.source.fill_buf().map(<[u8]>::is_empty).map_err(|error| broken(offset, &error))
    }

    fn read_exactly(&mut self, into: &mut [u8]) -> Result<(), Damage> {
        let offset = self.offset;
        self.source.read_exact(into).map_err(|error| broken(offset, &error))?;
        self.offset = self.offset.saturating_add(into.len() as u64);
        Ok(())
    }

    /// Passes over bytes; gives how many of them are missing at the stream's end.
    fn skip(&mut self, mut length: u64) -> Result<u64, Damage> {
        while length > 0 {
            let offset = self.offset;
            let available = self.source.fill_buf().map_err(|error| broken(offset, &error))?.len();
            if available == 0 {
                return Ok(length);
            }
            let take = available.min(usize::try_from(length).unwrap_or(usize::MAX));
            self.advance(take);
            length = length.saturating_sub(take as u64);
        }
        Ok(length)
    }

    fn advance(&mut self, length: usize) {
        self.source.consume(length);
        self.offset = self.offset.saturating_add(length as u64);
    }

    fn damage(&self, message: impl Into<String>) -> Damage {
        Damage { offset: self.offset, message: message.into() }
    }
}

fn broken(offset: u64, error: &io::Error) -> Damage {
    let message = match error.kind() {
        io::ErrorKind::UnexpectedEof => "it ends inside a header".into(),
        _ => error.to_string(),
    };
    Damage { offset, message }
}

fn zeros(mut length: u64, sink: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    const ZEROS: [u8; 4096] = [0; 4096];
    while length > 0 {
        let take = length.min(ZEROS.len() as u64);
        sink(ZEROS.get(..usize::try_from(take).unwrap_or(0)).unwrap_or_default())?;
        length = length.saturating_sub(take);
    }
    Ok(())
}

const fn padding(size: u64) -> u64 {
    (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64
}

fn id(number: Option<u64>) -> u32 {
    number.and_then(|number| u32::try_from(number).ok()).unwrap_or(u32::MAX)
}

/// Up to the first NUL.
fn text(field: &[u8]) -> &[u8] {
    field.split(|&byte| byte == 0).next().unwrap_or_default()
}

fn decimal(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?.parse().ok()
}

fn kind(flag: u8, path: &[u8]) -> Type {
    match flag {
        // Before ustar a folder was a file whose name ends in a slash.
        0 if path.ends_with(b"/") => Type::Folder,
        0 | b'0' | b'7' | b'S' => Type::File,
        b'1' => Type::HardLink,
        b'2' => Type::Link,
        b'3' => Type::CharacterDevice,
        b'4' => Type::BlockDevice,
        b'5' => Type::Folder,
        b'6' => Type::Pipe,
        other => Type::Other(other),
    }
}

struct Header([u8; BLOCK]);

impl Header {
    fn field(&self, range: Range<usize>) -> &[u8] {
        self.0.get(range).unwrap_or_default()
    }

    fn byte(&self, at: usize) -> u8 {
        self.0.get(at).copied().unwrap_or(0)
    }

    /// Octal digits, or base 256 where the first bit is set; an empty field is 0. Negative numbers are none.
    fn number(&self, range: Range<usize>) -> Option<u64> {
        let field = self.field(range);
        let first = *field.first()?;
        if first & 0x80 != 0 {
            let start = u64::from(first & 0x7f);
            let negative = first & 0x40 != 0;
            return field.iter().skip(1).try_fold(start, |number, &byte| {
                number.checked_mul(256)?.checked_add(u64::from(byte)).filter(|_| !negative)
            });
        }
        let digits = field.split(|&byte| byte == 0).next()?.trim_ascii();
        digits.iter().try_fold(0_u64, |number, &digit| {
            let digit = digit.checked_sub(b'0').filter(|digit| *digit < 8)?;
            number.checked_mul(8)?.checked_add(u64::from(digit))
        })
    }

    /// Some old writers added the bytes up as signed.
    fn checksum_holds(&self) -> bool {
        let Some(stated) = self.number(148..156) else { return false };
        let counted = |range: Range<usize>| self.field(range).iter();
        let bytes = || counted(0..148).chain(&[b' '; 8]).chain(counted(156..BLOCK));
        let unsigned: u64 = bytes().map(|&byte| u64::from(byte)).sum();
        let signed: i64 = bytes().map(|&byte| i64::from(byte.cast_signed())).sum();
        stated == unsigned || i64::try_from(stated) == Ok(signed)
    }

    fn name(&self, into: &mut Vec<u8>) {
        into.clear();
        // GNU keeps times where ustar has the prefix; star has a shorter one.
        let is_ustar = self.field(257..263) == b"ustar\0";
        let is_star = is_ustar && self.field(508..512) == b"tar\0";
        let prefix = if is_ustar { text(self.field(if is_star { 345..476 } else { 345..500 })) } else { &[] };
        if !prefix.is_empty() {
            into.extend_from_slice(prefix);
            into.push(b'/');
        }
        into.extend_from_slice(text(self.field(0..100)));
    }

    /// Reads up to `count` sparse regions; false when the list ended.
    fn regions(&self, start: usize, count: usize, into: &mut Vec<(u64, u64)>) -> bool {
        for region in 0..count {
            let at = start.saturating_add(region.saturating_mul(24));
            let (middle, end) = (at.saturating_add(12), at.saturating_add(24));
            if self.byte(at) == 0 {
                return false;
            }
            match (self.number(at..middle), self.number(middle..end)) {
                (Some(start), Some(length)) => into.push((start, length)),
                _ => return false,
            }
        }
        true
    }
}
