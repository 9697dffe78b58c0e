//! What becomes of files when it is known which package they belong to.

use serde::{Deserialize, Serialize};

/// How a program or library for Linux was built. None is what cannot be told.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ElfTraits {
    /// It is to be run, not a library.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub program: bool,
    /// It may be loaded anywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pie: Option<bool>,
    /// Its stack cannot be executed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nx: Option<bool>,
    /// Its tables are read-only once they are filled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relro: Option<bool>,
    /// Functions notice when the stack was written over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary: Option<bool>,
    /// Calls of the C library check lengths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fortify: Option<bool>,
    /// Folders where it looks for libraries before all others, as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub run_paths: Vec<String>,
}

/// A program of the final tree, or a library that looks for others in folders of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SeenProgram {
    /// Relative to the root, no leading slash.
    pub path: String,
    /// Index of the layer that brought it.
    pub layer: usize,
    /// Name of the operating system's package that it belongs to, or empty.
    pub package: String,
    /// Something else tells what it is: build info, an SBOM, the package of a language.
    pub known: bool,
    /// How it was built.
    pub traits: ElfTraits,
    /// Of its run path: folders that anybody may write, or make.
    pub open_paths: Vec<String>,
    /// Of its run path: folders below wherever it is started.
    pub relative_paths: Vec<String>,
}

/// Code in one folder that a user may write.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct WritableCode {
    /// The first of the files.
    pub path: String,
    /// Index of the layer that brought it.
    pub layer: usize,
    /// How many there are in this folder of the root, or of a folder there.
    pub files: usize,
}

/// What is known of a package's licence, from its own word and from its files.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LicenceWords {
    /// Position of the package in the inventory.
    pub package: usize,
    /// The licence that it states, or empty where that is none that SPDX knows.
    pub declared: String,
    /// The licence that a text of its own is, or empty.
    pub detected: String,
    /// Nothing in one contradicts the other.
    pub agree: bool,
    /// Whether the texts that it brought are there; none where it is not known to have brought any.
    pub notice: Option<bool>,
}

/// A file that is not what its package brought.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AlteredFile {
    /// Relative to the root, no leading slash.
    pub path: String,
    /// Index of the layer that brought it as it is.
    pub layer: usize,
    /// Name of the package.
    pub package: String,
}

/// Files of packages of the operating system that a later layer replaced, held against the package manager's checksums.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Altered {
    /// Those that differ, by path.
    pub files: Vec<AlteredFile>,
    /// Those that could not be compared, and lists of files that a later layer changed.
    pub uncompared: usize,
}
