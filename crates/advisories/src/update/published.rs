//! Takes shards that somebody else built and signed.
//!
//! Owns which source is believed, which of its shards are fetched, and that the folder only ever holds what was checked:
//! signature, digest of the blob, digest of the shard. Refuses to know where sources are (`published::Place`).

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use jiff::Timestamp;
use plimsoll_model::{Event, Gap, GapKind, GapReason, Space};

use super::memory::Memory;
use super::{Outcome, Settings};
use crate::database::{Database, Shard};
use crate::feeds::{self, Feed, Role, Wanted};
use crate::fetch::Fetcher;
use crate::published::{Entry, Error, Index, Key, Place, Refusal, read_index, unpack};

/// Who is asked for published shards, and who is believed.
#[derive(Debug, Clone, Default)]
pub struct Subscription {
    /// Sources in order: the first that answers with what is signed is used.
    pub places: Vec<Place>,
    /// Keys of the publishers, any of which will do.
    pub keys: Vec<Key>,
    /// Use the newest shards that are not after this moment.
    pub as_of: Option<Timestamp>,
}

/// What was taken from published shards.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// Where from, without secrets.
    pub source: String,
    /// When they were built, RFC 3339.
    pub built: String,
    /// Id of the key that signed them; empty when it was checked at an earlier time.
    pub key: String,
    /// Shards that were wanted.
    pub wanted: usize,
    /// Those that came anew.
    pub fetched: usize,
    /// Those of them that came as the difference to an older one.
    pub deltas: usize,
    /// Bytes that came over the network, without the index.
    pub downloaded: u64,
}

/// An index, and where its blobs are if they can be had.
struct Source<'a> {
    index: Index,
    key: String,
    address: String,
    place: Option<&'a Place>,
}

/// Published shards at work in one update.
pub struct Published<'a> {
    settings: &'a Settings<'a>,
    fetcher: &'a Fetcher<'a>,
    /// Looked for when it is first wanted.
    source: OnceLock<Result<Option<Source<'a>>, String>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    covered: BTreeSet<Space>,
    answers: BTreeSet<(Space, String)>,
    gaps: Vec<Gap>,
    taken: Taken,
}

/// How what is wanted can be had.
pub struct Plan {
    /// Published shards: their places in the index and the bytes of their blobs.
    pub shards: Vec<(usize, u64)>,
    /// Spaces that the publishers have to be asked about.
    pub rest: BTreeSet<Space>,
    /// Feeds that somebody named and the source does not have, with the spaces that it covers without them.
    pub lacking: Vec<(&'static Feed, BTreeSet<Space>)>,
}

impl<'a> Published<'a> {
    pub fn new(settings: &'a Settings<'a>, fetcher: &'a Fetcher<'a>) -> Self {
        Self { settings, fetcher, source: OnceLock::new(), state: Mutex::default() }
    }

    /// Whether published shards are to be used. Without a network, those that were taken before do.
    pub fn is_asked(&self) -> bool {
        let subscription = &self.settings.shards;
        !subscription.places.is_empty() || subscription.as_of.is_some() || self.settings.offline
    }

    fn source(&self) -> Option<&Source<'a>> {
        let find = || {
            let mut gaps = Vec::new();
            let found = find(self.settings, self.fetcher, &mut gaps);
            self.lock().gaps.extend(gaps);
            found
        };
        self.source.get_or_init(find).as_ref().ok().and_then(Option::as_ref)
    }

