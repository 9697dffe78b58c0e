//! `plimsoll db search`: look into the advisories that are here.

use plimsoll_advisories::database::Database;

use super::print;
use crate::exit::Exit;
use crate::settings::CacheArguments;

/// Find advisories by package name or by id (CVE, GHSA, DSA…)
#[derive(clap::Args)]
pub struct Arguments {
    /// Name or id
    text: String,
    #[command(flatten)]
    cache: CacheArguments,
}

/// Does it.
///
/// # Errors
/// When the folder of the shards cannot be used.
pub fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let folder = arguments.cache.shards()?;
    anyhow::ensure!(
        folder.is_dir(),
        "no advisories are in {} yet; fetch some: plimsoll db update debian:12",
        folder.display()
    );
    let hits = Database::open_all(&folder)?.search(&arguments.text)?;
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
    lines.push(format!("{} found for {}", hits.len(), arguments.text));
    print(&lines)?;
    Ok(Exit::Passed)
}
