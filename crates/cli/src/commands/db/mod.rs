//! `plimsoll db`: the advisories on this machine, and publishing them. One file a verb; this one only lists them.

mod build;
mod bundle;
mod keys;
mod registry;
mod search;
mod status;
mod update;

use anyhow::anyhow;
use plimsoll_advisories::published::Key;
use plimsoll_advisories::update::{Outcome, Processing, Settings, Taken};

use crate::exit::{Exit, misuse};
use crate::outputs::print;
use crate::talk;

/// Look after the advisories on this machine, and publish them for others
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    Update(update::Arguments),
    Status(status::Arguments),
    Search(search::Arguments),
    Build(build::Arguments),
    Keygen(keys::Keygen),
    Sign(keys::Sign),
    Verify(bundle::Verify),
    Push(registry::Push),
    Pull(registry::Pull),
    Export(bundle::Export),
    Import(bundle::Import),
}

/// Does it.
///
/// # Errors
/// When the folder of the shards cannot be used.
pub fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    match &arguments.verb {
        Verb::Update(arguments) => update::run(arguments),
        Verb::Status(arguments) => status::run(arguments),
        Verb::Search(arguments) => search::run(arguments),
        Verb::Build(arguments) => build::run(arguments),
        Verb::Keygen(arguments) => keys::keygen(arguments),
        Verb::Sign(arguments) => keys::sign(arguments),
        Verb::Verify(arguments) => bundle::verify(arguments),
        Verb::Push(arguments) => registry::push(arguments),
        Verb::Pull(arguments) => registry::pull(arguments),
        Verb::Export(arguments) => bundle::export(arguments),
        Verb::Import(arguments) => bundle::import(arguments),
    }
}

/// Prints what was done; a document that failed makes the run fail, for nobody may take the folder for whole.
fn tell(outcome: &Outcome) -> anyhow::Result<Exit> {
    if let Some(refusal) = &outcome.refusal {
        anyhow::bail!("{refusal}");
    }
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
    lines.extend(outcome.taken.as_ref().map(taken));
    print(&lines)?;
    outcome.gaps.iter().for_each(|gap| talk::note(&format!("{}: {}", gap.location, gap.message)));
    Ok(if failed == 0 { Exit::Passed } else { Exit::Failed })
}

fn taken(taken: &Taken) -> String {
    let Taken { source, built, key, wanted, fetched, deltas, downloaded } = taken;
    let signed = if key.is_empty() { String::new() } else { format!(", signed by {key}") };
    let bytes = indicatif::DecimalBytes(*downloaded);
    format!(
        "{source}: built {built}{signed}; {fetched} of {wanted} shards are new, {deltas} by their differences, {bytes}"
    )
}

/// The keys that published advisories may be signed with; nothing is looked at without.
fn trusted<'a>(settings: &'a Settings<'_>) -> anyhow::Result<&'a [Key]> {
    let keys = &settings.shards.keys;
    anyhow::ensure!(!keys.is_empty(), misuse(anyhow!("name the key that the publisher signs with: --shards-key KEY")));
    Ok(keys)
}
