//! What checks are told of files by the package that they belong to, or belong to none: on images made here, and on real
//! ones with a layer more.
#![cfg(test)]

mod support;

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use support::layers::{Layer, extended, layout, retype};
use support::{Plimsoll, findings, image, result};
use tempfile::TempDir;

/// Paths that a check tells of.
fn told(report: &Value, id: &str) -> Vec<String> {
    let told = findings(report, "misconfiguration").into_iter().filter(|finding| finding["id"] == id);
    told.map(|finding| finding["locations"][0]["path"].as_str().unwrap().to_owned()).collect()
}

/// The bytes of a file in the bottom layer of a layout, unpacked by another tool than ours.
fn file_of(layout: &Path, path: &str) -> Vec<u8> {
    let read = |path: &Path| -> Value { serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap() };
    let blob = |digest: &Value| layout.join("blobs/sha256").join(&digest.as_str().unwrap()[7..]);
    let manifest = read(&blob(&read(&layout.join("index.json"))["manifests"][0]["digest"]));
    let layer = blob(&manifest["layers"][0]["digest"]);
    for name in [path.to_owned(), format!("./{path}")] {
        let output = Command::new("tar").arg("-xOf").arg(&layer).arg(name).output().unwrap();
        if output.status.success() {
            return output.stdout;
        }
    }
    panic!("{path} is not in {}", layer.display());
}

/// A distribution as its package manager leaves it, and a layer that changes one program and copies another.
#[test]
fn a_program_that_a_later_layer_replaced_is_told_and_a_copy_is_not() {
    const RPM: (&str, &str) = ("usr/lib64/bash.d/libbash.so.1", "usr/lib64/curl.d/libcurl.so.1");
    for (name, (changed, copied)) in [
        ("debian-bookworm-slim", ("usr/bin/sort", "usr/bin/head")),
        ("almalinux-8-sqlite", RPM),
        ("almalinux-9-sqlite", RPM),
        ("almalinux-9-ndb", RPM),
        ("almalinux-9-sysimage", RPM),
    ] {
        let folder = TempDir::new().unwrap();
        let from = image(name).join("oci");
        let copy = file_of(&from, copied);
        let layer = Layer::new()
            .file(changed, 0o755, "#!/bin/sh\n")
            .file(copied, 0o755, copy)
            .file("etc/debian_version", 0o644, "changed\n")
            .file("usr/share/doc/coreutils/copyright", 0o644, "changed\n");
        let image = extended(&folder, &from, layer).display().to_string();
        let plimsoll = Plimsoll::new();
        // The second time the answer comes from the cache.
        for _ in 0..2 {
            let report = plimsoll.scan(&image, &["--scanners", "checks"]);
            assert_eq!(result(&report, "FS-032"), "fail", "{name}");
            assert_eq!(told(&report, "FS-032"), [changed], "{name}");
        }
    }
}

fn alpine(database: &str) -> Layer {
    Layer::new().file("etc/os-release", 0o644, "ID=alpine\nVERSION_ID=3.20.0\n").file(
        "lib/apk/db/installed",
        0o644,
        database,
    )
}

#[test]
fn databases_of_apk_and_of_distroless_images_are_compared_too() {
    let folder = TempDir::new().unwrap();
    let plimsoll = Plimsoll::new();
    // SHA-1 of `abc`.
    let database = "P:busybox\nV:1.36\nA:x86_64\nF:bin\nR:busybox\nZ:Q1qZk+NkcGgWq6PiVxeFDCbJzQ2J0=\nR:other\nZ:Q1qZk+NkcGgWq6PiVxeFDCbJzQ2J0=\n\n";
    let layers = vec![
        alpine(database).file("bin/busybox", 0o755, "abc").file("bin/other", 0o755, "abc"),
        Layer::new().file("bin/busybox", 0o755, "abd").file("bin/other", 0o700, "abc"),
    ];
    let report =
        plimsoll.scan(&layout(&folder, layers, &json!({}), &[]).display().to_string(), &["--scanners", "checks"]);
    assert_eq!(told(&report, "FS-032"), ["bin/busybox"]);

    let folder = TempDir::new().unwrap();
    let layers = vec![
        Layer::new()
            .file("etc/os-release", 0o644, "ID=debian\nVERSION_ID=\"12\"\n")
            .file("var/lib/dpkg/status.d/base", 0o644, "Package: base\nVersion: 1\nArchitecture: amd64\n")
            .file("var/lib/dpkg/status.d/base.md5sums", 0o644, "900150983cd24fb0d6963f7d28e17f72  usr/bin/tool\n")
            .file("usr/bin/tool", 0o755, "abc"),
        Layer::new().file("usr/bin/tool", 0o755, "abd"),
    ];
    let report =
        plimsoll.scan(&layout(&folder, layers, &json!({}), &[]).display().to_string(), &["--scanners", "checks"]);
    assert_eq!(told(&report, "FS-032"), ["usr/bin/tool"]);
}

