//! Constructs that our Rego engine takes otherwise than the language's reference does, or does not know.

use super::tokens::{Kind, Token, tokens};
use crate::checks::Problem;
use crate::rego::pattern_error;

/// Functions of the language that there are not, by how their names begin, with why or what to write instead.
const MISSING: [(&str, &str); 15] = [
    ("http.", "checks have no network; put what is needed into `data/`"),
    ("net.lookup_ip_addr", "checks have no network"),
    ("rego.metadata.", "a check cannot read its own metadata; write the value into the rule"),
    ("rego.parse_module", "it is not available"),
    ("crypto.", "functions of cryptography are not available"),
    ("io.jwt.", "functions of cryptography are not available"),
    ("providers.aws.", "functions of cryptography are not available"),
    ("opa.runtime", "a check sees the document only, not what it runs in"),
    ("rand.", "equal documents have to give equal results"),
    ("uuid.", "equal documents have to give equal results"),
    ("yaml.", "it is not available; give data as objects"),
    ("hex.", "it is not available"),
    ("urlquery.", "it is not available"),
    ("graphql.", "it is not available"),
    ("graph.reachable_paths", "nothing bounds its paths; use graph.reachable"),
];

/// All of one file. What only may surprise is fatal in ours.
pub(super) fn complaints(file: &str, text: &str, ours: bool) -> Vec<Problem> {
    let tokens = tokens(text);
    let mut found = vec![];
    for (at, token) in tokens.iter().enumerate() {
        let (before, after) = tokens.split_at_checked(at).unwrap_or_default();
        let after = after.get(1..).unwrap_or_default();
        let complaint = match token.text {
            "some" if token.kind == Kind::Word => bare_some(before, after),
            "not" if token.kind == Kind::Word => unbound(after),
            _ => missing(before, token, after).or_else(|| too_large(token, after)),
        };
        found.extend(complaint.map(|(fatal, message)| (token.line, fatal, message)));
    }
    found.extend(keys_of_heads(&tokens));
    found
        .into_iter()
        .map(|(line, fatal, message)| Problem { file: file.to_owned(), line, fatal: fatal || ours, message })
        .collect()
}

/// `some x` without `in` fails when the document is iterated over before it in the same body.
fn bare_some(before: &[Token<'_>], after: &[Token<'_>]) -> Option<(bool, String)> {
    let end = after.iter().position(|token| token.kind != Kind::Word && !token.is(","))?;
    let names = after.get(..end)?;
    // Names and commas up to the end of the line.
    let line = names.first()?.line;
    let names: Vec<_> = names.iter().take_while(|token| token.line == line).collect();
    let first_of_body = before.last().is_none_or(|token| token.is("{") || token.is("|"));
    if first_of_body || after.iter().take_while(|token| token.line == line).any(|token| token.is("in")) {
        return None;
    }
    let name = names.first()?.text;
    Some((
        false,
        format!("a bare `some {name}` after other expressions fails; write `some {name} in …`, or put it first"),
    ))
}

/// `not f(x.y)` holds when `x.y` is undefined, which the reference takes the other way.
fn unbound(after: &[Token<'_>]) -> Option<(bool, String)> {
    let name = chain(after)?;
    let bracket = after.get(name.tokens)?;
    let within = if bracket.is("(") {
        arguments(after.get(name.tokens + 1..)?, "(", ")")
    } else {
        let open = after.iter().take(name.tokens).position(|token| token.is("["))?;
        arguments(after.get(open + 1..)?, "[", "]")
    };
    let path = (0..within.len()).find_map(|at| {
        let starts = at == 0 || within.get(at - 1).is_some_and(|token| !token.is(".") && token.kind != Kind::Word);
        let rest = within.get(at..).filter(|_| starts)?;
        let path = chain(rest)?;
        let called = rest.get(path.tokens).is_some_and(|token| token.is("("));
        (path.tokens > 1 && !called && path.root != "data").then_some(path.text)
    })?;
    let shown = if bracket.is("(") { format!("{}(…)", name.text) } else { name.text };
    Some((
        false,
        format!("`not {shown}` holds when {path} is undefined; bind it first (`value := {path}`) and negate that"),
    ))
}

struct Chain<'a> {
    root: &'a str,
    text: String,
    tokens: usize,
}

/// A word with what follows by dots and brackets: `a.b["c"][d]`.
fn chain<'a>(tokens: &[Token<'a>]) -> Option<Chain<'a>> {
    let root = tokens.first().filter(|token| token.kind == Kind::Word)?;
    let mut at = 1;
    loop {
        match tokens.get(at) {
            Some(dot) if dot.is(".") => at += 2,
            Some(open) if open.is("[") && open.line == root.line => {
                at += arguments(tokens.get(at + 1..)?, "[", "]").len() + 2;
            }
            _ => break,
        }
    }
    let taken = tokens.get(..at.min(tokens.len()))?;
    Some(Chain { root: root.text, text: taken.iter().map(|token| token.text).collect(), tokens: taken.len() })
}

/// The tokens up to the bracket that closes one already opened.
fn arguments<'t, 'a>(tokens: &'t [Token<'a>], open: &str, close: &str) -> &'t [Token<'a>] {
    let mut depth = 1_usize;
    let end = tokens.iter().position(|token| {
        depth = if token.is(open) { depth + 1 } else { depth - usize::from(token.is(close)) };
        depth == 0
    });
    tokens.get(..end.unwrap_or(tokens.len())).unwrap_or_default()
}

