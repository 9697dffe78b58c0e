//! Truth tables: which waivers count, for which findings, and what is told of the others.

use plimsoll_judge::waivers::{Limits, Waivers, apply};
use plimsoll_model::{Finding, ImageSummary, Unmatched};
use serde::Deserialize;

use crate::sketch::{Sketch, fixtures};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    about: String,
    /// The waivers of a file; owner, type, reason, created and expires are filled in where they are missing.
    waivers: Vec<serde_json::Map<String, serde_json::Value>>,
    #[serde(default)]
    image: Image,
    findings: Vec<Sketch>,
    /// Ids of findings that are muted afterwards.
    muted: Vec<String>,
    /// `reason: message` of every waiver that changed nothing.
    #[serde(default)]
    told: Vec<String>,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Image {
    reference: String,
    digest: Option<String>,
}

impl Default for Image {
    fn default() -> Self {
        Self { reference: "registry.example.org/shop/api:1.2".into(), digest: None }
    }
}

const AS_OF: &str = "2026-11-29T12:00:00Z";

fn file(waivers: &[serde_json::Map<String, serde_json::Value>]) -> Waivers {
    let mut all = Vec::new();
    for waiver in waivers {
        let mut waiver = waiver.clone();
        for (name, value) in [
            ("type", "accept"),
            ("reason", "not reachable"),
            ("owner", "team@example.org"),
            ("created", "2026-11-15"),
            ("expires", "2026-12-01"),
        ] {
            waiver.entry(name).or_insert_with(|| value.into());
        }
        all.push(waiver);
    }
    // JSON is YAML.
    let text = serde_json::json!({ "apiVersion": "waivers/v1", "waivers": all }).to_string();
    Waivers::parse("policy/waivers.yaml", &text, "release@example.org").unwrap()
}

#[test]
fn waivers_do_what_the_truth_tables_say() {
    for (name, table) in fixtures::<Table>("waivers") {
        for case in table.cases {
            let about = format!("{name}: {}", case.about);
            let mut findings: Vec<Finding> = case.findings.iter().map(Sketch::finding).collect();
            let before = findings.len();
            let image = ImageSummary {
                reference: case.image.reference.clone(),
                digest: case.image.digest.as_ref().map(|digest| digest.parse().unwrap()),
                ..ImageSummary::default()
            };
            let idle = apply(&[file(&case.waivers)], &Limits::default(), &image, &mut findings, AS_OF);
            assert_eq!(findings.len(), before, "{about}: a finding was deleted");
            let muted: Vec<&str> =
                findings.iter().filter(|finding| finding.muted.is_some()).map(|finding| finding.id.as_str()).collect();
            assert_eq!(muted, case.muted, "{about}");
            let told = |one: Unmatched| {
                let reason = serde_json::to_value(one.reason).unwrap();
                format!("{}: {}", reason.as_str().unwrap(), one.message)
            };
            let told: Vec<String> = idle.into_iter().map(told).collect();
            assert_eq!(told, case.told, "{about}");
        }
    }
}

#[test]
fn a_muted_finding_says_all_about_the_decision() {
    let waiver = serde_json::json!({
        "id": "CVE-1", "image": "registry.example.org/shop/*", "type": "mitigated", "approver": "security@example.org",
        "ticket": "SEC-7", "compensating_control": "no route to it", "justification": "inline_mitigations_already_exist",
    });
    let mut findings = vec![Sketch { id: "CVE-1".into(), ..Sketch::default() }.finding()];
    let image = ImageSummary { reference: Image::default().reference, ..ImageSummary::default() };
    let files = [file(&[waiver.as_object().unwrap().clone()])];
    assert_eq!(apply(&files, &Limits::default(), &image, &mut findings, AS_OF), []);
    let expected = serde_json::json!({
        "by": "waivers.yaml", "reason": "not reachable", "justification": "inline_mitigations_already_exist",
        "expires": "2026-12-01T23:59:59Z", "decision": "mitigated", "owner": "team@example.org",
        "approver": "security@example.org", "ticket": "SEC-7", "compensating_control": "no route to it",
        "created": "2026-11-15", "signed_by": "release@example.org",
    });
    assert_eq!(serde_json::to_value(&findings[0].muted).unwrap(), expected);
}

const GOOD: &str = r#"
apiVersion: waivers/v1
waivers:
  - id: CVE-2024-1234
    package: openssl
    type: accept
    reason: not reachable
    owner: team@example.org
    created: 2026-11-15
    expires: 2026-12-01
"#;

#[test]
fn mistakes_are_told_with_their_place() {
    assert_eq!(Waivers::parse("waivers.yaml", GOOD, "").unwrap().entries.len(), 1);
    let place = "waivers.yaml: waiver number 1 (CVE-2024-1234): ";
    for (from, to, expected) in [
        ("    package: openssl\n", "", format!("{place}say what it is for: at least one of image, package, purl and path")),
        ("    package: openssl", "    pakcage: openssl", format!("{place}unknown field pakcage; did you mean package?")),
        ("    package: openssl", "    image: \"*\"", format!("{place}\"*\" means everything: say which, or leave it out")),
        ("    package: openssl", "    path: \"*a*/**\"", format!("{place}\"*a*/**\" means nearly everything: a pattern has three letters or digits in a row at least")),
        ("    package: openssl", "    image: \"**a**\"", format!("{place}\"**a**\" means nearly everything: a pattern has three letters or digits in a row at least")),
        ("    package: openssl", "    purl: openssl", format!("{place}purl is \"openssl\"; a package URL begins with pkg:, a plain name goes to package")),
        ("type: accept", "type: acccept", format!("{place}type is \"acccept\", which is none of accept, false-positive, mitigated, vendor-dependency, operational-requirement; did you mean accept?")),
        ("    type: accept\n", "", format!("{place}type is missing: one of accept, false-positive, mitigated, vendor-dependency, operational-requirement")),
        ("type: accept", "type: mitigated", format!("{place}compensating_control is missing: say what mitigates it")),
        ("    expires: 2026-12-01\n", "", format!("{place}expires is missing: write the day as 2026-11-23")),
        ("expires: 2026-12-01", "expires: 2026-11-15", format!("{place}expires (2026-11-15) is not after created (2026-11-15)")),
        ("expires: 2026-12-01", "expires: 2026-13-01", format!("{place}expires is \"2026-13-01\", which is no day: write it as 2026-11-23")),
        ("    owner: team@example.org\n", "", format!("{place}owner is missing")),
        ("reason: not reachable", "reason: \"\"", format!("{place}reason is empty")),
        ("reason: not reachable", "reason: x\n    condition: {until_fixed: true}", format!("{place}condition: unknown field until_fixed; did you mean until_fix?")),
        ("id: CVE-2024-1234", "id: \"CVE-*\"", "waivers.yaml: waiver number 1 (CVE-*): id has to be one id: of a vulnerability, of a check, or the fingerprint of a finding".into()),
        ("waivers/v1", "v1", "waivers.yaml: apiVersion is v1; this version reads waivers/v1".into()),
        ("  - id: CVE-2024-1234\n    package", "  - package", "waivers.yaml: waiver number 1: id is missing".into()),
    ] {
        let broken = GOOD.replace(from, to);
        assert_ne!(broken, GOOD, "{from}");
        assert_eq!(Waivers::parse("waivers.yaml", &broken, "").unwrap_err().to_string(), expected);
    }
    for cut in 0..GOOD.len() {
        let _ = Waivers::parse("waivers.yaml", &GOOD[..cut], "");
    }
}
