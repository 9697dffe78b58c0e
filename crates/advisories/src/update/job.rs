//! One document: whether it has to be fetched, and its way into shards.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::time::{Duration, SystemTime};

use plimsoll_model::{Advisory, Event, Gap, GapKind, GapReason, Space};

use super::receipt::{EXAMPLES, Receipt};
use super::{Processed, Processing, Settings, Source};
use crate::database::{self, Builder, Database, Stamp, Written};
use crate::feeds::{self, Document, Feed, Item, Part, Role, Wanted};
use crate::fetch::{self, Address, Fetched, Fetcher};

/// A document of a feed, and who wants it.
pub struct Job<'a> {
    pub feed: &'static Feed,
    pub document: Document,
    /// The wanted spaces that it may speak about; none when everything is wanted.
    spaces: BTreeSet<Space>,
    everything: bool,
    settings: &'a Settings<'a>,
    fetcher: &'a Fetcher<'a>,
}

/// Why a document gave no new shards.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Fetch(#[from] fetch::Error),
    #[error("failed to read {address}: {source}; the publisher's or the mirror's copy is broken, try again later")]
    Parse { address: String, source: feeds::Error },
    #[error("failed to read {address}: {malformed} of its records are malformed and {records} are not; first: {first}")]
    Mostly { address: String, malformed: usize, records: usize, first: String },
    #[error("{address} holds no advisories; check the mirror")]
    Nothing { address: String },
    #[error(transparent)]
    Database(#[from] database::Error),
    #[error("failed to write to {directory}: {source}")]
    Receipt { directory: String, source: std::io::Error },
    #[error("failed to fetch {address}: network access is off")]
    Offline { address: String },
}

/// What is in the folder already about a space from this feed.
struct Held {
    digest: String,
    date: String,
}

/// Bytes of a document that leads to others.
const LEAD: u64 = 16 << 20;

/// Documents that one may be made of. Each is a file that stays open until all are there.
const MOST_PARTS: usize = 500;

