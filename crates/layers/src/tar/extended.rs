//! What stands before a member because its header is too small: GNU long names and pax records.

use super::{decimal, text};
use crate::limits::Limits;

/// Values that replace those of the header.
#[derive(Debug, Default)]
pub struct Extended {
    pub path: Option<Vec<u8>>,
    pub link: Option<Vec<u8>>,
    pub size: Option<u64>,
    pub uid: Option<u64>,
    pub gid: Option<u64>,
    pub sparse: Option<Sparse>,
    /// Value of the extended attribute `security.capability`.
    pub capability: Option<Vec<u8>>,
}

/// A sparse file in pax records
/// (<https://www.gnu.org/software/tar/manual/html_section/Sparse-Formats.html>).
#[derive(Debug, Default)]
pub struct Sparse {
    /// Real size.
    pub size: Option<u64>,
    /// Regions with data; none when they stand before the data.
    pub regions: Option<Vec<(u64, u64)>>,
}

impl Extended {
    /// Takes in the contents of a member with this type flag.
    pub fn add(&mut self, flag: u8, record: &[u8], limits: &Limits) -> Result<(), String> {
        match flag {
            b'L' => self.path = Some(text(record).to_vec()),
            b'K' => self.link = Some(text(record).to_vec()),
            _ => self.add_pax(record, limits)?,
        }
        Ok(())
    }

    fn add_pax(&mut self, mut records: &[u8], limits: &Limits) -> Result<(), String> {
        let mut name = None;
        while !records.is_empty() {
            let (key, value, rest) = split(records).ok_or("its pax records are malformed")?;
            records = rest;
            match key {
                b"path" => self.path = path(value)?,
                b"linkpath" => self.link = path(value)?,
                b"size" => self.size = number(value)?,
                b"uid" => self.uid = number(value)?,
                b"gid" => self.gid = number(value)?,
                b"GNU.sparse.name" => name = path(value)?,
                // As Go's archive/tar and GNU tar write extended attributes: the value as it is.
                b"SCHILY.xattr.security.capability" => self.capability = Some(value.to_vec()),
                _ => {
                    if let Some(key) = key.strip_prefix(b"GNU.sparse.") {
                        self.add_sparse(key, value, limits)?;
                    }
                }
            }
        }
        // The plain path of a sparse file is a made-up one for tools that know no sparse files.
        if name.is_some() {
            self.path = name;
        }
        Ok(())
    }

    fn add_sparse(&mut self, key: &[u8], value: &[u8], limits: &Limits) -> Result<(), String> {
        let sparse = self.sparse.get_or_insert_default();
        match key {
            b"size" | b"realsize" => sparse.size = number(value)?,
            b"offset" => sparse.regions.get_or_insert_default().push((number(value)?.unwrap_or(0), 0)),
            b"numbytes" => {
                if let Some(last) = sparse.regions.get_or_insert_default().last_mut() {
                    last.1 = number(value)?.unwrap_or(0);
                }
            }
            b"map" => {
                let numbers: Option<Vec<u64>> = value.split(|&byte| byte == b',').map(decimal).collect();
                let numbers = numbers.ok_or("its sparse file's map has no numbers")?;
                let pairs = numbers.chunks_exact(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?)));
                sparse.regions = Some(pairs.collect());
            }
            _ => {}
        }
        let regions = sparse.regions.as_ref().map_or(0, Vec::len);
        if regions > limits.sparse { Err("its sparse file has too many regions".into()) } else { Ok(()) }
    }
}

/// The first of records `"%d %s=%s\n"`, and what follows it.
fn split(records: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = records.iter().position(|&byte| byte == b' ')?;
    let length = usize::try_from(decimal(records.get(..space)?)?).ok()?;
    let record = records.get(space.checked_add(1)?..length)?.strip_suffix(b"\n")?;
    let equals = record.iter().position(|&byte| byte == b'=')?;
    Some((record.get(..equals)?, record.get(equals.checked_add(1)?..)?, records.get(length..)?))
}

/// An empty value takes the header's again.
fn number(value: &[u8]) -> Result<Option<u64>, String> {
    match value {
        [] => Ok(None),
        _ => decimal(value).map(Some).ok_or_else(|| "its pax records have no number where one belongs".into()),
    }
}

fn path(value: &[u8]) -> Result<Option<Vec<u8>>, String> {
    match value {
        [] => Ok(None),
        _ if value.contains(&0) => Err("its pax records have a NUL in a path".into()),
        _ => Ok(Some(value.to_vec())),
    }
}
