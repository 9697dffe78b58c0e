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

/// A test as it is kept, in sixteen bytes: there may be two million of them.
#[derive(Debug, Clone, Copy)]
struct Row {
    id: Key,
    /// Place of the object, and the kind of test in the two highest bits.
    object: u32,
    /// Place of the state.
    state: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Package = 0,
    PackageNone = 1,
    File = 2,
    Other = 3,
}

/// Bits of a place beside which the kind is.
const PLACE: u32 = 30;

impl Row {
    fn new(id: Key, kind: Kind, object: u32, state: u32) -> Self {
        Self { id, object: ((kind as u32) << PLACE) | object, state }
    }

    fn kind(self) -> Kind {
        match self.object >> PLACE {
            0 => Kind::Package,
            1 => Kind::PackageNone,
            2 => Kind::File,
            _ => Kind::Other,
        }
    }

    fn object(self) -> usize {
        (self.object & ((1 << PLACE) - 1)) as usize
    }
}

/// `oval:namespace:kind:number` in eight bytes.
type Key = u64;

/// All tests of a document, sorted by id.
#[derive(Debug, Default)]
pub struct Tests {
    namespaces: Vec<String>,
    rows: Vec<Row>,
    /// The name of each object, by place; [`NONE`] of those that are not there.
    objects: Vec<u32>,
    /// The content of each state, by place; [`NONE`] of those that are not there.
    states: Vec<u32>,
    names: Vec<Box<str>>,
    contents: Vec<State>,
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
        match row.kind() {
            Kind::File => Found::File,
            Kind::Other => Found::Other,
            kind @ (Kind::Package | Kind::PackageNone) => {
                let name = self.objects.get(row.object()).and_then(|place| self.names.get(*place as usize));
                let state = self.states.get(row.state as usize).and_then(|place| self.contents.get(*place as usize));
                match (name, state) {
                    (Some(name), Some(state)) => {
                        Found::Package(Test { name, state, none: kind == Kind::PackageNone, comment })
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

/// What was read so far. References are to objects and states that come later, which get their places when they are named
/// first.
#[derive(Default)]
struct Reading {
    namespaces: Vec<String>,
    rows: Vec<Row>,
    objects: Places,
    states: Places,
    names: FxHashMap<Box<str>, u32>,
    contents: FxHashMap<State, u32>,
    text: usize,
    over: bool,
}

/// Places of ids, and what is at each.
#[derive(Default)]
struct Places {
    of: FxHashMap<Key, u32>,
    content: Vec<u32>,
}

impl Places {
    /// The place of an id; that of one which cannot be followed stays empty.
    fn of(&mut self, id: Option<Key>) -> u32 {
        let next = u32::try_from(self.content.len()).unwrap_or(NONE);
        let place = *self.of.entry(id.unwrap_or(BROKEN)).or_insert(next);
        if place == next {
            self.content.push(NONE);
        }
        place
    }

    fn set(&mut self, id: Key, content: u32) {
        let place = self.of(Some(id));
        self.content.get_mut(place as usize).into_iter().for_each(|known| *known = content);
    }
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
            let name = self.name(element.text_of("name"));
            self.objects.set(id, name);
        } else if element.name == "rpminfo_state" {
            let content = self.content(State::read(element));
            self.states.set(id, content);
        }
        let count = self.rows.len().max(self.objects.content.len()).max(self.states.content.len());
        self.over |= count > MOST || self.text > MOST_TEXT;
        if self.over {
            // The rest is read only to tell a document that is whole from one that is not.
            *self = Self { over: true, ..Self::default() };
        }
    }

    fn test(&mut self, id: Key, element: &Element) {
        let object = element.child("object").and_then(|object| self.key(object.attribute("object_ref")));
        let mut states = element.all("state").map(|state| state.attribute("state_ref")).collect::<Vec<_>>();
        let state = match (states.pop(), states.is_empty()) {
            (None, _) => Some(ANY),
            (Some(state), true) => self.key(state),
            (Some(_), false) => None,
        };
        let none = element.attribute("check") == "none satisfy" || element.attribute("check_existence") == "none_exist";
        let kind = match element.name.as_str() {
            "rpminfo_test" if none => Kind::PackageNone,
            "rpminfo_test" => Kind::Package,
            "textfilecontent54_test" => Kind::File,
            _ => Kind::Other,
        };
        let (object, state) = (self.objects.of(object), self.states.of(state));
        self.rows.push(Row::new(id, kind, object, state));
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
        self.names.insert(name.into(), place);
        place
    }

    fn content(&mut self, state: State) -> u32 {
        if let Some(place) = self.contents.get(&state) {
            return *place;
        }
        let place = u32::try_from(self.contents.len()).unwrap_or(NONE);
        self.text = self.text.saturating_add(state.size());
        self.contents.insert(state, place);
        place
    }

    fn finish(mut self) -> Result<Tests, Error> {
        if self.over {
            return Err(Error::TooLarge(format!("it has more than {MOST} tests, or more text in them than any has")));
        }
        let any = self.content(State::default());
        self.states.set(ANY, any);
        let mut rows = self.rows;
        rows.sort_by_key(|row| row.id);
        Ok(Tests {
            namespaces: self.namespaces,
            rows,
            objects: self.objects.content,
            states: self.states.content,
            names: in_order(self.names),
            contents: in_order(self.contents),
        })
    }
}

/// By place.
fn in_order<T>(places: FxHashMap<T, u32>) -> Vec<T> {
    let mut all: Vec<(T, u32)> = places.into_iter().collect();
    all.sort_unstable_by_key(|(_, place)| *place);
    all.into_iter().map(|(one, _)| one).collect()
}
