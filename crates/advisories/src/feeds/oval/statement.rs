//! From clauses to statements about packages.
//!
//! Owns how architectures are united, and how bounds are written as ranges.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{Affected, Range, Space, State};
use plimsoll_packages::versions::rpm;

use super::criteria::{Bounds, Clause};
use crate::feeds::bounds;

/// What the clauses say about packages of the spaces that their releases are of; clauses of a release without a space are
/// left out. Beside it, why some could not be said.
pub fn affected(
    clauses: &[Clause],
    space: &dyn Fn(Option<&str>) -> Option<Space>,
) -> Result<(Vec<Affected>, Vec<String>), String> {
    let mut arches: BTreeMap<Key<'_>, BTreeSet<String>> = BTreeMap::new();
    let mut complaints = Vec::new();
    for clause in clauses {
        let (Some(name), Some(space)) = (&clause.name, space(clause.release.as_deref())) else { continue };
        if let Some(line) = clause.line.as_deref().filter(|line| !clause.bounds.are_of(line)) {
            complaints.push(format!("{name} is to be of the line {line:?}, and its version is not"));
            continue;
        }
        let module = clause.module.as_deref().unwrap_or_default();
        let key = Key { space, name, module, bounds: &clause.bounds };
        arches.entry(key).or_default().extend(architectures(clause));
    }
    let mut statements: BTreeMap<(Space, &str, &str, State, &str, String), Affected> = BTreeMap::new();
    for (key, arches) in &arches {
        for arch in united(arches) {
            let state = key.bounds.state();
            let place = (key.space.clone(), key.name, key.module, state, key.bounds.line(), arch.clone());
            let statement = statements.entry(place).or_insert_with(|| Affected {
                space: key.space.clone(),
                name: key.name.to_owned(),
                module: key.module.to_owned(),
                state,
                arch,
                ..Affected::default()
            });
            key.bounds.extend(statement);
        }
    }
    if statements.len() > bounds::AFFECTED {
        return Err(format!("{} packages are over the limit of {}", statements.len(), bounds::AFFECTED));
    }
    Ok((statements.into_values().collect(), complaints))
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    space: Space,
    name: &'a str,
    module: &'a str,
    bounds: &'a Bounds,
}

/// The architectures that packages of a clause may have.
fn architectures(clause: &Clause) -> Vec<String> {
    let stated = clause.arch.trim_matches(['(', ')', '^', '$']);
    if !stated.is_empty() {
        return stated.split('|').map(|arch| arch.trim().to_owned()).collect();
    }
    match clause.machine.as_deref().map(|machine| machine.trim_matches(['^', '$'])) {
        None => vec![String::new()],
        // Machines of this kind run packages of the older one too.
        Some("x86_64") => ["x86_64", "i686"].map(str::to_owned).into(),
        Some(machine) => vec![machine.to_owned()],
    }
}

/// As few as say the same. Packages that are the same on both of the architectures that images are built for are so on
/// all that the publisher builds for: listing each would multiply the statements.
fn united(arches: &BTreeSet<String>) -> Vec<String> {
    let has = |arch: &str| arches.contains(arch);
    if has("") || has("noarch") || (has("x86_64") && has("aarch64")) {
        return vec![String::new()];
    }
    arches.iter().cloned().collect()
}

impl Bounds {
    fn texts(&self) -> impl Iterator<Item = &str> {
        [&self.from, &self.after, &self.below, &self.up_to, &self.exactly].into_iter().filter_map(|one| one.as_deref())
    }

    /// Whether every version in them has the mark of a line.
    fn are_of(&self, line: &str) -> bool {
        let mark = line.trim_matches(|character: char| !character.is_ascii_alphanumeric());
        self.texts().all(|text| text.contains(mark))
    }

    /// The line that they are of. What is fixed in one says nothing of another, so they are never in one statement.
    fn line(&self) -> &'static str {
        self.texts().map(rpm::line).find(|line| !line.is_empty()).unwrap_or_default()
    }

    fn state(&self) -> State {
        match self {
            Self { never: true, .. } => State::NotAffected,
            Self { below: Some(_), .. } => State::Fixed,
            _ => State::Affected,
        }
    }

    /// Adds them to what a statement says.
    fn extend(&self, statement: &mut Affected) {
        if let Some(version) = &self.exactly {
            if !statement.versions.contains(version) {
                statement.versions.push(version.clone());
            }
            return;
        }
        if self.never {
            return;
        }
        // In rpm's order a caret makes the least version that is later.
        let after = self.after.as_ref().map(|version| format!("{version}^"));
        let range = Range {
            introduced: self.from.clone().or(after).unwrap_or_else(|| "0".into()),
            fixed: self.below.clone().unwrap_or_default(),
            last_affected: self.up_to.clone().unwrap_or_default(),
        };
        if !statement.ranges.contains(&range) {
            statement.ranges.push(range);
        }
    }
}
