//! `docs/report.schema.json` and the report agree: every fixture is valid, every field of the schema is one that a full
//! report has, and every word that the schema allows is one that the model knows.
#![expect(clippy::disallowed_methods, reason = "the harness reads fixtures; the crate itself reads nothing")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail so")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use plimsoll_model::{
    About, Assessment, Automation, Checked, Compliance, Control, DataSource, Decision, Dependency, Digest, Distro, Due,
    DueState, Evidence, Finding, FindingOrigin, Gap, GapKind, GapReason, ImageSummary, Inventory, Layer, Licence,
    LicenceCategory, Location, Malware, Misconfiguration, Muted, Origin, Outdated, OutdatedOf, OutdatedWhy, Package,
    PatternMatch, Platform, Presence, Rating, Report, Secret, SecretPlace, Severity, SourcePackage, State, Support,
    Tool, Unmatched, UnmatchedReason, Verdict, Vulnerability,
};
use plimsoll_report::{FORMATS, Style};
use serde_json::{Value, json};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn schema() -> Value {
    serde_json::from_str(&fs::read_to_string(root().join("docs/report.schema.json")).unwrap()).unwrap()
}

fn written(report: &Report) -> Value {
    let format = FORMATS.iter().find(|format| format.name == "json").unwrap();
    let mut bytes = Vec::new();
    (format.write)(report, &mut bytes, &Style::default()).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

fn validate(name: &str, report: &Report) {
    let validator = jsonschema::draft202012::new(&schema()).unwrap();
    let value = written(report);
    let errors: Vec<String> =
        validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path)).collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}");
}

/// A package in which no optional field is left out.
fn package(location: &Location) -> Package {
    Package {
        arch: "amd64".into(),
        purl: "pkg:rpm/x@1".into(),
        module: Some("nodejs:12".into()),
        source: Some(SourcePackage { name: "x".into(), version: "1".into() }),
        origin: Origin::Vendor,
        maintainer: "a vendor".into(),
        licence: "MIT".into(),
        signed: Some(true),
        deprecated: "use another".into(),
        locations: vec![location.clone()],
        owned_by: Some("pkg:rpm/y@1".into()),
        presence: Presence::Locked,
        development: true,
        direct: true,
        depends_on: vec![Dependency { name: "y".into(), version: "1".into(), requirement: "^1".into() }],
        introduced_by: vec!["z 1".into()],
        cpes: vec!["cpe:2.3:a:x:x:1:*:*:*:*:*:*:*".into()],
        ..Package::new("rpm", "x", "1")
    }
}

/// A report in which no optional field is left out.
fn full() -> Report {
    let digest: Digest = format!("sha256:{}", "0a".repeat(32)).parse().unwrap();
    let location = Location { presence: Presence::Locked, ..Location::at("var/lib/dpkg/status") };
    Report {
        schema: Report::SCHEMA.into(),
        tool: Tool { name: "plimsoll".into(), version: "0.1.0".into() },
        as_of: "2026-11-23T00:00:00Z".into(),
        image: ImageSummary {
            reference: "x".into(),
            digest: Some(digest.clone()),
            platform: Some(Platform { os: "linux".into(), architecture: "arm".into(), variant: Some("v7".into()) }),
            layers: vec![Layer {
                digest: Some(digest.clone()),
                diff_id: Some(digest),
                size: 1,
                created_by: Some("RUN x".into()),
                base: true,
                ..Layer::default()
            }],
            ..ImageSummary::default()
        },
        inventory: Inventory {
            distro: Some(Distro {
                id: "alpine".into(),
                version: "3".into(),
                name: "Alpine".into(),
                codename: "x".into(),
                like: vec!["y".into()],
                channels: vec!["edge".into()],
                repositories: vec!["rhel-9-for-x86_64-baseos-rpms".into()],
            }),
            packages: vec![package(&location)],
        },
        findings: [finding(location.clone()), outdated(location.clone())]
            .into_iter()
            .chain(judged().map(|about| Finding { about, ..finding(location.clone()) }))
            .collect(),
        looked_for: vec!["vulnerability".into()],
        hidden: 1,
        support: Support { assessed: 1, not_assessed: 2 },
        checks: vec![checked()],
        compliance: vec![compliance()],
        gaps: vec![Gap {
            kind: GapKind::Blind,
            location: "x".into(),
            reason: GapReason::Unreadable,
            message: "y".into(),
        }],
        unmatched: vec![Unmatched {
            source: "x".into(),
            statement: "CVE-2026-1 not_affected".into(),
            reason: UnmatchedReason::OtherVersion,
            message: "y".into(),
        }],
        data: vec![DataSource {
            space: "cve".into(),
            feed: "kev".into(),
            source: "https://shards.example".into(),
            built: "2026-11-24T03:19:10Z".into(),
            ..DataSource::default()
        }],
        verdict: Some(Verdict::Passed { reasons: vec!["x".into()] }),
    }
}

