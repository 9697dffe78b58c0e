//! `plimsoll checks`: the rules that images are judged by, and writing one's own.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, anyhow};
use plimsoll_judge::checks::{Check, Pack, TestOutcome, no_check, scaffold};
use plimsoll_judge::lint::lint;

use crate::exit::{Exit, misuse};
use crate::folder;
use crate::judging::CheckArguments;
use crate::outputs::{Format, FormatArguments, print, print_json};

/// List, show and test the checks that images are judged by, and begin one
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    List(List),
    Show(Show),
    Test(Test),
    New(New),
}

/// List the checks: id, severity, title, family
#[derive(clap::Args)]
struct List {
    #[command(flatten)]
    own: CheckArguments,
    #[command(flatten)]
    format: FormatArguments,
}

/// Show one check: why it matters, what to do, standards, and its rules
#[derive(clap::Args)]
struct Show {
    /// Its id: `CFG-001`
    id: String,
    #[command(flatten)]
    own: CheckArguments,
    #[command(flatten)]
    format: FormatArguments,
}

/// Run the tests of checks, and tell what is wrong with them
///
/// Ends with 1 when a test does not hold or a check cannot be relied on.
#[derive(clap::Args)]
struct Test {
    /// A folder of your checks; without it, the built-in ones are tested
    folder: Option<PathBuf>,
}

/// Begin a check: writes one that works, and its tests
#[derive(clap::Args)]
struct New {
    /// Its id: `TEAM-001`
    id: String,
    /// The folder for the two files
    #[arg(default_value = ".")]
    folder: PathBuf,
}

/// Does it.
///
/// # Errors
/// When a folder cannot be read or written.
pub fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    match &arguments.verb {
        Verb::List(arguments) => list(arguments),
        Verb::Show(arguments) => show(arguments),
        Verb::Test(arguments) => test(arguments),
        Verb::New(arguments) => new(arguments),
    }
}

fn list(arguments: &List) -> anyhow::Result<Exit> {
    let checks = arguments.own.pack()?;
    let pack = checks.get()?;
    let checks = pack.checks();
    match arguments.format.format {
        Format::Json => print_json(checks)?,
        Format::Text => {
            let id = checks.iter().map(|check| check.id.chars().count()).max().unwrap_or_default().clamp(8, 40);
            let mut lines = vec![format!("{:<id$}  {:<10}  {:<16}  TITLE", "ID", "SEVERITY", "FAMILY")];
            lines.extend(checks.iter().map(|Check { id: name, severity, title, family, .. }| {
                format!("{name:<id$}  {:<10}  {family:<16}  {title}", severity.as_str())
            }));
            lines.push(format!("{} checks; plimsoll checks show ID tells more of one", checks.len()));
            print(&lines)?;
        }
    }
    Ok(Exit::Passed)
}

fn show(arguments: &Show) -> anyhow::Result<Exit> {
    let checks = arguments.own.pack()?;
    let pack = checks.get()?;
    let ids = || pack.checks().iter().map(|check| check.id.as_str());
    let unknown = || misuse(anyhow!(no_check(&arguments.id, ids())));
    let check = pack.named(&arguments.id).ok_or_else(unknown)?;
    match arguments.format.format {
        Format::Json => print_json(check)?,
        Format::Text => print(&described(check))?,
    }
    Ok(Exit::Passed)
}

fn described(check: &Check) -> Vec<String> {
    let standards: Vec<String> =
        check.standards.iter().map(|(name, controls)| format!("{name} {}", controls.join(", "))).collect();
    let parameters: Vec<String> = check.params.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    let mut lines = vec![format!("{}  {}", check.id, check.title), String::new()];
    let rows = [
        ("severity", check.severity.as_str().to_owned()),
        ("family", check.family.clone()),
        ("why", check.why.clone()),
        ("remedy", check.remedy.clone()),
        ("standards", standards.join("; ")),
        ("also known as", check.aliases.join(", ")),
        ("judges", format!("{}, needs {}", check.input.as_str(), check.needs.join(", "))),
        ("parameters", parameters.join("; ")),
        ("file", check.file.clone()),
    ];
    lines
        .extend(rows.into_iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| format!("{name:<14} {text}")));
    lines.push(String::new());
    lines.extend(check.source.lines().skip_while(|line| line.starts_with('#')).map(|line| line.replace('\t', "    ")));
    lines
}

fn builtin() -> anyhow::Result<&'static Pack> {
    Pack::builtin().context("the built-in checks are damaged")
}

fn test(arguments: &Test) -> anyhow::Result<Exit> {
    let own = arguments.folder.as_deref().map(folder::checks).transpose()?.unwrap_or_default();
    let (pack, mut problems) = builtin()?.with(&own);
    let (outcomes, broken) = pack.test();
    problems.extend(broken);
    problems.extend(lint(&pack));
    problems.sort();
    problems.dedup();
    let failed = outcomes.iter().filter(|outcome| outcome.failure.is_some()).count();
    let fatal = problems.iter().filter(|problem| problem.fatal).count();
    let mut lines: Vec<String> = outcomes.iter().filter_map(failure).collect();
    lines.extend(problems.iter().map(|problem| {
        let word = if problem.fatal { "error" } else { "warning" };
        format!("{word}  {problem}")
    }));
    lines.push(format!(
        "{} tests, {failed} failed; {fatal} errors, {} warnings",
        outcomes.len(),
        problems.len() - fatal
    ));
    print(&lines)?;
    Ok(if failed + fatal == 0 { Exit::Passed } else { Exit::GateFailed })
}

fn failure(outcome: &TestOutcome) -> Option<String> {
    let failure = outcome.failure.as_ref()?;
    Some(format!("failed  {}: {} {failure}", outcome.file, outcome.rule))
}

fn new(arguments: &New) -> anyhow::Result<Exit> {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || character == '-';
    let starts = arguments.id.chars().next().is_some_and(|first| first.is_ascii_alphabetic());
    let is_id = starts && arguments.id.chars().all(is_plain);
    anyhow::ensure!(is_id, misuse(anyhow!("an id is letters, digits and `-`: TEAM-001")));
    let builtin = builtin()?;
    anyhow::ensure!(
        builtin.check(&arguments.id).is_none(),
        misuse(anyhow!("there is a check {} already; choose another id", arguments.id))
    );
    std::fs::create_dir_all(&arguments.folder)
        .with_context(|| format!("cannot make the folder {}", arguments.folder.display()))?;
    let mut lines = vec![];
    for (name, text) in scaffold(&arguments.id) {
        let path = arguments.folder.join(name);
        let file = std::fs::File::create_new(&path);
        let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
        written.with_context(|| format!("cannot write {}", path.display()))?;
        lines.push(format!("wrote {}", path.display()));
    }
    lines.push(format!("run its tests: plimsoll checks test {}", arguments.folder.display()));
    print(&lines)?;
    Ok(Exit::Passed)
}
