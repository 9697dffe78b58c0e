//! Arch Linux (pacman).

use plimsoll_model::Origin;

use crate::{Ecosystem, operating_system, versions};

pub(super) const ALPM: Ecosystem = Ecosystem {
    id: "alpm",
    about: "Arch Linux (pacman)",
    readers: &[],
    compare: versions::alpm::compare,
    advisory_spaces: operating_system::advisory_spaces,
    advisory_names: operating_system::source_name,
    origin: |_, _| Origin::Unknown,
    purl: operating_system::purl,
};
