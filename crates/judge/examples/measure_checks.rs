//! Measures how long a pack takes to be parsed and to judge one image; `bench/checks/run` prints what it says.
#![expect(clippy::print_stdout, clippy::unwrap_used, clippy::cast_precision_loss, reason = "a program for the bench")]

use std::fmt::Write as _;
use std::time::Instant;

use plimsoll_judge::checks::{InputKind, Limits, Pack, evaluate};
use serde_json::{Value, json};

/// Checks of five shapes: a setting, a list of ports, files by mode, words of build steps, packages by name.
const BODIES: [(&str, &str); 5] = [
    ("config.user", "deny contains result.at(\"config.user\", \"root\") if input.config.user.uid == 0"),
    (
        "config.ports",
        "deny contains result.at(sprintf(\"config.ports.%d\", [entry.port]), \"open\") if {\n\tsome entry in \
         input.config.ports\n\tentry.port in data.params[\"{id}\"].ports\n}",
    ),
    (
        "files.setuid",
        "deny contains result.file(file, \"writable\") if {\n\tsome file in input.files.setuid\n\tbits.and(file.mode, 2) \
         != 0\n\tnot file.hidden\n\tnot allowed(file)\n}\n\nallowed(file) if startswith(file.path, \"usr/lib/\")\n\nallowed(file) \
         if file.path in data.params[\"{id}\"].allowed",
    ),
    (
        "steps",
        "deny contains result.step(step, message) if {\n\tsome step in input.steps\n\tsome words in step.commands\n\twords[0] \
         in {\"curl\", \"wget\"}\n\tsome word in words\n\tregex.match(`^http://`, word)\n\tmessage := sprintf(\"%s fetches %s\", \
         [words[0], word])\n}",
    ),
    (
        "packages",
        "deny contains result.of_package(item, \"old\") if {\n\tnames := data.params[\"{id}\"].names\n\tsome \
         item in input.packages\n\titem.name in names\n}",
    ),
];

fn check(number: usize) -> (String, String) {
    let id = format!("GEN-{number:03}");
    let (needs, body) = *BODIES.get(number % BODIES.len()).unwrap();
    let mut text = format!(
        "# METADATA\n# title: A generated check\n# description: It is measured.\n# custom:\n#   id: {id}\n#   severity: low\n#   \
         family: image\n#   input: image/v1\n#   needs: [{needs}]\n#   remedy: None is needed for what does not happen.\n#   \
         aliases: [CIS-DI-0001, DS-0002]\n#   standards:\n#     nist-800-53: [AC-6]\n#   params:\n#     ports: [22, 2222]\n#     \
         allowed: [usr/bin/su, usr/bin/mount]\n#     names: [telnetd, rsh-server]\n"
    );
    let package = id.to_lowercase().replace('-', "_");
    write!(text, "package plimsoll.checks.{package}\n\nimport data.plimsoll.lib.result\nimport rego.v1\n\n").unwrap();
    text.push_str(&body.replace("{id}", &id));
    (format!("image/{id}.rego"), text + "\n")
}

fn document() -> Value {
    let file = |n: usize| {
        json!({"path": format!("usr/bin/program-{n}"), "mode": 0o4755, "uid": 0, "gid": 0, "size": n, "layer": n % 9,
        "hidden": false, "base": n.is_multiple_of(2), "kind": "file", "owner": format!("package-{n}")})
    };
    let step = |n: usize| {
        json!({"index": n, "kind": "run", "text": "apt-get update && curl -fsSL https://example.org/x | sh", "layer": n,
        "commands": [["apt-get", "update"], ["curl", "-fsSL", "https://example.org/x"], ["sh"]], "empty": false, "base": n < 5})
    };
    let package = |n: usize| {
        json!({"name": format!("package-{n}"), "version": format!("1.{n}.0-1"), "layer": n % 9,
        "purl": format!("pkg:deb/debian/package-{n}@1.{n}.0-1?arch=amd64"), "type": "deb"})
    };
    json!({
        "day": "2026-11-24",
        "config": {"user": {"raw": "", "uid": 0}, "ports": [{"port": 22, "protocol": "tcp"}, {"port": 443, "protocol": "tcp"}]},
        "files": {"setuid": (0..40).map(file).collect::<Vec<_>>()},
        "steps": (0..40).map(step).collect::<Vec<_>>(),
        "packages": (0..1000).map(package).collect::<Vec<_>>(),
    })
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_micros() as f64 / 1000.0
}

fn main() {
    let count = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(160);
    let built = Instant::now();
    let builtin = Pack::builtin().unwrap();
    println!("built-in: {} checks, metadata read in {:.1} ms", builtin.checks().len(), milliseconds(built));
    let result = include_str!("../../../checks/lib/result.rego");
    let files: Vec<(String, String)> = (0..count).map(check).collect();
    let mut files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    files.push(("lib/result.rego", result));
    let document = document();
    for run in 1..=3 {
        let read = Instant::now();
        let pack = Pack::of(&files).unwrap();
        let metadata = milliseconds(read);
        let start = Instant::now();
        let judged = evaluate(&pack, &document, InputKind::Image, &Value::Null, Limits::default());
        let first = milliseconds(start);
        let start = Instant::now();
        let again = evaluate(&pack, &document, InputKind::Image, &Value::Null, Limits::default());
        let second = milliseconds(start);
        let start = Instant::now();
        let other =
            evaluate(&pack, &document, InputKind::Image, &json!({"GEN-001": {"ports": [443]}}), Limits::default());
        assert_eq!((judged.checked.len(), judged.gaps.len()), (count, 0), "{:?}", judged.gaps);
        assert!(judged == again && judged != other);
        println!(
            "run {run}: {count} checks, {} results: metadata {metadata:.1} ms, parsed and judged {first:.1} ms, judged again {second:.1} ms, \
             with other parameters {:.1} ms",
            judged.hits.len(),
            milliseconds(start),
        );
    }
}