    /// Which published shards to take for these spaces, or for all that there are.
    pub fn plan(&self, spaces: Option<&BTreeSet<Space>>) -> Plan {
        let entries = self.source().map(|source| source.index.shards.as_slice()).unwrap_or_default();
        let place = self.source().and_then(|source| source.place);
        let has = |entry: &Entry| place.is_none_or(|place| place.has(&entry.blob.path()));
        let wanted = |(_, entry): &(usize, &Entry)| {
            has(entry) && spaces.is_none_or(|spaces| is_wanted(entry, entries, self.settings, spaces))
        };
        let shards: Vec<(usize, &Entry)> = entries.iter().enumerate().filter(wanted).collect();
        let covered: BTreeSet<Space> = shards.iter().map(|(_, entry)| Space(entry.space.clone())).collect();
        let mut rest: BTreeSet<Space> =
            spaces.into_iter().flatten().filter(|space| !covered.contains(*space)).cloned().collect();
        let mut lacking = lacking(self.settings, &covered, entries);
        let mut state = self.lock();
        state.covered.extend(covered);
        state.answers.extend(shards.iter().map(|(_, entry)| (Space(entry.space.clone()), entry.feed.clone())));
        state.taken.wanted = state.taken.wanted.saturating_add(shards.len());
        if self.source.get().is_some_and(Result::is_err) {
            rest.clear();
        } else if let Some(moment) = self.settings.shards.as_of {
            // What publishers say now is not what they said then.
            state.gaps.extend(std::mem::take(&mut rest).iter().map(|space| unknown_then(space, moment)));
            lacking.clear();
        }
        Plan { shards: shards.into_iter().map(|(place, entry)| (place, entry.blob.size)).collect(), rest, lacking }
    }

    /// Takes one shard of the plan.
    pub fn take(&self, entry: usize) {
        let Some(source) = self.source() else { return };
        let Some(entry) = source.index.shards.get(entry) else { return };
        let taking = Taking { source, settings: self.settings, fetcher: self.fetcher };
        let got = taking.one(entry);
        (self.settings.progress)(Event::Shard { space: &entry.space });
        let mut state = self.lock();
        match got {
            Ok(got) => got.count(&mut state.taken),
            Err(error) => {
                let gap = taking.gap(entry, &error);
                state.gaps.push(gap);
            }
        }
    }