fn debian() -> Layer {
    let status = "Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\nPackage: b\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n";
    Layer::new()
        .file("etc/os-release", 0o644, "ID=debian\nVERSION_ID=\"12\"\n")
        .file("var/lib/dpkg/status", 0o644, status)
        .file("var/lib/dpkg/info/a.list", 0o644, "/usr\n/usr/bin\n/usr/bin/a\n/usr/bin/kept\n")
        .file("var/lib/dpkg/info/b.list", 0o644, "/usr\n/usr/bin\n/usr/bin/b\n")
}

#[test]
fn what_cannot_be_compared_does_not_pass() {
    let plimsoll = Plimsoll::new();
    let assess = |layers: Vec<Layer>| {
        let folder = TempDir::new().unwrap();
        let image = layout(&folder, layers, &json!({}), &[]).display().to_string();
        let report = plimsoll.scan(&image, &["--scanners", "checks"]);
        result(&report, "FS-032").to_owned()
    };
    let files = |layer: Layer| layer.file("usr/bin/a", 0o755, "abc").file("usr/bin/b", 0o755, "abc");
    let later = || Layer::new().file("usr/bin/a", 0o755, "abd");
    let list = "900150983cd24fb0d6963f7d28e17f72  usr/bin/a\n";
    assert_eq!(assess(vec![files(debian())]), "not-assessed", "one layer tells nothing");
    assert_eq!(assess(vec![files(debian()), Layer::new().file("srv/x", 0o644, "x")]), "pass");
    assert_eq!(assess(vec![files(debian()), later()]), "not-assessed", "there are no checksums");
    let with_list = || files(debian()).file("var/lib/dpkg/info/a.md5sums", 0o644, list);
    assert_eq!(assess(vec![with_list(), later()]), "fail");
    assert_eq!(assess(vec![with_list(), Layer::new().file("usr/bin/kept", 0o755, "x")]), "pass", "it has no checksum");
    // The package itself came anew.
    let upgraded = "Package: a\nStatus: install ok installed\nVersion: 2\nArchitecture: all\n";
    assert_eq!(assess(vec![with_list(), later().file("var/lib/dpkg/status", 0o644, upgraded)]), "pass");
}

/// Who changes a program changes what speaks of it, too.
#[test]
fn a_change_is_not_hidden_by_changing_the_lists() {
    let plimsoll = Plimsoll::new();
    let list = "900150983cd24fb0d6963f7d28e17f72  usr/bin/a\n900150983cd24fb0d6963f7d28e17f72  usr/bin/b\n";
    let (names, sums) = ("var/lib/dpkg/info/a.list", "var/lib/dpkg/info/a.md5sums");
    let base = || debian().file("usr/bin/a", 0o755, "abc").file("usr/bin/b", 0o755, "abc").file(sums, 0o644, list);
    let evil = || Layer::new().file("usr/bin/a", 0o755, "abd");
    let gone = |name: &str| evil().file(&format!("var/lib/dpkg/info/.wh.{name}"), 0o644, "");
    // MD5 of `abd`.
    let evil_list = list.replacen("900150983cd24fb0d6963f7d28e17f72", "4911e516e5aa21d327512e0c8b197616", 1);
    for (about, later, expected) in [
        ("as it is", evil(), "fail"),
        ("the list has the new checksum", evil().file(sums, 0o644, evil_list), "not-assessed"),
        ("the list has none", evil().file(sums, 0o644, list.split_once('\n').unwrap().1), "not-assessed"),
        ("the list is gone", gone("a.md5sums"), "not-assessed"),
        ("the package has no files", evil().file(names, 0o644, "/.\n"), "not-assessed"),
        ("nobody knows its files", gone("a.list"), "not-assessed"),
        ("a link is in its place", Layer::new().link("usr/bin/a", "/opt/evil").file("opt/evil", 0o755, "abd"), "fail"),
        ("a link is in the place of one that has no checksum", Layer::new().link("usr/bin/kept", "/opt/x"), "pass"),
        ("another package's is changed", Layer::new().file("var/lib/dpkg/info/b.list", 0o644, "/.\n"), "not-assessed"),
    ] {
        let folder = TempDir::new().unwrap();
        let image = layout(&folder, vec![base(), later], &json!({}), &[]).display().to_string();
        let report = plimsoll.scan(&image, &["--scanners", "checks"]);
        assert_eq!(result(&report, "FS-032"), expected, "{about}");
        if expected == "fail" {
            assert_eq!(told(&report, "FS-032"), ["usr/bin/a"], "{about}");
        }
    }
}

