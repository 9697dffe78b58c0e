//! What the black-box tests share: running the binary, the real images, the mirror of feeds, a registry.

#![expect(dead_code, reason = "each test file is its own crate and uses its own part of this")]

pub mod layers;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A folder of the checkout.
pub fn checkout(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// Real advisory data, laid out as the publishers' feeds are.
pub fn mirror() -> PathBuf {
    let path = checkout("../shared/feeds");
    assert!(
        path.is_dir(),
        "{} is not there: these tests need the development feeds beside the checkout",
        path.display()
    );
    path
}

/// A real image by name, as `./test` builds it.
pub fn image(name: &str) -> PathBuf {
    let root = std::env::var_os("IMAGES").map_or_else(|| checkout("target/images"), PathBuf::from);
    let path = root.join(name);
    assert!(path.is_dir(), "{} is not there: run ./test once, it builds the images", path.display());
    path
}

/// The program with a cache of its own and no settings from outside.
pub struct Plimsoll {
    /// Deleted with this value.
    pub cache: TempDir,
}

impl Plimsoll {
    pub fn new() -> Self {
        Self { cache: TempDir::new().unwrap() }
    }

    /// A command with these arguments, split at spaces.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
        command.args(arguments).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", self.cache.path()).env("PLIMSOLL_CACHE_DIR", self.cache.path().join("cache"));
        command.env("SOURCE_DATE_EPOCH", "1700000000").stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Scans with the development feeds as mirror; the JSON report.
    pub fn scan(&self, reference: &str, more: &[&str]) -> Value {
        let output =
            self.command(&["scan", reference, "-o", "json"]).args(more).arg("--mirror").arg(mirror()).output().unwrap();
        assert!(output.status.success(), "{reference}: {}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Standard output of a command that must succeed; a missing program says which Debian package has it.
pub fn tool(package: &str, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}; install Debian's {package}, or run ./test, which does"));
    assert!(output.status.success(), "{program} {arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// The root file system of an image, unpacked by another tool than ours.
pub fn unpack(layout: &Path, folder: &Path) -> PathBuf {
    let bundle = folder.join("bundle");
    let image = format!("{}:latest", layout.display());
    tool("umoci", "umoci", &["unpack", "--image", &image, bundle.to_str().unwrap()]);
    bundle.join("rootfs")
}

/// A real registry server on a loopback port, ended with this value.
pub struct Registry {
    process: Child,
    pub address: String,
    _folder: TempDir,
}

impl Registry {
    pub fn start() -> Self {
        Self::with("")
    }

    /// One that lets in `captain` with the password `hunter2`, and nobody else.
    pub fn with_passwords() -> Self {
        let passwords = checkout("fixtures/image/htpasswd");
        Self::with(&format!("auth: {{htpasswd: {{realm: test, path: {}}}}}\n", passwords.display()))
    }

    fn with(auth: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let configuration = format!(
            "version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {}}}}}\nhttp: {{addr: '{address}'}}\n{auth}",
            folder.path().join("data").display()
        );
        let file = folder.path().join("config.yml");
        std::fs::write(&file, configuration).unwrap();
        let process = Command::new("docker-registry")
            .arg("serve")
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("docker-registry: {error}; install Debian's docker-registry, or run ./test")
            });
        let registry = Self { process, address, _folder: folder };
        registry.wait();
        registry
    }

    /// Until it answers; the connection attempts themselves take the time, and their number is bounded.
    fn wait(&self) {
        for _ in 0..200 {
            if let Ok(mut stream) = TcpStream::connect(&self.address) {
                let asked = stream.write_all(b"GET /v2/ HTTP/1.0\r\n\r\n");
                let mut answer = [0; 12];
                if asked.is_ok() && stream.read_exact(&mut answer).is_ok() && answer.starts_with(b"HTTP/1") {
                    return;
                }
            }
            std::thread::park_timeout(std::time::Duration::from_millis(50));
        }
        panic!("the registry on {} does not answer", self.address);
    }

    /// Pushes an OCI layout with a tool that is not ours; the reference to scan.
    pub fn push(&self, layout: &Path, name: &str) -> String {
        let reference = format!("{}/{name}", self.address);
        let from = format!("oci:{}:latest", layout.display());
        let to = format!("docker://{reference}");
        tool("skopeo", "skopeo", &["--insecure-policy", "copy", "-q", "--dest-tls-verify=false", &from, &to]);
        reference
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// Packages of one ecosystem as `name version arch source`, sorted.
pub fn packages(report: &Value, ecosystem: &str) -> Vec<String> {
    let packages = report["inventory"]["packages"].as_array().unwrap();
    let mut lines: Vec<String> = packages
        .iter()
        .filter(|package| package["ecosystem"] == ecosystem)
        .map(|package| {
            let field = |value: &Value| value.as_str().unwrap_or("").to_owned();
            format!("{} {} {}", field(&package["name"]), field(&package["version"]), field(&package["arch"]))
        })
        .collect();
    lines.sort();
    lines
}

/// Inventory without what depends on how the image was reached: layers and their numbers.
pub fn without_layers(report: &Value) -> Value {
    let mut inventory = report["inventory"].clone();
    for package in inventory["packages"].as_array_mut().unwrap() {
        let package = package.as_object_mut().unwrap();
        package.remove("layer");
        for location in package.get_mut("locations").and_then(Value::as_array_mut).into_iter().flatten() {
            location.as_object_mut().unwrap().remove("layer");
        }
    }
    inventory
}

/// Findings of one kind.
pub fn findings<'a>(report: &'a Value, kind: &str) -> Vec<&'a Value> {
    report["findings"].as_array().unwrap().iter().filter(|finding| finding["kind"] == kind).collect()
}

/// How a check came out.
pub fn result<'a>(report: &'a Value, id: &str) -> &'a str {
    let checks = report["checks"].as_array().unwrap();
    checks.iter().find(|check| check["id"] == id).unwrap_or_else(|| panic!("no {id}"))["result"].as_str().unwrap()
}
