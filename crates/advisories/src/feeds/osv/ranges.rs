//! OSV's events as ranges.
//!
//! Owns the reading of an event list (<https://ossf.github.io/osv-schema/#affectedrangesevents-fields>): versions in
//! order switch "affected" on and off. Versions cannot be compared here, but lists are written in order, so that pairs
//! can be read off them; a list that is not is put in order by the numbers in its versions first.

use std::cmp::Ordering;

use plimsoll_model::Range;
use serde::Deserialize;

/// One event; the schema allows one of the four in each.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Affected from here on.
    Introduced(String),
    /// No longer affected from here on.
    Fixed(String),
    /// Affected up to this one.
    LastAffected(String),
    /// Nothing is said from here on.
    Limit(String),
}

impl Event {
    fn version(&self) -> &str {
        let (Self::Introduced(version) | Self::Fixed(version) | Self::LastAffected(version) | Self::Limit(version)) =
            self;
        version
    }
}

/// Adds the ranges that the events stand for, and versions that they call affected outside any range.
pub fn read(events: &[Event], ranges: &mut Vec<Range>, versions: &mut Vec<String>) {
    let mut events = events.to_vec();
    if !alternates(&events) {
        events.sort_by(by_numbers);
    }
    let mut open: Option<String> = None;
    for event in events {
        match event {
            Event::Introduced(version) => _ = open.get_or_insert(version),
            Event::Limit(version) if version == "*" => {}
            // Beyond a limit nothing is known to be affected, which for us is the same end as a fix.
            Event::Fixed(fixed) | Event::Limit(fixed) => {
                ranges.extend(open.take().map(|introduced| Range { introduced, fixed, last_affected: String::new() }))
            }
            Event::LastAffected(last) => match open.take() {
                Some(introduced) => ranges.push(Range { introduced, fixed: String::new(), last_affected: last }),
                // Several "last" ones after one start, as converters write them: each of them is at least affected.
                None => versions.push(last),
            },
        }
    }
    ranges.extend(open.map(|introduced| Range { introduced, ..Range::default() }));
}

/// Whether starts and ends take turns, beginning with a start.
fn alternates(events: &[Event]) -> bool {
    let starts = |event: &Event| matches!(event, Event::Introduced(_));
    events.iter().enumerate().all(|(place, event)| starts(event) == (place % 2 == 0))
}

/// `0` first, then by numbers and words in turn; at the same version the end of one range precedes the start of the next.
fn by_numbers(left: &Event, right: &Event) -> Ordering {
    let start = |event: &Event| matches!(event, Event::Introduced(_));
    pieces(left.version()).cmp(pieces(right.version())).then(start(left).cmp(&start(right)))
}

/// A version's runs of digits, as their length and text without leading zeros, and of anything else.
fn pieces(version: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = version;
    std::iter::from_fn(move || {
        let digit = rest.chars().next()?.is_ascii_digit();
        let end = rest.find(|letter: char| letter.is_ascii_digit() != digit).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        rest = after;
        let piece = if digit { piece.trim_start_matches('0') } else { piece };
        Some((if digit { piece.len().saturating_add(1) } else { 0 }, piece))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ranges(text: &str) -> (Vec<String>, Vec<String>) {
        let event = |word: &str| match word.split_at(1) {
            ("+", version) => Event::Introduced(version.into()),
            ("-", version) => Event::Fixed(version.into()),
            ("=", version) => Event::LastAffected(version.into()),
            (_, version) => Event::Limit(version.into()),
        };
        let events: Vec<_> = text.split_whitespace().map(event).collect();
        let (mut ranges, mut versions) = (Vec::new(), Vec::new());
        read(&events, &mut ranges, &mut versions);
        let text = |range: Range| format!("{}..{}={}", range.introduced, range.fixed, range.last_affected);
        (ranges.into_iter().map(text).collect(), versions)
    }

    #[test]
    fn events_become_ranges() {
        let cases: &[(&str, &[&str], &[&str])] = &[
            ("+0 -1.2", &["0..1.2="], &[]),
            ("+0", &["0..="], &[]),
            ("+0 =3", &["0..=3"], &[]),
            ("+0 -1 +2 -3", &["0..1=", "2..3="], &[]),
            ("+2 -3 +0 -1", &["2..3=", "0..1="], &[]),
            ("+0 -1 +2", &["0..1=", "2..="], &[]),
            // Out of order: 0 to 1 and 2 to 3, not 2 to 1.
            ("+2 +0 -1 -3", &["0..1=", "2..3="], &[]),
            ("-2 +3 +4 -5", &["3..5="], &[]),
            ("+5.0.0 -5.0.12 +6.0.0 -6.0.5 -6.0.16 -5.0.46", &["5.0.0..5.0.12=", "6.0.0..6.0.5="], &[]),
            ("+0 =0.13 =0.14", &["0..=0.13"], &["0.14"]),
            ("+10 |13", &["10..13="], &[]),
            ("+10 |*", &["10..="], &[]),
            ("", &[], &[]),
        ];
        for (events, expected, single) in cases {
            let (found, versions) = ranges(events);
            assert_eq!(
                (found.as_slice(), versions.as_slice()),
                (own(expected).as_slice(), own(single).as_slice()),
                "{events}"
            );
        }
    }

    fn own(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    proptest! {
        /// However a list is shuffled, a version that its ordered form calls affected is in some range or single.
        #[test]
        fn no_order_of_events_hides_a_version(
            bounds in proptest::collection::btree_set(0_u32..200, 2..12),
            order in any::<proptest::sample::Index>(),
        ) {
            let sorted: Vec<u32> = bounds.into_iter().collect();
            let mut events: Vec<Event> = sorted
                .iter()
                .enumerate()
                .map(|(place, at)| if place % 2 == 0 { Event::Introduced(at.to_string()) } else { Event::Fixed(at.to_string()) })
                .collect();
            let middle = order.index(events.len());
            events.rotate_left(middle);
            let (mut found, mut versions) = (Vec::new(), Vec::new());
            read(&events, &mut found, &mut versions);
            for version in 0..201_u32 {
                let below = sorted.iter().filter(|at| **at <= version).count();
                let affected = below % 2 == 1;
                let inside = found.iter().any(|range| {
                    let start: u32 = range.introduced.parse().unwrap();
                    let end: u32 = range.fixed.parse().unwrap_or(u32::MAX);
                    start <= version && version < end
                });
                prop_assert!(inside || !affected, "{version} in {events:?} gives {found:?}");
            }
        }
    }
}
