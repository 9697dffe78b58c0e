//! Programs as Bitnami packs them into its images: <https://github.com/package-url/purl-spec/blob/main/types-doc/bitnami-definition.md>.
//!
//! Owns the row. What says that they are there are the SPDX documents beside them, which `sbom` reads.

use crate::language::{LANGUAGE, lower_case};
use crate::{Ecosystem, versions};

pub(super) const BITNAMI: Ecosystem = Ecosystem {
    id: "bitnami",
    about: "Programs in the images of Bitnami, by the SPDX documents below `opt/bitnami`",
    normal_name: lower_case,
    compare: versions::bitnami::compare,
    satisfies: versions::bitnami::satisfies,
    ..LANGUAGE
};
