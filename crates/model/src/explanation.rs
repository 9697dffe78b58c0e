//! Why an image has a vulnerability, or has not; how a check of it came out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Checked, DataSource, Finding, Gap, ImageSummary, Location, Rating, Space, State, Tool};

/// Everything that decided whether one vulnerability is in an image, or what one check came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// What made it.
    pub tool: Tool,
    /// The moment that the answer is for, RFC 3339 in UTC.
    pub as_of: String,
    /// What was scanned.
    pub image: ImageSummary,
    /// The id that was asked for.
    pub id: String,
    /// Every name of the same vulnerability in the data at hand, sorted; empty when they know none.
    pub names: Vec<String>,
    /// Packages of the image that an advisory with one of these names speaks about, sorted.
    pub packages: Vec<Explained>,
    /// Packages that such advisories name in spaces that the image asks about, and that are not in it; sorted.
    pub absent: Vec<Absent>,
    /// How many packages of the image, which advisories speak about as well, were not asked for.
    #[serde(default)]
    pub left_out: usize,
    /// The name that was asked for, where no package of the image has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown_package: Option<UnknownPackage>,
    /// The check, where the id is that of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Box<ExplainedCheck>>,
    /// What could not be seen or decided in the whole image.
    pub gaps: Vec<Gap>,
    /// Which data answered.
    pub data: Vec<DataSource>,
}

/// A name that no package of an image has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownPackage {
    /// As it was asked for.
    pub name: String,
    /// The name of a package that was probably meant, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub nearest: String,
}

/// How one check came out, and what it is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExplainedCheck {
    /// Its result.
    #[serde(flatten)]
    pub checked: Checked,
    /// Why it matters.
    pub why: String,
    /// What to do.
    pub remedy: String,
    /// Which document it judges: `image/v1`.
    pub input: String,
    /// Controls of standards that it speaks to: `nist-800-53` to `AC-6`.
    pub standards: BTreeMap<String, Vec<String>>,
    /// Its findings, and those under other ids that it rests on.
    pub found: Vec<Finding>,
}

/// A package that advisories name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Absent {
    /// Where the name is meant.
    pub space: Space,
    /// Its name there.
    pub name: String,
}

/// The answer about one vulnerability in one package.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explained {
    /// Its primary id.
    pub id: String,
    /// Package URL.
    pub package: String,
    /// Package name.
    pub name: String,
    /// Installed version.
    pub version: String,
    /// Where in the image.
    pub locations: Vec<Location>,
    /// Index of the layer that brought it.
    pub layer: usize,
    /// The answer.
    pub outcome: Outcome,
    /// Who decided and why, in one sentence.
    pub reason: String,
    /// The spaces that the package asks about.
    pub spaces: Vec<Space>,
    /// The shards of these spaces, those that are silent about the package among them.
    pub asked: Vec<DataSource>,
    /// What was said, in the order in which it counts.
    pub statements: Vec<Heard>,
    /// Opinions on the severity in the order in which they win; only where it is affected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub severities: Vec<Ranked>,
    /// The finding, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Box<Finding>>,
}

/// Whether a package has a vulnerability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It has it.
    Affected,
    /// Nobody can say.
    Undecided,
    /// It has not.
    NotAffected,
    /// Nobody who speaks of this vulnerability speaks of this package.
    NotMeant,
}

/// One statement of an advisory, and what it came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// The feed.
    pub feed: String,
    /// The space.
    pub space: Space,
    /// The publisher's id of the advisory.
    pub advisory: String,
    /// The publisher's verdict.
    pub state: State,
    /// Name under which the package was found.
    pub name: String,
    /// Version that was compared.
    pub version: String,
    /// Affected ranges and versions, as text; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ranges: Vec<String>,
    /// Architecture it is limited to, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub arch: String,
    /// Module stream it is limited to, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub module: String,
    /// CPE names of the repositories or products it is limited to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repositories: Vec<String>,
    /// What was compared with what, in words.
    pub comparison: String,
    /// What the statement counts among the others.
    pub authority: String,
    /// Whether it is one of those that decided.
    pub decides: bool,
    /// Why it decided or did not.
    pub weight: String,
}

/// An opinion on the severity with its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    /// The opinion.
    #[serde(flatten)]
    pub rating: Rating,
    /// Whose opinions stand at this place.
    pub whose: String,
    /// Why they stand there.
    pub why: String,
}