    /// Adds what came of it.
    pub fn finish(&self, outcome: &mut Outcome) {
        let state = std::mem::take(&mut *self.lock());
        outcome.gaps.extend(state.gaps);
        outcome.answers.extend(state.answers);
        match self.source.get() {
            Some(Err(refusal)) => outcome.refusal = Some(refusal.clone()),
            Some(Ok(Some(source))) => {
                let taking = Taking { source, settings: self.settings, fetcher: self.fetcher };
                outcome.gaps.extend(taking.drop_others(&state.covered));
                let (source, built, key) = (source.address.clone(), source.index.built.clone(), source.key.clone());
                outcome.taken = Some(Taken { source, built, key, ..state.taken });
            }
            Some(Ok(None)) | None => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Feeds that somebody named, with the spaces among these that they speak about and no entry is of.
fn lacking(settings: &Settings<'_>, covered: &BTreeSet<Space>, all: &[Entry]) -> Vec<(&'static Feed, BTreeSet<Space>)> {
    let lacks = |feed: &'static Feed| {
        let has = |space: &Space| all.iter().any(|entry| entry.space == space.0 && entry.feed == feed.id);
        let spaces: BTreeSet<Space> = covered.iter().filter(|space| !has(space)).cloned().collect();
        (feed, spaces)
    };
    settings.named().map(lacks).filter(|(_, spaces)| !spaces.is_empty()).collect()
}

fn unknown_then(space: &Space, moment: Timestamp) -> Gap {
    let kind = if Space::FACTS.contains(&space.as_str()) { GapKind::Partial } else { GapKind::Blind };
    let message = format!("the shards from before {moment} hold nothing about {space}");
    Gap { kind, location: space.to_string(), reason: GapReason::DataMissing, message }
}

/// A space counts only with its vendor's word: an index without that leaves it to the publishers.
///
/// What publishers are asked for only on request is not taken either, unless it is named.
fn is_wanted(entry: &Entry, all: &[Entry], settings: &Settings<'_>, spaces: &BTreeSet<Space>) -> bool {
    let space = Space(entry.space.clone());
    let vendor = |id: &str| all.iter().any(|entry| entry.space == space.0 && entry.feed == id);
    spaces.contains(&space)
        && feeds::vendor_of(&space).is_none_or(|feed| vendor(feed.id))
        && feeds::feed(&entry.feed).is_none_or(|feed| is_fetched(feed, &space, settings))
}

fn is_fetched(feed: &Feed, space: &Space, settings: &Settings<'_>) -> bool {
    let documents = (feed.documents)(Wanted::Spaces(&BTreeSet::from([space.clone()])));
    let is_default = |role| match role {
        Role::Vendor | Role::Supplement => true,
        // Small as a shard, but for what is said of every CVE there is.
        Role::Bulk => space.as_str() != Space::CVE,
        Role::OnRequest => false,
    };
    documents.is_empty() || settings.asks_for(feed) || documents.iter().any(|document| is_default(document.role))
}

/// The first source that answers with what is signed, else what is remembered of one.
fn find<'a>(
    settings: &'a Settings<'_>,
    fetcher: &Fetcher<'_>,
    gaps: &mut Vec<Gap>,
) -> Result<Option<Source<'a>>, String> {
    let subscription = &settings.shards;
    let mut errors = Vec::new();
    for place in &subscription.places {
        match ask(place, settings, fetcher) {
            Ok(source) => {
                let refused = errors.iter().filter(|error: &&Error| error.is_refusal());
                refused.for_each(|error| (settings.progress)(Event::Refused { reason: &error.to_string() }));
                return Ok(Some(source));
            }
            Err(error) => errors.push(error),
        }
    }
    if let Some(source) = remembered(settings) {
        let instead = format!("the shards of {}, built {}, are used instead", source.address, source.index.built);
        // That nobody was asked because nobody may be is no news.
        let news = errors.iter().filter(|error| error.is_refusal() || !settings.offline);
        gaps.extend(news.map(|error| gap_of(error, &instead)));
        return Ok(Some(source));
    }
    if errors.iter().any(Error::is_refusal) || (subscription.as_of.is_some() && !errors.is_empty()) {
        return Err(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "));
    }
    if let Some(moment) = subscription.as_of {
        return Err(format!("nothing is kept from {moment}; name published shards that keep older ones with --shards"));
    }
    gaps.extend(
        errors.iter().filter(|_| !settings.offline).map(|error| gap_of(error, "the publishers are asked instead")),
    );
    Ok(None)
}

/// What it means that a source could not be used.
fn gap_of(error: &Error, consequence: &str) -> Gap {
    let message = format!("{error}; {consequence}");
    Gap { kind: GapKind::Partial, location: address(error), reason: GapReason::DataMissing, message }
}

fn address(error: &Error) -> String {
    match error {
        Error::Refused { place, .. } => place.clone(),
        Error::Fetch(error) => error.address.clone(),
        _ => "published shards".into(),
    }
}

/// What is remembered of the sources that may be used; with none named, and no network, whatever was taken before.
fn remembered<'a>(settings: &Settings<'_>) -> Option<Source<'a>> {
    let places = &settings.shards.places;
    if !places.is_empty() {
        let memories = places.iter().filter_map(|place| Memory::read(&settings.directory, &place.to_string()));
        return memories.filter_map(|memory| memory.trusted(&settings.shards.keys)).map(Source::held).next();
    }
    if !settings.offline && settings.shards.as_of.is_none() {
        return None;
    }
    let memories = Memory::all(&settings.directory);
    let read = memories.into_iter().filter_map(|memory| Some((memory.index()?, memory.address)));
    let newest = read.max_by(|(a, _), (b, _)| a.built.cmp(&b.built));
    newest.map(|(index, address)| Source { index, key: String::new(), address, place: None })
}

impl Source<'_> {
    fn held((index, key, address): (Index, String, String)) -> Self {
        Self { index, key, address, place: None }
    }
}

/// By how much clocks may differ.
const CLOCKS: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

