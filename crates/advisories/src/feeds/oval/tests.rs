//! The tests of a document, and the objects and states that they are made of.
//!
//! Owns the compact table of them: a document has millions of tests, but few different packages and states.

use std::io::Read;

use rustc_hash::FxHashMap;

use super::ROOT;
use crate::feeds::Error;
use crate::feeds::xml::{self, Element};

/// Tests of one document. All errata of Oracle since 2006 have fewer than two million.
const MOST: usize = 8_000_000;

/// Bytes of all different names and states of one document.
const MOST_TEXT: usize = 256 << 20;

/// How a state is compared with what is installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `equals`
    Equals,
    /// `less than`
    Less,
    /// `less than or equal`
    LessOrEqual,
    /// `greater than`
    Greater,
    /// `greater than or equal`
    GreaterOrEqual,
    /// `pattern match`
    Matches,
    /// Another one, of which no publisher's meaning is known.
    Other,
}

impl Operation {
    fn of(word: &str) -> Self {
        match word {
            "" | "equals" => Self::Equals,
            "less than" => Self::Less,
            "less than or equal" => Self::LessOrEqual,
            "greater than" => Self::Greater,
            "greater than or equal" => Self::GreaterOrEqual,
            "pattern match" => Self::Matches,
            _ => Self::Other,
        }
    }
}

/// An operation and what it compares with.
pub type Bound = Option<(Operation, Box<str>)>;

/// What a test asks of an installed package. All of it has to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct State {
    /// Epoch, version and release.
    pub evr: Bound,
    /// The version alone.
    pub version: Bound,
    /// The release alone.
    pub release: Bound,
    /// The architecture.
    pub arch: Bound,
    /// It is signed with a certain key.
    pub signed: bool,
    /// Something else.
    pub other: bool,
}

impl State {
    fn read(element: &Element) -> Self {
        let mut state = Self::default();
        for child in &element.children {
            let bound = || Some((Operation::of(child.attribute("operation")), child.text.trim().into()));
            match child.name.as_str() {
                "evr" => state.evr = bound(),
                "version" => state.version = bound(),
                "release" => state.release = bound(),
                "arch" => state.arch = bound(),
                "signature_keyid" => state.signed = true,
                _ => state.other = true,
            }
        }
        state
    }

    fn size(&self) -> usize {
        let bounds = [&self.evr, &self.version, &self.release, &self.arch];
        bounds.into_iter().flatten().map(|(_, text)| text.len()).sum::<usize>().saturating_add(size_of::<Self>())
    }
}

/// A test of a document.
#[derive(Debug, Clone, Copy)]
pub struct Test<'a> {
    /// Name of the package that it looks at.
    pub name: &'a str,
    /// What it asks of it.
    pub state: &'a State,
    /// It holds when no installed package is so.
    pub none: bool,
    /// What the criterion says of it in words.
    pub comment: &'a str,
}

/// What a reference leads to.
#[derive(Debug, Clone, Copy)]
pub enum Found<'a> {
    /// A test of an installed package.
    Package(Test<'a>),
    /// A test of the content of a file, of which the form tells only which module is enabled.
    File,
    /// A test of something else.
    Other,
    /// Nothing.
    Missing,
}

/// A test as it is kept: the keys of the object and the state, later their places.
#[derive(Debug, Clone, Copy)]
struct Row {
    id: Key,
    object: u32,
    state: u32,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Package,
    PackageNone,
    File,
    Other,
}

/// `oval:namespace:kind:number` in eight bytes.
type Key = u64;

/// All tests of a document, sorted by id.
#[derive(Debug, Default)]
pub struct Tests {
    namespaces: Vec<String>,
    rows: Vec<Row>,
    names: Vec<Box<str>>,
    states: Vec<State>,
}

/// No place.
const NONE: u32 = u32::MAX;

impl Tests {
    /// Reads those of a document.
    ///
    /// # Errors
    /// When the document is not whole, or exceeds the limits.
    pub fn read(input: impl Read) -> Result<Self, Error> {
        let mut reading = Reading::default();
        let is_part = |name: &str| PARTS.iter().any(|end| name.ends_with(end));
        xml::each_of(input, ROOT, &is_part, &mut |element| reading.take(&element))?;
        reading.finish()
    }

    /// The test of that id.
    pub fn get<'a>(&'a self, id: &str, comment: &'a str) -> Found<'a> {
        let key = split(id).and_then(|(namespace, number)| {
            let place = self.namespaces.iter().position(|known| known == namespace)?;
            key(place, number)
        });
        let row = key.and_then(|key| self.rows.binary_search_by_key(&key, |row| row.id).ok());
        let Some(row) = row.and_then(|place| self.rows.get(place)) else { return Found::Missing };
        match row.kind {
            Kind::File => Found::File,
            Kind::Other => Found::Other,
            Kind::Package | Kind::PackageNone => {
                match (self.names.get(row.object as usize), self.states.get(row.state as usize)) {
                    (Some(name), Some(state)) => {
                        Found::Package(Test { name, state, none: row.kind == Kind::PackageNone, comment })
                    }
                    _ => Found::Missing,
                }
            }
        }
    }
}

