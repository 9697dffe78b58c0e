//! Marks: a little text around a version, which tells it among all bytes of a program.
//!
//! Owns their notation and the search. `nginx/{}` is a version after that text; `{}-MariaDB` one before it; between `\0`
//! and `\0` it is a whole text of its own. In the braces stands what the version begins with, `=` for the version in the
//! file's own name, `n` where a version may be a single number, `-` or `_` where a last number follows
//! that character (`8.0_392` is told as `8.0.392`).

use memchr::memmem::{self, Finder};

/// A version has at most so many bytes.
const LONGEST: usize = 40;

/// A mark, ready to be searched for.
pub(super) struct Mark<'a> {
    before: &'a str,
    after: &'a str,
    /// What the version begins with.
    start: String,
    /// Numbers that it has at least.
    numbers: usize,
    /// What may come before a last number.
    joint: Option<u8>,
    /// What is searched for: the text before with the start, or else the text after.
    finder: Finder<'static>,
    is_forward: bool,
}

/// What a mark was seen to say.
#[derive(Debug, Default)]
pub(super) struct Sightings {
    versions: Vec<String>,
    is_weak: bool,
}

impl Sightings {
    /// Nothing that is seen later will matter.
    pub fn is_settled(&self) -> bool {
        !self.is_weak && !self.versions.is_empty()
    }

    /// The version. A mark without text of its own is believed only where it says one thing.
    pub fn version(self) -> Option<String> {
        let is_clear = !self.is_weak || self.versions.len() == 1;
        self.versions.into_iter().next().filter(|_| is_clear)
    }

    fn push(&mut self, version: &[u8]) {
        let version = String::from_utf8_lossy(version).replace('_', ".");
        if self.versions.len() < 2 && !self.versions.contains(&version) {
            self.versions.push(version);
        }
    }
}

impl<'a> Mark<'a> {
    /// None when the mark needs a version in the file's name that is not there.
    pub fn new(text: &'a str, file_name: &str) -> Option<Self> {
        let (before, rest) = text.split_once('{')?;
        let (inside, after) = rest.split_once('}')?;
        let (mut start, mut numbers, mut joint) = (String::new(), 2, None);
        match inside {
            "=" => (start, numbers) = (version_in(file_name)?, 3),
            "n" => numbers = 1,
            "-" | "_" => joint = inside.bytes().next(),
            inside => inside.clone_into(&mut start),
        }
        // Between zero bytes many texts look like versions; those of the programs here have three numbers.
        if before == "\0" && after == "\0" {
            numbers = numbers.max(3);
        }
        let is_forward = before.len().saturating_add(start.len()) > 2 || after.len() < 3;
        let needle = if is_forward { format!("{before}{start}") } else { after.to_owned() };
        let finder = Finder::new(needle.as_bytes()).into_owned();
        Some(Self { before, after, start, numbers, joint, finder, is_forward })
    }

    /// Notes what it says in these bytes.
    pub fn find(&self, bytes: &[u8], sightings: &mut Sightings) {
        sightings.is_weak = self.before.len() < 2 && self.after.len() < 2;
        for place in self.finder.find_iter(bytes) {
            let version = if self.is_forward { self.forward(bytes, place) } else { self.backward(bytes, place) };
            if let Some(version) = version {
                sightings.push(version);
                if sightings.is_settled() {
                    return;
                }
            }
        }
    }

    fn forward<'b>(&self, bytes: &'b [u8], place: usize) -> Option<&'b [u8]> {
        let rest = bytes.get(place.checked_add(self.before.len())?..)?;
        self.lengths(rest).into_iter().flatten().find_map(|length| {
            let (version, rest) = rest.split_at_checked(length)?;
            self.ends(rest).then_some(version)
        })
    }

    /// The longest version that ends here and has the text before it.
    fn backward<'b>(&self, bytes: &'b [u8], place: usize) -> Option<&'b [u8]> {
        let head = bytes.get(place.saturating_sub(LONGEST)..place)?;
        let is_open = |byte: &u8| byte.is_ascii_alphanumeric() || b".-_".contains(byte);
        (0..head.len()).find_map(|start| {
            let (before, version) = head.split_at_checked(start)?;
            let is_start = if self.before.is_empty() {
                !before.last().is_some_and(is_open)
            } else {
                before.ends_with(self.before.as_bytes())
            };
            let is_whole = || self.lengths(version).into_iter().flatten().any(|length| length == version.len());
            (is_start && is_whole()).then_some(version)
        })
    }

    /// Whether what follows a version is what the mark says; without a word of it, anything that is not part of one.
    fn ends(&self, rest: &[u8]) -> bool {
        let is_part =
            |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'.' && rest.get(1).is_some_and(u8::is_ascii_digit);
        if self.after.is_empty() { !rest.first().is_some_and(is_part) } else { rest.starts_with(self.after.as_bytes()) }
    }

    /// How long the version at the start of these bytes is: with all that may follow its numbers, and without.
    fn lengths(&self, bytes: &[u8]) -> [Option<usize>; 2] {
        let bytes = bytes.get(..LONGEST).unwrap_or(bytes);
        if !bytes.starts_with(self.start.as_bytes()) {
            return [None, None];
        }
        let Some(core) = numbers(bytes, self.numbers) else { return [None, None] };
        let rest = bytes.get(core..).unwrap_or_default();
        let suffix = self.last_number(rest).or_else(|| suffix(rest)).map(|length| core.saturating_add(length));
        [suffix, Some(core)]
    }

    fn last_number(&self, rest: &[u8]) -> Option<usize> {
        let digits = rest.strip_prefix(&[self.joint?])?.iter().take_while(|byte| byte.is_ascii_digit()).count();
        (digits > 0).then(|| digits.saturating_add(1))
    }
}

