//! The rpm databases in `fixtures/packages/rpm` against what rpm says of them, and in all sorts of damage.
#![cfg(test)]
#![expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "fixtures are files, the oracle is a process")]

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use plimsoll_model::{Content, Dependency, Facts, File, Input, Malformed, Package};
use proptest::prelude::*;

struct Fixture {
    reader: &'static str,
    path: &'static str,
    log: Option<&'static str>,
    installed: &'static str,
    page: usize,
}

const fn fixture(reader: &'static str, page: usize, path: &'static str) -> Fixture {
    Fixture { reader, path, log: None, installed: "installed.txt", page }
}

const LOGGED: Fixture = Fixture {
    log: Some("sqlite-log/root/usr/lib/sysimage/rpm/rpmdb.sqlite-wal"),
    installed: "installed-after-log.txt",
    ..fixture("rpm/sqlite", 512, "sqlite-log/root/usr/lib/sysimage/rpm/rpmdb.sqlite")
};

const DATABASES: [Fixture; 5] = [
    fixture("rpm/sqlite", 4096, "sqlite/root/var/lib/rpm/rpmdb.sqlite"),
    LOGGED,
    fixture("rpm/ndb", 4096, "ndb/root/usr/lib/sysimage/rpm/Packages.db"),
    fixture("rpm/berkeley", 4096, "berkeley-little-endian/root/var/lib/rpm/Packages"),
    fixture("rpm/berkeley", 512, "berkeley-big-endian/root/var/lib/rpm/Packages"),
];

const MANIFEST: Fixture = fixture("rpm/manifest", 4096, "manifest/root/var/lib/rpmmanifest/container-manifest-2");

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/packages/rpm")
}

fn load(path: &str) -> Vec<u8> {
    let path = folder().join(path);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn load_lines(path: &str) -> BTreeSet<String> {
    String::from_utf8(load(path)).unwrap().lines().map(String::from).collect()
}

/// Bytes that are not in memory as far as a reader can see, and that count how many of them it asks for.
struct Spooled<'a> {
    bytes: &'a [u8],
    read: AtomicU64,
}

impl Content for Spooled<'_> {
    fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.read.fetch_add(buffer.len() as u64, Relaxed);
        self.bytes.read_at(offset, buffer)
    }

    fn bytes(&self) -> Option<&[u8]> {
        None
    }
}

/// Reads a database, and sees to it that the work stays in proportion to its size whatever it holds.
fn read(reader: &str, database: &[u8], log: Option<&[u8]>) -> Result<Facts, Malformed> {
    let spool = |bytes| Spooled { bytes, read: AtomicU64::new(0) };
    let (database, log) = (spool(database), log.map(spool));
    let with: Vec<_> = log.iter().map(|content| File { path: "var/lib/rpm/rpmdb.sqlite-wal", content }).collect();
    let input = Input { file: File { path: "var/lib/rpm/rpmdb", content: &database }, with: &with };
    let row = plimsoll_packages::readers().into_iter().find(|row| row.id == reader).unwrap();
    let facts = (row.read)(&input);
    let size = database.size() + log.as_ref().map_or(0, Spooled::size);
    let read = database.read.load(Relaxed) + log.map_or(0, |log| log.read.into_inner());
    assert!(read <= 3 * size + 10_000, "{read} bytes were read of {size}");
    facts
}

fn read_fixture(fixture: &Fixture) -> Facts {
    let log = fixture.log.map(load);
    read(fixture.reader, &load(fixture.path), log.as_deref()).unwrap()
}

/// A package as the query in `make-databases` prints it.
fn describe(package: &Package) -> String {
    let (name, version) = (&package.name, package.version.split_once(':').map_or(&*package.version, |(_, rest)| rest));
    let source = package.source.as_ref().map_or_else(
        || format!("{name}-{version}.src.rpm"),
        |source| format!("{}-{}.src.rpm", source.name, source.version),
    );
    let module = package.module.clone().unwrap_or_default();
    let Package { version, arch, maintainer, licence, .. } = package;
    [name, version, arch, &source, &module, maintainer, licence].map(String::as_str).join("\t")
}

fn describe_all(facts: &Facts) -> BTreeSet<String> {
    facts.packages.iter().map(describe).collect()
}

