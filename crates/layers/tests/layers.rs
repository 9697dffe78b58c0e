//! Reading of layers as a whole: formats, damage, bounds, readers, attribution, cache.
#![cfg(test)]

#[expect(dead_code, reason = "the layouts are for the comparison with umoci")]
mod support;

use std::collections::{BTreeMap, BTreeSet};

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;

use plimsoll_image::{Image, LayerContent, LayerSource};
use plimsoll_layers::{Cache, Contents, Limits, Problem, Settings, read};
use plimsoll_model::{
    Digest, Facts, GapKind, GapReason, ImageSummary, Input, Layer, Malformed, Owned, Package, Presence, Reader, Wants,
};
use support::{META, Tar, gzip, image, read_with, sha256};

/// `name version` lines; `!` makes it malformed.
fn list(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut bytes = vec![0; usize::try_from(input.file.content.size()).unwrap()];
    input.file.content.read_at(0, &mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    if text.starts_with('!') {
        return Err(Malformed("it shouts".into()));
    }
    let packages = text.lines().filter_map(|line| line.split_once(' '));
    let mut facts = Facts {
        packages: packages.map(|(name, version)| Package::new("test", name, version)).collect(),
        ..Facts::default()
    };
    for file in input.with {
        let paths = String::from_utf8_lossy(file.content.bytes().unwrap()).into_owned();
        facts.owned.push(Owned { package: file.path.into(), paths });
    }
    Ok(facts)
}

const LOCAL: &Reader = &Reader {
    id: "test/local",
    version: 1,
    wants: Wants::essential(&["db/local", "**/found.txt"]),
    presence: Presence::Installed,
    read: list,
};
const JOINED: &Reader = &Reader {
    id: "test/joined",
    version: 1,
    wants: Wants {
        paths: &["db/joined", "one/*/joined"],
        with: &["info/*.list", "beside"],
        starts: &[],
        essential: true,
    },
    presence: Presence::Installed,
    read: list,
};
const ASKED: &Reader = &Reader {
    id: "test/asked",
    version: 1,
    wants: Wants::local(&["**/asked.txt"]),
    presence: Presence::Declared,
    read: list,
};
const READERS: &[&Reader] = &[LOCAL, JOINED];

/// Wants whatever begins like a program, wherever it is, and says which files it was given.
const STARTED: &Reader = &Reader {
    id: "test/started",
    version: 1,
    wants: Wants::starting(&["**/*"], &[b"\x7fELF", b"MZ"]),
    presence: Presence::Installed,
    read: |input| {
        let name = format!("{}:{}", input.file.path, input.file.content.size());
        Ok(Facts { packages: vec![Package::new("test", name, "1")], ..Facts::default() })
    },
};

fn layer(make: impl FnOnce(&mut Tar) -> &mut Tar) -> Vec<u8> {
    let mut tar = Tar::default();
    make(&mut tar);
    gzip(&tar.finish())
}

fn contents(layers: Vec<Vec<u8>>) -> Contents {
    read_with(&image(layers), READERS, &Limits::default()).unwrap()
}

/// `name version @layer path/layer…`, one a package.
fn told(contents: &Contents) -> Vec<String> {
    let mut places: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in &contents.packages {
        let told = places.entry(format!("{} {} @{}", package.name, package.version, package.layer)).or_default();
        told.extend(package.locations.iter().map(|at| format!(" {}/{}", at.path, at.layer)));
    }
    places.into_iter().map(|(package, places)| package + &places.into_iter().collect::<String>()).collect()
}

fn started(layers: Vec<Vec<u8>>) -> Contents {
    read_with(&image(layers), &[STARTED], &Limits::default()).unwrap()
}

#[test]
fn a_file_may_be_wanted_for_what_it_begins_with() {
    let contents = started(vec![
        layer(|tar| {
            tar.file("bin/a", b"\x7fELF and more").file("bin/b", b"#!/bin/sh").file("c", b"\x7fE").file("d", b"")
        }),
        layer(|tar| tar.file("bin/e.exe", b"MZ").hard_link("bin/f", "bin/e.exe").file("bin/.wh.a", b"")),
    ]);
    assert_eq!(told(&contents), ["bin/e.exe:2 1 @1 bin/e.exe/1 bin/f/1"]);
    assert!(contents.gaps.is_empty(), "{:?}", contents.gaps);
}

/// Unpacked bytes come in buffers, and a file may begin at the very end of one.
#[test]
fn a_beginning_that_is_cut_in_two_is_still_one() {
    let filler = vec![7_u8; 40_000];
    let mut expected = Vec::new();
    let layers = vec![layer(|tar| {
        for number in 0..400 {
            let path = format!("bin/{number:03}");
            tar.file(&path, b"\x7fELF").file(&format!("text/{number}"), filler.get(..number * 100).unwrap());
            expected.push(format!("{path}:4 1 @0 {path}/0"));
        }
        tar
    })];
    assert_eq!(told(&started(layers)), expected);
}

#[test]
fn a_program_that_is_too_large_is_a_gap_and_other_large_files_are_none() {
    let limits = Limits { file: 10, ..Limits::default() };
    let layers = vec![layer(|tar| tar.file("bin/a", b"\x7fELF and more").file("data", b"a long text"))];
    let contents = read_with(&image(layers), &[STARTED], &limits).unwrap();
    let gaps: Vec<_> = contents.gaps.iter().map(|gap| (gap.reason, gap.location.as_str())).collect();
    assert_eq!(gaps, [(GapReason::TooLarge, "bin/a")]);
}

#[test]
fn no_more_packages_than_the_limit_are_believed() {
    let limits = Limits { packages: 3, ..Limits::default() };
    let layers = vec![layer(|tar| {
        tar.file("a/found.txt", b"a 1\nb 1\n").file("b/found.txt", b"c 1\nd 1\n").file("c/found.txt", b"e 1\n")
    })];
    let contents = read_with(&image(layers), READERS, &limits).unwrap();
    assert_eq!(told(&contents), ["a 1 @0 a/found.txt/0", "b 1 @0 a/found.txt/0"]);
    let gaps: Vec<_> = contents.gaps.iter().map(|gap| (gap.kind, gap.reason, gap.location.as_str())).collect();
    assert_eq!(gaps, [(GapKind::Blind, GapReason::TooLarge, "b/found.txt")]);
}

#[test]
fn a_package_belongs_to_the_layer_that_starts_its_last_run() {
    let layers = vec![
        layer(|tar| tar.file("db/local", b"a 1\nb 1\nc 1\n")),
        layer(|tar| tar.file("db/local", b"a 1\nb 2\n")),
        layer(|tar| tar.file("other", b"")),
        layer(|tar| tar.file("db/local", b"a 1\nb 2\nc 1\n")),
    ];
    assert_eq!(told(&contents(layers)), ["a 1 @0 db/local/3", "b 2 @1 db/local/3", "c 1 @3 db/local/3"]);
}

#[test]
fn a_list_of_what_is_asked_for_starts_no_run_of_what_is_installed() {
    let layers = vec![
        layer(|tar| tar.file("asked.txt", b"A 1\nb 1\n")),
        layer(|tar| tar.file("db/local", b"a 1\n")),
        layer(|tar| tar.file("x/asked.txt", b"b 1\n").file("db/local", b"A 1\n")),
    ];
    let contents = read_with(&image(layers), &[LOCAL, ASKED], &Limits::default()).unwrap();
    let packages = contents.packages.iter().map(|package| (package.name.as_str(), package.presence, package.layer));
    let mut packages: Vec<_> = packages.collect();
    packages.sort();
    packages.dedup();
    let (installed, asked) = (Presence::Installed, Presence::Declared);
    assert_eq!(packages, [("A", installed, 1), ("A", asked, 0), ("b", asked, 0)]);
}

#[test]
fn a_database_that_moves_breaks_no_run() {
    let layers = vec![
        layer(|tar| tar.file("x/found.txt", b"a 1\n")),
        layer(|tar| tar.file("y/found.txt", b"a 1\n").file(".wh.x", b"")),
        layer(|tar| tar.file("z/found.txt", b"a 1\n")),
    ];
    assert_eq!(told(&contents(layers)), ["a 1 @0 y/found.txt/1 z/found.txt/2"]);
}

#[test]
fn what_is_hidden_is_not_there() {
    let below = || layer(|tar| tar.file("db/local", b"a 1\n").file("db/joined", b"b 1\n"));
    for hiding in [
        layer(|tar| tar.file(".wh.db", b"")),
        layer(|tar| tar.file("db/.wh..wh..opq", b"")),
        layer(|tar| tar.file("db", b"a file")),
        layer(|tar| tar.link("db", "elsewhere")),
        layer(|tar| tar.folder("db/local").folder("db/joined")),
    ] {
        assert_eq!(told(&contents(vec![below(), hiding])), Vec::<String>::new());
    }
}

#[test]
fn links_lead_to_databases() {
    let layers = vec![
        layer(|tar| {
            tar.folder("data/db")
                .file("data/db/local", b"a 1\n")
                .file("data/db/joined", b"b 1\n")
                .file("data/db/info/x.list", b"/x")
        }),
        layer(|tar| tar.link("db", "data/db")),
        layer(|tar| tar.file("db/local", b"a 1\nc 1\n")),
    ];
    let contents = contents(layers);
    assert_eq!(told(&contents), ["a 1 @1 data/db/local/2", "b 1 @1 data/db/joined/0", "c 1 @2 data/db/local/2"]);
    assert_eq!(contents.owned[0].package, "data/db/info/x.list");
}

#[test]
fn a_link_with_a_star_behind_it_is_followed() {
    let layers = vec![layer(|tar| tar.file("real/p/joined", b"a 1\n").link("one", "real"))];
    assert_eq!(told(&contents(layers)), ["a 1 @0 real/p/joined/0"]);
}

#[test]
fn hard_links_share_content_across_layers() {
    let layers = vec![layer(|tar| tar.file("kept", b"a 1\n")), layer(|tar| tar.hard_link("db/local", "kept"))];
    assert_eq!(told(&contents(layers)), ["a 1 @1 db/local/0"]);
}

#[test]
fn groups_come_from_several_layers() {
    let layers = vec![
        layer(|tar| tar.file("db/joined", b"a 1\n").file("db/info/a.list", b"one").file("db/info/b.list", b"gone")),
        layer(|tar| tar.file("db/info/.wh.b.list", b"").file("db/info/c.list", b"three").file("db/beside", b"two")),
    ];
    let contents = contents(layers);
    let owned: Vec<_> = contents.owned.iter().map(|owned| (owned.package.as_str(), owned.paths.as_str())).collect();
    assert_eq!(owned, [("db/beside", "two"), ("db/info/a.list", "one"), ("db/info/c.list", "three")]);
    assert_eq!(told(&contents), ["a 1 @0 db/joined/0"]);
}

#[test]
fn large_candidates_are_set_aside_or_read_again() {
    let kept_small = Limits { kept: 3, memory: 16, ..Limits::default() };
    let kept_few = Limits { kept_total: 0, ..Limits::default() };
    let in_files = Limits { kept: 3, memory: 2, ..Limits::default() };
    for limits in [kept_small, kept_few, in_files] {
        let layers =
            vec![layer(|tar| tar.file("db/joined", b"a 1\nsome more to read\n").file("db/info/x.list", b"/p"))];
        let contents = read_with(&image(layers), READERS, &limits).unwrap();
        assert_eq!(told(&contents), ["a 1 @0 db/joined/0", "some more to read @0 db/joined/0"]);
        assert_eq!(contents.gaps, []);
    }
}

#[test]
fn what_was_read_again_is_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path(), 1 << 20).unwrap();
    // Too large to be kept, or wanted only where a link in another layer leads.
    let large = || layer(|tar| tar.file("db/joined", b"a 1\nsome more to read\n").file("db/info/x.list", b"/p"));
    let elsewhere = || layer(|tar| tar.file("data/local", b"c 1\n").hard_link("db/local", "data/local"));
    for limits in [Limits { kept: 3, memory: 16, ..Limits::default() }, Limits { kept_total: 0, ..Limits::default() }] {
        let same = image(vec![large(), elsewhere()]);
        let cold = read(&same, &settings(&cache, &limits, 2)).unwrap();
        assert_eq!(told(&cold).len(), 3);
        let gone = Image::new(same.summary.clone(), serde_json::Value::Null, Box::new(Nothing));
        assert_eq!(whole(&read(&gone, &settings(&cache, &limits, 2)).unwrap()), whole(&cold));

        // A damaged file is as good as none; nor does it speak for other bytes.
        for path in cached_files(folder.path()).iter().filter(|path| path.extension().unwrap() == "facts") {
            let mut flipped = std::fs::read(path).unwrap();
            *flipped.last_mut().unwrap() ^= 1;
            std::fs::write(path, flipped).unwrap();
        }
        assert!(read(&gone, &settings(&cache, &limits, 2)).is_err());
        assert_eq!(whole(&read(&same, &settings(&cache, &limits, 2)).unwrap()), whole(&cold));
        let other = image(vec![layer(|tar| tar.file("db/joined", b"b 1\nsome more to read\n")), elsewhere()]);
        assert_eq!(told(&read(&other, &settings(&cache, &limits, 2)).unwrap())[0], "b 1 @0 db/joined/0");
    }
}

