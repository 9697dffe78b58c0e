//! What is attached to images: documents in `fixtures/content/attached/`, signatures made here, and what is hostile.
#![cfg(test)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use plimsoll_content::attached::{VerifyKey, read, wants};
use plimsoll_model::{Attached, AttachedBlob, Attachment, Attachments, Digest, Validity};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};

const SIMPLE_SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
const DSSE: &str = "application/vnd.dsse.envelope.v1+json";
const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/content/attached")
}

/// The image that everything is attached to.
fn image() -> Digest {
    format!("sha256:{}", "a".repeat(64)).parse().unwrap()
}

fn sha256(bytes: &[u8]) -> Digest {
    Digest::sha256(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref().try_into().unwrap())
}

fn blob(media_type: &str, bytes: &[u8], annotations: &[(&str, String)]) -> AttachedBlob {
    let annotations: BTreeMap<String, String> =
        annotations.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    AttachedBlob { media_type: media_type.into(), digest: sha256(bytes), annotations, bytes: bytes.to_vec() }
}

fn attached(blobs: Vec<AttachedBlob>, keys: &[VerifyKey]) -> Attached {
    let one = |blob: AttachedBlob| Attachment {
        subject: image(),
        digest: blob.digest.clone(),
        kind: String::new(),
        annotations: BTreeMap::new(),
        blobs: vec![blob],
    };
    let list = blobs.into_iter().map(one).collect();
    read(&Attachments { subjects: vec![image()], list, ..Attachments::default() }, keys)
}

#[expect(clippy::disallowed_methods, reason = "a test looks at files of the repository")]
#[test]
fn documents_are_read() {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json"))
        .collect();
    names.sort();
    let mut told = String::new();
    for name in names {
        let media_type = match name.split('.').nth(1).unwrap() {
            "intoto" => "application/vnd.in-toto+json",
            "spdx" => "application/spdx+json",
            "cdx" => "application/vnd.cyclonedx+json",
            _ => "application/json",
        };
        assert!(wants(media_type));
        let bytes = std::fs::read(folder().join(&name)).unwrap();
        let found = attached(vec![blob(media_type, &bytes, &[])], &[]);
        // Digests of the files would change with every space in them.
        let digest = sha256(&bytes).to_string();
        told.push_str(&format!("== {name}\n{}", text(&found).replace(&digest, "DIGEST")));
    }
    let path = folder().join("expected.txt");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&path, &told).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), told);
}

/// Whatever is cut off or damaged, it is read in some way, or is a gap.
#[expect(clippy::disallowed_methods, reason = "a test looks at files of the repository")]
#[test]
fn damaged_documents_do_no_harm() {
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for at in (0..bytes.len()).step_by(5) {
            let mut flipped = bytes.clone();
            flipped[at] ^= 0x11;
            for damaged in [&bytes[..at], &flipped] {
                for media_type in
                    ["application/vnd.in-toto+json", "application/spdx+json", DSSE, BUNDLE, SIMPLE_SIGNING]
                {
                    attached(vec![blob(media_type, damaged, &[])], &[]);
                }
            }
        }
    }
}

fn text(found: &Attached) -> String {
    let mut lines: Vec<String> = found.sboms.iter().map(|one| format!("{one:?}")).collect();
    lines.extend(found.provenance.iter().map(|one| format!("{one:#?}")));
    lines.extend(found.attestations.iter().map(|one| format!("{one:?}")));
    lines.extend(found.gaps.iter().map(|gap| format!("gap {:?}: {}", gap.reason, gap.message)));
    lines.into_iter().map(|line| format!("{line}\n")).collect()
}

/// Makes a signature of a message.
type Sign = Box<dyn Fn(&[u8]) -> Vec<u8>>;

/// A key pair that signs, and its public half.
struct Signer {
    sign: Sign,
    key: VerifyKey,
}

/// A public key in PEM, of what stands before it in DER and its bytes.
fn pem(head: &[u8], public: &[u8]) -> String {
    let der = STANDARD.encode([head, public].concat());
    format!("-----BEGIN PUBLIC KEY-----\n{der}\n-----END PUBLIC KEY-----\n")
}

