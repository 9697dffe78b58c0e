//! `plimsoll db`: the advisories on this machine.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use plimsoll_advisories::database::Database;
use plimsoll_advisories::feeds;
use plimsoll_advisories::update::{self, Outcome, Processing};
use plimsoll_model::{Event, Space};
use plimsoll_report::sanitize::visible;

use crate::exit::Exit;
use crate::outputs::forgive_closed;
use crate::progress::Screen;
use crate::settings::{CacheArguments, DataArguments, NetworkArguments};
use crate::talk;

/// Look after the advisories on this machine: update, status, build, search
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Bring advisories up to date; a scan does this by itself for what it needs
    Update {
        /// What to have advisories about: `debian:12`, `alpine:3.20`, `pypi`… [default: what is here already]
        spaces: Vec<String>,
        #[command(flatten)]
        data: DataArguments,
        #[command(flatten)]
        network: NetworkArguments,
        #[command(flatten)]
        cache: CacheArguments,
    },
    /// List what is here: space, feed, date, records, size
    Status {
        #[command(flatten)]
        cache: CacheArguments,
    },
    /// Compile everything that a mirror or the publishers hold
    Build {
        /// Folder to write the shards to
        #[arg(long, env = "PLIMSOLL_OUT", hide_env = true, value_name = "DIR")]
        out: PathBuf,
        #[command(flatten)]
        data: DataArguments,
        #[command(flatten)]
        network: NetworkArguments,
    },
    /// Find advisories by package name or by id (CVE, GHSA, DSA…)
    Search {
        /// Name or id
        text: String,
        #[command(flatten)]
        cache: CacheArguments,
    },
}

/// Does it.
///
/// # Errors
/// When the folder of the shards cannot be used.
pub fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    match arguments.verb {
        Verb::Update { spaces, data, network, cache } => update(&spaces, &data, &network, &cache),
        Verb::Status { cache } => status(&cache),
        Verb::Build { out, data, network } => build(out, &data, &network),
        Verb::Search { text, cache } => search(&text, &cache),
    }
}

fn update(
    spaces: &[String],
    data: &DataArguments,
    network: &NetworkArguments,
    cache: &CacheArguments,
) -> anyhow::Result<Exit> {
    let folder = cache.shards()?;
    let mut wanted: BTreeSet<Space> = spaces.iter().cloned().map(Space).collect();
    if wanted.is_empty() {
        anyhow::ensure!(
            folder.is_dir(),
            "no advisories are here yet; name what to have: plimsoll db update debian:12 pypi"
        );
        wanted = update::status(&folder)?.into_iter().filter_map(spoken_for).collect();
    }
    wanted.insert(Space(Space::CVE.into()));
    let screen = Screen::new(false);
    let progress = |event: Event<'_>| screen.show(event);
    // Asked for by hand, so however fresh the shards are, the publishers are asked.
    let settings =
        update::Settings { max_age: std::time::Duration::ZERO, ..data.settings(network, folder, &progress)? };
    let outcome = update::update(&wanted, &settings);
    screen.clear();
    tell(&outcome)
}

/// The space of a shard, when its own vendor speaks in it. A document about all releases brings shards of releases that
/// nobody asked for, about which others say little; that their vendors are silent there is no failure of an update.
fn spoken_for(shard: update::Status) -> Option<Space> {
    let space = Space(shard.space);
    feeds::vendor_of(&space).is_some_and(|feed| feed.id == shard.feed).then_some(space)
}

fn build(out: PathBuf, data: &DataArguments, network: &NetworkArguments) -> anyhow::Result<Exit> {
    let screen = Screen::new(false);
    let progress = |event: Event<'_>| screen.show(event);
    let outcome = update::build(&data.settings(network, out, &progress)?);
    screen.clear();
    tell(&outcome)
}

/// Prints what was done; a document that failed makes the run fail, for nobody may take the folder for whole.
fn tell(outcome: &Outcome) -> anyhow::Result<Exit> {
    let mut failed = outcome.gaps.iter().filter(|gap| gap.kind == plimsoll_model::GapKind::Blind).count();
    let mut lines = Vec::new();
    for document in &outcome.documents {
        let result = match &document.result {
            Processing::Kept => "kept: looked at recently".into(),
            Processing::Unchanged => "unchanged".into(),
            Processing::Compiled { records, shards, downloaded } => {
                format!("{records} advisories in {shards} shards, {} fetched", indicatif::DecimalBytes(*downloaded))
            }
            Processing::Absent => continue,
            Processing::Failed(why) => {
                failed += 1;
                format!("FAILED: {why}")
            }
        };
        lines.push(format!("{:<18} {:<22} {result}", document.feed, document.document));
    }
    print(&lines)?;
    outcome.gaps.iter().for_each(|gap| talk::note(&format!("{}: {}", gap.location, gap.message)));
    Ok(if failed == 0 { Exit::Passed } else { Exit::Failed })
}

fn status(cache: &CacheArguments) -> anyhow::Result<Exit> {
    let folder = cache.shards()?;
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

fn search(text: &str, cache: &CacheArguments) -> anyhow::Result<Exit> {
    let folder = cache.shards()?;
    anyhow::ensure!(
        folder.is_dir(),
        "no advisories are in {} yet; fetch some: plimsoll db update debian:12",
        folder.display()
    );
    let hits = Database::open_all(&folder)?.search(text)?;
    let mut lines = Vec::new();
    for hit in &hits {
        lines.push(format!("{}  {} ({})", hit.advisory.id, hit.space, hit.feed));
        let related: Vec<_> = hit.advisory.aliases.iter().chain(&hit.advisory.covers).map(String::as_str).collect();
        if !related.is_empty() {
            lines.push(format!("  also     {}", related.join(" ")));
        }
        if !hit.advisory.title.is_empty() {
            lines.push(format!("  title    {}", hit.advisory.title));
        }
        lines.extend(hit.advisory.affected.iter().map(|affected| {
            let ranges: Vec<_> = affected.ranges.iter().map(ToString::to_string).collect();
            format!("  package  {} {} {}", affected.name, affected.state.as_str(), ranges.join(" or "))
        }));
    }
    lines.push(format!("{} found for {text}", hits.len()));
    print(&lines)?;
    Ok(Exit::Passed)
}

fn print(lines: &[String]) -> anyhow::Result<()> {
    let mut out = anstream::stdout().lock();
    let done = lines.iter().try_for_each(|line| writeln!(out, "{}", visible(line, true)));
    forgive_closed(done).context("cannot write to standard output")
}
