//! One requirement, as packages and files of requirements write them:
//! <https://packaging.python.org/en/latest/specifications/dependency-specifiers/>.
//!
//! Owns the cutting into parts, and whether a marker needs an extra. Does not compare versions, and does not evaluate
//! what else a marker asks: for which Python and system an image was made is not known.

use plimsoll_model::Dependency;

use super::{is_name, is_version};

/// Deeper parentheses are not evaluated; real markers have two levels.
const DEEPEST: usize = 20;

/// The parts of `name[extras] (specifier) ; marker` or `name[extras] @ url ; marker`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Requirement<'a> {
    pub name: &'a str,
    /// Between the brackets.
    pub extras: &'a str,
    /// Version ranges, without parentheses.
    pub specifier: &'a str,
    /// Where it comes from instead of an index.
    pub url: &'a str,
    pub marker: &'a str,
}

impl<'a> Requirement<'a> {
    /// Cuts a requirement; none when it does not begin with a name.
    pub fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let end = text.find(|letter: char| !(letter.is_ascii_alphanumeric() || "-_.".contains(letter)));
        let (name, rest) = text.split_at_checked(end.unwrap_or(text.len()))?;
        if !is_name(name) {
            return None;
        }
        let rest = rest.trim_start();
        let (extras, rest) = match rest.strip_prefix('[') {
            Some(inner) => inner.split_once(']')?,
            None => ("", rest),
        };
        let rest = rest.trim_start();
        if let Some(rest) = rest.strip_prefix('@') {
            // A semicolon may be part of the address; one that begins a marker has a space before it.
            let (url, marker) = rest.split_once(" ;").unwrap_or((rest, ""));
            return Some(Self { name, extras, specifier: "", url: url.trim(), marker: marker.trim() });
        }
        let (specifier, marker) = rest.split_once(';').unwrap_or((rest, ""));
        let specifier = specifier.trim();
        let specifier = specifier.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(specifier);
        let begins_range = |letter: char| "<>=!~".contains(letter);
        let is_range = specifier.is_empty() || specifier.starts_with(begins_range);
        is_range.then(|| Self { name, extras, specifier: specifier.trim(), url: "", marker: marker.trim() })
    }

    /// The one version that it allows.
    pub fn pin(&self) -> Option<&'a str> {
        let version = self.specifier.strip_prefix("===").or_else(|| self.specifier.strip_prefix("=="))?.trim();
        (is_version(version) && !version.contains(['*', ',', '<', '>', '=', '~'])).then_some(version)
    }

    /// The edge that it is.
    pub fn dependency(&self) -> Dependency {
        Dependency { requirement: self.specifier.to_owned(), ..Dependency::named(self.name) }
    }
}

/// Whether a marker can hold when no extra is asked for: it has none, or alternatives without one.
pub(super) fn holds_without_extras(marker: &str) -> bool {
    if !marker.contains("extra") {
        return true;
    }
    let tokens = tokens(marker);
    Marker { tokens: &tokens, depth: 0 }.any()
}

/// Words, quoted texts and parentheses.
fn tokens(marker: &str) -> Vec<&str> {
    let (mut tokens, mut rest) = (Vec::new(), marker.trim_start());
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '(' | ')' => 1,
            '\'' | '"' => {
                rest.get(1..).and_then(|inner| inner.find(first)).map_or(rest.len(), |end| end.saturating_add(2))
            }
            _ => rest.find(|letter: char| letter.is_whitespace() || "()'\"".contains(letter)).unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at_checked(length.max(1)).unwrap_or((rest, ""));
        tokens.push(token);
        rest = after.trim_start();
    }
    tokens
}

struct Marker<'t, 'a> {
    tokens: &'t [&'a str],
    depth: usize,
}

impl Marker<'_, '_> {
    fn take(&mut self, token: &str) -> bool {
        let is_next = self.tokens.first() == Some(&token);
        if is_next {
            self.tokens = self.tokens.get(1..).unwrap_or_default();
        }
        is_next
    }

    fn any(&mut self) -> bool {
        let mut holds = self.all();
        while self.take("or") {
            holds |= self.all();
        }
        holds
    }

    fn all(&mut self) -> bool {
        let mut holds = self.one();
        while self.take("and") {
            holds &= self.one();
        }
        holds
    }

    fn one(&mut self) -> bool {
        if self.depth < DEEPEST && self.take("(") {
            self.depth = self.depth.saturating_add(1);
            let holds = self.any();
            self.depth = self.depth.saturating_sub(1);
            self.take(")");
            return holds;
        }
        let end = self.tokens.iter().position(|token| matches!(*token, "and" | "or" | ")"));
        let (comparison, rest) = self.tokens.split_at_checked(end.unwrap_or(self.tokens.len())).unwrap_or_default();
        self.tokens = rest;
        !comparison.iter().any(|token| *token == "extra" || token.starts_with("extra="))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_requirements() {
        let parts = |text: &'static str| {
            Requirement::parse(text).map(|found| (found.name, found.extras, found.specifier, found.url, found.marker))
        };
        assert_eq!(parts("a"), Some(("a", "", "", "", "")));
        assert_eq!(
            parts(" A.b-c [x, y] (>=1,<2) ; extra == 'z'"),
            Some(("A.b-c", "x, y", ">=1,<2", "", "extra == 'z'"))
        );
        assert_eq!(parts("a==1;python_version<'3'"), Some(("a", "", "==1", "", "python_version<'3'")));
        assert_eq!(parts("a @ git+https://x/y;z ; m"), Some(("a", "", "", "git+https://x/y;z", "m")));
        for none in ["", "-e .", "./a", "a b", "a[x", "https://x/y", "a/b"] {
            assert_eq!(parts(none), None, "{none}");
        }
    }

    #[test]
    fn pins() {
        for (text, pin) in [
            ("a==1.2", Some("1.2")),
            ("a === 1!2+x", Some("1!2+x")),
            ("a==1.*", None),
            ("a==1,<2", None),
            ("a>=1", None),
            ("a==", None),
        ] {
            assert_eq!(Requirement::parse(text).and_then(|found| found.pin()), pin, "{text}");
        }
    }

    #[test]
    fn markers_with_extras() {
        for (marker, holds) in [
            ("", true),
            ("python_version < '3'", true),
            ("extra == 'x'", false),
            ("extra=='x'", false),
            ("'x' == extra", false),
            ("python_version < '3' and extra == 'x'", false),
            ("python_version < '3' or extra == 'x'", true),
            ("(python_version < '3' or os_name == 'nt') and extra == 'x'", false),
            ("os_name == 'extra'", true),
            ("(((", true),
        ] {
            assert_eq!(holds_without_extras(marker), holds, "{marker}");
        }
    }
}
