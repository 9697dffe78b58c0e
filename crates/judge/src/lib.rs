//! What a finished report means for those who ship the image.
//!
//! Owns the [`gate`]: whether a [`Report`] meets a [`Policy`]. It counts what the report holds, whatever a display filter
//! shows of it, and finds nothing itself. Owns the [`checks`] too: rules that say what is wrong with an image; and the
//! [`inputs`] that they judge beside it. Words on a terminal and exit codes are for the caller.
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
mod gate;
pub mod inputs;
pub mod lint;
mod rego;

pub use gate::{Policy, gate};
