//! Lock files: `mix.lock` of Elixir's build tool (<https://hexdocs.pm/mix/Mix.Tasks.Deps.html>) and `rebar.lock` of
//! Erlang's (<https://rebar3.org/docs/configuration/dependencies/#lock-files>).
//!
//! Owns the two readers.

use std::collections::BTreeSet;

use plimsoll_model::{Dependency, Facts, File, Input, Malformed, Origin, Package};

use super::terms::{self, Term};
use crate::document;
use crate::lines::Complaints;

/// The public repository; others are an organisation's own.
const PUBLIC: &str = "hexpm";

/// Nothing of what lies in `deps/NAME`: there mix and rebar3 unpack what the project needs, with the lock files from its
/// own development.
fn text(file: File<'_>) -> Result<String, Malformed> {
    if file.path.rsplit('/').nth(2) == Some("deps") {
        return Ok(String::new());
    }
    let bytes = document::bytes(file.content, terms::MOST_BYTES)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// What is wrong with an entry.
fn unknown(entry: &Term<'_>) -> String {
    let name = entry.tuple().first().and_then(Term::word).unwrap_or_default();
    format!("the entry of {name:?} is of no kind that is known")
}

pub(super) fn read_mix(input: &Input<'_>) -> Result<Facts, Malformed> {
    let text = text(input.file)?;
    let terms = terms::parse(&text).map_err(Malformed)?;
    let mut complaints = Complaints::default();
    let mut facts = Facts::default();
    for entry in terms.first().map(Term::list).unwrap_or_default() {
        match mix_package(entry) {
            Some(package) => facts.packages.push(package),
            None => complaints.push(unknown(entry)),
        }
    }
    // Only what nobody needs is certain to be asked for by name.
    let needed: BTreeSet<String> =
        facts.packages.iter().flat_map(|package| &package.depends_on).map(|need| need.name.clone()).collect();
    for package in &mut facts.packages {
        package.direct = !needed.contains(&package.name);
    }
    complaints.settle(facts)
}

/// `"app": {:hex, :name, "1.2.3", "checksum", [:mix], [{:dep, "~> 1.0", [hex: :dep, …]}], "hexpm", "checksum"}` or
/// `"app": {:git, "url", "commit", […]}`.
fn mix_package(entry: &Term<'_>) -> Option<Package> {
    let [app, locked] = entry.tuple() else { return None };
    match locked.tuple() {
        [kind, name, version, rest @ ..] if kind.atom() == Some("hex") => {
            let mut package = Package::new("hex", name.word()?, version.word()?);
            // Checksum, build tools, dependencies, repository; old files end before the last.
            let needs = rest.get(2).map(Term::list).unwrap_or_default();
            package.depends_on = needs.iter().filter_map(need).collect();
            package.depends_on.sort_unstable();
            if rest.get(3).and_then(Term::word).is_some_and(|repository| repository != PUBLIC) {
                package.origin = Origin::ThirdParty;
            }
            Some(package)
        }
        [kind, _, commit, ..] if kind.atom() == Some("git") => {
            let version = commit.word()?;
            Some(Package { origin: Origin::ThirdParty, ..Package::new("hex", app.word()?, version) })
        }
        _ => None,
    }
}

fn need(term: &Term<'_>) -> Option<Dependency> {
    let [app, requirement, options, ..] = term.tuple() else { return None };
    let name = options.value("hex").and_then(Term::word).or(app.word())?;
    let requirement = requirement.word().unwrap_or_default().to_owned();
    Some(Dependency { name: name.to_owned(), version: String::new(), requirement })
}

pub(super) fn read_rebar(input: &Input<'_>) -> Result<Facts, Malformed> {
    let text = text(input.file)?;
    let terms = terms::parse(&text).map_err(Malformed)?;
    // `{"1.2.0", [packages]}.` and checksums, or the packages alone as the first releases wrote it.
    let packages = match terms.first() {
        Some(Term::Tuple(versioned)) => versioned.get(1).map(Term::list).unwrap_or_default(),
        Some(list) => list.list(),
        None => &[],
    };
    let mut complaints = Complaints::default();
    let mut facts = Facts::default();
    for entry in packages {
        match rebar_package(entry) {
            Some(package) => facts.packages.push(package),
            None => complaints.push(unknown(entry)),
        }
    }
    complaints.settle(facts)
}

/// `{<<"app">>,{pkg,<<"name">>,<<"1.2.3">>},0}` or `{<<"app">>,{git,"url",{ref,"commit"}},1}`; the number is how far
/// from the project it is.
fn rebar_package(entry: &Term<'_>) -> Option<Package> {
    let [app, locked, ..] = entry.tuple() else { return None };
    let mut package = match locked.tuple() {
        [kind, name, version, ..] if kind.atom() == Some("pkg") => Package::new("hex", name.word()?, version.word()?),
        [kind, _, reference, ..] if kind.atom().is_some_and(|kind| kind.starts_with("git") || kind == "hg") => {
            let version = reference.word().or_else(|| reference.tuple().get(1)?.word())?;
            Package { origin: Origin::ThirdParty, ..Package::new("hex", app.word()?, version) }
        }
        _ => return None,
    };
    package.direct = matches!(entry.tuple().get(2), Some(Term::Number(0)));
    Some(package)
}
