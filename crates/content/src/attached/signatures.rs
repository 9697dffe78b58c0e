//! Signatures of images: cosign's simple signing and Notation's envelopes.
//!
//! <https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md>,
//! <https://github.com/notaryproject/specifications/blob/main/specs/signature-specification.md>

use plimsoll_model::{AttachedBlob, Signature, Validity};
use serde_json::Value;

use super::Reading;
use super::json::{self, base64, text};
use super::keys::tried;
use super::signer::{self, Signer};

pub(super) const SIMPLE_SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";

impl Reading<'_> {
    /// The blob is what was signed; signature, certificate and proofs are annotations.
    pub(super) fn simple_signing(&mut self, blob: &AttachedBlob) -> Result<(), String> {
        let note = |name: &str| blob.annotations.get(name).map(String::as_str).unwrap_or_default();
        let payload = json::parse(&blob.bytes)?;
        let of_this_image = self.is_this_image(text(&payload, "/critical/image/docker-manifest-digest"))
            && text(&payload, "/critical/type") == "cosign container image signature";
        let pem = note("dev.sigstore.cosign/certificate");
        let signer = if pem.is_empty() { Signer::default() } else { signer::of_pem(pem)? };
        let signature = base64(note("dev.cosignproject.cosign/signature")).filter(|bytes| !bytes.is_empty());
        let signature = signature.ok_or("it has no signature among its annotations")?;
        let (validity, key) = tried(self.keys, &blob.bytes, &signature, !pem.is_empty());
        self.found.signatures.push(settled(Signature {
            kind: "cosign".into(),
            digest: blob.digest.to_string(),
            of_this_image: Some(of_this_image),
            validity,
            identity: signer.identity,
            issuer: signer.issuer,
            key,
            logged: is_logged(note("dev.sigstore.cosign/bundle")),
            stamped: is_stamped(note("dev.sigstore.cosign/rfc3161timestamp")),
        }));
        Ok(())
    }

    /// Notation's envelope as JSON: <https://www.rfc-editor.org/rfc/rfc7515>. It is signed with certificates alone.
    pub(super) fn jws(&mut self, blob: &AttachedBlob) -> Result<(), String> {
        let envelope = json::parse(&blob.bytes)?;
        let payload = base64(text(&envelope, "/payload")).ok_or("its payload is no base 64")?;
        let payload = json::parse(&payload)?;
        let target = text(&payload, "/targetArtifact/digest");
        let signer = match base64(text(&envelope, "/header/x5c/0")).filter(|der| !der.is_empty()) {
            Some(der) => signer::of_der(&der)?,
            None => Signer::default(),
        };
        let stamp = text(&envelope, "/header/io.cncf.notary.timestampSignature");
        self.found.signatures.push(settled(Signature {
            kind: "notation".into(),
            digest: blob.digest.to_string(),
            of_this_image: Some(self.is_this_image(target)),
            identity: signer.identity,
            issuer: signer.issuer,
            stamped: !stamp.is_empty(),
            ..Signature::default()
        }));
        Ok(())
    }

    /// Notation's envelope in CBOR, of which no more is known than that it is there.
    pub(super) fn cose(&mut self, blob: &AttachedBlob) {
        let digest = blob.digest.to_string();
        self.found.signatures.push(Signature { kind: "notation".into(), digest, ..Signature::default() });
    }
}

/// A signature of another image is none of this one, whoever made it.
pub(super) fn settled(signature: Signature) -> Signature {
    match signature.of_this_image {
        Some(false) => Signature { validity: Validity::Invalid, key: String::new(), ..signature },
        _ => signature,
    }
}

/// Whether cosign's annotation has the promise of a log: an entry and when it was taken in.
fn is_logged(bundle: &str) -> bool {
    let bundle = json::parse(bundle.as_bytes()).unwrap_or_default();
    !text(&bundle, "/SignedEntryTimestamp").is_empty()
        && bundle.pointer("/Payload/logIndex").is_some_and(Value::is_number)
}

fn is_stamped(annotation: &str) -> bool {
    let stamp = json::parse(annotation.as_bytes()).unwrap_or_default();
    base64(text(&stamp, "/SignedRFC3161Timestamp")).is_some_and(|bytes| !bytes.is_empty())
}
