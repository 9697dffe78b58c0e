//! Every report in `fixtures/report` through every format.
//!
//! A fixture is a report as JSON, and what the JSON format must give back byte for byte. `snapshots/<fixture>.80.txt` and
//! its like are what the table makes of it, `snapshots/<fixture>.<format>` what any other format does.
//! `UPDATE_EXPECTED=1 cargo test -p plimsoll-report` rewrites them all: read the difference before committing it.
#![expect(clippy::disallowed_methods, reason = "the harness reads fixtures; the crate itself reads nothing")]
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail so")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use plimsoll_judge::{Policy, gate};
use plimsoll_model::{About, Finding, Report, Severity};
use plimsoll_report::{FORMATS, Filter, Style, gate_text, sanitize};
use proptest::prelude::*;
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/report")
}

/// Name and report of every fixture; read once, for one test may be rewriting what another reads.
fn fixtures() -> &'static [(String, Report)] {
    static FIXTURES: OnceLock<Vec<(String, Report)>> = OnceLock::new();
    FIXTURES.get_or_init(read)
}

fn fixture(name: &str) -> Report {
    fixtures().iter().find(|fixture| fixture.0 == name).unwrap().1.clone()
}

fn read() -> Vec<(String, Report)> {
    let mut fixtures: Vec<_> = fs::read_dir(folder())
        .expect("fixtures/report is part of the repository")
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = fs::read_to_string(&path).unwrap();
            let report = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            (name, report)
        })
        .collect();
    let ordinary = fixtures.iter().find(|fixture: &&(String, Report)| fixture.0 == "ordinary").unwrap();
    fixtures.push(("many".into(), many(&ordinary.1)));
    fixtures.sort_by(|a, b| a.0.cmp(&b.0));
    fixtures
}

/// Three thousand findings in three hundred packages, made from one: too big to be worth a file.
fn many(ordinary: &Report) -> Report {
    let finding = &ordinary.findings[0];
    let findings = (0..3000).map(|number| {
        let mut finding = Finding { id: format!("CVE-2026-{number:05}"), ..finding.clone() };
        finding.severity = Severity::ALL[number * 6 / 3000];
        let vulnerability = finding.vulnerability_mut().unwrap();
        vulnerability.name = format!("package-{}", number * 7 % 300);
        vulnerability.package = format!("pkg:deb/debian/{}@1", vulnerability.name);
        vulnerability.fixed_in = vec![format!("2.{}", number % 10)];
        finding
    });
    Report { findings: findings.collect(), gaps: Vec::new(), ..ordinary.clone() }
}

