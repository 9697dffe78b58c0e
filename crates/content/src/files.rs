//! Which paths are worth telling to the checks, and in which words.
//!
//! The names are a table of their own ([`NAMES`]). Goes by path, kind, mode, owner and size alone, for it is asked about every entry of every
//! scan, cached or not; what a file holds is for the readers, and whether it is wrong for the checks.

mod names;

use std::sync::LazyLock;

use memchr::{memchr, memmem, memrchr};
use rustc_hash::FxHashMap;

pub use names::{By, NAMES, PROGRAM_FOLDERS, Row};

/// What is known of one entry of the tree without opening it.
#[derive(Debug, Clone, Copy)]
pub struct Notable<'a> {
    /// Relative to the root, no leading slash.
    pub path: &'a [u8],
    /// `f` file, `d` folder, `l` link, `c` and `b` device, `p` pipe, `s` socket, `w` whiteout.
    pub kind: char,
    /// Permissions with the setuid, setgid and sticky bits.
    pub mode: u16,
    /// User id of the owner.
    pub uid: u32,
    /// Group id of the owner.
    pub gid: u32,
    /// Bytes.
    pub size: u64,
}

/// Topics of files that programs find by their names: a link there does what the file does that it leads to.
const ASKED_FOR: &[&str] =
    &["account-file", "authorized-keys", "credential-name", "history", "host-key", "host-trust", "preload"];

/// Samples that are meant to be copied and filled in: they hold no values.
const SAMPLES: &[&[u8]] = &[b"example", b"sample", b"template", b"dist", b"defaults", b"schema"];

/// Where the distribution keeps public certificates under names that are else private keys'.
const PUBLIC_CERTIFICATES: &[&[u8]] =
    &[b"etc/ssl/certs/", b"etc/pki/ca-trust/", b"etc/pki/tls/cert", b"etc/ssl/cert.pem", b"usr/share/ca-certificates/"];

/// Scratch folders, where no program has its place.
const SCRATCH: &[&[u8]] = &[b"tmp/", b"var/tmp/", b"dev/shm/"];

/// Hidden folders in which tools keep programs as a rule; one in another is worth a look.
const HOMES_OF_TOOLS: &[&[u8]] = &[
    b".asdf",
    b".bin",
    b".build-id",
    b".bun",
    b".cache",
    b".cargo",
    b".deno",
    b".dotnet",
    b".gem",
    b".git",
    b".github",
    b".hg",
    b".hooks",
    b".husky",
    b".jenv",
    b".local",
    b".npm",
    b".nvm",
    b".nuget",
    b".opam",
    b".pixi",
    b".pnpm",
    b".pyenv",
    b".rbenv",
    b".rustup",
    b".sdkman",
    b".store",
    b".svn",
    b".uv",
    b".venv",
    b".virtualenvs",
    b".volta",
    b".yarn",
];

/// Folders of the system's own programs and libraries.
const SYSTEM: &[&[u8]] = &[
    b"bin/",
    b"sbin/",
    b"lib/",
    b"lib32/",
    b"lib64/",
    b"libx32/",
    b"usr/bin/",
    b"usr/sbin/",
    b"usr/lib/",
    b"usr/lib32/",
    b"usr/lib64/",
    b"usr/libexec/",
    b"usr/libx32/",
];

/// Whether the checks would want to hear of this entry: whether it has [`topics`].
#[must_use]
pub fn is_notable(file: &Notable<'_>) -> bool {
    visit(file, &mut |_| true)
}

/// The words for an entry, sorted, each once.
#[must_use]
pub fn topics(file: &Notable<'_>) -> Vec<&'static str> {
    let mut topics = Vec::new();
    visit(file, &mut |topic| {
        topics.push(topic);
        false
    });
    topics.sort_unstable();
    topics.dedup();
    topics
}

/// The words for what lies under a name that programs ask for, whatever links lead from there; `size` is that of the file
/// that they lead to. Sorted, each once.
#[must_use]
pub fn asked_for(path: &[u8], size: u64) -> Vec<&'static str> {
    let name = base_name(path).1;
    let named = INDEX.names.get(name).into_iter().flatten().filter(|entry| is_tail(path, entry.text));
    let patterned = at(&INDEX.patterns, name).iter().filter(|entry| is_pattern(entry.text, name));
    let entries = named.chain(patterned).filter(|entry| size >= entry.least && ASKED_FOR.contains(&entry.topic));
    let mut topics: Vec<&str> = entries.map(|entry| entry.topic).collect();
    topics.sort_unstable();
    topics.dedup();
    topics
}

