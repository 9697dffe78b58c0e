//! `NAME.nuspec` of a package that was unpacked: <https://learn.microsoft.com/nuget/reference/nuspec>.
//!
//! Owns the reader.

use plimsoll_model::{Facts, Input, Malformed};

use super::{dependencies, package};
use crate::xml::Element;
use crate::{document, xml};

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let root = xml::parse(&document::bytes(input.file.content, xml::MOST_BYTES)?)?;
    let Some(metadata) = root.child("metadata") else { return Ok(Facts::default()) };
    let (id, version) = (metadata.text_of("id"), metadata.text_of("version"));
    let Some(mut package) = package(id, version) else {
        return Err(Malformed(format!("a package needs an id and a version, not {id:?} {version:?}")));
    };
    let licence = metadata.child("license").filter(|licence| licence.attribute("type") == "expression");
    licence.map_or("", |licence| &licence.text).clone_into(&mut package.licence);
    package.development = metadata.text_of("developmentDependency").eq_ignore_ascii_case("true");
    // Directly, or by framework.
    let needs = metadata.all("dependencies").flat_map(|list| list.all("dependency").chain(by_framework(list)));
    package.depends_on = dependencies(needs.map(|need| need.attribute("id")).filter(|id| !id.is_empty()));
    Ok(Facts { packages: vec![package], ..Facts::default() })
}

fn by_framework(list: &Element) -> impl Iterator<Item = &Element> {
    list.all("group").flat_map(|group| group.all("dependency"))
}
