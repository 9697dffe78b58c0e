//! Unpacking of a layer's stored bytes: gzip of many members, zstd of many frames, or nothing to unpack.
//!
//! The first bytes decide, not the media type: engines do the same, and media types in the wild are wrong. Two back
//! ends for gzip hide behind [`gzip`]: ISA-L with the feature `isal`, and pure Rust.

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use crate::blob::fill;
use crate::error::Problem;
use crate::limits::Limits;
use crate::pipe::{Input, Output};

/// Which code unpacks gzip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// Pure Rust, always there.
    ZlibRs,
    /// Intel's, faster.
    #[cfg(feature = "isal")]
    IsaL,
}

impl Backend {
    /// The fastest there is.
    pub const BEST: Self = {
        #[cfg(feature = "isal")]
        {
            Self::IsaL
        }
        #[cfg(not(feature = "isal"))]
        {
            Self::ZlibRs
        }
    };
}

/// What a stream is packed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Plain,
    Gzip,
    Zstd,
}

impl Format {
    /// Magic numbers of RFC 1952 section 2.3.1 and RFC 8878 sections 3.1.1 and 3.1.2 (zstd:chunked may start with a
    /// skippable frame).
    fn of(start: &[u8]) -> Self {
        match start {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            _ => Self::Plain,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Plain => "tar",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }
}

/// The compressed side, counting what was taken from it.
struct Counted {
    stored: Output,
    taken: Rc<Cell<u64>>,
}

impl BufRead for Counted {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.stored.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.stored.consume(amount);
        self.taken.set(self.stored.passed());
    }
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.stored.read(into)?;
        self.taken.set(self.stored.passed());
        Ok(read)
    }
}

/// Unpacks all of `stored` into `plain`.
pub fn stream(mut stored: Output, plain: &Input, backend: Backend, limits: &Limits) -> Result<(), Problem> {
    let start = stored.fill_buf().map_err(|error| damaged(Format::Plain, 0, 0, &error));
    let format = Format::of(start.inspect_err(|_| plain.fail(io::ErrorKind::InvalidData.into()))?);
    let taken = Rc::new(Cell::new(0));
    let counted = Counted { stored, taken: Rc::clone(&taken) };
    let mut decoder = match decoder(format, backend, counted, limits) {
        Ok(decoder) => decoder,
        Err(error) => {
            plain.fail(io::ErrorKind::InvalidData.into());
            return Err(damaged(format, 0, 0, &error));
        }
    };
    let mut unpacked = 0_u64;
    while let Some(mut buffer) = plain.buffer() {
        let read = fill(decoder.as_mut(), &mut buffer)
            .map_err(|error| damaged(format, taken.get(), unpacked, &error))
            .and_then(|read| bound(&mut unpacked, read, taken.get(), limits).map(|()| read))
            .inspect_err(|_| plain.fail(io::ErrorKind::InvalidData.into()))?;
        buffer.truncate(read);
        if read == 0 || !plain.send(buffer) {
            break;
        }
    }
    Ok(())
}

fn decoder(format: Format, backend: Backend, from: Counted, limits: &Limits) -> io::Result<Box<dyn Read>> {
    Ok(match format {
        Format::Plain => Box::new(from),
        Format::Gzip => gzip(backend, from),
        Format::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(from)?;
            decoder.window_log_max(limits.zstd_window)?;
            Box::new(decoder)
        }
    })
}

/// A decoder of all members of a gzip stream, as RFC 1952 section 2.2 asks. Bytes after the last member that are not
/// a member are an error.
fn gzip<R: BufRead + 'static>(backend: Backend, from: R) -> Box<dyn Read> {
    match backend {
        Backend::ZlibRs => Box::new(flate2::bufread::MultiGzDecoder::new(from)),
        #[cfg(feature = "isal")]
        Backend::IsaL => isal::decoder(from),
    }
}

#[cfg(feature = "isal")]
mod isal {
    //! ISA-L's decoder, kept from what it does not survive.

    use std::io::{self, Read};

    /// Input steps without a byte that the decoder may take in one call: it makes one for each member that begins in
    /// its buffer of 16 KiB, and a member has at least 18 bytes.
    const EMPTY_READS: u32 = 1024;

