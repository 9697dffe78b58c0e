//! A layer that is a folder on disk: a root file system, or one layer of an overlay store. Never leaves the folder:
//! every part of a path is opened without following links. Does not decide what the layer hides; see [`crate::tree`].

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::path::Path;

use plimsoll_image::Whiteouts;
use plimsoll_model::{Content, GapReason, Wants};
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, Stat};

use crate::error::Problem;
use crate::index::{Builder, Mark, Tools, sift};
use crate::records::{Kind, Record};
use crate::spool::Parts;

/// Files of the kernel, which no package brought: procfs and sysfs, by their magic numbers in statfs(2).
const KERNEL_FILE_SYSTEMS: [i64; 2] = [0x9fa0, 0x6265_6572];

/// Walks a folder into an index.
pub fn index(root: &Path, whiteouts: Whiteouts, builder: &mut Builder<'_>, tools: &Tools<'_>) -> Result<(), Problem> {
    walk(root, whiteouts, tools, &mut |found| match found {
        Found::Gap { path, reason, message } => {
            builder.gap_at(path, reason, message);
            Ok(())
        }
        Found::Entry { record, folder, name } => {
            let (entry, mut wanted) = builder.push(record)?;
            if record.mode & 0o111 != 0
                && record.kind == Kind::File
                && let Some(value) = capability(folder, name)
            {
                builder.mark(entry, Mark::Capability(value));
            }
            if wanted.needs_head() {
                match head(folder, name) {
                    Ok(head) => builder.begin(entry, record, &mut wanted, &head),
                    Err(error) => builder.gap_at(&record.path, GapReason::Unreadable, unreadable(&error)),
                }
            }
            let sieve = builder.sieve(record);
            if wanted.is_nobody() && sieve.is_none() {
                return Ok(());
            }
            let _share = tools.budget.wait(record.size);
            let opened = open(folder, name, record.size, tools);
            let sifted = opened.and_then(|content| {
                let known = sieve.map_or(Ok(None), |sieve| sift(sieve, content.as_ref()))?;
                Ok((content, known))
            });
            match sifted {
                Ok((content, known)) => {
                    builder.known(entry, known);
                    builder.content(entry, &record.path, &wanted, content.as_ref())
                }
                Err(error) => {
                    builder.gap_at(&record.path, GapReason::Unreadable, unreadable(&error));
                    Ok(())
                }
            }
        }
    })
}

/// Reads the contents of some entries, by their numbers in the index. What cannot be read is left out.
pub fn contents(
    root: &Path,
    whiteouts: Whiteouts,
    entries: &BTreeSet<u32>,
    parts: &mut Parts,
    tools: &Tools<'_>,
) -> Result<(), Problem> {
    let mut number = 0_u32;
    walk(root, whiteouts, tools, &mut |entry| {
        let Found::Entry { record, folder, name } = entry else { return Ok(()) };
        if entries.contains(&number)
            && let Ok(content) = open(folder, name, record.size, tools)
        {
            copy(content.as_ref(), number, parts, tools)?;
        }
        number = number.saturating_add(1);
        Ok(())
    })
}

fn copy(content: &dyn Content, number: u32, parts: &mut Parts, tools: &Tools<'_>) -> Result<(), Problem> {
    let failed =
        |source| Problem::File { what: format!("writing a temporary file in {}", tools.temporary.display()), source };
    let mut buffer = vec![0; 64 << 10];
    let mut offset = 0;
    parts.write(number, &[]).map_err(failed)?;
    while offset < content.size() {
        let take = (content.size().saturating_sub(offset)).min(buffer.len() as u64);
        let piece = buffer.get_mut(..usize::try_from(take).unwrap_or(0)).unwrap_or_default();
        content.read_at(offset, piece).and_then(|()| parts.write(number, piece)).map_err(failed)?;
        offset = offset.saturating_add(take);
    }
    Ok(())
}

/// What the walk meets.
enum Found<'f> {
    Entry { record: &'f Record, folder: &'f OwnedFd, name: &'f [u8] },
    Gap { path: &'f [u8], reason: GapReason, message: String },
}

type Visit<'v> = dyn FnMut(Found<'_>) -> Result<(), Problem> + 'v;

struct Walk<'w> {
    root: OwnedFd,
    device: u64,
    whiteouts: Whiteouts,
    tools: &'w Tools<'w>,
    /// First path of each file that has several.
    linked: HashMap<(u64, u64), Vec<u8>>,
    /// Folders still to be read, the next one last.
    pending: Vec<Vec<u8>>,
    record: Record,
}

