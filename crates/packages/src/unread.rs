//! Packages that Plimsoll recognises but has no reader for yet: they must not be missing in silence.
//!
//! Owns the table of their traces. A row goes when its ecosystem comes.

use std::collections::HashSet;

use plimsoll_model::{Gap, GapKind, GapReason, Owned};

use crate::paths;

/// Traces of packages without a reader.
struct Trace {
    /// What they are, for people.
    packages: &'static str,
    /// Whether a file stands for one of them.
    is_one: fn(&str) -> bool,
}

const TRACES: &[Trace] =
    &[Trace { packages: "R packages", is_one: is_r }, Trace { packages: "Julia packages", is_one: is_julia }];

/// `library/NAME/DESCRIPTION` or `site-library/NAME/DESCRIPTION`.
fn is_r(path: &str) -> bool {
    let mut folders = path.rsplit('/');
    folders.next() == Some("DESCRIPTION") && matches!(folders.nth(1), Some("library" | "site-library"))
}

/// `packages/NAME/HASH/Project.toml` in a depot.
fn is_julia(path: &str) -> bool {
    let mut folders = path.rsplit('/');
    folders.next() == Some("Project.toml") && folders.nth(2) == Some("packages")
}

/// One gap for each kind of package that the files of an image show and that no reader reads. Files that belong to an
/// operating-system package do not count: its advisories speak about them.
#[must_use]
pub fn unread(files: impl Iterator<Item = Vec<u8>>, owned: &[Owned]) -> Vec<Gap> {
    let mut seen: Vec<Vec<String>> = vec![Vec::new(); TRACES.len()];
    for path in files {
        let path = String::from_utf8_lossy(&path);
        for (trace, seen) in TRACES.iter().zip(&mut seen) {
            if (trace.is_one)(&path) {
                seen.push(path.clone().into_owned());
            }
        }
    }
    let owned = owned_among(seen.iter().flatten().map(|path| paths::merged(path)).collect(), owned);
    seen.iter_mut().for_each(|paths| paths.retain(|path| !owned.contains(paths::merged(path))));
    TRACES.iter().zip(seen).filter_map(|(trace, paths)| gap(trace, &paths)).collect()
}

/// Those of the paths that packages own. The lists may hold a million paths; what is asked for are a few hundred.
fn owned_among<'o>(asked: HashSet<&str>, owned: &'o [Owned]) -> HashSet<&'o str> {
    if asked.is_empty() {
        return HashSet::new();
    }
    let all = owned.iter().flat_map(|list| list.paths.lines()).map(paths::merged);
    all.filter(|path| asked.contains(path)).collect()
}

fn gap(trace: &Trace, paths: &[String]) -> Option<Gap> {
    let first = paths.iter().min()?;
    let message = format!(
        "{} {} were not read, so their vulnerabilities are not in this report; this version has no reader for them",
        paths.len(),
        trace.packages
    );
    Some(Gap { kind: GapKind::Blind, location: first.clone(), reason: GapReason::Unsupported, message })
}

#[cfg(test)]
mod tests {
    use plimsoll_model::{GapKind, Owned};

    use super::unread;

    fn gaps(paths: &[&str], owned: &str) -> Vec<String> {
        let owned = [Owned { package: "node-six".into(), paths: owned.into() }];
        let gaps = unread(paths.iter().map(|path| path.as_bytes().to_vec()), &owned);
        assert!(gaps.iter().all(|gap| gap.kind == GapKind::Blind));
        gaps.into_iter()
            .map(|gap| format!("{}: {}", gap.location, gap.message.split(" were").next().unwrap()))
            .collect()
    }

    #[test]
    fn traces_are_counted_by_kind() {
        let paths = [
            "usr/local/lib/R/site-library/Rcpp/DESCRIPTION",
            "usr/local/lib/R/site-library/Rcpp/tests/DESCRIPTION",
            "root/.julia/packages/JSON/93Ea8/Project.toml",
            "root/.julia/packages/JSON/93Ea8/test/Project.toml",
        ];
        let expected = [
            "usr/local/lib/R/site-library/Rcpp/DESCRIPTION: 1 R packages",
            "root/.julia/packages/JSON/93Ea8/Project.toml: 1 Julia packages",
        ];
        assert_eq!(gaps(&paths, ""), expected);
    }

    #[test]
    fn what_the_system_owns_is_spoken_for() {
        let path = "usr/lib/R/library/stats/DESCRIPTION";
        assert_eq!(gaps(&[path], path), Vec::<String>::new());
        assert_eq!(gaps(&[], ""), Vec::<String>::new());
    }
}
