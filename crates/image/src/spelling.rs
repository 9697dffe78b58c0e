//! Whether Go would read a document as it is read here. Go's `encoding/json`, with which engines and runtimes read images,
//! takes `Layers` and `layers` for the same name, lets the last one win, and lays objects of one name over each other. A
//! document that plays on this shows one image here and runs another, so it is refused.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::Error;

/// Names that are read in an object, and what is below them. Lists are looked through.
pub(crate) struct Shape(&'static [(&'static str, &'static Self)]);

/// Not looked into: texts, numbers, and maps, whose names Go tells apart by case.
static ANY: Shape = Shape(&[]);
static PLATFORM: Shape =
    Shape(&[("architecture", &ANY), ("os", &ANY), ("os.features", &ANY), ("os.version", &ANY), ("variant", &ANY)]);
static DESCRIPTOR: Shape = Shape(&[
    ("annotations", &ANY),
    ("artifactType", &ANY),
    ("data", &ANY),
    ("digest", &ANY),
    ("mediaType", &ANY),
    ("platform", &PLATFORM),
    ("size", &ANY),
    ("urls", &ANY),
]);
static HEALTHCHECK: Shape = Shape(&[("Test", &ANY)]);
static SETTINGS: Shape = Shape(&[
    ("Cmd", &ANY),
    ("Entrypoint", &ANY),
    ("Env", &ANY),
    ("ExposedPorts", &ANY),
    ("Healthcheck", &HEALTHCHECK),
    ("Labels", &ANY),
    ("OnBuild", &ANY),
    ("Shell", &ANY),
    ("StopSignal", &ANY),
    ("User", &ANY),
    ("Volumes", &ANY),
    ("WorkingDir", &ANY),
]);
static ROOT_FS: Shape = Shape(&[("diff_ids", &ANY), ("type", &ANY)]);
static STEP: Shape =
    Shape(&[("author", &ANY), ("comment", &ANY), ("created", &ANY), ("created_by", &ANY), ("empty_layer", &ANY)]);

/// Manifests and indexes, those of attachments included.
pub(crate) static MANIFEST: Shape = Shape(&[
    ("annotations", &ANY),
    ("artifactType", &ANY),
    ("blobs", &DESCRIPTOR),
    ("config", &DESCRIPTOR),
    ("fsLayers", &ANY),
    ("layers", &DESCRIPTOR),
    ("manifests", &DESCRIPTOR),
    ("mediaType", &ANY),
    ("schemaVersion", &ANY),
    ("subject", &DESCRIPTOR),
]);
/// Image configs, and `json` of one layer in Docker's oldest archives.
pub(crate) static CONFIG: Shape = Shape(&[
    ("architecture", &ANY),
    ("author", &ANY),
    ("config", &SETTINGS),
    ("container_config", &SETTINGS),
    ("created", &ANY),
    ("history", &STEP),
    ("os", &ANY),
    ("os.features", &ANY),
    ("os.version", &ANY),
    ("parent", &ANY),
    ("rootfs", &ROOT_FS),
    ("variant", &ANY),
]);
/// `manifest.json` of Docker's archives.
pub(crate) static SAVED: Shape = Shape(&[("Config", &ANY), ("Layers", &ANY), ("RepoTags", &ANY)]);

/// Refuses a document that Go would read differently. `what` names the document's kind, `place` where it is from.
pub(crate) fn check(bytes: &[u8], shape: &'static Shape, what: &str, place: &str) -> Result<(), Error> {
    let wrong = RefCell::new(None);
    let walked = Walk { shape, wrong: &wrong }.deserialize(&mut serde_json::Deserializer::from_slice(bytes));
    match (wrong.into_inner(), walked) {
        (Some(wrong), _) => Err(Error::new(format!(
            "the {what} has {wrong}: runtimes read such a document differently; it is not scanned: {place}"
        ))),
        (None, Ok(())) => Ok(()),
        (None, Err(error)) => Err(Error::new(format!("malformed {what}: {place}")).because(error)),
    }
}

/// As Go compares names: the long s and the Kelvin sign are the only other letters that fold to ASCII.
fn fold(name: &str) -> String {
    let letter = |letter| match letter {
        'ſ' => 's',
        '\u{212a}' => 'k',
        other => other.to_ascii_lowercase(),
    };
    name.chars().map(letter).collect()
}

#[derive(Clone, Copy)]
struct Walk<'a> {
    shape: &'static Shape,
    /// What is wrong, once it is found.
    wrong: &'a RefCell<Option<String>>,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        if self.shape.0.is_empty() {
            from.deserialize_ignored_any(IgnoredAny).map(drop)
        } else {
            from.deserialize_any(self)
        }
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = BTreeSet::new();
        let mut odd: Option<(String, &str)> = None;
        while let Some(key) = map.next_key::<String>()? {
            let folded = fold(&key);
            let Some((name, shape)) = self.shape.0.iter().find(|(name, _)| fold(name) == folded) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if key != *name {
                odd.get_or_insert((key, name));
            } else if !seen.insert(*name) {
                self.wrong.borrow_mut().get_or_insert(format!("`{name}` twice"));
                return Err(A::Error::custom("twice"));
            }
            map.next_value_seed(Walk { shape, ..self })?;
        }
        let Some((key, name)) = odd else { return Ok(()) };
        let how = if seen.contains(name) { "beside" } else { "instead of" };
        self.wrong.borrow_mut().get_or_insert(format!("`{key}` {how} `{name}`"));
        Err(A::Error::custom("odd"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{CONFIG, MANIFEST, SAVED, Shape, check};

    fn wrong(text: &str, shape: &'static Shape) -> String {
        check(text.as_bytes(), shape, "document", "here").map_or_else(|error| error.to_string(), |()| String::new())
    }

    #[test]
    fn what_go_reads_differently_is_refused() {
        for (text, shape, expected) in [
            (r#"{"layers":[],"Layers":[]}"#, &MANIFEST, "has `Layers` beside `layers`"),
            (r#"{"LAYERS":[],"layers":[]}"#, &MANIFEST, "has `LAYERS` beside `layers`"),
            (r#"{"Layers":[]}"#, &MANIFEST, "has `Layers` instead of `layers`"),
            (r#"{"layer\u017f":[]}"#, &MANIFEST, "instead of `layers`"),
            (r#"{"layers":[{"digest":"a","Digest":"b"}]}"#, &MANIFEST, "has `Digest` beside `digest`"),
            (r#"{"manifests":[{"platform":{"OS":"linux"}}]}"#, &MANIFEST, "has `OS` instead of `os`"),
            (r#"{"config":{},"config":{}}"#, &MANIFEST, "has `config` twice"),
            (r#"{"config":{"User":"1","user":"0"}}"#, &CONFIG, "has `user` beside `User`"),
            (r#"{"config":{"User":"1"},"Config":{"User":"0"}}"#, &CONFIG, "has `Config` beside `config`"),
            (r#"{"config":{"User":"0"},"config":{}}"#, &CONFIG, "has `config` twice"),
            (r#"{"RootFS":{}}"#, &CONFIG, "has `RootFS` instead of `rootfs`"),
            (r#"{"rootfs":{"Diff_ids":[]}}"#, &CONFIG, "has `Diff_ids` instead of `diff_ids`"),
            (r#"{"history":[{},{"Empty_Layer":true}]}"#, &CONFIG, "has `Empty_Layer` instead of `empty_layer`"),
            (r#"[{"Config":"a","Layers":[],"layers":[]}]"#, &SAVED, "has `layers` beside `Layers`"),
        ] {
            let told = wrong(text, shape);
            assert!(told.contains(expected), "{text}: {told}");
        }
    }

    #[test]
    fn the_spellings_of_real_tools_pass() {
        for (text, shape) in [
            (
                r#"{"schemaVersion":2,"annotations":{"a":"1","A":"2"},"layers":[{"size":1.5,"x":null}],"X":[{}]}"#,
                &MANIFEST,
            ),
            (
                r#"{"config":{"Labels":{"user":"a","User":"b"},"ArgsEscaped":true,"Image":"","Healthcheck":{"Test":["NONE"],"Interval":-1}},"container_config":{"Cmd":null},"docker_version":"1","os":"linux","os.version":"10","id":"a","Size":1,"history":null}"#,
                &CONFIG,
            ),
            (r#"[{"Config":"a","RepoTags":null,"Layers":[],"LayerSources":{}}]"#, &SAVED),
        ] {
            assert_eq!(wrong(text, shape), "");
        }
    }
}
