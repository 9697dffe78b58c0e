//! Tokens of a shell script.

use std::collections::VecDeque;

/// A word, without its quotes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    /// Scripts whose output is part of it: `$(…)`, `` `…` ``, `<(…)`.
    pub(super) substitutions: Vec<String>,
    /// Some of it stood in quotes.
    pub(super) is_quoted: bool,
}

/// What stands between commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    /// The next command reads what this one writes.
    Pipe,
    /// `&&`, `;`, a new line, a bracket: the pipeline ends.
    End,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Word(Word),
    Operator(Operator),
    /// The operator and the file.
    Redirection(String, Word),
    /// The here documents of the line that ends.
    Document(String),
}

/// A here document that begins with the next line.
#[derive(Debug)]
struct Pending {
    end: String,
    strips_tabs: bool,
}

#[derive(Debug)]
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    pending: Vec<Pending>,
    ready: VecDeque<Token>,
}

impl<'a> Lexer<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0, pending: Vec::new(), ready: VecDeque::new() }
    }

    pub(super) fn next_token(&mut self) -> Option<Token> {
        if let Some(token) = self.ready.pop_front() {
            return Some(token);
        }
        self.skip_blanks();
        match self.peek()? {
            '\n' => Some(self.line_end()),
            ';' | '(' | ')' => Some(self.end(1)),
            '&' if self.starts_with("&>") => Some(self.redirection()),
            '&' => Some(self.end(if self.starts_with("&&") { 2 } else { 1 })),
            '|' if self.starts_with("||") => Some(self.end(2)),
            '|' => {
                self.skip(if self.starts_with("|&") { 2 } else { 1 });
                Some(Token::Operator(Operator::Pipe))
            }
            '<' | '>' if !self.starts_with("<(") && !self.starts_with(">(") => Some(self.redirection()),
            digit if digit.is_ascii_digit() && self.is_descriptor() => Some(self.redirection()),
            _ => Some(Token::Word(self.word())),
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn starts_with(&self, start: &str) -> bool {
        self.rest().starts_with(start)
    }

    const fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }

    fn end(&mut self, bytes: usize) -> Token {
        self.skip(bytes);
        Token::Operator(Operator::End)
    }

    /// Spaces, continued lines, and a remark: it begins only where a word could.
    fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            let plain = rest.trim_start_matches([' ', '\t', '\r', '\x0b', '\x0c']);
            self.skip(rest.len().saturating_sub(plain.len()));
            if plain.starts_with("\\\n") {
                self.skip(2);
            } else if plain.starts_with("\\\r\n") {
                self.skip(3);
            } else {
                break;
            }
        }
        if self.peek() == Some('#') {
            self.skip(self.rest().find('\n').unwrap_or(self.rest().len()));
        }
    }

    /// `2>`: digits right before a redirection name a descriptor.
    fn is_descriptor(&self) -> bool {
        // Descriptors have a digit or two.
        let rest = self.rest();
        rest.find(|letter: char| !letter.is_ascii_digit())
            .is_some_and(|end| end <= 3 && rest.get(end..).is_some_and(|rest| rest.starts_with(['<', '>'])))
    }

    fn redirection(&mut self) -> Token {
        const OPERATORS: [&str; 13] = ["&>>", "&>", "<<<", "<<-", "<<", "<&", "<>", "<", ">>", ">&", ">|", ">", ""];
        let digits = self.rest().find(|letter: char| !letter.is_ascii_digit()).unwrap_or(0);
        self.skip(digits);
        let operator = OPERATORS.iter().find(|operator| self.starts_with(operator)).copied().unwrap_or_default();
        self.skip(operator.len());
        self.skip_blanks();
        let is_word = self.peek().is_some_and(|letter| !matches!(letter, '\n' | ';' | '&' | '|' | ')'));
        let word = if is_word { self.word() } else { Word::default() };
        if matches!(operator, "<<" | "<<-") && !word.text.is_empty() {
            self.pending.push(Pending { end: word.text.clone(), strips_tabs: operator == "<<-" });
        }
        Token::Redirection(operator.to_owned(), word)
    }

    /// A new line, after the here documents that begin there.
    fn line_end(&mut self) -> Token {
        self.skip(1);
        if self.pending.is_empty() {
            return Token::Operator(Operator::End);
        }
        let mut document = String::new();
        for pending in std::mem::take(&mut self.pending) {
            self.read_document(&pending, &mut document);
        }
        self.ready.push_back(Token::Operator(Operator::End));
        Token::Document(document)
    }

    fn read_document(&mut self, pending: &Pending, document: &mut String) {
        while self.at < self.text.len() {
            let rest = self.rest();
            let line = rest.split('\n').next().unwrap_or_default();
            self.skip(line.len().saturating_add(1));
            let line = line.strip_suffix('\r').unwrap_or(line);
            let line = if pending.strips_tabs { line.trim_start_matches('\t') } else { line };
            if line == pending.end {
                return;
            }
            document.push_str(line);
            document.push('\n');
        }
    }

    fn word(&mut self) -> Word {
        let mut word = Word::default();
        let start = self.at;
        while let Some(letter) = self.peek() {
            match letter {
                ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | ')' => break,
                '(' => break,
                '<' | '>' if self.rest().get(1..).is_some_and(|rest| rest.starts_with('(')) => {
                    self.substitution(2, &mut word);
                }
                '<' | '>' => break,
                '\\' => self.escaped(&mut word),
                '\'' => self.single(1, false, &mut word),
                '"' => self.double(&mut word),
                '$' => self.dollar(&mut word),
                '`' => self.backticks(&mut word),
                _ => self.plain(&mut word),
            }
        }
        // Whatever a word cannot begin with is passed over, so that reading always goes on.
        if self.at == start
            && let Some(letter) = self.peek()
        {
            self.skip(letter.len_utf8());
        }
        word
    }

    /// Letters that mean nothing to the shell.
    fn plain(&mut self, word: &mut Word) {
        let rest = self.rest();
        let is_special = |letter: char| " \t\r\n;&|()<>\\'\"$`".contains(letter);
        let end = rest.find(is_special).unwrap_or(rest.len());
        word.text.push_str(rest.get(..end).unwrap_or_default());
        self.skip(end);
    }

    fn escaped(&mut self, word: &mut Word) {
        self.skip(1);
        let Some(letter) = self.peek() else {
            word.text.push('\\');
            return;
        };
        self.skip(letter.len_utf8());
        if letter != '\n' {
            word.text.push(letter);
        }
    }

    /// Up to the next single quote, which `\` keeps from ending it only in bash's `$'…'`.
    fn single(&mut self, opening: usize, has_escapes: bool, word: &mut Word) {
        word.is_quoted = true;
        self.skip(opening);
        let rest = self.rest();
        let mut is_escaped = false;
        let end = rest.find(|letter: char| {
            let is_end = letter == '\'' && !is_escaped;
            is_escaped = has_escapes && letter == '\\' && !is_escaped;
            is_end
        });
        word.text.push_str(rest.get(..end.unwrap_or(rest.len())).unwrap_or_default());
        self.skip(end.unwrap_or(rest.len()).saturating_add(1));
    }

    fn double(&mut self, word: &mut Word) {
        word.is_quoted = true;
        self.skip(1);
        while let Some(letter) = self.peek() {
            match letter {
                '"' => {
                    self.skip(1);
                    return;
                }
                '\\' => match self.rest().chars().nth(1) {
                    Some('\n') => self.skip(2),
                    Some(next @ ('$' | '`' | '"' | '\\')) => {
                        word.text.push(next);
                        self.skip(2);
                    }
                    _ => {
                        word.text.push('\\');
                        self.skip(1);
                    }
                },
                '$' => self.dollar_quoted(word),
                '`' => self.backticks(word),
                _ => {
                    let rest = self.rest();
                    let end = rest.find(['"', '\\', '$', '`']).unwrap_or(rest.len());
                    word.text.push_str(rest.get(..end).unwrap_or_default());
                    self.skip(end);
                }
            }
        }
    }

    fn dollar(&mut self, word: &mut Word) {
        match self.rest().as_bytes().get(1) {
            Some(b'\'') => self.single(2, true, word),
            Some(b'"') => self.skip(1),
            _ => self.dollar_quoted(word),
        }
    }

    fn dollar_quoted(&mut self, word: &mut Word) {
        if self.starts_with("$((") {
            self.copy_to("))", word);
        } else if self.starts_with("$(") {
            self.substitution(2, word);
        } else if self.starts_with("${") {
            self.parameter(word);
        } else {
            word.text.push('$');
            self.skip(1);
        }
    }

    /// Copies the text up to and with an end.
    fn copy_to(&mut self, end: &str, word: &mut Word) {
        let rest = self.rest();
        let length = rest.find(end).map_or(rest.len(), |place| place.saturating_add(end.len()));
        word.text.push_str(rest.get(..length).unwrap_or_default());
        self.skip(length);
    }

    /// `${name:-$(default)}`: the scripts in it count, where it ends is told by braces.
    fn parameter(&mut self, word: &mut Word) {
        let rest = self.rest();
        let body = balanced(rest.get(2..).unwrap_or_default(), '{', '}');
        if let Some(script) = body.find("$(").and_then(|place| body.get(place.saturating_add(2)..)) {
            word.substitutions.push(balanced(script, '(', ')').to_owned());
        }
        let length = body.len().saturating_add(3).min(rest.len());
        word.text.push_str(rest.get(..length).unwrap_or_default());
        self.skip(length);
    }

    fn substitution(&mut self, opening: usize, word: &mut Word) {
        let rest = self.rest();
        let body = balanced(rest.get(opening..).unwrap_or_default(), '(', ')');
        word.substitutions.push(body.to_owned());
        let length = body.len().saturating_add(opening).saturating_add(1).min(rest.len());
        word.text.push_str(rest.get(..length).unwrap_or_default());
        self.skip(length);
    }

    fn backticks(&mut self, word: &mut Word) {
        let rest = self.rest();
        let body = rest.get(1..).unwrap_or_default();
        let mut is_escaped = false;
        let end = body.find(|letter: char| {
            let is_end = letter == '`' && !is_escaped;
            is_escaped = letter == '\\' && !is_escaped;
            is_end
        });
        let body = body.get(..end.unwrap_or(body.len())).unwrap_or_default();
        word.substitutions.push(body.replace("\\`", "`"));
        let length = body.len().saturating_add(2).min(rest.len());
        word.text.push_str(rest.get(..length).unwrap_or_default());
        self.skip(length);
    }
}

/// What stands before the bracket that closes one already open; all where none does.
fn balanced(text: &str, open: char, close: char) -> &str {
    let (mut depth, mut quote, mut is_escaped) = (1_usize, None, false);
    for (place, letter) in text.char_indices() {
        if is_escaped {
            is_escaped = false;
        } else if quote == Some('\'') {
            quote = quote.filter(|_| letter != '\'');
        } else if letter == '\\' {
            is_escaped = true;
        } else if quote == Some('"') && letter == '"' {
            quote = None;
        } else if quote.is_none() && matches!(letter, '\'' | '"') {
            quote = Some(letter);
        } else if letter == open {
            depth = depth.saturating_add(1);
        } else if letter == close {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return text.get(..place).unwrap_or_default();
            }
        }
    }
    text
}
