//! The orders of versions against the tools that define them, against tables of pairs, and as orders.
#![cfg(test)]
#![expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "oracles are processes, tables are files")]

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use plimsoll_packages::versions::{alpm, apk, deb, rpm};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

type Compare = fn(&str, &str) -> Option<Ordering>;

/// Pieces that make versions alike enough for every rule to decide some pairs.
const DEB: &str = "([01]:)?[0-9a]([0-9]{1,2}|[.+~]|rc|a|Z|0){0,4}(-[0-9a]([0-9]|[.+~]|u|deb|bpo|0){0,3}){0,2}";
const RPM: &str = "([01]:)?([0-9]{1,2}|[.~^_+]|rc|a|Z|0){1,5}(-([0-9]|[.~^_+]|el|fc|0){1,4})?";
const ALPM: &str = "([01]:)?([0-9]{1,2}|[.+_~]|rc|a|Z|0|git){1,5}(-[0-9]{1,2}(\\.[0-9])?)?";
/// Versions as packages have them: what alpm makes of doubled or trailing separators is no order.
const ALPM_PACKAGES: &str = "([01]:)?[0-9]{1,2}([.+_]([0-9]{1,2}|rc|a|git|0[0-9])|rc|a|a[0-9]){0,3}-[0-9]{1,2}";
const APK: &str =
    "[0-9]{1,2}(\\.(0?[0-9]{1,2})){0,2}([a-c]1?)?(_(alpha|rc|git|p)[0-9]?){0,2}(~[0-9a-c]{1,2})?(-r[0-9])?";

fn generate_pairs(pattern: &str, count: usize) -> Vec<(String, String)> {
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let version = proptest::string::string_regex(pattern).unwrap();
    let mut generate = || version.new_tree(&mut runner).unwrap().current();
    (0..count).map(|_| (generate(), generate())).collect()
}

/// Runs `program` with the pairs as lines `a b` on its input and gives its lines.
fn ask(debian_package: &str, program: &str, arguments: &[&str], pairs: &[(String, String)]) -> Vec<String> {
    let mut command = Command::new(program);
    let child = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child =
        child.unwrap_or_else(|error| panic!("cannot run {program}: {error}; install Debian's {debian_package}"));
    let input = pairs.iter().fold(String::new(), |mut input, (a, b)| {
        writeln!(input, "{a} {b}").unwrap();
        input
    });
    let mut stdin = child.stdin.take().unwrap();
    let feeder = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} failed: {errors}; is Debian's {debian_package} installed?");
    feeder.join().unwrap().unwrap();
    String::from_utf8(output.stdout).unwrap().lines().map(String::from).collect()
}

fn assert_agreement(compare: Compare, pairs: &[(String, String)], answers: &[String]) {
    assert_eq!(pairs.len(), answers.len());
    for ((a, b), answer) in pairs.iter().zip(answers) {
        let expected = match answer.as_str() {
            "-1" => Some(Ordering::Less),
            "0" => Some(Ordering::Equal),
            "1" => Some(Ordering::Greater),
            "refused" => None,
            other => panic!("no answer: {other:?}"),
        };
        assert_eq!(compare(a, b), expected, "{a} against {b}");
    }
}

#[test]
fn deb_agrees_with_dpkg_perl() {
    let pairs = generate_pairs(DEB, 5_000);
    let script = r#"use Dpkg::Version;
        while (<STDIN>) { my ($a, $b) = split; print Dpkg::Version->new($a) <=> Dpkg::Version->new($b), "\n"; }"#;
    assert_agreement(deb::compare, &pairs, &ask("libdpkg-perl", "perl", &["-e", script], &pairs));
}

#[test]
fn deb_accepts_what_dpkg_accepts() {
    let malformed = "([01a-]?:)?([0-9a]|[.+~_!]){0,2}(-[0-9.]?)?";
    let mut pairs = generate_pairs(malformed, 300);
    pairs.retain(|(a, b)| !a.is_empty() && !b.is_empty());
    let script = r#"while read -r a b; do
        dpkg --compare-versions "$a" lt "$b" 2>/dev/null
        case $? in 0) echo -1;; 2) echo refused;; *)
            if dpkg --compare-versions "$a" eq "$b" 2>/dev/null; then echo 0; else echo 1; fi;;
        esac
    done"#;
    assert_agreement(deb::compare, &pairs, &ask("dpkg", "sh", &["-c", script], &pairs));
}

