//! `packages.config`, the list of what is restored into projects of the older kind:
//! <https://learn.microsoft.com/nuget/reference/packages-config>.
//!
//! Owns the reader. The list is flat: it does not tell what the developers asked for by name.

use plimsoll_model::{Facts, Input, Malformed};

use super::package;
use crate::lines::{Complaints, MOST_PACKAGES};
use crate::{document, xml};

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let root = xml::parse(&document::bytes(input.file.content, xml::MOST_BYTES)?)?;
    let mut facts = Facts::default();
    let mut complaints = Complaints::default();
    // Other programs call their settings so too: these have another root.
    for element in root.all("package").filter(|_| root.name == "packages") {
        let (id, version) = (element.attribute("id"), element.attribute("version"));
        match package(id, version) {
            Some(_) if facts.packages.len() >= MOST_PACKAGES => {
                complaints.push(format!("more than {MOST_PACKAGES} packages; {id} not read"));
            }
            Some(mut package) => {
                package.development = element.attribute("developmentDependency").eq_ignore_ascii_case("true");
                facts.packages.push(package);
            }
            None => complaints.push(format!("a package needs an id and a version, not {id:?} {version:?}")),
        }
    }
    complaints.settle(facts)
}
