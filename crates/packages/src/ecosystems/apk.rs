//! Alpine and its kin (apk).

use plimsoll_model::Origin;

use crate::{Ecosystem, operating_system, versions};

pub(super) const APK: Ecosystem = Ecosystem {
    id: "apk",
    about: "Alpine and its kin (apk)",
    readers: &[],
    compare: versions::apk::compare,
    advisory_spaces: operating_system::advisory_spaces,
    advisory_names: operating_system::source_name,
    origin: |_, _| Origin::Unknown,
    purl: operating_system::purl,
};
