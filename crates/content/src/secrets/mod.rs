//! Secrets in files and in texts of an image's config: keys, tokens, passwords.
//!
//! The rules are data (`checks/secrets/*.toml`). One pass over the bytes looks for all rules' keywords at once; only around
//! what it hits do the regular expressions of those rules run, each compiled when it is first needed. What they match is then
//! held against placeholders and entropy, and against what can be proven without asking anybody (`validators`). A secret never
//! leaves this module: only its first characters, its length and 16 bits of its hash do.

mod cards;
mod engine;
mod findings;
mod paths;
mod placeholders;
mod redaction;
mod rules;
mod validators;
mod wants;

use plimsoll_model::{Detected, Detector, SecretTrace, Trace};

pub use cards::CARDS;
pub use findings::{InFile, expire, in_config, in_file};
pub use rules::Rule;

use crate::lines::{begins_as_text, plain};

/// Finds secrets in the pass over a layer.
pub const DETECTOR: Detector<'_> = Detector {
    id: "secrets",
    version: 5,
    rules: "",
    most: 8 << 20,
    in_pieces: begins_as_text,
    wants: wants::wants,
    detect: &|path, bytes| Ok(detect(path, bytes)),
};

/// What a file at this path with these bytes gives away, by line.
#[must_use]
pub fn find(path: &str, bytes: &[u8]) -> Vec<SecretTrace> {
    look(path, bytes).0
}

/// What a file gives away, and whether there may be more.
fn look(path: &str, bytes: &[u8]) -> (Vec<SecretTrace>, bool) {
    let bytes = plain(bytes);
    let mut lines = Lines { bytes: &bytes, seen: 0, line: 1 };
    let hits = engine::hits(engine::Place::file(path, &bytes), &bytes);
    let all = hits.all.into_iter().take(engine::MOST_HITS);
    (all.map(|hit| hit.trace(lines.of(hit.secret.start))).collect(), hits.is_cut)
}

/// What a text without lines gives away: a label, a build step, a command, or a variable as `NAME=value`.
#[must_use]
pub fn find_in_text(text: &str) -> Vec<SecretTrace> {
    let hits = engine::hits(engine::Place::Text, text.as_bytes());
    hits.all.into_iter().map(|hit| hit.trace(0)).collect()
}

/// The rule with this id.
#[must_use]
pub fn rule(id: &str) -> Option<&'static Rule> {
    rules().iter().find(|rule| rule.id == id).or_else(|| (id == cards::RULE).then(cards::rule))
}

/// All rules, in the order of their files.
#[must_use]
pub fn rules() -> &'static [Rule] {
    &rules::RULES
}

/// The text with every secret in it replaced by its redacted form; it keeps its number of lines.
///
/// Give it the whole text: of a key that spans lines, a single line cannot be told.
#[must_use]
pub fn mask(text: &str) -> String {
    let (masked, is_cut) = mask_once(text);
    if !is_cut {
        return masked;
    }
    // What has so many secrets is masked line by line, and a line that has, as a whole.
    let line = |line: &str| {
        let (masked, is_cut) = mask_once(line);
        if is_cut { "… (too many secrets to tell)".to_owned() } else { masked }
    };
    masked.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

fn mask_once(text: &str) -> (String, bool) {
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    let hits = engine::hits(engine::Place::Text, text.as_bytes());
    for hit in hits.all {
        let (Some(before), Some(secret)) = (text.get(done..hit.secret.start), text.get(hit.secret.clone())) else {
            continue;
        };
        masked.push_str(before);
        masked.push_str(&hit.redacted);
        masked.extend(secret.chars().filter(|&character| character == '\n'));
        done = hit.secret.end;
    }
    masked.push_str(text.get(done..).unwrap_or_default());
    (masked, hits.is_cut)
}

fn detect(path: &str, bytes: &[u8]) -> Detected {
    let (found, is_cut) = look(path, bytes);
    let cut = if is_cut { format!("it holds more than the {} that are told", found.len()) } else { String::new() };
    Detected { traces: found.into_iter().map(Trace::Secret).collect(), cut }
}

/// Counts lines on the way from one offset to the next, so that a file with many secrets is counted through once.
struct Lines<'a> {
    bytes: &'a [u8],
    seen: usize,
    line: u32,
}

impl Lines<'_> {
    fn of(&mut self, offset: usize) -> u32 {
        let passed = self.bytes.get(self.seen..offset).unwrap_or_default();
        let count = memchr::memchr_iter(b'\n', passed).count();
        self.line = self.line.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
        self.seen = self.seen.max(offset);
        self.line
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    /// Put together here, so that no such thing stands in the repository.
    pub(super) fn token(number: usize) -> String {
        let digest = ring::digest::digest(&ring::digest::SHA256, &number.to_be_bytes());
        ["glpat-", &data_encoding::HEXLOWER.encode(digest.as_ref())[..20]].concat()
    }

    #[test]
    fn text_of_windows_is_looked_through() {
        let text = format!("first\r\ntoken = \"{}\"\r\n", token(7));
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [
            text.clone().into_bytes(),
            [&[0xff, 0xfe], little.as_slice()].concat(),
            [&[0xfe, 0xff], big.as_slice()].concat(),
        ] {
            let found: Vec<u32> = find("app/settings.ps1", &bytes).iter().map(|trace| trace.line).collect();
            assert_eq!(found, [2]);
        }
        assert_eq!(plain(&[0xff, 0xfe, 0x3d, 0xd8]).as_ref(), "\u{fffd}".as_bytes());
        assert!(matches!(plain(&[0xff, 0xfe, 0, 0, 1]), Cow::Borrowed(_)));
    }

    #[test]
    fn more_than_are_told_is_told() {
        let of = |count: usize| -> String { (0..count).map(|number| format!("token={}\n", token(number))).collect() };
        let some = detect("a.txt", of(100).as_bytes());
        assert_eq!((some.traces.len(), some.cut.as_str()), (100, ""));
        let many = detect("a.txt", of(150).as_bytes());
        assert_eq!((many.traces.len(), many.cut.as_str()), (100, "it holds more than the 100 that are told"));
    }

    #[test]
    fn all_secrets_of_a_text_are_masked_however_many() {
        let text: String = (0..1_200).map(|number| format!("token={}\n", token(number))).collect();
        let masked = mask(&text);
        assert_eq!(masked.lines().count(), 1_200);
        assert!((0..1_200).all(|number| !masked.contains(&token(number))));
        let line = mask(&text.replace('\n', " "));
        assert!((0..1_200).all(|number| !line.contains(&token(number))));
    }
}
