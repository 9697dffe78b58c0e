//! `setup.py`, a program of which only literal lists of requirements are understood:
//! <https://setuptools.pypa.io/en/latest/references/keywords.html>.
//!
//! Owns finding those lists in the text. Runs nothing.

use plimsoll_model::{Facts, Input, Malformed, Package};

use super::requirement::Requirement;
use super::requirements;
use crate::lines::Complaints;

/// Keywords whose lists count, with whether they are for development.
const KEYWORDS: &[(&str, bool)] = &[("install_requires", false), ("setup_requires", true), ("tests_require", true)];

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let text = requirements::text(input.file.content)?;
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let text: String = lines.flat_map(|line| [line.split(" #").next().unwrap_or(line), "\n"]).collect();
    let (mut packages, mut complaints) = (Vec::new(), Complaints::default());
    for (keyword, development) in KEYWORDS {
        for pin in text.match_indices(keyword).filter_map(|(start, _)| list(text.get(start..)?, keyword)).flat_map(pins)
        {
            let package = Package { development: *development, direct: true, ..pin };
            requirements::add(&mut packages, package, 1, &mut complaints);
        }
    }
    complaints.settle(Facts { packages, ..Facts::default() })
}

/// What is between the brackets of `keyword = [...]`.
fn list<'a>(text: &'a str, keyword: &str) -> Option<&'a str> {
    // A list that is not closed is not looked for in the whole file each time its keyword is there.
    const LONGEST: usize = 10_000;
    let inner = text.strip_prefix(keyword)?.trim_start().strip_prefix('=')?.trim_start().strip_prefix('[')?;
    let end = inner.bytes().take(LONGEST).scan(0_usize, closes).position(|closed| closed)?;
    inner.get(..end)
}

/// Whether a byte closes the list: extras have brackets of their own.
fn closes(depth: &mut usize, byte: u8) -> Option<bool> {
    match byte {
        b'[' => *depth = depth.saturating_add(1),
        b']' if *depth == 0 => return Some(true),
        b']' => *depth = depth.saturating_sub(1),
        _ => {}
    }
    Some(false)
}

fn pins(list: &str) -> impl Iterator<Item = Package> {
    let lines = list
        .lines()
        .map(|line| line.split(" #").next().unwrap_or(line))
        .filter(|line| !line.trim_start().starts_with('#'));
    let quoted = lines.flat_map(|line| line.split(',')).filter_map(|item| {
        let item = item.trim();
        let quote = item.chars().next().filter(|first| matches!(first, '"' | '\''))?;
        item.strip_prefix(quote)?.strip_suffix(quote)
    });
    quoted.filter_map(|text| {
        let found = Requirement::parse(text)?;
        Some(Package::new("pypi", found.name, found.pin()?))
    })
}
