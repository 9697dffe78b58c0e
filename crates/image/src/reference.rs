//! What a user writes to say which image. Owns parsing and normalising; opens nothing, but looks whether a path exists
//! where the text alone cannot tell a path from a name.
//!
//! The rule, in this order:
//! 1. A known scheme decides (unless a port follows, as in `registry:5000/app`): `registry:` `oci:` `oci-archive:` `archive:` `docker:` `podman:` `containers-storage:`
//!    `dir:`. (An image that is itself named like a scheme is written in full: `docker.io/library/docker:27`.)
//! 2. A path that exists is what it is: a folder with `oci-layout` in it is an OCI layout, another folder a root file
//!    system, a file an archive. Text that starts with `/`, `./` or `../` is always a path.
//! 3. Anything else is an image in a registry. Local engines are asked only when `docker:` or `podman:` says so.
//!
//! Names follow <https://pkg.go.dev/github.com/distribution/reference>: `debian` is `docker.io/library/debian:latest`.

use std::fmt;
use std::path::{Path, PathBuf};

use plimsoll_model::Digest;

use crate::Error;

/// Which image, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// In a registry.
    Registry(ImageName),
    /// An OCI image layout folder.
    Layout {
        /// The folder with `index.json`.
        path: PathBuf,
        /// Which of its images.
        select: Option<Select>,
    },
    /// A tar file as `docker save`, `podman save` or `skopeo copy … oci-archive:` write it, also compressed.
    Archive {
        /// The file.
        path: PathBuf,
        /// Which of its images.
        select: Option<Select>,
    },
    /// In a local engine, asked over its socket.
    Engine {
        /// Which engine.
        engine: Engine,
        /// As the engine knows it: name or id.
        name: String,
    },
    /// In the store that Podman, Buildah, Skopeo and CRI-O share, read from disk.
    Storage {
        /// Root of the store, when the user named it (`[overlay@/path]name`).
        root: Option<PathBuf>,
        /// Name or id.
        name: String,
    },
    /// A root file system in a folder.
    Directory {
        /// The folder.
        path: PathBuf,
    },
}

/// Which of several images in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Select {
    /// By tag or name.
    Name(String),
    /// By the digest of its manifest or index.
    Digest(Digest),
}

/// A local engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Docker.
    Docker,
    /// Podman.
    Podman,
}

impl Engine {
    /// The scheme: `docker` or `podman`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Podman => "podman",
        }
    }
}

/// A normalised name in a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageName {
    /// Host and port as people write it: `docker.io`, `localhost:5000`.
    pub registry: String,
    /// `library/debian`.
    pub repository: String,
    /// Tag; none when only a digest was given.
    pub tag: Option<String>,
    /// Digest; it wins over the tag.
    pub digest: Option<Digest>,
}

