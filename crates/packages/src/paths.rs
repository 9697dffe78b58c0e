//! Paths as package managers write them, brought into the form that the core uses.
//!
//! Owns the lists of owned files and the comparison of paths across a merged `/usr`. Knows no tree.

use std::collections::{HashMap, HashSet};

use plimsoll_model::Owned;

/// Collects the paths of a package's files, one a line, relative to the root.
#[derive(Debug, Default)]
pub(crate) struct List {
    text: String,
    /// Where the path that came last starts: it goes when it turns out to be a folder.
    last: usize,
}

impl List {
    /// Adds a path. Folders are dropped as soon as something in them follows, for nobody asks who owns a folder.
    pub fn push(&mut self, path: &[u8]) {
        let path = String::from_utf8_lossy(path);
        let path = path.strip_prefix('.').filter(|rest| rest.starts_with('/')).unwrap_or(&path).trim_matches('/');
        if path.is_empty() || path == "." || path.contains('\n') {
            return;
        }
        let previous = self.text.get(self.last..).unwrap_or_default().trim_end_matches('\n');
        let previous_is_folder =
            !previous.is_empty() && path.strip_prefix(previous).is_some_and(|rest| rest.starts_with('/'));
        if previous_is_folder {
            self.text.truncate(self.last);
        }
        self.last = self.text.len();
        self.text.push_str(path);
        self.text.push('\n');
    }

    /// The paths, without a line end after the last.
    pub fn finish(mut self) -> String {
        self.text.truncate(self.text.trim_end_matches('\n').len());
        self.text
    }
}

/// What follows the last `/`.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// Whether a path leads through a folder of data for tests, of examples or templates: what looks like a package there is
/// none. The first part is not looked at: it may be a package called `test`.
pub(crate) fn is_test_data(path: &str) -> bool {
    const FOLDERS: [&str; 12] = [
        "test",
        "tests",
        "__tests__",
        "testdata",
        "test-data",
        "fixture",
        "fixtures",
        "__fixtures__",
        "example",
        "examples",
        "template",
        "templates",
    ];
    // With a scope the package's name has two parts.
    let own = if path.starts_with('@') { 2 } else { 1 };
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    folders.split('/').skip(own).any(|folder| FOLDERS.contains(&folder))
}

/// The path with which to look for the owner of a file. Packages built before `/usr` was merged list `/lib/x` for what
/// lies in `/usr/lib/x` since; nothing but the merge makes the two equal in practice.
#[must_use]
pub fn merged(path: &str) -> &str {
    const MERGED: [&str; 7] = ["bin/", "sbin/", "lib/", "lib32/", "lib64/", "libx32/", "libo32/"];
    path.strip_prefix("usr/").filter(|rest| MERGED.iter().any(|folder| rest.starts_with(folder))).unwrap_or(path)
}

/// Of the paths that are asked for, all [`merged`], those that a list has, each with the first list that does. Lists may
/// hold a million paths; what is asked for are a few thousand.
pub(crate) fn listed<'a, 'o>(
    asked: &HashSet<&'a str>,
    lists: impl Iterator<Item = &'o Owned>,
) -> HashMap<&'a str, &'o Owned> {
    let mut found = HashMap::new();
    for list in lists {
        for path in list.paths.lines() {
            if let Some(path) = asked.get(merged(path)) {
                found.entry(*path).or_insert(list);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_go_and_paths_become_relative() {
        let mut list = List::default();
        for path in ["/.", "/usr", "/usr/share", "/usr/share/doc", "/usr/share/docs", "./etc/x", "/usr/empty/", ""] {
            list.push(path.as_bytes());
        }
        assert_eq!(list.finish(), "usr/share/doc\nusr/share/docs\netc/x\nusr/empty");
    }

    #[test]
    fn merged_usr() {
        assert_eq!(merged("usr/lib/x"), "lib/x");
        assert_eq!(merged("lib/x"), "lib/x");
        assert_eq!(merged("usr/libexec/x"), "usr/libexec/x");
    }
}
