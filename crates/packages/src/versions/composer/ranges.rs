//! Composer's constraints: `^1.2 || >=2.0.1,<2.1`, `1.0 - 2.0`, `1.2.*`, `dev-main`, with `@stability`.
//!
//! What each means stands at <https://getcomposer.org/doc/articles/versions.md#writing-version-constraints>. A bound
//! without a stability takes in, or leaves out, the development versions of its numbers.

use super::{
    Modifier, Part, compare_normal, is_branch, next_part, normalize, split_numbers, strip_alias, strip_stability,
    strip_v,
};
use crate::versions::operators::holds;

/// Whether a version meets a constraint; `None` when one of them is malformed. A branch meets only its own name.
///
/// ```
/// # use plimsoll_packages::versions::composer;
/// assert_eq!(composer::satisfies("^1.2 || ~2.0.1", "2.0.9"), Some(true));
/// assert_eq!(composer::satisfies("1.0 - 2.0", "2.1"), Some(false));
/// ```
#[must_use]
pub fn satisfies(requirement: &str, version: &str) -> Option<bool> {
    let version = normalize(version)?;
    let mut answer = false;
    for alternative in requirement.trim().replace("||", "|").split('|') {
        let mut is_met = true;
        for one in split_all(alternative.trim()) {
            is_met &= is_met_by(&version, one)?;
        }
        answer |= is_met;
    }
    Some(answer)
}

