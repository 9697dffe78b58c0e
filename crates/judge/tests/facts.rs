//! The document that rules see: valid by its schema, and nothing in it but what was looked at.
#![cfg(test)]

use std::sync::LazyLock;

use plimsoll_judge::facts::{Base, Beside, Difference, Earlier, Sources, bases, document};
use plimsoll_model::{
    About, Account, Altered, AlteredFile, Asked, Attached, AttachedSbom, Attestation, Certificate, ConfigurationText,
    DataSource, Due, ElfTraits, Facts, FileOwner, Finding, FindingOrigin, Gap, GapKind, GapReason, Group, ImageSummary,
    Inventory, Layer, Licence, LicenceWords, Location, Malware, Material, NotedFile, Outdated, Package, Provenance,
    SbomContent, Secret, SeenProgram, Severity, Signature, Validity, Vulnerability, WritableCode,
};
use serde_json::{Value, json};

fn schema() -> jsonschema::Validator {
    let text = include_str!("../../../docs/image-facts.schema.json");
    jsonschema::validator_for(&serde_json::from_str(text).unwrap()).unwrap()
}

fn config() -> Value {
    json!({
        "created": "2026-11-01T00:00:00Z",
        "author": "a maker",
        "config": {
            "User": "app",
            "Env": ["PATH=/usr/bin", "TOKEN=hunter2"],
            "ExposedPorts": {"8080/tcp": {}, "8000-8010/udp": {}, "odd": {}},
            "Volumes": {"/data": {}},
            "WorkingDir": "/srv",
            "Entrypoint": ["/bin/app", "--token=hunter2"],
            "Cmd": ["serve"],
            "Healthcheck": {"Test": ["CMD", "true"]},
            "Labels": {"version": "hunter2", "org.opencontainers.image.base.name": "debian:12"},
            "OnBuild": ["RUN true"],
        },
        "history": [{"created_by": "RUN /bin/sh -c echo hunter2 # buildkit"}],
    })
}

fn finding(about: About) -> Finding {
    Finding {
        id: "X-001".into(),
        aliases: vec!["Y".into()],
        severity: Severity::High,
        severities: Vec::new(),
        title: "a title".into(),
        layer: Some(0),
        locations: vec![Location::at("etc/x")],
        evidence: String::new(),
        remedy: String::new(),
        origin: FindingOrigin::Base,
        fingerprint: "0123".into(),
        muted: None,
        due: vec![Due { profile: "pci".into(), ..Due::default() }],
        about,
    }
}

fn said() -> Vec<(Location, Facts)> {
    let account = |name: &str, password: &str, uid| Account {
        name: name.into(),
        password: password.into(),
        uid,
        ..Account::default()
    };
    let accounts = |list| Facts { accounts: list, ..Facts::default() };
    let settings = |line: &str| Facts {
        configuration: Some(ConfigurationText { lines: vec![line.into()], cut: false }),
        ..Facts::default()
    };
    vec![
        (
            Location::at("etc/passwd"),
            accounts(vec![account("root", "shadow", Some(0)), account("app", "shadow", Some(7))]),
        ),
        (Location::at("etc/shadow"), accounts(vec![account("app", "empty", None)])),
        (Location::at("etc/group"), Facts { groups: vec![Group::default()], ..Facts::default() }),
        (Location::at("etc/sudoers"), settings("password …")),
        (Location::at("opt/doas"), settings("permit nopass app")),
        (Location::at("opt/rules"), settings("a rule")),
        (Location::at("etc/a.crt"), Facts { certificates: vec![Certificate::default()], ..Facts::default() }),
    ]
}

/// One of everything that can be attached.
fn beside() -> Beside {
    let material = Material { uri: "pkg:docker/golang@1.22?token=hunter2".into(), digest: "sha256:ab".into() };
    let provenance = |signed, validity| Provenance {
        signed,
        validity,
        materials: vec![material.clone()],
        elevated: vec!["network.host".into()],
        ..Provenance::default()
    };
    let content = SbomContent { components: 2, lacks: vec!["time".into()], ..SbomContent::default() };
    let attached = Attached {
        signatures: vec![Signature { kind: "cosign".into(), validity: Validity::Valid, ..Signature::default() }],
        sboms: vec![AttachedSbom { format: "spdx".into(), content: Some(content), ..AttachedSbom::default() }],
        provenance: vec![
            provenance(false, Validity::Unknown),
            provenance(true, Validity::Unknown),
            provenance(true, Validity::Valid),
        ],
        attestations: vec![Attestation { time: "2026-11-19T23:00:00Z".into(), ..Attestation::default() }],
        keys: vec!["sha256:cd".into()],
        gaps: Vec::new(),
    };
    let missing = (0..70).map(|number| format!("deb x{number} 1")).collect();
    Beside {
        attached,
        differences: vec![Some(Difference { missing, extra: Vec::new() })],
        unsettled: String::new(),
        earlier: Some(Earlier { digest: "sha256:ef".into(), day: "2026-11-20".into() }),
    }
}

