//! What is told of certificates is what `openssl x509` tells of them.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests, which clippy does not take for tests"
)]
#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "reads fixtures and asks another program")]

use std::path::PathBuf;
use std::process::Command;

use plimsoll_content::certificates::CERTIFICATES;
use plimsoll_model::{Certificate, Facts, File, Input};
use proptest::prelude::*;

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/content/certificates")
}

fn read(path: &str, bytes: &[u8]) -> Facts {
    (CERTIFICATES.read)(&Input { file: File { path, content: &bytes }, with: &[] }).unwrap()
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(fixtures().join(name)).unwrap()
}

fn one(name: &str) -> Certificate {
    let facts = read(&format!("srv/{name}"), &fixture(name));
    assert_eq!((facts.certificates.len(), facts.malformed.len()), (1, 0), "{name}");
    facts.certificates[0].clone()
}

fn ask(name: &str, arguments: &[&str]) -> Option<String> {
    let output =
        Command::new("openssl").args(["x509", "-noout", "-in"]).arg(fixtures().join(name)).args(arguments).output();
    Some(String::from_utf8(output.ok()?.stdout).unwrap())
}

#[test]
fn certificates_are_read_as_openssl_reads_them() {
    for name in ["rsa-2048.pem", "rsa-1024-sha1.crt", "ec-p256.pem", "ec-p521.pem", "ed25519.pem", "pss.pem", "der.crt"]
    {
        let ours = one(name);
        let Some(print) = ask(name, &["-fingerprint", "-sha256", "-enddate", "-dateopt", "iso_8601"]) else { return };
        let value = |key: &str| print.lines().find_map(|line| line.strip_prefix(key)).unwrap().to_owned();
        assert_eq!(ours.sha256, value("sha256 Fingerprint=").replace(':', "").to_lowercase(), "{name}");
        assert_eq!(ours.not_after.replace('T', " "), value("notAfter="), "{name}");
        let text = ask(name, &["-text"]).unwrap();
        let after =
            |key: &str| text.lines().find_map(|line| line.trim().strip_prefix(key)).unwrap_or_default().to_owned();
        assert_eq!(ours.signature, after("Signature Algorithm: "), "{name}");
        let bits = after("Public-Key: (").replace(" bit)", "");
        assert_eq!(ours.bits.to_string(), if bits.is_empty() { "256".to_owned() } else { bits }, "{name}");
    }
}

#[test]
fn names_are_text() {
    assert_eq!(one("rsa-2048.pem").subject, "CN=rsa.example,O=Example\\, Inc.,C=DE");
    assert_eq!(one("pss.pem").subject, "CN=Zürich \\+x");
    assert_eq!(one("ed25519.pem").key, "ed25519");
}

#[test]
fn chains_are_listed_and_bundles_are_not() {
    let chain = fixture("chain.pem");
    assert_eq!(read("srv/chain.pem", &chain).certificates.len(), 2);
    assert_eq!(read("etc/ssl/certs/ca-certificates.crt", &chain), Facts::default());
    assert_eq!(read("srv/cacert.pem", &chain.repeat(20)), Facts::default());
}

#[test]
fn what_is_no_certificate_is_told() {
    let facts = read("x.pem", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    assert_eq!(facts.certificates, []);
    assert!(facts.malformed[0].starts_with("certificate 1: "), "{:?}", facts.malformed);
    assert_eq!(read("x.pem", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), Facts::default());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_damage_panics(at in any::<prop::sample::Index>(), with in any::<u8>(), cut in any::<prop::sample::Index>()) {
        for name in ["der.crt", "chain.pem"] {
            let mut bytes = fixture(name);
            *at.get_mut(&mut bytes) = with;
            read("srv/x.crt", &bytes);
            bytes.truncate(cut.index(bytes.len()));
            read("srv/x.crt", &bytes);
        }
    }
}
