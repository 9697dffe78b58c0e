//! What the host of the rules promises: whatever a rule or a document does, the others go on, and nothing passes for it.
#![cfg(test)]

use std::time::Duration;

use plimsoll_judge::checks::{InputKind, Judged, Limits, Pack, Problem, evaluate, findings, scaffold};
use plimsoll_judge::lint::lint;
use plimsoll_model::{Assessment, Checked, FindingOrigin, GapKind, GapReason, Severity};
use serde_json::{Value, json};

/// Rules with the metadata of the contract.
fn check(id: &str, needs: &str, rules: &str) -> (String, String) {
    let package = id.to_lowercase().replace('-', "_");
    let text = format!(
        "# METADATA\n# title: Something\n# description: It matters.\n# custom:\n#   id: {id}\n#   severity: high\n#   family: image\n\
         #   input: image/v1\n#   needs: [{needs}]\n#   remedy: Mend it.\npackage user.{package}\n\nimport \
         data.plimsoll.lib.result\nimport rego.v1\n\n{rules}\n"
    );
    (format!("{id}.rego"), text)
}

fn with(files: &[(String, String)]) -> (Pack, Vec<Problem>) {
    Pack::builtin().unwrap().with(files)
}

fn judge(files: &[(String, String)], input: &Value) -> Judged {
    let (pack, problems) = with(files);
    assert!(problems.is_empty(), "{problems:?}");
    evaluate(&pack, input, InputKind::Image, &Value::Null, Limits::default())
}

fn of<'a>(judged: &'a Judged, id: &str) -> &'a Checked {
    judged.checked.iter().find(|checked| checked.id == id).unwrap_or_else(|| panic!("{id} was not checked"))
}

fn document() -> Value {
    json!({"day": "2026-11-24", "config": {"user": {"raw": "", "uid": 0}, "ports": []}, "files": {"odd": []}})
}

#[test]
fn a_built_in_check_runs_end_to_end() {
    let judged = judge(&[], &document());
    let root = of(&judged, "CFG-001");
    assert_eq!((root.result, root.findings, root.reason.as_str()), (Assessment::Fail, 1, ""));
    assert_eq!(of(&judged, "CFG-007").result, Assessment::Pass);
    assert!(judged.gaps.is_empty());
    let all = findings(&judged, |_| FindingOrigin::Base);
    let finding = all.iter().find(|finding| finding.id == "CFG-001").unwrap();
    assert_eq!(finding.evidence, "the image names no user, which is user id 0");
    assert_eq!(
        (finding.severity, finding.subject(), finding.origin),
        (Severity::High, "config.user", FindingOrigin::Own)
    );
    assert_eq!(finding.fingerprint.len(), 32);
    let back: Judged = serde_json::from_str(&serde_json::to_string(&judged).unwrap()).unwrap();
    assert_eq!(back, judged);
}

#[test]
fn without_its_section_a_check_is_not_assessed() {
    for input in [json!({}), json!({"config": null}), json!([]), json!(null), json!("text")] {
        let judged = judge(&[], &input);
        for checked in &judged.checked {
            assert_eq!(checked.result, Assessment::NotAssessed, "{} of {input}", checked.id);
            assert!(!checked.reason.is_empty() && !checked.reason.contains("the input"), "{}", checked.reason);
        }
        assert!(judged.hits.is_empty() && judged.gaps.is_empty());
    }
}

/// Whole checks on a document with these lists cut, that holds nothing wrong.
fn with_cut(files: &[(String, String)], cut: &Value) -> Judged {
    let input = json!({
        "day": "2026-11-24", "files": {"setuid": []}, "file_counts": {}, "cut": cut, "gaps": [], "links": {},
        "configurations": {}, "os": {"id": "debian", "packages": 1, "package_database": true}, "packages": [],
        "fs": {"removed": [], "package_caches": []}, "layers": [], "owners": [], "steps": [],
        "users": {"accounts": [], "groups": [], "shadow": false},
        "config": {"user": {"raw": "7", "uid": 7, "gid": 7}, "env": [], "labels": {}, "entrypoint": [], "command": []},
    });
    judge(files, &input)
}

