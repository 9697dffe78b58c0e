//! The reference page of ecosystems, made from the table.
//!
//! Owns its text alone; `docs/ecosystems.md` is this, and a test compares the two.

use std::fmt::Write;

use plimsoll_model::Reader;

use crate::{ECOSYSTEMS, distro};

/// A Markdown page: every ecosystem with its readers and the files that they read.
#[must_use]
pub fn reference() -> String {
    let mut page = String::from(
        "# Package ecosystems\n\n\
         What Plimsoll reads in an image, made from the table in `crates/packages/src/ecosystems`; rewrite it with\n\
         `UPDATE_EXPECTED=1 cargo test -p plimsoll-packages`. Paths are relative to the root of the image; `*` stands for\n\
         anything but `/`, `**/` in front for any folders. A database is *essential* when failing to read it leaves the\n\
         scan blind: such a scan never passes a gate.\n",
    );
    for ecosystem in ECOSYSTEMS {
        section(&mut page, ecosystem.id, ecosystem.about, ecosystem.readers);
    }
    section(
        &mut page,
        "distro",
        "The distribution, which decides whose advisories speak about its packages",
        distro::READERS,
    );
    page
}

fn section(page: &mut String, id: &str, about: &str, readers: &[Reader]) {
    let rows = readers.iter().map(|reader| {
        let list = |paths: &[&str]| paths.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(" ");
        let essential = if reader.wants.essential { "yes" } else { "" };
        format!("| `{}` | {} | {} | {essential} |\n", reader.id, list(reader.wants.paths), list(reader.wants.with))
    });
    let rows: String = rows.collect();
    // Writing to a string cannot fail.
    let _ = write!(page, "\n## `{id}`\n\n{about}.\n\n| reader | files | with | essential |\n|---|---|---|---|\n{rows}");
}
