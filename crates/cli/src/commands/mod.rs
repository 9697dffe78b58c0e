//! The verbs of the command line. One file each; this one only lists them.

mod checks;
mod compliance;
mod db;
mod explain;
mod scan;

use crate::exit::Exit;

/// What to do.
#[derive(clap::Subcommand)]
pub enum Command {
    Scan(Box<scan::Arguments>),
    Explain(Box<explain::Arguments>),
    Db(Box<db::Arguments>),
    Checks(Box<checks::Arguments>),
    Compliance(Box<compliance::Arguments>),
}

/// Does it.
///
/// # Errors
/// When the work cannot be done; what the gate says of an image is no error.
pub fn run(command: Command) -> anyhow::Result<Exit> {
    match command {
        Command::Scan(arguments) => scan::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Db(arguments) => db::run(&arguments),
        Command::Checks(arguments) => checks::run(&arguments),
        Command::Compliance(arguments) => compliance::run(&arguments),
    }
}
