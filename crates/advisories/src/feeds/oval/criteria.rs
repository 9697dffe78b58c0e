//! From a tree of criteria to ways in which a system can be vulnerable.
//!
//! Owns the logic of the tree. "And" joins what its members ask for, "or" lists what any of them does, and what cannot be
//! said about one package at a time is a complaint, never a guess: the other branches of an "or" still count.

use rustc_hash::FxHashSet;

use super::tests::{Found, Operation, Test, Tests};
use super::{Judge, Reduced};
use crate::feeds::xml::Element;

/// Clauses of one definition. A kernel's names hundreds of packages in tens of products.
const MOST_CLAUSES: usize = 200_000;

/// What a test means for the question whether a system is vulnerable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// It holds wherever the question is asked.
    Holds,
    /// It never holds where the question is asked.
    Fails,
    /// This release of the distribution is installed.
    Release(String),
    /// The machine is of this architecture.
    Machine(String),
    /// This module stream, `name:stream`, is enabled.
    Module(String),
    /// The package is of a line of builds that have this mark in their release.
    Line(String),
    /// This package, of these versions and architectures, is installed.
    Package(String, Bounds, String),
}

/// Versions of a package. With nothing set, all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Bounds {
    /// This one and later ones.
    pub from: Option<String>,
    /// Later ones than this.
    pub after: Option<String>,
    /// Earlier ones than this.
    pub below: Option<String>,
    /// This one and earlier ones.
    pub up_to: Option<String>,
    /// Just this one.
    pub exactly: Option<String>,
    /// None: the publisher says that the package is not affected.
    pub never: bool,
}

/// One way in which a system can be vulnerable: all of it together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Clause {
    /// Release of the distribution.
    pub release: Option<String>,
    /// Architecture of the machine.
    pub machine: Option<String>,
    /// Module stream.
    pub module: Option<String>,
    /// Mark of a line of builds.
    pub line: Option<String>,
    /// Name of the package.
    pub name: Option<String>,
    /// Which of its versions.
    pub bounds: Bounds,
    /// Pattern of the package's architecture, or empty.
    pub arch: String,
}

/// Reduces the criteria of a definition.
pub fn reduce(criteria: &Element, tests: &Tests, judge: Judge<'_>) -> Reduced {
    let mut reduction = Reduction { tests, judge, complaints: Vec::new(), over: false };
    let mut clauses = reduction.node(criteria, vec![Clause::default()]);
    clauses.retain(|clause| clause.name.is_some());
    if reduction.over {
        reduction.complain(format!("its criteria come to more than {MOST_CLAUSES} cases"));
        clauses.clear();
    }
    Reduced { clauses, complaints: reduction.complaints }
}

struct Reduction<'a> {
    tests: &'a Tests,
    judge: Judge<'a>,
    complaints: Vec<String>,
    over: bool,
}

