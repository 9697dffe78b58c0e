//! What the rules of checks give, in the forms that are in use.

use plimsoll_model::Severity;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Bytes of the longest message and place that are kept: both hold text of the image.
const LONGEST_TEXT: usize = 4096;

/// One thing that a check found wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Hit {
    /// The check's id.
    pub check: String,
    /// Where, for people.
    pub place: String,
    /// The path of the file, where it is in one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// The same, of a Dockerfile or manifest; empty for what is in the image.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// The line in it, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What is wrong.
    pub message: String,
    /// Index of the layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<usize>,
    /// Package URL of the package that it is about.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub purl: String,
    /// Pointer into the document.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub pointer: String,
    /// Index of the build step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<usize>,
    /// Fingerprint of the finding that the report has already; no new one is made then.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub refers: String,
    /// When it is not the check's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
}

impl Hit {
    /// The same about a file of which the document was made: what pointed into the document points to a line there.
    #[must_use]
    pub fn moved_to(self, path: &str, line: u32) -> Self {
        let place = if self.step.is_some() { path.to_owned() } else { self.place };
        let (step, pointer) = (None, String::new());
        Self { place, path: path.to_owned(), file: path.to_owned(), line: Some(line), step, pointer, ..self }
    }
}

/// The entries of a rule that gives a set, a list, or one value.
pub(super) fn entries(value: Value) -> Vec<Value> {
    match value {
        Value::Array(entries) => entries,
        Value::Null | Value::Bool(false) => vec![],
        one => vec![one],
    }
}

/// Texts of a rule that gives texts.
pub(super) fn texts(value: Value) -> Vec<String> {
    entries(value)
        .into_iter()
        .map(|entry| match entry {
            Value::String(text) => shortened(text),
            other => shortened(other.to_string()),
        })
        .collect()
}

/// Reads one result; `rule` tells what is added to what the result itself says. None when it says nothing.
pub(super) fn hit(check: &str, title: &str, result: &Value) -> Option<Hit> {
    let hit = Hit { check: check.to_owned(), ..Hit::default() };
    match result {
        Value::String(message) => Some(Hit { message: shortened(message.clone()), ..hit }),
        Value::Bool(true) => Some(Hit { message: title.to_owned(), ..hit }),
        Value::Object(_) => object(hit, result),
        _ => None,
    }
}

fn object(hit: Hit, result: &Value) -> Option<Hit> {
    let text = |name: &str| result.get(name).and_then(Value::as_str).map(|text| shortened(text.to_owned()));
    let number = |name: &str| result.get(name).and_then(Value::as_u64);
    // What `result.new` was given as the cause: an instruction or an object with its lines.
    let cause = |names: &[&str]| names.iter().find_map(|name| result.get("cause")?.get(name));
    let caused_path = cause(&["Path", "path", "filepath"]).and_then(Value::as_str).map(str::to_owned);
    let caused_line = cause(&["StartLine", "startline", "__startline__"]).and_then(Value::as_u64);
    let path = text("path").or(caused_path).unwrap_or_default();
    Some(Hit {
        message: text("message").or_else(|| text("msg"))?,
        place: text("place").unwrap_or_else(|| path.clone()),
        path,
        line: number("line").or(caused_line).and_then(|line| line.try_into().ok()).filter(|line| *line > 0),
        layer: number("layer").and_then(|layer| layer.try_into().ok()),
        purl: text("purl").unwrap_or_default(),
        pointer: text("pointer").unwrap_or_default(),
        step: number("step").and_then(|step| step.try_into().ok()),
        refers: text("refers").unwrap_or_default(),
        severity: text("severity").and_then(|word| word.parse().ok()),
        ..hit
    })
}

fn shortened(mut text: String) -> String {
    if text.len() > LONGEST_TEXT {
        text.truncate(text.floor_char_boundary(LONGEST_TEXT));
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::Hit;

    #[test]
    fn what_is_moved_to_a_file_keeps_what_it_is_about() {
        let at = |hit: Hit| hit.moved_to("Dockerfile", 3);
        let expected = Hit { path: "Dockerfile".into(), file: "Dockerfile".into(), line: Some(3), ..Hit::default() };
        let step = Hit { place: "step 1".into(), step: Some(1), ..Hit::default() };
        assert_eq!(at(step), Hit { place: "Dockerfile".into(), ..expected.clone() });
        let field = Hit { place: "config.user".into(), pointer: "config.user".into(), ..Hit::default() };
        assert_eq!(at(field), Hit { place: "config.user".into(), ..expected });
    }
}
