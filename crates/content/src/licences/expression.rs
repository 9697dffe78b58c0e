//! Licence expressions as people write them: SPDX, Fedora's old words, Debian's, R's, lists with commas.
//!
//! Owns operators and their order. Names are for [`super::names`], what a licence asks for [`super::categories`].

use std::fmt;

use plimsoll_model::LicenceCategory;

use super::{categories, names};

/// Longer statements are texts, not expressions.
const LONGEST: usize = 4 << 10;
/// Deeper nesting is no licence.
const DEEPEST: usize = 16;

/// A stated licence, as far as it was understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Expression {
    /// In SPDX where all of it is known, else as it was stated; empty when nothing was stated.
    pub(crate) text: String,
    /// Whether all of it is known.
    pub(crate) is_spdx: bool,
    /// Whether it has operators and parentheses in places where nothing can be made of them.
    pub(crate) is_broken: bool,
    root: Option<Node>,
}

/// What a comma between two names means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comma {
    /// Both hold.
    And,
    /// One may choose: so RubyGems and Maven mean several licences.
    Or,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    Licence { id: String, exception: Option<String>, stated_exception: bool },
    Unknown(String),
    And(Vec<Node>),
    Or(Vec<Node>),
}

/// Reads a stated licence. A comma means that both licences hold.
#[must_use]
pub(crate) fn normalise(text: &str) -> Expression {
    read(text, Comma::And)
}

pub(super) fn read(text: &str, comma: Comma) -> Expression {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        let text: String = text.lines().next().unwrap_or_default().chars().take(80).collect();
        let root = (!text.is_empty()).then(|| Node::Unknown(text.clone()));
        return Expression { text, root, ..Expression::default() };
    }
    if let Some(known) = names::meaning(text) {
        let root = Parser::new(&known, Comma::And).parse();
        return Expression { text: known, is_spdx: true, is_broken: false, root };
    }
    let prepared = prepare(text);
    let mut parser = Parser::new(&prepared, comma);
    let Some(root) = parser.parse() else {
        let root = Some(Node::Unknown(text.to_owned()));
        return Expression { text: text.to_owned(), is_spdx: false, is_broken: parser.operators > 0, root };
    };
    let is_spdx = root.is_known();
    Expression {
        text: if is_spdx { root.to_string() } else { text.to_owned() },
        is_spdx,
        is_broken: false,
        root: Some(root),
    }
}

/// All of these hold; equal ones once.
pub(super) fn all_of(expressions: Vec<Expression>) -> Expression {
    let mut parts: Vec<Node> = Vec::new();
    for root in expressions.into_iter().filter_map(|expression| expression.root) {
        let nodes = if let Node::And(nodes) = root { nodes } else { vec![root] };
        for node in nodes {
            if !parts.contains(&node) {
                parts.push(node);
            }
        }
    }
    parts.sort_by_key(ToString::to_string);
    let root = if parts.len() > 1 { Some(Node::And(parts)) } else { parts.pop() };
    let Some(root) = root else { return Expression::default() };
    Expression { text: root.to_string(), is_spdx: root.is_known(), is_broken: false, root: Some(root) }
}

impl Expression {
    /// What it asks of whoever passes the software on: of a choice the least, of several that hold the most.
    #[must_use]
    pub(crate) fn category(&self) -> LicenceCategory {
        self.root.as_ref().map_or(LicenceCategory::Unknown, Node::category)
    }

    /// The ids and names in it.
    #[must_use]
    pub(crate) fn ids(&self) -> Vec<&str> {
        let mut ids = Vec::new();
        if let Some(root) = &self.root {
            root.visit(&mut |id| ids.push(id));
        }
        ids
    }

