//! A real registry, filled by skopeo.

use std::path::Path;

use plimsoll_image::{Options, PlatformChoice};
use serde_json::json;

use crate::builder::{self, Layout, host, tar};
use crate::server::{Reply, Server};
use crate::{assert_layers_read, essence, open, open_one, options, refusal, text, tools};

const PLAIN: &[&str] = &["--dest-tls-verify=false"];

#[test]
fn an_image_in_both_formats_by_tag_and_digest() {
    let folder = tempfile::tempdir().unwrap();
    let layout = builder::two_layers(&folder.path().join("layout"));
    let from = format!("oci:{}:latest", text(&layout.path));
    let original = open_one(&from, &options());
    let (_service, host) = tools::registry(folder.path(), "", "");
    for format in ["oci", "v2s2"] {
        let name = format!("{host}/team/app:{format}");
        tools::copy(&from, &format!("docker://{name}"), &[PLAIN, &["--format", format]].concat());
        let image = open_one(&name, &options());
        assert_eq!(image.summary.reference, name);
        assert_eq!(essence(&image), essence(&original));
        assert_layers_read(&image);
        let digest = image.summary.digest.unwrap();
        let by_digest = open_one(&format!("registry:{host}/team/app@{digest}"), &options());
        assert_eq!(by_digest.summary.digest, Some(digest));
    }
    let none = format!("{host}/team/app@sha256:{}", "0".repeat(64));
    for (reference, expected) in [
        (format!("{host}/team/app:none"), "not with this tag or digest"),
        (format!("{host}/team/none"), "not with this tag or digest"),
        (none, "no such image"),
    ] {
        let why = refusal(&reference, &options());
        assert!(why.contains(expected), "{why}");
    }
}

#[test]
fn all_platforms_of_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let mut layout = Layout::new(&folder.path().join("layout"));
    let platforms = [host(), "linux/s390x".to_owned(), "linux/arm/v7".to_owned()];
    let image = |platform: &String| layout.image(platform, &[tar(&[("p", platform.as_bytes())])]);
    let images: Vec<_> = platforms.iter().map(|platform| (platform.as_str(), image(platform))).collect();
    let index = layout.index(&images);
    layout.tag(index, "latest");
    let (_service, registry) = tools::registry(folder.path(), "", "");
    let name = format!("{registry}/multi");
    tools::copy(
        &format!("oci:{}:latest", text(&layout.path)),
        &format!("docker://{name}"),
        &[PLAIN, &["--all"]].concat(),
    );

    assert_eq!(open_one(&name, &options()).summary.platform.unwrap().to_string(), host());
    let all = open(&name, &Options { platform: PlatformChoice::All, ..options() }).unwrap();
    let found: Vec<_> = all.iter().map(|image| image.summary.platform.as_ref().unwrap().to_string()).collect();
    assert_eq!(found, platforms);
    all.iter().for_each(assert_layers_read);
}

/// Makes a private authority, and a server's and a client's certificate signed by it.
fn certificates(folder: &Path) {
    let openssl = |arguments: &[&str]| {
        tools::run(tools::command("openssl").current_dir(folder).args(arguments));
    };
    let extensions = "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n";
    std::fs::write(folder.join("leaf.ext"), extensions).unwrap();
    let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    openssl(
        &[&["req", "-x509"], &curve[..], &["-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=ca"]]
            .concat(),
    );
    for name in ["server", "client"] {
        let (key, request, certificate) = (format!("{name}.key"), format!("{name}.csr"), format!("{name}.pem"));
        openssl(&[&["req"], &curve[..], &["-keyout", &key, "-out", &request, "-subj", "/CN=leaf"]].concat());
        openssl(&[
            "x509",
            "-req",
            "-in",
            &request,
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-days",
            "2",
            "-out",
            &certificate,
            "-extfile",
            "leaf.ext",
        ]);
    }
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    std::fs::write(folder.join("identity.pem"), read("client.pem") + &read("client.key")).unwrap();
}

