//! Lists of the packages that another one carries inside itself: `_vendor/vendor.txt` of pip and its kin. Newer ones
//! carry the packages' own metadata as well, which is read as everywhere.
//!
//! Owns which of them are there as a whole.

use plimsoll_model::{Facts, Input, Malformed, Package};

use super::requirement::Requirement;
use super::{installed, requirements};
use crate::lines::Complaints;

/// Of setuptools pip carries the module `pkg_resources` alone, of which setuptools' advisories do not speak.
const IN_PART: &[&str] = &["setuptools"];

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    if installed::is_made_up(input.file.path) {
        return Ok(Facts::default());
    }
    let mut complaints = Complaints::default();
    let mut packages = Vec::new();
    let text = requirements::text(input.file.content)?;
    requirements::each_line(&text, |number, line, _| {
        if let Some((name, version)) = Requirement::parse(line).and_then(|found| Some((found.name, found.pin()?)))
            && !IN_PART.contains(&name)
        {
            requirements::add(&mut packages, Package::new("pypi", name, version), number, &mut complaints);
        }
    });
    complaints.settle(Facts { packages, ..Facts::default() })
}
