//! From an index to the images in it, wherever the documents are kept. Owns following, verifying and choosing; where
//! bytes come from is [`Documents`]' matter.

use plimsoll_model::{Digest, ImageSummary, Platform};
use serde_json::Value;

use crate::digest::digest_like;
use crate::documents::{Descriptor, Document, ImageConfig, Manifest};
use crate::{Error, Limits, Options, PlatformChoice, Reference, Select, platform};

/// A place that holds documents by digest: a layout, an archive, a registry.
pub(crate) trait Documents {
    /// All bytes that the descriptor points to, `limit` at most. Not verified.
    fn fetch(&self, descriptor: &Descriptor, limit: u64) -> Result<Vec<u8>, Error>;

    /// For people: where this is.
    fn place(&self) -> String;
}

/// An image that was chosen, its documents verified.
#[derive(Debug)]
pub(crate) struct Found {
    pub digest: Digest,
    /// As whatever led here names it.
    pub media_type: String,
    pub manifest: Manifest,
    config: ImageConfig,
    pub whole_config: Value,
}

impl Found {
    /// What a report says of it.
    pub fn summary(&self, reference: &Reference) -> Result<ImageSummary, Error> {
        let stored = self.manifest.layers.iter().map(|layer| (Some(layer.digest.clone()), layer.size)).collect();
        let mut layers = self.config.layers(stored, &self.digest.to_string())?;
        for (layer, stored) in layers.iter_mut().zip(&self.manifest.layers) {
            layer.media_type.clone_from(&stored.media_type);
        }
        Ok(ImageSummary {
            reference: reference.to_string(),
            digest: Some(self.digest.clone()),
            platform: self.config.platform(),
            layers,
            media_type: self.media_type.clone(),
        })
    }
}

/// Those of the images below `entries` that are asked for.
pub(crate) fn resolve(
    documents: &dyn Documents,
    entries: Vec<Descriptor>,
    options: &Options,
) -> Result<Vec<Found>, Error> {
    let mut flatten = Flatten { documents, limits: &options.limits, visited: 0, images: Vec::new() };
    flatten.add(entries, 0)?;
    let images = flatten.images;
    let platforms = images.iter().map(|entry| platform_of(documents, entry, images.len(), options));
    let platforms = platforms.collect::<Result<Vec<_>, Error>>()?;
    let chosen = platform::choose(&options.platform, &platforms, &documents.place())?;
    chosen.into_iter().filter_map(|index| images.get(index)).map(|entry| read(documents, entry, options)).collect()
}

/// Collects the manifests of an index, through indexes in indexes.
struct Flatten<'a> {
    documents: &'a dyn Documents,
    limits: &'a Limits,
    visited: usize,
    images: Vec<Descriptor>,
}

impl Flatten<'_> {
    fn add(&mut self, entries: Vec<Descriptor>, depth: usize) -> Result<(), Error> {
        let place = self.documents.place();
        if depth >= self.limits.index_depth {
            return Err(Error::new(format!("indexes nested more than {} deep: {place}", self.limits.index_depth)));
        }
        self.visited = self.visited.saturating_add(entries.len());
        if self.visited > self.limits.index_entries {
            return Err(Error::new(format!("more than {} entries in the index: {place}", self.limits.index_entries)));
        }
        for entry in entries.into_iter().filter(|entry| !entry.is_attachment()) {
            if entry.is_index() {
                self.add(self.inner(&entry)?, depth.saturating_add(1))?;
            } else {
                self.images.push(entry);
            }
        }
        Ok(())
    }

    fn inner(&self, entry: &Descriptor) -> Result<Vec<Descriptor>, Error> {
        let bytes = fetch_verified(self.documents, entry, self.limits.manifest_size)?;
        let place = format!("{} in {}", entry.digest, self.documents.place());
        match Document::parse(&bytes, &entry.media_type, &place, self.limits)? {
            Document::Index(entries) => Ok(entries),
            Document::Manifest(_) => Err(Error::new(format!("a manifest where an index was promised: {place}"))),
        }
    }
}

/// The platform of an entry: from the index, else (layouts seldom name it) from the image's config.
fn platform_of(
    documents: &dyn Documents,
    entry: &Descriptor,
    count: usize,
    options: &Options,
) -> Result<Option<Platform>, Error> {
    let told = entry.platform();
    let irrelevant = match options.platform {
        PlatformChoice::Default => count == 1,
        PlatformChoice::All => true,
        PlatformChoice::One(_) => false,
    };
    if told.is_some() || irrelevant {
        return Ok(told);
    }
    Ok(read(documents, entry, options)?.config.platform())
}

fn read(documents: &dyn Documents, entry: &Descriptor, options: &Options) -> Result<Found, Error> {
    let limits = &options.limits;
    let bytes = fetch_verified(documents, entry, limits.manifest_size)?;
    let place = format!("{} in {}", entry.digest, documents.place());
    match Document::parse(&bytes, &entry.media_type, &place, limits)? {
        Document::Manifest(manifest) => {
            let bytes = fetch_verified(documents, &manifest.config, limits.config_size)?;
            let place = format!("{} in {}", manifest.config.digest, documents.place());
            let (config, whole_config) = ImageConfig::parse(&bytes, &place)?;
            Ok(Found {
                digest: entry.digest.clone(),
                media_type: entry.media_type.clone(),
                manifest,
                config,
                whole_config,
            })
        }
        Document::Index(_) => Err(Error::new(format!("an index where a manifest was promised: {place}"))),
    }
}

/// Fetches and compares length and digest with the descriptor.
pub(crate) fn fetch_verified(documents: &dyn Documents, descriptor: &Descriptor, limit: u64) -> Result<Vec<u8>, Error> {
    let place = documents.place();
    let Descriptor { digest, size, .. } = descriptor;
    if *size > limit {
        return Err(Error::new(format!(
            "document {digest} of {size} bytes is larger than the {limit} allowed: {place}"
        )));
    }
    let bytes = documents.fetch(descriptor, *size)?;
    let found = digest_like(digest, &bytes).map_err(|error| Error::new("cannot compute a digest").because(error))?;
    if found != *digest || bytes.len() as u64 != *size {
        let length = bytes.len();
        return Err(Error::new(format!(
            "the content is not what its digest says: expected {digest} of {size} bytes, found {found} of {length}: {place}"
        ))
        .hint("the store is damaged or lies; fetch the image again"));
    }
    Ok(bytes)
}

/// Those entries of a layout's index that the user means. Several names without a choice are an error that lists them.
pub(crate) fn select(entries: Vec<Descriptor>, select: Option<&Select>, place: &str) -> Result<Vec<Descriptor>, Error> {
    let images = entries.iter().filter(|entry| !entry.is_attachment());
    let mut names: Vec<String> = images.filter_map(Descriptor::name).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    let list = || if names.is_empty() { "no named images".to_owned() } else { names.join(", ") };
    let chosen: Vec<Descriptor> = match select {
        None if names.len() > 1 => {
            return Err(Error::new(format!("several images in {place}: {}", list()))
                .hint(format!("name one: {place}:{}", names.first().map_or("", String::as_str))));
        }
        None => entries,
        Some(Select::Name(name)) => entries.into_iter().filter(|entry| entry.is_named(name)).collect(),
        Some(Select::Digest(digest)) => entries.into_iter().filter(|entry| entry.digest == *digest).collect(),
    };
    if chosen.is_empty() {
        let wanted = select.map(|select| format!(" {select}")).unwrap_or_default();
        return Err(Error::new(format!("no image{wanted} in {place}; it holds {}", list())));
    }
    Ok(chosen)
}
