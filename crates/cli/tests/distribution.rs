//! Advisories as they are published and used: folder, registry with passwords, bundle, earlier days, age.
#![cfg(test)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;
use support::{Plimsoll, Registry, text};
use tempfile::TempDir;

/// A mirror, keys, and a folder that is published from them.
struct Publisher {
    plimsoll: Plimsoll,
    home: TempDir,
}

impl Publisher {
    fn new() -> Self {
        let publisher = Self { plimsoll: Plimsoll::new(), home: TempDir::new().unwrap() };
        publisher.run(&["db", "keygen", &publisher.at("key"), "--no-password"], 0);
        publisher
    }

    fn at(&self, name: &str) -> String {
        self.home.path().join(name).display().to_string()
    }

    fn run(&self, arguments: &[&str], code: i32) -> String {
        let output = self.plimsoll.run(arguments);
        let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        said
    }

    /// Builds at a time so many days ago, with one more record each time.
    fn build(&self, days: i64) -> PathBuf {
        let record = r#"{"packages": [{"pkg": {"name": "busybox", "secfixes": {"99.0": ["CVE-2023-0001"]}}}]}"#;
        for repository in ["main", "community"] {
            let path = self.home.path().join(format!("mirror/alpine/v3.18/{repository}.json"));
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, record.replace("0001", &format!("{:04}", 1000 - days))).unwrap();
        }
        let now = jiff::Timestamp::now().as_second() - days * 86400;
        let arguments =
            ["db", "build", "--mirror", &self.at("mirror"), "--out", &self.at("folder"), "--key", &self.at("key")];
        let mut command = self.plimsoll.command(&arguments);
        let output = command.env("SOURCE_DATE_EPOCH", now.to_string()).output().unwrap();
        assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
        self.home.path().join("folder")
    }

    /// A folder with Alpine's database of packages in it.
    fn alpine(&self) -> String {
        let root = self.home.path().join("root");
        for (path, content) in [
            ("etc/os-release", "ID=alpine\nVERSION_ID=3.18.4\n"),
            ("lib/apk/db/installed", "P:busybox\nV:1.36.1-r2\nA:x86_64\no:busybox\n\n"),
        ] {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        format!("dir:{}", root.display())
    }

    /// Scans Alpine with a cache of its own or the given one.
    fn scan(&self, reader: &Plimsoll, more: &[&str]) -> Value {
        let output = self.try_scan(reader, more);
        assert!(output.status.success(), "{more:?}: {}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn try_scan(&self, reader: &Plimsoll, more: &[&str]) -> std::process::Output {
        let mut command = reader.command(&["scan", &self.alpine(), "-o", "json", "-q"]);
        command.args(more).env("PLIMSOLL_SHARDS_KEY", self.at("key.pub")).output().unwrap()
    }
}

fn ids(report: &Value) -> Vec<&str> {
    report["findings"].as_array().unwrap().iter().map(|finding| finding["id"].as_str().unwrap()).collect()
}

fn source(report: &Value) -> &str {
    let data = report["data"].as_array().unwrap();
    data.iter().find(|data| data["space"] == "alpine:3.18").unwrap()["source"].as_str().unwrap_or_default()
}

#[test]
fn a_folder_answers_for_today_and_for_earlier_days() {
    let publisher = Publisher::new();
    publisher.build(9);
    let folder = publisher.build(1).display().to_string();
    let report = publisher.scan(&Plimsoll::new(), &["--shards", &folder]);
    assert_eq!((ids(&report), source(&report)), (vec!["CVE-2023-0999"], folder.as_str()));

    let day = |days: i64| {
        jiff::Timestamp::from_second(jiff::Timestamp::now().as_second() - days * 86400).unwrap().to_string()
    };
    let reader = Plimsoll::new();
    let earlier = publisher.scan(&reader, &["--shards", &folder, "--as-of", &day(7)]);
    assert_eq!(ids(&earlier), ["CVE-2023-0991"]);
    assert!(earlier["as_of"].as_str().unwrap().starts_with(&day(7)[..16]));
    for (days, limit, expected) in [(3, "5", "6 days before"), (30, "5", "keeps no index")] {
        let refused = publisher.try_scan(&reader, &["--shards", &folder, "--as-of", &day(days), "--max-db-age", limit]);
        let said = text(&refused.stderr);
        assert!(refused.status.code() == Some(3) && said.contains(expected), "{said}");
    }
    let stale = ["--shards", folder.as_str(), "--as-of", &day(3), "--allow-stale"];
    let report = publisher.scan(&reader, &stale);
    let gaps = report["gaps"].as_array().unwrap();
    assert!(gaps.iter().any(|gap| gap["location"] == "alpine:3.18" && gap["kind"] == "partial"), "{gaps:?}");
}

/// An answer is made of what a scan is given, not of what an earlier one was given.
#[test]
fn what_was_asked_for_once_does_not_answer_later() {
    let publisher = Publisher::new();
    publisher.build(0);
    let year = publisher.home.path().join("mirror/nvd/nvdcve-2.0-2002.json.gz");
    std::fs::create_dir_all(year.parent().unwrap()).unwrap();
    std::fs::write(&year, r#"{"vulnerabilities": [{"cve": {"id": "CVE-2002-0001", "descriptions": []}}]}"#).unwrap();
    let (reader, mirror) = (Plimsoll::new(), publisher.at("mirror"));
    let feeds = |more: &[&str]| {
        let report = publisher.scan(&reader, &[&["--mirror", &mirror][..], more].concat());
        let data = report["data"].as_array().unwrap().clone();
        data.iter().map(|data| data["feed"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let with = feeds(&[]);
    assert!(with.iter().any(|feed| feed == "nvd"), "{with:?}");
    // As it is when it was asked for by name in one scan and not in the next.
    std::fs::remove_dir_all(year.parent().unwrap()).unwrap();
    let without = feeds(&[]);
    assert!(!without.iter().any(|feed| feed == "nvd"), "{without:?}");
    assert!(!feeds(&["--offline"]).iter().any(|feed| feed == "nvd"));
}

#[test]
fn a_bundle_crosses_an_air_gap() {
    let publisher = Publisher::new();
    let folder = publisher.build(0).display().to_string();
    let (bundle, key) = (publisher.at("bundle.tar"), publisher.at("key.pub"));
    publisher.run(&["db", "export", &bundle, "alpine:3.18", "--shards", &folder, "--shards-key", &key], 0);
    publisher.run(&["db", "verify", &bundle, "--shards-key", &key], 0);
    let reader = Plimsoll::new();
    let imported = reader.run(&["db", "import", &bundle, "--shards-key", &key]);
    assert!(imported.status.success(), "{}", text(&imported.stderr));
    let report = publisher.scan(&reader, &["--offline"]);
    assert_eq!((ids(&report), source(&report)), (vec!["CVE-2023-1000"], bundle.as_str()));
    assert!(text(&reader.run(&["db", "status"]).stdout).contains(&bundle));

    let stranger = Publisher::new();
    let refused = Plimsoll::new().run(&["db", "import", &bundle, "--shards-key", &stranger.at("key.pub")]);
    assert_eq!(refused.status.code(), Some(3), "{}", text(&refused.stderr));
}

#[test]
fn a_registry_with_passwords_hands_it_out() {
    let publisher = Publisher::new();
    let registry = Registry::with_passwords();
    let to = format!("oci://{}/security/shards", registry.address);
    publisher.build(2);
    let folder = publisher.build(1).display().to_string();
    let login = |plimsoll: &Plimsoll| {
        let auth = r#"{"auths": {"HOST": {"auth": "Y2FwdGFpbjpodW50ZXIy"}}}"#.replace("HOST", &registry.address);
        let docker = plimsoll.cache.path().join(".docker");
        std::fs::create_dir_all(&docker).unwrap();
        std::fs::write(docker.join("config.json"), auth).unwrap();
    };
    assert!(publisher.run(&["db", "push", &folder, &to], 3).contains("credentials"));
    login(&publisher.plimsoll);
    publisher.run(&["db", "push", &folder, &to], 0);
    assert!(publisher.run(&["db", "push", &folder, &to], 0).contains(": 0 blobs sent"));

    let reader = Plimsoll::new();
    login(&reader);
    let report = publisher.scan(&reader, &["--shards", &to]);
    assert_eq!((ids(&report), source(&report)), (vec!["CVE-2023-0999"], to.as_str()));
    let day = jiff::Timestamp::from_second(jiff::Timestamp::now().as_second() - 86400 * 3 / 2).unwrap().to_string();
    assert_eq!(ids(&publisher.scan(&reader, &["--shards", &to, "--as-of", &day])), ["CVE-2023-0998"]);

    let key = publisher.at("key.pub");
    publisher.run(&["db", "verify", &to, "--shards-key", &key], 0);
    publisher.run(&["db", "pull", &to, &publisher.at("pulled"), "--shards-key", &key], 0);
    let verified = publisher.run(&["db", "verify", &publisher.at("pulled"), "--shards-key", &key], 0);
    assert!(verified.contains("1 older states"), "{verified}");
    let files = |folder: &str| {
        let names = std::fs::read_dir(Path::new(folder).join("blobs")).unwrap();
        names.map(|name| name.unwrap().file_name()).collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(files(&folder), files(&publisher.at("pulled")));
}

/// However a build or an import ends, what it leaves is what was there before or what was to come.
#[test]
fn killed_builds_and_imports_leave_the_old_or_the_new() {
    let publisher = Publisher::new();
    let folder = publisher.build(30).display().to_string();
    let (key, reader) = (publisher.at("key.pub"), Plimsoll::new());
    for round in 0..12_u64 {
        let days = 29 - i64::try_from(round).unwrap();
        let mirror = publisher.home.path().join("mirror/alpine/v3.18/main.json");
        let record = std::fs::read_to_string(&mirror).unwrap().replace("busybox", &format!("busybox{round}"));
        std::fs::write(&mirror, record).unwrap();
        let now = (jiff::Timestamp::now().as_second() - days * 86400).to_string();
        let arguments =
            ["db", "build", "--mirror", &publisher.at("mirror"), "--out", &folder, "--key", &publisher.at("key")];
        let mut command = publisher.plimsoll.command(&arguments);
        kill_after(command.env("SOURCE_DATE_EPOCH", now), round * 4);
        publisher.run(&["db", "verify", &folder, "--shards-key", &key], 0);
        kill_after(&mut reader.command(&["db", "import", &folder, "--shards-key", &key]), round * 4);
        let status = reader.run(&["db", "status"]);
        assert!(status.status.success(), "{}", text(&status.stdout));
    }
}

fn kill_after(command: &mut std::process::Command, milliseconds: u64) {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::park_timeout(std::time::Duration::from_millis(milliseconds));
    // It may have ended by itself.
    drop(child.kill());
    child.wait().unwrap();
}

#[test]
fn nothing_unsigned_is_used() {
    let publisher = Publisher::new();
    let folder = publisher.build(0);
    let output = publisher.plimsoll.run(&["scan", "dir:/", "--shards", folder.to_str().unwrap()]);
    assert!(text(&output.stderr).contains("--shards-key"), "{}", text(&output.stderr));
    std::fs::remove_file(folder.join("index.json.minisig")).unwrap();
    for kept in std::fs::read_dir(folder.join("indexes")).unwrap() {
        let kept = kept.unwrap().path();
        if kept.extension().is_some_and(|extension| extension == "minisig") {
            std::fs::remove_file(kept).unwrap();
        }
    }
    let refused = publisher.try_scan(&Plimsoll::new(), &["--shards", folder.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(text(&refused.stderr).contains("db sign"), "{}", text(&refused.stderr));
    publisher.run(&["db", "sign", folder.to_str().unwrap(), "--key", &publisher.at("key")], 0);
    publisher.scan(&Plimsoll::new(), &["--shards", folder.to_str().unwrap()]);
}
