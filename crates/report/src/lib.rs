//! Reports as people and programs read them.
//!
//! Owns the table of [`FORMATS`], what a terminal may show ([`sanitize`]), and the words for a gate's verdict
//! ([`gate_text`]). Reads a finished [`Report`] and decides nothing: what is affected, how bad it is and whether it may
//! ship is settled before. Touches neither files nor the network.
//!
//! ```
//! use plimsoll_report::{FORMATS, Style, sanitize};
//!
//! let names: Vec<_> = FORMATS.iter().map(|format| format.name).collect();
//! assert_eq!(names, ["table", "html", "json", "sarif", "csv", "openvex", "oscal"]);
//! assert_eq!(Style::default().width, 80);
//! assert_eq!(sanitize::visible("evil\u{1b}[2J", true), "evil\\x1b[2J");
//! ```

mod advice;
mod deadlines;
mod decisions;
mod explanation;
mod fix;
mod formats;
mod gate;
mod groups;
mod issues;
mod links;
mod overview;
pub mod sanitize;
mod standards;
mod step;
mod style;
mod tally;

pub use explanation::{explanation_json, explanation_text};
pub use formats::{FORMATS, Format};
pub use gate::gate_text;
pub use step::step;
pub use style::{Filter, Style};
