//! Signatures, SBOMs and provenance beside whole images: in a real registry and in layouts, signed by a real tool.
#![cfg(test)]

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use support::{Plimsoll, Registry, text, tool};
use tempfile::TempDir;

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const SIMPLE_SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";

fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(digest(&SHA256, bytes).as_ref())
}

fn name(descriptor: &Value) -> &str {
    descriptor["digest"].as_str().unwrap()
}

/// A layout that is being written.
struct Layout {
    root: PathBuf,
    listed: Vec<Value>,
}

impl Layout {
    fn new(root: PathBuf) -> Self {
        std::fs::create_dir_all(root.join("blobs/sha256")).unwrap();
        std::fs::write(root.join("oci-layout"), r#"{"imageLayoutVersion": "1.0.0"}"#).unwrap();
        Self { root, listed: Vec::new() }
    }

    fn put(&self, media_type: &str, bytes: &[u8]) -> Value {
        let path = self.root.join("blobs/sha256").join(hex(bytes));
        std::fs::write(path, bytes).unwrap();
        json!({"mediaType": media_type, "digest": format!("sha256:{}", hex(bytes)), "size": bytes.len()})
    }

    /// An image of one Debian package, with these labels; `seed` makes it another one.
    fn image(&self, seed: &str, labels: &Value) -> Value {
        let mut tar = tar::Builder::new(Vec::new());
        let status = "Package: curl\nStatus: install ok installed\nVersion: 7.88.1-10\nArchitecture: amd64\n";
        for (path, content) in
            [("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n"), ("etc/seed", seed), ("var/lib/dpkg/status", status)]
        {
            let mut header = tar::Header::new_ustar();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            tar.append_data(&mut header, path, content.as_bytes()).unwrap();
        }
        let layer = tar.into_inner().unwrap();
        let id = format!("sha256:{}", hex(&layer));
        let layer = self.put("application/vnd.oci.image.layer.v1.tar", &layer);
        let config = json!({
            "architecture": "amd64", "os": "linux", "created": "2023-11-10T00:00:00Z", "config": {"Labels": labels},
            "rootfs": {"type": "layers", "diff_ids": [id]}, "history": [{"created_by": "ADD rootfs /"}],
        });
        let config = self.put(CONFIG, config.to_string().as_bytes());
        self.manifest(config, vec![layer])
    }

    fn manifest(&self, config: Value, layers: Vec<Value>) -> Value {
        let manifest = json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers});
        self.put(MANIFEST, manifest.to_string().as_bytes())
    }

    /// Statements as BuildKit puts them beside an image; the index of both.
    fn with_statements(&self, image: &Value, statements: &[(&str, Value)]) -> Value {
        let subject = json!([{"name": "_", "digest": {"sha256": name(image).replace("sha256:", "")}}]);
        let layers = statements.iter().map(|(kind, predicate)| {
            let statement = json!({
                "_type": "https://in-toto.io/Statement/v0.1", "subject": subject, "predicateType": kind,
                "predicate": predicate,
            });
            self.put("application/vnd.in-toto+json", statement.to_string().as_bytes())
        });
        let layers = layers.collect();
        let config = self.put(CONFIG, b"{\"architecture\": \"unknown\", \"os\": \"unknown\", \"rootfs\": {}}");
        let mut attestation = self.manifest(config, layers);
        attestation["annotations"] = json!({
            "vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": name(image),
        });
        attestation["platform"] = json!({"architecture": "unknown", "os": "unknown"});
        let mut image = image.clone();
        image["platform"] = json!({"architecture": "amd64", "os": "linux"});
        let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [image, attestation]});
        self.put(INDEX, index.to_string().as_bytes())
    }

    fn tag(&mut self, mut descriptor: Value, tag: &str) -> String {
        descriptor["annotations"] = json!({"org.opencontainers.image.ref.name": tag});
        self.listed.push(descriptor);
        let index = json!({"schemaVersion": 2, "manifests": self.listed});
        std::fs::write(self.root.join("index.json"), index.to_string()).unwrap();
        self.root.display().to_string()
    }
}