#[test]
fn what_reads_a_list_that_is_cut_does_not_pass() {
    let whole = with_cut(&[], &json!({}));
    let passes = |judged: &Judged, id: &str| of(judged, id).result == Assessment::Pass;
    let cases: [(&str, &[&str], &[&str]); 8] = [
        ("files.setuid", &["FS-001", "FS-002"], &["FS-003", "FS-010", "CFG-017"]),
        ("files.capabilities", &["FS-003"], &["FS-002"]),
        ("files.host-key", &["FS-010"], &["FS-011"]),
        ("files.authorized-keys", &["FS-011"], &["FS-010"]),
        ("files.account-file", &["FS-007", "FS-008", "USR-001", "USR-004", "USR-005"], &["FS-010"]),
        ("files.privilege-tool", &["USR-007"], &["FS-010"]),
        ("config.env", &["CFG-017"], &["FS-010", "CFG-003"]),
        ("users", &["CFG-003", "USR-001", "USR-003"], &["FS-010", "CFG-017"]),
    ];
    for (section, reading, others) in cases {
        let cut = with_cut(&[], &json!({section: "checks see a part"}));
        for id in reading {
            assert!(passes(&whole, id), "{id} does not pass at all: {:?}", of(&whole, id));
            let found = of(&cut, id);
            assert_eq!((found.result, found.reason.as_str()), (Assessment::NotAssessed, "checks see a part"), "{id}");
        }
        for id in others {
            assert!(passes(&cut, id), "{id} does not read {section}: {:?}", of(&cut, id));
        }
    }
}

#[test]
fn no_check_passes_on_lists_of_files_that_are_all_cut() {
    let told = |topic| (format!("files.{topic}"), json!("checks see a part"));
    let cut: serde_json::Map<_, _> = TOPICS.split_whitespace().map(told).collect();
    let judged = with_cut(&[], &Value::Object(cut));
    for (family, numbers) in [
        ("FS", &[1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24, 30][..]),
        ("USR", &[1, 4, 5, 7, 8]),
        ("PKG", &[1, 2, 3, 4, 5, 6, 7, 14]),
        ("CFG", &[3, 12, 16]),
        ("SEC", &[10, 11, 12]),
    ] {
        for number in numbers {
            let id = format!("{family}-{number:03}");
            assert_ne!(of(&judged, &id).result, Assessment::Pass, "{id}");
        }
    }
}

/// The topics that files have.
const TOPICS: &str = "account-file authorized-keys capabilities compiler credential-name debugger developer-leftover device \
    download-client dump engine-client engine-socket environment-file escape history host-key host-trust keystore \
    legacy-server log network-tool package-cache package-manager preload privilege-tool scratch-executable \
    service-manager setgid setuid shell ssh-server system-writable temporary version-control world-writable";

#[test]
fn a_users_check_that_looks_through_all_files_does_not_pass_either() {
    let all = check(
        "ME-001",
        "files",
        "deny contains result.at(\"x\", \"x\") if {\n\tsome topic, list in input.files\n\tsome file in list\n\tfile.mode == 511\n}",
    );
    let one = check("ME-002", "files", "deny contains result.file(file, \"x\") if some file in input.files.setuid");
    let other =
        check("ME-003", "files", "deny contains result.file(file, \"x\") if some file in input.files[\"host-key\"]");
    let judged = with_cut(&[all], &json!({"files.setuid": "checks see a part"}));
    assert_eq!(of(&judged, "ME-001").result, Assessment::NotAssessed);
    let judged = with_cut(&[one], &json!({"files.setuid": "checks see a part"}));
    assert_eq!(of(&judged, "ME-002").result, Assessment::NotAssessed);
    let judged = with_cut(&[other], &json!({"files.setuid": "checks see a part"}));
    assert_eq!(of(&judged, "ME-003").result, Assessment::Pass);
}

