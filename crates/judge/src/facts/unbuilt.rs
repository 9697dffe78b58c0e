//! The image that a Dockerfile makes, as far as it tells: `image/v1` with build steps and the settled part of the config.
//!
//! Checks of images that read nothing else judge a Dockerfile by it before anybody builds it. What the base image decides is
//! left out; only what fails means something, for a pass of half an image is none.

use std::collections::BTreeMap;

use plimsoll_model::history::Builder;
use serde_json::{Map, Value, json};

use super::{config, mask_all};
use crate::inputs::dockerfile::{Dockerfile, DockerfileInstruction as Instruction, Stage};
use crate::inputs::steps::{MOST_STEPS, Step};

/// Base images of Docker's library that set no account: `USER` alone decides there. Others may bring one.
const BASES_OF_ROOT: &[&str] = &[
    "almalinux",
    "alpine",
    "amazoncorretto",
    "amazonlinux",
    "archlinux",
    "bash",
    "buildpack-deps",
    "busybox",
    "centos",
    "clojure",
    "debian",
    "docker",
    "eclipse-temurin",
    "elixir",
    "erlang",
    "fedora",
    "gcc",
    "golang",
    "haskell",
    "httpd",
    "julia",
    "maven",
    "node",
    "openjdk",
    "oraclelinux",
    "perl",
    "php",
    "photon",
    "pypy",
    "python",
    "r-base",
    "rockylinux",
    "ruby",
    "rust",
    "sapmachine",
    "scratch",
    "swift",
    "tomcat",
    "ubuntu",
];

/// A document, and where in the Dockerfile what it tells stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Unbuilt {
    /// The document.
    pub document: Value,
    path: String,
    /// Lines of the steps, by their index.
    steps: Vec<u32>,
    /// Lines that settle a field of the config, by its name.
    fields: BTreeMap<&'static str, u32>,
    /// Line of the last `FROM`.
    from: u32,
}

/// The image of the last stage. Texts are masked.
#[must_use]
pub fn unbuilt(file: &Dockerfile, mask: &dyn Fn(&str) -> String) -> Option<Unbuilt> {
    let last = file.stages.last()?;
    let chain = chain(file, last);
    let mut fields = BTreeMap::new();
    let config = settled(&chain, &mut fields, mask);
    let (mut steps, mut lines) = (Vec::new(), Vec::new());
    for stage in &file.stages {
        let kept = chain.iter().any(|known| known.index == stage.index);
        for instruction in stage.instructions.iter().take(MOST_STEPS.saturating_sub(lines.len())) {
            steps.push(told(lines.len(), instruction, kept));
            lines.push(instruction.line);
        }
    }
    let mut steps = Value::Array(steps);
    mask_all(&mut steps, mask);
    let document = json!({ "version": "image/v1", "config": config, "steps": steps });
    Some(Unbuilt { document, path: file.path.clone(), steps: lines, fields, from: last.line })
}

impl Unbuilt {
    /// The path of the Dockerfile.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The line in the Dockerfile of what a build step, or else a pointer into the document, is about.
    #[must_use]
    pub fn line(&self, step: Option<usize>, pointer: &str) -> u32 {
        let step = step.and_then(|step| self.steps.get(step));
        let field = || pointer.strip_prefix("config.")?.split(['.', '[']).next().and_then(|name| self.fields.get(name));
        step.or_else(field).copied().unwrap_or(self.from)
    }
}

/// The stages that a stage stands on, the lowest first, and itself.
fn chain<'f>(file: &'f Dockerfile, last: &'f Stage) -> Vec<&'f Stage> {
    let mut chain = vec![last];
    // A stage stands on an earlier one alone.
    while let Some(below) = chain.last().and_then(|stage| file.stages.get(stage.from.stage?)) {
        chain.push(below);
    }
    chain.reverse();
    chain
}

