//! What the bytes of a single file give away beside packages: secrets, malware, licences, accounts, settings.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{GapReason, Severity};

/// One way to look into every file. Runs in the pass over a layer, on each file of at most [`Self::most`] bytes, and what
/// it says is kept with the layer's index, hidden files included.
#[derive(Clone, Copy)]
pub struct Detector<'a> {
    /// `secrets`, `malware`. Never reused for another meaning.
    pub id: &'a str,
    /// Raise it when the same bytes give other traces: cached layers are then read again.
    pub version: u32,
    /// Digest of what a user told it to look for, to the same end; empty when all that it knows is built in.
    pub rules: &'a str,
    /// Bytes of the largest file that is looked at as a whole.
    pub most: u64,
    /// Whether a larger file with this beginning is looked at in pieces of that size, each with the end of the one before.
    pub in_pieces: fn(&[u8]) -> bool,
    /// Whether a file at this path, of this size and with this beginning ([`Wants::LONGEST_START`] bytes, or all) is worth
    /// looking at. Called for every file, so it must be quick.
    ///
    /// [`Wants::LONGEST_START`]: crate::Wants::LONGEST_START
    pub wants: fn(&str, u64, &[u8]) -> bool,
    /// What a file gives away.
    pub detect: Detect<'a>,
}

/// What a file at this path with these bytes gives away. Pure, and in time that grows no faster than the file, or bounded.
pub type Detect<'a> = &'a (dyn Fn(&str, &[u8]) -> Result<Detected, Missed> + Sync);

impl fmt::Debug for Detector<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Detector").field("id", &self.id).field("version", &self.version).finish_non_exhaustive()
    }
}

/// Why a detector could not look into a file. Becomes a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// What happened.
    pub reason: GapReason,
    /// The same for people, as in [`crate::Gap::message`].
    pub message: String,
    /// It may go well the next time, on a machine that has less to do: the layer is not remembered.
    pub is_passing: bool,
}

/// What a detector says of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Detected {
    /// What it found.
    pub traces: Vec<Trace>,
    /// Why that may not be all: `more than 100 were found`; else empty.
    pub cut: String,
}

/// Tells files by all their bytes, whatever their size. Sees every regular file of every layer that is not empty, in pieces, so
/// nobody has one who was not asked for it.
pub trait Sieve: Sync {
    /// Stands for all that it knows: cached layers are read again when it changes.
    fn mark(&self) -> &str;
    /// For a new file.
    fn begin(&self) -> Box<dyn Sifting + '_>;
}

/// One file on its way through a [`Sieve`].
pub trait Sifting {
    /// Takes the next bytes.
    fn take(&mut self, piece: &[u8]);
    /// What the file is, if it is known.
    fn finish(self: Box<Self>) -> Option<Trace>;
}

/// What a detector found in one file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Trace {
    /// A secret.
    Secret(SecretTrace),
    /// Malware.
    Malware(MalwareTrace),
}

/// A secret in some text. The secret itself is never kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SecretTrace {
    /// The rule that found it: `github-token`.
    pub rule: String,
    /// Line, counted from 1; 0 in what has no lines.
    pub line: u32,
    /// How it begins and how long it is: `ghp_… (40 characters)`.
    pub redacted: String,
    /// 16 bits of a hash of the secret, hexadecimal: tells two secrets in one file apart, and is too little to guess it.
    pub mark: String,
    /// What can be told of it without asking anybody, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub state: String,
    /// A step lower than the rule's severity: an encrypted key, an expired token, a sample.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub weak: bool,
}

/// A file that a signature or a rule knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MalwareTrace {
    /// The signature or the rule.
    pub rule: String,
    /// The file that a user's rule is in; empty for a built-in signature.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub sha256: String,
    /// Where the first patterns of a user's rule are, by offset.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matches: Vec<PatternMatch>,
}

/// Where in a file a pattern is. The bytes are not kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PatternMatch {
    /// First byte, counted from 0.
    pub offset: u64,
    /// How many bytes.
    pub length: u64,
    /// The pattern's name in the rule: `$a`.
    pub pattern: String,
}

/// What a user's rule about files says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileRule {
    /// Its name.
    pub name: String,
    /// The file that it is in.
    pub source: String,
    /// One line, or empty.
    pub description: String,
    /// Who wrote it, or empty.
    pub author: String,
    /// Where to read more.
    pub references: Vec<String>,
    /// Its tags, in its order.
    pub tags: Vec<String>,
    /// How bad a match is.
    pub severity: Severity,
}

/// Where a secret is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretPlace {
    /// In a file.
    #[default]
    File,
    /// In the environment of the image's config.
    Environment,
    /// In a label, an annotation or the author's name.
    Label,
    /// In the text of a build step.
    History,
    /// In the command or the health check.
    Command,
}

