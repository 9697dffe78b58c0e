//! The report as a table for spreadsheets: RFC 4180 (<https://www.rfc-editor.org/rfc/rfc4180>).
//!
//! Owns the columns. There is one row for each finding, each control of a standard, each gap and each statement or waiver that
//! changed nothing, told apart by the column `record`; what a filter hides is a row of its own, so that a short table never looks clean. A spreadsheet takes a cell
//! that begins like a formula for one, wherever the text comes from: such cells begin with an apostrophe
//! (<https://owasp.org/www-community/attacks/CSV_Injection>).

use std::io::{self, Write};

use plimsoll_model::{Compliance, Control, Decision, DueState, Finding, Gap, Muted, Report, Unmatched};

use super::Format;
use crate::style::is_upgraded;
use crate::{Style, deadlines, issues, sanitize};

/// The row of the table of formats.
pub const CSV: Format = Format { name: "csv", about: "a row for each finding and control, for spreadsheets", write };

/// The header; later versions only add columns at the end.
const COLUMNS: [&str; 31] = [
    "record",
    "image",
    "digest",
    "kind",
    "id",
    "severity",
    "result",
    "title",
    "place",
    "package",
    "version",
    "fixed_in",
    "layer",
    "origin",
    "evidence",
    "remedy",
    "aliases",
    "exploited",
    "epss",
    "muted_by",
    "muted_until",
    "fingerprint",
    "deadline",
    "overdue",
    "muted_type",
    "muted_owner",
    "muted_approver",
    "muted_ticket",
    "muted_control",
    "muted_since",
    "muted_signed_by",
];

/// The cells of one row; what is not named is empty.
#[derive(Default)]
struct Row {
    record: &'static str,
    kind: String,
    id: String,
    severity: &'static str,
    result: String,
    title: String,
    place: String,
    package: String,
    version: String,
    fixed_in: String,
    layer: String,
    origin: &'static str,
    evidence: String,
    remedy: String,
    aliases: String,
    exploited: &'static str,
    epss: String,
    muted_by: String,
    muted_until: String,
    fingerprint: String,
    deadline: String,
    overdue: String,
    decision: Decided,
}

/// What a waiver says of the decision.
#[derive(Default)]
struct Decided {
    kind: &'static str,
    owner: String,
    approver: String,
    ticket: String,
    control: String,
    since: String,
    signed_by: String,
}

fn write(report: &Report, out: &mut dyn Write, style: &Style) -> io::Result<()> {
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    table.write_record(COLUMNS)?;
    let shown = report.findings.iter().filter(|finding| style.show.shows(finding));
    let left_out = report.findings.len().saturating_sub(shown.clone().count()).saturating_add(report.hidden);
    let controls =
        report.compliance.iter().flat_map(|standard| standard.controls.iter().map(move |item| control(standard, item)));
    let rows = shown.map(finding).chain(controls).chain(report.gaps.iter().map(gap));
    let rows = rows.chain(report.unmatched.iter().map(unmatched));
    let hidden = (left_out > 0).then(|| Row {
        record: "note",
        title: format!("findings that a filter left out of this table: {left_out}"),
        ..Row::default()
    });
    for row in rows.chain(hidden) {
        table.write_record(cells(report, row).map(|cell| safe(&cell)))?;
    }
    table.flush()
}

fn cells(report: &Report, row: Row) -> [String; COLUMNS.len()] {
    let digest = report.image.digest.as_ref().map(ToString::to_string).unwrap_or_default();
    [
        row.record.to_owned(),
        report.image.reference.clone(),
        digest,
        row.kind,
        row.id,
        row.severity.to_owned(),
        row.result,
        row.title,
        row.place,
        row.package,
        row.version,
        row.fixed_in,
        row.layer,
        row.origin.to_owned(),
        row.evidence,
        row.remedy,
        row.aliases,
        row.exploited.to_owned(),
        row.epss,
        row.muted_by,
        row.muted_until,
        row.fingerprint,
        row.deadline,
        row.overdue,
        row.decision.kind.to_owned(),
        row.decision.owner,
        row.decision.approver,
        row.decision.ticket,
        row.decision.control,
        row.decision.since,
        row.decision.signed_by,
    ]
}

