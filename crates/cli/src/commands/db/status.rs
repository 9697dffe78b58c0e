//! `plimsoll db status`: what is here.

use plimsoll_advisories::update;

use super::print;
use crate::exit::Exit;
use crate::settings::CacheArguments;
use crate::talk;

/// List what is here: space, feed, date, records, size
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    cache: CacheArguments,
}

/// Does it.
///
/// # Errors
/// When the folder of the shards cannot be listed.
pub fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let folder = arguments.cache.shards()?;
    if !folder.is_dir() {
        talk::note(&format!("no advisories are in {} yet; a scan fetches what it needs", folder.display()));
        return Ok(Exit::Passed);
    }
    let shards = update::status(&folder)?;
    let mut lines =
        vec![format!("{:<26} {:<18} {:<20} {:>9} {:>10}  DIGEST", "SPACE", "FEED", "PUBLISHED", "RECORDS", "SIZE")];
    lines.extend(shards.iter().map(|shard| match &shard.damage {
        Some(damage) => format!("{:<26} unusable: {damage}", shard.space),
        None => format!(
            "{:<26} {:<18} {:<20} {:>9} {:>10}  {:.19}",
            shard.space,
            shard.feed,
            shard.date,
            shard.records,
            indicatif::DecimalBytes(shard.size).to_string(),
            shard.digest
        ),
    }));
    let total: u64 = shards.iter().map(|shard| shard.size).sum();
    lines.push(format!("{} shards, {} in {}", shards.len(), indicatif::DecimalBytes(total), folder.display()));
    lines.extend(update::sources(&folder).iter().map(source));
    print(&lines)?;
    Ok(if shards.iter().all(|shard| shard.damage.is_none()) { Exit::Passed } else { Exit::Failed })
}

/// A source of published shards, and how old what it had is.
fn source(source: &update::SourceStatus) -> String {
    let update::SourceStatus { address, built, key, shards } = source;
    let age = built
        .parse::<jiff::Timestamp>()
        .map_or(0, |built| jiff::Timestamp::now().as_second().saturating_sub(built.as_second()) / (24 * 60 * 60));
    let days = if age == 1 { "day" } else { "days" };
    format!("{address}: {shards} shards, built {built}, {age} {days} ago, signed by {key}")
}
