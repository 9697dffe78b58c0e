//! The store of Podman, Buildah, Skopeo and CRI-O, read from disk without their help and without taking a lock: overlay
//! driver, records in JSON (<https://github.com/containers/storage>, `images.go`, `layers.go`, `drivers/overlay`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plimsoll_model::{Digest, ImageSummary};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::digest::sha256;
use crate::documents::{Descriptor, Document, ImageConfig, Manifest};
use crate::image::no_such_layer;
use crate::layout::open_file;
use crate::resolve::{Documents, fetch_verified};
use crate::spool::read_bounded;
use crate::{
    Environment, Error, Image, ImageName, LayerContent, LayerSource, Options, PlatformChoice, Reference, Whiteouts,
    platform,
};

/// Bytes of `images.json` or `layers.json`; a store with a thousand images needs one or two million.
const RECORDS: u64 = 256 << 20;

/// Bytes of `storage.conf`.
const CONFIGURATION: u64 = 1 << 20;

/// A record of `images.json`.
#[derive(Debug, Deserialize)]
struct StoredImage {
    id: String,
    #[serde(default)]
    digest: Option<String>,
    #[serde(default)]
    names: Option<Vec<String>>,
    #[serde(default)]
    layer: String,
}

/// A record of `layers.json`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct StoredLayer {
    id: String,
    #[serde(default)]
    parent: String,
    #[serde(default)]
    diff_size: u64,
    #[serde(default)]
    diff_digest: Option<Digest>,
}

/// The documents of one image in a store.
struct Store<'a> {
    root: &'a Path,
    image: &'a StoredImage,
}

/// Opens the image of that name or id, from the first store that has it.
pub(crate) fn open(
    reference: &Reference,
    root: Option<&Path>,
    name: &str,
    options: &Options,
) -> Result<Vec<Image>, Error> {
    let roots = roots(root, options);
    let mut tried = Vec::new();
    for root in &roots {
        let records = root.join("overlay-images/images.json");
        if !records.is_file() {
            tried.push(absent(root));
            continue;
        }
        let images: Vec<StoredImage> = read_records(&records)?;
        match find(&images, name)? {
            Some(image) => return read(reference, &Store { root, image }, options).map(|image| vec![image]),
            None => tried.push(format!("{}: {} images, none with this name or id", root.display(), images.len())),
        }
    }
    Err(Error::new(format!("no such image in containers-storage: {name}"))
        .after(tried)
        .hint("list what there is with podman images; name another store as containers-storage:[overlay@/path]NAME"))
}

/// Why there is nothing to read in `root`.
fn absent(root: &Path) -> String {
    let other = ["vfs", "btrfs", "zfs"].into_iter().find(|driver| root.join(format!("{driver}-images")).is_dir());
    match (other, root.join("overlay-images").is_dir()) {
        (Some(driver), _) => format!("{}: kept by the driver {driver}, only overlay can be read", root.display()),
        (None, true) => format!("{}: no overlay-images/images.json", root.display()),
        (None, false) => format!("{}: no store", root.display()),
    }
}

/// Where stores are: the one the user names, or those of the configuration, this user's and the system's.
fn roots(named: Option<&Path>, options: &Options) -> Vec<PathBuf> {
    if let Some(root) = named.or(options.storage_root.as_deref()) {
        return vec![root.into()];
    }
    let configured = configurations(&options.environment).iter().find_map(|path| configured_root(path));
    let usual = [own_root(&options.environment), Some(PathBuf::from("/var/lib/containers/storage"))];
    let mut roots: Vec<PathBuf> = configured.into_iter().chain(usual.into_iter().flatten()).collect();
    roots.dedup();
    roots
}

/// `storage.conf`, the first that is there counts
/// (<https://github.com/containers/storage/blob/main/docs/containers-storage.conf.5.md>).
fn configurations(environment: &Environment) -> Vec<PathBuf> {
    let own = environment.path("XDG_CONFIG_HOME").or_else(|| Some(environment.path("HOME")?.join(".config")));
    let own = own.map(|folder| folder.join("containers/storage.conf"));
    let system = ["/etc/containers/storage.conf", "/usr/share/containers/storage.conf"].map(PathBuf::from);
    environment.path("CONTAINERS_STORAGE_CONF").into_iter().chain(own).chain(system).collect()
}

fn configured_root(path: &Path) -> Option<PathBuf> {
    let bytes = read_bounded(open_file(path).ok()?, CONFIGURATION, "").ok()?;
    let document: toml::Table = std::str::from_utf8(&bytes).ok()?.parse().ok()?;
    // A path with variables in it is not this one's to expand; the usual places are tried after it.
    let root = document.get("storage")?.get("graphroot")?.as_str()?;
    (root.starts_with('/') && !root.contains('$')).then(|| root.into())
}

fn own_root(environment: &Environment) -> Option<PathBuf> {
    let data = environment.path("XDG_DATA_HOME").or_else(|| Some(environment.path("HOME")?.join(".local/share")))?;
    Some(data.join("containers/storage"))
}

fn read_records<T: DeserializeOwned>(path: &Path) -> Result<T, Error> {
    let bytes = read_bounded(open_file(path)?, RECORDS, &path.display().to_string())?;
    serde_json::from_slice(&bytes).map_err(|error| Error::new(format!("malformed {}", path.display())).because(error))
}

