//! Images in a local Docker or Podman engine, exported over its Unix socket and then read as an archive.
//!
//! <https://docs.docker.com/reference/api/engine/>, whose image calls Podman answers as well.

use std::path::{Path, PathBuf};

use reqwest::Url;
use reqwest::blocking::{Client, Response};
use serde::Deserialize;
use serde_json::Value;

use crate::digest::sha256;
use crate::layout::open_file;
use crate::spool::{read_bounded, spool};
use crate::{Engine, Environment, Error, Image, Options, Reference, archive, tls};

/// An error text larger than this is not read.
const COMPLAINT_SIZE: u64 = 64 << 10;

/// Docker's configuration files larger than this are none.
const CONTEXT_SIZE: u64 = 16 << 20;

/// How engines word an error.
#[derive(Deserialize)]
struct Complaint {
    message: String,
}

/// Exports the image and opens the export.
pub(crate) fn open(reference: &Reference, engine: Engine, name: &str, options: &Options) -> Result<Vec<Image>, Error> {
    let socket = find_socket(engine, options)?;
    let place = format!("{} at {}", engine.as_str(), socket.display());
    tls::choose_provider();
    let client = Client::builder()
        .unix_socket(socket)
        .no_proxy()
        // An engine collects the whole image before it sends the first byte; only a dead one says nothing for longer.
        .timeout(options.timeouts.export)
        .build()
        .map_err(|error| Error::new("cannot set up a client for the engine's socket").because(error))?;
    // Asked first: the export of some versions begins with success and then breaks off when there is no such image.
    get(&client, engine, name, "json", &place)?;
    let mut export = get(&client, engine, name, "get", &place)?;
    let file = spool(&mut export, options.limits.spool_size, &format!("export of {name} by {place}"), options)?;
    archive::open_file(reference, file, &format!("export of {name} by {place}"), None, options)
}

/// `GET /images/NAME/CALL`.
fn get(client: &Client, engine: Engine, name: &str, call: &str, place: &str) -> Result<Response, Error> {
    let mut url = Url::parse("http://localhost/images")
        .map_err(|error| Error::new("cannot make the engine's URL").because(error))?;
    if let Ok(mut path) = url.path_segments_mut() {
        path.extend(name.split('/')).push(call);
    }
    let response = client.get(url).send().map_err(|error| unreachable(engine, place, error.without_url()))?;
    let status = response.status().as_u16();
    if status == 200 {
        return Ok(response);
    }
    let body = read_bounded(response, COMPLAINT_SIZE, place).unwrap_or_default();
    let message =
        serde_json::from_slice(&body).map_or_else(|_| String::new(), |complaint: Complaint| complaint.message);
    if status == 404 {
        return Err(Error::new(format!("no such image in {place}: {name}"))
            .hint(format!("pull or build it there first, or write registry:{name} to read it from its registry")));
    }
    Err(Error::new(format!("unexpected answer of {place}: {status}: {message:?}")))
}

fn unreachable(engine: Engine, place: &str, error: reqwest::Error) -> Error {
    let start = match engine {
        Engine::Docker => "start Docker, join the group docker, or set DOCKER_HOST",
        Engine::Podman => "start the service (systemctl --user start podman.socket), or set CONTAINER_HOST",
    };
    Error::new(format!("cannot reach {place}")).because(error).hint(start)
}

/// The first socket that is there, of those that the user or the engine's habits name.
fn find_socket(engine: Engine, options: &Options) -> Result<PathBuf, Error> {
    if let Some(socket) = &options.engine_socket {
        return Ok(socket.clone());
    }
    let variable = match engine {
        Engine::Docker => "DOCKER_HOST",
        Engine::Podman => "CONTAINER_HOST",
    };
    if let Some(host) = options.environment.first(&[variable]) {
        return host.strip_prefix("unix://").map(PathBuf::from).ok_or_else(|| {
            Error::new(format!("{variable} names no Unix socket: {host:?}"))
                .hint(format!("on that machine, run {} save -o image.tar NAME, and scan the file", engine.as_str()))
        });
    }
    if let (Engine::Docker, Some(socket)) = (engine, context_socket(options)) {
        return Ok(socket);
    }
    let places = usual_sockets(engine, &options.environment);
    let found = places.iter().find(|place| place.exists()).cloned();
    found.ok_or_else(|| {
        let name = engine.as_str();
        Error::new(format!("no socket of {name} on this machine"))
            .after(places.iter().map(|place| place.display().to_string()))
            .hint(format!("start {name}, or set {variable}=unix:///path/to/socket"))
    })
}

/// The socket of Docker's current context: rootless Docker, Docker Desktop and their like set one up.
///
/// `contexts/meta/SHA256-OF-NAME/meta.json` (<https://docs.docker.com/engine/manage-resources/contexts/>).
fn context_socket(options: &Options) -> Option<PathBuf> {
    let environment = &options.environment;
    let home = || Some(environment.path("HOME")?.join(".docker"));
    let folder = options.docker_config.clone().or_else(|| environment.path("DOCKER_CONFIG")).or_else(home)?;
    let document = |path: &Path| -> Option<Value> {
        let bytes = read_bounded(open_file(path).ok()?, CONTEXT_SIZE, "").ok()?;
        serde_json::from_slice(&bytes).ok()
    };
    let current = || document(&folder.join("config.json"))?.get("currentContext")?.as_str().map(str::to_owned);
    let name = environment.first(&["DOCKER_CONTEXT"]).map(str::to_owned).or_else(current)?;
    let meta = folder.join("contexts/meta").join(sha256(name.as_bytes()).hex()).join("meta.json");
    let host = document(&meta)?.pointer("/Endpoints/docker/Host")?.as_str()?.to_owned();
    host.strip_prefix("unix://").map(PathBuf::from)
}

fn usual_sockets(engine: Engine, environment: &Environment) -> Vec<PathBuf> {
    let runtime = environment.path("XDG_RUNTIME_DIR");
    let below = |folder: &Option<PathBuf>, path: &str| folder.as_ref().map(|folder| folder.join(path));
    let places = match engine {
        Engine::Docker => [
            Some(Path::new("/var/run/docker.sock").into()),
            below(&runtime, "docker.sock"),
            below(&environment.path("HOME"), ".docker/run/docker.sock"),
        ],
        Engine::Podman => {
            [below(&runtime, "podman/podman.sock"), Some(Path::new("/run/podman/podman.sock").into()), None]
        }
    };
    places.into_iter().flatten().collect()
}
