//! What a finished report means for those who ship the image.
//!
//! Owns the [`gate`]: whether a [`Report`] meets a [`Policy`]. It counts what the report holds, whatever a display filter
//! shows of it, and finds nothing itself. Words on a terminal and exit codes are for the caller.
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

pub mod compliance;
mod day;
pub mod deadlines;
pub mod facts;
mod fields;
mod gate;
pub mod inputs;
mod nearest;
mod purl;
pub mod waivers;

pub use fields::Mistake;
pub use gate::{Policy, gate};
