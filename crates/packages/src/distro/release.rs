//! Readers of the files that say which distribution this is.
//!
//! Owns their formats; each file becomes a [`Release`] with os-release's keys in lower case. Does not choose among them.

use plimsoll_model::{Content, Facts, Input, Malformed, Presence, Reader, Release, Wants};
use serde::Deserialize;

use crate::lines::{self, Complaints, Stream};

/// Keys in one file; os-release(5) knows some thirty.
const MOST_FIELDS: usize = 256;
/// Characters of one value; the rest of a longer one is left out. It ends up in every report.
const LONGEST_VALUE: usize = 1_000;
/// Bytes of a status file that is parsed as a whole; real ones have some ten kilobytes.
const MOST_BYTES: u64 = 1 << 20;

const fn reader(
    id: &'static str,
    paths: &'static [&'static str],
    read: fn(&Input<'_>) -> Result<Facts, Malformed>,
) -> Reader {
    Reader { id, version: 1, wants: Wants::local(paths), presence: Presence::Installed, read }
}

pub(crate) const READERS: &[Reader] = &[
    reader(
        "distro/os-release",
        &["etc/os-release", "usr/lib/os-release", "*-bottlerocket-linux-gnu/sys-root/usr/lib/os-release"],
        read_os_release,
    ),
    reader("distro/lsb-release", &["etc/lsb-release"], read_lsb_release),
    reader(
        "distro/redhat-release",
        &[
            "etc/redhat-release",
            "etc/centos-release",
            "etc/fedora-release",
            "usr/lib/fedora-release",
            "etc/oracle-release",
            "etc/rocky-release",
            "etc/almalinux-release",
            "etc/system-release",
            "usr/lib/system-release",
        ],
        read_redhat_release,
    ),
    reader("distro/system-release-cpe", &["etc/system-release-cpe"], read_cpe),
    reader("distro/alpine-release", &["etc/alpine-release"], read_alpine_release),
    reader("distro/debian-version", &["etc/debian_version"], read_debian_version),
    reader("distro/apk-repositories", &["etc/apk/repositories"], read_repositories),
    reader("distro/ubuntu-pro", &["var/lib/ubuntu-advantage/status.json"], read_ubuntu_pro),
    reader(
        "distro/content-sets",
        &[
            "root/buildinfo/content_manifests/*.json",
            "usr/share/buildinfo/content-sets.json",
            "usr/share/buildinfo/content_manifests/*.json",
        ],
        read_content_sets,
    ),
    reader(
        "distro/build-labels",
        &["root/buildinfo/labels.json", "usr/share/buildinfo/labels.json"],
        read_build_labels,
    ),
];

fn release(mut fields: Vec<(String, String)>, complaints: Complaints) -> Result<Facts, Malformed> {
    for (_, value) in &mut fields {
        value.truncate(value.char_indices().nth(LONGEST_VALUE).map_or(value.len(), |(end, _)| end));
    }
    let releases = if fields.is_empty() { Vec::new() } else { vec![Release { fields }] };
    complaints.settle(Facts { releases, ..Facts::default() })
}

/// `KEY=value` as a shell would read it: <https://www.freedesktop.org/software/systemd/man/latest/os-release.html>.
fn assignments(content: &dyn Content, complaints: &mut Complaints) -> Result<Vec<(String, String)>, Malformed> {
    let mut fields: Vec<(String, String)> = Vec::new();
    lines::walk(content, complaints, |complaints, number, line| {
        let text = lines::text(line.strip_prefix(b"\xef\xbb\xbf").filter(|_| number == 1).unwrap_or(line));
        if text.is_empty() || text.starts_with('#') {
            return;
        }
        let Some((key, value)) = text.split_once('=').filter(|(key, _)| is_variable(key)) else {
            complaints.push(format!("line {number}: not KEY=value"));
            return;
        };
        let key = key.to_ascii_lowercase();
        // A shell would keep what was assigned last.
        fields.retain(|(known, _)| *known != key);
        if fields.len() >= MOST_FIELDS {
            complaints.push(format!("line {number}: more than {MOST_FIELDS} keys; not read"));
            return;
        }
        fields.push((key, unquote(value)));
    })?;
    Ok(fields)
}

fn is_variable(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Takes shell quotes and escapes away. A quote that is never closed ends with the line.
fn unquote(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut quote = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            (None, '\\') => plain.extend(characters.next()),
            (Some('"'), '\\') if characters.peek().is_some_and(|next| "$`\"\\".contains(*next)) => {
                plain.extend(characters.next());
            }
            // Outside of quotes a blank ends the word; a comment may follow.
            (None, ' ' | '\t') => break,
            _ => plain.push(character),
        }
    }
    plain
}

