//! Programs and libraries as operating systems load them: ELF, PE and Mach-O, for one machine or several.
//!
//! Owns where their sections and segments lie, and bounded reads of those that somebody asks for: an image holds a
//! thousand of these files, some of gigabytes, so nothing else is read. What a section says is its readers' business.
//! Symbols, relocations and code are nobody's; what headers tell of how a program was built is in `hardening.rs`.

mod elf;
mod hardening;
mod mach_o;
mod portable;

use std::borrow::Cow;

use plimsoll_model::{Content, Malformed};

pub(crate) use hardening::hardening;

/// What the files begin with. A Mach-O file for several machines shares its first four bytes with Java's classes, whose
/// next four are the version of their format, at least 45; real files are for two or three machines.
pub(crate) const STARTS: &[&[u8]] = &[
    b"\x7fELF",
    b"MZ",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe\0\0\0\x01",
    b"\xca\xfe\xba\xbe\0\0\0\x02",
    b"\xca\xfe\xba\xbe\0\0\0\x03",
    b"\xca\xfe\xba\xbe\0\0\0\x04",
    b"\xca\xfe\xba\xbe\0\0\0\x05",
    b"\xca\xfe\xba\xbe\0\0\0\x06",
];

/// Bytes of a table of headers: 65,536 sections of the largest kind.
const MOST_TABLE: u64 = 4 << 20;
/// Sections or segments of one image; the format's own limit without extensions.
const MOST_PARTS: usize = 65_536;

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Linux and most Unix systems.
    Elf,
    /// Windows, .NET and UEFI.
    Pe,
    /// Apple's systems.
    MachO,
}

/// A program or library for one machine.
pub(crate) struct Executable<'a> {
    file: Slice<'a>,
    /// What kind of file it is.
    pub format: Format,
    /// The address that others are relative to: that at which a PE file is loaded, else 0.
    pub base: u64,
    /// Parts with a name.
    pub sections: Vec<Part>,
    /// Parts that are loaded.
    pub segments: Vec<Part>,
    /// Relative address and size of PE's data directories, in the order of the format.
    pub directories: Vec<(u32, u32)>,
}

/// A run of bytes in the file that has an address when it is loaded.
#[derive(Debug, Clone, Default)]
pub(crate) struct Part {
    name: Name,
    /// Where it is loaded.
    pub address: u64,
    /// Where it is in the file, from the start of the executable.
    pub offset: u64,
    /// How many bytes the file has of it.
    pub size: u64,
    /// Whether the program may write to it.
    pub is_writable: bool,
    /// Whether it holds code.
    pub is_code: bool,
}

impl Part {
    /// Its name; Mach-O's without the segment's. Longer names than anybody asks for are cut.
    pub fn name(&self) -> &[u8] {
        self.name.bytes.get(..usize::from(self.name.length)).unwrap_or_default()
    }
}

/// A name without an allocation, for there are thirty in each of a thousand files.
#[derive(Debug, Clone, Copy, Default)]
struct Name {
    bytes: [u8; 32],
    length: u8,
}

impl Name {
    /// Up to the first zero byte.
    fn new(text: &[u8]) -> Self {
        let mut name = Self::default();
        for (to, from) in name.bytes.iter_mut().zip(text.iter().take_while(|byte| **byte != 0)) {
            *to = *from;
            name.length = name.length.saturating_add(1);
        }
        name
    }
}

/// The executables in a file: one, one for each machine that it is for, or none when it only begins like one.
///
/// # Errors
/// When a table of it lies outside the file, or is absurdly large.
pub(crate) fn executables(content: &dyn Content) -> Result<Vec<Executable<'_>>, Malformed> {
    let file = Slice { content, start: 0, size: content.size() };
    let mut magic = [0; 4];
    if content.size() < 4 || content.read_at(0, &mut magic).is_err() {
        return Ok(Vec::new());
    }
    match &magic {
        b"\x7fELF" => elf::parse(file).map(|executable| vec![executable]),
        [b'M', b'Z', ..] => portable::parse(file).map(|executable| executable.into_iter().collect()),
        b"\xca\xfe\xba\xbe" => mach_o::parse_fat(file),
        _ => mach_o::parse(file).map(|executable| executable.into_iter().collect()),
    }
}

impl<'a> Executable<'a> {
    /// The section of this name.
    pub fn section(&self, name: &[u8]) -> Option<&Part> {
        self.sections.iter().find(|section| section.name() == name)
    }

    /// The first bytes of a part, at most `most`.
    ///
    /// # Errors
    /// When it lies outside the file.
    pub fn start_of(&self, part: &Part, most: u64) -> Result<Cow<'a, [u8]>, Malformed> {
        self.file.read(part.offset, part.size.min(most))
    }

    /// At most `most` bytes of a part, from `skip` on.
    ///
    /// # Errors
    /// When it lies outside the file.
    pub fn chunk(&self, part: &Part, skip: u64, most: u64) -> Result<Cow<'a, [u8]>, Malformed> {
        self.file.read(part.offset.saturating_add(skip), part.size.saturating_sub(skip).min(most))
    }

    /// All of the file as one part, for when its sections were removed.
    pub fn whole(&self) -> Part {
        Part { size: self.file.size, ..Part::default() }
    }

    /// All bytes of a part.
    ///
    /// # Errors
    /// When it has more than `most`, or lies outside the file.
    pub fn bytes(&self, part: &Part, most: u64) -> Result<Cow<'a, [u8]>, Malformed> {
        if part.size > most {
            let name = String::from_utf8_lossy(part.name()).into_owned();
            return Err(Malformed(format!("section {name} has {} bytes; no more than {most} are read", part.size)));
        }
        self.file.read(part.offset, part.size)
    }

    /// The bytes that are loaded at an address; none when the file does not have them all in one part.
    pub fn at_address(&self, address: u64, size: u64) -> Option<Cow<'a, [u8]>> {
        let holds = |part: &&Part| {
            let skip = address.checked_sub(part.address);
            skip.and_then(|skip| skip.checked_add(size)).is_some_and(|end| end <= part.size)
        };
        let part = self.segments.iter().find(holds).or_else(|| self.sections.iter().find(holds))?;
        let offset = part.offset.checked_add(address.checked_sub(part.address)?)?;
        self.file.read(offset, size).ok()
    }

    /// The first bytes of the file.
    pub fn head(&self, most: u64) -> Cow<'a, [u8]> {
        self.file.read(0, self.file.size.min(most)).unwrap_or_default()
    }
}

