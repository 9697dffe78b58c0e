//! The one place that knows the engine: rules in, traces out.

mod budget;
mod words;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use data_encoding::HEXLOWER;
use plimsoll_model::{Detected, Gap, GapKind, GapReason, MalwareTrace, Missed, PatternMatch, Trace};
use ring::digest::{Context, SHA256, digest};
use yara_x::errors::{CompileError, ScanError};
use yara_x::{Compiler, IgnoredRuleReason, Rule, Scanner, SourceCode};

use self::budget::Budget;
use crate::{Bounds, Error, Rules, Source};

/// Modules of the language that are not built in: they ask a service (`vt`, `cuckoo`), the clock or a C library, print, or read
/// formats that containers hardly hold.
const LEFT_OUT: [&str; 13] =
    ["console", "crx", "cuckoo", "dex", "lnk", "macho", "magic", "msi", "olecf", "time", "vba", "vt", "zip"];
/// Errors that are told one by one.
const ERRORS: usize = 20;
/// Places of patterns that are told of one match.
const PLACES: usize = 10;

pub fn compile(sources: &[Source], bounds: Bounds) -> Result<Rules, Error> {
    let mut compiler = Compiler::new();
    // Sets of rules are written for the engine before this one, which took more.
    compiler.relaxed_re_syntax(true);
    // What a file includes would be read behind the back of whoever bounds, and remembers, the rules.
    compiler.enable_includes(false);
    for module in LEFT_OUT {
        compiler.ignore_module(module);
    }
    for Source { name, text } in sources {
        compiler.new_namespace(name);
        // All errors of all files are told at once, below.
        let _ = compiler.add_source(SourceCode::from(text.as_str()).with_origin(name));
    }
    let errors = compiler.errors();
    if !errors.is_empty() {
        let first = errors.iter().take(ERRORS).map(|error| told(error, sources)).collect();
        return Err(Error::Rules { first, more: errors.len().saturating_sub(ERRORS) });
    }
    let gaps = left_out(&compiler);
    let rules = compiler.build();
    let words = words::of_all(&rules);
    if words.is_empty() {
        return Err(Error::Empty(gaps.iter().map(|gap| format!(": {}", gap.message)).collect()));
    }
    let engine = Engine { rules, budget: Budget::new(bounds.all), bounds };
    Ok(Rules { words, gaps, digest: digest_of(sources), look: Box::new(move |_, bytes| engine.look(bytes)) })
}

/// `FILE:LINE:COLUMN: what is wrong: and why`.
fn told(error: &CompileError, sources: &[Source]) -> String {
    let mut said = String::new();
    if let Some(label) = error.labels().next()
        && let Some(origin) = label.origin()
        && let Some(source) = sources.iter().find(|source| source.name == origin)
    {
        let (line, column) = position(&source.text, label.span().start());
        said = format!("{origin}:{line}:{column}: ");
    }
    said.push_str(error.title());
    for label in error.labels().filter(|label| !label.text().is_empty()) {
        said.push_str(": ");
        said.push_str(label.text());
    }
    if matches!(error, CompileError::IncludeNotAllowed(_)) {
        said.push_str("; name the file, or its folder, with --yara as well");
    }
    said
}

/// Line and column of a byte, counted from 1; the column in characters.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count().saturating_add(1);
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count().saturating_add(1);
    (line, column)
}

/// One gap for all rules that need a module which is not there.
fn left_out(compiler: &Compiler<'_>) -> Vec<Gap> {
    let ignored: Vec<_> = compiler.ignored_rules().collect();
    let Some((name, _)) = ignored.first() else { return Vec::new() };
    let mut modules: Vec<&str> = ignored
        .iter()
        .filter_map(|(_, reason)| match reason {
            IgnoredRuleReason::IgnoredModule(module) => Some(*module),
            _ => None,
        })
        .collect();
    modules.sort_unstable();
    modules.dedup();
    let message = format!(
        "{} YARA rules were left out, the first is {name}: they need modules that are not built in ({})",
        ignored.len(),
        modules.join(", ")
    );
    vec![Gap { kind: GapKind::Partial, location: "YARA rules".into(), reason: GapReason::Unsupported, message }]
}

