//! Actions of GitHub, with which a project is built:
//! <https://docs.github.com/actions/reference/workflow-syntax-for-github-actions>.
//!
//! Owns the row and the workflows' references. What an action needs is not known without fetching it.

use std::collections::BTreeSet;

use plimsoll_model::{Facts, Input, Malformed, Package, Presence, Reader, Wants};

use crate::language::{self, LANGUAGE};
use crate::lines::{self, Complaints, MOST_PACKAGES};
use crate::purl::Purl;
use crate::{Ecosystem, versions};

pub(super) const GITHUB: Ecosystem = Ecosystem {
    id: "github",
    about: "Actions that workflows use to build a project, by tag or commit. Their advisories are not read",
    readers: &[Reader {
        id: "github/workflow",
        version: 1,
        wants: Wants::local(&[
            "**/.github/workflows/*.yml",
            "**/.github/workflows/*.yaml",
            "**/.github/actions/*/action.yml",
            "**/.github/actions/*/action.yaml",
        ]),
        presence: Presence::Declared,
        read,
    }],
    normal_name: language::lower_case,
    compare: versions::generic::compare,
    satisfies: versions::generic::satisfies,
    advisory_spaces: |_, _| Vec::new(),
    // The type demands lower case.
    purl: |package, _| {
        let name = package.name.to_ascii_lowercase();
        let (namespace, name) = name.split_once('/').unwrap_or(("", &name));
        Purl { kind: "github", namespace, name, version: &package.version, ..Purl::default() }.to_string()
    },
    ..LANGUAGE
};

/// By line: a workflow's commands hold templates that not every YAML parser takes.
fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut complaints = Complaints::default();
    let mut found = BTreeSet::new();
    lines::walk(input.file.content, &mut complaints, |_, _, line| {
        let line = String::from_utf8_lossy(line);
        let line = line.trim().trim_start_matches("- ").trim_start();
        if let Some(value) = line.strip_prefix("uses:")
            && found.len() < MOST_PACKAGES
        {
            found.extend(action(value));
        }
    })?;
    let packages = found.into_iter().map(|(name, version)| Package {
        direct: true,
        development: true,
        ..Package::new("github", name, version)
    });
    complaints.settle(Facts { packages: packages.collect(), ..Facts::default() })
}

/// Name and reference of `owner/repository/folder@reference`; none of the project's own actions (`./…`), and of images
/// (`docker://…`).
fn action(value: &str) -> Option<(String, String)> {
    let value = value.split(" #").next()?.trim().trim_matches(['"', '\'']);
    let (path, reference) = value.split_once('@')?;
    let mut parts = path.split('/');
    let (owner, repository) = (parts.next()?, parts.next()?);
    let is_plain = |text: &str| {
        !text.is_empty()
            && text != "."
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    let is_reference = !reference.is_empty() && !reference.contains(char::is_whitespace);
    (is_plain(owner) && is_plain(repository) && is_reference)
        .then(|| (format!("{owner}/{repository}"), reference.to_owned()))
}
