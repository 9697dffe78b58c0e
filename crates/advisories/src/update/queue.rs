//! Documents and published shards at work, while it is still being found out which are wanted.
//!
//! Owns the threads and the order of the work: published shards are asked first, then the largest comes first, and never
//! one document twice at the same time.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use plimsoll_model::{Event, Gap, Space};

use super::job::Job;
use super::published::{Plan, Published};
use super::{Outcome, Processed, Processing, Settings, jobs, jobs_of};
use crate::feeds::Wanted;
use crate::fetch::Fetcher;

/// Documents at work at the same time. Publishers' hosts are few, and each document being compiled takes memory.
const WORKERS: usize = 4;

/// Something to do.
enum Task<'a> {
    /// Find out which of these spaces published shards cover; of all that they have when there are none.
    Ask(Option<BTreeSet<Space>>),
    /// Take a published shard, by its place in the index.
    Shard { entry: usize, size: u64 },
    /// Make shards of a document.
    Document(Box<Job<'a>>),
}

impl Task<'_> {
    /// Bytes that it is about; what leads to others is first.
    fn size(&self) -> u64 {
        match self {
            Self::Ask(_) => u64::MAX,
            Self::Shard { size, .. } => *size,
            Self::Document(job) => job.document.size,
        }
    }
}

/// Takes what is wanted, until [`Queue::run`] ends.
pub(super) struct Queue<'a> {
    settings: &'a Settings<'a>,
    fetcher: &'a Fetcher<'a>,
    published: Published<'a>,
    state: Mutex<State<'a>>,
    changed: Condvar,
}

#[derive(Default)]
struct State<'a> {
    waiting: Vec<Task<'a>>,
    /// How many are being asked what they lead to.
    asking: usize,
    /// Feed and name of the documents that are being worked on.
    running: Vec<(&'static str, String)>,
    asked: BTreeSet<Space>,
    /// Bytes that all jobs so far are expected to fetch.
    expected: u64,
    closed: bool,
    done: Vec<(Processed, Vec<Gap>)>,
}

impl<'a> Queue<'a> {
    pub fn new(settings: &'a Settings<'a>, fetcher: &'a Fetcher<'a>) -> Self {
        let published = Published::new(settings, fetcher);
        Self { settings, fetcher, published, state: Mutex::default(), changed: Condvar::new() }
    }

    /// Runs `work`, which tells what is wanted, beside the documents that this takes. Ends when both are done.
    pub fn run<R>(&self, work: impl FnOnce() -> R) -> (R, Outcome) {
        let result = std::thread::scope(|scope| {
            for _ in 0..WORKERS {
                scope.spawn(|| self.go_on());
            }
            // Closed whatever happens to the work, or the threads would wait for ever.
            let _closing = Closing(self);
            work()
        });
        let State { mut done, asked, .. } = std::mem::take(&mut *self.lock());
        done.sort_by_key(|(processed, _)| self.settings.place(processed.feed));
        let mut outcome = Outcome { asked, ..Outcome::default() };
        for (processed, gaps) in done {
            if processed.result != Processing::Absent {
                let answers = processed.spaces.iter().map(|space| (space.clone(), processed.feed.to_owned()));
                outcome.answers.extend(answers);
            }
            outcome.documents.push(processed);
            outcome.gaps.extend(gaps);
        }
        self.published.finish(&mut outcome);
        outcome.gaps.sort_unstable();
        outcome.gaps.dedup();
        (result, outcome)
    }

    /// Takes the documents that speak about these spaces, unless they were asked about before.
    pub fn want(&self, spaces: &BTreeSet<Space>) {
        let new: BTreeSet<Space> = {
            let mut state = self.lock();
            spaces.iter().filter(|space| state.asked.insert((*space).clone())).cloned().collect()
        };
        if new.is_empty() {
        } else if self.published.is_asked() {
            self.put(vec![Task::Ask(Some(new))]);
        } else {
            self.add(jobs(Wanted::Spaces(&new), self.settings, self.fetcher));
        }
    }

    /// Takes every published shard.
    pub fn want_all_published(&self) {
        self.put(vec![Task::Ask(None)]);
    }

    /// Takes every document of the chosen feeds.
    pub fn want_everything(&self) {
        self.add(jobs(Wanted::Everything, self.settings, self.fetcher));
    }

    fn add(&self, jobs: Vec<Job<'a>>) {
        let expected = jobs.iter().map(Job::expected_download).fold(0, u64::saturating_add);
        let bytes = {
            let mut state = self.lock();
            state.expected = state.expected.saturating_add(expected);
            state.expected
        };
        self.put(jobs.into_iter().map(|job| Task::Document(Box::new(job))).collect());
        if expected > 0 {
            (self.settings.progress)(Event::Download { bytes });
        }
    }

    fn put(&self, tasks: Vec<Task<'a>>) {
        let mut state = self.lock();
        state.waiting.extend(tasks);
        state.waiting.sort_by_key(|task| Reverse(task.size()));
        drop(state);
        self.changed.notify_all();
    }

    fn go_on(&self) {
        while let Some(task) = self.next() {
            match task {
                Task::Ask(spaces) => {
                    self.ask(spaces.as_ref());
                    let mut state = self.lock();
                    state.asking = state.asking.saturating_sub(1);
                }
                Task::Shard { entry, .. } => self.published.take(entry),
                Task::Document(job) => {
                    let result = job.run();
                    let mut state = self.lock();
                    state.running.retain(|(feed, name)| (*feed, name) != (job.feed.id, &job.document.name));
                    state.done.push(result);
                }
            }
            self.changed.notify_all();
        }
    }

    /// Splits what is wanted between published shards and their publishers' documents.
    fn ask(&self, spaces: Option<&BTreeSet<Space>>) {
        let Plan { shards, rest, lacking } = self.published.plan(spaces);
        self.put(shards.into_iter().map(|(entry, size)| Task::Shard { entry, size }).collect());
        if !rest.is_empty() {
            self.add(jobs(Wanted::Spaces(&rest), self.settings, self.fetcher));
        }
        for (feed, spaces) in lacking {
            self.add(jobs_of(feed, Wanted::Spaces(&spaces), self.settings, self.fetcher));
        }
    }

    /// The largest task that nobody works on; none when there will be no more.
    fn next(&self) -> Option<Task<'a>> {
        let mut state = self.lock();
        loop {
            let is_free = |task: &Task<'_>| match task {
                Task::Document(job) => {
                    !state.running.iter().any(|(feed, name)| (*feed, name) == (job.feed.id, &job.document.name))
                }
                Task::Ask(_) | Task::Shard { .. } => true,
            };
            if let Some(place) = state.waiting.iter().position(is_free) {
                let task = state.waiting.remove(place);
                match &task {
                    Task::Ask(_) => state.asking = state.asking.saturating_add(1),
                    Task::Document(job) => state.running.push((job.feed.id, job.document.name.clone())),
                    Task::Shard { .. } => {}
                }
                return Some(task);
            }
            if state.closed && state.waiting.is_empty() && state.asking == 0 {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<'a>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Closing<'q, 'a>(&'q Queue<'a>);

impl Drop for Closing<'_, '_> {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.changed.notify_all();
    }
}