/// A part of a file: all of it, or what is for one machine.
#[derive(Clone, Copy)]
struct Slice<'a> {
    content: &'a dyn Content,
    start: u64,
    size: u64,
}

impl<'a> Slice<'a> {
    /// Borrowed where the file is in memory.
    fn read(self, offset: u64, size: u64) -> Result<Cow<'a, [u8]>, Malformed> {
        let outside =
            || Malformed(format!("{size} bytes at offset {offset} are outside the file; it is cut short or damaged"));
        let end = offset.checked_add(size).filter(|end| *end <= self.size).ok_or_else(outside)?;
        let start = self.start.checked_add(offset).ok_or_else(outside)?;
        let length = usize::try_from(size).map_err(|_| outside())?;
        if let Some(bytes) = self.content.bytes() {
            let from = usize::try_from(start).map_err(|_| outside())?;
            let to = from.checked_add(length).ok_or_else(outside)?;
            return bytes.get(from..to).map(Cow::Borrowed).ok_or_else(outside);
        }
        let mut bytes = vec![0; length];
        let failed = |error| Malformed(format!("bytes {offset} to {end} cannot be read: {error}"));
        self.content.read_at(start, &mut bytes).map_err(failed)?;
        Ok(Cow::Owned(bytes))
    }

    /// A table of headers.
    fn table(self, offset: u64, size: u64) -> Result<Cow<'a, [u8]>, Malformed> {
        if size > MOST_TABLE {
            return Err(Malformed(format!(
                "its table at offset {offset} has {size} bytes; at most {MOST_TABLE} are read"
            )));
        }
        self.read(offset, size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lines::Spooled;

    #[expect(clippy::disallowed_methods, reason = "the programs are files")]
    fn fixture(name: &str) -> Vec<u8> {
        let folder =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/packages/golang/programs/root/opt");
        std::fs::read(folder.join(name)).unwrap()
    }

    /// Name and bytes of each section.
    type Sections = Vec<(String, Vec<u8>)>;

    /// What is for each machine.
    fn sections(content: &dyn Content) -> Vec<(Format, Sections)> {
        let sections = |executable: &Executable<'_>| {
            let sections = executable.sections.iter().filter(|section| section.size > 0);
            let named = sections.map(|section| {
                let bytes = executable.bytes(section, 1 << 20).unwrap().into_owned();
                (String::from_utf8(section.name().to_vec()).unwrap(), bytes)
            });
            named.collect()
        };
        executables(content).unwrap().iter().map(|executable| (executable.format, sections(executable))).collect()
    }

    #[test]
    fn sections_are_found_in_memory_and_in_a_spool() {
        for (name, format, section, machines) in [
            ("amd64", Format::Elf, ".go.buildinfo", 1),
            ("386", Format::Elf, ".go.buildinfo", 1),
            ("s390x", Format::Elf, ".go.buildinfo", 1),
            ("app.exe", Format::Pe, ".data", 1),
            ("darwin", Format::MachO, "__go_buildinfo", 1),
            ("universal", Format::MachO, "__go_buildinfo", 2),
        ] {
            let bytes = fixture(name);
            assert!(STARTS.iter().any(|start| bytes.starts_with(start)), "{name}");
            let found = sections(&bytes);
            assert_eq!(found, sections(&Spooled(&bytes)), "{name}");
            assert_eq!(found.len(), machines, "{name}");
            for (found, sections) in found {
                assert_eq!(found, format, "{name}");
                let (_, bytes) = sections.iter().find(|(name, _)| name == section).unwrap();
                assert!(bytes.starts_with(b"\xff Go buildinf:"), "{name}");
            }
        }
    }

    #[test]
    fn what_only_begins_like_one_is_none() {
        let class = b"\xca\xfe\xba\xbe\0\0\0\x34 and so on";
        assert!(!STARTS.iter().any(|start| class.starts_with(start)));
        for bytes in [&b"MZ is text"[..], b"MZ", b"\xca\xfe\xba\xbe\0\0\0\x34", b"", b"#!/bin/sh"] {
            assert_eq!(executables(&bytes).unwrap().len(), 0, "{bytes:?}");
        }
    }

    #[test]
    fn what_is_outside_the_file_is_said() {
        let mut bytes = fixture("amd64");
        bytes.truncate(bytes.len() - 70);
        let Err(Malformed(error)) = executables(&bytes) else { panic!("the section table is cut") };
        assert!(error.contains("outside the file"), "{error}");
    }
}