fn finding(location: Location) -> Finding {
    Finding {
        id: "CVE-2026-1".into(),
        aliases: vec!["GHSA-x".into()],
        severity: Severity::High,
        severities: vec![Rating {
            source: "nvd".into(),
            word: "HIGH".into(),
            vector: "CVSS:3.1/AV:N".into(),
            score: Some(7.5),
            severity: Severity::High,
        }],
        title: "x".into(),
        layer: Some(0),
        locations: vec![location],
        evidence: "x".into(),
        remedy: "y".into(),
        origin: FindingOrigin::Base,
        fingerprint: "x".into(),
        muted: Some(Muted {
            by: "x".into(),
            reason: "y".into(),
            status: Some(State::NotAffected),
            justification: "component_not_present".into(),
            expires: Some("2027-01-01T00:00:00Z".into()),
            decision: Some(Decision::Accept),
            owner: "a".into(),
            approver: "b".into(),
            ticket: "c".into(),
            compensating_control: "d".into(),
            created: "2026-11-01".into(),
            signed_by: "e".into(),
        }),
        due: vec![Due {
            profile: "pci".into(),
            step: "x".into(),
            clock: "detected".into(),
            since: "2026-11-01".into(),
            by: "2026-12-01".into(),
            days: Some(2),
            state: DueState::Due,
            message: "y".into(),
        }],
        about: About::Vulnerability(Vulnerability {
            package: "pkg:rpm/x@1".into(),
            name: "x".into(),
            version: "1".into(),
            advisories: vec!["RHSA-1".into()],
            status: State::Fixed,
            range: "< 2".into(),
            fixed_in: vec!["2".into()],
            subscription: "esm-infra".into(),
            clean_in: "3".into(),
            upgrade: "z 1".into(),
            presence: Presence::Locked,
            development: true,
            direct: true,
            introduced_by: vec!["z 1".into()],
            symbols: vec!["a.B".into()],
            kev: true,
            kev_since: "2026-01-02".into(),
            kev_due: "2026-01-23".into(),
            ransomware: true,
            epss: Some(0.5),
            epss_percentile: Some(0.9),
            weaknesses: vec!["CWE-79".into()],
            matched_by: Vulnerability::BY_CPE.into(),
        }),
    }
}

fn outdated(location: Location) -> Finding {
    let about = About::Outdated(Outdated {
        of: OutdatedOf::Package,
        why: OutdatedWhy::EndOfLife,
        package: "pkg:generic/x@1".into(),
        name: "x".into(),
        version: "1".into(),
        product: "x".into(),
        cycle: "1".into(),
        support_until: "2026-01-01".into(),
        end_of_life: "2026-02-01".into(),
        extended_until: "2026-03-01".into(),
        extended_by: "somebody".into(),
        latest: "1.2".into(),
        newest: "2".into(),
        message: "use another".into(),
        fixed_in: vec!["2.1".into()],
        presence: Presence::Locked,
        development: true,
    });
    Finding { id: "EOL-x-1".into(), about, ..finding(location) }
}