impl SecretPlace {
    /// The word in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Environment => "environment",
            Self::Label => "label",
            Self::History => "history",
            Self::Command => "command",
        }
    }
}

/// What a licence asks of whoever passes the software on; the gravest last. A help to sort by, no legal advice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LicenceCategory {
    /// Nobody knows.
    #[default]
    Unknown,
    /// Nothing at all: public domain.
    Unencumbered,
    /// To keep a notice, and hardly anything else.
    Permissive,
    /// To keep notices and texts.
    Notice,
    /// To give the source of changed files.
    Reciprocal,
    /// To give the source of what it is part of.
    Restricted,
    /// More than a product can usually give: network copyleft, no commercial use, source-available terms.
    Forbidden,
}

impl LicenceCategory {
    /// All, from what asks for least to what asks for most.
    pub const ALL: [Self; 7] = [
        Self::Unknown,
        Self::Unencumbered,
        Self::Permissive,
        Self::Notice,
        Self::Reciprocal,
        Self::Restricted,
        Self::Forbidden,
    ];

    /// The word in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Unencumbered => "unencumbered",
            Self::Permissive => "permissive",
            Self::Notice => "notice",
            Self::Reciprocal => "reciprocal",
            Self::Restricted => "restricted",
            Self::Forbidden => "forbidden",
        }
    }
}

impl fmt::Display for LicenceCategory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The licence that a file states for a package or a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LicenceText {
    /// Ecosystem and name of the package (`deb`, `openssl`), or empty where the path has to tell.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ecosystem: String,
    /// Name of the package, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub package: String,
    /// As an SPDX expression where it could be read as one, else as it is stated.
    pub expression: String,
    /// How it was told: `debian-copyright`, `text`, `header`.
    pub by: String,
}

/// One account, of `etc/passwd` and `etc/shadow`. A password's hash is never kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Account {
    /// Login name.
    pub name: String,
    /// User id; none in a line of `etc/shadow`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<u32>,
    /// Id of its group; none in a line of `etc/shadow`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gid: Option<u32>,
    /// Home folder.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub home: String,
    /// Login shell.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub shell: String,
    /// State of the password: `empty`, `locked`, `shadow` (kept in `etc/shadow`), `hash:SCHEME` (`md5`, `des`, `sha256`,
    /// `sha512`, `bcrypt`, `yescrypt`, `other`).
    pub password: String,
    /// Line, counted from 1.
    pub line: u32,
}

/// One group of `etc/group`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Group {
    /// Name.
    pub name: String,
    /// Group id.
    pub gid: u32,
    /// Names of its members.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
    /// Line, counted from 1.
    pub line: u32,
}

/// A small configuration file, for checks to read: its lines, without line ends, secrets masked.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ConfigurationText {
    /// Its lines.
    pub lines: Vec<String>,
    /// It is longer than this.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}

/// An X.509 certificate in a trust store or beside a program.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Certificate {
    /// Distinguished name of whom it speaks of, as text.
    pub subject: String,
    /// SHA-256 of the certificate, lower-case hexadecimal.
    pub sha256: String,
    /// Last moment of validity, RFC 3339.
    pub not_after: String,
    /// `rsa`, `ec`, `ed25519`…
    pub key: String,
    /// Bits of the key, 0 when not known.
    pub bits: u32,
    /// Algorithm of the signature: `sha256WithRSAEncryption`.
    pub signature: String,
}

/// An entry of a layer that checks are told of, whether or not a later layer hides it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotedFile {
    /// Relative to the root, no leading slash.
    pub path: String,
    /// `file`, `folder`, `link`, `hard-link`, `character-device`, `block-device`, `pipe`, `socket`, `whiteout`.
    pub kind: String,
    /// Permission bits with set-id and sticky bits.
    pub mode: u16,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Bytes of a file.
    pub size: u64,
    /// Target of a link, as written.
    pub link: String,
    /// Index of the layer.
    pub layer: usize,
    /// A later layer removes or replaces it.
    pub hidden: bool,
    /// Linux capabilities that the file gives to whoever runs it, lower case without `cap_`.
    pub capabilities: Vec<String>,
    /// In which ways it stands out: `setuid`, `world-writable`, `host-key`…
    pub topics: Vec<String>,
}

/// Who owns files that an image shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileOwner {
    /// User id.
    pub uid: u32,
    /// Group id.
    pub gid: u32,
    /// How many files, folders and links.
    pub files: usize,
    /// The first of them.
    pub path: String,
    /// Index of the layer that brought that one.
    pub layer: usize,
}
