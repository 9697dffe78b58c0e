//! What is attached to an image: the documents that list it, and following them. Owns the ways in which things are attached
//! and the bounds on them; where bytes come from is the matter of [`Documents`], what they mean the caller's.
//!
//! There are four ways: manifests that name their subject (<https://github.com/opencontainers/image-spec/blob/main/manifest.md>,
//! "subject"), listed by the registry or under a tag made of the subject's digest
//! (<https://github.com/opencontainers/distribution-spec/blob/main/spec.md#referrers-tag-schema>); tags of cosign's
//! (<https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md>); and manifests that BuildKit lists beside an image
//! (<https://docs.docker.com/build/metadata/attestations/attestation-storage/>).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use plimsoll_model::{AttachedBlob, Attachment, Attachments, Digest, Gap, GapKind, GapReason};
use serde::Deserialize;

use crate::documents::{ACCEPTED, Descriptor, null_is_default};
use crate::resolve::{Documents, fetch_verified};
use crate::{Error, Limits, spelling};

/// Endings of cosign's tags.
pub(crate) const COSIGN: [&str; 3] = ["sig", "att", "sbom"];

/// Blobs of one attachment. Cosign puts each statement that it adds into one more.
const BLOBS: usize = 200;
/// Gaps that are told one by one.
const TOLD: usize = 100;

/// How something says what it is attached to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim {
    /// Its manifest has to name the subject, for whoever lists it may err or lie.
    Subject,
    /// A tag or an index that names the subject leads to it.
    Listed,
}

/// The manifest of an attachment: of any type, and with whatever it holds.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AttachedManifest {
    #[serde(default, deserialize_with = "null_is_default")]
    artifact_type: String,
    config: Option<Descriptor>,
    #[serde(default, deserialize_with = "null_is_default")]
    layers: Vec<Descriptor>,
    /// What the retired artifact manifests have instead.
    #[serde(default, deserialize_with = "null_is_default")]
    blobs: Vec<Descriptor>,
    subject: Option<Descriptor>,
    #[serde(default, deserialize_with = "null_is_default")]
    annotations: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Listing {
    // Null is an empty list of Go's; an answer without any is of something else.
    #[serde(deserialize_with = "null_is_default")]
    manifests: Vec<Descriptor>,
}

/// A list of what is attached: the answer of a registry, or an index under the tag of the subject.
pub(crate) fn listing(bytes: &[u8], place: &str) -> Result<Vec<Descriptor>, Error> {
    let malformed = |error| Error::new(format!("malformed list of what is attached: {place}")).because(error);
    spelling::check(bytes, &spelling::MANIFEST, "list of what is attached", place)?;
    serde_json::from_slice::<Listing>(bytes).map(|listing| listing.manifests).map_err(malformed)
}

/// The tag that stands for a digest where registries have no list.
pub(crate) fn tag(subject: &Digest) -> String {
    format!("{}-{}", subject.algorithm(), subject.hex())
}

/// Those entries of an index that BuildKit put there for the image of this digest.
pub(crate) fn attestations<'a>(entries: &'a [Descriptor], image: &Digest) -> impl Iterator<Item = &'a Descriptor> {
    let of = |entry: &Descriptor, key: &str| entry.annotations.get(key).cloned();
    entries.iter().filter(move |entry| {
        of(entry, "vnd.docker.reference.type").is_some_and(|kind| kind == "attestation-manifest")
            && of(entry, "vnd.docker.reference.digest").is_some_and(|digest| digest == image.as_str())
    })
}

/// Gathers attachments, within bounds.
pub(crate) struct Collector<'a> {
    documents: &'a dyn Documents,
    limits: &'a Limits,
    wants: &'a dyn Fn(&str) -> bool,
    seen: BTreeSet<Digest>,
    bytes: u64,
    end: Option<Instant>,
    found: Attachments,
}

impl<'a> Collector<'a> {
    /// One that has nothing yet.
    pub fn new(
        documents: &'a dyn Documents,
        subjects: &[Digest],
        limits: &'a Limits,
        wants: &'a dyn Fn(&str) -> bool,
    ) -> Self {
        let found = Attachments { subjects: subjects.to_vec(), ..Attachments::default() };
        let end = Instant::now().checked_add(limits.attachments_time);
        Self { documents, limits, wants, seen: BTreeSet::new(), bytes: 0, end, found }
    }

    /// What there is, in an order that does not depend on who listed it.
    pub fn finish(mut self) -> Attachments {
        self.found.list.sort_by(|one, other| one.digest.cmp(&other.digest));
        self.found.gaps.sort();
        self.found.gaps.dedup();
        self.found
    }

