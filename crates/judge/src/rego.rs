//! The one place that knows the Rego engine.
//!
//! Owns parsing and evaluating under limits, what rules may call beside the language's own functions, and errors in one
//! line. Which rules there are and what their results mean is for [`crate::checks`].
//!
//! The language: <https://www.openpolicyagent.org/docs/policy-language>. The engine has no network, no files, and no clock:
//! `time.now_ns` is the day of the document, so that equal documents give equal results. Errors of functions are errors of
//! the rule rather than "undefined", because a rule that trips over its input must not pass.

use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use regorus::utils::limits::{ExecutionTimerConfig, LimitError};
use serde_json::Value;

mod bounded;
mod commands;
mod functions;

/// Work done between two looks at the clock: often enough for milliseconds, seldom enough to cost nothing.
const STEPS_PER_LOOK: NonZeroU32 = NonZeroU32::new(256).expect("is not zero");
/// Columns of a line of a policy; patterns in policies of others are long.
const WIDEST_LINE: NonZeroU32 = NonZeroU32::new(16_384).expect("is not zero");

/// How the engine says that the time is over, where it says so in a text.
const TIME_OUT: &str = "execution exceeded time limit";
/// The same of memory.
const OUT_OF_MEMORY: &str = "exceeded memory limit";
/// Brackets within brackets that the engine's parser, which calls itself for each, is given.
const DEEPEST: usize = 200;

/// How deep brackets are nested, those in texts and comments included.
fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth = depth.saturating_add(1),
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = depth.max(deepest);
    }
    deepest
}

/// Why a rule gave no answer, in one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It would still run.
    #[error("it took longer than {} ms", .0.as_millis())]
    TimeOut(Duration),
    /// It would take still more.
    #[error("it took too much memory")]
    OutOfMemory,
    /// The text is no Rego, or the rules trip over the document.
    #[error("{}{message}", at(.file, *.line))]
    Rule {
        /// Where, or empty.
        file: String,
        /// Counted from 1; 0 when not known.
        line: usize,
        /// What the engine says.
        message: String,
    },
}

fn at(file: &str, line: usize) -> String {
    if file.is_empty() { String::new() } else { format!("{file}:{line}: ") }
}

/// Parsed rules with their data.
#[derive(Clone)]
pub(crate) struct Engine {
    inner: regorus::Engine,
    /// It runs what others wrote.
    is_wary: bool,
    /// Bytes that these may hold beside what the program holds when they begin.
    memory: u64,
}

impl Engine {
    /// With no rules yet, for ours.
    pub(crate) fn new() -> Result<Self, Error> {
        Self::with(false)
    }

    /// With no rules yet, for those of users: functions have bounds, and files in the syntax before version 1 of the
    /// language are taken.
    pub(crate) fn wary() -> Result<Self, Error> {
        Self::with(true)
    }

    fn with(is_wary: bool) -> Result<Self, Error> {
        let mut inner = regorus::Engine::new();
        inner.set_strict_builtin_errors(true);
        // What rules print is for whoever writes them, not for the output of a scan.
        inner.set_gather_prints(true);
        inner.set_policy_length_config(regorus::PolicyLengthConfig { max_col: WIDEST_LINE, ..Default::default() });
        functions::add(&mut inner).map_err(|error| explain(&error, Duration::ZERO))?;
        if is_wary {
            bounded::add(&mut inner).map_err(|error| explain(&error, Duration::ZERO))?;
        }
        Ok(Self { inner, is_wary, memory: u64::MAX })
    }

    /// Parses one file and gives its package as `data.a.b`.
    pub(crate) fn add(&mut self, name: &str, text: &str) -> Result<String, Error> {
        if nesting(text) > DEEPEST {
            let message = format!("brackets are nested more than {DEEPEST} deep; the engine would run out of stack");
            return Err(Error::Rule { file: name.to_owned(), line: 0, message });
        }
        if let Some(number) = bounded::huge_number(text).filter(|_| self.is_wary) {
            let message = format!("the number {number} has too large an exponent");
            return Err(Error::Rule { file: name.to_owned(), line: 0, message });
        }
        let added = self.inner.add_policy(name.to_owned(), text.to_owned());
        if added.is_err() && self.is_wary {
            // `deny[msg] { … }`: the syntax before version 1 of the language.
            self.inner.set_rego_v0(true);
            let older = self.inner.add_policy(name.to_owned(), text.to_owned());
            self.inner.set_rego_v0(false);
            if let Ok(package) = older {
                return Ok(package);
            }
        }
        added.map_err(|error| explain(&error, Duration::ZERO))
    }

    /// Whether a file that was added has a rule of that name.
    pub(crate) fn declares(&self, file: &str, rule: &str) -> bool {
        self.inner.has_declared_rule_rooted_at(file, rule).unwrap_or(false)
    }

    /// Replaces what rules see as `data` beside each other.
    pub(crate) fn set_data(&mut self, data: &Document) -> Result<(), Error> {
        self.inner.clear_data();
        self.inner.add_data(data.0.clone()).map_err(|error| explain(&error, Duration::ZERO))
    }

