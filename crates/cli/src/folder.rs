//! Folders of a user's own, of checks and of rules, as texts.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};

use crate::exit::misuse;

/// Bytes of the largest file of checks; the engine takes no larger ones.
const LARGEST_CHECK: u64 = 1 << 20;
/// Files and folders that are looked at: somebody who names `/` by mistake is told so.
const MOST_ENTRIES: usize = 10_000;

/// The rules (`*.rego`), lists (`data/*.yaml`) and settings (`checks.yaml`) below a folder: their paths in it and their
/// texts, sorted. Hidden folders are left out, and links are not followed.
///
/// # Errors
/// When it is no folder, or it or a file cannot be read, or they are too large.
pub fn checks(folder: &Path) -> anyhow::Result<Vec<(String, String)>> {
    anyhow::ensure!(folder.is_dir(), misuse(anyhow!("there is no folder {}", folder.display())));
    let files = read(folder, &is_of_checks, LARGEST_CHECK)?;
    let nothing = || misuse(anyhow!("{} holds no *.rego, data/*.yaml or checks.yaml", folder.display()));
    anyhow::ensure!(!files.is_empty(), nothing());
    Ok(files)
}

/// The wanted files below a folder, none larger than `most` bytes, in the same way.
///
/// # Errors
/// As [`checks`].
pub fn read(folder: &Path, is_wanted: &dyn Fn(&str) -> bool, most: u64) -> anyhow::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::new()];
    let mut seen = 0;
    while let Some(below) = folders.pop() {
        let here = folder.join(&below);
        for entry in std::fs::read_dir(&here).with_context(|| format!("cannot list {}", here.display()))? {
            let entry = entry.with_context(|| format!("cannot list {}", here.display()))?;
            seen += 1;
            anyhow::ensure!(
                seen <= MOST_ENTRIES,
                "{} has more than {MOST_ENTRIES} files; name a folder that has little else than what is meant",
                folder.display()
            );
            let kind = entry.file_type().with_context(|| format!("cannot look at {}", entry.path().display()))?;
            let name = below.join(entry.file_name()).to_string_lossy().into_owned();
            if kind.is_dir() && !entry.file_name().to_string_lossy().starts_with('.') {
                folders.push(name.into());
            } else if kind.is_file() && is_wanted(&name) {
                files.push((name, text(&entry.path(), most)?));
            }
        }
    }
    files.sort();
    Ok(files)
}

fn is_of_checks(name: &str) -> bool {
    name.ends_with(".rego") || name == "checks.yaml" || name.starts_with("data/") && name.ends_with(".yaml")
}

fn text(path: &Path, most: u64) -> anyhow::Result<String> {
    let size = path.metadata().with_context(|| format!("cannot look at {}", path.display()))?.len();
    anyhow::ensure!(size <= most, "{} is larger than {} MiB", path.display(), most >> 20);
    std::fs::read_to_string(path).with_context(|| format!("cannot read {} as text", path.display()))
}
