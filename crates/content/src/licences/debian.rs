//! What Debian's packages state of their licences: `usr/share/doc/PACKAGE/copyright`.
//! <https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/>, and free text, as policy 12.5 asks for.

use plimsoll_model::{Facts, Input, LicenceText, Malformed, Presence, Reader, Wants};

use super::expression::{Expression, all_of, normalise};
use super::text;
use crate::lines;

/// Licences of Debian's packages.
pub(crate) const DEBIAN: Reader = Reader {
    id: "content/debian-copyright",
    version: 1,
    wants: Wants::local(&["usr/share/doc/*/copyright"]),
    presence: Presence::Installed,
    read,
};

/// What is read of a file; Debian's longest, of a browser, has three times as much, and says the same again.
const MOST_BYTES: u64 = 1 << 20;
/// Different licences in one package.
const MOST_LICENCES: usize = 60;
/// The folder of texts that all packages refer to.
const SHARED: &str = "/usr/share/common-licenses/";

fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = lines::all(input.file.content, MOST_BYTES)?;
    let text = String::from_utf8_lossy(&bytes);
    let stated = if is_machine_readable(&text) { fields(&text) } else { Vec::new() };
    let (expression, by) = if stated.is_empty() {
        (free_text(&text), "text")
    } else {
        (all_of(stated.iter().map(|name| normalise(name)).collect()), "debian-copyright")
    };
    if expression.text.is_empty() {
        return Ok(Facts::default());
    }
    let package = input.file.path.rsplit('/').nth(1).unwrap_or_default().to_owned();
    let licence = LicenceText { ecosystem: "deb".to_owned(), package, expression: expression.text, by: by.to_owned() };
    Ok(Facts { licences: vec![licence], ..Facts::default() })
}

fn is_machine_readable(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#')).unwrap_or_default();
    field(first, "Format").or_else(|| field(first, "Format-Specification")).is_some()
}

/// The value of a line that states this field.
fn field<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (stated, value) = line.split_once(':')?;
    stated.trim_end().eq_ignore_ascii_case(name).then(|| value.trim())
}

/// The short names of the licences of all files, each once. Those of `debian/*` speak of the packaging alone, and paragraphs
/// without files only give texts; either counts when there is nothing else.
fn fields(text: &str) -> Vec<String> {
    let (mut files, mut others) = (Vec::new(), Vec::new());
    for paragraph in text.replace("\r\n", "\n").split("\n\n") {
        let find = |name: &str| paragraph.lines().find_map(|line| field(line, name));
        let Some(licence) = find("License").filter(|licence| !licence.is_empty()) else { continue };
        let list = match find("Files") {
            Some(pattern) if pattern != "debian/*" => &mut files,
            _ => &mut others,
        };
        if list.len() < MOST_LICENCES && !list.iter().any(|known| known == licence) {
            list.push(licence.to_owned());
        }
    }
    if files.is_empty() { others } else { files }
}

/// The licences that free text refers to, and those whose texts it has.
fn free_text(text: &str) -> Expression {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let is_later = words.contains("any later version") || words.contains("or later");
    let mut expressions: Vec<Expression> = Vec::new();
    for after in text.split(SHARED).skip(1) {
        let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '.'))).unwrap_or(after.len());
        let name = after.get(..end).unwrap_or_default().trim_end_matches('.');
        let plus = if is_later && name.contains("GPL-") { "+" } else { "" };
        let expression = normalise(&format!("{name}{plus}"));
        if expression.is_spdx && !expressions.contains(&expression) && expressions.len() < MOST_LICENCES {
            expressions.push(expression);
        }
    }
    expressions.extend(text::tell(text).map(|(expression, _)| expression));
    all_of(expressions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_model::File;
    use proptest::prelude::*;

    fn stated(text: &str) -> Option<(String, String)> {
        let path = "usr/share/doc/libx1/copyright";
        let facts = (DEBIAN.read)(&Input { file: File { path, content: &text }, with: &[] }).unwrap();
        let licence = facts.licences.first()?;
        assert_eq!((licence.ecosystem.as_str(), licence.package.as_str()), ("deb", "libx1"));
        Some((licence.expression.clone(), licence.by.clone()))
    }

    #[test]
    fn the_machine_readable_form_states_a_licence_for_each_group_of_files() {
        let text = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: x\n\n\
            Files: *\nCopyright: a\nLicense: GPL-2+\n\nFiles: b\nLicense: Expat\n text\n\nFiles: c\nLicense: GPL-2+\n\n\
            Files: debian/*\nLicense: GPL-3+\n\nLicense: GPL-2+\n long text\n";
        assert_eq!(stated(text), Some(("GPL-2.0-or-later AND MIT".into(), "debian-copyright".into())));
    }

    #[test]
    fn free_text_refers_to_the_shared_texts() {
        let text = "This is x.\nIt is under the GPL, version 2 or (at your option) any later version,\nsee \
            `/usr/share/common-licenses/GPL-2'. Parts: /usr/share/common-licenses/Artistic.\n";
        assert_eq!(stated(text), Some(("Artistic-1.0-Perl AND GPL-2.0-or-later".into(), "text".into())));
        assert_eq!(stated("Written by a."), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in any::<String>()) {
            stated(&text);
            stated(&format!("Format: x\n\nFiles: *\nLicense: {text}"));
        }
    }
}
