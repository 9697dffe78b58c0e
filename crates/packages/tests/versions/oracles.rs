//! The system package managers themselves, on thousands of generated pairs.

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use plimsoll_packages::versions::{alpm, deb, rpm};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::schemes::{Compare, DEB, RPM};

/// More than packages have: here it does not matter that alpm makes no order of doubled or trailing separators.
const ALPM: &str = "([01]:)?([0-9]{1,2}|[.+_~]|rc|a|Z|0|git){1,5}(-[0-9]{1,2}(\\.[0-9])?)?";

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
