//! One document: whether it has to be fetched, and what a failure means for a scan.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use plimsoll_model::{Event, Gap, GapKind, GapReason, Space};

use super::attempt::{Attempt, Error};
use super::receipt::Receipt;
use super::{Processed, Processing, Settings, Source};
use crate::database::{self, Database};
use crate::feeds::{Document, Feed, Role, Wanted};
use crate::fetch::Fetcher;
use crate::published::Made;

/// A document of a feed, and who wants it.
pub struct Job<'a> {
    pub feed: &'static Feed,
    pub document: Document,
    /// The wanted spaces that it may speak about; none when everything is wanted.
    spaces: BTreeSet<Space>,
    everything: bool,
    pub settings: &'a Settings<'a>,
    pub fetcher: &'a Fetcher<'a>,
}

/// What is in the folder already about a space from this feed.
struct Held {
    digest: String,
    date: String,
}

impl<'a> Job<'a> {
    pub fn new(
        feed: &'static Feed,
        document: Document,
        wanted: Wanted<'_>,
        settings: &'a Settings<'a>,
        fetcher: &'a Fetcher<'a>,
    ) -> Self {
        let (spaces, everything) = match wanted {
            Wanted::Everything => (BTreeSet::new(), true),
            Wanted::Spaces(all) => {
                (all.iter().filter(|space| document.covers.speaks_of(space)).cloned().collect(), false)
            }
        };
        Self { feed, document, spaces, everything, settings, fetcher }
    }

    /// Bytes that it usually has, when it would have to be fetched whole: there is no telling whether one that was
    /// fetched before has changed.
    pub fn expected_download(&self) -> u64 {
        let local = |attempt: Attempt<'_, '_>| attempt.addresses().iter().all(|address| address.path().is_some());
        // Whoever waits for this has not begun to read the image: what is held is looked up only where it matters.
        if self.settings.offline || self.attempts().next().is_some_and(local) {
            return 0;
        }
        let known = Receipt::read(&self.settings.directory, self.feed.id, &self.document.name)
            .is_some_and(|receipt| self.is_own(&receipt, &self.held()));
        if known { 0 } else { self.document.size }
    }

    /// Does what has to be done, and says what a scan has to know of it.
    pub fn run(&self) -> (Processed, Vec<Gap>) {
        let held = self.held();
        let receipt = Receipt::read(&self.settings.directory, self.feed.id, &self.document.name)
            .filter(|receipt| self.is_own(receipt, &held));
        let before = receipt.as_ref().map(|receipt| self.made(receipt)).unwrap_or_default();
        let (result, gaps, made) = match self.process(receipt.as_ref()) {
            Ok((result, receipt)) => {
                let gaps = self.malformed(&receipt).into_iter().chain(self.silent(&receipt, &held)).collect();
                (result, gaps, self.made(&receipt))
            }
            Err(errors) if self.may_be_absent() && errors.iter().all(Error::is_absence) => {
                (Processing::Absent, Vec::new(), Vec::new())
            }
            Err(errors) => (Processing::Failed(reasons(&errors)), self.gaps(&errors, &held), before),
        };
        for space in &self.spaces {
            (self.settings.progress)(Event::Shard { space: space.as_str() });
        }
        let address = self.attempts().next().map(|attempt| attempt.name()).unwrap_or_default();
        let (feed, document, spaces) = (self.feed.id, self.document.name.clone(), self.spaces.clone());
        (Processed { feed, document, address, result, made, spaces }, gaps)
    }

    /// The shards that a receipt is for.
    fn made(&self, receipt: &Receipt) -> Vec<Made> {
        let checked = rfc3339(receipt.asked);
        let path = |space: &str| self.settings.directory.join(database::file_name(space, self.feed.id));
        receipt.shards.keys().map(|space| Made { path: path(space), checked: checked.clone() }).collect()
    }