fn render(format: &str, report: &Report, style: &Style) -> String {
    let format = FORMATS.iter().find(|row| row.name == format).unwrap();
    let mut bytes = Vec::new();
    (format.write)(report, &mut bytes, style).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn compare(path: &Path, actual: &str) {
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(path, actual).unwrap();
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    let name = path.file_name().unwrap().display();
    assert!(expected == actual, "{name} differs (UPDATE_EXPECTED=1 rewrites it)\n{actual}");
}

/// The files, under `fixtures/report`, that hold what a format makes of a fixture, and the style of each.
fn snapshots(format: &str, name: &str) -> Vec<(String, Style)> {
    let style = |width| Style { width, elapsed: Some(Duration::from_millis(840)), ..Style::default() };
    let fixable_high = Filter { severities: vec![Severity::Critical, Severity::High], ignore_unfixed: true };
    let mut variants = vec![("80", style(80)), ("120", style(120))];
    if name == "ordinary" {
        variants.extend([
            ("60", style(60)),
            ("200", style(200)),
            ("all", Style { all: true, ..style(100) }),
            ("ascii", Style { unicode: false, ..style(80) }),
            ("color", Style { color: true, ..style(80) }),
            ("filter", Style { show: fixable_high, ..style(80) }),
        ]);
    }
    if name == "judged" {
        variants.extend([("60", style(60)), ("all", Style { all: true, ..style(100) })]);
    }
    if name == "decided" {
        variants.push(("all", Style { all: true, ..style(100) }));
    }
    if name == "languages" {
        variants.extend([("160", style(160)), ("all", Style { all: true, ..style(100) })]);
    }
    match format {
        "table" => {
            variants.into_iter().map(|(variant, style)| (format!("snapshots/{name}.{variant}.txt"), style)).collect()
        }
        _ if name == "many" => Vec::new(),
        "json" => vec![(format!("{name}.json"), style(80))],
        // Large, and no other than these in anything but number.
        "html" | "sarif" | "csv" | "oscal"
            if !["judged", "hostile", "blind", "outdated", "decided"].contains(&name) =>
        {
            Vec::new()
        }
        // The statements of one vulnerability after the other differ in nothing but their names.
        "openvex" if ["ordinary", "blind", "only-unfixed", "only-unrated"].contains(&name) => Vec::new(),
        other => vec![(format!("snapshots/{name}.{other}"), style(80))],
    }
}

#[test]
fn every_format_writes_every_fixture_as_its_snapshot() {
    for format in FORMATS {
        for (name, report) in fixtures() {
            for (path, style) in snapshots(format.name, name) {
                compare(&folder().join(path), &render(format.name, report, &style));
            }
        }
    }
}

/// The gate counts as the table does: compare these with the table's snapshots.
#[test]
fn the_gate_says_of_every_fixture_what_its_snapshot_says() {
    let policy = Policy { fail_on: Some(Severity::High), ..Policy::default() };
    for (name, report) in fixtures() {
        let text = gate_text(&gate(report, &policy).unwrap(), &Style::default());
        compare(&folder().join(format!("snapshots/{name}.gate.txt")), &text);
        assert!(text.lines().all(|line| sanitize::width(line) <= 80 && line.chars().all(sanitize::is_visible)));
    }
}

/// A schema of those that formats are held to.
fn schema(path: &str) -> jsonschema::Validator {
    let schema = folder().join("../../../shared/schemas").join(path);
    let mut schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    absolute(&mut schema);
    jsonschema::validator_for(&schema).unwrap()
}

/// OSCAL's schema names its parts by identifiers that are fragments, which drafts after its own do not follow: the same
/// references by place.
fn absolute(schema: &mut Value) {
    let mut places = BTreeMap::new();
    for (name, definition) in schema.get("definitions").and_then(Value::as_object).into_iter().flatten() {
        if let Some(id) = definition.get("$id").and_then(Value::as_str) {
            places.insert(id.to_owned(), format!("#/definitions/{name}"));
        }
    }
    replace(schema, &places);
}

fn replace(value: &mut Value, places: &BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            members.retain(|name, id| name != "$id" || !id.as_str().is_some_and(|id| id.starts_with('#')));
            for (name, member) in members {
                match member.as_str().and_then(|target| places.get(target)).filter(|_| name == "$ref") {
                    Some(place) => *member = place.clone().into(),
                    None => replace(member, places),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| replace(value, places)),
        _ => {}
    }
}

fn errors(validator: &jsonschema::Validator, format: &str, report: &Report) -> Vec<String> {
    let document = serde_json::from_str(&render(format, report, &Style::default())).unwrap();
    validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path)).collect()
}

/// Format and schema; compiled once.
fn schemas() -> &'static [(&'static str, jsonschema::Validator)] {
    static SCHEMAS: OnceLock<[(&str, jsonschema::Validator); 2]> = OnceLock::new();
    SCHEMAS.get_or_init(|| {
        [
            ("sarif", schema("sarif/sarif-2.1.0.schema.json")),
            ("oscal", schema("oscal/oscal-1.0.6-assessment-results.schema.json")),
        ]
    })
}

#[test]
fn sarif_and_oscal_are_what_their_schemas_demand() {
    for (format, validator) in schemas() {
        for (name, report) in fixtures() {
            let errors = errors(validator, format, report);
            assert!(errors.is_empty(), "{format} of {name}: {errors:#?}");
        }
    }
}

/// What refers to another part of an OSCAL document finds it there, and no two parts have one name.
#[test]
fn oscal_names_what_is_there_and_names_it_once() {
    fn names(value: &Value, own: &mut Vec<String>, others: &mut Vec<String>) {
        match value {
            Value::Object(members) => members.iter().for_each(|(key, value)| match value.as_str() {
                Some(name) if key == "uuid" => own.push(name.to_owned()),
                Some(name) if key.ends_with("-uuid") => others.push(name.to_owned()),
                _ => names(value, own, others),
            }),
            Value::Array(values) => values.iter().for_each(|value| names(value, own, others)),
            _ => {}
        }
    }
    for (name, report) in fixtures() {
        let document = serde_json::from_str(&render("oscal", report, &Style::default())).unwrap();
        let (mut own, mut others) = (Vec::new(), Vec::new());
        names(&document, &mut own, &mut others);
        let known: BTreeSet<&String> = own.iter().collect();
        assert_eq!(known.len(), own.len(), "{name}");
        assert!(others.iter().all(|other| known.contains(other)), "{name}");
    }
}

