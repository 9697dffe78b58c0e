//! The `plimsoll` program: parse, run, exit code. Everything else is in `commands/`, one file a verb.

mod commands;
mod exit;
mod folder;
mod judging;
mod outputs;
mod progress;
mod settings;
mod shards;
mod subject;
mod talk;
mod yara;

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser};

/// Container security scanner: what is in an image, what is wrong with it, and whether it is safe to ship.
#[derive(Parser)]
#[command(name = "plimsoll", version, propagate_version = true, arg_required_else_help = true, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: commands::Command,
}

fn main() -> ExitCode {
    // clap ends the process itself for --help (0) and for a command line that makes no sense (2).
    let matches = without_empty(Arguments::command(), &|name| std::env::var_os(name)).get_matches();
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    match commands::run(arguments.command) {
        Ok(exit) => exit.into(),
        Err(error) => {
            talk::error(&error);
            exit::Exit::from(&error).into()
        }
    }
}

/// The command, deaf to variables of the environment that are set to nothing: in CI files and in Compose files that is how
/// people leave something unset.
fn without_empty(command: clap::Command, variable: &dyn Fn(&OsStr) -> Option<OsString>) -> clap::Command {
    let hears = |argument: clap::Arg| {
        let empty = argument.get_env().and_then(variable).is_some_and(|value| value.is_empty());
        if empty { argument.env(None::<&'static str>) } else { argument }
    };
    command.mut_args(hears).mut_subcommands(|command| without_empty(command, variable))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn an_empty_variable_is_as_good_as_none() {
        let command = super::without_empty(super::Arguments::command(), &|_| Some("".into()));
        let scan = command.find_subcommand("scan").unwrap();
        assert!(scan.get_opts().all(|flag| flag.get_env().is_none()));
        let command = super::without_empty(super::Arguments::command(), &|_| Some("x".into()));
        let scan = command.find_subcommand("scan").unwrap();
        assert!(scan.get_opts().all(|flag| flag.get_env().is_some()));
    }

    #[test]
    fn the_command_line_is_consistent() {
        super::Arguments::command().debug_assert();
    }

    #[test]
    fn every_flag_can_be_set_in_the_environment() {
        let mut commands = vec![super::Arguments::command()];
        while let Some(command) = commands.pop() {
            for flag in command.get_opts() {
                let expected = flag.get_long().unwrap().to_uppercase().replace('-', "_");
                let variable = flag.get_env().map(|name| name.to_string_lossy().into_owned());
                assert_eq!(variable, Some(format!("PLIMSOLL_{expected}")), "{} --{expected}", command.get_name());
            }
            commands.extend(command.get_subcommands().cloned());
        }
    }
}