fn read_os_release(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut complaints = Complaints::default();
    release(assignments(input.file.content, &mut complaints)?, complaints)
}

/// The same form with other keys, from before os-release; Ubuntu still writes it.
fn read_lsb_release(input: &Input<'_>) -> Result<Facts, Malformed> {
    const KEYS: &[(&str, &str)] = &[
        ("distrib_id", "id"),
        ("distrib_release", "version_id"),
        ("distrib_codename", "version_codename"),
        ("distrib_description", "pretty_name"),
    ];
    let mut complaints = Complaints::default();
    let fields = assignments(input.file.content, &mut complaints)?;
    let known = fields.into_iter().filter_map(|(key, value)| {
        KEYS.iter().find(|(theirs, _)| *theirs == key).map(|(_, ours)| ((*ours).to_owned(), value))
    });
    release(known.collect(), complaints)
}

/// The first line that says something.
fn first_line(content: &dyn Content, complaints: &mut Complaints) -> Result<String, Malformed> {
    let mut first = String::new();
    lines::walk(content, complaints, |_, _, line| {
        if first.is_empty() {
            first = lines::text(line);
        }
    })?;
    Ok(first)
}

/// Beginnings of release lines, the longer before the shorter.
const NAMES: &[(&str, &str)] = &[
    ("AlmaLinux", "almalinux"),
    ("Amazon Linux", "amzn"),
    ("CentOS", "centos"),
    ("Enterprise Linux Enterprise Linux", "ol"),
    ("Fedora", "fedora"),
    ("Oracle Linux", "ol"),
    ("Red Hat Enterprise Linux", "rhel"),
    ("Rocky Linux", "rocky"),
    ("Scientific Linux", "scientific"),
];

/// `CentOS Linux release 7.9.2009 (Core)`.
fn read_redhat_release(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut complaints = Complaints::default();
    let line = first_line(input.file.content, &mut complaints)?;
    let Some((name, rest)) = line.split_once(" release ") else {
        complaints.push(format!("{line:?} is not of the form \"name release version\""));
        return release(Vec::new(), complaints);
    };
    let version: String =
        rest.chars().take_while(|character| character.is_ascii_digit() || *character == '.').collect();
    let mut fields = vec![
        ("name".to_owned(), name.to_owned()),
        ("version_id".to_owned(), version.trim_end_matches('.').to_owned()),
        ("pretty_name".to_owned(), line.clone()),
    ];
    if let Some((_, id)) = NAMES.iter().find(|(beginning, _)| name.starts_with(beginning)) {
        fields.push(("id".to_owned(), (*id).to_owned()));
    }
    release(fields, complaints)
}

/// A CPE in either of its forms: `cpe:/o:redhat:enterprise_linux:8::baseos`, `cpe:2.3:o:amazon:amazon_linux:2`.
fn read_cpe(input: &Input<'_>) -> Result<Facts, Malformed> {
    const PRODUCTS: &[(&str, &str, &str)] = &[
        ("almalinux", "almalinux", "almalinux"),
        ("amazon", "amazon_linux", "amzn"),
        ("amazon", "linux", "amzn"),
        ("centos", "centos", "centos"),
        ("centos", "linux", "centos"),
        ("fedoraproject", "fedora", "fedora"),
        ("oracle", "linux", "ol"),
        ("redhat", "enterprise_linux", "rhel"),
        ("rocky", "rocky", "rocky"),
    ];
    let mut complaints = Complaints::default();
    let line = first_line(input.file.content, &mut complaints)?;
    let rest = line.strip_prefix("cpe:/").or_else(|| line.strip_prefix("cpe:2.3:")).unwrap_or_default();
    let mut parts = rest.split(':').skip(1);
    let (vendor, product, version) = (parts.next(), parts.next(), parts.next());
    let row = PRODUCTS.iter().find(|row| Some(row.0) == vendor && Some(row.1) == product);
    let fields = row.map_or_else(Vec::new, |(_, _, id)| {
        vec![("id".to_owned(), (*id).to_owned()), ("version_id".to_owned(), version.unwrap_or_default().to_owned())]
    });
    if rest.is_empty() {
        complaints.push(format!("{line:?} is no CPE"));
    }
    release(fields, complaints)
}

fn read_alpine_release(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut complaints = Complaints::default();
    let version = first_line(input.file.content, &mut complaints)?;
    let fields = [("id", "alpine".to_owned()), ("name", "Alpine Linux".to_owned()), ("version_id", version)];
    release(fields.map(|(key, value)| (key.to_owned(), value)).into(), complaints)
}