    /// Whether it can be used such that no licence in it is refused. `refuses` gets a licence's id and its category.
    pub(super) fn is_acceptable(&self, refuses: &dyn Fn(&str, LicenceCategory) -> bool) -> bool {
        self.root.as_ref().is_none_or(|root| root.is_acceptable(refuses))
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Node {
    fn is_known(&self) -> bool {
        match self {
            Self::Licence { exception, stated_exception, .. } => exception.is_some() || !stated_exception,
            Self::Unknown(_) => false,
            Self::And(nodes) | Self::Or(nodes) => nodes.iter().all(Self::is_known),
        }
    }

    fn category(&self) -> LicenceCategory {
        match self {
            Self::Licence { id, exception, .. } => categories::of(id, exception.as_deref()),
            Self::Unknown(_) => LicenceCategory::Unknown,
            Self::Or(nodes) => {
                let known = nodes.iter().map(Self::category).filter(|category| *category != LicenceCategory::Unknown);
                known.min().unwrap_or_default()
            }
            Self::And(nodes) => {
                let (most, least) = nodes
                    .iter()
                    .map(Self::category)
                    .fold((LicenceCategory::Unknown, LicenceCategory::Forbidden), |(most, least), category| {
                        (most.max(category), least.min(category))
                    });
                // What is not known can only add to a duty that is.
                let hides = least == LicenceCategory::Unknown && most < LicenceCategory::Restricted;
                if hides { LicenceCategory::Unknown } else { most }
            }
        }
    }

    fn is_acceptable(&self, refuses: &dyn Fn(&str, LicenceCategory) -> bool) -> bool {
        match self {
            Self::Licence { id, .. } => !refuses(id, self.category()),
            Self::Unknown(name) => !refuses(name, LicenceCategory::Unknown),
            Self::And(nodes) => nodes.iter().all(|node| node.is_acceptable(refuses)),
            Self::Or(nodes) => nodes.iter().any(|node| node.is_acceptable(refuses)),
        }
    }

    fn visit<'a>(&'a self, tell: &mut impl FnMut(&'a str)) {
        match self {
            Self::Licence { id: name, .. } | Self::Unknown(name) => tell(name),
            Self::And(nodes) | Self::Or(nodes) => nodes.iter().for_each(|node| node.visit(tell)),
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Licence { id, exception: Some(exception), .. } => write!(f, "{id} WITH {exception}"),
            Self::Licence { id, .. } => f.write_str(id),
            Self::Unknown(name) => f.write_str(name),
            Self::And(nodes) => join(f, nodes, " AND "),
            Self::Or(nodes) => join(f, nodes, " OR "),
        }
    }
}

fn join(f: &mut fmt::Formatter<'_>, nodes: &[Node], operator: &str) -> fmt::Result {
    for (position, node) in nodes.iter().enumerate() {
        if position > 0 {
            f.write_str(operator)?;
        }
        match node {
            Node::Or(_) if operator == " AND " => write!(f, "({node})")?,
            _ => write!(f, "{node}")?,
        }
    }
    Ok(())
}

/// Turns what reads like operators but is none into one word: "GPLv2 or later", "Apache License, Version 2.0", R's
/// `GPL (>= 2)` and `MIT + file LICENSE`.
fn prepare(text: &str) -> String {
    const WORDS: &[(&str, &str)] = &[
        (" or any later version", "+"),
        (" or later", "+"),
        (" or newer", "+"),
        (" or greater", "+"),
        (" and later", "+"),
        (", version ", " version "),
        ("new or revised", "new"),
        ("library or lesser", "lesser"),
        (" + file license", ""),
        (" + file licence", ""),
        (" | file license", ""),
        (" | file licence", ""),
        ("and/or", "or"),
        ("dual license", ""),
        ("(>= ", "(>="),
    ];
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for (from, to) in WORDS {
        // Lower-casing ASCII alone keeps every position.
        while let Some(at) = text.to_ascii_lowercase().find(from) {
            text.replace_range(at..at.saturating_add(from.len()), to);
        }
    }
    // R: `(>=2)`, `(>=2.0)` behind the name.
    while let Some((before, after)) = text.split_once("(>=") {
        let Some((version, rest)) = after.split_once(')') else { break };
        text = format!("{}-{}+{rest}", before.trim_end(), version.trim());
    }
    text
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    And,
    Or,
    With,
    Comma,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    Operator(Operator),
    Open,
    Close,
}

struct Parser<'a> {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token<'a>>>,
    comma: Comma,
    operators: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, comma: Comma) -> Self {
        let tokens = tokens(text);
        let operators = tokens.iter().filter(|token| !matches!(token, Token::Word(_))).count();
        Self { tokens: tokens.into_iter().peekable(), comma, operators, depth: 0 }
    }

