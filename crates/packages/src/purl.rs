//! Package URLs, written only: <https://github.com/package-url/purl-spec>.
//!
//! Owns the canonical text. Which namespace and qualifiers a type has is the business of its ecosystem.

use std::fmt::{self, Write};

use plimsoll_model::Digest;

/// The parts of a package URL, in the type's own normal form; writing escapes them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Purl<'a> {
    /// Type.
    pub kind: &'a str,
    /// Segments between `/`; empty for none.
    pub namespace: &'a str,
    /// Name.
    pub name: &'a str,
    /// Empty for none.
    pub version: &'a str,
    /// Sorted by key, as the canonical form demands; empty values are left out.
    pub qualifiers: &'a [(&'a str, &'a str)],
}

/// The package URL of an image: by its digest, and where it lies
/// (<https://github.com/package-url/purl-spec/blob/main/types-doc/oci-definition.md>).
#[must_use]
pub fn image_url(repository: Option<&str>, digest: &Digest) -> String {
    let repository = repository.unwrap_or_default();
    // An image from a folder has no name; its digest tells which it is.
    let name = repository.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("image");
    let qualifiers = [("repository_url", repository)];
    let name = &name.to_ascii_lowercase();
    Purl { kind: "oci", namespace: "", name, version: digest.as_str(), qualifiers: &qualifiers }.to_string()
}

impl fmt::Display for Purl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pkg:{}/", self.kind)?;
        for segment in self.namespace.split('/').filter(|segment| !segment.is_empty()) {
            escape(f, segment)?;
            f.write_char('/')?;
        }
        escape(f, self.name)?;
        if !self.version.is_empty() {
            f.write_char('@')?;
            escape(f, self.version)?;
        }
        let present = self.qualifiers.iter().filter(|(_, value)| !value.is_empty());
        for (index, (key, value)) in present.enumerate() {
            f.write_char(if index == 0 { '?' } else { '&' })?;
            write!(f, "{key}=")?;
            escape(f, value)?;
        }
        Ok(())
    }
}

/// Percent-encodes all but the characters that the specification leaves as they are (`:` among them).
fn escape(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || ".-_~:".contains(character);
    for run in text.split_inclusive(|character| !is_plain(character)) {
        let plain = run.trim_end_matches(|character| !is_plain(character));
        f.write_str(plain)?;
        for byte in run.bytes().skip(plain.len()) {
            write!(f, "%{byte:02X}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_the_canonical_form() {
        let purl = Purl {
            kind: "deb",
            namespace: "debian",
            name: "attr",
            version: "1:2.4.47-2+b1~x",
            qualifiers: &[("arch", "amd64"), ("distro", ""), ("epoch", "a/b++é")],
        };
        assert_eq!(purl.to_string(), "pkg:deb/debian/attr@1:2.4.47-2%2Bb1~x?arch=amd64&epoch=a%2Fb%2B%2B%C3%A9");
    }

    /// The specification's own tests for building a package URL, of all types: each gives parts in normal form.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "the tests are files")]
    fn agrees_with_the_specification() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/schemas/purl/tests/types");
        let mut count = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let document: serde_json::Value = serde_json::from_str(&text).unwrap();
            for test in document["tests"].as_array().unwrap().iter().filter(|test| test["test_type"] == "build") {
                // What is refused is no package of ours, we write no sub-paths, and commits have paths for names.
                if test["expected_failure"] == true
                    || test["input"]["type"] == "git"
                    || !test["input"]["subpath"].is_null()
                {
                    continue;
                }
                let part = |name: &str| test["input"][name].as_str().unwrap_or_default();
                let qualifiers = test["input"]["qualifiers"].as_object().cloned().unwrap_or_default();
                let qualifiers: Vec<_> =
                    qualifiers.iter().map(|(key, value)| (&**key, value.as_str().unwrap())).collect();
                let purl = Purl {
                    kind: part("type"),
                    namespace: part("namespace"),
                    name: part("name"),
                    version: part("version"),
                    qualifiers: &qualifiers,
                };
                assert_eq!(purl.to_string(), test["expected_output"]);
                count += 1;
            }
        }
        assert!(count > 50, "{count} tests");
    }
}