const P256_HEAD: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
const ED25519_HEAD: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

fn p256() -> Signer {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random).unwrap();
    let key = VerifyKey::parse(&pem(&P256_HEAD, pair.public_key().as_ref())).unwrap();
    Signer { sign: Box::new(move |message| pair.sign(&random, message).unwrap().as_ref().to_vec()), key }
}

fn ed25519() -> Signer {
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    let pair = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap();
    let key = VerifyKey::parse(&pem(&ED25519_HEAD, pair.public_key().as_ref())).unwrap();
    Signer { sign: Box::new(move |message| pair.sign(message).as_ref().to_vec()), key }
}

fn payload(digest: &str) -> Vec<u8> {
    json!({
        "critical": {
            "identity": {"docker-reference": "registry.example.com/app"},
            "image": {"docker-manifest-digest": digest},
            "type": "cosign container image signature",
        },
        "optional": null,
    })
    .to_string()
    .into_bytes()
}

/// A signature as cosign stores it, of this payload, made over `signed`.
fn cosign(signer: &Signer, payload: &[u8], signed: &[u8], more: &[(&str, String)]) -> AttachedBlob {
    let signature = ("dev.cosignproject.cosign/signature", STANDARD.encode((signer.sign)(signed)));
    blob(SIMPLE_SIGNING, payload, &[&[signature], more].concat())
}

#[test]
fn signatures_by_key_are_verified() {
    for signer in [p256(), ed25519()] {
        let payload = payload(image().as_str());
        let good = || cosign(&signer, &payload, &payload, &[]);
        let of = |blob: AttachedBlob, keys: &[VerifyKey]| {
            let found = attached(vec![blob], keys);
            assert_eq!((found.signatures.len(), found.gaps.len()), (1, 0), "{found:#?}");
            let one = found.signatures[0].clone();
            (one.validity, one.of_this_image, one.key)
        };
        let own = std::slice::from_ref(&signer.key);
        let fingerprint = signer.key.fingerprint().to_owned();
        assert_eq!(of(good(), own), (Validity::Valid, Some(true), fingerprint.clone()));
        assert_eq!(of(good(), &[p256().key, signer.key.clone()]), (Validity::Valid, Some(true), fingerprint));
        assert_eq!(of(good(), &[]), (Validity::Unknown, Some(true), String::new()));
        assert_eq!(of(good(), &[p256().key, ed25519().key]), (Validity::Invalid, Some(true), String::new()));
        // Made over something else than what lies there.
        assert_eq!(of(cosign(&signer, &payload, b"x", &[]), own), (Validity::Invalid, Some(true), String::new()));
        // Well signed, and of another image.
        let other = self::payload(&format!("sha256:{}", "b".repeat(64)));
        assert_eq!(of(cosign(&signer, &other, &other, &[]), own), (Validity::Invalid, Some(false), String::new()));
        let mut kind: Value = serde_json::from_slice(&payload).unwrap();
        kind["critical"]["type"] = json!("atomic container signature");
        let kind = kind.to_string().into_bytes();
        assert_eq!(of(cosign(&signer, &kind, &kind, &[]), own), (Validity::Invalid, Some(false), String::new()));
    }
}

#[test]
fn proofs_of_time_are_seen() {
    let (signer, payload) = (p256(), payload(image().as_str()));
    let bundle = ("dev.sigstore.cosign/bundle", json!({"SignedEntryTimestamp": "AA==", "Payload": {"logIndex": 7}}));
    let stamp = ("dev.sigstore.cosign/rfc3161timestamp", json!({"SignedRFC3161Timestamp": "AA=="}));
    let nothing = ("dev.sigstore.cosign/bundle", json!({"SignedEntryTimestamp": "", "Payload": {}}));
    for (notes, expected) in [
        (vec![], (false, false)),
        (vec![bundle], (true, false)),
        (vec![stamp], (false, true)),
        (vec![nothing], (false, false)),
    ] {
        let notes: Vec<(&str, String)> = notes.into_iter().map(|(name, value)| (name, value.to_string())).collect();
        let found = attached(vec![cosign(&signer, &payload, &payload, &notes)], &[]);
        assert_eq!((found.signatures[0].logged, found.signatures[0].stamped), expected, "{notes:?}");
    }
}