/// Length of a run of numbers with dots between them, at least so many.
fn numbers(bytes: &[u8], least: usize) -> Option<usize> {
    let (mut length, mut count) = (0_usize, 0_usize);
    loop {
        let rest = bytes.get(length..)?;
        let digits = rest.strip_prefix(b".").filter(|_| count > 0).unwrap_or(if count == 0 { rest } else { b"" });
        let digits = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            return (count >= least).then_some(length);
        }
        length = length.saturating_add(digits).saturating_add(usize::from(count > 0));
        count = count.saturating_add(1);
    }
}

/// Length of what belongs to a version after its numbers: `w`, `p1`, `rc2`, `-beta.3`.
fn suffix(bytes: &[u8]) -> Option<usize> {
    const WORDS: &[&[u8]] = &[b"alpha", b"beta", b"rc", b"dev", b"preview", b"pre"];
    let joint = usize::from(bytes.first().is_some_and(|byte| b"-._~".contains(byte)));
    let rest = bytes.get(joint..)?;
    let word = match WORDS.iter().find(|word| rest.starts_with(word)) {
        Some(word) => word.len(),
        None => usize::from(joint == 0 && rest.first().is_some_and(u8::is_ascii_lowercase)),
    };
    if word == 0 {
        return None;
    }
    let after = rest.get(word..)?;
    let dot = usize::from(
        after.first().is_some_and(|byte| b".-".contains(byte)) && after.get(1).is_some_and(u8::is_ascii_digit),
    );
    let digits = after.get(dot..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let tail = if digits > 0 { dot.saturating_add(digits) } else { 0 };
    Some(joint.saturating_add(word).saturating_add(tail))
}

/// `3.11.` of `libpython3.11.so.1.0`; `3.` of `python3`.
fn version_in(file_name: &str) -> Option<String> {
    let name = memmem::find(file_name.as_bytes(), b".so").and_then(|end| file_name.get(..end)).unwrap_or(file_name);
    let start = name.find(|byte: char| byte.is_ascii_digit())?;
    let digits = name.get(start..)?;
    let end = digits.find(|byte: char| !byte.is_ascii_digit() && byte != '.').unwrap_or(digits.len());
    Some(format!("{}.", digits.get(..end)?.trim_end_matches('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(mark: &str, name: &str, text: &str) -> Option<String> {
        let mark = Mark::new(mark, name)?;
        let mut sightings = Sightings::default();
        mark.find(text.as_bytes(), &mut sightings);
        sightings.version()
    }

    #[test]
    fn marks_tell_versions() {
        for (mark, name, text, expected) in [
            ("nginx/{}", "nginx", "\0nginx/1.22.1\0", Some("1.22.1")),
            ("nginx/{}", "nginx", "\0nginx/%s\0nginx/1.22.1 (x)", Some("1.22.1")),
            ("nginx/{}", "nginx", "\0nginx/1\0", None),
            ("OpenSSL {} ", "openssl", "\0OpenSSL 1.1.1w  11 Sep", Some("1.1.1w")),
            ("OpenSSL_{}", "ssh", "\0OpenSSL_9.2p1 Debian", Some("9.2p1")),
            ("{}-MariaDB", "mysqld", "\0%s-MariaDB\x0010.11.19-MariaDB\0", Some("10.11.19")),
            ("v{}\0Zstandard", "zstd", "\0v1.5.4\0Zstandard CLI", Some("1.5.4")),
            ("\0{}-MariaDB", "mysqld", "x10.11.19-MariaDB\0", None),
            ("ruby {}p", "ruby", "ruby 3.1.7p261 (", Some("3.1.7")),
            ("(PostgreSQL) {}", "psql", "(PostgreSQL) 16beta2\0", None),
            ("(PostgreSQL) {n}", "psql", "(PostgreSQL) 16beta2\0", Some("16beta2")),
            ("ImageMagick {-} ", "x", "ImageMagick 6.9.11-60 Q16", Some("6.9.11-60")),
            ("JRE (1.{_}", "x", "JRE (1.8.0_392-b08)", Some("8.0.392")),
            ("LuaJIT {}", "x", "LuaJIT 2.1.0-beta3 --", Some("2.1.0-beta3")),
            ("\0{=}\0", "python3.11", "\x003.9.2\0\x003.11.2\0", Some("3.11.2")),
            ("\0{=}\0", "python3", "\x003.9.2\0\x003.11.2\0", None),
            ("\0{5.}\0", "xz", "\x005.4.1\0\x005.4\0", Some("5.4.1")),
            ("version {}.\n", "libc.so.6", "version 2.36.\nCopyright", Some("2.36")),
            ("xy{}", "x", "xy1.2.3.dev4 xy1.2.3y", Some("1.2.3.dev4")),
        ] {
            assert_eq!(find(mark, name, text).as_deref(), expected, "{mark:?} in {text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_a_mark_panic(text in "[0-9a-c.\\-_{}=\\PC\0]{0,60}", mark in "[a\0]{0,2}\\{[=n_3.-]{0,2}\\}[a\0-]{0,3}") {
            find(&mark, "python3.1", &text);
        }
    }
}
