//! Moving published advisories (`plimsoll db push`, `plimsoll db pull`).

use std::path::PathBuf;

use plimsoll_advisories::fetch::Fetcher;
use plimsoll_advisories::published;

use super::{print, trusted};
use crate::exit::Exit;
use crate::settings::{DatabaseArguments, NetworkArguments};
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
    database: DatabaseArguments,
}

/// Pulls.
///
/// # Errors
/// When the source is not to be trusted, or the folder cannot be written.
pub fn pull(arguments: &Pull) -> anyhow::Result<Exit> {
    let place = crate::shards::place(&arguments.from, &arguments.database.network)?;
    let settings = arguments.database.settings(arguments.database.cache.scratch(), &|_| {})?;
    let fetching = settings.fetching();
    let copied = published::copy(&place, &Fetcher::new(&fetching), trusted(&settings)?, &arguments.folder)?;
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
