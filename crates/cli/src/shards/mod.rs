//! From what a user writes after `--shards` to places that published advisories can be had from.

mod oci;

use std::sync::Arc;

use anyhow::{Context, anyhow};
use plimsoll_advisories::fetch::Address;
use plimsoll_advisories::published::{self, Key, Place};
use plimsoll_advisories::update::Subscription;
use plimsoll_image::{Access, Options};

use crate::exit::misuse;
use crate::settings::NetworkArguments;
pub use oci::Pushed;
use oci::Registry;

/// The sources and the keys that a user names.
///
/// # Errors
/// When one of them cannot be, or there are sources and no key.
pub fn subscription(sources: &[String], keys: &[String], network: &NetworkArguments) -> anyhow::Result<Subscription> {
    let places = sources.iter().map(|text| place(text, network)).collect::<anyhow::Result<Vec<_>>>()?;
    let keys = keys.iter().map(|text| key(text)).collect::<anyhow::Result<Vec<_>>>()?;
    anyhow::ensure!(
        places.is_empty() || !keys.is_empty(),
        misuse(anyhow!("name the key that their publisher signs with: --shards-key KEY; nothing unsigned is used"))
    );
    Ok(Subscription { places, keys, as_of: None })
}

/// A file that is there and cannot be read is no fault of the command line; a text that is no key is.
fn key(text: &str) -> anyhow::Result<Key> {
    Key::parse_or_read(text).map_err(|error| match error {
        published::Error::Key(_) => misuse(error),
        published::Error::Io { .. } if !std::path::Path::new(text).exists() => misuse(error),
        error => error.into(),
    })
}

/// Reads `https://…`, `oci://REGISTRY/REPOSITORY[:TAG]`, a folder, or the file of a bundle.
///
/// # Errors
/// When it is none of these, or there is no such folder or file.
pub fn place(text: &str, network: &NetworkArguments) -> anyhow::Result<Place> {
    let cannot = || format!("cannot use {text} as published advisories");
    if text.starts_with("oci://") {
        let registry = Registry::open(text, &options(network), Access::Pull).with_context(cannot)?;
        return Ok(Place::Shelf { shelf: Arc::new(registry), remote: true });
    }
    let address = Address::parse(text).map_err(misuse).with_context(cannot)?;
    if let Address::Path(path) = &address {
        if path.is_file() {
            return Place::bundle(path).with_context(cannot);
        }
        anyhow::ensure!(path.is_dir(), "cannot use {text} as published advisories: there is no such folder or file");
    }
    Ok(Place::Address(address))
}

/// Pushes a published folder to `oci://REGISTRY/REPOSITORY[:TAG]`.
///
/// # Errors
/// When the folder is not whole, or the registry does not take it.
pub fn push(folder: &std::path::Path, to: &str, network: &NetworkArguments) -> anyhow::Result<Pushed> {
    Registry::open(to, &options(network), Access::Push)?.push(folder).with_context(|| format!("cannot push to {to}"))
}

fn options(network: &NetworkArguments) -> Options {
    Options { ca_files: network.ca_files(), ..Options::default() }
}
