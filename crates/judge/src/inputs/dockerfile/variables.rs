//! Variables of a build, as `FROM` and the instructions that take them name them.

use std::collections::HashMap;

/// Letters of one value. Values that are made of each other could else grow without end.
const MOST_LETTERS: usize = 4_096;
/// Defaults within defaults: `${A:-${B:-c}}`.
const MOST_DEPTH: usize = 4;

/// What is declared so far; those without a default have none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Variables(HashMap<String, Option<String>>);

impl Variables {
    /// `NAME` or `NAME=default`.
    pub(crate) fn declare(&mut self, argument: &str) {
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) => {
                let (value, resolved) = self.expand(value, '\\');
                (name, resolved.then_some(value))
            }
            None => (argument, None),
        };
        self.0.insert(name.to_owned(), value);
    }

    /// The value of one, where it has one.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_deref()
    }

    /// A text with its variables replaced, and whether all of them have a value.
    pub(crate) fn expand(&self, text: &str, escape: char) -> (String, bool) {
        let mut expanding = Expanding { variables: self, escape, out: String::new(), resolved: true };
        expanding.add(text, 0);
        (expanding.out, expanding.resolved)
    }
}

struct Expanding<'a> {
    variables: &'a Variables,
    escape: char,
    out: String,
    resolved: bool,
}

impl Expanding<'_> {
    fn add(&mut self, text: &str, depth: usize) {
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            if self.out.len() > MOST_LETTERS || depth > MOST_DEPTH {
                self.resolved = false;
                return;
            }
            let after = rest.get(letter.len_utf8()..).unwrap_or_default();
            rest = match letter {
                '$' => self.variable(after, depth),
                letter if letter == self.escape => {
                    let next = after.chars().next();
                    self.out.extend(next);
                    after.get(next.map_or(0, char::len_utf8)..).unwrap_or_default()
                }
                letter => {
                    self.out.push(letter);
                    after
                }
            };
        }
    }

    /// What follows a `$`; gives what follows the variable.
    fn variable<'t>(&mut self, text: &'t str, depth: usize) -> &'t str {
        if let Some(inner) = text.strip_prefix('{') {
            let end = closing(inner).unwrap_or(inner.len());
            let (inner, rest) = inner.split_at_checked(end).unwrap_or((inner, ""));
            self.braced(inner, depth);
            return rest.strip_prefix('}').unwrap_or(rest);
        }
        let end = text.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_')).unwrap_or(text.len());
        let (name, rest) = text.split_at_checked(end).unwrap_or((text, ""));
        self.push(name, None);
        rest
    }

    /// `NAME`, `NAME:-word`, `NAME-word`, `NAME:+word`, `NAME+word`; other operators are not replaced.
    fn braced(&mut self, inner: &str, depth: usize) {
        let end = inner.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_')).unwrap_or(inner.len());
        let (name, operator) = inner.split_at_checked(end).unwrap_or((inner, ""));
        let value = self.variables.0.get(name).cloned().flatten();
        let value = value.filter(|value| !(operator.starts_with(':') && value.is_empty()));
        let operator = operator.strip_prefix(':').unwrap_or(operator);
        match (operator.chars().next(), operator.get(1..), value) {
            (Some('-'), Some(word), None) => self.add(word, depth.saturating_add(1)),
            (Some('+'), Some(word), Some(_)) => self.add(word, depth.saturating_add(1)),
            (Some('+'), _, None) => {}
            (None | Some('-'), _, value) => self.push(name, value),
            _ => {
                self.resolved = false;
                self.out.push_str(&format!("${{{inner}}}"));
            }
        }
    }

    fn push(&mut self, name: &str, value: Option<String>) {
        match value.or_else(|| self.variables.0.get(name).cloned().flatten()) {
            Some(value) => self.out.push_str(&value),
            None => {
                self.resolved = false;
                self.out.push('$');
                self.out.push_str(name);
            }
        }
    }
}

/// Where the brace closes that is open already.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 1_usize;
    text.char_indices().find_map(|(place, letter)| {
        match letter {
            '{' => depth = depth.saturating_add(1),
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        (depth == 0).then_some(place)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_replaced_as_the_builder_does() {
        let mut variables = Variables::default();
        for argument in ["TAG=12", "NAME=debian", "FULL=${NAME}:$TAG", "EMPTY=", "UNSET"] {
            variables.declare(argument);
        }
        for (text, expected, resolved) in [
            ("$FULL", "debian:12", true),
            ("${NAME}:${NOTHING:-11}", "debian:11", true),
            ("${EMPTY:-x}${EMPTY-y}", "x", true),
            ("a${TAG:+-slim}${NOTHING:+-b}", "a-slim", true),
            ("$UNSET/x", "$UNSET/x", false),
            ("${TAG%2}", "${TAG%2}", false),
            ("\\$TAG", "$TAG", true),
            ("${NOTHING:-${TAG}}", "12", true),
        ] {
            assert_eq!(variables.expand(text, '\\'), (expected.to_owned(), resolved), "{text}");
        }
    }

    #[test]
    fn values_do_not_grow_without_end() {
        let mut variables = Variables::default();
        variables.declare("A0=xxxxxxxxxxxxxxxx");
        for index in 1..64 {
            variables.declare(&format!("A{index}=$A{0}$A{0}", index - 1));
        }
        assert!(variables.expand("$A63", '\\').0.len() < 100_000);
    }
}
