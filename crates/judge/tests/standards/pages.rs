//! Pages of the manual that are made from the data, and the example in the one that is not.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use plimsoll_judge::checks::Pack;
use plimsoll_judge::compliance::{ControlSpec, STANDARDS, Source, Spec, standards};
use plimsoll_judge::deadlines::{self, Clock, Deadlines, Rule};
use plimsoll_judge::waivers::{Limits, Waivers};
use plimsoll_model::{Decision, Severity};
use serde_json::Value;

use crate::sketch::{root, text};

/// Holds a page to the data, or writes it.
fn hold(name: &str, page: &str) {
    let path = root().join("docs").join(name);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&path, page).unwrap();
    }
    assert_eq!(text(&path), page, "docs/{name} is not what the data says: run with UPDATE_EXPECTED=1");
}

fn source(source: &Source) -> String {
    let name = if source.url.is_empty() { source.name.clone() } else { format!("[{}]({})", source.name, source.url) };
    format!("{name}, published {}, read {}", source.published, source.retrieved)
}

fn code(name: &str) -> String {
    format!("`{name}`")
}

#[test]
fn the_page_of_standards_is_made_from_them() {
    let mut page = String::from(
        "# Compliance\n\n\
         How far an image meets a standard, made from `checks/compliance`; rewrite it with\n\
         `UPDATE_EXPECTED=1 cargo test -p plimsoll-judge --test standards`. Titles are in our own words. An image shows a part\n\
         of what a standard asks for; a pass means that this part was looked at and holds, and certifies nothing.\n\n\
         ## How a control comes out\n\n\
         | result | when |\n|---|---|\n\
         | fail | something that decides it fails, and no waiver or VEX statement speaks for all of it |\n\
         | not assessed | nothing fails, but something that it needs was not looked at, was run with other parameters, or found nothing while the scan was blind there |\n\
         | manual | a person has to answer: always of manual controls, of assisted ones when nothing fails, and of standards that give no verdicts |\n\
         | pass | all that it needs was looked at, and holds |\n\n\
         *Automated* controls are decided by checks and findings alone. *Assisted* ones can fail by them; else a person decides\n\
         with their evidence. *Needs* must have been assessed; *also* decides where it was run; *shown* stands beside it and\n\
         decides nothing. *Rest* are checks of a family that no control of the standard names: they fail the control from\n\
         medium severity where the standard says so (*rest decides*), and are shown otherwise.\n\n\
         Profiles: `default`; `strict`, in which waivers do not count (VEX statements do, for they state facts) and controls\n\
         of high severity or worse that were not assessed count as failed.\n\n\
         ## Standards of your own\n\n\
         One YAML file: see [own-standards.md](own-standards.md).\n",
    );
    for spec in standards().unwrap() {
        standard(&mut page, &spec);
    }
    hold("compliance.md", &page);
}

fn standard(page: &mut String, spec: &Spec) {
    let Spec { id, title, edition, .. } = spec;
    let rest = if spec.rest_decides { "; rest decides" } else { "" };
    let verdicts = if spec.evidence_only { "; evidence only, no verdicts" } else { "" };
    writeln!(
        page,
        "\n## `{id}`: {title}\n\n{edition}; {}{verdicts}{rest}. {}.\n",
        spec.status.describe(code),
        source(&spec.source)
    )
    .unwrap();
    for note in &spec.notes {
        writeln!(page, "- {note}").unwrap();
    }
    page.push_str(
        "\n| control | what it asks for | severity | who decides | what decides it |\n|---|---|---|---|---|\n",
    );
    for control in &spec.controls {
        let ControlSpec { id, title, severity, automation, .. } = control;
        let question = if control.question.is_empty() { String::new() } else { format!(" *{}*", control.question) };
        writeln!(
            page,
            "| {id} | {title}{question} | {severity} | {} | {} |",
            automation.as_str(),
            control.describe(code)
        )
        .unwrap();
    }
}

