//! The operating system inside an image.

use serde::{Deserialize, Serialize};

/// The distribution that an image's root belongs to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distro {
    /// os-release's `ID`, normalised: `debian`, `alpine`, `rhel`…
    pub id: String,
    /// The version that advisories are published for or more exact: `12.5`, `3.18.4`, `9.3`; empty for rolling releases.
    pub version: String,
    /// For people: `Debian GNU/Linux 12 (bookworm)`.
    pub name: String,
    /// `VERSION_CODENAME`, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub codename: String,
    /// os-release's `ID_LIKE`, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub like: Vec<String>,
    /// Update channels that the image has turned on (`esm-infra`, `eus`, `edge`…), sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<String>,
    /// The repositories that its packages come from, where the image tells (Red Hat's content sets), by name or as CPE,
    /// sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repositories: Vec<String>,
}

/// What one file says about the distribution; the most telling ones together make a [`Distro`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Keys as in os-release, lower case (`id`, `version_id`, `name`…), values unquoted.
    pub fields: Vec<(String, String)>,
}

impl Release {
    /// The value of a key, if it is there and not empty.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }
}
