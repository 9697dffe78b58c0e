//! The bound on what rules of users may hold. It counts for the program as a whole, so that it has a program of its own here.
#![cfg(test)]

use std::time::Duration;

use plimsoll_judge::checks::{InputKind, Limits, Pack, evaluate};
use plimsoll_model::{Assessment, GapKind};
use serde_json::{Value, json};

#[test]
fn a_rule_that_takes_all_memory_is_stopped_and_the_others_go_on() {
    let hungry = "package user.hungry\nimport rego.v1\ndeny contains \"x\" if {\n\tpairs := [[i, j] | some i in numbers.range(1, 100000); \
                  some j in numbers.range(1, 100000)]\n\tcount(pairs) == 7\n}\n";
    let modest = "package user.modest\nimport rego.v1\ndeny contains \"y\"\n";
    let files =
        [("hungry.rego", hungry), ("modest.rego", modest)].map(|(name, text)| (name.to_owned(), text.to_owned()));
    let (pack, problems) = Pack::builtin().unwrap().with(&files);
    assert!(problems.is_empty(), "{problems:?}");
    let long = Duration::from_secs(600);
    let limits = Limits { check: long, all: long, memory: 16 << 20, ..Limits::default() };
    let document = json!({"day": "2026-11-24", "config": {"user": {"raw": "", "uid": 0}}});
    let judged = evaluate(&pack, &document, InputKind::Image, &Value::Null, limits);
    let of = |id: &str| judged.checked.iter().find(|checked| checked.id == id).unwrap();
    let stopped = of("user.hungry");
    assert_eq!((stopped.result, stopped.reason.as_str()), (Assessment::NotAssessed, "it took too much memory"));
    assert!(
        judged.gaps.iter().any(|gap| gap.location == "user.hungry" && gap.kind == GapKind::Blind),
        "{:?}",
        judged.gaps
    );
    assert_eq!((of("user.modest").result, of("CFG-001").result), (Assessment::Fail, Assessment::Fail));
}