#[test]
fn the_malformed_is_not_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path(), 1 << 20).unwrap();
    let limits = Limits { kept: 3, ..Limits::default() };
    let same = image(vec![layer(|tar| tar.file("db/joined", b"!some more to read\n"))]);
    for _ in 0..2 {
        let contents = read(&same, &settings(&cache, &limits, 1)).unwrap();
        assert_eq!(contents.gaps[0].reason, GapReason::Malformed);
        assert_eq!(cached_files(folder.path()).len(), 1);
    }
}

#[test]
fn what_is_too_large_or_malformed_is_a_gap() {
    let limits = Limits { file: 8, ..Limits::default() };
    let layers = vec![layer(|tar| tar.file("db/local", b"a 1 too long\n").file("db/joined", b"!"))];
    let contents = read_with(&image(layers), READERS, &limits).unwrap();
    let gaps: Vec<_> = contents.gaps.iter().map(|gap| (gap.kind, gap.location.as_str(), gap.reason)).collect();
    let expected =
        [(GapKind::Blind, "db/joined", GapReason::Malformed), (GapKind::Blind, "db/local", GapReason::TooLarge)];
    assert_eq!(gaps, expected);
}

#[test]
fn sparse_files_are_read_with_their_holes() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("db")).unwrap();
    let file = File::create(folder.path().join("db/joined")).unwrap();
    // More regions than the header of GNU's old way holds.
    for region in 0..30_u64 {
        file.write_all_at(format!("r{region} 1\n").as_bytes(), region << 17).unwrap();
    }
    file.set_len(31 << 17).unwrap();
    let told = |contents: &Contents| contents.packages.iter().map(|package| package.name.len()).sum::<usize>();
    for format in [
        &["--format=gnu"][..],
        &["--format=pax", "--sparse-version=0.0"],
        &["--format=pax", "--sparse-version=0.1"],
        &["--format=pax", "--sparse-version=1.0"],
    ] {
        let output = Command::new("tar").arg("-cS").args(format).arg("-C").arg(folder.path()).arg("db").output();
        let stored = output.expect("GNU tar is needed: apt-get install tar").stdout;
        assert!(stored.len() < 1 << 20, "the file is not sparse here");
        let contents = contents(vec![stored]);
        assert_eq!(contents.tree.get(b"db/joined").unwrap().size, 31 << 17, "{format:?}");
        // A name begins with the hole before it; ` 1\n` is no part of a name.
        assert_eq!((contents.packages.len(), told(&contents)), (30, (29 << 17) - 29 * 3 + 3), "{format:?}");
    }
}

