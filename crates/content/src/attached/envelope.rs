//! Envelopes around statements: DSSE, alone or in Sigstore's bundles.
//!
//! <https://github.com/secure-systems-lab/dsse/blob/master/envelope.md>,
//! <https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto>

use data_encoding::HEXLOWER;
use plimsoll_model::{AttachedBlob, Signature, Validity};
use serde_json::Value;

use super::Reading;
use super::json::{self, base64, list, short, text};
use super::keys::tried;
use super::signatures::settled;
use super::signer::{self, Signer};
use super::statement::{SIGNED, Vouched};

/// What in-toto statements are sent as.
const STATEMENT: &str = "application/vnd.in-toto+json";
/// Signatures of one envelope that are tried.
const MOST_SIGNATURES: usize = 16;

/// What lies with a signature.
struct Material {
    signer: Option<Signer>,
    logged: bool,
    stamped: bool,
}

impl Reading<'_> {
    /// An envelope alone; certificate and proofs are cosign's annotations.
    pub(super) fn envelope(&mut self, blob: &AttachedBlob, envelope: &Value) -> Result<(), String> {
        let pem = blob.annotations.get("dev.sigstore.cosign/certificate").map(String::as_str).unwrap_or_default();
        let signer = if pem.is_empty() { None } else { Some(signer::of_pem(pem)?) };
        self.opened(blob, envelope, &Material { signer, logged: false, stamped: false })
    }

    /// A bundle: an envelope or a plain signature, and what goes with it.
    pub(super) fn bundle(&mut self, blob: &AttachedBlob, bundle: &Value) -> Result<(), String> {
        let certificate = [
            "/verificationMaterial/certificate/rawBytes",
            "/verificationMaterial/x509CertificateChain/certificates/0/rawBytes",
        ];
        let der = certificate.iter().map(|pointer| text(bundle, pointer)).find(|text| !text.is_empty());
        let signer = match der {
            Some(text) => Some(signer::of_der(&base64(text).ok_or("its certificate is no base 64")?)?),
            None => None,
        };
        let logged = !list(bundle, "/verificationMaterial/tlogEntries").is_empty();
        let stamped = !list(bundle, "/verificationMaterial/timestampVerificationData/rfc3161Timestamps").is_empty();
        let material = Material { signer, logged, stamped };
        match bundle.pointer("/dsseEnvelope") {
            Some(envelope) => self.opened(blob, envelope, &material),
            None if bundle.pointer("/messageSignature").is_some() => {
                self.message(blob, bundle, material);
                Ok(())
            }
            None => Err("a bundle without anything signed".into()),
        }
    }

    fn opened(&mut self, blob: &AttachedBlob, envelope: &Value, material: &Material) -> Result<(), String> {
        let kind = text(envelope, "/payloadType");
        if kind != STATEMENT {
            return Err(format!("an envelope around {:?}, which is not read", short(kind)));
        }
        let payload = base64(text(envelope, "/payload")).ok_or("its payload is no base 64")?;
        let signatures = list(envelope, "/signatures").iter().take(MOST_SIGNATURES);
        let signatures: Vec<Vec<u8>> = signatures.filter_map(|entry| base64(text(entry, "/sig"))).collect();
        let (validity, key) = self.verified(kind, &payload, &signatures, material.signer.is_some());
        let statement = json::parse(&payload)?;
        if SIGNED.contains(&text(&statement, "/predicateType")) {
            let signer = material.signer.clone().unwrap_or_default();
            self.found.signatures.push(settled(Signature {
                kind: "sigstore-bundle".into(),
                digest: blob.digest.to_string(),
                of_this_image: Some(self.is_about_this_image(&statement)),
                validity,
                identity: signer.identity,
                issuer: signer.issuer,
                key,
                logged: material.logged,
                stamped: material.stamped,
            }));
            return Ok(());
        }
        self.statement(blob, &statement, Vouched { signed: !signatures.is_empty(), validity })
    }

    /// Any of the signatures will do: <https://github.com/secure-systems-lab/dsse/blob/master/protocol.md>.
    fn verified(&self, kind: &str, payload: &[u8], signatures: &[Vec<u8>], certified: bool) -> (Validity, String) {
        let message = pre_authentication(kind, payload);
        let tried = signatures.iter().map(|signature| tried(self.keys, &message, signature, certified));
        let all: Vec<(Validity, String)> = tried.collect();
        let valid = all.iter().find(|(validity, _)| *validity == Validity::Valid);
        valid.or(all.first()).cloned().unwrap_or((Validity::Unknown, String::new()))
    }

    /// A signature of the image's manifest as it is, whose bytes are not here to try it on.
    fn message(&mut self, blob: &AttachedBlob, bundle: &Value, material: Material) {
        let digest =
            base64(text(bundle, "/messageSignature/messageDigest/digest")).map(|bytes| HEXLOWER.encode(&bytes));
        let signer = material.signer.unwrap_or_default();
        self.found.signatures.push(settled(Signature {
            kind: "sigstore-bundle".into(),
            digest: blob.digest.to_string(),
            of_this_image: digest.map(|hex| self.is_this_image(&format!("sha256:{hex}"))),
            identity: signer.identity,
            issuer: signer.issuer,
            logged: material.logged,
            stamped: material.stamped,
            ..Signature::default()
        }));
    }
}

/// What is signed of an envelope.
fn pre_authentication(kind: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len());
    [head.as_bytes(), payload].concat()
}