/// What content and checks yield.
fn judged() -> [About; 4] {
    [
        About::Misconfiguration(Misconfiguration {
            family: "files".into(),
            place: "etc/x".into(),
            file: "deploy.yaml".into(),
            line: Some(1),
            package: "pkg:rpm/x@1".into(),
            why: "x".into(),
        }),
        About::Secret(Secret {
            rule: "x".into(),
            category: "cloud".into(),
            redacted: "x… (40 characters)".into(),
            place: SecretPlace::File,
            line: Some(1),
            state: "encrypted".into(),
            hidden: true,
        }),
        About::Licence(Licence {
            package: "pkg:rpm/x@1".into(),
            name: "x".into(),
            version: "1".into(),
            expression: "MIT".into(),
            category: LicenceCategory::Permissive,
            source: "package metadata".into(),
        }),
        About::Malware(Malware {
            rule: "x".into(),
            category: "yara".into(),
            source: "rules/x.yar".into(),
            author: "a team".into(),
            references: vec!["https://example.org/x".into()],
            tags: vec!["x".into()],
            sha256: "0a".repeat(32),
            matches: vec![PatternMatch { offset: 1, length: 2, pattern: "$a".into() }],
            hidden: true,
        }),
    ]
}

fn checked() -> Checked {
    Checked {
        id: "CFG-001".into(),
        title: "x".into(),
        severity: Severity::High,
        result: Assessment::NotAssessed,
        reason: "y".into(),
        findings: 2,
        muted: 1,
        expected: vec!["z".into()],
        grounds: vec!["x".into()],
        remedy: "y".into(),
        refers: Vec::new(),
    }
}

fn compliance() -> Compliance {
    let evidence = Evidence {
        of: "CFG-001".into(),
        result: Assessment::Fail,
        message: "x".into(),
        findings: vec!["x".into()],
        count: 2,
        muted: 1,
    };
    Compliance {
        id: "cis-docker".into(),
        title: "x".into(),
        edition: "1".into(),
        source: "https://standard.example".into(),
        notes: vec!["x".into()],
        evidence_only: true,
        profile: "strict".into(),
        controls: vec![Control {
            id: "4.1".into(),
            title: "x".into(),
            severity: Severity::High,
            result: Assessment::Manual,
            automation: Automation::Manual,
            reason: "x".into(),
            question: "y".into(),
            evidence: vec![evidence],
            oscal: "ia-5.7".into(),
        }],
    }
}

#[test]
fn every_fixture_is_valid() {
    for entry in fs::read_dir(root().join("fixtures/report")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let report = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            validate(&path.display().to_string(), &report);
        }
    }
}

#[test]
fn every_verdict_is_valid() {
    let reasons = vec!["x".to_owned()];
    for verdict in [
        Verdict::Passed { reasons: Vec::new() },
        Verdict::Failed { reasons: reasons.clone() },
        Verdict::Incomplete { reasons },
    ] {
        validate("verdict", &Report { verdict: Some(verdict), ..full() });
    }
}

/// With `additionalProperties` forbidden everywhere, a valid full report proves that no field lacks a description; this
/// proves the other way that no description lacks a field.
#[test]
fn a_full_report_has_every_field_of_the_schema_and_no_other() {
    validate("full", &full());
    let mut fields = BTreeSet::new();
    collect_keys(&written(&full()), &mut fields);
    let schema = schema();
    for object in objects(&schema) {
        assert_eq!(object.get("additionalProperties"), Some(&Value::Bool(false)), "{object}");
        for (name, property) in object.get("properties").unwrap().as_object().unwrap() {
            assert!(fields.contains(name.as_str()), "no report has the field {name}");
            assert!(property.get("description").is_some(), "{name} is not described");
        }
    }
}

fn objects(schema: &Value) -> Vec<&Value> {
    let definitions = schema.get("$defs").unwrap().as_object().unwrap().values();
    definitions.chain([schema]).filter(|definition| definition.get("properties").is_some()).collect()
}

fn collect_keys(value: &Value, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => object.iter().for_each(|(key, value)| {
            keys.insert(key.clone());
            collect_keys(value, keys);
        }),
        Value::Array(values) => values.iter().for_each(|value| collect_keys(value, keys)),
        _ => {}
    }
}

/// The words that the schema allows at a place.
fn words(pointer: &str) -> Value {
    schema().pointer(pointer).unwrap_or_else(|| panic!("{pointer} is not in the schema")).clone()
}

