//! When findings were first seen, kept from scan to scan.
//!
//! Owns the file's text and its rules; reading and writing it is for the caller. A finding is known again by its id, its
//! package without version and the repository of the image, never by a digest: else each rebuild would start its deadlines
//! anew. A finding that comes back keeps the day on which it was first seen, and is counted as reopened.

use std::collections::BTreeMap;

use plimsoll_model::Finding;
use serde::{Deserialize, Serialize};

use crate::purl::Coordinates;

/// The version that this code writes. Additions raise the second number.
const VERSION: &str = "1.1";

/// A file that is no history, or a damaged one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("history: line {line}: {message}")]
pub struct InvalidHistory {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong, and what to do.
    pub message: String,
}

/// What was seen of all findings, by repository, id and package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    entries: BTreeMap<Key, Entry>,
}

type Key = (String, String, String);

/// What was seen of one finding. Days are `YYYY-MM-DD` in UTC.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Registry and repository of the image, or the name that the caller gives to images that come from none.
    pub repository: String,
    /// Of the vulnerability or the check.
    pub id: String,
    /// Package URL without version; where it is about no package, the path or place that it is about.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub package: String,
    /// The first day of all.
    pub first_seen: String,
    /// The last day so far.
    pub last_seen: String,
    /// The first day on which a fix was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix_first_seen: Option<String>,
    /// The first day on which it was known to be exploited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exploited_first_seen: Option<String>,
    /// The first day on which it was no longer there; none while it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone_since: Option<String>,
    /// How often it came back.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub reopened: u32,
    /// Of no finding but of the image itself, under the id [`IMAGE`] and its tag: the digest that was last seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// Stands for the id where an entry tells which image a tag named.
const IMAGE: &str = "image";

/// An image by its tag and platform, for the history.
#[derive(Debug, Clone, Copy)]
pub struct Tagged<'a> {
    /// `1.4`.
    pub tag: &'a str,
    /// `linux/amd64`: a tag may mean one image for each.
    pub platform: &'a str,
    /// The digest of its manifest.
    pub digest: &'a str,
}

/// One scan, for the history.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// All findings, muted ones included: they are still there.
    pub findings: &'a [Finding],
    /// Registry and repository of the image.
    pub repository: &'a str,
    /// The report's moment, RFC 3339.
    pub as_of: &'a str,
    /// The scan was blind somewhere: what it did not find may still be there.
    pub is_blind: bool,
}

#[derive(Serialize, Deserialize)]
struct Header {
    #[serde(rename = "plimsoll-history")]
    version: String,
}

impl History {
    /// Reads a history. No text at all is an empty one.
    ///
    /// # Errors
    /// With the line that cannot be understood.
    pub fn parse(text: &str) -> Result<Self, InvalidHistory> {
        let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let Some((_, first)) = lines.next() else { return Ok(Self::default()) };
        let invalid = |line: usize, message: String| InvalidHistory { line: line.saturating_add(1), message };
        let header: Header = serde_json::from_str(first)
            .map_err(|error| invalid(0, format!("not the head of a history ({error}); give another file")))?;
        if !header.version.starts_with("1.") {
            let message = format!("it is of version {}; this program reads 1.x, take a newer one", header.version);
            return Err(invalid(0, message));
        }
        let mut history = Self::default();
        for (index, line) in lines {
            let entry: Entry = serde_json::from_str(line).map_err(|error| {
                invalid(index, format!("not an entry ({error}); remove the line or restore the file"))
            })?;
            if let Some(day) = entry.days().find(|day| day.len() != 10 || crate::day::of(day).is_none()) {
                return Err(invalid(index, format!("{day:?} is no day: write it as 2026-11-23")));
            }
            history.add(entry);
        }
        Ok(history)
    }

    /// The text of the file: a head, then one entry a line, sorted. Equal histories have equal texts.
    #[must_use]
    pub fn to_text(&self) -> String {
        let head = Header { version: VERSION.into() };
        // Text and numbers always have a form in JSON.
        let mut text = serde_json::to_string(&head).unwrap_or_default();
        text.push('\n');
        for entry in self.entries.values() {
            text.push_str(&serde_json::to_string(entry).unwrap_or_default());
            text.push('\n');
        }
        text
    }

    /// The history after one more scan. Scans of earlier days may come later.
    #[must_use]
    pub fn update(mut self, seen: &Seen<'_>) -> Self {
        let Some(today) = crate::day::of(seen.as_of).map(|day| day.to_string()) else { return self };
        let mut present = std::collections::BTreeSet::new();
        for finding in seen.findings {
            let key = key(seen.repository, &finding.id, finding);
            for alias in &finding.aliases {
                // The id changes when a CVE is assigned; the first day does not.
                if let Some(mut earlier) = self.entries.remove(&self::key(seen.repository, alias, finding)) {
                    earlier.id.clone_from(&finding.id);
                    self.add(earlier);
                }
            }
            let entry = self.entries.entry(key.clone()).or_insert_with(|| Entry::new(&key, &today));
            entry.see(finding, &today, present.insert(key));
        }
        if !seen.is_blind {
            for (key, entry) in &mut self.entries {
                let is_gone = key.0 == seen.repository && !present.contains(key) && entry.last_seen <= today;
                if is_gone && entry.gone_since.is_none() && entry.digest.is_none() {
                    entry.gone_since = Some(today.clone());
                }
            }
        }
        self
    }

