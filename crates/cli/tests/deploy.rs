//! The scripts under `deploy/`: publishing shards on a schedule, and carrying everything across an air gap.
#![cfg(test)]

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use support::{Plimsoll, checkout, text};
use tempfile::TempDir;

/// A place with a mirror of one release of Alpine and keys.
struct Site {
    folder: TempDir,
    plimsoll: Plimsoll,
}

impl Site {
    fn new() -> Self {
        let site = Self { folder: TempDir::new().unwrap(), plimsoll: Plimsoll::new() };
        site.write("1.36.1-r1");
        let key = site.at("key");
        assert!(site.plimsoll.run(&["db", "keygen", &key, "--no-password"]).status.success());
        site
    }

    fn at(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn write(&self, fixed: &str) {
        for part in ["main", "community"] {
            let path = self.folder.path().join(format!("mirror/alpine/v3.18/{part}.json"));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let text =
                format!(r#"{{"packages":[{{"pkg":{{"name":"{part}","secfixes":{{"{fixed}":["CVE-2023-0001"]}}}}}}]}}"#);
            fs::write(path, text).unwrap();
        }
    }

    /// Runs a script of `deploy/`, or one that it has written.
    fn script(&self, script: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        let mut command = Command::new(script);
        command.args(arguments).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
        command.env("PLIMSOLL", env!("CARGO_BIN_EXE_plimsoll")).env("PLIMSOLL_CACHE_DIR", self.at("cache"));
        command.env("PLIMSOLL_MIRROR", self.at("mirror")).env("PLIMSOLL_KEY", self.at("key"));
        command.envs(variables.iter().copied()).output().unwrap()
    }

    /// Publishes as of so many seconds since 1970.
    fn publish(&self, moment: &str) -> String {
        let variables = [("SOURCE_DATE_EPOCH", moment)];
        let output = self.script(&checkout("deploy/shards/publish"), &[&self.at("public")], &variables);
        assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
        text(&output.stdout)
    }
}

#[test]
fn shards_are_published_on_a_schedule() {
    let site = Site::new();
    assert!(site.publish("1780000000").contains("published"));
    let first = fs::read(site.folder.path().join("public/index.json")).unwrap();
    site.write("1.36.1-r2");
    site.publish("1780000060");
    assert_ne!(fs::read(site.folder.path().join("public/index.json")).unwrap(), first);
    // A run that cannot sign publishes nothing.
    let nowhere = site.at("no-such-key");
    let output = site.script(&checkout("deploy/shards/publish"), &[&site.at("public")], &[("PLIMSOLL_KEY", &nowhere)]);
    assert!(!output.status.success());
    let arguments = ["db", "verify", &site.at("public"), "--shards-key", &site.at("key.pub")];
    let output = site.plimsoll.run(&arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[test]
fn a_delivery_crosses_the_gap_and_a_changed_one_does_not() {
    let site = Site::new();
    site.publish("1780000000");
    let (public, key, signing) = (site.at("public"), site.at("key.pub"), site.at("key"));
    let variables = [("PLIMSOLL_SHARDS", &*public), ("PLIMSOLL_SHARDS_KEY", &key), ("SIGNING_KEY", &signing)];
    let delivery = site.at("delivery.tar");
    let output = site.script(&checkout("deploy/air-gap/pack"), &[&delivery], &variables);
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));

    let inside = TempDir::new().unwrap();
    support::tool("tar", "tar", &["-C", inside.path().to_str().unwrap(), "-xf", &delivery]);
    let bundle = inside.path().join("plimsoll-air-gap");
    let (keys, prefix, cache) = (inside.path().join("keys"), inside.path().join("usr"), inside.path().join("cache"));
    fs::create_dir(&keys).unwrap();
    let install = || {
        let (keys, prefix, cache) =
            (keys.display().to_string(), prefix.display().to_string(), cache.display().to_string());
        site.script(&bundle.join("install"), &[&keys, &prefix], &[("PLIMSOLL_CACHE_DIR", &cache)])
    };
    // With no key to trust, the one that came along proves nothing.
    assert!(!install().status.success() && !prefix.exists());
    fs::copy(site.at("key.pub"), keys.join("trusted.pub")).unwrap();
    // Changed, or with something added.
    let program = fs::read(bundle.join("plimsoll")).unwrap();
    fs::write(bundle.join("plimsoll"), b"#!/bin/sh\ntouch /tmp/never\n").unwrap();
    assert!(!install().status.success() && !prefix.exists());
    fs::write(bundle.join("plimsoll"), program).unwrap();
    fs::write(bundle.join("keys/stranger.pub"), "untrusted").unwrap();
    assert!(!install().status.success() && !prefix.exists());
    fs::remove_file(bundle.join("keys/stranger.pub")).unwrap();

    let output = install();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    assert!(prefix.join("bin/plimsoll").is_file());
    let output = Command::new(prefix.join("bin/plimsoll")).args(["db", "status", "--cache-dir"]).arg(&cache).output();
    let output = output.unwrap();
    assert!(text(&output.stdout).contains("alpine:3.18"), "{}{}", text(&output.stdout), text(&output.stderr));
}
