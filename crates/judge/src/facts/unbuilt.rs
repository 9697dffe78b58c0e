//! The image that a Dockerfile makes, as far as it tells: `image/v1` with build steps and the settled part of the config.
//!
//! Checks of images that read nothing else judge a Dockerfile by it before anybody builds it. What the base image decides is
//! left out; only what fails means something, for a pass of half an image is none.

use std::collections::BTreeMap;

use plimsoll_model::history::Builder;
use serde_json::{Map, Value, json};

use super::{config, mask_all};
use crate::inputs::dockerfile::{Dockerfile, DockerfileInstruction as Instruction, Stage, Variables, unquoted};
use crate::inputs::steps::{MOST_STEPS, Step};

/// Base images of Docker's library that set no account and no health check: the Dockerfile alone decides there. Others may bring
/// one.
const PLAIN_BASES: &[&str] = &[
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

/// Words in the tags of variants that do bring an account, or run on another system.
const OTHER_VARIANTS: &[&str] = &["rootless", "nonroot", "unprivileged", "nanoserver", "servercore", "windows"];

/// A document, and where in the Dockerfile what it tells stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Unbuilt {
    /// The document.
    pub document: Value,
    path: String,
    /// Lines of the steps, by their index.
    steps: Vec<u32>,
    fields: Lines,
    /// Line of the last `FROM`.
    from: u32,
}

/// The image of the last stage. Texts are masked.
#[must_use]
pub fn unbuilt(file: &Dockerfile, mask: &dyn Fn(&str) -> String) -> Option<Unbuilt> {
    let last = file.stages.last()?;
    let chain = chain(file, last);
    let (config, fields) = settled(file, &chain, mask);
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
    // Secrets in a Dockerfile are found as in any other file.
    let document = json!({ "version": "image/v1", "config": config, "steps": steps, "secrets": [] });
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
fn settled(file: &Dockerfile, chain: &[&Stage], mask: &dyn Fn(&str) -> String) -> (Value, Lines) {
    let mut settling = Settling::new(file);
    for stage in chain {
        settling.begin();
        stage.instructions.iter().for_each(|instruction| settling.take(instruction));
    }
    let Settling { inner, author, lines, .. } = settling;
    let is_known = knows_base(chain);
    let is_settled = |name: &str| match name {
        "user" => inner.get("User").map_or(is_known, |user| !user.to_string().contains('$')),
        "workdir" => inner.get("WorkingDir").is_some_and(|folder| !folder.to_string().contains('$')),
        // A program of the base image may be what is started.
        "entrypoint" | "command" => inner.contains_key("Entrypoint"),
        "healthcheck" => is_known || inner.contains_key("Healthcheck"),
        "author" => !author.is_empty(),
        "env" | "ports" | "volumes" | "onbuild" => true,
        _ => false,
    };
    let whole = json!({ "config": inner, "author": author });
    let Value::Object(mut fields) = config::config(&whole, None, mask, "") else { return (Value::Null, lines) };
    fields.retain(|name, _| is_settled(name));
    (Value::Object(fields), lines)
}

/// Lines that settle a field of the config, by its name.
type Lines = BTreeMap<&'static str, u32>;

/// The config as it comes to be, instruction by instruction.
struct Settling {
    inner: Map<String, Value>,
    author: String,
    lines: Lines,
    escape: char,
    /// Build arguments before the first stage.
    global: Variables,
    /// The variables that the stage knows; `ENV` goes over `ARG`.
    variables: Variables,
    environment: Vec<String>,
    /// The command is one of this stage.
    has_command: bool,
}

impl Settling {
    fn new(file: &Dockerfile) -> Self {
        let mut global = Variables::default();
        file.arguments.iter().for_each(|argument| global.declare(argument));
        Self {
            inner: Map::new(),
            author: String::new(),
            lines: Lines::new(),
            escape: file.escape,
            global,
            variables: Variables::default(),
            environment: Vec::new(),
            has_command: false,
        }
    }

    /// A stage knows the environment of the one it stands on, and none of its build arguments.
    fn begin(&mut self) {
        self.variables = Variables::default();
        self.environment.iter().for_each(|pair| self.variables.declare(pair));
        self.has_command = false;
    }

    fn take(&mut self, instruction: &Instruction) {
        let field = match instruction.kind {
            "ARG" => {
                instruction.arguments.iter().for_each(|argument| self.argument(argument));
                return;
            }
            "ENV" => self.environment(&instruction.arguments),
            "USER" => self.put("user", "User", json!(self.plain(&instruction.text))),
            "WORKDIR" => {
                let folder = self.within(&self.plain(&instruction.text));
                self.put("workdir", "WorkingDir", json!(folder))
            }
            "EXPOSE" => self.enter("ports", "ExposedPorts", instruction, port),
            "VOLUME" => self.enter("volumes", "Volumes", instruction, str::to_owned),
            "ONBUILD" => {
                if let Value::Array(list) = self.inner.entry("OnBuild").or_insert_with(|| json!([])) {
                    list.push(json!(instruction.text));
                }
                "onbuild"
            }
            "HEALTHCHECK" => self.put("healthcheck", "Healthcheck", json!({ "Test": test(instruction) })),
            "ENTRYPOINT" => {
                // The command of the image below is none of its arguments.
                if !self.has_command {
                    self.inner.remove("Cmd");
                }
                self.put("entrypoint", "Entrypoint", started(instruction))
            }
            "CMD" => {
                self.has_command = true;
                self.put("command", "Cmd", started(instruction))
            }
            "MAINTAINER" => {
                self.author.clone_from(&instruction.text);
                "author"
            }
            _ => return,
        };
        self.lines.insert(field, instruction.line);
    }

    fn put(&mut self, field: &'static str, name: &str, value: Value) -> &'static str {
        self.inner.insert(name.into(), value);
        field
    }

    /// Those that no variable without a value leaves open.
    fn enter(
        &mut self,
        field: &'static str,
        name: &str,
        instruction: &Instruction,
        key: fn(&str) -> String,
    ) -> &'static str {
        let words: Vec<String> = instruction.arguments.iter().map(|word| self.plain(word)).collect();
        if let Value::Object(object) = self.inner.entry(name).or_insert_with(|| json!({})) {
            let known = words.iter().filter(|word| !word.contains('$'));
            object.extend(known.flat_map(|word| word.split_whitespace()).map(|word| (key(word), json!({}))));
        }
        field
    }

    /// A word without quotes, with its variables replaced.
    fn plain(&self, word: &str) -> String {
        let (text, _) = self.variables.expand(&unquoted(word.trim(), self.escape), self.escape);
        text
    }

    fn argument(&mut self, argument: &str) {
        let name = argument.split('=').next().unwrap_or(argument);
        if self.environment.iter().any(|pair| pair.split('=').next() == Some(name)) {
            return;
        }
        match self.global.value(name).filter(|_| !argument.contains('=')) {
            Some(value) => self.variables.declare(&format!("{name}={value}")),
            None => self.variables.declare(argument),
        }
    }

    fn environment(&mut self, pairs: &[String]) -> &'static str {
        for pair in pairs {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (value, _) = self.variables.expand(value, self.escape);
            let pair = format!("{name}={value}");
            self.environment.retain(|known| known.split('=').next() != Some(name));
            self.variables.declare(&pair);
            self.environment.push(pair);
        }
        self.put("env", "Env", json!(self.environment))
    }

    /// A working directory is within the one before, unless it is absolute.
    fn within(&self, folder: &str) -> String {
        let before = self.inner.get("WorkingDir").and_then(Value::as_str).filter(|before| before.starts_with('/'));
        match before {
            Some(before) if !folder.starts_with(['/', '$']) => config::folder(&format!("{before}/{folder}")),
            _ => folder.to_owned(),
        }
    }
}

