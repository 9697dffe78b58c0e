//! The nouns of Plimsoll: plain data that every other crate speaks in.
//!
//! A scan goes `Reference → Image → LayerIndex… → Inventory → findings → Report → Verdict`; the types here are what
//! passes between those stages. Nothing here does I/O, and no type knows how it is produced.
//!
//! Every collection in an [`Inventory`] or a [`Report`] is sorted by whoever builds it, so that equal inputs give equal
//! bytes. Time enters only as [`Report::as_of`].
//!
//! ```
//! use plimsoll_model::{Package, Severity};
//!
//! let package = Package::new("deb", "openssl", "3.0.11-1");
//! assert_eq!(package.ecosystem, "deb");
//! assert!(Severity::Critical > Severity::Low);
//! ```

mod advisory;
mod attached;
mod compliance;
mod digest;
mod distro;
mod due;
mod explanation;
mod finding;
mod gap;
pub mod history;
mod image;
mod inventory;
mod ownership;
mod package;
mod progress;
mod reader;
mod report;
mod severity;
mod trace;
mod words;

pub use advisory::{Advisory, Affected, Range, Space, State};
pub use attached::{
    Attached, AttachedBlob, AttachedSbom, Attachment, Attachments, Attestation, Material, Provenance, SbomContent,
    Signature, Validity,
};
pub use compliance::{Assessment, Automation, Checked, Compliance, Control, Evidence};
pub use digest::{Digest, InvalidDigest};
pub use distro::{Distro, Release};
pub use due::{Due, DueState};
pub use explanation::{Absent, Explained, ExplainedCheck, Explanation, Heard, Outcome, Ranked, UnknownPackage};
pub use finding::{
    About, Decision, Finding, FindingOrigin, Licence, Malware, Misconfiguration, Muted, Outdated, OutdatedOf,
    OutdatedWhy, Secret, Vulnerability, fingerprint,
};
pub use gap::{Gap, GapKind, GapReason};
pub use image::{ImageSummary, Layer, Platform};
pub use inventory::Inventory;
pub use ownership::{Altered, AlteredFile, ElfTraits, LicenceWords, SeenProgram, WritableCode};
pub use package::{Dependency, Location, Origin, Owned, Package, Presence, SourcePackage};
pub use progress::{Event, Progress};
pub use reader::{Asked, Content, Facts, File, Input, Malformed, Reader, Requests, Wants};
pub use report::{DataSource, Report, Support, Tool, Unmatched, UnmatchedReason, Verdict};
pub use severity::{Rating, Severity};
pub use trace::{
    Account, Certificate, ConfigurationText, Detect, Detected, Detector, FileOwner, FileRule, Group, LicenceCategory,
    LicenceText, MalwareTrace, Missed, NotedFile, PatternMatch, SecretPlace, SecretTrace, Sieve, Sifting, Trace,
};
pub use words::thousands;
