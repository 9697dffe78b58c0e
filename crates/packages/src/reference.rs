//! The reference page of ecosystems, made from the table.
//!
//! Owns its text alone; `docs/ecosystems.md` is this, and a test compares the two.

use std::fmt::Write;

use plimsoll_model::{Reader, Wants};

use crate::ecosystems::generic;
use crate::{ECOSYSTEMS, distro, note, sbom};

/// A Markdown page: every ecosystem with its readers and the files that they read.
#[must_use]
pub fn reference() -> String {
    let mut page = String::from(
        "# Package ecosystems\n\n\
         What Plimsoll reads in an image, made from the table in `crates/packages/src/ecosystems`; rewrite it with\n\
         `UPDATE_EXPECTED=1 cargo test -p plimsoll-packages`. Paths are relative to the root of the image; `*` stands for\n\
         anything but `/`, `**/` in front for any folders; a file that is wanted for what it *begins* with is looked at\n\
         wherever it is. What a file says of a package is its *state*: `installed` (its files are there), `locked` (a\n\
         lock file names this version) or `declared` (a manifest asks for this very version). A database is *essential*\n\
         when failing to read it leaves the scan blind: such a scan never passes a gate.\n",
    );
    for ecosystem in ECOSYSTEMS {
        section(&mut page, ecosystem.id, ecosystem.about, ecosystem.readers);
    }
    let programs: Vec<String> = generic::programs().map(|name| format!("`{name}`")).collect();
    // Writing to a string cannot fail.
    let _ =
        write!(page, "\n`generic/program` tells {} programs and libraries: {}.\n", programs.len(), programs.join(" "));
    section(
        &mut page,
        "sbom",
        "Documents that list what is in the image, packages of any ecosystem by their package URLs",
        sbom::READERS,
    );
    section(
        &mut page,
        "note",
        "What programs say of the package that they were built in, where no database lists it",
        note::READERS,
    );
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
        let Wants { paths, with, starts, essential } = reader.wants;
        let begins: Vec<_> = starts.iter().map(|start| format!("`{}`", start.escape_ascii())).collect();
        let begins = if begins.is_empty() { String::new() } else { format!(" beginning {}", begins.join(" ")) };
        let essential = if essential { ", essential" } else { "" };
        let along = if with.is_empty() { String::new() } else { format!(" with {}", list(with)) };
        format!("| `{}` | {}{begins}{along} | {}{essential} |\n", reader.id, list(paths), reader.presence)
    });
    let rows: String = rows.collect();
    // Writing to a string cannot fail.
    let _ = write!(page, "\n## `{id}`\n\n{about}.\n\n| reader | files | state |\n|---|---|---|\n{rows}");
}
