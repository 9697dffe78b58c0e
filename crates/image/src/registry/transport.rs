//! HTTP to registries: client set-up (TLS, proxies, time-outs), retries, and resumption's pauses. Owns what is a passing
//! failure and what is not; knows nothing of images or credentials.

use std::io::{self, Read};
use std::net::IpAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::blocking::{Client, RequestBuilder, Response};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Certificate, Identity, NoProxy, Proxy, StatusCode, Url, redirect};

use crate::{Environment, Error, Options, Retries, tls};

/// A client, and how patient it is.
#[derive(Debug)]
pub(crate) struct Transport {
    client: Client,
    retries: Retries,
    insecure: bool,
    document_timeout: Duration,
    /// How long to wait for the next bytes.
    pub stall: Duration,
}

/// Hosts that no proxy can reach for us.
const THIS_MACHINE: &str = "localhost,127.0.0.0/8,::1";

/// More redirects than any registry needs: one to the storage behind it.
const REDIRECTS: usize = 5;

impl Transport {
    /// Sets up TLS, proxies and time-outs.
    pub fn new(options: &Options) -> Result<Self, Error> {
        tls::choose_provider();
        let mut builder = Client::builder()
            .user_agent(concat!("plimsoll/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(options.timeouts.connect)
            .timeout(options.timeouts.stall)
            // Blobs are wanted as stored: an encoding that the server puts on top would break digests and ranges.
            .gzip(false)
            .redirect(redirect_policy(options.insecure))
            .tls_danger_accept_invalid_certs(options.insecure)
            .no_proxy();
        for proxy in proxies(&options.environment)? {
            builder = builder.proxy(proxy);
        }
        for path in &options.ca_files {
            let certificates = Certificate::from_pem_bundle(&read(path)?).map_err(|error| bad_pem(path, error))?;
            builder = builder.tls_certs_merge(certificates);
        }
        if let Some(path) = &options.client_certificate {
            builder = builder.identity(Identity::from_pem(&read(path)?).map_err(|error| bad_pem(path, error))?);
        }
        let client = builder.build().map_err(|error| {
            Error::new("cannot set up TLS").because(error).hint(
                "install the system's CA certificates (Debian: ca-certificates), or name a file with --ca-file or SSL_CERT_FILE",
            )
        })?;
        let timeouts = options.timeouts;
        Ok(Self {
            client,
            insecure: options.insecure,
            retries: options.retries,
            document_timeout: timeouts.document,
            stall: timeouts.stall,
        })
    }

    /// Whether plain HTTP to this place is acceptable.
    pub fn may_be_plain(&self, url: &Url) -> bool {
        may_be_plain(url, self.insecure)
    }

    /// Sends a request, again after passing failures, and gives back any answer that is not one.
    pub fn send(&self, request: &dyn Fn(&Client) -> RequestBuilder, host: &str) -> Result<Response, Error> {
        let mut attempt = 0;
        loop {
            let (error, wish) = match request(&self.client).send() {
                Ok(response) if !is_passing(response.status()) => return Ok(response),
                Ok(response) => {
                    (Error::new(format!("{host} answers {}", response.status())), retry_after(response.headers()))
                }
                Err(error) if is_lasting(&error) => return Err(unreachable(host, error)),
                Err(error) => (unreachable(host, error), None),
            };
            self.pause(&mut attempt, wish, error)?;
        }
    }

    /// Waits before attempt number `attempt`, which it raises; gives up with `error` when there were enough.
    pub fn pause(&self, attempt: &mut u32, wish: Option<Duration>, error: Error) -> Result<(), Error> {
        if *attempt >= self.retries.count {
            let attempts = attempt.saturating_add(1);
            return Err(if attempts > 1 {
                error.after([format!("{attempts} attempts, with pauses between them")])
            } else {
                error
            });
        }
        if let Some(wish) = wish.filter(|wish| *wish > self.retries.longest_pause) {
            return Err(error.after([format!("the server asks to wait {} s, which is too long", wish.as_secs())]));
        }
        std::thread::sleep(wish.unwrap_or_else(|| backoff(self.retries, *attempt)));
        *attempt = attempt.saturating_add(1);
        Ok(())
    }

    /// Whether a TLS server answers at this host. One whose certificate is bad, or that hangs up on us later, does.
    pub fn speaks_tls(&self, host: &str) -> bool {
        match self.client.get(format!("https://{host}/v2/")).send() {
            Err(error) if error.is_connect() && !error.is_timeout() => {
                tls_error(&error).is_some_and(|error| !matches!(error, rustls::Error::InvalidMessage(_)))
            }
            _ => true,
        }
    }

    /// Reads a document, `limit` bytes and a set time at most: a server must not hold us with a byte a minute.
    pub fn read_document(&self, response: Response, limit: u64, place: &str) -> Result<Vec<u8>, Error> {
        let deadline = Deadline { response, end: Instant::now().checked_add(self.document_timeout) };
        crate::spool::read_bounded(deadline, limit, place)
    }
}

struct Deadline {
    response: Response,
    end: Option<Instant>,
}

impl Read for Deadline {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.end.is_some_and(|end| Instant::now() > end) {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "the server is too slow"));
        }
        self.response.read(buffer)
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|error| Error::new(format!("cannot read {}", path.display())).because(error))
}

fn bad_pem(path: &Path, error: reqwest::Error) -> Error {
    Error::new(format!("no PEM certificate (with its key, for a client's) in {}", path.display())).because(error)
}

