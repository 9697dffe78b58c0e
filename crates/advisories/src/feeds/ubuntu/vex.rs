//! Canonical's OpenVEX statements (<https://github.com/openvex/spec>) about Ubuntu's packages.
//!
//! Owns which products count and what the statements' words mean as [`State`]. Left out are statements that something is
//! fixed: their products have the version of today, not that of the fix, which the OSV records have.

use std::borrow::Cow;
use std::collections::BTreeMap;

use plimsoll_model::{Advisory, Affected, Range, Space, State};
use serde::Deserialize;

use super::space;
use crate::feeds::{Emit, Error, Input, Item, Part, bounds, compressed};

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow, default)]
    timestamp: Cow<'a, str>,
    #[serde(borrow)]
    statements: Vec<Statement<'a>>,
}

#[derive(Deserialize)]
struct Statement<'a> {
    #[serde(borrow)]
    vulnerability: Vulnerability<'a>,
    #[serde(borrow, default)]
    products: Vec<Product<'a>>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    #[serde(borrow, default)]
    justification: Cow<'a, str>,
    /// Why, and what is to be done, in one of a few sentences, with notes behind.
    #[serde(borrow, default)]
    action_statement: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Vulnerability<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    description: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Product<'a> {
    #[serde(borrow, rename = "@id")]
    id: Cow<'a, str>,
}

/// Hands over what is said of each CVE.
///
/// # Errors
/// When the archive is not whole.
pub fn parse(input: &mut dyn Input, _: &Part<'_>, emit: Emit<'_>) -> Result<(), Error> {
    compressed::each_file(input, &mut |name, bytes| {
        if !name.ends_with(".json") {
            return;
        }
        match read(bytes) {
            Ok(advisories) => advisories.into_iter().for_each(|advisory| emit(Item::Advisory(Box::new(advisory)))),
            Err(reason) => emit(Item::Malformed(format!("{name}: {reason}"))),
        }
    })
}

/// Package and release, with what is said of it. Statements come in turn: the last one counts.
type Said = BTreeMap<(Space, String), State>;

fn read(bytes: &[u8]) -> Result<Vec<Advisory>, String> {
    let document: Document<'_> = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let mut said: BTreeMap<&str, (&str, Said)> = BTreeMap::new();
    for statement in &document.statements {
        let Some(state) = state(statement)? else { continue };
        let (_, packages) = said
            .entry(&statement.vulnerability.name)
            .or_insert_with(|| (&statement.vulnerability.description, Said::new()));
        packages.extend(
            statement.products.iter().filter_map(|product| source_package(&product.id)).map(|key| (key, state)),
        );
        if packages.len() > bounds::AFFECTED {
            return Err(format!("{} packages are over the limit of {}", packages.len(), bounds::AFFECTED));
        }
    }
    let advisories = said.into_iter().filter(|(_, (_, packages))| !packages.is_empty());
    Ok(advisories
        .map(|(id, (description, packages))| advisory(id, description, &document.timestamp, packages))
        .collect())
}

fn advisory(id: &str, description: &str, timestamp: &str, packages: Said) -> Advisory {
    Advisory {
        id: id.to_owned(),
        title: bounds::title("", description),
        details: bounds::details(description),
        references: bounds::references(std::iter::once(format!("https://ubuntu.com/security/{id}").as_str())),
        modified: timestamp.to_owned(),
        affected: packages.into_iter().map(|((space, name), state)| affected(space, name, state)).collect(),
        ..Advisory::default()
    }
}

/// The version of a product is the latest, not one that the statement is limited to: it is about the package.
fn affected(space: Space, name: String, state: State) -> Affected {
    let all = Range { introduced: "0".into(), ..Range::default() };
    let ranges = if state == State::NotAffected { Vec::new() } else { vec![all] };
    Affected { space, name, ranges, state, ..Affected::default() }
}

