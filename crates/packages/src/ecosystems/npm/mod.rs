//! Packages of Node.js and whatever else takes them from npm's registry.
//!
//! Owns the row, and the words that all its files have in common: names, ranges, where a package comes from. Each kind of
//! file has a module of its own; what lock files say of the way to a package is worked out in `graph`.

mod bun;
mod deno;
mod graph;
mod manifest;
mod package_lock;
mod pnpm;
mod tree;
mod yarn;
mod zip;

use plimsoll_model::{Dependency, Origin, Package, Presence, Reader, Wants};

use crate::language::LANGUAGE;
use crate::{Ecosystem, versions};

pub(super) const NPM: Ecosystem = Ecosystem {
    id: "npm",
    about: "JavaScript packages as npm, pnpm, Yarn, Bun and Deno install and lock them",
    readers: &[
        Reader {
            id: "npm/installed",
            version: 1,
            wants: Wants::local(manifest::INSTALLED),
            presence: Presence::Installed,
            read: manifest::read_installed,
        },
        Reader {
            id: "npm/unpacked",
            version: 1,
            wants: Wants::local(manifest::UNPACKED),
            presence: Presence::Installed,
            read: manifest::read_unpacked,
        },
        Reader {
            id: "npm/package-lock",
            version: 2,
            wants: Wants::local(package_lock::PATHS),
            presence: Presence::Locked,
            read: package_lock::read,
        },
        Reader { id: "npm/yarn-lock", version: 1, wants: yarn::WANTS, presence: Presence::Locked, read: yarn::read },
        Reader {
            id: "npm/pnpm-lock",
            version: 2,
            wants: Wants::local(pnpm::PATHS),
            presence: Presence::Locked,
            read: pnpm::read,
        },
        Reader {
            id: "npm/bun-lock",
            version: 1,
            wants: Wants::local(bun::PATHS),
            presence: Presence::Locked,
            read: bun::read,
        },
        Reader {
            id: "npm/deno-lock",
            version: 1,
            wants: Wants::local(deno::PATHS),
            presence: Presence::Locked,
            read: deno::read,
        },
        Reader {
            id: "npm/yarn-cache",
            version: 1,
            wants: Wants::starting(zip::PATHS, &[b"PK\x03\x04"]),
            presence: Presence::Installed,
            read: zip::read,
        },
    ],
    compare: versions::npm::compare,
    satisfies: versions::npm::satisfies,
    ..LANGUAGE
};

/// Longest name that npm has ever let in (<https://docs.npmjs.com/cli/configuring-npm/package-json#name>).
const LONGEST_NAME: usize = 214;
/// What npm itself takes: <https://github.com/npm/node-semver/blob/main/internal/constants.js>.
const LONGEST_VERSION: usize = 256;

/// Whether a text can be the name of a package: `name` or `@scope/name`. Old names have capitals, and characters that
/// are not let in any more.
fn is_name(name: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte))
    };
    let plain = match name.strip_prefix('@').and_then(|rest| rest.split_once('/')) {
        Some((scope, plain)) if is_part(scope) => plain,
        Some(_) => return false,
        None => name,
    };
    name.len() <= LONGEST_NAME && is_part(plain)
}

/// Whether a text can be a version: it begins like one and holds nothing that would not fit on a line.
fn is_version(version: &str) -> bool {
    let digits = version.trim_start_matches(['v', '=']);
    version.len() <= LONGEST_VERSION
        && digits.starts_with(|first: char| first.is_ascii_digit())
        && version.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A need as manifests write it: `"name": "^1.2"`, or `"alias": "npm:name@^1.2"`.
fn dependency(name: &str, requirement: &str) -> Dependency {
    let (name, requirement) = match requirement.strip_prefix("npm:") {
        Some(real) => split_specifier(real),
        None => (name, requirement),
    };
    Dependency { name: name.to_owned(), requirement: requirement.to_owned(), ..Dependency::default() }
}

/// The package that a manifest asks for in one version: `1.2.3`, `=1.2.3`. What has fewer parts is a range.
pub(crate) fn pinned(name: &str, requirement: &str) -> Option<Package> {
    let Dependency { name, requirement, .. } = dependency(name, requirement);
    let version = requirement.trim().trim_start_matches('=').trim_start();
    let numbers = version.split(['-', '+']).next().unwrap_or_default();
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_whole = numbers.split('.').count() == 3 && numbers.split('.').all(is_number);
    let is_one = is_whole && is_version(version) && !version.contains('|');
    (is_one && is_name(&name)).then(|| Package::new("npm", name, version))
}

/// `@scope/name@1.2` → `@scope/name`, `1.2`. No version is empty.
fn split_specifier(specifier: &str) -> (&str, &str) {
    let after_scope = usize::from(specifier.starts_with('@'));
    match specifier.get(after_scope..).and_then(|rest| rest.find('@')) {
        Some(at) => {
            let (name, version) = specifier.split_at(at.saturating_add(after_scope));
            (name, version.strip_prefix('@').unwrap_or(version))
        }
        None => (specifier, ""),
    }
}

/// Whether a package came from a repository or a file rather than from a registry, whose advisories do not speak of it.
/// Mirrors of registries have any host, so that only what is certainly none is told.
fn origin(resolved: &str) -> Origin {
    const ELSEWHERE: [&str; 6] = ["git", "file:", "link:", "portal:", "bitbucket:", "ssh:"];
    const HOSTS: [&str; 5] =
        ["github.com/", "codeload.github.com/", "gitlab.com/", "bitbucket.org/", "api.github.com/"];
    let address = resolved.strip_prefix("https://").or_else(|| resolved.strip_prefix("http://"));
    let is_elsewhere = match address {
        Some(address) => HOSTS.iter().any(|host| address.starts_with(host)) || address.contains(".git#"),
        None => ELSEWHERE.iter().any(|scheme| resolved.starts_with(scheme)),
    };
    if is_elsewhere { Origin::ThirdParty } else { Origin::Unknown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_specifiers() {
        for name in ["a", "left-pad", "@babel/core", "JSONStream", "lodash.get", "_x"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "@a", "@/b", "a/b", ".bin", "a b", "{{name}}", "@a/.b"] {
            assert!(!is_name(name), "{name}");
        }
        assert_eq!(split_specifier("@a/b@npm:1"), ("@a/b", "npm:1"));
        assert_eq!(split_specifier("b@1"), ("b", "1"));
        assert_eq!(split_specifier("@a/b"), ("@a/b", ""));
        assert_eq!(dependency("alias", "npm:@a/b@^1").name, "@a/b");
    }

    #[test]
    fn registries_are_told_from_repositories() {
        for registry in ["", "https://registry.invalid/a/-/a-1.0.0.tgz", "https://mirror.example/npm/a/-/a-1.tgz"] {
            assert_eq!(origin(registry), Origin::Unknown, "{registry}");
        }
        for elsewhere in ["git+ssh://git@github.com/a/b.git#1", "file:../b", "https://codeload.github.com/a/b/tar.gz/1"]
        {
            assert_eq!(origin(elsewhere), Origin::ThirdParty, "{elsewhere}");
        }
    }
}
