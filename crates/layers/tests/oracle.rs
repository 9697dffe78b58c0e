//! What umoci unpacks must be the tree that we see: path, kind, mode, owner, size and link target.
#![cfg(test)]

#[expect(dead_code, reason = "the images in memory are for the tests of reading")]
mod support;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;
use std::process::Command;

use plimsoll_image::{Image, LayerContent, LayerSource, Options, Reference, Whiteouts};
use plimsoll_layers::{Contents, Kind, Limits};
use plimsoll_model::{ImageSummary, Layer};
use support::{META, Meta, Tar, read_with, write_layout};

type Described = BTreeMap<Vec<u8>, String>;

fn ours(contents: &Contents) -> Described {
    let describe = |entry: plimsoll_layers::Entry<'_>| {
        // Links have no mode of their own that could be set.
        let mode = if entry.kind == Kind::Link { 0o777 } else { entry.mode };
        let link = String::from_utf8_lossy(entry.link).into_owned();
        let text =
            format!("{:?} {mode:o} {}:{} {} {:?} {link}", entry.kind, entry.uid, entry.gid, entry.size, entry.device);
        (entry.path, text)
    };
    contents.tree.entries().filter(|entry| !entry.path.is_empty()).map(describe).collect()
}

fn on_disk(root: &Path, folder: &Path, found: &mut Described) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stat = path.symlink_metadata().unwrap();
        let kind = stat.file_type();
        let kind = match () {
            () if kind.is_dir() => Kind::Folder,
            () if kind.is_symlink() => Kind::Link,
            () if kind.is_char_device() => Kind::CharacterDevice,
            () if kind.is_block_device() => Kind::BlockDevice,
            () if kind.is_fifo() => Kind::Pipe,
            () => Kind::File,
        };
        let size = if kind == Kind::File { stat.size() } else { 0 };
        let is_device = matches!(kind, Kind::CharacterDevice | Kind::BlockDevice);
        let device = is_device.then(|| (rustix::fs::major(stat.rdev()), rustix::fs::minor(stat.rdev())));
        let link = if kind == Kind::Link { std::fs::read_link(&path).unwrap() } else { Path::new("").to_owned() };
        let (mode, uid, gid) = (stat.mode() & 0o7777, stat.uid(), stat.gid());
        let text = format!("{kind:?} {mode:o} {uid}:{gid} {size} {device:?} {}", link.to_string_lossy());
        found.insert(path.strip_prefix(root).unwrap().as_os_str().as_bytes().to_vec(), text);
        if kind == Kind::Folder {
            on_disk(root, &path, found);
        }
    }
}

struct Folder(std::path::PathBuf);

impl LayerSource for Folder {
    fn open(&self, _: usize) -> Result<LayerContent, plimsoll_image::Error> {
        Ok(LayerContent::Folder { path: self.0.clone(), whiteouts: Whiteouts::None })
    }
}

fn unpack(layout: &Path, into: &Path) -> Result<(), String> {
    let image = format!("{}:latest", layout.display());
    let output = Command::new("umoci").args(["raw", "unpack", "--image", &image]).arg(into).output();
    let output = output.expect("umoci is needed: apt-get install umoci");
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// Compares; false when umoci refuses the image.
fn agrees(name: &str, layers: &[Vec<u8>]) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let layout = write_layout(&folder.path().join("layout"), layers);
    let reference = Reference::parse(&format!("oci:{}", layout.display())).unwrap();
    let images = plimsoll_image::open(&reference, &Options::default()).unwrap();
    let contents = read_with(&images[0], &[], &Limits::default()).unwrap();
    let root = folder.path().join("root");
    if let Err(error) = unpack(&layout, &root) {
        let is_root = folder.path().metadata().unwrap().uid() == 0;
        assert!(
            is_root,
            "umoci needs root to make devices and owners: run the tests as root, or under unshare -r; {error}"
        );
        return false;
    }
    let mut expected = Described::new();
    on_disk(&root, &root, &mut expected);
    let difference = |one: &Described, other: &Described| {
        let only = one.iter().filter(|(path, text)| other.get(*path) != Some(text));
        only.map(|(path, text)| format!("{}: {text}\n", OsStr::from_bytes(path).display())).collect::<String>()
    };
    let found = ours(&contents);
    assert_eq!(difference(&found, &expected), difference(&expected, &found), "{name}: ours, and umoci's");

    let summary = ImageSummary { layers: vec![Layer::default()], ..ImageSummary::default() };
    let image = Image::new(summary, serde_json::Value::Null, Box::new(Folder(root)));
    let from_folder = ours(&read_with(&image, &[], &Limits::default()).unwrap());
    assert_eq!(
        difference(&from_folder, &expected),
        difference(&expected, &from_folder),
        "{name}: the folder as a layer"
    );
    true
}

fn layer(make: impl FnOnce(&mut Tar) -> &mut Tar) -> Vec<u8> {
    let mut tar = Tar::default();
    make(&mut tar);
    tar.finish()
}