fn finding(finding: &Finding) -> Row {
    let vulnerability = finding.vulnerability();
    let muted = finding.muted.as_ref();
    let yes_no = |yes| if yes { "yes" } else { "no" };
    let paths = || finding.locations.iter().map(|location| location.path.as_str()).collect::<Vec<_>>().join("; ");
    // Of a secret, evidence tells the kind; how it begins tells which.
    let evidence = match issues::found(finding) {
        found if found == finding.evidence || is_upgraded(finding) => finding.evidence.clone(),
        found if finding.evidence.is_empty() => found,
        found => format!("{found}: {}", finding.evidence),
    };
    Row {
        record: "finding",
        kind: finding.about.kind().to_owned(),
        id: finding.id.clone(),
        severity: finding.severity.as_str(),
        result: muted.map_or("open", |_| "muted").to_owned(),
        title: finding.title.clone(),
        place: if is_upgraded(finding) { paths() } else { issues::place(finding) },
        package: if finding.package().is_empty() && is_upgraded(finding) {
            finding.subject().to_owned()
        } else {
            finding.package().to_owned()
        },
        version: finding.version().to_owned(),
        fixed_in: finding.fixed_in().join("; "),
        layer: finding.layer.map(|layer| layer.saturating_add(1).to_string()).unwrap_or_default(),
        origin: match finding.origin {
            plimsoll_model::FindingOrigin::Base => "base",
            plimsoll_model::FindingOrigin::Own => "own",
        },
        evidence,
        remedy: finding.remedy.clone(),
        aliases: finding.aliases.join("; "),
        exploited: vulnerability.map_or("", |known| yes_no(known.kev)),
        epss: vulnerability.and_then(|known| known.epss).map(|epss| epss.to_string()).unwrap_or_default(),
        muted_by: muted.map(|muted| format!("{}: {}", muted.by, muted.reason)).unwrap_or_default(),
        muted_until: muted.and_then(|muted| muted.expires.clone()).unwrap_or_default(),
        fingerprint: finding.fingerprint.clone(),
        deadline: deadlines::earliest(finding).unwrap_or_default().to_owned(),
        overdue: overdue(finding).join("; "),
        decision: muted.map(decided).unwrap_or_default(),
    }
}

fn decided(muted: &Muted) -> Decided {
    Decided {
        kind: muted.decision.map_or("", Decision::as_str),
        owner: muted.owner.clone(),
        approver: muted.approver.clone(),
        ticket: muted.ticket.clone(),
        control: muted.compensating_control.clone(),
        since: muted.created.clone(),
        signed_by: muted.signed_by.clone(),
    }
}

/// The sets of deadlines whose last day has passed.
fn overdue(finding: &Finding) -> Vec<&str> {
    let mut sets: Vec<&str> =
        finding.due.iter().filter(|due| due.state == DueState::Overdue).map(|due| due.profile.as_str()).collect();
    sets.dedup();
    sets
}

fn control(standard: &Compliance, control: &Control) -> Row {
    let told = control.evidence.iter().map(|told| format!("{}: {}: {}", told.of, told.result, told.message));
    let result = if standard.evidence_only { "evidence only".to_owned() } else { control.result.to_string() };
    Row {
        record: "control",
        kind: standard.id.clone(),
        id: control.id.clone(),
        severity: control.severity.as_str(),
        result,
        title: control.title.clone(),
        evidence: Some(control.reason.clone())
            .filter(|reason| !reason.is_empty())
            .into_iter()
            .chain(told)
            .collect::<Vec<_>>()
            .join("; "),
        remedy: control.question.clone(),
        ..Row::default()
    }
}

fn gap(gap: &Gap) -> Row {
    Row {
        record: "gap",
        kind: gap.kind.to_string(),
        place: gap.location.clone(),
        evidence: gap.message.clone(),
        ..Row::default()
    }
}

/// A statement or waiver that changed nothing.
fn unmatched(unmatched: &Unmatched) -> Row {
    Row {
        record: "unmatched",
        kind: unmatched.reason.as_str().to_owned(),
        title: unmatched.statement.clone(),
        place: unmatched.source.clone(),
        evidence: unmatched.message.clone(),
        ..Row::default()
    }
}

/// A cell that no terminal obeys and no spreadsheet calculates.
fn safe(cell: &str) -> String {
    let cell = sanitize::visible(cell, true);
    // Spreadsheets take the full-width forms for the same signs. Tabs and line ends are escapes by now.
    let starts = |text: &str| text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if starts(cell.trim_start()) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn nothing_is_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "＝1"] {
            assert_eq!(safe(text), format!("'{text}"));
        }
        assert_eq!(safe("\t=1"), "\\t=1");
        assert_eq!(safe("\r=1"), "\\r=1");
        assert_eq!(safe("a=1"), "a=1");
        assert_eq!(safe("3.0.11-1"), "3.0.11-1");
    }
}