fn walk(root: &Path, whiteouts: Whiteouts, tools: &Tools<'_>, visit: &mut Visit<'_>) -> Result<(), Problem> {
    let failed = |error: rustix::io::Errno| Problem::File {
        what: format!("opening the folder {}", root.display()),
        source: error.into(),
    };
    // The root itself may be reached through a link: that is the user's word, not the image's.
    let opened =
        rustix::fs::open(root, OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).map_err(failed)?;
    let stat = rustix::fs::fstat(&opened).map_err(failed)?;
    let mut walk = Walk {
        root: opened,
        device: stat.st_dev,
        whiteouts,
        tools,
        linked: HashMap::new(),
        pending: vec![Vec::new()],
        record: Record::default(),
    };
    walk.describe(&stat, Vec::new());
    visit(Found::Entry { record: &walk.record, folder: &walk.root, name: b"." })?;
    while let Some(path) = walk.pending.pop() {
        if let Err(error) = walk.folder(&path, visit)? {
            visit(Found::Gap { path: &path, reason: GapReason::Unreadable, message: unreadable(&error.into()) })?;
        }
    }
    Ok(())
}

impl Walk<'_> {
    fn folder(&mut self, path: &[u8], visit: &mut Visit<'_>) -> Result<Result<(), rustix::io::Errno>, Problem> {
        let (folder, mut names) = match self.open(path).and_then(|folder| names(&folder).map(|names| (folder, names))) {
            Ok(found) => found,
            Err(error) => return Ok(Err(error)),
        };
        if self.is_kernel(&folder) {
            return Ok(Ok(()));
        }
        if self.is_opaque(&folder) {
            self.record = Record { path: path.to_vec(), kind: Kind::Opaque, ..Record::default() };
            visit(Found::Entry { record: &self.record, folder: &folder, name: b"." })?;
        }
        names.sort_unstable();
        let first = self.pending.len();
        for name in &names {
            let mut entry = path.to_vec();
            if !entry.is_empty() {
                entry.push(b'/');
            }
            entry.extend_from_slice(name);
            match rustix::fs::statat(&folder, name.as_slice(), AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => self.entry(&folder, name, &stat, entry, visit)?,
                Err(error) => {
                    let message = unreadable(&error.into());
                    visit(Found::Gap { path: &entry, reason: GapReason::Unreadable, message })?;
                }
            }
        }
        // The last one is read next: the order of the walk is that of the names.
        self.pending.get_mut(first..).unwrap_or_default().reverse();
        Ok(Ok(()))
    }

    fn entry(
        &mut self,
        folder: &OwnedFd,
        name: &[u8],
        stat: &Stat,
        path: Vec<u8>,
        visit: &mut Visit<'_>,
    ) -> Result<(), Problem> {
        let limits = self.tools.limits;
        if path.len() > limits.path || path.split(|&byte| byte == b'/').count() > limits.depth {
            let message = "it was passed over: its path is longer or deeper than any system opens".into();
            return visit(Found::Gap { path: &path, reason: GapReason::TooLarge, message });
        }
        self.describe(stat, path);
        if self.record.kind == Kind::Link {
            match rustix::fs::readlinkat(folder, name, Vec::new()) {
                Ok(target) => self.record.link = target.into_bytes(),
                Err(error) => {
                    let message = unreadable(&error.into());
                    return visit(Found::Gap { path: &self.record.path, reason: GapReason::Unreadable, message });
                }
            }
        }
        if self.record.kind == Kind::Folder {
            self.pending.push(self.record.path.clone());
        }
        visit(Found::Entry { record: &self.record, folder, name })
    }

    fn describe(&mut self, stat: &Stat, path: Vec<u8>) {
        let (major, minor) = (rustix::fs::major(stat.st_rdev), rustix::fs::minor(stat.st_rdev));
        let kind = match FileType::from_raw_mode(stat.st_mode) {
            FileType::Directory => Kind::Folder,
            FileType::Symlink => Kind::Link,
            // <https://docs.kernel.org/filesystems/overlayfs.html#whiteouts-and-opaque-directories>
            FileType::CharacterDevice if self.whiteouts == Whiteouts::Overlay && (major, minor) == (0, 0) => {
                Kind::Whiteout
            }
            FileType::CharacterDevice => Kind::CharacterDevice,
            FileType::BlockDevice => Kind::BlockDevice,
            FileType::Fifo => Kind::Pipe,
            FileType::Socket => Kind::Socket,
            _ => Kind::File,
        };
        self.record = Record {
            path,
            kind,
            mode: u16::try_from(stat.st_mode & 0o7777).unwrap_or(0),
            uid: stat.st_uid,
            gid: stat.st_gid,
            size: match kind {
                Kind::File => u64::try_from(stat.st_size).unwrap_or(0),
                Kind::CharacterDevice | Kind::BlockDevice => u64::from(major) << 32 | u64::from(minor),
                _ => 0,
            },
            link: Vec::new(),
        };
        if kind == Kind::Whiteout {
            self.record.mode = 0;
        }
        if kind == Kind::File && stat.st_nlink > 1 {
            match self.linked.entry((stat.st_dev, stat.st_ino)) {
                std::collections::hash_map::Entry::Occupied(first) => {
                    self.record.kind = Kind::HardLink;
                    self.record.link.clone_from(first.get());
                }
                std::collections::hash_map::Entry::Vacant(vacant) => {
                    vacant.insert(self.record.path.clone());
                }
            }
        }
    }

    /// Opens a folder part by part, so that none of them can be a link that leads away.
    fn open(&self, path: &[u8]) -> rustix::io::Result<OwnedFd> {
        let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut folder = rustix::fs::openat(&self.root, ".", flags, Mode::empty())?;
        for part in path.split(|&byte| byte == b'/').filter(|part| !part.is_empty()) {
            folder = rustix::fs::openat(&folder, part, flags, Mode::empty())?;
        }
        Ok(folder)
    }

    fn is_kernel(&self, folder: &OwnedFd) -> bool {
        let is_mounted = rustix::fs::fstat(folder).is_ok_and(|stat| stat.st_dev != self.device);
        is_mounted && rustix::fs::fstatfs(folder).is_ok_and(|stat| KERNEL_FILE_SYSTEMS.contains(&stat.f_type))
    }

    fn is_opaque(&self, folder: &OwnedFd) -> bool {
        self.whiteouts == Whiteouts::Overlay
            && ["trusted.overlay.opaque", "user.overlay.opaque"].into_iter().any(|name| {
                let mut value = [0_u8; 8];
                // No such attribute, or no right to see it: nothing says that it is opaque.
                rustix::fs::fgetxattr(folder, name, &mut value[..])
                    .is_ok_and(|length| value.get(..length) == Some(b"y"))
            })
    }
}

