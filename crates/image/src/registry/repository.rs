//! One repository at one endpoint, the registry itself or a mirror: authorised requests, and the meaning of refusals.

use std::fmt;
use std::sync::{Mutex, OnceLock, PoisonError};

use reqwest::Url;
use reqwest::blocking::{Client, RequestBuilder, Response};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue, RANGE};
use serde::Deserialize;

use super::artefact::Access;
use super::authorization::{Request, refused};
use super::credentials::{Lookup, find};
use super::transport::{Transport, is_loopback};
use crate::{Error, ImageName, Options};

/// One repository at one endpoint.
#[derive(Debug)]
pub(super) struct Repository {
    pub transport: std::sync::Arc<Transport>,
    /// For people and for credentials: `docker.io`.
    registry: String,
    /// `https://registry-1.docker.io`.
    base: String,
    name: String,
    options: Options,
    access: Access,
    /// Looked up when the registry first asks: helpers may be slow, and public images need none.
    lookup: OnceLock<Lookup>,
    authorization: Mutex<Option<HeaderValue>>,
}

/// Makes a request, again for each attempt.
pub(super) type Make<'a> = &'a dyn Fn(&Client) -> RequestBuilder;

/// How registries word an error (<https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes>).
#[derive(Deserialize)]
struct Envelope {
    errors: Vec<Complaint>,
}

#[derive(Deserialize)]
struct Complaint {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

/// An error text larger than this is not read.
const COMPLAINT_SIZE: u64 = 64 << 10;

impl Repository {
    /// The repository `image` at `place`: a host, with a scheme and a path before the name where it is a mirror.
    pub fn new(
        transport: &std::sync::Arc<Transport>,
        place: &str,
        image: &ImageName,
        options: &Options,
    ) -> Result<Self, Error> {
        let (scheme, rest) = match place.split_once("://") {
            Some((scheme, rest)) => (Some(scheme), rest),
            None => (None, place),
        };
        let (registry, prefix) = rest.trim_end_matches('/').split_once('/').unwrap_or((rest.trim_end_matches('/'), ""));
        let host = if registry == "docker.io" { "registry-1.docker.io" } else { registry };
        let may_be_plain = options.insecure || is_loopback(registry);
        let scheme = match scheme {
            Some("http") if may_be_plain => "http",
            Some("https") => "https",
            Some(_) => {
                return Err(Error::new(format!("plain HTTP to {registry} is not allowed: {place}"))
                    .hint("use https, or --insecure for a test registry"));
            }
            None if may_be_plain && !transport.speaks_tls(host) => "http",
            None => "https",
        };
        let name =
            [prefix, &image.repository].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/");
        Ok(Self {
            transport: transport.clone(),
            registry: registry.into(),
            base: format!("{scheme}://{host}"),
            name,
            options: options.clone(),
            access: Access::Pull,
            lookup: OnceLock::new(),
            authorization: Mutex::new(None),
        })
    }

    /// It, for this use.
    pub fn with(self, access: Access) -> Self {
        Self { access, ..self }
    }

    /// `…/v2/NAME/PATH`.
    pub fn url(&self, path: &str) -> String {
        format!("{}/v2/{}/{path}", self.base, self.name)
    }

    /// Gets `/v2/NAME/PATH` from byte `from` on, logging in when asked to. Any answer but a passing failure comes back.
    pub fn get(&self, path: &str, accept: &[&str], from: u64) -> Result<Response, Error> {
        let url = self.url(path);
        self.exchange(&|client| {
            let mut request = client.get(&url);
            if !accept.is_empty() {
                request = request.header(ACCEPT, accept.join(", "));
            }
            if from > 0 {
                request = request.header(RANGE, format!("bytes={from}-"));
            }
            request
        })
    }

    /// Sends a request to where a registry has sent us; elsewhere than to itself without credentials.
    pub fn exchange_at(&self, url: &Url, request: Make<'_>) -> Result<Response, Error> {
        if Url::parse(&self.base).is_ok_and(|base| base.origin() == url.origin()) {
            return self.exchange(request);
        }
        if url.scheme() != "https" && !self.transport.may_be_plain(url) {
            return Err(Error::new(format!("{} sends us to plain HTTP", self.registry)));
        }
        self.send(request, None)
    }

    /// Sends a request, logging in when asked to. Any answer but a passing failure comes back.
    pub fn exchange(&self, request: Make<'_>) -> Result<Response, Error> {
        let known = self.authorization.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let response = self.send(request, known)?;
        if response.status().as_u16() != 401 {
            return Ok(response);
        }
        // Not logged in yet, or the token has expired meanwhile.
        let lookup = self.lookup();
        let login = Request {
            transport: &self.transport,
            credential: &lookup.credential,
            registry: &self.registry,
            repository: &self.name,
            actions: if self.access == Access::Push { "pull,push" } else { "pull" },
            secure: self.base.starts_with("https:"),
        };
        let fresh = login.authorize(response.headers()).map_err(|error| error.after(lookup.troubles.clone()))?;
        *self.authorization.lock().unwrap_or_else(PoisonError::into_inner) = Some(fresh.clone());
        self.send(request, Some(fresh))
    }

    fn lookup(&self) -> &Lookup {
        self.lookup.get_or_init(|| find(&self.registry, &self.name, &self.options))
    }

    fn send(&self, request: Make<'_>, authorization: Option<HeaderValue>) -> Result<Response, Error> {
        self.transport.send(
            &|client| authorization.iter().fold(request(client), |request, value| request.header(AUTHORIZATION, value)),
            &self.registry,
        )
    }

    fn verb(&self) -> &'static str {
        if self.access == Access::Push { "writing" } else { "reading" }
    }

    /// What an answer that is no success means.
    pub fn refusal(&self, response: Response) -> Error {
        let status = response.status();
        let registry = &self.registry;
        let body = self.transport.read_document(response, COMPLAINT_SIZE, registry).unwrap_or_default();
        let complaint =
            serde_json::from_slice(&body).ok().and_then(|envelope: Envelope| envelope.errors.into_iter().next());
        let (code, message) = complaint.map_or_else(Default::default, |complaint| (complaint.code, complaint.message));
        match (status.as_u16(), code.as_str()) {
            (401, _) => refused(registry, &self.lookup().credential).after(self.lookup().troubles.clone()),
            (403, _) => Error::new(format!("{registry} forbids {} {}: {message:?}", self.verb(), self.name))
                .hint("ask for the right to use this repository so, or log in as somebody who has it")
                .after(self.lookup().troubles.clone()),
            (404, "NAME_UNKNOWN") => Error::new(format!("no such image: {registry} has no repository {}", self.name)),
            (404, _) => Error::new(format!("no such image: {registry} has {} not with this tag or digest", self.name))
                .hint(format!("list its tags: skopeo list-tags docker://{registry}/{}", self.name)),
            _ => Error::new(format!("unexpected answer of {registry}: {status}: {code} {message:?}")),
        }
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.name)
    }
}
