//! One instruction of a Dockerfile.

use plimsoll_model::history::INSTRUCTIONS;
use serde::Serialize;

use super::super::shell::{self, Command, Script};
use super::Flags;
use super::lines::{Logical, Read};

/// An instruction and what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Instruction {
    /// `RUN`, `COPY`…
    pub kind: &'static str,
    /// Its first line, counted from 1.
    pub line: u32,
    /// Its last line, here documents included.
    pub end_line: u32,
    /// What follows its name, with continued lines joined.
    pub text: String,
    /// `--mount=type=secret,id=x` is `{"mount": ["type=secret,id=x"]}`; a flag without value has `true`.
    pub flags: Flags,
    /// What it is given: the words of a list; `NAME=value` for `ARG`, `ENV` and `LABEL`, without quotes; else the text.
    pub arguments: Vec<String>,
    /// It is written as a JSON list.
    pub json: bool,
    /// The commands that a `RUN`, `CMD`, `ENTRYPOINT` or `HEALTHCHECK` runs.
    pub commands: Vec<Command>,
    /// False where they are not all: it is too long, or in the words of no POSIX shell.
    pub complete: bool,
    /// Here documents.
    pub heredocs: Vec<Heredoc>,
    /// The instruction that an `ONBUILD` keeps for later.
    pub trigger: Option<Box<Self>>,
}

/// A here document of an instruction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Heredoc {
    /// The line that ends it.
    pub name: String,
    /// What stands in it.
    pub content: String,
    /// Variables in it are replaced.
    pub expand: bool,
}

/// Takes an instruction apart.
///
/// # Errors
/// When the builder would refuse it, in words without the line.
pub(super) fn parse(logical: &Logical, escape: char, posix: bool) -> Result<Instruction, String> {
    parse_text(&logical.text, logical, escape, posix, true)
}

fn parse_text(
    text: &str,
    logical: &Logical,
    escape: char,
    posix: bool,
    may_be_trigger: bool,
) -> Result<Instruction, String> {
    let text = text.trim();
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let kind = INSTRUCTIONS.iter().find(|kind| kind.eq_ignore_ascii_case(word));
    let Some(kind) = kind else {
        return Err(format!("there is no instruction {:?}", word.chars().take(40).collect::<String>()));
    };
    let (flags, rest) = flags(rest);
    let rest = rest.trim();
    if rest.is_empty() {
        return Err(format!("{kind} needs an argument"));
    }
    let mut instruction = Instruction {
        kind,
        line: logical.line,
        end_line: logical.end_line,
        text: rest.to_owned(),
        flags,
        arguments: Vec::new(),
        json: false,
        commands: Vec::new(),
        complete: true,
        heredocs: logical.heredocs.iter().map(heredoc).collect(),
        trigger: None,
    };
    if *kind == "ONBUILD" {
        if !may_be_trigger {
            return Err("ONBUILD may not stand after ONBUILD".to_owned());
        }
        let trigger = parse_text(rest, logical, escape, posix, false)?;
        instruction.arguments = vec![rest.to_owned()];
        instruction.trigger = Some(Box::new(trigger));
        return Ok(instruction);
    }
    set_arguments(&mut instruction, escape)?;
    set_commands(&mut instruction, posix);
    Ok(instruction)
}

fn heredoc(read: &Read) -> Heredoc {
    Heredoc { name: read.announced.name.clone(), content: read.content.clone(), expand: read.announced.expands }
}

/// `--name=value` before everything else.
fn flags(text: &str) -> (Flags, &str) {
    let mut flags = Flags::new();
    let mut rest = text.trim_start();
    while rest.starts_with("--") {
        let end = end_of_word(rest);
        let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        rest = after.trim_start();
        let word = unquoted(word, '\\');
        let word = word.trim_start_matches("--");
        if word.is_empty() {
            break;
        }
        let (name, value) = word.split_once('=').unwrap_or((word, "true"));
        flags.entry(name.to_owned()).or_default().push(value.to_owned());
    }
    (flags, rest)
}

/// Where a word ends; spaces in quotes do not end it.
fn end_of_word(text: &str) -> usize {
    let (mut quote, mut is_escaped) = (None, false);
    let end = text.find(|letter: char| {
        if is_escaped {
            is_escaped = false;
        } else if letter == '\\' && quote != Some('\'') {
            is_escaped = true;
        } else if quote == Some(letter) {
            quote = None;
        } else if quote.is_none() && matches!(letter, '"' | '\'') {
            quote = Some(letter);
        } else {
            return quote.is_none() && letter.is_whitespace();
        }
        false
    });
    end.unwrap_or(text.len())
}

/// Words with their quotes, as the builder splits `ARG`, `ENV` and `LABEL`.
pub(super) fn quoted_words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (word, after) = rest.split_at_checked(end_of_word(rest)).unwrap_or((rest, ""));
        words.push(word);
        rest = after.trim_start();
    }
    words
}

