//! What lies beside an image and speaks about it: signatures, SBOMs, provenance, as stored and as read.

use std::collections::BTreeMap;

use crate::{Digest, Gap};

/// What a place holds beside an image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attachments {
    /// Digests that mean the image: its manifest's, and that of the index that lists it.
    pub subjects: Vec<Digest>,
    /// What is attached to any of these, in a settled order.
    pub list: Vec<Attachment>,
    /// Where this is the place that the image is published in: what is not here is not attached. A copy may have left it.
    pub is_published: bool,
    /// What could not be had. Then what is not in the list may be there all the same.
    pub gaps: Vec<Gap>,
}

/// One manifest that is attached to an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// What it is attached to: one of [`Attachments::subjects`].
    pub subject: Digest,
    /// Its own digest.
    pub digest: Digest,
    /// Its `artifactType`, else the media type of its config.
    pub kind: String,
    /// What its manifest says of it.
    pub annotations: BTreeMap<String, String>,
    /// Those of its blobs that were asked for.
    pub blobs: Vec<AttachedBlob>,
}

/// One blob of an attachment, its digest verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachedBlob {
    /// As the manifest has it.
    pub media_type: String,
    /// Of its bytes.
    pub digest: Digest,
    /// What the manifest says of it.
    pub annotations: BTreeMap<String, String>,
    /// The whole.
    pub bytes: Vec<u8>,
}

/// What attachments say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attached {
    /// Signatures of the image.
    pub signatures: Vec<Signature>,
    /// Lists of what is in it.
    pub sboms: Vec<AttachedSbom>,
    /// Where it was built, by whom and from what.
    pub provenance: Vec<Provenance>,
    /// All statements, these included.
    pub attestations: Vec<Attestation>,
    /// Fingerprints of the keys that signatures were tried with.
    pub keys: Vec<String>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

/// What trying the given keys on a signature came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Validity {
    /// One of the keys made it, and it is of this image.
    Valid,
    /// None of the keys made it, or it is of another image.
    Invalid,
    /// No key was given, or it is of a kind that is not verified.
    #[default]
    Unknown,
}

impl Validity {
    /// True, false, or nothing.
    #[must_use]
    pub fn told(self) -> Option<bool> {
        match self {
            Self::Valid => Some(true),
            Self::Invalid => Some(false),
            Self::Unknown => None,
        }
    }
}

/// One signature of an image.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signature {
    /// `cosign`, `sigstore-bundle`, `notation`.
    pub kind: String,
    /// Digest of the blob that it lies in.
    pub digest: String,
    /// Whether it is of this image; none when what it signs cannot be read.
    pub of_this_image: Option<bool>,
    /// Whether it holds.
    pub validity: Validity,
    /// Whom its certificate names, which nobody verified; empty when it has none.
    pub identity: String,
    /// Who vouched for that identity, by the same certificate.
    pub issuer: String,
    /// Fingerprint of the key that verified it, else empty.
    pub key: String,
    /// An entry of a transparency log lies with it, which nobody verified.
    pub logged: bool,
    /// A time stamp lies with it, which nobody verified.
    pub stamped: bool,
}

/// One SBOM that is attached.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct AttachedSbom {
    /// `spdx`, `cyclonedx`, `syft`.
    pub format: String,
    /// The format's version, else empty.
    pub version: String,
    /// Digest of the blob that it lies in.
    pub digest: String,
    /// Whether its signature holds.
    pub validity: Validity,
    /// What it holds; none when it is in a form that is not read.
    pub content: Option<SbomContent>,
}

/// What an SBOM holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SbomContent {
    /// Components that it lists.
    pub components: usize,
    /// Minimum elements of 2021 that it leaves out, in words.
    pub lacks: Vec<String>,
    /// Those that the draft of 2025 adds.
    pub lacks_2025: Vec<String>,
    /// Package URLs of its components, sorted.
    pub purls: Vec<String>,
}

/// One provenance that is attached.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Provenance {
    /// Type of the predicate, a URI.
    pub predicate: String,
    /// Digest of the blob that it lies in.
    pub digest: String,
    /// Whether anybody signed it.
    pub signed: bool,
    /// Whether that signature holds.
    pub validity: Validity,
    /// Who says to have built it, or empty.
    pub builder: String,
    /// How: a URI, or empty.
    pub build_type: String,
    /// Where the source is, or empty.
    pub repository: String,
    /// Its revision, or empty.
    pub revision: String,
    /// What went into it.
    pub materials: Vec<Material>,
    /// Ways in which steps were let out of the sandbox: `network.host`, `security.insecure`.
    pub elevated: Vec<String>,
    /// Whether every build step is in it, so that none was elevated where none is named.
    pub has_steps: bool,
}

/// What went into a build.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Material {
    /// Where it is from.
    pub uri: String,
    /// What it was, `sha256:…`, or empty.
    pub digest: String,
}

/// One statement about the image.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attestation {
    /// Type of what it states, a URI.
    pub predicate: String,
    /// Digest of the blob that it lies in.
    pub digest: String,
    /// Whether anybody signed it.
    pub signed: bool,
    /// Whether that signature holds.
    pub validity: Validity,
    /// When what it tells of happened, RFC 3339; empty when it does not say.
    pub time: String,
}