/// The whole paths among the names that programs ask for, without a slash in front.
pub fn asked_paths() -> impl Iterator<Item = &'static str> {
    let rows = NAMES.iter().filter(|row| row.by == By::Name && ASKED_FOR.contains(&row.topic));
    rows.flat_map(|row| row.names).filter_map(|name| name.strip_prefix('/'))
}

/// Tells each word until one is enough; whether it was.
fn visit(file: &Notable<'_>, tell: &mut impl FnMut(&'static str) -> bool) -> bool {
    match file.kind {
        'f' => visit_mode(file, tell) || visit_file(file, tell),
        'd' => visit_folder(file, tell),
        'l' | 's' => visit_program(file, tell),
        'c' | 'b' => tell("device"),
        _ => false,
    }
}

fn visit_mode(file: &Notable<'_>, tell: &mut impl FnMut(&'static str) -> bool) -> bool {
    (file.mode & 0o4000 != 0 && tell("setuid"))
        || (file.mode & 0o2000 != 0 && tell("setgid"))
        || (file.mode & 0o002 != 0 && tell("world-writable"))
        || (is_writable_by_others(file) && tell("system-writable"))
        || (file.mode & 0o111 != 0 && is_out_of_place(file.path) && tell("scratch-executable"))
}

/// The setgid bit of a folder only hands its group down, so it gets no word.
fn visit_folder(file: &Notable<'_>, tell: &mut impl FnMut(&'static str) -> bool) -> bool {
    let writable = file.mode & 0o1002 == 0o002;
    (writable && tell("world-writable"))
        || (file.mode & 0o1000 == 0 && is_writable_by_others(file) && tell("system-writable"))
        || INDEX.folders.get(base_name(file.path).1).is_some_and(|topic| tell(topic))
}

fn visit_program(file: &Notable<'_>, tell: &mut impl FnMut(&'static str) -> bool) -> bool {
    let (folder, name) = base_name(file.path);
    (INDEX.sockets.get(name).is_some_and(|topic| tell(topic)))
        || (file.kind == 'l' && program(folder, name).is_some_and(tell))
}

fn visit_file(file: &Notable<'_>, tell: &mut impl FnMut(&'static str) -> bool) -> bool {
    let (folder, name) = base_name(file.path);
    program(folder, name).is_some_and(&mut *tell)
        || INDEX.sockets.get(name).is_some_and(|topic| tell(topic))
        || INDEX.names.get(name).is_some_and(|entries| {
            entries.iter().any(|entry| file.size >= entry.least && is_tail(file.path, entry.text) && tell(entry.topic))
        })
        || visit_ending(file, name, tell)
        || visit_pattern(file, name, tell)
        || at(&INDEX.within, file.path)
            .iter()
            .any(|entry| file.size >= entry.least && file.path.starts_with(entry.text) && tell(entry.topic))
}

fn visit_ending(file: &Notable<'_>, name: &[u8], tell: &mut impl FnMut(&'static str) -> bool) -> bool {
    // A name that begins with its only dot has no ending.
    let Some(dot) = memrchr(b'.', name).filter(|dot| *dot > 0) else { return false };
    let Some(entry) = name.get(dot.saturating_add(1)..).and_then(|ending| INDEX.endings.get(ending)) else {
        return false;
    };
    let public = entry.topic == "credential-name"
        && (PUBLIC_CERTIFICATES.iter().any(|start| file.path.starts_with(start)) || name == b"cacert.pem");
    file.size >= entry.least && !public && tell(entry.topic)
}

fn visit_pattern(file: &Notable<'_>, name: &[u8], tell: &mut impl FnMut(&'static str) -> bool) -> bool {
    at(&INDEX.patterns, name).iter().any(|entry| {
        file.size >= entry.least && is_pattern(entry.text, name) && !is_sample(entry.topic, name) && tell(entry.topic)
    })
}

fn is_sample(topic: &str, name: &[u8]) -> bool {
    topic == "environment-file" && name.rsplit(|byte| *byte == b'.').any(|part| SAMPLES.contains(&part))
}