const PARTS: [&str; 3] = ["_test", "_object", "_state"];

/// The namespace and the number of an id.
fn split(id: &str) -> Option<(&str, &str)> {
    let (namespace, rest) = id.strip_prefix("oval:")?.split_once(':')?;
    Some((namespace, rest.split_once(':')?.1))
}

/// Documents have one namespace, or two; numbers have at most fourteen digits.
fn key(namespace: usize, number: &str) -> Option<Key> {
    let number: u64 = number.trim().parse().ok().filter(|number| *number < 1 << 48)?;
    Some(u64::try_from(namespace).ok().filter(|place| *place < 1 << 16)? << 48 | number)
}

/// What was read so far: references are resolved when all is there.
#[derive(Default)]
struct Reading {
    namespaces: Vec<String>,
    tests: Vec<(Key, Key, Key, Kind)>,
    objects: FxHashMap<Key, u32>,
    states: FxHashMap<Key, u32>,
    names: FxHashMap<Box<str>, u32>,
    different: FxHashMap<State, u32>,
    text: usize,
    over: bool,
}

/// Stands for "no state": any version of the package.
const ANY: Key = Key::MAX;
/// Stands for a reference that cannot be followed.
const BROKEN: Key = Key::MAX - 1;

impl Reading {
    fn take(&mut self, element: &Element) {
        let Some(id) = self.key(element.attribute("id")) else { return };
        if element.name.ends_with("_test") {
            self.test(id, element);
        } else if element.name == "rpminfo_object" {
            let place = self.name(element.text_of("name"));
            self.objects.insert(id, place);
        } else if element.name == "rpminfo_state" {
            let place = self.state(State::read(element));
            self.states.insert(id, place);
        }
        let count = self.tests.len().max(self.objects.len()).max(self.states.len());
        self.over |= count > MOST || self.text > MOST_TEXT;
    }

    fn test(&mut self, id: Key, element: &Element) {
        let object = element.child("object").and_then(|object| self.key(object.attribute("object_ref")));
        let mut states = element.all("state").map(|state| state.attribute("state_ref")).collect::<Vec<_>>();
        let state = match (states.pop(), states.is_empty()) {
            (None, _) => ANY,
            (Some(state), true) => self.key(state).unwrap_or(BROKEN),
            (Some(_), false) => BROKEN,
        };
        let none = element.attribute("check") == "none satisfy" || element.attribute("check_existence") == "none_exist";
        let kind = match element.name.as_str() {
            "rpminfo_test" if none => Kind::PackageNone,
            "rpminfo_test" => Kind::Package,
            "textfilecontent54_test" => Kind::File,
            _ => Kind::Other,
        };
        if !self.over {
            self.tests.push((id, object.unwrap_or(BROKEN), state, kind));
        }
    }

    fn key(&mut self, id: &str) -> Option<Key> {
        let (namespace, number) = split(id)?;
        let place = self.namespaces.iter().position(|known| known == namespace);
        let place = place.or_else(|| {
            // Real documents have one or two.
            (self.namespaces.len() < 16).then(|| {
                self.namespaces.push(namespace.to_owned());
                self.namespaces.len().saturating_sub(1)
            })
        });
        key(place?, number)
    }

    fn name(&mut self, name: &str) -> u32 {
        if let Some(place) = self.names.get(name) {
            return *place;
        }
        let place = u32::try_from(self.names.len()).unwrap_or(NONE);
        self.text = self.text.saturating_add(name.len());
        if !self.over {
            self.names.insert(name.into(), place);
        }
        place
    }

    fn state(&mut self, state: State) -> u32 {
        if let Some(place) = self.different.get(&state) {
            return *place;
        }
        let place = u32::try_from(self.different.len()).unwrap_or(NONE);
        self.text = self.text.saturating_add(state.size());
        if !self.over {
            self.different.insert(state, place);
        }
        place
    }

    fn finish(mut self) -> Result<Tests, Error> {
        let any = self.state(State::default());
        if self.over {
            return Err(Error::TooLarge(format!("it has more than {MOST} tests, or more text in them than any has")));
        }
        let rows = self.tests.into_iter().map(|(id, object, state, kind)| {
            let object = self.objects.get(&object).copied().unwrap_or(NONE);
            let state = if state == ANY { any } else { self.states.get(&state).copied().unwrap_or(NONE) };
            Row { id, object, state, kind }
        });
        let mut rows: Vec<Row> = rows.collect();
        rows.sort_by_key(|row| row.id);
        Ok(Tests { namespaces: self.namespaces, rows, names: in_order(self.names), states: in_order(self.different) })
    }
}

/// By place.
fn in_order<T>(places: FxHashMap<T, u32>) -> Vec<T> {
    let mut all: Vec<(T, u32)> = places.into_iter().collect();
    all.sort_unstable_by_key(|(_, place)| *place);
    all.into_iter().map(|(one, _)| one).collect()
}
