//! Shards as they travel: zstd frames (<https://www.rfc-editor.org/rfc/rfc8878>), whole or against an older shard.
//!
//! Owns levels, windows, and that nothing inflates to more than was said.

use std::io::{self, Read, Write};

use data_encoding::HEXLOWER;
use zstd::stream::read::Decoder;
use zstd::stream::write::Encoder;

/// Shards are compressed within: a higher level takes far more time and memory, and gains nothing.
const LEVEL: i32 = 3;
/// Of deltas: what a higher one gains is small where nearly everything is found in the older shard.
const DELTA_LEVEL: i32 = 12;
/// Distance that matches of a whole shard may have, as a power of two: so much memory a reader needs.
const WINDOW: u32 = 25;
/// The same for a delta, whose matches lie in the older shard: together they may have this many bytes.
const DELTA_WINDOW: u32 = 27;

/// Compresses a shard.
pub fn compress(shard: &[u8]) -> io::Result<Vec<u8>> {
    write(shard, Encoder::new(Vec::new(), LEVEL)?, WINDOW)
}

/// What makes `new` of `old`; none when they are too large for it.
pub fn delta(old: &[u8], new: &[u8]) -> io::Result<Option<Vec<u8>>> {
    let together = old.len().saturating_add(new.len());
    if together > 1 << DELTA_WINDOW {
        return Ok(None);
    }
    // The window reaches over all of both.
    let window = together.next_power_of_two().trailing_zeros().clamp(10, DELTA_WINDOW);
    write(new, Encoder::with_ref_prefix(Vec::new(), DELTA_LEVEL, old)?, window).map(Some)
}

fn write(shard: &[u8], mut encoder: Encoder<'_, Vec<u8>>, window: u32) -> io::Result<Vec<u8>> {
    // Told before: small shards then take small tables.
    encoder.set_pledged_src_size(Some(shard.len() as u64))?;
    encoder.long_distance_matching(true)?;
    encoder.window_log(window)?;
    encoder.write_all(shard)?;
    encoder.finish()
}

/// Writes what a blob inflates to and gives its BLAKE3, as `blake3:…`. `old` is the older shard of a delta.
///
/// # Errors
/// When it is no frame, or anything but `size` bytes come of it.
pub fn inflate(blob: impl Read, old: Option<&[u8]>, size: u64, to: &mut dyn Write) -> io::Result<String> {
    let blob = io::BufReader::new(blob);
    let mut decoder = match old {
        Some(old) => Decoder::with_ref_prefix(blob, old)?,
        None => Decoder::with_buffer(blob)?,
    };
    decoder.window_log_max(DELTA_WINDOW)?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 1 << 16];
    let mut left = size;
    loop {
        let read = match decoder.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        let piece = buffer.get(..read).unwrap_or_default();
        if piece.is_empty() {
            break;
        }
        left = left.checked_sub(read as u64).ok_or_else(|| wrong(format!("it inflates to more than {size} bytes")))?;
        hasher.update(piece);
        to.write_all(piece)?;
    }
    if left > 0 { Err(wrong(format!("it ends {left} bytes before {size}"))) } else { Ok(digest(&hasher)) }
}

/// BLAKE3 of these bytes, as `blake3:…`.
pub fn content(bytes: &[u8]) -> String {
    digest(blake3::Hasher::new().update(bytes))
}

fn digest(hasher: &blake3::Hasher) -> String {
    format!("blake3:{}", hasher.finalize().to_hex())
}

fn wrong(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// SHA-256 of a stream, as `sha256:…`, and its length.
///
/// # Errors
/// When it cannot be read.
pub fn sha256(mut bytes: impl Read) -> io::Result<(String, u64)> {
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    let mut buffer = vec![0; 1 << 16];
    let mut length = 0_u64;
    loop {
        let read = bytes.read(&mut buffer)?;
        let piece = buffer.get(..read).unwrap_or_default();
        if piece.is_empty() {
            let hex = HEXLOWER.encode(context.finish().as_ref());
            return Ok((format!("sha256:{hex}"), length));
        }
        context.update(piece);
        length = length.saturating_add(read as u64);
    }
}
