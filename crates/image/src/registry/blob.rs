//! Reading a blob from a registry as one stream that survives lost connections. Owns resuming with Range, and the
//! comparison of what the server says about length with what the manifest says; digests are checked by the reader.

use std::io::{self, Read};
use std::sync::Arc;
use std::time::{Duration, Instant};

use plimsoll_model::Digest;
use reqwest::blocking::Response;
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE};

use super::repository::Repository;
use crate::Error;

/// Progress after which earlier failures are forgiven: a server that breaks off after every byte is not.
const PROGRESS: u64 = 1 << 20;

/// Fewer bytes than this within the time-out for a stall are a stall as well: nobody may hold us with a byte a minute.
const TRICKLE: u64 = 16 << 10;

/// A blob's bytes from the start.
pub(super) struct Blob {
    repository: Arc<Repository>,
    digest: Digest,
    size: u64,
    position: u64,
    response: Response,
    attempt: u32,
    progress: u64,
    pace: Pace,
}

/// How long was waited for how much. Time that the reader takes for itself does not count.
#[derive(Default)]
struct Pace {
    waited: Duration,
    received: u64,
}

impl Pace {
    /// Whether the server only trickles.
    fn is_too_slow(&mut self, waited: Duration, received: u64, stall: Duration) -> bool {
        self.waited = self.waited.saturating_add(waited);
        self.received = self.received.saturating_add(received);
        if self.waited < stall {
            return false;
        }
        std::mem::take(self).received < TRICKLE
    }
}

impl Blob {
    /// Asks for the blob.
    pub fn open(repository: Arc<Repository>, digest: Digest, size: u64) -> Result<Self, Error> {
        let response = start(&repository, &digest, size, 0)?;
        Ok(Self { repository, digest, size, position: 0, response, attempt: 0, progress: 0, pace: Pace::default() })
    }

    fn place(&self) -> String {
        format!("layer {} from {}", self.digest, self.repository)
    }

    /// After a loss: waits, and asks for the rest.
    fn resume(&mut self, why: io::Error) -> Result<(), Error> {
        let (position, size) = (self.position, self.size);
        let lost = format!("the connection was lost after {position} of {size} bytes: {}", self.place());
        let why = match why.kind() {
            io::ErrorKind::TimedOut => "the server is too slow",
            _ => "the body ended early",
        };
        self.repository.transport.pause(&mut self.attempt, None, Error::new(lost).because(why))?;
        self.response = start(&self.repository, &self.digest, self.size, self.position)?;
        Ok(())
    }

    /// At the end: a server that goes on has sent something else than the manifest promised.
    fn finish(&mut self) -> io::Result<usize> {
        match self.response.read(&mut [0]) {
            Ok(1) => {
                let what =
                    format!("the server sends more than the {} bytes of the manifest: {}", self.size, self.place());
                Err(io::Error::other(Error::new(what)))
            }
            _ => Ok(0),
        }
    }
}

impl Read for Blob {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let remaining = self.size.saturating_sub(self.position);
        if remaining == 0 {
            return self.finish();
        }
        let most = usize::try_from(remaining).unwrap_or(usize::MAX).min(buffer.len());
        let Some(buffer) = buffer.get_mut(..most).filter(|buffer| !buffer.is_empty()) else { return Ok(0) };
        loop {
            let start = Instant::now();
            let result = self.response.read(buffer);
            let count = result.as_ref().map_or(0, |count| *count as u64);
            let slow = self.pace.is_too_slow(start.elapsed(), count, self.repository.transport.stall);
            let failure = match result {
                Ok(0) => io::Error::new(io::ErrorKind::UnexpectedEof, "the body ended early"),
                Ok(_) if slow => io::Error::new(io::ErrorKind::TimedOut, "the server is too slow"),
                Ok(count) => {
                    self.position = self.position.saturating_add(count as u64);
                    self.progress = self.progress.saturating_add(count as u64);
                    if self.progress >= PROGRESS {
                        (self.progress, self.attempt) = (0, 0);
                    }
                    return Ok(count);
                }
                Err(error) => error,
            };
            self.resume(failure).map_err(io::Error::other)?;
        }
    }
}

/// Asks for the bytes from `position` on. A server without ranges sends all again; what we have is then skipped.
fn start(repository: &Repository, digest: &Digest, size: u64, position: u64) -> Result<Response, Error> {
    let place = || format!("layer {digest} from {repository}");
    let mut response = repository.get(&format!("blobs/{digest}"), &[], position)?;
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    match response.status().as_u16() {
        200 => {
            let length = header(CONTENT_LENGTH).and_then(|value| value.parse().ok());
            if let Some(length) = length.filter(|length: &u64| *length != size) {
                return Err(Error::new(format!(
                    "the server offers {length} bytes where the manifest says {size}: {}",
                    place()
                )));
            }
            let skipped = io::copy(&mut (&mut response).take(position), &mut io::sink());
            if skipped.ok() != Some(position) {
                return Err(Error::new(format!("the connection was lost again before byte {position}: {}", place())));
            }
            Ok(response)
        }
        206 => {
            let range = header(CONTENT_RANGE).unwrap_or("");
            if position == 0 || !range.starts_with(&format!("bytes {position}-")) {
                return Err(Error::new(format!(
                    "the server sends another range than asked for: {range:?}: {}",
                    place()
                )));
            }
            Ok(response)
        }
        404 => Err(Error::new(format!("the registry does not have {}", place()))),
        _ => Err(repository.refusal(response)),
    }
}