/// Asks one source, unless that was done recently.
fn ask<'a>(place: &'a Place, settings: &Settings<'_>, fetcher: &Fetcher<'_>) -> Result<Source<'a>, Error> {
    let keys = &settings.shards.keys;
    let address = place.to_string();
    let memory = Memory::read(&settings.directory, &address);
    let trusted = memory.clone().and_then(|memory| memory.trusted(keys));
    let source = |(index, key, address): (Index, String, String)| Source { index, key, address, place: Some(place) };
    let recent = memory.as_ref().is_some_and(|memory| memory.is_recent(settings.now, settings.max_age));
    if let Some(trusted) = trusted.clone().filter(|_| recent && !place.is_local()) {
        return Ok(source(trusted));
    }
    if settings.offline && !place.is_local() {
        let failure = crate::fetch::Failure::Connection { reason: "network access is off".into() };
        return Err(crate::fetch::Error { address, failure }.into());
    }
    let known = memory.as_ref().filter(|_| trusted.is_some()).map(|memory| &memory.stamp);
    let Some(signed) = read_index(place, fetcher, keys, known, settings.shards.as_of)? else {
        let known = memory.map(|memory| memory.asked_again(settings.now).write(&settings.directory));
        known.transpose().map_err(unwritable(&settings.directory))?;
        let gone = || Error::Senseless(format!("{address} has nothing new but what it had is gone"));
        return trusted.map(source).ok_or_else(gone);
    };
    // Remembered, it would make every honest one after it look old.
    let latest = std::time::SystemTime::now().max(settings.now).checked_add(CLOCKS);
    let built =
        signed.index.built.parse::<Timestamp>().ok().and_then(|built| std::time::SystemTime::try_from(built).ok());
    if built.zip(latest).is_none_or(|(built, latest)| built > latest) {
        let refusal = Refusal::Future { built: signed.index.built };
        return Err(Error::Refused { place: address, refusal });
    }
    // By the key and not by the address: neither another mirror nor another name of a bundle makes old data new.
    let seen = Memory::newest_by(&settings.directory, &signed.key).unwrap_or_default();
    if settings.shards.as_of.is_none() && signed.index.built < seen {
        let refusal = Refusal::Rollback { built: signed.index.built, seen };
        return Err(Error::Refused { place: address, refusal });
    }
    Memory::new(&address, &signed, settings.now).write(&settings.directory).map_err(unwritable(&settings.directory))?;
    Ok(source((signed.index, signed.key, address)))
}

fn unwritable(directory: &Path) -> impl Fn(io::Error) -> Error {
    let path = directory.to_owned();
    move |source| Error::Io { action: "write", path: path.clone(), source }
}

/// How a shard was come by.
enum Got {
    Kept,
    Whole(u64),
    Delta(u64),
}

impl Got {
    const fn count(self, taken: &mut Taken) {
        let (bytes, delta) = match self {
            Self::Kept => return,
            Self::Whole(bytes) => (bytes, 0),
            Self::Delta(bytes) => (bytes, 1),
        };
        taken.fetched = taken.fetched.saturating_add(1);
        taken.deltas = taken.deltas.saturating_add(delta);
        taken.downloaded = taken.downloaded.saturating_add(bytes);
    }
}

struct Taking<'a> {
    source: &'a Source<'a>,
    settings: &'a Settings<'a>,
    fetcher: &'a Fetcher<'a>,
}

