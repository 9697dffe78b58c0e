//! Waivers, deadlines and standards one after the other, as a scan runs them.

use plimsoll_judge::compliance::{Context, Parameters, assess, standard};
use plimsoll_judge::deadlines::{self, Deadlines, History, Known, Seen};
use plimsoll_judge::waivers::{Limits, Waivers, apply};
use plimsoll_model::{Assessment, Checked, Compliance, Finding, ImageSummary, Severity};

use crate::sketch::Sketch;

const REPOSITORY: &str = "registry.example.org/shop/api";
const WAIVERS: &str = "
apiVersion: waivers/v1
waivers:
  - id: CVE-1
    package: openssl
    type: vendor-dependency
    reason: the vendor ships a fix in December
    owner: shop-team@example.org
    approver: security@example.org
    created: 2026-11-15
    expires: 2026-12-15
";

/// What a scan of some day says of the standard, and the history after it.
fn scan(history: History, day: &str, waivers: &[Waivers], profile: &str) -> (Compliance, History) {
    let sketch = Sketch {
        id: "CVE-1".into(),
        severity: Severity::High,
        package: "pkg:deb/debian/openssl@3.0.11".into(),
        name: "openssl".into(),
        ..Sketch::default()
    };
    let mut findings: Vec<Finding> = vec![sketch.finding()];
    let image = ImageSummary { reference: format!("{REPOSITORY}:{day}"), ..ImageSummary::default() };
    let as_of = format!("{day}T00:00:00Z");
    let spec = standard("fedramp").unwrap();
    let wanted = spec.deadlines();
    let sets = deadlines::deadlines().unwrap().into_iter();
    let sets: Vec<Deadlines> = sets.filter(|set| wanted.contains(&set.id.as_str())).collect();

    apply(waivers, &Limits::default(), &image, &mut findings, &as_of);
    let seen = Seen { findings: &findings, repository: REPOSITORY, as_of: &as_of, is_blind: false };
    let history = history.update(&seen);
    deadlines::mark(&mut findings, &sets, Some((&history, REPOSITORY)), &|_| Known::default(), &as_of);
    let checked = ["PKG-014", "VUL-008", "VUL-009"];
    let checked = checked.map(|id| Checked { id: id.into(), result: Assessment::Pass, ..Checked::default() });
    let params: Parameters = spec.parameters();
    let looked_for = ["vulnerability", "misconfiguration"];
    let none = std::collections::BTreeSet::new();
    let context =
        Context { as_of: &as_of, profile, gaps: &[], looked_for: &looked_for, params: &params, switched_off: &none };
    (assess(&[spec], &checked, &findings, &context).remove(0), history)
}

fn remediation(outcome: &Compliance) -> (Assessment, &str) {
    let control = outcome.controls.iter().find(|control| control.id == "remediation").unwrap();
    (control.result, &control.reason)
}

#[test]
fn a_deadline_passes_over_rebuilds_and_a_waiver_holds_it() {
    let waivers = [Waivers::parse("waivers.yaml", WAIVERS, "").unwrap()];
    let (first, history) = scan(History::default(), "2026-10-20", &[], "default");
    assert_eq!(remediation(&first).0, Assessment::Pass);
    let (late, history) = scan(history, "2026-11-20", &[], "default");
    let expected = "findings: vulnerability, overdue by fedramp-classic: 1 finding";
    assert_eq!(remediation(&late), (Assessment::Fail, expected));
    let (waived, history) = scan(history, "2026-11-20", &waivers, "default");
    assert_eq!(remediation(&waived).0, Assessment::Pass);
    let (strict, history) = scan(history, "2026-11-20", &waivers, "strict");
    assert_eq!(remediation(&strict), (Assessment::Fail, expected));
    let (ended, _) = scan(history, "2026-12-16", &waivers, "default");
    assert_eq!(remediation(&ended), (Assessment::Fail, expected));
    let (forgotten, _) = scan(History::default(), "2026-12-16", &[], "default");
    assert_eq!(remediation(&forgotten).0, Assessment::Pass, "without its history a scan starts the clock anew");
}
