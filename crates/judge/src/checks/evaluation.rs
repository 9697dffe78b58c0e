//! Judging one document by a pack.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use plimsoll_model::{Assessment, Checked, Gap, GapKind, GapReason, Severity};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::cuts;
use super::pack::{Pack, RULES, Shard, in_parallel};
use super::results::{self, Hit};
use super::sections;
use super::{Author, Check, InputKind};
use crate::rego::{Document, Engine, Error};

/// Bounds of one evaluation. The document is hostile, and so may a rule be that a user was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For one check of a user.
    pub check: Duration,
    /// For all checks of users; what is left over then is not assessed.
    pub all: Duration,
    /// For the built-in ones together. Their rules are known to be quick: it is for documents that nobody thought of, and long
    /// enough for a machine that does much else.
    pub ours: Duration,
    /// Bytes that rules of users may hold beside what the program holds when they begin.
    pub memory: u64,
    /// Results of one check that are kept, beside those that refer to findings; a gap tells of the others.
    pub hits: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { check: seconds(10), all: seconds(30), ours: seconds(120), memory: 512 << 20, hits: 1000 }
    }
}

/// What a pack says of a document. Equal documents, packs and parameters give equal ones, so that it can be cached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// How each check came out, sorted by id.
    pub checked: Vec<Checked>,
    /// What is wrong, sorted by check and place.
    pub hits: Vec<Hit>,
    /// Checks that could not be run, and results that were too many.
    pub gaps: Vec<Gap>,
    /// What the checks that found something say of themselves, by id: who has this needs no pack to make findings.
    pub described: BTreeMap<String, Described>,
}

/// What a finding takes from its check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Described {
    /// Ids of the like check of other scanners.
    pub aliases: Vec<String>,
    /// Unless the finding says otherwise.
    pub severity: Severity,
    /// What is wrong.
    pub title: String,
    /// Why that matters.
    pub why: String,
    /// What to do.
    pub remedy: String,
    /// What it is about.
    pub family: String,
}

impl Described {
    fn of(check: &Check) -> Self {
        let Check { aliases, severity, title, why, remedy, family, .. } = check.clone();
        Self { aliases, severity, title, why, remedy, family }
    }
}

impl Judged {
    /// The same of a document that tells a part: what fails fails, and what would pass is not assessed, for this reason.
    #[must_use]
    pub fn of_a_part(mut self, reason: &str) -> Self {
        self.checked.retain(|checked| matches!(checked.result, Assessment::Fail | Assessment::Pass));
        for checked in self.checked.iter_mut().filter(|checked| checked.result == Assessment::Pass) {
            (checked.result, checked.reason) = (Assessment::NotAssessed, reason.to_owned());
        }
        self.gaps.clear();
        self
    }

    /// Takes in what the same checks say of another document, or other checks: what fails anywhere fails, and what could
    /// not be assessed somewhere does not pass.
    pub fn unite(&mut self, other: Self) {
        for checked in other.checked {
            match self.checked.binary_search_by(|known| known.id.cmp(&checked.id)) {
                Ok(at) => {
                    if let Some(known) = self.checked.get_mut(at) {
                        merge(known, checked);
                    }
                }
                Err(at) => self.checked.insert(at, checked),
            }
        }
        self.hits.extend(other.hits);
        self.hits.sort();
        self.gaps.extend(other.gaps);
        self.described.extend(other.described);
    }
}

fn merge(known: &mut Checked, other: Checked) {
    let gravity = |result: Assessment| match result {
        Assessment::Fail => 0,
        Assessment::Manual => 1,
        Assessment::NotAssessed => 2,
        Assessment::Pass => 3,
    };
    known.findings = known.findings.saturating_add(other.findings);
    known.expected.extend(other.expected);
    if gravity(other.result) < gravity(known.result) {
        (known.result, known.reason) = (other.result, other.reason);
    }
}

/// What one check says, before it is counted.
#[derive(Default)]
struct Said {
    hits: Vec<Hit>,
    expected: Vec<String>,
    not_assessed: Vec<String>,
    error: Option<Error>,
    broken_down: bool,
}

