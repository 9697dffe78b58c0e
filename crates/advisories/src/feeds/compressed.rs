//! Documents that are published compressed, and lists of files in one.
//!
//! Owns how far an input may grow when it is unpacked. Refuses to know what is in it.

use std::io::{self, BufReader, Read, SeekFrom};

use super::{Error, Input};

/// Bytes of one unpacked document. The largest in use, all of Red Hat's statements, has about 6 GB.
const TOTAL: u64 = 16 << 30;

/// By how much a document may grow. Statements about hundreds of products shrink to a sixtieth; what shrinks to far less
/// is made for harm.
const RATIO: u64 = 250;

/// A document of a few kilobytes may exceed the ratio by repetition alone.
const SMALL: u64 = 64 << 20;

/// Memory of the xz decoder; `xz -9` asks for 65 MiB of whoever unpacks.
const XZ_MEMORY: u64 = 80 << 20;

/// The window of zstd as a power of two: `zstd --ultra -22` writes 27.
const ZSTD_WINDOW: u32 = 27;

/// Bytes of one file in an archive: the largest statement of Red Hat has about 60 MB.
const FILE: u64 = 256 << 20;

/// Files of one archive.
const FILES: u64 = 4_000_000;

/// The plain content of a document, whatever it is compressed with: gzip, bzip2, xz, zstd, or nothing.
///
/// # Errors
/// When it cannot be read or is compressed beyond the limits; reading on fails when it grows beyond them.
pub fn open<'a>(input: &'a mut dyn Input) -> Result<Box<dyn Read + 'a>, Error> {
    let size = input.seek(SeekFrom::End(0))?;
    input.seek(SeekFrom::Start(0))?;
    let mut magic = Vec::with_capacity(6);
    input.take(6).read_to_end(&mut magic)?;
    input.seek(SeekFrom::Start(0))?;
    let stored = BufReader::with_capacity(1 << 16, input);
    let plain: Box<dyn Read + 'a> = match magic.as_slice() {
        [0x1f, 0x8b, ..] => Box::new(flate2::bufread::MultiGzDecoder::new(stored)),
        [b'B', b'Z', b'h', ..] => Box::new(bzip2::bufread::MultiBzDecoder::new(stored)),
        [0xfd, b'7', b'z', b'X', b'Z', 0] => {
            let stream = liblzma::stream::Stream::new_stream_decoder(XZ_MEMORY, liblzma::stream::CONCATENATED)
                .map_err(io::Error::other)?;
            Box::new(liblzma::bufread::XzDecoder::new_stream(stored, stream))
        }
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(stored)?;
            decoder.window_log_max(ZSTD_WINDOW)?;
            Box::new(decoder)
        }
        _ => Box::new(stored),
    };
    Ok(Box::new(Bounded { plain, left: size.saturating_mul(RATIO).clamp(SMALL, TOTAL) }))
}

/// Calls `visit` with name and content of every file of a tar archive, compressed or not.
///
/// # Errors
/// When the archive is none, is cut short, or exceeds the limits.
pub fn each_file(input: &mut dyn Input, visit: &mut dyn FnMut(&str, &[u8])) -> Result<(), Error> {
    let mut archive = tar::Archive::new(open(input)?);
    let mut content = Vec::new();
    let mut files = 0_u64;
    for entry in archive.entries()? {
        let entry = entry?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        files = files.saturating_add(1);
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if files > FILES || entry.size() > FILE {
            return Err(Error::TooLarge(format!("{name} is more, or has more, than any such archive needs")));
        }
        content.clear();
        let declared = entry.size();
        let mut entry = entry;
        if entry.read_to_end(&mut content)? as u64 != declared {
            return Err(Error::Incomplete(format!("{name} is cut short")));
        }
        visit(&name, &content);
    }
    if files == 0 {
        return Err(Error::Incomplete("an archive without files".into()));
    }
    // What follows the end of the archive is checked too: a compressed file that was cut there is not whole.
    io::copy(&mut archive.into_inner(), &mut io::sink())?;
    Ok(())
}

/// Fails when more comes than is allowed.
struct Bounded<R> {
    plain: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.plain.read(buffer)?;
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or_else(|| io::Error::other("over the limit: it holds too much for its size"))?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;

    fn plain(bytes: Vec<u8>) -> Result<Vec<u8>, String> {
        let mut input = Cursor::new(bytes);
        let mut plain = Vec::new();
        let mut reader = open(&mut input).map_err(|error| error.to_string())?;
        reader.read_to_end(&mut plain).map_err(|error| error.to_string())?;
        Ok(plain)
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn xz(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 6);
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn bzip2(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn every_compression_is_recognised_and_a_cut_one_is_refused() {
        let text = b"<oval_definitions/>".repeat(40);
        assert_eq!(plain(text.clone()).unwrap(), text);
        for packed in [gzip(&text), xz(&text), bzip2(&text), zstd::bulk::compress(&text, 3).unwrap()] {
            assert_eq!(plain(packed.clone()).unwrap(), text);
            assert!(plain(packed[..packed.len() - 3].to_vec()).is_err());
        }
    }

    #[test]
    fn a_bomb_is_refused() {
        let zeros = vec![0_u8; (SMALL as usize) + (1 << 20)];
        for packed in [gzip(&zeros), zstd::bulk::compress(&zeros, 3).unwrap(), bzip2(&zeros)] {
            assert!(packed.len() < 1 << 20);
            assert!(plain(packed).unwrap_err().contains("over the limit"));
        }
    }

    #[test]
    fn an_archive_that_is_cut_is_refused_wherever() {
        let mut builder = tar::Builder::new(Vec::new());
        for name in ["2024/a.json", "2025/b.json"] {
            let mut header = tar::Header::new_gnu();
            header.set_size(700);
            header.set_cksum();
            builder.append_data(&mut header, name, [b'x'; 700].as_slice()).unwrap();
        }
        let packed = gzip(&builder.into_inner().unwrap());
        let read = |bytes: &[u8]| {
            let mut names = Vec::new();
            each_file(&mut Cursor::new(bytes), &mut |name, content| names.push((name.to_owned(), content.len())))
                .map(|()| names)
        };
        assert_eq!(read(&packed).unwrap(), [("2024/a.json".into(), 700), ("2025/b.json".into(), 700)]);
        for length in 0..packed.len() {
            assert!(read(&packed[..length]).is_err(), "{length}");
        }
    }
}
