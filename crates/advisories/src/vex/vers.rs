//! Ranges of versions in the notation `vers:` (<https://github.com/package-url/vers-spec>).
//!
//! Owns reading them and whether a version is inside, in the order of the ecosystem that the range names.

use std::cmp::Ordering;

use super::purl::order;

/// A range. What cannot be ordered is not inside, and says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vers {
    /// As it was written.
    pub text: String,
    /// The package URL type whose order counts.
    kind: String,
    /// Comparator and version, in ascending order as the notation demands; none for all versions.
    constraints: Vec<(Comparator, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Longest first, so that `<=` is not taken for `<`.
const COMPARATORS: [(&str, Comparator); 6] = [
    ("!=", Comparator::NotEqual),
    ("<=", Comparator::LessOrEqual),
    (">=", Comparator::GreaterOrEqual),
    ("<", Comparator::Less),
    (">", Comparator::Greater),
    ("=", Comparator::Equal),
];

/// Constraints of one range. Databases list a few dozen versions at most.
const MOST: usize = 1000;

impl Vers {
    /// Reads a range.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = |why: &str| format!("{text:?} is no range of versions: {why}");
        let (kind, list) =
            text.strip_prefix("vers:").and_then(|rest| rest.split_once('/')).ok_or_else(|| wrong("no vers:TYPE/"))?;
        let kind = if kind == "semver" { "npm" } else { kind };
        let mut constraints = Vec::new();
        for part in list.split('|').map(str::trim).filter(|part| !part.is_empty() && *part != "*") {
            if constraints.len() >= MOST {
                return Err(wrong("too many parts"));
            }
            let known = COMPARATORS.iter().find_map(|(sign, known)| Some((*known, part.strip_prefix(sign)?)));
            let (comparator, version) = known.unwrap_or((Comparator::Equal, part));
            let version = decoded(version.trim()).ok_or_else(|| wrong("a broken percent sign"))?;
            constraints.push((comparator, version));
        }
        if constraints.is_empty() && !list.contains('*') {
            return Err(wrong("nothing in it"));
        }
        Ok(Self { text: text.into(), kind: kind.into(), constraints })
    }

    /// One version only.
    pub fn only(version: &str) -> Self {
        Self { text: version.into(), kind: String::new(), constraints: vec![(Comparator::Equal, version.into())] }
    }

    /// Whether the version of a package of this type is inside; none when it cannot be ordered.
    pub fn contains(&self, kind: &str, version: &str) -> Option<bool> {
        let kind = if self.kind.is_empty() { kind } else { &self.kind };
        let compare = |bound: &str| if bound == version { Some(Ordering::Equal) } else { order(kind, version, bound) };
        let mut bounds = Vec::with_capacity(self.constraints.len());
        for (comparator, bound) in &self.constraints {
            let against = compare(bound)?;
            match (comparator, against) {
                (Comparator::NotEqual, Ordering::Equal) => return Some(false),
                (Comparator::Equal, Ordering::Equal) => return Some(true),
                (Comparator::Equal | Comparator::NotEqual, _) => {}
                _ => bounds.push((*comparator, against)),
            }
        }
        let excludes_only = self.constraints.iter().all(|(comparator, _)| *comparator == Comparator::NotEqual);
        Some(if bounds.is_empty() { excludes_only } else { is_between(&bounds) })
    }
}

/// Ascending bounds cut the versions into stretches: a lower bound opens one, an upper bound ends it.
fn is_between(bounds: &[(Comparator, Ordering)]) -> bool {
    let mut open = !matches!(bounds.first(), Some((Comparator::Greater | Comparator::GreaterOrEqual, _)));
    for (comparator, against) in bounds {
        match comparator {
            Comparator::Greater => open = against.is_gt(),
            Comparator::GreaterOrEqual => open = against.is_ge(),
            Comparator::Less if open && against.is_lt() => return true,
            Comparator::LessOrEqual if open && against.is_le() => return true,
            _ => open = false,
        }
    }
    open
}

/// Without percent signs; none when one of them stands for nothing.
pub fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, after) = rest.split_first_chunk::<2>()?;
        bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::Vers;

    #[test]
    fn ranges_hold_what_the_notation_says() {
        for (range, inside, outside) in [
            ("vers:deb/*", vec!["1", "9:9"], vec![]),
            ("vers:deb/<1.1.1n-1", vec!["1.1.1k-1", "1.1.1n-1~rc"], vec!["1.1.1n-1", "1:0"]),
            (
                "vers:npm/>=1.0.0|<=1.2.0|>=2.0.0|<2.1.0",
                vec!["1.0.0", "1.2.0", "2.0.5"],
                vec!["0.9.0", "1.3.0", "2.1.0"],
            ),
            ("vers:pypi/1.0|2.0", vec!["1.0", "2.0.0"], vec!["1.5", "3.0"]),
            ("vers:npm/>1.0.0|!=1.5.0", vec!["1.0.1", "9.0.0"], vec!["1.0.0", "1.5.0"]),
            ("vers:npm/!=1.5.0", vec!["1.0.0"], vec!["1.5.0"]),
            ("vers:npm/0.5.0|>=1.0.0|<2.0.0", vec!["0.5.0", "1.0.0"], vec!["0.6.0", "2.0.0"]),
            ("vers:deb/>=1%3A1.0", vec!["1:1.0"], vec!["2.0"]),
        ] {
            let kind = range.split([':', '/']).nth(1).unwrap();
            let vers = Vers::parse(range).unwrap();
            inside.iter().for_each(|version| assert_eq!(vers.contains(kind, version), Some(true), "{version} {range}"));
            outside
                .iter()
                .for_each(|version| assert_eq!(vers.contains(kind, version), Some(false), "{version} {range}"));
        }
    }

    #[test]
    fn what_cannot_be_ordered_is_not_inside() {
        assert_eq!(Vers::parse("vers:unheard-of/<1").unwrap().contains("deb", "0"), None);
        for text in ["", "1.0", "vers:deb", "vers:deb/", "vers:deb/<%zz"] {
            assert!(Vers::parse(text).is_err(), "{text:?}");
        }
    }
}
