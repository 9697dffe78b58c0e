//! Red Hat's list of repositories: which products the packages of each are of.
//!
//! Owns its form. It says nothing of vulnerabilities: images name the repositories that they were built from, statements
//! name products. Each repository is kept as a record under its name, with the products as what it is limited to.

use std::collections::BTreeMap;
use std::io::Read;

use plimsoll_model::{Advisory, Affected, Space};
use plimsoll_packages::red_hat::REPOSITORIES;
use serde::Deserialize;

use crate::feeds::{Covers, Document, Emit, Error, Feed, Input, Item, Part, Role, Wanted};

/// The row.
pub const REDHAT_REPOSITORIES: Feed = Feed {
    id: "redhat-repositories",
    about: "Red Hat's list of repositories with the products that their packages are of; asked for images that say they \
            have packages from other repositories than those of Enterprise Linux",
    licence: "CC BY 4.0",
    passed_on: true,
    freshness: "daily",
    specification: "https://redhatproductsecurity.github.io/security-data-guidelines/scanning-vendors/",
    home: "https://security.access.redhat.com/data/metrics",
    mirror: "redhat/oval",
    documents,
    parse,
};

/// Bytes of the list; the published one has some 10 MB.
const MOST: u64 = 128 << 20;

#[derive(Deserialize)]
struct List {
    data: BTreeMap<String, Repository>,
}

#[derive(Deserialize)]
struct Repository {
    #[serde(default)]
    cpes: Vec<String>,
}

fn documents(wanted: Wanted<'_>) -> Vec<Document> {
    let document = Document {
        name: "repository-to-cpe".into(),
        parts: vec!["repository-to-cpe.json".into()],
        steps: &[],
        covers: Covers::Exactly([Space(REPOSITORIES.into())].into()),
        size: 10_000_000,
        role: Role::Vendor,
    };
    if wanted.includes(&document.covers) { vec![document] } else { Vec::new() }
}

fn parse(input: &mut dyn Input, _: &Part<'_>, emit: Emit<'_>) -> Result<(), Error> {
    let list: List = serde_json::from_reader(std::io::BufReader::new(input.take(MOST)))?;
    for (name, Repository { cpes }) in list.data {
        let affected = Affected {
            space: Space(REPOSITORIES.into()),
            name: name.clone(),
            repositories: cpes.into_iter().filter(|cpe| cpe.starts_with("cpe:/")).collect(),
            ..Affected::default()
        };
        if !name.is_empty() {
            emit(Item::Advisory(Box::new(Advisory { id: name, affected: vec![affected], ..Advisory::default() })));
        }
    }
    Ok(())
}
