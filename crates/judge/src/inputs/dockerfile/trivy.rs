//! Dockerfiles in the shape that policies written for Trivy read: `input.Stages[].Commands[]`.
//!
//! The names and their spelling are those of its parser; what stands in `Value` is what the builder's own parser gives:
//! `ENV A=b` is `["A", "b", "="]`, with quotes kept.

use serde_json::{Value, json};

use super::super::dockerfile::MOST_INSTRUCTIONS;
use super::instruction::{Heredoc, Instruction, pairs, parse, quoted_words};
use super::lines;

/// The document for such policies. Instructions that a builder would refuse are left out; the errors of
/// [`parse`](super::parse) tell which.
#[must_use]
pub fn trivy_document(path: &str, text: &str) -> Value {
    let source = lines::read(text.get(..text.floor_char_boundary(super::MOST_BYTES)).unwrap_or_default());
    let mut stages: Vec<(String, Vec<Value>)> = Vec::new();
    let (mut stage, mut has_from) = (0_usize, false);
    for logical in source.lines.iter().take(MOST_INSTRUCTIONS) {
        let Ok(instruction) = parse(logical, source.escape, true) else { continue };
        if instruction.kind == "FROM" {
            stage = stage.saturating_add(usize::from(has_from));
            has_from = true;
            stages.push((name(&instruction), Vec::new()));
        } else if stages.is_empty() {
            stages.push((String::new(), Vec::new()));
        }
        if let Some((_, commands)) = stages.last_mut() {
            commands.push(command(&instruction, stage, path));
        }
    }
    let stages: Vec<Value> =
        stages.into_iter().map(|(name, commands)| json!({ "Name": name, "Commands": commands })).collect();
    json!({ "Stages": stages })
}

/// `debian:12 AS build`, with flags before it.
fn name(instruction: &Instruction) -> String {
    let text = instruction.original.trim();
    text.strip_prefix("FROM ").unwrap_or(text).trim().to_owned()
}

fn command(instruction: &Instruction, stage: usize, path: &str) -> Value {
    let flags: Vec<String> = flags(instruction);
    let inner = instruction.trigger.as_deref().unwrap_or(instruction);
    json!({
        "Cmd": instruction.kind.to_ascii_lowercase(),
        "SubCmd": instruction.trigger.as_ref().map(|trigger| trigger.kind.to_ascii_lowercase()).unwrap_or_default(),
        "Flags": flags,
        "Value": value(inner),
        "Original": original(instruction),
        "JSON": inner.json,
        "Stage": stage,
        "Path": path,
        "StartLine": instruction.line,
        "EndLine": instruction.end_line,
    })
}

fn flags(instruction: &Instruction) -> Vec<String> {
    let mut flags = Vec::new();
    for word in instruction.original.split_whitespace().skip(1) {
        let Some(name) = word.strip_prefix("--") else { break };
        let name = name.split('=').next().unwrap_or_default();
        if !instruction.flags.contains_key(name) {
            break;
        }
        flags.push(word.replace(['"', '\''], ""));
    }
    flags
}

fn value(instruction: &Instruction) -> Vec<String> {
    let text = instruction.text.as_str();
    if let (Some(heredoc), "RUN" | "COPY" | "ADD") = (instruction.heredocs.first(), instruction.kind) {
        return vec![documents(text, heredoc, &instruction.heredocs)];
    }
    match instruction.kind {
        "ENV" | "LABEL" => pairs(text)
            .unwrap_or_default()
            .into_iter()
            .flat_map(|(name, value, sign)| [name.to_owned(), value.to_owned(), sign.to_owned()])
            .collect(),
        "ARG" => quoted_words(text).into_iter().map(str::to_owned).collect(),
        _ => instruction.arguments.clone(),
    }
}

/// What a here document alone holds, its lines as one; else all of it.
fn documents(text: &str, first: &Heredoc, all: &[Heredoc]) -> String {
    let is_alone = text.starts_with("<<") && !text.contains(char::is_whitespace);
    if is_alone && !first.content.starts_with("#!") {
        return first.content.lines().collect::<Vec<_>>().join(" ; ");
    }
    let mut whole = text.to_owned();
    for heredoc in all {
        whole.push('\n');
        whole.push_str(&heredoc.content);
        whole.push_str(&heredoc.name);
    }
    whole
}

fn original(instruction: &Instruction) -> String {
    let mut text = instruction.original.clone();
    for heredoc in &instruction.heredocs {
        text.push('\n');
        text.push_str(&heredoc.content);
        text.push_str(&heredoc.name);
    }
    text
}
