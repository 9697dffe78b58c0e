//! Which distribution an image is, and whose advisories speak about its packages.
//!
//! `release.rs` reads the files that tell, this file chooses among what they say, `distributions.rs` is the table of
//! distributions. Knows no packages.

mod distributions;
mod release;

pub(crate) use distributions::{all_spaces, namespace, spaces};
pub use distributions::{debian_number, ubuntu_number};
pub(crate) use release::READERS;

use plimsoll_model::{Distro, Release};

/// Files that may say which distribution it is, most telling first. os-release(5) puts `/etc` before `/usr/lib`; Oracle
/// Linux and others keep a `redhat-release` beside their own file.
const ORDER: &[&str] = &[
    "etc/os-release",
    "usr/lib/os-release",
    "sys-root/usr/lib/os-release",
    "etc/oracle-release",
    "etc/rocky-release",
    "etc/almalinux-release",
    "etc/centos-release",
    "etc/fedora-release",
    "usr/lib/fedora-release",
    "etc/system-release",
    "usr/lib/system-release",
    "etc/redhat-release",
    "etc/system-release-cpe",
    "etc/lsb-release",
    "etc/alpine-release",
    "etc/debian_version",
];

/// The distribution, from what the files say; none when none of them names it.
pub(crate) fn choose(releases: &[(String, Release)]) -> Option<Distro> {
    let mut candidates: Vec<_> = releases.iter().filter(|(_, release)| release.get("id").is_some()).collect();
    candidates.sort_by_key(|(path, _)| (rank(path), path.as_str()));
    let (_, best) = candidates.first()?;
    let id = identity(best);
    let rest = candidates.iter().skip(1).map(|(_, release)| release).filter(|release| identity(release) == id);
    let same: Vec<&Release> = std::iter::once(best).chain(rest).collect();
    let first = |key: &str| same.iter().find_map(|release| release.get(key)).unwrap_or_default().to_owned();
    let mut distro = Distro {
        version: first("version_id"),
        name: name(best),
        codename: first("version_codename"),
        like: first("id_like").split_ascii_whitespace().map(str::to_lowercase).collect(),
        channels: values(releases, "channel"),
        repositories: values(releases, "content_set"),
        id,
    };
    refine(&mut distro, best, releases);
    Some(distro)
}

/// Position in [`ORDER`]; a path that is not there was reached by a link from `os-release`.
fn rank(path: &str) -> usize {
    ORDER.iter().position(|known| path == *known || known.starts_with("sys-root") && path.ends_with(known)).unwrap_or(1)
}

/// For people: `PRETTY_NAME`, else `NAME` and version.
fn name(release: &Release) -> String {
    let parts = [release.get("name").or_else(|| release.get("id")), release.get("version_id")];
    release.get("pretty_name").map_or_else(|| parts.into_iter().flatten().collect::<Vec<_>>().join(" "), str::to_owned)
}

/// All values of a key in all files, sorted.
fn values(releases: &[(String, Release)], key: &str) -> Vec<String> {
    let fields = releases.iter().flat_map(|(_, release)| &release.fields);
    let mut values: Vec<_> = fields.filter(|(name, _)| name == key).map(|(_, value)| value.clone()).collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// `ID` in lower case, where one distribution has had several ids or several distributions one.
fn identity(release: &Release) -> String {
    let id = release.get("id").unwrap_or_default().to_lowercase();
    let name = release.get("name").or_else(|| release.get("pretty_name")).unwrap_or_default();
    let alias = match id.as_str() {
        "centos" if name.contains("Stream") => "centos-stream",
        "opensuse" if name.contains("Tumbleweed") => "opensuse-tumbleweed",
        "opensuse" => "opensuse-leap",
        "sl-micro" | "sle-micro-rancher" | "sle_micro" => "sle-micro",
        "sles_sap" | "sle_hpc" | "sled" => "sles",
        _ => return id,
    };
    alias.to_owned()
}

/// What only some distributions do, so that `version` is what their advisories go by.
fn refine(distro: &mut Distro, best: &Release, releases: &[(String, Release)]) {
    match distro.id.as_str() {
        "alpine" => refine_alpine(distro, releases),
        "debian" | "raspbian" => refine_debian(distro, releases),
        // RHEL CoreOS goes by OpenShift's version and names the release of RHEL that its packages are from.
        "rhcos" => best.get("rhel_version").unwrap_or_default().clone_into(&mut distro.version),
        // "22.03 (LTS-SP3)": the service pack is not in VERSION_ID.
        "openeuler" => {
            if let Some(version) = best.get("version") {
                distro.version = version.replace(['(', ')'], "").trim().replace(' ', "-").to_lowercase();
            }
        }
        _ => {
            // Derivatives of Ubuntu and Debian name the release of the parent whose packages they use.
            let parent = best.get("ubuntu_codename").or_else(|| best.get("debian_codename"));
            if let Some(parent) = parent.filter(|_| distro.id != "ubuntu") {
                parent.clone_into(&mut distro.codename);
            }
            // The date of a snapshot is no release.
            if distributions::is_rolling(&distro.id) {
                distro.version.clear();
            }
        }
    }
}

/// Edge has no release of its own: its os-release names the next one (`3.19_alpha20230901`), and an image becomes edge
/// by its repositories. A repository with a tag (`@edge https://…`) is only used for packages that ask for it.
fn refine_alpine(distro: &mut Distro, releases: &[(String, Release)]) {
    let repositories = values(releases, "repository");
    if repositories.iter().any(|repository| repository.starts_with("edge/")) {
        distro.channels.push("edge".into());
        distro.channels.sort_unstable();
    }
    let mut main: Vec<_> = repositories.iter().filter_map(|repository| repository.strip_suffix("/main")).collect();
    main.sort_by_key(|branch| branch_order(branch));
    let branch_of_release = distro.version.split('.').take(2).collect::<Vec<_>>().join(".");
    if main.contains(&"edge") || distro.version.contains("_alpha") {
        distro.version = "edge".into();
    } else if let Some(newest) = main.last()
        && *newest != format!("v{branch_of_release}")
    {
        newest.trim_start_matches('v').clone_into(&mut distro.version);
    }
}

/// `v3.9` before `v3.10`.
fn branch_order(branch: &str) -> Vec<u32> {
    branch.trim_start_matches('v').split('.').map(|part| part.parse().unwrap_or(0)).collect()
}

/// `debian_version` has the point release (`12.5`). Testing and unstable have no version at all, only the codename of
/// the release that is to come (`trixie/sid`).
fn refine_debian(distro: &mut Distro, releases: &[(String, Release)]) {
    let exact = values(releases, "debian_version").into_iter().next().unwrap_or_default();
    let numeric = exact.starts_with(|character: char| character.is_ascii_digit());
    let refines = exact.strip_prefix(&distro.version).is_some_and(|rest| rest.starts_with('.'));
    if numeric && (distro.version.is_empty() || refines) {
        distro.version = exact;
    } else if distro.version.is_empty() {
        if distro.codename.is_empty() {
            exact.split('/').next().unwrap_or_default().clone_into(&mut distro.codename);
        }
        debian_number(&distro.codename).unwrap_or_default().clone_into(&mut distro.version);
    }
}

/// The `distro` qualifier of package URLs: `debian-12.5`, `fedora-40`, `arch`.
pub(crate) fn qualifier(distro: &Distro) -> String {
    if distro.version.is_empty() { distro.id.clone() } else { format!("{}-{}", distro.id, distro.version) }
}
