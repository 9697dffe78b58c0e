//! What a finished report means for those who ship the image.
//!
//! Owns the [`gate`]: whether a [`Report`] meets a [`Policy`]. It counts what the report holds, whatever a display filter
//! shows of it, and finds nothing itself. Owns the [`checks`] too: rules that say what is wrong with an image. Words on a
//! terminal and exit codes are for the caller.
//!
//! Beside it: how far an image meets standards ([`compliance`]), decisions to live with findings ([`waivers`]), and by when
//! findings have to be mended ([`deadlines`]). The order is waivers, deadlines, standards: each needs what the one before
//! it wrote into the findings.
//!
//! ```
//! use plimsoll_judge::Policy;
//! use plimsoll_model::Severity;
//!
//! let policy = Policy { fail_on: Some(Severity::High), ..Policy::default() };
//! assert!(!policy.allow_incomplete);
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
pub use nearest::nearest;
