//! The table of schemes, and where each says what it takes.

use std::cmp::Ordering;

use plimsoll_packages::versions::{
    alpm, apk, bitnami, cargo, composer, conan, conda, cran, dart, deb, gem, generic, go, hackage, hex, julia, maven,
    npm, nuget, pypi, rpm, swift,
};

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

const COMPOSER: &str = "v?[0-2](\\.([0-2]|01|10)){0,3}(-?(alpha|a|b|RC|patch|pl|Stable)([.-]?[0-2]){0,2})?(-dev)?\
    |[0-2]\\.x-dev|2010-0[1-3]-1[0-2]";
/// Words and longer numbers at one place make cycles in Conan, which compares them as text: `9` < `10` < `1a` < `9`.
const CONAN: &str = "[0-2](\\.([0-2]|01|10)){0,3}(-(a|b|rc|x-y)(\\.([0-2]|10))?)?(\\+(a|b)(\\.[01])?)?";
const CONDA: &str = "([01]!)?[0-2]([._]([0-2]|10|a|rc|dev|post)|a|rc|DEV|post|[01]){0,4}_?(\\+[0-1a](\\.[0-1a])?)?";
const CRAN: &str = "[0-2]([.-]([0-2]|01|10)){0,4}";
const GEM: &str = "[0-2](\\.([0-2]|01|10|a|rc|rc1|b0)){0,4}(-(a|java|[01])(\\.[01])?)?";
const HACKAGE: &str = "[0-2](\\.([0-2]|10)){0,4}(-[a1])?";
/// Words between dots make cycles in Maven: `1.0.beta-1` < `1` < `1-1` < `1.0.beta-1`.
const MAVEN: &str =
    "[0-2]{1,2}(\\.(0|1|10)){0,3}(\\.?(Final|GA|SP)|-?(alpha|M|rc|CR|jre|x)-?[0-2]?|-SNAPSHOT)?(-[0-2](\\.[01])?)?";
const NUGET: &str = "[0-2](\\.([0-2]|01|10)){0,3}(-(a|A|rc|0|10|2|x-y|-1)(\\.(0|10|2|b)){0,2})?(\\+a)?";
/// Semantic Versioning as its specification has it.
const SEMVER: &str = "[0-2]\\.[0-2]\\.(0|1|10)(-([0-2]|10|a|b|rc1|1a)(\\.([0-2]|10|a|b)){0,2})?(\\+[0-1a]{1,2})?";
const GENERIC: &str = "v?[0-2]{1,2}([._-](0|1|2|10)){0,3}([._-]?(a|b|rc|dev|beta|w|za|p|fips)[._-]?[0-2]?){0,2}";
const GO: &str = "v?[0-2](\\.[0-2]){0,2}|v?[0-2]\\.[0-2]\\.[0-2]-(0|rc|beta)(\\.[0-2]){0,2}(\\+incompatible)?\
    |(go)?[0-2]\\.[0-2]((rc|beta)[0-2])?";
const JULIA: &str = "v?[0-2](\\.0?[0-2]){0,2}((-?(a|b|rc1|x-1)(\\.([0-2]|a|b)){0,2})|-[0-9]{0,2})?(\\+[0-1a]{0,2})?";
const NPM: &str = "v?0?[0-2](\\.[0-2]){0,1}|v?0?[0-2]\\.[0-2]\\.(0|1|10)(-?(a|b|rc1|x-1)(\\.([0-2]|010|a|b)){0,2}\
    |-[0-9]{1,2})?(\\+[0-1a]{1,2})?";
const PYPI: &str = "([01]!)?[0-2](\\.[0-2]){0,3}([.-]?(a|b|rc|pre)[0-2]?)?(-[0-2]|\\.post[0-2]?)?(\\.?dev[0-2]?)?\
    (\\+[0-2ab](\\.[0-2ab]){0,2})?|[0-2](\\.[0-2]){0,2}-?(x|git|beta-dev|final)(-[0-2]|\\.0){0,2}|200[0-9][a-d]";

pub const SCHEMES: &[Scheme] = &[
    Scheme { name: "alpm", compare: alpm::compare, satisfies: None, pattern: ALPM },
    Scheme { name: "apk", compare: apk::compare, satisfies: None, pattern: APK },
    Scheme { name: "bitnami", compare: bitnami::compare, satisfies: Some(bitnami::satisfies), pattern: SEMVER },
    Scheme { name: "cargo", compare: cargo::compare, satisfies: Some(cargo::satisfies), pattern: SEMVER },
    Scheme { name: "composer", compare: composer::compare, satisfies: Some(composer::satisfies), pattern: COMPOSER },
    Scheme { name: "conan", compare: conan::compare, satisfies: Some(conan::satisfies), pattern: CONAN },
    Scheme { name: "conda", compare: conda::compare, satisfies: Some(conda::satisfies), pattern: CONDA },
    Scheme { name: "cran", compare: cran::compare, satisfies: Some(cran::satisfies), pattern: CRAN },
    Scheme { name: "dart", compare: dart::compare, satisfies: Some(dart::satisfies), pattern: SEMVER },
    Scheme { name: "deb", compare: deb::compare, satisfies: None, pattern: DEB },
    Scheme { name: "gem", compare: gem::compare, satisfies: Some(gem::satisfies), pattern: GEM },
    Scheme { name: "generic", compare: generic::compare, satisfies: Some(generic::satisfies), pattern: GENERIC },
    Scheme { name: "go", compare: go::compare, satisfies: Some(go::satisfies), pattern: GO },
    Scheme { name: "hackage", compare: hackage::compare, satisfies: Some(hackage::satisfies), pattern: HACKAGE },
    Scheme { name: "hex", compare: hex::compare, satisfies: Some(hex::satisfies), pattern: SEMVER },
    Scheme { name: "julia", compare: julia::compare, satisfies: Some(julia::satisfies), pattern: JULIA },
    Scheme { name: "maven", compare: maven::compare, satisfies: Some(maven::satisfies), pattern: MAVEN },
    Scheme { name: "npm", compare: npm::compare, satisfies: Some(npm::satisfies), pattern: NPM },
    Scheme { name: "nuget", compare: nuget::compare, satisfies: Some(nuget::satisfies), pattern: NUGET },
    Scheme { name: "pypi", compare: pypi::compare, satisfies: Some(pypi::satisfies), pattern: PYPI },
    Scheme { name: "rpm", compare: rpm::compare, satisfies: None, pattern: RPM },
    Scheme { name: "swift", compare: swift::compare, satisfies: Some(swift::satisfies), pattern: SEMVER },
];
