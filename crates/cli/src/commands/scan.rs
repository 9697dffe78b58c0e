//! `plimsoll scan`: one image, or all platforms of one, to reports and a verdict.

use std::io::IsTerminal;
use std::time::Instant;

use clap::builder::FalseyValueParser;
use plimsoll_image::Image;
use plimsoll_judge::Policy;
use plimsoll_model::{Report, Severity, Unmatched};
use plimsoll_report::{Filter, Style, gate_text};
use plimsoll_scanner::Scanner;

use crate::exit::Exit;
use crate::judging::JudgeArguments;
use crate::outputs::Output;
use crate::progress::Screen;
use crate::subject::SubjectArguments;
use crate::talk;

/// Scan an image: what is in it, and which known vulnerabilities that has
///
/// REFERENCE is a name in a registry (`debian:12`, `ghcr.io/acme/app@sha256:…`), or `oci:DIR[:TAG]`, `archive:FILE`,
/// `docker:NAME`, `podman:NAME`, `containers-storage:NAME`, `dir:PATH`. A path that exists is recognised.
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    /// The image
    reference: String,

    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    gate: GateArguments,
    #[command(flatten)]
    judge: JudgeArguments,
    #[command(flatten)]
    subject: SubjectArguments,
}

const AFTER_HELP: &str = "Exit codes: 0 done and any gate passed, 1 gate failed, 2 wrong usage, 3 the scan failed, \
                          4 a gate was asked for but something hid from the scan (see --allow-incomplete).

Every option can also be set in the environment: --fail-on as PLIMSOLL_FAIL_ON.";

#[derive(clap::Args)]
#[command(next_help_heading = "Output")]
struct OutputArguments {
    #[arg(
        short,
        long,
        help = crate::outputs::help(),
        env = "PLIMSOLL_OUTPUT",
        hide_env = true,
        value_name = "FORMAT[=PATH]",
        default_value = "table",
        value_delimiter = ','
    )]
    output: Vec<Output>,
    /// Who is named as the author of VEX documents that are written [default: Unknown Author]
    #[arg(
        long,
        env = "PLIMSOLL_VEX_AUTHOR",
        hide_env = true,
        value_name = "NAME",
        default_value = "",
        hide_default_value = true
    )]
    vex_author: String,
    /// Show only these severities; the gate still sees all
    #[arg(long, env = "PLIMSOLL_SEVERITY", hide_env = true, value_name = "SEVERITY,…", value_delimiter = ',')]
    severity: Vec<Severity>,
    /// Neither show nor gate vulnerabilities that have no fixed version
    #[arg(long, env = "PLIMSOLL_IGNORE_UNFIXED", hide_env = true, value_parser = FalseyValueParser::new())]
    ignore_unfixed: bool,
    /// List every finding, fold nothing
    #[arg(long, env = "PLIMSOLL_ALL", hide_env = true, value_parser = FalseyValueParser::new())]
    all: bool,
    /// No progress bars and notes
    #[arg(short, long, env = "PLIMSOLL_QUIET", hide_env = true, value_parser = FalseyValueParser::new())]
    quiet: bool,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Gate")]
struct GateArguments {
    /// End with 1 when a finding is this severe or worse: critical, high, medium, low, negligible; or unknown: any, also
    /// those that nobody has rated
    #[arg(long, env = "PLIMSOLL_FAIL_ON", hide_env = true, value_name = "SEVERITY")]
    fail_on: Option<Severity>,
    /// Let the gate pass although something hid from the scan
    #[arg(long, env = "PLIMSOLL_ALLOW_INCOMPLETE", hide_env = true, value_parser = FalseyValueParser::new())]
    allow_incomplete: bool,
}

/// Scans, writes the reports, tells the verdict.
///
/// # Errors
/// When the image, its layers or an output cannot be dealt with.
pub fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let outputs = &arguments.output.output;
    if let Some(problem) = collision(outputs) {
        talk::error(&anyhow::anyhow!(problem));
        return Ok(Exit::Usage);
    }
    let started = Instant::now();
    let screen = Screen::new(arguments.output.quiet);
    let reports = scan(arguments, &screen);
    screen.clear();
    let reports = reports?;
    let style = style(&arguments.output, started);
    for output in outputs {
        output.write(&reports, &style)?;
    }
    if !arguments.output.quiet {
        reports.iter().for_each(tell_unmatched);
    }
    Ok(reports.iter().fold(Exit::Passed, |exit, report| exit.and(tell(report, &style))))
}

fn scan(arguments: &Arguments, screen: &Screen) -> anyhow::Result<Vec<Report>> {
    let judge = arguments.judge.judge()?;
    let look = |scanner: &Scanner<'_>, image: &Image| scanner.scan(image);
    let reports = arguments.subject.each(&arguments.reference, policy(arguments), &judge, screen, look)?;
    judge.keep_history()?;
    Ok(reports)
}

fn policy(arguments: &Arguments) -> Policy {
    Policy {
        fail_on: arguments.gate.fail_on,
        allow_incomplete: arguments.gate.allow_incomplete,
        ignore_unfixed: arguments.output.ignore_unfixed,
    }
}

fn style(output: &OutputArguments, started: Instant) -> Style {
    let stdout = std::io::stdout();
    let terminal = stdout.is_terminal();
    let columns = terminal_size::terminal_size_of(&stdout).map(|(width, _)| usize::from(width.0));
    Style {
        width: columns.unwrap_or(120),
        color: anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never,
        unicode: true,
        all: output.all,
        elapsed: terminal.then(|| started.elapsed()),
        show: Filter { severities: output.severity.clone(), ignore_unfixed: output.ignore_unfixed },
        vex_author: output.vex_author.clone(),
    }
}

/// Tells the verdict on standard error, for standard output is the report's.
fn tell(report: &Report, style: &Style) -> Exit {
    if let Some(verdict) = &report.verdict {
        talk::say(&gate_text(verdict, style));
    }
    Exit::from(report.verdict.as_ref())
}

/// Statements that a person took the trouble to give, and that changed nothing.
fn tell_unmatched(report: &Report) {
    for statement in report.unmatched.iter().take(UNMATCHED) {
        let Unmatched { source, statement, message, .. } = statement;
        talk::note(&format!("{source}: {statement} applied to nothing: {message}"));
    }
    let more = report.unmatched.len().saturating_sub(UNMATCHED);
    if more > 0 {
        talk::note(&format!("{more} more statements and waivers applied to nothing; the JSON report lists them"));
    }
}

/// Statements that applied to nothing and are told one by one.
const UNMATCHED: usize = 20;

fn collision(outputs: &[Output]) -> Option<String> {
    let twice = outputs
        .iter()
        .enumerate()
        .any(|(index, output)| outputs.iter().skip(index + 1).any(|other| output.collides_with(other)));
    twice.then(|| "two reports would be written to the same place; give all but one a file: -o json=report.json".into())
}