    /// The whole text, or none when something is left over or missing.
    fn parse(&mut self) -> Option<Node> {
        let node = self.list()?;
        self.tokens.peek().is_none().then_some(node)
    }

    fn take(&mut self, operator: Operator) -> bool {
        self.tokens.next_if(|token| *token == Token::Operator(operator)).is_some()
    }

    /// Commas bind least; one in front of an operator takes it down to that.
    fn list(&mut self) -> Option<Node> {
        let mut node = self.choice()?;
        while self.take(Operator::Comma) {
            let is_or =
                if self.take(Operator::And) { false } else { self.take(Operator::Or) || self.comma == Comma::Or };
            let next = self.choice()?;
            node = if is_or { either(node, next) } else { both(node, next) };
        }
        Some(node)
    }

    fn choice(&mut self) -> Option<Node> {
        let mut node = self.sum()?;
        while self.take(Operator::Or) {
            node = either(node, self.sum()?);
        }
        Some(node)
    }

    fn sum(&mut self) -> Option<Node> {
        let mut node = self.term()?;
        while self.take(Operator::And) {
            node = both(node, self.term()?);
        }
        Some(node)
    }

    fn term(&mut self) -> Option<Node> {
        if self.tokens.next_if_eq(&Token::Open).is_some() {
            self.depth = self.depth.checked_add(1).filter(|depth| *depth <= DEEPEST)?;
            let node = self.list()?;
            self.depth = self.depth.saturating_sub(1);
            self.tokens.next_if_eq(&Token::Close)?;
            return Some(node);
        }
        let node = named(&self.words()?);
        if self.take(Operator::With) {
            let name = self.words()?;
            return Some(with(node, &name));
        }
        Some(node)
    }

    fn words(&mut self) -> Option<String> {
        let mut words: Vec<&str> = Vec::new();
        while let Some(Token::Word(word)) = self.tokens.next_if(|token| matches!(token, Token::Word(_))) {
            words.push(word);
        }
        (!words.is_empty()).then(|| words.join(" "))
    }
}

fn with(node: Node, name: &str) -> Node {
    match node {
        Node::Licence { id, .. } => Node::Licence { id, exception: names::exception(name), stated_exception: true },
        other => other,
    }
}

fn both(left: Node, right: Node) -> Node {
    let mut nodes = if let Node::And(nodes) = left { nodes } else { vec![left] };
    let more = if let Node::And(nodes) = right { nodes } else { vec![right] };
    for node in more {
        if !nodes.contains(&node) {
            nodes.push(node);
        }
    }
    if nodes.len() > 1 { Node::And(nodes) } else { nodes.pop().unwrap_or(Node::And(Vec::new())) }
}

fn either(left: Node, right: Node) -> Node {
    let mut nodes = if let Node::Or(nodes) = left { nodes } else { vec![left] };
    let more = if let Node::Or(nodes) = right { nodes } else { vec![right] };
    for node in more {
        if !nodes.contains(&node) {
            nodes.push(node);
        }
    }
    if nodes.len() > 1 { Node::Or(nodes) } else { nodes.pop().unwrap_or(Node::Or(Vec::new())) }
}

