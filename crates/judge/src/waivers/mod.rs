//! Decisions to live with findings.
//!
//! Owns the format of waiver files and when a waiver counts: it names who answers for it, it ends, and where much is at
//! stake somebody else approved of it. What a waiver mutes stays in the report with all of that; a waiver that changed
//! nothing, or does not count, is told. Reading files and verifying their signatures is for the caller.

mod applying;
mod glob;
mod parsing;

use jiff::civil::Date;
use plimsoll_model::{Decision, Severity};

pub use self::applying::apply;

/// The waivers of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waivers {
    /// The file.
    pub source: String,
    /// Whose signature over the file the caller verified, or empty.
    pub signed_by: String,
    /// In the order of the file.
    pub entries: Vec<Waiver>,
}

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Of a vulnerability or a check, another name of it, or the fingerprint of one finding.
    pub id: String,
    /// Package URL, with or without version; or empty.
    pub purl: String,
    /// Name of a package, or `name@version`; or empty.
    pub package: String,
    /// Pattern for the path or the place that the finding is about, or empty.
    pub path: String,
    /// Pattern for the image's name, or its digest; empty for every image that is scanned with the file.
    pub image: String,
    /// Which kind of decision.
    pub decision: Decision,
    /// Why.
    pub reason: String,
    /// Why it is not affected, in OpenVEX's word, or empty.
    pub justification: String,
    /// Who answers for it.
    pub owner: String,
    /// Who approved of it, or empty.
    pub approver: String,
    /// Where it was decided, or empty.
    pub ticket: String,
    /// What protects instead of a fix, or empty.
    pub compensating_control: String,
    /// The day of the decision.
    pub created: Date,
    /// The last day on which it counts.
    pub expires: Date,
    /// It counts only as long as there is no fix.
    pub until_fix: bool,
    /// It counts only as long as it is not known to be exploited.
    pub not_exploited: bool,
}

/// For how many days findings may be waived, and from which severity somebody else has to approve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Critical findings.
    pub critical: i32,
    /// High ones.
    pub high: i32,
    /// Medium ones, and those that nobody has rated.
    pub medium: i32,
    /// Low and negligible ones.
    pub low: i32,
    /// From here another than the owner has to approve.
    pub approve_from: Severity,
}

impl Default for Limits {
    fn default() -> Self {
        Self { critical: 30, high: 90, medium: 180, low: 365, approve_from: Severity::High }
    }
}

impl Limits {
    /// The longest that a finding of a severity may be waived, in days.
    #[must_use]
    pub const fn days(&self, severity: Severity) -> i32 {
        match severity {
            Severity::Critical => self.critical,
            Severity::High => self.high,
            Severity::Medium | Severity::Unknown => self.medium,
            Severity::Low | Severity::Negligible => self.low,
        }
    }
}