#[test]
fn a_rule_without_end_is_stopped_and_the_others_go_on() {
    let endless = "deny contains \"x\" if {\n\tsome i in numbers.range(1, 100000)\n\tsome j in numbers.range(1, 100000)\n\ti * j == 7.5\n}";
    let (pack, _) = with(&[check("USR-901", "config", endless), check("USR-902", "config", "deny contains \"y\"")]);
    let limits = Limits { check: Duration::from_millis(200), ..Limits::default() };
    let judged = evaluate(&pack, &document(), InputKind::Image, &Value::Null, limits);
    let stopped = of(&judged, "USR-901");
    assert_eq!((stopped.result, stopped.reason.as_str()), (Assessment::NotAssessed, "it took longer than 200 ms"));
    assert_eq!(judged.gaps.len(), 1);
    assert_eq!(judged.gaps[0].location, "USR-901");
    assert_eq!(of(&judged, "USR-902").result, Assessment::Fail);
    assert_eq!(of(&judged, "CFG-001").result, Assessment::Fail);
}

#[test]
fn the_time_of_all_checks_is_bounded_too() {
    let limits = Limits { ours: Duration::ZERO, ..Limits::default() };
    let judged = evaluate(Pack::builtin().unwrap(), &document(), InputKind::Image, &Value::Null, limits);
    assert!(judged.checked.iter().all(|checked| checked.result == Assessment::NotAssessed));
    assert!(!judged.gaps.is_empty());
}

#[test]
fn an_error_makes_just_that_check_not_assessed() {
    for (rules, reason) in [
        ("deny contains \"x\" if to_number(input.config.user.raw) > 1", "could not parse string as number"),
        ("deny contains \"x\" if regex.match(\"(\", \"x\")", "regex"),
        ("deny contains \"x\" if numbers.range(1, 100000000)", "more than 1000000 numbers"),
        ("deny contains \"x\" if http.send({\"url\": \"x\"})", "http.send"),
        ("deny contains 1", "no message"),
        ("deny contains {\"place\": \"x\"}", "no message"),
        ("deny := x if some x in [\"a\", \"b\"]", "multiple"),
    ] {
        let judged =
            judge(&[check("USR-901", "config", rules), check("USR-902", "config", "deny contains \"y\"")], &document());
        let checked = of(&judged, "USR-901");
        assert_eq!(checked.result, Assessment::NotAssessed, "{rules}");
        assert!(checked.reason.contains(reason), "{rules}: {}", checked.reason);
        assert!(!checked.reason.contains('\n'));
        assert_eq!(judged.gaps.len(), 1, "{rules}");
        assert_eq!(of(&judged, "USR-902").result, Assessment::Fail);
    }
}

#[test]
fn what_cannot_be_parsed_is_told_and_never_passes() {
    for rules in ["deny contains if {", "deny contains x if { y == 1 }", "import data.x\np if q(1)"] {
        let (pack, problems) =
            with(&[check("USR-901", "config", rules), check("USR-902", "config", "deny contains \"y\"")]);
        let judged = evaluate(&pack, &document(), InputKind::Image, &Value::Null, Limits::default());
        if problems.is_empty() {
            assert!(
                judged.checked.iter().all(|checked| checked.id != "USR-901" || checked.result != Assessment::Pass),
                "{rules}"
            );
        } else {
            assert_eq!(problems[0].file, "USR-901.rego", "{problems:?}");
            assert_eq!(of(&judged, "USR-901").result, Assessment::NotAssessed, "{rules}");
            assert_eq!(judged.gaps.len(), 1);
        }
        assert_eq!(of(&judged, "USR-902").result, Assessment::Fail, "{rules}: {problems:?}");
    }
}

#[test]
fn a_check_may_say_what_it_expected_and_what_it_could_not_tell() {
    let rules = "expected contains \"su\"\nnot_assessed contains \"who knows\"";
    let judged = judge(&[check("USR-901", "config", rules)], &document());
    let checked = of(&judged, "USR-901");
    assert_eq!((checked.result, checked.reason.as_str()), (Assessment::NotAssessed, "who knows"));
    assert_eq!(checked.expected, ["su"]);
}

