//! Keys as the real tools make them: found, and told whether a passphrase guards them.

use std::path::Path;
use std::process::{Command, Stdio};

use plimsoll_content::secrets;
use plimsoll_model::SecretTrace;

fn run(folder: &Path, program: &str, arguments: &[&str]) {
    let status = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("GNUPGHOME", folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(status.success(), "{program} {arguments:?}");
}

fn found(folder: &Path, name: &str) -> Vec<SecretTrace> {
    let bytes = std::fs::read(folder.join(name)).unwrap();
    let path = format!("app/{name}");
    assert!(
        (secrets::DETECTOR.wants)(&path, bytes.len() as u64, &bytes[..bytes.len().min(16)]),
        "{name} is not wanted"
    );
    secrets::find(&path, &bytes)
}

fn check(folder: &Path, name: &str, rule: &str, state: &str, weak: bool) {
    let traces = found(folder, name);
    let [trace] = traces.as_slice() else { panic!("{name}: {traces:?}") };
    assert_eq!((trace.rule.as_str(), trace.state.as_str(), trace.weak), (rule, state, weak), "{name}");
}

#[test]
fn keys_of_openssl() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    run(folder, "openssl", &["genrsa", "-traditional", "-out", "rsa.pem", "2048"]);
    run(folder, "openssl", &["genpkey", "-algorithm", "ed25519", "-out", "pkcs8.pem"]);
    run(folder, "openssl", &["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "ec.pem"]);
    run(
        folder,
        "openssl",
        &["rsa", "-in", "rsa.pem", "-traditional", "-aes128", "-passout", "pass:x1234", "-out", "rsa-locked.pem"],
    );
    run(
        folder,
        "openssl",
        &["pkcs8", "-topk8", "-in", "rsa.pem", "-passout", "pass:x1234", "-out", "pkcs8-locked.pem"],
    );
    run(folder, "openssl", &["rsa", "-in", "rsa.pem", "-outform", "DER", "-out", "rsa.key"]);
    run(folder, "openssl", &["pkcs8", "-topk8", "-nocrypt", "-in", "ec.pem", "-outform", "DER", "-out", "ec.p8"]);
    run(folder, "openssl", &["rsa", "-in", "rsa.pem", "-pubout", "-out", "public.pem"]);
    check(folder, "rsa.pem", "private-key-rsa", "", false);
    check(folder, "pkcs8.pem", "private-key-pkcs8", "", false);
    check(folder, "ec.pem", "private-key-ec", "", false);
    check(folder, "rsa-locked.pem", "private-key-rsa", "encrypted", true);
    check(folder, "pkcs8-locked.pem", "private-key-pkcs8-encrypted", "encrypted", true);
    check(folder, "rsa.key", "der-private-key", "", false);
    check(folder, "ec.p8", "der-private-key", "", false);
    assert_eq!(found(folder, "public.pem"), []);
    let length = std::fs::metadata(folder.join("pkcs8.pem")).unwrap().len() - 1;
    assert_eq!(found(folder, "pkcs8.pem")[0].redacted, format!("-----BEGIN PRIVATE KEY----- ({length} bytes)"));
}

#[test]
fn keys_of_openssh() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (name, kind, passphrase) in [("open", "ed25519", ""), ("locked", "ed25519", "x1234"), ("rsa", "rsa", "")] {
        run(folder, "ssh-keygen", &["-q", "-t", kind, "-N", passphrase, "-C", "test", "-f", name]);
    }
    run(folder, "ssh-keygen", &["-q", "-t", "rsa", "-m", "PEM", "-N", "", "-f", "old"]);
    check(folder, "open", "private-key-openssh", "", false);
    check(folder, "rsa", "private-key-openssh", "", false);
    check(folder, "locked", "private-key-openssh", "encrypted", true);
    check(folder, "old", "private-key-rsa", "", false);
    assert_eq!(found(folder, "open.pub"), []);
}

#[test]
fn keys_of_gnupg() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let quiet = ["--batch", "--quiet", "--pinentry-mode", "loopback"];
    let with = |more: &[&str]| run(folder, "gpg", &[quiet.as_slice(), more].concat());
    with(&["--passphrase", "", "--quick-gen-key", "open@test", "ed25519", "sign", "never"]);
    with(&["--passphrase", "x1234", "--quick-gen-key", "locked@test", "rsa2048", "sign", "never"]);
    for (name, passphrase) in [("open", ""), ("locked", "x1234")] {
        let (file, key) = (format!("{name}.asc"), format!("{name}@test"));
        with(&["--passphrase", passphrase, "--armor", "--output", &file, "--export-secret-keys", &key]);
    }
    with(&["--armor", "--output", "public.asc", "--export", "open@test"]);
    run(folder, "gpgconf", &["--kill", "all"]);
    check(folder, "open.asc", "pgp-private-key", "", false);
    check(folder, "locked.asc", "pgp-private-key", "encrypted", true);
    assert_eq!(found(folder, "public.asc"), []);
}

#[test]
fn stores_of_keytool() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (name, kind) in [("a.jks", "JKS"), ("a.p12", "PKCS12"), ("a.jceks", "JCEKS")] {
        let made = [
            "-genkeypair",
            "-alias",
            "a",
            "-keyalg",
            "EC",
            "-dname",
            "CN=a",
            "-storepass",
            "x12345",
            "-keypass",
            "x12345",
        ];
        run(folder, "keytool", &[made.as_slice(), &["-keystore", name, "-storetype", kind]].concat());
    }
    run(
        folder,
        "keytool",
        &["-exportcert", "-alias", "a", "-keystore", "a.jks", "-storepass", "x12345", "-file", "a.cer"],
    );
    for (name, kind) in [("trust.jks", "JKS"), ("trust.p12", "PKCS12")] {
        let made = ["-importcert", "-noprompt", "-alias", "a", "-file", "a.cer", "-storepass", "x12345"];
        run(folder, "keytool", &[made.as_slice(), &["-keystore", name, "-storetype", kind]].concat());
        assert_eq!(found(folder, name), [], "{name}");
    }
    check(folder, "a.jks", "java-key-store", "key store", false);
    check(folder, "a.jceks", "java-key-store", "key store", false);
    check(folder, "a.p12", "pkcs12-key-store", "key store", false);
}
