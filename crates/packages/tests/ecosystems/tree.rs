//! Fixture folders as trees of bytes, and the readers run over them as the core would.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_model::{Content, Facts, File, Input, Malformed, Reader};

/// Path relative to the root, and bytes.
pub type Tree = BTreeMap<String, Vec<u8>>;

/// `fixtures/packages`.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/packages")
}

/// The sub-folders, by name.
pub fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut folders: Vec<_> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// All files below a folder.
pub fn load(root: &Path) -> Tree {
    let mut tree = Tree::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                tree.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    tree
}

/// Whether a path is one that a pattern of `Wants` means.
pub fn matches(pattern: &str, path: &str) -> bool {
    if let Some(rest) = pattern.strip_prefix("**/") {
        return matches(rest, path) || path.match_indices('/').any(|(slash, _)| matches(rest, &path[slash + 1..]));
    }
    let (patterns, parts): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
    patterns.len() == parts.len() && patterns.iter().zip(parts).all(|(pattern, part)| matches_part(pattern, part))
}

fn matches_part(pattern: &str, part: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == part,
        Some((before, after)) => part.strip_prefix(before).is_some_and(|rest| {
            (0..=rest.len()).any(|skip| rest.is_char_boundary(skip) && matches_part(after, &rest[skip..]))
        }),
    }
}

/// The files of a tree that a reader wants, each with what it says of it.
pub fn readings<'a>(reader: &Reader, tree: &'a Tree) -> Vec<(&'a str, Result<Facts, Malformed>)> {
    let wanted = tree.iter().filter(|(path, bytes)| {
        reader.wants.paths.iter().any(|pattern| matches(pattern, path)) && reader.wants.begins(bytes)
    });
    let wanted = wanted.map(|(path, _)| path);
    wanted.map(|path| (path.as_str(), read(reader, tree, path, &tree[path]))).collect()
}

/// What a reader says of a file, when it holds these bytes.
pub fn read(reader: &Reader, tree: &Tree, path: &str, content: &dyn Content) -> Result<Facts, Malformed> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let beside = |other: &str| {
        // Most readers are local, and the harness calls them a million times.
        if reader.wants.with.is_empty() {
            return false;
        }
        let relative = other.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
        relative.is_some_and(|relative| reader.wants.with.iter().any(|pattern| matches(pattern, relative)))
    };
    let with: Vec<_> = tree
        .iter()
        .filter(|(other, _)| beside(other))
        .map(|(other, bytes)| File { path: other, content: bytes as &dyn Content })
        .collect();
    (reader.read)(&Input { file: File { path, content }, with: &with })
}

/// Compares with a file of the fixtures; with `UPDATE_EXPECTED=1` in the environment it is written anew instead.
pub fn compare(file: &Path, actual: &str) {
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(file, actual).unwrap();
    }
    let expected = fs::read_to_string(file).unwrap_or_default();
    assert!(
        expected == actual,
        "{} differs; after a look, rewrite with UPDATE_EXPECTED=1 cargo test -p plimsoll-packages\n{actual}",
        file.display()
    );
}