#[test]
fn private_authority_and_client_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    certificates(folder.path());
    let layout = builder::two_layers(&at("layout"));
    let (certificate, key, ca) = (at("server.pem"), at("server.key"), at("ca.pem"));
    let tls =
        |more: &str| format!("  tls:\n    certificate: {}\n    key: {}\n{more}", certificate.display(), key.display());

    let (service, registry) = tools::registry(folder.path(), &tls(""), "");
    let name = format!("{registry}/app");
    tools::copy(&format!("oci:{}:latest", text(&layout.path)), &format!("docker://{name}"), PLAIN);
    let why = refusal(&name, &options());
    assert!(why.contains("certificate") && why.contains("--ca-file"), "{why}");
    let trusting = Options { ca_files: vec![ca.clone()], ..options() };
    assert_layers_read(&open_one(&name, &trusting));
    assert_layers_read(&open_one(&name, &Options { insecure: true, ..options() }));
    drop(service);

    let clients = format!("    clientcas:\n      - {}\n", ca.display());
    let (_service, registry) = tools::registry(folder.path(), &tls(&clients), "");
    let name = format!("{registry}/app");
    let why = refusal(&name, &trusting);
    assert!(why.contains("--client-certificate"), "{why}");
    let known = Options { client_certificate: Some(at("identity.pem")), ..trusting.clone() };
    assert_layers_read(&open_one(&name, &known));
    for (path, expected) in [(at("ca.key"), "no PEM certificate"), (at("none"), "cannot read")] {
        let why = refusal(&name, &Options { client_certificate: Some(path), ..trusting.clone() });
        assert!(why.contains(expected), "{why}");
    }
}

#[test]
fn mirrors_come_first_and_the_registry_last() {
    let folder = tempfile::tempdir().unwrap();
    let layout = builder::two_layers(folder.path());
    let honest = || crate::server::registry(&layout.path);
    let upstream = honest();
    let upstream = Server::start(move |call, _| upstream(call));
    let full = honest();
    // Has the documents but lost the layers, as a cache may.
    let partial = Server::start(move |call, _| match full(call) {
        reply if reply.body.len() > 100_000 => Reply::new(404, "{}"),
        reply => reply,
    });
    let empty = Server::start(|_, _| Reply::new(404, r#"{"errors":[{"code":"NAME_UNKNOWN"}]}"#));
    let mirrors = vec![format!("http://{}", empty.host), format!("{}/cache", partial.host)];
    let options = Options { mirrors: [(upstream.host.clone(), mirrors)].into(), ..options() };
    let name = format!("{}/app", upstream.host);
    let image = open_one(&name, &options);
    assert_layers_read(&image);
    assert!(empty.count("/v2/app/manifests/latest") == 1 && partial.count("/v2/cache/app/manifests/latest") == 1);
    assert_eq!(upstream.count("manifests"), 0);
    assert_eq!(upstream.count("blobs"), 2, "the large layer, twice");

    let why = refusal(&format!("{name}:none"), &options);
    assert!(
        why.contains("has app not with this tag") && why.contains("mirror http://") && why.contains("/cache"),
        "{why}"
    );
}

#[test]
fn proxies_of_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let layout = builder::two_layers(folder.path());
    let registry = crate::server::registry(&layout.path);
    let proxy = Server::start(move |call, _| registry(call));
    let mut options = Options { insecure: true, ..options() };
    options.mirrors = [("registry.test".to_owned(), vec!["http://registry.test".to_owned()])].into();
    options.environment = [("HTTP_PROXY", format!("http://{}", proxy.host))].into_iter().collect();
    assert_layers_read(&open_one("registry.test/app", &options));
    assert!(proxy.calls().iter().all(|call| call.target.starts_with("http://registry.test/v2/app/")));

    let before = proxy.calls().len();
    options.environment =
        [("HTTP_PROXY", format!("http://{}", proxy.host)), ("NO_PROXY", ".test".into())].into_iter().collect();
    assert!(refusal("registry.test/app", &options).contains("cannot reach registry.test"));
    assert_eq!(proxy.calls().len(), before);

    options.environment = [("HTTPS_PROXY", "http://user:hunter2@[bad")].into_iter().collect();
    let why = refusal("registry.test/app", &options);
    assert!(why.contains("HTTPS_PROXY") && !why.contains("hunter2"), "{why}");
}

#[test]
fn plain_http_only_where_it_is_allowed() {
    let mirrors = [("registry.test".to_owned(), vec!["http://mirror.test".to_owned(), "ftp://x".to_owned()])].into();
    let why = refusal("registry.test/app", &Options { mirrors, ..options() });
    assert!(why.contains("plain HTTP to mirror.test is not allowed"), "{why}");
    assert!(why.contains("cannot reach registry.test"), "{why}");
    let elsewhere = json!({"errors": []}).to_string();
    let server = Server::start(move |_, _| Reply::new(403, elsewhere.clone()));
    let why = refusal(&format!("{}/app", server.host), &options());
    assert!(why.contains("forbids reading app"), "{why}");
}
