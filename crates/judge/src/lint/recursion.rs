//! Rules and functions that call themselves, or each other in long chains.
//!
//! The language forbids recursion (<https://www.openpolicyagent.org/docs/policy-language#functions>); the engine sees that of rules,
//! follows that of functions, and calls itself for each step, until its stack is used up and the program with it. Told from the
//! words: more is taken for a call than is one, never less.

use std::collections::{BTreeMap, BTreeSet};

use super::tokens::{Kind, Token, tokens};
use crate::checks::Problem;

/// Calls within calls that the engine's stack has room for many times over.
const DEEPEST: usize = 100;

/// A rule or function by its package and name.
type Name = (String, String);

/// Where it stands first, and what it names.
#[derive(Default)]
struct Rule {
    file: usize,
    line: usize,
    names: BTreeSet<Name>,
}

/// Complaints about files that are evaluated together, each with its name and text.
pub(crate) fn recursion(files: &[(&str, &str)]) -> Vec<Problem> {
    let mut rules: BTreeMap<Name, Rule> = BTreeMap::new();
    for (file, (_, text)) in files.iter().enumerate() {
        read(file, &tokens(text), &mut rules);
    }
    let mut depths: BTreeMap<&Name, usize> = BTreeMap::new();
    let mut told = BTreeSet::new();
    let mut problems = Vec::new();
    for (name, rule) in &rules {
        let Err(message) = depth(name, &rules, &mut depths, &mut Vec::new()) else { continue };
        if told.insert(rule.file) {
            let file = files.get(rule.file).map_or("", |(name, _)| name);
            problems.push(Problem { line: rule.line, message, ..Problem::of(file) });
        }
    }
    problems
}

/// How many calls follow from one at most.
fn depth<'r>(
    name: &'r Name,
    rules: &'r BTreeMap<Name, Rule>,
    depths: &mut BTreeMap<&'r Name, usize>,
    open: &mut Vec<&'r Name>,
) -> Result<usize, String> {
    if let Some(known) = depths.get(name) {
        return Ok(*known);
    }
    if open.contains(&name) {
        return Err(format!("{} calls itself, by itself or through others; the language forbids it", name.1));
    }
    if open.len() > DEEPEST {
        return Err(format!("{} is named at the end of more than {DEEPEST} rules that name each other", name.1));
    }
    open.push(name);
    let mut deepest = 0;
    for next in rules.get(name).into_iter().flat_map(|rule| &rule.names) {
        if let Some((next, _)) = rules.get_key_value(next) {
            deepest = deepest.max(depth(next, rules, depths, open)?.saturating_add(1));
        }
    }
    open.pop();
    if deepest > DEEPEST {
        return Err(format!("more than {DEEPEST} rules follow from {}, each named by the one before", name.1));
    }
    depths.insert(name, deepest);
    Ok(deepest)
}

