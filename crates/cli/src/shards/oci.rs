//! Published advisories in a registry: one artefact a state, tagged with its time, of which the newest has the tag that
//! people name. Its layers are the index, its signatures and the blobs, so that what a scan needs is fetched by digest.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, anyhow};
use plimsoll_advisories::fetch::{Error, Failure, Fetched};
use plimsoll_advisories::published::{Blob, INDEX, Index, SIGNATURE, Shelf, path_of, stamp};
use plimsoll_image::{Access, Artefacts, ImageName, Options};
use plimsoll_model::Digest;
use serde::{Deserialize, Serialize};

use crate::exit::misuse;

/// What the artefact as a whole is.
const ARTEFACT: &str = "application/vnd.plimsoll.shards.v1";
const INDEX_TYPE: &str = "application/vnd.plimsoll.index.v1+json";
const SIGNATURE_TYPE: &str = "application/vnd.plimsoll.signature.v1";
const BLOB_TYPE: &str = "application/vnd.plimsoll.blob.v1+zstd";
/// The config of what has none (<https://github.com/opencontainers/image-spec/blob/main/manifest.md#guidance-for-an-empty-descriptor>).
const EMPTY_TYPE: &str = "application/vnd.oci.empty.v1+json";
const EMPTY: &[u8] = b"{}";
const TITLE: &str = "org.opencontainers.image.title";

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    schema_version: u32,
    media_type: String,
    #[serde(default)]
    artifact_type: String,
    config: Descriptor,
    layers: Vec<Descriptor>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    media_type: String,
    digest: Digest,
    size: u64,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    annotations: BTreeMap<String, String>,
}

/// A repository with published advisories.
pub struct Registry {
    artefacts: Artefacts,
    address: String,
    tag: String,
    /// Read once: index and signature of one run are of one state.
    manifests: Mutex<BTreeMap<String, Option<Manifest>>>,
}

impl Registry {
    /// The repository that `oci://REGISTRY/REPOSITORY[:TAG]` names.
    ///
    /// # Errors
    /// When it is no such name.
    pub fn open(address: &str, options: &Options, access: Access) -> anyhow::Result<Self> {
        let without = || misuse(anyhow!("{address} is no address in a registry: those start with oci://"));
        let name: ImageName = address.strip_prefix("oci://").ok_or_else(without)?.parse().map_err(misuse)?;
        let untagged = || misuse(anyhow!("name a tag, not a digest: published advisories change"));
        let tag = name.tag.clone().ok_or_else(untagged)?;
        let artefacts = Artefacts::open(&name, options, access)?;
        Ok(Self { artefacts, address: address.to_owned(), tag, manifests: Mutex::default() })
    }

    fn read(&self, path: &str, limit: u64) -> Result<Fetched, Failure> {
        let (digest, size) = self.find(path, limit)?.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        if size > limit {
            return Err(Failure::TooLarge { bytes: size, limit });
        }
        let blob = self.artefacts.blob(&digest, size).map_err(other)?;
        let blob = blob.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        let mut file = tempfile::tempfile()?;
        let bytes = io::copy(&mut blob.take(limit), &mut file)?;
        file.rewind()?;
        Ok(Fetched::Changed { file, stamp: Default::default(), bytes })
    }

    /// Digest and size of a file of the folder.
    fn find(&self, path: &str, limit: u64) -> Result<Option<(Digest, u64)>, Failure> {
        if let Some(hex) = path.strip_prefix("blobs/") {
            // Whoever asks for a blob knows its size and allows just that.
            let digest = format!("sha256:{hex}").parse().map_err(io::Error::other)?;
            return Ok(Some((digest, limit)));
        }
        let kept = path.strip_prefix("indexes/").and_then(|kept| kept.split_once(".json"));
        let (tag, title) = match kept {
            Some((time, rest)) => (time, format!("{INDEX}{rest}")),
            None => (self.tag.as_str(), path.to_owned()),
        };
        let manifest = self.manifest(tag).map_err(other)?;
        let layers = manifest.iter().flat_map(|manifest| &manifest.layers);
        let named = layers.into_iter().find(|layer| layer.annotations.get(TITLE) == Some(&title));
        Ok(named.map(|layer| (layer.digest.clone(), layer.size)))
    }

    fn manifest(&self, tag: &str) -> Result<Option<Manifest>, plimsoll_image::Error> {
        let known = self.manifests.lock().unwrap_or_else(PoisonError::into_inner).get(tag).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let bytes = self.artefacts.manifest(tag)?;
        let parsed = bytes.map(|bytes| serde_json::from_slice::<Manifest>(&bytes)).transpose();
        let parsed =
            parsed.ok().flatten().filter(|manifest| manifest.layers.iter().any(|layer| layer.media_type == INDEX_TYPE));
        self.manifests.lock().unwrap_or_else(PoisonError::into_inner).insert(tag.to_owned(), parsed.clone());
        Ok(parsed)
    }

