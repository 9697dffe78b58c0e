//! Checks, secrets, standards, waivers and history on whole images, made here layer by layer.
#![cfg(test)]

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use support::layers::{Layer, hex, layout};
use support::{Plimsoll, findings, image, result, text};
use tempfile::TempDir;

/// A token that no registry ever gave out: put together here, so that it stands nowhere.
fn token(seed: &str) -> String {
    ["glpat-", &hex(seed.as_bytes())[..20]].concat()
}

/// A key that is made for this run.
fn private_key(folder: &Path) -> String {
    let path = folder.join("key.pem");
    let arguments = ["genpkey", "-algorithm", "ed25519", "-out", path.to_str().unwrap()];
    support::tool("openssl", "openssl", &arguments);
    std::fs::read_to_string(path).unwrap()
}

/// An image with something wrong in every place that is looked at.
fn wrong(folder: &TempDir) -> PathBuf {
    let key = private_key(folder.path());
    let layers = vec![
        Layer::new()
            .file("etc/os-release", 0o644, "ID=debian\nVERSION_ID=\"11\"\n")
            .file("etc/passwd", 0o666, "root:x:0:0:root:/root:/bin/sh\ntoor:x:0:0::/root:/bin/sh\n")
            .file("etc/shadow", 0o644, "root::19000:0:99999:7:::\ntoor:!:19000::::::\n")
            .file(
                "var/lib/dpkg/status",
                0o644,
                "Package: x\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n",
            )
            .file("srv/key.pem", 0o600, &key)
            .file("srv/deleted.txt", 0o644, format!("token = {}\n", token("a1B2c"))),
        Layer::new().file("srv/.wh.deleted.txt", 0o644, "").file("usr/bin/\u{1b}[31mevil", 0o4755, "#!/bin/sh\n").file(
            "srv/live.env",
            0o644,
            format!("GITLAB_TOKEN={}\n", token("d3E4f")),
        ),
    ];
    let config = json!({
        "Env": ["PATH=/usr/bin", format!("GITLAB_TOKEN={}", token("g5H6i"))],
        "ExposedPorts": {"22/tcp": {}},
    });
    layout(folder, layers, &config, &["ADD rootfs /", &format!("RUN |1 TOKEN={} /bin/sh -c make", token("j7K8l"))])
}

#[test]
fn secrets_are_found_wherever_they_are_and_shown_nowhere() {
    let folder = TempDir::new().unwrap();
    let plimsoll = Plimsoll::new();
    let report = plimsoll.scan(&wrong(&folder).display().to_string(), &[]);
    let places: Vec<String> =
        findings(&report, "secret").iter().map(|finding| finding["evidence"].as_str().unwrap().to_owned()).collect();
    for place in ["srv/key.pem", "srv/live.env", "srv/deleted.txt", "environment GITLAB_TOKEN", "history step 1"] {
        assert!(places.iter().any(|found| found.contains(place)), "{place} is not in {places:#?}");
    }
    let hidden = findings(&report, "secret").into_iter().find(|finding| finding["hidden"] == true).unwrap();
    assert!(hidden["evidence"].as_str().unwrap().contains("srv/deleted.txt"), "{hidden}");
    assert_eq!(result(&report, "SEC-013"), "fail");
    for format in ["json", "table", "html", "sarif", "csv", "oscal", "openvex"] {
        let output = plimsoll.run(&[
            "scan",
            &folder.path().join("image").display().to_string(),
            "--offline",
            "-o",
            format,
            "--compliance",
            "cis-docker",
        ]);
        assert!(output.status.success(), "{format}: {}", text(&output.stderr));
        let all = text(&output.stdout) + &text(&output.stderr);
        for seed in ["a1B2c", "d3E4f", "g5H6i", "j7K8l"] {
            assert!(!all.contains(&token(seed)), "{format} shows a secret");
        }
        assert!(!all.contains('\u{1b}'), "{format} hands a name on to the terminal as it is");
    }
}

