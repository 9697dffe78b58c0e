//! How checks and the controls of standards came out.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Severity;

/// How a check or a control came out. Nothing that could not be looked at ever passes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Assessment {
    /// Looked at, and it does not hold.
    Fail,
    /// A person has to answer.
    Manual,
    /// Could not be looked at.
    #[default]
    NotAssessed,
    /// Looked at, and it holds.
    Pass,
}

impl Assessment {
    /// The word in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Manual => "manual",
            Self::NotAssessed => "not assessed",
            Self::Pass => "pass",
        }
    }
}

impl fmt::Display for Assessment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who decides whether a control holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Automation {
    /// Checks and findings alone.
    Automated,
    /// A person, with evidence from checks; what fails there fails the control.
    Assisted,
    /// A person alone.
    #[default]
    Manual,
}

impl Automation {
    /// All, the most automatic first.
    pub const ALL: [Self; 3] = [Self::Automated, Self::Assisted, Self::Manual];

    /// The word in standards and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Automated => "automated",
            Self::Assisted => "assisted",
            Self::Manual => "manual",
        }
    }
}

/// How one check came out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// `CFG-001`.
    pub id: String,
    /// What is wrong when it fails, as a heading.
    pub title: String,
    /// Severity of its findings, unless they say otherwise.
    pub severity: Severity,
    /// Pass, fail or not assessed.
    pub result: Assessment,
    /// Why it was not assessed; else empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Findings of it in this report, muted ones included.
    #[serde(default)]
    pub findings: usize,
    /// How many of these are muted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub muted: usize,
    /// What it saw, allowed, and records all the same, one line each (`usr/bin/su: set-user-id, as the distribution ships it`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expected: Vec<String>,
    /// What else it fails for that is no finding of the image, one line each: data that is old.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grounds: Vec<String>,
    /// What to do, of one that fails; else empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remedy: String,
    /// Fingerprints of the findings under other ids that it rests on. For those who weigh results; no part of a report.
    #[serde(skip)]
    pub refers: Vec<String>,
}

/// How far an image meets one standard.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compliance {
    /// `cis-docker`.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Which edition: `CIS Docker Benchmark 1.8.0`.
    pub edition: String,
    /// Where the text of the standard is, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// What has to be said beside the result: that an image shows only a part of it, that it was superseded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// It says which evidence speaks to which control, and gives no verdict on any.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub evidence_only: bool,
    /// How strictly it was applied: `default`, `strict`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub profile: String,
    /// In the order of the standard.
    pub controls: Vec<Control>,
}

impl Compliance {
    /// How many controls came out so.
    #[must_use]
    pub fn count(&self, result: Assessment) -> usize {
        self.controls.iter().filter(|control| control.result == result).count()
    }
}

/// How one control came out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    /// As the standard numbers it: `4.1`.
    pub id: String,
    /// In our own words.
    pub title: String,
    /// How much it weighs.
    pub severity: Severity,
    /// Who decides.
    #[serde(default)]
    pub automation: Automation,
    /// How it came out.
    pub result: Assessment,
    /// Why, one line: what failed first, what could not be looked at, what has to be answered.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// What a person has to answer, of a manual one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub question: String,
    /// What speaks to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// The control of NIST SP 800-53 that it stands for in OSCAL: `ia-5.7`; or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub oscal: String,
}

/// What speaks to a control.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Id of a check, or a query for findings as text: `findings: severity >= high, fixable`.
    pub of: String,
    /// How that came out.
    pub result: Assessment,
    /// In words, with numbers; never a secret.
    pub message: String,
    /// Fingerprints of the findings that it rests on; the first ones of very many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<String>,
    /// How many findings it rests on.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub count: usize,
    /// How many of these are muted by waivers or statements.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub muted: usize,
}

/// For serde, which asks by reference.
fn is_zero(count: &usize) -> bool {
    *count == 0
}