fn asked(path: &str, target: &str, included_by: &str) -> Asked {
    Asked { path: path.into(), target: target.into(), included_by: included_by.into() }
}

fn programs() -> Vec<SeenProgram> {
    let program = |path: &str, package: &str, known, pie| SeenProgram {
        path: path.into(),
        package: package.into(),
        known,
        traits: ElfTraits { program: true, pie: Some(pie), ..ElfTraits::default() },
        ..SeenProgram::default()
    };
    let library = SeenProgram {
        path: "usr/lib/x.so".into(),
        package: "x".into(),
        relative_paths: vec!["lib".into()],
        ..SeenProgram::default()
    };
    vec![
        program("usr/bin/ls", "coreutils", false, false),
        program("usr/local/bin/app", "", true, true),
        program("usr/local/bin/tool", "", false, true),
        program("srv/tool", "", false, false),
        library,
    ]
}

fn full() -> Value {
    let image = ImageSummary {
        reference: "ghcr.io/acme/app:1.4".into(),
        layers: vec![Layer { base: true, media_type: "a/layer".into(), ..Layer::default() }],
        media_type: "a/manifest".into(),
        ..ImageSummary::default()
    };
    let files = [NotedFile {
        path: "bin/su".into(),
        kind: "file".into(),
        mode: 0o4755,
        topics: vec!["setuid".into()],
        ..NotedFile::default()
    }];
    let findings = [
        About::Vulnerability(Vulnerability { epss: Some(0.5), ..Vulnerability::default() }),
        About::Outdated(Outdated::default()),
        About::Secret(Secret::default()),
        About::Licence(Licence::default()),
        About::Malware(Malware::default()),
    ]
    .map(finding);
    let gaps = [Gap { kind: GapKind::Blind, location: "x".into(), reason: GapReason::TooLarge, message: "y".into() }];
    let (config, beside) = (config(), beside());
    let bases: Vec<Base> = bases(&config, Some(&beside.attached));
    document(&Sources {
        image: &image,
        config: &config,
        beside: &beside,
        bases: &bases,
        inventory: &Inventory { distro: None, packages: vec![Package::new("deb", "x", "1")] },
        files: &files,
        said: &said(),
        asked: &[
            asked("etc/doas.conf", "opt/doas", ""),
            asked("opt/rules", "opt/rules", "etc/sudoers"),
            asked("etc/passwd", "etc/passwd", ""),
        ],
        findings: &findings,
        gaps: &gaps,
        as_of: "2026-11-29T10:00:00Z",
        owners: &[FileOwner::default()],
        altered: Some(&Altered { files: vec![AlteredFile::default()], uncompared: 1 }),
        licence_words: Some(&[LicenceWords { notice: Some(false), ..LicenceWords::default() }]),
        programs: &programs(),
        writable: &|uid, groups| {
            assert_eq!((uid, groups), (7, &[0][..]));
            vec![WritableCode { path: "app/a.py".into(), layer: 0, files: 2 }]
        },
        data: &[DataSource { date: "2026-11-27T10:00:00Z".into(), ..DataSource::default() }],
        waivers: &[],
        statements: &["x.json"],
        deadlines: &["pci"],
        has_root: true,
        mask: &|text| text.replace("hunter2", "…"),
        has_secrets: true,
        has_malware: true,
        malware_lists: &["list.sha256".into()],
        has_cards: true,
        has_licences: true,
        has_vulnerabilities: true,
    })
}

/// Of nothing that was looked at.
fn sources() -> Sources<'static> {
    static BESIDE: LazyLock<Beside> =
        LazyLock::new(|| Beside { unsettled: "nobody asked".into(), ..Beside::default() });
    static IMAGE: LazyLock<ImageSummary> = LazyLock::new(ImageSummary::default);
    static INVENTORY: LazyLock<Inventory> = LazyLock::new(Inventory::default);
    Sources {
        image: &IMAGE,
        config: &Value::Null,
        inventory: &INVENTORY,
        files: &[],
        said: &[],
        asked: &[],
        findings: &[],
        gaps: &[],
        as_of: "",
        owners: &[],
        altered: None,
        licence_words: None,
        programs: &[],
        writable: &|_, _| Vec::new(),
        data: &[],
        waivers: &[],
        statements: &[],
        deadlines: &[],
        beside: &BESIDE,
        bases: &[],
        has_root: false,
        mask: &str::to_owned,
        has_secrets: false,
        has_malware: false,
        malware_lists: &[],
        has_cards: false,
        has_licences: false,
        has_vulnerabilities: false,
    }
}