/// Cuts at commas and spaces, but for those around operators, hyphens and `as`.
fn split_all(text: &str) -> Vec<&str> {
    let is_gap = |byte: &u8| matches!(byte, b' ' | b',');
    let (mut parts, mut start, mut place) = (Vec::new(), 0, 0);
    while let Some(length) = text.as_bytes().get(place..).and_then(|rest| rest.iter().position(is_gap)) {
        let gap_start = place.saturating_add(length);
        let gap = text.as_bytes().iter().skip(gap_start).take_while(|byte| is_gap(byte));
        let (size, commas) = gap.fold((0_usize, 0_usize), |(size, commas), byte| {
            (size.saturating_add(1), commas.saturating_add(usize::from(*byte == b',')))
        });
        place = gap_start.saturating_add(size);
        let (front, back) = (text.get(start..gap_start).unwrap_or_default(), text.get(place..).unwrap_or_default());
        let is_bound = front.is_empty() || front.ends_with("as") || front.ends_with(['=', '>', '<']);
        let goes_on = back.is_empty() || back.starts_with("as");
        let is_span = size == 1 && (front.ends_with('-') || back.starts_with('-'));
        if !is_bound && !goes_on && !is_span && commas <= 1 {
            parts.push(front);
            start = place;
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

fn is_met_by(version: &str, constraint: &str) -> Option<bool> {
    let constraint = strip_alias(constraint);
    let (constraint, stability) = match strip_stability(constraint) {
        Some(("", stability)) => ("*", Some(stability)),
        Some((constraint, stability)) if !constraint.contains([' ', ',']) => (constraint, Some(stability)),
        _ => (constraint, None),
    };
    let constraint = strip_commit(constraint);
    if let Some(answer) = is_met_as_anything(version, constraint) {
        return Some(answer);
    }
    if constraint.starts_with("~>") {
        return None;
    }
    if let Some(bound) = constraint.strip_prefix('~').and_then(Bound::parse) {
        return is_met_as_tilde(version, constraint, &bound);
    }
    if let Some(bound) = constraint.strip_prefix('^').and_then(Bound::parse) {
        return is_met_as_caret(version, constraint, &bound);
    }
    if let Some(answer) = is_met_as_wildcard(version, constraint) {
        return answer;
    }
    if let Some(answer) = is_met_as_span(version, constraint) {
        return answer;
    }
    is_met_as_comparison(version, constraint, stability.filter(|stability| *stability != "stable"))
}

/// A branch without the commit that `#` names.
fn strip_commit(constraint: &str) -> &str {
    let Some((branch, commit)) = constraint.split_once('#') else { return constraint };
    let is_dev = |affix: Option<&str>, text: &str| affix.is_some_and(|affix| affix.eq_ignore_ascii_case(text));
    let is_named = branch.len() > 4 && is_dev(branch.get(..4), "dev-");
    let is_numbered =
        branch.len() > 6 && is_dev(branch.len().checked_sub(6).and_then(|start| branch.get(start..)), ".x-dev");
    let is_whole = !commit.is_empty() && !branch.contains([',', ' ', '@']);
    if is_whole && (is_named || is_numbered) { branch } else { constraint }
}

/// `*`, and `x.x` or `v*`, which are no branches.
fn is_met_as_anything(version: &str, constraint: &str) -> Option<bool> {
    let stars = strip_v(constraint);
    if !stars.split('.').all(|part| matches!(part, "x" | "X" | "*")) {
        return None;
    }
    Some((stars == constraint && stars.len() == 1) || !is_branch(version))
}

/// Whether `version` stands so to a normal form; branches stand in no order.
fn is_related(version: &str, operator: &str, bound: &str) -> bool {
    if is_branch(version) || is_branch(bound) {
        return match operator {
            "!=" | "<>" => version != bound,
            "=" | "==" => version == bound,
            _ => false,
        };
    }
    let order = compare_normal(version, bound);
    holds(operator, order).unwrap_or_else(|| order.is_ne())
}

fn is_between(version: &str, lower: &str, upper: &str) -> bool {
    is_related(version, ">=", lower) && is_related(version, "<", upper)
}

/// A version as it may stand behind `~` and `^`, and around a hyphen.
struct Bound<'a> {
    /// One to four.
    numbers: Vec<&'a str>,
    has_stability: bool,
    /// Whether it is a branch like `1.x-dev`.
    is_wild: bool,
}

impl<'a> Bound<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (text, build) = text.split_once('+').map_or((text, None), |(text, build)| (text, Some(build)));
        let is_build = |build: &str| !build.is_empty() && !build.contains(char::is_whitespace);
        let (numbers, rest) = split_numbers(strip_v(text), 4).filter(|_| build.is_none_or(is_build))?;
        let numbers = numbers.split('.').collect();
        if let Some(modifier) = Modifier::parse(rest) {
            let has_stability = !modifier.stability.is_empty() || modifier.is_dev;
            return Some(Self { numbers, has_stability, is_wild: false });
        }
        let dev = rest.strip_prefix('.')?.strip_prefix(['x', 'X', '*'])?;
        let dev = dev.strip_prefix(['.', '-']).unwrap_or(dev);
        dev.eq_ignore_ascii_case("dev").then_some(Self { numbers, has_stability: true, is_wild: true })
    }

    fn number(&self, index: usize) -> &'a str {
        self.numbers.get(index).copied().unwrap_or_default()
    }

    /// Its numbers up to `position` with one more in the last of them, as a bound that leaves out that number's
    /// development versions too.
    fn raise(&self, position: usize) -> Option<String> {
        let last = self.number(position.checked_sub(1)?).parse::<u64>().ok()?.checked_add(1)?.to_string();
        let front = self.numbers.iter().take(position.checked_sub(1)?).copied();
        let numbers: Vec<&str> = front.chain([last.as_str()]).chain(std::iter::repeat("0")).take(4).collect();
        Some(format!("{}-dev", numbers.join(".")))
    }

    /// The normal form of `constraint` behind its operator, development versions included when it names no stability.
    fn lower(&self, constraint: &str) -> Option<String> {
        normalize(&format!("{}{}", constraint.get(1..)?, if self.has_stability { "" } else { "-dev" }))
    }
}

fn is_met_as_tilde(version: &str, constraint: &str, bound: &Bound<'_>) -> Option<bool> {
    let given = bound.numbers.len().saturating_add(usize::from(bound.is_wild));
    let upper = bound.raise(given.saturating_sub(1).max(1))?;
    Some(is_between(version, &bound.lower(constraint)?, &upper))
}

fn is_met_as_caret(version: &str, constraint: &str, bound: &Bound<'_>) -> Option<bool> {
    let position = match (bound.number(0), bound.number(1), bound.number(2)) {
        ("0", "0", patch) if !patch.is_empty() => 3,
        ("0", minor, _) if !minor.is_empty() => 2,
        _ => 1,
    };
    Some(is_between(version, &bound.lower(constraint)?, &bound.raise(position)?))
}

