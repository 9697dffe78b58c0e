//! Manifests of a project's folder: what they ask for, and whether a lock file says what that came to.
//!
//! Owns the table of manifests and their lock files, and the gaps of those that have none. Lock files are their ecosystems'
//! readers' business. A `go.mod` names every version itself, and `requirements.txt`, `pom.xml` and projects of .NET have
//! readers of what they pin.

use plimsoll_model::{
    Facts, Gap, GapKind, GapReason, Input, Location, Malformed, Package, Presence, Reader, Requests, Wants,
};
use serde_json::{Map, Value, json};

use crate::ecosystems::{npm, pypi};
use crate::lines::MOST_PACKAGES;
use crate::{document, paths};

/// Bytes of one manifest; nobody writes as many by hand.
const MOST_BYTES: u64 = 4 << 20;

/// Notes what the manifests of a project ask for. Not for images: theirs are what was installed from.
pub const MANIFESTS: Reader = Reader {
    id: "project/manifest",
    version: 1,
    wants: Wants::local(&[
        "**/package.json",
        "**/pyproject.toml",
        "**/Pipfile",
        "**/Cargo.toml",
        "**/composer.json",
        "**/Gemfile",
        "**/pubspec.yaml",
        "**/mix.exs",
    ]),
    presence: Presence::Declared,
    read,
};

/// A kind of manifest.
struct Manifest {
    /// File name.
    name: &'static str,
    /// What it says, as a tree.
    parse: fn(&[u8]) -> Result<Value, Malformed>,
    /// Where in it are lists of requirements, or tables from names to them; a star stands for any name.
    requests: &'static [&'static str],
    /// The like for development alone.
    development: &'static [&'static str],
    /// Whether a name means the language itself rather than a package.
    is_platform: fn(&str) -> bool,
    /// The package that is asked for in one version, by the name (empty in a list) and what is said of it.
    pinned: fn(&str, &str) -> Option<Package>,
    /// What tells, beside the manifest or above it, which versions it came to.
    locks: &'static [&'static str],
    /// What makes the lock file.
    command: &'static str,
}

const TABLE: &[Manifest] = &[
    Manifest {
        name: "package.json",
        parse: |bytes| document::json(bytes),
        requests: &["dependencies", "optionalDependencies"],
        development: &["devDependencies"],
        is_platform: |_| false,
        pinned: npm::pinned,
        locks: &[
            "package-lock.json",
            "yarn.lock",
            "pnpm-lock.yaml",
            "bun.lock",
            "npm-shrinkwrap.json",
            "deno.lock",
            "node_modules",
        ],
        command: "npm install --package-lock-only",
    },
    Manifest {
        name: "pyproject.toml",
        parse: |bytes| document::toml(bytes),
        requests: &["project/dependencies", "project/optional-dependencies/*", "tool/poetry/dependencies"],
        development: &[
            "dependency-groups/*",
            "tool/pdm/dev-dependencies/*",
            "tool/poetry/dev-dependencies",
            "tool/poetry/group/*/dependencies",
        ],
        is_platform: |name| name == "python",
        pinned: |name, requirement| pypi::pinned(&format!("{name}{requirement}")),
        locks: &["uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "Pipfile.lock", "pixi.lock", "requirements.txt"],
        command: "uv lock",
    },
    Manifest {
        name: "Pipfile",
        parse: |bytes| document::toml(bytes),
        requests: &["packages"],
        development: &["dev-packages"],
        is_platform: |_| false,
        pinned: |name, requirement| pypi::pinned(&format!("{name}{requirement}")),
        locks: &["Pipfile.lock"],
        command: "pipenv lock",
    },
    Manifest {
        name: "Cargo.toml",
        parse: |bytes| document::toml(bytes),
        requests: &[
            "dependencies",
            "build-dependencies",
            "target/*/dependencies",
            "target/*/build-dependencies",
            "workspace/dependencies",
        ],
        development: &["dev-dependencies", "target/*/dev-dependencies"],
        is_platform: |_| false,
        pinned: |_, _| None,
        locks: &["Cargo.lock"],
        command: "cargo generate-lockfile",
    },
    Manifest {
        name: "composer.json",
        parse: |bytes| document::json(bytes),
        requests: &["require"],
        development: &["require-dev"],
        // `php`, `ext-json`, `composer-plugin-api`.
        is_platform: |name| !name.contains('/'),
        pinned: |_, _| None,
        locks: &["composer.lock", "vendor/composer/installed.json"],
        command: "composer update --no-install",
    },
    Manifest {
        name: "Gemfile",
        parse: gems,
        requests: &["gems"],
        development: &[],
        is_platform: |_| false,
        pinned: |_, _| None,
        locks: &["Gemfile.lock", "gems.locked"],
        command: "bundle lock",
    },
    Manifest {
        name: "pubspec.yaml",
        parse: |bytes| document::yaml(bytes),
        requests: &["dependencies"],
        development: &["dev_dependencies"],
        is_platform: |_| false,
        pinned: |_, _| None,
        locks: &["pubspec.lock"],
        command: "dart pub get",
    },
    Manifest {
        name: "mix.exs",
        parse: tuples,
        requests: &["tuples"],
        development: &[],
        is_platform: |_| false,
        pinned: |_, _| None,
        locks: &["mix.lock"],
        command: "mix deps.get",
    },
];

fn row(path: &str) -> Option<&'static Manifest> {
    TABLE.iter().find(|manifest| manifest.name == paths::file_name(path))
}

fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let Some(manifest) = row(input.file.path) else { return Ok(Facts::default()) };
    let requests = match document::bytes(input.file.content, MOST_BYTES).and_then(|bytes| requests(manifest, &bytes)) {
        Ok(requests) => requests,
        Err(Malformed(malformed)) => Requests { malformed, ..Requests::default() },
    };
    let is_any = requests.count > 0 || !requests.malformed.is_empty();
    Ok(Facts { requests: is_any.then_some(requests), ..Facts::default() })
}

fn requests(manifest: &Manifest, bytes: &[u8]) -> Result<Requests, Malformed> {
    let mut requests = Requests::default();
    // A template is filled in by its own tool.
    if memchr::memmem::find(bytes, b"{{").is_some() {
        return Ok(requests);
    }
    let document = (manifest.parse)(bytes)?;
    for (places, development) in [(manifest.requests, false), (manifest.development, true)] {
        let found = places.iter().flat_map(|place| at(&document, place));
        found.for_each(|value| take(&mut requests, manifest, value, development));
    }
    Ok(requests)
}

/// The values at a place.
fn at<'v>(document: &'v Value, place: &str) -> Vec<&'v Value> {
    place.split('/').fold(vec![document], |values, part| {
        let tables = values.into_iter().filter_map(Value::as_object);
        tables
            .flat_map(|table| table.iter().filter(|(key, _)| part == "*" || *key == part).map(|(_, value)| value))
            .collect()
    })
}

/// Takes in a list of requirements, or a table of them.
fn take(requests: &mut Requests, manifest: &Manifest, value: &Value, development: bool) {
    let listed = value.as_array().into_iter().flatten().filter(|entry| entry.is_string()).map(|entry| ("", entry));
    let named = value.as_object().into_iter().flatten().map(|(name, entry)| (name.as_str(), entry));
    for (name, entry) in listed.chain(named) {
        if is_local(entry) || !name.is_empty() && (manifest.is_platform)(name) {
            continue;
        }
        requests.count = requests.count.saturating_add(1);
        let pinned = entry.as_str().and_then(|requirement| (manifest.pinned)(name, requirement));
        if requests.pinned.len() < MOST_PACKAGES {
            requests.pinned.extend(pinned.map(|package| Package { direct: true, development, ..package }));
        }
    }
}

/// Whether a requirement means a folder beside the project, whose own manifest says what it asks for.
fn is_local(entry: &Value) -> bool {
    const SCHEMES: [&str; 4] = ["file:", "link:", "portal:", "workspace:"];
    const KEYS: [&str; 2] = ["path", "sdk"];
    let has_key = |table: &Map<String, Value>| KEYS.iter().any(|key| table.contains_key(*key));
    entry.as_str().is_some_and(|text| SCHEMES.iter().any(|scheme| text.starts_with(scheme)))
        || entry.as_object().is_some_and(has_key)
}