/// Judges a document by all checks of its kind. `parameters` are by check id (`{"CFG-007": {"ports": [22]}}`) and go over
/// the checks' defaults; null for none.
#[must_use]
pub fn evaluate(pack: &Pack, input: &Value, kind: InputKind, parameters: &Value, limits: Limits) -> Judged {
    // Parsing them takes longer than running them, and is no time that the document takes.
    let shards = pack.shards(kind);
    let document = Document::of(input);
    let data = parameters.as_object().is_some_and(|given| !given.is_empty()).then(|| pack.data(parameters));
    let run = |limits: Limits| Run {
        pack,
        input,
        document: &document,
        data: data.as_ref(),
        limits,
        deadline: Instant::now() + limits.all,
    };
    // Rules of users run after ours: the memory that they may hold is counted for the program as a whole.
    let (users, ours): (Vec<_>, Vec<_>) = shards.iter().partition(|shard| shard.is_users);
    let for_ours = Limits { check: limits.ours, all: limits.ours, ..limits };
    let said = [(ours, for_ours), (users, limits)].map(|(shards, limits)| {
        let run = run(limits);
        in_parallel(&shards, |shard| run.shard(shard))
    });
    let mut said: Vec<(usize, Said)> = said.into_iter().flatten().flatten().collect();
    said.sort_by_key(|(index, _)| *index);
    let mut said = said.into_iter().peekable();
    let mut judged = Judged::default();
    for (index, check) in pack.checks().iter().enumerate().filter(|(_, check)| check.input == kind) {
        let said = said.next_if(|(of, _)| *of == index).map(|(_, said)| said);
        let kept = Kept { missing: missing(check, input), cut: cuts::of(pack, check, input) };
        judged.add(check, said, kept, limits);
    }
    judged.hits.sort();
    judged
}

/// All that the threads share.
#[derive(Clone, Copy)]
struct Run<'a> {
    pack: &'a Pack,
    input: &'a Value,
    document: &'a Result<Document, Error>,
    data: Option<&'a Result<Document, Error>>,
    limits: Limits,
    deadline: Instant,
}

impl Run<'_> {
    /// What the checks of a shard say, in their order.
    fn shard(&self, shard: &Shard) -> Vec<(usize, Said)> {
        let failed = |error: &Error| {
            let all = shard.checks.iter();
            all.map(|(index, _)| (*index, Said { error: Some(error.clone()), ..Said::default() })).collect()
        };
        let checks = self.pack.checks();
        let needed = |(index, _): &&(usize, Vec<_>)| {
            checks.get(*index).is_some_and(|check| missing(check, self.input).is_none())
        };
        if !shard.checks.iter().any(|check| needed(&check)) {
            return vec![];
        }
        let prepare = || shard.engine.clone().and_then(|engine| self.prepare(engine));
        let mut engine = match prepare() {
            Ok(engine) => engine,
            Err(error) => return failed(&error),
        };
        let mut all = vec![];
        for (index, rules) in shard.checks.iter().filter(needed) {
            let Some(check) = checks.get(*index) else { continue };
            let said = catch_unwind(AssertUnwindSafe(|| self.check(&mut engine, check, rules)))
                .unwrap_or_else(|_| Said { broken_down: true, ..Said::default() });
            if said.error.is_some() || said.broken_down {
                // Whatever the evaluation left half done must not reach the next check.
                match prepare() {
                    Ok(fresh) => engine = fresh,
                    Err(error) => return failed(&error),
                }
            }
            all.push((*index, said));
        }
        all
    }

    fn prepare(&self, mut engine: Engine) -> Result<Engine, Error> {
        if let Some(data) = self.data {
            engine.set_data(data.as_ref().map_err(Clone::clone)?)?;
            engine.prepare()?;
        }
        engine.with_input(self.document.as_ref().map_err(Clone::clone)?, self.limits.memory)
    }

    fn check(&self, engine: &mut Engine, check: &Check, rules: &[&'static str]) -> Said {
        let mut said = Said::default();
        let until = self.deadline.min(Instant::now() + self.limits.check);
        for rule in RULES.into_iter().filter(|rule| rules.contains(rule)) {
            let left = until.saturating_duration_since(Instant::now());
            let value = if left.is_zero() {
                Err(Error::TimeOut(self.limits.check))
            } else {
                engine.eval(format!("data.{}.{rule}", check.package), left)
            };
            match value {
                Ok(value) => said.add(check, rule, value.unwrap_or_default()),
                Err(Error::TimeOut(_)) => said.error = Some(Error::TimeOut(self.limits.check.min(self.limits.all))),
                Err(error) => said.error = Some(error),
            }
            if said.error.is_some() {
                break;
            }
        }
        said
    }
}

impl Said {
    fn add(&mut self, check: &Check, rule: &str, value: Value) {
        match rule {
            "expected" => self.expected = results::texts(value),
            "not_assessed" => self.not_assessed = results::texts(value),
            _ => {
                for entry in results::entries(value) {
                    match results::hit(&check.id, &check.title, &entry) {
                        Some(hit) => self.hits.push(hit.of_rule(rule)),
                        None => {
                            self.error = Some(Error::Rule {
                                file: check.file.clone(),
                                line: 0,
                                message: format!("a result of {rule} has no message"),
                            })
                        }
                    }
                }
            }
        }
    }
}

