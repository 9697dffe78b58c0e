//! Images in registries (<https://github.com/opencontainers/distribution-spec/blob/main/spec.md>): mirrors, manifests,
//! layers. [`transport`] owns HTTP and retries, [`authorization`] and [`credentials`] who we are, [`blob`] resuming.
//!
//! Built on `reqwest` and not on `oci-client` 0.18, whose pull reads manifests and tokens without a bound, hides why a
//! login failed and what Retry-After said, and takes no client certificate and no refresh token.
//!
//! All asynchrony is inside `reqwest::blocking`: one thread of the client drives the connections, and any number of
//! threads read layers.

mod artefact;
mod attached;
mod authorization;
mod blob;
mod credentials;
mod repository;
mod transport;

use std::sync::Arc;

pub use artefact::{Access, Artefacts};

use attached::Nearby;
use blob::Blob;
use plimsoll_model::Digest;
use repository::Repository;
use reqwest::header::CONTENT_TYPE;
use transport::Transport;

use crate::digest::{digest_like, sha256};
use crate::documents::{ACCEPTED, Descriptor, Document};
use crate::image::no_such_layer;
use crate::resolve::{Documents, Found, resolve};
use crate::{Error, Image, ImageName, LayerContent, LayerSource, Options, Reference};

/// Opens the chosen platforms of an image, from the first mirror that has it or from the registry itself.
pub(crate) fn open(reference: &Reference, name: &ImageName, options: &Options) -> Result<Vec<Image>, Error> {
    let transport = Arc::new(Transport::new(options)?);
    let mirrors = options.mirrors.get(&name.registry).map(Vec::as_slice).unwrap_or_default();
    let mut tried = Vec::new();
    for mirror in mirrors {
        match from_place(&transport, mirror, name, options) {
            Ok(opened) => {
                let upstream = Repository::new(&transport, &name.registry, name, options);
                let repository = Arc::clone(&opened.repository);
                let places: Vec<_> = std::iter::once(repository).chain(upstream.map(Arc::new).ok()).collect();
                return images(reference, &places, opened, options);
            }
            Err(error) => tried.push(format!("mirror {mirror}: {}", error.line())),
        }
    }
    let opened = from_place(&transport, &name.registry, name, options).map_err(|error| error.after(tried))?;
    images(reference, &[Arc::clone(&opened.repository)], opened, options)
}

/// What a name led to, in one place.
struct Opened {
    repository: Arc<Repository>,
    root: Digest,
    /// Empty when it is a manifest.
    index: Vec<Descriptor>,
    found: Vec<Found>,
}

fn images(
    reference: &Reference,
    places: &[Arc<Repository>],
    opened: Opened,
    options: &Options,
) -> Result<Vec<Image>, Error> {
    let Opened { repository, root, index, found } = opened;
    let images = found.into_iter().map(|found| {
        let layers = Layers { places: places.to_vec(), layers: found.manifest.layers.clone() };
        let nearby = Nearby {
            places: places.to_vec(),
            transport: Arc::clone(&repository.transport),
            options: options.clone(),
            image: found.digest.clone(),
            root: root.clone(),
            index: index.clone(),
        };
        Ok(Image::new(found.summary(reference)?, found.whole_config, Box::new(layers)).with(Box::new(nearby)))
    });
    images.collect()
}

fn from_place(transport: &Arc<Transport>, place: &str, name: &ImageName, options: &Options) -> Result<Opened, Error> {
    let repository = Arc::new(Repository::new(transport, place, name, options)?);
    let (root, bytes) = root(&repository, name, options)?;
    let index = match Document::parse(&bytes, &root.media_type, &repository.to_string(), &options.limits)? {
        Document::Index(entries) => entries,
        Document::Manifest(_) => Vec::new(),
    };
    let documents = Remote { repository: &repository, root: (&root, bytes) };
    let found = resolve(&documents, vec![root.clone()], options)?;
    Ok(Opened { repository, root: root.digest, index, found })
}