/// `1.2.*`; the outer `None` when it is something else.
fn is_met_as_wildcard(version: &str, constraint: &str) -> Option<Option<bool>> {
    let (numbers, stars) = split_numbers(constraint.strip_prefix('v').unwrap_or(constraint), 3)?;
    if !stars.strip_prefix('.')?.split('.').all(|part| matches!(part, "x" | "X" | "*")) {
        return None;
    }
    let numbers: Vec<&str> = numbers.split('.').collect();
    let lower: Vec<&str> = numbers.iter().copied().chain(std::iter::repeat("0")).take(4).collect();
    let lower = format!("{}-dev", lower.join("."));
    let position = numbers.len();
    let upper = Bound { numbers, has_stability: true, is_wild: false }.raise(position);
    Some(
        upper.map(|upper| {
            is_related(version, "<", &upper) && (lower == "0.0.0.0-dev" || is_related(version, ">=", &lower))
        }),
    )
}

/// `1.0 - 2.0`; the outer `None` when it is something else.
fn is_met_as_span(version: &str, constraint: &str) -> Option<Option<bool>> {
    let (from, to) = constraint.split_once(" - ")?;
    let (from, to) = (from.trim_end_matches(' '), to.trim_start_matches(' '));
    let (lower, upper) = (Bound::parse(from)?, Bound::parse(to)?);
    Some(is_in_span(version, (from, &lower), (to, &upper)))
}

fn is_in_span(version: &str, (from, lower): (&str, &Bound<'_>), (to, upper): (&str, &Bound<'_>)) -> Option<bool> {
    let mut from = normalize(from)?;
    if !lower.has_stability {
        from.push_str("-dev");
    }
    let to = normalize(to)?;
    let is_below = if upper.numbers.len() >= 3 || upper.has_stability {
        is_related(version, "<=", &to)
    } else {
        is_related(version, "<", &upper.raise(upper.numbers.len())?)
    };
    Some(is_related(version, ">=", &from) && is_below)
}

fn is_met_as_comparison(version: &str, constraint: &str, stability: Option<&str>) -> Option<bool> {
    const OPERATORS: [&str; 8] = ["<>", "!=", ">=", ">", "<=", "<", "==", "="];
    let operator = OPERATORS.into_iter().find(|operator| constraint.starts_with(operator)).unwrap_or_default();
    let text = constraint.get(operator.len()..)?.trim_start();
    let mut bound = normalize(text).or_else(|| normalize_named_branch(text))?;
    match stability {
        Some(stability) if !matches!(operator, "" | "=" | "==") && is_stable(&bound) => {
            bound = format!("{bound}-{stability}");
        }
        _ if matches!(operator, "<" | ">=") && !ends_in_stability(text) && !text.starts_with("dev-") => {
            bound.push_str("-dev");
        }
        _ => {}
    }
    Some(is_related(version, if operator.is_empty() { "=" } else { operator }, &bound))
}

/// `foo-dev`, by which people mean `dev-foo`.
fn normalize_named_branch(text: &str) -> Option<String> {
    let name = text.strip_suffix("-dev")?;
    let is_name = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'/'));
    if is_name { normalize(&format!("dev-{name}")) } else { None }
}

fn is_stable(normal: &str) -> bool {
    let mut rest = normal.as_bytes();
    let parts = std::iter::from_fn(|| Some(next_part(&mut rest)).filter(|part| *part != Part::End));
    !is_branch(normal) && { parts }.all(|part| matches!(part, Part::Number(_) | Part::Patch | Part::Other))
}

/// Whether what follows some hyphen is a stability. Composer looks for `RC` where it made all letters small, so that
/// release candidates do not count; what it does is what its users get.
fn ends_in_stability(text: &str) -> bool {
    text.match_indices('-').any(|(place, _)| {
        let modifier = text.get(place..).and_then(|rest| rest.get(1..)).and_then(Modifier::parse);
        modifier.is_some_and(|modifier| !modifier.stability.eq_ignore_ascii_case("rc"))
    })
}
