//! Documents at work, while it is still being found out which are wanted.
//!
//! Owns the threads and the order of the work: the largest document first, and never one document twice at the same time.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use plimsoll_model::{Event, Gap, Space};

use super::job::Job;
use super::{Outcome, Processed, Settings, jobs};
use crate::feeds::Wanted;
use crate::fetch::Fetcher;

/// Documents at work at the same time. Publishers' hosts are few, and each document being compiled takes memory.
const WORKERS: usize = 4;

/// Takes what is wanted, until [`Queue::run`] ends.
pub(super) struct Queue<'a> {
    settings: &'a Settings<'a>,
    fetcher: &'a Fetcher<'a>,
    state: Mutex<State<'a>>,
    changed: Condvar,
}

#[derive(Default)]
struct State<'a> {
    waiting: Vec<Job<'a>>,
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
        Self { settings, fetcher, state: Mutex::default(), changed: Condvar::new() }
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
            outcome.documents.push(processed);
            outcome.gaps.extend(gaps);
        }
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
        if !new.is_empty() {
            self.add(jobs(Wanted::Spaces(&new), self.settings, self.fetcher));
        }
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
            state.waiting.extend(jobs);
            state.waiting.sort_by_key(|job| Reverse(job.document.size));
            state.expected
        };
        self.changed.notify_all();
        if expected > 0 {
            (self.settings.progress)(Event::Download { bytes });
        }
    }

    fn go_on(&self) {
        while let Some(job) = self.next() {
            let result = job.run();
            let mut state = self.lock();
            state.running.retain(|(feed, name)| (*feed, name) != (job.feed.id, &job.document.name));
            state.done.push(result);
            self.changed.notify_all();
        }
    }

    /// The largest document that nobody works on; none when there will be no more.
    fn next(&self) -> Option<Job<'a>> {
        let mut state = self.lock();
        loop {
            let is_free = |job: &Job<'_>| {
                !state.running.iter().any(|(feed, name)| (*feed, name) == (job.feed.id, &job.document.name))
            };
            if let Some(place) = state.waiting.iter().position(is_free) {
                let job = state.waiting.remove(place);
                state.running.push((job.feed.id, job.document.name.clone()));
                return Some(job);
            }
            if state.closed && state.waiting.is_empty() {
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