impl Reference {
    /// Reads what a user wrote; see the rule above. Looks at the file system, reads no file.
    ///
    /// # Errors
    /// When it is neither a valid name nor a path that exists.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if let Some((scheme, rest)) = text.split_once(':')
            && !is_port_of(scheme, rest)
            && let Some(parsed) = Self::from_scheme(scheme, rest)
        {
            return parsed.map_err(|error| error.hint_for_scheme(scheme, rest));
        }
        let path = Path::new(text);
        match path.metadata() {
            Ok(found) if found.is_dir() && path.join("oci-layout").is_file() => {
                Ok(Self::Layout { path: path.into(), select: None })
            }
            Ok(found) if found.is_dir() => Ok(Self::Directory { path: path.into() }),
            Ok(_) => Ok(Self::Archive { path: path.into(), select: None }),
            Err(error) if text.starts_with(['/', '.']) => {
                Err(Error::new(format!("no such file or folder: {text}")).because(error))
            }
            Err(_) => text.parse().map(Self::Registry),
        }
    }

    /// The place that it is from, or the repository, without what names one image of it.
    #[must_use]
    pub fn without_tag(&self) -> String {
        let untagged = |name: &str| {
            let name = name.split_once('@').map_or(name, |(name, _)| name);
            // The colon of a port stands before a slash.
            name.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).map_or(name, |(name, _)| name).to_owned()
        };
        match self.clone() {
            Self::Registry(name) => Self::Registry(ImageName { tag: None, digest: None, ..name }),
            Self::Layout { path, .. } => Self::Layout { path, select: None },
            Self::Archive { path, .. } => Self::Archive { path, select: None },
            Self::Engine { engine, name } => Self::Engine { engine, name: untagged(&name) },
            Self::Storage { root, name } => Self::Storage { root, name: untagged(&name) },
            directory @ Self::Directory { .. } => directory,
        }
        .to_string()
    }

    fn from_scheme(scheme: &str, rest: &str) -> Option<Result<Self, Error>> {
        Some(match scheme {
            "registry" => rest.parse().map(Self::Registry),
            "oci" => split_path(rest, Path::is_dir).map(|(path, select)| Self::Layout { path, select }),
            "archive" | "oci-archive" => {
                split_path(rest, Path::is_file).map(|(path, select)| Self::Archive { path, select })
            }
            "docker" => local_name(rest).map(|name| Self::Engine { engine: Engine::Docker, name }),
            "podman" => local_name(rest).map(|name| Self::Engine { engine: Engine::Podman, name }),
            "containers-storage" => storage(rest),
            "dir" if Path::new(rest).is_dir() => Ok(Self::Directory { path: rest.into() }),
            "dir" => Err(Error::new(format!("no such folder: {rest}"))),
            "containerd" => Err(Error::new("containerd's own store cannot be read yet").hint(format!(
                "export the image and scan the file: ctr images export image.tar {rest} (or nerdctl save, docker save)"
            ))),
            _ => return None,
        })
    }
}

impl Error {
    /// An image may be named like a scheme (`docker:27`, `registry:2`): say how to write that.
    fn hint_for_scheme(self, scheme: &str, rest: &str) -> Self {
        if self.hint.is_some() || rest.contains('/') {
            return self;
        }
        self.hint(format!("for the image named {scheme:?} in a registry, write docker.io/library/{scheme}:{rest}"))
    }
}

/// Hosts may be named like a scheme: `registry:5000/app` is what every example of a private registry says.
fn is_port_of(scheme: &str, rest: &str) -> bool {
    let number = |port: &str| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    matches!(scheme, "registry" | "docker" | "podman") && rest.split_once('/').is_some_and(|(port, _)| number(port))
}

/// `PATH`, `PATH:NAME` or `PATH@DIGEST`. File names may hold colons, so the longest path that exists is taken.
fn split_path(text: &str, exists: fn(&Path) -> bool) -> Result<(PathBuf, Option<Select>), Error> {
    if exists(Path::new(text)) {
        return Ok((text.into(), None));
    }
    if let Some((path, digest)) = text.rsplit_once('@')
        && let Ok(digest) = digest.parse()
        && exists(Path::new(path))
    {
        return Ok((path.into(), Some(Select::Digest(digest))));
    }
    for (position, _) in text.rmatch_indices(':') {
        if let (Some(path), Some(name)) = (text.get(..position), text.get(position + 1..))
            && exists(Path::new(path))
            && !name.is_empty()
        {
            return Ok((path.into(), Some(Select::Name(name.into()))));
        }
    }
    Err(Error::new(format!("no such file or folder: {text}")))
}

/// Engines and stores know names and ids; both are made of these characters.
fn local_name(text: &str) -> Result<String, Error> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._/:@".contains(c);
    if text.is_empty() || text.len() > 512 || !text.chars().all(allowed) || text.split('/').any(|part| part == "..") {
        return Err(Error::new(format!("not an image name or id: {text:?}")));
    }
    Ok(text.into())
}

