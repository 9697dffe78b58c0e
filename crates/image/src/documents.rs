//! The documents that describe an image: index, manifest, config, in their OCI and Docker forms. Owns which media types
//! are understood and what is said about the others. Fetches nothing.
//!
//! <https://github.com/opencontainers/image-spec>, <https://distribution.github.io/distribution/spec/manifest-v2-2/>.

use std::collections::BTreeMap;

use plimsoll_model::{Digest, Layer, Platform};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny};
use serde_json::Value;

use crate::image::no_such_layer;
use crate::{Error, Limits, spelling};

/// Media types of manifests and indexes, as asked for in `Accept`.
pub(crate) const ACCEPTED: [&str; 4] = [
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
];

/// Media types of image configs.
const CONFIGS: [&str; 2] =
    ["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"];

/// A pointer to a document or blob.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Descriptor {
    #[serde(default, deserialize_with = "null_is_default")]
    pub media_type: String,
    pub digest: Digest,
    pub size: u64,
    #[serde(default, deserialize_with = "null_is_default")]
    pub annotations: BTreeMap<String, String>,
    /// What an index says that it is, where it is no image.
    #[serde(default, deserialize_with = "null_is_default")]
    pub artifact_type: String,
    #[serde(default, deserialize_with = "null_is_default")]
    platform: PlatformField,
}

/// Like [`Platform`], but nothing need be there.
#[derive(Debug, Clone, Default, Deserialize)]
struct PlatformField {
    #[serde(default, deserialize_with = "null_is_default")]
    os: String,
    #[serde(default, deserialize_with = "null_is_default")]
    architecture: String,
    #[serde(default)]
    variant: Option<String>,
}

/// The manifest of one image for one platform.
#[derive(Debug, Clone)]
pub(crate) struct Manifest {
    pub config: Descriptor,
    pub layers: Vec<Descriptor>,
}

/// What a manifest URL or descriptor leads to.
#[derive(Debug)]
pub(crate) enum Document {
    Index(Vec<Descriptor>),
    Manifest(Manifest),
}

/// What is used of an image config.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct ImageConfig {
    #[serde(flatten)]
    platform: PlatformField,
    #[serde(default, deserialize_with = "null_is_default")]
    rootfs: RootFs,
    #[serde(default, deserialize_with = "null_is_default")]
    history: Vec<Step>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct RootFs {
    #[serde(default, deserialize_with = "null_is_default")]
    diff_ids: Vec<Digest>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Step {
    #[serde(default)]
    created_by: Option<String>,
    #[serde(default)]
    empty_layer: bool,
}

pub(crate) fn null_is_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    from: D,
) -> Result<T, D::Error> {
    Option::deserialize(from).map(Option::unwrap_or_default)
}

impl PlatformField {
    /// BuildKit marks attestations, which are no images, with `unknown/unknown`.
    fn known(&self) -> Option<Platform> {
        let known = |text: &str| !text.is_empty() && text != "unknown";
        (known(&self.os) && known(&self.architecture)).then(|| Platform {
            os: self.os.clone(),
            architecture: self.architecture.clone(),
            variant: self.variant.clone().filter(|variant| !variant.is_empty()),
        })
    }
}

impl Descriptor {
    /// A pointer that no document made.
    pub fn new(media_type: &str, digest: Digest, size: u64) -> Self {
        let (annotations, platform) = (BTreeMap::new(), PlatformField::default());
        Self { media_type: media_type.into(), digest, size, annotations, artifact_type: String::new(), platform }
    }

    /// The platform that the index names.
    pub fn platform(&self) -> Option<Platform> {
        self.platform.known()
    }

    /// Whether an index lists it for another purpose than being run: attestations and the like.
    pub fn is_attachment(&self) -> bool {
        self.platform.os == "unknown"
            || self.annotations.contains_key("vnd.docker.reference.type")
            || !(self.artifact_type.is_empty() || CONFIGS.contains(&self.artifact_type.as_str()))
            || self.annotations.get("org.opencontainers.image.ref.name").is_some_and(|tag| is_attached_tag(tag))
    }

    /// The name that an index or layout gives it: containerd's full name, else the tag.
    pub fn name(&self) -> Option<&str> {
        let annotation = |key| self.annotations.get(key).map(String::as_str);
        annotation("io.containerd.image.name").or_else(|| annotation("org.opencontainers.image.ref.name"))
    }