/// By name as Podman spells it, by digest, or by the first letters of an id when only one image begins so.
fn find<'a>(images: &'a [StoredImage], name: &str) -> Result<Option<&'a StoredImage>, Error> {
    let mut spellings = vec![name.to_owned(), format!("localhost/{name}"), format!("localhost/{name}:latest")];
    if let Ok(full) = name.parse::<ImageName>() {
        spellings.push(full.to_string());
    }
    let named = |image: &&StoredImage| {
        let names = image.names.iter().flatten();
        names.into_iter().any(|name| spellings.contains(name)) || image.digest.as_deref() == Some(name)
    };
    if let Some(image) = images.iter().find(named) {
        return Ok(Some(image));
    }
    let is_prefix = name.len() >= 4 && name.bytes().all(|b| b.is_ascii_hexdigit());
    let mut begin = images.iter().filter(|image| is_prefix && image.id.starts_with(name));
    match (begin.next(), begin.next()) {
        (Some(_), Some(_)) => Err(Error::new(format!("several images have an id that begins with {name}"))),
        (found, _) => Ok(found),
    }
}

fn read(reference: &Reference, store: &Store<'_>, options: &Options) -> Result<Image, Error> {
    let limits = &options.limits;
    let place = store.place();
    let bytes = read_bounded(store.big_data("manifest")?, limits.manifest_size, &format!("manifest of {place}"))?;
    let manifest: Manifest = match Document::parse(&bytes, "", &place, limits)? {
        Document::Manifest(manifest) => manifest,
        Document::Index(_) => return Err(Error::new(format!("an index where a manifest belongs: {place}"))),
    };
    let config = fetch_verified(store, &manifest.config, limits.config_size)?;
    let (config, whole) = ImageConfig::parse(&config, &place)?;
    let choice = match &options.platform {
        PlatformChoice::All => &PlatformChoice::Default,
        choice => choice,
    };
    platform::choose(choice, &[config.platform()], &place)?;
    let chain = chain(store, limits.layers)?;
    let summary = ImageSummary {
        reference: reference.to_string(),
        digest: Some(sha256(&bytes)),
        platform: config.platform(),
        layers: config.layers(chain.iter().map(|layer| (None, layer.diff_size)).collect(), &place)?,
        media_type: String::new(),
    };
    for (layer, stored) in summary.layers.iter().zip(&chain) {
        if stored.diff_digest.is_some() && stored.diff_digest != layer.diff_id {
            let id = &stored.id;
            return Err(Error::new(format!(
                "layer {id} of the store is not the one that the image config names: {place}"
            )));
        }
    }
    let folders = chain.iter().map(|layer| folder(store.root, &layer.id)).collect::<Result<_, Error>>()?;
    Ok(Image::new(summary, whole, Box::new(Folders(folders))))
}

/// The layers of the image, bottom first.
fn chain(store: &Store<'_>, limit: usize) -> Result<Vec<StoredLayer>, Error> {
    let layers: Vec<StoredLayer> = read_records(&store.root.join("overlay-layers/layers.json"))?;
    let layers: BTreeMap<&str, &StoredLayer> = layers.iter().map(|layer| (layer.id.as_str(), layer)).collect();
    let mut chain = Vec::new();
    let mut next = store.image.layer.as_str();
    while !next.is_empty() {
        if chain.len() >= limit {
            return Err(Error::new(format!("more than the {limit} layers allowed: {}", store.place())));
        }
        let layer = *layers.get(next).ok_or_else(|| {
            Error::new(format!("the store has lost layer {next}: {}", store.place()))
                .hint("repair it with podman system check, or pull the image again")
        })?;
        chain.push(layer.clone());
        next = &layer.parent;
    }
    chain.reverse();
    Ok(chain)
}

/// Where a layer's files are.
fn folder(root: &Path, id: &str) -> Result<PathBuf, Error> {
    if id.is_empty() || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(Error::new(format!("not the id of a layer: {id:?}")));
    }
    let layer = root.join("overlay").join(id);
    if layer.join("composefs-data").exists() {
        return Err(Error::new(format!("layer {id} is kept in composefs form, which cannot be read from disk"))
            .hint("export the image (podman save -o image.tar NAME) and scan the file, or use podman:NAME"));
    }
    Ok(layer.join("diff"))
}

impl Store<'_> {
    /// Opens one of the documents that the store keeps beside an image. Names with other than plain characters are
    /// stored in base64 (`makeBigDataBaseName`).
    fn big_data(&self, name: &str) -> Result<std::fs::File, Error> {
        let id = &self.image.id;
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(Error::new(format!("not the id of an image: {id:?}")));
        }
        let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
        let file = if plain { name.to_owned() } else { format!("={}", STANDARD.encode(name)) };
        open_file(&self.root.join("overlay-images").join(id).join(file))
    }
}

impl Documents for Store<'_> {
    fn fetch(&self, descriptor: &Descriptor, limit: u64) -> Result<Vec<u8>, Error> {
        let name = descriptor.digest.as_str();
        read_bounded(self.big_data(name)?, limit, &format!("{name} of {}", self.place()))
    }

    fn place(&self) -> String {
        format!("image {} in {}", self.image.id, self.root.display())
    }
}

/// The folders of one image's layers.
struct Folders(Vec<PathBuf>);

impl LayerSource for Folders {
    fn open(&self, layer: usize) -> Result<LayerContent, Error> {
        let path = self.0.get(layer).ok_or_else(|| no_such_layer(layer))?.clone();
        std::fs::read_dir(&path).map_err(|error| {
            Error::new(format!("cannot list layer folder {}", path.display()))
                .because(error)
                .hint("read a store as the user it belongs to, or with podman unshare")
        })?;
        Ok(LayerContent::Folder { path, whiteouts: Whiteouts::Overlay })
    }
}