/// `NAME` or `[DRIVER@ROOT+RUNROOT]NAME`
/// (<https://github.com/containers/image/blob/main/docs/containers-transports.5.md>).
fn storage(text: &str) -> Result<Reference, Error> {
    let Some((store, name)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
        return Ok(Reference::Storage { root: None, name: local_name(text)? });
    };
    let root = store.split_once('@').map_or(store, |(_driver, root)| root);
    let root = root.split('+').next().unwrap_or(root);
    Ok(Reference::Storage { root: Some(root.into()), name: local_name(name)? })
}

impl std::str::FromStr for ImageName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let invalid = |why: &str| Error::new(format!("not an image name: {text:?}: {why}"));
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest.parse().map_err(|error| invalid("bad digest").because(error))?)),
            None => (text, None),
        };
        let (rest, tag) = match rest.rsplit_once(':') {
            Some((rest, tag)) if !tag.contains('/') => (rest, Some(tag.to_owned())),
            _ => (rest, None),
        };
        if tag.as_deref().is_some_and(|tag| !is_tag(tag)) {
            return Err(invalid("a tag has letters, digits, `_`, `.` and `-` only, 128 at most"));
        }
        let (registry, repository) = match rest.split_once('/') {
            Some((host, path)) if is_host(host) => (host, path.to_owned()),
            _ => ("docker.io", rest.to_owned()),
        };
        let registry = match registry {
            "index.docker.io" | "registry-1.docker.io" => "docker.io",
            other => other,
        };
        let repository = match repository {
            name if registry == "docker.io" && !name.contains('/') => format!("library/{name}"),
            name => name,
        };
        if !is_authority(registry) {
            return Err(invalid("bad registry host"));
        }
        if repository.len() > 255 || !repository.split('/').all(is_component) {
            return Err(invalid("a repository name is lower case, of letters, digits and single separators"));
        }
        let tag = tag.or_else(|| digest.is_none().then(|| "latest".to_owned()));
        Ok(Self { registry: registry.into(), repository, tag, digest })
    }
}

/// Whether the first part of a name is a host rather than a folder of Docker Hub.
fn is_host(text: &str) -> bool {
    text == "localhost" || text.contains(['.', ':']) || text.chars().any(char::is_uppercase)
}

/// Nothing in it may change the meaning of a URL.
fn is_authority(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (text, "0"),
    };
    let plain = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    let six = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    (plain || six.is_some_and(|host| host.parse::<std::net::Ipv6Addr>().is_ok())) && port.parse::<u16>().is_ok()
}

fn is_tag(text: &str) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    text.len() <= 128
        && text.bytes().next().is_some_and(word)
        && text.bytes().all(|b| word(b) || matches!(b, b'.' | b'-'))
}

/// `[a-z0-9]+` parted by `.`, `_`, `__` or any number of `-`.
fn is_component(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let edges = text.bytes().next().is_some_and(plain) && text.bytes().last().is_some_and(plain);
    let separators = text.split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    edges && separators.into_iter().all(|run| matches!(run, "" | "." | "_" | "__") || run.bytes().all(|b| b == b'-'))
}

impl fmt::Display for ImageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.repository)?;
        self.tag.as_ref().map_or(Ok(()), |tag| write!(f, ":{tag}"))?;
        self.digest.as_ref().map_or(Ok(()), |digest| write!(f, "@{digest}"))
    }
}

