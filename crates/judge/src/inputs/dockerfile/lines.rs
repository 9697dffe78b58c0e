//! Lines of a Dockerfile as the builder joins them, and the here documents after them.

use std::cmp::Ordering;

use super::super::shell::{Announced, announced};
use super::{MOST_HEREDOCS, MOST_INSTRUCTIONS};

/// An instruction that may go over several lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Logical {
    /// First and last line, counted from 1.
    pub(super) line: u32,
    pub(super) end_line: u32,
    pub(super) text: String,
    pub(super) heredocs: Vec<Read>,
}

/// A here document and what stands in it, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) announced: Announced,
    pub(super) content: String,
}

#[derive(Debug)]
pub(super) struct Source {
    pub(super) escape: char,
    pub(super) lines: Vec<Logical>,
    pub(super) errors: Vec<(u32, String)>,
}

/// Numbered lines of a text.
struct Lines<'a> {
    lines: std::str::Lines<'a>,
    number: u32,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<&'a str> {
        let line = self.lines.next()?;
        self.number = self.number.saturating_add(1);
        Some(line)
    }
}

pub(super) fn read(text: &str) -> Source {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut errors = Vec::new();
    let escape = escape_of(text, &mut errors);
    let mut lines = Lines { lines: text.lines(), number: 0 };
    let (mut found, mut heredocs) = (Vec::new(), 0_usize);
    while let Some(line) = lines.next() {
        // One more, to tell that there are more.
        if found.len() > MOST_INSTRUCTIONS {
            break;
        }
        let line = line.trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut logical = Logical { line: lines.number, ..Logical::default() };
        logical.text = joined(line, escape, &mut lines);
        if has_heredocs(&logical.text) {
            read_heredocs(&mut logical, &mut lines, &mut errors, &mut heredocs);
        }
        logical.end_line = lines.number;
        if !logical.text.trim().is_empty() {
            found.push(logical);
        }
    }
    Source { escape, lines: found, errors }
}

/// The directives `# name=value`, which are such only before everything else.
fn escape_of(text: &str, errors: &mut Vec<(u32, String)>) -> char {
    let (mut escape, mut seen) = ('\\', Vec::new());
    for (number, line) in (1_u32..).zip(text.lines()) {
        let directive = line.trim().strip_prefix('#').and_then(|line| line.split_once('='));
        let Some((name, value)) = directive else { break };
        let name = name.trim().to_ascii_lowercase();
        if !matches!(name.as_str(), "escape" | "syntax" | "check") {
            break;
        }
        if seen.contains(&name) {
            errors.push((number, format!("the directive {name} stands twice")));
            continue;
        }
        match (name.as_str(), value.trim()) {
            ("escape", "\\") => {}
            ("escape", "`") => escape = '`',
            ("escape", _) => errors.push((number, "the directive escape is neither \\ nor `".to_owned())),
            _ => {}
        }
        seen.push(name);
    }
    escape
}

/// A line with those that continue it. Remarks and empty lines in between do not end it.
fn joined(first: &str, escape: char, lines: &mut Lines<'_>) -> String {
    let Some(part) = continued(first, escape) else { return first.to_owned() };
    let mut text = part.to_owned();
    while let Some(line) = lines.next() {
        let bare = line.trim_start();
        if bare.is_empty() || bare.starts_with('#') {
            continue;
        }
        match continued(line, escape) {
            Some(part) => text.push_str(part),
            None => {
                text.push_str(line);
                break;
            }
        }
    }
    text
}

/// The line without the letter that says the next one continues it; twice, it stands for itself.
fn continued(line: &str, escape: char) -> Option<&str> {
    line.trim_end_matches([' ', '\t']).strip_suffix(escape).filter(|rest| !rest.ends_with(escape))
}

/// Only what runs or copies takes here documents.
fn has_heredocs(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let first = words.next().unwrap_or_default();
    let word = if first.eq_ignore_ascii_case("ONBUILD") { words.next().unwrap_or_default() } else { first };
    text.contains("<<") && ["RUN", "COPY", "ADD"].iter().any(|kind| kind.eq_ignore_ascii_case(word))
}

fn read_heredocs(logical: &mut Logical, lines: &mut Lines<'_>, errors: &mut Vec<(u32, String)>, seen: &mut usize) {
    for announced in announced(&logical.text) {
        let mut content = String::new();
        let mut is_ended = false;
        while let Some(line) = lines.next() {
            let bare = if announced.strips_tabs { line.trim_start_matches('\t') } else { line };
            if bare == announced.name {
                is_ended = true;
                break;
            }
            content.push_str(bare);
            content.push('\n');
        }
        if !is_ended {
            errors.push((logical.line, format!("the here document {:?} does not end", announced.name)));
        }
        *seen = seen.saturating_add(1);
        match (*seen).cmp(&MOST_HEREDOCS) {
            Ordering::Greater if *seen == MOST_HEREDOCS + 1 => {
                errors.push((logical.line, format!("only the first {MOST_HEREDOCS} here documents are read")));
            }
            Ordering::Greater => {}
            _ => logical.heredocs.push(Read { announced, content }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_and_here_documents_are_bounded_and_told() {
        let many = format!("FROM a\n{}", "RUN <<E\nx\nE\n".repeat(MOST_HEREDOCS + 2));
        let source = read(&many);
        assert_eq!(source.lines.iter().map(|line| line.heredocs.len()).sum::<usize>(), MOST_HEREDOCS);
        let told: Vec<&str> = source.errors.iter().map(|(_, message)| message.as_str()).collect();
        assert_eq!(told, ["only the first 500 here documents are read"]);
        // What is not kept is passed over all the same.
        assert_eq!(source.lines.len(), MOST_HEREDOCS + 3);
        assert_eq!(read(&"RUN x\n".repeat(MOST_INSTRUCTIONS + 50)).lines.len(), MOST_INSTRUCTIONS + 1);
    }
}
