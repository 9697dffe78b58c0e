//! A gate's verdict in words, for the end of a run.
//!
//! Owns the layout; the reasons are the gate's own.

use plimsoll_model::Verdict;

use crate::{Style, sanitize};

/// The verdict in a few lines, each ended: what the gate said, then why. Belongs on stderr, after the report.
#[must_use]
pub fn gate_text(verdict: &Verdict, style: &Style) -> String {
    let (said, reasons) = match verdict {
        Verdict::Passed { reasons } => ("gate passed", reasons),
        Verdict::Failed { reasons } => ("gate failed", reasons),
        Verdict::Incomplete { reasons } => ("gate cannot decide", reasons),
    };
    let mut text = String::from(said);
    for (position, reason) in reasons.iter().enumerate() {
        text.push_str(if position == 0 { ": " } else { "\n  " });
        let room = style.columns().saturating_sub(if position == 0 { said.len() + 2 } else { 2 });
        let lines = sanitize::wrap(&sanitize::visible(reason, style.unicode), room);
        text.push_str(&lines.join("\n  "));
    }
    text.push('\n');
    text
}
