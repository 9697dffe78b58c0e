//! What could not be seen or decided.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Something that was not read, not compared or not covered by data. A scan with gaps is never "clean" without saying so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gap {
    /// How much it blinds.
    pub kind: GapKind,
    /// A path, layer, package or space.
    pub location: String,
    /// Why; tells a program what happened.
    pub reason: GapReason,
    /// Why, for people: what happened and what to do; lower case, no full stop.
    pub message: String,
}

/// How much a gap takes from the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GapKind {
    /// A whole layer, package database or advisory space is missing: never a pass.
    Blind,
    /// One file or one package.
    Partial,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GapReason {
    /// The bytes could not be had.
    Unreadable,
    /// Over a limit.
    TooLarge,
    /// Not what its format demands.
    Malformed,
    /// Looked like something that Plimsoll has no reader for.
    Unsupported,
    /// No advisories are published, or none are known to Plimsoll, for what this package is.
    NoAdvisories,
    /// There should be advisories, but they could not be had or are too old.
    DataMissing,
    /// A version that cannot be ordered.
    Incomparable,
    /// Neither distribution nor package manager could be made out.
    UnknownDistro,
    /// Names what a project asks for, but not which versions it came to.
    Unresolved,
}

impl fmt::Display for GapKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Blind => "blind",
            Self::Partial => "partial",
        })
    }
}