    /// Notes that something could not be had.
    pub fn miss(&mut self, reason: GapReason, message: String) {
        if self.found.gaps.len() >= TOLD {
            return;
        }
        let location = self.found.subjects.first().map(|subject| format!("attached to {subject}")).unwrap_or_default();
        self.found.gaps.push(Gap { kind: GapKind::Partial, location, reason, message });
    }

    /// Notes that something could not be read.
    pub fn fail(&mut self, error: &Error) {
        self.miss(GapReason::Unreadable, error.line());
    }

    /// Takes in what a list of attachments names.
    pub fn list(&mut self, subject: &Digest, entries: &[Descriptor], claim: Claim) {
        for entry in entries {
            // Whoever signed a signature is not asked: attachments of attachments are not followed.
            if entry.is_index() || self.seen.contains(&entry.digest) {
                continue;
            }
            if self.is_full() {
                return;
            }
            let mut entry = entry.clone();
            ACCEPTED[0].clone_into(&mut entry.media_type);
            match fetch_verified(self.documents, &entry, self.limits.manifest_size) {
                Ok(bytes) => self.manifest(subject, &entry.digest, &bytes, claim),
                Err(error) => self.fail(&error),
            }
        }
    }

    /// Takes in one manifest that is here already, its digest verified.
    pub fn manifest(&mut self, subject: &Digest, digest: &Digest, bytes: &[u8], claim: Claim) {
        if self.seen.contains(digest) || self.is_full() {
            return;
        }
        self.seen.insert(digest.clone());
        if let Err(error) = spelling::check(bytes, &spelling::MANIFEST, "manifest", digest.as_str()) {
            return self.miss(GapReason::Malformed, error.to_string());
        }
        let manifest: AttachedManifest = match serde_json::from_slice(bytes) {
            Ok(manifest) => manifest,
            Err(error) => return self.miss(GapReason::Malformed, format!("malformed manifest {digest}: {error}")),
        };
        let named = manifest.subject.as_ref().map(|named| &named.digest);
        if (claim == Claim::Subject && named != Some(subject)) || named.is_some_and(|named| !self.means(named)) {
            return self.miss(GapReason::Malformed, format!("{digest} is listed here but attached to something else"));
        }
        let config = manifest.config.map(|config| config.media_type).unwrap_or_default();
        let kind = if manifest.artifact_type.is_empty() { config } else { manifest.artifact_type };
        let blobs = [manifest.layers, manifest.blobs].concat();
        let blobs = blobs.into_iter().filter(|blob| (self.wants)(&blob.media_type)).collect::<Vec<_>>();
        if blobs.len() > BLOBS {
            self.miss(GapReason::TooLarge, format!("{digest} has more than {BLOBS} blobs; the rest was not read"));
        }
        let blobs = blobs.into_iter().take(BLOBS).filter_map(|blob| self.blob(blob)).collect();
        let annotations = manifest.annotations;
        self.found.list.push(Attachment { subject: subject.clone(), digest: digest.clone(), kind, annotations, blobs });
    }

    fn means(&self, digest: &Digest) -> bool {
        self.found.subjects.contains(digest)
    }

    /// Whether it is time to stop; what was not read by then is told.
    pub fn is_late(&mut self) -> bool {
        let is_late = self.end.is_some_and(|end| Instant::now() >= end);
        if is_late {
            let seconds = self.limits.attachments_time.as_secs();
            self.miss(GapReason::TooLarge, format!("it took longer than {seconds} s; the rest was not read"));
        }
        is_late
    }

    fn is_full(&mut self) -> bool {
        let most = self.limits.attachments;
        if self.is_late() {
            return true;
        }
        let is_full = self.found.list.len() >= most;
        if is_full {
            self.miss(GapReason::TooLarge, format!("more than {most} things are attached; the rest was not read"));
        }
        is_full
    }

    fn blob(&mut self, blob: Descriptor) -> Option<AttachedBlob> {
        let Limits { attachment_size, attachments_size, .. } = *self.limits;
        if self.is_late() {
            return None;
        }
        let total = self.bytes.saturating_add(blob.size);
        if blob.size > attachment_size || total > attachments_size {
            let Descriptor { digest, size, .. } = blob;
            self.miss(
                GapReason::TooLarge,
                format!("{digest} of {size} bytes is too large, or too much with the others"),
            );
            return None;
        }
        self.bytes = total;
        match fetch_verified(self.documents, &blob, attachment_size) {
            Ok(bytes) => {
                let Descriptor { media_type, digest, annotations, .. } = blob;
                Some(AttachedBlob { media_type, digest, annotations, bytes })
            }
            Err(error) => {
                self.fail(&error);
                None
            }
        }
    }
}