#[test]
fn hostile_texts_survive_and_long_ones_are_cut() {
    let rules = "deny contains result.file(f, f.path) if some f in input.files.odd";
    let odd = ["\u{1b}[31m\u{202e}\0 \"{{%s}}", "a\nb", "😀", ""];
    let long = "é".repeat(100_000);
    let files: Vec<Value> =
        odd.iter().copied().chain([long.as_str()]).map(|path| json!({"path": path, "layer": 3})).collect();
    let (pack, _) = with(&[check("USR-901", "files.odd", rules)]);
    let judged = evaluate(&pack, &json!({"files": {"odd": files}}), InputKind::Image, &Value::Null, Limits::default());
    assert_eq!(judged.hits.len(), 5);
    for text in odd {
        assert!(judged.hits.iter().any(|hit| hit.path == text && hit.message == text), "{text:?}");
    }
    assert!(judged.hits.iter().all(|hit| hit.message.len() < 5000));
    let all = findings(&judged, |layer| if layer == 3 { FindingOrigin::Base } else { FindingOrigin::Own });
    assert!(all.iter().all(|finding| finding.origin == FindingOrigin::Base && finding.layer == Some(3)));
}

#[test]
fn very_many_results_are_counted_and_the_first_ones_told() {
    let rules = "deny contains sprintf(\"%d\", [i]) if some i in numbers.range(1, 3000)";
    let judged = judge(&[check("USR-901", "config", rules)], &document());
    assert_eq!(of(&judged, "USR-901").findings, 1000);
    assert!(judged.gaps[0].message.contains("3000"), "{:?}", judged.gaps);
}

#[test]
fn parameters_go_over_defaults() {
    let input = json!({"config": {"ports": [{"port": 2222, "protocol": "tcp"}]}});
    let pack = Pack::builtin().unwrap();
    let judge = |parameters| evaluate(pack, &input, InputKind::Image, &parameters, Limits::default());
    assert_eq!(of(&judge(Value::Null), "CFG-007").result, Assessment::Pass);
    assert_eq!(of(&judge(json!({"CFG-007": {"ports": [2222]}})), "CFG-007").result, Assessment::Fail);
    assert_eq!(of(&judge(Value::Null), "CFG-007").result, Assessment::Pass);
}

#[test]
fn policies_for_other_programs_are_taken() {
    let conftest = "package main\n\nimport rego.v1\n\ndeny contains msg if {\n\tinput.config.user.uid == 0\n\tmsg := \"root\"\n}\n\nwarn contains {\"msg\": \"hm\"}\n";
    let scanner = "# METADATA\n# title: No root\n# custom:\n#   id: USER-0001\n#   severity: CRITICAL\n#   recommended_action: Add USER\n#   \
                   input:\n#     selector:\n#       - type: dockerfile\npackage user.docker.root\n\nimport rego.v1\n\ndeny contains res if {\n\tsome c \
                   in input.Stages[_].Commands\n\tc.Cmd == \"user\"\n\tres := result.new(\"root!\", c)\n}\n";
    let library = "package lib.x\n\nimport rego.v1\n\nf(x) := x\n";
    let files = [("a.rego", conftest), ("b.rego", scanner), ("c.rego", library)]
        .map(|(name, text)| (name.to_owned(), text.to_owned()));
    let (pack, problems) = with(&files);
    assert!(problems.is_empty(), "{problems:?}");
    let judged = evaluate(&pack, &document(), InputKind::Image, &Value::Null, Limits::default());
    let told: Vec<_> =
        judged.hits.iter().filter(|hit| hit.check == "main").map(|hit| (hit.message.as_str(), hit.severity)).collect();
    assert_eq!(told, [("hm", Some(Severity::Low)), ("root", None)]);
    assert_eq!(of(&judged, "main").severity, Severity::Medium);
    let stages = json!({"Stages": [{"Commands": [{"Cmd": "user", "StartLine": 3, "Path": "Dockerfile"}]}]});
    let judged = evaluate(&pack, &stages, InputKind::Dockerfile, &Value::Null, Limits::default());
    let hit = judged.hits.iter().find(|hit| hit.check == "USER-0001").unwrap();
    assert_eq!((hit.message.as_str(), hit.line, hit.path.as_str()), ("root!", Some(3), "Dockerfile"));
    assert_eq!(pack.check("USER-0001").unwrap().severity, Severity::Critical);
}

