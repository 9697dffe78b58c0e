//! The table of schemes, and where each says what it takes.

use std::cmp::Ordering;

use plimsoll_packages::versions::{alpm, apk, deb, rpm};

pub type Compare = fn(&str, &str) -> Option<Ordering>;
pub type Satisfies = fn(&str, &str) -> Option<bool>;

pub struct Scheme {
    /// Its table of pairs is `fixtures/versions/<name>.txt`, that of ranges `<name>-ranges.txt`.
    pub name: &'static str,
    pub compare: Compare,
    /// `None` where manifests and advisories have no ranges in a syntax of their own.
    pub satisfies: Option<Satisfies>,
    /// Versions that `compare` takes, of pieces so alike that every rule decides some pairs.
    pub pattern: &'static str,
}

pub const DEB: &str = "([01]:)?[0-9a]([0-9]{1,2}|[.+~]|rc|a|Z|0){0,4}(-[0-9a]([0-9]|[.+~]|u|deb|bpo|0){0,3}){0,2}";
pub const RPM: &str = "([01]:)?([0-9]{1,2}|[.~^_+]|rc|a|Z|0){1,5}(-([0-9]|[.~^_+]|el|fc|0){1,4})?";
/// As packages have them: what alpm makes of doubled or trailing separators is no order.
const ALPM: &str = "([01]:)?[0-9]{1,2}([.+_]([0-9]{1,2}|rc|a|git|0[0-9])|rc|a|a[0-9]){0,3}-[0-9]{1,2}";
const APK: &str =
    "[0-9]{1,2}(\\.(0?[0-9]{1,2})){0,2}([a-c]1?)?(_(alpha|rc|git|p)[0-9]?){0,2}(~[0-9a-c]{1,2})?(-r[0-9])?";

pub const SCHEMES: &[Scheme] = &[
    Scheme { name: "alpm", compare: alpm::compare, satisfies: None, pattern: ALPM },
    Scheme { name: "apk", compare: apk::compare, satisfies: None, pattern: APK },
    Scheme { name: "deb", compare: deb::compare, satisfies: None, pattern: DEB },
    Scheme { name: "rpm", compare: rpm::compare, satisfies: None, pattern: RPM },
];
