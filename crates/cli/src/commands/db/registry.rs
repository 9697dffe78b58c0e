//! Moving published advisories (`plimsoll db push`, `plimsoll db pull`).

use std::path::PathBuf;

use plimsoll_advisories::fetch::Fetcher;
use plimsoll_advisories::published;

use super::print;
use crate::exit::Exit;
use crate::settings::{CacheArguments, DataArguments, NetworkArguments};
use crate::shards::Pushed;

/// Push a folder of published advisories to a registry; what it has is not sent again
#[derive(clap::Args)]
pub struct Push {
    /// The folder
    folder: PathBuf,
    /// Where to: oci://REGISTRY/REPOSITORY[:TAG]
    to: String,
    #[command(flatten)]
    network: NetworkArguments,
}

/// Pushes.
///
/// # Errors
/// When the folder is not signed, or the registry does not take it.
pub fn push(arguments: &Push) -> anyhow::Result<Exit> {
    let Pushed { sent, there, bytes, digest } =
        crate::shards::push(&arguments.folder, &arguments.to, &arguments.network)?;
    let bytes = indicatif::DecimalBytes(bytes);
    print(&[format!("{}@{digest}: {sent} blobs sent, {bytes}; {there} were there", arguments.to)])?;
    Ok(Exit::Passed)
}

/// Make a folder of what a source publishes, with the states that it keeps; everything is checked on the way
#[derive(clap::Args)]
pub struct Pull {
    /// Where from: oci://REGISTRY/REPOSITORY[:TAG], https://…, a folder or a bundle
    from: String,
    /// The folder
    folder: PathBuf,
    #[command(flatten)]
    data: DataArguments,
    #[command(flatten)]
    network: NetworkArguments,
    #[command(flatten)]
    cache: CacheArguments,
}

/// Pulls.
///
/// # Errors
/// When the source is not to be trusted, or the folder cannot be written.
pub fn pull(arguments: &Pull) -> anyhow::Result<Exit> {
    let place = crate::shards::place(&arguments.from, &arguments.network)?;
    let scratch = arguments.cache.temporary().unwrap_or_else(std::env::temp_dir);
    let settings = arguments.data.settings(&arguments.network, scratch, &|_| {})?;
    anyhow::ensure!(!settings.shards.keys.is_empty(), "name the key that the publisher signs with: --shards-key KEY");
    let fetching = settings.fetching();
    let copied = published::copy(&place, &Fetcher::new(&fetching), &settings.shards.keys, &arguments.folder)?;
    let bytes = indicatif::DecimalBytes(copied.bytes);
    print(&[format!(
        "{}: built {}, {} states, {} new blobs, {bytes}",
        arguments.folder.display(),
        copied.built,
        copied.states,
        copied.blobs
    )])?;
    Ok(Exit::Passed)
}