fn nothing() -> Value {
    document(&sources())
}

#[test]
fn documents_are_what_their_schema_describes() {
    let schema = schema();
    for (name, document) in [("full", full()), ("nothing", nothing())] {
        let errors: Vec<String> =
            schema.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path)).collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
    }
}

#[test]
fn what_was_not_looked_at_is_missing() {
    let nothing = nothing();
    for section in [
        "users",
        "files",
        "file_counts",
        "configurations",
        "links",
        "owners",
        "fs",
        "os",
        "config",
        "steps",
        "bases",
        "scanned",
        "data",
        "deadlines",
        "altered",
        "vulnerabilities",
        "outdated",
        "secrets",
        "licences",
        "malware",
        "malware_hashes",
        "licence_texts",
        "personal_data",
    ] {
        assert!(nothing.get(section).is_none(), "{section}");
        assert!(full().get(section).is_some(), "{section}");
    }
}

#[test]
fn no_secret_is_in_it() {
    let text = full().to_string();
    assert!(!text.contains("hunter2"), "{text}");
    assert!(text.contains("password …") && text.contains("--token=…"), "{text}");
}

#[test]
fn accounts_are_joined_with_their_passwords() {
    let full = full();
    let accounts = full["users"]["accounts"].as_array().unwrap();
    let states: Vec<_> = accounts.iter().map(|account| (&account["name"], &account["password"])).collect();
    assert_eq!(states, [(&json!("root"), &json!("locked")), (&json!("app"), &json!("empty"))]);
    assert_eq!(full["config"]["user"], json!({"raw": "app", "uid": 7, "gid": 0, "name": "app", "exists": true}));
    assert_eq!(full["reference"]["tag"], "1.4");
    assert_eq!(full["config"]["age_days"], 28);
}

#[test]
fn what_is_attached_is_told_and_what_may_be_is_not_said_to_be_missing() {
    let full = full();
    let evidence = &full["evidence"];
    assert_eq!(evidence["signatures"][0]["valid"], true);
    assert_eq!((&evidence["sboms"][0]["missing_count"], &evidence["sboms"][0]["extra_count"]), (&json!(70), &json!(0)));
    assert_eq!(evidence["sboms"][0]["missing"].as_array().unwrap().len(), 50);
    let levels: Vec<&Value> = evidence["provenance"].as_array().unwrap().iter().map(|one| &one["level"]).collect();
    assert_eq!(levels, [&json!(1), &json!(null), &json!(2)]);
    assert_eq!(evidence["attestations"][0]["age_days"], 10);
    assert_eq!(evidence["earlier"]["day"], "2026-11-20");
    assert_eq!(full["bases"].as_array().unwrap().len(), 2, "{}", full["bases"]);
    assert_eq!(full["absent"], json!({}));
    let nothing = nothing();
    assert_eq!(nothing["evidence"], json!({"keys": []}));
    for section in ["signatures", "sboms", "provenance", "attestations"] {
        assert_eq!(nothing["absent"][format!("evidence.{section}")], "nobody asked", "{section}");
    }
}

#[test]
fn settings_go_by_the_path_that_programs_ask_for() {
    let full = full();
    let told = |name: &str| {
        let file = &full["configurations"][name];
        ["path", "target", "included_by"].map(|field| file[field].as_str().unwrap_or("none").to_owned())
    };
    assert_eq!(told("etc/doas.conf"), ["etc/doas.conf", "opt/doas", ""]);
    assert_eq!(told("opt/rules"), ["opt/rules", "opt/rules", "etc/sudoers"]);
    assert_eq!(told("etc/sudoers"), ["etc/sudoers", "etc/sudoers", ""]);
    assert!(full["configurations"].get("opt/doas").is_none());
    assert_eq!(full["links"], json!({"etc/doas.conf": "opt/doas"}));
}