/// Stands for the rules and the engine. Of their text: what the compiler makes of it need not be the same each time.
fn digest_of(sources: &[Source]) -> String {
    let mut context = Context::new(&SHA256);
    context.update(yara_x::VERSION.as_bytes());
    for part in sources.iter().flat_map(|source| [&source.name, &source.text]) {
        context.update(&(part.len() as u64).to_le_bytes());
        context.update(part.as_bytes());
    }
    HEXLOWER.encode(context.finish().as_ref())
}

struct Engine {
    rules: yara_x::Rules,
    bounds: Bounds,
    budget: Budget,
}

impl Engine {
    fn look(&self, bytes: &[u8]) -> Result<Detected, Missed> {
        let traces = self.within_bounds(bytes.len(), || self.scan(bytes))?;
        Ok(Detected { traces, cut: String::new() })
    }

    /// What `scan` makes of a file of this size, whatever goes wrong in it.
    fn within_bounds(
        &self,
        size: usize,
        scan: impl FnOnce() -> Result<Vec<Trace>, ScanError>,
    ) -> Result<Vec<Trace>, Missed> {
        if self.budget.is_spent() {
            return Err(missed(GapReason::TooLarge, "files before it took too long", true));
        }
        let started = Instant::now();
        // Modules read formats of hostile files: what goes wrong there is one file's affair. The scanner is of this call
        // alone, so that nothing half done is left behind.
        let found = catch_unwind(AssertUnwindSafe(scan));
        self.budget.spend(started.elapsed(), size);
        match found {
            Ok(Ok(traces)) => Ok(traces),
            Ok(Err(ScanError::Timeout)) => {
                let message = format!("that takes longer than {} seconds", self.bounds.file.as_secs());
                Err(missed(GapReason::TooLarge, &message, true))
            }
            Ok(Err(error)) => Err(missed(GapReason::Unreadable, &error.to_string(), false)),
            Err(_) => Err(missed(GapReason::Unreadable, "the engine failed on it", false)),
        }
    }

    fn scan(&self, bytes: &[u8]) -> Result<Vec<Trace>, ScanError> {
        let mut scanner = Scanner::new(&self.rules);
        scanner.set_timeout(self.bounds.file).max_matches_per_pattern(self.bounds.matches).fast_scan(true);
        let results = scanner.scan(bytes)?;
        let matching = results.matching_rules();
        if matching.len() == 0 {
            return Ok(Vec::new());
        }
        let sha256 = HEXLOWER.encode(digest(&SHA256, bytes).as_ref());
        let mut traces: Vec<Trace> = matching.map(|rule| Trace::Malware(trace(&rule, &sha256))).collect();
        traces.sort();
        Ok(traces)
    }
}

fn missed(reason: GapReason, why: &str, is_passing: bool) -> Missed {
    Missed { reason, message: format!("it was not looked into with the YARA rules: {why}"), is_passing }
}

fn trace(rule: &Rule<'_, '_>, sha256: &str) -> MalwareTrace {
    let mut matches: Vec<PatternMatch> = rule
        .patterns()
        .flat_map(|pattern| {
            let name = pattern.identifier();
            pattern.matches().take(PLACES).map(move |found| {
                let range = found.range();
                PatternMatch { offset: range.start as u64, length: range.len() as u64, pattern: name.to_owned() }
            })
        })
        .collect();
    matches.sort();
    matches.truncate(PLACES);
    MalwareTrace {
        rule: rule.identifier().to_owned(),
        source: rule.namespace().to_owned(),
        sha256: sha256.to_owned(),
        matches,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_one_files_gap() {
        let rules = yara_x::compile("rule x { condition: true }").unwrap();
        let bounds = Bounds::default();
        let engine = Engine { rules, budget: Budget::new(bounds.all), bounds };
        let missed = engine.within_bounds(1, || panic!("a module fell over")).unwrap_err();
        assert_eq!((missed.reason, missed.is_passing), (GapReason::Unreadable, false));
        assert!(missed.message.ends_with("the engine failed on it"), "{}", missed.message);
        assert_eq!(engine.look(b"next").unwrap().traces.len(), 1);
    }
}
