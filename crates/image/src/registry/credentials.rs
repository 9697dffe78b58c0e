//! Who we are to a registry: Docker's `config.json`, Podman's `auth.json`, credential helpers. Owns finding credentials;
//! how they are presented is [`super::authorization`]'s. Secrets never enter an error or a `Debug` text.
//!
//! <https://docs.docker.com/reference/cli/docker/login/#credential-stores>,
//! <https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md>,
//! helper protocol: <https://github.com/docker/docker-credential-helpers>.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::{Environment, Options};

/// Text that is not shown.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// What proves who we are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Credential {
    /// Nothing.
    Anonymous,
    /// User and password.
    Password { user: String, password: Secret },
    /// An OAuth refresh token, to be exchanged.
    Identity(Secret),
    /// A bearer token, ready to be used.
    Bearer(Secret),
}

/// A credential, and what went wrong on the way to a better one. The latter matters only when the registry refuses us.
#[derive(Debug)]
pub(crate) struct Lookup {
    pub credential: Credential,
    pub troubles: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Config {
    auths: BTreeMap<String, Entry>,
    creds_store: String,
    cred_helpers: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Entry {
    auth: Option<Secret>,
    username: Option<String>,
    password: Option<Secret>,
    identitytoken: Option<Secret>,
    registrytoken: Option<Secret>,
}

/// What a helper answers.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    username: String,
    secret: Secret,
}

/// The name under which Docker keeps Docker Hub's credentials.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// A configuration larger than this is none.
const CONFIG_SIZE: u64 = 16 << 20;

/// Finds what the user has for `repository` at `registry`.
pub(crate) fn find(registry: &str, repository: &str, options: &Options) -> Lookup {
    let mut troubles = Vec::new();
    for path in files(options) {
        let config = match read(&path) {
            Ok(Some(config)) => config,
            Ok(None) => continue,
            Err(trouble) => {
                troubles.push(trouble);
                continue;
            }
        };
        if let Some(credential) = config.credential(registry, repository, options, &mut troubles) {
            return Lookup { credential, troubles };
        }
    }
    Lookup { credential: Credential::Anonymous, troubles }
}

/// Where credentials may be, the user's explicit choice alone or else the usual places.
fn files(options: &Options) -> Vec<PathBuf> {
    let environment = &options.environment;
    if let Some(folder) = &options.docker_config {
        return vec![folder.join("config.json")];
    }
    if let Some(path) = environment.path("REGISTRY_AUTH_FILE") {
        return vec![path];
    }
    let home = environment.path("HOME");
    let docker = environment.path("DOCKER_CONFIG").or_else(|| Some(home.as_ref()?.join(".docker")));
    let runtime = environment.path("XDG_RUNTIME_DIR");
    let own = environment.path("XDG_CONFIG_HOME").or_else(|| Some(home?.join(".config")));
    let podman = [runtime, own].into_iter().flatten().map(|folder| folder.join("containers/auth.json"));
    docker.map(|folder| folder.join("config.json")).into_iter().chain(podman).collect()
}

fn read(path: &Path) -> Result<Option<Config>, String> {
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("cannot read {}: {error}", path.display())),
    };
    let bytes = crate::spool::read_bounded(file, CONFIG_SIZE, &path.display().to_string()).map_err(|e| e.line())?;
    // serde_json quotes the text around some mistakes; only the place is safe to show.
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|error| format!("malformed {}: line {}, column {}", path.display(), error.line(), error.column()))
}

impl Config {
    /// The helper for this registry first, as Docker does, then what is written in the file.
    fn credential(
        &self,
        registry: &str,
        repository: &str,
        options: &Options,
        troubles: &mut Vec<String>,
    ) -> Option<Credential> {
        let host = |key: &str| normalise(key) == normalise(server(registry));
        let helper = self.cred_helpers.iter().find(|(key, _)| host(key)).map(|(_, helper)| helper);
        if let Some(helper) = helper.or(Some(&self.creds_store)).filter(|helper| !helper.is_empty()) {
            match ask(helper, server(registry), &options.environment, options.timeouts.helper) {
                Ok(Some(credential)) => return Some(credential),
                Ok(None) => {}
                Err(trouble) => troubles.push(format!("docker-credential-{helper}: {trouble}")),
            }
        }
        self.entry(registry, repository)?.credential()
    }

    /// The entry with the most parts of `registry/repository`: Podman's keys may go down to one repository.
    fn entry(&self, registry: &str, repository: &str) -> Option<&Entry> {
        let whole = format!("{}/{repository}", normalise(server(registry)));
        let fits = |key: &str| whole.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let entries = self.auths.iter().map(|(key, entry)| (normalise(key), entry)).filter(|(key, _)| fits(key));
        entries.max_by_key(|(key, _)| key.len()).map(|(_, entry)| entry)
    }
}

/// The name a registry has in configurations and for helpers.
fn server(registry: &str) -> &str {
    if registry == "docker.io" { DOCKER_HUB } else { registry }
}

/// `https://index.docker.io/v1/` → `index.docker.io`: keys come with and without scheme and API version.
fn normalise(key: &str) -> &str {
    let key = key.strip_prefix("https://").or_else(|| key.strip_prefix("http://")).unwrap_or(key);
    let key = key.trim_end_matches('/');
    let key = key.strip_suffix("/v1").or_else(|| key.strip_suffix("/v2")).unwrap_or(key);
    if key == "docker.io" { "index.docker.io" } else { key }
}

