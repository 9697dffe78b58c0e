//! The simple commands of a shell script, as far as one can tell them without running it.
//!
//! Owns words, quotes, pipes, substitutions and here documents of POSIX shells and of bash. It expands no variable and
//! decides no condition: a command in a branch counts as one that runs.
//! <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html>

mod lexer;
mod programs;

use serde::Serialize;

use lexer::{Lexer, Operator, Token, Word};

/// Bytes of one script. Longer ones are read to here, and marked as not complete.
const MOST_BYTES: usize = 256 << 10;
/// Commands of one script; the longest in practice have some hundreds.
const MOST_COMMANDS: usize = 4_096;
/// Scripts within scripts: `sh -c "$(…)"`.
const MOST_DEPTH: usize = 6;

/// A command of a script.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Command {
    /// All words, without quotes, redirections, `A=b` before it and words of the shell's own grammar (`if`, `then`).
    pub words: Vec<String>,
    /// The file name of the program that does the work: `apt-get` of `sudo -E /usr/bin/apt-get update`.
    pub program: String,
    /// The words after the program.
    pub arguments: Vec<String>,
    /// Programs that only start another: `sudo`, `env`, `timeout`.
    pub through: Vec<String>,
    /// `A=b` before the command.
    pub assignments: Vec<String>,
    /// Files that it writes or reads by redirection, each with its operator: `>/etc/x`.
    pub redirections: Vec<String>,
    /// Commands of one pipeline have the same number.
    pub pipeline: usize,
    /// It reads what the command before it in the pipeline writes.
    pub piped_to: bool,
    /// What it writes becomes words of the command with this index: `sh -c "$(curl …)"`, `bash <(curl …)`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feeds: Option<usize>,
    /// What a here document gives it to read.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub document: String,
}

/// The commands of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// In the order they are written.
    pub commands: Vec<Command>,
    /// False when it is too long or too deep for all to be here.
    pub complete: bool,
}

impl Default for Script {
    fn default() -> Self {
        Self { commands: Vec::new(), complete: true }
    }
}

/// The commands of a script for a shell.
#[must_use]
pub fn script(text: &str) -> Script {
    let mut reading = Reading::default();
    reading.read(text, Within::default());
    reading.script
}

/// The commands of what is executed without a shell, as `RUN ["a", "b"]` does.
#[must_use]
pub fn executed(words: &[String]) -> Script {
    let mut reading = Reading::default();
    let words = words.iter().map(|text| Word { text: text.clone(), ..Word::default() }).collect();
    reading.finish(Simple { words, ..Simple::default() }, Within::default());
    reading.script
}

/// A here document that a line announces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Announced {
    /// The line that ends it.
    pub(super) name: String,
    /// Tabs before its lines do not count: `<<-`.
    pub(super) strips_tabs: bool,
    /// Variables in it are replaced: the name is not quoted.
    pub(super) expands: bool,
}

/// The here documents that one line announces, in their order.
pub(super) fn announced(line: &str) -> Vec<Announced> {
    let mut lexer = Lexer::new(line);
    let tokens = std::iter::from_fn(|| lexer.next_token());
    let announced = |token| match token {
        Token::Redirection(operator, word) if matches!(operator.as_str(), "<<" | "<<-") && !word.text.is_empty() => {
            Some(Announced { name: word.text, strips_tabs: operator == "<<-", expands: !word.is_quoted })
        }
        _ => None,
    };
    tokens.filter_map(announced).collect()
}

/// Where a script stands in another.
#[derive(Debug, Clone, Copy, Default)]
struct Within {
    depth: usize,
    feeds: Option<usize>,
    /// The shell around it has made its substitutions already.
    is_substituted: bool,
}

/// A command while its words are read.
#[derive(Debug, Default)]
struct Simple {
    words: Vec<Word>,
    redirections: Vec<(String, Word)>,
    document: String,
    piped_to: bool,
    pipeline: usize,
}

#[derive(Debug, Default)]
struct Reading {
    script: Script,
    pipelines: usize,
}

impl Reading {
    fn read(&mut self, text: &str, within: Within) {
        if within.depth > MOST_DEPTH {
            self.script.complete = false;
            return;
        }
        let end = text.floor_char_boundary(MOST_BYTES);
        self.script.complete &= end == text.len();
        let mut lexer = Lexer::new(text.get(..end).unwrap_or_default());
        let mut simple = Simple { pipeline: self.next_pipeline(), ..Simple::default() };
        while let Some(token) = lexer.next_token() {
            match token {
                Token::Word(word) => simple.words.push(word),
                Token::Redirection(operator, word) => simple.redirections.push((operator, word)),
                Token::Document(document) => self.give(&document, &mut simple),
                Token::Operator(operator) => {
                    let piped_to = operator == Operator::Pipe;
                    let pipeline = if piped_to { simple.pipeline } else { self.next_pipeline() };
                    let next = Simple { pipeline, piped_to, ..Simple::default() };
                    self.finish(std::mem::replace(&mut simple, next), within);
                }
            }
            if self.script.commands.len() >= MOST_COMMANDS {
                self.script.complete = false;
                return;
            }
        }
        self.finish(simple, within);
    }

    fn next_pipeline(&mut self) -> usize {
        self.pipelines = self.pipelines.saturating_add(1);
        self.pipelines
    }