#[test]
fn streams_of_many_parts() {
    let mut tar = Tar::default();
    let plain = tar.file("db/local", b"a 1\n").finish();
    let (first, second) = plain.split_at(700);
    let frame = |bytes: &[u8]| zstd::bulk::compress(bytes, 1).unwrap();
    let skippable = [&0x184d_2a50_u32.to_le_bytes()[..], &3_u32.to_le_bytes(), b"toc"].concat();
    for stored in [
        plain.clone(),
        [gzip(first), gzip(second)].concat(),
        [gzip(b""), gzip(first), gzip(b""), gzip(second), gzip(b"")].concat(),
        [frame(first), frame(second)].concat(),
        [skippable.clone(), frame(first), skippable.clone(), frame(second), skippable].concat(),
    ] {
        assert_eq!(told(&contents(vec![stored])), ["a 1 @0 db/local/0"]);
    }
}

#[test]
fn damage_is_never_a_result() {
    let plain = Tar::default().file("db/local", b"a 1\n").folder("f").finish();
    let packed = gzip(&plain);
    let half = packed.len() / 2;
    let mut flipped = packed.clone();
    flipped[half] ^= 0x55;
    for (stored, expected) in [
        (packed[..half].to_vec(), "gzip stream is damaged"),
        (flipped, "damaged"),
        ([packed.clone(), b"garbage".to_vec()].concat(), "gzip stream is damaged"),
        (zstd::bulk::compress(&plain, 1).unwrap()[..40].to_vec(), "zstd stream is damaged"),
        (plain[..514].to_vec(), "tar archive is damaged at unpacked byte"),
        (vec![b'x'; 2048], "a header's checksum is wrong"),
    ] {
        let error = read_with(&image(vec![layer(|tar| tar), stored]), READERS, &Limits::default()).err().unwrap();
        let text = error.to_string();
        assert!(text.starts_with("layer 1 (sha256:") && text.contains(expected), "{text}");
        assert!(text.ends_with("made by \"a step\""), "{text}");
    }
}

