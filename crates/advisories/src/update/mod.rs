//! Keeps the shards of a folder current.
//!
//! Owns which documents are fetched for which spaces, when a shard is current without asking, and what it means for a
//! scan when a document cannot be had: the older shard stays and its age is told, or the space is blind. Refuses to know
//! publishers' formats (`feeds`), how bytes come (`fetch`) and how shards are made (`database`).

mod age;
mod attempt;
mod job;
mod memory;
mod published;
mod queue;
mod receipt;
mod status;

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use plimsoll_model::{Gap, GapKind, GapReason, Progress, Space};

pub use age::account;
pub use published::{Subscription, Taken};
pub use status::{SourceStatus, Status, sources, status};

use crate::database;
use crate::feeds::{FEEDS, Feed, Role, Wanted};
use crate::fetch::{self, Address, Fetcher, Patience};
use crate::published::Made;
use job::Job;
use queue::Queue;

/// How shards are kept current.
#[derive(Clone)]
pub struct Settings<'a> {
    /// Folder of the shards.
    pub directory: PathBuf,
    /// Where documents come from: the first that has one which can be used.
    pub sources: Vec<Source>,
    /// Who is asked for finished shards before any document is.
    pub shards: Subscription,
    /// Ask nobody: what is there has to do.
    pub offline: bool,
    /// How long after the last look a shard is current without asking again. Files of a folder are always looked at.
    pub max_age: Duration,
    /// How old data may be that answer, see [`account`]; none: as old as they are.
    pub max_data_age: Option<Duration>,
    /// Let older data answer all the same, and say so.
    pub allow_stale: bool,
    /// Bytes that may come over the network in one run.
    pub max_download: u64,
    /// Just these feeds, all of their documents; none: those documents that are fetched by default.
    pub feeds: Option<Vec<&'static Feed>>,
    /// Feeds of which those documents are wanted too that are not fetched by default.
    pub also: Vec<&'static Feed>,
    /// Files with certificates (PEM) to trust beside the system's.
    pub ca_files: Vec<PathBuf>,
    /// When to try again.
    pub patience: Patience,
    /// Told what happens.
    pub progress: Progress<'a>,
    /// The moment of the run.
    pub now: SystemTime,
}

/// Where documents come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Those who issue them, over HTTPS.
    Publishers,
    /// A copy: a folder or a URL, with a folder for each feed laid out as its publisher's host is.
    Mirror(Address),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Publishers => f.write_str("the publishers"),
            Self::Mirror(mirror) => mirror.fmt(f),
        }
    }
}

/// What came of an update.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What a scan of the wanted spaces would not see, or sees with old eyes.
    pub gaps: Vec<Gap>,
    /// What was done, in the order of the table of feeds.
    pub documents: Vec<Processed>,
    /// Every space that was wanted.
    pub asked: BTreeSet<Space>,
    /// Space and feed of the shards that answer under these settings. What else the folder holds is there because somebody
    /// asked for it at another time, and says nothing now.
    pub answers: BTreeSet<(Space, String)>,
    /// What came of published shards; none when none were asked for.
    pub taken: Option<Taken>,
    /// Why there must be no answer: published shards are not to be trusted, and nothing older is at hand.
    pub refusal: Option<String>,
}

/// What was done with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Processed {
    /// Feed's id.
    pub feed: &'static str,
    /// Its name within the feed.
    pub document: String,
    /// Where it is, without secrets; that of its first part.
    pub address: String,
    /// What came of it.
    pub result: Processing,
    /// The shards that are made of it, also when it could not be had this time.
    pub made: Vec<Made>,
    /// The wanted spaces that it may speak about.
    pub spaces: BTreeSet<Space>,
}

/// What came of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Processing {
    /// Looked at recently, or not to be asked for: what is there stays.
    Kept,
    /// Asked for, and the same as before.
    Unchanged,
    /// Made into shards.
    Compiled {
        /// Advisories.
        records: usize,
        /// Shards, one a space.
        shards: usize,
        /// Bytes that came over the network.
        downloaded: u64,
    },
    /// Not in the mirror.
    Absent,
    /// Could not be had or used; why.
    Failed(String),
}

impl<'a> Settings<'a> {
    /// The publishers' documents into this folder, asked for again after 12 hours, at most 2 GiB a run.
    #[must_use]
    pub fn new(directory: PathBuf, progress: Progress<'a>, now: SystemTime) -> Self {
        Self {
            directory,
            sources: vec![Source::Publishers],
            shards: Subscription::default(),
            offline: false,
            // Publishers renew their documents daily or more often.
            max_age: Duration::from_secs(12 * 60 * 60),
            max_data_age: None,
            allow_stale: false,
            max_download: 2 << 30,
            feeds: None,
            also: Vec::new(),
            ca_files: Vec::new(),
            patience: Patience::default(),
            progress,
            now,
        }
    }

    /// Where a feed stands among those that are asked.
    fn place(&self, feed: &str) -> usize {
        let feeds = self.feeds.as_deref().unwrap_or(FEEDS);
        feeds.iter().position(|one| one.id == feed).unwrap_or(usize::MAX)
    }

    /// Whether documents of this role are fetched without this feed being the only one.
    fn fetches(&self, feed: &Feed, role: Role) -> bool {
        match role {
            Role::Vendor | Role::Supplement => true,
            Role::OnRequest => self.asks_for(feed),
            // A mirror is near, or is somebody's own. Without a network, what one gave before is as near.
            Role::Bulk => {
                let mirrored = self.sources.iter().any(|source| matches!(source, Source::Mirror(_)));
                self.asks_for(feed) || mirrored || self.offline
            }
        }
    }

