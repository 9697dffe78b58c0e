//! Public keys that signatures are tried with: ECDSA on P-256 with SHA-256, and Ed25519, as PEM
//! (<https://www.rfc-editor.org/rfc/rfc7468#section-13>). These are what `cosign generate-key-pair` and most others make.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use data_encoding::HEXLOWER;
use plimsoll_model::Validity;
use ring::digest::{SHA256, digest};
use ring::signature::{ECDSA_P256_SHA256_ASN1, ED25519, UnparsedPublicKey, VerificationAlgorithm};
use x509_cert::der::Decode;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const EDWARDS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyKey {
    kind: Kind,
    public: Vec<u8>,
    fingerprint: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    P256,
    Ed25519,
}

/// The text holds no key that signatures can be tried with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidKey(String);

impl VerifyKey {
    /// Reads one from PEM.
    ///
    /// # Errors
    /// When it is none, or of a kind that is not verified with here.
    pub fn parse(pem: &str) -> Result<Self, InvalidKey> {
        const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
        let invalid = |what: &str| InvalidKey(format!("{what}; give a public key as PEM, as in cosign.pub"));
        if pem.contains("PRIVATE KEY") {
            return Err(invalid("it holds a private key"));
        }
        let inner = pem.split_once(BEGIN).and_then(|(_, rest)| rest.split_once("-----END PUBLIC KEY-----"));
        let (inner, rest) = inner.ok_or_else(|| invalid("it holds no public key"))?;
        if rest.contains(BEGIN) {
            return Err(invalid("it holds several keys, of which each wants a file of its own"));
        }
        let plain: String = inner.split_ascii_whitespace().collect();
        let der = STANDARD.decode(plain).map_err(|_| invalid("its public key is damaged"))?;
        let info = SubjectPublicKeyInfoOwned::from_der(&der).map_err(|_| invalid("its public key is damaged"))?;
        let curve = info.algorithm.parameters.as_ref().and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
        let kind = match (info.algorithm.oid, curve) {
            (EC, Some(P256)) => Kind::P256,
            (EDWARDS, _) => Kind::Ed25519,
            _ => return Err(invalid("its key is neither ECDSA on P-256 nor Ed25519")),
        };
        let public = info.subject_public_key.as_bytes().unwrap_or_default().to_vec();
        let fingerprint = format!("sha256:{}", HEXLOWER.encode(digest(&SHA256, &der).as_ref()));
        Ok(Self { kind, public, fingerprint })
    }

    /// SHA-256 of the key as DER: `sha256:…`.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    fn made(&self, message: &[u8], signature: &[u8]) -> bool {
        let algorithm: &'static dyn VerificationAlgorithm = match self.kind {
            Kind::P256 => &ECDSA_P256_SHA256_ASN1,
            Kind::Ed25519 => &ED25519,
        };
        UnparsedPublicKey::new(algorithm, &self.public).verify(message, signature).is_ok()
    }
}

/// What trying the keys on a signature of `message` came to, and the key that made it. One with a certificate may be of a
/// signer whom no key stands for: if no key made it, nothing is known of it.
pub(super) fn tried(keys: &[VerifyKey], message: &[u8], signature: &[u8], has_certificate: bool) -> (Validity, String) {
    match keys.iter().find(|key| key.made(message, signature)) {
        Some(key) => (Validity::Valid, key.fingerprint.clone()),
        None if keys.is_empty() || has_certificate => (Validity::Unknown, String::new()),
        None => (Validity::Invalid, String::new()),
    }
}