/// Says one thing in the manifest and gives another.
fn lying(stored: Vec<u8>, layer: Layer) -> Image {
    let summary = ImageSummary { layers: vec![layer], ..ImageSummary::default() };
    Image::new(summary, serde_json::Value::Null, Box::new(support::Blobs(vec![stored])))
}

#[test]
fn digests_and_sizes_must_hold() {
    let stored = layer(|tar| tar.file("a", b""));
    let (size, other) = (stored.len() as u64, sha256(b"other"));
    let of = |digest: &Digest, size| Layer { digest: Some(digest.clone()), size, ..Layer::default() };
    let problem = |layer| read_with(&lying(stored.clone(), layer), &[], &Limits::default()).err().unwrap().problem;
    assert!(matches!(*problem(of(&other, size)), Problem::Digest { expected, .. } if expected == other));
    assert!(matches!(*problem(of(&sha256(&stored), size + 1)), Problem::Size { .. }));
    assert!(matches!(*problem(of(&sha256(&stored), size - 1)), Problem::Size { .. }));
    // Without a stored digest, the unpacked one counts.
    assert!(matches!(*problem(Layer { diff_id: Some(other.clone()), ..Layer::default() }), Problem::DiffId { .. }));
}

#[test]
fn bombs_are_stopped() {
    let limits = Limits { expansion_floor: 1 << 20, expansion: 20, ..Limits::default() };
    let bomb = gzip(&vec![0; 8 << 20]);
    let error = read_with(&image(vec![bomb]), &[], &limits).err().unwrap();
    assert!(matches!(*error.problem, Problem::TooLarge(_)), "{error}");

    let few = Limits { entries: 2, ..Limits::default() };
    let many = layer(|tar| tar.file("a", b"").file("b", b"").file("c", b""));
    let error = read_with(&image(vec![many]), &[], &few).err().unwrap();
    assert!(error.to_string().contains("more than 2 entries"), "{error}");
}

