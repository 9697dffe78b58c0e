//! Known vulnerabilities: from what publishers issue, over shards on disk, to findings about an inventory.
//!
//! Owns the feeds, the database, the rules of matching and the order in which severities win. Knows packages only
//! through the rows of `plimsoll_packages::ECOSYSTEMS`; refuses to know images, layers and reports.
//!
//! ```text
//! documents ─feeds→ Advisory… ─database::Builder→ shards ─Database::open→ matching(inventory) → findings, gaps
//! ```

pub mod database;
pub mod feeds;
pub mod fetch;
mod lifecycle;
mod matching;
mod outdated;
pub mod published;
mod risk;
pub mod severity;
pub mod update;
pub mod vex;

pub use matching::{Matched, Told, explain, matching, spaces};
pub use outdated::outdated;
pub use risk::{FACTORS, Factor, risk};