/// The parts of a document that changed, and what their transfer took.
struct Parts {
    paths: Vec<String>,
    files: Vec<(File, Stamp)>,
    downloaded: u64,
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
        let known = Receipt::read(&self.settings.directory, self.feed.id, &self.document.name)
            .is_some_and(|receipt| self.is_own(&receipt, &self.held()));
        let local = self.addresses().iter().all(|address| address.path().is_some());
        if known || local || self.settings.offline { 0 } else { self.document.size }
    }

    /// Does what has to be done, and says what a scan has to know of it.
    pub fn run(&self) -> (Processed, Vec<Gap>) {
        let held = self.held();
        let receipt = Receipt::read(&self.settings.directory, self.feed.id, &self.document.name)
            .filter(|receipt| self.is_own(receipt, &held));
        let (result, gaps) = match self.process(receipt) {
            Ok((result, receipt)) => {
                (result, self.malformed(&receipt).into_iter().chain(self.silent(&receipt, &held)).collect())
            }
            Err(Error::Fetch(error)) if self.everything && error.failure.is_absence() => {
                (Processing::Absent, Vec::new())
            }
            Err(error) => (Processing::Failed(error.to_string()), self.gaps(&error, &held)),
        };
        for space in &self.spaces {
            (self.settings.progress)(Event::Shard { space: space.as_str() });
        }
        let address = self.address(self.document.parts.first().map_or("", String::as_str)).to_string();
        (Processed { feed: self.feed.id, document: self.document.name.clone(), address, result }, gaps)
    }

    fn process(&self, receipt: Option<Receipt>) -> Result<(Processing, Receipt), Error> {
        let receipt = match receipt {
            Some(receipt) if self.is_current(&receipt) => return Ok((Processing::Kept, receipt)),
            receipt => receipt,
        };
        if let (true, Some(url)) = (self.settings.offline, self.addresses().iter().find(|one| one.path().is_none())) {
            return Err(Error::Offline { address: url.to_string() });
        }
        let asked = seconds(self.settings.now);
        let (result, receipt) = match self.fetch(receipt.as_ref())? {
            Some(parts) => self.compile(parts, asked)?,
            None => (Processing::Unchanged, receipt.unwrap_or_default().asked_again(asked)),
        };
        let directory = &self.settings.directory;
        receipt
            .write(directory, self.feed.id, &self.document.name)
            .map_err(|source| Error::Receipt { directory: directory.display().to_string(), source })?;
        Ok((result, receipt))
    }

    /// The parts, or none when they all are what they were.
    fn fetch(&self, receipt: Option<&Receipt>) -> Result<Option<Parts>, Error> {
        let paths = self.find()?;
        let addresses: Vec<Address> = paths.iter().map(|path| self.address(path)).collect();
        let known = receipt.map_or(&[][..], |receipt| &receipt.parts);
        // A part that went changes what the others make, though none of them did.
        let same = known.len() == addresses.len();
        let mut parts = Parts { paths, files: Vec::new(), downloaded: 0 };
        let mut unchanged = Vec::new();
        for (place, address) in addresses.iter().enumerate() {
            let stamp = known.iter().find(|stamp| same && stamp.address == address.to_string());
            match self.fetch_part(address, stamp)? {
                Fetched::Unchanged => unchanged.push((place, address)),
                Fetched::Changed { file, stamp, bytes } => {
                    parts.downloaded = parts.downloaded.saturating_add(bytes);
                    parts.files.push((file, stamp));
                }
            }
        }
        if parts.files.is_empty() {
            return Ok(None);
        }
        // One part changed: its shards are made of all of them.
        for (place, address) in unchanged {
            if let Fetched::Changed { file, stamp, bytes } = self.fetch_part(address, None)? {
                parts.downloaded = parts.downloaded.saturating_add(bytes);
                parts.files.insert(place.min(parts.files.len()), (file, stamp));
            }
        }
        Ok(Some(parts))
    }

    /// The paths of the parts, through the documents that lead to them.
    fn find(&self) -> Result<Vec<String>, Error> {
        let mut paths = self.document.parts.clone();
        for step in self.document.steps {
            let address = self.address(paths.first().map_or("", String::as_str)).to_string();
            let failed = |source| Error::Parse { address: address.clone(), source };
            let mut leads = Vec::with_capacity(paths.len());
            for path in paths {
                let Fetched::Changed { file, .. } = self.fetch_part(&self.address(&path), None)? else { continue };
                let mut content = Vec::new();
                file.take(LEAD.saturating_add(1)).read_to_end(&mut content).map_err(|error| failed(error.into()))?;
                if content.len() as u64 > LEAD {
                    return Err(failed(feeds::Error::TooLarge(format!("{path} has more than {LEAD} bytes"))));
                }
                leads.push((path, content));
            }
            paths = step(&leads).map_err(failed)?;
            if paths.is_empty() {
                return Err(Error::Nothing { address });
            }
            if paths.len() > MOST_PARTS {
                return Err(failed(feeds::Error::TooLarge(format!("it leads to {} documents", paths.len()))));
            }
        }
        Ok(paths)
    }

    fn fetch_part(&self, address: &Address, known: Option<&Stamp>) -> Result<Fetched, Error> {
        let name = format!("{} {}", self.feed.id, self.document.name);
        let report = |done, size| (self.settings.progress)(Event::Fetch { feed: &name, size, done });
        Ok(self.fetcher.fetch(address, known, &report)?)
    }

    /// Makes shards of the parts.
    fn compile(&self, parts: Parts, asked: u64) -> Result<(Processing, Receipt), Error> {
        let stamps: Vec<Stamp> = parts.files.iter().map(|(_, stamp)| stamp.clone()).collect();
        let mut builder = Builder::new(self.feed.id, stamps.clone(), self.settings.now);
        let mut receipt = Receipt::new(self.addresses().iter().map(Address::to_string).collect(), stamps, asked);
        for ((mut file, stamp), path) in parts.files.into_iter().zip(&parts.paths) {
            let mut take = |item| match item {
                Item::Advisory(advisory) => self.keep(*advisory, &mut builder, &mut receipt),
                Item::Malformed(reason) => {
                    receipt.malformed = receipt.malformed.saturating_add(1);
                    if receipt.examples.len() < EXAMPLES {
                        receipt.examples.push(reason);
                    }
                }
            };
            let part = Part { document: &self.document, path, all: &parts.paths };
            (self.feed.parse)(&mut file, &part, &mut take)
                .map_err(|source| Error::Parse { address: stamp.address, source })?;
        }
        self.check(&receipt)?;
        let written = builder.write(&self.settings.directory, &self.document.covers.certain())?;
        let result =
            Processing::Compiled { records: receipt.records, shards: written.len(), downloaded: parts.downloaded };
        receipt.shards = written.into_iter().map(|Written { space, digest, .. }| (space.0, digest)).collect();
        Ok((result, receipt))
    }

    /// Takes what a record says about the spaces that this document stands for.
    fn keep(&self, mut advisory: Advisory, builder: &mut Builder, receipt: &mut Receipt) {
        advisory.affected.retain(|affected| self.document.covers.speaks_of(&affected.space));
        if !advisory.affected.is_empty() {
            receipt.records = receipt.records.saturating_add(1);
            builder.add(advisory);
        }
    }

    /// Refuses documents whose replacement of the older one would be a loss.
    fn check(&self, receipt: &Receipt) -> Result<(), Error> {
        let address = receipt.parts.first().map(|stamp| stamp.address.clone()).unwrap_or_default();
        let (malformed, records) = (receipt.malformed, receipt.records);
        if malformed > records {
            let first = receipt.examples.first().cloned().unwrap_or_default();
            return Err(Error::Mostly { address, malformed, records, first });
        }
        if records == 0 { Err(Error::Nothing { address }) } else { Ok(()) }
    }

    fn addresses(&self) -> Vec<Address> {
        self.document.parts.iter().map(|part| self.address(part)).collect()
    }

    /// Where a part is. What a document leads to may be a whole URL, of which a mirror has the path.
    fn address(&self, part: &str) -> Address {
        let url = part.contains("://").then(|| url::Url::parse(part).ok()).flatten();
        match &self.settings.source {
            Source::Mirror(mirror) => mirror.join(self.feed.mirror).join(url.as_ref().map_or(part, |url| url.path())),
            Source::Publishers => match (url, Address::parse(self.feed.home)) {
                (Some(url), _) if url.scheme() == "https" => Address::Url(url),
                (_, Ok(home)) => home.join(part),
                // Homes are constants, and a test parses each.
                (_, Err(_)) => Address::Path(part.into()),
            },
        }
    }

    /// What the folder holds of this feed about the wanted spaces.
    fn held(&self) -> BTreeMap<Space, Held> {
        let database = if self.everything {
            Database::open_all(&self.settings.directory)
        } else {
            Database::open(&self.settings.directory, &self.spaces)
        };
        let database = database.unwrap_or_default();
        let own = database.shards().iter().filter(|shard| shard.feed() == self.feed.id);
        own.map(|shard| {
            let held = Held { digest: shard.digest().to_owned(), date: shard.date().to_owned() };
            (Space(shard.space().to_owned()), held)
        })
        .collect()
    }

    /// Whether the shards are those that the receipt is for, and come from where they would be fetched now.
    fn is_own(&self, receipt: &Receipt, held: &BTreeMap<Space, Held>) -> bool {
        let addresses: Vec<String> = self.addresses().iter().map(Address::to_string).collect();
        let same_place = receipt.at.iter().eq(&addresses);
        let wanted = |space: &str| self.everything || self.spaces.contains(space);
        let mut shards = receipt.shards.iter().filter(|(space, _)| wanted(space));
        (same_place || self.settings.offline)
            && shards.all(|(space, digest)| held.get(space.as_str()).is_some_and(|held| held.digest == *digest))
    }

    /// Whether it was asked for so recently that nobody needs to be asked. Looking at a file costs nothing.
    fn is_current(&self, receipt: &Receipt) -> bool {
        let asks = self.addresses().iter().any(|address| address.path().is_none());
        let age = seconds(self.settings.now).checked_sub(receipt.asked);
        asks && !self.everything && age.is_some_and(|age| Duration::from_secs(age) < self.settings.max_age)
    }

    /// What a failure means for each wanted space.
    fn gaps(&self, error: &Error, held: &BTreeMap<Space, Held>) -> Vec<Gap> {
        let limit = matches!(error, Error::Fetch(error) if error.failure.is_limit());
        let reason = if limit { GapReason::TooLarge } else { GapReason::DataMissing };
        if self.everything {
            let location = format!("{} {}", self.feed.id, self.document.name);
            return vec![Gap { kind: GapKind::Blind, location, reason, message: error.to_string() }];
        }
        let id = self.feed.id;
        let gap = |space: &Space| {
            let (kind, consequence) = match held.get(space) {
                Some(held) => (GapKind::Partial, format!("{} are used instead", self.describe(held))),
                // Facts about CVEs decorate findings; without them none is missing.
                None if space.as_str() == Space::CVE => (GapKind::Partial, format!("no facts of {id} are known")),
                None => (GapKind::Blind, format!("nothing that {id} publishes about {space} is known")),
            };
            Gap { kind, location: space.to_string(), reason, message: format!("{error}; {consequence}") }
        };
        self.spaces.iter().map(gap).collect()
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
        let silent = self.spaces.iter().filter(|space| !receipt.shards.contains_key(space.as_str()));
        silent.filter_map(gap).collect()
    }

    fn remedy_of_silence(&self) -> &'static str {
        match self.settings.source {
            Source::Mirror(_) => "renew the mirror, or scan without --mirror",
            Source::Publishers if self.settings.offline => "allow the download of a newer one",
            Source::Publishers => "move to a release that its vendor covers",
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

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn date(text: &str) -> Option<SystemTime> {
    SystemTime::try_from(text.parse::<jiff::Timestamp>().ok()?).ok()
}
