//! One document over HTTP.
//!
//! Owns the conversation: ask whether it changed, take it, and when the connection breaks, take the rest of the same
//! version (<https://www.rfc-editor.org/rfc/rfc9110#name-range-requests>). The body is stored as it comes, so that its
//! declared length can be checked and a range of it means something; a content encoding is undone when it is whole.

use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant, SystemTime};

use reqwest::StatusCode;
use reqwest::blocking::Response;
use reqwest::header::{self, HeaderMap, HeaderName};
use url::Url;

use super::{Address, Failure, Fetched, Report, Settings, patience, spend};
use crate::database::Stamp;

pub use reqwest::blocking::Client;

/// Redirects that are followed; publishers use one.
const REDIRECTS: usize = 5;

/// Under what terms a document is taken.
pub struct Terms<'a> {
    pub settings: &'a Settings,
    pub budget: &'a AtomicU64,
    /// Bytes that it may have.
    pub limit: u64,
    pub report: Report<'a>,
}

/// A client that trusts the system's certificates and these. Proxies come from the usual variables.
pub fn client(settings: &Settings) -> Result<Client, String> {
    // Another part of the process may have chosen before us, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .user_agent(concat!("plimsoll/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::custom(redirect))
        // Decoding in flight would hide how many bytes came, and of what.
        .gzip(false)
        // Of each wait, not of the whole document: a blocking client counts anew with each piece of the body.
        .timeout(settings.patience.idle)
        .connect_timeout(settings.patience.idle);
    for path in &settings.ca_files {
        let certificates = certificates(path).map_err(|reason| format!("{}: {reason}", path.display()))?;
        builder = builder.tls_certs_merge(certificates);
    }
    builder.build().map_err(|error| reasons(&error))
}

fn certificates(path: &Path) -> Result<Vec<reqwest::Certificate>, String> {
    let pem = std::fs::read(path).map_err(|error| error.to_string())?;
    let certificates = reqwest::Certificate::from_pem_bundle(&pem).map_err(|error| reasons(&error))?;
    if certificates.is_empty() { Err("it holds no certificate in PEM form".into()) } else { Ok(certificates) }
}

/// A few, and never from HTTPS to HTTP.
fn redirect(attempt: reqwest::redirect::Attempt<'_>) -> reqwest::redirect::Action {
    let was_safe = attempt.previous().last().is_some_and(|url| url.scheme() == "https");
    if attempt.previous().len() > REDIRECTS {
        attempt.error("too many redirects")
    } else if was_safe && attempt.url().scheme() != "https" {
        attempt.error("redirected from https to http")
    } else {
        attempt.follow()
    }
}

/// Takes the document at `url`, unless it still is what `known` stands for.
pub fn fetch(client: &Client, url: &Url, known: Option<&Stamp>, terms: &Terms<'_>) -> Result<Fetched, Failure> {
    let patience = terms.settings.patience;
    let started = Instant::now();
    let mut part = Part::new(&terms.settings.scratch)?;
    let mut failed = 0_u32;
    loop {
        let before = part.length;
        let trouble = match attempt(client, url, known, terms, &mut part, started) {
            Ok(Some(Answer::Unchanged)) => return Ok(Fetched::Unchanged),
            Ok(Some(Answer::Whole)) => return part.finish(url, terms.limit),
            Ok(None) => Trouble::Passing { reason: part.cut(), wish: None },
            Err(trouble) => trouble,
        };
        let (reason, wish) = match trouble {
            Trouble::Lasting(failure) => return Err(failure),
            Trouble::Passing { reason, wish } => (reason, wish),
        };
        failed = if part.length > before { 1 } else { failed.saturating_add(1) };
        match patience.wait(failed, wish, chance()) {
            Ok(Some(wait)) if started.elapsed().saturating_add(wait) < patience.deadline => std::thread::sleep(wait),
            Ok(Some(_)) => return Err(Failure::Slow { after: patience.deadline }),
            Ok(None) => return Err(reason),
            Err(after) => return Err(Failure::Busy { after }),
        }
    }
}

enum Answer {
    Unchanged,
    Whole,
}

enum Trouble {
    /// Trying again cannot help.
    Lasting(Failure),
    /// It may; the server may have said when.
    Passing { reason: Failure, wish: Option<Duration> },
}

impl<E: Into<Failure>> From<E> for Trouble {
    fn from(failure: E) -> Self {
        Self::Lasting(failure.into())
    }
}

