//! Days in UTC.

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

/// The day of a moment (RFC 3339, in UTC whatever its offset) or of a text that begins with one (`2026-11-23`).
pub(crate) fn of(text: &str) -> Option<Date> {
    if text.len() == "2026-11-23".len() {
        return text.parse().ok();
    }
    text.parse::<Timestamp>().ok().map(|moment| TimeZone::UTC.to_datetime(moment).date())
}

/// Whole days from one day to another, negative when it lies before.
pub(crate) fn between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

#[cfg(test)]
mod tests {
    use super::{between, of};

    #[test]
    fn days_are_those_of_utc() {
        assert_eq!(of("2026-01-01T23:30:00-05:00"), of("2026-01-02"));
        assert_eq!(of("2026-01-01T00:00:00Z"), of("2026-01-01"));
        assert_eq!(of("yesterday"), None);
        assert_eq!(between(of("2026-02-27").unwrap(), of("2026-03-02").unwrap()), 3);
        assert_eq!(between(of("2026-03-02").unwrap(), of("2025-03-02").unwrap()), -365);
    }
}
