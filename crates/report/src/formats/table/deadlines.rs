//! How findings stand against their deadlines: a line for each set.

use plimsoll_model::Report;

use super::page::{Look, Page};
use super::{count, thousands};
use crate::deadlines::{Standing, by_days, standings};
use crate::issues::place;
use crate::style::is_upgraded;

/// The sets of deadlines that the report was held to.
pub(super) fn deadlines(page: &mut Page<'_>, report: &Report) {
    for (set, standing) in standings(report) {
        let lead = format!("deadlines {}  ", page.text(set));
        let (text, look) = line(page, &standing);
        page.paragraph(&lead, &text, look, None);
    }
}

fn line(page: &Page<'_>, standing: &Standing<'_>) -> (String, Look) {
    let mut parts = Vec::new();
    if let Some((finding, due)) = standing.longest {
        let name = if is_upgraded(finding) { finding.subject().to_owned() } else { place(finding) };
        let (id, name) = (page.text(&finding.id), page.text(&name));
        let overdue = thousands(standing.overdue);
        parts.push(format!("{overdue} overdue, the longest {id} in {name} {}since {}", by_days(due), due.by));
    }
    if standing.due > 0 {
        parts.push(format!("{} due, the next by {}", thousands(standing.due), standing.next));
    }
    if standing.not_assessed > 0 {
        let reason =
            if standing.reason.is_empty() { String::new() } else { format!(" ({})", page.text(standing.reason)) };
        parts.push(format!("{} not assessed{reason}", count(standing.not_assessed, "finding", "findings")));
    }
    let look = if standing.overdue > 0 { Look::Strong } else { Look::Plain };
    (if parts.is_empty() { "nothing is due".to_owned() } else { parts.join("; ") }, look)
}