#[test]
fn sizes_beyond_all_bounds() {
    for size in [u64::MAX, u64::MAX / 2, 1 << 62] {
        let mut tar = Tar::default();
        tar.header(b'0', b"db/local", b"", META, 0);
        let mut header: [u8; 512] = tar.0.clone().try_into().unwrap();
        header[124..136].copy_from_slice(&[&[0x80, 0, 0, 0][..], &size.to_be_bytes()].concat());
        let stored = gzip(&Tar::default().raw(header).finish());
        assert!(read_with(&image(vec![stored]), READERS, &Limits::default()).is_err());
    }
}

#[test]
fn odd_entries_are_gaps_or_nothing() {
    let deep = "d/".repeat(2000);
    let layers = vec![layer(|tar| {
        tar.pax(b'g', &[("path", b"ignored")]);
        tar.file(&deep, b"").file("x/.wh...", b"").hard_link("h", "missing").link("l", "l").file("l/x", b"");
        tar.entry(b'Q', b"odd", b"", META, b"data").file(".wh..wh.plnk", b"").file("db/local", b"a 1\n")
    })];
    let contents = contents(layers);
    assert_eq!(told(&contents), ["a 1 @0 db/local/0"]);
    assert_eq!(contents.gaps.len(), 5, "{:#?}", contents.gaps);
    let paths: Vec<_> = contents.tree.entries().map(|entry| String::from_utf8(entry.path).unwrap()).collect();
    assert_eq!(paths, ["", "db", "db/local", "l"]);
}