#[test]
fn the_page_of_deadlines_is_made_from_them() {
    let mut page = String::from(
        "# Deadlines\n\n\
         By when findings have to be mended, made from `checks/deadlines`; rewrite it with\n\
         `UPDATE_EXPECTED=1 cargo test -p plimsoll-judge --test standards`. Days are whole days in UTC: a deadline of 30 days\n\
         that starts on 31 October ends with 30 November; hours are rounded down to whole days.\n\n\
         Each finding says how it stands by each set of deadlines that was asked for: `due` or `overdue` with the last day\n\
         and the days left, `no-limit`, or `not-assessed` with what would have to be known. What is not known is never in\n\
         time; where all that is possible comes to the same, it does not matter.\n\n\
         ## The history\n\n\
         Most clocks start on a day that only earlier scans know. The history is a file of JSON lines, sorted, that each scan\n\
         reads and writes; several can be merged. A finding is known again by its id or another name of it, its package\n\
         without version (else its path or place) and the repository of the image, never by a digest: neither a rebuild nor a\n\
         new tag starts a clock anew. An image that is in no registry is known by where it is: a layout, an archive or a\n\
         folder by its path as it was written for the scan, and all images in it are one to the history. What comes back\n\
         keeps the day on which it was first seen, and is counted as reopened. A blind scan makes nothing go. Without a history only the days of CISA's list are known.\n\n\
         ```text\n\
         {\"plimsoll-history\":\"1.1\"}\n\
         {\"repository\":\"registry.example.org/shop/api\",\"id\":\"CVE-2024-1234\",\"package\":\"pkg:deb/debian/openssl\",\"first_seen\":\"2026-10-01\",\"last_seen\":\"2026-11-29\",\"fix_first_seen\":\"2026-11-02\"}\n\
         ```\n\n\
         Clocks: `detected` (the first scan of this repository that saw it), `published`, `fix-released` (else the first scan\n\
         that knew of a fix), `kev-added` (on CISA's list of exploited vulnerabilities), `evaluated`, `aware` (the first scan\n\
         that said that it is being exploited). Of several, the first of which the start is known counts, or the earliest\n\
         where the set says so.\n\n\
         ## Where the image runs\n\n\
         Some sets ask for more than an image tells: whether what runs it can be reached from the internet, and how much\n\
         harm a vulnerability can do there. `--asset` says it: `--asset exposed=yes,reachable=no,exploitable=yes,impact=N3`.\n\
         Whether attacks can be automated and give control over everything (CISA's judgements in CVE records) is not in the\n\
         data yet; a deadline that depends on them is not assessed.\n",
    );
    for set in deadlines::deadlines().unwrap() {
        deadline(&mut page, &set);
    }
    hold("deadlines.md", &page);
}

fn deadline(page: &mut String, set: &Deadlines) {
    let on = if set.is_on { "on with `--history` unless others are named" } else { "on when it is asked for" };
    let Deadlines { id, title, .. } = set;
    writeln!(
        page,
        "\n## `{id}`: {title}\n\n{}; {on}. {}. Kinds: {}.\n",
        set.status.describe(code),
        source(&set.source),
        set.kinds.join(", ")
    )
    .unwrap();
    for note in &set.notes {
        writeln!(page, "- {note}").unwrap();
    }
    for step in &set.steps {
        let clocks: Vec<String> =
            step.clocks.iter().copied().map(Clock::as_str).map(|word| format!("`{word}`")).collect();
        let take = if step.is_earliest { ", the earliest" } else { "" };
        let name = if step.name.is_empty() { String::new() } else { format!("{}: ", step.name) };
        writeln!(page, "\n{name}clock {}{take}.\n", clocks.join(", ")).unwrap();
        for rule in step.rules.iter().map(Rule::describe) {
            writeln!(page, "- {rule}").unwrap();
        }
    }
}

/// The first example of a page.
fn example(page: &str) -> &str {
    page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example")
}

/// Names in the first column of tables: all that the page explains.
fn explained(page: &str) -> BTreeSet<&str> {
    let cells = page.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    cells.flat_map(|cell| cell.split(", ")).map(|name| name.trim_matches('`')).collect()
}

#[test]
fn the_page_of_own_standards_explains_every_field() {
    let page = text(&root().join("docs/own-standards.md"));
    let checks = Pack::builtin().unwrap().catalogue();
    let sets = deadlines::deadlines().unwrap();
    let sets: BTreeSet<&str> = sets.iter().map(|set| set.id.as_str()).collect();
    Spec::parse_own("docs/own-standards.md", example(&page), &checks, &sets).unwrap();
    // Every field that the built-in ones use, at any depth, and those that a typo is answered with.
    let mut used = BTreeSet::new();
    for (_, standard) in STANDARDS {
        fields(&serde_saphyr::from_str(standard).unwrap(), &mut used);
    }
    let explained = explained(&page);
    let missing: Vec<&String> = used.iter().filter(|field| !explained.contains(field.as_str())).collect();
    assert!(missing.is_empty(), "docs/own-standards.md says nothing of {missing:?}");
}

/// Names of fields; those of parameters are no fields of the format.
fn fields(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Array(entries) => entries.iter().for_each(|entry| fields(entry, names)),
        Value::Object(object) => {
            names.extend(object.keys().cloned());
            object.iter().filter(|(name, _)| *name != "params").for_each(|(_, value)| fields(value, names));
        }
        _ => {}
    }
}

#[test]
fn the_example_in_the_page_of_waivers_is_one() {
    let page = text(&root().join("docs/waivers.md"));
    let example = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let waivers = Waivers::parse("docs/waivers.md", example, "").unwrap();
    assert!(!waivers.entries.is_empty());
    for decision in Decision::ALL {
        assert!(page.contains(&format!("`{}`", decision.as_str())), "{decision:?}");
    }
    let limits = Limits::default();
    for severity in [Severity::Critical, Severity::High, Severity::Medium, Severity::Low] {
        assert!(page.contains(&format!("| {severity} | {} days |", limits.days(severity))), "{severity}");
    }
}