#[test]
fn a_policy_for_another_document_does_not_pass() {
    let policy = "package main\n\nimport rego.v1\n\ndeny contains msg if {\n\tinput.kind == \"Deployment\"\n\tsome c in \
                  input.spec.template.spec.containers\n\tmsg := c.name\n}\n";
    let judged = judge(&[("a.rego".to_owned(), policy.to_owned())], &document());
    let main = of(&judged, "main");
    assert_eq!(main.result, Assessment::NotAssessed);
    assert!(main.reason.contains("input.kind, input.spec"), "{}", main.reason);
    let some = policy.replace("input.kind", "input.config");
    assert_eq!(of(&judge(&[("a.rego".to_owned(), some)], &document()), "main").result, Assessment::Pass);
}

/// Who brings checks relies on them.
#[test]
fn a_broken_check_of_a_user_is_a_blind_gap() {
    let (pack, problems) = with(&[check("USR-901", "config", "deny contains \"x\" if {")]);
    assert_eq!(problems.len(), 1, "{problems:?}");
    let judged = evaluate(&pack, &document(), InputKind::Image, &Value::Null, Limits::default());
    assert_eq!(of(&judged, "USR-901").result, Assessment::NotAssessed);
    assert!(judged.gaps.iter().any(|gap| gap.kind == GapKind::Blind && gap.location == "USR-901"), "{:?}", judged.gaps);
}

#[test]
fn a_user_can_neither_replace_ours_nor_take_our_names() {
    let ours = ("x.rego".to_owned(), "package plimsoll.lib.result\n\nimport rego.v1\n\nat(p, m) := m\n".to_owned());
    let (pack, problems) = with(&[ours, check("CFG-001", "config", "deny contains \"x\" if false")]);
    assert_eq!(problems.len(), 2, "{problems:?}");
    let judged = evaluate(&pack, &document(), InputKind::Image, &Value::Null, Limits::default());
    assert_eq!(of(&judged, "CFG-001").result, Assessment::Fail);
}

#[test]
fn settings_switch_off_and_rate_anew() {
    let settings = "disable: [CFG-005]\nseverity: {CFG-001: low}\nparams: {CFG-007: {ports: [8080]}}\n";
    let (pack, problems) = with(&[("checks.yaml".to_owned(), settings.to_owned())]);
    assert!(problems.is_empty(), "{problems:?}");
    assert!(pack.check("CFG-005").is_none());
    assert_eq!(pack.check("CFG-001").unwrap().severity, Severity::Low);
    assert_ne!(pack.digest(), Pack::builtin().unwrap().digest());
    let input = json!({"config": {"ports": [{"port": 8080, "protocol": "tcp"}]}});
    let judged = evaluate(&pack, &input, InputKind::Image, &Value::Null, Limits::default());
    assert_eq!(of(&judged, "CFG-007").result, Assessment::Fail);
    let (_, problems) =
        with(&[("checks.yaml".to_owned(), "disable: [NOT-001]\nparams: {CFG-007: {port: 1, ports: 22}}".to_owned())]);
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(told.iter().any(|text| text.contains("ports of CFG-007 has to be a list, not 22")), "{told:?}");
    assert!(told.iter().any(|text| text.contains("did you mean ports?")), "{told:?}");
    assert!(
        told.iter().any(|text| text.contains("NOT-001")) && told.iter().any(|text| text.contains("no parameter port")),
        "{told:?}"
    );
}

#[test]
fn the_day_of_the_document_is_the_clock() {
    let rules = "deny contains time.format(time.now_ns())\ndeny contains sprintf(\"%v\", [time.date(time.add_date(time.parse_rfc3339_ns(\"2026-01-31T00:00:00Z\"), 0, 1, 0))])";
    let judged = judge(&[check("USR-901", "config", rules)], &document());
    let told: Vec<_> =
        judged.hits.iter().filter(|hit| hit.check == "USR-901").map(|hit| hit.message.as_str()).collect();
    assert_eq!(told, ["2026-11-24T00:00:00Z", "[2026, 2, 28]"]);
}