#[test]
fn checks_fail_on_what_is_wrong_and_pass_on_what_is_not() {
    let folder = TempDir::new().unwrap();
    let plimsoll = Plimsoll::new();
    let report = plimsoll.scan(&wrong(&folder).display().to_string(), &[]);
    for id in
        ["CFG-001", "CFG-005", "CFG-007", "FS-001", "FS-007", "FS-008", "USR-001", "USR-003", "SEC-001", "SEC-003"]
    {
        assert_eq!(result(&report, id), "fail", "{id}");
    }
    for id in ["CFG-013", "FS-013", "FS-024", "MAL-001"] {
        assert_eq!(result(&report, id), "pass", "{id}");
    }
    assert_eq!(result(&report, "SUP-001"), "not-assessed");
}

/// A hash that is no password's.
const SHADOW: &str = "root:$6$aaaaaaaa$bbbbbbbbbbbb:19000::::::\n";

#[test]
fn a_link_counts_as_the_file_that_it_leads_to() {
    let plimsoll = Plimsoll::new();
    let base = || {
        let passwd = "root:x:0:0:root:/root:/bin/sh\n";
        Layer::new().file("etc/os-release", 0o644, "ID=debian\nVERSION_ID=\"11\"\n").file("etc/passwd", 0o644, passwd)
    };
    let links = || {
        base()
            .file("opt/p", 0o644, "/opt/x.so\n")
            .link("etc/ld.so.preload", "/opt/p")
            .file("opt/k", 0o644, "ssh-ed25519 AAAA x\n")
            .link("root/.ssh/authorized_keys", "/opt/k")
            .file("opt/s", 0o666, SHADOW)
            .link("etc/shadow", "../opt/s")
            .file("opt/h", 0o644, "+\n")
            .link("etc/hosts.equiv", "/opt/h")
    };
    let folder = TempDir::new().unwrap();
    let image = layout(&folder, vec![links()], &json!({"User": "7"}), &[]);
    let report = plimsoll.scan(&image.display().to_string(), &[]);
    let about = |id: &str| findings(&report, "misconfiguration").into_iter().filter(|found| found["id"] == id).count();
    for id in ["FS-007", "FS-008", "FS-011", "FS-020", "FS-024"] {
        assert_eq!((result(&report, id), about(id)), ("fail", 1), "{id}");
    }
    // Dangling ones, and those to nothing, let nobody in.
    let nowhere = base()
        .link("etc/ld.so.preload", "/opt/p")
        .link("root/.ssh/authorized_keys", "/dev/null")
        .link("etc/shadow", "/etc/shadow")
        .link("etc/hosts.equiv", "/opt");
    let folder = TempDir::new().unwrap();
    let image = layout(&folder, vec![nowhere.folder("opt", 0o755)], &json!({"User": "7"}), &[]);
    let report = plimsoll.scan(&image.display().to_string(), &[]);
    for id in ["FS-007", "FS-008", "FS-011", "FS-020", "FS-024"] {
        assert_eq!(result(&report, id), "pass", "{id}");
    }
}

#[test]
fn a_link_in_place_of_a_folder_hides_nothing() {
    let plimsoll = Plimsoll::new();
    let folder = TempDir::new().unwrap();
    let layer = Layer::new()
        .file("opt/etc/os-release", 0o644, "ID=debian\nVERSION_ID=\"11\"\n")
        .file("opt/etc/passwd", 0o644, "root:x:0:0:root:/root:/bin/sh\n")
        .file("opt/etc/shadow", 0o666, SHADOW)
        .file("opt/etc/ld.so.preload", 0o644, "/opt/x.so\n")
        .link("etc", "opt/etc");
    let image = layout(&folder, vec![layer], &json!({"User": "7"}), &[]);
    let report = plimsoll.scan(&image.display().to_string(), &[]);
    for id in ["FS-007", "FS-008", "FS-024"] {
        assert_eq!(result(&report, id), "fail", "{id}");
    }
}

