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
    print(&lines)?;
    Ok(if shards.iter().all(|shard| shard.damage.is_none()) { Exit::Passed } else { Exit::Failed })
}
