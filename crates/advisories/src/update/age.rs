//! How old the data are that answered, and whether that is too old.
//!
//! The age of a shard is the time since its documents were last compared with their publisher's: by ourselves, as its
//! receipt says, or by who built it, as the index says. A quiet publisher does not make data old; a mirror or a source
//! that nobody renews does.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use plimsoll_model::{DataSource, Gap, GapKind, GapReason, Space};

use super::job::{rfc3339, seconds};
use super::memory::Memory;
use super::receipt::Receipt;
use super::{Settings, published};

/// Where a shard came from.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Origin {
    /// When its documents were last compared with their publisher's, in seconds since 1970.
    checked: u64,
    /// The source of published shards; empty when it was compiled here.
    source: String,
    /// When these were built.
    built: String,
}

/// Origins by digest. A shard of two origins has the newer one.
fn origins(settings: &Settings<'_>) -> BTreeMap<String, Origin> {
    let mut origins: BTreeMap<String, Origin> = BTreeMap::new();
    let mut add = |digest: String, origin: Origin| {
        let known = origins.entry(digest).or_default();
        *known = origin.max(std::mem::take(known));
    };
    for receipt in Receipt::all(&settings.directory) {
        for digest in receipt.shards.into_values() {
            add(digest, Origin { checked: receipt.asked, ..Origin::default() });
        }
    }
    for memory in Memory::all(&settings.directory) {
        let Some(index) = memory.index() else { continue };
        for entry in index.shards {
            let checked = if entry.checked.is_empty() { &index.built } else { &entry.checked };
            let checked = checked.parse::<jiff::Timestamp>().map_or(0, |time| time.as_second());
            let checked = u64::try_from(checked).unwrap_or_default();
            add(entry.digest, Origin { checked, source: memory.address.clone(), built: index.built.clone() });
        }
    }
    origins
}

/// Says of the data that answered where they came from, and looks at their age.
///
/// Returns a gap for each that is too old, where that is allowed. Facts about CVEs and about how long products are supported
/// hide no vulnerability: their age is a gap and never a reason to refuse.
///
/// # Errors
/// When data are too old: which, how old, and what to do.
pub fn account(data: &mut [DataSource], settings: &Settings<'_>) -> Result<Vec<Gap>, String> {
    let origins = origins(settings);
    let now = match settings.shards.as_of {
        Some(moment) => SystemTime::try_from(moment).unwrap_or(settings.now),
        None => settings.now,
    };
    let mut gaps = Vec::new();
    let mut refused = Vec::new();
    for one in data {
        let Some(origin) = origins.get(&one.digest) else { continue };
        one.source.clone_from(&origin.source);
        one.built.clone_from(&origin.built);
        let age = Duration::from_secs(seconds(now).saturating_sub(origin.checked));
        let Some(most) = settings.max_data_age.filter(|most| age > *most) else { continue };
        let message = format!(
            "advisories of {} about {} were last renewed on {:.10}, {} days before, and {} are allowed (--max-db-age)",
            one.feed,
            one.space,
            rfc3339(origin.checked),
            days(age),
            days(most)
        );
        if settings.allow_stale || Space::FACTS.contains(&one.space.as_str()) {
            let location = one.space.clone();
            gaps.push(Gap { kind: GapKind::Partial, location, reason: GapReason::DataMissing, message });
        } else {
            refused.push(message);
        }
    }
    match refused.first() {
        None => Ok(gaps),
        Some(first) => {
            let others = match refused.len() {
                1 => String::new(),
                count => format!(" (and {} more)", count.saturating_sub(1)),
            };
            Err(format!("{first}{others}; {}, or accept them with --allow-stale", remedy(settings)))
        }
    }
}

fn remedy(settings: &Settings<'_>) -> &'static str {
    match &settings.shards {
        published::Subscription { as_of: Some(_), .. } => "name published shards that keep a state nearer to that day",
        _ if settings.offline => "bring a newer bundle and run `plimsoll db import FILE`",
        published::Subscription { places, .. } if !places.is_empty() => {
            "see why their publisher does not renew them, or name another source"
        }
        _ => "renew them with `plimsoll db update`",
    }
}

const fn days(age: Duration) -> u64 {
    age.as_secs() / (24 * 60 * 60)
}