#[test]
fn the_words_are_those_of_the_model() {
    let check = |pointer: &str, known: &Value| assert_eq!(&words(pointer), known, "{pointer}");
    check("/$defs/severity/enum", &json!(Severity::ALL));
    let states = [
        State::Fixed,
        State::Affected,
        State::WillNotFix,
        State::FixDeferred,
        State::EndOfLife,
        State::UnderInvestigation,
        State::NotAffected,
    ];
    check("/$defs/finding/properties/status/enum", &json!(states));
    let whys = [
        OutdatedWhy::EndOfLife,
        OutdatedWhy::Yanked,
        OutdatedWhy::Unmaintained,
        OutdatedWhy::Deprecated,
        OutdatedWhy::EndOfSupport,
        OutdatedWhy::Behind,
    ];
    check("/$defs/finding/oneOf/1/properties/why/enum", &json!(whys));
    check("/$defs/finding/properties/of/enum", &json!([OutdatedOf::Package, OutdatedOf::Distribution]));
    let origins = [FindingOrigin::Base, FindingOrigin::Own];
    check("/$defs/finding/properties/origin/enum", &json!(origins));
    let origins = [Origin::Vendor, Origin::ThirdParty, Origin::Unknown];
    check("/$defs/package/properties/origin/enum", &json!(origins));
    let kinds = [GapKind::Blind, GapKind::Partial];
    check("/$defs/gap/properties/kind/enum", &json!(kinds));
    let reasons = [
        UnmatchedReason::NoSuchFinding,
        UnmatchedReason::OtherVersion,
        UnmatchedReason::OtherProduct,
        UnmatchedReason::NotInImage,
        UnmatchedReason::Unidentified,
        UnmatchedReason::OtherImage,
        UnmatchedReason::Expired,
        UnmatchedReason::NotYetBegun,
        UnmatchedReason::ConditionUnmet,
        UnmatchedReason::TooLong,
        UnmatchedReason::NotApproved,
        UnmatchedReason::Superseded,
    ];
    check("/$defs/unmatched/properties/reason/enum", &json!(reasons));
    assert_eq!(json!(reasons), json!(reasons.map(UnmatchedReason::as_str)));
    let reasons = [
        GapReason::Unreadable,
        GapReason::TooLarge,
        GapReason::Malformed,
        GapReason::Unsupported,
        GapReason::NoAdvisories,
        GapReason::DataMissing,
        GapReason::Incomparable,
        GapReason::UnknownDistro,
        GapReason::Unresolved,
    ];
    check("/$defs/gap/properties/reason/enum", &json!(reasons));
}

#[test]
fn the_words_of_content_and_checks_are_those_of_the_model() {
    let check = |pointer: &str, known: &Value| assert_eq!(&words(pointer), known, "{pointer}");
    let results = [Assessment::Fail, Assessment::Manual, Assessment::NotAssessed, Assessment::Pass];
    check("/$defs/assessment/enum", &json!(results));
    let places =
        [SecretPlace::File, SecretPlace::Environment, SecretPlace::Label, SecretPlace::History, SecretPlace::Command];
    check("/$defs/finding/oneOf/3/properties/place/enum", &json!(places));
    let categories = [
        LicenceCategory::Unknown,
        LicenceCategory::Unencumbered,
        LicenceCategory::Permissive,
        LicenceCategory::Notice,
        LicenceCategory::Reciprocal,
        LicenceCategory::Restricted,
        LicenceCategory::Forbidden,
    ];
    check("/$defs/finding/oneOf/4/properties/category/enum", &json!(categories));
    let kinds: Vec<&str> = full().findings.iter().map(|finding| finding.about.kind()).collect();
    check("/$defs/finding/properties/kind/enum", &json!(kinds));
    let branches = words("/$defs/finding/oneOf");
    let branches: Vec<&Value> = branches.as_array().unwrap().iter().collect();
    let told: Vec<&Value> = branches.iter().map(|it| it.pointer("/properties/kind/const").unwrap()).collect();
    assert_eq!(json!(told), json!(kinds), "each kind has a branch");
}

#[test]
fn the_schema_is_of_the_version_that_reports_carry() {
    let title = schema().get("title").unwrap().clone();
    assert_eq!(title, Value::String(format!("Plimsoll report {}", Report::SCHEMA)));
}