    /// Relates all rules to each other; else the first evaluation does.
    pub(crate) fn prepare(&mut self) -> Result<(), Error> {
        self.inner.eval_query("true".to_owned(), false).map(drop).map_err(|error| explain(&error, Duration::ZERO))
    }

    /// A copy whose rules see a document as `input`; those of users may hold so many bytes beside what the program holds.
    pub(crate) fn with_input(&self, input: &Document, memory: u64) -> Result<Self, Error> {
        let mut inner = self.inner.clone();
        functions::add_clock(&mut inner, &input.0).map_err(|error| explain(&error, Duration::ZERO))?;
        inner.set_input(input.0.clone());
        Ok(Self { inner, is_wary: self.is_wary, memory })
    }

    /// What one rule says (`data.a.b.deny`); none when it is undefined.
    pub(crate) fn eval(&mut self, rule: String, limit: Duration) -> Result<Option<Value>, Error> {
        self.inner.set_execution_timer_config(ExecutionTimerConfig { limit, check_interval: STEPS_PER_LOOK });
        let _budget = self.is_wary.then(|| Budget::of(self.memory));
        let value = self.inner.eval_rule(rule).map_err(|error| explain(&error, limit))?;
        // What it printed is for nobody.
        let _ = self.inner.take_prints();
        if value == regorus::Value::Undefined {
            return Ok(None);
        }
        if bounded::weight(&value, bounded::LARGEST_RESULT).is_none() {
            let message = format!("its results are larger than {} bytes", bounded::LARGEST_RESULT);
            return Err(Error::Rule { file: String::new(), line: 0, message });
        }
        let value = serde_json::to_value(&value).map_err(|error| Error::Rule {
            file: String::new(),
            line: 0,
            message: format!("its results cannot be written as JSON: {error}"),
        })?;
        Ok(Some(value))
    }
}

/// Why the engine refuses a pattern, given as the rule writes it with its quotes; none when it takes it.
pub(crate) fn pattern_error(literal: &str) -> Option<String> {
    let mut engine = Engine::new().ok()?;
    let query = format!("regex.match({literal}, \"\")");
    engine.inner.eval_query(query, false).err().map(|error| explain(&error, Duration::ZERO).to_string())
}

/// What rules of users may hold, while there is one. The engine brings the program's allocator, which counts for the program as a
/// whole: what runs at the same time shares the first one's.
struct Budget;

/// How many there are.
static BUDGETS: Mutex<usize> = Mutex::new(0);

impl Budget {
    fn of(memory: u64) -> Self {
        let mut open = BUDGETS.lock().unwrap_or_else(PoisonError::into_inner);
        if *open == 0 {
            let used = mimalloc::allocation_stats_snapshot().0.allocated;
            regorus::set_global_memory_limit(Some(used.saturating_add(memory)));
        }
        *open = open.saturating_add(1);
        Self
    }
}

impl Drop for Budget {
    fn drop(&mut self) {
        let mut open = BUDGETS.lock().unwrap_or_else(PoisonError::into_inner);
        *open = open.saturating_sub(1);
        if *open == 0 {
            regorus::set_global_memory_limit(None);
        }
    }
}

/// A document in the engine's own form, cheap to share.
#[derive(Clone)]
pub(crate) struct Document(regorus::Value);

impl Document {
    /// In one walk; the engine's own conversion copies the document first.
    pub(crate) fn of(value: &Value) -> Result<Self, Error> {
        serde::Deserialize::deserialize(value).map(Self).map_err(|error| Error::Rule {
            file: String::new(),
            line: 0,
            message: format!("the document cannot be given to rules: {error}"),
        })
    }
}

/// The engine draws its errors over several lines; keeps the place and what is said.
fn explain(error: &anyhow::Error, limit: Duration) -> Error {
    let text = error.to_string();
    let limits = || error.chain().filter_map(|error| error.downcast_ref::<LimitError>());
    // Within functions and comprehensions the engine makes a text of it.
    if limits().any(|error| matches!(error, LimitError::TimeLimitExceeded { .. })) || text.contains(TIME_OUT) {
        return Error::TimeOut(limit);
    }
    if limits().any(|error| matches!(error, LimitError::MemoryLimitExceeded { .. })) || text.contains(OUT_OF_MEMORY) {
        return Error::OutOfMemory;
    }
    let message = said(error);
    let place = text.lines().find_map(|line| line.trim_start().strip_prefix("--> "));
    let (file, line) = place.and_then(file_and_line).unwrap_or_default();
    Error::Rule { file, line, message }
}

/// What is wrong, without the place.
fn said(error: &anyhow::Error) -> String {
    let text = error.to_string();
    let message = text.lines().rev().find_map(|line| line.trim_start().strip_prefix("error: "));
    message.unwrap_or_else(|| text.lines().next().unwrap_or_default()).trim().to_owned()
}

/// Of `file:line:column`.
fn file_and_line(place: &str) -> Option<(String, usize)> {
    let (rest, _column) = place.trim().rsplit_once(':')?;
    let (file, line) = rest.rsplit_once(':')?;
    Some((file.to_owned(), line.parse().ok()?))
}
