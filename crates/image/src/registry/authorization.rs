//! From a registry's challenge to an `Authorization` header: basic, and bearer by Docker's and OAuth 2's ways.
//!
//! <https://distribution.github.io/distribution/spec/auth/token/>, `oauth/` beside it. Owns the two rules that protect
//! credentials: nothing goes in the clear to where it was not asked for, and no secret enters an error.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;
use reqwest::blocking::Response;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use serde::Deserialize;

use super::credentials::{Credential, Secret};
use super::transport::Transport;
use crate::Error;

/// A token answer larger than this is none.
const TOKEN_SIZE: u64 = 1 << 20;

/// What a registry wants to see.
#[derive(Debug, PartialEq, Eq)]
enum Challenge {
    Basic,
    Bearer { realm: String, service: Option<String> },
}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    token: Option<Secret>,
    #[serde(default)]
    access_token: Option<Secret>,
}

/// Who asks whom for what.
pub(super) struct Request<'a> {
    pub transport: &'a Transport,
    pub credential: &'a Credential,
    /// For people.
    pub registry: &'a str,
    pub repository: &'a str,
    /// What is going to be done there: `pull`, or `pull,push`.
    pub actions: &'a str,
    /// Whether the registry itself is spoken to over TLS.
    pub secure: bool,
}

impl Request<'_> {
    /// The header that answers the challenge in `headers`.
    pub fn authorize(&self, headers: &HeaderMap) -> Result<HeaderValue, Error> {
        if let Credential::Bearer(token) = self.credential {
            return header("Bearer", token);
        }
        match challenge(headers) {
            Some(Challenge::Bearer { realm, service }) => header("Bearer", &self.token(&realm, service.as_deref())?),
            Some(Challenge::Basic) => match self.credential {
                Credential::Password { user, password } => basic(user, password),
                _ => Err(refused(self.registry, self.credential)),
            },
            None => Err(Error::new(format!("{} asks for a kind of login that is not known here", self.registry))),
        }
    }

    fn token(&self, realm: &str, service: Option<&str>) -> Result<Secret, Error> {
        let wrong = || Error::new(format!("{} names a token server that is no https URL: {realm:?}", self.registry));
        let mut url = Url::parse(realm).map_err(|_| wrong())?;
        if url.scheme() != "https" && (self.secure || !self.transport.may_be_plain(&url)) {
            return Err(wrong().hint("no credentials were sent there"));
        }
        let scope = format!("repository:{}:{}", self.repository, self.actions);
        let mut fields = vec![("scope", scope.as_str())];
        fields.extend(service.map(|service| ("service", service)));
        let response = match self.credential {
            Credential::Identity(token) => {
                fields.extend([
                    ("grant_type", "refresh_token"),
                    ("client_id", "plimsoll"),
                    ("refresh_token", token.0.as_str()),
                ]);
                self.post(&url, &fields)?
            }
            Credential::Password { user, password } => {
                url.query_pairs_mut().extend_pairs(fields);
                self.get(url.clone(), Some(basic(user, password)?))?
            }
            Credential::Anonymous | Credential::Bearer(_) => {
                url.query_pairs_mut().extend_pairs(fields);
                self.get(url.clone(), None)?
            }
        };
        let place = format!("token server {}", url.host_str().unwrap_or(""));
        match response.status().as_u16() {
            200 => {}
            400 | 401 | 403 => return Err(refused(self.registry, self.credential)),
            status => return Err(Error::new(format!("{place} answers {status}"))),
        }
        let bytes = self.transport.read_document(response, TOKEN_SIZE, &place)?;
        let token = serde_json::from_slice(&bytes).ok().and_then(|token: Token| token.token.or(token.access_token));
        token
            .filter(|token| !token.0.is_empty())
            .ok_or_else(|| Error::new(format!("no token in the answer of {place}")))
    }

    fn get(&self, url: Url, authorization: Option<HeaderValue>) -> Result<Response, Error> {
        let host = url.host_str().unwrap_or("").to_owned();
        self.transport.send(
            &|client| {
                let request = client.get(url.clone());
                authorization.iter().fold(request, |request, value| request.header("Authorization", value))
            },
            &host,
        )
    }

    fn post(&self, url: &Url, fields: &[(&str, &str)]) -> Result<Response, Error> {
        let mut form = url.clone();
        form.query_pairs_mut().clear().extend_pairs(fields);
        let body = form.query().unwrap_or("").to_owned();
        let encoded = "application/x-www-form-urlencoded";
        let host = url.host_str().unwrap_or("");
        self.transport.send(&|client| client.post(url.clone()).header(CONTENT_TYPE, encoded).body(body.clone()), host)
    }
}

/// The error for a registry that does not let us in.
pub(super) fn refused(registry: &str, credential: &Credential) -> Error {
    let login = format!("log in with: docker login {registry} (or podman login, or a credential helper)");
    match credential {
        Credential::Anonymous => {
            Error::new(format!("{registry} wants credentials, or there is no such image")).hint(login)
        }
        Credential::Password { user, .. } => {
            Error::new(format!("{registry} refuses the credentials of user {user:?}")).hint(login)
        }
        Credential::Identity(_) | Credential::Bearer(_) => {
            Error::new(format!("{registry} refuses the token, which may have expired")).hint(login)
        }
    }
}

/// The challenge that we can best answer: bearer before basic.
fn challenge(headers: &HeaderMap) -> Option<Challenge> {
    let mut found = None;
    for value in headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok()) {
        for challenge in http_auth::ChallengeParser::new(value).map_while(Result::ok) {
            let parameter = |name: &str| {
                let found = challenge.params.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
                found.map(|(_, value)| value.to_unescaped())
            };
            if challenge.scheme.eq_ignore_ascii_case("bearer")
                && let Some(realm) = parameter("realm")
            {
                return Some(Challenge::Bearer { realm, service: parameter("service") });
            }
            if challenge.scheme.eq_ignore_ascii_case("basic") {
                found = Some(Challenge::Basic);
            }
        }
    }
    found
}

fn basic(user: &str, password: &Secret) -> Result<HeaderValue, Error> {
    header("Basic", &Secret(STANDARD.encode(format!("{user}:{}", password.0))))
}

fn header(scheme: &str, secret: &Secret) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::try_from(format!("{scheme} {}", secret.0))
        .map_err(|_| Error::new("the token has characters that no header may have"))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges() {
        let bearer = |realm: &str, service: Option<&str>| {
            Some(Challenge::Bearer { realm: realm.into(), service: service.map(Into::into) })
        };
        for (values, expected) in [
            (vec![r#"Bearer realm="https://a/t",service="s",scope="x""#], bearer("https://a/t", Some("s"))),
            (vec![r#"bearer realm="https://a/t""#], bearer("https://a/t", None)),
            (vec![r#"Basic realm="x", Bearer realm="https://a/t""#], bearer("https://a/t", None)),
            (vec![r#"Basic realm="x""#, r#"Bearer realm="https://a/t""#], bearer("https://a/t", None)),
            (vec![r#"Basic realm="x""#], Some(Challenge::Basic)),
            (vec!["Negotiate"], None),
            (vec!["Bearer realm=\"open"], None),
            (vec![""], None),
        ] {
            let headers = values.iter().map(|value| (WWW_AUTHENTICATE, value.parse().unwrap()));
            let headers = headers.fold(HeaderMap::new(), |mut map, (name, value): (_, HeaderValue)| {
                map.append(name, value);
                map
            });
            assert_eq!(challenge(&headers), expected, "{values:?}");
        }
    }
}
