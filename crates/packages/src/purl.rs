//! Package URLs, written only: <https://github.com/package-url/purl-spec>.
//!
//! Owns the canonical text. Which namespace and qualifiers a type has is the business of its ecosystem.

use std::fmt::{self, Write};

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
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' | b':' => {
                f.write_char(char::from(byte))?
            }
            _ => write!(f, "%{byte:02X}")?,
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
            qualifiers: &[("arch", "amd64"), ("distro", ""), ("epoch", "a/b")],
        };
        assert_eq!(purl.to_string(), "pkg:deb/debian/attr@1:2.4.47-2%2Bb1~x?arch=amd64&epoch=a%2Fb");
    }
}
