//! dpkg itself as the oracle: packages built by dpkg-deb, installed, held and removed by dpkg in a root of its own, and
//! then read by both.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use plimsoll_model::Package;
use plimsoll_packages::{ecosystem, inventory};

use crate::tree::{Tree, load, readings};

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .env("LC_ALL", "C")
        .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}; install it: apt-get install dpkg"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// Builds a package from control fields and files.
fn build(folder: &Path, control: &str, files: &[&str], scripts: &[(&str, &str)]) -> PathBuf {
    let name = control.lines().find_map(|line| line.strip_prefix("Package: ")).unwrap();
    let architecture = control.lines().find_map(|line| line.strip_prefix("Architecture: ")).unwrap();
    let root = folder.join(format!("{name}-{architecture}"));
    fs::create_dir_all(root.join("DEBIAN")).unwrap();
    let fixed = "Maintainer: Example <example@lists.debian.org>\nDescription: test\n Longer.\n";
    fs::write(root.join("DEBIAN/control"), format!("{control}{fixed}")).unwrap();
    for (script, text) in scripts {
        let path = root.join("DEBIAN").join(script);
        fs::write(&path, text).unwrap();
        run("chmod", &["755", path.to_str().unwrap()]);
    }
    for file in files {
        let path = root.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "x\n").unwrap();
    }
    let package = root.with_extension("deb");
    run("dpkg-deb", &["--root-owner-group", "--build", root.to_str().unwrap(), package.to_str().unwrap()]);
    package
}

struct Root(tempfile::TempDir);

impl Root {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        for folder in ["var/lib/dpkg/info", "var/lib/dpkg/updates", "var/lib/dpkg/triggers", "debs"] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        fs::write(root.path().join("var/lib/dpkg/status"), "").unwrap();
        Self(root)
    }

    fn dpkg(&self, arguments: &[&str]) -> bool {
        let root = format!("--root={}", self.0.path().display());
        // Without root, dpkg may neither change owners nor the root; what it records is the same.
        let base = [&root, "--force-not-root", "--force-script-chrootless", "--force-bad-path", "--force-architecture"];
        let output = Command::new("dpkg").args(base).args(arguments).env("LC_ALL", "C").output();
        output.unwrap_or_else(|error| panic!("dpkg: {error}; install it: apt-get install dpkg")).status.success()
    }

    fn install(&self, control: &str, files: &[&str], scripts: &[(&str, &str)]) -> bool {
        let package = build(&self.0.path().join("debs"), control, files, scripts);
        self.dpkg(&["--install", package.to_str().unwrap()])
    }

    /// What dpkg-query prints of every package that has files on disk, one a line.
    fn query(&self, fields: &str) -> Vec<String> {
        let database = format!("--admindir={}", self.0.path().join("var/lib/dpkg").display());
        let output = run("dpkg-query", &[&database, "-W", "-f", &format!("${{db:Status-Status}}|{fields}\n")]);
        let installed = output.lines().filter_map(|line| {
            let (status, fields) = line.split_once('|')?;
            (!matches!(status, "config-files" | "not-installed")).then(|| fields.to_owned())
        });
        let mut lines: Vec<_> = installed.collect();
        lines.sort();
        lines
    }

    fn tree(&self) -> Tree {
        load(&self.0.path().join("var")).into_iter().map(|(path, bytes)| (format!("var/{path}"), bytes)).collect()
    }
}

fn packages(tree: &Tree) -> Vec<Package> {
    let reader = ecosystem("deb").unwrap().readers.iter().find(|reader| reader.id == "deb/status").unwrap();
    let facts = readings(reader, tree).remove(0).1.unwrap();
    assert_eq!(facts.malformed, Vec::<String>::new());
    inventory(facts.packages, &[], &[]).0.packages
}