fn missing(before: &[Token<'_>], token: &Token<'_>, after: &[Token<'_>]) -> Option<(bool, String)> {
    if token.kind != Kind::Word || before.last().is_some_and(|dot| dot.is(".")) {
        return None;
    }
    let mut name = token.text.to_owned();
    let mut rest = after;
    while let [dot, word, further @ ..] = rest
        && dot.is(".")
        && word.kind == Kind::Word
    {
        name = format!("{name}.{}", word.text);
        rest = further;
    }
    rest.first().filter(|open| open.is("("))?;
    let (_, why) = MISSING.iter().find(|(start, _)| name.starts_with(start))?;
    Some((true, format!("there is no {name}: {why}")))
}

/// A pattern that is written where it is used, and that the engine refuses.
fn too_large(token: &Token<'_>, after: &[Token<'_>]) -> Option<(bool, String)> {
    let [dot, function, open, rest @ ..] = after else { return None };
    if !token.is("regex") || !dot.is(".") || !open.is("(") {
        return None;
    }
    let skipped = usize::from(function.is("replace"));
    let given = arguments(rest, "(", ")");
    let pattern = given.split(|token| token.is(",")).nth(skipped)?;
    let [pattern] = pattern else { return None };
    let error = (pattern.kind == Kind::Text).then(|| pattern_error(pattern.text)).flatten()?;
    Some((true, format!("the pattern cannot be used, split or shorten it: {error}")))
}

/// Heads of rules such as `x := m[k] if { k := … }`: their key is bound in the body only, which the engine refuses.
fn keys_of_heads(tokens: &[Token<'_>]) -> Vec<(usize, bool, String)> {
    let starts: Vec<usize> = tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| token.outermost && token.kind == Kind::Word)
        .map(|(at, _)| at)
        .collect();
    let ends = starts.iter().skip(1).copied().chain([tokens.len()]);
    let rules = starts.iter().zip(ends).filter_map(|(start, end)| tokens.get(*start..end));
    rules.filter_map(key_of_head).collect()
}

fn key_of_head(rule: &[Token<'_>]) -> Option<(usize, bool, String)> {
    let body = rule.iter().position(|token| token.is("if"))?;
    let (head, body) = rule.split_at_checked(body)?;
    let value = head.iter().position(|token| token.is(":=") || token.is("="))?;
    let (name, value) = head.split_at_checked(value)?;
    let key = value.windows(3).find_map(|window| match window {
        [open, key, close] if open.is("[") && close.is("]") && key.kind == Kind::Word => Some(key),
        _ => None,
    })?;
    let given = name.iter().any(|token| token.is(key.text));
    let bound = body.windows(2).any(|window| match window {
        [word, mark] => word.is(key.text) && (mark.is(":=") || mark.is("in")) || word.is("some") && mark.is(key.text),
        _ => false,
    });
    let head: String = value.iter().map(|token| token.text).collect();
    (bound && !given).then(|| {
        (
            key.line,
            false,
            format!(
                "the key {} is bound in the body only; write `value {head}` as the last line of the body",
                key.text
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::complaints;

    fn lines(text: &str) -> Vec<usize> {
        complaints("x.rego", text, false).into_iter().map(|problem| problem.line).collect()
    }

    #[test]
    fn a_bare_some_after_other_expressions_is_told() {
        assert_eq!(lines("p if {\n\tx := input.a[_]\n\tsome i\n\tx[i] == 1\n}"), [3]);
        assert_eq!(
            lines("p if {\n\tsome i\n\tinput.a[i] == 1\n}\nq if {\n\ty\n\tsome i, x in input.a\n}"),
            [0_usize; 0]
        );
    }

    #[test]
    fn a_negated_call_on_a_path_is_told() {
        assert_eq!(lines("p if not startswith(input.a, \"x\")"), [1]);
        assert_eq!(lines("p if {\n\tsome f in input.files\n\tnot allowed[f.path]\n}"), [3]);
        assert_eq!(lines("p if not f(lower(x.y))"), [1]);
        for sound in [
            "p if {\n\tv := input.a\n\tnot startswith(v, \"x.y\")\n}",
            "p if not input.a",
            "p if not input.a.b[c]",
            "p if not f(data.lists.ports)",
            "p if not result.ok(x)",
            "p if not allowed[\"a\"]",
        ] {
            assert_eq!(lines(sound), [0_usize; 0], "{sound}");
        }
    }

    #[test]
    fn what_is_not_there_is_told() {
        for call in [
            "http.send({})",
            "rego.metadata.chain()",
            "crypto.sha256(x)",
            "opa.runtime()",
            "regex.match(`a{1000}{1000}`, x)",
        ] {
            assert_eq!(lines(&format!("p if {call}")), [1], "{call}");
        }
        assert_eq!(
            lines("p if my.http.send(x)\nq if regex.match(`^a{1,3}$`, x)\nr if regex.replace(x, `(`, \"b\")"),
            [3]
        );
    }

    #[test]
    fn a_key_that_only_the_body_binds_is_told() {
        assert_eq!(lines("x := m[k] if {\n\tk := input.a\n}"), [1]);
        assert_eq!(lines("f(k) := m[k] if {\n\tk != \"a\"\n}\nx := m[\"k\"] if {\n\tk := 1\n}"), [0_usize; 0]);
    }
}
