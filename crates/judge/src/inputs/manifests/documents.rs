//! The documents of a YAML stream. Each is parsed by itself, so that one that is broken does not hide the others.

/// One document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Document<'a> {
    pub(super) text: &'a str,
    /// Its first line in the file, counted from 1.
    pub(super) line: u32,
}

impl Document<'_> {
    /// Line in the file of a line in the document; both are counted from 1.
    pub(super) const fn line_of(&self, line: u32) -> u32 {
        self.line.saturating_add(line.saturating_sub(1))
    }

    /// The line in the document that holds a template's mark.
    pub(super) fn template(&self) -> Option<u32> {
        (1_u32..).zip(self.text.lines()).find(|(_, line)| line.contains("{{")).map(|(number, _)| number)
    }
}

/// Splits at `---` and `...` where they begin a line: YAML ends documents there even within block texts.
/// <https://yaml.org/spec/1.2.2/#91-documents>
pub(super) fn split(text: &str) -> impl Iterator<Item = Document<'_>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut rest = Some((text, 1_u32));
    std::iter::from_fn(move || {
        let (text, line) = rest.take()?;
        let (mut place, mut number) = (0_usize, line);
        for (count, piece) in text.split_inclusive('\n').enumerate() {
            // A mark on the first line begins this document.
            if count > 0 && is_mark(piece) {
                let (document, after) = text.split_at_checked(place)?;
                let (after, number) = after.strip_prefix("...").map_or((after, number), |_| {
                    (after.split_once('\n').map_or("", |(_, after)| after), number.saturating_add(1))
                });
                rest = Some((after, number));
                return Some(Document { text: document, line });
            }
            place = place.saturating_add(piece.len());
            number = number.saturating_add(1);
        }
        Some(Document { text, line })
    })
    .filter(|document| document.text.lines().any(|line| !line.trim().is_empty() && line.trim() != "---"))
}

fn is_mark(line: &str) -> bool {
    ["---", "..."].iter().any(|mark| {
        line.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_keep_their_lines() {
        let text = "# first\na: 1\n---\nb: 2\n...\n---\n---\n# none\n--- # last\nc: |\n  ---x\n";
        let found: Vec<(u32, &str)> = split(text).map(|document| (document.line, document.text)).collect();
        assert_eq!(
            found,
            [(1, "# first\na: 1\n"), (3, "---\nb: 2\n"), (7, "---\n# none\n"), (9, "--- # last\nc: |\n  ---x\n"),]
        );
        assert_eq!(split("").count(), 0);
    }
}
