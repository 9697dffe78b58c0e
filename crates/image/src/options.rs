//! How images are to be found. Owns plain values and their defaults; every limit of this crate stands here with its
//! reason. Reads the environment only for the variables that users of registries and engines expect to work everywhere.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use plimsoll_model::Platform;

use crate::Error;

/// How images are to be found. `Options::default()` is what an ordinary user wants.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Which platforms of a multi-platform image.
    pub platform: PlatformChoice,
    /// Allows plain HTTP, and HTTPS whose certificate nobody vouches for, to hosts other than this machine.
    pub insecure: bool,
    /// PEM files with certificate authorities to trust beside those of the system.
    pub ca_files: Vec<PathBuf>,
    /// PEM file with the client's certificate chain and its private key, for registries that ask for one.
    pub client_certificate: Option<PathBuf>,
    /// Registry host → mirrors to ask before it, in order: `host`, `host/prefix`, `http://host`.
    pub mirrors: BTreeMap<String, Vec<String>>,
    /// Folder that holds `config.json` with credentials; replaces `DOCKER_CONFIG` and all other places.
    pub docker_config: Option<PathBuf>,
    /// Retries of a request that failed for a passing reason, and pauses between them.
    pub retries: Retries,
    /// How long to wait for what.
    pub timeouts: Timeouts,
    /// Unix socket of the Docker or Podman engine; replaces `DOCKER_HOST`, `CONTAINER_HOST` and the usual places.
    pub engine_socket: Option<PathBuf>,
    /// Root of the containers-storage store; replaces the usual places.
    pub storage_root: Option<PathBuf>,
    /// Folder for temporary files; the system's when none.
    pub temporary: Option<PathBuf>,
    /// Bounds on what an image may ask for.
    pub limits: Limits,
    /// The de-facto standard variables.
    pub environment: Environment,
}

/// Which platforms of a multi-platform image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum PlatformChoice {
    /// Linux on this machine's architecture; the only image there is, when there is only one.
    #[default]
    Default,
    /// This one, or the best that runs on it (`arm/v7` also runs `arm/v6`).
    One(Platform),
    /// All of them.
    All,
}

impl FromStr for PlatformChoice {
    type Err = Error;

    /// `OS/ARCHITECTURE` or `OS/ARCHITECTURE/VARIANT`; the names that `uname -m` gives are understood too.
    fn from_str(text: &str) -> Result<Self, Error> {
        let mut parts = text.split('/').map(str::to_ascii_lowercase);
        let (os, architecture, variant) = (parts.next(), parts.next(), parts.next());
        let plain = |part: &String| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_'))
        };
        match (os, architecture) {
            (Some(os), Some(architecture))
                if plain(&os) && plain(&architecture) && variant.iter().all(plain) && parts.next().is_none() =>
            {
                let architecture = match architecture.as_str() {
                    "x86_64" => "amd64".into(),
                    "aarch64" => "arm64".into(),
                    _ => architecture,
                };
                Ok(Self::One(Platform { os, architecture, variant }))
            }
            _ => Err(Error::new(format!("not a platform: {text:?}")).hint("write it as linux/amd64 or linux/arm/v7")),
        }
    }
}

/// Retries of requests that failed for a passing reason: 429, 5xx, a lost connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// How many after the first attempt.
    pub count: u32,
    /// The first pause; each further one is twice as long, less a random part.
    pub first_pause: Duration,
    /// No pause is longer; a server that asks for more with Retry-After is given up.
    pub longest_pause: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self { count: 4, first_pause: Duration::from_millis(400), longest_pause: Duration::from_secs(60) }
    }
}

/// How long to wait for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection.
    pub connect: Duration,
    /// For the next bytes of a response. There is no bound on the whole: layers may be large and links slow.
    pub stall: Duration,
    /// For a whole document: manifest, config, token.
    pub document: Duration,
    /// For a credential helper.
    pub helper: Duration,
    /// For an engine's next bytes of an export, before which it may have to pack the whole image.
    pub export: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            stall: Duration::from_secs(60),
            document: Duration::from_secs(60),
            helper: Duration::from_secs(30),
            export: Duration::from_secs(600),
        }
    }
}

/// Bounds on what an image may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a manifest or index. The distribution specification asks registries to accept 4 MiB.
    pub manifest_size: u64,
    /// Bytes of an image config; real ones stay below 100 KiB.
    pub config_size: u64,
    /// Layers of an image. Docker stops at 127, overlayfs at 500.
    pub layers: usize,
    /// Manifests that an index may list, over all levels.
    pub index_entries: usize,
    /// Levels of indexes in indexes. One is usual, two occur.
    pub index_depth: usize,
    /// Signatures, SBOMs and the like that are attached to one image. Some dozens are usual where every scan leaves one.
    pub attachments: usize,
    /// Bytes of one of their blobs. SBOMs of large images have some ten million.
    pub attachment_size: u64,
    /// Bytes of all of them.
    pub attachments_size: u64,
    /// After this long no more of them are asked for; each document has a time-out of its own.
    pub attachments_time: Duration,
    /// Members of an archive.
    pub archive_entries: usize,
    /// Bytes of a temporary file that an engine's export or a compressed archive is written to.
    pub spool_size: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            manifest_size: 4 << 20,
            config_size: 8 << 20,
            layers: 1000,
            index_entries: 1000,
            index_depth: 4,
            attachments: 200,
            attachment_size: 64 << 20,
            attachments_size: 256 << 20,
            attachments_time: Duration::from_secs(300),
            archive_entries: 100_000,
            spool_size: 64 << 30,
        }
    }
}

/// The variables of the environment that users of registries and engines expect to work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    const NAMES: [&str; 19] = [
        "HTTPS_PROXY",
        "https_proxy",
        "HTTP_PROXY",
        "http_proxy",
        "ALL_PROXY",
        "all_proxy",
        "NO_PROXY",
        "no_proxy",
        "DOCKER_CONFIG",
        "REGISTRY_AUTH_FILE",
        "DOCKER_HOST",
        "CONTAINER_HOST",
        "HOME",
        "PATH",
        "XDG_RUNTIME_DIR",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "CONTAINERS_STORAGE_CONF",
        "DOCKER_CONTEXT",
    ];

    /// The value of the first of these variables that is set and not empty.
    pub(crate) fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.0.get(*name)).map(String::as_str)
    }

    /// The path in this variable.
    pub(crate) fn path(&self, name: &str) -> Option<PathBuf> {
        self.first(&[name]).map(PathBuf::from)
    }
}

impl Default for Environment {
    /// This process's.
    fn default() -> Self {
        Self::NAMES.into_iter().filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?))).collect()
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(variables: I) -> Self {
        let pairs = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        Self(pairs.filter(|(_, value): &(String, String)| !value.is_empty()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_are_read_as_users_write_them() {
        let read = |text: &str| match text.parse() {
            Ok(PlatformChoice::One(platform)) => Some(platform.to_string()),
            _ => None,
        };
        assert_eq!(read("linux/arm/v7").as_deref(), Some("linux/arm/v7"));
        assert_eq!(read("Linux/x86_64").as_deref(), Some("linux/amd64"));
        for text in ["", "linux", "linux/", "linux/arm/", "linux/arm/v7/x", "li nux/arm"] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }
}
