//! Every input in `fixtures/judge` gives the document beside it, and no bytes make a parser panic or take long.
//!
//! `UPDATE_EXPECTED=1` writes the documents; read them before you commit them.

#![expect(clippy::disallowed_methods, reason = "the harness reads fixtures; the crate itself reads nothing")]
#![expect(clippy::unwrap_used, reason = "tests fail so")]

use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_judge::inputs::{dockerfile, manifests, recognise, shell, steps};
use proptest::prelude::*;
use serde_json::{Value, json};

fn cases(kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/judge").join(kind);
    let mut cases: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(!cases.is_empty());
    cases
}

fn compare(found: &Value, case: &Path, name: &str) {
    let path = case.join(name);
    let text = serde_json::to_string_pretty(found).unwrap() + "\n";
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(expected == text, "{} is not what is expected; found:\n{text}", path.display());
}

#[test]
fn dockerfiles_give_their_documents() {
    for case in cases("dockerfiles") {
        let text = fs::read_to_string(case.join("Dockerfile")).unwrap();
        compare(&dockerfile::document(&dockerfile::parse("Dockerfile", &text)), &case, "expected.json");
    }
}

#[test]
fn manifests_give_their_documents() {
    for case in cases("manifests") {
        let mut files: Vec<PathBuf> = fs::read_dir(&case).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "yaml"));
        files.sort();
        let read = files.iter().map(|file| {
            let name = file.file_name().unwrap().to_str().unwrap();
            let text = fs::read_to_string(file).unwrap();
            assert!(recognise(name, &text).is_some(), "{name}");
            manifests::read(name, &text)
        });
        compare(&manifests::join(read), &case, "expected.json");
    }
}

#[test]
fn histories_give_their_steps() {
    for case in cases("histories") {
        let history: Value = serde_json::from_slice(&fs::read(case.join("history.json")).unwrap()).unwrap();
        let layers = usize::try_from(history["layers"].as_u64().unwrap()).unwrap();
        compare(&json!(steps::steps(&history["config"], layers)), &case, "expected.json");
    }
}

/// Pieces that the grammars of all inputs are made of, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let words = [
        "FROM ",
        "RUN ",
        "COPY ",
        "ENV ",
        "ONBUILD ",
        "AS ",
        "a",
        "A=b ",
        "--mount=",
        "[\"",
        "\", ",
        "\"]",
        "<<EOF",
        "EOF\n",
        "<<-'E' ",
        "$(",
        "${",
        ":-",
        "}",
        ")",
        "`",
        "\"",
        "'",
        "\\",
        "\\\n",
        "\n",
        "# ",
        "|",
        "&&",
        ";",
        "> ",
        "|2 ",
        "/bin/sh -c ",
        "#(nop) ",
        " # buildkit",
        "sh -c ",
        "---\n",
        "apiVersion: v1\n",
        "kind: Pod\n",
        "spec:\n  ",
        "- ",
        "containers: ",
        "{",
        "&a ",
        "*a ",
        "<<: ",
        "? ",
        ": ",
        "\u{feff}",
        "é",
        "\t",
        "\r\n",
        "{{ x }}",
        "services:\n  ",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..60).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn no_text_makes_a_parser_panic(text in prop_oneof![any::<String>(), pieces()]) {
        let _ = dockerfile::document(&dockerfile::parse("Dockerfile", &text));
        let _ = manifests::join([manifests::read("a.yaml", &text), manifests::read("compose.yaml", &text)]);
        let _ = steps::steps(&json!({ "history": [{ "created_by": text, "comment": text }] }), 1);
        let script = shell::script(&text);
        for command in &script.commands {
            prop_assert!(command.feeds.is_none_or(|index| index < script.commands.len()));
        }
    }
}

#[test]
fn length_costs_no_more_than_itself() {
    for piece in [
        "RUN <<E\n",
        "FROM a\n",
        "ENV a=b\\\n",
        "ARG A=$A$A\n",
        "RUN $(",
        "\"",
        "[",
        "--a ",
        "- a: ",
        "---\n",
        "{",
        "|9 A= ",
    ] {
        let text = piece.repeat(200_000 / piece.len());
        let _ = dockerfile::document(&dockerfile::parse("Dockerfile", &text));
        let _ = manifests::join([manifests::read("a.yaml", &text)]);
        let _ = steps::steps(&json!({ "history": [{ "created_by": text }] }), 1);
    }
}
