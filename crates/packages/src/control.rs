//! Debian control data, the form of dpkg's and opkg's databases: stanzas of `Field: value` between empty lines,
//! <https://manpages.debian.org/deb822.5>.
//!
//! Owns the cutting into stanzas and fields, and lists of dependencies. What the fields mean is the caller's business.

use plimsoll_model::{Content, Dependency, Facts, Malformed, Package};

use crate::lines::{Complaints, MOST_PACKAGES, walk};

/// The fields of one stanza that the caller asked for.
pub(crate) struct Stanza {
    wanted: &'static [&'static str],
    values: Vec<String>,
    /// Number of its first line; 0 while nothing of it has come.
    pub line: usize,
}

impl Stanza {
    /// A field's value; empty when it is not there.
    pub fn get(&self, field: &str) -> &str {
        self.position(field.as_bytes()).and_then(|position| self.values.get(position)).map_or("", String::as_str)
    }

    fn position(&self, field: &[u8]) -> Option<usize> {
        self.wanted.iter().position(|wanted| wanted.as_bytes().eq_ignore_ascii_case(field))
    }

    fn clear(&mut self) {
        self.line = 0;
        self.values.iter_mut().for_each(String::clear);
    }
}

/// Calls `visit` with each stanza of which something was understood. The values are reused from one to the next, so
/// that a file of any size costs the memory of its longest stanza.
pub(crate) fn stanzas(
    content: &dyn Content,
    wanted: &'static [&'static str],
    complaints: &mut Complaints,
    mut visit: impl FnMut(&mut Complaints, &Stanza),
) -> Result<(), Malformed> {
    let mut stanza = Stanza { wanted, values: vec![String::new(); wanted.len()], line: 0 };
    // The field that a continuation line would continue, when it is a wanted one.
    let mut open: Option<usize> = None;
    walk(content, complaints, |complaints, number, line| {
        if line.trim_ascii().is_empty() {
            if stanza.line > 0 {
                visit(complaints, &stanza);
            }
            stanza.clear();
            open = None;
        } else if line.first().is_some_and(u8::is_ascii_whitespace) {
            if let Some(value) = open.and_then(|position| stanza.values.get_mut(position)) {
                value.push(' ');
                value.push_str(&String::from_utf8_lossy(line.trim_ascii()));
            }
        } else {
            open = field(&mut stanza, complaints, number, line);
        }
    })?;
    if stanza.line > 0 {
        visit(complaints, &stanza);
    }
    Ok(())
}

/// The packages of a database in this form, as `package` makes them of its stanzas.
///
/// # Errors
/// When the file is no such database at all.
pub(crate) fn packages(
    content: &dyn Content,
    wanted: &'static [&'static str],
    mut complaints: Complaints,
    package: impl Fn(&Stanza) -> Result<Option<Package>, String>,
) -> Result<Facts, Malformed> {
    let mut packages = Vec::new();
    stanzas(content, wanted, &mut complaints, |complaints, stanza| match package(stanza) {
        Ok(Some(_)) if packages.len() >= MOST_PACKAGES => {
            complaints.push(format!("line {}: more than {MOST_PACKAGES} packages; not read", stanza.line));
        }
        Ok(found) => packages.extend(found),
        Err(complaint) => complaints.push(format!("stanza at line {}: {complaint}", stanza.line)),
    })?;
    complaints.settle(Facts { packages, ..Facts::default() })
}

/// Takes one `Field: value` line; gives the position of the field if it is wanted.
fn field(stanza: &mut Stanza, complaints: &mut Complaints, number: usize, line: &[u8]) -> Option<usize> {
    let Some(colon) = memchr::memchr(b':', line) else {
        complaints.push(format!("line {number}: neither a field nor the continuation of one"));
        return None;
    };
    if stanza.line == 0 {
        stanza.line = number;
    }
    let (name, value) = line.split_at(colon);
    let position = stanza.position(name.trim_ascii())?;
    let slot = stanza.values.get_mut(position)?;
    if !slot.is_empty() {
        complaints.push(format!("line {number}: {} for the second time in one stanza", stanza.wanted.get(position)?));
        return None;
    }
    slot.push_str(&String::from_utf8_lossy(value.get(1..).unwrap_or_default().trim_ascii()));
    Some(position)
}

/// Adds the package names of a dependency field (`a (>= 1) | b:any, c [amd64]`), alternatives included.
pub(crate) fn dependencies(field: &str, into: &mut Vec<Dependency>) {
    let names = field.split([',', '|']).filter_map(|part| {
        let part = part.trim_start();
        part.split(|character: char| character.is_whitespace() || "(:[<".contains(character)).next()
    });
    into.extend(names.filter(|name| !name.is_empty()).map(Dependency::named));
}

/// Whether this can be a package name, in any of the systems that use control data.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-._".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_stanzas_and_says_what_it_did_not_understand() {
        let text = "\n\nA: 1\nother: x\n continued\nb:2 \n  more\n\nnonsense\n\nA: 3\na: 4\n";
        let (mut seen, mut complaints) = (Vec::new(), Complaints::default());
        stanzas(&text, &["A", "B"], &mut complaints, |_, stanza| {
            seen.push((stanza.line, stanza.get("A").to_owned(), stanza.get("B").to_owned()));
        })
        .unwrap();
        assert_eq!(seen, [(3, "1".into(), "2 more".into()), (11, "3".into(), String::new())]);
        let facts = complaints
            .settle(plimsoll_model::Facts { releases: vec![plimsoll_model::Release::default()], ..Default::default() });
        assert_eq!(
            facts.unwrap().malformed,
            ["line 9: neither a field nor the continuation of one", "line 12: A for the second time in one stanza"]
        );
    }

    #[test]
    fn names_of_dependencies() {
        let mut names = Vec::new();
        dependencies("libc6 (>= 2.36), debconf | debconf-2.0:any,, x [amd64] <!nocheck>", &mut names);
        assert_eq!(names, ["libc6", "debconf", "debconf-2.0", "x"].map(Dependency::named));
    }
}
