//! JSON of attachments: parsed within bounds, and looked into without trust.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

/// Values of one document. Each takes some hundred bytes, however short it is written.
const MOST_VALUES: usize = 1_000_000;
/// Characters of a name or address; longer ones are nobody's.
const LONGEST: usize = 1000;

/// A document. Nesting is bounded by the parser.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, String> {
    // Each value but the first follows one of these.
    if memchr::memchr3_iter(b',', b'[', b'{', bytes).count() > MOST_VALUES {
        return Err(format!("it has more than {MOST_VALUES} values; no such document is read"));
    }
    serde_json::from_slice(bytes).map_err(|error| format!("not the JSON it should be: {error}"))
}

/// The text at a pointer, or an empty one.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The first text that is not empty, cut to a length that a name can have.
pub(super) fn first(value: &Value, pointers: &[&str]) -> String {
    let found = pointers.iter().map(|pointer| text(value, pointer)).find(|text| !text.is_empty());
    short(found.unwrap_or_default())
}

/// A text cut to a length that a name can have.
pub(super) fn short(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

/// The elements of the list at a pointer.
pub(super) fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Bytes that are written in base 64, of either alphabet.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let plain: String = text.split_ascii_whitespace().collect();
    STANDARD.decode(&plain).ok().or_else(|| URL_SAFE_NO_PAD.decode(plain.trim_end_matches('=')).ok())
}