#[test]
fn what_there_is_too_much_of_is_cut_and_told() {
    let many = |count: usize| -> Vec<String> { (0..count).map(|number| format!("A{number}=b")).collect() };
    let history: Vec<Value> = (0..2_500).map(|_| json!({"created_by": "RUN true", "empty_layer": true})).collect();
    let config = json!({"config": {"Env": many(1_200), "Cmd": many(3)}, "history": history});
    let file = |path: &str, lines: usize| {
        let text = ConfigurationText { lines: vec!["x".into(); lines], cut: false };
        (Location::at(path), Facts { configuration: Some(text), ..Facts::default() })
    };
    let said: Vec<_> = (0..25).map(|number| file(&format!("etc/cron.d/{number:02}"), 2_000)).collect();
    let gaps: Vec<String> = plimsoll_judge::facts::left_out(&config, &said, 1_001, &[])
        .into_iter()
        .inspect(|gap| assert_eq!(gap.kind, GapKind::Blind, "{gap:?}"))
        .map(|gap| format!("{}: {}", gap.location, gap.message))
        .collect();
    assert_eq!(
        gaps,
        [
            "config.Env: checks see the first 1000 of its 1200 entries",
            "config.history: checks see the first 1000 of its 2500 steps",
            ": checks see the first 1000 of its 1001 pairs of user and group that own files",
            "etc/cron.d/10: it and 14 others: checks do not see it, there are more settings than they look through",
        ]
    );
    let document = document(&Sources { config: &config, said: &said, has_root: true, ..sources() });
    assert_eq!(document["config"]["env"].as_array().unwrap().len(), 1_000);
    assert_eq!(document["steps"].as_array().unwrap().len(), 1_001);
    let told = |path: &str| {
        let file = &document["configurations"][path];
        (file["lines"].as_array().unwrap().len(), file["cut"].as_bool().unwrap())
    };
    assert_eq!((told("etc/cron.d/09"), told("etc/cron.d/10")), ((2_000, false), (0, true)));
    assert!(plimsoll_judge::facts::left_out(&Value::Null, &said[..5], 3, &[]).is_empty());
}

fn noted(path: &str, topic: &str) -> NotedFile {
    NotedFile { path: path.into(), kind: "file".into(), size: 1, topics: vec![topic.into()], ..NotedFile::default() }
}

#[test]
fn decoys_push_nothing_grave_out_of_a_list_and_the_list_is_told_to_be_cut() {
    let mut files: Vec<NotedFile> = (0..600).map(|number| noted(&format!("aaa/{number}"), "host-key")).collect();
    files[..600].iter_mut().for_each(|file| file.size = 0);
    files.extend((0..501).map(|number| noted(&format!("var/log/{number}"), "log")));
    files.push(noted("etc/ssh/ssh_host_rsa_key", "host-key"));
    files.push(NotedFile { mode: 0o666, ..noted("zzz/written", "host-key") });
    let document = document(&Sources { files: &files, has_root: true, ..sources() });
    let paths: Vec<&str> =
        document["files"]["host-key"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect();
    assert_eq!((paths.len(), &paths[..3]), (500, &["zzz/written", "etc/ssh/ssh_host_rsa_key", "aaa/0"][..]));
    assert!(schema().is_valid(&document));
    let sections: Vec<&String> = document["cut"].as_object().unwrap().keys().collect();
    assert_eq!(sections, ["files.host-key", "files.log"]);
    let gaps = plimsoll_judge::facts::left_out(&Value::Null, &[], 0, &files);
    let told: Vec<(&str, GapKind)> = gaps.iter().map(|gap| (gap.location.as_str(), gap.kind)).collect();
    assert_eq!(told, [("files.host-key", GapKind::Blind), ("files.log", GapKind::Partial)]);
    // It blinds the checks that read the list, and no others.
    let document = document_with(&files, &gaps);
    assert!(document["gaps"].as_array().unwrap().iter().all(|gap| gap["blind"] == false), "{}", document["gaps"]);
}

fn document_with(files: &[NotedFile], gaps: &[Gap]) -> Value {
    document(&Sources { config: &Value::Null, said: &[], owners: &[], files, gaps, has_root: true, ..sources() })
}

#[test]
fn a_list_of_accounts_that_is_cut_does_not_say_who_is_missing() {
    let account = |number: u32| Account { name: format!("u{number}"), uid: Some(number), ..Account::default() };
    let said =
        [(Location::at("etc/passwd"), Facts { accounts: (1..=5_000).map(account).collect(), ..Facts::default() })];
    let config = |user: &str| json!({"config": {"User": user}});
    let told = |user: &str| {
        let config = config(user);
        document(&Sources { config: &config, said: &said, has_root: true, ..sources() })
    };
    assert_eq!(told("app")["config"]["user"]["exists"], Value::Null);
    assert_eq!(told("u7")["config"]["user"]["exists"], true);
    assert!(told("app")["cut"]["users"].is_string());
    let gaps = plimsoll_judge::facts::left_out(&config("app"), &said, 0, &[]);
    assert_eq!(gaps.iter().map(|gap| gap.kind).collect::<Vec<_>>(), [GapKind::Blind]);
}

#[test]
fn programs_are_told_by_who_brought_them() {
    let full = full();
    assert_eq!(full["binaries"], json!({"total": 4, "owned": 1, "identified": 1, "unidentified": 2}));
    let paths = |section: &str| {
        let files = full[section].as_array().unwrap();
        files.iter().map(|file| file["path"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(paths("unpackaged"), ["usr/local/bin/tool"]);
    assert_eq!(paths("elf"), ["srv/tool", "usr/lib/x.so"]);
    assert_eq!(paths("runtime_writable"), ["app/a.py"]);
}