/// Whether a name is what a pattern with one `*` or `#` describes.
fn is_pattern(pattern: &[u8], name: &[u8]) -> bool {
    let Some(star) = pattern.iter().position(|byte| matches!(byte, b'*' | b'#')) else { return pattern == name };
    let (before, after) = pattern.split_at(star);
    let Some((wildcard, after)) = after.split_first() else { return false };
    let Some(middle) = name.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)) else { return false };
    *wildcard == b'*' || (!middle.is_empty() && middle.iter().all(u8::is_ascii_digit))
}

/// Whether a path ends in these parts: `/etc/passwd` is a whole path, `.kube/config` an end.
fn is_tail(path: &[u8], tail: &[u8]) -> bool {
    match tail.strip_prefix(b"/") {
        Some(whole) => path == whole,
        None => path.strip_suffix(tail).is_some_and(|before| before.is_empty() || before.ends_with(b"/")),
    }
}

/// Folder without the last slash, and name.
fn base_name(path: &[u8]) -> (&[u8], &[u8]) {
    match memrchr(b'/', path) {
        Some(slash) => {
            let (folder, name) = path.split_at(slash);
            (folder, name.get(1..).unwrap_or_default())
        }
        None => (&[], path),
    }
}

fn program(folder: &[u8], name: &[u8]) -> Option<&'static str> {
    if !PROGRAM_FOLDERS.iter().any(|last| folder.ends_with(last.as_bytes()) && is_tail(folder, last.as_bytes())) {
        return None;
    }
    let find = |name: &[u8]| INDEX.programs.get(name).copied();
    find(name).or_else(|| {
        let stem = without_version(name);
        if stem.len() < name.len()
            && let Some(topic) = find(stem)
        {
            return Some(topic);
        }
        // `x86_64-linux-gnu-gcc`: what stands behind the target.
        memmem::find(stem, b"-linux-")?;
        stem.rsplit(|byte| *byte == b'-').next().and_then(find).filter(|topic| *topic == "compiler")
    })
}

/// `gcc-12` → `gcc`, `clang-14.0` → `clang`.
fn without_version(name: &[u8]) -> &[u8] {
    let Some(dash) = memrchr(b'-', name) else { return name };
    let (stem, version) = name.split_at(dash);
    match version.get(1..) {
        Some(version) if !version.is_empty() && version.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.') => {
            stem
        }
        _ => name,
    }
}

/// Whether somebody other than root may change a program or library of the system.
fn is_writable_by_others(file: &Notable<'_>) -> bool {
    (file.uid != 0 || file.mode & 0o022 != 0)
        && matches!(file.path.first(), Some(b'b' | b's' | b'l' | b'u'))
        && SYSTEM.iter().any(|folder| file.path.starts_with(folder))
}

/// Whether the path is in a scratch folder, or in a hidden one that no known tool keeps programs in.
fn is_out_of_place(path: &[u8]) -> bool {
    if SCRATCH.iter().any(|folder| path.starts_with(folder)) {
        return true;
    }
    if memchr(b'.', path).is_none() {
        return false;
    }
    let (folder, _) = base_name(path);
    let mut hidden = folder.split(|byte| *byte == b'/').filter(|part| part.first() == Some(&b'.')).peekable();
    hidden.peek().is_some() && !hidden.any(|part| HOMES_OF_TOOLS.contains(&part))
}

#[derive(Clone, Copy, Default)]
struct Entry {
    topic: &'static str,
    least: u64,
    text: &'static [u8],
}

/// [`NAMES`], by what is looked up.
struct Index {
    names: Names<Vec<Entry>>,
    programs: Names<&'static str>,
    folders: Names<&'static str>,
    sockets: Names<&'static str>,
    endings: Names<Entry>,
    /// By the first byte.
    patterns: Vec<Vec<Entry>>,
    /// By the first byte.
    within: Vec<Vec<Entry>>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index {
        names: Names::new(),
        programs: Names::new(),
        folders: Names::new(),
        sockets: Names::new(),
        endings: Names::new(),
        patterns: vec![Vec::new(); 256],
        within: vec![Vec::new(); 256],
    };
    for row in NAMES {
        for name in row.names {
            index.add(row, name.as_bytes());
        }
    }
    index
});

