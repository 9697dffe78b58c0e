//! `plimsoll explain`: why an image has a vulnerability, or has not; how a check of it came out.

use std::io::Write;

use anyhow::Context;
use clap::builder::FalseyValueParser;
use plimsoll_judge::Policy;
use plimsoll_report::{explanation_json, explanation_text};

use plimsoll_image::Image;
use plimsoll_scanner::Scanner;

use crate::exit::Exit;
use crate::judging::{CheckArguments, Judge};
use crate::outputs::{Format, FormatArguments, forgive_closed};
use crate::progress::Screen;
use crate::subject::SubjectArguments;

/// Explain why an image has a vulnerability, or has not, or how a check of it came out
///
/// For every package that an advisory with this id speaks about: what was said by whom, which versions were compared and
/// how, who decided, whose severity counts and why, which layer brought it, and what to do. For a check: why it matters, how
/// it came out, where and by what, and what to do. Ends with 0 whatever the answer, with 3 when the image cannot be scanned.
#[derive(clap::Args)]
pub struct Arguments {
    /// The vulnerability: a CVE, GHSA or any other id, or that of a notice that covers several; or the id of a finding that
    /// something is outdated (EOL-debian-10); or that of a check, of secrets, malware and licences among others (CFG-001, SEC-001)
    id: String,
    /// The image, as for `scan`
    reference: String,

    /// Only the packages of this name, or built from the source package of this name
    #[arg(long, env = "PLIMSOLL_PACKAGE", hide_env = true, value_name = "NAME")]
    package: Option<String>,
    #[command(flatten)]
    checks: CheckArguments,
    #[command(flatten)]
    format: FormatArguments,
    /// No progress bars
    #[arg(short, long, env = "PLIMSOLL_QUIET", hide_env = true, value_parser = FalseyValueParser::new())]
    quiet: bool,
    #[command(flatten)]
    subject: SubjectArguments,
}

/// Scans, and prints the reasoning.
///
/// # Errors
/// When the image, its layers or the data cannot be dealt with.
pub fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let screen = Screen::new(arguments.quiet);
    let package = arguments.package.as_deref();
    let judge = Judge::of_question(arguments.checks.pack()?, &arguments.id)?;
    let look = |scanner: &Scanner<'_>, image: &Image| scanner.explain(image, &arguments.id, package);
    let explanations = arguments.subject.each(&arguments.reference, Policy::default(), &judge, &screen, look);
    screen.clear();
    let columns = terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0));
    let mut out = anstream::stdout().lock();
    for explanation in explanations? {
        let text = match arguments.format.format {
            Format::Text => explanation_text(&explanation, columns),
            Format::Json => explanation_json(&explanation).context("cannot write JSON")?,
        };
        forgive_closed(out.write_all(text.as_bytes())).context("cannot write to standard output")?;
    }
    Ok(Exit::Passed)
}
