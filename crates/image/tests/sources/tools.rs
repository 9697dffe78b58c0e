//! The real tools that the tests run, and the real registry. A missing tool is a failure that says how to get it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// Tool and the Debian package it is in.
const PACKAGES: [(&str, &str); 5] = [
    ("unshare", "util-linux"),
    ("docker-registry", "docker-registry"),
    ("skopeo", "skopeo"),
    ("podman", "podman"),
    ("openssl", "openssl"),
];

pub fn command(tool: &str) -> Command {
    let package = PACKAGES.iter().find(|(name, _)| *name == tool).expect("a tool of the list").1;
    let found = std::env::split_paths(&std::env::var_os("PATH").unwrap()).any(|folder| folder.join(tool).is_file());
    assert!(found, "this test needs {tool}: apt-get install {package}");
    Command::new(tool)
}

/// Runs a tool to its end, which must be good.
pub fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// Copies an image by skopeo.
pub fn copy(from: &str, to: &str, flags: &[&str]) {
    run(command("skopeo").args(["--insecure-policy", "copy", "-q"]).args(flags).args([from, to]));
}

/// Copies an image into a containers-storage store. As root, skopeo mounts the store's folder on itself and leaves that
/// behind, so it gets mounts of its own.
pub fn copy_to_store(from: &str, to: &str) {
    let skopeo = ["skopeo", "--insecure-policy", "copy", "-q", from, to];
    let is_root = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").unwrap()) == 0;
    if is_root {
        run(command("unshare").arg("--mount").args(skopeo));
    } else {
        copy(from, to, &[]);
    }
}

/// A running server process, ended with the test.
pub struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Service {
    /// Starts a server and waits for the line of its log that has `sign` in it.
    pub fn start(command: &mut Command, sign: &str) -> (Self, String) {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut seen = String::new();
        let line = loop {
            let mut line = String::new();
            let count = log.read_line(&mut line).unwrap();
            seen.push_str(&line);
            assert!(count > 0, "{command:?} ended: {seen}");
            if line.contains(sign) {
                break line;
            }
        };
        // Somebody has to read on, or the server stops when the pipe is full.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        (Self(child), line)
    }
}

/// Starts Debian's registry on a free port of loopback; `http` and `auth` are further lines of its configuration.
pub fn registry(folder: &Path, http: &str, auth: &str) -> (Service, String) {
    let storage = folder.join("registry");
    let config = folder.join("registry.yml");
    let text = format!(
        "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: {}\nhttp:\n  addr: 127.0.0.1:0\n{http}\n{auth}\n",
        storage.display()
    );
    std::fs::write(&config, text).unwrap();
    let (service, line) = Service::start(command("docker-registry").arg("serve").arg(&config), "listening on");
    let address = line.split("listening on ").nth(1).unwrap();
    let host = address.split(|c: char| c != '.' && c != ':' && !c.is_ascii_digit()).next().unwrap();
    (service, host.to_owned())
}