/// Follows to storage hosts, but never from HTTPS to plain HTTP.
fn redirect_policy(insecure: bool) -> redirect::Policy {
    redirect::Policy::custom(move |attempt| {
        let secure = attempt.previous().last().is_some_and(|url| url.scheme() == "https");
        if attempt.url().scheme() != "https" && (secure || !may_be_plain(attempt.url(), insecure)) {
            return attempt.error("redirected to plain http");
        }
        if attempt.previous().len() > REDIRECTS {
            return attempt.error("too many redirects");
        }
        attempt.follow()
    })
}

fn proxies(environment: &Environment) -> Result<Vec<Proxy>, Error> {
    let except = environment.first(&["no_proxy", "NO_PROXY"]).unwrap_or("");
    let except = NoProxy::from_string(&format!("{THIS_MACHINE},{except}"));
    let proxy = |names: &[&str], make: fn(String) -> reqwest::Result<Proxy>| {
        let url = environment.first(names)?.to_owned();
        // The value may hold a password, so the message does not quote it.
        let wrong = |_| Error::new(format!("not a proxy URL in {}", names.join(" or ")));
        Some(make(url).map_err(wrong).map(|proxy| proxy.no_proxy(except.clone())))
    };
    let https = proxy(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"], Proxy::https);
    let http = proxy(&["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"], Proxy::http);
    https.into_iter().chain(http).collect()
}

/// Whether plain HTTP to this place is acceptable: nobody else can listen, or the user allows it.
fn may_be_plain(url: &Url, insecure: bool) -> bool {
    url.scheme() == "http" && (insecure || url.host_str().is_some_and(is_loopback))
}

/// Whether the host part of an authority is this machine, where plain HTTP harms nobody.
pub(crate) fn is_loopback(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => host,
        _ => authority,
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn is_passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
}

/// Errors that another attempt would only repeat.
fn is_lasting(error: &reqwest::Error) -> bool {
    // reqwest hides the resolver's error type; an unknown host stays unknown.
    let unknown_host = || causes(error).any(|cause| cause.to_string().contains("dns error"));
    error.is_builder() || error.is_redirect() || tls_error(error).is_some() || unknown_host()
}

/// All causes of an error, also those that `std::io::Error` keeps from `source`.
fn causes<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(error.source(), |&error| {
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        }
    })
}

fn tls_error(error: &reqwest::Error) -> Option<&rustls::Error> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

fn unreachable(host: &str, error: reqwest::Error) -> Error {
    // URLs of storage hosts carry signatures, which are secrets.
    let error = error.without_url();
    let root = causes(&error).last().map_or_else(|| error.to_string(), ToString::to_string);
    let what = Error::new(format!("cannot reach {host}: {root}"));
    let hint = match tls_error(&error) {
        Some(rustls::Error::InvalidCertificate(_)) => {
            "trust the registry's certificate authority with --ca-file FILE, or use --insecure for a test registry"
        }
        // With TLS 1.3 a server hangs up only after the handshake when it wants a certificate and gets none.
        _ if error.is_redirect() => "the registry sends its clients where they must not go; tell who runs it",
        Some(rustls::Error::AlertReceived(_)) | None if !error.is_connect() && !error.is_timeout() => {
            "the registry hung up; it may want a client certificate (--client-certificate FILE)"
        }
        _ => "check the name, the network and the proxy variables (HTTPS_PROXY, NO_PROXY)",
    };
    what.because(error).hint(hint)
}

/// Doubles with each attempt, less up to half at random, so that many clients do not come back at once.
fn backoff(retries: Retries, attempt: u32) -> Duration {
    use std::hash::BuildHasher;
    let whole = retries.first_pause.saturating_mul(2_u32.saturating_pow(attempt)).min(retries.longest_pause);
    let random = std::hash::RandomState::new().hash_one(attempt) % 512;
    whole.mul_f64(1.0 - f64::from(u32::try_from(random).unwrap_or(0)) / 1024.0)
}

/// Retry-After in either form (<https://www.rfc-editor.org/rfc/rfc9110#field.retry-after>).
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let moment = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    Some(Duration::try_from(moment.duration_since(jiff::Timestamp::now())).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_recognised() {
        for (authority, expected) in [
            ("localhost", true),
            ("localhost:5000", true),
            ("127.0.0.1:5000", true),
            ("127.9.9.9", true),
            ("[::1]:5000", true),
            ("[::1]", true),
            ("localhost.evil.io", false),
            ("127.0.0.1.evil.io:80", false),
            ("10.0.0.1:5000", false),
            ("docker.io", false),
        ] {
            assert_eq!(is_loopback(authority), expected, "{authority}");
        }
    }

    #[test]
    fn pauses_grow_and_stay_bounded() {
        let retries =
            Retries { count: 9, first_pause: Duration::from_millis(100), longest_pause: Duration::from_millis(500) };
        for (attempt, longest) in [(0, 100), (1, 200), (2, 400), (3, 500), (40, 500)] {
            let pause = backoff(retries, attempt).as_millis();
            assert!(pause <= longest && pause * 2 >= longest, "attempt {attempt}: {pause} ms");
        }
    }

    #[test]
    fn retry_after_in_both_forms() {
        let of = |text: &str| retry_after(&HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]));
        assert_eq!(of("7"), Some(Duration::from_secs(7)));
        assert_eq!(of("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        assert!(of("Sat, 06 Nov 2094 08:49:37 GMT").is_some_and(|wait| wait > Duration::from_secs(1 << 30)));
        assert_eq!(of("soon"), None);
    }
}
