//! The build history of an image in a form that does not depend on who built it.
//!
//! ```
//! use plimsoll_judge::inputs::steps::steps;
//!
//! let config = serde_json::json!({ "history": [
//!     { "created_by": "/bin/sh -c #(nop) ADD file:3cf1 in / " },
//!     { "created_by": "RUN /bin/sh -c apt-get update && apt-get install -y curl # buildkit" },
//! ]});
//! let steps = steps(&config, 2);
//! assert_eq!((steps[1].kind, steps[1].layer), ("RUN", Some(1)));
//! assert_eq!(steps[1].commands[1].arguments, ["install", "-y", "curl"]);
//! ```

use plimsoll_model::history::{self, Builder, Entry};
use serde::Serialize;
use serde_json::Value;

use super::shell::{self, Command, Script};

/// Entries of one history that are read. Images have at most some hundred.
pub(crate) const MOST_STEPS: usize = 1_000;

/// A step of the build.
///
/// As JSON, `arguments` holds names only, and `layer` is `null` where no layer is known for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Its place in the history, from 0.
    pub index: usize,
    /// The instruction, `RUN`, `COPY`…, or `unknown`.
    pub kind: &'static str,
    /// What follows the instruction, without the shell that runs it, build arguments and marks of the builder.
    pub text: String,
    /// The shell that runs it: `/bin/sh -c`; empty where none does.
    pub shell: String,
    /// The simple commands of a `RUN`, and of an `unknown` step as far as it reads like one.
    pub commands: Vec<Command>,
    /// False where the commands are not all that it runs: it is too long, or in the words of no POSIX shell.
    pub complete: bool,
    /// Names of the build arguments that it was run with, of those that had a value.
    pub arguments: Vec<String>,
    /// Their values, in the same order; whoever shows a step masks them.
    #[serde(skip)]
    pub values: Vec<String>,
    /// Flags of an `ADD` or `COPY`: `--chown=1:1`.
    pub flags: Vec<String>,
    /// What an `ADD` or `COPY` copies. The classic builder and Buildah name it by digest: `file:3cf1…`.
    pub sources: Vec<String>,
    /// Where an `ADD` or `COPY` copies to; else empty.
    pub target: String,
    /// The layer that it made, counted from the bottom.
    pub layer: Option<usize>,
    /// It made no layer.
    pub empty: bool,
    /// It laid the root file system that everything else stands on.
    pub root: bool,
    /// Who wrote it.
    pub builder: Builder,
}

/// The steps of an image's history, oldest first; none where its config tells none.
///
/// `layers` is the count of the image's layers. A history that tells of another count is wrong about some of them, so
/// no step of it names a layer.
#[must_use]
pub fn steps(config: &Value, layers: usize) -> Vec<Step> {
    let Some(entries) = config.get("history").and_then(Value::as_array) else { return Vec::new() };
    let is_empty = |entry: &Value| entry.get("empty_layer").and_then(Value::as_bool).unwrap_or(false);
    let names_layers = entries.iter().filter(|entry| !is_empty(entry)).count() == layers;
    let mut seen = 0_usize;
    let mut steps = Vec::new();
    for (index, entry) in entries.iter().take(MOST_STEPS).enumerate() {
        let empty = is_empty(entry);
        let mut step = step(index, entry);
        step.empty = empty;
        step.layer = (names_layers && !empty).then_some(seen);
        step.root = !empty && seen == 0 && lays_root(&step);
        seen = seen.saturating_add(usize::from(!empty));
        steps.push(step);
    }
    if entries.len() > MOST_STEPS {
        let text = format!("{} more entries of the history are not read", entries.len().saturating_sub(MOST_STEPS));
        steps.push(Step { text, complete: false, ..nothing(MOST_STEPS) });
    }
    steps
}