    /// Whether the user may mean it with this tag or name.
    pub fn is_named(&self, name: &str) -> bool {
        let full = name.parse::<crate::ImageName>().map(|name| name.to_string());
        ["io.containerd.image.name", "org.opencontainers.image.ref.name"]
            .into_iter()
            .filter_map(|key| self.annotations.get(key))
            .any(|given| given == name || full.as_ref().is_ok_and(|full| full == given))
    }

    pub fn is_config(&self) -> bool {
        CONFIGS.contains(&self.media_type.as_str())
    }

    pub fn is_index(&self) -> bool {
        is_index(&self.media_type)
    }

    /// The layer of this number, if it is there and can be read.
    pub fn readable(layers: &[Self], number: usize) -> Result<&Self, Error> {
        let layer = layers.get(number).ok_or_else(|| no_such_layer(number))?;
        layer.unreadable().map_or(Ok(layer), Err)
    }

    /// Why this layer cannot be read, if so.
    pub fn unreadable(&self) -> Option<Error> {
        match LayerType::of(&self.media_type) {
            LayerType::Readable | LayerType::Foreign => None,
            LayerType::Encrypted => Some(
                Error::new(format!("layer {} is encrypted ({})", self.digest, self.media_type))
                    .hint("decrypt a copy first: skopeo copy --decryption-key KEY docker://IMAGE oci:DIR"),
            ),
            LayerType::Unknown => {
                Some(Error::new(format!("layer {} has an unknown media type: {:?}", self.digest, self.media_type)))
            }
        }
    }

    /// Whether registries may lack the bytes because only the publisher may hand them out.
    pub fn is_foreign(&self) -> bool {
        matches!(LayerType::of(&self.media_type), LayerType::Foreign)
    }
}

/// What a layer's media type means for reading it.
enum LayerType {
    Readable,
    Foreign,
    Encrypted,
    Unknown,
}

impl LayerType {
    fn of(media_type: &str) -> Self {
        if media_type.ends_with("+encrypted") {
            return Self::Encrypted;
        }
        let plain = media_type
            .strip_suffix("+gzip")
            .or_else(|| media_type.strip_suffix("+zstd"))
            .or_else(|| media_type.strip_suffix(".gzip"))
            .or_else(|| media_type.strip_suffix(".zstd"))
            .unwrap_or(media_type);
        match plain {
            "application/vnd.oci.image.layer.v1.tar" | "application/vnd.docker.image.rootfs.diff.tar" => Self::Readable,
            "application/vnd.oci.image.layer.nondistributable.v1.tar"
            | "application/vnd.docker.image.rootfs.foreign.diff.tar" => Self::Foreign,
            _ => Self::Unknown,
        }
    }
}

/// Whether it is a tag under which things are attached to a digest: `sha256-HEX`, with cosign's `.sig` and the like or without.
fn is_attached_tag(tag: &str) -> bool {
    let Some((algorithm, rest)) = tag.split_once('-') else { return false };
    let hex = rest.split_once('.').map_or(rest, |(hex, _)| hex);
    format!("{algorithm}:{hex}").parse::<Digest>().is_ok()
}

fn is_index(media_type: &str) -> bool {
    matches!(
        media_type,
        "application/vnd.oci.image.index.v1+json" | "application/vnd.docker.distribution.manifest.list.v2+json"
    )
}

/// Index and manifest in one, to see which it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Either {
    #[serde(default)]
    schema_version: Option<u64>,
    #[serde(default, deserialize_with = "null_is_default")]
    media_type: String,
    #[serde(default, deserialize_with = "null_is_default")]
    artifact_type: String,
    config: Option<Descriptor>,
    layers: Option<Vec<Descriptor>>,
    manifests: Option<Vec<Descriptor>>,
    #[serde(rename = "fsLayers")]
    schema_1_layers: Option<IgnoredAny>,
}

