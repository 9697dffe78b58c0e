//! Docker's own description of the images in an archive: `manifest.json` since 1.10, before that `repositories` and one
//! `json` a layer (<https://github.com/moby/moby/blob/v1.13.1/image/spec/v1.md>, `v1.2.md` beside it).

use std::collections::BTreeMap;
use std::io::Read;

use plimsoll_model::{Digest, ImageSummary, Layer, Platform};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Layers;
use super::members::Members;
use crate::documents::ImageConfig;
use crate::spelling::{self, Shape};
use crate::spool::read_bounded;
use crate::{Error, Image, Options, PlatformChoice, Reference, Select, platform};

/// One image of `manifest.json`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    config: String,
    repo_tags: Option<Vec<String>>,
    layers: Option<Vec<String>>,
}

impl Entry {
    fn names(&self) -> &[String] {
        self.repo_tags.as_deref().unwrap_or_default()
    }

    fn is(&self, select: &Select) -> bool {
        match select {
            Select::Name(name) => self.names().iter().any(|given| same_name(given, name)),
            // The only digest in such an archive is that of the config, which Docker calls the image's id.
            Select::Digest(digest) => self.config.contains(digest.hex()),
        }
    }
}

/// Whether two spellings (`debian`, `docker.io/library/debian:latest`) name the same image.
fn same_name(one: &str, other: &str) -> bool {
    let full = |name: &str| name.parse::<crate::ImageName>().map(|name| name.to_string());
    one == other || full(one).is_ok_and(|one| full(other).is_ok_and(|other| one == other))
}

/// Opens the image of `manifest.json` that is meant.
pub(super) fn open(
    reference: &Reference,
    members: &Members,
    selection: Option<&Select>,
    options: &Options,
) -> Result<Image, Error> {
    let place = members.place();
    let mut entries: Vec<Entry> = document(members, "manifest.json", Some(&spelling::SAVED), options)?;
    let names: Vec<String> = entries.iter().flat_map(|entry| entry.names().to_vec()).collect();
    match selection {
        Some(select) => entries.retain(|entry| entry.is(select)),
        None if entries.len() > 1 => return Err(several(place, &names)),
        None => {}
    }
    let Some(entry) = entries.pop() else {
        let wanted = selection.map(ToString::to_string).unwrap_or_default();
        return Err(Error::new(format!("no image {wanted} in {place}; it holds {}", list(&names))));
    };
    let bytes = read_bounded(members.open(&entry.config)?, options.limits.config_size, &entry.config)?;
    let (config, whole) = ImageConfig::parse(&bytes, &format!("{} in {place}", entry.config))?;
    platform::choose(&explicit(&options.platform), &[config.platform()], place)?;
    let layers = entry.layers.unwrap_or_default();
    if layers.len() > options.limits.layers {
        return Err(Error::new(format!("more than the {} layers allowed: {place}", options.limits.layers)));
    }
    let stored = layers.iter().map(|name| Ok((named_digest(name), size(members, name)?)));
    let mut summary = ImageSummary {
        reference: reference.to_string(),
        digest: None,
        platform: config.platform(),
        layers: config.layers(stored.collect::<Result<_, Error>>()?, place)?,
        media_type: String::new(),
    };
    for (layer, name) in summary.layers.iter_mut().zip(&layers) {
        if layer.digest.is_none() && !is_compressed(members, name)? {
            layer.digest.clone_from(&layer.diff_id);
        }
    }
    let layers = Layers { members: members.clone(), layers: layers.into_iter().map(|name| (name, None)).collect() };
    Ok(Image::new(summary, whole, Box::new(layers)))
}

/// Such an archive holds one platform an image, so "all of them" means the one.
fn explicit(choice: &PlatformChoice) -> PlatformChoice {
    match choice {
        PlatformChoice::All => PlatformChoice::Default,
        other => other.clone(),
    }
}

fn several(place: &str, names: &[String]) -> Error {
    Error::new(format!("several images in {place}: {}", list(names)))
        .hint(format!("name one: archive:{place}:{}", names.first().map_or("NAME", String::as_str)))
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none with a name".into() } else { names.join(", ") }
}

/// `shape` is that of a document whose names are fixed and that was not looked at before.
fn document<T: DeserializeOwned>(
    members: &Members,
    name: &str,
    shape: Option<&'static Shape>,
    options: &Options,
) -> Result<T, Error> {
    let place = format!("{name} in {}", members.place());
    let bytes = read_bounded(members.open(name)?, options.limits.manifest_size, &place)?;
    if let Some(shape) = shape {
        spelling::check(&bytes, shape, "document", &place)?;
    }
    serde_json::from_slice(&bytes).map_err(|error| Error::new(format!("malformed {place}")).because(error))
}