impl Index {
    fn add(&mut self, row: &'static Row, text: &'static [u8]) {
        let entry = Entry { topic: row.topic, least: row.least, text };
        let first = usize::from(text.first().copied().unwrap_or_default());
        let by_first = match row.by {
            By::Name => return self.names.entry(base_name(text).1).push(entry),
            By::Program => return *self.programs.entry(text) = row.topic,
            By::Folder => return *self.folders.entry(text) = row.topic,
            By::Socket => return *self.sockets.entry(text) = row.topic,
            By::Ending => return *self.endings.entry(text) = entry,
            By::Pattern => self.patterns.get_mut(first),
            By::Within => self.within.get_mut(first),
        };
        if let Some(entries) = by_first {
            entries.push(entry);
        }
    }
}

/// The entries for what begins with this byte.
fn at<'a>(entries: &'a [Vec<Entry>], text: &[u8]) -> &'a [Entry] {
    text.first().and_then(|first| entries.get(usize::from(*first))).map_or(&[], Vec::as_slice)
}

/// A table of names, in which nearly every name that is not there is told by its first byte and its length.
struct Names<T> {
    /// For each first byte a bit for each length.
    shapes: [u64; 256],
    values: FxHashMap<&'static [u8], T>,
}

impl<T: Default> Names<T> {
    fn new() -> Self {
        Self { shapes: [0; 256], values: FxHashMap::default() }
    }

    fn shape(name: &[u8]) -> (usize, u64) {
        (usize::from(name.first().copied().unwrap_or_default()), 1 << name.len().min(63))
    }

    fn entry(&mut self, name: &'static [u8]) -> &mut T {
        let (first, length) = Self::shape(name);
        if let Some(lengths) = self.shapes.get_mut(first) {
            *lengths |= length;
        }
        self.values.entry(name).or_default()
    }

    fn get(&self, name: &[u8]) -> Option<&T> {
        let (first, length) = Self::shape(name);
        if self.shapes.get(first)? & length == 0 { None } else { self.values.get(name) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(path: &str, kind: char, mode: u16) -> Notable<'_> {
        Notable { path: path.as_bytes(), kind, mode, uid: 0, gid: 0, size: 100 }
    }

    fn words(path: &str, kind: char, mode: u16) -> Vec<&'static str> {
        let file = entry(path, kind, mode);
        let topics = topics(&file);
        assert_eq!(is_notable(&file), !topics.is_empty(), "{path}");
        topics
    }

    #[test]
    fn each_kind_of_entry_gets_its_words() {
        let cases: &[(&str, char, u16, &[&str])] = &[
            ("usr/bin/su", 'f', 0o4755, &["privilege-tool", "setuid"]),
            ("usr/bin/wall", 'f', 0o2755, &["setgid"]),
            ("srv/data", 'f', 0o666, &["world-writable"]),
            ("srv/share", 'd', 0o777, &["world-writable"]),
            ("tmp", 'd', 0o1777, &[]),
            ("srv/link", 'l', 0o777, &[]),
            ("dev/sda", 'b', 0o660, &["device"]),
            ("app/.git", 'd', 0o755, &["version-control"]),
            ("app/.git", 'f', 0o644, &[]),
            ("app/.git", 'w', 0o644, &[]),
            ("root/.bash_history", 'f', 0o600, &["history"]),
            ("home/a/.ssh/authorized_keys", 'f', 0o600, &["authorized-keys"]),
            ("etc/ssh/ssh_host_rsa_key", 'f', 0o600, &["host-key"]),
            ("etc/ssh/ssh_host_rsa_key.pub", 'f', 0o644, &[]),
            ("root/.docker/config.json", 'f', 0o600, &["credential-name"]),
            ("app/config.json", 'f', 0o600, &[]),
            ("app/server.key", 'f', 0o600, &["credential-name"]),
            ("etc/ssl/certs/ACCVRAIZ1.pem", 'f', 0o644, &[]),
            ("app/store.jks", 'f', 0o644, &["keystore"]),
            ("app/.env", 'f', 0o644, &["environment-file"]),
            ("app/.env.production", 'f', 0o644, &["environment-file"]),
            ("app/.env.example", 'f', 0o644, &[]),
            ("app/core.1234", 'f', 0o600, &["dump"]),
            ("app/core.js", 'f', 0o644, &[]),
            ("app/core", 'f', 0o644, &[]),
            ("app/Dockerfile.test", 'f', 0o644, &["developer-leftover"]),
            ("var/cache/apt/pkgcache.bin", 'f', 0o644, &["package-cache"]),
            ("var/log/dpkg.log", 'f', 0o644, &["log"]),
            ("tmp/x", 'f', 0o755, &["scratch-executable", "temporary"]),
            ("opt/.x/run", 'f', 0o755, &["scratch-executable"]),
            ("root/.cargo/bin/rg", 'f', 0o755, &[]),
            ("etc/ld.so.preload", 'f', 0o644, &["preload"]),
            ("run/docker.sock", 's', 0o660, &["engine-socket"]),
            ("bin/sh", 'l', 0o777, &["shell"]),
            ("usr/share/doc/sh", 'f', 0o644, &[]),
            ("usr/bin/x86_64-linux-gnu-gcc-12", 'f', 0o755, &["compiler"]),
            ("usr/bin/clang-14", 'l', 0o777, &["compiler"]),
            ("etc/passwd", 'f', 0o644, &["account-file"]),
            ("srv/etc/passwd", 'f', 0o644, &[]),
            ("usr/lib/libc.so.6", 'f', 0o775, &["system-writable"]),
            ("usr/share/x", 'f', 0o664, &[]),
        ];
        for (path, kind, mode, expected) in cases {
            assert_eq!(words(path, *kind, *mode), *expected, "{path}");
        }
    }