impl Taking<'_> {
    fn one(&self, entry: &Entry) -> Result<Got, Error> {
        let path = self.settings.directory.join(entry.file_name());
        let held = Shard::open(&path).ok();
        if held.as_ref().is_some_and(|shard| shard.digest() == entry.digest) {
            return Ok(Got::Kept);
        }
        let Some(place) = self.source.place else {
            let failure =
                crate::fetch::Failure::Connection { reason: "it is not at hand and network access is off".into() };
            return Err(crate::fetch::Error { address: self.source.address.clone(), failure }.into());
        };
        let delta = held.as_ref().and_then(|shard| {
            let delta = entry.deltas.iter().find(|delta| delta.from == shard.digest())?;
            // Whatever is wrong with a delta, the whole may be right.
            self.fetch(entry, place, &delta.blob, Some(shard.bytes())).ok()
        });
        match delta {
            Some(bytes) => Ok(Got::Delta(bytes)),
            None => self
                .fetch(entry, place, &entry.blob, None)
                .or_else(|error| self.elsewhere(entry, error))
                .map(Got::Whole),
        }
    }

    /// Takes a blob that the source itself does not give, or gives wrongly, from another of the named sources: its digest
    /// is that of the signed index, so it does not matter who has it.
    fn elsewhere(&self, entry: &Entry, error: Error) -> Result<u64, Error> {
        let source = self.source.place.map(ToString::to_string);
        let others = self.settings.shards.places.iter().filter(|place| Some(place.to_string()) != source);
        let mut found = others.filter_map(|place| self.fetch(entry, place, &entry.blob, None).ok());
        let Some(bytes) = found.next() else { return Err(error) };
        (self.settings.progress)(Event::Refused { reason: &error.to_string() });
        Ok(bytes)
    }

    /// Fetches a blob and puts what it inflates to into the folder, if that is the shard that was promised.
    fn fetch(
        &self,
        entry: &Entry,
        place: &Place,
        blob: &crate::published::Blob,
        old: Option<&[u8]>,
    ) -> Result<u64, Error> {
        let name = format!("{} {}", entry.space, entry.feed);
        let report = |done, size| (self.settings.progress)(Event::Fetch { feed: &name, size, done });
        let (file, bytes) = place.blob(self.fetcher, blob, &report)?;
        let directory = &self.settings.directory;
        let failed = unwritable(directory);
        // In a folder of its own: by its content a shard has this name and no other.
        let aside = tempfile::Builder::new().prefix(".shard-").tempdir_in(directory).map_err(&failed)?;
        let path = aside.path().join(entry.file_name());
        unpack(place, entry, blob, file, old, &path)?;
        fs::rename(&path, directory.join(entry.file_name())).map_err(&failed)?;
        Ok(bytes)
    }

    fn gap(&self, entry: &Entry, error: &Error) -> Gap {
        let held = Shard::open(&self.settings.directory.join(entry.file_name())).ok();
        let (space, feed) = (&entry.space, &entry.feed);
        let (kind, consequence) = match held {
            Some(held) => {
                let day = held.date().get(..10).unwrap_or("an unknown date").to_owned();
                (GapKind::Partial, format!("advisories of {feed} from {day} are used instead"))
            }
            None if feeds::vendor_of(&Space(space.clone())).is_some_and(|vendor| vendor.id == *feed) => {
                (GapKind::Blind, format!("nothing that {feed} publishes about {space} is known"))
            }
            None => (GapKind::Partial, format!("what {feed} adds about {space} is not known")),
        };
        let limit = matches!(error, Error::Fetch(error) if error.failure.is_limit());
        let reason = if limit { GapReason::TooLarge } else { GapReason::DataMissing };
        Gap { kind, location: space.clone(), reason, message: format!("{error}; {consequence}") }
    }

    /// Takes away shards about covered spaces that the source does not have: they would never be renewed and answer all
    /// the same. Those of feeds that were asked for by name stay.
    fn drop_others(&self, covered: &BTreeSet<Space>) -> Vec<Gap> {
        let database = Database::open(&self.settings.directory, covered).unwrap_or_default();
        let listed = |shard: &&Shard| {
            let mut entries = self.source.index.shards.iter();
            !covered.contains(&Space(shard.space().to_owned()))
                || feeds::feed(shard.feed()).is_some_and(|feed| self.settings.asks_for(feed))
                || entries.any(|entry| entry.space == shard.space() && entry.feed == shard.feed())
        };
        let others = database.shards().iter().filter(|shard| !listed(shard));
        others
            .filter_map(|shard| {
                let error = fs::remove_file(shard.path()).err()?;
                let message =
                    format!("failed to delete {}: {error}; it is old and still answers", shard.path().display());
                let location = shard.space().to_owned();
                Some(Gap { kind: GapKind::Partial, location, reason: GapReason::DataMissing, message })
            })
            .collect()
    }
}
