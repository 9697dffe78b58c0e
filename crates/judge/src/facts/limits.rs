//! How much of an image's own lists the document holds, and what is told of the rest. Nothing that a person makes comes near;
//! beyond it checks would take minutes, and their document the memory of the machine.

use plimsoll_model::{ConfigurationText, Facts, Gap, GapKind, GapReason, Location, NotedFile};
use serde_json::Value;

use super::{LISTED, Users, counts};
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
/// Lists of the config, by their names there and in the document.
const LISTS: [(&str, &str); 8] = [
    ("Env", "config.env"),
    ("Labels", "config.labels"),
    ("ExposedPorts", "config.ports"),
    ("Volumes", "config.volumes"),
    ("Entrypoint", "config.entrypoint"),
    ("Cmd", "config.command"),
    ("Shell", "config.shell"),
    ("OnBuild", "config.onbuild"),
];
/// Topics of files that are left behind: there are often many, and nothing grave is among them.
const UNTIDY: [&str; 4] = ["developer-leftover", "log", "package-cache", "temporary"];

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

/// A list that the document does not hold whole.
pub(super) struct Cut {
    /// The section, as checks name it: `config.env`, `files.setuid`. Empty where each part says so itself.
    pub(super) section: String,
    /// What is told of it.
    pub(super) gap: Gap,
}

/// What checks are not told of, because there is too much of it.
#[must_use]
pub fn left_out(config: &Value, said: &[(Location, Facts)], owners: usize, files: &[NotedFile]) -> Vec<Gap> {
    cuts(config, said, owners, files).into_iter().map(|cut| cut.gap).collect()
}

/// The lists that are cut. Whatever stands in the rest would pass, so that all are blind but those of what is untidy at worst.
pub(super) fn cuts(config: &Value, said: &[(Location, Facts)], owners: usize, files: &[NotedFile]) -> Vec<Cut> {
    let mut cuts = Vec::new();
    let mut hold = |section: &str, location: &str, what: &str, count: usize, most: usize| {
        if count > most {
            cuts.push(cut(section, location, format!("checks see the first {most} of its {count} {what}")));
        }
    };
    let count = |value: Option<&Value>| match value {
        Some(Value::Array(list)) => list.len(),
        Some(Value::Object(fields)) => fields.len(),
        _ => 0,
    };
    let inner = config.get("config").unwrap_or(&Value::Null);
    for (name, section) in LISTS {
        hold(section, &format!("config.{name}"), "entries", count(inner.get(name)), ENTRIES);
    }
    let test = inner.get("Healthcheck").and_then(|check| check.get("Test"));
    hold("config.healthcheck", "config.Healthcheck", "entries", count(test), ENTRIES);
    hold("steps", "config.history", "steps", count(config.get("history")), MOST_STEPS);
    hold("owners", "", "pairs of user and group that own files", owners, OWNERS);
    let certificates = said.iter().map(|(_, facts)| facts.certificates.len()).sum();
    hold("certificates", "", "certificates", certificates, CERTIFICATES);
    let removed = files.iter().filter(|file| super::is_removed(file)).count();
    hold("fs.removed", "fs.removed", "files that a later layer removes", removed, LISTED);
    // What is removed is in the lists of its topics as well.
    cuts.iter_mut().filter(|cut| cut.section == "fs.removed").for_each(|cut| cut.gap.kind = GapKind::Partial);
    for (topic, count) in counts(files).into_iter().filter(|(_, count)| *count > LISTED) {
        let section = format!("files.{topic}");
        let mut found = cut(&section, &section, format!("checks see {LISTED} of {count} files of the kind {topic}"));
        if UNTIDY.contains(&topic) {
            found.gap.kind = GapKind::Partial;
        }
        cuts.push(found);
    }
    cuts.extend(settings(said));
    if Users::of(said).is_some_and(|users| users.is_cut()) {
        cuts.push(cut("users", "etc/passwd", "checks do not see all accounts and groups".to_owned()));
    }
    cuts
}

fn cut(section: &str, location: &str, message: String) -> Cut {
    let gap = Gap { kind: GapKind::Blind, location: location.into(), reason: GapReason::TooLarge, message };
    Cut { section: section.to_owned(), gap }
}

/// Files of settings that are not told whole.
fn settings(said: &[(Location, Facts)]) -> Vec<Cut> {
    let mut room = Room::new();
    let (mut short, mut unseen) = (Vec::new(), Vec::new());
    for (location, facts) in said {
        let Some(text) = &facts.configuration else { continue };
        if !room.takes(text) {
            unseen.push(location);
        } else if text.cut {
            short.push(location);
        }
    }
    let told = [
        (short, "only the beginning was read"),
        (unseen, "checks do not see it, there are more settings than they look through"),
    ];
    let tell = |(files, what): (Vec<&Location>, &str)| {
        let others = match files.len() {
            0 | 1 => String::new(),
            more => format!(" and {} others", more.saturating_sub(1)),
        };
        files.first().map(|first| cut("", &first.path, format!("it{others}: {what}")))
    };
    told.into_iter().filter_map(tell).collect()
}