#[test]
fn circles_of_links_end() {
    let contents =
        contents(vec![layer(|tar| tar.link("a", "b").link("b", "a").link("up", "../../..").file("f", b"1"))]);
    assert!(contents.tree.resolve(b"a/x").is_none());
    assert!(contents.tree.resolve(b"a").is_none());
    assert_eq!(contents.tree.resolve(b"up/up/f").unwrap().path, b"f");
    assert_eq!(contents.tree.get(b"a").unwrap().link, b"b");
}

fn settings<'a>(cache: &'a Cache, limits: &'a Limits, threads: usize) -> Settings<'a> {
    Settings {
        readers: READERS,
        detectors: &[],
        sieve: None,
        is_notable: |_| false,
        is_foreign: |_| false,
        normal_name: |package| package.name.to_lowercase().into(),
        cache: Some(cache),
        limits,
        verify_diff_ids: false,
        threads,
        temporary: std::env::temp_dir(),
        progress: &|_| {},
        heard: &|_, _, _| {},
    }
}

/// Everything of the contents that can be compared.
fn whole(contents: &Contents) -> String {
    let tree: Vec<_> = contents.tree.entries().collect();
    format!("{:?} {:?} {:?} {tree:?}", contents.packages, contents.owned, contents.gaps)
}

/// Gives no layer at all.
struct Nothing;

impl LayerSource for Nothing {
    fn open(&self, layer: usize) -> Result<LayerContent, plimsoll_image::Error> {
        Ok(LayerContent::Blob(Box::new(Broken(layer))))
    }
}

struct Broken(usize);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::Error::other(format!("layer {} is gone", self.0)))
    }
}

fn cached_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn a_cached_layer_is_never_opened_and_tells_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path(), 1 << 20).unwrap();
    let limits = Limits::default();
    let layers = || {
        vec![
            layer(|tar| tar.file("db/local", b"a 1\n").file("db/joined", b"b 1\n").hard_link("q", "db/local")),
            layer(|tar| tar.file("db/info/x.list", b"y").file("l/.wh..", b"")),
        ]
    };
    let cold = read(&image(layers()), &settings(&cache, &limits, 2)).unwrap();
    assert_eq!(cached_files(folder.path()).len(), 2);
    let same = image(layers());
    let gone = Image::new(same.summary.clone(), serde_json::Value::Null, Box::new(Nothing));
    let warm = read(&gone, &settings(&cache, &limits, 1)).unwrap();
    assert_eq!(whole(&cold), whole(&warm));

    // A damaged file is as good as none, and is written anew.
    for path in cached_files(folder.path()) {
        let whole_file = std::fs::read(&path).unwrap();
        for length in (0..whole_file.len()).step_by(7) {
            std::fs::write(&path, &whole_file[..length]).unwrap();
            assert!(read(&gone, &settings(&cache, &limits, 2)).is_err());
            let mut flipped = whole_file.clone();
            flipped[length] ^= 1;
            std::fs::write(&path, &flipped).unwrap();
            assert!(read(&gone, &settings(&cache, &limits, 2)).is_err());
        }
        let again = read(&same, &settings(&cache, &limits, 2)).unwrap();
        assert_eq!(whole(&cold), whole(&again));
        assert_eq!(std::fs::read(&path).unwrap(), whole_file);
    }

    // Unpacked digests that were not verified then are verified now.
    let mut claimed = image(layers());
    claimed.summary.layers[0].diff_id = Some(sha256(b"wrong"));
    let strict = Settings { verify_diff_ids: true, ..settings(&cache, &limits, 2) };
    assert!(matches!(*read(&claimed, &strict).err().unwrap().problem, Problem::DiffId { .. }));
}

#[test]
fn a_cache_stays_within_its_limit() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits::default();
    let roomy = Cache::open(folder.path(), 1 << 20).unwrap();
    for name in ["a", "b", "c"] {
        read(&image(vec![layer(|tar| tar.file(name, b""))]), &settings(&roomy, &limits, 1)).unwrap();
    }
    let files = cached_files(folder.path());
    let size = files[0].metadata().unwrap().len();
    Cache::open(folder.path(), size * 2 + size / 2).unwrap().prune().unwrap();
    assert_eq!(cached_files(folder.path()).len(), 2);
}

