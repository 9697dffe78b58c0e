//! The report as a person reads it on a terminal: one screen for an ordinary image, the worst first.
//!
//! Owns the order of the parts. What is listed and what is folded is the overview's choice; what a terminal may show is
//! `sanitize`'s.

mod compliance;
mod deadlines;
mod heading;
mod issues;
mod notes;
mod outdated;
mod page;
mod rows;

use std::io::{self, Write};

use plimsoll_model::{Report, thousands};

use super::Format;
use crate::Style;
use crate::overview::Overview;
use page::Page;

/// The row of the table of formats.
pub const TABLE: Format = Format { name: "table", about: "for people: the worst first, and what to do", write };

fn write(report: &Report, out: &mut dyn Write, style: &Style) -> io::Result<()> {
    let overview = Overview::of(report, &style.show, style.all);
    let mut page = Page::new(style);
    heading::image(&mut page, report);
    page.gap();
    heading::totals(&mut page, report, &overview);
    page.gap();
    let others = issues::height(&page, &overview.issues) + compliance::height(report) + deadlines::height(report);
    let cut = rows::rows(&mut page, report, &overview, others);
    notes::folded(&mut page, report.hidden, &overview, cut);
    if style.all {
        notes::muted(&mut page, &report.findings);
    }
    page.gap();
    outdated::outdated(&mut page, &overview.outdated);
    page.gap();
    issues::issues(&mut page, &overview.issues);
    page.gap();
    notes::advice(&mut page, &overview);
    page.gap();
    deadlines::deadlines(&mut page, report);
    compliance::compliance(&mut page, report);
    page.gap();
    notes::gaps(&mut page, &report.gaps);
    notes::unmatched(&mut page, &report.unmatched);
    issues::checks(&mut page, &report.checks);
    outdated::support(&mut page, &report.support);
    notes::data(&mut page, &report.data);
    page.write(out)
}

/// A number with its noun, grouped by thousands: `1 gap`, `3,000 packages`.
fn count(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", thousands(number), if number == 1 { one } else { many })
}
