//! What is attached to an image: signatures, SBOMs, provenance and other statements, taken apart and, as far as a key was
//! given, verified.
//!
//! Owns the formats, one file each. Where the bytes come from, and whether anything else than their digest vouches for them,
//! is not known here. Whom certificates name is read and not verified: nothing here knows Fulcio, Rekor or any other
//! authority. What cannot be read is a gap; it never passes for something that is not there.

mod envelope;
mod json;
mod keys;
mod provenance;
mod sbom;
mod signatures;
mod signer;
mod statement;

use plimsoll_model::{Attached, AttachedBlob, Attachment, Attachments, Gap, GapKind, GapReason};

pub use keys::{InvalidKey, VerifyKey};

/// Attachments hold one of these as a rule; each statement costs memory several times its size while it is read.
const MOST_OF_A_KIND: usize = 200;

/// Whether a blob of this media type may be something that is read here.
#[must_use]
pub fn wants(media_type: &str) -> bool {
    const PARTS: [&str; 5] = ["spdx", "cyclonedx", "cose", "dsse", "sigstore"];
    media_type.ends_with("json") || PARTS.iter().any(|part| media_type.contains(part))
}

/// What attachments say, their signatures tried with these keys.
#[must_use]
pub fn read(attachments: &Attachments, keys: &[VerifyKey]) -> Attached {
    let mut reading = Reading { attachments, keys, found: Attached::default() };
    for (attachment, blob) in attachments.list.iter().flat_map(|one| one.blobs.iter().map(move |blob| (one, blob))) {
        if reading.is_full() {
            let message = format!("more than {MOST_OF_A_KIND} of a kind are not read");
            reading.miss(blob, GapReason::TooLarge, message);
            break;
        }
        reading.blob(attachment, blob);
    }
    let mut found = reading.found;
    found.keys = keys.iter().map(|key| key.fingerprint().to_owned()).collect();
    found.gaps.extend(attachments.gaps.iter().cloned());
    found.signatures.sort();
    found.sboms.sort();
    found.provenance.sort();
    found.attestations.sort();
    found.gaps.sort();
    found.gaps.dedup();
    found
}

/// What is known while attachments are read.
struct Reading<'a> {
    attachments: &'a Attachments,
    keys: &'a [VerifyKey],
    found: Attached,
}

impl Reading<'_> {
    fn is_full(&self) -> bool {
        let Attached { signatures, sboms, attestations, .. } = &self.found;
        [signatures.len(), sboms.len(), attestations.len()].iter().any(|count| *count >= MOST_OF_A_KIND)
    }

    fn blob(&mut self, attachment: &Attachment, blob: &AttachedBlob) {
        let media_type = blob.media_type.split(';').next().unwrap_or_default().trim();
        let read = match media_type {
            signatures::SIMPLE_SIGNING => self.simple_signing(blob),
            "application/jose+json" => self.jws(blob),
            "application/cose" => {
                self.cose(blob);
                Ok(())
            }
            _ if sbom::is_unread(media_type) => {
                self.unread_sbom(media_type, blob);
                Ok(())
            }
            _ => self.json(attachment, blob),
        };
        if let Err(problem) = read {
            self.miss(blob, GapReason::Malformed, problem);
        }
    }

    /// What it is shows in the document itself: media types of attachments are often no more than `application/json`.
    fn json(&mut self, attachment: &Attachment, blob: &AttachedBlob) -> Result<(), String> {
        let value = match json::parse(&blob.bytes) {
            Ok(value) => value,
            // Who does not say that it is one of ours may attach whatever they like.
            Err(_) if !says_what_it_is(&blob.media_type) && !says_what_it_is(&attachment.kind) => return Ok(()),
            Err(problem) => return Err(problem),
        };
        let has = |pointer: &str| value.pointer(pointer).is_some();
        if has("/verificationMaterial") {
            self.bundle(blob, &value)
        } else if has("/payloadType") && has("/payload") {
            self.envelope(blob, &value)
        } else if has("/_type") && has("/predicateType") {
            self.bare_statement(blob, &value)
        } else if sbom::format(&value).is_some() || says_sbom(&blob.media_type) {
            self.sbom(blob, &value)
        } else if says_what_it_is(&blob.media_type) {
            Err(format!("not what its media type {:?} promises", json::short(&blob.media_type)))
        } else {
            Ok(())
        }
    }

    /// Whether a digest that is signed or stated means this image.
    fn is_this_image(&self, digest: &str) -> bool {
        self.attachments.subjects.iter().any(|subject| subject.as_str() == digest)
    }

    fn miss(&mut self, blob: &AttachedBlob, reason: GapReason, message: String) {
        let location = format!("attached {}", blob.digest);
        self.found.gaps.push(Gap { kind: GapKind::Partial, location, reason, message });
    }
}

fn says_what_it_is(media_type: &str) -> bool {
    says_sbom(media_type) || ["dsse", "sigstore", "in-toto"].iter().any(|part| media_type.contains(part))
}

fn says_sbom(media_type: &str) -> bool {
    ["spdx", "cyclonedx"].iter().any(|part| media_type.contains(part))
}
