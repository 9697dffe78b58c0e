//! How findings stand against their deadlines: a line for each set.

use plimsoll_model::Report;

use super::page::{Look, Page};
use super::thousands;
use crate::deadlines::{Standing, standings};

/// The sets of deadlines that the report was held to.
pub(super) fn deadlines(page: &mut Page<'_>, report: &Report) {
    for (set, standing) in standings(report) {
        let look = if standing.overdue > 0 { Look::Strong } else { Look::Plain };
        let text = format!("{}: {}", page.text(set), line(page, &standing));
        page.paragraph("deadlines  ", &text, look, if page.style.all { None } else { Some(2) });
    }
}

/// Lines that the first screen has for these.
pub(super) fn height(report: &Report) -> usize {
    standings(report).len()
}

fn line(page: &Page<'_>, standing: &Standing<'_>) -> String {
    let mut parts = Vec::new();
    if let Some((finding, due)) = standing.longest {
        let by =
            due.days.map(|days| format!(" by {} days", thousands(days.unsigned_abs() as usize))).unwrap_or_default();
        parts.push(format!("{} overdue ({}{by})", thousands(standing.overdue), page.text(&finding.id)));
    }
    if standing.due > 0 {
        parts.push(format!("{} due (next {})", thousands(standing.due), standing.next));
    }
    if standing.not_assessed > 0 {
        // Why is for those who look at everything.
        let reason = if standing.reason.is_empty() || !page.style.all {
            String::new()
        } else {
            format!(" ({})", page.text(standing.reason))
        };
        parts.push(format!("{} not assessed{reason}", thousands(standing.not_assessed)));
    }
    if parts.is_empty() { "nothing is due".to_owned() } else { parts.join(", ") }
}
