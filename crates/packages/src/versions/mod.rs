//! Orders of versions, one file for each scheme.
//!
//! Each `compare` gives the order that the package manager itself uses, and `None` when one of the two is no version of
//! its scheme. Does not know packages or advisories.

pub mod alpm;
pub mod apk;
pub mod deb;
pub mod rpm;