fn statement(kind: &str, digest: &Digest, predicate: &Value) -> Vec<u8> {
    json!({
        "_type": "https://in-toto.io/Statement/v1", "subject": [{"digest": {"sha256": digest.hex()}}],
        "predicateType": kind, "predicate": predicate,
    })
    .to_string()
    .into_bytes()
}

fn envelope(signer: &Signer, statement: &[u8], signed: &[u8]) -> Value {
    let kind = "application/vnd.in-toto+json";
    let message = [format!("DSSEv1 {} {kind} {} ", kind.len(), signed.len()).as_bytes(), signed].concat();
    json!({
        "payloadType": kind, "payload": STANDARD.encode(statement),
        "signatures": [{"sig": STANDARD.encode((signer.sign)(&message))}],
    })
}

#[test]
fn signed_statements_are_verified() {
    let signer = p256();
    let own = std::slice::from_ref(&signer.key);
    let kind = "https://cosign.sigstore.dev/attestation/vuln/v1";
    let good = statement(kind, &image(), &json!({"metadata": {"scanFinishedOn": "2026-11-03T00:00:00Z"}}));
    let of = |statement: &[u8], signed: &[u8], keys: &[VerifyKey]| {
        attached(vec![blob(DSSE, envelope(&signer, statement, signed).to_string().as_bytes(), &[])], keys)
    };
    for (keys, signed, expected) in [
        (own, good.as_slice(), Validity::Valid),
        (&[][..], &good, Validity::Unknown),
        (&[ed25519().key][..], &good, Validity::Invalid),
        (own, b"x", Validity::Invalid),
    ] {
        let found = of(&good, signed, keys);
        let one = &found.attestations[0];
        assert_eq!((one.validity, one.signed, one.time.as_str()), (expected, true, "2026-11-03T00:00:00Z"));
    }
    let other = statement(kind, &sha256(b"another"), &json!({}));
    let found = of(&other, &other, own);
    assert!(found.attestations.is_empty() && found.gaps[0].message.contains("about another image"), "{found:#?}");
}

#[test]
fn bundles_are_signatures_or_statements() {
    let signer = p256();
    let own = std::slice::from_ref(&signer.key);
    let bundle = |statement: &[u8]| {
        let text = json!({
            "mediaType": BUNDLE, "dsseEnvelope": envelope(&signer, statement, statement),
            "verificationMaterial": {"publicKey": {"hint": "x"}, "tlogEntries": [{"logIndex": "7"}]},
        });
        blob(BUNDLE, text.to_string().as_bytes(), &[])
    };
    let signed = "https://sigstore.dev/cosign/sign/v1";
    let found = attached(vec![bundle(&statement(signed, &image(), &json!({})))], own);
    let one = &found.signatures[0];
    assert_eq!((one.kind.as_str(), one.validity, one.logged), ("sigstore-bundle", Validity::Valid, true));
    let found = attached(vec![bundle(&statement(signed, &sha256(b"another"), &json!({})))], own);
    assert_eq!((found.signatures[0].validity, found.signatures[0].of_this_image), (Validity::Invalid, Some(false)));
    let found = attached(vec![bundle(&statement("https://slsa.dev/provenance/v1", &image(), &json!({})))], own);
    assert_eq!((found.signatures.len(), found.provenance[0].validity), (0, Validity::Valid));
    let digest = STANDARD.encode([0xaa; 32]);
    let message = json!({
        "verificationMaterial": {}, "messageSignature": {"messageDigest": {"digest": digest}, "signature": "AA=="},
    });
    let found = attached(vec![blob(BUNDLE, message.to_string().as_bytes(), &[])], own);
    assert_eq!((found.signatures[0].validity, found.signatures[0].of_this_image), (Validity::Unknown, Some(true)));
}