/// The reference takes these the other way; that is why the linter tells of them.
#[test]
fn what_the_linter_warns_of_is_so() {
    let not = check("USR-901", "config", "deny contains \"x\" if not startswith(input.config.nothing, \"x\")");
    assert_eq!(of(&judge(std::slice::from_ref(&not), &document()), "USR-901").result, Assessment::Fail);
    let (pack, _) = with(&[not]);
    let told: Vec<String> = lint(&pack).iter().map(ToString::to_string).collect();
    assert!(told.iter().any(|text| text.contains("USR-901.rego:") && text.contains("bind it first")), "{told:?}");
}

#[test]
fn checks_that_cannot_judge_are_told() {
    let metadata = |id, needs, rules: &str| check(id, needs, rules);
    for (file, message) in [
        (metadata("USR-901", "config", "f(x) := f(x)\n\ndeny contains \"x\" if f(1)"), "calls itself"),
        (metadata("USR-901", "configs", "deny contains \"x\""), "has no configs there"),
        (metadata("USR-901", "config", "denny contains \"x\""), "none of the rules deny"),
    ] {
        let (pack, problems) = with(&[file, check("USR-902", "config", "deny contains \"y\"")]);
        assert!(problems.iter().any(|it| it.fatal && it.message.contains(message)), "{message}: {problems:?}");
        let judged = evaluate(&pack, &document(), InputKind::Image, &Value::Null, Limits::default());
        assert!(judged.checked.iter().all(|it| it.id != "USR-901" || it.result == Assessment::NotAssessed));
        assert_eq!(of(&judged, "USR-902").result, Assessment::Fail);
    }
}

#[test]
fn parameters_are_of_the_kind_of_their_defaults() {
    for (params, is_taken) in [
        ("CFG-007: {ports: [22, 2222]}", true),
        ("CFG-007: {ports: 22}", false),
        ("CFG-007: {ports: [\"22\"]}", false),
        ("CFG-007: {ports: null}", false),
        ("CFG-024: {max_age_days: 7}", true),
        ("CFG-024: {max_age_days: \"7\"}", false),
        ("CFG-009: {approved_ports: [80]}", true),
    ] {
        let (_, problems) = with(&[("checks.yaml".into(), format!("params:\n  {params}\n"))]);
        assert_eq!(problems.is_empty(), is_taken, "{params}: {problems:?}");
    }
}

#[test]
fn a_policy_that_no_document_feeds_is_told_of_before_any_scan() {
    let policy = |rules: &str| ("old.rego".to_owned(), format!("package main\n\n{rules}\n"));
    for (rules, is_fed) in [
        ("deny[msg] { input.kind == \"Deployment\"; msg := \"no\" }", false),
        ("deny[msg] { input.config.user.name == \"root\"; msg := \"no\" }", true),
        ("deny[msg] { input.kind == \"x\"; input.os.id == \"debian\"; msg := \"no\" }", true),
    ] {
        let (pack, _) = with(&[policy(rules)]);
        let told: Vec<_> = lint(&pack).into_iter().filter(|problem| problem.message.contains("input.kind")).collect();
        assert_eq!(told.is_empty(), is_fed, "{told:?}");
        assert!(told.iter().all(|problem| !problem.fatal && problem.line == 3), "{told:?}");
    }
}

#[test]
fn a_first_check_is_sound() {
    let (pack, problems) = with(&scaffold("TEAM-001"));
    assert!(problems.is_empty(), "{problems:?}");
    let (outcomes, problems) = pack.test();
    assert!(problems.is_empty() && outcomes.len() == 2, "{problems:?} {outcomes:?}");
    assert!(outcomes.iter().all(|outcome| outcome.failure.is_none()), "{outcomes:?}");
    assert!(lint(&pack).is_empty());
}

