//! Red Hat, SUSE and their kin (rpm).

use plimsoll_model::Origin;

use crate::{Ecosystem, operating_system, versions};

pub(super) const RPM: Ecosystem = Ecosystem {
    id: "rpm",
    about: "Red Hat, SUSE and their kin (rpm)",
    kind: crate::ecosystem::Kind::System,
    readers: &[],
    compare: versions::rpm::compare,
    advisory_spaces: operating_system::advisory_spaces,
    advisory_names: operating_system::source_name,
    origin: |_, _| Origin::Unknown,
    purl: operating_system::purl,
};
