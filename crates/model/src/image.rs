//! What a report says of the image itself.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Digest;

/// The machine an image is built for, as OCI image indexes name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Platform {
    /// `linux`, `windows`…
    pub os: String,
    /// GOARCH's word: `amd64`, `arm64`…
    pub architecture: String,
    /// CPU variant, such as `v7` of `arm`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        self.variant.as_ref().map_or(Ok(()), |variant| write!(f, "/{variant}"))
    }
}

/// One layer of an image, bottom first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// Digest of the blob as stored (compressed); none for a folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// Digest of the uncompressed tar, as the image's config claims it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diff_id: Option<Digest>,
    /// Stored size in bytes.
    pub size: u64,
    /// The build step that made it, from the image's history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    /// Whether the layer came with the base image rather than from one's own build.
    pub base: bool,
    /// Media type that the manifest gives it, or empty; told to checks, and no part of a report.
    #[serde(skip)]
    pub media_type: String,
}

/// What was scanned.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageSummary {
    /// As the user wrote it, normalised.
    pub reference: String,
    /// Digest of the image manifest; none where the source has no manifest (a folder, an old docker-save tar).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// None for a folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// Bottom first.
    pub layers: Vec<Layer>,
    /// Media type of the manifest, or empty; told to checks, and no part of a report.
    #[serde(skip)]
    pub media_type: String,
}

impl ImageSummary {
    /// Registry and repository, `docker.io/library/debian`; none when the image did not come from a registry.
    #[must_use]
    pub fn repository(&self) -> Option<&str> {
        const ELSEWHERE: [&str; 6] = ["oci:", "archive:", "docker:", "podman:", "containers-storage:", "dir:"];
        if self.reference.is_empty() || ELSEWHERE.iter().any(|scheme| self.reference.starts_with(scheme)) {
            return None;
        }
        let name = self.reference.split_once('@').map_or(self.reference.as_str(), |(name, _)| name);
        // The colon of a port stands before a slash.
        Some(name.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).map_or(name, |(name, _)| name))
    }
}
