//! What Go's linker writes of a build into the program: <https://pkg.go.dev/debug/buildinfo>.
//!
//! Owns finding it, also in stripped files, and its two encodings. The format is described by the linker's
//! `cmd/link/internal/ld/data.go`, function `buildinfo`.

use std::borrow::Cow;

use memchr::memmem;
use object::Endianness;
use plimsoll_model::Malformed;

use crate::executable::{Executable, Format, Part};

/// What it begins with, at a multiple of 16 bytes.
const MAGIC: &[u8] = b"\xff Go buildinf:";
/// Bytes before the strings, or with the pointers to them.
const HEADER: usize = 32;
/// The linker puts it first into the data; without a section table only so much of them is searched.
const SEARCHED: usize = 1 << 20;
/// Bytes of both texts: the largest programs, of a thousand modules, have a hundred kilobytes.
const MOST_TEXT: u64 = 4 << 20;

/// The two texts of a build.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct BuildInfo {
    /// The compiler's version.
    pub go: String,
    /// Modules and settings, one a line; empty in programs that were built without modules.
    pub modules: String,
}

/// None when it is no Go program.
///
/// # Errors
/// When there is one that cannot be read.
pub(super) fn find(executable: &Executable<'_>) -> Result<Option<BuildInfo>, Malformed> {
    let Some(part) = place(executable) else { return Ok(None) };
    let Ok(bytes) = executable.start_of(part, MOST_TEXT) else { return Ok(None) };
    let Some(start) = locate(&bytes) else { return Ok(None) };
    let bytes = bytes.get(start..).unwrap_or_default();
    let damaged = || Malformed(format!("Go's build information at address {:#x} is damaged", part.address));
    let info = match bytes.get(15).ok_or_else(damaged)? {
        flags if flags & 2 != 0 => inline(bytes),
        flags => pointed(executable, bytes, flags & 1 != 0),
    };
    info.map(Some).ok_or_else(damaged)
}

/// The section of its own, or where data begin.
fn place<'e>(executable: &'e Executable<'_>) -> Option<&'e Part> {
    let is_data = |part: &&Part| part.is_writable && !part.is_code && part.size > 0;
    match executable.format {
        Format::Elf if executable.sections.is_empty() => executable.segments.iter().find(is_data),
        Format::Elf => executable.section(b".go.buildinfo"),
        Format::MachO => executable.section(b"__go_buildinfo"),
        Format::Pe => executable.sections.iter().find(is_data),
    }
}

fn locate(bytes: &[u8]) -> Option<usize> {
    let searched = bytes.get(..SEARCHED).unwrap_or(bytes);
    memmem::find_iter(searched, MAGIC).find(|start| start.is_multiple_of(16))
}

/// Since Go 1.18: each text with its length before it.
fn inline(bytes: &[u8]) -> Option<BuildInfo> {
    let (go, rest) = counted(bytes.get(HEADER..)?)?;
    let (modules, _) = counted(rest)?;
    Some(BuildInfo { go: text(go), modules: text(unframed(modules)) })
}

/// A length as a base-128 number, least significant digit first, and so many bytes.
fn counted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut length: usize = 0;
    for (index, byte) in bytes.iter().enumerate().take(5) {
        length |= usize::from(byte & 0x7f) << index.saturating_mul(7);
        if byte & 0x80 == 0 {
            return bytes.get(index.saturating_add(1)..)?.split_at_checked(length);
        }
    }
    None
}

/// Before Go 1.18: two addresses of a string, which is an address and a length.
fn pointed(executable: &Executable<'_>, bytes: &[u8], is_big: bool) -> Option<BuildInfo> {
    let size = usize::from(*bytes.get(14)?);
    let endian = if is_big { Endianness::Big } else { Endianness::Little };
    let at = |index: usize| {
        let start = 16_usize.saturating_add(index.saturating_mul(size));
        let address = number(bytes.get(start..start.saturating_add(size))?, endian)?;
        string(executable, address, size, endian)
    };
    let modules = at(1).unwrap_or_default();
    Some(BuildInfo { go: text(&at(0)?), modules: text(unframed(&modules)) })
}

fn string<'a>(executable: &Executable<'a>, address: u64, size: usize, endian: Endianness) -> Option<Cow<'a, [u8]>> {
    let header = executable.at_address(address, (size as u64).checked_mul(2)?)?;
    let (data, length) = header.split_at_checked(size)?;
    let length = number(length, endian).filter(|length| *length <= MOST_TEXT)?;
    executable.at_address(number(data, endian)?, length)
}

fn number(bytes: &[u8], endian: Endianness) -> Option<u64> {
    let mut wide = [0; 8];
    match (bytes.len(), endian) {
        (4, Endianness::Little) => wide.get_mut(..4)?.copy_from_slice(bytes),
        (4, Endianness::Big) => wide.get_mut(4..)?.copy_from_slice(bytes),
        (8, _) => wide.copy_from_slice(bytes),
        _ => return None,
    }
    Some(if endian == Endianness::Big { u64::from_be_bytes(wide) } else { u64::from_le_bytes(wide) })
}

/// The modules stand between two marks of 16 bytes.
fn unframed(bytes: &[u8]) -> &[u8] {
    let inner = bytes.get(16..bytes.len().saturating_sub(16)).unwrap_or_default();
    if inner.ends_with(b"\n") { inner } else { b"" }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
