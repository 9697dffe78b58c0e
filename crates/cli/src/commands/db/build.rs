//! `plimsoll db build`: from publishers' documents to a folder that can be published.

use std::path::PathBuf;

use anyhow::Context;
use plimsoll_advisories::feeds::FEEDS;
use plimsoll_advisories::published::{self, Index, Publishing};
use plimsoll_advisories::update::{self, Outcome};
use plimsoll_model::Event;

use super::keys::KeyArguments;
use super::{print, tell};
use crate::exit::Exit;
use crate::progress::Screen;
use crate::settings::DatabaseArguments;
use crate::talk;

/// Compile everything that a mirror or the publishers hold into a folder to publish
#[derive(clap::Args)]
pub struct Arguments {
    /// Folder to publish: made, or renewed with the differences to what it holds
    #[arg(long, env = "PLIMSOLL_OUT", hide_env = true, value_name = "DIR")]
    out: PathBuf,
    /// States to keep, the new one among them, for --as-of and for those who fetch meanwhile
    #[arg(long, env = "PLIMSOLL_KEEP", hide_env = true, value_name = "NUMBER", default_value_t = 30)]
    keep: usize,
    /// Publish also what its publishers' terms keep from being passed on: for readers within one's own organisation alone
    #[arg(long, env = "PLIMSOLL_OWN_USE", hide_env = true, value_parser = clap::builder::FalseyValueParser::new())]
    own_use: bool,
    #[command(flatten)]
    keys: KeyArguments,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// Does it.
///
/// # Errors
/// When a key or the folder cannot be used.
pub fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let keys = arguments.keys.signing()?;
    let built = crate::settings::as_of()?;
    let now = std::time::SystemTime::try_from(built.parse::<jiff::Timestamp>()?)?;
    let screen = Screen::new(false);
    let progress = |event: Event<'_>| screen.show(event);
    let work = arguments.database.cache.folder()?.join("build");
    let mut settings = update::Settings { now, ..arguments.database.settings(work, &progress)? };
    let feeds = FEEDS.iter().copied();
    settings.feeds = Some(feeds.filter(|feed| feed.passed_on || arguments.own_use).collect());
    let outcome = update::build(&settings);
    screen.clear();
    let exit = tell(&outcome)?;
    let mut shards: Vec<_> = outcome.documents.iter().flat_map(|document| document.made.clone()).collect();
    shards.sort_unstable();
    anyhow::ensure!(!shards.is_empty(), "there is nothing to publish");
    let publishing = Publishing { folder: &arguments.out, built, keys: &keys, keep: arguments.keep };
    let index = published::publish(&shards, &publishing)
        .with_context(|| format!("cannot publish to {}", arguments.out.display()))?;
    describe(&index, arguments, &outcome)?;
    Ok(exit)
}

fn describe(index: &Index, arguments: &Arguments, outcome: &Outcome) -> anyhow::Result<()> {
    let whole: u64 = index.shards.iter().map(|entry| entry.blob.size).sum();
    let deltas: usize = index.shards.iter().map(|entry| entry.deltas.len()).sum();
    print(&[format!(
        "{}: {} shards, {} to fetch whole, {deltas} deltas, {} older states",
        arguments.out.display(),
        index.shards.len(),
        indicatif::DecimalBytes(whole),
        index.history.len()
    )])?;
    if arguments.keys.is_empty() {
        let out = arguments.out.display();
        talk::note(&format!("{out} is not signed and nobody will use it: plimsoll db sign {out} --key FILE"));
    }
    let kept: Vec<&str> = FEEDS.iter().filter(|feed| !feed.passed_on).map(|feed| feed.id).collect();
    if !arguments.own_use {
        let kept = kept.join(", ");
        talk::note(&format!("left out, for their terms forbid to pass them on: {kept} (see --own-use)"));
    }
    if outcome.documents.iter().any(|document| matches!(document.result, update::Processing::Failed(_))) {
        talk::note("what could not be had is published as it was before, if it ever was");
    }
    Ok(())
}