type Case = (&'static str, Vec<Vec<u8>>);

fn whiteouts_and_replacements() -> Vec<Case> {
    let base =
        || layer(|tar| tar.folder("d/").file("d/one", b"1").file("d/two", b"22").folder("d/e").file("d/e/x", b"x"));
    vec![
        ("whiteout of a file", vec![base(), layer(|tar| tar.file("d/.wh.one", b""))]),
        ("whiteout of a folder", vec![base(), layer(|tar| tar.file(".wh.d", b""))]),
        ("whiteout of nothing", vec![base(), layer(|tar| tar.file("q/.wh.one", b"").file(".wh.zzz", b""))]),
        ("opaque", vec![base(), layer(|tar| tar.file("d/new", b"n").file("d/.wh..wh..opq", b"").file("d/after", b""))]),
        (
            "opaque spares what its layer brought",
            vec![base(), layer(|tar| tar.file("d/e/y", b"").file("d/.wh..wh..opq", b""))],
        ),
        (
            "whiteout and new file of one name",
            vec![base(), layer(|tar| tar.file("d/one", b"new").file("d/.wh.one", b""))],
        ),
        (
            "whiteout before the new folder",
            vec![base(), layer(|tar| tar.file(".wh.d", b"").folder("d").file("d/n", b""))],
        ),
        ("file over folder", vec![base(), layer(|tar| tar.file("d", b"file"))]),
        ("folder over file", vec![base(), layer(|tar| tar.folder("d/one").file("d/one/in", b""))]),
        ("folder replaced by link", vec![base(), layer(|tar| tar.folder("r").link("d", "r").file("r/z", b"z"))]),
        (
            "link replaced by folder",
            vec![layer(|tar| tar.folder("r").link("d", "r")), layer(|tar| tar.folder("d").file("d/z", b"z"))],
        ),
    ]
}

fn links_and_devices() -> Vec<Case> {
    vec![
        (
            "file through a link",
            vec![layer(|tar| tar.folder("usr/lib").link("lib", "usr/lib")), layer(|tar| tar.file("lib/z", b"z"))],
        ),
        (
            "whiteout through a link",
            vec![layer(|tar| tar.folder("u").file("u/z", b"").link("l", "/u")), layer(|tar| tar.file("l/.wh.z", b""))],
        ),
        ("link that leads out", vec![layer(|tar| tar.link("l", "../../../up").file("l/z", b"z"))]),
        (
            "hard links",
            vec![
                layer(|tar| {
                    tar.entry(b'0', b"a", b"", Meta { mode: 0o4755, uid: 3, gid: 4 }, b"abc")
                        .hard_link("b", "a")
                        .hard_link("c", "/b")
                }),
                layer(|tar| tar.file("a", b"new").hard_link("late", "b")),
            ],
        ),
        ("hard link to a link", vec![layer(|tar| tar.link("l", "nowhere").hard_link("h", "l"))]),
        (
            "devices and pipes",
            vec![layer(|tar| {
                tar.entry(b'3', b"null", b"", META, b"")
                    .entry(b'4', b"disk", b"", META, b"")
                    .entry(b'6', b"pipe", b"", META, b"")
            })],
        ),
    ]
}

fn formats() -> Vec<Case> {
    let long = "long/".to_owned() + &"n".repeat(150) + "/" + &"m".repeat(200);
    vec![
        ("long names", vec![layer(|tar| tar.file(&long, b"long").link("far", &"t/".repeat(100)))]),
        (
            "pax",
            vec![layer(|tar| {
                tar.pax(b'x', &[("path", "päx/name".as_bytes()), ("uid", b"70000"), ("size", b"3")])
                    .header(b'0', b"short", b"", META, 0)
                    .data(b"pax")
                    .pax(b'x', &[("linkpath", b"there")])
                    .link("l", "x")
            })],
        ),
        (
            "names that are no text",
            vec![layer(|tar| tar.entry(b'0', b"\xff\xfe", b"", META, b"1").entry(b'2', b"l", b"\xfd", META, b""))],
        ),
        ("twice", vec![layer(|tar| tar.file("a", b"1").file("a", b"22").folder("d").file("d", b"f"))]),
        (
            "odd spellings",
            vec![layer(|tar| {
                tar.folder("./")
                    .file("./a", b"")
                    .file("/b", b"")
                    .file("c//d/./e", b"")
                    .file("x/../y", b"")
                    .file("../../up", b"")
            })],
        ),
        (
            "old folder",
            vec![layer(|tar| {
                tar.entry(0, b"v7/", b"", Meta { mode: 0o700, ..META }, b"").entry(0, b"v7/f", b"", META, b"1")
            })],
        ),
    ]
}

fn sparse_files() -> Vec<Case> {
    vec![
        (
            "sparse 1.0",
            vec![layer(|tar| {
                let mut data = b"2\n0\n3\n1000\n2\n".to_vec();
                data.resize(512, 0);
                data.extend_from_slice(b"abcde");
                tar.pax(
                    b'x',
                    &[
                        ("GNU.sparse.major", b"1"),
                        ("GNU.sparse.minor", b"0"),
                        ("GNU.sparse.name", b"holes"),
                        ("GNU.sparse.realsize", b"2000"),
                    ],
                );
                tar.entry(b'0', b"GNUSparseFile.0/holes", b"", META, &data).file("next", b"n")
            })],
        ),
        (
            "sparse 0.1",
            vec![layer(|tar| {
                tar.pax(
                    b'x',
                    &[
                        ("GNU.sparse.size", b"100"),
                        ("GNU.sparse.numblocks", b"1"),
                        ("GNU.sparse.map", b"10,3"),
                        ("GNU.sparse.name", b"holes"),
                    ],
                );
                tar.entry(b'0', b"x", b"", META, b"abc").file("next", b"n")
            })],
        ),
    ]
}

#[test]
fn the_tree_is_what_umoci_unpacks() {
    for (name, layers) in [whiteouts_and_replacements(), links_and_devices(), formats(), sparse_files()].concat() {
        assert!(agrees(name, &layers), "{name}: umoci refuses it");
    }
}

/// A small generator: the same stacks in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn path(&mut self) -> String {
        let parts = 1 + self.roll(3);
        (0..parts).map(|_| ["a", "b", "c"][usize::try_from(self.roll(3)).unwrap()]).collect::<Vec<_>>().join("/")
    }
}

