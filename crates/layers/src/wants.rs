//! Which readers want which paths: all patterns of all readers, compiled so that nearly every path costs two look-ups.

use hashbrown::HashMap;
use plimsoll_model::Reader;

/// What a reader wants with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Want {
    /// Index in the list of readers.
    pub reader: usize,
    /// It is the file to read, rather than one to give along.
    pub is_main: bool,
}

/// The patterns of a list of readers.
pub struct Matcher {
    readers: Vec<&'static Reader>,
    is_foreign: fn(&str) -> bool,
    /// Whole paths without a star.
    exact: HashMap<Vec<u8>, Vec<Want>>,
    /// By the last part of the path, where that has no star.
    by_name: HashMap<Vec<u8>, Vec<(Pattern, Want)>>,
    /// By folder, where only the last part has a star.
    by_folder: HashMap<Vec<u8>, Vec<(Pattern, Want)>>,
    /// By what follows the last dot of a last part that is a star and an ending.
    by_ending: HashMap<Vec<u8>, Vec<(Pattern, Want)>>,
    /// The few others.
    others: Vec<(Pattern, Want)>,
    /// What goes by the first bytes as well.
    started: Vec<(Pattern, Want)>,
}

/// A pattern of [`plimsoll_model::Wants`], cut at its slashes.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// `**/` in front.
    anywhere: bool,
    parts: Vec<&'static str>,
}

impl Pattern {
    fn new(text: &'static str) -> Self {
        let rest = text.strip_prefix("**/");
        Self { anywhere: rest.is_some(), parts: rest.unwrap_or(text).split('/').collect() }
    }

    /// Its parts, none when anything may stand before them.
    pub fn rooted(&self) -> Option<&[&'static str]> {
        if self.anywhere { None } else { Some(&self.parts) }
    }

    fn matches(&self, path: &[u8]) -> bool {
        let mut parts = self.parts.iter().rev();
        let mut names = path.split(|&byte| byte == b'/').rev();
        for part in parts.by_ref() {
            if !names.next().is_some_and(|name| part_matches(part.as_bytes(), name)) {
                return false;
            }
        }
        self.anywhere || names.next().is_none()
    }
}

/// Whether a name is what a part of a pattern describes; `*` stands for any run of bytes.
pub fn part_matches(part: &[u8], name: &[u8]) -> bool {
    let mut pieces = part.split(|&byte| byte == b'*');
    let Some(mut rest) = name.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let mut pieces = pieces.peekable();
    if pieces.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        let found = if piece.is_empty() { Some(0) } else { rest.windows(piece.len()).position(|part| part == piece) };
        let Some(after) = found.and_then(|at| rest.get(at.saturating_add(piece.len())..)) else { return false };
        rest = after;
    }
    true
}

/// What a name must have behind its last dot to be what this part describes, when that can be told: `*.jar`, `*-lock.json`.
fn ending(part: &str) -> Option<&str> {
    let (_, tail) = part.rsplit_once('*')?;
    let (_, ending) = tail.rsplit_once('.')?;
    Some(ending).filter(|ending| !ending.is_empty())
}