/// Every row has the header's columns, every finding and control its row, and no cell begins a formula.
#[test]
fn csv_is_a_table_without_formulas() {
    for (name, report) in fixtures() {
        let text = render("csv", report, &Style::default());
        let mut table = csv::Reader::from_reader(text.as_bytes());
        let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
        let controls: usize = report.compliance.iter().map(|standard| standard.controls.len()).sum();
        assert_eq!(rows.len(), report.findings.len() + controls + report.gaps.len() + report.unmatched.len(), "{name}");
        let cells = rows.iter().flat_map(csv::StringRecord::iter);
        assert!(cells.clone().all(|cell| !cell.trim_start().starts_with(['=', '+', '-', '@'])), "{name}");
        assert!(cells.clone().all(|cell| cell.chars().all(sanitize::is_visible)), "{name}");
        assert!(text.ends_with("\r\n"));
    }
}

/// Nothing of an image's text is markup, nothing is loaded, every link within the page has its target.
#[test]
fn html_is_whole_and_holds_no_markup_of_others() {
    for (name, report) in fixtures() {
        let page = render("html", report, &Style::default());
        for tag in ["<script", "<img", "<link", "<iframe", "@import", "url("] {
            assert!(!page.contains(tag), "{name} has {tag}");
        }
        assert!(page.lines().all(|line| line.chars().all(sanitize::is_visible)), "{name}");
        let values = |name: &str| -> Vec<String> {
            let attribute = format!(" {name}=\"");
            let parts = page.split(&attribute).skip(1);
            parts.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
        };
        let ids = values("id");
        let known: BTreeSet<&String> = ids.iter().collect();
        assert_eq!(known.len(), ids.len(), "{name} has an id twice");
        for link in values("href") {
            match link.strip_prefix('#') {
                Some(target) => assert!(known.contains(&target.to_owned()), "{name}: nothing is at {link}"),
                None => assert!(link.starts_with("https://"), "{name}: {link}"),
            }
        }
    }
}

/// A document needs a statement; of an image without vulnerabilities there is none to make.
#[test]
fn openvex_is_what_its_schema_demands() {
    let validator = schema("openvex/openvex.schema.json");
    for (name, report) in fixtures() {
        let errors = errors(&validator, "openvex", report);
        if report.findings.is_empty() {
            assert_eq!(errors, ["/statements: [] has less than 1 item"], "{name}");
        } else {
            assert!(errors.is_empty(), "{name}: {errors:#?}");
        }
    }
}

#[test]
fn json_gives_back_the_report() {
    for (name, report) in fixtures() {
        let json = render("json", report, &Style::default());
        assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), *report, "{name}");
    }
}

#[test]
fn filtered_json_says_how_much_it_leaves_out() {
    let report = fixture("ordinary");
    let show = Filter { severities: vec![Severity::Critical], ignore_unfixed: false };
    let style = Style { show, ..Style::default() };
    let filtered: Report = serde_json::from_str(&render("json", &report, &style)).unwrap();
    assert!(filtered.findings.iter().all(|finding| finding.severity == Severity::Critical));
    assert_eq!(filtered.findings.len() + filtered.hidden, report.findings.len());
    let nothing = Report { findings: Vec::new(), ..filtered };
    assert!(!render("table", &nothing, &style).contains("No known vulnerabilities"));
}

#[test]
fn what_was_not_looked_for_is_not_found_missing() {
    let report =
        Report { findings: Vec::new(), gaps: Vec::new(), looked_for: vec!["secret".into()], ..fixture("ordinary") };
    let table = render("table", &report, &Style::default());
    assert!(table.contains("No secrets found. Vulnerabilities were not looked for."), "{table}");
    let page = render("html", &report, &Style::default());
    assert!(page.contains("Vulnerabilities were not looked for.") && !page.contains("No known vulnerabilities"));
}

/// No line is wider than the terminal, and nothing in it is obeyed by one.
fn check(name: &str, report: &Report, style: &Style) {
    let text = render("table", report, style);
    for line in text.lines() {
        let columns = style.width.clamp(*Style::WIDTHS.start(), *Style::WIDTHS.end());
        let wide = sanitize::width(line);
        assert!(wide <= columns, "{name}: {wide} columns in {columns}: {line}");
        assert!(line.chars().all(sanitize::is_visible), "{name}: {line:?}");
        assert!(style.unicode || line.is_ascii(), "{name}: {line:?}");
    }
}

#[test]
fn lines_fit_every_width_and_obey_nobody() {
    for (name, report) in fixtures() {
        // Seven is no divisor of the widths that people use, so that over the fixtures all kinds of widths come up.
        for width in (0..=240).step_by(if name == "many" { 120 } else { 7 }) {
            for (unicode, all) in [(true, false), (false, false), (true, true)] {
                check(name, report, &Style { width, unicode, all, ..Style::default() });
            }
        }
    }
}

