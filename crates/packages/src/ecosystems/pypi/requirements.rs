//! Files of requirements, of which those with one exact version count:
//! <https://pip.pypa.io/en/stable/reference/requirements-file-format/>, and the remarks that pip-compile and
//! `uv pip compile` leave in them (`# via`): <https://pip-tools.readthedocs.io/>.
//!
//! Owns the lines. Files that a file names (`-r`) are read when they are there. Files of constraints are not read: they
//! say which version, not that anybody installs it.

use std::borrow::Cow;
use std::collections::HashMap;

use plimsoll_model::{Content, Dependency, Facts, Input, Malformed, Package};

use super::normal_name;
use super::requirement::Requirement;
use crate::document;
use crate::lines::{Complaints, MOST_PACKAGES};
use crate::paths::file_name;

/// Bytes of one file; with the hashes of every wheel real ones reach one megabyte.
const MOST_BYTES: u64 = 16 << 20;

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let text = text(input.file.content)?;
    // A template is filled in by its own tool.
    if text.contains("{{") || text.contains("{%") {
        return Ok(Facts::default());
    }
    let mut file = Pins::default();
    each_line(&text, |number, line, comment| file.take(number, line, comment));
    let packages = file.packages(is_for_development(input.file.path));
    if packages.is_empty() && (file.open.is_empty() || !file.complaints.is_empty()) {
        // Prose is often called so as well.
        return Ok(Facts::default());
    }
    if let Some(open) = file.without_version() {
        file.complaints.push(open);
    }
    file.complaints.settle(Facts { packages, ..Facts::default() })
}

/// The text of a file in any of the encodings that pip takes: PowerShell writes UTF-16.
///
/// # Errors
/// When it is too large.
pub(super) fn text(content: &dyn Content) -> Result<String, Malformed> {
    let bytes = document::bytes(content, MOST_BYTES)?;
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(unit).collect();
        String::from_utf16_lossy(&units)
    };
    Ok(match &*bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] | rest => String::from_utf8_lossy(rest).into_owned(),
    })
}

/// Calls `visit` with the number of each line, what it says and its comment. Lines that end in a backslash go on in the
/// next.
pub(super) fn each_line(text: &str, mut visit: impl FnMut(usize, &str, &str)) {
    let mut joined = String::new();
    for (index, line) in text.lines().enumerate() {
        let number = index.saturating_add(1);
        let is_comment = line.trim_start().starts_with('#');
        if !is_comment && let Some(begun) = line.strip_suffix('\\') {
            joined.push_str(begun);
            joined.push(' ');
            continue;
        }
        let whole =
            if joined.is_empty() { Cow::Borrowed(line) } else { Cow::Owned(std::mem::take(&mut joined) + line) };
        let (line, comment) = match whole.trim_start().strip_prefix('#') {
            Some(comment) => ("", comment),
            None => comment_of(&whole).unwrap_or((&whole, "")),
        };
        visit(number, line.trim(), comment.trim());
    }
    visit(text.lines().count(), joined.trim(), "");
}

/// What is before and behind the sign of a comment, which has space of any kind before it.
fn comment_of(line: &str) -> Option<(&str, &str)> {
    let mut signs = line.match_indices('#').filter_map(|(sign, _)| line.split_at_checked(sign));
    let (code, comment) = signs.find(|(code, _)| code.ends_with(|last: char| last.is_ascii_whitespace()))?;
    Some((code, comment.strip_prefix('#').unwrap_or(comment)))
}

/// Adds a package, up to the most that one file may have.
pub(super) fn add(packages: &mut Vec<Package>, package: Package, number: usize, complaints: &mut Complaints) {
    if packages.len() < MOST_PACKAGES {
        packages.push(package);
    } else {
        complaints.push(format!("line {number}: more than {MOST_PACKAGES} packages; not read"));
    }
}

#[derive(Default)]
struct Pins {
    packages: Vec<Package>,
    /// Who needs whom: the normal name of the one, the position of the other.
    needs: Vec<(String, usize)>,
    /// The last requirement, when it is one of the packages: the remarks below it are about it.
    last: Option<usize>,
    /// Whether the line before was such a remark.
    is_remark: bool,
    /// Whether there is any.
    has_remarks: bool,
    /// Names of packages that are asked for in no certain version.
    open: Vec<String>,
    complaints: Complaints,
}

impl Pins {
    fn take(&mut self, number: usize, line: &str, comment: &str) {
        if !line.is_empty() {
            self.is_remark = false;
            self.last = self.pin(number, line);
        }
        if let Some(names) =
            comment.strip_prefix("via").filter(|rest| !rest.starts_with(|next: char| next.is_alphanumeric()))
        {
            self.is_remark = true;
            self.has_remarks = true;
            names.split(',').for_each(|name| self.need(name));
        } else if self.is_remark {
            self.need(comment);
        }
    }

