//! OpenWrt and other embedded systems (opkg).

use plimsoll_model::Origin;

use crate::{Ecosystem, operating_system, versions};

pub(super) const OPKG: Ecosystem = Ecosystem {
    id: "opkg",
    about: "OpenWrt and other embedded systems (opkg)",
    readers: &[],
    compare: versions::deb::compare,
    advisory_spaces: operating_system::advisory_spaces,
    advisory_names: operating_system::source_name,
    origin: |_, _| Origin::Unknown,
    purl: operating_system::purl,
};
