//! `packages.config`, the list of what is restored into projects of the older kind:
//! <https://learn.microsoft.com/nuget/reference/packages-config>.
//!
//! Owns the reader. The list is flat: it does not tell what the developers asked for by name.

use plimsoll_model::{Facts, Input, Malformed};

use super::{package, xml};
use crate::lines::{Complaints, MOST_PACKAGES};

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut facts = Facts::default();
    let mut complaints = Complaints::default();
    let walked = xml::walk(input.file.content, |element| {
        if element.name != "package" {
            return;
        }
        let (id, version) = (element.get("id"), element.get("version"));
        match package(id, version) {
            Some(_) if facts.packages.len() >= MOST_PACKAGES => {
                complaints.push(format!("more than {MOST_PACKAGES} packages; {id} not read"));
            }
            Some(mut package) => {
                package.development = element.get("developmentDependency").eq_ignore_ascii_case("true");
                facts.packages.push(package);
            }
            None => complaints.push(format!("a package needs an id and a version, not {id:?} {version:?}")),
        }
    });
    if let Err(malformed) = walked {
        complaints.push(malformed.0);
    }
    complaints.settle(facts)
}
