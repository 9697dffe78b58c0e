//! How much text of one record is kept.
//!
//! Titles and descriptions are for people: beyond these lengths they are cut, visibly. Nothing that decides whether a
//! package is affected is ever cut; records that exceed [`AFFECTED`] or [`IDS`] are refused as malformed instead.

/// Bytes of a title. The longest in use are under 300.
const TITLE: usize = 300;

/// Bytes of a description. The longest are pasted mail threads and release notes, of which nobody reads more.
const DETAILS: usize = 8 << 10;

/// Links of one record; kernel records carry hundreds of commits.
const REFERENCES: usize = 40;

/// Bytes of one link.
const REFERENCE: usize = 2 << 10;

/// Packages of one record. Kernel errata name a few hundred over all releases and modules.
pub const AFFECTED: usize = 20_000;

/// Ids of one record; kernel errata cover up to a thousand.
pub const IDS: usize = 10_000;

/// The title that a record states, else the first line of its description.
pub fn title(title: &str, details: &str) -> String {
    let line = [title, details].into_iter().flat_map(str::lines).map(heading).find(|line| !line.is_empty());
    clip(line.unwrap_or_default(), TITLE)
}

/// The description, cut to a length that people read.
pub fn details(text: &str) -> String {
    clip(text.trim(), DETAILS)
}

/// The links, cut in number; what is not a web address is left out, for it is shown as a link.
pub fn references<'a>(links: impl Iterator<Item = &'a str>) -> Vec<String> {
    let web = |link: &&str| (link.starts_with("https://") || link.starts_with("http://")) && link.len() <= REFERENCE;
    links.filter(web).take(REFERENCES).map(str::to_owned).collect()
}

/// A line without the marks of a Markdown heading.
fn heading(line: &str) -> &str {
    line.trim().trim_start_matches('#').trim_start()
}

/// A text of at most so many bytes, with a mark where it was cut.
pub fn clip(text: &str, length: usize) -> String {
    match text.get(..text.floor_char_boundary(length)) {
        Some(start) if start.len() < text.len() => format!("{start}…"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_one_short_line() {
        assert_eq!(title("", "\n## Impact\nbad"), "Impact");
        assert_eq!(title("A", "B"), "A");
        assert_eq!(title("", ""), "");
        let long = "ä".repeat(TITLE);
        let cut = title(&long, "");
        assert!(cut.ends_with("ä…") && cut.len() <= TITLE + '…'.len_utf8());
    }

    #[test]
    fn only_web_addresses_are_links() {
        assert_eq!(references(["javascript:x", "https://a.example/", ""].into_iter()), ["https://a.example/"]);
    }
}
