//! Secrets in files and in texts of an image's config: keys, tokens, passwords.
//!
//! The rules are data (`checks/secrets/*.toml`). One pass over the bytes looks for all rules' keywords at once; only around
//! what it hits do the regular expressions of those rules run, each compiled when it is first needed. What they match is then
//! held against placeholders and entropy, and against what can be proven without asking anybody (`validators`). A secret never
//! leaves this module: only its first characters, its length and 16 bits of its hash do.

mod cards;
mod engine;
mod findings;
mod keywords;
mod paths;
mod placeholders;
mod redaction;
mod rules;
mod validators;
mod wants;

use plimsoll_model::{Detector, SecretTrace, Trace};

pub use cards::CARDS;
pub use findings::{InFile, in_config, in_file};
pub use rules::Rule;

/// Finds secrets in the pass over a layer.
pub const DETECTOR: Detector<'_> = Detector {
    id: "secrets",
    version: 1,
    rules: "",
    most: 8 << 20,
    wants: wants::wants,
    detect: &|path, bytes| Ok(traces(path, bytes)),
};

/// What a file at this path with these bytes gives away, by line.
#[must_use]
pub fn find(path: &str, bytes: &[u8]) -> Vec<SecretTrace> {
    let mut lines = Lines { bytes, seen: 0, line: 1 };
    let hits = engine::hits(engine::Place::file(path, bytes), bytes);
    hits.into_iter().map(|hit| hit.trace(lines.of(hit.secret.start))).collect()
}

/// What a text without lines gives away: a label, a build step, a command, or a variable as `NAME=value`.
#[must_use]
pub fn find_in_text(text: &str) -> Vec<SecretTrace> {
    let hits = engine::hits(engine::Place::Text, text.as_bytes());
    hits.into_iter().map(|hit| hit.trace(0)).collect()
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
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for hit in engine::hits(engine::Place::Text, text.as_bytes()) {
        let (Some(before), Some(secret)) = (text.get(done..hit.secret.start), text.get(hit.secret.clone())) else {
            continue;
        };
        masked.push_str(before);
        masked.push_str(&hit.redacted);
        masked.extend(secret.chars().filter(|&character| character == '\n'));
        done = hit.secret.end;
    }
    masked.push_str(text.get(done..).unwrap_or_default());
    masked
}

fn traces(path: &str, bytes: &[u8]) -> Vec<Trace> {
    find(path, bytes).into_iter().map(Trace::Secret).collect()
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
