//! What an installed package says of itself: `METADATA` of wheels, `PKG-INFO` of eggs,
//! <https://packaging.python.org/en/latest/specifications/core-metadata/>.
//!
//! Owns the header fields. The long description below them is not looked at.

use plimsoll_model::{Dependency, Facts, Input, Malformed, Package};

use super::installed;
use super::requirement::{Requirement, holds_without_extras};
use super::{is_name, is_version};
use crate::document;
use crate::lines::{self, Complaints};

/// Needs of one package; those with the most have some 500, nearly all of them for extras.
const MOST_NEEDS: usize = 10_000;
/// Longer texts in the field for the licence's name are the licence itself.
const LONGEST_LICENCE: usize = 120;

#[derive(Default)]
struct Header {
    name: String,
    version: String,
    licence: String,
    expression: String,
    classifiers: Vec<String>,
    author: String,
    maintainer: String,
    needs: Vec<Dependency>,
}

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    if installed::is_made_up(input.file.path) {
        return Ok(Facts::default());
    }
    let bytes = document::bytes(input.file.content, document::MOST_BYTES)?;
    let mut complaints = Complaints::default();
    let package = package(&bytes, input.file.path, &mut complaints);
    complaints.settle(Facts { packages: package.into_iter().collect(), ..Facts::default() })
}

/// The package that a file of metadata describes.
pub(super) fn package(bytes: &[u8], path: &str, complaints: &mut Complaints) -> Option<Package> {
    Header::parse(bytes, complaints).package(installed::folder_identity(path), complaints)
}

impl Header {
    /// Fields up to the first empty line. Lines that continue one are dropped: only texts for people have some. So are
    /// lines that are neither, which old tools wrote when a text had several.
    fn parse(bytes: &[u8], complaints: &mut Complaints) -> Self {
        let mut header = Self::default();
        for line in bytes.split(|byte| *byte == b'\n').take_while(|line| !line.trim_ascii().is_empty()) {
            if line.first().is_some_and(u8::is_ascii_whitespace) {
                continue;
            }
            if let Some((field, value)) = memchr::memchr(b':', line).and_then(|colon| line.split_at_checked(colon)) {
                let value = lines::text(value.get(1..).unwrap_or_default());
                if value != "UNKNOWN" {
                    header.take(field, value, complaints);
                }
            }
        }
        header
    }

    fn take(&mut self, field: &[u8], value: String, complaints: &mut Complaints) {
        let slot = match field.to_ascii_lowercase().as_slice() {
            b"name" => &mut self.name,
            b"version" => &mut self.version,
            b"license" => &mut self.licence,
            b"license-expression" => &mut self.expression,
            b"author" | b"author-email" => &mut self.author,
            b"maintainer" | b"maintainer-email" => &mut self.maintainer,
            b"classifier" => return self.classifiers.extend(licence_of(&value)),
            b"requires-dist" => return self.need(&value, complaints),
            _ => return,
        };
        if slot.is_empty() {
            *slot = value;
        }
    }

    fn need(&mut self, text: &str, complaints: &mut Complaints) {
        match Requirement::parse(text) {
            Some(needed) if !holds_without_extras(needed.marker) => {}
            Some(needed) if self.needs.len() < MOST_NEEDS => self.needs.push(needed.dependency()),
            Some(_) => complaints.push(format!("more than {MOST_NEEDS} requirements; not read")),
            None => complaints.push(format!("{text:?} is no requirement")),
        }
    }

    /// Name and version are those of the header, where it has them; else of the folder, which installers name so. Of two
    /// ways to write one version the folder's is taken: that is the normal form, and the other files go by it.
    fn package(self, folder: Option<(String, String)>, complaints: &mut Complaints) -> Option<Package> {
        let is_whole = is_name(&self.name) && is_version(&self.version);
        let (name, version) = match folder {
            Some(folder) if !is_whole => {
                complaints.push("has no name and version; taken from the folder's name".into());
                folder
            }
            Some((_, version)) if super::is_same_version(&version, &self.version) => (self.name, version),
            _ if is_whole => (self.name, self.version),
            _ => {
                complaints.push(format!("needs a name and a version, not {:?} {:?}", self.name, self.version));
                return None;
            }
        };
        let is_short = !self.licence.is_empty() && self.licence.len() <= LONGEST_LICENCE;
        let licence = match (self.expression.is_empty(), is_short) {
            (false, _) => self.expression,
            (true, true) => self.licence,
            (true, false) => self.classifiers.join(", "),
        };
        let maintainer = if self.maintainer.is_empty() { self.author } else { self.maintainer };
        let mut depends_on = self.needs;
        depends_on.sort_unstable();
        depends_on.dedup();
        Some(Package { licence, maintainer, depends_on, ..Package::new("pypi", name, version) })
    }
}

/// `License :: OSI Approved :: MIT License` → `MIT License`.
fn licence_of(classifier: &str) -> Option<String> {
    let text = classifier.strip_prefix("License ::")?;
    let name = text.rsplit("::").next().unwrap_or(text).trim();
    (name != "OSI Approved").then(|| name.to_owned())
}
