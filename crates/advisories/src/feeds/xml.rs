//! Reads a large XML document record by record.
//!
//! Owns the walk and its bounds: one record is held as a tree, the document never, however large. Namespaces are dropped:
//! no form that is read here mixes two. Document type definitions are not heeded, so that no entity expands.

use std::io::{self, BufReader, Read};

pub use plimsoll_packages::xml::Element;
use plimsoll_packages::xml::resolve;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::Error;

/// Bytes between two marks of a document: a description at most.
const EVENT: usize = 16 << 20;

/// Elements of one record. A kernel's erratum names some hundred packages, each with a few elements.
const ELEMENTS: usize = 500_000;

/// Elements inside one another; real ones are some ten deep.
const DEEPEST: usize = 64;

/// Calls `visit` for every element called `record`, wherever it is below the root, which has to be called `root`.
///
/// # Errors
/// When the document is no such XML, is cut short, or a record exceeds the limits.
pub fn each(input: impl Read, root: &str, record: &str, visit: &mut dyn FnMut(Element)) -> Result<(), Error> {
    each_of(input, root, &|name| name == record, visit)
}

/// Calls `visit` for every element below the root, which has to be called `root`, whose name `is_record` takes. Those in
/// a record are part of it, whatever they are called.
///
/// # Errors
/// When the document is no such XML, is cut short, or a record exceeds the limits.
pub fn each_of(
    input: impl Read,
    root: &str,
    is_record: &dyn Fn(&str) -> bool,
    visit: &mut dyn FnMut(Element),
) -> Result<(), Error> {
    let guard = Guard { input, left: EVENT };
    let mut reader = Reader::from_reader(BufReader::with_capacity(1 << 16, guard));
    let mut walk = Walk { root, is_record, depth: 0, seen: false, open: Vec::new(), count: 0, visit };
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        reader.get_mut().get_mut().left = EVENT;
        let position = reader.buffer_position();
        let fail = |what: &str| Error::Xml(format!("{what}, at byte {position}"));
        match reader.read_event_into(&mut buffer).map_err(|error| fail(&error.to_string()))? {
            Event::Start(start) => walk.start(&start).map_err(fail)?,
            Event::Empty(start) => {
                walk.start(&start).map_err(fail)?;
                walk.end();
            }
            Event::End(_) => walk.end(),
            Event::Text(text) => walk.text(&text.xml10_content()),
            Event::CData(text) => walk.text(&text.xml10_content()),
            Event::GeneralRef(reference) => walk.text(&resolve(&reference)),
            Event::Eof if walk.seen && walk.depth == 0 => return Ok(()),
            Event::Eof => return Err(fail("it ends too early")),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

struct Walk<'a> {
    root: &'a str,
    is_record: &'a dyn Fn(&str) -> bool,
    depth: usize,
    /// The root was there.
    seen: bool,
    /// The record that is being read, and the open elements in it.
    open: Vec<Element>,
    count: usize,
    visit: &'a mut dyn FnMut(Element),
}

impl Walk<'_> {
    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), &'static str> {
        let name = start.local_name();
        let name: &str = name.as_ref();
        if self.depth == 0 {
            if self.seen || name != self.root {
                return Err("another element than expected is its root");
            }
            self.seen = true;
        }
        self.depth = self.depth.saturating_add(1);
        if self.depth > DEEPEST || self.count > ELEMENTS {
            return Err("too many elements in one");
        }
        if !self.open.is_empty() || (self.depth > 1 && (self.is_record)(name)) {
            self.count = self.count.saturating_add(1);
            self.open.push(Element::started(start));
        }
        Ok(())
    }

    fn end(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        let Some(mut element) = self.open.pop() else { return };
        element.text = element.text.trim().to_owned();
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => {
                self.count = 0;
                (self.visit)(element);
            }
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(element) = self.open.last_mut() {
            element.text.push_str(text);
        }
    }
}

/// Fails when more is read than any one event needs.
struct Guard<R> {
    input: R,
    left: usize,
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        let left = self.left.checked_sub(read);
        self.left = left.ok_or_else(|| io::Error::other("over the limit: one element holds too much text"))?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Result<Vec<Element>, String> {
        let mut found = Vec::new();
        each(text, "updates", "update", &mut |element| found.push(element)).map_err(|error| error.to_string())?;
        Ok(found)
    }

    #[test]
    fn records_are_trees_and_what_is_around_them_is_passed_over() {
        let text = b"<?xml version='1.0'?><m:updates xmlns:m='u'>x<update type='a&amp;b'><id> A&#66; </id></update>\
                     <group><update/></group></m:updates>\n";
        let found = read(text).unwrap();
        let first = found.first().unwrap();
        assert_eq!((found.len(), first.attribute("type"), first.text_of("id")), (2, "a&b", "AB"));
        assert_eq!((first.text_of("none"), first.attribute("none")), ("", ""));
    }

    #[test]
    fn what_is_no_whole_document_is_refused() {
        let deep = format!("<updates>{}", "<update>".repeat(200));
        let wide = format!("<updates><update>{}", "<a/>".repeat(ELEMENTS + 2));
        for text in [
            "",
            "text",
            "<updates>",
            "<updates><update></updates>",
            "<html></html>",
            "<updates/><updates/>",
            &deep,
            &wide,
        ] {
            assert!(read(text.as_bytes()).is_err(), "{text:.30}");
        }
    }

    #[test]
    fn an_endless_text_is_refused() {
        let start = b"<updates><update><description>";
        let endless = start.chain(io::repeat(b'x'));
        let error = each(endless, "updates", "update", &mut |_| ()).unwrap_err().to_string();
        assert!(error.contains("over the limit"), "{error}");
    }
}
