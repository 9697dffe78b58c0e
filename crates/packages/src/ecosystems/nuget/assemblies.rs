//! What an assembly says of itself: the version resource of a PE file,
//! <https://learn.microsoft.com/windows/win32/menurc/versioninfo-resource>.
//!
//! Owns the reader. An assembly has no package id and no package version, only what its builders put there: so its file
//! name is taken for the id, which it is of most, and its product version for the package's where it is written as one.
//! Where a `deps.json` lists the file, that is believed alone.

use std::borrow::Cow;

use plimsoll_model::{Facts, Input, Malformed, Package};

use super::package;
use crate::executable::{self, Executable, Format};

/// What PE files begin with.
pub(super) const STARTS: &[&[u8]] = &[b"MZ"];

/// Positions among the data directories.
const RESOURCES: usize = 2;
const COMMON_LANGUAGE_RUNTIME: usize = 14;
/// Type of version resources.
const VERSION: u32 = 16;
/// Entries of one folder of resources: types, names or languages.
const MOST_ENTRIES: u64 = 4_096;
/// Bytes of a version resource; real ones have about one kilobyte.
const MOST_BYTES: u64 = 1 << 16;
/// Blocks inside one another: the root, `StringFileInfo`, a table, its strings.
const DEEPEST: usize = 4;

/// Folders of unpacked packages, each with a manifest that tells what the assemblies in it are.
const UNPACKED: &[&str] = &[".nuget/packages/", "tools/.store/"];

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    if UNPACKED.iter().any(|folder| input.file.path.contains(folder)) {
        return Ok(Facts::default());
    }
    let executables = executable::executables(input.file.content)?;
    let found = executables.iter().filter(|executable| is_assembly(executable)).filter_map(version_resource);
    Ok(Facts {
        packages: found.filter_map(|resource| Description::read(&resource).package()).collect(),
        ..Facts::default()
    })
}

fn is_assembly(executable: &Executable<'_>) -> bool {
    let runtime = executable.directories.get(COMMON_LANGUAGE_RUNTIME);
    executable.format == Format::Pe && runtime.is_some_and(|(_, size)| *size > 0)
}

/// The bytes of the first version resource: folders of types, names and languages lead to it.
fn version_resource<'a>(executable: &Executable<'a>) -> Option<Cow<'a, [u8]>> {
    let (start, _) = *executable.directories.get(RESOURCES)?;
    let start = executable.base.checked_add(u64::from(start))?;
    let types = entries(executable, start, 0)?;
    let (_, names) = types.into_iter().find(|(id, _)| *id == VERSION)?;
    let (_, languages) = entries(executable, start, folder(names)?)?.into_iter().next()?;
    let (_, data) = entries(executable, start, folder(languages)?)?.into_iter().next()?;
    let place = executable.at_address(start.checked_add(u64::from(data))?, 8)?;
    let (address, size) = (number(&place, 0)?, u64::from(number(&place, 4)?).min(MOST_BYTES));
    executable.at_address(executable.base.checked_add(u64::from(address))?, size)
}

/// Where a folder is: its offset has the highest bit set, that of data has not.
fn folder(offset: u32) -> Option<u64> {
    offset.checked_sub(1 << 31).map(u64::from)
}

