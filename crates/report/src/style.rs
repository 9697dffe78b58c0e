//! How a report is to look, as far as the reader decides it.

use std::time::Duration;

use plimsoll_model::{About, Finding, Severity};

/// How a report is to look. Nothing of it changes what a scan found or what a gate makes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// Columns of the terminal. Values outside [`Style::WIDTHS`] are taken for the nearest inside.
    pub width: usize,
    /// Whether severities may be coloured. The caller heeds `NO_COLOR` and whether there is a terminal.
    pub color: bool,
    /// Whether the terminal shows more than ASCII.
    pub unicode: bool,
    /// List every finding, fold nothing.
    pub all: bool,
    /// How long the scan took; not part of a report, for equal inputs give equal reports.
    pub elapsed: Option<Duration>,
    /// Which findings are shown. Formats for programs hold all findings unless a filter is given, and then say how
    /// many they leave out; formats for people always say it.
    pub show: Filter,
    /// Who signs for VEX documents; empty when nobody said.
    pub vex_author: String,
}

impl Style {
    /// The widths that layouts are made for.
    pub const WIDTHS: std::ops::RangeInclusive<usize> = 60..=200;

    /// The same for a place without a terminal, such as a file: no colour, and a width that does not depend on who
    /// runs it.
    #[must_use]
    pub fn plain(&self) -> Self {
        Self { width: 120, color: false, unicode: true, ..self.clone() }
    }

    pub(crate) fn columns(&self) -> usize {
        self.width.clamp(*Self::WIDTHS.start(), *Self::WIDTHS.end())
    }
}

impl Default for Style {
    /// Eighty plain columns.
    fn default() -> Self {
        Self {
            width: 80,
            color: false,
            unicode: true,
            all: false,
            elapsed: None,
            show: Filter::default(),
            vex_author: String::new(),
        }
    }
}

/// A severity as people say it.
pub(crate) trait Rated {
    /// That nobody rated something is no severity.
    fn rated(&self) -> &'static str;
}

impl Rated for Severity {
    fn rated(&self) -> &'static str {
        if *self == Self::Unknown { "not rated" } else { self.as_str() }
    }
}

/// Whether moving to another version would be the remedy.
pub(crate) const fn is_upgraded(finding: &Finding) -> bool {
    matches!(finding.about, About::Vulnerability(_) | About::Outdated(_))
}

/// Which findings are shown. The default shows all. It never changes the verdict of a gate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only these; empty means every severity.
    pub severities: Vec<Severity>,
    /// Hide vulnerabilities and outdated software without a version to move to. What is mended without one, a setting or a
    /// secret, is not meant.
    pub ignore_unfixed: bool,
}

impl Filter {
    /// Whether a finding passes.
    #[must_use]
    pub fn shows(&self, finding: &Finding) -> bool {
        (self.severities.is_empty() || self.severities.contains(&finding.severity))
            && (!self.ignore_unfixed || finding.is_fixable() || !is_upgraded(finding))
    }
}
