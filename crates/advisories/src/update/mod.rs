//! Keeps the shards of a folder current.
//!
//! Owns which documents are fetched for which spaces, when a shard is current without asking, and what it means for a
//! scan when a document cannot be had: the older shard stays and its age is told, or the space is blind. Refuses to know
//! publishers' formats (`feeds`), how bytes come (`fetch`) and how shards are made (`database`).

mod job;
mod receipt;
mod status;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use plimsoll_model::{Gap, GapKind, GapReason, Progress, Space};

pub use status::{Status, status};

use crate::feeds::{FEEDS, Feed, Role, Wanted};
use crate::fetch::{self, Address, Fetcher, Patience};
use job::Job;

/// Documents at work at the same time. Publishers' hosts are few, and each document being compiled takes memory.
const WORKERS: usize = 4;

/// How shards are kept current.
#[derive(Clone)]
pub struct Settings<'a> {
    /// Folder of the shards.
    pub directory: PathBuf,
    /// Where documents come from.
    pub source: Source,
    /// Ask nobody: what is there has to do.
    pub offline: bool,
    /// How long after the last look a shard is current without asking again. Files of a folder are always looked at.
    pub max_age: Duration,
    /// Bytes that may come over the network in one run.
    pub max_download: u64,
    /// Just these feeds, all of their documents; none: those documents that are fetched by default.
    pub feeds: Option<Vec<&'static Feed>>,
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

/// What came of an update.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What a scan of the wanted spaces would not see, or sees with old eyes.
    pub gaps: Vec<Gap>,
    /// What was done, in the order of the table of feeds.
    pub documents: Vec<Processed>,
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
            source: Source::Publishers,
            offline: false,
            // Publishers renew their documents daily or more often.
            max_age: Duration::from_secs(12 * 60 * 60),
            max_download: 2 << 30,
            feeds: None,
            ca_files: Vec::new(),
            patience: Patience::default(),
            progress,
            now,
        }
    }

    fn fetching(&self) -> fetch::Settings {
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
    run(Wanted::Spaces(spaces), settings)
}

/// Compiles everything that the source holds, of the chosen feeds or all. What it does not hold is [`Processing::Absent`].
#[must_use]
pub fn build(settings: &Settings<'_>) -> Outcome {
    let feeds = settings.feeds.clone().unwrap_or_else(|| FEEDS.to_vec());
    let mut outcome = run(Wanted::Everything, &Settings { feeds: Some(feeds), ..settings.clone() });
    if outcome.documents.iter().all(|document| document.result == Processing::Absent) && outcome.gaps.is_empty() {
        let location = match &settings.source {
            Source::Publishers => "the publishers".to_owned(),
            Source::Mirror(mirror) => mirror.to_string(),
        };
        let message = "it holds no document of any feed; check its address and layout".into();
        outcome.gaps.push(Gap { kind: GapKind::Blind, location, reason: GapReason::DataMissing, message });
    }
    outcome
}

/// How many bytes an update of these spaces would usually fetch: of the documents that were never fetched before.
#[must_use]
pub fn expected_download(spaces: &BTreeSet<Space>, settings: &Settings<'_>) -> u64 {
    let fetching = settings.fetching();
    let fetcher = Fetcher::new(&fetching);
    let jobs = jobs(Wanted::Spaces(spaces), settings, &fetcher);
    jobs.iter().map(Job::expected_download).fold(0, u64::saturating_add)
}

impl Outcome {
    /// Its gaps and those of the matching that came after it. Why a space is blind is told once: by the update, which
    /// knows the cause, rather than by the matching, which only sees that something is missing.
    #[must_use]
    pub fn unite(self, matching: Vec<Gap>) -> Vec<Gap> {
        let told = |gap: &Gap| self.gaps.iter().any(|told| is_blind_about(told, &gap.location));
        let mut gaps: Vec<Gap> = matching.into_iter().filter(|gap| gap.kind != GapKind::Blind || !told(gap)).collect();
        gaps.extend(self.gaps);
        gaps.sort_unstable();
        gaps.dedup();
        gaps
    }
}

fn is_blind_about(gap: &Gap, location: &str) -> bool {
    gap.kind == GapKind::Blind && gap.location == location
}

fn run(wanted: Wanted<'_>, settings: &Settings<'_>) -> Outcome {
    if let Err(error) = fs::create_dir_all(&settings.directory) {
        return unwritable(settings, &error);
    }
    let fetching = settings.fetching();
    let fetcher = Fetcher::new(&fetching);
    let jobs = jobs(wanted, settings, &fetcher);
    let done = Mutex::new(Vec::with_capacity(jobs.len()));
    // The largest first, so that none of them starts when the others are nearly through.
    let mut order: Vec<(usize, &Job<'_>)> = jobs.iter().enumerate().collect();
    order.sort_by_key(|(_, job)| std::cmp::Reverse(job.document.size));
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..WORKERS.min(jobs.len()) {
            scope.spawn(|| {
                while let Some((place, job)) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = job.run();
                    done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((*place, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|(place, _)| *place);
    let mut outcome = Outcome::default();
    for (_, (processed, gaps)) in done {
        outcome.documents.push(processed);
        outcome.gaps.extend(gaps);
    }
    outcome.gaps.sort_unstable();
    outcome.gaps.dedup();
    outcome
}

fn jobs<'a>(wanted: Wanted<'a>, settings: &'a Settings<'a>, fetcher: &'a Fetcher<'a>) -> Vec<Job<'a>> {
    let chosen = settings.feeds.as_deref();
    let mut jobs = Vec::new();
    for feed in chosen.unwrap_or(FEEDS) {
        let documents = (feed.documents)(wanted)
            .into_iter()
            .filter(|document| chosen.is_some() || document.role != Role::OnRequest);
        jobs.extend(documents.map(|document| Job::new(feed, document, wanted, settings, fetcher)));
    }
    jobs
}

fn unwritable(settings: &Settings<'_>, error: &std::io::Error) -> Outcome {
    let location = settings.directory.display().to_string();
    let message = format!("failed to create {location}: {error}; name another folder for the advisories");
    let gap = Gap { kind: GapKind::Blind, location, reason: GapReason::DataMissing, message };
    Outcome { gaps: vec![gap], documents: Vec::new() }
}
