//! XML documents as trees of elements.
//!
//! Owns the parse and its bounds. Namespaces are dropped: no format that is read here mixes two. Document type
//! definitions are not heeded, so that no entity expands.

use plimsoll_model::Malformed;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// Bytes of one document; a tree takes some ten times as much. The largest lists of a build's dependencies have 5 MB.
pub(crate) const MOST_BYTES: u64 = 8 << 20;
/// Elements inside one another. Project files have some ten; dropping a tree recurses.
const DEEPEST: usize = 128;
/// Attributes of one element. Real ones have some ten.
const MOST_ATTRIBUTES: usize = 1000;
/// Elements in one document.
const MOST_ELEMENTS: usize = 400_000;

/// An element; of one that is not there, everything is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// Without namespace prefix.
    pub name: String,
    /// Its own text, trimmed.
    pub text: String,
    /// In the order of the document.
    pub attributes: Vec<(String, String)>,
    /// In the order of the document.
    pub children: Vec<Element>,
}

impl Element {
    /// One that was just opened, with its name and attributes.
    #[must_use]
    pub fn started(start: &BytesStart<'_>) -> Self {
        let attributes = start.attributes().flatten().take(MOST_ATTRIBUTES).map(|attribute| {
            let value = quick_xml::escape::unescape(&attribute.value).unwrap_or_default().into_owned();
            (attribute.key.local_name().as_ref().to_owned(), value)
        });
        let attributes = attributes.collect();
        Self { name: start.local_name().as_ref().to_owned(), attributes, ..Self::default() }
    }

    /// The first child of this name.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.all(name).next()
    }

    /// All children of this name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first child of this name, or empty.
    #[must_use]
    pub fn text_of(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| &child.text)
    }

    /// An attribute, or empty.
    #[must_use]
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }
}

/// The root element. Bytes that are not UTF-8 become replacement characters.
///
/// # Errors
/// When it is no XML, or too deep or too long.
pub(crate) fn parse(bytes: &[u8]) -> Result<Element, Malformed> {
    let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
    let mut reader = Reader::from_str(&text);
    let mut tree = Tree::default();
    loop {
        let position = reader.buffer_position();
        let fail = |what: &str| Malformed(format!("not the XML it should be: {what}, at byte {position}"));
        match reader.read_event().map_err(|error| fail(&error.to_string()))? {
            Event::Start(start) => tree.open(&start).map_err(fail)?,
            Event::Empty(start) => {
                tree.open(&start).map_err(fail)?;
                tree.close();
            }
            Event::End(_) => tree.close(),
            Event::Text(text) => tree.add(&text.xml10_content()),
            Event::CData(text) => tree.add(&text.xml10_content()),
            Event::GeneralRef(reference) => tree.add(&resolve(&reference)),
            Event::Eof if tree.open.is_empty() => break,
            Event::Eof => return Err(fail("it ends inside an element")),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    tree.root.ok_or_else(|| Malformed("not the XML it should be: no element".to_owned()))
}

#[derive(Default)]
struct Tree {
    open: Vec<Element>,
    root: Option<Element>,
    count: usize,
}

impl Tree {
    fn open(&mut self, start: &BytesStart<'_>) -> Result<(), &'static str> {
        self.count = self.count.saturating_add(1);
        if self.open.len() >= DEEPEST || self.count > MOST_ELEMENTS {
            return Err("too many elements");
        }
        self.open.push(Element::started(start));
        Ok(())
    }

    fn close(&mut self) {
        let Some(mut element) = self.open.pop() else { return };
        element.text = element.text.trim().to_owned();
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = self.root.take().or(Some(element)),
        }
    }

    fn add(&mut self, text: &str) {
        if let Some(element) = self.open.last_mut() {
            element.text.push_str(text);
        }
    }
}

/// A character reference or one of the five names that XML itself defines; others stay as they are written.
#[must_use]
pub fn resolve(reference: &BytesRef<'_>) -> String {
    match reference.resolve_char_ref() {
        Ok(Some(character)) => character.to_string(),
        _ => {
            let written = format!("&{};", reference.xml10_content());
            quick_xml::escape::unescape(&written).map(std::borrow::Cow::into_owned).unwrap_or(written)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_keeps_text_attributes_and_order() {
        let text = "<?xml version='1.0'?><!DOCTYPE p [<!ENTITY x 'y'>]><m:p xmlns:m='u' a='1&lt;'> t&amp;&#65;<q/>\
                    <q>&x;<![CDATA[<z>]]></q><!-- c --></m:p>";
        let root = parse(text.as_bytes()).unwrap();
        assert_eq!((root.name.as_str(), root.text.as_str(), root.attribute("a")), ("p", "t&A", "1<"));
        assert_eq!(root.all("q").map(|child| child.text.as_str()).collect::<Vec<_>>(), ["", "&x;<z>"]);
        assert_eq!(root.text_of("none"), "");
    }

    #[test]
    fn what_is_no_document_is_refused() {
        for text in ["", "text", "<a>", "<a></b>", "<a", &"<a>".repeat(200), &format!("{}x", "<a>".repeat(200_000))] {
            assert!(parse(text.as_bytes()).is_err(), "{:.20}", text);
        }
    }
}
