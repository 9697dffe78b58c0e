//! `plimsoll compliance`: the standards and the sets of deadlines that images can be held to.

use plimsoll_judge::compliance::{ControlSpec, Source, Spec, standards};
use plimsoll_judge::deadlines::{Clock, Deadlines, Rule, deadlines};
use serde::Serialize;

use crate::exit::Exit;
use crate::judging::{CheckArguments, standard};
use crate::outputs::{Format, FormatArguments, print, print_json};
use crate::settings::as_of;

/// List the standards and deadlines that images can be held to, and show what one asks for
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    List(List),
    Show(Show),
}

/// List the standards for --compliance, and the sets of deadlines for --deadlines
#[derive(clap::Args)]
struct List {
    #[command(flatten)]
    format: FormatArguments,
}

/// Show a standard: each control, who decides it and by what; or a set of deadlines
///
/// Of a standard of your own, it says what is wrong with it.
#[derive(clap::Args)]
struct Show {
    /// Its name, or a YAML file of your own (docs/own-standards.md)
    #[arg(value_name = "NAME|FILE")]
    name: String,
    // A standard of one's own may name them.
    #[command(flatten)]
    checks: CheckArguments,
}

/// Does it.
///
/// # Errors
/// When there is no such standard, or one's own cannot be read or understood.
pub fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    match &arguments.verb {
        Verb::List(arguments) => list(arguments.format.format),
        Verb::Show(arguments) => show(arguments),
    }
}

/// One line of the list.
#[derive(Serialize)]
struct Row {
    id: String,
    title: String,
    edition: String,
    status: String,
}

/// The list for programs.
#[derive(Serialize)]
struct Listed {
    standards: Vec<Row>,
    deadlines: Vec<Row>,
}

fn list(format: Format) -> anyhow::Result<Exit> {
    let listed = Listed {
        standards: standards()?.into_iter().map(of_standard).collect(),
        deadlines: deadlines()?.into_iter().map(of_deadlines).collect(),
    };
    match format {
        Format::Json => print_json(&listed)?,
        Format::Text => print(&lines(&listed))?,
    }
    Ok(Exit::Passed)
}

fn of_standard(spec: Spec) -> Row {
    let Spec { id, title, edition, status, .. } = spec;
    Row { id, title, edition, status: status.describe(str::to_owned) }
}

fn of_deadlines(set: Deadlines) -> Row {
    let Deadlines { id, title, source, status, .. } = set;
    Row { id, title, edition: source.published, status: status.describe(str::to_owned) }
}

fn lines(listed: &Listed) -> Vec<String> {
    let rows = || listed.standards.iter().chain(&listed.deadlines);
    let id = rows().map(|row| row.id.chars().count()).max().unwrap_or_default();
    let status = rows().map(|row| row.status.chars().count()).max().unwrap_or_default();
    let line = |row: &Row| {
        let edition = if row.edition == row.title { String::new() } else { format!("  ({})", row.edition) };
        format!("{:<id$}  {:<status$}  {}{edition}", row.id, row.status, row.title)
    };
    let mut lines = vec!["standards, for --compliance:".to_owned()];
    lines.extend(listed.standards.iter().map(line));
    lines.extend([String::new(), "deadlines, for --deadlines:".to_owned()]);
    lines.extend(listed.deadlines.iter().map(line));
    lines.extend([String::new(), "plimsoll compliance show NAME tells what one asks for".to_owned()]);
    lines
}

fn show(arguments: &Show) -> anyhow::Result<Exit> {
    let name = &arguments.name;
    let sets = deadlines()?;
    // A standard and the deadlines that it sets may have one name.
    let set = sets.iter().find(|set| set.id == *name);
    let spec = match standard(name, &arguments.checks.pack()?, &sets) {
        Err(_) if set.is_some() => None,
        spec => Some(spec?),
    };
    let as_of = as_of()?;
    let parts = [spec.as_ref().map(|spec| asked_for(spec, &as_of)), set.map(|set| asked_within(set, &as_of))];
    let parts: Vec<Vec<String>> = parts.into_iter().flatten().collect();
    print(&parts.join(&String::new()))?;
    Ok(Exit::Passed)
}

fn head(id: &str, title: &str, said: &str, source: &Source, notes: &[String]) -> Vec<String> {
    let Source { name, url, published, retrieved } = source;
    let url = if url.is_empty() { String::new() } else { format!(", {url}") };
    let mut lines = vec![
        format!("{id}  {title}"),
        said.to_owned(),
        format!("{name}{url}, published {published}, read {retrieved}"),
    ];
    lines.extend(notes.iter().map(|note| format!("- {note}")));
    lines
}

fn asked_for(spec: &Spec, as_of: &str) -> Vec<String> {
    let verdicts = if spec.evidence_only { "; evidence only, no verdicts" } else { "" };
    let said = format!("{}; {}{verdicts}", spec.edition, spec.status.describe(str::to_owned));
    let mut lines = head(&spec.id, &spec.title, &said, &spec.source, &spec.notes_at(as_of));
    let id = spec.controls.iter().map(|control| control.id.chars().count()).max().unwrap_or_default();
    for control in &spec.controls {
        let ControlSpec { title, severity, automation, question, .. } = control;
        lines.push(String::new());
        lines.push(format!("{:<id$}  {title} ({severity}, {})", control.id, automation.as_str()));
        if !question.is_empty() {
            lines.push(format!("{:id$}  {question}", ""));
        }
        lines.push(format!("{:id$}  {}", "", control.describe(str::to_owned)));
    }
    lines
}

fn asked_within(set: &Deadlines, as_of: &str) -> Vec<String> {
    let said = format!("deadlines; {}", set.status.describe(str::to_owned));
    let mut lines = head(&set.id, &set.title, &said, &set.source, &set.notes_at(as_of));
    for step in &set.steps {
        let clocks: Vec<&str> = step.clocks.iter().copied().map(Clock::as_str).collect();
        let name = if step.name.is_empty() { String::new() } else { format!("{}, ", step.name) };
        lines.push(String::new());
        lines.push(format!("{name}counted from: {}", clocks.join(", ")));
        lines.extend(step.rules.iter().map(Rule::describe));
    }
    lines
}