/// The `gem "name"` lines of a program in Ruby. Whether they are reached is not worked out.
#[expect(clippy::unnecessary_wraps, reason = "other manifests may be malformed")]
fn gems(bytes: &[u8]) -> Result<Value, Malformed> {
    let text = String::from_utf8_lossy(bytes);
    let gem = |line: &str| {
        let rest = line.trim_start().strip_prefix("gem")?.trim_start_matches([' ', '(']);
        let is_local = rest.contains("path:") || rest.contains(":path");
        let name = rest.strip_prefix(['"', '\''])?.split(['"', '\'']).next()?;
        (!is_local).then(|| name.to_owned())
    };
    Ok(json!({ "gems": text.lines().filter_map(gem).collect::<Vec<_>>() }))
}

/// The `{:name, "~> 1.0"}` of a program in Elixir.
#[expect(clippy::unnecessary_wraps, reason = "other manifests may be malformed")]
fn tuples(bytes: &[u8]) -> Result<Value, Malformed> {
    let text = String::from_utf8_lossy(bytes);
    let code = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let starts = code.flat_map(|line| line.split("{:").skip(1));
    let name = |rest: &str| {
        let (name, rest) = rest.split_once(',')?;
        let rest = rest.trim_start();
        let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        (is_name && ["\"", "git:", "github:"].iter().any(|start| rest.starts_with(start))).then(|| name.to_owned())
    };
    Ok(json!({ "tuples": starts.filter_map(name).collect::<Vec<_>>() }))
}

/// What manifests without a lock file ask for: the packages that they pin, and a gap each, for nobody knows the others.
///
/// `exists` tells whether there is a file or folder at a path.
pub fn unlocked(said: &[(Location, Facts)], exists: impl Fn(&str) -> bool) -> (Vec<Package>, Vec<Gap>) {
    let (mut packages, mut gaps) = (Vec::new(), Vec::new());
    for (location, facts) in said {
        let (Some(requests), Some(manifest)) = (&facts.requests, row(&location.path)) else { continue };
        let folders = location.path.match_indices('/').map(|(end, _)| location.path.get(..=end).unwrap_or_default());
        let mut folders = std::iter::once("").chain(folders);
        if folders.any(|folder| manifest.locks.iter().any(|lock| exists(&format!("{folder}{lock}")))) {
            continue;
        }
        let located = |package: &Package| Package {
            presence: Presence::Declared,
            locations: vec![location.clone()],
            ..package.clone()
        };
        packages.extend(requests.pinned.iter().map(located));
        gaps.push(gap(location, requests, manifest));
    }
    (packages, gaps)
}

