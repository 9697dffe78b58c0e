//! Which program a command runs, behind those that only start another.

use super::Command;

/// Words of the shell's grammar that a command may follow.
const GRAMMAR: [&str; 13] = ["if", "then", "else", "elif", "fi", "while", "until", "do", "done", "esac", "!", "{", "}"];

/// Shells, which run a script that they are given.
const SHELLS: [&str; 6] = ["sh", "bash", "ash", "dash", "zsh", "ksh"];

/// A program that starts another, with those of its options that take the next word, and how many words of its own
/// stand before the other program.
struct Starter {
    name: &'static str,
    options: &'static [&'static str],
    own: usize,
}

const STARTERS: [Starter; 17] = [
    Starter { name: "sudo", options: &["-u", "-g", "-h", "-p", "-C", "-D", "-R", "-T", "-r", "-t", "-U"], own: 0 },
    Starter { name: "doas", options: &["-u", "-C"], own: 0 },
    Starter { name: "env", options: &["-u", "-C", "--unset", "--chdir"], own: 0 },
    Starter { name: "exec", options: &["-a"], own: 0 },
    Starter { name: "command", options: &[], own: 0 },
    Starter { name: "builtin", options: &[], own: 0 },
    Starter { name: "time", options: &["-f", "-o"], own: 0 },
    Starter { name: "nice", options: &["-n"], own: 0 },
    Starter { name: "ionice", options: &["-c", "-n"], own: 0 },
    Starter { name: "nohup", options: &[], own: 0 },
    Starter { name: "eatmydata", options: &[], own: 0 },
    Starter { name: "setsid", options: &[], own: 0 },
    Starter { name: "timeout", options: &["-s", "-k", "--signal", "--kill-after"], own: 1 },
    Starter { name: "gosu", options: &[], own: 1 },
    Starter { name: "su-exec", options: &[], own: 1 },
    Starter { name: "busybox", options: &[], own: 0 },
    Starter {
        name: "xargs",
        options: &["-n", "-P", "-I", "-L", "-d", "-a", "-E", "-s", "--max-args", "--max-procs", "--replace"],
        own: 0,
    },
];

/// A command from its words.
pub(super) fn command(words: impl Iterator<Item = String>) -> Command {
    let mut words = words.skip_while(|word| GRAMMAR.contains(&word.as_str())).peekable();
    let mut assignments = Vec::new();
    while let Some(word) = words.next_if(|word| is_assignment(word)) {
        assignments.push(word);
    }
    let words: Vec<String> = words.collect();
    let (through, place) = starters(&words);
    let program = words.get(place).map(|word| file_name(word).to_owned()).unwrap_or_default();
    let arguments = words.get(place.saturating_add(1)..).unwrap_or_default().to_vec();
    Command { words, program, arguments, through, assignments, ..Command::default() }
}

/// The programs that start the one at the returned place.
fn starters(words: &[String]) -> (Vec<String>, usize) {
    let mut through = Vec::new();
    let mut place = 0_usize;
    while let Some(word) = words.get(place) {
        let Some(starter) = STARTERS.iter().find(|starter| starter.name == file_name(word)) else { break };
        let next = after_options(words, place.saturating_add(1), starter);
        // `sudo` alone, or with options only, is itself the program.
        if next >= words.len() {
            break;
        }
        through.push(starter.name.to_owned());
        place = next;
    }
    (through, place)
}

/// Where the program stands that a starter starts.
fn after_options(words: &[String], mut place: usize, starter: &Starter) -> usize {
    while let Some(word) = words.get(place) {
        if starter.options.contains(&word.as_str()) {
            place = place.saturating_add(2);
        } else if word.starts_with('-') || is_assignment(word) {
            place = place.saturating_add(1);
        } else {
            break;
        }
    }
    place.saturating_add(starter.own)
}

/// The script that a command gives to a shell.
pub(super) fn inner_script(command: &Command) -> Option<String> {
    if command.program == "eval" {
        return Some(command.arguments.join(" "));
    }
    if !SHELLS.contains(&command.program.as_str()) {
        return None;
    }
    let is_script_option = |word: &String| {
        word.starts_with('-') && !word.starts_with("--") && word.ends_with('c') && !word.contains(char::is_whitespace)
    };
    let script = command.arguments.iter().position(is_script_option);
    match script.and_then(|place| command.arguments.get(place.saturating_add(1))) {
        Some(script) => Some(script.clone()),
        None if command.arguments.iter().all(|word| word.starts_with('-')) => {
            Some(command.document.clone()).filter(|document| !document.is_empty())
        }
        None => None,
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// `NAME=…`, `NAME+=…`.
fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        let name = name.strip_suffix('+').unwrap_or(name);
        name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'_')
    })
}
