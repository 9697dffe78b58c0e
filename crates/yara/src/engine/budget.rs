//! The time that all files together may take.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What was spent, by all threads.
pub struct Budget {
    start: u64,
    /// Milliseconds.
    spent: AtomicU64,
    bytes: AtomicU64,
}

impl Budget {
    /// One with this much to begin with.
    pub fn new(start: Duration) -> Self {
        Self { start: millis(start), spent: AtomicU64::new(0), bytes: AtomicU64::new(0) }
    }

    /// A file of this size took this long.
    pub fn spend(&self, time: Duration, bytes: usize) {
        self.spent.fetch_add(millis(time), Ordering::Relaxed);
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Whether nothing is left: what was looked at went slower than 1 MiB a second.
    pub fn is_spent(&self) -> bool {
        let earned = (self.bytes.load(Ordering::Relaxed) >> 20).saturating_mul(1000);
        self.spent.load(Ordering::Relaxed) > self.start.saturating_add(earned)
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_earn_the_time_that_they_take() {
        let budget = Budget::new(Duration::from_secs(5));
        budget.spend(Duration::from_secs(5), 100);
        assert!(!budget.is_spent());
        budget.spend(Duration::from_secs(20), 32 << 20);
        assert!(!budget.is_spent());
        budget.spend(Duration::from_secs(13), 100);
        assert!(budget.is_spent());
    }
}
