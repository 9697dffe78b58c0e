//! What VEX statements do to the findings of a scan.
//!
//! Owns the order in which statements override each other, what they mute, and the account of those that changed nothing.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use plimsoll_model::{Finding, ImageSummary, Inventory, Muted, State, Unmatched, UnmatchedReason};

use super::component::{Nearness, Scanned};
use super::{Document, Statement, Status};

/// Applies the documents to the findings about this image. Of several statements about one finding the latest counts: by
/// their time, then by the order in which documents were given and statements stand in them.
///
/// What comes back are the statements that applied to nothing, sorted.
pub fn apply(
    documents: &[Document],
    image: &ImageSummary,
    inventory: &Inventory,
    findings: &mut [Finding],
) -> Vec<Unmatched> {
    if documents.is_empty() {
        return Vec::new();
    }
    let scanned = Scanned::new(image, inventory);
    let by_id = by_id(findings);
    let mut last: HashMap<usize, (&Document, usize)> = HashMap::new();
    let mut unmatched = Vec::new();
    let mut elsewhere: BTreeMap<&str, usize> = BTreeMap::new();
    for (document, number) in in_order(documents) {
        let Some(statement) = document.statement(number) else { continue };
        let mut reached = false;
        for index in candidates(&statement, &by_id) {
            let is_about = |finding: &Finding| reaches(&statement, finding, &scanned);
            if findings.get(index).is_some_and(is_about) {
                last.insert(index, (document, number));
                reached = true;
            }
        }
        if !reached {
            match why_unmatched(document, &statement, &scanned) {
                Some(why) => unmatched.push(why),
                None => *elsewhere.entry(&document.source).or_default() += 1,
            }
        }
    }
    for (index, (document, number)) in last {
        if let (Some(finding), Some(statement)) = (findings.get_mut(index), document.statement(number)) {
            say(document, &statement, finding);
        }
    }
    unmatched.extend(elsewhere.into_iter().map(|(source, count)| about_others(source, count)));
    unmatched.sort();
    unmatched
}

/// All statements by their numbers, the latest last.
fn in_order(documents: &[Document]) -> Vec<(&Document, usize)> {
    let all = documents.iter().flat_map(|document| (0..document.len()).map(move |number| (document, number)));
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|(document, number)| document.timestamp(*number));
    all
}

/// Findings by every id of theirs, in lower case.
fn by_id(findings: &[Finding]) -> HashMap<String, Vec<usize>> {
    let mut by_id: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, finding) in findings.iter().enumerate() {
        for id in std::iter::once(&finding.id).chain(&finding.aliases) {
            by_id.entry(id.to_ascii_lowercase()).or_default().push(index);
        }
    }
    by_id
}

fn candidates(statement: &Statement, by_id: &HashMap<String, Vec<usize>>) -> Vec<usize> {
    let known = statement.vulnerability.iter().filter_map(|id| by_id.get(&id.to_ascii_lowercase())).flatten();
    let mut known: Vec<usize> = known.copied().collect();
    known.sort_unstable();
    known.dedup();
    known
}

fn reaches(statement: &Statement, finding: &Finding, scanned: &Scanned<'_>) -> bool {
    let Some(installed) = scanned.installed(finding.package()) else { return false };
    statement.products.iter().any(|product| scanned.nearness(product, installed) == Nearness::Present)
}

/// A finding that is muted already, by the vendor's verdict, stays as it is but for what is said of it.
fn say(document: &Document, statement: &Statement, finding: &mut Finding) {
    let by = document.by(statement);
    match statement.status {
        Status::NotAffected | Status::Fixed if finding.muted.is_none() => {
            let status = if statement.status == Status::Fixed { State::Fixed } else { State::NotAffected };
            let reason = statement.reason();
            let justification = justification(&statement.justification).to_owned();
            finding.muted = Some(Muted { by, reason, status: Some(status), justification, expires: None });
        }
        Status::NotAffected | Status::Fixed => {
            add(&mut finding.evidence, &format!("{by} says {}: {}", statement.status.as_str(), statement.reason()))
        }
        Status::Affected => {
            let why = if statement.impact.is_empty() { String::new() } else { format!(": {}", statement.impact) };
            add(&mut finding.evidence, &format!("{by} says it is affected{why}"));
            if !statement.action.is_empty() && !finding.remedy.contains(&statement.action) {
                add(&mut finding.remedy, &statement.action);
            }
        }
        Status::UnderInvestigation => add(&mut finding.evidence, &format!("{by} says it is under investigation")),
    }
}