#[test]
fn packages_are_those_that_rpm_lists() {
    for fixture in &DATABASES {
        let facts = read_fixture(fixture);
        assert_eq!(describe_all(&facts), load_lines(fixture.installed), "{}", fixture.path);
        assert_eq!(facts.packages.len(), describe_all(&facts).len(), "{}", fixture.path);
        assert_eq!(facts.malformed, [""; 0], "{}", fixture.path);
    }
}

#[test]
fn files_are_those_that_rpm_lists() {
    let listed = load_lines("files.txt");
    let is_folder = |line: &String| listed.iter().any(|other| other.starts_with(&format!("{line}/")));
    let listed: BTreeSet<_> = listed.iter().filter(|line| !is_folder(line)).cloned().collect();
    for fixture in DATABASES.iter().filter(|fixture| fixture.log.is_none()) {
        let facts = read_fixture(fixture);
        let lines = facts.owned.iter().flat_map(|owned| {
            let name = owned.package.split(':').next().unwrap();
            owned.paths.lines().map(move |path| format!("{name}\t/{path}"))
        });
        assert_eq!(lines.collect::<BTreeSet<_>>(), listed, "{}", fixture.path);
    }
}

#[test]
fn dependencies_name_the_packages_that_provide_them() {
    for fixture in &DATABASES {
        let facts = read_fixture(fixture);
        let find = |name| facts.packages.iter().find(|package| package.name == name).unwrap();
        let needs = ["ballast", "ballast-libs"].map(Dependency::named);
        assert_eq!(find("anchor").depends_on, needs, "{}", fixture.path);
        assert_eq!(find("windlass").depends_on, [], "{}", fixture.path);
    }
}

#[test]
fn a_manifest_has_all_but_module_and_licence() {
    let facts = read_fixture(&MANIFEST);
    let without = |line: &String| {
        let columns: Vec<_> = line.split('\t').collect();
        [&columns[..4], &["", columns[5], ""]].concat().join("\t")
    };
    assert_eq!(describe_all(&facts), load_lines("installed.txt").iter().map(without).collect());
    assert_eq!(facts.malformed, [""; 0]);
}

#[test]
fn a_manifest_keeps_what_is_whole() {
    let line = "tdnf\t3.5.2-1.azl3\t1\t1\tMicrosoft Corporation\t(none)\t1\tx86_64\t0\ttdnf-3.5.2-1.azl3.src.rpm\n";
    let facts = read("rpm/manifest", format!("{line}tdnf\t3.5").as_bytes(), None).unwrap();
    assert_eq!(facts.packages.len(), 1);
    assert_eq!(facts.malformed.len(), 2, "{:?}", facts.malformed);
    let epoch = line.replace("\t0\t", "\t3\t");
    assert_eq!(read("rpm/manifest", epoch.as_bytes(), None).unwrap().packages[0].version, "3:3.5.2-1.azl3");
    assert!(read("rpm/manifest", b"<html>\n", None).is_err());
}

/// What rpm says today, not what it said when the fixtures were made.
#[test]
fn rpm_agrees() {
    const QUERY: &str = "%{NAME}\t%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\t%{ARCH}\t%{SOURCERPM}\t\
                         %|MODULARITYLABEL?{%{MODULARITYLABEL}}:{}|\t%{VENDOR}\t%{LICENSE}\n";
    for fixture in DATABASES.iter().filter(|fixture| fixture.reader == "rpm/sqlite") {
        let copy = tempfile::tempdir().unwrap();
        for path in [Some(fixture.path), fixture.log].into_iter().flatten() {
            std::fs::write(copy.path().join(Path::new(path).file_name().unwrap()), load(path)).unwrap();
        }
        let mut command = Command::new("rpm");
        command.args(["--define", "_db_backend sqlite", "-qa", "--qf", QUERY, "--dbpath"]).arg(copy.path());
        let output = command.output().unwrap_or_else(|error| panic!("cannot run rpm: {error}; install Debian's rpm"));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let listed = String::from_utf8(output.stdout).unwrap().lines().map(String::from).collect();
        assert_eq!(describe_all(&read_fixture(fixture)), listed, "{}", fixture.path);
    }
}

#[test]
fn without_its_log_a_database_is_what_it_was_before() {
    for log in [None, Some(&[][..]), Some(&load(LOGGED.log.unwrap())[..1000])] {
        let facts = read(LOGGED.reader, &load(LOGGED.path), log).unwrap();
        assert_eq!(describe_all(&facts), load_lines("installed.txt"));
        assert_eq!(facts.malformed, [""; 0]);
    }
}