#[test]
fn rpm_agrees_with_rpm() {
    let pairs = generate_pairs(RPM, 5_000);
    let script = "%{lua: for line in io.lines() do
        local space = string.find(line, ' ', 1, true)
        io.write(rpm.vercmp(string.sub(line, 1, space - 1), string.sub(line, space + 1)), '\\n')
    end io.flush()}";
    let mut answers = ask("rpm", "rpm", &["--eval", script], &pairs);
    // What the macro itself expands to: nothing.
    assert_eq!(answers.pop().as_deref(), Some(""));
    assert_agreement(rpm::compare, &pairs, &answers);
}

#[test]
fn alpm_agrees_with_vercmp() {
    let pairs = generate_pairs(ALPM, 700);
    let script = r#"command -v vercmp >/dev/null || exit 1
        while read -r a b; do vercmp "$a" "$b"; done"#;
    assert_agreement(alpm::compare, &pairs, &ask("pacman-package-manager", "sh", &["-c", script], &pairs));
}

/// Lines `a < b`, `a = b`, `a refused`; what the rule is, stands above as a comment.
#[test]
fn tables_hold() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/versions");
    for (name, compare) in
        [("alpm", alpm::compare as Compare), ("apk", apk::compare), ("deb", deb::compare), ("rpm", rpm::compare)]
    {
        let path = folder.join(name).with_extension("txt");
        let table = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut pairs = 0;
        for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (a, b, expected) = match line.split(' ').collect::<Vec<_>>()[..] {
                [a, "<", b] => (a, b, Some(Ordering::Less)),
                [a, "=", b] => (a, b, Some(Ordering::Equal)),
                [a, "refused"] => (a, a, None),
                _ => panic!("{}: {line}", path.display()),
            };
            assert_eq!(compare(a, b), expected, "{name}: {line}");
            assert_eq!(compare(b, a), expected.map(Ordering::reverse), "{name}: {line}, the other way");
            pairs += 1;
        }
        assert!(pairs > 0, "{} is empty", path.display());
    }
}

fn assert_order(compare: Compare, a: &str, b: &str, c: &str) {
    let order = |a, b| compare(a, b).unwrap_or_else(|| panic!("{a} or {b} was refused"));
    assert_eq!(order(a, a), Ordering::Equal);
    assert_eq!(order(a, b), order(b, a).reverse(), "{a} against {b}");
    if order(a, b).is_eq() {
        assert_eq!(order(a, c), order(b, c), "{a} equals {b}, but not against {c}");
    }
    if order(a, b).is_le() && order(b, c).is_le() {
        assert!(order(a, c).is_le(), "{a} ≤ {b} ≤ {c}, but not {a} ≤ {c}");
    }
}

proptest! {
    #![proptest_config(Config { cases: 1_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn deb_is_an_order(a in DEB, b in DEB, c in DEB) {
        assert_order(deb::compare, &a, &b, &c);
    }

    #[test]
    fn rpm_is_an_order(a in RPM, b in RPM, c in RPM) {
        assert_order(rpm::compare, &a, &b, &c);
    }

    #[test]
    fn alpm_is_an_order(a in ALPM_PACKAGES, b in ALPM_PACKAGES, c in ALPM_PACKAGES) {
        assert_order(alpm::compare, &a, &b, &c);
    }

    #[test]
    fn apk_is_an_order(a in APK, b in APK, c in APK) {
        assert_order(apk::compare, &a, &b, &c);
    }

    #[test]
    fn any_text_has_an_answer(a in ".{0,12}", b in ".{0,12}") {
        for compare in [alpm::compare as Compare, apk::compare, deb::compare, rpm::compare] {
            let order = compare(&a, &b);
            prop_assert_eq!(compare(&b, &a), order.map(Ordering::reverse));
            prop_assert!(order.is_none() || compare(&a, &a) == Some(Ordering::Equal));
        }
    }
}

/// Numbers of any length are numbers: nothing overflows, nothing is quadratic enough to be felt.
#[test]
fn giant_versions_are_ordered() {
    let zeros = format!("{}1", "0".repeat(200_000));
    let dots = "1.".repeat(100_000) + "1";
    let nines = "9".repeat(200_000);
    for compare in [alpm::compare as Compare, apk::compare, deb::compare, rpm::compare] {
        assert_eq!(compare(&zeros, "1"), Some(Ordering::Equal));
        assert_eq!(compare(&dots, &dots), Some(Ordering::Equal));
        assert_eq!(compare(&nines, &format!("1{nines}")), Some(Ordering::Less));
    }
}