    /// Takes a requirement; gives the package's position when it is one version of a package from an index.
    fn pin(&mut self, number: usize, line: &str) -> Option<usize> {
        // Options of a requirement follow it: `--hash`, `--config-settings`.
        let line = line.split(" --").next().unwrap_or(line).trim();
        if is_elsewhere(line) {
            if !line.is_empty() && (!line.starts_with('-') || line.starts_with("-e")) {
                self.open.push(line.to_owned());
            }
            return None;
        }
        let Some(requirement) = Requirement::parse(line) else {
            self.complaints.push(format!("line {number}: {line:?} is no requirement"));
            return None;
        };
        let Some(version) = requirement.pin() else {
            self.open.push(requirement.name.to_owned());
            return None;
        };
        let package = Package::new("pypi", requirement.name, version);
        let position = self.packages.len();
        add(&mut self.packages, package, number, &mut self.complaints);
        (position < self.packages.len()).then_some(position)
    }

    /// One thing that asks for the last package: another package, or a file, which makes it asked for by name.
    fn need(&mut self, by: &str) {
        let by = by.trim();
        let Some(package) = self.last.and_then(|last| Some((last, self.packages.get_mut(last)?))) else { return };
        let (last, package) = package;
        if by.starts_with("-r") || by.contains('(') {
            package.direct = true;
        } else if super::is_name(by) {
            self.needs.push((normal_name(by).into_owned(), last));
        }
    }

    /// What is missing because nobody knows its version before it is installed.
    fn without_version(&self) -> Option<String> {
        const EXAMPLES: usize = 5;
        let count = self.open.len();
        let shown = self.open.iter().take(EXAMPLES).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more =
            if count > EXAMPLES { format!(" and {} more", count.saturating_sub(EXAMPLES)) } else { String::new() };
        (count > 0).then(|| {
            format!("no exact version of {shown}{more}: which one an installation gets is not known; scan that, or a lock file")
        })
    }

    /// The packages with their edges. Without remarks all are what the project itself asks for.
    fn packages(&mut self, development: bool) -> Vec<Package> {
        let mut packages = std::mem::take(&mut self.packages);
        let names: HashMap<String, usize> = packages
            .iter()
            .enumerate()
            .map(|(index, package)| (normal_name(&package.name).into_owned(), index))
            .collect();
        for (by, needed) in &self.needs {
            let dependency = packages
                .get(*needed)
                .map(|needed| Dependency { version: needed.version.clone(), ..Dependency::named(&needed.name) });
            if let Some(parent) = names.get(by).and_then(|index| packages.get_mut(*index)) {
                parent.depends_on.extend(dependency);
            }
        }
        for package in &mut packages {
            package.development = development;
            package.direct |= !self.has_remarks;
            package.depends_on.sort_unstable();
            package.depends_on.dedup();
        }
        packages
    }
}

/// Options, and requirements by address or path.
fn is_elsewhere(line: &str) -> bool {
    line.starts_with(['-', '.', '/', '$', '~']) && !line.is_empty()
        || line.contains("://")
        || [".whl", ".zip", ".tar.gz"].iter().any(|ending| line.ends_with(ending))
        || line.is_empty()
}

/// `requirements-dev.txt`, `requirements/test.txt`, `docs-requirements.txt`.
fn is_for_development(path: &str) -> bool {
    const WORDS: &[&str] = &[
        "dev",
        "devel",
        "develop",
        "development",
        "test",
        "tests",
        "testing",
        "doc",
        "docs",
        "lint",
        "linting",
        "typing",
        "ci",
        "bench",
        "benchmark",
        "style",
        "tox",
    ];
    let stem = file_name(path).trim_end_matches(".txt");
    stem.split(|letter: char| !letter.is_ascii_alphanumeric())
        .any(|word| WORDS.contains(&word.to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(usize, String, String)> {
        let mut lines = Vec::new();
        each_line(text, |number, line, comment| lines.push((number, line.to_owned(), comment.to_owned())));
        lines.retain(|(_, line, comment)| !line.is_empty() || !comment.is_empty());
        lines
    }

    #[test]
    fn lines_are_joined_and_comments_cut() {
        let text =
            "# head\na==1 \\\n    --hash=x \\\n    --hash=y  # via b\r\nc@https://x/#egg\n\nd==1\t# tab\nlast \\";
        let expected = [
            (1, "", "head"),
            (4, "a==1      --hash=x      --hash=y", "via b"),
            (5, "c@https://x/#egg", ""),
            (7, "d==1", "tab"),
            (8, "last", ""),
        ];
        assert_eq!(lines(text), expected.map(|(number, line, comment)| (number, line.to_owned(), comment.to_owned())));
    }

    #[test]
    fn encodings() {
        let wide: Vec<u8> = "\u{feff}a==1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "\u{feff}a==1\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [wide, big, b"\xef\xbb\xbfa==1\n".to_vec(), b"a==1\n".to_vec()] {
            assert_eq!(text(&bytes).unwrap(), "a==1\n");
        }
    }

    #[test]
    fn files_for_development() {
        for (path, is) in [
            ("a/requirements.txt", false),
            ("a/requirements-dev.txt", true),
            ("a/requirements/test.txt", true),
            ("dev/requirements.txt", false),
            ("a/requirements-device.txt", false),
        ] {
            assert_eq!(is_for_development(path), is, "{path}");
        }
    }
}