impl Entry {
    fn credential(&self) -> Option<Credential> {
        let given = |secret: &Option<Secret>| secret.clone().filter(|secret| !secret.0.is_empty());
        if let Some(token) = given(&self.registrytoken) {
            return Some(Credential::Bearer(token));
        }
        if let Some(token) = given(&self.identitytoken) {
            return Some(Credential::Identity(token));
        }
        if let (Some(user), Some(password)) = (self.username.clone(), given(&self.password)) {
            return Some(Credential::Password { user, password });
        }
        let decoded = STANDARD.decode(given(&self.auth)?.0.trim()).ok()?;
        let decoded = String::from_utf8(decoded).ok()?;
        let (user, password) = decoded.split_once(':')?;
        // Docker pads with NUL what was shorter than its buffer.
        let password = Secret(password.trim_end_matches('\0').into());
        Some(Credential::Password { user: user.into(), password })
    }
}

/// An answer larger than this is none.
const ANSWER_SIZE: u64 = 1 << 20;

/// Asks a helper. None when it has nothing for this server.
fn ask(helper: &str, server: &str, environment: &Environment, timeout: Duration) -> Result<Option<Credential>, String> {
    let program = find_program(&format!("docker-credential-{helper}"), environment)?;
    let mut child = Command::new(&program)
        .arg("get")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("cannot start {}: {error}", program.display()))?;
    let answer = converse(&mut child, server, timeout);
    if answer.is_err() {
        // It hangs or floods; whether it was quick enough to end by itself does not matter.
        let _ended = child.kill();
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    let answer = answer?;
    if !status.success() {
        let nothing = String::from_utf8_lossy(&answer).contains("credentials not found");
        let trouble = format!("failed ({status}); to see why: echo {server} | docker-credential-{helper} get");
        return if nothing { Ok(None) } else { Err(trouble) };
    }
    let answer: Answer = serde_json::from_slice(&answer).map_err(|_| "its answer is not understood".to_owned())?;
    Ok(match answer {
        Answer { secret, .. } if secret.0.is_empty() => None,
        Answer { username, secret } if username == "<token>" => Some(Credential::Identity(secret)),
        Answer { username: user, secret: password } => Some(Credential::Password { user, password }),
    })
}

/// The program on `PATH`. Helpers are named by a file that others may have written: no name leads elsewhere.
fn find_program(name: &str, environment: &Environment) -> Result<PathBuf, String> {
    if name.contains(['/', '\\']) {
        return Err("not the name of a program".into());
    }
    let path = environment.first(&["PATH"]).unwrap_or("");
    let mut places = std::env::split_paths(path).filter(|folder| folder.is_absolute()).map(|folder| folder.join(name));
    places.find(|place| place.is_file()).ok_or_else(|| "not found on PATH".into())
}

/// Writes the question, reads the answer, waits for the end; all within `timeout`.
fn converse(child: &mut Child, server: &str, timeout: Duration) -> Result<Vec<u8>, String> {
    let late = || format!("no answer within {} s", timeout.as_secs());
    let end = Instant::now().checked_add(timeout);
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let (sender, receiver) = mpsc::channel();
    let question = server.to_owned();
    // A thread of its own: a helper that neither reads nor answers must not hold us.
    std::thread::spawn(move || {
        let mut answer = Vec::new();
        // A helper that needs no question may have closed its input; its answer tells whether that was right.
        let _written = stdin.map(|mut stdin| stdin.write_all(question.as_bytes()));
        let read = stdout.map(|stdout| stdout.take(ANSWER_SIZE).read_to_end(&mut answer));
        let _gone = sender.send(read.unwrap_or(Ok(0)).map(|_| answer).map_err(|error| error.to_string()));
    });
    let answer = receiver.recv_timeout(timeout).map_err(|_| late())??;
    while child.try_wait().map_err(|error| error.to_string())?.is_none() {
        if end.is_none_or(|end| Instant::now() > end) {
            return Err(late());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(user: &str, password: &str) -> Option<Credential> {
        Some(Credential::Password { user: user.into(), password: Secret(password.into()) })
    }

    #[test]
    fn entries_of_docker_and_podman() {
        let config: Config = serde_json::from_str(
            r#"{"auths": {
                "https://index.docker.io/v1/": {"auth": "aHViOnBhc3M="},
                "quay.io": {"auth": "cXVheTphOmI="},
                "quay.io/team": {"username": "team", "password": "t"},
                "https://acr.azurecr.io": {"auth": "MDAwMDo=", "identitytoken": "refresh"},
                "tok.io": {"registrytoken": "ready"},
                "broken.io": {"auth": "%%%"},
                "empty.io": {}
            }}"#,
        )
        .unwrap();
        let find = |registry: &str, repository: &str| config.entry(registry, repository).and_then(Entry::credential);
        assert_eq!(find("docker.io", "library/debian"), password("hub", "pass"));
        assert_eq!(find("quay.io", "other/x"), password("quay", "a:b"));
        assert_eq!(find("quay.io", "team/x"), password("team", "t"));
        assert_eq!(find("quay.io", "teamwork/x"), password("quay", "a:b"));
        assert_eq!(find("acr.azurecr.io", "x"), Some(Credential::Identity(Secret("refresh".into()))));
        assert_eq!(find("tok.io", "x"), Some(Credential::Bearer(Secret("ready".into()))));
        for registry in ["broken.io", "empty.io", "unknown.io", "quay.io:5000"] {
            assert_eq!(find(registry, "x"), None, "{registry}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let shown = format!("{:?}", password("me", "hunter2"));
        assert!(shown.contains("me") && !shown.contains("hunter2"), "{shown}");
    }
}
