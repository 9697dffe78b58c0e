//! How advisories are reached: through a proxy, past one, and over TLS that only a given authority vouches for.
#![cfg(test)]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use support::{Plimsoll, text, tool};
use tempfile::TempDir;

/// What every part of Alpine's database is here.
const DOCUMENT: &str = r#"{"packages":[{"pkg":{"name":"busybox","secfixes":{"1.36.1-r1":["CVE-2023-0001"]}}}]}"#;

/// Answers every request with the document; the first lines of the requests.
fn server() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&seen);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(&stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
            told.lock().unwrap().extend(lines.take(1));
            let length = DOCUMENT.len();
            let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
            stream.write_all(format!("{head}{DOCUMENT}").as_bytes()).unwrap();
        }
    });
    (address, seen)
}

/// An update of one release of Alpine from a mirror, and what it printed.
fn update(mirror: &str, variables: &[(&str, &str)], more: &[&str]) -> String {
    let plimsoll = Plimsoll::new();
    let mut command = plimsoll.command(&["db", "update", "alpine:3.18", "--mirror", mirror]);
    let output = command.args(more).envs(variables.iter().copied()).output().unwrap();
    text(&output.stdout) + &text(&output.stderr)
}

#[test]
fn proxies_are_used_where_the_variables_say_so() {
    let (proxy, seen) = server();
    let url = format!("http://{proxy}");
    let printed = update("http://advisories.example", &[("http_proxy", &url)], &[]);
    assert!(printed.contains("advisories in 1 shards"), "{printed}");
    let first = seen.lock().unwrap().first().cloned().unwrap();
    assert!(first.starts_with("GET http://advisories.example/"), "{first}");
}

#[test]
fn proxies_are_passed_by_where_the_variables_say_so() {
    let (direct, seen) = server();
    let variables = [("http_proxy", "http://127.0.0.1:9"), ("no_proxy", "127.0.0.1")];
    let printed = update(&format!("http://{direct}"), &variables, &[]);
    assert!(printed.contains("advisories in 1 shards"), "{printed}");
    let seen = seen.lock().unwrap();
    assert!(seen.iter().any(|line| line.starts_with("GET /alpine/v3.18/main.json ")), "{seen:?}");
}

/// A TLS server of another make, ended with this value.
struct Secure {
    process: Child,
    port: u16,
}

impl Secure {
    fn start(folder: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new("openssl")
            .args(["s_server", "-quiet", "-WWW", "-cert", "server.pem", "-key", "server.key", "-accept"])
            .arg(port.to_string())
            .current_dir(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { process, port };
        let listens = (0..200).any(|_| {
            std::thread::park_timeout(std::time::Duration::from_millis(25));
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        assert!(listens, "openssl s_server does not listen");
        server
    }
}

impl Drop for Secure {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// A certificate for 127.0.0.1 by an authority that no system knows: `ca.pem`, `server.pem`, `server.key`.
fn certificates(folder: &Path) {
    let at = |name: &str| folder.join(name).display().to_string();
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
    let authority = ["req", "-x509", "-subj", "/CN=Test authority", "-keyout"];
    tool("openssl", "openssl", &[&authority[..], &[&at("ca.key"), "-out", &at("ca.pem")], &key].concat());
    let (issuer, issuer_key) = (at("ca.pem"), at("ca.key"));
    let server = ["req", "-x509", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
    let plain = ["-addext", "basicConstraints=critical,CA:FALSE", "-CA", &issuer, "-CAkey", &issuer_key, "-keyout"];
    tool("openssl", "openssl", &[&server[..], &plain, &[&at("server.key"), "-out", &at("server.pem")], &key].concat());
}

#[test]
fn an_authority_of_ones_own_is_trusted_only_when_given() {
    let folder = TempDir::new().unwrap();
    certificates(folder.path());
    for part in ["main", "community"] {
        let path = folder.path().join(format!("alpine/v3.18/{part}.json"));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, DOCUMENT).unwrap();
    }
    let server = Secure::start(folder.path());
    let mirror = format!("https://127.0.0.1:{}", server.port);
    let authority = folder.path().join("ca.pem").display().to_string();
    let printed = update(&mirror, &[], &[]);
    assert!(printed.contains("FAILED") && printed.contains("ertificate"), "{printed}");
    let printed = update(&mirror, &[], &["--ca-file", &authority]);
    assert!(printed.contains("advisories in 1 shards"), "{printed}");
}
