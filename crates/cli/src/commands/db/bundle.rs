//! Published advisories in one file (`plimsoll db export`, `plimsoll db import`), and checking them (`plimsoll db verify`).

use std::path::{Path, PathBuf};

use anyhow::Context;
use plimsoll_advisories::fetch::Fetcher;
use plimsoll_advisories::published::{self, Place, Verified};
use plimsoll_advisories::update::{self, Settings, Subscription};
use plimsoll_model::{Event, Space};

use super::{print, tell, trusted};
use crate::exit::{Exit, misuse};
use crate::progress::Screen;
use crate::settings::DatabaseArguments;

/// Put published advisories into one file, for where no network goes
#[derive(clap::Args)]
pub struct Export {
    /// File to write
    file: PathBuf,
    /// What to take along: `debian:12`, `pypi`… [default: everything]
    spaces: Vec<String>,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// Exports from the first source that answers and verifies.
///
/// # Errors
/// When none does, or the file cannot be written.
pub fn export(arguments: &Export) -> anyhow::Result<Exit> {
    let settings = arguments.database.settings(arguments.database.cache.scratch(), &|_| {})?;
    let Subscription { places, keys, .. } = &settings.shards;
    anyhow::ensure!(
        !places.is_empty(),
        misuse(anyhow::anyhow!("name what to export: --shards SOURCE --shards-key KEY"))
    );
    let fetching = settings.fetching();
    let fetcher = Fetcher::new(&fetching);
    let mut spaces = arguments.spaces.clone();
    let mut last = anyhow::anyhow!("no source answers");
    for place in places {
        let signed = match published::read_index(place, &fetcher, keys, None, None) {
            Ok(Some(signed)) => signed,
            Ok(None) => continue,
            Err(error) => {
                last = error.into();
                continue;
            }
        };
        // Facts about CVEs and about support go with whatever is taken along.
        if !spaces.is_empty() {
            let listed = |space: &&str| signed.index.shards.iter().any(|entry| entry.space == **space);
            spaces.extend(Space::FACTS.into_iter().filter(listed).map(str::to_owned));
        }
        let exported = published::export(place, &fetcher, &signed, &spaces, &arguments.file)?;
        print(&[format!(
            "{}: {} shards of {place}, built {}, signed by {}, {}",
            arguments.file.display(),
            exported.shards,
            signed.index.built,
            signed.key,
            indicatif::DecimalBytes(exported.bytes)
        )])?;
        return Ok(Exit::Passed);
    }
    Err(last)
}

/// Take advisories from such a file; everything in it is checked before anything is replaced
#[derive(clap::Args)]
pub struct Import {
    /// The file, or a published folder
    file: PathBuf,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// Imports.
///
/// # Errors
/// When the file is not to be trusted, or is older than what is here.
pub fn import(arguments: &Import) -> anyhow::Result<Exit> {
    let place = crate::shards::place(&arguments.file.to_string_lossy(), &arguments.database.network)?;
    let screen = Screen::new(false);
    let progress = |event: Event<'_>| screen.show(event);
    let settings = arguments.database.settings(arguments.database.cache.shards()?, &progress)?;
    std::fs::create_dir_all(&settings.directory)
        .with_context(|| format!("cannot create {}", settings.directory.display()))?;
    check(&place, &settings, &settings.directory)?;
    let shards = Subscription { places: vec![place], ..settings.shards.clone() };
    let outcome = update::import(&Settings { shards, ..settings });
    screen.clear();
    tell(&outcome)
}

/// Check published advisories: signatures, digests, and that every shard opens
#[derive(clap::Args)]
pub struct Verify {
    /// A folder, a bundle, https://… or oci://…
    source: String,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// Verifies.
///
/// # Errors
/// The first thing that is not as it should be.
pub fn verify(arguments: &Verify) -> anyhow::Result<Exit> {
    let place = crate::shards::place(&arguments.source, &arguments.database.network)?;
    let scratch = arguments.database.cache.scratch();
    let settings = arguments.database.settings(scratch.clone(), &|_| {})?;
    let Verified { built, key, shards, left_out, older, bytes } = check(&place, &settings, &scratch)?;
    let mut line = format!("{place} is whole: built {built}, signed by {key}, {shards} shards");
    line.push_str(&format!(", {older} older states, {}", indicatif::DecimalBytes(bytes)));
    if left_out > 0 {
        line.push_str(&format!("; {left_out} shards were left out of it"));
    }
    print(&[line])?;
    Ok(Exit::Passed)
}

fn check(place: &Place, settings: &Settings<'_>, scratch: &Path) -> anyhow::Result<Verified> {
    let fetching = settings.fetching();
    Ok(published::verify(place, &Fetcher::new(&fetching), trusted(settings)?, scratch)?)
}
