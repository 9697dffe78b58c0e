//! Documents that people write: standards, waivers, deadlines.
//!
//! Owns how strictly they are read. Each field is asked for by name; what nobody asked for is a mistake, told with the
//! field that was probably meant. What the fields mean is for those who ask.

use std::cell::RefCell;

use serde_json::{Map, Value};

use crate::nearest::suggestion;

/// Something in a document that cannot be understood, or must not be overlooked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {place}{message}")]
pub struct Mistake {
    /// The document, as its reader was told.
    pub file: String,
    /// Where in it, ending in a colon and a space: `control 4.1: `; empty for the document as a whole.
    pub place: String,
    /// What is wrong, and what to write instead.
    pub message: String,
}

/// The fields of one object of a document.
pub(crate) struct Fields<'d> {
    file: &'d str,
    place: String,
    map: &'d Map<String, Value>,
    asked: RefCell<Vec<&'static str>>,
}

/// A YAML document as a value. Nesting, aliases and the count of nodes are bounded by the parser.
pub(crate) fn document(file: &str, text: &str) -> Result<Value, Mistake> {
    serde_saphyr::from_str(text).map_err(|error| {
        let error = error.to_string();
        let message = format!("not the YAML it should be: {}", error.lines().next().unwrap_or_default());
        Mistake { file: file.into(), place: String::new(), message }
    })
}

impl<'d> Fields<'d> {
    /// The fields of a value, which has to be an object.
    pub(crate) fn of(file: &'d str, place: &str, value: &'d Value) -> Result<Self, Mistake> {
        let map = value.as_object().ok_or_else(|| Mistake {
            file: file.into(),
            place: place.into(),
            message: format!("fields were expected (name: value), not {}", kind(value)),
        })?;
        Ok(Self { file, place: place.into(), map, asked: RefCell::default() })
    }

    /// The same fields under a better name for their place, once it is known.
    pub(crate) fn at(mut self, place: &str) -> Self {
        self.place = place.into();
        self
    }