fn names(folder: &OwnedFd) -> rustix::io::Result<Vec<Vec<u8>>> {
    let mut names = Vec::new();
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if name != b"." && name != b".." {
            names.push(name.to_vec());
        }
    }
    Ok(names)
}

/// The extended attribute in which Linux keeps what a program may do beyond its user's rights. None also where it may not
/// be seen.
fn capability(folder: &OwnedFd, name: &[u8]) -> Option<Vec<u8>> {
    let file = open_file(folder, name).ok()?;
    let mut value = [0_u8; 64];
    let length = rustix::fs::fgetxattr(&file, "security.capability", &mut value[..]).ok()?;
    value.get(..length).map(<[u8]>::to_vec)
}

/// What a file begins with.
fn head(folder: &OwnedFd, name: &[u8]) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(Wants::LONGEST_START);
    open_file(folder, name)?.take(Wants::LONGEST_START as u64).read_to_end(&mut head)?;
    Ok(head)
}

fn open_file(folder: &OwnedFd, name: &[u8]) -> io::Result<File> {
    // Without NONBLOCK, a pipe put in the file's place would hold the scan.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::openat(folder, name, flags, Mode::empty())?);
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is no file any more")) }
}

fn open(folder: &OwnedFd, name: &[u8], size: u64, tools: &Tools<'_>) -> io::Result<Box<dyn Content>> {
    let mut file = open_file(folder, name)?;
    if size > tools.limits.memory {
        return Ok(Box::new(OnDisk { file, size }));
    }
    let mut bytes = Vec::new();
    file.by_ref().take(size).read_to_end(&mut bytes)?;
    Ok(Box::new(bytes))
}

struct OnDisk {
    file: File,
    size: u64,
}

impl Content for OnDisk {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.file.read_exact_at(buffer, offset)
    }

    fn bytes(&self) -> Option<&[u8]> {
        None
    }
}

fn unreadable(error: &io::Error) -> String {
    format!("it cannot be read: {error}; scan with the rights of its owner")
}
