//! Every report in `fixtures/report` through every format.
//!
//! A fixture is a report as JSON, and what the JSON format must give back byte for byte. `snapshots/<fixture>.80.txt` and
//! its like are what the table makes of it, `snapshots/<fixture>.<format>` what any other format does.
//! `PLIMSOLL_BLESS=1 cargo test -p plimsoll-report` rewrites them all: read the difference before committing it.
#![expect(clippy::disallowed_methods, reason = "the harness reads fixtures; the crate itself reads nothing")]
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail so")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use plimsoll_judge::{Policy, gate};
use plimsoll_model::{Finding, Report, Severity};
use plimsoll_report::{FORMATS, Filter, Style, gate_text, sanitize};
use proptest::prelude::*;

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
    if std::env::var_os("PLIMSOLL_BLESS").is_some() {
        fs::write(path, actual).unwrap();
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    let name = path.file_name().unwrap().display();
    assert!(expected == actual, "{name} differs (PLIMSOLL_BLESS=1 rewrites it)\n{actual}");
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
    if name == "languages" {
        variants.extend([("160", style(160)), ("all", Style { all: true, ..style(100) })]);
    }
    match format {
        "table" => {
            variants.into_iter().map(|(variant, style)| (format!("snapshots/{name}.{variant}.txt"), style)).collect()
        }
        _ if name == "many" => Vec::new(),
        "json" => vec![(format!("{name}.json"), style(80))],
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

/// A document needs a statement; of an image without vulnerabilities there is none to make.
#[test]
fn openvex_is_what_its_schema_demands() {
    let schema = folder().join("../../../shared/schemas/openvex/openvex.schema.json");
    let schema = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for (name, report) in fixtures() {
        let document = serde_json::from_str(&render("openvex", report, &Style::default())).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path)).collect();
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
        assert!(lines <= 40, "{name} takes {lines} lines");
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
}
