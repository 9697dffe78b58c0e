//! Registries that fail, stall and lie.

use std::time::Duration;

use plimsoll_image::{Limits, Options, Retries, Timeouts};

use crate::builder::{self, Layout, host, noise, tar};
use crate::server::{Call, Reply, Server, registry};
use crate::{assert_layers_read, bytes, open_one, options, refusal};

/// A registry with [`builder::two_layers`], whose answers `change` may alter.
fn start(change: impl Fn(&Call, usize, Reply) -> Reply + Send + Sync + 'static) -> (tempfile::TempDir, Server, String) {
    let folder = tempfile::tempdir().unwrap();
    builder::two_layers(folder.path());
    let honest = registry(folder.path());
    let server = Server::start(move |call, before| change(call, before, honest(call)));
    let name = format!("{}/app", server.host);
    (folder, server, name)
}

fn is_big(reply: &Reply) -> bool {
    reply.body.len() > 100_000
}

#[test]
fn a_lost_connection_is_resumed_where_it_broke() {
    let (_folder, server, name) = start(|_, _, mut reply| {
        reply.cut = (reply.body.len() > 1_200_000).then_some(1_200_000);
        reply
    });
    let image = open_one(&name, &options());
    let big = bytes(&image, 1).unwrap();
    assert_eq!(Some(builder::sha256(&big)), image.summary.layers[1].digest);
    let ranges: Vec<_> = server.calls().into_iter().filter_map(|call| call.headers.get("range").cloned()).collect();
    assert_eq!(ranges, ["bytes=1200000-", "bytes=2400000-"]);
}

#[test]
fn a_server_without_ranges_is_read_again_from_the_start() {
    let folder = tempfile::tempdir().unwrap();
    builder::two_layers(folder.path());
    let honest = registry(folder.path());
    let server = Server::start(move |call, before| {
        let mut whole = call.clone();
        whole.headers.remove("range");
        let mut reply = honest(&whole);
        reply.cut = (is_big(&reply) && before < 1).then_some(100_000);
        reply
    });
    let image = open_one(&format!("{}/app", server.host), &options());
    let big = bytes(&image, 1).unwrap();
    assert_eq!(Some(builder::sha256(&big)), image.summary.layers[1].digest);
}

#[test]
fn losing_again_and_again_ends() {
    let (_folder, server, name) = start(|_, _, mut reply| {
        reply.cut = is_big(&reply).then_some(10);
        reply
    });
    let image = open_one(&name, &options());
    let why = bytes(&image, 1).unwrap_err();
    assert!(why.contains("the connection was lost after 40 of") && why.contains("/app"), "{why}");
    assert_eq!(server.calls().iter().filter(|call| call.headers.contains_key("range")).count(), 3);
}

#[test]
fn passing_failures_are_waited_out() {
    for status in [429, 500, 502, 503, 504] {
        let (_folder, server, name) = start(move |_, before, reply| match before {
            0 | 1 => Reply::new(status, "busy").header("Retry-After", "0"),
            _ => reply,
        });
        assert_layers_read(&open_one(&name, &options()));
        assert_eq!(server.count("manifests/latest"), 3, "{status}");
    }
}

#[test]
fn failures_that_do_not_pass_are_told() {
    let (_folder, server, name) = start(|_, _, _| Reply::new(503, "busy"));
    let why = refusal(&name, &options());
    assert!(why.contains("answers 503") && why.contains("4 attempts"), "{why}");
    assert_eq!(server.count("manifests/latest"), 4);

    let (_folder, server, name) = start(|_, _, _| Reply::new(429, "busy").header("Retry-After", "3600"));
    let why = refusal(&name, &options());
    assert!(why.contains("answers 429") && why.contains("asks to wait 3600 s"), "{why}");
    assert_eq!(server.count("manifests/latest"), 1);

    let (_folder, _server, name) = start(|_, _, _| Reply::new(418, "\u{1b}[31mteapot"));
    let why = refusal(&name, &options());
    assert!(why.contains("418") && !why.contains('\u{1b}'), "{why}");
}

#[test]
fn nobody_there() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let why = refusal(&format!("{port}/app"), &options());
    assert!(why.contains(&format!("cannot reach {port}")) && why.contains("refused"), "{why}");
    let why = refusal("registry.invalid/app", &options());
    assert!(why.contains("cannot reach registry.invalid") && !why.contains("attempts"), "{why}");
}

#[test]
fn a_silent_server_is_given_up() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let timeouts = Timeouts { stall: Duration::from_millis(50), ..Timeouts::default() };
    let why = refusal(&format!("{}/app", silent.local_addr().unwrap()), &Options { timeouts, ..options() });
    assert!(why.contains("cannot reach") && why.contains("timed out"), "{why}");
}

