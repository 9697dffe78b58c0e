//! The `plimsoll` program: parse, run, exit code. Everything else is in `commands/`, one file a verb.

mod commands;
mod exit;
mod outputs;
mod progress;
mod settings;
mod talk;

use std::process::ExitCode;

use clap::Parser;

/// Container security scanner: what is in an image, what is wrong with it, and whether it is safe to ship.
#[derive(Parser)]
#[command(name = "plimsoll", version, propagate_version = true, arg_required_else_help = true, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: commands::Command,
}

fn main() -> ExitCode {
    // clap ends the process itself for --help (0) and for a command line that makes no sense (2).
    let arguments = Arguments::parse();
    match commands::run(arguments.command) {
        Ok(exit) => exit.into(),
        Err(error) => {
            talk::error(&error);
            exit::Exit::Failed.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Arguments::command().debug_assert();
    }

    #[test]
    fn every_flag_can_be_set_in_the_environment() {
        for command in super::Arguments::command().get_subcommands() {
            for flag in command.get_opts() {
                let expected = flag.get_long().unwrap().to_uppercase().replace('-', "_");
                let variable = flag.get_env().map(|name| name.to_string_lossy().into_owned());
                assert_eq!(variable, Some(format!("PLIMSOLL_{expected}")), "{} --{expected}", command.get_name());
            }
        }
    }
}