#[test]
fn decoys_hide_nothing() {
    let plimsoll = Plimsoll::new();
    let passwd = "root:x:0:0:root:/root:/bin/sh\n";
    let base = || {
        Layer::new().file("etc/os-release", 0o644, "ID=debian\nVERSION_ID=\"11\"\n").file("etc/passwd", 0o644, passwd)
    };
    let many = |layer: Layer, path: &dyn Fn(usize) -> String, mode, content: &str| {
        (0..510).fold(layer, |layer, number| layer.file(&path(number), mode, content))
    };
    let scan = |layer: Layer, config: &Value| {
        let folder = TempDir::new().unwrap();
        plimsoll.scan(&layout(&folder, vec![layer], config, &[]).display().to_string(), &[])
    };
    let user = json!({"User": "7"});
    let blind = |report: &Value, location: &str| {
        let gaps = report["gaps"].as_array().unwrap();
        gaps.iter().any(|gap| gap["kind"] == "blind" && gap["location"] == location)
    };
    // As bad by all that is known of it before a check looks, and last by its name.
    let report =
        scan(many(base(), &|number| format!("aaa/s{number}"), 0o4755, "x").file("bin/bash", 0o4755, "x"), &user);
    assert_eq!(result(&report, "FS-002"), "not-assessed");
    assert!(blind(&report, "files.setuid"), "{}", report["gaps"]);
    assert_eq!(result(&report, "FS-011"), "pass");
    // Worse than its decoys, so that it is seen.
    let keys = many(base(), &|number| format!("aaa/ssh_host_{number}_key"), 0o600, "");
    let report = scan(keys.file("etc/ssh/ssh_host_rsa_key", 0o600, "x"), &user);
    assert_eq!(result(&report, "FS-010"), "fail");
    assert!(blind(&report, "files.host-key"), "{}", report["gaps"]);
    // A rule that is in front of nothing but padding.
    let padded = format!("#{}\napp ALL=(ALL) NOPASSWD: ALL\n", "x".repeat(200_000));
    let report = scan(base().file("etc/sudoers", 0o440, padded).file("usr/bin/sudo", 0o4755, "x"), &user);
    assert_eq!(result(&report, "USR-007"), "not-assessed");
    assert!(blind(&report, "etc/sudoers"), "{}", report["gaps"]);
    let mut variables: Vec<String> = (0..1_001).map(|number| format!("A{number}=1")).collect();
    variables.push("NODE_TLS_REJECT_UNAUTHORIZED=0".into());
    let report = scan(base(), &json!({"User": "7", "Env": variables}));
    assert_eq!(result(&report, "CFG-017"), "not-assessed");
    assert!(blind(&report, "config.Env"), "{}", report["gaps"]);
    let accounts: String = (1..=5_001).map(|number| format!("u{number}:x:{number}:1::/:/bin/false\n")).collect();
    let layer = Layer::new().file("etc/passwd", 0o644, accounts + "app::0:0::/:/bin/sh\n");
    let report = scan(layer, &json!({"User": "app"}));
    assert_eq!(result(&report, "CFG-003"), "not-assessed");
    assert!(blind(&report, "etc/passwd"), "{}", report["gaps"]);
}

/// Bases as their makers publish them: no secrets, and nothing grave but that they run as root.
#[test]
fn clean_bases_stay_clean() {
    let plimsoll = Plimsoll::new();
    for name in ["debian-bullseye-slim", "debian-bookworm-slim"] {
        let report = plimsoll.scan(&image(name).join("oci").display().to_string(), &[]);
        assert!(findings(&report, "secret").is_empty() && findings(&report, "malware").is_empty(), "{name}");
        let grave = |finding: &&Value| ["critical", "high"].iter().any(|severity| finding["severity"] == *severity);
        let found: Vec<&Value> = findings(&report, "misconfiguration").into_iter().filter(grave).collect();
        assert!(found.iter().all(|finding| finding["id"] == "CFG-001"), "{name}: {found:#?}");
    }
}

#[test]
fn standards_never_pass_what_was_not_looked_at() {
    let folder = TempDir::new().unwrap();
    let plimsoll = Plimsoll::new();
    let image = wrong(&folder).display().to_string();
    let named = ["--compliance", "cis-docker,nist-800-190,pci-dss"];
    let report = plimsoll.scan(&image, &named);
    let standards = report["compliance"].as_array().unwrap();
    assert_eq!(standards.len(), 3);
    let control = |report: &Value, id: &str| {
        let controls = report["compliance"][0]["controls"].as_array().unwrap().clone();
        controls.iter().find(|control| control["id"] == id).unwrap()["result"].as_str().unwrap().to_owned()
    };
    assert_eq!(control(&report, "4.1"), "fail");
    assert_eq!(control(&report, "4.10"), "fail");
    let blind = plimsoll.scan(&image, &[&named[..], &["--scanners", "licences"]].concat());
    for standard in blind["compliance"].as_array().unwrap() {
        let passed = standard["controls"].as_array().unwrap().iter().filter(|control| control["result"] == "pass");
        assert_eq!(passed.count(), 0, "{}", standard["id"]);
    }
}

