//! X.509 certificates that somebody put into the image: in a trust store, or beside a program that serves with them.
//!
//! Owns finding and taking apart certificates, <https://www.rfc-editor.org/rfc/rfc5280>. Whether one is trusted, expired
//! or weak is for the checks. The bundles of a distribution, a browser or a library are not listed one by one: they say
//! nothing about this image.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use data_encoding::HEXLOWER;
use memchr::memmem;
use plimsoll_model::{Certificate, Facts, Input, Malformed, Presence, Reader, Wants};
use x509_cert::der::asn1::{AnyRef, ObjectIdentifier, UintRef};
use x509_cert::der::oid::db::DB;
use x509_cert::der::{self, Decode};

use crate::lines;

/// Certificates.
pub const CERTIFICATES: Reader = Reader {
    id: "content/certificates",
    version: 1,
    wants: Wants::local(&[
        "**/*.crt",
        "**/*.pem",
        "**/*.cer",
        "etc/ca-certificates/trust-source/anchors/*",
        "etc/pki/ca-trust/source/anchors/*",
        "etc/pki/trust/anchors/*",
        "usr/share/pki/ca-trust-source/anchors/*",
    ]),
    presence: Presence::Installed,
    read,
};

/// Larger files are no certificates that somebody put there one by one.
const MOST_BYTES: u64 = 1 << 20;
/// More certificates than this in one file are somebody's list of roots, of which this image chose none.
const MOST: usize = 32;
/// Where distributions keep what they trust, and the copies that their tools make of it.
const BUNDLES: &[&str] = &[
    "etc/ca-certificates/extracted/",
    "etc/pki/ca-trust/extracted/",
    "etc/pki/tls/cert.pem",
    "etc/pki/tls/certs/ca-bundle",
    "etc/ssl/ca-bundle.pem",
    "etc/ssl/cert.pem",
    "etc/ssl/certs/ca-certificates.crt",
    "usr/share/ca-certificates/",
    "usr/share/pki/ca-trust-legacy/",
    "var/lib/ca-certificates/",
];

fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut facts = Facts::default();
    let content = input.file.content;
    if content.size() > MOST_BYTES || BUNDLES.iter().any(|start| input.file.path.starts_with(start)) {
        return Ok(facts);
    }
    let bytes = lines::all(content, MOST_BYTES)?;
    if bytes.starts_with(&[0x30, 0x82]) {
        // DER, or something else that begins like it: the name promises neither.
        facts.certificates.extend(certificate(&bytes).ok());
        return Ok(facts);
    }
    let blocks: Vec<_> = blocks(&bytes).take(MOST.saturating_add(1)).collect();
    if blocks.len() > MOST {
        return Ok(facts);
    }
    for (number, block) in (1..).zip(blocks) {
        match decoded(block).and_then(|der| certificate(&der)) {
            Ok(certificate) => facts.certificates.push(certificate),
            Err(error) => facts.malformed.push(format!("certificate {number}: {error}")),
        }
    }
    Ok(facts)
}

/// What stands between the armour lines of each certificate, <https://www.rfc-editor.org/rfc/rfc7468>.
fn blocks(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let begin = memmem::find(rest, BEGIN)?;
        rest = rest.get(begin.saturating_add(BEGIN.len())..)?;
        let end = memmem::find(rest, b"-----").unwrap_or(rest.len());
        let (block, after) = rest.split_at_checked(end)?;
        rest = after;
        Some(block)
    })
}

fn decoded(block: &[u8]) -> Result<Vec<u8>, String> {
    let text: Vec<u8> = block.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    STANDARD.decode(text).map_err(|error| error.to_string())
}

fn certificate(bytes: &[u8]) -> Result<Certificate, String> {
    let parsed = x509_cert::Certificate::from_der(bytes).map_err(|error| error.to_string())?;
    let inner = parsed.tbs_certificate();
    let (key, bits) = key(inner.subject_public_key_info());
    Ok(Certificate {
        subject: inner.subject().to_string(),
        sha256: HEXLOWER.encode(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref()),
        not_after: inner.validity().not_after.to_date_time().to_string(),
        key,
        bits,
        signature: algorithm(parsed.signature_algorithm().oid),
    })
}

/// Kind and bits of a public key, <https://www.rfc-editor.org/rfc/rfc5480>, <https://www.rfc-editor.org/rfc/rfc8410>.
fn key(info: &x509_cert::spki::SubjectPublicKeyInfoOwned) -> (String, u32) {
    let public = info.subject_public_key.as_bytes().unwrap_or_default();
    let kind = match info.algorithm.oid.to_string().as_str() {
        "1.2.840.113549.1.1.1" | "1.2.840.113549.1.1.10" => {
            return ("rsa".into(), rsa_bits(public).unwrap_or_default());
        }
        "1.2.840.10045.2.1" => {
            let curve = info.algorithm.parameters.as_ref().and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
            return ("ec".into(), curve.map_or(0, curve_bits));
        }
        "1.2.840.10040.4.1" => return ("dsa".into(), dsa_bits(info).unwrap_or_default()),
        "1.3.101.112" => return ("ed25519".into(), 256),
        "1.3.101.113" => return ("ed448".into(), 456),
        other => other.to_owned(),
    };
    (kind, 0)
}

fn rsa_bits(public: &[u8]) -> der::Result<u32> {
    AnyRef::from_der(public)?.sequence(|reader| {
        let modulus = UintRef::decode(reader)?;
        UintRef::decode(reader)?;
        Ok(bits(modulus.as_bytes()))
    })
}

fn dsa_bits(info: &x509_cert::spki::SubjectPublicKeyInfoOwned) -> Option<u32> {
    let parameters = info.algorithm.parameters.as_ref()?;
    let modulus = AnyRef::from(parameters).sequence(|reader| {
        let modulus = UintRef::decode(reader)?;
        UintRef::decode(reader)?;
        UintRef::decode(reader)?;
        der::Result::Ok(bits(modulus.as_bytes()))
    });
    modulus.ok()
}

fn bits(number: &[u8]) -> u32 {
    let zeros = number.first().map_or(0, |byte| byte.leading_zeros());
    u32::try_from(number.len()).unwrap_or_default().saturating_mul(8).saturating_sub(zeros)
}

fn curve_bits(curve: ObjectIdentifier) -> u32 {
    match curve.to_string().as_str() {
        "1.2.840.10045.3.1.1" => 192,
        "1.3.132.0.33" => 224,
        "1.2.840.10045.3.1.7" | "1.3.132.0.10" | "1.3.36.3.3.2.8.1.1.7" => 256,
        "1.3.132.0.34" | "1.3.36.3.3.2.8.1.1.11" => 384,
        "1.3.36.3.3.2.8.1.1.13" => 512,
        "1.3.132.0.35" => 521,
        _ => 0,
    }
}

/// The name that everybody calls an algorithm of signatures by, or its number.
fn algorithm(oid: ObjectIdentifier) -> String {
    match DB.by_oid(&oid) {
        Some("id-Ed25519") => "ED25519".to_owned(),
        Some("id-Ed448") => "ED448".to_owned(),
        Some("id-RSASSA-PSS") => "rsassaPss".to_owned(),
        Some(name) => name.to_owned(),
        None => oid.to_string(),
    }
}