    /// Pushes the current state of a folder, and those earlier ones that the registry lacks. What is there is not sent
    /// again; the tag moves last.
    ///
    /// # Errors
    /// When the folder is not whole or not signed, or the registry does not take it.
    pub fn push(&self, folder: &Path) -> anyhow::Result<Pushed> {
        let bytes =
            std::fs::read(folder.join(INDEX)).with_context(|| format!("{} holds no {INDEX}", folder.display()))?;
        let index = Index::parse(&bytes).with_context(|| format!("cannot push {}", folder.display()))?;
        let mut pushed = Pushed::default();
        self.put(EMPTY.to_vec().as_slice(), &mut pushed)?;
        for time in index.history.iter().rev() {
            let tag = stamp(time).map_err(anyhow::Error::msg)?;
            if self.artefacts.manifest(&tag)?.is_none() {
                let manifest = self.state(folder, &path_of(time).unwrap_or_default(), &mut pushed)?;
                self.artefacts.put_manifest(&tag, &manifest)?;
            }
        }
        let manifest = self.state(folder, INDEX, &mut pushed)?;
        self.artefacts.put_manifest(&stamp(&index.built).map_err(anyhow::Error::msg)?, &manifest)?;
        pushed.digest = self.artefacts.put_manifest(&self.tag, &manifest)?.to_string();
        Ok(pushed)
    }

    /// Pushes the blobs of one state, and gives its manifest.
    fn state(&self, folder: &Path, path: &str, pushed: &mut Pushed) -> anyhow::Result<Vec<u8>> {
        let read = |path: &str| std::fs::read(folder.join(path)).with_context(|| format!("cannot read {path}"));
        let bytes = read(path)?;
        let index = Index::parse(&bytes)?;
        let mut layers = vec![self.layer(INDEX_TYPE, INDEX, &bytes, pushed)?];
        for (suffix, signature) in signatures(folder, path)? {
            layers.push(self.layer(SIGNATURE_TYPE, &format!("{INDEX}{suffix}"), &signature, pushed)?);
        }
        anyhow::ensure!(layers.len() > 1, "{} is not signed: plimsoll db sign {}", path, folder.display());
        for blob in index.blobs() {
            layers.push(self.blob(folder, blob, pushed)?);
        }
        let digest = digest_of(EMPTY)?;
        let config = Descriptor {
            media_type: EMPTY_TYPE.into(),
            digest,
            size: EMPTY.len() as u64,
            annotations: BTreeMap::new(),
        };
        let manifest = Manifest {
            schema_version: 2,
            media_type: "application/vnd.oci.image.manifest.v1+json".into(),
            artifact_type: ARTEFACT.into(),
            config,
            layers,
            annotations: BTreeMap::from([("org.opencontainers.image.created".into(), index.built)]),
        };
        Ok(serde_json::to_vec(&manifest)?)
    }

    fn layer(&self, kind: &str, title: &str, bytes: &[u8], pushed: &mut Pushed) -> anyhow::Result<Descriptor> {
        let digest = self.put(bytes, pushed)?;
        let annotations = BTreeMap::from([(TITLE.to_owned(), title.to_owned())]);
        Ok(Descriptor { media_type: kind.into(), digest, size: bytes.len() as u64, annotations })
    }

    fn blob(&self, folder: &Path, blob: &Blob, pushed: &mut Pushed) -> anyhow::Result<Descriptor> {
        let digest: Digest = blob.digest.parse()?;
        let path = folder.join(blob.path());
        self.send(&digest, blob.size, &|| File::open(&path), pushed)?;
        let annotations = BTreeMap::from([(TITLE.to_owned(), blob.path())]);
        Ok(Descriptor { media_type: BLOB_TYPE.into(), digest, size: blob.size, annotations })
    }

    fn put(&self, bytes: &[u8], pushed: &mut Pushed) -> anyhow::Result<Digest> {
        let digest = digest_of(bytes)?;
        let open = || {
            let mut file = tempfile::tempfile()?;
            file.write_all(bytes)?;
            file.rewind()?;
            Ok(file)
        };
        self.send(&digest, bytes.len() as u64, &open, pushed)?;
        Ok(digest)
    }

    fn send(
        &self,
        digest: &Digest,
        size: u64,
        open: &dyn Fn() -> io::Result<File>,
        pushed: &mut Pushed,
    ) -> anyhow::Result<()> {
        if self.artefacts.has(digest)? {
            pushed.there += 1;
            return Ok(());
        }
        self.artefacts.put_blob(digest, size, open)?;
        pushed.sent += 1;
        pushed.bytes += size;
        Ok(())
    }
}

/// What a push took.
#[derive(Debug, Default)]
pub struct Pushed {
    /// Blobs that were sent.
    pub sent: usize,
    /// Blobs that were there.
    pub there: usize,
    /// Bytes of those that were sent.
    pub bytes: u64,
    /// Digest of the manifest.
    pub digest: String,
}

/// The signatures of an index in a folder, by what their names have after its own.
fn signatures(folder: &Path, path: &str) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let path = folder.join(path);
    let (Some(parent), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(parent)? {
        let entry = entry?.file_name().to_string_lossy().into_owned();
        if let Some(suffix) = entry.strip_prefix(name).filter(|suffix| suffix.ends_with(SIGNATURE)) {
            found.push((suffix.to_owned(), std::fs::read(parent.join(&entry))?));
        }
    }
    found.sort();
    Ok(found)
}

fn digest_of(bytes: &[u8]) -> anyhow::Result<Digest> {
    Ok(plimsoll_advisories::published::sha256(bytes)?.0.parse()?)
}

/// What went wrong, with what to do.
fn other(error: plimsoll_image::Error) -> Failure {
    let hint = error.hint.as_deref().map(|hint| format!("; {hint}")).unwrap_or_default();
    Failure::Io(io::Error::other(format!("{error}{hint}")))
}

impl Shelf for Registry {
    fn fetch(&self, path: &str, limit: u64) -> Result<Fetched, Error> {
        let address = format!("{path} of {}", self.address);
        self.read(path, limit).map_err(|failure| Error { address, failure })
    }

    fn address(&self) -> String {
        self.address.clone()
    }
}