    /// The decoder holds a pointer into itself once it has read: it must stay where it is, in a box.
    pub fn decoder<R: Read + 'static>(from: R) -> Box<dyn Read> {
        let full = Full { from, empty: 0 };
        Box::new(Decoder(Box::new(::isal::read::Decoder::new(full, ::isal::Codec::Gzip))))
    }

    struct Decoder<R: Read>(Box<::isal::read::Decoder<Full<R>>>);

    impl<R: Read> Read for Decoder<R> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.0.get_ref_mut().empty = 0;
            self.0.read(into)
        }
    }

    /// Gives whole buffers, since the decoder takes a step without output for damage, and ends endless asking.
    struct Full<R> {
        from: R,
        empty: u32,
    }

    impl<R: Read> Read for Full<R> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let read = crate::blob::fill(&mut self.from, into)?;
            self.empty = if read == 0 { self.empty.saturating_add(1) } else { 0 };
            if self.empty > EMPTY_READS { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(read) }
        }
    }
}

fn bound(unpacked: &mut u64, read: usize, stored: u64, limits: &Limits) -> Result<(), Problem> {
    *unpacked = unpacked.saturating_add(read as u64);
    let by_ratio = stored.saturating_mul(limits.expansion).max(limits.expansion_floor);
    if *unpacked > limits.unpacked || *unpacked > by_ratio {
        return Err(Problem::TooLarge(format!(
            "it unpacks to more than {} bytes, out of {stored} stored ones; no such layer is read",
            limits.unpacked.min(by_ratio)
        )));
    }
    Ok(())
}

fn damaged(format: Format, stored: u64, unpacked: u64, error: &io::Error) -> Problem {
    let message = match error.kind() {
        io::ErrorKind::UnexpectedEof => "it ends too early".into(),
        _ => error.to_string(),
    };
    Problem::Inflate { format: format.name(), stored, unpacked, message }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn packed(plain: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn unpacked(backend: Backend, stored: &[u8]) -> io::Result<Vec<u8>> {
        let mut plain = Vec::new();
        // The buffer is odd in length, so that members and buffers end at different places.
        let source = io::BufReader::with_capacity(1009, io::Cursor::new(stored.to_vec()));
        let mut decoder = gzip(backend, source);
        let mut buffer = vec![0; 10_007];
        loop {
            let read = fill(decoder.as_mut(), &mut buffer)?;
            if read == 0 {
                return Ok(plain);
            }
            plain.extend_from_slice(&buffer[..read]);
        }
    }

    fn streams() -> Vec<Vec<u8>> {
        let text: Vec<u8> = (0..300_000_u32).flat_map(|number| (number / 7).to_le_bytes()).collect();
        let noise: Vec<u8> =
            (0..100_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24).to_le_bytes()[0]).collect();
        let (text, noise, empty) = (packed(&text), packed(&noise), packed(b""));
        let mut streams = vec![
            text.clone(),
            empty.clone(),
            [&text[..], &noise].concat(),
            [&empty[..], &text, &empty, &empty, &noise, &empty].concat(),
            packed(b"x").repeat(3000),
            [&text[..], b"garbage behind it"].concat(),
            [&text[..], &[0; 512]].concat(),
            [&text[..], &[0x1f]].concat(),
        ];
        for cut in [1, 5, 9, 12, 17, noise.len() / 2, noise.len() - 9, noise.len() - 4, noise.len() - 1] {
            streams.push(noise[..cut].to_vec());
            let mut flipped = noise.clone();
            flipped[cut] ^= 0x10;
            streams.push(flipped);
        }
        streams
    }

    #[test]
    fn many_members_and_damage() {
        let good = streams();
        assert_eq!(unpacked(Backend::ZlibRs, &good[3]).unwrap().len(), 1_300_000);
        assert_eq!(unpacked(Backend::ZlibRs, &good[4]).unwrap(), b"x".repeat(3000));
        for stored in &good[5..9] {
            assert!(unpacked(Backend::ZlibRs, stored).is_err());
        }
    }

    /// ISA-L may refuse what is valid, for then the other back end is asked; it must not take what is not.
    #[cfg(feature = "isal")]
    #[test]
    fn both_back_ends_agree() {
        for (number, stored) in streams().iter().enumerate() {
            let (expected, found) = (unpacked(Backend::ZlibRs, stored), unpacked(Backend::IsaL, stored));
            match (expected, found) {
                (Ok(expected), Ok(found)) => assert!(expected == found, "stream {number}"),
                (Err(_), Err(_)) => {}
                (Ok(_), Err(error)) => panic!("stream {number}: only ISA-L refuses it: {error}"),
                (Err(error), Ok(_)) => panic!("stream {number}: only ISA-L takes it: {error}"),
            }
        }
    }
}