/// The fields of the config that the Dockerfile settles by itself.
fn settled(chain: &[&Stage], lines: &mut BTreeMap<&'static str, u32>, mask: &dyn Fn(&str) -> String) -> Value {
    let mut inner = Map::new();
    let mut author = String::new();
    let mut settle = |name: &'static str, instruction: &Instruction| lines.insert(name, instruction.line);
    for instruction in chain.iter().flat_map(|stage| &stage.instructions) {
        let arguments = &instruction.arguments;
        let plain = || arguments.iter().filter(|word| !word.contains('$'));
        match instruction.kind {
            "USER" => {
                inner.insert("User".into(), json!(instruction.text.trim()));
                settle("user", instruction);
            }
            "WORKDIR" => {
                inner.insert("WorkingDir".into(), json!(within(&inner, instruction.text.trim())));
                settle("workdir", instruction);
            }
            "ENV" => {
                append(&mut inner, "Env", arguments.iter().map(|pair| json!(pair)));
                settle("env", instruction);
            }
            "EXPOSE" => {
                enter(&mut inner, "ExposedPorts", plain());
                settle("ports", instruction);
            }
            "VOLUME" => {
                enter(&mut inner, "Volumes", plain());
                settle("volumes", instruction);
            }
            "ONBUILD" => {
                append(&mut inner, "OnBuild", [json!(instruction.text)]);
                settle("onbuild", instruction);
            }
            "HEALTHCHECK" => {
                inner.insert("Healthcheck".into(), json!({ "Test": test(instruction) }));
                settle("healthcheck", instruction);
            }
            "ENTRYPOINT" => {
                inner.insert("Entrypoint".into(), started(instruction));
                // What was to be run before is none of its arguments.
                inner.remove("Cmd");
                settle("entrypoint", instruction);
            }
            "CMD" => {
                inner.insert("Cmd".into(), started(instruction));
                settle("command", instruction);
            }
            "MAINTAINER" => {
                author.clone_from(&instruction.text);
                settle("author", instruction);
            }
            _ => {}
        }
    }
    let is_settled = |name: &str| match name {
        "user" => inner.get("User").map_or_else(|| is_roots(chain), |user| !user.to_string().contains('$')),
        "workdir" => inner.get("WorkingDir").is_some_and(|folder| !folder.to_string().contains('$')),
        // A program of the base image may be what is started.
        "entrypoint" | "command" => inner.contains_key("Entrypoint"),
        "author" => !author.is_empty(),
        "env" | "ports" | "volumes" | "onbuild" | "healthcheck" => true,
        _ => false,
    };
    let whole = json!({ "config": inner, "author": author });
    let Value::Object(mut fields) = config::config(&whole, None, mask, "") else { return Value::Null };
    fields.retain(|name, _| is_settled(name));
    Value::Object(fields)
}

/// A working directory is within the one before, unless it is absolute.
fn within(inner: &Map<String, Value>, folder: &str) -> String {
    let before = inner.get("WorkingDir").and_then(Value::as_str).filter(|before| before.starts_with('/'));
    match before {
        Some(before) if !folder.starts_with(['/', '$']) => format!("{}/{folder}", before.trim_end_matches('/')),
        _ => folder.to_owned(),
    }
}

fn append(inner: &mut Map<String, Value>, name: &str, values: impl IntoIterator<Item = Value>) {
    if let Value::Array(list) = inner.entry(name).or_insert_with(|| json!([])) {
        list.extend(values);
    }
}

fn enter<'a>(inner: &mut Map<String, Value>, name: &str, keys: impl Iterator<Item = &'a String>) {
    if let Value::Object(object) = inner.entry(name).or_insert_with(|| json!({})) {
        object.extend(keys.map(|key| (key.clone(), json!({}))));
    }
}

/// What is started: a list as it is, a text by a shell.
fn started(instruction: &Instruction) -> Value {
    if instruction.json { json!(instruction.arguments) } else { json!(["/bin/sh", "-c", instruction.text]) }
}

/// The test of a `HEALTHCHECK` as a config has it.
fn test(instruction: &Instruction) -> Vec<String> {
    let mut words = instruction.arguments.clone();
    if let (Some(first), false) = (words.first_mut().filter(|word| *word == "CMD"), instruction.json) {
        "CMD-SHELL".clone_into(first);
    }
    words
}

/// Whether the lowest image is one that sets no account.
fn is_roots(chain: &[&Stage]) -> bool {
    let Some(from) = chain.first().map(|stage| &stage.from) else { return false };
    let name = from.image.strip_prefix("docker.io/").unwrap_or(&from.image);
    let name = name.strip_prefix("library/").unwrap_or(name);
    from.resolved && BASES_OF_ROOT.contains(&name)
}

