//! Content digests as OCI writes them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A content digest, `sha256:<64 hex>` or `sha512:<128 hex>`, as the OCI image specification defines it
/// (<https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests>).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(String);

/// The text is not a digest of an algorithm that Plimsoll can verify.
#[derive(Debug, Clone, thiserror::Error)]
#[error("not a sha256 or sha512 digest: {0:?}")]
pub struct InvalidDigest(String);

impl Digest {
    /// The digest of these algorithm and raw hash bytes.
    #[must_use]
    pub fn sha256(hash: &[u8; 32]) -> Self {
        let mut text = String::with_capacity(71);
        text.push_str("sha256:");
        for byte in hash {
            text.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
            text.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        }
        Self(text)
    }

    /// `sha256` or `sha512`.
    #[must_use]
    pub fn algorithm(&self) -> &str {
        self.0.split_once(':').map_or("", |(algorithm, _)| algorithm)
    }

    /// The hash in lower-case hexadecimal.
    #[must_use]
    pub fn hex(&self) -> &str {
        self.0.split_once(':').map_or("", |(_, hex)| hex)
    }

    /// The whole text, `algorithm:hex`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Digest {
    type Err = InvalidDigest;

    fn from_str(text: &str) -> Result<Self, InvalidDigest> {
        let length = match text.split_once(':') {
            Some(("sha256", hex)) => (hex, 64),
            Some(("sha512", hex)) => (hex, 128),
            _ => return Err(InvalidDigest(text.into())),
        };
        // Upper case is not allowed by the specification: two spellings of one digest would be two cache keys.
        let is_hex = length.0.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if length.0.len() == length.1 && is_hex { Ok(Self(text.into())) } else { Err(InvalidDigest(text.into())) }
    }
}

impl TryFrom<String> for Digest {
    type Error = InvalidDigest;

    fn try_from(text: String) -> Result<Self, InvalidDigest> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
