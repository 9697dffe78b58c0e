//! Dockerfiles, as <https://docs.docker.com/reference/dockerfile/> has them.
//!
//! Owns the document `dockerfile/v1`. It builds nothing: of variables it replaces those that decide which image a stage
//! starts from.
//!
//! ```
//! use plimsoll_judge::inputs::dockerfile::parse;
//!
//! let file = parse("Dockerfile", "FROM debian:12 AS build\nRUN apt-get update && \\\n  apt-get install -y curl\n");
//! let stage = &file.stages[0];
//! assert_eq!((stage.name.as_deref(), stage.from.tag.as_deref()), (Some("build"), Some("12")));
//! assert_eq!((stage.instructions[0].line, stage.instructions[0].end_line), (2, 3));
//! assert_eq!(stage.instructions[0].commands.len(), 2);
//! ```

mod instruction;
mod lines;
mod variables;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use self::instruction::Instruction;
use self::lines::Logical;
use super::Problem;
use super::reference::{image_reference, split};

pub(crate) use self::instruction::unquoted;
pub use self::instruction::{Heredoc, Instruction as DockerfileInstruction};
pub(crate) use self::variables::Variables;

/// Bytes of one Dockerfile. The longest that people write have some 100 kB.
const MOST_BYTES: usize = 2 << 20;
/// Instructions of one Dockerfile.
const MOST_INSTRUCTIONS: usize = 2_000;
/// Here documents of one Dockerfile.
const MOST_HEREDOCS: usize = 500;

/// A Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dockerfile {
    /// Where it lies.
    pub path: String,
    /// Build arguments before the first stage: `NAME`, or `NAME=default`.
    pub arguments: Vec<String>,
    /// In their order.
    pub stages: Vec<Stage>,
    /// The letter that continues lines and escapes others, `\` or `` ` ``.
    pub escape: char,
    /// What the builder would refuse, and what is not read.
    pub errors: Vec<Problem>,
}

/// A stage of a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stage {
    /// What `AS` names it.
    pub name: Option<String>,
    /// Its place, from 0.
    pub index: usize,
    /// What it starts from.
    pub from: From,
    /// Line of its `FROM`, counted from 1.
    pub line: u32,
    /// Those after `FROM`.
    pub instructions: Vec<Instruction>,
}

/// What a stage starts from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct From {
    /// As it is written.
    pub text: String,
    /// Name without tag and digest, with variables replaced by their defaults; empty where it is a stage.
    pub image: String,
    /// None where none is written.
    pub tag: Option<String>,
    /// `sha256:…`.
    pub digest: Option<String>,
    /// Index of the earlier stage that it names.
    pub stage: Option<usize>,
    /// The flag `--platform`.
    pub platform: Option<String>,
    /// All of its variables have a default. Otherwise only a build tells which image it is.
    pub resolved: bool,
}

/// Parses a Dockerfile. What is wrong with it is in its errors; everything else is read all the same.
#[must_use]
pub fn parse(path: &str, text: &str) -> Dockerfile {
    let mut file = Dockerfile {
        path: path.to_owned(),
        arguments: Vec::new(),
        stages: Vec::new(),
        escape: '\\',
        errors: Vec::new(),
    };
    let problem = |line, message| Problem { path: path.to_owned(), line, message };
    if text.len() > MOST_BYTES {
        let message = format!("it has {} bytes; no more than {MOST_BYTES} of a Dockerfile are read", text.len());
        file.errors.push(problem(1, message));
        return file;
    }
    let source = lines::read(text);
    file.escape = source.escape;
    let mut errors = source.errors;
    let mut building =
        Building { file: &mut file, errors: &mut errors, variables: Variables::default(), posix: Vec::new() };
    for logical in source.lines.iter().take(MOST_INSTRUCTIONS) {
        building.add(logical);
    }
    if let Some(logical) = source.lines.get(MOST_INSTRUCTIONS) {
        errors.push((logical.line, format!("only the first {MOST_INSTRUCTIONS} instructions are read")));
    }
    if file.stages.is_empty() {
        errors.push((1, "no stage begins: there is no FROM".to_owned()));
    }
    errors.sort();
    file.errors = errors.into_iter().map(|(line, message)| problem(line, message)).collect();
    file
}

/// The document that checks of Dockerfiles see, by its schema `dockerfile/v1`: a [`Dockerfile`] as JSON.
#[must_use]
pub fn document(file: &Dockerfile) -> Value {
    serde_json::to_value(file).unwrap_or_else(|error| json!({ "errors": [error.to_string()] }))
}

struct Building<'a> {
    file: &'a mut Dockerfile,
    errors: &'a mut Vec<(u32, String)>,
    /// Build arguments that `FROM` may name.
    variables: Variables,
    /// For each stage, whether its shell reads as POSIX has it.
    posix: Vec<bool>,
}

impl Building<'_> {
    fn add(&mut self, logical: &Logical) {
        let posix = self.posix.last().copied().unwrap_or(true);
        let instruction = match instruction::parse(logical, self.file.escape, posix) {
            Ok(instruction) => instruction,
            Err(message) => {
                self.errors.push((logical.line, message));
                return;
            }
        };
        if instruction.kind == "FROM" {
            self.start(&instruction);
            return;
        }
        if instruction.kind == "SHELL" {
            let shell = instruction.arguments.first().map_or("", String::as_str);
            if let Some(posix) = self.posix.last_mut() {
                *posix = !super::steps::is_foreign_shell(shell);
            }
        }
        match (self.file.stages.last_mut(), instruction.kind) {
            (Some(stage), _) => stage.instructions.push(instruction),
            (None, "ARG") => {
                for argument in &instruction.arguments {
                    self.variables.declare(argument);
                }
                self.file.arguments.extend(instruction.arguments);
            }
            (None, kind) => {
                self.errors.push((instruction.line, format!("{kind} stands before the first FROM")));
            }
        }
    }

    fn start(&mut self, instruction: &Instruction) {
        let words: Vec<&str> = instruction.arguments.iter().map(String::as_str).collect();
        let (text, name) = match words.as_slice() {
            [text] => (*text, None),
            [text, word, name] if word.eq_ignore_ascii_case("as") => (*text, Some((*name).to_owned())),
            _ => {
                let message = "FROM takes an image, or an image, AS and a name".to_owned();
                self.errors.push((instruction.line, message));
                (words.first().copied().unwrap_or_default(), None)
            }
        };
        let mut from = self.from(text);
        from.platform = instruction.flags.get("platform").and_then(|values| values.first()).cloned();
        // A stage that starts from another keeps its shell.
        let posix = from.stage.and_then(|stage| self.posix.get(stage).copied()).unwrap_or(true);
        self.posix.push(posix);
        let index = self.file.stages.len();
        let line = instruction.line;
        self.file.stages.push(Stage { name, index, from, line, instructions: Vec::new() });
    }

    fn from(&self, text: &str) -> From {
        let (full, resolved) = self.variables.expand(text, self.file.escape);
        let is_named = |stage: &&Stage| stage.name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(&full));
        let stage = self.file.stages.iter().rev().find(is_named).map(|stage| stage.index);
        let text = text.to_owned();
        if stage.is_some() {
            return From { text, stage, resolved, ..From::default() };
        }
        let (image, tag, digest) = split(&full);
        let resolved = resolved && image_reference(&full).is_some();
        let owned = |part: Option<&str>| part.map(str::to_owned);
        From { image: image.to_owned(), tag: owned(tag), digest: owned(digest), text, resolved, ..From::default() }
    }
}

/// Flags of an instruction: each may stand several times.
type Flags = BTreeMap<String, Vec<String>>;
