//! The report as JSON, for programs.
//!
//! Owns the bytes; the shape is the model's, described by `docs/report.schema.json`. Every finding is in it, muted ones
//! too, unless a filter was given: then `hidden` counts what it left out.

use std::io::{self, Write};

use plimsoll_model::Report;

use super::Format;
use crate::{Style, sanitize};

/// The row of the table of formats.
pub const JSON: Format =
    Format { name: "json", about: "everything, for programs; schema in docs/report.schema.json", write };

fn write(report: &Report, out: &mut dyn Write, style: &Style) -> io::Result<()> {
    let text = if report.findings.iter().all(|finding| style.show.shows(finding)) {
        serde_json::to_string_pretty(report)?
    } else {
        let findings: Vec<_> = report.findings.iter().filter(|finding| style.show.shows(finding)).cloned().collect();
        let hidden = report.hidden.saturating_add(report.findings.len().saturating_sub(findings.len()));
        serde_json::to_string_pretty(&Report { findings, hidden, ..report.clone() })?
    };
    out.write_all(escape(&text).as_bytes())?;
    out.write_all(b"\n")
}

/// Escapes, as JSON allows, what a terminal would obey or hide; serde does so for the first 32 characters only. All that
/// is not ASCII stands inside strings, so that the escape is an escape everywhere.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if character == '\n' || sanitize::is_visible(character) {
            escaped.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn escapes_are_json_for_the_same_text() {
        let text = "\u{9b}\u{202e}\u{e0041}\x7f日本 plain";
        let json = serde_json::to_string(text).unwrap();
        let escaped = escape(&json);
        assert_eq!(escaped, r#""\u009b\u202e\udb40\udc41\u007f日本 plain""#);
        assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), text);
    }
}
