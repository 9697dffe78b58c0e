//! Everything that was found in an image.

use serde::{Deserialize, Serialize};

use crate::{Distro, Package};

/// What is installed, before any judgement. This is what a server keeps and matches again when advisories change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inventory {
    /// The operating system, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distro: Option<Distro>,
    /// Sorted by ecosystem, name, version, architecture.
    pub packages: Vec<Package>,
}