    #[test]
    fn every_name_of_the_table_is_found() {
        for row in NAMES {
            for name in row.names {
                let path = match row.by {
                    By::Program => format!("usr/bin/{name}"),
                    By::Name | By::Folder | By::Socket => name.trim_start_matches('/').to_owned(),
                    By::Pattern => name.replace(['*', '#'], "1"),
                    By::Ending => format!("app/x.{name}"),
                    By::Within => format!("{name}x"),
                };
                let kind = if row.by == By::Folder { 'd' } else { 'f' };
                let file = Notable { size: u64::MAX, ..entry(&path, kind, 0o644) };
                assert!(topics(&file).contains(&row.topic), "{path} is no {}", row.topic);
            }
        }
    }

    #[test]
    fn names_that_programs_ask_for_are_known_without_the_file() {
        let cases: &[(&str, u64, &[&str])] = &[
            ("etc/ld.so.preload", 0, &["preload"]),
            ("root/.ssh/authorized_keys", 0, &["authorized-keys"]),
            ("etc/ssh/ssh_host_rsa_key", 0, &["host-key"]),
            ("root/.bash_history", 0, &[]),
            ("root/.bash_history", 1, &["history"]),
            ("srv/etc/shadow", 9, &[]),
            ("app/.env", 9, &[]),
        ];
        for (path, size, expected) in cases {
            assert_eq!(asked_for(path.as_bytes(), *size), *expected, "{path}");
        }
        assert!(asked_paths().any(|path| path == "etc/hosts.equiv"));
    }

    #[test]
    fn owners_other_than_root_may_not_change_the_system() {
        let file = Notable { uid: 1000, ..entry("usr/bin/tool", 'f', 0o755) };
        assert_eq!(topics(&file), ["system-writable"]);
        assert!(!is_notable(&Notable { path: b"app/tool", ..file }));
    }

    #[test]
    fn an_empty_log_or_history_is_not_worth_a_word() {
        for path in ["var/log/btmp", "root/.bash_history", "tmp/x"] {
            assert!(!is_notable(&Notable { size: 0, ..entry(path, 'f', 0o644) }), "{path}");
        }
    }

    proptest! {
        #[test]
        fn any_entry_is_notable_when_it_has_words(
            path in proptest::collection::vec(prop_oneof![Just(b'/'), Just(b'.'), Just(b'-'), any::<u8>()], 0..40),
            kind in prop_oneof![Just('f'), Just('d'), Just('l'), Just('s'), Just('w'), any::<char>()],
            mode in 0_u16..0o7777,
        ) {
            let file = Notable { path: &path, kind, mode, uid: u32::from(mode) % 2, gid: 0, size: u64::from(mode) };
            prop_assert_eq!(is_notable(&file), !topics(&file).is_empty());
        }
    }
}
