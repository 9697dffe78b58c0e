//! Text from images and feeds, made safe for a terminal.
//!
//! Owns which characters may reach a terminal, how wide a text is there, and how it is cut and wrapped. Every text
//! that Plimsoll did not write itself passes [`visible`] before anybody sees it. Does not know what the text means.
//!
//! One rule replaces lists of dangerous characters: what has no width of its own cannot be seen, and what cannot be seen
//! is written as an escape. That covers control characters and the escape sequences that they start, the bidirectional
//! overrides and isolates of Unicode Annex 9 (<https://www.unicode.org/reports/tr9/>, "Trojan Source"), joiners, tags,
//! variation selectors and stacks of combining marks. The price is a decomposed accent written as `e\u{301}`.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar;

/// The text with every character that a terminal would obey or hide written as a visible escape (`\x1b`, `\u{202e}`);
/// bytes that are not UTF-8 become `\xff`. Without `unicode`, all that is not ASCII is escaped too.
#[must_use]
pub fn visible(text: &(impl AsRef<[u8]> + ?Sized), unicode: bool) -> String {
    let mut shown = String::with_capacity(text.as_ref().len());
    for chunk in text.as_ref().utf8_chunks() {
        for character in chunk.valid().chars() {
            if is_visible(character) && (unicode || character.is_ascii()) {
                shown.push(character);
            } else {
                escape(character, &mut shown);
            }
        }
        for byte in chunk.invalid() {
            push_formatted(&mut shown, format_args!("\\x{byte:02x}"));
        }
    }
    shown
}

/// Whether a terminal shows the character as itself, in a place of its own.
#[must_use]
pub fn is_visible(character: char) -> bool {
    match character {
        ' '..='~' => true,
        // Fillers that are wide but blank, and the soft hyphen, whose width terminals do not agree on.
        '\u{ad}' | '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}' => false,
        _ => !character.is_whitespace() && character.width().is_some_and(|width| width > 0),
    }
}

fn escape(character: char, shown: &mut String) {
    match character {
        '\n' => shown.push_str("\\n"),
        '\r' => shown.push_str("\\r"),
        '\t' => shown.push_str("\\t"),
        '\0'..='\x7f' => push_formatted(shown, format_args!("\\x{:02x}", u32::from(character))),
        _ => push_formatted(shown, format_args!("\\u{{{:x}}}", u32::from(character))),
    }
}

fn push_formatted(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a String has no error to give.
    let _ = text.write_fmt(arguments);
}

/// The text with every character escaped that means something in Markdown, HTML in it included
/// (<https://spec.commonmark.org/0.31.2/#backslash-escapes>).
#[must_use]
pub fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in visible(text, true).chars() {
        if matches!(character, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '!') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// Columns that a text of visible characters takes.
#[must_use]
pub fn width(text: &str) -> usize {
    text.chars().map(|character| character.width().unwrap_or(0)).sum()
}

/// The text in at most so many columns; what does not fit is cut and ends in `mark`.
#[must_use]
pub fn fit(text: &str, columns: usize, mark: &str) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let (mark, _) = split_at_width(mark, columns);
    let (kept, _) = split_at_width(text, columns.saturating_sub(width(mark)));
    format!("{kept}{mark}")
}

/// As [`fit`], but cut in the middle: for names that tell most at both ends, such as references and paths.
#[must_use]
pub fn fit_middle(text: &str, columns: usize, mark: &str) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let (mark, _) = split_at_width(mark, columns);
    let room = columns.saturating_sub(width(mark));
    let (head, rest) = split_at_width(text, room / 2);
    let room = room.saturating_sub(width(head));
    let mut used = 0;
    let start = rest.char_indices().rev().take_while(|(_, character)| {
        used += character.width().unwrap_or(0);
        used <= room
    });
    let tail = start.last().and_then(|(position, _)| rest.get(position..)).unwrap_or("");
    format!("{head}{mark}{tail}")
}

/// As [`fit`], but what is cut off a name with parts (`group:artifact`, `github.com/user/name`) is its first parts: the
/// last one tells most.
#[must_use]
pub fn fit_name(text: &str, columns: usize, mark: &str) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let parts =
        text.match_indices(['/', ':']).filter_map(|(at, separator)| text.get(at.saturating_add(separator.len())..));
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    let fits = |part: &&&str| width(mark).saturating_add(width(part)) <= columns;
    match (parts.iter().find(fits), parts.last()) {
        (Some(part), _) => format!("{mark}{part}"),
        (None, Some(last)) => fit(last, columns, mark),
        (None, None) => fit(text, columns, mark),
    }
}