fn add(text: &mut String, more: &str) {
    if !text.is_empty() {
        text.push_str("; ");
    }
    text.push_str(more);
}

/// The words of OpenVEX and CSAF, and those of CycloneDX that mean the same
/// (<https://cyclonedx.org/docs/1.6/json/#vulnerabilities_items_analysis_justification>).
fn justification(word: &str) -> &str {
    match word {
        "component_not_present"
        | "vulnerable_code_not_present"
        | "vulnerable_code_not_in_execute_path"
        | "vulnerable_code_cannot_be_controlled_by_adversary"
        | "inline_mitigations_already_exist" => word,
        "code_not_present" => "vulnerable_code_not_present",
        "code_not_reachable" => "vulnerable_code_not_in_execute_path",
        "protected_by_mitigating_control" | "protected_at_perimeter" | "protected_at_runtime" => {
            "inline_mitigations_already_exist"
        }
        _ => "",
    }
}

impl Document {
    /// Its file's name and the author.
    fn by(&self, statement: &Statement) -> String {
        let name =
            Path::new(&self.source).file_name().map_or(self.source.as_str().into(), |name| name.to_string_lossy());
        if statement.author.is_empty() { name.into_owned() } else { format!("{name} ({})", statement.author) }
    }
}

impl Statement {
    /// Why there is nothing to do, in one sentence.
    fn reason(&self) -> String {
        let reasons: Vec<&str> = [self.justification.as_str(), self.impact.as_str()]
            .into_iter()
            .filter(|reason| !reason.is_empty())
            .collect();
        match reasons.as_slice() {
            [] if self.status == Status::Fixed => "fixed".into(),
            [] => "no reason given".into(),
            reasons => reasons.join(": "),
        }
    }
}

/// Why a statement applied to nothing; none when it is about other images.
fn why_unmatched(document: &Document, statement: &Statement, scanned: &Scanned<'_>) -> Option<Unmatched> {
    let nearest = statement.products.iter().map(|product| scanned.presence(product)).max();
    let id = statement.vulnerability.first().map(String::as_str).unwrap_or_default();
    let (reason, message) = match nearest.unwrap_or(Nearness::Unrecognised("no product".into())) {
        Nearness::OtherImage => return None,
        Nearness::Present => {
            (UnmatchedReason::NoSuchFinding, format!("what it is about is in the image, but has no finding of {id}"))
        }
        Nearness::Differs(how) => (UnmatchedReason::OtherVersion, how),
        Nearness::OtherContext(product) => {
            (UnmatchedReason::OtherProduct, format!("the package is in the image, but not within {product}"))
        }
        Nearness::Absent(name) => (UnmatchedReason::NotInImage, format!("{name} is not in the image")),
        Nearness::Unrecognised(name) => {
            let message = format!("{name} cannot be looked for in an image: it has no package URL, digest or CPE name");
            (UnmatchedReason::Unidentified, message)
        }
    };
    let what = format!("{id} {}", statement.status.as_str());
    Some(Unmatched { source: document.source.clone(), statement: what, reason, message })
}

/// Documents of vendors speak about all that they ship.
fn about_others(source: &str, count: usize) -> Unmatched {
    Unmatched {
        source: source.into(),
        statement: if count == 1 { "1 statement".into() } else { format!("{count} statements") },
        reason: UnmatchedReason::OtherImage,
        message: "about other images".into(),
    }
}