fn populated() -> Root {
    let root = Root::new();
    let architecture = run("dpkg", &["--print-architecture"]);
    let architecture = architecture.trim();
    let foreign = if architecture == "i386" { "amd64" } else { "i386" };
    assert!(root.dpkg(&["--add-architecture", foreign]));
    let control = |name: &str, version: &str, architecture: &str, more: &str| {
        format!("Package: {name}\nVersion: {version}\nArchitecture: {architecture}\n{more}")
    };
    let install = |control: String, files: &[&str]| assert!(root.install(&control, files, &[]), "{control}");
    install(control("plain", "1.0-1", "all", ""), &["usr/share/plain/file"]);
    install(control("epoch", "2:1.0~rc1+dfsg-3", architecture, ""), &["usr/bin/epoch"]);
    install(
        control("binnmu", "1.0-1+b2", architecture, "Source: origin (1.0-1)\nDepends: plain (>= 1)\n"),
        &["usr/a b"],
    );
    install(control("sourced", "3-1", "all", "Source: other\nPre-Depends: plain | nothing\n"), &[]);
    install(control("same", "1-1", architecture, "Multi-Arch: same\n"), &["usr/lib/native"]);
    install(control("same", "1-1", foreign, "Multi-Arch: same\n"), &["usr/lib/foreign"]);
    install(control("held", "5", "all", ""), &["etc/held"]);
    install(control("removed", "1", "all", ""), &["usr/share/removed"]);
    assert!(root.install(&control("leftover", "1", "all", ""), &["etc/leftover"], &[("conffiles", "/etc/leftover\n")]));
    assert!(root.dpkg(&["--remove", "removed", "leftover"]));
    let failing = [("postinst", "#!/bin/sh\nexit 1\n")];
    assert!(!root.install(&control("halfconfigured", "1", "all", ""), &["usr/half"], &failing));
    let package = build(&root.0.path().join("debs"), &control("unpacked", "0~1", "all", ""), &["usr/unpacked"], &[]);
    assert!(root.dpkg(&["--unpack", package.to_str().unwrap()]));
    let status = root.0.path().join("var/lib/dpkg/status");
    let text = fs::read_to_string(&status).unwrap();
    let held = text.replace("Package: held\nStatus: install", "Package: held\nStatus: hold");
    assert_ne!(held, text);
    fs::write(&status, held).unwrap();
    root
}

#[test]
fn packages_are_those_of_dpkg() {
    let root = populated();
    let fields = "${Package}|${Version}|${Architecture}|${source:Package}|${source:Version}";
    let ours = |package: &Package| {
        let own = (package.name.clone(), package.version.clone());
        let (source, version) = package.source.clone().map_or(own, |source| (source.name, source.version));
        format!("{}|{}|{}|{source}|{version}", package.name, package.version, package.arch)
    };
    let found = packages(&root.tree());
    let mut lines: Vec<_> = found.iter().map(ours).collect();
    lines.sort();
    assert_eq!(lines, root.query(fields));
    assert_eq!(lines.len(), 9, "{lines:#?}");
    let states = root.query("${Package} ${db:Status-Want} ${db:Status-Status}");
    for state in ["held hold installed", "halfconfigured install half-configured", "unpacked install unpacked"] {
        assert!(states.iter().any(|line| line == state), "{state}: {states:#?}");
    }
}

#[test]
fn files_are_those_of_dpkg() {
    let root = populated();
    let tree = root.tree();
    let reader = ecosystem("deb").unwrap().readers.iter().find(|reader| reader.id == "deb/list").unwrap();
    let database = format!("--admindir={}", root.0.path().join("var/lib/dpkg").display());
    let mut lists = 0;
    for (path, facts) in readings(reader, &tree) {
        for owned in facts.unwrap().owned {
            let listed = run("dpkg-query", &[&database, "-L", &owned.package]);
            let is_file = |line: &&str| fs::metadata(root.0.path().join(&line[1..])).is_ok_and(|file| file.is_file());
            let files: Vec<_> = listed.lines().filter(is_file).map(|line| &line[1..]).collect();
            assert_eq!(owned.paths.lines().collect::<Vec<_>>(), files, "{path}");
            lists += 1;
        }
    }
    assert!(lists >= 8, "{lists} lists");
}