impl Matcher {
    /// Compiles the patterns of all readers.
    pub fn new(readers: &[&'static Reader], is_foreign: fn(&str) -> bool) -> Self {
        let mut matcher = Self {
            readers: readers.to_vec(),
            is_foreign,
            exact: HashMap::new(),
            by_name: HashMap::new(),
            by_folder: HashMap::new(),
            by_ending: HashMap::new(),
            others: Vec::new(),
            started: Vec::new(),
        };
        for (index, reader) in readers.iter().enumerate() {
            for text in reader.wants.paths {
                let pattern = Pattern::new(text);
                for beside in reader.wants.with {
                    let mut along = pattern.clone();
                    along.parts.pop();
                    along.parts.extend(beside.split('/'));
                    matcher.add(along, Want { reader: index, is_main: false });
                }
                let want = Want { reader: index, is_main: true };
                if reader.wants.starts.is_empty() {
                    matcher.add(pattern, want);
                } else {
                    matcher.started.push((pattern, want));
                }
            }
        }
        matcher
    }

    fn add(&mut self, pattern: Pattern, want: Want) {
        let Some((last, folder)) = pattern.parts.split_last() else { return };
        let (last_has_star, folder_has_star) = (last.contains('*'), folder.iter().any(|part| part.contains('*')));
        if !pattern.anywhere && !last_has_star && !folder_has_star {
            self.exact.entry(pattern.parts.join("/").into_bytes()).or_default().push(want);
        } else if !last_has_star {
            self.by_name.entry(last.as_bytes().to_vec()).or_default().push((pattern, want));
        } else if !pattern.anywhere && !folder_has_star {
            self.by_folder.entry(folder.join("/").into_bytes()).or_default().push((pattern, want));
        } else if let Some(ending) = ending(last) {
            self.by_ending.entry(ending.as_bytes().to_vec()).or_default().push((pattern, want));
        } else {
            self.others.push((pattern, want));
        }
    }

    /// The readers.
    pub fn readers(&self) -> &[&'static Reader] {
        &self.readers
    }

    /// Patterns of the files to read, for following links.
    pub fn patterns(&self) -> impl Iterator<Item = (usize, Pattern)> {
        let with_index = self.readers.iter().enumerate();
        with_index.flat_map(|(index, reader)| reader.wants.paths.iter().map(move |text| (index, Pattern::new(text))))
    }

    /// Whether an essential reader wants this file, or one in the folder of this path.
    pub fn is_essential(&self, path: &[u8]) -> bool {
        let names = || path.split(|&byte| byte == b'/').filter(|name| !name.is_empty());
        let covers = |pattern: &Pattern| {
            let mut parts = pattern.parts.iter();
            names().all(|name| parts.next().is_some_and(|part| part_matches(part.as_bytes(), name)))
        };
        self.patterns()
            .filter(|(reader, _)| self.readers.get(*reader).is_some_and(|reader| reader.wants.essential))
            .any(|(_, pattern)| if pattern.anywhere { pattern.matches(path) } else { covers(&pattern) })
    }

    /// Who wants the file at this path if it begins with certain bytes, in order.
    pub fn wants_started(&self, path: &[u8]) -> Vec<Want> {
        let matching = self.started.iter().filter(|(pattern, _)| pattern.matches(path));
        let mut wants: Vec<Want> = matching.map(|(_, want)| *want).collect();
        wants.sort_unstable();
        wants.dedup();
        wants
    }

    /// Whether a reader wants files for what they begin with.
    pub fn goes_by_start(&self, want: Want) -> bool {
        self.readers.get(want.reader).is_some_and(|reader| !reader.wants.starts.is_empty())
    }

    /// Whether a reader wants files that begin so.
    pub fn begins(&self, want: Want, head: &[u8]) -> bool {
        self.readers.get(want.reader).is_some_and(|reader| reader.wants.begins(head))
    }

    /// Who wants the file at this path whatever it holds, in order.
    pub fn wants(&self, path: &[u8]) -> Vec<Want> {
        let mut wants = self.exact.get(path).cloned().unwrap_or_default();
        let cut = path.iter().rposition(|&byte| byte == b'/');
        let (folder, name) = cut.map_or((&[][..], path), |cut| {
            (path.get(..cut).unwrap_or_default(), path.get(cut.saturating_add(1)..).unwrap_or_default())
        });
        let named = self.by_name.get(name).into_iter().flatten();
        let beside = self.by_folder.get(folder).into_iter().flatten();
        let ending = name.iter().rposition(|&byte| byte == b'.').and_then(|dot| name.get(dot.saturating_add(1)..));
        let ended = ending.and_then(|ending| self.by_ending.get(ending)).into_iter().flatten();
        for (pattern, want) in named.chain(beside).chain(ended).chain(&self.others) {
            if pattern.matches(path) {
                wants.push(*want);
            }
        }
        if wants.len() > 1 {
            wants.sort_unstable();
            wants.dedup();
        }
        let names_only =
            |want: &Want| self.readers.get(want.reader).is_some_and(|reader| !reader.presence.is_installed());
        if wants.iter().any(names_only) && (self.is_foreign)(&String::from_utf8_lossy(path)) {
            wants.retain(|want| !names_only(want));
        }
        wants
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        for (part, name, expected) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("*", "", true),
            ("*.list", "x.list", true),
            ("*.list", ".list", true),
            ("*.list", "list", false),
            ("a*b*c", "aXbYc", true),
            ("a*b*c", "abc", true),
            ("a*b*c", "ac", false),
            ("a*a", "a", false),
            ("*-*", "a-b-c", true),
        ] {
            assert_eq!(part_matches(part.as_bytes(), name.as_bytes()), expected, "{part} {name}");
        }
    }

    #[test]
    fn whole_patterns() {
        for (pattern, path, expected) in [
            ("etc/os-release", "etc/os-release", true),
            ("etc/os-release", "x/etc/os-release", false),
            ("**/package.json", "package.json", true),
            ("**/package.json", "a/b/package.json", true),
            ("**/package.json", "a/b/xpackage.json", false),
            ("**/lib/opkg/status", "usr/lib/opkg/status", true),
            ("**/lib/opkg/status", "usr/zlib/opkg/status", false),
            ("var/lib/dpkg/status.d/*", "var/lib/dpkg/status.d/base", true),
            ("var/lib/dpkg/status.d/*", "var/lib/dpkg/status.d/a/b", false),
            ("var/lib/pacman/local/*/desc", "var/lib/pacman/local/glibc-2/desc", true),
        ] {
            assert_eq!(Pattern::new(pattern).matches(path.as_bytes()), expected, "{pattern} {path}");
        }
    }
}
