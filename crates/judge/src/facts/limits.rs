//! How much of an image's own lists the document holds, and what is told of the rest. Nothing that a person makes comes near;
//! beyond it checks would take minutes, and their document the memory of the machine.

use plimsoll_model::{ConfigurationText, Facts, Gap, GapKind, GapReason, Location};
use serde_json::Value;

use crate::inputs::steps::MOST_STEPS;

/// Entries of one list of the config: variables, labels, ports, words of a command.
pub(super) const ENTRIES: usize = 1_000;
/// Pairs of user and group that own files.
pub(super) const OWNERS: usize = 1_000;
/// Certificates. Stores of authorities have some 150, and several programs bring one.
pub(super) const CERTIFICATES: usize = 5_000;
/// Lines of all files of settings together, and their bytes.
const LINES: usize = 20_000;
const BYTES: usize = 4 << 20;

/// Room that is left for settings.
pub(super) struct Room {
    lines: usize,
    bytes: usize,
}

impl Room {
    /// All of it.
    pub(super) const fn new() -> Self {
        Self { lines: LINES, bytes: BYTES }
    }

    /// Whether this file is still told whole.
    pub(super) fn takes(&mut self, text: &ConfigurationText) -> bool {
        let lines = self.lines.checked_sub(text.lines.len());
        let bytes = self.bytes.checked_sub(text.lines.iter().map(String::len).sum());
        if let (Some(lines), Some(bytes)) = (lines, bytes) {
            (self.lines, self.bytes) = (lines, bytes);
        }
        lines.is_some() && bytes.is_some()
    }
}

/// What checks are not told of, because there is too much of it.
#[must_use]
pub fn left_out(config: &Value, said: &[(Location, Facts)], owners: usize) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut tell = |location: &str, message: String| {
        gaps.push(Gap { kind: GapKind::Partial, location: location.into(), reason: GapReason::TooLarge, message });
    };
    let mut hold = |location: &str, what: &str, count: usize, most: usize| {
        if count > most {
            tell(location, format!("checks see the first {most} of its {count} {what}"));
        }
    };
    let count = |value: Option<&Value>| match value {
        Some(Value::Array(list)) => list.len(),
        Some(Value::Object(fields)) => fields.len(),
        _ => 0,
    };
    let inner = config.get("config").unwrap_or(&Value::Null);
    for name in ["Env", "Labels", "ExposedPorts", "Volumes", "Entrypoint", "Cmd", "Shell", "OnBuild"] {
        hold(&format!("config.{name}"), "entries", count(inner.get(name)), ENTRIES);
    }
    hold("config.history", "steps", count(config.get("history")), MOST_STEPS);
    hold("", "pairs of user and group that own files", owners, OWNERS);
    hold("", "certificates", said.iter().map(|(_, facts)| facts.certificates.len()).sum(), CERTIFICATES);
    let mut room = Room::new();
    let texts = said.iter().filter_map(|(location, facts)| Some((location, facts.configuration.as_ref()?)));
    let cut: Vec<&Location> = texts.filter(|(_, text)| !room.takes(text)).map(|(location, _)| location).collect();
    if let Some(first) = cut.first() {
        let others = match cut.len() {
            1 => String::new(),
            more => format!(" and {} others", more.saturating_sub(1)),
        };
        tell(&first.path, format!("it{others}: checks do not see it, there are more settings than they look through"));
    }
    gaps
}
