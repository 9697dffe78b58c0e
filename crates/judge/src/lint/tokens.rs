//! Rego text as words, texts and marks: as much of the language as the rules of [`super`] look at.

/// One token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    /// As it is written, quotes included.
    pub(super) text: &'a str,
    /// Counted from 1.
    pub(super) line: usize,
    /// Nothing but blanks before it in its line.
    pub(super) first: bool,
    /// Nothing at all before it in its line.
    pub(super) outermost: bool,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Text,
    Number,
    Mark,
}

impl Token<'_> {
    pub(super) fn is(&self, text: &str) -> bool {
        self.kind != Kind::Text && self.text == text
    }

    /// What is within the quotes.
    pub(super) fn inner(&self) -> &str {
        self.text.get(1..self.text.len().saturating_sub(1)).unwrap_or_default()
    }
}

/// All tokens but comments. Never fails: what is no Rego the parser tells.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = vec![];
    let (mut rest, mut line, mut first, mut outermost) = (text, 1, true, true);
    while let Some(character) = rest.chars().next() {
        let (kind, length) = match character {
            '\n' => {
                (line, first, outermost) = (line + 1, true, true);
                rest = rest.get(1..).unwrap_or_default();
                continue;
            }
            '#' => (None, rest.find('\n').unwrap_or(rest.len())),
            blank if blank.is_whitespace() => (None, blank.len_utf8()),
            '"' | '`' => (Some(Kind::Text), quoted(rest, character)),
            '_' | 'a'..='z' | 'A'..='Z' => (Some(Kind::Word), run(rest, |c| c.is_alphanumeric() || c == '_')),
            '0'..='9' => (Some(Kind::Number), run(rest, |c| c.is_alphanumeric() || c == '.')),
            ':' if rest.starts_with(":=") => (Some(Kind::Mark), 2),
            other => (Some(Kind::Mark), other.len_utf8()),
        };
        let (token, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        if let Some(kind) = kind {
            tokens.push(Token { kind, text: token, line, first, outermost });
            first = false;
        }
        outermost = false;
        line += token.matches('\n').count();
        rest = after;
    }
    tokens
}

fn run(text: &str, within: impl Fn(char) -> bool) -> usize {
    text.find(|character| !within(character)).unwrap_or(text.len())
}

/// Bytes of a text with its quotes.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' if quote == '"' => escaped = true,
            end if end == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::tokens;

    #[test]
    fn texts_and_comments_hide_what_is_in_them() {
        let text = "x := \"some \\\" y\" # not f(input.a)\n\ty `a\nb` 1.5";
        let found: Vec<_> = tokens(text).into_iter().map(|token| (token.text, token.line, token.outermost)).collect();
        assert_eq!(
            found,
            [
                ("x", 1, true),
                (":=", 1, false),
                ("\"some \\\" y\"", 1, false),
                ("y", 2, false),
                ("`a\nb`", 2, false),
                ("1.5", 3, false),
            ]
        );
        assert!(tokens("\"never ends é").len() == 1 && tokens("é`").len() == 2);
    }
}