/// Each of these would take gigabytes.
#[test]
fn rules_that_grow_without_bounds_are_refused() {
    let doubled = (1..40).fold("t0 := \"0123456789abcdef\"".to_owned(), |text, at| {
        let before = at - 1;
        format!("{text}\nt{at} := concat(\"\", [t{before}, t{before}])")
    });
    let nested = (1..40).fold("l0 := [1, 2]".to_owned(), |text, at| format!("{text}\nl{at} := [l{0}, l{0}]", at - 1));
    let replaced = (1..12).fold("t0 := \"aaaaaaaaaaaaaaaa\"".to_owned(), |text, at| {
        format!("{text}\nt{at} := replace(t{0}, \"a\", t{0})", at - 1)
    });
    for (rules, reason) in [
        ("deny contains sprintf(\"%9999999d\", [1])".to_owned(), "width"),
        ("deny contains \"x\" if numbers.range_step(1, 100000000000, 1)".to_owned(), "range_step"),
        ("deny contains \"x\" if net.cidr_expand(\"10.0.0.0/6\")".to_owned(), "cidr_expand"),
        ("deny contains \"x\" if to_number(concat(\"e\", [\"1\", \"2000000000\"])) > 1".to_owned(), "exponent"),
        (format!("deny contains \"x\" if count(t39) > 1\n{doubled}"), "more than 4194304 bytes"),
        (format!("deny contains \"x\" if count(t11) > 1\n{replaced}"), "more than 4194304 bytes"),
        (format!("deny contains json.marshal(l39)\n{nested}"), "more than 4194304 bytes"),
        (format!("deny contains {{\"msg\": \"x\", \"l\": l39}}\n{nested}"), "larger than"),
    ] {
        let judged = judge(&[check("USR-901", "config", &rules)], &document());
        let checked = of(&judged, "USR-901");
        assert_eq!(checked.result, Assessment::NotAssessed, "{rules}");
        assert!(checked.reason.contains(reason), "{rules}: {}", checked.reason);
    }
    let (_, problems) = with(&[check("USR-901", "config", "deny contains \"x\" if 1e+2000000000 > 1")]);
    assert!(problems[0].message.contains("exponent"), "{problems:?}");
}

/// Also where the engine makes a text of its error: within functions and comprehensions.
#[test]
fn a_time_out_is_told_as_one_wherever_it_happens() {
    let loops = "some i in numbers.range(1, 100000)\n\tsome j in numbers.range(1, 100000)\n\ti * j == 7.5";
    for rules in [
        format!("f(x) if {{\n\t{loops}\n}}\n\ndeny contains \"x\" if f(1)"),
        format!("deny contains \"x\" if count([i | {loops}]) == 1"),
        format!("deny contains \"x\" if {{\n\tevery k in [1] {{\n\t{loops}\n}}\n}}"),
        format!("deny contains \"x\" if not {{1 | {loops}}} == {{1}}"),
        format!("p if {{\n\t{loops}\n}}\n\ndeny contains \"x\" if p with input as {{}}"),
    ] {
        let (pack, _) = with(&[check("USR-901", "config", &rules)]);
        let limits = Limits { check: Duration::from_millis(100), ..Limits::default() };
        let judged = evaluate(&pack, &document(), InputKind::Image, &Value::Null, limits);
        assert_eq!(of(&judged, "USR-901").reason, "it took longer than 100 ms", "{rules}");
        assert_eq!(judged.gaps[0].reason, GapReason::TooLarge, "{rules}");
    }
}

#[test]
fn policies_in_the_older_syntax_are_run() {
    let old = "package main\n\ndeny[msg] {\n\tinput.config.user.uid == 0\n\tmsg := \"root\"\n}\n\nwarn[{\"msg\": m}] { m := helper(1) }\n\nhelper(x) = \"hm\" { x == 1 }\n";
    let new = "package other\n\ndeny contains data.main.helper(1)\n";
    let files = [("old.rego", old), ("new.rego", new)].map(|(name, text)| (name.to_owned(), text.to_owned()));
    let judged = judge(&files, &document());
    let told = |id: &str| -> Vec<&str> {
        judged.hits.iter().filter(|hit| hit.check == id).map(|hit| hit.message.as_str()).collect()
    };
    assert_eq!((told("main"), told("other")), (vec!["hm", "root"], vec!["hm"]));
}
