//! The YARA rules that a scan is to look with: files and folders that a user names.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context;
use plimsoll_yara::{Bounds, Error, IS_BUILT_IN, Rules, Source};

use crate::exit::misuse;
use crate::{folder, judging};

/// Bytes of one file of a folder. The largest collections, in one file, have some 20 MiB.
const LARGEST: u64 = 64 << 20;

/// Compiles all rules together; none when nothing is named.
///
/// # Errors
/// When this program has no engine for them, a file cannot be read, or a rule is wrong.
pub fn rules(paths: &[PathBuf]) -> anyhow::Result<Option<Rules>> {
    if paths.is_empty() {
        return Ok(None);
    }
    anyhow::ensure!(IS_BUILT_IN, misuse(Error::NotBuiltIn));
    // By name, so that a file that is named twice is taken once, and the order of the options changes nothing.
    let mut texts = BTreeMap::new();
    for path in paths {
        if !path.is_dir() {
            texts.insert(path.display().to_string(), judging::read(path)?);
            continue;
        }
        let found = folder::read(path, &|name| name.ends_with(".yar") || name.ends_with(".yara"), LARGEST)?;
        anyhow::ensure!(!found.is_empty(), "no .yar or .yara file is in {}", path.display());
        texts.extend(found.into_iter().map(|(name, text)| (path.join(name).display().to_string(), text)));
    }
    let sources: Vec<Source> = texts.into_iter().map(|(name, text)| Source { name, text }).collect();
    let rules = Rules::compile(&sources, Bounds::default()).context("cannot use the YARA rules")?;
    Ok(Some(rules))
}