/// `12.5`, or `trixie/sid`. Ubuntu and other derivatives keep Debian's, so that it tells the distribution only where
/// nothing else does.
fn read_debian_version(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut complaints = Complaints::default();
    let version = first_line(input.file.content, &mut complaints)?;
    let fields = [("id", "debian".to_owned()), ("name", "Debian GNU/Linux".to_owned()), ("debian_version", version)];
    release(fields.map(|(key, value)| (key.to_owned(), value)).into(), complaints)
}

/// Keeps `v3.18/main` of `https://dl-cdn.alpinelinux.org/alpine/v3.18/main`, a field a line. Lines with a tag in front
/// are for single packages, <https://wiki.alpinelinux.org/wiki/Repositories>.
fn read_repositories(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut complaints = Complaints::default();
    let mut fields = Vec::new();
    lines::walk(input.file.content, &mut complaints, |_, _, line| {
        let line = lines::text(line);
        let mut parts = line.trim_end_matches('/').rsplit('/');
        let (Some(component), Some(branch)) = (parts.next(), parts.next()) else { return };
        let is_branch = branch == "edge" || branch.strip_prefix('v').is_some_and(|number| number.contains('.'));
        if is_branch && !line.starts_with(['#', '@']) && fields.len() < MOST_FIELDS {
            fields.push(("repository".to_owned(), format!("{branch}/{component}")));
        }
    })?;
    release(fields, complaints)
}

#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    content_sets: Vec<String>,
}

/// The repositories that an image of Red Hat was built from, of all architectures
/// (<https://redhatproductsecurity.github.io/security-data-guidelines/scanning-vendors/>). Each image that it was built
/// upon left a file of its own.
fn read_content_sets(input: &Input<'_>) -> Result<Facts, Malformed> {
    let manifest: Manifest = json(input)?;
    let sets = manifest.content_sets.into_iter().filter(|name| !name.is_empty());
    let mut complaints = Complaints::default();
    let fields: Vec<_> = sets.map(|name| ("content_set".to_owned(), name)).collect();
    if fields.len() > MOST_FIELDS {
        complaints.push(format!("more than {MOST_FIELDS} content sets; not all were read"));
    }
    release(fields.into_iter().take(MOST_FIELDS).collect(), complaints)
}

#[derive(Deserialize)]
struct Labels {
    #[serde(default)]
    cpe: String,
}

/// The product that an image of Red Hat belongs to.
fn read_build_labels(input: &Input<'_>) -> Result<Facts, Malformed> {
    let labels: Labels = json(input)?;
    let cpe = Some(labels.cpe).filter(|cpe| cpe.starts_with("cpe:/"));
    release(cpe.into_iter().map(|cpe| ("content_set".to_owned(), cpe)).collect(), Complaints::default())
}

fn json<T: serde::de::DeserializeOwned>(input: &Input<'_>) -> Result<T, Malformed> {
    if input.file.content.size() > MOST_BYTES {
        return Err(Malformed(format!("larger than {MOST_BYTES} bytes")));
    }
    serde_json::from_reader(Stream::new(input.file.content))
        .map_err(|error| Malformed(format!("not the JSON that it should be: {error}")))
}

#[derive(Deserialize)]
struct Status {
    #[serde(default)]
    services: Vec<Service>,
}

#[derive(Deserialize)]
struct Service {
    #[serde(default)]
    name: String,
    #[serde(default)]
    status: String,
}

/// Which services of Ubuntu Pro are on; those that bring packages of their own are channels.
fn read_ubuntu_pro(input: &Input<'_>) -> Result<Facts, Malformed> {
    const CHANNELS: &[&str] = &["esm-apps", "esm-infra", "fips", "fips-updates"];
    let status: Status = json(input)?;
    let enabled = status.services.into_iter().filter(|service| service.status == "enabled");
    let channels = enabled.filter(|service| CHANNELS.contains(&service.name.as_str()));
    release(
        channels.take(MOST_FIELDS).map(|service| ("channel".to_owned(), service.name)).collect(),
        Complaints::default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Vec<(String, String)> {
        assignments(&text, &mut Complaints::default()).unwrap()
    }

    #[test]
    fn values_are_read_as_a_shell_would() {
        let pairs =
            parse("\u{feff}A=1\r\n# B=2\n  C=\"x \\\"y\\\" \\$z \\n\"\nD='a \"b\" \\'\nA=3\nE=a\\ b # c\nF=\"open\n");
        let pairs: Vec<_> = pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(pairs, [("c", r#"x "y" $z \n"#), ("d", r#"a "b" \"#), ("a", "3"), ("e", "a b"), ("f", "open")]);
    }
}
