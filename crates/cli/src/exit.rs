//! What the process tells its caller. The numbers are a public promise: scripts and CI jobs branch on them.

use std::fmt;
use std::process::ExitCode;

use plimsoll_model::Verdict;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The work is done; no gate was asked for, or it passed.
    Passed,
    /// The gate found what its policy objects to.
    GateFailed,
    /// The command line makes no sense.
    Usage,
    /// The work could not be done.
    Failed,
    /// A gate was asked for, but something hid from the scan.
    Incomplete,
}

impl Exit {
    /// From least to most telling: where several images end differently, the last of theirs in this list is told.
    const PRECEDENCE: [Self; 5] = [Self::Passed, Self::Incomplete, Self::GateFailed, Self::Failed, Self::Usage];

    /// The number for the operating system.
    pub const fn code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::GateFailed => 1,
            Self::Usage => 2,
            Self::Failed => 3,
            Self::Incomplete => 4,
        }
    }

    /// The one of two ends that must be told.
    pub fn and(self, other: Self) -> Self {
        let rank = |exit| Self::PRECEDENCE.iter().position(|known| *known == exit);
        if rank(other) > rank(self) { other } else { self }
    }
}

/// A command line that makes no sense, which only shows when what it says is put together.
#[derive(Debug)]
pub struct Misuse(anyhow::Error);

/// Marks an error as one of the command line rather than of the work.
pub fn misuse(error: impl Into<anyhow::Error>) -> anyhow::Error {
    anyhow::Error::new(Misuse(error.into()))
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Misuse {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

impl From<&anyhow::Error> for Exit {
    fn from(error: &anyhow::Error) -> Self {
        if error.chain().any(|cause| cause.is::<Misuse>()) { Self::Usage } else { Self::Failed }
    }
}

impl From<Option<&Verdict>> for Exit {
    fn from(verdict: Option<&Verdict>) -> Self {
        match verdict {
            None | Some(Verdict::Passed { .. }) => Self::Passed,
            Some(Verdict::Failed { .. }) => Self::GateFailed,
            Some(Verdict::Incomplete { .. }) => Self::Incomplete,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use anyhow::{Context, anyhow};

    use super::{Exit, misuse};

    #[test]
    fn the_numbers_are_frozen() {
        let numbers = [Exit::Passed, Exit::GateFailed, Exit::Usage, Exit::Failed, Exit::Incomplete].map(Exit::code);
        assert_eq!(numbers, [0, 1, 2, 3, 4]);
    }

    #[test]
    fn misuse_stays_misuse_whatever_is_said_around_it() {
        let error = Err::<(), _>(misuse(anyhow!("no such scheme").context("not an address"))).context("cannot use x");
        let error = error.unwrap_err();
        assert_eq!(Exit::from(&error), Exit::Usage);
        assert_eq!(format!("{error:#}"), "cannot use x: not an address: no such scheme");
        assert_eq!(Exit::from(&anyhow!("no space left")), Exit::Failed);
    }

    #[test]
    fn usage_outranks_failure_outranks_gate_outranks_gaps() {
        let ends = [Exit::Passed, Exit::Incomplete, Exit::GateFailed, Exit::Failed, Exit::Usage];
        for (rank, lower) in ends.iter().enumerate() {
            for higher in &ends[rank..] {
                assert_eq!(lower.and(*higher), *higher);
                assert_eq!(higher.and(*lower), *higher);
            }
        }
    }
}