/// The step that an instruction leaves; `kept`: what it does is in the image, and not in a stage that files are copied from.
fn told(index: usize, instruction: &Instruction, kept: bool) -> Value {
    let is_copy = matches!(instruction.kind, "ADD" | "COPY");
    let flags = instruction.flags.iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
    let mut paths = if is_copy { instruction.arguments.clone() } else { Vec::new() };
    let target = paths.pop().unwrap_or_default();
    let step = Step {
        index,
        kind: instruction.kind,
        text: instruction.text.clone(),
        shell: String::new(),
        commands: if instruction.kind == "RUN" { instruction.commands.clone() } else { Vec::new() },
        complete: instruction.complete,
        arguments: Vec::new(),
        values: Vec::new(),
        flags: flags.map(|(name, value)| format!("--{name}={value}")).collect(),
        sources: paths,
        target,
        layer: None,
        empty: !is_copy && !matches!(instruction.kind, "RUN" | "WORKDIR"),
        root: false,
        builder: Builder::BuildKit,
    };
    let mut step = serde_json::to_value(step).unwrap_or_default();
    if let Value::Object(fields) = &mut step {
        fields.extend([("base".to_owned(), json!(false)), ("kept".to_owned(), json!(kept))]);
    }
    step
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inputs::dockerfile::parse;

    fn image(text: &str) -> Unbuilt {
        unbuilt(&parse("Dockerfile", text), &|text| text.replace("hunter2", "…")).unwrap()
    }

    #[test]
    fn what_the_last_stage_settles_is_told() {
        let found = image(
            "FROM golang:1.25 AS build\nRUN make\nFROM debian:12 AS base\nENV A=1 B=hunter2\nEXPOSE 22 $PORT\n\
             WORKDIR /app\nFROM base\nUSER app\nWORKDIR x\nENTRYPOINT [\"/app/x\"]\nCMD [\"-v\"]\n\
             HEALTHCHECK CMD curl localhost\n",
        );
        let config = &found.document["config"];
        assert_eq!(config["user"]["raw"], "app");
        assert_eq!(config["env"][1], json!({ "name": "B", "value": "…" }));
        assert_eq!(config["ports"][0]["port"], 22);
        assert_eq!(config["ports"].as_array().unwrap().len(), 1);
        assert_eq!((&config["workdir"], &config["command"]), (&json!("/app/x"), &json!(["-v"])));
        assert_eq!(config["healthcheck"]["test"], json!(["CMD-SHELL", "curl localhost"]));
        assert!(config.get("labels").is_none() && config.get("created").is_none(), "{config}");
        let kept: Vec<&Value> = found.document["steps"].as_array().unwrap().iter().map(|step| &step["kept"]).collect();
        assert_eq!(kept.iter().filter(|kept| **kept == &json!(false)).count(), 1, "{kept:?}");
    }

    #[test]
    fn what_the_base_image_decides_is_left_out() {
        let has_user = |text: &str| image(text).document["config"].get("user").is_some();
        for (text, expected) in [
            ("FROM debian:12\n", true),
            ("FROM docker.io/library/python:3\n", true),
            ("FROM scratch\n", true),
            ("FROM gcr.io/distroless/static:nonroot\n", false),
            ("FROM acme/debian:12\n", false),
            ("FROM $BASE\n", false),
            ("FROM acme/base\nUSER 0\n", true),
            ("FROM acme/base\nUSER $NAME\n", false),
        ] {
            assert_eq!(has_user(text), expected, "{text}");
        }
        assert!(image("FROM debian:12\nCMD [\"sh\"]\n").document["config"].get("command").is_none());
    }

    #[test]
    fn what_is_found_is_where_it_stands() {
        let found = image("FROM debian:12\nUSER root\nRUN make\nEXPOSE 22\n");
        assert_eq!(found.line(Some(1), ""), 3);
        assert_eq!(found.line(Some(9), "config.user"), 2);
        for (pointer, line) in [("config.user", 2), ("config.ports[0]", 4), ("config.healthcheck", 1), ("users", 1)] {
            assert_eq!(found.line(None, pointer), line, "{pointer}");
        }
    }
}