/// The manifest or index that the name leads to, and a descriptor made from what was found.
fn root(repository: &Repository, name: &ImageName, options: &Options) -> Result<(Descriptor, Vec<u8>), Error> {
    let tag = name.tag.as_deref().unwrap_or("latest");
    let target = name.digest.as_ref().map_or(tag, |digest| digest.as_str());
    let response = repository.get(&format!("manifests/{target}"), &ACCEPTED, 0)?;
    if response.status().as_u16() != 200 {
        return Err(repository.refusal(response));
    }
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let declared = header(CONTENT_TYPE.as_str()).unwrap_or_default();
    let declared = declared.split(';').next().unwrap_or("").trim();
    // Where a tag was asked for, the header is all that speaks for the content; a proxy that changed it shows here.
    let promised = name.digest.clone().or_else(|| header("docker-content-digest")?.parse().ok());
    let limits = &options.limits;
    let place = format!("{repository}, {target}");
    let bytes = repository.transport.read_document(response, limits.manifest_size, &place)?;
    let found = match &promised {
        Some(promised) => digest_like(promised, &bytes).unwrap_or_else(|_| sha256(&bytes)),
        None => sha256(&bytes),
    };
    if let Some(promised) = promised.filter(|promised| *promised != found) {
        return Err(Error::new(format!(
            "the manifest is not what its digest says: expected {promised}, found {found}: {place}"
        ))
        .hint("the registry or a proxy before it lies or is damaged"));
    }
    let kind = match Document::parse(&bytes, declared, &place, limits)? {
        Document::Index(_) => "application/vnd.oci.image.index.v1+json",
        Document::Manifest(_) => "application/vnd.oci.image.manifest.v1+json",
    };
    Ok((Descriptor::new(kind, found, bytes.len() as u64), bytes))
}

/// The documents of a repository, of which the first is here already.
struct Remote<'a> {
    repository: &'a Repository,
    root: (&'a Descriptor, Vec<u8>),
}

impl Documents for Remote<'_> {
    fn fetch(&self, descriptor: &Descriptor, limit: u64) -> Result<Vec<u8>, Error> {
        if descriptor.digest == self.root.0.digest {
            return Ok(self.root.1.clone());
        }
        fetch(self.repository, if descriptor.is_config() { "blobs" } else { "manifests" }, descriptor, limit)
    }

    fn place(&self) -> String {
        self.repository.to_string()
    }
}

/// One of the `manifests` or `blobs` of a repository.
fn fetch(repository: &Repository, kind: &str, descriptor: &Descriptor, limit: u64) -> Result<Vec<u8>, Error> {
    let place = format!("{} in {repository}", descriptor.digest);
    let accept: &[&str] = if kind == "blobs" && !descriptor.is_config() { &[] } else { &ACCEPTED };
    let response = repository.get(&format!("{kind}/{}", descriptor.digest), accept, 0)?;
    match response.status().as_u16() {
        200 => repository.transport.read_document(response, limit, &place),
        404 => Err(Error::new(format!("the registry lists but does not have {place}"))),
        _ => Err(repository.refusal(response)),
    }
}

/// The layers of one image, and the places that may have them, in order.
struct Layers {
    places: Vec<Arc<Repository>>,
    layers: Vec<Descriptor>,
}

impl LayerSource for Layers {
    fn open(&self, layer: usize) -> Result<LayerContent, Error> {
        let descriptor = Descriptor::readable(&self.layers, layer)?;
        let mut tried = Vec::new();
        for repository in &self.places {
            match Blob::open(Arc::clone(repository), descriptor.digest.clone(), descriptor.size) {
                Ok(blob) => return Ok(LayerContent::Blob(Box::new(blob))),
                Err(error) => tried.push(error),
            }
        }
        let last = tried.pop().unwrap_or_else(|| no_such_layer(layer)).after(tried.iter().map(Error::line));
        Err(if descriptor.is_foreign() {
            last.hint("the publisher alone hands this layer out; URLs that an image names are not followed")
        } else {
            last
        })
    }
}
