//! Which sections of the document a check reads: all of them have to be among its `needs`, or it could pass for want of
//! them. A misspelt one is always undefined, which is why they are held against the schema of the document.

use std::collections::BTreeSet;

use serde_json::Value;

use super::tokens::{Kind, Token, tokens};
use crate::checks::{Check, Problem};

/// A place where a check reads the document.
struct Read {
    /// The names from the top, as far as they are written out; empty for the document itself.
    path: Vec<String>,
    line: usize,
}

/// What a check reads without needing it, and what no document has.
pub(super) fn complaints(check: &Check, schema: Option<&Value>) -> Vec<Problem> {
    let complain = |line, message| Problem { file: check.file.clone(), line, fatal: true, message };
    let mut problems = vec![];
    for Read { path, line } in reads(&check.source) {
        let dotted = path.join(".");
        if path.is_empty() {
            problems.push(complain(line, "reads the whole input; name the section (`input.config`)".to_owned()));
        } else if !check.needs.iter().chain(&check.optional).any(|need| covers(need, &dotted)) {
            problems
                .push(complain(line, format!("reads input.{dotted}, which is not among its needs; add it to `needs`")));
        } else if let Some(name) = schema.and_then(|schema| unknown(schema, &path)) {
            problems.push(complain(
                line,
                format!("reads input.{dotted}, but a document of {} has no {name} there", check.input.as_str()),
            ));
        }
    }
    if let Some(message) = schema.and_then(|schema| unknown_need(check, schema)) {
        problems.push(complain(0, message));
    }
    problems
}

/// The first section among its needs that the schema does not have.
pub(super) fn unknown_need(check: &Check, schema: &Value) -> Option<String> {
    check.needs.iter().find_map(|need| {
        let path: Vec<String> = need.split('.').map(str::to_owned).collect();
        let name = unknown(schema, &path)?;
        Some(format!("needs {need}, but a document of {} has no {name} there", check.input.as_str()))
    })
}

/// Tells of a policy that says nothing of its needs when documents, which have these sections, have nothing of what it
/// reads: it is not assessed, whatever the document.
pub(super) fn unfed(check: &Check, sections: &BTreeSet<String>) -> Option<Problem> {
    let reads = self::sections(&check.source).filter(|reads| !reads.is_empty() && reads.is_disjoint(sections))?;
    let message = format!("{}: it is never assessed", nothing_to_read(check, &reads));
    let line = self::reads(&check.source).first().map_or(0, |read| read.line);
    Some(Problem { file: check.file.clone(), line, fatal: false, message })
}

/// In words, that a document has none of the sections that a check reads.
pub(crate) fn nothing_to_read(check: &Check, reads: &BTreeSet<String>) -> String {
    let named: Vec<String> = reads.iter().map(|section| format!("input.{section}")).collect();
    format!("it reads {}, which a document of {} does not have", named.join(", "), check.input.as_str())
}

/// A library reads nothing by itself, or who calls it could not know what to need.
pub(super) fn of_library(file: &str, text: &str) -> Vec<Problem> {
    let message = "a library takes what it reads as an argument, and does not look at the input";
    let complain =
        |read: Read| Problem { file: file.to_owned(), line: read.line, fatal: true, message: message.to_owned() };
    reads(text).into_iter().map(complain).collect()
}

/// `config` covers `config.user`, and who needs `config.user` has a `config`.
fn covers(need: &str, path: &str) -> bool {
    let within = |inner: &str, outer: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    within(path, need) || within(need, path)
}

/// The sections that a text reads by name; none when it takes the document as a whole.
pub(crate) fn sections(text: &str) -> Option<BTreeSet<String>> {
    reads(text).into_iter().map(|read| read.path.into_iter().next()).collect()
}

fn reads(text: &str) -> Vec<Read> {
    let tokens = tokens(text);
    let mut reads = vec![];
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| tokens.get(before));
        let own = before.is_none_or(|before| !before.is(".") && !before.is("with"));
        if token.kind == Kind::Word && token.is("input") && own {
            let after = tokens.get(at + 1..).unwrap_or_default();
            let path = written(after)
                .or_else(|| before.filter(|open| open.is("(")).and_then(|_| got(after)))
                .unwrap_or_default();
            reads.push(Read { path, line: token.line });
        }
    }
    reads
}

/// The names after `input` by dots and brackets, when there are any.
fn written(mut after: &[Token<'_>]) -> Option<Vec<String>> {
    let mut path = vec![];
    loop {
        after = match after {
            [dot, name, rest @ ..] if dot.is(".") && name.kind == Kind::Word => {
                path.push(name.text.to_owned());
                rest
            }
            [open, name, close, rest @ ..] if open.is("[") && close.is("]") && name.kind == Kind::Text => {
                path.push(name.inner().to_owned());
                rest
            }
            _ => return (!path.is_empty()).then_some(path),
        };
    }
}

/// Of `object.get(input, "config", …)`, `config`.
fn got(after: &[Token<'_>]) -> Option<Vec<String>> {
    match after {
        [comma, name, ..] if comma.is(",") && name.kind == Kind::Text => Some(vec![name.inner().to_owned()]),
        _ => None,
    }
}

/// The first name of a path that objects of the schema do not have.
fn unknown<'p>(schema: &Value, path: &'p [String]) -> Option<&'p str> {
    let mut at = resolved(schema, schema);
    for name in path {
        let known = at.get("properties").and_then(|properties| properties.get(name));
        let other = at.get("additionalProperties").filter(|other| other.is_object());
        at = match known.or(other) {
            Some(inner) => resolved(schema, inner),
            // A schema that does not close its objects says nothing about other names.
            None if at.get("properties").is_some() => return Some(name),
            None => return None,
        };
    }
    None
}

/// What a reference within the schema stands for; of alternatives the first that is an object.
fn resolved<'s>(root: &'s Value, mut at: &'s Value) -> &'s Value {
    for _ in 0..16 {
        let reference =
            at.get("$ref").and_then(Value::as_str).and_then(|reference| root.pointer(reference.strip_prefix('#')?));
        let alternative = ["anyOf", "oneOf"].iter().find_map(|name| {
            at.get(name)?.as_array()?.iter().find(|one| one.get("type").and_then(Value::as_str) != Some("null"))
        });
        match reference.or(alternative) {
            Some(next) => at = next,
            None => break,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::complaints;
    use crate::checks::Check;

    fn told(rules: &str) -> Vec<String> {
        let needs = vec!["config.user".to_owned(), "files".to_owned()];
        let check = Check { needs, source: rules.to_owned(), ..Check::default() };
        let schema = json!({
            "properties": {"config": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/config"}]}, "files": {"additionalProperties": {}}},
            "$defs": {"config": {"properties": {"user": {"properties": {"uid": {}}}}}},
        });
        complaints(&check, Some(&schema)).into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn what_is_read_has_to_be_needed_and_known() {
        assert!(told("p if input.config.user.uid == 0\nq if input.files.setuid[_].path\nr if object.get(input.config, \"user\", 1)").is_empty());
        assert!(told("test_p if p with input as {\"users\": 1}").is_empty());
        assert!(told("p if input.users.accounts")[0].contains("input.users.accounts, which is not among its needs"));
        assert!(told("p if input.config.username")[0].contains("not among its needs"));
        assert!(told("p if input[\"users\"]")[0].contains("input.users"));
        assert!(told("p if object.get(input, \"secrets\", [])")[0].contains("input.secrets"));
        assert!(told("p if input.config.user.uidd == 0")[0].contains("has no uidd"));
        assert!(told("p if walk(input, x)")[0].contains("whole input"));
    }
}