fn gap(location: &Location, requests: &Requests, manifest: &Manifest) -> Gap {
    let Requests { count, pinned, malformed } = requests;
    let packages = if *count == 1 { "a package".to_owned() } else { format!("{count} packages") };
    let but = if pinned.is_empty() { "" } else { " beyond what it pins" };
    let (reason, what) = match malformed.as_str() {
        "" => (
            GapReason::Unresolved,
            format!(
                "it asks for {packages} and has no lock file, so their versions and what they bring along are unknown{but}"
            ),
        ),
        why => (GapReason::Malformed, format!("what it asks for is unknown, and it has no lock file: {why}")),
    };
    let lock = manifest.locks.first().unwrap_or(&"");
    let message = format!("{what}; commit {lock} (`{}` makes it)", manifest.command);
    Gap { kind: GapKind::Partial, location: location.path.clone(), reason, message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_model::File;

    fn said(path: &str, text: &str) -> (Location, Facts) {
        let content = text.as_bytes();
        let input = Input { file: File { path, content: &content }, with: &[] };
        (Location { presence: Presence::Declared, ..Location::at(path) }, read(&input).unwrap())
    }

    fn count(path: &str, text: &str) -> usize {
        said(path, text).1.requests.map_or(0, |requests| requests.count)
    }

    #[test]
    fn every_row_is_read() {
        let wanted = MANIFESTS.wants.paths.iter().map(|path| path.trim_start_matches("**/"));
        assert!(wanted.eq(TABLE.iter().map(|manifest| manifest.name)));
        assert!(TABLE.iter().all(|manifest| !manifest.locks.is_empty()));
    }

    #[test]
    fn what_each_manifest_asks_for() {
        for (path, text, expected) in [
            ("a/package.json", r#"{"dependencies": {"a": "^1", "b": "file:../b"}, "devDependencies": {"c": "*"}}"#, 2),
            ("package.json", r#"{"name": "a", "dependencies": []}"#, 0),
            ("package.json", r#"{"name": "{{name}}", "dependencies": {"a": "1"}}"#, 0),
            ("pyproject.toml", "[project]\ndependencies = ['a', 'b>2']\n[project.optional-dependencies]\nx = ['c']", 3),
            ("pyproject.toml", "[tool.poetry.dependencies]\npython = '^3'\na = '^1'\nb = { path = '../b' }", 1),
            ("pyproject.toml", "[build-system]\nrequires = ['setuptools']", 0),
            ("Pipfile", "[packages]\na = '*'\n[dev-packages]\nb = { version = '*' }", 2),
            (
                "Cargo.toml",
                "[dependencies]\na = '1'\nb = { path = 'b' }\n[target.'cfg(unix)'.dependencies]\nc = '1'",
                2,
            ),
            ("composer.json", r#"{"require": {"php": ">=8", "ext-json": "*", "a/b": "^1"}}"#, 1),
            (
                "Gemfile",
                "source 'https://rubygems.org'\ngem 'rails', '~> 7'\n  gem(\"b\")\ngem 'c', path: 'c'\ngemspec\n",
                2,
            ),
            ("pubspec.yaml", "dependencies:\n  flutter:\n    sdk: flutter\n  http: ^1.0.0\n", 1),
            (
                "mix.exs",
                "[{:phoenix, \"~> 1.7\"}, {:b, in_umbrella: true}]\n# {:c, \"1\"}\n{:ok, x}\n{:d, git: \"x\"}",
                2,
            ),
        ] {
            assert_eq!(count(path, text), expected, "{text}");
        }
    }

    #[test]
    fn a_lock_file_beside_or_above_answers() {
        let said = [said("a/b/package.json", r#"{"dependencies": {"a": "^1"}}"#)];
        for (there, gaps) in [
            ("a/b/yarn.lock", 0),
            ("a/package-lock.json", 0),
            ("package-lock.json", 0),
            ("a/c/yarn.lock", 1),
            ("a/b/Cargo.lock", 1),
        ] {
            assert_eq!(unlocked(&said, |path| path == there).1.len(), gaps, "{there}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_a_gap_where_no_lock_file_answers() {
        let said = [said("package.json", "{"), said("a/pubspec.yaml", "dependencies: [")];
        let (packages, gaps) = unlocked(&said, |path| path == "a/pubspec.lock");
        assert!(packages.is_empty());
        assert_eq!(
            gaps.iter().map(|gap| (gap.location.as_str(), gap.reason)).collect::<Vec<_>>(),
            [("package.json", GapReason::Malformed)]
        );
    }

    #[test]
    fn what_is_pinned_without_a_lock_file_is_declared() {
        let npm = r#"{"dependencies": {"lodash": "4.17.4", "a": "1.2", "b": "1.2.3 - 2", "c": "npm:d@=1.0.0-rc.1"}}"#;
        let said = [said("package.json", npm), said("x/Pipfile", "[packages]\nurllib3 = '==1.24.1'\nb = '*'\n")];
        let (packages, gaps) = unlocked(&said, |_| false);
        let told: Vec<_> = packages.iter().map(|package| (package.name.as_str(), package.version.as_str())).collect();
        assert_eq!(told, [("d", "1.0.0-rc.1"), ("lodash", "4.17.4"), ("urllib3", "1.24.1")]);
        assert!(packages.iter().all(|package| package.presence == Presence::Declared && package.direct));
        let told: Vec<_> = gaps.iter().map(|gap| (gap.location.as_str(), gap.kind, gap.reason)).collect();
        let unresolved = (GapKind::Partial, GapReason::Unresolved);
        assert_eq!(told, [("package.json", unresolved.0, unresolved.1), ("x/Pipfile", unresolved.0, unresolved.1)]);
        assert!(gaps[0].message.contains("4 packages") && gaps[0].message.contains("package-lock.json"));
        assert!(unlocked(&said, |path| path.ends_with("lock.json") || path.ends_with(".lock")).0.is_empty());
    }
}
