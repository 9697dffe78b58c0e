//! Reads a large JSON document record by record.
//!
//! Owns only the walk: the document is never held as a whole, however large. What a record means is its feed's business.

use std::fmt;
use std::io::{BufReader, Read};
use std::marker::PhantomData;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

/// Calls `visit` for every member of every member of the object: `{outer: {inner: record}}`.
///
/// # Errors
/// When the document is no such object, or goes on after it.
pub fn each_inner_member<V: DeserializeOwned>(
    input: &mut dyn Read,
    visit: &mut dyn FnMut(&str, String, V),
) -> serde_json::Result<()> {
    let mut document = serde_json::Deserializer::from_reader(BufReader::with_capacity(1 << 16, input));
    Outer { visit, value: PhantomData }.deserialize(&mut document)?;
    document.end()
}

/// Calls `visit` for every element of the list that the object has under `key`.
///
/// # Errors
/// When the document is no such object, or goes on after it.
pub fn each_element<V: DeserializeOwned>(
    input: &mut dyn Read,
    key: &'static str,
    visit: &mut dyn FnMut(V),
) -> serde_json::Result<()> {
    let mut document = serde_json::Deserializer::from_reader(BufReader::with_capacity(1 << 16, input));
    Holder { keys: &[key], named: false, visit, value: PhantomData }.deserialize(&mut document)?;
    document.end()
}

/// Calls `visit` for every element of the list, or every member of the object, that the object has under one of `keys`:
/// the forms that a document with the same records may have.
///
/// # Errors
/// When the document is no such object, or goes on after it.
pub fn each_of<V: DeserializeOwned>(
    input: &mut dyn Read,
    keys: &[&'static str],
    visit: &mut dyn FnMut(V),
) -> serde_json::Result<()> {
    let mut document = serde_json::Deserializer::from_reader(BufReader::with_capacity(1 << 16, input));
    Holder { keys, named: true, visit, value: PhantomData }.deserialize(&mut document)?;
    document.end()
}

/// Calls `visit` for every element of the list that the document is.
///
/// # Errors
/// When the document is no such list, or goes on after it.
pub fn each_of_list<V: DeserializeOwned>(input: &mut dyn Read, visit: &mut dyn FnMut(V)) -> serde_json::Result<()> {
    let mut document = serde_json::Deserializer::from_reader(BufReader::with_capacity(1 << 16, input));
    Elements { named: false, visit, value: PhantomData }.deserialize(&mut document)?;
    document.end()
}

struct Outer<'a, V> {
    visit: &'a mut dyn FnMut(&str, String, V),
    value: PhantomData<V>,
}

impl<'de, V: DeserializeOwned> DeserializeSeed<'de> for Outer<'_, V> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, V: DeserializeOwned> Visitor<'de> for Outer<'_, V> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of objects")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            map.next_value_seed(Inner { name: &name, visit: self.visit, value: PhantomData::<V> })?;
        }
        Ok(())
    }
}

struct Inner<'a, V> {
    name: &'a str,
    visit: &'a mut dyn FnMut(&str, String, V),
    value: PhantomData<V>,
}

impl<'de, V: DeserializeOwned> DeserializeSeed<'de> for Inner<'_, V> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, V: DeserializeOwned> Visitor<'de> for Inner<'_, V> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object of records under {:?}", self.name)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((key, value)) = map.next_entry::<String, V>()? {
            (self.visit)(self.name, key, value);
        }
        Ok(())
    }
}

struct Holder<'a, V> {
    keys: &'a [&'static str],
    /// Whether the records may be members of an object instead.
    named: bool,
    visit: &'a mut dyn FnMut(V),
    value: PhantomData<V>,
}

impl<'de, V: DeserializeOwned> DeserializeSeed<'de> for Holder<'_, V> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, V: DeserializeOwned> Visitor<'de> for Holder<'_, V> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with a list {}", self.keys.join(" or "))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut found = false;
        while let Some(key) = map.next_key::<String>()? {
            if self.keys.contains(&key.as_str()) {
                found = true;
                let (named, visit) = (self.named, &mut *self.visit);
                map.next_value_seed(Elements { named, visit, value: PhantomData::<V> })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        // An object without the list is another document, such as an error that a mirror wrapped in JSON.
        if found { Ok(()) } else { Err(A::Error::missing_field(self.keys.first().copied().unwrap_or_default())) }
    }
}

struct Elements<'a, V> {
    named: bool,
    visit: &'a mut dyn FnMut(V),
    value: PhantomData<V>,
}

impl<'de, V: DeserializeOwned> DeserializeSeed<'de> for Elements<'_, V> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.named { deserializer.deserialize_any(self) } else { deserializer.deserialize_seq(self) }
    }
}

impl<'de, V: DeserializeOwned> Visitor<'de> for Elements<'_, V> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(value) = list.next_element::<V>()? {
            (self.visit)(value);
        }
        Ok(())
    }

    /// Only reached where records may be members.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((_, value)) = map.next_entry::<IgnoredAny, V>()? {
            (self.visit)(value);
        }
        Ok(())
    }
}