impl Reduction<'_> {
    /// Those of the clauses that the element leaves, with what it adds.
    fn node(&mut self, element: &Element, clauses: Vec<Clause>) -> Vec<Clause> {
        if element.attribute("negate") == "true" {
            self.complain("it negates a criterion".into());
            return Vec::new();
        }
        match (element.name.as_str(), element.attribute("operator")) {
            ("criterion", _) => self.criterion(element, clauses),
            ("criteria", "" | "AND") => self.all(element, clauses),
            ("criteria", "OR") => self.any(element, &clauses),
            (name, operator) => {
                self.complain(format!("it has a {name} {operator:?}, which nobody here can read"));
                Vec::new()
            }
        }
    }

    fn all(&mut self, element: &Element, mut clauses: Vec<Clause>) -> Vec<Clause> {
        // What limits comes first, so that there is less to join with what is left.
        let (tests, trees): (Vec<_>, Vec<_>) = members(element).partition(|member| member.name == "criterion");
        for member in tests.into_iter().chain(trees) {
            if clauses.is_empty() {
                break;
            }
            clauses = self.node(member, clauses);
        }
        clauses
    }

    fn any(&mut self, element: &Element, clauses: &[Clause]) -> Vec<Clause> {
        let mut found: FxHashSet<Clause> = FxHashSet::default();
        let mut united = Vec::new();
        for member in members(element) {
            for clause in self.node(member, clauses.to_vec()) {
                // Products of which all hold would multiply what follows.
                if found.insert(clause.clone()) {
                    united.push(clause);
                }
            }
            if united.len() > MOST_CLAUSES {
                self.over = true;
                return Vec::new();
            }
        }
        united
    }

    fn criterion(&mut self, element: &Element, clauses: Vec<Clause>) -> Vec<Clause> {
        let meaning = self.meaning(element.attribute("test_ref"), element.attribute("comment"));
        let meaning = match meaning {
            Ok(Meaning::Holds) => return clauses,
            Ok(Meaning::Fails) => return Vec::new(),
            Ok(meaning) => meaning,
            Err(complaint) => {
                self.complain(complaint);
                return Vec::new();
            }
        };
        let mut joined = Vec::with_capacity(clauses.len());
        for mut clause in clauses {
            match clause.join(&meaning) {
                Ok(true) => joined.push(clause),
                Ok(false) => {}
                Err(complaint) => self.complain(complaint),
            }
        }
        joined
    }

    fn meaning(&self, id: &str, comment: &str) -> Result<Meaning, String> {
        match self.tests.get(id, comment) {
            Found::Package(test) => (self.judge)(&test).map_or_else(|| usual(&test), Ok),
            Found::File => module(comment).ok_or_else(|| format!("{id} looks into a file: {comment:?}")),
            Found::Other => Err(format!("{id} looks at something else than packages: {comment:?}")),
            Found::Missing => Err(format!("{id} is not in the document")),
        }
    }

    fn complain(&mut self, complaint: String) {
        // Who reads them wants an example of each kind, not thousands.
        if self.complaints.len() < 8 && !self.complaints.contains(&complaint) {
            self.complaints.push(complaint);
        }
    }
}

fn members(element: &Element) -> impl Iterator<Item = &Element> {
    let known = ["criteria", "criterion", "extend_definition"];
    element.children.iter().filter(move |child| known.contains(&child.name.as_str()))
}

/// `Module virt:kvm_utils is enabled`: the test asks for it with patterns of a file of dnf's.
fn module(comment: &str) -> Option<Meaning> {
    let module = comment.strip_prefix("Module ")?.strip_suffix(" is enabled")?.trim();
    let named = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.+".contains(&byte);
    let (name, stream) = module.split_once(':')?;
    let parts = [name, stream];
    let well_formed = parts.iter().all(|part| !part.is_empty() && part.bytes().all(named));
    well_formed.then(|| Meaning::Module(module.to_owned()))
}

/// What a test of a package means for every publisher.
fn usual(test: &Test<'_>) -> Result<Meaning, String> {
    let Test { name, state, none, comment } = *test;
    if none || state.other || name.is_empty() {
        return Err(format!("a test of {name:?} cannot be read: {comment:?}"));
    }
    let release = name.ends_with("-release");
    match (&state.evr, &state.version, &state.release, &state.arch) {
        (None, None, None, None) if state.signed => Ok(Meaning::Holds),
        (None, Some((Operation::Equals | Operation::Matches, text)), None, None) if release => release_of(text),
        (None, None, None, Some((Operation::Equals | Operation::Matches, text))) if release => {
            Ok(Meaning::Machine(text.to_string()))
        }
        (None, None, Some((Operation::Matches, text)), None) => Ok(Meaning::Line(text.to_string())),
        (evr, None, None, arch) => {
            let arch = match arch {
                None => String::new(),
                Some((Operation::Equals | Operation::Matches, pattern)) => pattern.to_string(),
                Some(_) => return Err(format!("an architecture is compared in an unknown way: {comment:?}")),
            };
            let bounds = evr.as_ref().map_or(Ok(Bounds::default()), |(operation, text)| bounds(*operation, text))?;
            Ok(Meaning::Package(name.to_owned(), bounds, arch))
        }
        _ => Err(format!("a test of {name:?} cannot be read: {comment:?}")),
    }
}

