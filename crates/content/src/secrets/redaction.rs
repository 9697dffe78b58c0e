//! What may be said of a secret: how it begins, how long it is, and too little of its hash to guess it by.

use data_encoding::HEXLOWER;
use plimsoll_model::thousands;
use ring::digest::{SHA256, digest};

/// Characters that may be shown.
const SHOWN: usize = 4;

/// `ghp_… (40 characters)`. Of a short secret less is shown, of a password of fifteen characters nothing.
pub(super) fn shorten(secret: &[u8]) -> String {
    let length = String::from_utf8_lossy(secret).chars().count();
    let shown = if length >= 16 { SHOWN } else { 0 };
    let start: String =
        secret.iter().take(shown).map(|&byte| char::from(byte)).filter(char::is_ascii_graphic).collect();
    format!("{start}… ({} characters)", thousands(length))
}

/// `-----BEGIN RSA PRIVATE KEY----- (1,704 bytes)`.
pub(super) fn headed(header: &str, bytes: usize) -> String {
    format!("{header} ({} bytes)", thousands(bytes))
}

/// The first 16 bits of the SHA-256.
pub(super) fn mark(secret: &[u8]) -> String {
    HEXLOWER.encode(digest(&SHA256, secret).as_ref().get(..2).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_four_characters_at_most() {
        assert_eq!(shorten(b"ghp_0123456789abcdef"), "ghp_… (20 characters)");
        assert_eq!(shorten(b"hunter2"), "… (7 characters)");
        assert_eq!(headed("-----BEGIN PRIVATE KEY-----", 1_234_567), "-----BEGIN PRIVATE KEY----- (1,234,567 bytes)");
    }
}
