//! The little of XML that MSBuild's and NuGet's files use.
//!
//! Owns the walk over elements. Which mean something is the readers' business.

use std::collections::BTreeMap;

use plimsoll_model::{Content, Malformed};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::document;

/// Elements inside one another; project files have some six.
const DEEPEST: usize = 64;

/// An element with what matters here: its name, its attributes, the text of its children that have only text.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub name: String,
    values: BTreeMap<String, String>,
    text: String,
}

impl Element {
    /// An attribute, or a child's text: MSBuild takes both for metadata. Empty when there is neither.
    pub fn get(&self, name: &str) -> &str {
        self.values.get(&name.to_ascii_lowercase()).map_or("", |value| value.trim())
    }

    /// All of them.
    pub fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value.trim()))
    }
}

/// Calls `visit` with each element when it ends.
///
/// # Errors
/// When it is no XML in UTF-8; what came before was visited.
pub(super) fn walk(content: &dyn Content, mut visit: impl FnMut(&Element)) -> Result<(), Malformed> {
    let bytes = document::bytes(content, document::MOST_BYTES)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut reader = Reader::from_reader(bytes);
    let wrong =
        |at: u64, error: &dyn std::fmt::Display| Malformed(format!("not the XML it should be: byte {at}: {error}"));
    let mut open: Vec<Element> = Vec::new();
    loop {
        let event = reader.read_event().map_err(|error| wrong(reader.error_position(), &error))?;
        match event {
            Event::Start(start) if open.len() < DEEPEST => open.push(element(&start)),
            Event::Start(_) => return Err(wrong(reader.buffer_position(), &"nested too deep")),
            Event::Empty(start) => close(element(&start), &mut open, &mut visit),
            Event::End(_) => {
                if let Some(element) = open.pop() {
                    close(element, &mut open, &mut visit);
                }
            }
            Event::Text(text) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&text.xml_content(XmlVersion::Implicit1_0));
                }
            }
            Event::Eof if open.is_empty() => return Ok(()),
            Event::Eof => return Err(wrong(reader.buffer_position(), &"it ends inside an element")),
            _ => {}
        }
    }
}

fn close(element: Element, open: &mut [Element], visit: &mut impl FnMut(&Element)) {
    visit(&element);
    if let Some(parent) = open.last_mut() {
        parent.values.insert(element.name.to_ascii_lowercase(), element.text);
    }
}

fn element(start: &BytesStart<'_>) -> Element {
    let name = start.local_name().as_ref().to_owned();
    // Looking for the same attribute twice costs the square of their number.
    let mut attributes = start.attributes();
    let pairs = attributes.with_checks(false).filter_map(Result::ok).map(|attribute| {
        let key = attribute.key.local_name().as_ref().to_ascii_lowercase();
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).unwrap_or_default().into_owned();
        (key, value)
    });
    Element { name, values: pairs.collect(), text: String::new() }
}