/// Id and offset of each entry of a folder of resources.
fn entries(executable: &Executable<'_>, start: u64, offset: u64) -> Option<Vec<(u32, u32)>> {
    let at = start.checked_add(offset)?;
    let head = executable.at_address(at, 16)?;
    let counts = number(&head, 12)?;
    let count = u64::from(counts & 0xffff).checked_add(u64::from(counts >> 16))?.min(MOST_ENTRIES);
    let table = executable.at_address(at.checked_add(16)?, count.checked_mul(8)?)?;
    table.chunks_exact(8).map(|entry| Some((number(entry, 0)?, number(entry, 4)?))).collect()
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

/// What is asked for of the strings in a version resource.
#[derive(Debug, Default)]
struct Description {
    original_file: String,
    internal_name: String,
    product: String,
    product_version: String,
    company: String,
}

impl Description {
    fn read(resource: &[u8]) -> Self {
        let mut description = Self::default();
        description.blocks(resource, 0);
        description
    }

    /// Blocks one after the other, each with its length, the length of its value, a key, the value, and further blocks.
    fn blocks(&mut self, mut bytes: &[u8], depth: usize) {
        while let Some(block) = Block::first(bytes) {
            self.take(&block);
            if depth < DEEPEST {
                self.blocks(block.inside, depth.saturating_add(1));
            }
            bytes = block.rest;
        }
    }

    fn take(&mut self, block: &Block<'_>) {
        let field = match block.key.as_str() {
            "OriginalFilename" => &mut self.original_file,
            "InternalName" => &mut self.internal_name,
            "ProductName" => &mut self.product,
            "ProductVersion" => &mut self.product_version,
            "CompanyName" => &mut self.company,
            _ => return,
        };
        *field = utf_16(block.value).trim().to_owned();
    }

    /// None for parts of a runtime, which is a package by itself; for those whose version is none of a package; and for
    /// `1.0.0`, which every project has until somebody gives it a version.
    fn package(&self) -> Option<Package> {
        let file = [&self.original_file, &self.internal_name].into_iter().find(|name| !name.is_empty())?;
        let name = [".dll", ".exe"].iter().find_map(|ending| file.strip_suffix(ending))?;
        let version = self.product_version.split('+').next().unwrap_or_default();
        let core = version.split('-').next().unwrap_or_default();
        let is_package_version = core.split('.').count() == 3
            && core.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
            && version.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
        let is_runtime = self.product.starts_with("Microsoft") && self.product.contains(".NET");
        let is_resource = name.ends_with(".resources");
        if !is_package_version || version == "1.0.0" || is_runtime || is_resource {
            return None;
        }
        Some(Package { maintainer: self.company.clone(), ..package(name, version)? })
    }
}

/// A block of a version resource.
struct Block<'a> {
    key: String,
    value: &'a [u8],
    inside: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Block<'a> {
    fn first(bytes: &'a [u8]) -> Option<Self> {
        let short = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?));
        let (length, value_length, is_text) = (usize::from(short(0)?), usize::from(short(2)?), short(4)? == 1);
        // A block is no shorter than its header; zeros fill up to the end.
        let block = bytes.get(..length).filter(|block| block.len() > 6)?;
        let key_bytes = block.get(6..)?;
        let key_length = key_bytes.chunks_exact(2).position(|pair| pair == [0, 0])?.checked_mul(2)?;
        let value_at = aligned(key_length.checked_add(8)?);
        // Lengths of text count characters.
        let value_length = if is_text { value_length.saturating_mul(2) } else { value_length };
        let value_end = value_at.saturating_add(value_length).min(block.len());
        Some(Self {
            key: utf_16(key_bytes.get(..key_length)?),
            value: block.get(value_at..value_end).unwrap_or_default(),
            inside: block.get(aligned(value_end)..).unwrap_or_default(),
            rest: bytes.get(aligned(length)..).unwrap_or_default(),
        })
    }
}

/// Blocks and values begin at multiples of four.
fn aligned(at: usize) -> usize {
    at.saturating_add(3) & !3
}

/// Text up to the first zero.
fn utf_16(bytes: &[u8]) -> String {
    let pairs = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair.first().copied().unwrap_or(0), pair.last().copied().unwrap_or(0)]));
    let letters: Vec<u16> = pairs.take_while(|letter| *letter != 0).collect();
    String::from_utf16_lossy(&letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(file: &str, product: &str, version: &str) -> Option<String> {
        let description = Description {
            original_file: file.into(),
            product: product.into(),
            product_version: version.into(),
            ..Description::default()
        };
        description.package().map(|package| format!("{} {}", package.name, package.version))
    }

    #[test]
    fn only_what_looks_like_a_package_is_one() {
        let json = "13.0.1+ae9fe44e1323e91bcbd185ca1a14099fba7c021f";
        assert_eq!(named("Newtonsoft.Json.dll", "Json.NET", json).as_deref(), Some("Newtonsoft.Json 13.0.1"));
        assert_eq!(named("Tool.exe", "Tool", "2.0.0-rc.1").as_deref(), Some("Tool 2.0.0-rc.1"));
        for (file, product, version) in [
            ("System.Text.Json.dll", "Microsoft® .NET", "8.0.1+bf5e279d9239bfef5bb1b8d6212f1b971c434606"),
            ("Newtonsoft.Json.resources.dll", "Json.NET", json),
            ("Shop.dll", "Shop", "1.0.0+3a0bb03d7f3ef34b270704cf46e7e1f8f6a33681"),
            ("System.dll", "Mono Common Language Infrastructure", "4.0.30319.17020"),
            ("log4net.dll", "log4net", "2.0.8.0-.NET Standard 1.3"),
            ("module", "Json.NET", json),
            ("Odd.dll", "Odd", "1..2"),
            ("Odd.dll", "Odd", ""),
        ] {
            assert_eq!(named(file, product, version), None, "{file} {version}");
        }
    }
}