/// A program of this source and these flags, built by a compiler.
fn built(flags: &[&str]) -> Vec<u8> {
    let folder = TempDir::new().unwrap();
    let (source, program) = (folder.path().join("a.c"), folder.path().join("a"));
    std::fs::write(&source, "#include <stdio.h>\nint main(int n, char **a) { return printf(\"%s %d\", a[0], n); }\n")
        .unwrap();
    let mut command = Command::new("gcc");
    command.arg(&source).arg("-O2").args(flags).arg("-o").arg(&program);
    assert!(command.status().unwrap().success());
    std::fs::read(program).unwrap()
}

const HARD: [&str; 6] = [
    "-fPIE",
    "-pie",
    "-Wl,-z,relro,-z,noexecstack",
    "-fstack-protector-all",
    "-U_FORTIFY_SOURCE",
    "-D_FORTIFY_SOURCE=2",
];

#[test]
fn programs_are_told_by_who_brought_them_and_how_they_were_built() {
    let folder = TempDir::new().unwrap();
    let plimsoll = Plimsoll::new();
    let with = |flags: &[&str]| built(&[&HARD, flags].concat());
    let layers = vec![
        debian().file("usr/bin/a", 0o755, with(&["-no-pie", "-fno-pie"])).file("usr/bin/b", 0o755, with(&[])),
        Layer::new()
            .link("tmp/.keep", "x")
            .file("usr/local/bin/hard", 0o755, with(&[]))
            .file("usr/local/bin/soft", 0o755, with(&["-no-pie", "-fno-pie", "-Wl,-z,execstack"]))
            .file("usr/local/bin/script", 0o755, "#!/bin/sh\n")
            .file("srv/open", 0o755, with(&["-Wl,-rpath,/srv/shared/lib:$ORIGIN/lib"]))
            .file("srv/here", 0o755, with(&["-Wl,-rpath,lib"]))
            .folder("srv/shared", 0o777)
            .folder("srv/lib", 0o755),
    ];
    let image = layout(&folder, layers, &json!({}), &[]).display().to_string();
    let report = plimsoll.scan(&image, &["--scanners", "checks"]);
    assert_eq!(told(&report, "FS-033"), ["usr/local/bin/hard", "usr/local/bin/soft"]);
    let mut weak: Vec<String> = findings(&report, "misconfiguration")
        .iter()
        .filter(|finding| finding["id"] == "FS-031")
        .map(|finding| format!("{} {}", finding["severity"].as_str().unwrap(), finding["evidence"].as_str().unwrap()))
        .collect();
    weak.sort();
    assert_eq!(
        weak,
        [
            "high srv/here looks for libraries in lib below the folder that it is started in",
            "high srv/open looks for libraries in /srv/shared/lib, which others may write",
            "negligible usr/local/bin/soft is built without position-independent code, memory that cannot be executed",
        ]
    );
    // 4 of 6 belong to nobody.
    assert_eq!(result(&report, "PKG-015"), "fail");
    let own = ["--scanners", "vulnerabilities"];
    assert!(findings(&plimsoll.scan(&image, &own), "misconfiguration").is_empty());
}

