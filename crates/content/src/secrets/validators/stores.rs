//! Files that are key stores, told by how they begin. One that holds only certificates is none: every JDK brings one.

use super::Known;
use crate::secrets::paths;

/// Reads big-endian fields, and never beyond the end.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    pub(super) fn short(&mut self) -> Option<u16> {
        let (field, rest) = self.rest.split_first_chunk::<2>()?;
        self.rest = rest;
        Some(u16::from_be_bytes(*field))
    }

    pub(super) fn number(&mut self) -> Option<u32> {
        let (field, rest) = self.rest.split_first_chunk::<4>()?;
        self.rest = rest;
        Some(u32::from_be_bytes(*field))
    }

    /// Bytes after their length in two bytes.
    fn short_text(&mut self) -> Option<&'a [u8]> {
        let length = self.short()?;
        self.take(usize::from(length))
    }

    /// Bytes after their length in four bytes.
    pub(super) fn long_text(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.take(usize::try_from(length).ok()?)
    }
}

const JKS: [u8; 4] = [0xFE, 0xED, 0xFE, 0xED];
const JCEKS: [u8; 4] = [0xCE, 0xCE, 0xCE, 0xCE];
/// Version 1 or 2 and a salt of 20 bytes.
const BKS: [[u8; 8]; 2] = [[0, 0, 0, 1, 0, 0, 0, 20], [0, 0, 0, 2, 0, 0, 0, 20]];

/// Whether a file that begins so may be one, by the first 16 bytes.
pub(in crate::secrets) fn may_be(start: &[u8]) -> bool {
    start.starts_with(&JKS)
        || start.starts_with(&JCEKS)
        || BKS.iter().any(|bks| start.starts_with(bks))
        || is_keytab(start)
        || is_pkcs12(start)
        || is_private_key(start)
}

/// The rule that speaks of this file, when it holds a key.
pub(in crate::secrets) fn recognise(path: &str, bytes: &[u8]) -> Option<(&'static str, Known)> {
    let has_java_key = || bytes.starts_with(&JKS) || bytes.starts_with(&JCEKS);
    if has_java_key() && java(bytes) == Some(true) {
        return Some(("java-key-store", store("Java key store")));
    }
    if BKS.iter().any(|bks| bytes.starts_with(bks)) && bouncy_castle(bytes) == Some(true) {
        return Some(("bouncy-castle-key-store", store("Bouncy Castle key store")));
    }
    if is_pkcs12(bytes) && has_key_bag(bytes) {
        return Some(("pkcs12-key-store", store("PKCS#12")));
    }
    if is_keytab(bytes) && (paths::ends_as(path, "*.keytab") || paths::ends_as(path, "*.kt")) {
        return Some(("kerberos-keytab", store("Kerberos key table")));
    }
    (is_private_key(bytes) && is_der(bytes))
        .then(|| ("der-private-key", Known { header: Some("DER".to_owned()), ..Known::default() }))
}

fn store(kind: &str) -> Known {
    Known { header: Some(kind.to_owned()), ..Known::state("key store") }
}

/// Whether a store of the JDK holds a key, private (1) or sealed (3), or certificates alone.
fn java(bytes: &[u8]) -> Option<bool> {
    let mut reader = Reader::new(bytes.get(4..)?);
    let version = reader.number()?;
    let count = reader.number()?;
    for _ in 0..count.min(10_000) {
        match reader.number()? {
            1 | 3 => return Some(true),
            2 => {}
            _ => return None,
        }
        reader.short_text()?;
        reader.take(8)?;
        if version == 2 {
            reader.short_text()?;
        }
        reader.long_text()?;
    }
    Some(false)
}

/// Whether a store of Bouncy Castle holds a key: anything but a certificate (1).
fn bouncy_castle(bytes: &[u8]) -> Option<bool> {
    let mut reader = Reader::new(bytes.get(28..)?);
    reader.number()?;
    for _ in 0..10_000 {
        match reader.take(1)?.first()? {
            0 => return Some(false),
            1 => {}
            2..=4 => return Some(true),
            _ => return None,
        }
        reader.short_text()?;
        reader.take(8)?;
        for _ in 0..reader.number()?.min(100) {
            reader.short_text()?;
            reader.long_text()?;
        }
        reader.short_text()?;
        reader.long_text()?;
    }
    None
}

/// Kerberos: version 5.2, an entry below 64 KiB, few components of the name.
fn is_keytab(bytes: &[u8]) -> bool {
    matches!(bytes, [5, 2, 0, 0, _, _, 0, 1..=8, ..])
}

/// A sequence (RFC 7292), version 3, and the sequence of its content.
fn is_pkcs12(bytes: &[u8]) -> bool {
    matches!(
        bytes,
        [0x30, 0x82, _, _, 2, 1, 3, 0x30, ..] | [0x30, 0x80, 2, 1, 3, 0x30, ..] | [0x30, 0x81, _, 2, 1, 3, 0x30, ..]
    )
}

/// Object identifiers of a key and of an encrypted key in PKCS#12. The safe that holds keys is not encrypted as a whole.
fn has_key_bag(bytes: &[u8]) -> bool {
    const BAG: [u8; 12] = [0x06, 0x0B, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x0A, 0x01];
    memchr::memmem::find_iter(bytes, &BAG).any(|at| matches!(bytes.get(at + BAG.len()), Some(1 | 2)))
}

/// RSA in PKCS#1, RSA or EC in PKCS#8, EC in SEC 1; without armour.
fn is_private_key(bytes: &[u8]) -> bool {
    matches!(
        bytes,
        [0x30, 0x82, _, _, 2, 1, 0, 2, 0x81 | 0x82, ..]
            | [0x30, 0x82, _, _, 2, 1, 0, 0x30, 0x0D, 6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, ..]
            | [0x30, 0x81, _, 2, 1, 0, 0x30, _, 6, 7, 0x2A, 0x86, 0x48, 0xCE, 0x3D, ..]
            | [0x30, _, 2, 1, 1, 4, 0x20 | 0x30 | 0x42, ..]
            | [0x30, 0x81, _, 2, 1, 1, 4, 0x20 | 0x30 | 0x42, ..]
    )
}

/// Whether the bytes are one sequence of DER that ends where they end.
pub(super) fn is_der(bytes: &[u8]) -> bool {
    let (header, length) = match bytes {
        [0x30, length @ 0..=0x7F, ..] => (2, usize::from(*length)),
        [0x30, 0x81, length, ..] => (3, usize::from(*length)),
        [0x30, 0x82, high, low, ..] => (4, usize::from(u16::from_be_bytes([*high, *low]))),
        _ => return false,
    };
    // Some writers leave a byte or two of padding behind.
    length >= 24 && bytes.len() >= header + length && bytes.len() <= header + length + 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_of_certificates_alone_is_no_secret() {
        let mut store = [JKS.as_slice(), &[0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2]].concat();
        store.extend([0, 1, b'a', 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, b'X', 0, 0, 0, 1, 0]);
        assert_eq!(java(&store), Some(false));
        store[15] = 1;
        assert_eq!(java(&store), Some(true));
    }
}
