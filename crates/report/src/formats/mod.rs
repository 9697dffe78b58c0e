//! The output formats, one file each, and the table of them.

mod csv;
mod html;
mod json;
mod openvex;
mod oscal;
mod sarif;
mod table;

pub(crate) use json::escape;

use std::io::{self, Write};

use plimsoll_model::Report;

use crate::Style;

/// A way to write a report.
#[derive(Debug)]
pub struct Format {
    /// What the user asks for.
    pub name: &'static str,
    /// What it is for, one line for the manual.
    pub about: &'static str,
    /// Writes one report, with a line end after it.
    pub write: fn(&Report, &mut dyn Write, &Style) -> io::Result<()>,
}

/// Every format, in the manual's order.
pub const FORMATS: &[&Format] =
    &[&table::TABLE, &html::HTML, &json::JSON, &sarif::SARIF, &csv::CSV, &openvex::OPENVEX, &oscal::OSCAL];