#[test]
fn waivers_mute_and_are_told_when_they_do_nothing() {
    let folder = TempDir::new().unwrap();
    let plimsoll = Plimsoll::new();
    let image = wrong(&folder).display().to_string();
    let waivers = folder.path().join("waivers.yaml");
    let entry = |id: &str, expires: &str| {
        format!(
            "  - {{id: {id}, path: config.user, type: accept, reason: known, owner: a@example.org, \
             approver: b@example.org, created: 2023-11-01, expires: {expires}}}\n"
        )
    };
    let text_of = [entry("CFG-001", "2023-12-01"), entry("CFG-005", "2023-11-05")].concat();
    std::fs::write(&waivers, format!("apiVersion: waivers/v1\nwaivers:\n{text_of}")).unwrap();
    let report = plimsoll.scan(&image, &["--waivers", waivers.to_str().unwrap()]);
    let root = findings(&report, "misconfiguration").into_iter().find(|finding| finding["id"] == "CFG-001").unwrap();
    assert_eq!(root["muted"]["owner"], "a@example.org", "{root}");
    let unmatched = report["unmatched"].as_array().unwrap();
    assert!(unmatched.iter().any(|entry| entry["reason"] == "expired"), "{unmatched:?}");
    std::fs::write(&waivers, "apiVersion: waivers/v1\nwaivers:\n  - {id: CFG-001, ownr: x}\n").unwrap();
    let output = plimsoll.run(&["scan", &image, "--offline", "--waivers", waivers.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("type is missing"), "{}", text(&output.stderr));
}

#[test]
fn a_history_keeps_the_first_day() {
    let folder = TempDir::new().unwrap();
    let plimsoll = Plimsoll::new();
    let image = wrong(&folder).display().to_string();
    let history = folder.path().join("history.jsonl");
    let scan = |seconds: &str| {
        let mut command =
            plimsoll.command(&["scan", &image, "--offline", "-o", "json", "--deadlines", "default", "--history"]);
        let output = command.arg(&history).env("SOURCE_DATE_EPOCH", seconds).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        std::fs::read_to_string(&history).unwrap()
    };
    let first = scan("1700000000");
    assert!(first.contains("\"first_seen\":\"2023-11-14\"") && first.contains("CFG-001"), "{first}");
    // Who else may read it is the user's to say.
    std::fs::set_permissions(&history, std::fs::Permissions::from_mode(0o644)).unwrap();
    let second = scan("1710000000");
    assert!(second.contains("\"first_seen\":\"2023-11-14\""), "{second}");
    assert!(second.contains("2024-03-09"), "{second}");
    assert_eq!(history.metadata().unwrap().permissions().mode() & 0o777, 0o644);
}

#[test]
fn checks_and_files_of_ones_own_are_judged() {
    let folder = TempDir::new().unwrap();
    let plimsoll = Plimsoll::new();
    let image = wrong(&folder).display().to_string();
    let own = folder.path().join("own");
    std::fs::create_dir(&own).unwrap();
    std::fs::write(
        own.join("shell.rego"),
        "package user.evil\nimport rego.v1\ndeny contains \"it is evil\" if input.os.id == \"debian\"\n",
    )
    .unwrap();
    std::fs::write(own.join("broken.rego"), "package user.broken\nimport rego.v1\ndeny contains x if {\n").unwrap();
    let pod = folder.path().join("pod.yaml");
    std::fs::write(&pod, "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - {name: web, image: nginx, securityContext: {privileged: true}}\n").unwrap();
    let report = plimsoll.scan(&image, &["--checks", own.to_str().unwrap(), "--manifest", pod.to_str().unwrap()]);
    assert_eq!(result(&report, "K8S-001"), "fail");
    let privileged =
        findings(&report, "misconfiguration").into_iter().find(|finding| finding["id"] == "K8S-001").unwrap();
    assert_eq!(
        (privileged["file"].as_str(), privileged["place"].as_str(), privileged["line"].as_u64()),
        (pod.to_str(), Some("Pod/web/web"), Some(6))
    );
    let said: Vec<&str> =
        findings(&report, "misconfiguration").iter().filter_map(|finding| finding["evidence"].as_str()).collect();
    assert!(said.contains(&"it is evil"), "{said:?}");
    let broken: Vec<&Value> = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["id"].as_str().unwrap().contains("broken"))
        .collect();
    assert!(broken.iter().all(|check| check["result"] == "not-assessed") && !broken.is_empty(), "{broken:?}");
}

