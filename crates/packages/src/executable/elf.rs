//! ELF: <https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html>.
//!
//! Owns the header, the section table and the program headers.

use object::elf::{self, FileHeader32, FileHeader64};
use object::pod::slice_from_bytes;
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader};
use object::{Endianness, elf::SHT_NOBITS};
use plimsoll_model::Malformed;

use super::{Executable, Format, MOST_PARTS, Name, Part, Slice};

pub(super) fn parse(file: Slice<'_>) -> Result<Executable<'_>, Malformed> {
    match file.read(4, 1)?.first().copied() {
        Some(class) if class == elf::ELFCLASS32.0 => parse_class::<FileHeader32<Endianness>>(file),
        _ => parse_class::<FileHeader64<Endianness>>(file),
    }
}

fn parse_class<H: FileHeader<Endian = Endianness>>(file: Slice<'_>) -> Result<Executable<'_>, Malformed> {
    let head = file.read(0, size_of::<H>() as u64)?;
    let wrong = |error| Malformed(format!("no ELF header: {error}"));
    let header = H::parse(&*head).map_err(wrong)?;
    let endian = header.endian().map_err(wrong)?;
    Ok(Executable {
        file,
        format: Format::Elf,
        base: 0,
        sections: sections(file, header, endian)?,
        segments: segments(file, header, endian)?,
        directories: Vec::new(),
    })
}

/// The loaded segments.
fn segments<H: FileHeader<Endian = Endianness>>(
    file: Slice<'_>,
    header: &H,
    endian: Endianness,
) -> Result<Vec<Part>, Malformed> {
    let count = usize::from(header.e_phnum(endian));
    let bytes = file.table(header.e_phoff(endian).into(), size::<H::ProgramHeader>(count))?;
    let (headers, _) = slice_from_bytes::<H::ProgramHeader>(&bytes, count).unwrap_or_default();
    let loaded = headers.iter().filter(|segment| segment.p_type(endian) == elf::PT_LOAD);
    let part = |segment: &H::ProgramHeader| Part {
        name: Name::default(),
        address: segment.p_vaddr(endian).into(),
        offset: segment.p_offset(endian).into(),
        size: segment.p_filesz(endian).into(),
        is_writable: segment.p_flags(endian).contains(elf::PF_W),
        is_code: segment.p_flags(endian).contains(elf::PF_X),
    };
    Ok(loaded.map(part).collect())
}

fn sections<H: FileHeader<Endian = Endianness>>(
    file: Slice<'_>,
    header: &H,
    endian: Endianness,
) -> Result<Vec<Part>, Malformed> {
    let offset: u64 = header.e_shoff(endian).into();
    if offset == 0 {
        return Ok(Vec::new());
    }
    let (count, names) = counts(file, header, endian, offset)?;
    let bytes = file.table(offset, size::<H::SectionHeader>(count))?;
    let (headers, _) = slice_from_bytes::<H::SectionHeader>(&bytes, count).unwrap_or_default();
    let names = match headers.get(names) {
        Some(names) => file.table(names.sh_offset(endian).into(), names.sh_size(endian).into())?,
        None => return Ok(Vec::new()),
    };
    let part = |section: &H::SectionHeader| {
        let name = names.get(section.sh_name(endian) as usize..).unwrap_or_default();
        let is_in_file = section.sh_type(endian) != SHT_NOBITS;
        Part {
            name: Name::new(name),
            address: section.sh_addr(endian).into(),
            offset: section.sh_offset(endian).into(),
            size: if is_in_file { section.sh_size(endian).into() } else { 0 },
            is_writable: section.sh_flags(endian).contains(elf::SHF_WRITE),
            is_code: section.sh_flags(endian).contains(elf::SHF_EXECINSTR),
        }
    };
    Ok(headers.iter().map(part).collect())
}

/// How many sections there are and which of them holds their names. Where a number is too large for the header, the
/// first section has it.
fn counts<H: FileHeader<Endian = Endianness>>(
    file: Slice<'_>,
    header: &H,
    endian: Endianness,
    offset: u64,
) -> Result<(usize, usize), Malformed> {
    let (mut count, mut names) = (usize::from(header.e_shnum(endian)), usize::from(header.e_shstrndx(endian).0));
    if count == 0 || names == usize::from(elf::SHN_XINDEX.0) {
        let bytes = file.read(offset, size::<H::SectionHeader>(1))?;
        let (first, _) = slice_from_bytes::<H::SectionHeader>(&bytes, 1).unwrap_or_default();
        let first = first.first().ok_or_else(|| Malformed("its section table is empty".into()))?;
        if count == 0 {
            count = usize::try_from(first.sh_size(endian).into()).unwrap_or(usize::MAX);
        }
        if names == usize::from(elf::SHN_XINDEX.0) {
            names = first.sh_link(endian) as usize;
        }
    }
    if count > MOST_PARTS {
        return Err(Malformed(format!("it claims {count} sections; at most {MOST_PARTS} are read")));
    }
    Ok((count, names))
}

fn size<T>(count: usize) -> u64 {
    (size_of::<T>() as u64).saturating_mul(count as u64)
}