#[test]
fn code_that_the_user_of_the_image_can_write_is_told() {
    let plimsoll = Plimsoll::new();
    let scan = |user: &str| {
        let folder = TempDir::new().unwrap();
        let layers = vec![
            debian().file("etc/passwd", 0o644, "root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/:/bin/sh\n").file(
                "etc/group",
                0o644,
                "staff:x:50:app\n",
            ),
            Layer::new()
                .owned("app/b.py", 0o444, 1000, "1")
                .owned("app/a.py", 0o644, 1000, "1")
                .owned("app/data.csv", 0o644, 1000, "1")
                .owned("srv/tool", 0o775, 50, "1")
                .owned("opt/tool", 0o755, 50, "1")
                // Whoever owns a folder can put another file there; the sticky bit keeps others from it.
                .owned_folder("home/app", 0o755, 1000)
                .file("home/app/bin/run", 0o755, "1")
                .folder("tmp", 0o1777)
                .file("tmp/kept", 0o755, "1")
                .file("usr/share/x.py", 0o644, "1"),
        ];
        let config = json!({"User": user});
        plimsoll.scan(&layout(&folder, layers, &config, &[]).display().to_string(), &["--scanners", "checks"])
    };
    let report = scan("app");
    assert_eq!(told(&report, "FS-022"), ["app/a.py", "home/app/bin/run", "srv/tool"]);
    assert_eq!(
        told(&scan("app:1000"), "FS-022"),
        ["app/a.py", "home/app/bin/run"],
        "a group that is named is the only one"
    );
    assert_eq!(result(&scan("33"), "FS-022"), "pass");
    assert_eq!(result(&scan(""), "FS-022"), "not-assessed");
}

#[test]
fn unsigned_packages_of_rpm_are_told() {
    let plimsoll = Plimsoll::new();
    let report =
        plimsoll.scan(&image("almalinux-9-sqlite").join("oci").display().to_string(), &["--scanners", "checks"]);
    assert_eq!(result(&report, "PKG-011"), "fail", "the packages of this image were built without a key");
    let report =
        plimsoll.scan(&image("debian-bookworm-slim").join("oci").display().to_string(), &["--scanners", "checks"]);
    assert_eq!(result(&report, "PKG-011"), "not-assessed");
}

#[test]
fn layers_that_are_kept_elsewhere_are_told() {
    let folder = TempDir::new().unwrap();
    let plimsoll = Plimsoll::new();
    let root = layout(&folder, vec![debian(), Layer::new().file("a", 0o644, "a")], &json!({}), &[]);
    let image = root.display().to_string();
    assert_eq!(result(&plimsoll.scan(&image, &["--scanners", "checks"]), "CFG-028"), "pass");
    retype(&root, 1, "application/vnd.oci.image.layer.nondistributable.v1.tar");
    let report = plimsoll.scan(&image, &["--scanners", "checks"]);
    assert_eq!(result(&report, "CFG-028"), "fail");
}