/// What a name stands for. `MIT/Apache-2.0` is a choice as Rust's packages wrote it, `MIT BSD GPL2+` a sum as Alpine's did.
fn named(name: &str) -> Node {
    if let Some(node) = known(name) {
        return node;
    }
    let choice: Option<Vec<Node>> = name.contains('/').then(|| name.split('/').map(known).collect()).flatten();
    if let Some(nodes) = choice {
        return nodes.into_iter().reduce(either).unwrap_or_else(|| Node::Unknown(name.to_owned()));
    }
    let sum: Option<Vec<Node>> = name.contains(' ').then(|| name.split(' ').map(known).collect()).flatten();
    sum.and_then(|nodes| nodes.into_iter().reduce(both)).unwrap_or_else(|| Node::Unknown(name.to_owned()))
}

fn known(name: &str) -> Option<Node> {
    let meaning = names::meaning(name)?;
    let licence = |text: &str| Node::Licence { id: text.to_owned(), exception: None, stated_exception: false };
    // Rows of the table are SPDX, of at most two choices and one exception.
    let part = |text: &str| match text.split_once(" WITH ") {
        Some((id, exception)) => with(licence(id), exception),
        None => licence(text),
    };
    meaning.split(" OR ").map(part).reduce(either)
}

/// Cuts text into words, operators and parentheses. A parenthesis inside a name belongs to it: `MIT License (MIT)`.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut inside = 0_usize;
    for word in text.split_whitespace() {
        let mut rest = word;
        while inside == 0 && !matches!(tokens.last(), Some(Token::Word(_))) && rest.starts_with('(') {
            tokens.push(Token::Open);
            rest = rest.get(1..).unwrap_or_default();
        }
        let opened = rest.matches('(').count();
        let closed = rest.matches(')').count();
        if opened == 0 && inside == 0 {
            closing(rest, &mut tokens);
        } else {
            tokens.extend((!rest.is_empty()).then_some(Token::Word(rest)));
            inside = inside.saturating_add(opened).saturating_sub(closed);
        }
    }
    tokens
}

/// A word outside of a name's parentheses: what closes groups and separates names is cut off its end.
fn closing<'a>(word: &'a str, tokens: &mut Vec<Token<'a>>) {
    let bare = word.trim_end_matches([')', ',', ';']);
    match operator(bare) {
        Some(operator) => tokens.push(Token::Operator(operator)),
        None if bare.contains(['|', '&', ',', ';']) => {
            for (position, part) in bare.split(['|', '&', ',', ';']).enumerate() {
                let split = bare.bytes().find(|byte| matches!(byte, b'|' | b'&' | b',' | b';'));
                if position > 0 {
                    tokens.push(Token::Operator(match split {
                        Some(b'|') => Operator::Or,
                        Some(b'&') => Operator::And,
                        _ => Operator::Comma,
                    }));
                }
                tokens.extend((!part.is_empty()).then_some(Token::Word(part)));
            }
        }
        None => tokens.extend((!bare.is_empty()).then_some(Token::Word(bare))),
    }
    for byte in word.bytes().skip(bare.len()) {
        tokens.push(if byte == b')' { Token::Close } else { Token::Operator(Operator::Comma) });
    }
}

