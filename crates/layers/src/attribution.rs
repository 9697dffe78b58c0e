//! Which layer a package comes from: the one that starts the final unbroken run of layers which list it.
//!
//! A package is what has this ecosystem, name, version and architecture, in whichever file it is listed: a database that
//! moves, or is written anew by every layer, changes nothing. An upgrade does, and so does a removal with a later return.
//! Files that only ask for a package have runs of their own: the layer that copied a list of requirements did not install
//! what is on it.

use hashbrown::HashMap;
use plimsoll_model::{Package, Presence};

use crate::NormalName;

use crate::groups::Step;

/// Ecosystem, normal name, version, architecture, and whether it is installed.
type Identity = (String, String, String, String, bool);

/// Numbers the packages that groups list.
pub struct Identities {
    numbers: HashMap<Identity, usize>,
    normal_name: NormalName,
}

impl Identities {
    /// None yet.
    pub fn new(normal_name: NormalName) -> Self {
        Self { numbers: HashMap::new(), normal_name }
    }

    /// The number of a package; the same for every sighting of it as installed, and for every other one.
    pub fn number(&mut self, package: &Package, presence: Presence) -> usize {
        let name = (self.normal_name)(package).into_owned();
        let (ecosystem, _, version, arch) = package.identity();
        let next = self.numbers.len();
        let identity = (ecosystem.into(), name, version.into(), arch.into(), presence.is_installed());
        *self.numbers.entry(identity).or_insert(next)
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
