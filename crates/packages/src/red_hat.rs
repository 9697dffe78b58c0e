//! Which of Red Hat's products a CPE, a repository or the version of a package is of.
//!
//! Owns the names under which Red Hat speaks of its products (<https://redhatproductsecurity.github.io/security-data-guidelines/cpe/>)
//! and of their repositories, and the marks that its builders put into versions. Refuses to know advisories and images.

/// A product that packages come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Product<'a> {
    /// A major release of Enterprise Linux, as everybody gets it, or what keeps it alive after its end (ELS).
    Main(u8),
    /// A minor release that is kept alive for longer: EUS, AUS, TUS, E4S.
    Kept {
        /// `eus`.
        kind: &'a str,
        /// `(9, 4)`.
        release: (u8, u8),
    },
    /// Something that is sold on top of Enterprise Linux.
    Layered {
        /// `openshift`.
        name: &'a str,
        /// `4.14`, or `4` where all of them are meant, or empty.
        version: &'a str,
        /// `el9`, or empty.
        edition: &'a str,
    },
}

/// What minor releases are kept alive by.
const KINDS: [&str; 6] = ["aus", "e4s", "eus", "eus_long_life", "mission_critical", "tus"];

/// Repositories of the release itself that have a product name of their own, and the support after its end.
const PARTS: [&str; 3] = ["els", "extras", "supplementary"];

impl<'a> Product<'a> {
    /// The product that a CPE of version 2.2 names. Red Hat has used `/o` and `/a` for one product, so that they say nothing.
    #[must_use]
    pub fn of(cpe: &'a str) -> Option<Self> {
        let mut fields = cpe.strip_prefix("cpe:/")?.split(':').skip(1);
        let (vendor, name) = (fields.next()?, fields.next()?);
        let (version, _, edition) =
            (fields.next().unwrap_or_default(), fields.next(), fields.next().unwrap_or_default());
        if vendor != "redhat" || name.is_empty() {
            return None;
        }
        let kind = name.strip_prefix("enterprise_linux_").or_else(|| name.strip_prefix("rhel_"));
        Some(match kind {
            _ if name == "enterprise_linux" => Self::Main(major(version)?),
            Some(kind) if PARTS.contains(&kind) => Self::Main(major(version)?),
            Some(kind) if KINDS.contains(&kind) => Self::Kept { kind, release: minor(version)? },
            _ => Self::Layered { name, version, edition },
        })
    }

    /// The product whose packages a repository of Enterprise Linux has, by the repository's name; `release` is the
    /// image's, as in `9.4`. None for the repositories of other products, which a published list tells
    /// (<https://security.access.redhat.com/data/metrics/repository-to-cpe.json>).
    #[must_use]
    pub fn of_repository(name: &'a str, release: &str) -> Option<Self> {
        let (name, marked) = name.split_once("__").unwrap_or((name, ""));
        let rest =
            ["rhel-", "ubi-", "codeready-builder-for-rhel-"].iter().find_map(|start| name.strip_prefix(start))?;
        let mut parts = rest.split('-');
        let number = major(parts.next()?)?;
        Some(match parts.find_map(|part| KINDS.iter().find(|kind| part == **kind)) {
            // `__9_DOT_2` names the minor release; without it the image does.
            Some(kind) => Self::Kept { kind, release: minor(marked).or_else(|| minor(release))? },
            None => Self::Main(number),
        })
    }
}