fn passing(error: &dyn std::error::Error) -> Trouble {
    Trouble::Passing { reason: Failure::Connection { reason: reasons(error) }, wish: None }
}

/// One request and its body. None: the body ended before it was whole.
fn attempt(
    client: &Client,
    url: &Url,
    known: Option<&Stamp>,
    terms: &Terms<'_>,
    part: &mut Part,
    started: Instant,
) -> Result<Option<Answer>, Trouble> {
    let mut request = client.get(url.clone()).header(header::ACCEPT_ENCODING, "gzip");
    for (name, value) in part.conditions(known) {
        request = request.header(name, value);
    }
    let response = match request.send() {
        Ok(response) => response,
        Err(error) if error.is_redirect() => {
            return Err(Failure::Connection { reason: reasons(&error.without_url()) }.into());
        }
        Err(error) => return Err(passing(&error.without_url())),
    };
    match response.status() {
        StatusCode::NOT_MODIFIED if known.is_some() && part.length == 0 => return Ok(Some(Answer::Unchanged)),
        StatusCode::PARTIAL_CONTENT if part.continues(response.headers()) => {}
        StatusCode::OK => part.restart(response.headers())?,
        // The server no longer has that version, or not that range: from the start.
        StatusCode::RANGE_NOT_SATISFIABLE | StatusCode::PARTIAL_CONTENT if part.length > 0 => {
            part.forget()?;
            return Ok(None);
        }
        status => return Err(refusal(status, response.headers())),
    }
    part.check_declared(terms)?;
    part.fill(response, terms, started)
}

/// What a status other than success means.
fn refusal(status: StatusCode, headers: &HeaderMap) -> Trouble {
    let failure = Failure::Status { status: status.as_u16() };
    // Too many requests, request timeout, and what servers and gateways say while they restart.
    if !matches!(status.as_u16(), 408 | 429 | 500 | 502..=504) {
        return failure.into();
    }
    let wish = text(headers, header::RETRY_AFTER);
    Trouble::Passing { reason: failure, wish: patience::retry_after(&wish, SystemTime::now()) }
}

/// What is there of a document.
struct Part {
    file: File,
    scratch: PathBuf,
    length: u64,
    /// What the whole of it will be, when the server said so.
    declared: Option<u64>,
    etag: String,
    last_modified: String,
    encoding: String,
}

impl Part {
    fn new(scratch: &Path) -> Result<Self, Failure> {
        Ok(Self {
            file: tempfile::tempfile_in(scratch)?,
            scratch: scratch.to_owned(),
            length: 0,
            declared: None,
            etag: String::new(),
            last_modified: String::new(),
            encoding: String::new(),
        })
    }

    /// The headers that make the server send only what is needed: nothing when nothing changed, the rest of what is
    /// half there. Weak tags do not promise equal bytes, so that nothing can be resumed by them.
    fn conditions(&self, known: Option<&Stamp>) -> Vec<(HeaderName, String)> {
        let strong = !self.etag.is_empty() && !self.etag.starts_with("W/");
        let version = if strong { &self.etag } else { &self.last_modified };
        if self.length > 0 && !version.is_empty() {
            return vec![(header::RANGE, format!("bytes={}-", self.length)), (header::IF_RANGE, version.clone())];
        }
        let known = known.into_iter().filter(|_| self.length == 0);
        let pairs = known.flat_map(|stamp| {
            [(header::IF_NONE_MATCH, stamp.etag.clone()), (header::IF_MODIFIED_SINCE, stamp.last_modified.clone())]
        });
        pairs.filter(|(_, value)| !value.is_empty()).collect()
    }

    /// Whether a partial answer goes on where this ends.
    fn continues(&self, headers: &HeaderMap) -> bool {
        let range = text(headers, header::CONTENT_RANGE);
        let start = range.strip_prefix("bytes ").and_then(|range| range.split_once('-'));
        let total = range.rsplit_once('/').and_then(|(_, total)| total.parse().ok());
        start.and_then(|(start, _)| start.parse().ok()) == Some(self.length)
            && (self.declared.is_none() || total.is_none() || total == self.declared)
            && text(headers, header::CONTENT_ENCODING) == self.encoding
    }