#[test]
fn a_log_that_is_none_is_said() {
    let facts = read(LOGGED.reader, &load(LOGGED.path), Some(&[b'x'; 5000])).unwrap();
    assert_eq!(facts.packages.len(), 5);
    assert_eq!(facts.malformed.len(), 1, "{:?}", facts.malformed);
}

#[test]
fn a_damaged_log_is_said() {
    let (database, log) = (load(LOGGED.path), load(LOGGED.log.unwrap()));
    for offset in (60..log.len()).step_by(197) {
        let mut log = log.clone();
        log[offset] ^= 1;
        // A wrong salt makes the frame one of an older log, which is how every log ends.
        let is_salt = matches!((offset - 32) % (512 + 24), 8..16);
        let facts = read(LOGGED.reader, &database, Some(&log)).unwrap();
        assert!(is_salt || !facts.malformed.is_empty(), "offset {offset}");
    }
}

#[test]
fn what_is_no_database_is_refused() {
    for fixture in &DATABASES {
        for bytes in [&b""[..], b"x", &[0; 8192], &[0xff; 8192], &load("installed.txt")] {
            assert!(read(fixture.reader, bytes, None).is_err(), "{}", fixture.reader);
        }
    }
}

/// Damage never panics, never makes more work than the file is worth, and never takes a package without a word.
fn assert_damage_is_said(fixture: &Fixture, bytes: &[u8], what: &str) {
    let log = fixture.log.map(load);
    if let Ok(facts) = read(fixture.reader, bytes, log.as_deref()) {
        let all_there = facts.packages.len() >= load_lines(fixture.installed).len();
        assert!(all_there || !facts.malformed.is_empty(), "{}: packages vanished, {what}", fixture.path);
    }
}

#[test]
fn a_lost_page_costs_what_is_on_it() {
    for fixture in &DATABASES {
        let original = load(fixture.path);
        let mut survivors = 0;
        for page in (0..original.len()).step_by(fixture.page) {
            let mut bytes = original.clone();
            bytes[page..].iter_mut().take(fixture.page).for_each(|byte| *byte = 0xaa);
            assert_damage_is_said(fixture, &bytes, &format!("page at {page}"));
            survivors += read(fixture.reader, &bytes, None).map_or(0, |facts| facts.packages.len());
        }
        assert!(survivors > original.len() / fixture.page * 3, "{}: {survivors}", fixture.path);
    }
}

#[test]
fn truncation_is_said() {
    for fixture in &DATABASES {
        let original = load(fixture.path);
        for length in (0..original.len()).step_by(2499) {
            assert_damage_is_said(fixture, &original[..length], &format!("cut at {length}"));
        }
    }
}

/// Pages that point at themselves, at the first page, at the next and beyond the end, wherever pages have pointers.
#[test]
fn circles_end() {
    for fixture in &DATABASES {
        let original = load(fixture.path);
        for page in (0..original.len() - 20).step_by(fixture.page) {
            let number = u32::try_from(page / fixture.page).unwrap();
            for (offset, target) in [0, 8, 12, 16].into_iter().zip([number + 1, 1, number, u32::MAX]) {
                for pointer in [target.to_be_bytes(), target.to_le_bytes()] {
                    let mut bytes = original.clone();
                    bytes[page + offset..page + offset + 4].copy_from_slice(&pointer);
                    let log = fixture.log.map(load);
                    let _ = read(fixture.reader, &bytes, log.as_deref());
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn flipped_bytes_never_panic(
        flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        in_front in any::<bool>(),
    ) {
        for fixture in DATABASES.iter().chain([&MANIFEST]) {
            let mut bytes = load(fixture.path);
            let log = fixture.log.map(load);
            let reach = if in_front { bytes.len().min(4096) } else { bytes.len() };
            for (index, byte) in &flips {
                bytes[index.index(reach)] = *byte;
            }
            let _ = read(fixture.reader, &bytes, log.as_deref());
        }
    }

    #[test]
    fn any_bytes_never_panic(tail in proptest::collection::vec(any::<u8>(), 0..4096)) {
        for fixture in &DATABASES {
            let mut bytes = load(fixture.path);
            bytes.truncate(512);
            bytes.extend_from_slice(&tail);
            let _ = read(fixture.reader, &bytes, Some(&tail));
        }
    }
}