    /// Asks the sources in their order, until one has the document and it can be used.
    fn process(&self, receipt: Option<&Receipt>) -> Result<(Processing, Receipt), Vec<Error>> {
        if let Some(receipt) = receipt.filter(|receipt| self.is_current(receipt) || self.is_left(receipt)) {
            return Ok((Processing::Kept, receipt.clone()));
        }
        let mut errors = Vec::new();
        for attempt in self.attempts() {
            match attempt.run(receipt) {
                Ok(done) => {
                    let refused = errors.iter().filter(|error: &&Error| !error.is_absence());
                    refused.for_each(|error| (self.settings.progress)(Event::Refused { reason: &error.to_string() }));
                    return Ok(done);
                }
                Err(error) => errors.push(error),
            }
        }
        Err(errors)
    }

    /// The sources in their order. What only a mirror is asked for without being told to, its publisher is not.
    fn attempts(&self) -> impl Iterator<Item = Attempt<'_, 'a>> {
        let asked = self.document.role != Role::Bulk || self.settings.asks_for(self.feed);
        let sources = self.settings.sources.iter().filter(move |source| asked || **source != Source::Publishers);
        sources.map(|source| Attempt { job: self, source })
    }

    /// Whether nobody counts on it: everything that there is was asked for, or it is fetched only because a mirror may
    /// have it.
    fn may_be_absent(&self) -> bool {
        self.everything || (self.document.role == Role::Bulk && !self.settings.asks_for(self.feed))
    }

    /// Whether the shards are those that the receipt is for, and come from one of the places where they are asked for now.
    fn is_own(&self, receipt: &Receipt, held: &BTreeMap<Space, Held>) -> bool {
        let same_place = self.attempts().any(|attempt| attempt.is_at(receipt));
        let wanted = |space: &str| self.everything || self.spaces.contains(space);
        let mut shards = receipt.shards.iter().filter(|(space, _)| wanted(space));
        (same_place || self.settings.offline)
            && shards.all(|(space, digest)| held.get(space.as_str()).is_some_and(|held| held.digest == *digest))
    }

    /// Whether it was asked for so recently that nobody needs to be asked. Looking at a file costs nothing.
    fn is_current(&self, receipt: &Receipt) -> bool {
        let asks = self.attempts().any(|attempt| attempt.addresses().iter().any(|address| address.path().is_none()));
        let age = seconds(self.settings.now).checked_sub(receipt.asked);
        asks && !self.everything && age.is_some_and(|age| Duration::from_secs(age) < self.settings.max_age)
    }

    /// Whether it is what a mirror gave before, and now nobody is named who could be asked and nobody may be: then it has
    /// to do, as everything else in the folder does. What its publisher gave came because the feed was named, and each run
    /// has to name it for itself.
    fn is_left(&self, receipt: &Receipt) -> bool {
        let publisher = Attempt { job: self, source: &Source::Publishers };
        self.settings.offline && self.attempts().next().is_none() && !publisher.is_at(receipt)
    }

    /// What the folder holds of this feed about the wanted spaces.
    fn held(&self) -> BTreeMap<Space, Held> {
        let database = if self.everything {
            Database::open_all(&self.settings.directory)
        } else {
            let own = self.spaces.iter().map(|space| (space.clone(), self.feed.id.to_owned())).collect();
            Database::open_of(&self.settings.directory, &own)
        };
        let database = database.unwrap_or_default();
        let own = database.shards().iter().filter(|shard| shard.feed() == self.feed.id);
        own.map(|shard| {
            let held = Held { digest: shard.digest().to_owned(), date: shard.date().to_owned() };
            (Space(shard.space().to_owned()), held)
        })
        .collect()
    }

    /// What a failure means for each wanted space.
    fn gaps(&self, errors: &[Error], held: &BTreeMap<Space, Held>) -> Vec<Gap> {
        let error = reasons(errors);
        let limit = errors.iter().any(Error::is_limit);
        let reason = if limit { GapReason::TooLarge } else { GapReason::DataMissing };
        if self.everything {
            let location = format!("{} {}", self.feed.id, self.document.name);
            return vec![Gap { kind: GapKind::Blind, location, reason, message: error }];
        }
        let id = self.feed.id;
        let gap = |space: &Space| {
            let (kind, consequence) = match held.get(space) {
                Some(held) => (GapKind::Partial, format!("{} are used instead", self.describe(held))),
                // Facts about CVEs decorate findings; without them none is missing.
                None if space.as_str() == Space::CVE => (GapKind::Partial, format!("no facts of {id} are known")),
                None if self.document.role == Role::Vendor => {
                    (GapKind::Blind, format!("nothing that {id} publishes about {space} is known"))
                }
                None => (GapKind::Partial, format!("what {id} adds about {space} is not known")),
            };
            Gap { kind, location: space.to_string(), reason, message: format!("{error}; {consequence}") }
        };
        self.own_gaps(held).map(gap).collect()
    }

