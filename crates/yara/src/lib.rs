//! Files that YARA rules of the user's own know: [`Rules`] are compiled once and asked about every file.
//!
//! Owns the engine and its bounds. The engine is heavy, so it is behind the feature `engine`; without it, [`Rules::compile`] says
//! that it is not there, and nothing else differs. Reading the rules' files is for the caller.
//!
//! Rules are the user's and trusted as far as they go; files are hostile. The conditions of rules run in an interpreter, so no
//! memory is made executable. What takes too long, or makes the engine panic, is [missed](plimsoll_model::Missed) and becomes a
//! gap.

#[cfg(not(feature = "engine"))]
mod absent;
#[cfg(feature = "engine")]
mod engine;

use std::fmt;
use std::time::Duration;

use plimsoll_model::{Detected, Detector, FileRule, Gap, Missed};

#[cfg(not(feature = "engine"))]
use absent as engine;

/// Whether the engine is there.
pub const IS_BUILT_IN: bool = cfg!(feature = "engine");

/// One file of rules.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its path, as the user knows it. Also the namespace of its rules: those of other files may have the same names.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// There are no rules to look with.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The engine is not there.
    #[error(
        "this plimsoll knows no YARA rules: its engine is large and was left out; build it with \
         `cargo build --release --features yara`"
    )]
    NotBuiltIn,
    /// Rules cannot be compiled: `FILE:LINE:COLUMN: what is wrong`, the first of them.
    #[error("{}{}", .first.join("\n"), and_more(*.more))]
    Rules {
        /// One for each thing that is wrong.
        first: Vec<String>,
        /// How many more there are.
        more: usize,
    },
    /// The files have no rules in them, or none that can be used.
    #[error("there is no YARA rule to look with{0}")]
    Empty(String),
}

fn and_more(count: usize) -> String {
    if count == 0 { String::new() } else { format!("\nand {count} more") }
}

/// How much a file may cost.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// Time for one file, in whole seconds. 32 MiB take less than one with thousands of rules.
    pub file: Duration,
    /// Time for all files, to which each MiB that was looked at adds a second: files made to be slow, each a little faster
    /// than its own bound, must not keep a scan for days.
    pub all: Duration,
    /// Matches of one pattern that are counted in one file. `#a > 100000` is more than rules ask for.
    pub matches: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { file: Duration::from_secs(20), all: Duration::from_secs(300), matches: 100_000 }
    }
}

/// Bytes of the largest file that is looked at.
const LARGEST: u64 = 32 << 20;
/// Raise it when the same rules give other traces of the same files, as another engine may.
const VERSION: u32 = 1;

type Look = dyn Fn(&str, &[u8]) -> Result<Detected, Missed> + Send + Sync;

/// Compiled rules.
pub struct Rules {
    words: Vec<FileRule>,
    gaps: Vec<Gap>,
    digest: String,
    look: Box<Look>,
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rules").field("words", &self.words).finish_non_exhaustive()
    }
}

impl Rules {
    /// Compiles all files together.
    ///
    /// # Errors
    /// When a rule is wrong, there is none, or the engine is not there.
    pub fn compile(sources: &[Source], bounds: Bounds) -> Result<Self, Error> {
        engine::compile(sources, bounds)
    }

    /// Looks into every file of a layer with them.
    #[must_use]
    pub fn detector(&self) -> Detector<'_> {
        let wants = |_: &str, _: u64, _: &[u8]| true;
        Detector {
            id: "yara",
            version: VERSION,
            rules: &self.digest,
            most: LARGEST,
            in_pieces: |_| false,
            wants,
            detect: &*self.look,
        }
    }

    /// What the rules say of themselves, by file and name.
    #[must_use]
    pub fn words(&self) -> &[FileRule] {
        &self.words
    }

    /// Rules that were left out because they ask for what the engine does not have.
    #[must_use]
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }
}