#[test]
fn a_server_that_trickles_is_given_up() {
    let trickle = |mut reply: Reply| {
        reply.pace = Some(Duration::from_millis(5));
        reply
    };
    let timeouts =
        Timeouts { stall: Duration::from_secs(1), document: Duration::from_millis(100), ..Timeouts::default() };
    let retries = Retries { count: 0, ..options().retries };
    let options = Options { timeouts, retries, ..options() };
    let (_folder, _server, name) = start(move |_, _, reply| if is_big(&reply) { trickle(reply) } else { reply });
    let why = bytes(&open_one(&name, &options), 1).unwrap_err();
    assert!(why.contains("the connection was lost after"), "{why}");
    let (_folder, _server, name) = start(move |_, _, reply| trickle(reply));
    let why = refusal(&name, &options);
    assert!(why.contains("the server is too slow"), "{why}");
}

#[test]
fn lies_about_documents_are_found() {
    let changed = |target: &'static str| {
        start(move |call, _, mut reply| {
            if call.target.contains(target) {
                let at = reply.body.len() - 2;
                reply.body[at] ^= 1;
            }
            reply
        })
    };
    let (_folder, _server, name) = changed("manifests/latest");
    let why = refusal(&name, &options());
    assert!(why.contains("the manifest is not what its digest says: expected sha256:"), "{why}");
    let (_folder, _server, name) = changed("/blobs/");
    let why = refusal(&name, &options());
    assert!(why.contains("the content is not what its digest says: expected sha256:"), "{why}");

    let (_folder, _server, name) = start(|_, _, mut reply| {
        reply.headers.clear();
        reply.body.resize(5 << 20, b' ');
        reply
    });
    assert!(refusal(&name, &options()).contains("longer than the 4194304 bytes"));
    let tight = Options { limits: Limits { config_size: 10, ..Limits::default() }, ..options() };
    let (_folder, _server, name) = start(|_, _, reply| reply);
    assert!(refusal(&name, &tight).contains("is larger than the 10 allowed"));
}

#[test]
fn lies_about_layers_are_found() {
    let (_folder, _server, name) = start(|_, _, mut reply| {
        if is_big(&reply) {
            reply.body.truncate(1000);
        }
        reply
    });
    let why = bytes(&open_one(&name, &options()), 1).unwrap_err();
    assert!(why.contains("the server offers 1000 bytes where the manifest says"), "{why}");

    let (_folder, _server, name) = start(|_, _, mut reply| {
        if is_big(&reply) {
            reply.body.extend(noise(1000));
            reply.without_length = true;
        }
        reply
    });
    let why = bytes(&open_one(&name, &options()), 1).unwrap_err();
    assert!(why.contains("the server sends more than the"), "{why}");

    let (_folder, _server, name) = start(|_, before, mut reply| {
        reply.cut = (is_big(&reply) && before == 0).then_some(1000);
        for (header, value) in &mut reply.headers {
            if header == "Content-Range" {
                *value = "bytes 0-10/20".into();
            }
        }
        reply
    });
    let why = bytes(&open_one(&name, &options()), 1).unwrap_err();
    assert!(why.contains("another range than asked for"), "{why}");

    let (_folder, _server, name) = start(|_, _, reply| if is_big(&reply) { Reply::new(404, "") } else { reply });
    let why = bytes(&open_one(&name, &options()), 1).unwrap_err();
    assert!(why.contains("the registry does not have layer sha256:"), "{why}");
}

#[test]
fn redirects_to_storage_carry_no_credentials() {
    let folder = tempfile::tempdir().unwrap();
    builder::two_layers(folder.path());
    let blobs = registry(folder.path());
    let storage = Server::start(move |call, _| blobs(call));
    let honest = registry(folder.path());
    // Another name of this machine: to a client, another host.
    let elsewhere = storage.host.replace("127.0.0.1", "localhost");
    let front = Server::start(move |call, _| match call {
        call if !call.headers.contains_key("authorization") => {
            Reply::new(401, "").header("WWW-Authenticate", "Basic realm=\"x\"")
        }
        call if call.target.contains("/blobs/") => {
            Reply::new(307, "").header("Location", format!("http://{elsewhere}{}", call.target))
        }
        call => honest(call),
    });
    let config = tempfile::tempdir().unwrap();
    let auths = format!(r#"{{"auths": {{"{}": {{"username": "me", "password": "hunter2"}}}}}}"#, front.host);
    std::fs::write(config.path().join("config.json"), auths).unwrap();
    let options = Options { docker_config: Some(config.path().into()), ..options() };
    assert_layers_read(&open_one(&format!("{}/app", front.host), &options));
    assert!(storage.calls().len() >= 3);
    assert!(storage.calls().iter().all(|call| !call.headers.contains_key("authorization")));
}

#[test]
fn an_index_that_lists_what_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut layout = Layout::new(folder.path());
    let image = layout.image(&host(), &[tar(&[("a", b"a")])]);
    let digest: plimsoll_model::Digest = image["digest"].as_str().unwrap().parse().unwrap();
    let index = layout.index(&[(&host(), image)]);
    layout.tag(index, "latest");
    std::fs::remove_file(layout.blob_path(&digest)).unwrap();
    let honest = registry(folder.path());
    let server = Server::start(move |call, _| honest(call));
    let why = refusal(&format!("{}/app", server.host), &options());
    assert!(why.contains(&format!("lists but does not have {digest}")), "{why}");
}
