//! Debian, Ubuntu and their kin (dpkg).

use plimsoll_model::Origin;

use crate::{Ecosystem, operating_system, versions};

pub(super) const DEB: Ecosystem = Ecosystem {
    id: "deb",
    about: "Debian, Ubuntu and their kin (dpkg)",
    readers: &[],
    compare: versions::deb::compare,
    advisory_spaces: operating_system::advisory_spaces,
    advisory_names: operating_system::source_name,
    origin: |_, _| Origin::Unknown,
    purl: operating_system::purl,
};