#[test]
fn settings_are_judged_wherever_links_and_includes_lead() {
    let folder = TempDir::new().unwrap();
    let plimsoll = Plimsoll::new();
    let layers = vec![
        Layer::new()
            .file("usr/etc/os-release", 0o644, "ID=debian\nVERSION_ID=\"12\"\n")
            .link("etc", "usr/etc")
            .file("usr/etc/passwd", 0o644, "root:x:0:0::/root:/bin/sh\n")
            .file("usr/bin/sudo", 0o4755, "\u{7f}ELF"),
        Layer::new()
            .link("usr/etc/sudoers", "../../opt/rules")
            .file("opt/rules", 0o440, "app ALL=(ALL) \\\n    NOPASSWD: ALL\n@includedir /srv/more\n")
            .file("srv/more/b", 0o440, "b ALL=(ALL) NOPASSWD: ALL\n"),
    ];
    let image = layout(&folder, layers, &json!({"User": "nobody"}), &["one", "two"]).display().to_string();
    let report = plimsoll.scan(&image, &[]);
    let told = |id: &str| -> Vec<String> {
        let of = findings(&report, "misconfiguration").into_iter().filter(|finding| finding["id"] == id);
        of.map(|finding| finding["evidence"].as_str().unwrap().to_owned()).collect()
    };
    let rules = told("USR-007");
    assert_eq!(rules.len(), 2, "{rules:?}");
    assert!(rules.iter().any(|rule| rule.starts_with("etc/sudoers lets")), "{rules:?}");
    assert!(rules.iter().any(|rule| rule.starts_with("srv/more/b lets")), "{rules:?}");
    assert_eq!(told("CFG-003"), ["the image has no account \"nobody\""]);
}

#[test]
fn a_dockerfile_is_judged_by_the_image_that_it_would_make() {
    let folder = TempDir::new().unwrap();
    let plimsoll = Plimsoll::new();
    let path = folder.path().join("Dockerfile");
    let wrong = format!(
        "FROM debian:12\nRUN curl -H 'Authorization: {}' https://a.example/x | sh\nEXPOSE 22\n\
         ADD https://a.example/x.tgz /opt/\nRUN echo root:x1 | chpasswd\n",
        token("d")
    );
    std::fs::write(&path, wrong).unwrap();
    let target = format!("dir:{}", folder.path().display());
    let report = plimsoll.scan(&target, &[]);
    let all = findings(&report, "misconfiguration");
    let found: Vec<_> = ["BLD-007", "CFG-001", "CFG-007", "BLD-003", "BLD-011"]
        .map(|id| all.iter().find(|finding| finding["id"] == id).unwrap_or_else(|| panic!("no {id}: {all:?}")))
        .map(|finding| (finding["file"].as_str().unwrap(), finding["line"].as_u64().unwrap()))
        .to_vec();
    let lines: Vec<u64> = found.iter().map(|(_, line)| *line).collect();
    assert_eq!(lines, [2, 1, 3, 4, 5]);
    assert!(found.iter().all(|(file, _)| *file == "Dockerfile"), "{found:?}");
    assert!(all.iter().all(|finding| !finding.to_string().contains(&token("d"))), "{all:?}");
    // Half an image passes nothing, and breaks off nowhere.
    assert_eq!((result(&report, "BLD-002"), result(&report, "BLD-019")), ("not-assessed", "not-assessed"));

    let good = "FROM debian:12@sha256:0000000000000000000000000000000000000000000000000000000000000000\n\
                USER 10001:10001\nHEALTHCHECK CMD true\nENTRYPOINT [\"/app\"]\n";
    std::fs::write(&path, good).unwrap();
    let scan = plimsoll.run(&["scan", &target, "--offline", "--scanners", "checks,secrets", "--fail-on", "negligible"]);
    assert_eq!(scan.status.code(), Some(0), "{}{}", text(&scan.stdout), text(&scan.stderr));
    assert!(text(&scan.stdout).contains("Vulnerabilities were not looked for."), "{}", text(&scan.stdout));

    // What is not read whole is told, and blinds where it was named.
    std::fs::write(&path, format!("FROM a@sha256:{0}\n{1}USER root\n", "0".repeat(64), "LABEL a=b\n".repeat(2001)))
        .unwrap();
    let gap = plimsoll.scan(&target, &["--scanners", "checks"])["gaps"].to_string();
    assert!(gap.contains("only the first 2000 instructions are read"), "{gap}");
    let named = ["scan", &target, "--offline", "--scanners", "checks", "--fail-on", "critical", "--manifest"];
    let named = plimsoll.run(&[&named[..], &[path.to_str().unwrap()]].concat());
    assert_eq!(named.status.code(), Some(4), "{}", text(&named.stderr));
}

