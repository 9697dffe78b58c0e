//! Mach-O: <https://github.com/apple-oss-distributions/xnu/blob/main/EXTERNAL_HEADERS/mach-o/loader.h>.
//!
//! Owns the header, the load commands that name segments, and the table of a file for several machines.

use object::macho::{self, FatArch32, MachHeader32, MachHeader64};
use object::pod::{from_bytes, slice_from_bytes};
use object::read::macho::{FatArch, LoadCommandVariant, MachHeader, Section, Segment};
use object::{BigEndian, Endianness, U32};
use plimsoll_model::Malformed;

use super::{Executable, Format, MOST_PARTS, Name, Part, Slice};

/// Machines that one file may be for.
const MOST_MACHINES: u32 = 16;

pub(super) fn parse_fat(file: Slice<'_>) -> Result<Vec<Executable<'_>>, Malformed> {
    let head = file.read(4, 4)?;
    let Ok((count, _)) = from_bytes::<U32<BigEndian>>(&head) else { return Ok(Vec::new()) };
    let count = count.get(BigEndian);
    if count > MOST_MACHINES {
        return Ok(Vec::new());
    }
    let bytes = file.table(8, (size_of::<FatArch32>() as u64).saturating_mul(u64::from(count)))?;
    let (machines, _) = slice_from_bytes::<FatArch32>(&bytes, count as usize).unwrap_or_default();
    let mut executables = Vec::new();
    for machine in machines {
        let (offset, size) = machine.file_range();
        if offset.checked_add(size).is_none_or(|end| end > file.size) {
            return Err(Malformed(format!("{size} bytes at offset {offset} for a machine are outside the file")));
        }
        executables.extend(parse(Slice { content: file.content, start: offset, size })?);
    }
    Ok(executables)
}

/// None when it is something else, such as an archive of object files.
pub(super) fn parse(file: Slice<'_>) -> Result<Option<Executable<'_>>, Malformed> {
    let Ok(magic) = file.read(0, 4) else { return Ok(None) };
    match &*magic {
        b"\xfe\xed\xfa\xce" | b"\xce\xfa\xed\xfe" => parse_class::<MachHeader32<Endianness>>(file).map(Some),
        b"\xfe\xed\xfa\xcf" | b"\xcf\xfa\xed\xfe" => parse_class::<MachHeader64<Endianness>>(file).map(Some),
        _ => Ok(None),
    }
}

fn parse_class<H: MachHeader<Endian = Endianness>>(file: Slice<'_>) -> Result<Executable<'_>, Malformed> {
    let size = size_of::<H>() as u64;
    let wrong = |error| Malformed(format!("no Mach-O header: {error}"));
    let head = file.read(0, size)?;
    let header = H::parse(&*head, 0).map_err(wrong)?;
    let endian = header.endian().map_err(wrong)?;
    let bytes = file.table(0, size.saturating_add(u64::from(header.sizeofcmds(endian))))?;
    let mut executable = Executable {
        file,
        format: Format::MachO,
        base: 0,
        sections: Vec::new(),
        segments: Vec::new(),
        directories: Vec::new(),
    };
    let mut commands = header.load_commands(endian, &*bytes, 0).map_err(wrong)?;
    while let Some(command) = commands.next().map_err(wrong)? {
        match command.variant() {
            Ok(LoadCommandVariant::Segment32(segment, data)) => executable.take(segment, endian, data),
            Ok(LoadCommandVariant::Segment64(segment, data)) => executable.take(segment, endian, data),
            _ => {}
        }
    }
    Ok(executable)
}

impl Executable<'_> {
    fn take<S: Segment<Endian = Endianness>>(&mut self, segment: &S, endian: Endianness, data: &[u8]) {
        let protection = segment.initprot(endian);
        let part = Part {
            name: Name::new(segment.name()),
            address: segment.vmaddr(endian).into(),
            offset: segment.fileoff(endian).into(),
            size: segment.filesize(endian).into(),
            is_writable: protection.contains(macho::VM_PROT_WRITE),
            is_code: protection.contains(macho::VM_PROT_EXECUTE),
        };
        let room = MOST_PARTS.saturating_sub(self.sections.len());
        let sections = segment.sections(endian, data).unwrap_or_default();
        self.sections.extend(sections.iter().take(room).map(|section| Part {
            name: Name::new(section.name()),
            address: section.addr(endian).into(),
            offset: u64::from(section.offset(endian)),
            size: section.size(endian).into(),
            ..part.clone()
        }));
        self.segments.push(part);
    }
}
