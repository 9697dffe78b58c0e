//! Recorded answers: `fixtures/versions/<scheme>.txt` and `<scheme>-ranges.txt`.
//!
//! Fields are separated by tabs. A pair is `left < right`, `left = right`, `left > right`, or `left ! right` when the
//! scheme refuses one of the two; a range is `requirement version yes`, `no` or `refused`. Lines that begin with `# `
//! say where the answers are from, or which rule the next ones are about.

use std::cmp::Ordering;
use std::path::PathBuf;

use crate::schemes::SCHEMES;

fn path(name: &str) -> PathBuf {
    PathBuf::from(format!("{}/../../fixtures/versions/{name}.txt", env!("CARGO_MANIFEST_DIR")))
}

/// Gives each line of three fields to `check`, which says what is wrong with it; the first wrong ones of all.
fn check_table(name: &str, check: impl Fn(&str, &str, &str) -> Result<(), String>) -> Option<String> {
    let path = path(name);
    let table = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(table.starts_with("# "), "{} does not say where it is from", path.display());
    let lines: Vec<&str> = table.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")).collect();
    assert!(!lines.is_empty(), "{} is empty", path.display());
    let check_line = |line: &&str| match line.split('\t').collect::<Vec<_>>()[..] {
        [a, b, c] => check(a, b, c).err().map(|wrong| format!("{line:?}: {wrong}")),
        _ => Some(format!("{line:?} has not three fields")),
    };
    let wrong: Vec<String> = lines.iter().filter_map(check_line).collect();
    let shown = wrong.iter().take(20).cloned().collect::<Vec<_>>().join("\n");
    (!wrong.is_empty()).then(|| format!("{name}: {} of {} are wrong:\n{shown}", wrong.len(), lines.len()))
}

/// All schemes' mistakes at once.
fn assert_none(wrong: impl Iterator<Item = String>) {
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pairs_are_ordered_as_recorded() {
    assert_none(SCHEMES.iter().filter_map(|scheme| {
        check_table(scheme.name, |left, operator, right| {
            let expected = match operator {
                "<" => Some(Ordering::Less),
                "=" => Some(Ordering::Equal),
                ">" => Some(Ordering::Greater),
                "!" => None,
                _ => return Err("no such operator".into()),
            };
            let (order, reverse) = ((scheme.compare)(left, right), (scheme.compare)(right, left));
            if order == expected && reverse == expected.map(Ordering::reverse) {
                return Ok(());
            }
            Err(format!("{order:?}, and {reverse:?} the other way"))
        })
    }));
}

#[test]
fn ranges_hold_what_was_recorded() {
    assert_none(SCHEMES.iter().filter_map(|scheme| {
        let satisfies = scheme.satisfies?;
        check_table(&format!("{}-ranges", scheme.name), |requirement, version, answer| {
            let expected = match answer {
                "yes" => Some(true),
                "no" => Some(false),
                "refused" => None,
                _ => return Err("no such answer".into()),
            };
            let given = satisfies(requirement, version);
            if given == expected { Ok(()) } else { Err(format!("{given:?}")) }
        })
    }));
}

/// A table without a row in [`SCHEMES`] would never be read.
#[test]
fn every_table_has_a_scheme() {
    let names: Vec<String> = SCHEMES
        .iter()
        .flat_map(|scheme| {
            let ranges = scheme.satisfies.map(|_| format!("{}-ranges.txt", scheme.name));
            std::iter::once(format!("{}.txt", scheme.name)).chain(ranges)
        })
        .collect();
    for entry in std::fs::read_dir(path("x").parent().unwrap()).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        assert!(!file.ends_with(".txt") || names.contains(&file), "no scheme has fixtures/versions/{file}");
    }
}