impl Hit {
    /// A `warn` weighs little, unless it says otherwise.
    fn of_rule(mut self, rule: &str) -> Self {
        if rule == "warn" {
            self.severity.get_or_insert(Severity::Low);
        }
        self
    }
}

/// What a check could not look at.
struct Kept {
    /// Why the section that it needs is not there.
    missing: Option<String>,
    /// What is told of the list that is cut.
    cut: Option<String>,
}

impl Judged {
    fn add(&mut self, check: &Check, said: Option<Said>, kept: Kept, limits: Limits) {
        let Kept { missing, cut } = kept;
        let mut said = said
            .unwrap_or_else(|| Said { broken_down: missing.is_none() && check.broken.is_empty(), ..Said::default() });
        if check.input != InputKind::Image {
            said.hits.iter_mut().for_each(|hit| hit.file.clone_from(&hit.path));
        }
        said.hits.sort();
        said.hits.dedup();
        // What refers to findings makes none of its own, and there are no more of it than of these.
        let is_own = |hit: &Hit| hit.refers.is_empty();
        let found = said.hits.iter().filter(|hit| is_own(hit)).count();
        let (result, reason) = outcome(check, &said, missing.as_deref(), cut);
        if missing.is_none() && (said.error.is_some() || said.broken_down || !check.broken.is_empty()) {
            let kind = match said.error {
                Some(Error::TimeOut(_) | Error::OutOfMemory) => GapReason::TooLarge,
                _ => GapReason::Malformed,
            };
            let told = if reason.is_empty() { said.trouble(check) } else { reason.clone() };
            self.gap(check, kind, format!("the check could not be run to its end: {told}"));
        }
        if found > limits.hits {
            self.gap(
                check,
                GapReason::TooLarge,
                format!("the check found {found} places; the first {} are told", limits.hits),
            );
            let mut kept = 0_usize;
            said.hits.retain(|hit| {
                kept = kept.saturating_add(usize::from(is_own(hit)));
                !is_own(hit) || kept <= limits.hits
            });
        }
        said.expected.truncate(limits.hits);
        self.checked.push(Checked {
            id: check.id.clone(),
            title: check.title.clone(),
            severity: check.severity,
            result,
            reason,
            findings: said.hits.len(),
            muted: 0,
            expected: said.expected,
            ..Checked::default()
        });
        if !said.hits.is_empty() {
            self.described.insert(check.id.clone(), Described::of(check));
        }
        self.hits.append(&mut said.hits);
    }

    fn gap(&mut self, check: &Check, reason: GapReason, message: String) {
        // Who brings checks relies on them: a gate must not pass because one of them fell silent.
        let kind = if check.author == Author::User { GapKind::Blind } else { GapKind::Partial };
        self.gaps.push(Gap { kind, location: check.id.clone(), reason, message });
    }
}

impl Said {
    /// Why it could not be run to its end.
    fn trouble(&self, check: &Check) -> String {
        match (&self.error, self.broken_down) {
            (Some(error), _) => error.to_string(),
            (None, true) => "the rule engine broke down on it".to_owned(),
            (None, false) => check.broken.clone(),
        }
    }
}

/// What counts: what was found, then what kept the check from looking; only then does it pass.
fn outcome(check: &Check, said: &Said, missing: Option<&str>, cut: Option<String>) -> (Assessment, String) {
    let not_assessed = |reason| (Assessment::NotAssessed, reason);
    if let Some(why) = missing {
        return not_assessed(why.to_owned());
    }
    if !said.hits.is_empty() {
        return (Assessment::Fail, String::new());
    }
    if said.error.is_some() || said.broken_down || !check.broken.is_empty() {
        return not_assessed(said.trouble(check));
    }
    match said.not_assessed.first().cloned().or(cut) {
        Some(reason) => not_assessed(reason),
        None => (Assessment::Pass, String::new()),
    }
}

/// Why a section is missing, where the document says so.
fn why(section: &str, input: &Value) -> String {
    let told = input.get("absent").and_then(|absent| absent.get(section)).and_then(Value::as_str);
    told.map_or_else(|| sections::why_missing(section), str::to_owned)
}

/// Why a check has nothing to look at: the first section that it needs and the document does not have; for a policy that
/// does not say what it needs, that the document has nothing of what it reads.
fn missing(check: &Check, input: &Value) -> Option<String> {
    let has = |section: &str| {
        section.split('.').try_fold(input, |value, name| value.get(name)).is_some_and(|value| !value.is_null())
    };
    if !check.needs.is_empty() {
        return check.needs.iter().find(|section| !has(section)).map(|section| why(section, input));
    }
    let reads = crate::lint::sections(&check.source).filter(|reads| !reads.is_empty())?;
    if reads.iter().any(|section| has(section)) {
        return None;
    }
    Some(crate::lint::nothing_to_read(check, &reads))
}
