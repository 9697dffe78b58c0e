//! The stored bytes of a layer on their way in: counted, hashed, and compared with what the manifest promised.
//! Does not look at what they mean.

use std::io::{self, Read};

use plimsoll_model::Digest;
use ring::digest::{Context, SHA256, SHA512};

use crate::error::{Length, Problem};
use crate::pipe::Input;

/// What the manifest promises of a layer.
pub struct Promise<'a> {
    /// Digest of the stored bytes; without one nothing is checked here.
    pub digest: Option<&'a Digest>,
    /// Number of the stored bytes; only a promise together with a digest.
    pub size: u64,
}

/// Reads everything, passes it on and compares it with the promise. Goes on reading when nobody takes the bytes any
/// more: that they are the wrong ones explains best why they could not be used.
pub fn stream(
    mut source: Box<dyn Read + Send>,
    promise: &Promise<'_>,
    input: &Input,
    tell: &dyn Fn(u64) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut hash = promise.digest.map(hasher);
    let (mut offset, mut wanted) = (0_u64, true);
    let mut spare = Vec::new();
    loop {
        let mut buffer = if wanted { input.buffer() } else { None }.unwrap_or_else(|| {
            wanted = false;
            let mut buffer = std::mem::take(&mut spare);
            buffer.resize(64 << 10, 0);
            buffer
        });
        let read = match fill(source.as_mut(), &mut buffer) {
            Ok(read) => read,
            Err(source) => {
                input.fail(io::Error::from(source.kind()));
                return Err(Problem::Stored { offset, source });
            }
        };
        buffer.truncate(read);
        if read == 0 || (!wanted && hash.is_none()) {
            break;
        }
        offset = offset.saturating_add(read as u64);
        if promise.digest.is_some() && offset > promise.size {
            input.fail(io::ErrorKind::InvalidData.into());
            return Err(Problem::Size { expected: promise.size, found: Length::MoreThan(promise.size) });
        }
        if let Some(hash) = &mut hash {
            hash.update(&buffer);
        }
        tell(read as u64).inspect_err(|_| input.fail(io::ErrorKind::Interrupted.into()))?;
        if wanted {
            wanted = input.send(buffer);
        } else {
            spare = buffer;
        }
    }
    compare(promise, offset, hash)
}

fn compare(promise: &Promise<'_>, size: u64, hash: Option<Context>) -> Result<(), Problem> {
    let (Some(expected), Some(hash)) = (promise.digest, hash) else { return Ok(()) };
    if size != promise.size {
        return Err(Problem::Size { expected: promise.size, found: Length::Exactly(size) });
    }
    let found = text(expected, hash);
    if found == expected.as_str() { Ok(()) } else { Err(Problem::Digest { expected: expected.clone(), found }) }
}

/// A hash of the digest's algorithm.
pub fn hasher(digest: &Digest) -> Context {
    Context::new(if digest.algorithm() == "sha512" { &SHA512 } else { &SHA256 })
}

/// The finished hash, written as `like` is.
pub fn text(like: &Digest, hash: Context) -> String {
    let mut text = format!("{}:", like.algorithm());
    for byte in hash.finish().as_ref() {
        text.extend([byte >> 4, byte & 15].map(|half| char::from_digit(u32::from(half), 16).unwrap_or('0')));
    }
    text
}

/// Reads until the buffer is full or nothing more comes.
pub fn fill(source: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match source.read(rest) {
            Ok(0) => break,
            Ok(read) => filled = filled.saturating_add(read),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
