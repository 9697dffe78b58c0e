//! What a finished report means for those who ship the image.
//!
//! Owns the [`gate`]: whether a [`Report`] meets a [`Policy`]. It counts what the report holds, whatever a display filter
//! shows of it, and finds nothing itself. Words on a terminal and exit codes are for the caller.
//!
//! Owns the [`checks`] too: rules that say what is wrong with an image, and the documents that these see, made of what a
//! scan found ([`facts`]) and of Dockerfiles, manifests and build histories ([`inputs`]); [`lint`] tells what is wrong with
//! rules. Beside them: by when findings have to be mended ([`deadlines`]), decisions to live with them ([`waivers`]), and how
//! far an image meets standards ([`compliance`]). The order is facts, checks, deadlines, waivers, standards: each needs what
//! the one before it found or wrote into the findings. Facts tell of deadlines, so that these are set once before, too.
//!
//! ```
//! use plimsoll_judge::{Policy, gate};
//! use plimsoll_model::{Report, Severity, Verdict};
//!
//! // A report of which little more is left than what the gate asks.
//! let report: Report = serde_json::from_str(
//!     r#"{
//!         "schema": "1.2", "tool": {"name": "plimsoll", "version": "1"}, "as_of": "2026-11-29T00:00:00Z",
//!         "image": {"reference": "dir:rootfs", "layers": []}, "inventory": {"packages": []}, "data": [], "gaps": [],
//!         "findings": [{
//!             "kind": "malware", "id": "MAL-001", "severity": "critical", "origin": "own", "fingerprint": "0",
//!             "rule": "miner", "category": "coin-miner"
//!         }]
//!     }"#,
//! )?;
//! let high = Policy { fail_on: Some(Severity::High), ..Policy::default() };
//! assert!(matches!(gate(&report, &high), Some(Verdict::Failed { .. })));
//! assert_eq!(gate(&report, &Policy::default()), None);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! [`Report`]: plimsoll_model::Report

pub mod checks;
pub mod compliance;
mod day;
pub mod deadlines;
pub mod facts;
mod fields;
mod gate;
pub mod inputs;
pub mod lint;
mod nearest;
mod purl;
mod rego;
pub mod waivers;

pub use fields::Mistake;
pub use gate::{Policy, gate};
pub use nearest::{nearest, suggestion, suggestion_or_all};