fn http(address: &str, method: &str, target: &str, media_type: &str, body: &[u8]) -> String {
    let length = body.len();
    let head = format!(
        "{method} {target} HTTP/1.0\r\nHost: {address}\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\n\r\n"
    );
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Pushes what a layout has: all blobs, and these manifests under these names.
fn push(registry: &Registry, layout: &Layout, repository: &str, manifests: &[(&Value, &str)]) -> String {
    let address = &registry.address;
    for entry in std::fs::read_dir(layout.root.join("blobs/sha256")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let answer = http(address, "POST", &format!("/v2/{repository}/blobs/uploads/"), "", b"");
        let location = answer.lines().find_map(|line| line.strip_prefix("Location: ")).unwrap().trim().to_owned();
        let target = format!("/{}", location.splitn(4, '/').nth(3).unwrap());
        let target = format!("{target}&digest=sha256:{}", hex(&bytes));
        let answer = http(address, "PUT", &target, "application/octet-stream", &bytes);
        assert!(answer.contains(" 201 "), "{answer}");
    }
    for (manifest, name) in manifests {
        let path = layout.root.join("blobs/sha256").join(self::name(manifest).replace("sha256:", ""));
        let bytes = std::fs::read(path).unwrap();
        let target = format!("/v2/{repository}/manifests/{name}");
        let answer = http(address, "PUT", &target, manifest["mediaType"].as_str().unwrap(), &bytes);
        assert!(answer.contains(" 201 "), "{name}: {answer}");
    }
    format!("{address}/{repository}")
}

/// A key pair made by openssl: `NAME.key`, `NAME.pub`.
fn key_pair(folder: &Path, name: &str, kind: &[&str]) -> (String, String) {
    let at = |ending: &str| folder.join(format!("{name}.{ending}")).display().to_string();
    let (key, public) = (at("key"), at("pub"));
    tool("openssl", "openssl", &[&["genpkey"], kind, &["-out", &key]].concat());
    tool("openssl", "openssl", &["pkey", "-in", &key, "-pubout", "-out", &public]);
    (key, public)
}

const P256: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
const ED25519: &[&str] = &["-algorithm", "ed25519"];

fn base64(path: &Path) -> String {
    tool("openssl", "openssl", &["base64", "-A", "-in", path.to_str().unwrap()]).trim().to_owned()
}

/// A signature of cosign's form for the image of this digest, made by openssl.
fn signature(layout: &Layout, folder: &Path, key: &str, digest: &str, more: &[(&str, String)]) -> Value {
    let payload = json!({
        "critical": {
            "identity": {"docker-reference": "registry.example.com/app"},
            "image": {"docker-manifest-digest": digest},
            "type": "cosign container image signature",
        },
        "optional": null,
    })
    .to_string();
    let (message, signed) = (folder.join("payload"), folder.join("signature"));
    std::fs::write(&message, &payload).unwrap();
    let (from, to) = (message.to_str().unwrap(), signed.to_str().unwrap());
    if std::fs::read_to_string(key).unwrap().len() < 150 {
        tool("openssl", "openssl", &["pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", from, "-out", to]);
    } else {
        tool("openssl", "openssl", &["dgst", "-sha256", "-sign", key, "-out", to, from]);
    }
    let mut layer = layout.put(SIMPLE_SIGNING, payload.as_bytes());
    layer["annotations"] = json!({"dev.cosignproject.cosign/signature": base64(&signed)});
    for (name, value) in more {
        layer["annotations"][name] = json!(value);
    }
    let config = layout.put(CONFIG, b"{\"rootfs\": {}}");
    layout.manifest(config, vec![layer])
}

fn tag_of(image: &Value) -> String {
    format!("{}.sig", name(image).replace(':', "-"))
}

fn check<'a>(report: &'a Value, id: &str) -> &'a Value {
    let checks = report["checks"].as_array().unwrap();
    checks.iter().find(|check| check["id"] == id).unwrap_or_else(|| panic!("no {id}"))
}

fn result<'a>(report: &'a Value, id: &str) -> &'a str {
    check(report, id)["result"].as_str().unwrap()
}

/// What the report says of a check: the evidence of its findings, and why it could not tell.
fn said(report: &Value, id: &str) -> String {
    let findings = report["findings"].as_array().unwrap().iter().filter(|finding| finding["id"] == id);
    let evidence: String = findings.map(|finding| format!("{}\n", finding["evidence"])).collect();
    format!("{evidence}{}", check(report, id))
}