#[test]
fn signatures_of_notation_are_seen() {
    let jws = |digest: &str| {
        let payload = json!({"targetArtifact": {"digest": digest, "size": 1}}).to_string();
        let payload = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(payload);
        let text = json!({"payload": payload, "protected": "", "signature": "", "header": {"io.cncf.notary.timestampSignature": "AA=="}});
        attached(vec![blob("application/jose+json", text.to_string().as_bytes(), &[])], &[p256().key])
    };
    let one = jws(image().as_str()).signatures[0].clone();
    assert_eq!((one.of_this_image, one.validity, one.stamped), (Some(true), Validity::Unknown, true));
    assert_eq!(jws("sha256:00").signatures[0].validity, Validity::Invalid);
    let cose = attached(vec![blob("application/cose", &[0xd2], &[])], &[]);
    assert_eq!((cose.signatures[0].of_this_image, cose.signatures[0].validity), (None, Validity::Unknown));
}

#[test]
fn what_is_damaged_is_a_gap_and_nothing_panics() {
    let signer = p256();
    let payload = payload(image().as_str());
    let deep = "[".repeat(100_000);
    let many = format!("[{}0]", "0,".repeat(1_100_000));
    for (media_type, bytes, annotations) in [
        (SIMPLE_SIGNING, payload.as_slice(), vec![]),
        (SIMPLE_SIGNING, b"{", vec![("dev.cosignproject.cosign/signature", "AA==".to_owned())]),
        (SIMPLE_SIGNING, &payload, vec![("dev.cosignproject.cosign/signature", "*".to_owned())]),
        (
            SIMPLE_SIGNING,
            &payload,
            vec![
                ("dev.cosignproject.cosign/signature", "AA==".to_owned()),
                ("dev.sigstore.cosign/certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END".to_owned()),
            ],
        ),
        (DSSE, b"{}", vec![]),
        (DSSE, br#"{"payloadType": "text/plain", "payload": ""}"#, vec![]),
        (DSSE, br#"{"payloadType": "application/vnd.in-toto+json", "payload": "*"}"#, vec![]),
        (BUNDLE, br#"{"verificationMaterial": {}}"#, vec![]),
        ("application/jose+json", b"{}", vec![]),
        ("application/spdx+json", b"[]", vec![]),
        ("application/spdx+json", deep.as_bytes(), vec![]),
        ("application/spdx+json", many.as_bytes(), vec![]),
    ] {
        let found = attached(vec![blob(media_type, bytes, &annotations)], std::slice::from_ref(&signer.key));
        let nothing = Attached { keys: found.keys.clone(), gaps: found.gaps.clone(), ..Attached::default() };
        assert_eq!((found.gaps.len(), &found), (1, &nothing), "{media_type}");
    }
    let flood = (0..300).map(|number| blob("application/cose", &[number as u8, (number >> 8) as u8], &[])).collect();
    let found = attached(flood, &[]);
    assert_eq!(found.signatures.len(), 200);
    assert!(found.gaps[0].message.contains("more than 200"), "{:?}", found.gaps[0]);
}

#[test]
fn keys_of_other_kinds_are_refused() {
    let short = pem(&ED25519_HEAD[..8], &[0; 4]);
    let p384 = pem(
        &[0x30, 0x15, 0x30, 0x10, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 5, 0x2b, 0x81, 4, 0, 0x22, 3, 1],
        &[0],
    );
    for (text, words) in [
        ("", "no public key"),
        ("-----BEGIN PRIVATE KEY-----\n", "private key"),
        (short.as_str(), "damaged"),
        (p384.as_str(), "neither ECDSA on P-256 nor Ed25519"),
        ("-----BEGIN PUBLIC KEY-----\n***\n-----END PUBLIC KEY-----\n", "damaged"),
    ] {
        let error = VerifyKey::parse(text).unwrap_err().to_string();
        assert!(error.contains(words), "{text}: {error}");
    }
    let two = pem(&ED25519_HEAD, &[1; 32]).repeat(2);
    assert!(VerifyKey::parse(&two).unwrap_err().to_string().contains("several keys"));
}
