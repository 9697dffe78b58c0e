//! `plimsoll db update`: bring advisories up to date.

use std::collections::BTreeSet;

use plimsoll_advisories::{feeds, update};
use plimsoll_model::{Event, Space};

use super::tell;
use crate::exit::{Exit, misuse};
use crate::progress::Screen;
use crate::settings::DatabaseArguments;

/// Bring advisories up to date; a scan does this by itself for what it needs
#[derive(clap::Args)]
pub struct Arguments {
    /// What to have advisories about: `debian:12`, `alpine:3.20`, `pypi`… [default: what is here already]
    spaces: Vec<String>,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// Does it.
///
/// # Errors
/// When nothing is here and nothing is named, or published shards are refused.
pub fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let folder = arguments.database.cache.shards()?;
    let wanted = wanted(&arguments.spaces, &folder)?;
    let screen = Screen::new(false);
    let progress = |event: Event<'_>| screen.show(event);
    // Asked for by hand, so however fresh the shards are, the publishers are asked.
    let settings =
        update::Settings { max_age: std::time::Duration::ZERO, ..arguments.database.settings(folder, &progress)? };
    let outcome = update::update(&wanted, &settings);
    screen.clear();
    tell(&outcome)
}

fn wanted(spaces: &[String], folder: &std::path::Path) -> anyhow::Result<BTreeSet<Space>> {
    let mut wanted: BTreeSet<Space> = spaces.iter().cloned().map(Space).collect();
    if wanted.is_empty() {
        anyhow::ensure!(
            folder.is_dir(),
            "no advisories are here yet; name what to have: plimsoll db update debian:12 pypi"
        );
        wanted = update::status(folder)?.into_iter().filter_map(spoken_for).collect();
    }
    for space in &wanted {
        let one = BTreeSet::from([space.clone()]);
        let spoken = feeds::FEEDS.iter().any(|feed| !(feed.documents)(feeds::Wanted::Spaces(&one)).is_empty());
        anyhow::ensure!(
            spoken,
            misuse(anyhow::anyhow!(
                "nobody is known to publish advisories about {space}; write debian:12, alpine:3.20, pypi (docs/feeds lists all)"
            ))
        );
    }
    wanted.extend(Space::facts());
    Ok(wanted)
}

/// The space of a shard, when its own vendor speaks in it. A document about all releases brings shards of releases that
/// nobody asked for, about which others say little; that their vendors are silent there is no failure of an update.
fn spoken_for(shard: update::Status) -> Option<Space> {
    let space = Space(shard.space);
    feeds::vendor_of(&space).is_some_and(|feed| feed.id == shard.feed).then_some(space)
}