    /// Begins anew with what an answer says about the whole.
    fn restart(&mut self, headers: &HeaderMap) -> io::Result<()> {
        self.forget()?;
        self.declared = text(headers, header::CONTENT_LENGTH).parse().ok();
        self.etag = text(headers, header::ETAG);
        self.last_modified = text(headers, header::LAST_MODIFIED);
        self.encoding = text(headers, header::CONTENT_ENCODING).to_ascii_lowercase();
        Ok(())
    }

    fn forget(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        self.length = 0;
        self.declared = None;
        self.etag.clear();
        self.last_modified.clear();
        Ok(())
    }

    /// Refuses before the first byte what is too much by its own word.
    fn check_declared(&self, terms: &Terms<'_>) -> Result<(), Failure> {
        let Some(declared) = self.declared else { return Ok(()) };
        if declared > terms.limit {
            return Err(Failure::TooLarge { bytes: declared, limit: terms.limit });
        }
        let left = terms.budget.load(std::sync::atomic::Ordering::Relaxed);
        if declared.saturating_sub(self.length) > left { Err(Failure::Budget) } else { Ok(()) }
    }

    /// Stores the body as far as it comes.
    fn fill(&mut self, mut body: Response, terms: &Terms<'_>, started: Instant) -> Result<Option<Answer>, Trouble> {
        let mut buffer = vec![0; 1 << 16];
        (terms.report)(self.length, self.declared);
        loop {
            let read = match body.read(&mut buffer) {
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(passing(&error)),
            };
            let piece = buffer.get(..read).unwrap_or_default();
            if piece.is_empty() {
                let whole = self.declared.is_none_or(|declared| declared == self.length);
                return Ok(whole.then_some(Answer::Whole));
            }
            spend(terms.budget, piece.len() as u64)?;
            self.file.write_all(piece)?;
            self.length = self.length.saturating_add(piece.len() as u64);
            if self.length > terms.limit {
                return Err(Failure::TooLarge { bytes: self.length, limit: terms.limit }.into());
            }
            if started.elapsed() > terms.settings.patience.deadline {
                return Err(Failure::Slow { after: terms.settings.patience.deadline }.into());
            }
            (terms.report)(self.length, self.declared);
        }
    }

    fn cut(&self) -> Failure {
        Failure::Cut { got: self.length, declared: self.declared.unwrap_or_default() }
    }

    /// The whole document, decoded.
    fn finish(mut self, url: &Url, limit: u64) -> Result<Fetched, Failure> {
        self.file.rewind()?;
        match self.encoding.as_str() {
            "" | "identity" => {}
            "gzip" | "x-gzip" => self.file = gunzip(&self.file, &self.scratch, limit)?,
            other => return Err(Failure::Encoding(format!("{other:?} was not asked for"))),
        }
        let changed = jiff::fmt::rfc2822::parse(&self.last_modified).map(|time| time.timestamp().to_string());
        let stamp = Stamp {
            address: Address::Url(url.clone()).to_string(),
            etag: self.etag,
            last_modified: self.last_modified,
            date: changed.unwrap_or_default(),
            digest: super::digest(&mut self.file)?,
        };
        Ok(Fetched::Changed { file: self.file, stamp, bytes: self.length })
    }
}

/// The content of a gzip file, in a file of its own: parsers seek.
fn gunzip(stored: &File, scratch: &Path, limit: u64) -> Result<File, Failure> {
    let mut decoder = flate2::read::MultiGzDecoder::new(stored).take(limit.saturating_add(1));
    let mut plain = tempfile::tempfile_in(scratch)?;
    let bytes = io::copy(&mut decoder, &mut plain).map_err(|error| Failure::Encoding(error.to_string()))?;
    if bytes > limit {
        return Err(Failure::TooLarge { bytes, limit });
    }
    plain.rewind()?;
    Ok(plain)
}

fn text(headers: &HeaderMap, name: HeaderName) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().trim().to_owned()
}

/// An error and what caused it, without the address, which may hold secrets and is said elsewhere.
fn reasons(error: &dyn std::error::Error) -> String {
    let mut reasons = vec![error.to_string()];
    let mut source = error.source();
    while let Some(error) = source {
        let reason = error.to_string();
        if reasons.last() != Some(&reason) {
            reasons.push(reason);
        }
        source = error.source();
    }
    reasons.join(": ")
}

/// A number from 0 to 1 that differs between processes and calls: the keys of a hash map are random, which is all that
/// spreading needs.
fn chance() -> f64 {
    let random = RandomState::new().hash_one(0_u8);
    f64::from(u32::try_from(random >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}