/// `(9, 4)` of `9.4` and of `9_DOT_4`, as the names of repositories write it.
fn minor(release: &str) -> Option<(u8, u8)> {
    let (major, minor) = release.split_once('.').or_else(|| release.split_once("_DOT_"))?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// `9` of `9.4`.
fn major(version: &str) -> Option<u8> {
    version.split('.').next()?.parse().ok()
}

/// The space of advisories about rpm packages of products that are sold on top of Enterprise Linux. They have one space
/// whatever the release: where they are not fixed, Red Hat names none.
pub const PRODUCTS: &str = "redhat-products";

/// The space of the list that tells which products a repository is of: packages in it are named as repositories are.
pub const REPOSITORIES: &str = "redhat-repositories";

/// The product other than Enterprise Linux that a package was built for, by its release: `eap` of `2.el8eap`,
/// `rhaos4.14` of `3.rhaos4.14.el9`; empty for packages of Enterprise Linux.
#[must_use]
pub fn brand(version: &str) -> &str {
    let release = version.rsplit_once('-').map_or(version, |(_, release)| release);
    if let Some(marked) = release.find("rhaos").and_then(|start| release.get(start..)) {
        let is_number = |character: char| character.is_ascii_digit() || character == '.';
        let end = marked.trim_start_matches("rhaos").find(|character| !is_number(character));
        let end = end.map_or(marked.len(), |end| end.saturating_add("rhaos".len()));
        return marked.get(..end).unwrap_or_default().trim_end_matches('.');
    }
    let tag = release.split('.').filter_map(|part| part.strip_prefix("el")).find(|part| starts_with_digit(part));
    let letters = tag.map_or("", |tag| tag.trim_start_matches(|letter: char| letter.is_ascii_digit()));
    letters.get(..letters.bytes().take_while(u8::is_ascii_lowercase).count()).unwrap_or_default()
}

/// The minor release that a package was built for, by its release: `el9_4` of `27.el9_4.2`, `el8.6.0` of
/// `11.module+el8.6.0+23193+53aa8c2a`. None for what was built at the start of a minor release.
#[must_use]
pub fn branch(version: &str) -> Option<&str> {
    let release = version.rsplit_once('-').map_or(version, |(_, release)| release);
    if let Some((_, rest)) = release.split_once(".module+") {
        return rest.split('+').next().filter(|branch| branch.starts_with("el"));
    }
    let has_minor =
        |part: &&str| part.strip_prefix("el").is_some_and(|rest| starts_with_digit(rest) && rest.contains('_'));
    release.split('.').find(has_minor)
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_told_apart() {
        for (cpe, product) in [
            ("cpe:/o:redhat:enterprise_linux:9", Product::Main(9)),
            ("cpe:/a:redhat:enterprise_linux:9::appstream", Product::Main(9)),
            ("cpe:/o:redhat:enterprise_linux:10.0", Product::Main(10)),
            ("cpe:/o:redhat:rhel_els:7", Product::Main(7)),
            ("cpe:/a:redhat:rhel_eus:9.4::appstream", Product::Kept { kind: "eus", release: (9, 4) }),
            ("cpe:/o:redhat:enterprise_linux_eus:10.2", Product::Kept { kind: "eus", release: (10, 2) }),
            (
                "cpe:/a:redhat:openshift:4.14::el9",
                Product::Layered { name: "openshift", version: "4.14", edition: "el9" },
            ),
            ("cpe:/a:redhat:ocp_tools", Product::Layered { name: "ocp_tools", version: "", edition: "" }),
            (
                "cpe:/a:redhat:enterprise_linux_ai:3",
                Product::Layered { name: "enterprise_linux_ai", version: "3", edition: "" },
            ),
        ] {
            assert_eq!(Product::of(cpe), Some(product), "{cpe}");
        }
        for cpe in ["", "cpe:/o:redhat", "cpe:/o:redhat:enterprise_linux:", "cpe:/o:suse:sles:15", "redhat"] {
            assert_eq!(Product::of(cpe), None, "{cpe}");
        }
    }

    #[test]
    fn repositories_of_the_release_are_known_by_their_names() {
        for (name, product) in [
            ("rhel-9-for-x86_64-appstream-rpms", Some(Product::Main(9))),
            ("ubi-9-baseos-rpms", Some(Product::Main(9))),
            ("codeready-builder-for-rhel-9-x86_64-rpms", Some(Product::Main(9))),
            ("rhel-7-server-els-rpms", Some(Product::Main(7))),
            ("rhel-9-for-x86_64-baseos-eus-rpms__9_DOT_2", Some(Product::Kept { kind: "eus", release: (9, 2) })),
            ("rhel-9-for-x86_64-baseos-eus-rpms", Some(Product::Kept { kind: "eus", release: (9, 4) })),
            ("rhel-8-for-aarch64-appstream-e4s-source-rpms", Some(Product::Kept { kind: "e4s", release: (9, 4) })),
            ("rhocp-4.14-for-rhel-9-x86_64-rpms", None),
            ("rhel-atomic-7-cdk-3.11-rpms", None),
            ("", None),
        ] {
            assert_eq!(Product::of_repository(name, "9.4"), product, "{name}");
        }
    }

    #[test]
    fn builders_mark_what_they_built_for() {
        for (version, product, minor) in [
            ("1:3.0.7-27.el9", "", None),
            ("1:3.0.7-27.el9_4.2", "", Some("el9_4")),
            ("0:0.74-8.el7_9.1", "", Some("el7_9")),
            ("1.33.0-2.SP1_redhat_00001.1.el8eap", "eap", None),
            ("7.27.0-1.el9sat", "sat", None),
            ("1.27.7-3.rhaos4.14.git674563e.el8", "rhaos4.14", None),
            ("1:0.78-11.module+el8.6.0+23193+83e23a7a.1", "", Some("el8.6.0")),
            ("5.14.0-362.8.1.el9_3", "", Some("el9_3")),
            ("", "", None),
            ("elephant", "", None),
        ] {
            assert_eq!((brand(version), branch(version)), (product, minor), "{version}");
        }
    }
}