    /// The feeds that somebody named.
    fn named(&self) -> impl Iterator<Item = &'static Feed> {
        self.also.iter().chain(self.feeds.iter().flatten()).copied()
    }

    /// Whether somebody named the feed.
    fn asks_for(&self, feed: &Feed) -> bool {
        self.named().any(|named| named.id == feed.id)
    }

    /// How bytes are fetched under these settings.
    #[must_use]
    pub fn fetching(&self) -> fetch::Settings {
        fetch::Settings {
            max_download: self.max_download,
            ca_files: self.ca_files.clone(),
            scratch: self.directory.clone(),
            patience: self.patience,
        }
    }
}

/// Brings the shards of these spaces up to date. Never fails as a whole: what could not be had is a gap.
///
/// Safe while others read and update the same folder; killed at any moment, it leaves each shard old or new.
#[must_use]
pub fn update(spaces: &BTreeSet<Space>, settings: &Settings<'_>) -> Outcome {
    along(settings, |want| want(spaces)).1
}

/// Runs `work`, and beside it brings up to date the shards of those spaces that it tells to be wanted, as soon as it does.
/// Gives the result of both; gaps are told of every space that was wanted at any time.
pub fn along<R>(settings: &Settings<'_>, work: impl FnOnce(Want<'_>) -> R) -> (R, Outcome) {
    run(settings, |queue| work(&|spaces| queue.want(spaces)))
}

/// Takes all published shards there are, and asks nobody else.
#[must_use]
pub fn import(settings: &Settings<'_>) -> Outcome {
    run(settings, |queue| queue.want_all_published()).1
}

/// Called with spaces that are wanted, from any thread and as often as one likes. Does not wait.
pub type Want<'a> = &'a (dyn Fn(&BTreeSet<Space>) + Sync);

/// Compiles everything that the source holds, of the chosen feeds or all. What it does not hold is [`Processing::Absent`].
#[must_use]
pub fn build(settings: &Settings<'_>) -> Outcome {
    let feeds = settings.feeds.clone().unwrap_or_else(|| FEEDS.to_vec());
    let ((), mut outcome) = run(&Settings { feeds: Some(feeds), ..settings.clone() }, |queue| queue.want_everything());
    if outcome.documents.iter().all(|document| document.result == Processing::Absent) && outcome.gaps.is_empty() {
        let sources: Vec<String> = settings.sources.iter().map(Source::to_string).collect();
        let location = sources.join(", ");
        let message = "it holds no document of any feed; check its address and layout".into();
        outcome.gaps.push(Gap { kind: GapKind::Blind, location, reason: GapReason::DataMissing, message });
    }
    outcome
}

impl Outcome {
    /// Without what only concerns other spaces, which turned out not to be wanted.
    #[must_use]
    pub fn of(mut self, wanted: &BTreeSet<Space>) -> Self {
        self.gaps.retain(|gap| wanted.contains(gap.location.as_str()) || !self.asked.contains(gap.location.as_str()));
        self
    }

    /// Its gaps and those of the matching that came after it. Why a space is blind is told once: by the update, which
    /// knows the cause, rather than by the matching, which only sees that something is missing.
    #[must_use]
    pub fn unite(self, matching: Vec<Gap>) -> Vec<Gap> {
        let told = |gap: &Gap| {
            let is_missing = gap.kind == GapKind::Partial && gap.reason == GapReason::DataMissing;
            self.gaps.iter().any(|told| match gap.kind {
                GapKind::Blind => is_blind_about(told, &gap.location),
                GapKind::Partial => is_missing && told.location == gap.location && told.reason == gap.reason,
            })
        };
        let mut gaps: Vec<Gap> = matching.into_iter().filter(|gap| !told(gap)).collect();
        gaps.extend(self.gaps);
        gaps.sort_unstable();
        gaps.dedup();
        gaps
    }
}

fn is_blind_about(gap: &Gap, location: &str) -> bool {
    gap.kind == GapKind::Blind && gap.location == location
}

fn run<R>(settings: &Settings<'_>, work: impl FnOnce(&Queue<'_>) -> R) -> (R, Outcome) {
    let fetching = settings.fetching();
    let fetcher = Fetcher::new(&fetching);
    let queue = Queue::new(settings, &fetcher);
    match fs::create_dir_all(&settings.directory) {
        Ok(()) => {
            database::sweep(&settings.directory, SystemTime::now());
            queue.run(|| work(&queue))
        }
        Err(error) => (work(&queue), unwritable(settings, &error)),
    }
}

fn jobs<'a>(wanted: Wanted<'_>, settings: &'a Settings<'a>, fetcher: &'a Fetcher<'a>) -> Vec<Job<'a>> {
    let chosen = settings.feeds.as_deref();
    chosen.unwrap_or(FEEDS).iter().flat_map(|feed| jobs_of(feed, wanted, settings, fetcher)).collect()
}

fn jobs_of<'a>(
    feed: &'static Feed,
    wanted: Wanted<'_>,
    settings: &'a Settings<'a>,
    fetcher: &'a Fetcher<'a>,
) -> Vec<Job<'a>> {
    let documents = (feed.documents)(wanted).into_iter();
    let fetched = documents.filter(|document| settings.feeds.is_some() || settings.fetches(feed, document.role));
    fetched.map(|document| Job::new(feed, document, wanted, settings, fetcher)).collect()
}

fn unwritable(settings: &Settings<'_>, error: &std::io::Error) -> Outcome {
    let location = settings.directory.display().to_string();
    let message = format!("failed to create {location}: {error}; name another folder for the advisories");
    let gap = Gap { kind: GapKind::Blind, location, reason: GapReason::DataMissing, message };
    Outcome { gaps: vec![gap], ..Outcome::default() }
}
