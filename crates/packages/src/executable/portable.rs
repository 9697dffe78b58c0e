//! PE, the Portable Executable format: <https://learn.microsoft.com/windows/win32/debug/pe-format>.
//!
//! Owns its headers, the section table and the table of data directories.

use object::pe::{
    IMAGE_NT_OPTIONAL_HDR64_MAGIC, IMAGE_SCN_CNT_CODE, IMAGE_SCN_MEM_WRITE, ImageDataDirectory, ImageDosHeader,
    ImageFileHeader, ImageOptionalHeader32, ImageOptionalHeader64, ImageSectionHeader,
};
use object::pod::{from_bytes, slice_from_bytes};
use object::read::pe::ImageOptionalHeader;
use object::{LittleEndian as LE, U16};
use plimsoll_model::Malformed;

use super::{Executable, Format, Name, Part, Slice};

/// Directories that the format knows.
const MOST_DIRECTORIES: usize = 16;

/// None when it is a program for DOS, or some text that begins so.
pub(super) fn parse(file: Slice<'_>) -> Result<Option<Executable<'_>>, Malformed> {
    let Ok(bytes) = file.read(0, size_of::<ImageDosHeader>() as u64) else { return Ok(None) };
    let Ok((dos, _)) = from_bytes::<ImageDosHeader>(&bytes) else { return Ok(None) };
    let start = u64::from(dos.e_lfanew.get(LE));
    let header_size = 4 + size_of::<ImageFileHeader>() as u64;
    let Ok(head) = file.read(start, header_size) else { return Ok(None) };
    let Some(head) = head.strip_prefix(b"PE\0\0") else { return Ok(None) };
    let Ok((header, _)) = from_bytes::<ImageFileHeader>(head) else { return Ok(None) };
    let optional_at = start.saturating_add(header_size);
    let optional_size = u64::from(header.size_of_optional_header.get(LE));
    let optional = file.read(optional_at, optional_size)?;
    let is_64 = from_bytes::<U16<LE>>(&optional).is_ok_and(|(magic, _)| magic.get(LE) == IMAGE_NT_OPTIONAL_HDR64_MAGIC);
    let (base, directories) = if is_64 {
        directories::<ImageOptionalHeader64>(&optional)
    } else {
        directories::<ImageOptionalHeader32>(&optional)
    };
    let count = header.number_of_sections.get(LE);
    let table = file.table(
        optional_at.saturating_add(optional_size),
        u64::from(count).saturating_mul(size_of::<ImageSectionHeader>() as u64),
    )?;
    let (sections, _) = slice_from_bytes::<ImageSectionHeader>(&table, usize::from(count)).unwrap_or_default();
    Ok(Some(Executable {
        file,
        format: Format::Pe,
        base,
        sections: sections.iter().map(|section| part(section, base)).collect(),
        segments: Vec::new(),
        directories,
    }))
}

fn part(section: &ImageSectionHeader, base: u64) -> Part {
    let flags = section.characteristics.get(LE);
    Part {
        name: Name::new(&section.name),
        address: base.saturating_add(u64::from(section.virtual_address.get(LE))),
        offset: u64::from(section.pointer_to_raw_data.get(LE)),
        size: u64::from(section.size_of_raw_data.get(LE)),
        is_writable: flags.contains(IMAGE_SCN_MEM_WRITE),
        is_code: flags.contains(IMAGE_SCN_CNT_CODE),
    }
}

/// The address at which the file wants to be loaded, and the directories behind the optional header.
fn directories<H: ImageOptionalHeader>(bytes: &[u8]) -> (u64, Vec<(u32, u32)>) {
    let Ok((header, rest)) = from_bytes::<H>(bytes) else { return (0, Vec::new()) };
    let most = rest.len().checked_div(size_of::<ImageDataDirectory>()).unwrap_or(0).min(MOST_DIRECTORIES);
    let count = usize::try_from(header.number_of_rva_and_sizes()).unwrap_or(most).min(most);
    let (directories, _) = slice_from_bytes::<ImageDataDirectory>(rest, count).unwrap_or_default();
    let places = directories.iter().map(|directory| (directory.virtual_address.get(LE), directory.size.get(LE)));
    (header.image_base(), places.collect())
}
