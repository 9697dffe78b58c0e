//! Checks: Rego files that say what is wrong with a document about an image, a Dockerfile or Kubernetes objects.
//!
//! A [`Pack`] holds the built-in checks of the folder `checks/` at the root of the repository, and those of users beside
//! them. [`evaluate`] judges one document by them; [`findings`] makes findings of what it says. CONTRIBUTING has the recipe
//! for a check. Making the documents is not done here.
//!
//! What could not be looked at never passes: a check whose section of the document is missing, that takes too long or that
//! trips over the document is *not assessed*, with the reason.

mod builtin;
mod cuts;
mod evaluation;
mod findings;
mod metadata;
mod pack;
mod reference;
mod results;
mod sections;
mod settings;
mod testing;
mod user;

use std::collections::BTreeMap;

use plimsoll_model::Severity;
use serde::{Deserialize, Serialize};

pub use evaluation::{Described, Judged, Limits, evaluate};
pub use findings::findings;
pub use metadata::MetadataError;
pub use pack::{Checks, Pack, PackError};
pub use reference::reference;
pub use results::Hit;
pub use settings::no_check;
pub use testing::{TestOutcome, scaffold};

/// Which document a check judges.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum InputKind {
    /// What an image holds.
    #[default]
    #[serde(rename = "image/v1")]
    Image,
    /// The instructions of a Dockerfile.
    #[serde(rename = "dockerfile/v1")]
    Dockerfile,
    /// Objects of Kubernetes manifests.
    #[serde(rename = "kubernetes/v1")]
    Kubernetes,
}

impl InputKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Image, Self::Dockerfile, Self::Kubernetes];

    /// The word in a check's metadata.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image/v1",
            Self::Dockerfile => "dockerfile/v1",
            Self::Kubernetes => "kubernetes/v1",
        }
    }
}

/// Who wrote a check.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Author {
    /// It comes with Plimsoll.
    #[default]
    Plimsoll,
    /// The user brought it.
    User,
}

/// One check.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Check {
    /// `CFG-001`.
    pub id: String,
    /// What is wrong when it fails.
    pub title: String,
    /// Why that matters.
    pub why: String,
    /// Of its findings, unless they say otherwise.
    pub severity: Severity,
    /// What it is about: the name of its folder.
    pub family: String,
    /// Which document it judges.
    pub input: InputKind,
    /// Sections of the document without which it is not run, dotted.
    pub needs: Vec<String>,
    /// Sections that it looks at where they are there.
    pub optional: Vec<String>,
    /// What to do.
    pub remedy: String,
    /// Ids of the like check of other scanners.
    pub aliases: Vec<String>,
    /// Controls of standards that it speaks to: `nist-800-53` to `AC-6`.
    pub standards: BTreeMap<String, Vec<String>>,
    /// Its parameters with their defaults.
    pub params: serde_json::Map<String, serde_json::Value>,
    /// A finer word than the family, or empty.
    pub kind: String,
    /// Its Rego package: `plimsoll.checks.cfg_001`.
    pub package: String,
    /// The file, for messages.
    pub file: String,
    /// The Rego text.
    pub source: String,
    /// Who wrote it.
    pub author: Author,
    /// Why it cannot be run at all, or empty.
    pub broken: String,
}

/// Something about a file of checks that its author has to know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Problem {
    /// The file.
    pub file: String,
    /// Counted from 1; 0 for the file as a whole.
    pub line: usize,
    /// Whether the check cannot be relied on, rather than that it may surprise.
    pub fatal: bool,
    /// What, and how to write it instead; lower case, no full stop.
    pub message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.message),
            line => write!(f, "{}:{line}: {}", self.file, self.message),
        }
    }
}
