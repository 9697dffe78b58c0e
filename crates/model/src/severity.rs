//! How bad something is, and who says so.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How bad, worst last so that `>` reads as "worse than". `Unknown` is below all: it is no judgement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nobody has said.
    #[default]
    Unknown,
    /// Looked at and found not worth fixing (Debian's "unimportant").
    Negligible,
    /// CVSS 0.1–3.9.
    Low,
    /// CVSS 4.0–6.9.
    Medium,
    /// CVSS 7.0–8.9.
    High,
    /// CVSS 9.0–10.
    Critical,
}

impl Severity {
    /// All, worst first: the order of every listing.
    pub const ALL: [Self; 6] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Negligible, Self::Unknown];

    /// The word in reports and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Negligible => "negligible",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Severity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|severity| severity.as_str().eq_ignore_ascii_case(text)).ok_or_else(|| {
            format!("there is no severity {text:?}; there are critical, high, medium, low, negligible, unknown")
        })
    }
}

/// One source's opinion.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Rating {
    /// Who says so: `debian`, `ghsa`, `nvd`…
    pub source: String,
    /// The source's own word (`important`, `not yet assigned`), or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub word: String,
    /// CVSS vector, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub vector: String,
    /// CVSS base score of the vector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// What word or score mean on our scale.
    #[serde(default)]
    pub severity: Severity,
}