fn scan(plimsoll: &Plimsoll, reference: &str, more: &[&str]) -> Value {
    let arguments = [&["scan", reference, "-o", "json", "--offline", "--scanners", "checks"], more].concat();
    let output = plimsoll.run(&arguments);
    assert!(output.status.success(), "{reference}: {}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A folder of settings with these parameters.
fn settings(folder: &Path, params: &str) -> String {
    let path = folder.join("settings");
    std::fs::create_dir_all(&path).unwrap();
    std::fs::write(path.join("checks.yaml"), params).unwrap();
    path.display().to_string()
}

#[test]
fn a_signature_by_key_in_a_registry() {
    let (folder, plimsoll, registry) = (TempDir::new().unwrap(), Plimsoll::new(), Registry::start());
    let (_, stranger) = key_pair(folder.path(), "stranger", P256);
    for (kind, repository) in [(P256, "ec"), (ED25519, "ed")] {
        let (key, public) = key_pair(folder.path(), repository, kind);
        let layout = Layout::new(folder.path().join(format!("layout-{repository}")));
        let image = layout.image(repository, &json!({}));
        let unsigned = push(&registry, &layout, repository, &[(&image, "1.0")]) + ":1.0";
        assert_eq!(result(&scan(&plimsoll, &unsigned, &[]), "SUP-001"), "not-assessed");
        assert_eq!(result(&scan(&plimsoll, &unsigned, &["--attached"]), "SUP-001"), "fail");
        let signed = signature(&layout, folder.path(), &key, name(&image), &[]);
        let reference = push(&registry, &layout, repository, &[(&signed, &tag_of(&image))]) + ":1.0";
        let unasked = scan(&plimsoll, &reference, &[]);
        assert!(
            said(&unasked, "SUP-001").contains("nothing was asked of the registry"),
            "{}",
            said(&unasked, "SUP-001")
        );
        let unverified = scan(&plimsoll, &reference, &["--attached"]);
        assert_eq!((result(&unverified, "SUP-001"), result(&unverified, "SUP-002")), ("pass", "not-assessed"));
        let trusted = scan(&plimsoll, &reference, &["--verify-key", &public]);
        assert_eq!((result(&trusted, "SUP-001"), result(&trusted, "SUP-002")), ("pass", "pass"));
        assert_eq!(result(&trusted, "SUP-009"), "fail");
        let strange = scan(&plimsoll, &reference, &["--verify-key", &stranger]);
        assert_eq!(result(&strange, "SUP-002"), "fail", "{}", said(&strange, "SUP-002"));
        // Which standards ask for it too, without further flags.
        let standard = scan(&plimsoll, &reference, &["--compliance", "cis-docker"]);
        assert_eq!(result(&standard, "SUP-001"), "pass");
    }
}

#[test]
fn a_signature_of_another_image_is_none() {
    let (folder, plimsoll, registry) = (TempDir::new().unwrap(), Plimsoll::new(), Registry::start());
    let (key, public) = key_pair(folder.path(), "own", P256);
    let layout = Layout::new(folder.path().join("layout"));
    let (image, other) = (layout.image("1", &json!({})), layout.image("2", &json!({})));
    // Good, of `other`, and put where one of `image` belongs.
    let stolen = signature(&layout, folder.path(), &key, name(&other), &[]);
    let reference = push(&registry, &layout, "app", &[(&image, "1.0"), (&stolen, &tag_of(&image))]) + ":1.0";
    let report = scan(&plimsoll, &reference, &["--verify-key", &public]);
    assert!(said(&report, "SUP-001").contains("none is of this image"), "{}", said(&report, "SUP-001"));
    assert_eq!(result(&report, "SUP-002"), "fail");
}

#[test]
fn what_a_certificate_says_is_told_and_not_believed() {
    let (folder, plimsoll, registry) = (TempDir::new().unwrap(), Plimsoll::new(), Registry::start());
    let (key, _) = key_pair(folder.path(), "own", P256);
    let pem = folder.path().join("certificate.pem");
    let identity = "https://github.com/acme/app/.github/workflows/build.yml@refs/heads/main";
    let issuer = "https://token.actions.githubusercontent.com";
    tool(
        "openssl",
        "openssl",
        &[
            "req",
            "-x509",
            "-key",
            &key,
            "-out",
            pem.to_str().unwrap(),
            "-subj",
            "/",
            "-days",
            "1",
            "-addext",
            &format!("subjectAltName=URI:{identity}"),
            "-addext",
            &format!("1.3.6.1.4.1.57264.1.8=ASN1:UTF8String:{issuer}"),
        ],
    );
    let layout = Layout::new(folder.path().join("layout"));
    let image = layout.image("1", &json!({}));
    let notes = [
        ("dev.sigstore.cosign/certificate", std::fs::read_to_string(&pem).unwrap()),
        ("dev.sigstore.cosign/bundle", json!({"SignedEntryTimestamp": "AA==", "Payload": {"logIndex": 1}}).to_string()),
    ];
    let signed = signature(&layout, folder.path(), &key, name(&image), &notes);
    let reference = push(&registry, &layout, "app", &[(&image, "1.0"), (&signed, &tag_of(&image))]) + ":1.0";
    let with = |identity: &str| {
        let params = format!("params:\n  SUP-002:\n    identities: [{{identity: {identity:?}, issuer: {issuer:?}}}]\n");
        scan(&plimsoll, &reference, &["--attached", "--checks", &settings(folder.path(), &params)])
    };
    let claimed = with("https://github.com/acme/app/*");
    assert_eq!(result(&claimed, "SUP-002"), "not-assessed");
    assert!(said(&claimed, "SUP-002").contains(&format!("{identity} (not verified)")), "{}", said(&claimed, "SUP-002"));
    assert_eq!(result(&with("https://github.com/other/*"), "SUP-002"), "fail");
    assert_eq!(result(&claimed, "SUP-009"), "pass");
}

#[test]
fn a_registry_that_does_not_answer_is_a_gap_and_no_missing_signature() {
    let (folder, plimsoll, registry) = (TempDir::new().unwrap(), Plimsoll::new(), Registry::start());
    let layout = Layout::new(folder.path().join("layout"));
    let image = layout.image("1", &json!({}));
    let reference = push(&registry, &layout, "app", &[(&image, "1.0")]) + ":1.0";
    // The list says that the manifest has three bytes, which it has not.
    let listed = json!({
        "schemaVersion": 2, "mediaType": INDEX,
        "manifests": [{"mediaType": MANIFEST, "digest": name(&image), "size": 3, "annotations": {"x": "y"}}],
    });
    let fallback = name(&image).replace(':', "-");
    let target = format!("/v2/app/manifests/{fallback}");
    let answer = http(&registry.address, "PUT", &target, INDEX, listed.to_string().as_bytes());
    assert!(answer.contains(" 201 "), "{answer}");
    let report = scan(&plimsoll, &reference, &["--attached"]);
    assert_eq!(result(&report, "SUP-001"), "not-assessed");
    assert!(said(&report, "SUP-001").contains("could not all be read"), "{}", said(&report, "SUP-001"));
    let gaps = report["gaps"].to_string();
    assert!(gaps.contains("attached to sha256:"), "{gaps}");
}

/// Provenance of BuildKit's, with these ways out of the sandbox.
fn provenance(exec: &Value, base: &str) -> Value {
    json!({
        "builder": {"id": "https://ci.example.com/1"}, "buildType": "https://mobyproject.org/buildkit@v1",
        "materials": [{"uri": base, "digest": {"sha256": "c".repeat(64)}}],
        "invocation": {"configSource": {"uri": "https://github.com/acme/app.git", "digest": {"sha1": "d".repeat(40)}}},
        "buildConfig": {"llbDefinition": [{"id": "step0", "op": {"Op": {"exec": exec}}}]},
    })
}

fn sbom(purl: &str) -> Value {
    json!({
        "spdxVersion": "SPDX-2.3", "creationInfo": {"created": "2023-11-01T00:00:00Z", "creators": ["Tool: x"]},
        "packages": [{
            "name": "curl", "versionInfo": "1", "supplier": "Person: a", "SPDXID": "SPDXRef-a",
            "externalRefs": [{"referenceType": "purl", "referenceLocator": purl}],
        }],
        "relationships": [{"relationshipType": "CONTAINS"}],
    })
}

#[test]
fn what_a_builder_left_in_a_layout_is_judged() {
    let (folder, plimsoll) = (TempDir::new().unwrap(), Plimsoll::new());
    let labels = json!({
        "org.opencontainers.image.source": "https://github.com/acme/app",
        "org.opencontainers.image.revision": "d".repeat(40),
    });
    let build = |seed: &str, exec: &Value, base: &str, purl: &str| {
        let mut layout = Layout::new(folder.path().join(seed));
        let image = layout.image(seed, &labels);
        let statements =
            [("https://slsa.dev/provenance/v0.2", provenance(exec, base)), ("https://spdx.dev/Document", sbom(purl))];
        let index = layout.with_statements(&image, &statements);
        layout.tag(index, "latest")
    };
    let curl = "pkg:deb/debian/curl@7.88.1-10?arch=amd64";
    let pinned = format!("pkg:docker/debian@12?digest=sha256:{}", "c".repeat(64));
    let params = "params:\n  BLD-016: {approved: [docker.io/library/debian]}\n";
    let approved = settings(folder.path(), params);
    let good = scan(&plimsoll, &build("good", &json!({"meta": {}}), &pinned, curl), &["--checks", &approved]);
    for id in ["SUP-003", "SUP-004", "SUP-005", "SUP-006", "SUP-008", "BLD-015", "BLD-016", "BLD-017"] {
        assert_eq!(result(&good, id), "pass", "{}", said(&good, id));
    }
    // A layout may be a copy that left its signatures behind.
    for id in ["SUP-001", "SUP-002", "SUP-007", "SUP-010", "SUP-011", "BLD-018"] {
        assert_eq!(result(&good, id), "not-assessed", "{}", said(&good, id));
    }
    assert!(said(&good, "SUP-001").contains("a copy may have left it behind"), "{}", said(&good, "SUP-001"));
    let elevated = json!({"meta": {}, "network": 1, "security": 1});
    let bad = build("bad", &elevated, "pkg:docker/stranger/base@1", "pkg:deb/debian/curl@6");
    let bad = scan(&plimsoll, &bad, &["--checks", &approved, "--attached"]);
    for (id, words) in [
        ("SUP-001", "has no signature"),
        ("SUP-005", "packages left out: 1 (deb curl 7.88.1-10); named and not there: 1 (deb curl 6)"),
        ("BLD-015", "security.insecure"),
        ("BLD-016", "docker.io/stranger/base:1"),
        ("BLD-017", "docker.io/stranger/base:1 is not named by digest"),
    ] {
        assert!(result(&bad, id) == "fail" && said(&bad, id).contains(words), "{}", said(&bad, id));
    }
}

#[test]
fn a_tag_that_moved_and_a_base_that_was_renewed() {
    let (folder, plimsoll, registry) = (TempDir::new().unwrap(), Plimsoll::new(), Registry::start());
    let layout = Layout::new(folder.path().join("layout"));
    let (old, new) = (layout.image("old base", &json!({})), layout.image("new base", &json!({})));
    let on = |address: &str| {
        json!({
            "org.opencontainers.image.base.name": format!("{address}/base:12"),
            "org.opencontainers.image.base.digest": name(&old),
        })
    };
    let image = layout.image("app", &on(&registry.address));
    let base = push(&registry, &layout, "base", &[(&old, "12")]);
    assert!(base.ends_with("/base"));
    let reference = push(&registry, &layout, "app", &[(&image, "1.0")]) + ":1.0";
    let history = folder.path().join("history.jsonl").display().to_string();
    let first = scan(&plimsoll, &reference, &["--attached", "--history", &history]);
    assert_eq!((result(&first, "BLD-018"), result(&first, "SUP-011")), ("pass", "not-assessed"));
    let again = scan(&plimsoll, &reference, &["--history", &history]);
    assert_eq!((result(&again, "BLD-018"), result(&again, "SUP-011")), ("not-assessed", "pass"));

    push(&registry, &layout, "base", &[(&new, "12")]);
    let rebuilt = layout.image("app, built again", &on(&registry.address));
    push(&registry, &layout, "app", &[(&rebuilt, "1.0")]);
    let moved = scan(&plimsoll, &reference, &["--attached", "--history", &history]);
    assert_eq!((result(&moved, "BLD-018"), result(&moved, "SUP-011")), ("fail", "fail"));
    assert!(said(&moved, "SUP-011").contains(&format!("the tag named {} on 2023-11-14", name(&image))));
    // Whoever writes the label does not choose whom we talk to.
    let elsewhere = layout.image("elsewhere", &on("127.0.0.2:9"));
    let reference = push(&registry, &layout, "app", &[(&elsewhere, "2.0")]) + ":2.0";
    let report = scan(&plimsoll, &reference, &["--attached"]);
    assert!(said(&report, "BLD-018").contains("neither the image's registry"), "{}", said(&report, "BLD-018"));
}

#[test]
fn a_key_that_is_none_is_refused_before_the_scan() {
    let (folder, plimsoll) = (TempDir::new().unwrap(), Plimsoll::new());
    let file = folder.path().join("key.pem");
    std::fs::write(&file, "no key").unwrap();
    let output = plimsoll.run(&["scan", "dir:/nowhere", "--offline", "--verify-key", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("holds no public key"), "{}", text(&output.stderr));
}
