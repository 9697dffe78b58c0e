//! Published knowledge about vulnerable packages, in the one form that every feed is brought into.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Rating;

/// What an advisory speaks about and one shard holds: `debian:12`, `alpine:3.18`, `almalinux:9`, `pypi`, `npm`…
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Space(pub String);

impl Space {
    /// The space of facts about CVEs themselves, whatever package they are in: exploited, scores.
    pub const CVE: &'static str = "cve";

    /// The space of programs that advisories name by CPE, as `vendor:product`.
    pub const CPE: &'static str = "cpe";

    /// The space of how long products are supported, whatever they are packed in.
    pub const LIFECYCLE: &'static str = "lifecycle";

    /// What decorates every answer and hides no vulnerability when it is missing or old: wanted for every image.
    pub const FACTS: [&'static str; 2] = [Self::CVE, Self::LIFECYCLE];

    /// The space of one release of a distribution, `id:release`.
    #[must_use]
    pub fn release(id: &str, release: &str) -> Self {
        Self(format!("{id}:{release}"))
    }

    /// The channel of a release that it is: `esm-infra` of `ubuntu:16.04+esm-infra`. Empty for the release's own.
    #[must_use]
    pub fn channel(&self) -> &str {
        self.0.split_once('+').map_or("", |(_, channel)| channel)
    }

    /// The space of the release that it is a channel of, or itself.
    #[must_use]
    pub fn of_release(&self) -> Self {
        Self(self.0.split_once('+').map_or(self.as_str(), |(release, _)| release).to_owned())
    }

    /// The spaces of [`Self::FACTS`].
    pub fn facts() -> impl Iterator<Item = Self> {
        Self::FACTS.into_iter().map(|space| Self(space.into()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Space {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Space {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// One record as a publisher issued it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Advisory {
    /// The publisher's id: `DSA-5417-1`, `GHSA-…`, `CVE-…`.
    pub id: String,
    /// Ids of the very same vulnerability. Only these unite records.
    pub aliases: Vec<String>,
    /// CVEs that the record covers; several make several findings.
    pub covers: Vec<String>,
    /// One line.
    pub title: String,
    /// Longer text.
    pub details: String,
    /// Links.
    pub references: Vec<String>,
    /// RFC 3339, or empty.
    pub published: String,
    /// RFC 3339, or empty.
    pub modified: String,
    /// Opinions that hold for every package of the record.
    pub ratings: Vec<Rating>,
    /// The day on which it was listed as exploited, `YYYY-MM-DD` (CISA KEV), or empty.
    pub exploited: String,
    /// The day by which CISA wants it mended where it binds, `YYYY-MM-DD`, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub due: String,
    /// Known to be used for extortion (CISA KEV).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ransomware: bool,
    /// Probability of exploitation within 30 days (FIRST EPSS).
    pub epss: Option<f64>,
    /// Share of all CVEs that are no more probable to be exploited, 0 to 1 (FIRST EPSS).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percentile: Option<f64>,
    /// What kind of flaw it is: `CWE-79`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weaknesses: Vec<String>,
    /// Which packages.
    pub affected: Vec<Affected>,
}

/// What a record says about one package in one space.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Affected {
    /// Where the name is meant.
    pub space: Space,
    /// Package name as the space's ecosystem normalises it (source package for Debian and Alpine).
    pub name: String,
    /// Version ranges; a version inside any of them is affected. With neither ranges nor `versions`, every version is.
    pub ranges: Vec<Range>,
    /// Single versions that are affected beside the ranges.
    pub versions: Vec<String>,
    /// The publisher's verdict.
    pub state: State,
    /// Architectures it is limited to, with blanks between them, or empty.
    pub arch: String,
    /// RPM module stream (`nodejs:12`) it is limited to, or empty.
    pub module: String,
    /// CPE names of the repositories or products it is limited to; none: wherever the package came from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repositories: Vec<String>,
    /// The vulnerable functions, where the publisher names them: `net/http.Server.Serve` (Go).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub symbols: Vec<String>,
    /// Opinions about this package only.
    pub ratings: Vec<Rating>,
}

/// A half-open stretch of versions, in the ecosystem's own order. `introduced` of `0` or empty means from the beginning;
/// without `fixed` and `last_affected` it is open-ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// First affected version, inclusive; with [`Range::AFTER`] before it, the last one that is not affected.
    pub introduced: String,
    /// First version that is no longer affected, or empty.
    pub fixed: String,
    /// Last affected version, inclusive, or empty.
    pub last_affected: String,
}

impl Range {
    /// Marks a lower bound that is itself not affected. No version of any ecosystem begins with it.
    pub const AFTER: char = '>';
}

impl fmt::Display for Range {
    /// As people write it: `≥ 1.0, < 1.2`; `all versions` when nothing bounds it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lower = match self.introduced.strip_prefix(Self::AFTER) {
            Some(before) => Some(format!("> {before}")),
            None => (!matches!(self.introduced.as_str(), "" | "0")).then(|| format!("≥ {}", self.introduced)),
        };
        let upper = match (self.fixed.as_str(), self.last_affected.as_str()) {
            ("", "") => None,
            ("", last) => Some(format!("≤ {last}")),
            (fixed, _) => Some(format!("< {fixed}")),
        };
        match (lower, upper) {
            (Some(lower), Some(upper)) => write!(f, "{lower}, {upper}"),
            (Some(bound), None) | (None, Some(bound)) => f.write_str(&bound),
            (None, None) => f.write_str("all versions"),
        }
    }
}

/// A publisher's verdict on one package.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// A fixed version exists.
    Fixed,
    /// Vulnerable, no fix yet.
    #[default]
    Affected,
    /// Vulnerable, the vendor will not fix it.
    WillNotFix,
    /// Vulnerable, the vendor put the fix off (Debian's no-dsa and postponed).
    FixDeferred,
    /// Vulnerable or unknown, the vendor no longer looks.
    EndOfLife,
    /// Not decided yet.
    UnderInvestigation,
    /// Not vulnerable.
    NotAffected,
}

impl State {
    /// The word in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Affected => "affected",
            Self::WillNotFix => "will_not_fix",
            Self::FixDeferred => "fix_deferred",
            Self::EndOfLife => "end_of_life",
            Self::UnderInvestigation => "under_investigation",
            Self::NotAffected => "not_affected",
        }
    }
}