/// Without quotes, and without the letter that escapes others.
pub(crate) fn unquoted(text: &str, escape: char) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut quote = None;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if quote == Some(letter) {
            quote = None;
        } else if quote.is_none() && matches!(letter, '"' | '\'') {
            quote = Some(letter);
        } else if letter == escape && quote != Some('\'') {
            let is_kept = |next: &char| quote.is_some() && !matches!(next, '"' | '$' | '\\') && *next != escape;
            if letters.peek().is_none_or(is_kept) {
                plain.push(letter);
            }
            plain.extend(letters.next());
        } else {
            plain.push(letter);
        }
    }
    plain
}

fn set_arguments(instruction: &mut Instruction, escape: char) -> Result<(), String> {
    let text = instruction.text.clone();
    let takes_list = matches!(instruction.kind, "RUN" | "CMD" | "ENTRYPOINT" | "SHELL" | "ADD" | "COPY" | "VOLUME");
    if takes_list && let Some(list) = json_list(&text) {
        instruction.json = true;
        instruction.arguments = list;
        return Ok(());
    }
    instruction.arguments = match instruction.kind {
        "ADD" | "COPY" | "VOLUME" | "EXPOSE" | "FROM" => words(&text),
        "ARG" => quoted_words(&text).into_iter().map(|word| unquoted(word, escape)).collect(),
        "ENV" | "LABEL" => pairs(&text)
            .ok_or_else(|| format!("{} takes pairs of the form NAME=value", instruction.kind))?
            .into_iter()
            .map(|(name, value, _)| format!("{}={}", unquoted(name, escape), unquoted(value, escape)))
            .collect(),
        "HEALTHCHECK" => {
            let (word, command) = text.split_once(char::is_whitespace).unwrap_or((&text, ""));
            let list = json_list(command.trim());
            instruction.json = list.is_some();
            let command = list.unwrap_or_else(|| vec![command.trim().to_owned()]);
            let command = command.into_iter().filter(|word| !word.is_empty());
            std::iter::once(word.to_ascii_uppercase()).chain(command).collect()
        }
        "SHELL" => return Err("SHELL takes a JSON list".to_owned()),
        _ => vec![text],
    };
    let least = if matches!(instruction.kind, "ADD" | "COPY") { 2 } else { 1 };
    if instruction.arguments.len() < least {
        return Err(format!("{} needs at least {least} arguments", instruction.kind));
    }
    Ok(())
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// A JSON list of texts; none where it is not one, which the builder then takes for plain text.
fn json_list(text: &str) -> Option<Vec<String>> {
    text.starts_with('[').then(|| serde_json::from_str(text).ok()).flatten()
}

/// Names and values with their quotes, and what stands between: `=`, or nothing in the old form `ENV NAME value`.
pub(super) fn pairs(text: &str) -> Option<Vec<(&str, &str, &'static str)>> {
    let words = quoted_words(text);
    if !words.first()?.contains('=') {
        let (name, value) = text.trim().split_once(char::is_whitespace)?;
        return Some(vec![(name, value.trim_start(), "")]);
    }
    words.into_iter().map(|word| word.split_once('=').map(|(name, value)| (name, value, "="))).collect()
}

fn set_commands(instruction: &mut Instruction, posix: bool) {
    let words = match instruction.kind {
        "RUN" | "CMD" | "ENTRYPOINT" => instruction.arguments.as_slice(),
        "HEALTHCHECK" => instruction.arguments.get(1..).unwrap_or_default(),
        _ => return,
    };
    let script = match words {
        [] => Script::default(),
        words if instruction.json => shell::executed(words),
        _ if !posix => Script { complete: false, ..Script::default() },
        [text, ..] if instruction.heredocs.is_empty() => shell::script(text),
        [text, ..] => shell_documents(text, &instruction.heredocs),
    };
    instruction.commands = script.commands;
    instruction.complete = script.complete;
}

/// `RUN <<EOF` alone runs what the here document holds; with a command, the shell gets both.
fn shell_documents(text: &str, heredocs: &[Heredoc]) -> Script {
    let is_alone = shell::script(text).commands.iter().all(|command| command.words.is_empty());
    match heredocs {
        [heredoc] if is_alone => match heredoc.content.strip_prefix("#!") {
            // Another interpreter's program: its words are not a shell's.
            Some(rest) if !is_shell_line(rest.lines().next().unwrap_or_default()) => {
                Script { complete: false, ..Script::default() }
            }
            _ => shell::script(&heredoc.content),
        },
        heredocs => {
            let mut whole = text.to_owned();
            for heredoc in heredocs {
                whole.push('\n');
                whole.push_str(&heredoc.content);
                whole.push_str(&heredoc.name);
            }
            shell::script(&whole)
        }
    }
}

/// `/bin/bash -e`, `/usr/bin/env sh`.
fn is_shell_line(line: &str) -> bool {
    let is_shell = |word: &str| matches!(word.rsplit('/').next(), Some("sh" | "bash" | "ash" | "dash" | "zsh" | "ksh"));
    line.split_whitespace().take(3).any(is_shell)
}
