//! Which product a distribution, program or package is.
//!
//! Owns the names under which products are looked up: what identifies them in their publisher's data, and the few that are
//! not told by it. A wrong guess here would call supported software outdated: what is not certain is not looked up.

use plimsoll_model::Package;
use plimsoll_packages::identity_of;

/// A distribution whose releases have dates.
#[derive(Debug)]
pub struct Distribution {
    /// os-release's `ID`, normalised.
    id: &'static str,
    /// The product's name.
    pub product: &'static str,
    /// Who mends it after its end of life, where the data do not say; or empty.
    pub extended_by: &'static str,
    /// For whom.
    pub terms: Terms,
}

/// For whom a release is mended after its end of life.
#[derive(Debug)]
pub enum Terms {
    /// Whoever has it: the fixes come from where all fixes came from.
    ForAll,
    /// Subscribers, whose images have such a channel turned on.
    Channel(&'static str),
    /// Subscribers; an image does not show it.
    Subscribers,
}

const fn row(id: &'static str, product: &'static str, extended_by: &'static str, terms: Terms) -> Distribution {
    Distribution { id, product, extended_by, terms }
}

/// Those that rebuild or repack another's packages have dates of their own, or none.
const DISTRIBUTIONS: &[Distribution] = &[
    row("almalinux", "almalinux", "", Terms::Subscribers),
    row("alpine", "alpine-linux", "", Terms::Subscribers),
    row("amzn", "amazon-linux", "", Terms::Subscribers),
    row("centos", "centos", "", Terms::Subscribers),
    row("centos-stream", "centos-stream", "", Terms::Subscribers),
    row("debian", "debian", "Debian LTS", Terms::ForAll),
    row("fedora", "fedora", "", Terms::Subscribers),
    row("linuxmint", "linuxmint", "", Terms::Subscribers),
    row("mageia", "mageia", "", Terms::Subscribers),
    row("ol", "oracle-linux", "Extended Support of Oracle Linux", Terms::Subscribers),
    row("opensuse-leap", "opensuse", "", Terms::Subscribers),
    row("openwrt", "openwrt", "", Terms::Subscribers),
    row("photon", "vmware-photon", "", Terms::Subscribers),
    row("rhel", "rhel", "Extended Life Cycle Support of Red Hat", Terms::Channel("els")),
    row("rocky", "rocky-linux", "", Terms::Subscribers),
    row("sles", "sles", "Long Term Service Pack Support of SUSE", Terms::Subscribers),
    row("ubuntu", "ubuntu", "Ubuntu Pro", Terms::Channel("esm")),
];

/// The row of a distribution.
pub fn distribution(id: &str) -> Option<&'static Distribution> {
    DISTRIBUTIONS.iter().find(|row| row.id == id)
}

/// A name under which a package's product may be found.
#[derive(Debug, PartialEq, Eq)]
pub struct Known {
    /// As in the data.
    pub name: String,
    /// Whether what goes by it is a program or runtime, rather than a library that is built into one.
    pub is_program: bool,
}

/// Packages that are a product's under another name.
const ALIASES: &[(&str, &str)] = &[("pkg:golang/stdlib", "pkg:generic/go"), ("pkg:golang/toolchain", "pkg:generic/go")];

/// Products by CPE whose builders have dates of their own: see [`BUILDERS`].
const BUILT_BY_MANY: &str = "cpe:oracle:openjdk";

/// Whose build of Java it is, by what the runtime's `release` file says of its implementor. Oracle's own builds and those
/// of distributions are not told apart by it from others', and are not assessed.
const BUILDERS: &[(&str, &str)] = &[
    ("Eclipse Adoptium", "eclipse-temurin"),
    ("Amazon.com", "amazon-corretto"),
    ("Azul Systems", "azul-zulu"),
    ("BellSoft", "bellsoft-liberica"),
    ("IBM Corporation", "ibm-semeru"),
    ("Microsoft", "microsoft-build-of-openjdk"),
    ("Red Hat", "red-hat-build-of-openjdk"),
    ("SAP SE", "sapmachine"),
    ("Alibaba", "alibaba-dragonwell"),
];

/// The names of a package, the surest first.
pub fn names(package: &Package) -> Vec<Known> {
    let mut names = Vec::new();
    if let Some(identity) = identity_of(package) {
        let alias = ALIASES.iter().find(|(from, _)| *from == identity).map(|(_, to)| (*to).to_owned());
        let name = alias.unwrap_or(identity);
        names.push(Known { is_program: name.starts_with("pkg:generic/"), name });
    }
    for cpe in package.cpes.iter().filter_map(|cpe| name_of_cpe(cpe)) {
        let name = if cpe == BUILT_BY_MANY {
            let builder = BUILDERS.iter().find(|(who, _)| package.maintainer.starts_with(who));
            builder.map(|(_, product)| (*product).to_owned())
        } else {
            Some(cpe)
        };
        names.extend(name.map(|name| Known { name, is_program: true }));
    }
    names
}

/// `cpe:python:python` of `cpe:2.3:a:python:python:3.9.2:…` or `cpe:/a:python:python`; none of what is no application.
pub(crate) fn name_of_cpe(cpe: &str) -> Option<String> {
    let parts = cpe.strip_prefix("cpe:2.3:a:").or_else(|| cpe.strip_prefix("cpe:/a:"))?;
    let mut parts = parts.split(':').filter(|part| !part.is_empty() && *part != "*");
    Some(format!("cpe:{}:{}", parts.next()?, parts.next()?).to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_go_by_what_is_certain() {
        let names = |package: Package| names(&package).into_iter().map(|known| known.name).collect::<Vec<_>>();
        let java = |maintainer: &str| Package {
            maintainer: maintainer.into(),
            cpes: vec!["cpe:2.3:a:oracle:openjdk:17.0.9:*:*:*:*:*:*:*".into()],
            ..Package::new("generic", "openjdk", "17.0.9")
        };
        assert_eq!(names(Package::new("pypi", "Django", "3.2")), ["pkg:pypi/django"]);
        assert_eq!(names(Package::new("golang", "stdlib", "1.20.1")), ["pkg:generic/go"]);
        assert_eq!(names(java("Eclipse Adoptium")), ["pkg:generic/openjdk", "eclipse-temurin"]);
        assert_eq!(names(java("Oracle Corporation")), ["pkg:generic/openjdk"]);
        assert_eq!(names(java("")), ["pkg:generic/openjdk"]);
        assert_eq!(names(Package::new("deb", "python3", "3.9")), Vec::<String>::new());
    }

    #[test]
    fn cpes_are_of_applications() {
        for (cpe, expected) in [
            ("cpe:2.3:a:python:python:3.9.2:*:*:*:*:*:*:*", Some("cpe:python:python")),
            ("cpe:/a:PHP:php", Some("cpe:php:php")),
            ("cpe:2.3:a:f5:nginx", Some("cpe:f5:nginx")),
            ("cpe:2.3:o:debian:debian_linux", None),
            ("cpe:2.3:a:*:*", None),
            ("cpe:2.3:a:python", None),
            ("", None),
        ] {
            assert_eq!(name_of_cpe(cpe).as_deref(), expected, "{cpe}");
        }
    }

    #[test]
    fn rows_are_in_order() {
        assert!(DISTRIBUTIONS.is_sorted_by(|left, right| left.id < right.id));
    }
}