/// A port as a config has it: `8080:22` and `22/TCP` are `22/tcp`.
fn port(word: &str) -> String {
    let word = word.to_ascii_lowercase();
    word.rsplit(':').next().unwrap_or(&word).to_owned()
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

/// Whether it is known of the lowest image that it sets no account and no health check.
fn knows_base(chain: &[&Stage]) -> bool {
    let Some(from) = chain.first().map(|stage| &stage.from) else { return false };
    let name = from.image.strip_prefix("docker.io/").unwrap_or(&from.image);
    let name = name.strip_prefix("library/").unwrap_or(name);
    let tag = from.tag.as_deref().unwrap_or_default();
    from.resolved && PLAIN_BASES.contains(&name) && !OTHER_VARIANTS.iter().any(|word| tag.contains(word))
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
        // There is no layer of it yet.
        empty: true,
        root: false,
        // Who writes instructions as they stand in the Dockerfile.
        builder: Builder::Kaniko,
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
            ("FROM docker:27-dind-rootless\n", false),
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

    /// As BuildKit settles them.
    #[test]
    fn words_are_read_as_the_builder_does() {
        for (text, field, expected) in [
            ("USER \"root\"", "user", json!("root")),
            ("USER '0:0'", "user", json!("0:0")),
            ("ARG U=root\nUSER $U", "user", json!("root")),
            ("ENV U=app\nARG U=root\nUSER $U", "user", json!("app")),
            ("ARG NAME\nUSER $NAME", "user", json!("web")),
            ("USER ${A:-0}", "user", json!("0")),
            ("EXPOSE \"22\" 8080:23 53/UDP", "ports", json!(["22", "23", "53/udp"])),
            ("EXPOSE 20-25", "ports", json!(["20-25"])),
            ("VOLUME \"/etc\" /srv", "volumes", json!(["/etc", "/srv"])),
            ("VOLUME [\"/var/a\"]", "volumes", json!(["/var/a"])),
            ("WORKDIR /app\nWORKDIR ../etc", "workdir", json!("/etc")),
            ("ENV A=/etc\nWORKDIR $A", "workdir", json!("/etc")),
            ("CMD [\"-k\"]\nENTRYPOINT [\"curl\"]", "command", json!(["-k"])),
            ("ENV A=0 B=1\nENV A=1", "env", json!(["B", "A"])),
        ] {
            let found = image(&format!("ARG NAME=web\nFROM scratch\n{text}\n"));
            let found = &found.document["config"][field];
            let texts = |key: &str| Value::Array(found.as_array().unwrap().iter().map(|it| it[key].clone()).collect());
            let found = match field {
                "user" => found["raw"].clone(),
                "ports" => texts("text"),
                "env" => texts("name"),
                _ => found.clone(),
            };
            assert_eq!(found, expected, "{text}");
        }
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