fn random_layer(dice: &mut Dice, files: &mut Vec<String>) -> Vec<u8> {
    let mut tar = Tar::default();
    for _ in 0..=dice.roll(8) {
        let path = dice.path();
        match dice.roll(10) {
            0..=2 => {
                tar.file(&path, &vec![b'x'; usize::try_from(dice.roll(5)).unwrap()]);
                files.push(path);
            }
            3 | 4 => _ = tar.folder(&path),
            5 => _ = tar.link(&path, &format!("/{}", dice.path())),
            6 if !files.is_empty() => {
                let target = &files[usize::try_from(dice.roll(files.len() as u64)).unwrap()];
                tar.hard_link(&path, target);
            }
            7 => _ = tar.file(&format!("{path}/.wh..wh..opq"), b""),
            _ => {
                let (folder, name) = path.rsplit_once('/').map_or(("", path.as_str()), |(folder, name)| (folder, name));
                tar.file(&format!("{folder}/.wh.{name}"), b"");
            }
        }
    }
    tar.finish()
}

#[test]
fn random_stacks_are_what_umoci_unpacks() {
    let mut compared = 0;
    for seed in 0..60 {
        let (mut dice, mut files) = (Dice(seed), Vec::new());
        let layers: Vec<Vec<u8>> = (0..2 + dice.roll(3)).map(|_| random_layer(&mut dice, &mut files)).collect();
        compared += usize::from(agrees(&format!("seed {seed}"), &layers));
    }
    // umoci refuses a file as a part of a path, and hard links to nothing, which chance makes often.
    assert!(compared >= 15, "only {compared} stacks were compared");
}

/// Folders as an overlay store keeps them, with the marks that the kernel's overlayfs makes.
#[test]
fn folders_of_an_overlay_hide_what_is_below() {
    use rustix::fs::{CWD, FileType, Mode, XattrFlags, makedev, mknodat, setxattr};

    struct Folders(Vec<std::path::PathBuf>);

    impl LayerSource for Folders {
        fn open(&self, layer: usize) -> Result<LayerContent, plimsoll_image::Error> {
            Ok(LayerContent::Folder { path: self.0[layer].clone(), whiteouts: Whiteouts::Overlay })
        }
    }

    let folder = tempfile::tempdir().unwrap();
    let (lower, upper) = (folder.path().join("lower"), folder.path().join("upper"));
    for path in ["lower/d", "lower/o", "upper/o", "upper/d"] {
        std::fs::create_dir_all(folder.path().join(path)).unwrap();
    }
    for path in ["lower/d/gone", "lower/d/kept", "lower/o/gone", "lower/.wh.name", "upper/o/new"] {
        std::fs::write(folder.path().join(path), path).unwrap();
    }
    std::os::unix::fs::symlink("/", upper.join("out")).unwrap();
    let made = mknodat(CWD, upper.join("d/gone"), FileType::CharacterDevice, Mode::empty(), makedev(0, 0));
    made.expect("making a whiteout needs root: run the tests as root, or under unshare -r");
    let opaque = |name: &str| setxattr(upper.join("o"), name, b"y", XattrFlags::empty());
    opaque("trusted.overlay.opaque").or_else(|_| opaque("user.overlay.opaque")).unwrap();

    let summary = ImageSummary { layers: vec![Layer::default(); 2], ..ImageSummary::default() };
    let image = Image::new(summary, serde_json::Value::Null, Box::new(Folders(vec![lower, upper])));
    let contents = read_with(&image, &[], &Limits::default()).unwrap();
    let paths: Vec<_> = contents.tree.entries().map(|entry| String::from_utf8(entry.path).unwrap()).collect();
    assert_eq!(paths, ["", ".wh.name", "d", "d/kept", "o", "o/new", "out"]);
}