#[test]
fn controls_about_images_are_not_assessed_for_a_folder_of_sources() {
    let folder = TempDir::new().unwrap();
    let plimsoll = Plimsoll::new();
    std::fs::write(folder.path().join("main.py"), "print(1)\n").unwrap();
    let report = plimsoll.scan(&format!("dir:{}", folder.path().display()), &["--compliance", "cis-docker,cis-docker"]);
    let standards = report["compliance"].as_array().unwrap();
    assert_eq!(standards.len(), 1);
    let controls = standards[0]["controls"].as_array().unwrap();
    let of = |id: &str| controls.iter().find(|control| control["id"] == id).unwrap();
    for id in ["4.1", "4.8"] {
        assert_eq!(of(id)["result"], "not-assessed", "{}", of(id));
    }
    let reason = of("4.8")["reason"].as_str().unwrap();
    assert!(reason.contains("there is no root file system") && !reason.contains("not assessed"), "{reason}");
}

#[test]
fn a_manifest_without_a_lock_file_is_a_gap() {
    let folder = TempDir::new().unwrap();
    let plimsoll = Plimsoll::new();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("requirements.txt", "certifi==2024.7.4\n");
    write("package.json", r#"{"dependencies": {"lodash": "4.17.4", "express": "^4"}}"#);
    let target = format!("dir:{}", folder.path().display());
    let gaps = |report: &Value| -> Vec<String> {
        let unresolved = report["gaps"].as_array().unwrap().iter().filter(|gap| gap["reason"] == "unresolved");
        unresolved.map(|gap| format!("{} {}", gap["kind"], gap["location"])).collect()
    };
    let report = plimsoll.scan(&target, &[]);
    assert_eq!(gaps(&report), [r#""partial" "package.json""#]);
    let found = findings(&report, "vulnerability");
    assert!(found.iter().any(|finding| finding["name"] == "lodash"), "{found:?}");
    let names = |report: &Value| support::packages(report, "npm").len();
    assert_eq!(names(&report), 1);
    // What the lock file says counts alone.
    let lock = r#"{"lockfileVersion": 3, "packages": {"node_modules/lodash": {"version": "4.17.21"}}}"#;
    write("package-lock.json", lock);
    let report = plimsoll.scan(&target, &[]);
    assert_eq!((gaps(&report), names(&report)), (Vec::new(), 1));
    assert_eq!(gaps(&plimsoll.scan(&target, &["--scanners", "secrets"])), Vec::<String>::new());
}

#[test]
fn a_secret_in_the_environment_is_waived_by_its_place() {
    let folder = TempDir::new().unwrap();
    let plimsoll = Plimsoll::new();
    let image = wrong(&folder).display().to_string();
    let report = plimsoll.scan(&image, &[]);
    let in_environment = |report: &Value| -> Value {
        let found = findings(report, "secret").into_iter().find(|finding| finding["place"] == "environment");
        found.unwrap().clone()
    };
    let id = in_environment(&report)["id"].as_str().unwrap().to_owned();
    let waivers = folder.path().join("waivers.yaml");
    let scan = |place: &str| {
        let entry = format!(
            "{{id: {id}, path: {place}, type: accept, reason: known, owner: a@example.org, approver: b@example.org, \
             created: 2023-11-01, expires: 2023-11-30}}"
        );
        std::fs::write(&waivers, format!("apiVersion: waivers/v1\nwaivers:\n  - {entry}\n")).unwrap();
        plimsoll.scan(&image, &["--waivers", waivers.to_str().unwrap()])
    };
    let report = scan("environment");
    assert!(in_environment(&report)["muted"].is_object(), "{}", report["unmatched"]);
    let report = scan("label");
    assert!(in_environment(&report)["muted"].is_null());
    let message = report["unmatched"][0]["message"].as_str().unwrap();
    assert!(message.starts_with(&format!("{id} was found, but in another place: environment, ")), "{message}");
}

#[test]
fn a_waiver_for_a_check_that_only_points_elsewhere_says_what_to_waive() {
    let folder = TempDir::new().unwrap();
    let plimsoll = Plimsoll::new();
    let image = wrong(&folder).display().to_string();
    let waivers = folder.path().join("waivers.yaml");
    let entry = "{id: CFG-011, path: config.env, type: accept, reason: known, owner: a@example.org, approver: b@example.org, \
                 created: 2023-11-01, expires: 2023-12-01}";
    std::fs::write(&waivers, format!("apiVersion: waivers/v1\nwaivers:\n  - {entry}\n")).unwrap();
    let report = plimsoll.scan(&image, &["--waivers", waivers.to_str().unwrap(), "--compliance", "cis-docker"]);
    let message = report["unmatched"][0]["message"].as_str().unwrap();
    assert!(message.starts_with("CFG-011 points to findings that have ids of their own: waive SEC-"), "{message}");
    // The control names the findings that the check points to.
    let controls = report["compliance"][0]["controls"].as_array().unwrap();
    let evidence = controls.iter().flat_map(|control| control["evidence"].as_array().into_iter().flatten());
    let prints: Vec<&Value> =
        evidence.filter(|one| one["of"] == "CFG-011").flat_map(|one| one["findings"].as_array().unwrap()).collect();
    let secret = findings(&report, "secret")
        .into_iter()
        .find(|finding| finding["evidence"].as_str().unwrap().contains("environment"))
        .unwrap();
    assert!(prints.contains(&&secret["fingerprint"]), "{prints:?}");
    assert_eq!(result(&report, "BLD-009"), "fail");
    // So does the check's observation in OSCAL.
    let oscal = plimsoll.run(&["scan", &image, "--offline", "-o", "oscal"]);
    let oscal: Value = serde_json::from_slice(&oscal.stdout).unwrap();
    let observations = oscal["assessment-results"]["results"][0]["observations"].as_array().unwrap();
    let of = |id: &str| observations.iter().find(|one| one["title"].as_str().unwrap().starts_with(id)).unwrap();
    for (id, place) in [("CFG-011", "the environment: glpa…"), ("BLD-009", "a build step: glpa…")] {
        assert!(of(id)["relevant-evidence"].to_string().contains(place), "{}", of(id));
    }
}

/// A standard of one control, as a file.
fn house(folder: &TempDir, name: &str, id: &str, check: &str) -> String {
    let path = folder.path().join(name);
    let standard = format!(
        "apiVersion: compliance/v1\nid: {id}\ntitle: House\nedition: '1'\nstatus: active\n\
         source: {{name: House, published: '2026', retrieved: '2026-11-23'}}\ncontrols:\n\
         - {{id: '1', title: Own account, automation: automated, severity: high, checks: [{check}]}}\n"
    );
    std::fs::write(&path, standard).unwrap();
    path.display().to_string()
}

#[test]
fn no_standard_vanishes_behind_another_of_its_id() {
    let folder = TempDir::new().unwrap();
    let plimsoll = Plimsoll::new();
    let image = wrong(&folder).display().to_string();
    let (one, copy) = (house(&folder, "one.yaml", "house", "CFG-001"), house(&folder, "copy.yaml", "house", "CFG-001"));
    let other = house(&folder, "other.yaml", "house", "CFG-005");
    let taken = house(&folder, "taken.yaml", "pci-dss", "CFG-005");
    let refused = |standards: &str| {
        let output = plimsoll.run(&["scan", &image, "--offline", "--compliance", standards]);
        assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
        text(&output.stderr)
    };
    let said = refused(&format!("{one},{other}"));
    assert!(said.contains("are different standards with one id, house: give each its own"), "{said}");
    let said = refused(&taken);
    assert!(said.contains("the id pci-dss is that of a built-in standard"), "{said}");
    let report = plimsoll.scan(&image, &["--compliance", &format!("{one},{copy},{one},cis-docker,cis-docker")]);
    assert_eq!(report["compliance"].as_array().unwrap().len(), 2);
}
