//! Files that are parsed as a whole: JSON, TOML, YAML.
//!
//! Owns their bounds and the words for what is wrong with them. What they mean is their readers' business.

use std::borrow::Cow;

use plimsoll_model::{Content, Malformed};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

/// Bytes of one document. The largest lock files have some 10 MB, and a parsed document takes several times its size.
pub(crate) const MOST_BYTES: u64 = 32 << 20;
/// Values of one JSON document. Each takes up to a hundred bytes when parsed, however short it is written; the largest
/// lock files have some 500,000.
const MOST_VALUES: usize = 1_000_000;
/// Tokens of one TOML document, spaces and line ends included: each takes some 75 bytes while it is parsed. The largest
/// lock files have some 500,000.
const MOST_TOKENS: usize = 1_000_000;

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
    // Each value but the first follows one of these. They are also in texts, which are few against that.
    if memchr::memchr3_iter(b',', b'[', b'{', bytes).count() > MOST_VALUES {
        return Err(Malformed(format!("it has more than {MOST_VALUES} values; no such file is read")));
    }
    serde_json::from_slice(bytes).map_err(|error| Malformed(format!("not the JSON it should be: {error}")))
}

/// JSON as configuration files have it: comments, and commas after what comes last, become spaces.
pub(crate) fn without_comments(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    // Where the last comma is, as long as nothing but space follows it.
    let mut comma = None;
    let mut rest = bytes;
    while let [first, after @ ..] = rest {
        let length = match (first, after.first()) {
            (b'"', _) => string(rest),
            (b'/', Some(b'/')) => memchr::memchr(b'\n', rest).unwrap_or(rest.len()),
            (b'/', Some(b'*')) => memchr::memmem::find(after, b"*/").map_or(rest.len(), |end| end.saturating_add(3)),
            _ => 1,
        };
        let (token, behind) = rest.split_at(length.clamp(1, rest.len()));
        rest = behind;
        match first {
            b'/' if token.len() > 1 => plain.push(b' '),
            b',' => {
                comma = Some(plain.len());
                plain.push(b',');
            }
            _ => {
                if let (b'}' | b']', Some(comma)) = (first, comma.and_then(|comma| plain.get_mut(comma))) {
                    *comma = b' ';
                }
                comma = comma.filter(|_| first.is_ascii_whitespace());
                plain.extend_from_slice(token);
            }
        }
    }
    plain
}

/// Length of the string that the bytes begin with, quotes included.
fn string(bytes: &[u8]) -> usize {
    let mut is_escaped = false;
    let end = bytes.iter().skip(1).position(|byte| {
        let is_end = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        is_end
    });
    end.map_or(bytes.len(), |end| end.saturating_add(2))
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
    if toml_parser::Source::new(text).lex().take(MOST_TOKENS.saturating_add(1)).count() > MOST_TOKENS {
        return Err(Malformed(format!("it has more than {MOST_TOKENS} tokens; no such file is read")));
    }
    let document = toml::de::Deserializer::parse(text).and_then(T::deserialize);
    document.map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = memchr::memchr_iter(b'\n', before.as_bytes()).count().saturating_add(1);
        Malformed(format!("not the TOML it should be: line {line}: {}", error.message()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_take_too_much_memory_is_refused() {
        let refusal = |outcome: Result<IgnoredAny, Malformed>| outcome.unwrap_err().0;
        assert!(refusal(json(format!("[{}0]", "0,".repeat(MOST_VALUES)).as_bytes())).contains("values"));
        for line in ["\n", "a ", "a.", "[]", "a=''\n"] {
            assert!(refusal(toml(line.repeat(MOST_TOKENS).as_bytes())).contains("tokens"), "{line:?}");
        }
    }

    #[test]
    fn comments_and_last_commas_go() {
        let text = r#"{ "a": "//,]\"/*", /* , */ "b": [1, 2, // three
            ], }"#;
        let value: serde_json::Value = json(&without_comments(text.as_bytes())).unwrap();
        assert_eq!(value, serde_json::json!({ "a": "//,]\"/*", "b": [1, 2] }));
        for cut in 0..text.len() {
            without_comments(&text.as_bytes()[..cut]);
        }
    }
}
