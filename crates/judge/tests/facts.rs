//! The document that rules see: valid by its schema, and nothing in it but what was looked at.
#![cfg(test)]

use plimsoll_judge::facts::{Sources, document};
use plimsoll_model::{
    About, Account, Asked, Certificate, ConfigurationText, DataSource, Due, Facts, FileOwner, Finding, FindingOrigin,
    Gap, GapKind, GapReason, Group, ImageSummary, Inventory, Layer, Licence, Location, Malware, NotedFile, Outdated,
    Package, Secret, Severity, Vulnerability,
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
            "Labels": {"version": "hunter2"},
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

fn asked(path: &str, target: &str, included_by: &str) -> Asked {
    Asked { path: path.into(), target: target.into(), included_by: included_by.into() }
}

fn full() -> Value {
    let image = ImageSummary {
        reference: "ghcr.io/acme/app:1.4".into(),
        layers: vec![Layer { base: true, ..Layer::default() }],
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
    document(&Sources {
        image: &image,
        config: &config(),
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
        data: &[DataSource { date: "2026-11-27T10:00:00Z".into(), ..DataSource::default() }],
        waivers: &[],
        statements: &["x.json"],
        deadlines: &["pci"],
        mask: &|text| text.replace("hunter2", "…"),
        has_secrets: true,
        has_malware: true,
        has_licences: true,
        has_vulnerabilities: true,
    })
}

fn nothing() -> Value {
    document(&Sources {
        image: &ImageSummary::default(),
        config: &Value::Null,
        inventory: &Inventory::default(),
        files: &[],
        said: &[],
        asked: &[],
        findings: &[],
        gaps: &[],
        as_of: "",
        owners: &[],
        data: &[],
        waivers: &[],
        statements: &[],
        deadlines: &[],
        mask: &str::to_owned,
        has_secrets: false,
        has_malware: false,
        has_licences: false,
        has_vulnerabilities: false,
    })
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
        "config",
        "steps",
        "scanned",
        "data",
        "deadlines",
        "vulnerabilities",
        "outdated",
        "secrets",
        "licences",
        "malware",
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