    /// The document.
    pub(crate) const fn file(&self) -> &'d str {
        self.file
    }

    /// A mistake in this object.
    pub(crate) fn mistake(&self, message: impl Into<String>) -> Mistake {
        Mistake { file: self.file.into(), place: self.place.clone(), message: message.into() }
    }

    fn get(&self, name: &'static str) -> Option<&'d Value> {
        self.asked.borrow_mut().push(name);
        self.map.get(name).filter(|value| !value.is_null())
    }

    fn wrong(&self, name: &str, wanted: &str, value: &Value) -> Mistake {
        self.mistake(format!("{name} has to be {wanted}, not {}", kind(value)))
    }

    /// A text, or none where the field is missing. One that looks like a number has to be in quotes: `4.10` is not `4.1`.
    pub(crate) fn maybe_text(&self, name: &'static str) -> Result<Option<&'d str>, Mistake> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let text =
            value.as_str().ok_or_else(|| self.wrong(name, "text (in quotes where it looks like a number)", value))?;
        let text = text.trim();
        if text.is_empty() { Err(self.mistake(format!("{name} is empty"))) } else { Ok(Some(text)) }
    }

    /// A text that has to be there.
    pub(crate) fn text(&self, name: &'static str) -> Result<&'d str, Mistake> {
        self.maybe_text(name)?.ok_or_else(|| self.mistake(format!("{name} is missing")))
    }

    /// A text, empty where the field is missing.
    pub(crate) fn optional(&self, name: &'static str) -> Result<String, Mistake> {
        Ok(self.maybe_text(name)?.unwrap_or_default().to_owned())
    }

    /// Yes or no, or none where the field is missing.
    pub(crate) fn maybe_flag(&self, name: &'static str) -> Result<Option<bool>, Mistake> {
        let flag = |value: &Value| value.as_bool().ok_or_else(|| self.wrong(name, "true or false", value));
        self.get(name).map(flag).transpose()
    }

    /// A whole number from 0, or none where the field is missing.
    pub(crate) fn number(&self, name: &'static str) -> Result<Option<u32>, Mistake> {
        let number = |value: &Value| value.as_u64().and_then(|number| u32::try_from(number).ok());
        let Some(value) = self.get(name) else { return Ok(None) };
        number(value).map(Some).ok_or_else(|| self.wrong(name, "a whole number", value))
    }

    /// Values in order; none where the field is missing.
    pub(crate) fn list(&self, name: &'static str) -> Result<&'d [Value], Mistake> {
        let Some(value) = self.get(name) else { return Ok(&[]) };
        value.as_array().map(Vec::as_slice).ok_or_else(|| self.wrong(name, "a list", value))
    }

    /// Texts in order; none where the field is missing.
    pub(crate) fn texts(&self, name: &'static str) -> Result<Vec<String>, Mistake> {
        let text = |value: &Value| {
            let text = value.as_str().map(str::trim).filter(|text| !text.is_empty());
            text.map(String::from).ok_or_else(|| self.wrong(name, "a list of texts", value))
        };
        self.list(name)?.iter().map(text).collect()
    }

    /// An object by name and value, whatever its fields are.
    pub(crate) fn entries(&self, name: &'static str) -> Result<Vec<(&'d str, &'d Value)>, Mistake> {
        let Some(value) = self.get(name) else { return Ok(Vec::new()) };
        let map = value.as_object().ok_or_else(|| self.wrong(name, "fields (name: value)", value))?;
        Ok(map.iter().map(|(name, value)| (name.as_str(), value)).collect())
    }

    /// The fields of an object in a field; none where it is missing.
    pub(crate) fn within(&self, name: &'static str) -> Result<Option<Fields<'d>>, Mistake> {
        let place = format!("{}{name}: ", self.place);
        self.get(name).map(|value| Fields::of(self.file, &place, value)).transpose()
    }

    /// One of some words, or none where the field is missing.
    pub(crate) fn word<T: Copy>(&self, name: &'static str, words: &[(&str, T)]) -> Result<Option<T>, Mistake> {
        let Some(text) = self.maybe_text(name)? else { return Ok(None) };
        let known = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        known.map(Some).ok_or_else(|| {
            let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.mistake(format!(
                "{name} is {text:?}, which is none of {}{}",
                all.join(", "),
                suggestion(text, all.clone())
            ))
        })
    }

    /// A day, `2026-11-23`; none where the field is missing.
    pub(crate) fn day(&self, name: &'static str) -> Result<Option<jiff::civil::Date>, Mistake> {
        let Some(text) = self.maybe_text(name)? else { return Ok(None) };
        let day = Some(text).filter(|text| text.len() == "2026-11-23".len()).and_then(|text| text.parse().ok());
        day.map(Some)
            .ok_or_else(|| self.mistake(format!("{name} is {text:?}, which is no day: write it as 2026-11-23")))
    }

    /// Refuses what nobody asked for.
    pub(crate) fn finish(&self) -> Result<(), Mistake> {
        let asked = self.asked.borrow();
        let unknown = self.map.keys().find(|name| !asked.contains(&name.as_str()));
        unknown.map_or(Ok(()), |name| {
            let known = asked.iter().copied();
            Err(self.mistake(format!("unknown field {name}{}", suggestion(name, known))))
        })
    }
}

/// What a parameter has to be, when a value is not of its default's type. A default of nothing takes anything.
pub(crate) fn misfit(default: &Value, value: &Value) -> Option<&'static str> {
    match default {
        Value::Null => None,
        Value::Bool(_) => (!value.is_boolean()).then_some("true or false"),
        Value::Number(_) => (!value.is_number()).then_some("a number"),
        Value::String(_) => (!value.is_string()).then_some("text"),
        Value::Array(defaults) => match (value, defaults.first()) {
            (Value::Array(values), Some(like)) if values.iter().any(|value| misfit(like, value).is_some()) => {
                Some("a list of such values as its default has")
            }
            (Value::Array(_), _) => None,
            _ => Some("a list"),
        },
        Value::Object(_) => (!value.is_object()).then_some("fields"),
    }
}

/// What a value is, for people.
pub(crate) fn kind(value: &Value) -> String {
    match value {
        Value::Null => "nothing".into(),
        Value::Array(_) => "a list".into(),
        Value::Object(_) => "fields".into(),
        Value::String(text) => format!("{text:?}"),
        other => other.to_string(),
    }
}
