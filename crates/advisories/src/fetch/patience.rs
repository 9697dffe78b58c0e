//! When to try again, and for how long.
//!
//! Owns the arithmetic of waiting. Refuses to wait itself, so that it can be tested without doing so.

use std::time::{Duration, SystemTime};

/// How long and how often a server is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Tries in a row that bring nothing; one that brings bytes starts the count again.
    pub attempts: u32,
    /// Wait before the second try; doubles with each.
    pub first: Duration,
    /// Longest wait; a server that asks for more is left alone.
    pub longest: Duration,
    /// For a connection, and between two pieces of a body.
    pub idle: Duration,
    /// For the whole of one document.
    pub deadline: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            attempts: 5,
            first: Duration::from_millis(500),
            longest: Duration::from_secs(60),
            idle: Duration::from_secs(30),
            // 2 GiB, the largest document allowed, at a slow 20 Mbit/s.
            deadline: Duration::from_secs(15 * 60),
        }
    }
}

impl Patience {
    /// How long to wait after so many tries in vain (at least one), or none when it is enough. `chance` between 0 and 1
    /// spreads clients that failed at the same moment.
    ///
    /// # Errors
    /// The server's own wish, when it is longer than we wait.
    pub fn wait(&self, failed: u32, wish: Option<Duration>, chance: f64) -> Result<Option<Duration>, Duration> {
        if failed >= self.attempts {
            return Ok(None);
        }
        let doubled = self.first.saturating_mul(1_u32.checked_shl(failed.saturating_sub(1)).unwrap_or(u32::MAX));
        let own = doubled.min(self.longest).mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0);
        match wish {
            Some(wish) if wish > self.longest => Err(wish),
            Some(wish) => Ok(Some(own.max(wish))),
            None => Ok(Some(own)),
        }
    }
}

/// Reads `Retry-After`: seconds, or a date (<https://www.rfc-editor.org/rfc/rfc9110#name-retry-after>).
pub fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let then = SystemTime::try_from(jiff::fmt::rfc2822::parse(value).ok()?.timestamp()).ok()?;
    Some(then.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn waits_double_up_to_the_longest() {
        let patience = Patience { attempts: 9, first: SECOND, longest: 10 * SECOND, ..Patience::default() };
        let waits: Vec<_> = (1..9).map(|failed| patience.wait(failed, None, 1.0).unwrap().unwrap().as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 10, 10, 10, 10]);
        assert_eq!(patience.wait(9, None, 1.0), Ok(None));
        assert_eq!(patience.wait(1, None, 0.0), Ok(Some(SECOND / 2)));
    }

    #[test]
    fn a_servers_wish_is_honoured_or_given_up_on() {
        let patience = Patience { first: SECOND, longest: 10 * SECOND, ..Patience::default() };
        assert_eq!(patience.wait(1, Some(7 * SECOND), 1.0), Ok(Some(7 * SECOND)));
        assert_eq!(patience.wait(1, Some(11 * SECOND), 1.0), Err(11 * SECOND));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = SystemTime::try_from("2026-11-23T08:49:30Z".parse::<jiff::Timestamp>().unwrap()).unwrap();
        assert_eq!(retry_after("120", now), Some(120 * SECOND));
        assert_eq!(retry_after("Mon, 23 Nov 2026 08:49:37 GMT", now), Some(7 * SECOND));
        assert_eq!(retry_after("Mon, 23 Nov 2020 08:49:37 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", now), None);
    }
}
