//! How recent the advisories of a shard are.
//!
//! Owns which dates are believed. A copy of a document is as young as its last transfer, so what the advisories say
//! themselves counts before what is said about the file; and one advisory with a date in the future must not make all
//! the others look fresh.

use std::time::SystemTime;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use plimsoll_model::Advisory;

use super::Stamp;

/// Nothing that feeds hold was last changed before the list of CVEs began, in 1999; earlier dates stand for "unknown".
/// 1999-01-01, in seconds since 1970.
const EARLIEST: i64 = 915_148_800;

/// The newest date that was believed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Newest(Option<Timestamp>);

impl Newest {
    /// Takes note of an advisory, unless its date is after `now`.
    pub fn see(&mut self, advisory: &Advisory, now: Timestamp) {
        let dates = [&advisory.modified, &advisory.published].into_iter().filter_map(|text| read(text));
        self.0 = self.0.max(dates.into_iter().find(|date| *date <= now));
    }

    /// RFC 3339 in whole seconds; of the documents, but not after `now`, when no advisory had a date. Empty when they
    /// have none either.
    pub fn text(self, documents: &[Stamp], now: Timestamp) -> String {
        let of_documents = || documents.iter().filter_map(|stamp| read(&stamp.date)).max().map(|date| date.min(now));
        let date = self.0.or_else(of_documents).and_then(|date| Timestamp::from_second(date.as_second()).ok());
        date.map(|date| date.to_string()).unwrap_or_default()
    }
}

/// The moment that something is done at.
pub fn moment(time: SystemTime) -> Timestamp {
    Timestamp::try_from(time).unwrap_or_default()
}

/// A moment (RFC 3339) or a day, which is taken to begin in UTC.
fn read(text: &str) -> Option<Timestamp> {
    let day = || TimeZone::UTC.to_timestamp(text.parse::<Date>().ok()?.to_datetime(Time::midnight())).ok();
    let date = text.parse::<Timestamp>().ok().or_else(day)?;
    (date.as_second() >= EARLIEST).then_some(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When advisories were changed and published, when their documents were changed, and what comes of it.
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str], &'a str);

    const NOW: &str = "2024-05-06T07:08:09Z";

    /// The date of a shard of advisories changed and published then, from documents changed then.
    fn date(advisories: &[(&str, &str)], documents: &[&str]) -> String {
        let now = NOW.parse().unwrap();
        let mut newest = Newest::default();
        for (modified, published) in advisories {
            let dates = (String::from(*modified), String::from(*published));
            newest.see(&Advisory { modified: dates.0, published: dates.1, ..Advisory::default() }, now);
        }
        let documents = documents.iter().map(|date| Stamp { date: (*date).into(), ..Stamp::default() });
        newest.text(&documents.collect::<Vec<_>>(), now)
    }

    #[test]
    fn the_newest_credible_date_counts() {
        let copied = &["2024-05-05T00:00:00Z"];
        let cases: [Case<'_>; 10] = [
            (&[("2023-01-02T03:04:05.678Z", ""), ("2022-01-01T00:00:00Z", "")], copied, "2023-01-02T03:04:05Z"),
            (&[("2023-01-02T03:04:05+02:00", "")], copied, "2023-01-02T01:04:05Z"),
            (&[("", "2021-08-25")], copied, "2021-08-25T00:00:00Z"),
            (
                &[("", "2023-01-01T00:00:00Z"), ("2022-01-01T00:00:00Z", "2024-01-01T00:00:00Z")],
                copied,
                "2023-01-01T00:00:00Z",
            ),
            (&[("2099-01-01T00:00:00Z", ""), ("2022-01-01T00:00:00Z", "")], copied, "2022-01-01T00:00:00Z"),
            (&[("2099-01-01T00:00:00Z", "2021-01-01T00:00:00Z")], copied, "2021-01-01T00:00:00Z"),
            (&[("soon", "0001-01-01T00:00:00Z"), ("1970-01-01T00:00:00Z", "")], copied, copied[0]),
            (&[("", "")], &["", "2023-05-05T00:00:00Z", "2022-05-05T00:00:00Z"], "2023-05-05T00:00:00Z"),
            (&[], &["2024-06-01T00:00:00Z"], NOW),
            (&[("", "")], &["", "never"], ""),
        ];
        for (advisories, documents, expected) in cases {
            assert_eq!(date(advisories, documents), expected, "{advisories:?} of {documents:?}");
        }
    }
}
