//! Azure Linux and its predecessor CBL-Mariner: one OVAL document a release.
//!
//! Owns what is Microsoft's own in it: each definition is about one CVE in one source package, and says beside its criteria
//! whether there is a patch.

use plimsoll_model::{Advisory, Affected, Rating, Space, State};

use super::oval::{self, Definition, Reduced};
use super::{Covers, Document, Emit, Error, Feed, Input, Item, Part, Role, Wanted, bounds};

/// The row.
pub const AZURE_LINUX: Feed = Feed {
    id: "azurelinux-oval",
    about: "Azure Linux and CBL-Mariner: where each source package stands with each vulnerability",
    licence: "MIT",
    passed_on: true,
    freshness: "daily",
    specification: "https://github.com/microsoft/AzureLinuxVulnerabilityData",
    home: "https://raw.githubusercontent.com/microsoft/AzureLinuxVulnerabilityData/main",
    mirror: "azurelinux",
    documents,
    parse,
};

/// Releases that there are when everything is wanted. Those asked for by an image are not limited by it.
const RELEASES: [&str; 3] = ["mariner:1.0", "mariner:2.0", "azurelinux:3.0"];

fn documents(wanted: Wanted<'_>) -> Vec<Document> {
    match wanted {
        Wanted::Everything => RELEASES.iter().filter_map(|space| document(space)).collect(),
        Wanted::Spaces(spaces) => spaces.iter().filter_map(|space| document(space.as_str())).collect(),
    }
}

fn document(space: &str) -> Option<Document> {
    let (distribution, release) = space.split_once(':')?;
    // The release becomes part of a path, and comes from an image.
    let digits = |text: &str| (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    release.split_once('.').filter(|(major, minor)| digits(major) && digits(minor))?;
    let name = match distribution {
        "azurelinux" => "azurelinux",
        "mariner" => "cbl-mariner",
        _ => return None,
    };
    Some(Document {
        name: format!("{name}-{release}"),
        parts: vec![format!("{name}-{release}-oval.xml")],
        steps: &[],
        covers: Covers::Exactly([Space(space.to_owned())].into()),
        size: 5_000_000,
        role: Role::Vendor,
    })
}

fn parse(input: &mut dyn Input, part: &Part<'_>, emit: Emit<'_>) -> Result<(), Error> {
    let Some(space) = part.document.covers.certain().pop_first() else { return Ok(()) };
    oval::each(input, &|_| None, &mut |definition, reduced| {
        if definition.class == "vulnerability" {
            vulnerability(&definition, &reduced, &space, emit);
        }
    })
}

fn vulnerability(definition: &Definition, reduced: &Reduced, space: &Space, emit: Emit<'_>) {
    let ids = definition.cve_ids();
    let [id] = ids.as_slice() else {
        let reason = format!("{} is about {} CVEs, not about one", definition.id, ids.len());
        return emit(Item::Malformed(reason));
    };
    let said = oval::affected(&reduced.clauses, &|_| Some(space.clone()));
    let mut affected = oval::complain(id, said, &reduced.complaints, emit);
    let source = space.as_str().split(':').next().unwrap_or_default();
    let word = Rating { source: source.to_owned(), word: definition.severity.clone(), ..Rating::default() };
    for statement in &mut affected {
        statement.ratings.extend((!word.word.is_empty()).then(|| word.clone()));
        if let Err(reason) = settle(statement, &definition.patchable) {
            return emit(Item::Malformed(format!("{id} in {}: {reason}", statement.name)));
        }
    }
    if affected.is_empty() {
        return;
    }
    let pages = definition.references.iter().map(|reference| reference.url.as_str());
    emit(Item::Advisory(Box::new(Advisory {
        id: id.clone(),
        title: bounds::title(&definition.title, ""),
        references: bounds::references(pages),
        published: definition.issued.clone(),
        affected,
        ..Advisory::default()
    })));
}

/// What there is beside the criteria: "Not Applicable" takes them back, for the CVE "no longer is or was never applicable".
fn settle(statement: &mut Affected, patchable: &str) -> Result<(), String> {
    match (patchable, statement.state) {
        ("Not Applicable", _) => {
            statement.state = State::NotAffected;
            statement.ranges.clear();
            statement.versions.clear();
            Ok(())
        }
        // "No patch available currently": the criteria name the version that was there when this was found.
        ("false", State::Fixed) => Err("it has no patch, but a version with one is named".into()),
        ("true", State::Fixed) | ("false" | "", _) => Ok(()),
        ("true", _) => Err("it is patched, but no version is named".into()),
        (word, _) => Err(format!("whether it is patched is {word:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_that_would_leave_its_folder_is_not_asked_for() {
        let spaces = ["azurelinux:3.0", "mariner:2.0", "mariner:../x.0", "azurelinux:3", "azurelinux:3.0/..", "ol:8"];
        let spaces = spaces.map(|space| Space(space.into())).into();
        let names: Vec<_> = documents(Wanted::Spaces(&spaces)).into_iter().map(|one| one.name).collect();
        assert_eq!(names, ["azurelinux-3.0", "cbl-mariner-2.0"]);
    }
}