/// A step that tells nothing.
fn nothing(index: usize) -> Step {
    Step {
        index,
        kind: "unknown",
        text: String::new(),
        shell: String::new(),
        commands: Vec::new(),
        complete: true,
        arguments: Vec::new(),
        values: Vec::new(),
        flags: Vec::new(),
        sources: Vec::new(),
        target: String::new(),
        layer: None,
        empty: false,
        root: false,
        builder: Builder::Unknown,
    }
}

fn step(index: usize, entry: &Value) -> Step {
    let field = |name| entry.get(name).and_then(Value::as_str).unwrap_or_default();
    let entry = Entry { created_by: field("created_by"), author: field("author"), comment: field("comment") };
    let told = history::instruction(&entry);
    let kind = told.keyword.unwrap_or("unknown");
    let arguments: Vec<_> = told.arguments.iter().filter(|(_, value)| !value.is_empty()).collect();
    let script = match kind {
        "RUN" => run(told.text, told.shell),
        // `docker commit` writes the command of the container; the others write no command at all.
        "unknown" if matches!(told.builder, Builder::Unknown | Builder::Classic) && !told.text.starts_with('#') => {
            shell::script(told.text)
        }
        _ => Script::default(),
    };
    let mut step = Step {
        kind,
        text: told.text.to_owned(),
        shell: told.shell.to_owned(),
        commands: script.commands,
        complete: script.complete,
        arguments: arguments.iter().map(|(name, _)| (*name).to_owned()).collect(),
        values: arguments.iter().map(|(_, value)| (*value).to_owned()).collect(),
        builder: told.builder,
        ..nothing(index)
    };
    if matches!(kind, "ADD" | "COPY") {
        copied(told.text, &mut step);
    }
    step
}

/// The commands of a `RUN`. Buildah writes a shell also before those that it runs without one.
fn run(text: &str, shell: &str) -> Script {
    if text.starts_with('[')
        && let Ok(words) = serde_json::from_str::<Vec<String>>(text)
    {
        return shell::executed(&words);
    }
    // BuildKit writes what is run without a shell as words with spaces between; so is a script for another shell.
    let is_foreign = shell.is_empty() && text.split_whitespace().next().is_some_and(is_foreign_shell);
    if is_foreign { Script { complete: false, ..Script::default() } } else { shell::script(text) }
}

/// Shells whose language is another.
pub(super) fn is_foreign_shell(program: &str) -> bool {
    let name = program.rsplit(['/', '\\']).next().unwrap_or(program).to_ascii_lowercase();
    matches!(name.trim_end_matches(".exe"), "powershell" | "pwsh" | "cmd" | "fish" | "nu")
}

/// What an `ADD` or `COPY` copies: `[flags] source… target`, the same as JSON, or `file:digest in target`.
fn copied(text: &str, step: &mut Step) {
    let mut words = text.split_whitespace().peekable();
    while let Some(flag) = words.next_if(|word| word.starts_with("--")) {
        step.flags.push(flag.to_owned());
    }
    let rest: Vec<&str> = words.collect();
    let listed = rest.join(" ");
    let listed: Option<Vec<String>> = if listed.starts_with('[') { serde_json::from_str(&listed).ok() } else { None };
    let mut paths = listed.unwrap_or_else(|| rest.iter().map(|word| (*word).to_owned()).collect());
    step.target = paths.pop().unwrap_or_default();
    let is_digest = |path: &String| ["file:", "dir:", "multi:"].iter().any(|kind| path.starts_with(kind));
    if paths.last().is_some_and(|word| word == "in") && paths.first().is_some_and(is_digest) {
        paths.pop();
    }
    step.sources = paths;
}

/// The first layer of an image that begins with an archive unpacked to `/`, or with something that is no instruction.
fn lays_root(step: &Step) -> bool {
    let is_remote = |source: &String| source.contains("://") || source.starts_with("git@");
    match step.kind {
        "ADD" => step.target == "/" && !step.sources.iter().any(is_remote),
        "unknown" => true,
        _ => false,
    }
}