    /// Both histories as one.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        other.entries.into_values().for_each(|entry| self.add(entry));
        self
    }

    /// What was seen of a finding, under its id or another name of it.
    #[must_use]
    pub fn entry(&self, repository: &str, finding: &Finding) -> Option<&Entry> {
        let ids = std::iter::once(&finding.id).chain(&finding.aliases);
        let known = ids.filter_map(|id| self.entries.get(&key(repository, id, finding)));
        known.min_by(|one, other| one.first_seen.cmp(&other.first_seen))
    }

    /// The digest that a tag named when it was last seen, and the day of that.
    #[must_use]
    pub fn tagged(&self, repository: &str, tag: &str, platform: &str) -> Option<(&str, &str)> {
        let entry = self.entries.get(&(repository.to_owned(), IMAGE.to_owned(), format!("{tag} {platform}")))?;
        Some((entry.digest.as_deref()?, &entry.last_seen))
    }

    /// The history with what a tag names now. Scans of earlier days may come later.
    #[must_use]
    pub fn with_tag(mut self, repository: &str, tagged: &Tagged<'_>, as_of: &str) -> Self {
        let Some(today) = crate::day::of(as_of).map(|day| day.to_string()) else { return self };
        let key = (repository.to_owned(), IMAGE.to_owned(), format!("{} {}", tagged.tag, tagged.platform));
        let entry = self.entries.entry(key.clone()).or_insert_with(|| Entry::new(&key, &today));
        if entry.last_seen <= today {
            entry.digest = Some(tagged.digest.to_owned());
            entry.last_seen.clone_from(&today);
        }
        entry.first_seen = today.min(std::mem::take(&mut entry.first_seen));
        self
    }

    /// All entries, by repository, id and package.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    fn add(&mut self, entry: Entry) {
        let key = (entry.repository.clone(), entry.id.clone(), entry.package.clone());
        let merged = self.entries.remove(&key).map_or_else(|| entry.clone(), |known| known.with(&entry));
        self.entries.insert(key, merged);
    }
}

impl Entry {
    fn new((repository, id, package): &Key, today: &str) -> Self {
        Self {
            repository: repository.clone(),
            id: id.clone(),
            package: package.clone(),
            first_seen: today.into(),
            last_seen: today.into(),
            ..Self::default()
        }
    }

    /// Several findings of one scan may have one entry: only the first may reopen it.
    fn see(&mut self, finding: &Finding, today: &str, is_first: bool) {
        let today = || today.to_owned();
        if is_first && self.gone_since.as_ref().is_some_and(|gone| *gone <= today()) {
            self.reopened = self.reopened.saturating_add(1);
            self.gone_since = None;
        }
        self.first_seen = today().min(std::mem::take(&mut self.first_seen));
        self.last_seen = today().max(std::mem::take(&mut self.last_seen));
        if finding.is_fixable() {
            self.fix_first_seen = earlier(self.fix_first_seen.take(), Some(today()));
        }
        if finding.is_exploited() {
            self.exploited_first_seen = earlier(self.exploited_first_seen.take(), Some(today()));
        }
    }

    fn with(self, other: &Self) -> Self {
        // Who saw it last knows whether it is still there.
        let (older, newer) = if (&self.last_seen, &self.gone_since) > (&other.last_seen, &other.gone_since) {
            (other, &self)
        } else {
            (&self, other)
        };
        Self {
            first_seen: older.first_seen.clone().min(newer.first_seen.clone()),
            fix_first_seen: earlier(older.fix_first_seen.clone(), newer.fix_first_seen.clone()),
            exploited_first_seen: earlier(older.exploited_first_seen.clone(), newer.exploited_first_seen.clone()),
            reopened: older.reopened.max(newer.reopened),
            ..newer.clone()
        }
    }

    fn days(&self) -> impl Iterator<Item = &str> {
        let sometimes = [&self.fix_first_seen, &self.exploited_first_seen, &self.gone_since];
        [&self.first_seen, &self.last_seen].into_iter().chain(sometimes.into_iter().flatten()).map(String::as_str)
    }
}

fn earlier(one: Option<String>, other: Option<String>) -> Option<String> {
    [one, other].into_iter().flatten().min()
}

fn key(repository: &str, id: &str, finding: &Finding) -> Key {
    let package = Coordinates::of(finding.package()).name;
    let about = if package.is_empty() { finding.subject().to_owned() } else { package };
    (repository.to_owned(), id.to_owned(), about)
}

/// For serde, which asks by reference.
fn is_zero(count: &u32) -> bool {
    *count == 0
}