#[test]
fn an_ordinary_image_fits_a_screen() {
    for (name, report) in fixtures() {
        let lines = render("table", report, &Style { width: 120, ..Style::default() }).lines().count();
        // One fixture has everything at once: each kind of finding, deadlines, three standards, gaps.
        let most = if name == "judged" { 41 } else { 40 };
        assert!(lines <= most, "{name} takes {lines} lines");
    }
}

#[test]
fn colour_changes_no_text() {
    for (name, report) in fixtures() {
        let colored = render("table", report, &Style { color: true, ..Style::default() });
        let mut plain = String::new();
        for part in colored.split('\x1b') {
            let is_first = plain.is_empty() && !colored.starts_with('\x1b');
            plain.push_str(if is_first { part } else { part.split_once('m').map_or("", |(_, text)| text) });
        }
        assert_eq!(plain, render("table", report, &Style::default()), "{name}");
    }
}

/// A report whose texts are what somebody else wrote.
fn foreign(texts: &[String]) -> Report {
    let mut report = fixture("judged");
    report.image.reference.clone_from(&texts[0]);
    for finding in &mut report.findings {
        finding.id.clone_from(&texts[1]);
        finding.title.clone_from(&texts[2]);
        finding.evidence.clone_from(&texts[3]);
        finding.remedy.clone_from(&texts[4]);
        finding.locations.iter_mut().for_each(|location| location.path.clone_from(&texts[5]));
        match &mut finding.about {
            About::Misconfiguration(found) => {
                found.place.clone_from(&texts[5]);
                found.file.clone_from(&texts[4]);
            }
            About::Secret(found) => found.redacted.clone_from(&texts[6]),
            About::Licence(found) => found.expression.clone_from(&texts[6]),
            About::Malware(found) => {
                found.rule.clone_from(&texts[6]);
                found.source.clone_from(&texts[5]);
                found.author.clone_from(&texts[4]);
                found.tags = vec![texts[3].clone()];
                found.references = vec![texts[2].clone()];
            }
            About::Vulnerability(found) => found.name.clone_from(&texts[6]),
            About::Outdated(found) => found.version.clone_from(&texts[6]),
        }
    }
    for check in &mut report.checks {
        check.title.clone_from(&texts[2]);
        check.reason.clone_from(&texts[7]);
    }
    for standard in &mut report.compliance {
        standard.title.clone_from(&texts[2]);
        for control in &mut standard.controls {
            control.title.clone_from(&texts[3]);
            control.reason.clone_from(&texts[4]);
            control.oscal.clone_from(&texts[7]);
            control.evidence.iter_mut().for_each(|evidence| evidence.of.clone_from(&texts[6]));
        }
    }
    report
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_in_any_field_fits(texts in prop::collection::vec(".{0,90}", 8), width in 60usize..130) {
        let mut report = fixture("gate-failed");
        report.image.reference.clone_from(&texts[0]);
        report.image.layers.clear();
        report.data[0].space.clone_from(&texts[1]);
        report.gaps[0].message.clone_from(&texts[2]);
        for finding in &mut report.findings {
            finding.id.clone_from(&texts[3]);
            finding.title.clone_from(&texts[4]);
            let vulnerability = finding.vulnerability_mut().unwrap();
            vulnerability.package.clone_from(&texts[5]);
            vulnerability.name.clone_from(&texts[5]);
            vulnerability.version.clone_from(&texts[6]);
            vulnerability.fixed_in = vec![texts[7].clone()];
        }
        for all in [false, true] {
            check("any text", &report, &Style { width, all, ..Style::default() });
        }
    }

    #[test]
    fn any_text_in_what_content_and_checks_say_fits(texts in prop::collection::vec(".{0,90}", 8), width in 60usize..130) {
        let report = foreign(&texts);
        for all in [false, true] {
            check("any text", &report, &Style { width, all, ..Style::default() });
        }
        let page = render("html", &report, &Style::default());
        prop_assert!(page.lines().all(|line| line.chars().all(sanitize::is_visible)));
        let (_, body) = page.split_once("</style>").unwrap();
        prop_assert_eq!(body.matches('<').count(), body.matches('>').count());
        let table = render("csv", &report, &Style::default());
        let cells = csv::Reader::from_reader(table.as_bytes()).into_records().map(Result::unwrap).count();
        prop_assert!(cells > report.findings.len());
        for (format, validator) in schemas() {
            let errors = errors(validator, format, &report);
            prop_assert!(errors.is_empty(), "{}: {:#?}", format, errors);
        }
    }
}