fn operator(word: &str) -> Option<Operator> {
    match word.to_ascii_lowercase().as_str() {
        "and" | "&" | "&&" => Some(Operator::And),
        "or" | "|" | "||" | "/" => Some(Operator::Or),
        "with" | "w/" => Some(Operator::With),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn expressions_of_all_dialects() {
        let cases = [
            ("MIT OR Apache-2.0", "MIT OR Apache-2.0"),
            ("(MIT OR Apache-2.0) AND BSD-3-Clause", "(MIT OR Apache-2.0) AND BSD-3-Clause"),
            ("mit and isc or zlib", "MIT AND ISC OR Zlib"),
            ("GPLv2+ and LGPLv2+ with exceptions and MIT", ""),
            ("GPLv2+ with Autoconf exception", "GPL-2.0-or-later WITH Autoconf-exception-generic"),
            ("(GPL+ or Artistic) and BSD", "(GPL-1.0-or-later OR Artistic-1.0-Perl) AND BSD-3-Clause"),
            ("GPL-2+ or AFL-2.1, and Expat", "(GPL-2.0-or-later OR AFL-2.1) AND MIT"),
            ("GPL (>= 2)", "GPL-2.0-or-later"),
            ("GPL (>= 2) | file LICENSE", "GPL-2.0-or-later"),
            ("GPL-2 | GPL-3", "GPL-2.0-only OR GPL-3.0-only"),
            ("MIT + file LICENSE", "MIT"),
            ("BSD_2_clause + file LICENSE", "BSD-2-Clause"),
            ("MIT/Apache-2.0", "MIT OR Apache-2.0"),
            ("MIT BSD GPL2+", "MIT AND BSD-3-Clause AND GPL-2.0-or-later"),
            ("GPL-2.0-only & bzip2-1.0.4", "GPL-2.0-only AND bzip2-1.0.6"),
            ("Apache License, Version 2.0, MIT License", "Apache-2.0 AND MIT"),
            ("GPLv2 or later", "GPL-2.0-or-later"),
            ("The MIT License (MIT) and ISC License (ISCL)", "MIT AND ISC"),
            ("GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"),
            ("perl", "Artistic-1.0-Perl OR GPL-1.0-or-later"),
            ("Public Domain", "CC-PDM-1.0"),
            ("MIT, MIT", "MIT"),
        ];
        for (stated, expected) in cases {
            let expression = normalise(stated);
            if expected.is_empty() {
                assert!(!expression.is_spdx, "{stated}");
                assert_eq!(expression.text, stated);
            } else {
                assert_eq!(expression.text, expected, "{stated}");
                spdx::Expression::parse(&expression.text).unwrap();
                assert_eq!(normalise(expected).text, expected, "once more");
            }
        }
        assert_eq!(read("MIT, Ruby", Comma::Or).text, "MIT OR Ruby");
    }

    #[test]
    fn what_is_not_understood_stays_as_it_is() {
        for (stated, broken) in
            [("custom", false), ("MIT AND", true), ("(MIT", true), ("MIT OR Foo Bar", false), ("", false)]
        {
            let expression = normalise(stated);
            assert_eq!((expression.text.as_str(), expression.is_spdx, expression.is_broken), (stated, false, broken));
        }
    }

    #[test]
    fn a_choice_asks_the_least_and_a_sum_the_most() {
        use LicenceCategory::{Forbidden, Notice, Reciprocal, Restricted, Unencumbered, Unknown};
        let cases = [
            ("MIT OR GPL-3.0-only", Notice),
            ("MIT AND GPL-3.0-only", Restricted),
            ("MIT AND Foo", Unknown),
            ("MIT OR Foo", Notice),
            ("AGPL-3.0-only AND Foo", Forbidden),
            ("GPL-2.0-only WITH Classpath-exception-2.0", Reciprocal),
            ("Apache-2.0 WITH LLVM-exception", Notice),
            ("GPL-2.0-or-later WITH vsftpd-openssl-exception", Restricted),
            ("MPL-1.1+", Reciprocal),
            ("CC-BY-NC-4.0", Forbidden),
            ("CC0-1.0", Unencumbered),
            ("LicenseRef-Commons-Clause AND Apache-2.0", Forbidden),
            ("LicenseRef-Other", Unknown),
        ];
        for (stated, category) in cases {
            assert_eq!(normalise(stated).category(), category, "{stated}");
        }
    }

    proptest! {
        #[test]
        fn any_text_gives_an_expression(words in proptest::collection::vec(prop_oneof![
            Just("MIT".to_owned()), Just("(".to_owned()), Just(")".to_owned()), Just("and".to_owned()), Just("or".to_owned()),
            Just("with".to_owned()), Just(", ".to_owned()), Just("(>=".to_owned()), Just("GPL".to_owned()), any::<String>(),
        ], 0..12), glue in prop_oneof![Just(""), Just(" ")]) {
            let text = words.join(glue);
            let expression = normalise(&text);
            let _ = expression.category();
            if expression.is_spdx {
                prop_assert!(spdx::Expression::parse(&expression.text).is_ok(), "{} from {text:?}", expression.text);
            }
        }
    }
}