/// Adds the rules of one file.
fn read(file: usize, tokens: &[Token<'_>], rules: &mut BTreeMap<Name, Rule>) {
    let package = package(tokens);
    let imports = imports(tokens);
    let mut depth = 0_usize;
    let mut owner: Option<Name> = None;
    for (at, token) in tokens.iter().enumerate() {
        if token.kind == Kind::Mark {
            match token.text {
                "(" | "[" | "{" => depth = depth.saturating_add(1),
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
            continue;
        }
        if token.kind != Kind::Word || at.checked_sub(1).and_then(|at| tokens.get(at)).is_some_and(|it| it.is(".")) {
            continue;
        }
        if depth == 0 && begins(tokens, at) {
            let name = (package.clone(), token.text.to_owned());
            rules.entry(name.clone()).or_insert_with(|| Rule { file, line: token.line, names: BTreeSet::new() });
            owner = Some(name);
            continue;
        }
        if let Some(rule) = owner.as_ref().and_then(|owner| rules.get_mut(owner)) {
            rule.names.insert(meant(tokens, at, &package, &imports));
        }
    }
}

/// Whether a rule begins with this word: the first of a line that continues nothing, or one behind a body.
fn begins(tokens: &[Token<'_>], at: usize) -> bool {
    let Some(token) = tokens.get(at) else { return false };
    let before = at.checked_sub(1).and_then(|at| tokens.get(at));
    let continues = before.is_some_and(|before| {
        before.kind == Kind::Mark && !matches!(before.text, "}" | ")" | "]")
            || matches!(
                before.text,
                "if" | "in" | "contains" | "some" | "every" | "not" | "default" | "else" | "with" | "as"
            )
    });
    let is_word =
        !matches!(token.text, "package" | "import" | "default" | "else" | "if" | "contains" | "in" | "with" | "as");
    is_word && !continues && (token.first || before.is_some_and(|before| before.is("}")))
}

/// What a word stands for: a rule of its own package, or of the one that the words before its last dot name.
fn meant(tokens: &[Token<'_>], at: usize, package: &str, imports: &BTreeMap<String, String>) -> Name {
    let mut path: Vec<&str> = Vec::new();
    let mut rest = tokens.get(at..).unwrap_or_default();
    while let [word, after @ ..] = rest {
        path.push(word.text);
        match after {
            [dot, next @ ..] if dot.is(".") && next.first().is_some_and(|next| next.kind == Kind::Word) => rest = next,
            _ => break,
        }
    }
    let last = path.pop().unwrap_or_default().to_owned();
    let root = path.first().copied().unwrap_or_default();
    let within = match path.get(1..) {
        None => package.to_owned(),
        Some(rest) if root == "data" => rest.join("."),
        Some(rest) => {
            [imports.get(root).map_or(root, String::as_str)].iter().chain(rest).copied().collect::<Vec<_>>().join(".")
        }
    };
    (within, last)
}

/// `a.b` of `package a.b`.
fn package(tokens: &[Token<'_>]) -> String {
    let at = tokens.iter().position(|token| token.first && token.is("package")).map_or(tokens.len(), |at| at + 1);
    dotted(tokens.get(at..).unwrap_or_default()).0.join(".")
}

/// What imported names stand for, below `data`.
fn imports(tokens: &[Token<'_>]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (at, _) in tokens.iter().enumerate().filter(|(_, token)| token.first && token.is("import")) {
        let (path, rest) = dotted(tokens.get(at.saturating_add(1)..).unwrap_or_default());
        let Some(last) = path.last() else { continue };
        let alias = match rest {
            [word, alias, ..] if word.is("as") => alias.text,
            _ => last,
        };
        if path.first() == Some(&"data") {
            found.insert(alias.to_owned(), path.get(1..).unwrap_or_default().join("."));
        }
    }
    found
}

/// Words with dots between, and what follows.
fn dotted<'t, 'a>(mut tokens: &'t [Token<'a>]) -> (Vec<&'a str>, &'t [Token<'a>]) {
    let mut path = Vec::new();
    while let [word, rest @ ..] = tokens {
        if word.kind != Kind::Word {
            break;
        }
        path.push(word.text);
        match rest {
            [dot, next @ ..] if dot.is(".") => tokens = next,
            rest => return (path, rest),
        }
    }
    (path, tokens)
}

#[cfg(test)]
mod tests {
    use super::recursion;

    fn told(texts: &[&str]) -> Vec<String> {
        let names: Vec<String> = (0..texts.len()).map(|at| format!("{at}.rego")).collect();
        let files: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(texts.iter().copied()).collect();
        recursion(&files).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_calls_itself_is_told() {
        for text in [
            "package a\nf(x) := f(x)\n",
            "package a\nf(x) := y if { y := g(x) }\ng(x) := f(x)\n",
            "package a\n  f(x) if { x <= 5; f(x - 1) }\n",
            "package a\nf(x) if { true } g(x) if { f(x) } h(x) if { data.a.h(x) }\n",
            "package a\nf(x) :=\n\tg(x)\ng(x) :=\n\tf(x)\n",
            "package a\ndefault f(_) := 1\nf(x) := y if {\n\ty := [f(z) | some z in x]\n}\n",
        ] {
            assert_eq!(told(&[text]).len(), 1, "{text}");
        }
        let other = "package b\nimport data.a as other\ng(x) := other.f(x)\n";
        assert_eq!(told(&["package a\nf(x) := data.b.g(x)\n", other]).len(), 2);
        let long: String = (0..200).map(|at| format!("r{at} := r{}\n", at + 1)).collect();
        assert!(told(&[&format!("package a\n{long}")])[0].contains("100 rules"));
    }

    #[test]
    fn what_only_looks_like_it_is_not() {
        for text in [
            "package a\nf(x) := count(x)\ndeny contains msg if {\n\tf(input.a)\n\tmsg := sprintf(\"%v\", [f(1)])\n}\n",
            "package a\nf(x) := 1 if x\nf(x) := 2 if not x\n",
            "package a\n# f(x) := f(x)\nf(x) := \"f(x)\"\n",
            "package a\nimport data.b\nf(x) := b.f(x)\n",
            "package a\nf(x) := input.f\n",
        ] {
            assert_eq!(told(&[text]), [""; 0], "{text}");
        }
    }
}
