//! Terms of Erlang and of Elixir as data files write them: atoms, text, numbers, lists, tuples, maps.
//!
//! Owns the syntax that the two have in common, where they differ by what stands before a bracket. Expressions are no
//! data and are refused: <https://www.erlang.org/doc/system/data_types.html>, <https://hexdocs.pm/elixir/syntax-reference.html>.

use std::borrow::Cow;

/// Bytes of a file of terms: the longest lock files have some 100 KB, and a term takes ten times its text.
pub(super) const MOST_BYTES: u64 = 4 << 20;
/// Terms inside one another; lock files have some six, configurations some ten.
const DEEPEST: usize = 48;

/// A term. Maps are lists of pairs, and `key: value` is a pair.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Term<'t> {
    /// `name`, `'name'`, `:name`.
    Atom(&'t str),
    /// `"text"`, `<<"text">>`.
    Text(Cow<'t, str>),
    /// A decimal number.
    Number(u64),
    /// What nobody asks for the value of: other numbers, characters, binaries of numbers.
    Other,
    /// `[…]` and maps.
    List(Vec<Term<'t>>),
    /// `{…}`, and the pairs of maps.
    Tuple(Vec<Term<'t>>),
}

impl<'t> Term<'t> {
    /// The name of an atom.
    pub fn atom(&self) -> Option<&'t str> {
        if let Self::Atom(name) = self { Some(name) } else { None }
    }

    /// Text, or the name of an atom: the files write names both ways.
    pub fn word(&self) -> Option<&str> {
        match self {
            Self::Atom(name) => Some(name),
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What is inside a tuple; nothing of other terms.
    pub fn tuple(&self) -> &[Term<'t>] {
        if let Self::Tuple(inside) = self { inside } else { &[] }
    }

    /// What is inside a list; nothing of other terms.
    pub fn list(&self) -> &[Term<'t>] {
        if let Self::List(inside) = self { inside } else { &[] }
    }

    /// The value beside a key in a list of pairs.
    pub fn value(&self, key: &str) -> Option<&Term<'t>> {
        self.list().iter().find_map(|pair| match pair.tuple() {
            [name, value] if name.atom() == Some(key) => Some(value),
            _ => None,
        })
    }
}

/// All terms of a file; in Erlang's each ends in a full stop.
///
/// # Errors
/// What is wrong, with the line.
pub(super) fn parse(text: &str) -> Result<Vec<Term<'_>>, String> {
    let mut parser = Parser { text, at: 0 };
    let mut terms = Vec::new();
    loop {
        parser.skip();
        if parser.rest().is_empty() {
            return Ok(terms);
        }
        let term = parser.term(0).map_err(|error| format!("line {}: {error}", parser.line()))?;
        terms.push(term);
        parser.skip();
        parser.eat(".");
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Parser<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn line(&self) -> usize {
        let before = self.text.get(..self.at).unwrap_or_default();
        before.bytes().filter(|byte| *byte == b'\n').count().saturating_add(1)
    }

    fn advance(&mut self, count: usize) {
        self.at = self.at.saturating_add(count);
    }

    fn eat(&mut self, token: &str) -> bool {
        let is_there = self.rest().starts_with(token);
        if is_there {
            self.advance(token.len());
        }
        is_there
    }

    /// Space, and comments: `%` begins one in Erlang (but a map in Elixir), `#` in Elixir (but a map in Erlang).
    fn skip(&mut self) {
        loop {
            let rest = self.rest();
            self.advance(rest.len().saturating_sub(rest.trim_start().len()));
            let rest = self.rest();
            let comment = rest.strip_prefix(['%', '#']);
            let is_comment = comment.is_some_and(|after| !after.starts_with('{'));
            if !is_comment {
                return;
            }
            self.advance(rest.find('\n').unwrap_or(rest.len()));
        }
    }

    fn term(&mut self, depth: usize) -> Result<Term<'t>, String> {
        if depth > DEEPEST {
            return Err(format!("more than {DEEPEST} terms inside one another"));
        }
        self.skip();
        let deeper = depth.saturating_add(1);
        if self.eat("%{") || self.eat("#{") {
            return Ok(Term::List(self.inside("}", deeper)?));
        }
        if self.eat("<<") {
            let inside = self.inside(">>", deeper)?;
            return Ok(match inside.into_iter().next() {
                Some(text @ Term::Text(_)) => text,
                _ => Term::Other,
            });
        }
        if self.eat("[") {
            return Ok(Term::List(self.inside("]", deeper)?));
        }
        if self.eat("{") {
            return Ok(Term::Tuple(self.inside("}", deeper)?));
        }
        self.scalar()
    }

    /// Terms up to a bracket, parted by commas. A key (`key:`, `key =>`, `key :=`) makes a pair with what follows it.
    fn inside(&mut self, end: &str, depth: usize) -> Result<Vec<Term<'t>>, String> {
        let mut terms = Vec::new();
        loop {
            self.skip();
            if self.eat(end) {
                return Ok(terms);
            }
            let term = self.term(depth)?;
            self.skip();
            let rest = self.rest();
            let is_pair = rest.starts_with(": ") || rest.starts_with(":\n");
            if is_pair || rest.starts_with("=>") || rest.starts_with(":=") {
                self.advance(if is_pair { 1 } else { 2 });
                terms.push(Term::Tuple(vec![term, self.term(depth)?]));
            } else {
                terms.push(term);
            }
            self.skip();
            // `[head | tail]` and the type of a binary's part (`<<"x"/utf8>>`) add nothing that is asked for.
            while !self.eat(",") && !self.rest().starts_with(end) {
                let modifier = self.eat("|") || self.eat("/") || self.eat(":");
                if !modifier {
                    return Err(format!("{end:?} or a comma should stand before {:?}", self.shown()));
                }
                self.term(depth)?;
                self.skip();
            }
        }
    }

    fn shown(&self) -> String {
        self.rest().chars().take(20).collect()
    }

    fn scalar(&mut self) -> Result<Term<'t>, String> {
        let rest = self.rest();
        match rest.chars().next() {
            Some('"') => self.text(),
            Some('\'') => Ok(Term::Atom(self.quoted('\'')?)),
            Some('$') => {
                let escaped = rest.starts_with("$\\");
                let character = rest.chars().nth(if escaped { 2 } else { 1 }).ok_or("it ends inside a character")?;
                self.advance(character.len_utf8().saturating_add(if escaped { 2 } else { 1 }));
                Ok(Term::Other)
            }
            Some(':') => {
                self.advance(1);
                if self.rest().starts_with('"') {
                    return Ok(Term::Atom(self.quoted('"')?));
                }
                Ok(Term::Atom(self.name()?))
            }
            Some(first) if first.is_ascii_digit() || first == '-' || first == '+' => Ok(self.number()),
            Some(_) => Ok(Term::Atom(self.name()?)),
            None => Err("it ends inside a term".into()),
        }
    }

    /// `1`, `-1.5e3`, `16#ff`, `1_000`.
    fn number(&mut self) -> Term<'t> {
        let start = self.at;
        self.advance(1);
        self.run(|letter| letter.is_ascii_alphanumeric() || "_#+-".contains(letter));
        let fraction =
            self.rest().strip_prefix('.').filter(|rest| rest.starts_with(|digit: char| digit.is_ascii_digit()));
        if fraction.is_some() {
            self.advance(1);
            self.run(|letter| letter.is_ascii_alphanumeric() || "_+-".contains(letter));
        }
        let written = self.text.get(start..self.at).unwrap_or_default();
        written.parse().map_or(Term::Other, Term::Number)
    }

    fn run(&mut self, belongs: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|letter| !belongs(letter)).unwrap_or(rest.len());
        self.advance(end);
        rest.get(..end).unwrap_or_default()
    }

    fn name(&mut self) -> Result<&'t str, String> {
        let name = self.run(|letter| letter.is_alphanumeric() || "_@.?!".contains(letter));
        // The full stop after the last term of a file.
        let trimmed = name.trim_end_matches('.');
        self.at = self.at.saturating_sub(name.len().saturating_sub(trimmed.len()));
        if trimmed.is_empty() { Err(format!("no term begins with {:?}", self.shown())) } else { Ok(trimmed) }
    }

    /// What stands between two quotes, escapes as they are: names and versions have none.
    fn quoted(&mut self, quote: char) -> Result<&'t str, String> {
        self.advance(1);
        let rest = self.rest();
        let mut is_escaped = false;
        for (position, letter) in rest.char_indices() {
            if letter == quote && !is_escaped {
                self.advance(position.saturating_add(1));
                return Ok(rest.get(..position).unwrap_or_default());
            }
            is_escaped = letter == '\\' && !is_escaped;
        }
        Err("it ends inside quotes".into())
    }

    /// Text; of Erlang's, pieces that follow one another are one.
    fn text(&mut self) -> Result<Term<'t>, String> {
        let mut text = Cow::Borrowed(self.quoted('"')?);
        loop {
            self.skip();
            if !self.rest().starts_with('"') {
                return Ok(Term::Text(text));
            }
            text.to_mut().push_str(self.quoted('"')?);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Term<'_> {
        let mut terms = parse(text).unwrap();
        assert_eq!(terms.len(), 1, "{text}");
        terms.remove(0)
    }

    #[test]
    fn both_languages_are_read() {
        let elixir = one(r#"%{"a": {:hex, :a, "1.0", [hex: :b, optional: false], 5}, # said
            "b" => {:git, "x"}}"#);
        let entry = elixir.list()[0].tuple();
        assert_eq!(entry[0].word(), Some("a"));
        assert_eq!(entry[1].tuple()[1].atom(), Some("a"));
        assert_eq!(entry[1].tuple()[3].value("hex").and_then(Term::atom), Some("b"));
        let erlang =
            one("% said\n{<<\"a\"/utf8>>, [$\\n, -1.5e3, 16#ff, <<1,2:8>>, 'B c', \"x\" \"y\"], #{k => v}}.\n");
        assert_eq!(erlang.tuple()[0].word(), Some("a"));
        assert_eq!(erlang.tuple()[1].list()[4..], [Term::Atom("B c"), Term::Text("xy".into())]);
        assert_eq!(erlang.tuple()[2].value("k").and_then(Term::atom), Some("v"));
        assert_eq!(parse("a.\nb.").unwrap(), [Term::Atom("a"), Term::Atom("b")]);
    }

    #[test]
    fn what_is_no_data_is_refused() {
        for text in ["{a", "[1, 2", "\"open", "{a b}", "fun(X) -> X end.", "<<", "%{a: }", "$", &"[".repeat(100)] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