    /// Wanted spaces of which the document says nothing, although it might. With an older one that did, they grow old;
    /// without the vendor's word they are blind, even when others have said something.
    fn silent(&self, receipt: &Receipt, held: &BTreeMap<Space, Held>) -> Vec<Gap> {
        let address = receipt.parts.first().map_or("", |stamp| stamp.address.as_str());
        let gap = |space: &Space| {
            let (kind, message) = match held.get(space) {
                Some(held) => {
                    let instead = self.describe(held);
                    (GapKind::Partial, format!("{address} no longer speaks about {space}; {instead} are used"))
                }
                None if self.document.role == Role::Vendor => {
                    let (feed, remedy) = (self.feed.id, self.remedy_of_silence());
                    let cause = "is from before that release or no longer covers it";
                    (
                        GapKind::Blind,
                        format!("{address} says nothing about {space}: this copy of {feed} {cause}; {remedy}"),
                    )
                }
                None => return None,
            };
            Some(Gap { kind, location: space.to_string(), reason: GapReason::DataMissing, message })
        };
        let silent = self.own_gaps(held).filter(|space| !receipt.shards.contains_key(space.as_str()));
        silent.filter_map(gap).collect()
    }

    /// The wanted spaces that it would be a gap of its own not to have. A channel of a release is none: what speaks of the
    /// release knows the channel too, and what does not has told of the release.
    fn own_gaps(&self, held: &BTreeMap<Space, Held>) -> impl Iterator<Item = &Space> {
        self.spaces.iter().filter(|space| space.channel().is_empty() || held.contains_key(*space))
    }

    fn remedy_of_silence(&self) -> &'static str {
        match self.settings.sources.as_slice() {
            [Source::Mirror(_), ..] => "renew the mirror, or scan without --mirror",
            _ if self.settings.offline => "allow the download of a newer one",
            _ => "move to a release that its vendor covers",
        }
    }

    /// `advisories of osv from 2026-11-20, 3 days old`.
    fn describe(&self, held: &Held) -> String {
        let day = held.date.get(..10).unwrap_or("an unknown date");
        let age = date(&held.date).and_then(|date| self.settings.now.duration_since(date).ok());
        let age = age.map(|age| age.as_secs() / (24 * 60 * 60));
        let age = age.map(|days| format!(", {days} {} old", if days == 1 { "day" } else { "days" }));
        format!("advisories of {} from {day}{}", self.feed.id, age.unwrap_or_default())
    }

    /// What the document holds that could not be read.
    fn malformed(&self, receipt: &Receipt) -> Option<Gap> {
        let location = receipt.parts.first()?.address.clone();
        let total = receipt.records.saturating_add(receipt.malformed);
        (receipt.malformed > 0).then(|| Gap {
            kind: GapKind::Partial,
            reason: GapReason::Malformed,
            message: format!(
                "{} of {total} records of {} {} could not be read and are not matched, first: {}",
                receipt.malformed,
                self.feed.id,
                self.document.name,
                receipt.examples.join("; ")
            ),
            location,
        })
    }
}

/// What went wrong with each source.
fn reasons(errors: &[Error]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; then ")
}

pub(super) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Seconds since 1970 as people read them.
pub(super) fn rfc3339(seconds: u64) -> String {
    let time = i64::try_from(seconds).ok().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    time.unwrap_or_default().to_string()
}

fn date(text: &str) -> Option<SystemTime> {
    SystemTime::try_from(text.parse::<jiff::Timestamp>().ok()?).ok()
}