#[test]
fn files_that_a_list_knows_are_told_wherever_they_are() {
    let folder = TempDir::new().unwrap();
    let plimsoll = Plimsoll::new();
    let large = "x".repeat(9 << 20);
    let digest_of = |text: &str| support::layers::hex(text.as_bytes());
    let layers = vec![
        debian().file("srv/gone", 0o644, "gone").file("srv/plain.png", 0o644, "abc").file("srv/large", 0o644, &large),
        Layer::new().file("srv/.wh.gone", 0o644, "").file("srv/other", 0o644, "other"),
    ];
    let image = layout(&folder, layers, &json!({}), &[]).display().to_string();
    let list = folder.path().join("bad.sha256");
    let lines = [
        format!("{}  a\n", digest_of("gone")),
        format!("{} *b\n", digest_of(&large)),
        "900150983cd24fb0d6963f7d28e17f72  md5 of abc\n".to_owned(),
    ];
    let scanners = ["--scanners", "checks,malware"];
    let without = plimsoll.scan(&image, &scanners);
    assert_eq!(result(&without, "MAL-003"), "not-assessed");
    std::fs::write(&list, lines.concat()).unwrap();
    let given = [&scanners[..], &["--malware-hashes", list.to_str().unwrap()]].concat();
    for _ in 0..2 {
        let report = plimsoll.scan(&image, &given);
        assert_eq!(result(&report, "MAL-003"), "fail");
        let mut found: Vec<String> = findings(&report, "malware")
            .iter()
            .map(|finding| format!("{} {} {}", finding["id"], finding["locations"][0]["path"], finding["hidden"]))
            .collect();
        found.sort();
        let expected = ["srv/gone", "srv/large", "srv/plain.png"];
        let expected =
            expected.map(|path| format!("\"MAL-003\" {path:?} {}", if path == "srv/gone" { "true" } else { "null" }));
        assert_eq!(found, expected);
    }
    // A folder is no different.
    let project = folder.path().join("project");
    std::fs::create_dir(&project).unwrap();
    std::fs::write(project.join("bad"), &large).unwrap();
    std::fs::write(project.join("good"), "good").unwrap();
    let report = plimsoll.scan(&format!("dir:{}", project.display()), &given);
    let paths: Vec<&Value> =
        findings(&report, "malware").iter().map(|finding| &finding["locations"][0]["path"]).collect();
    assert_eq!(paths, ["bad"]);
    std::fs::write(&list, lines[0].replace('a', "b").replace('0', "1")).unwrap();
    assert_eq!(result(&plimsoll.scan(&image, &given), "MAL-003"), "pass", "another list has another answer");
    std::fs::write(&list, "not a digest\n").unwrap();
    let output = plimsoll.run(&["scan", &image, "--offline", "--malware-hashes", list.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(3), "{}", support::text(&output.stderr));
    assert!(support::text(&output.stderr).contains("line 1"), "{}", support::text(&output.stderr));
}

#[test]
fn cards_are_looked_for_when_asked_and_never_shown() {
    let folder = TempDir::new().unwrap();
    let plimsoll = Plimsoll::new();
    // With the right check digit; put together here, so that it stands nowhere.
    let card = ["4804", "6173", "9258", "0461"].concat();
    let layers = vec![debian().file("srv/customers.csv", 0o644, format!("a;{card}\n"))];
    let image = layout(&folder, layers, &json!({}), &[]).display().to_string();
    assert_eq!(result(&plimsoll.scan(&image, &["--scanners", "checks,secrets"]), "SEC-016"), "not-assessed");
    let report = plimsoll.scan(&image, &["--scanners", "checks,cards"]);
    assert_eq!(result(&report, "SEC-016"), "fail");
    let all = report.to_string();
    assert!(!all.contains(&card) && !all.contains(&card[4..12]), "{all}");
}

#[test]
fn licences_are_held_against_their_texts() {
    let folder = TempDir::new().unwrap();
    let plimsoll = Plimsoll::new();
    let text = file_of(&image("debian-bookworm-slim").join("oci"), "usr/share/common-licenses/Apache-2.0");
    let package = |name: &str, licence: &str| json!({"name": name, "version": "1.0.0", "license": licence}).to_string();
    let layers = vec![
        debian()
            .file("var/lib/dpkg/info/a.list", 0o644, "/usr/share/doc/a/copyright\n")
            .file("var/lib/dpkg/info/b.list", 0o644, "/usr/share/doc/b/copyright\n")
            .file("usr/share/doc/b/copyright", 0o644, "x"),
        Layer::new()
            .file("app/node_modules/one/package.json", 0o644, package("one", "GPL-3.0-only"))
            .file("app/node_modules/one/LICENSE", 0o644, &text)
            .file("app/node_modules/two/package.json", 0o644, package("two", "Apache-2.0"))
            .file("app/node_modules/two/LICENSE", 0o644, &text),
    ];
    let layout = layout(&folder, layers, &json!({}), &[]).display().to_string();
    let report = plimsoll.scan(&layout, &["--scanners", "checks,licences"]);
    let said = |id: &str| -> Vec<String> {
        let told = findings(&report, "misconfiguration").into_iter().filter(|finding| finding["id"] == id);
        told.map(|finding| finding["evidence"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(said("LIC-006"), ["one says GPL-3.0-only, its text is Apache-2.0"]);
    assert_eq!(said("LIC-007"), ["a comes without the text of its licence"]);
    assert_eq!(result(&plimsoll.scan(&layout, &["--scanners", "checks"]), "LIC-006"), "not-assessed");
}