    /// Keeps a command, and reads those that are written within it.
    fn finish(&mut self, simple: Simple, within: Within) {
        let Simple { words, redirections, document, piped_to, pipeline } = simple;
        let all = words.iter().chain(redirections.iter().map(|(_, word)| word));
        let substitutions: Vec<String> = all.flat_map(|word| word.substitutions.iter().cloned()).collect();
        let mut command = programs::command(words.into_iter().map(|word| word.text));
        command.redirections = redirections.into_iter().map(|(operator, word)| operator + &word.text).collect();
        if command.words.is_empty() && command.redirections.is_empty() && command.assignments.is_empty() {
            return;
        }
        command.document = document;
        command.pipeline = pipeline;
        command.piped_to = piped_to;
        command.feeds = within.feeds;
        let inner = programs::inner_script(&command);
        let index = self.script.commands.len();
        self.script.commands.push(command);
        let depth = within.depth.saturating_add(1);
        let is_substituted = within.is_substituted || !substitutions.is_empty();
        for substitution in substitutions.iter().filter(|_| !within.is_substituted) {
            self.read(substitution, Within { depth, feeds: Some(index), is_substituted: false });
        }
        if let Some(inner) = inner {
            self.read(&inner, Within { depth, feeds: within.feeds, is_substituted });
        }
    }

    /// A here document goes to the command of its line that is waiting for one.
    fn give(&mut self, document: &str, simple: &mut Simple) {
        let is_waiting = |operator: &String| operator.starts_with("<<");
        if simple.redirections.iter().any(|(operator, _)| is_waiting(operator)) {
            simple.document.push_str(document);
        } else if let Some(command) =
            self.script.commands.iter_mut().rev().take(8).find(|command| command.redirections.iter().any(is_waiting))
        {
            command.document.push_str(document);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Vec<String>> {
        script(text).commands.into_iter().map(|command| command.words).collect()
    }

    #[test]
    fn commands_are_split_as_a_shell_does() {
        for (text, expected) in [
            ("a b && c || d; e & f\ng", vec!["a b", "c", "d", "e", "f", "g"]),
            ("if ! test -f x; then rm x; else true; fi", vec!["test -f x", "rm x", "true"]),
            ("( a ; b ) > /dev/null 2>&1", vec!["a", "b", ""]),
            ("{ a; b; }", vec!["a", "b"]),
            ("a \\\n  b # c && d", vec!["a b"]),
            ("a # remark\nb", vec!["a", "b"]),
            ("A=1 B='2 3' make -C \"x y\"", vec!["make -C x y"]),
            ("echo a#b $((1<<2)) ${x:-$(y)} '&&'", vec!["echo a#b $((1<<2)) ${x:-$(y)} &&", "y"]),
            ("cat <<EOF > /x\nrm -rf /\nEOF\nid", vec!["cat", "id"]),
            ("sh -c 'a && b'", vec!["sh -c a && b", "a", "b"]),
            ("bash <<-'X'\n\ta\n\tX\nb", vec!["bash", "a", "b"]),
            ("for f in a b; do rm $f; done", vec!["for f in a b", "rm $f"]),
        ] {
            let found: Vec<String> = words(text).into_iter().map(|words| words.join(" ")).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn pipes_and_substitutions_stay_recognisable() {
        let commands = script("curl -s x | tee y | sh && z").commands;
        let told: Vec<_> = commands.iter().map(|command| (command.program.as_str(), command.piped_to)).collect();
        assert_eq!(told, [("curl", false), ("tee", true), ("sh", true), ("z", false)]);
        assert_eq!(commands[0].pipeline, commands[2].pipeline);
        assert_ne!(commands[2].pipeline, commands[3].pipeline);
        for text in ["sh -c \"$(curl -s x)\"", "bash <(curl -s x)", "eval `curl -s x`", ". <(curl -s x)"] {
            let commands = script(text).commands;
            let curl = commands.iter().find(|command| command.program == "curl").expect(text);
            assert_eq!(curl.feeds, Some(0), "{text}");
            assert_eq!(commands.iter().filter(|command| command.program == "curl").count(), 1, "{text}");
        }
        let commands = script("a $(b) | c").commands;
        assert_eq!(commands[0].pipeline, commands[2].pipeline);
        assert_ne!(commands[0].pipeline, commands[1].pipeline);
    }

    #[test]
    fn the_program_that_does_the_work_is_found() {
        for (text, program, arguments) in [
            ("sudo -E -u me /usr/bin/apt-get update", "apt-get", vec!["update"]),
            ("env -i A=b C=d nice -n 5 make all", "make", vec!["all"]),
            ("timeout -s KILL 30 curl x", "curl", vec!["x"]),
            ("DEBIAN_FRONTEND=noninteractive apt-get install -y x", "apt-get", vec!["install", "-y", "x"]),
            ("sudo", "sudo", vec![]),
            ("busybox wget x", "wget", vec!["x"]),
        ] {
            let commands = script(text).commands;
            assert_eq!(commands[0].program, program, "{text}");
            assert_eq!(commands[0].arguments, arguments, "{text}");
        }
    }

    #[test]
    fn what_is_too_long_or_too_deep_is_said() {
        assert!(!script(&"a;".repeat(5_000)).complete);
        assert!(!script(&"a ".repeat(200_000)).complete);
        assert!(!script(&format!("{}a{}", "$(".repeat(50), ")".repeat(50))).complete);
        assert!(script("a $(b $(c))").complete);
        for piece in ["$(", "${", "`", "\"", "<(", "<<E\n", "$((", "sh -c '", "a|", "\\", "$'"] {
            assert!(script(&piece.repeat(100_000)).commands.len() <= 4_096);
        }
    }
}
