//! The members of a tar file, found once and then read by their offsets: the archive is never unpacked, so that no
//! name in it can lead anywhere. Owns compression of the whole archive (through a temporary file), links, limits.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use crate::spool::{Section, spool};
use crate::{Error, Options};

/// An archive whose members are known.
#[derive(Debug, Clone)]
pub(crate) struct Members {
    file: Arc<File>,
    place: String,
    members: Arc<BTreeMap<String, Member>>,
}

#[derive(Debug)]
enum Member {
    File {
        offset: u64,
        size: u64,
    },
    /// To another member, already resolved to its name.
    Link(String),
}

/// Bytes that headers, long names and PAX records of an archive may take together. Real image archives need a few KiB.
const HEADERS: u64 = 64 << 20;

/// Links that lead to links.
const LINK_DEPTH: usize = 8;

/// A compressed archive may unpack to this at any rate, and beyond it to [`RATIO`] times its size: image archives shrink
/// to a third or a tenth, bombs to a thousandth.
const UNPACKED: u64 = 1 << 30;
const RATIO: u64 = 100;

impl Members {
    /// Finds the members of `file`, which is plain or compressed; `place` names it for people.
    pub fn read(mut file: File, place: &str, options: &Options) -> Result<Self, Error> {
        let fail = |error| Error::new(format!("cannot read {place}")).because(error);
        let mut magic = Vec::new();
        (&mut file).take(6).read_to_end(&mut magic).map_err(fail)?;
        file.seek(SeekFrom::Start(0)).map_err(fail)?;
        let size = file.metadata().map_err(fail)?.len();
        let limit = options.limits.spool_size.min(size.saturating_mul(RATIO).max(UNPACKED));
        let file = match magic.as_slice() {
            [0x1f, 0x8b, ..] => spool(&mut flate2::read::MultiGzDecoder::new(file), limit, place, options)?,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => {
                let mut decoder = zstd::Decoder::new(file).map_err(fail)?;
                spool(&mut decoder, limit, place, options)?
            }
            [b'B', b'Z', b'h', ..] | [0xfd, b'7', b'z', b'X', b'Z', 0] => {
                return Err(Error::new(format!("compressed with bzip2 or xz: {place}"))
                    .hint("unpack it, or pack it with gzip or zstd, and scan that"));
            }
            _ => file,
        };
        Self::list(file, place, options.limits.archive_entries)
    }

    /// Walks over the headers of a plain tar.
    fn list(mut file: File, place: &str, limit: usize) -> Result<Self, Error> {
        // What the tar crate says of a bad header quotes its bytes, which may be anything: only the system's words pass.
        let fail = |error: io::Error| {
            let damaged = Error::new(format!("not a tar file, or a damaged one: {place}"))
                .hint("make it again with docker save, podman save or skopeo copy");
            if error.raw_os_error().is_some() { damaged.because(error) } else { damaged }
        };
        file.seek(SeekFrom::Start(0)).map_err(fail)?;
        let length = file.metadata().map_err(fail)?.len();
        let mut members = BTreeMap::new();
        let mut archive = tar::Archive::new(Headers { file: &file, budget: HEADERS });
        for entry in archive.entries_with_seek().map_err(fail)? {
            let entry = entry.map_err(fail)?;
            if members.len() >= limit {
                return Err(Error::new(format!("more than the {limit} members allowed: {place}")));
            }
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let (offset, size) = (entry.raw_file_position(), entry.size());
            if offset.checked_add(size).is_none_or(|end| end > length) {
                return Err(Error::new(format!("cut short in the midst of {name:?}: {place}"))
                    .hint("copy or make the archive again"));
            }
            let target = entry.link_name_bytes().map(|target| String::from_utf8_lossy(&target).into_owned());
            if let (Some(name), Some(member)) = (normalise("", &name), member(&entry, &name, target, offset, size)) {
                members.insert(name, member);
            }
        }
        Ok(Self { file: Arc::new(file), place: place.into(), members: Arc::new(members) })
    }

    /// Where this is, for people.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Whether there is such a member.
    pub fn contains(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The bytes of a member, links followed.
    pub fn open(&self, name: &str) -> Result<Section, Error> {
        let (offset, size) = self.find(name).ok_or_else(|| Error::new(format!("no {name:?} in {}", self.place)))?;
        Ok(Section::new(Arc::clone(&self.file), offset, size))
    }

    /// The stored size of a member, links followed.
    pub fn size(&self, name: &str) -> Option<u64> {
        self.find(name).map(|(_, size)| size)
    }

    fn find(&self, name: &str) -> Option<(u64, u64)> {
        let mut name = normalise("", name)?;
        for _ in 0..LINK_DEPTH {
            match self.members.get(&name)? {
                Member::File { offset, size } => return Some((*offset, *size)),
                Member::Link(target) => name.clone_from(target),
            }
        }
        None
    }
}

fn member<R: Read>(
    entry: &tar::Entry<'_, R>,
    name: &str,
    target: Option<String>,
    offset: u64,
    size: u64,
) -> Option<Member> {
    let kind = entry.header().entry_type();
    if kind.is_file() || kind.is_contiguous() {
        return Some(Member::File { offset, size });
    }
    let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
    match target {
        Some(target) if kind.is_symlink() && !target.starts_with('/') => normalise(folder, &target).map(Member::Link),
        Some(target) if kind.is_hard_link() => normalise("", &target).map(Member::Link),
        _ => None,
    }
}

/// `name` as seen from `folder`, without `.` and `..`; none when it leaves the archive: such names are never found.
fn normalise(folder: &str, name: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(Path::new(name).to_str()?.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// What the walk over headers reads. A long name may claim any size and would be read into memory; the budget ends that.
struct Headers<'a> {
    file: &'a File,
    budget: u64,
}

impl Read for Headers<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.budget =
            self.budget.checked_sub(count as u64).ok_or_else(|| io::Error::other("too many bytes of headers"))?;
        Ok(count)
    }
}

impl Seek for Headers<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn names_stay_inside() {
        for (folder, name, meant) in [
            ("", "./a//b", Some("a/b")),
            ("x", "../a.tar", Some("a.tar")),
            ("x", "../../a.tar", None),
            ("", "../a", None),
            ("", "a/../../b", None),
            ("", "/etc/passwd", Some("etc/passwd")),
            ("", ".", None),
        ] {
            assert_eq!(normalise(folder, name).as_deref(), meant, "{name} in {folder}");
        }
    }
}
