//! The specification of an installed gem, a program that RubyGems itself wrote:
//! <https://docs.ruby-lang.org/en/3.3/Gem.html>.
//!
//! Owns the literal texts in it, one assignment a line. Runs nothing: a line that RubyGems would not write says nothing.

use std::collections::BTreeSet;

use plimsoll_model::{Dependency, Facts, Input, Malformed, Package};

use super::{is_name, is_version};
use crate::lines::{self, Complaints};
use crate::paths::file_name;

/// Needs of one gem; real ones have some dozens.
const MOST_NEEDS: usize = 10_000;

#[derive(Default)]
struct Specification {
    is_one: bool,
    name: String,
    version: String,
    licence: String,
    author: String,
    /// Needs as `add_runtime_dependency` states them.
    runtime: Vec<Dependency>,
    /// Needs as `add_dependency` states them: in older files everything again, for older versions of RubyGems.
    plain: Vec<Dependency>,
    development: BTreeSet<String>,
}

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let (mut found, mut complaints) = (Specification::default(), Complaints::default());
    lines::walk(input.file.content, &mut complaints, |_, _, line| found.take(&String::from_utf8_lossy(line)))?;
    if !found.is_one {
        return Ok(Facts::default());
    }
    if !is_name(&found.name) || !is_version(&found.version) {
        match file_identity(input.file.path) {
            Some((name, version)) => (found.name, found.version) = (name.to_owned(), version.to_owned()),
            None => complaints.push(format!("needs a name and a version, not {:?} {:?}", found.name, found.version)),
        }
    }
    let packages = if is_version(&found.version) { vec![found.package()] } else { Vec::new() };
    complaints.settle(Facts { packages, ..Facts::default() })
}

impl Specification {
    fn take(&mut self, line: &str) {
        let line = line.trim();
        if line.starts_with("Gem::Specification.new") {
            self.is_one = true;
        } else if let Some(stub) = line.strip_prefix("# stub: ") {
            // The first such line has name, version and platform; the next lists extensions.
            let mut words = stub.split_ascii_whitespace();
            if let (true, Some(name), Some(version)) = (self.name.is_empty(), words.next(), words.next()) {
                (self.name, self.version) = (name.to_owned(), version.to_owned());
            }
        } else if let Some(statement) = line.strip_prefix("s.") {
            self.assign(statement);
        }
    }

    fn assign(&mut self, statement: &str) {
        let end = statement.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
        let (keyword, value) = statement.split_at_checked(end.unwrap_or(statement.len())).unwrap_or_default();
        match keyword {
            "name" => first_into(&mut self.name, value),
            "version" => first_into(&mut self.version, value),
            "license" | "licenses" => self.licence = texts(value).join(", "),
            "author" | "authors" => self.author = texts(value).join(", "),
            "add_runtime_dependency" => add(&mut self.runtime, value),
            "add_dependency" => add(&mut self.plain, value),
            "add_development_dependency" => self.development.extend(texts(value).into_iter().next()),
            _ => {}
        }
    }

    fn package(self) -> Package {
        let mut depends_on = self.runtime;
        if depends_on.is_empty() {
            depends_on.extend(self.plain.into_iter().filter(|needed| !self.development.contains(&needed.name)));
        }
        depends_on.sort_unstable();
        depends_on.dedup();
        let Self { name, version, licence, author: maintainer, .. } = self;
        Package { licence, maintainer, depends_on, ..Package::new("gem", name, version) }
    }
}

fn first_into(slot: &mut String, value: &str) {
    if let Some(text) = texts(value).into_iter().next().filter(|_| slot.is_empty()) {
        *slot = text;
    }
}

/// `(%q<name>.freeze, ["~> 1.0", "< 2"])`.
fn add(needs: &mut Vec<Dependency>, value: &str) {
    let mut texts = texts(value).into_iter();
    if let Some(name) = texts.next().filter(|_| needs.len() < MOST_NEEDS) {
        let ranges: Vec<String> = texts.filter(|range| range != ">= 0").collect();
        needs.push(Dependency { requirement: ranges.join(", "), ..Dependency::named(name) });
    }
}

/// Every literal text of a statement: `"…"`, `'…'` or `%q<…>`.
fn texts(statement: &str) -> Vec<String> {
    let (mut texts, mut rest) = (Vec::new(), statement);
    while let Some(start) = rest.find(['"', '\'', '%']) {
        let from = rest.get(start..).unwrap_or_default();
        let (inner, close) = match (from.strip_prefix("%q<"), from.chars().next()) {
            (Some(inner), _) => (inner, '>'),
            (None, Some(quote @ ('"' | '\''))) => (from.get(1..).unwrap_or_default(), quote),
            _ => {
                rest = from.get(1..).unwrap_or_default();
                continue;
            }
        };
        let Some((text, after)) = until(inner, close) else { break };
        texts.push(text);
        rest = after;
    }
    texts
}

/// The text before its closing sign, without the backslashes that quote others.
fn until(inner: &str, close: char) -> Option<(String, &str)> {
    let (mut text, mut letters) = (String::new(), inner.char_indices());
    while let Some((position, letter)) = letters.next() {
        if letter == close {
            return Some((text, inner.get(position..)?.get(close.len_utf8()..)?));
        }
        text.push(if letter == '\\' { letters.next()?.1 } else { letter });
    }
    None
}

/// `NAME-VERSION[-PLATFORM].gemspec`; the version is the first part that begins with a digit.
fn file_identity(path: &str) -> Option<(&str, &str)> {
    let stem = file_name(path).strip_suffix(".gemspec")?;
    let (start, _) = stem.match_indices('-').find(|(dash, _)| {
        stem.get(dash.saturating_add(1)..).is_some_and(|rest| is_version(rest.split('-').next().unwrap_or(rest)))
    })?;
    let (name, rest) = stem.split_at_checked(start)?;
    Some((name, rest.get(1..)?.split('-').next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literal_texts() {
        for (statement, expected) in [
            ("(%q<a>.freeze, [\"~> 1.0\".freeze, \"< 2\"])", vec!["a", "~> 1.0", "< 2"]),
            (" = 'it\\'s'", vec!["it's"]),
            (" = Gem::Version.new(\"1.0\")", vec!["1.0"]),
            (" = VERSION", vec![]),
            (" = \"open", vec![]),
            (" 5 % 3 = \"é\"", vec!["é"]),
        ] {
            assert_eq!(texts(statement), expected, "{statement}");
        }
    }

    #[test]
    fn identities_of_files() {
        for (path, expected) in [
            ("specifications/nokogiri-1.15.4-x86_64-linux.gemspec", Some(("nokogiri", "1.15.4"))),
            ("specifications/net-http-persistent-4.0.gemspec", Some(("net-http-persistent", "4.0"))),
            ("specifications/a.gemspec", None),
        ] {
            assert_eq!(file_identity(path), expected);
        }
    }
}