/// What a statement means; none when it says nothing of use here.
fn state(statement: &Statement<'_>) -> Result<Option<State>, String> {
    // Notes that somebody took down on the way may hold any word.
    let action =
        statement.action_statement.split_once("CVE Notes").map_or(&*statement.action_statement, |(said, _)| said);
    Ok(Some(match &*statement.status {
        "fixed" => return Ok(None),
        // "Does not exist in the archive" of a package that does: in a channel, of which another statement speaks.
        "not_affected" if statement.justification == "component_not_present" => return Ok(None),
        "not_affected" => State::NotAffected,
        "under_investigation" => State::UnderInvestigation,
        "affected" if action.contains("decided to not fix") => State::WillNotFix,
        "affected" if action.contains("no longer supported") => State::EndOfLife,
        "affected" if action.contains("defer") || action.contains("postpone") => State::FixDeferred,
        "affected" => State::Affected,
        word => return Err(format!("unknown status {word:?}")),
    }))
}

/// Space and name of a product that is a source package: `pkg:deb/ubuntu/curl@7.81.0-1?arch=source&distro=jammy`. Those that
/// are built from it repeat it hundreds of times.
fn source_package(purl: &str) -> Option<(Space, String)> {
    let (path, query) = purl.strip_prefix("pkg:deb/ubuntu/")?.split_once('?')?;
    let qualifier = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let name = path.split_once('@').map_or(path, |(name, _)| name);
    (qualifier("arch")? == "source" && !name.is_empty()).then_some(())?;
    Some((space(&qualifier("distro")?.replace("%2F", "/"))?, name.replace("%2B", "+").replace("%2b", "+")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn source_packages_are_products() {
        let found = |purl| source_package(purl).map(|(space, name)| format!("{space} {name}"));
        let cases = [
            ("pkg:deb/ubuntu/curl@7.81.0-1ubuntu1.24?arch=source&distro=jammy", Some("ubuntu:22.04 curl")),
            (
                "pkg:deb/ubuntu/libsigc%2B%2B@2?distro=esm-apps%2Fbionic&arch=source",
                Some("ubuntu:18.04+esm-apps libsigc++"),
            ),
            ("pkg:deb/ubuntu/curl@7.81.0-1ubuntu1.24?arch=amd64&distro=jammy", None),
            ("pkg:deb/ubuntu/@1?arch=source&distro=jammy", None),
            ("pkg:deb/ubuntu/curl@1?arch=source&distro=unheard-of", None),
            ("pkg:deb/debian/curl@1?arch=source&distro=jammy", None),
            ("", None),
        ];
        for (purl, expected) in cases {
            assert_eq!(found(purl).as_deref(), expected, "{purl}");
        }
    }

    #[test]
    fn sentences_are_states() {
        let said = |status: &str, justification: &str, action: &str| {
            let statement = Statement {
                vulnerability: Vulnerability { name: "CVE-1".into(), description: "".into() },
                products: Vec::new(),
                status: status.to_owned().into(),
                justification: justification.to_owned().into(),
                action_statement: action.to_owned().into(),
            };
            state(&statement).ok().flatten()
        };
        assert_eq!(said("affected", "", "it was decided to not fix it. CVE Notes: deferred"), Some(State::WillNotFix));
        assert_eq!(said("affected", "", "is vulnerable. CVE Notes: no longer supported"), Some(State::Affected));
        assert_eq!(said("affected", "", "is no longer supported."), Some(State::EndOfLife));
        assert_eq!(said("affected", "", "the fix was deferred"), Some(State::FixDeferred));
        assert_eq!(said("not_affected", "vulnerable_code_not_present", ""), Some(State::NotAffected));
        assert_eq!(said("not_affected", "component_not_present", ""), None);
        assert_eq!(said("under_investigation", "", ""), Some(State::UnderInvestigation));
        assert_eq!(said("fixed", "", ""), None);
        assert_eq!(said("maybe", "", ""), None);
    }
}