#[test]
fn many_at_once_share_a_cache() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits::default();
    let layers: Vec<_> = (0..6).map(|n| layer(|tar| tar.file("db/local", format!("p{n} 1\n").as_bytes()))).collect();
    let expected = whole(&contents(layers.clone()));
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                let cache = Cache::open(folder.path(), 2000).unwrap();
                for _ in 0..5 {
                    let contents = read(&image(layers.clone()), &settings(&cache, &limits, 2)).unwrap();
                    assert_eq!(whole(&contents), expected);
                }
            });
        }
    });
}

#[test]
fn the_lowest_broken_layer_is_named() {
    let good = || layer(|tar| tar.file("a", &[7; 5000]));
    let bad = |name: &str| gzip(&[name.as_bytes(), &[b'z'; 600]].concat());
    for _ in 0..10 {
        let image = image(vec![good(), bad("first"), good(), bad("second, which is longer and so read before")]);
        let error = read_with(&image, &[], &Limits::default()).err().unwrap();
        assert_eq!(error.layer, Some(1), "{error}");
    }
}

/// A layer cut off or changed at any place gives an error or a result, and always ends.
#[test]
fn truncated_and_flipped_archives_never_panic() {
    let mut tar = Tar::default();
    tar.pax(b'x', &[("path", b"db/local"), ("GNU.sparse.map", b"0,4"), ("GNU.sparse.size", b"6")]);
    tar.entry(b'0', b"x", b"", META, b"a 1\n").file(&"n".repeat(120), b"x").link("l", "db").hard_link("h", "db/local");
    tar.header(b'S', b"s", b"", META, 0);
    let plain = tar.finish();
    // Every byte would take minutes; a prime stride meets every field of some header.
    for at in (0..plain.len()).step_by(11) {
        let mut flipped = plain.clone();
        flipped[at] ^= 1 << (at % 8);
        for stored in [plain[..at].to_vec(), flipped] {
            let layer = Layer { digest: None, ..Layer::default() };
            let _ = read_with(&lying(stored, layer), READERS, &Limits::default());
        }
    }
    let unmarked = lying(plain[..plain.len() - 1024].to_vec(), Layer::default());
    assert!(read_with(&unmarked, READERS, &Limits::default()).is_err(), "a cut-off archive that nothing vouches for");
}

#[test]
fn progress_counts_every_stored_byte() {
    let layers = vec![layer(|tar| tar.file("a", &[1; 100_000])), layer(|tar| tar.file("b", b""))];
    let sizes: Vec<u64> = layers.iter().map(|layer| layer.len() as u64).collect();
    let told = std::sync::Mutex::new(vec![0; 2]);
    let progress = |event: plimsoll_model::Event<'_>| {
        if let plimsoll_model::Event::Read { layer, bytes } = event {
            told.lock().unwrap()[layer] += bytes;
        }
    };
    let limits = Limits::default();
    let settings = Settings {
        readers: READERS,
        detectors: &[],
        sieve: None,
        is_notable: |_| false,
        is_foreign: |_| false,
        normal_name: |package| package.name.to_lowercase().into(),
        cache: None,
        limits: &limits,
        verify_diff_ids: true,
        threads: 2,
        temporary: std::env::temp_dir(),
        progress: &progress,
        heard: &|_, _, _| {},
    };
    read(&image(layers), &settings).unwrap();
    assert_eq!(*told.lock().unwrap(), sizes);
}

#[test]
fn an_archive_may_end_with_the_bytes_of_its_last_file() {
    let mut tar = Tar::default();
    tar.file("other", b"x").file("db/local", b"a 1\n");
    // In the padding, and right behind the file.
    for end in [tar.0.len() - 508, tar.0.len() - 100] {
        assert_eq!(told(&contents(vec![gzip(&tar.0[..end])])), ["a 1 @0 db/local/0"]);
    }
    let inside = image(vec![gzip(&tar.0[..tar.0.len() - 509])]);
    assert!(matches!(*read_with(&inside, READERS, &Limits::default()).err().unwrap().problem, Problem::Archive { .. }));
}

#[test]
fn an_empty_layer_is_an_empty_tree() {
    assert!(contents(vec![vec![0; 1024]]).tree.is_empty());
}