impl fmt::Display for Select {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, ":{name}"),
            Self::Digest(digest) => write!(f, "@{digest}"),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Registry(name) => name.fmt(f),
            Self::Layout { path, select } | Self::Archive { path, select } => {
                let scheme = if matches!(self, Self::Layout { .. }) { "oci" } else { "archive" };
                write!(f, "{scheme}:{}", path.display())?;
                select.as_ref().map_or(Ok(()), |select| select.fmt(f))
            }
            Self::Engine { engine, name } => write!(f, "{}:{name}", engine.as_str()),
            Self::Storage { root: None, name } => write!(f, "containers-storage:{name}"),
            Self::Storage { root: Some(root), name } => write!(f, "containers-storage:[{}]{name}", root.display()),
            Self::Directory { path } => write!(f, "dir:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalises_names() {
        let hex = "a".repeat(64);
        for (written, meant) in [
            ("debian", "docker.io/library/debian:latest".to_owned()),
            ("debian:12", "docker.io/library/debian:12".to_owned()),
            ("grafana/loki", "docker.io/grafana/loki:latest".to_owned()),
            ("index.docker.io/library/debian", "docker.io/library/debian:latest".to_owned()),
            ("registry:quay.io/a/b__c.d---e:v1_2.3-4", "quay.io/a/b__c.d---e:v1_2.3-4".to_owned()),
            ("localhost/x", "localhost/x:latest".to_owned()),
            ("localhost:5000/x:y", "localhost:5000/x:y".to_owned()),
            ("registry:5000/x", "registry:5000/x:latest".to_owned()),
            ("registry:registry:5000/x", "registry:5000/x:latest".to_owned()),
            ("[::1]:5000/x", "[::1]:5000/x:latest".to_owned()),
            (&format!("ghcr.io/a/b@sha256:{hex}"), format!("ghcr.io/a/b@sha256:{hex}")),
            (&format!("ghcr.io/a/b:c@sha256:{hex}"), format!("ghcr.io/a/b:c@sha256:{hex}")),
            ("docker:debian:12", "docker:debian:12".to_owned()),
            ("podman:localhost/x", "podman:localhost/x".to_owned()),
            ("containers-storage:[overlay@/r+/rr]x:y", "containers-storage:[/r]x:y".to_owned()),
        ] {
            let reference = Reference::parse(written).unwrap();
            assert_eq!(reference.to_string(), meant);
            assert_eq!(Reference::parse(&meant).unwrap(), reference, "{meant} does not read as itself");
        }
    }

    #[test]
    fn refuses_what_is_no_name() {
        for text in [
            "",
            "Debian",
            "debian:",
            "debian:a b",
            "a//b",
            "a/../b",
            "-a",
            "a-",
            "a..b",
            "x.io/a?b=c",
            "x.io:99999/a",
            "user@host/x",
            "x.io/a@sha256:short",
            "registry:",
            "docker:",
            "docker:../../x",
            "oci:/no/such",
            "dir:/no/such",
            "archive:/no/such:x",
            "/no/such",
            "./no-such",
            "containerd:x",
            "x.io:5000@evil.io/a",
            "[::g]/x",
            "a/b\n",
        ] {
            assert!(Reference::parse(text).is_err(), "{text:?} was accepted");
        }
    }

    #[test]
    fn recognises_paths() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        std::fs::create_dir(at("root")).unwrap();
        std::fs::create_dir(at("layout")).unwrap();
        std::fs::write(at("layout/oci-layout"), "{}").unwrap();
        std::fs::write(at("image:1.tar"), "").unwrap();
        let digest = format!("sha256:{}", "b".repeat(64));
        for (written, meant) in [
            (at("root"), format!("dir:{}", at("root"))),
            (at("layout"), format!("oci:{}", at("layout"))),
            (at("image:1.tar"), format!("archive:{}", at("image:1.tar"))),
            (format!("oci:{}:latest", at("layout")), format!("oci:{}:latest", at("layout"))),
            (format!("oci:{}@{digest}", at("layout")), format!("oci:{}@{digest}", at("layout"))),
            (format!("oci-archive:{}:a/b:c", at("image:1.tar")), format!("archive:{}:a/b:c", at("image:1.tar"))),
        ] {
            assert_eq!(Reference::parse(&written).unwrap().to_string(), meant);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
            if let Ok(reference) = Reference::parse(&text) {
                proptest::prop_assert_eq!(Reference::parse(&reference.to_string()).unwrap(), reference);
            }
        }
    }
}
