//! The finished answer.

use serde::{Deserialize, Serialize};

use crate::{Checked, Compliance, Finding, Gap, ImageSummary, Inventory};

/// Everything a scan has to say about one image. Equal inputs give an equal report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Version of this document's schema: `1.2`.
    pub schema: String,
    /// What made it.
    pub tool: Tool,
    /// The moment that the answer is for, RFC 3339 in UTC.
    pub as_of: String,
    /// What was scanned.
    pub image: ImageSummary,
    /// What is in it.
    pub inventory: Inventory,
    /// Kinds of findings that were looked for; empty in reports that are older than this field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub looked_for: Vec<String>,
    /// What is wrong with it, worst first.
    pub findings: Vec<Finding>,
    /// How many findings a display filter left out of this document. Never silent: a filtered report must not look clean.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub hidden: usize,
    /// How far it was known whether what is in the image is still supported; not written when nothing was asked.
    #[serde(default, skip_serializing_if = "Support::is_empty")]
    pub support: Support,
    /// How each check came out, by id; not written when none was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Checked>,
    /// How far the image meets each standard that was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub compliance: Vec<Compliance>,
    /// What could not be seen or decided.
    pub gaps: Vec<Gap>,
    /// What was said of this image, or should have been, and applied to nothing in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unmatched: Vec<Unmatched>,
    /// Which data answered.
    pub data: Vec<DataSource>,
    /// What the gate made of it; none when no gate was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
}

impl Report {
    /// The schema version that this code writes. Additions raise the second number; nothing else is allowed.
    pub const SCHEMA: &'static str = "1.2";

    /// Whether findings of a kind were looked for.
    #[must_use]
    pub fn looked_for(&self, kind: &str) -> bool {
        self.looked_for.is_empty() || self.looked_for.iter().any(|known| known == kind)
    }
}

/// Of how much it is known for how long it is supported. Packages of the operating system are its distribution's to look
/// after and are not counted; what was not assessed may be outdated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Support {
    /// The distribution, programs and packages whose dates are known.
    pub assessed: usize,
    /// Those of which nobody publishes dates, or none that fit the version, or none are at hand.
    pub not_assessed: usize,
}

impl Support {
    /// Whether nothing was asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// For serde, which asks by reference.
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// A statement that was given with the scan and changed nothing: a person wrote it in the belief that it would.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unmatched {
    /// The document that it is in.
    pub source: String,
    /// What it says: `CVE-2024-1234 not_affected`; of statements about other images, how many there are.
    pub statement: String,
    /// Why it applied to nothing; tells a program.
    pub reason: UnmatchedReason,
    /// The same for people.
    pub message: String,
}

/// Why a statement applied to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnmatchedReason {
    /// The package is in the image, but has no finding of this vulnerability.
    NoSuchFinding,
    /// The package is in the image, but in another version, or with another architecture, distribution…
    OtherVersion,
    /// The package is in the image, but not within the product that the statement is about.
    OtherProduct,
    /// The package is not in the image.
    NotInImage,
    /// Nothing that identifies the product can be looked for in an image.
    Unidentified,
    /// It is about other images.
    OtherImage,
    /// A waiver that ended.
    Expired,
    /// A waiver for a time that has not begun.
    NotYetBegun,
    /// A waiver under a condition that does not hold: there is a fix by now, or it is being exploited.
    ConditionUnmet,
    /// A waiver for longer than findings of this severity may be waived.
    TooLong,
    /// A waiver that nobody approved of but who asked for it, of a severity where another has to.
    NotApproved,
    /// A waiver for what another decision has muted already.
    Superseded,
}

impl UnmatchedReason {
    /// The word in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoSuchFinding => "no-such-finding",
            Self::OtherVersion => "other-version",
            Self::OtherProduct => "other-product",
            Self::NotInImage => "not-in-image",
            Self::Unidentified => "unidentified",
            Self::OtherImage => "other-image",
            Self::Expired => "expired",
            Self::NotYetBegun => "not-yet-begun",
            Self::ConditionUnmet => "condition-unmet",
            Self::TooLong => "too-long",
            Self::NotApproved => "not-approved",
            Self::Superseded => "superseded",
        }
    }

    /// Whether it is a decision that does not count, rather than one about something that is not there.
    #[must_use]
    pub const fn is_refusal(self) -> bool {
        matches!(self, Self::Expired | Self::NotYetBegun | Self::ConditionUnmet | Self::TooLong | Self::NotApproved)
    }
}

/// The program that made a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// `plimsoll`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// One feed's part in one shard.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DataSource {
    /// What it speaks about.
    pub space: String,
    /// The feed.
    pub feed: String,
    /// When the newest of its advisories was changed, or where they bear no dates, the document or its copy; RFC 3339,
    /// empty when nobody says.
    pub date: String,
    /// Digest of the shard.
    pub digest: String,
    /// Address of the published shards that it came from, without secrets; empty when it was compiled here.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// When these were built, RFC 3339; empty when it was compiled here.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub built: String,
}

/// The gate's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing that the policy names was found, and nothing hid from the scan, or the policy allows that.
    Passed {
        /// What did not count and why, one line each; empty when nothing was let through.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        reasons: Vec<String>,
    },
    /// With what the policy objects to, one line each.
    Failed {
        /// One line each.
        reasons: Vec<String>,
    },
    /// Blind gaps: nobody can say.
    Incomplete {
        /// The gaps, one line each.
        reasons: Vec<String>,
    },
}
