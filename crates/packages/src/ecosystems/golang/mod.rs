//! Go modules: <https://go.dev/ref/mod>.
//!
//! Owns the row and the names that Go's vulnerability database has for what comes with the compiler. Sums (`go.sum`) are
//! not read: they list every version that was ever looked at, not those that were chosen.

mod build_info;
mod manifest;
mod program;

use std::collections::BTreeSet;

use plimsoll_model::{Package, Presence, Reader, Space, Wants};

use crate::executable::STARTS;
use crate::language::{LANGUAGE, lower_case};
use crate::purl::Purl;
use crate::{Context, Ecosystem, Named, versions};

pub(super) const GOLANG: Ecosystem = Ecosystem {
    id: "golang",
    about: "Go modules: those that programs were built from, with the standard library, and those that `go.mod` asks for",
    readers: &[
        Reader {
            id: "golang/program",
            version: 1,
            wants: Wants::starting(&["**/*"], STARTS),
            presence: Presence::Installed,
            read: program::read,
        },
        Reader {
            id: "golang/go.mod",
            version: 1,
            wants: Wants::local(&["**/go.mod", "**/go.work"]),
            presence: Presence::Locked,
            read: manifest::read,
        },
    ],
    // Paths that differ in case alone are two modules to Go, but package URLs have none, and nobody publishes both.
    normal_name: lower_case,
    compare: versions::go::compare,
    satisfies: versions::go::satisfies,
    advisory_spaces,
    advisory_names,
    purl,
    ..LANGUAGE
};

/// The module that all programs of Kubernetes are built from.
const KUBERNETES: &str = "k8s.io/kubernetes";

/// Its programs, each of which has vulnerabilities of its own.
const COMPONENTS: &[&str] =
    &["kube-apiserver", "kube-controller-manager", "kube-proxy", "kube-scheduler", "kubectl", "kubelet"];

/// Kubernetes has a list of its own, beside that of Go.
fn advisory_spaces(package: &Package, context: &Context<'_>) -> Vec<Space> {
    let mut spaces = (LANGUAGE.advisory_spaces)(package, context);
    if package.name == KUBERNETES && !spaces.is_empty() {
        spaces.push(Space("kubernetes".into()));
    }
    spaces
}

/// The module's own name, and of Kubernetes those of its programs that are there: of one under another name than its own it
/// is not known which it is, so that it could be any.
fn advisory_names(package: &Package) -> Vec<Named<'_>> {
    let mut names = (LANGUAGE.advisory_names)(package);
    if package.name == KUBERNETES {
        let files = package.locations.iter().filter_map(|location| location.path.rsplit('/').next());
        let known: BTreeSet<&str> = files.filter(|file| COMPONENTS.contains(file)).collect();
        let named = |component: &&str| Named {
            name: format!("{KUBERNETES}/cmd/{component}").into(),
            version: &package.version,
        };
        names.extend(COMPONENTS.iter().filter(|one| known.is_empty() || known.contains(*one)).map(named));
    }
    names
}

/// In lower case, as the type demands, although Go tells upper from lower case.
fn purl(package: &Package, _: &Context<'_>) -> String {
    let path = package.name.to_lowercase();
    let (namespace, name) = path.rsplit_once('/').unwrap_or(("", &path));
    Purl { kind: "golang", namespace, name, version: &package.version, ..Purl::default() }.to_string()
}

/// The name of the standard library in Go's vulnerability database: <https://go.dev/doc/security/vuln/database>.
const STANDARD_LIBRARY: &str = "stdlib";
/// The name of the commands that come with it.
const TOOLCHAIN: &str = "toolchain";

/// What came with the compiler of this version, as `go version` writes it: `go1.21.3`, `go1.22rc1 X:boringcrypto`. None
/// for a compiler between two releases, which has no version that can be compared.
fn released(name: &str, version: &str) -> Option<Package> {
    let version = version.split_ascii_whitespace().next()?.strip_prefix("go")?;
    // Vendors add their own suffix: go1.20.5-google, go1.22.7+auto.
    let version = version.split(['-', '+']).next()?;
    let cut = version.find(|byte: char| byte.is_ascii_alphabetic()).unwrap_or(version.len());
    let (numbers, pre_release) = version.split_at_checked(cut)?;
    let mut parts: Vec<&str> = numbers.split('.').collect();
    if parts.len() > 3 || parts.iter().any(|part| part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    parts.resize(3, "0");
    let mut semantic = parts.join(".");
    if !pre_release.is_empty() {
        let number = pre_release.trim_start_matches(|byte: char| byte.is_ascii_alphabetic());
        let kind = pre_release.strip_suffix(number).unwrap_or(pre_release);
        semantic = format!("{semantic}-{kind}.{number}");
    }
    Some(Package::new("golang", name, semantic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_become_semantic_versions() {
        for (go, expected) in [
            ("go1.21.3", Some("1.21.3")),
            ("go1.20", Some("1.20.0")),
            ("go1.22rc1", Some("1.22.0-rc.1")),
            ("go1.9beta2", Some("1.9.0-beta.2")),
            ("go1.19.4 X:boringcrypto", Some("1.19.4")),
            ("go1.20.5-google", Some("1.20.5")),
            ("devel go1.23-2d7ae3f Tue", None),
            ("devel +1234", None),
            ("go1..2", None),
            ("", None),
        ] {
            assert_eq!(released(STANDARD_LIBRARY, go).map(|package| package.version).as_deref(), expected, "{go}");
        }
    }
}