impl Document {
    /// Reads a manifest or index. `declared` is the media type that the way here named, used when the document is mute;
    /// `place` says for people where it is from.
    pub fn parse(bytes: &[u8], declared: &str, place: &str, limits: &Limits) -> Result<Self, Error> {
        spelling::check(bytes, &spelling::MANIFEST, "manifest", place)?;
        let either: Either = serde_json::from_slice(bytes)
            .map_err(|error| Error::new(format!("malformed manifest: {place}")).because(error))?;
        if either.schema_version == Some(1) || either.schema_1_layers.is_some() {
            return Err(Error::new(format!("manifest in Docker's retired schema 1: {place}"))
                .hint("push the image again with a current tool, such as skopeo copy --format v2s2"));
        }
        let media_type = if either.media_type.is_empty() { declared } else { &either.media_type };
        let generic = matches!(media_type, "" | "application/json" | "application/octet-stream" | "text/plain");
        if !generic && !ACCEPTED.contains(&media_type) {
            return Err(Error::new(format!("unknown media type {media_type:?}: {place}")));
        }
        match (either.manifests, either.config, either.layers) {
            // One text that reads as both could show another image to us than to the engine that runs it (CVE-2021-41190).
            (Some(_), _, Some(_)) | (Some(_), Some(_), _) => {
                Err(Error::new(format!("neither index nor manifest, but both at once: {place}")))
            }
            (Some(manifests), None, None) if generic || is_index(media_type) => Ok(Self::Index(manifests)),
            (None, Some(config), Some(layers)) if generic || !is_index(media_type) => {
                Manifest { config, layers }.checked(&either.artifact_type, place, limits).map(Self::Manifest)
            }
            _ => {
                Err(Error::new(format!("malformed manifest: {place}: not what its media type {media_type:?} promises")))
            }
        }
    }
}

impl Manifest {
    /// Refuses what is not a container image, before anything of it is fetched.
    fn checked(self, artifact_type: &str, place: &str, limits: &Limits) -> Result<Self, Error> {
        let config = self.config.media_type.as_str();
        let unknown = |layer: &Descriptor| matches!(LayerType::of(&layer.media_type), LayerType::Unknown);
        if !CONFIGS.contains(&config) || (!self.layers.is_empty() && self.layers.iter().all(unknown)) {
            let layer = self.layers.first().map_or("", |layer| layer.media_type.as_str());
            let is = [artifact_type, config, layer].into_iter().find(|t| !t.is_empty() && !CONFIGS.contains(t));
            return Err(Error::new(format!(
                "not a container image but an artifact of type {:?}: {place}",
                is.unwrap_or("")
            )));
        }
        if self.layers.len() > limits.layers {
            let count = self.layers.len();
            return Err(Error::new(format!("{count} layers, more than the {} allowed: {place}", limits.layers)));
        }
        Ok(self)
    }
}

impl ImageConfig {
    /// Reads a config; the whole document comes back too, for those who judge it.
    pub fn parse(bytes: &[u8], place: &str) -> Result<(Self, Value), Error> {
        let malformed = |error| Error::new(format!("malformed image config: {place}")).because(error);
        spelling::check(bytes, &spelling::CONFIG, "image config", place)?;
        let whole: Value = serde_json::from_slice(bytes).map_err(malformed)?;
        let config = Self::deserialize(&whole).map_err(malformed)?;
        Ok((config, whole))
    }

    /// The platform that the image was built for.
    pub fn platform(&self) -> Option<Platform> {
        self.platform.known()
    }

    /// The layers of a report from what is stored, bottom first: (stored digest, stored size).
    pub fn layers(&self, stored: Vec<(Option<Digest>, u64)>, place: &str) -> Result<Vec<Layer>, Error> {
        let diff_ids = &self.rootfs.diff_ids;
        if diff_ids.len() != stored.len() {
            return Err(Error::new(format!(
                "the image config lists {} layers, the manifest {}: {place}",
                diff_ids.len(),
                stored.len()
            )));
        }
        // When the counts differ, any pairing would be a guess, and a wrong build step is worse than none.
        let steps: Vec<&Step> = self.history.iter().filter(|step| !step.empty_layer).collect();
        let steps = if steps.len() == stored.len() { steps } else { Vec::new() };
        let pairs = stored.into_iter().zip(diff_ids).enumerate();
        Ok(pairs
            .map(|(index, ((digest, size), diff_id))| Layer {
                digest,
                diff_id: Some(diff_id.clone()),
                size,
                created_by: steps.get(index).and_then(|step| step.created_by.clone()),
                base: false,
                media_type: String::new(),
            })
            .collect())
    }
}