/// `8` of `^8`, `3` of `^3[^\d]`.
fn release_of(pattern: &str) -> Result<Meaning, String> {
    let text = pattern.trim_start_matches('^');
    let end = text.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(text.len());
    match text.get(..end).map(|release| release.trim_end_matches('.')) {
        Some(release) if !release.is_empty() => Ok(Meaning::Release(release.to_owned())),
        _ => Err(format!("{pattern:?} names no release")),
    }
}

fn bounds(operation: Operation, evr: &str) -> Result<Bounds, String> {
    let version = evr.strip_prefix("0:").unwrap_or(evr).trim();
    if version.is_empty() || version.contains(char::is_whitespace) {
        return Err(format!("{evr:?} is no version"));
    }
    let version = Some(version.to_owned());
    let bounds = Bounds::default();
    Ok(match operation {
        Operation::Less => Bounds { below: version, ..bounds },
        Operation::LessOrEqual => Bounds { up_to: version, ..bounds },
        // "Later than nothing" is how unfixed packages are written.
        Operation::Greater if matches!(version.as_deref(), Some("0" | "0-0")) => bounds,
        Operation::Greater => Bounds { after: version, ..bounds },
        Operation::GreaterOrEqual => Bounds { from: version, ..bounds },
        Operation::Equals => Bounds { exactly: version, ..bounds },
        Operation::Matches | Operation::Other => return Err(format!("{evr:?} is compared in an unknown way")),
    })
}

impl Clause {
    /// Adds what another test asks for. False when both cannot be.
    fn join(&mut self, meaning: &Meaning) -> Result<bool, String> {
        match meaning {
            Meaning::Holds => Ok(true),
            Meaning::Fails => Ok(false),
            Meaning::Release(release) => Ok(set(&mut self.release, release)),
            Meaning::Machine(machine) => Ok(set(&mut self.machine, machine)),
            Meaning::Module(module) => Ok(set(&mut self.module, module)),
            Meaning::Line(line) => Ok(set(&mut self.line, line)),
            Meaning::Package(name, bounds, arch) => {
                if let Some(other) = self.name.as_ref().filter(|other| *other != name) {
                    return Err(format!("it asks for {other} and {name} at once"));
                }
                if !self.arch.is_empty() && !arch.is_empty() && self.arch != *arch {
                    return Err(format!("it asks for {name} of two architectures"));
                }
                self.name = Some(name.clone());
                self.arch.push_str(if self.arch.is_empty() { arch } else { "" });
                self.bounds.join(bounds).ok_or_else(|| format!("it limits the versions of {name} twice"))?;
                Ok(true)
            }
        }
    }
}

impl Bounds {
    /// None when the same end is bounded twice.
    fn join(&mut self, other: &Self) -> Option<()> {
        let ends = [
            (&mut self.from, &other.from),
            (&mut self.after, &other.after),
            (&mut self.below, &other.below),
            (&mut self.up_to, &other.up_to),
            (&mut self.exactly, &other.exactly),
        ];
        for (own, other) in ends {
            match (own.as_deref(), other) {
                (Some(own), Some(other)) if own != other => return None,
                (None, Some(other)) => *own = Some(other.clone()),
                _ => {}
            }
        }
        self.never |= other.never;
        Some(())
    }
}

fn set(own: &mut Option<String>, value: &str) -> bool {
    match own {
        Some(own) => own == value,
        None => {
            *own = Some(value.to_owned());
            true
        }
    }
}