/// The text in lines of at most so many columns, broken at blanks, or anywhere in a word that is wider than a line.
#[must_use]
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(2);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let blank = usize::from(!line.is_empty());
        if width(&line) + blank + width(word) > columns && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        let (mut head, mut rest) = split_at_width(word, columns);
        while !rest.is_empty() {
            lines.push(head.to_owned());
            (head, rest) = split_at_width(rest, columns);
        }
        line.push_str(head);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// The longest start that is at most so many columns wide, and the rest.
fn split_at_width(text: &str, columns: usize) -> (&str, &str) {
    let mut used = 0;
    let end = text
        .char_indices()
        .find(|(_, character)| {
            used += character.width().unwrap_or(0);
            used > columns
        })
        .map_or(text.len(), |(position, _)| position);
    text.split_at_checked(end).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{fit, fit_middle, fit_name, is_visible, visible, width, wrap};

    #[test]
    fn what_a_terminal_would_obey_or_hide_is_escaped() {
        let cases = [
            ("plain-1.0+b1", "plain-1.0+b1"),
            ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("\x1b]8;;http://x\x07", "\\x1b]8;;http://x\\x07"),
            ("a\nb\rc\td", "a\\nb\\rc\\td"),
            ("safe\u{202e}exe.txt", "safe\\u{202e}exe.txt"),
            ("\u{2066}x\u{2069}\u{200f}\u{61c}", "\\u{2066}x\\u{2069}\\u{200f}\\u{61c}"),
            ("zero\u{200b}width\u{feff}", "zero\\u{200b}width\\u{feff}"),
            ("e\u{301}", "e\\u{301}"),
            ("\u{e0041}\u{fe0f}\u{ad}\u{a0}\u{2028}", "\\u{e0041}\\u{fe0f}\\u{ad}\\u{a0}\\u{2028}"),
            ("日本語 é", "日本語 é"),
        ];
        for (text, expected) in cases {
            assert_eq!(visible(text, true), expected);
        }
        assert_eq!(visible(b"caf\xe9\xff", true), "caf\\xe9\\xff");
        assert_eq!(visible("é日", false), "\\u{e9}\\u{65e5}");
    }

    #[test]
    fn width_counts_columns() {
        assert_eq!(width("日本語"), 6);
        assert_eq!(fit("日本語", 5, "…"), "日本…");
        assert_eq!(fit("日本語", 4, "…"), "日…");
        assert_eq!(fit_middle("registry.example/team/app:1.2", 15, "…"), "registr…app:1.2");
        assert_eq!(fit_name("org.example.long:artifact-core", 16, "…"), "…artifact-core");
        assert_eq!(fit_name("github.com/user/name", 12, "…"), "…user/name");
        assert_eq!(fit_name("org.example:artifact-core", 9, "…"), "artifact…");
        assert_eq!(fit_name("short:name", 12, "…"), "short:name");
        assert_eq!(fit_name("nothing-to-part", 8, "…"), "nothing…");
        assert_eq!(wrap("aa bb cc", 5), ["aa bb", "cc"]);
        assert_eq!(wrap("日本語日本語", 5), ["日本", "語日", "本語"]);
        assert!(wrap("", 5).is_empty());
    }

    proptest! {
        #[test]
        fn visible_text_has_only_visible_characters(bytes: Vec<u8>, unicode: bool) {
            let shown = visible(&bytes, unicode);
            prop_assert!(shown.chars().all(is_visible));
            prop_assert_eq!(visible(&shown, unicode), shown);
        }

        #[test]
        fn cut_text_fits_and_wrapped_text_is_whole(text: String, columns in 2usize..40) {
            let text = visible(&text, true);
            prop_assert!(width(&fit(&text, columns, "...")) <= columns);
            prop_assert!(width(&fit_middle(&text, columns, "...")) <= columns);
            prop_assert!(width(&fit_name(&text, columns, "...")) <= columns);
            let lines = wrap(&text, columns);
            prop_assert!(lines.iter().all(|line| width(line) <= columns));
            let letters = |text: &str| text.replace(' ', "");
            prop_assert_eq!(letters(&lines.concat()), letters(&text));
        }
    }
}