fn size(members: &Members, name: &str) -> Result<u64, Error> {
    members.size(name).ok_or_else(|| Error::new(format!("no {name:?} in {}", members.place())))
}

/// Docker 25 and later name layers by the digest of the stored bytes.
fn named_digest(name: &str) -> Option<Digest> {
    name.strip_prefix("blobs/")?.replacen('/', ":", 1).parse().ok()
}

/// Whether a layer is stored compressed. Usually it is a plain tar, whose stored digest is then its diff id.
fn is_compressed(members: &Members, name: &str) -> Result<bool, Error> {
    let mut magic = Vec::new();
    let read = members.open(name)?.take(4).read_to_end(&mut magic);
    read.map_err(|error| Error::new(format!("cannot read {name} in {}", members.place())).because(error))?;
    Ok(magic.starts_with(&[0x1f, 0x8b]) || magic == [0x28, 0xb5, 0x2f, 0xfd])
}

/// `json` of one layer in the oldest form.
#[derive(Debug, Deserialize)]
struct Link {
    #[serde(default)]
    parent: Option<String>,
    #[serde(default)]
    container_config: Option<Command>,
    #[serde(default)]
    os: Option<String>,
    #[serde(default)]
    architecture: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Command {
    #[serde(default)]
    cmd: Option<Vec<String>>,
}

/// Opens the image of `repositories` that is meant: a chain of layers, each naming the one below.
pub(super) fn open_chain(
    reference: &Reference,
    members: &Members,
    selection: Option<&Select>,
    options: &Options,
) -> Result<Image, Error> {
    let place = members.place();
    let top = top_of_chain(members, selection, options)?;
    let mut links: Vec<(String, Link)> = Vec::new();
    let mut next = Some(top.clone());
    while let Some(id) = next {
        if links.len() >= options.limits.layers {
            return Err(Error::new(format!("more than the {} layers allowed: {place}", options.limits.layers)));
        }
        let link: Link = document(members, &format!("{id}/json"), Some(&spelling::CONFIG), options)?;
        next = link.parent.clone().filter(|parent| !parent.is_empty());
        links.push((id, link));
    }
    links.reverse();
    let layers = links.iter().map(|(id, link)| {
        let created_by = link.container_config.as_ref().and_then(|config| config.cmd.as_ref()).map(|cmd| cmd.join(" "));
        Ok(Layer { size: size(members, &format!("{id}/layer.tar"))?, created_by, ..Layer::default() })
    });
    let platform = links.last().and_then(|(_, link)| {
        Some(Platform { os: link.os.clone()?, architecture: link.architecture.clone()?, variant: None })
    });
    platform::choose(&explicit(&options.platform), std::slice::from_ref(&platform), place)?;
    let (digest, layers) = (None, layers.collect::<Result<_, Error>>()?);
    let summary =
        ImageSummary { reference: reference.to_string(), digest, platform, layers, ..ImageSummary::default() };
    let config: Value = document(members, &format!("{top}/json"), None, options)?;
    let names = links.into_iter().map(|(id, _)| (format!("{id}/layer.tar"), None)).collect();
    Ok(Image::new(summary, config, Box::new(Layers { members: members.clone(), layers: names })))
}

/// The id of the topmost layer of the image that is meant.
fn top_of_chain(members: &Members, selection: Option<&Select>, options: &Options) -> Result<String, Error> {
    let repositories: BTreeMap<String, BTreeMap<String, String>> = document(members, "repositories", None, options)?;
    let mut images: Vec<(String, String)> = repositories
        .into_iter()
        .flat_map(|(name, tags)| tags.into_iter().map(move |(tag, id)| (format!("{name}:{tag}"), id)))
        .collect();
    let names: Vec<String> = images.iter().map(|(name, _)| name.clone()).collect();
    match selection {
        Some(Select::Name(wanted)) => images.retain(|(name, _)| same_name(name, wanted)),
        Some(Select::Digest(_)) => images.clear(),
        None => {}
    }
    images.dedup_by(|one, other| one.1 == other.1);
    match images.as_slice() {
        [(_, id)] => Ok(id.clone()),
        [] => Err(Error::new(format!("no such image in {}; there is {}", members.place(), list(&names)))),
        _ => Err(several(members.place(), &names)),
    }
}
