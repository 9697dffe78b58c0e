//! The checks that come with Plimsoll, as files.

use include_dir::{Dir, DirEntry, include_dir};

/// `build.rs` sees to it that this is made anew when the folder changes.
static FOLDER: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../checks");

/// Every file as its path below `checks/` and its text, sorted by path. What is not text is left out.
pub(super) fn files() -> Vec<(&'static str, &'static str)> {
    let mut files = vec![];
    let mut folders = vec![&FOLDER];
    while let Some(folder) = folders.pop() {
        for entry in folder.entries() {
            match entry {
                DirEntry::Dir(inner) => folders.push(inner),
                DirEntry::File(file) => files.extend(file.path().to_str().zip(file.contents_utf8())),
            }
        }
    }
    files.sort_unstable();
    files
}
