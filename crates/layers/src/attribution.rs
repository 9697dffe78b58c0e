//! Which layer a package comes from: the one that starts the final unbroken run of layers which list it.
//!
//! A package is what has this ecosystem, name, version and architecture, in whichever file it is listed: a database that
//! moves, or is written anew by every layer, changes nothing. An upgrade does, and so does a removal with a later return.

use hashbrown::HashMap;
use plimsoll_model::Package;

use crate::groups::Step;

/// Ecosystem, name, version, architecture.
type Identity = (String, String, String, String);

/// Numbers the packages that groups list.
#[derive(Default)]
pub struct Identities {
    numbers: HashMap<Identity, usize>,
}

impl Identities {
    /// The number of a package; the same for every sighting of it.
    pub fn number(&mut self, package: &Package) -> usize {
        let (ecosystem, name, version, arch) = package.identity();
        let next = self.numbers.len();
        *self.numbers.entry((ecosystem.into(), name.into(), version.into(), arch.into())).or_insert(next)
    }

    /// How many packages were seen.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }
}

/// The layer of each package, by number; for those that the last layer does not list it means nothing.
///
/// `listed` has, by group, the numbers of the packages that the group lists.
pub fn attribute(steps: &[Step], listed: &[Vec<usize>], packages: usize) -> Vec<usize> {
    let mut count = vec![0_usize; packages];
    let mut start = vec![0_usize; packages];
    let of = |group: &usize| listed.get(*group).map_or(&[][..], Vec::as_slice);
    for (layer, step) in steps.iter().enumerate() {
        // What comes is counted before what goes: a database written anew breaks no run.
        for &package in step.added.iter().flat_map(of) {
            if let (Some(count), Some(start)) = (count.get_mut(package), start.get_mut(package)) {
                if *count == 0 {
                    *start = layer;
                }
                *count = count.saturating_add(1);
            }
        }
        for &package in step.removed.iter().flat_map(of) {
            if let Some(count) = count.get_mut(package) {
                *count = count.saturating_sub(1);
            }
        }
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(added: &[usize], removed: &[usize]) -> Step {
        Step { added: added.to_vec(), removed: removed.to_vec() }
    }

    #[test]
    fn a_database_written_anew_breaks_no_run() {
        let steps = [step(&[0], &[]), step(&[1], &[0])];
        assert_eq!(attribute(&steps, &[vec![0], vec![0, 1]], 2), [0, 1]);
    }

    #[test]
    fn a_package_that_went_and_came_back_is_new() {
        let steps = [step(&[0], &[]), step(&[], &[0]), step(&[0], &[])];
        assert_eq!(attribute(&steps, &[vec![0]], 1), [2]);
    }

    #[test]
    fn a_second_file_that_lists_it_carries_the_run() {
        let steps = [step(&[0], &[]), step(&[1], &[]), step(&[], &[0])];
        assert_eq!(attribute(&steps, &[vec![0], vec![0]], 1), [0]);
    }
}
