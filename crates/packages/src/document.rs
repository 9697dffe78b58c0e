//! Files that are parsed as a whole: JSON, TOML, YAML.
//!
//! Owns their bounds and the words for what is wrong with them. What they mean is their readers' business.

use std::borrow::Cow;

use plimsoll_model::{Content, Malformed};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

/// Bytes of one document. The largest lock files have some 10 MB, and a parsed document takes several times its size.
pub(crate) const MOST_BYTES: u64 = 32 << 20;

/// All bytes of a file of at most `most`.
///
/// # Errors
/// When it is larger, or cannot be read.
pub(crate) fn bytes(content: &dyn Content, most: u64) -> Result<Cow<'_, [u8]>, Malformed> {
    let size = content.size();
    if size > most {
        return Err(Malformed(format!("it has {size} bytes; no more than {most} of such a file are read")));
    }
    if let Some(bytes) = content.bytes() {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut bytes = vec![0; usize::try_from(size).unwrap_or(0)];
    content.read_at(0, &mut bytes).map_err(|error| Malformed(format!("cannot be read: {error}")))?;
    Ok(Cow::Owned(bytes))
}

/// A JSON document. Nesting is bounded by the parser.
///
/// # Errors
/// When it is none, or too large.
pub(crate) fn json<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Malformed> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(bytes).map_err(|error| Malformed(format!("not the JSON it should be: {error}")))
}

/// A value whose file is not worth refusing because of it: what is of another type counts as absent.
#[derive(Debug, Clone)]
pub(crate) struct Loose<T>(pub Option<T>);

impl<T> Default for Loose<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Loose<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either<T> {
            Expected(T),
            Other(IgnoredAny),
        }
        Ok(match Either::deserialize(deserializer)? {
            Either::Expected(value) => Self(Some(value)),
            Either::Other(_) => Self(None),
        })
    }
}

/// A YAML document. Nesting, aliases and the count of nodes are bounded by the parser.
///
/// # Errors
/// When it is none, or too large.
pub(crate) fn yaml<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Malformed> {
    let words = |error: serde_saphyr::Error| {
        let error = error.to_string();
        Malformed(format!("not the YAML it should be: {}", error.lines().next().unwrap_or_default()))
    };
    serde_saphyr::from_slice(bytes).map_err(words)
}

/// A TOML document. Nesting is bounded by the parser.
///
/// # Errors
/// When it is none, or not UTF-8.
pub(crate) fn toml<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Malformed> {
    let text = std::str::from_utf8(bytes).map_err(|error| Malformed(format!("not UTF-8: {error}")))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = toml::de::Deserializer::parse(text).and_then(T::deserialize);
    document.map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = memchr::memchr_iter(b'\n', before.as_bytes()).count().saturating_add(1);
        Malformed(format!("not the TOML it should be: line {line}: {}", error.message()))
    })
}
