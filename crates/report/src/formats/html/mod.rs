//! The report as one HTML file: no script, no other file, nothing to load.
//!
//! Owns what stands on the page; `templates/report.html` owns how. The first view says whether the image may ship and why,
//! what is worst and what to do about it, and how it does by each standard. Every text passes [`Visible`], which the
//! templates' configuration names as their escaper, so that none can forget it.

mod view;

use std::fmt;
use std::io::{self, Write};

use askama::Template;
use askama::filters::{Escaper, Html};
use plimsoll_model::Report;

use super::Format;
use crate::{Style, sanitize};

/// The row of the table of formats.
pub const HTML: Format =
    Format { name: "html", about: "a page for people: findings, controls, evidence, packages", write };

fn write(report: &Report, out: &mut dyn Write, style: &Style) -> io::Result<()> {
    let page = view::Page::of(report, style).render().map_err(io::Error::other)?;
    // Blocks of the template leave blank lines behind.
    for line in page.lines().map(str::trim).filter(|line| !line.is_empty()) {
        out.write_all(line.as_bytes())?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Makes text visible, then HTML: what a browser would reorder or hide is written as an escape, as on a terminal.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Visible;

impl Escaper for Visible {
    fn write_escaped_str<W: fmt::Write>(&self, out: W, text: &str) -> fmt::Result {
        Html.write_escaped_str(out, &sanitize::visible(text, true))
    }
}
