//! Tar archives of every age.

use std::fs;
use std::path::Path;

use plimsoll_image::{Limits, Options};
use serde_json::json;

use crate::builder::{self, Layout, gzip, host, noise, sha256, tar};
use crate::{assert_layers_read, bytes, essence, open, open_one, options, refusal, text, tools};

/// A folder as an uncompressed tar, members in order of name.
fn pack(folder: &Path) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    builder.append_dir_all(".", folder).unwrap();
    builder.into_inner().unwrap()
}

/// Members as given: name, and content or the target of a link.
enum Part<'a> {
    File(&'a str, &'a [u8]),
    Symlink(&'a str, &'a str),
    Hardlink(&'a str, &'a str),
}

/// A tar whose member names are written raw: those of the tar crate refuse what the tests need.
fn raw_tar(parts: &[Part<'_>]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for part in parts {
        let (name, kind, content, target) = match part {
            Part::File(name, content) => (name, tar::EntryType::Regular, *content, ""),
            Part::Symlink(name, target) => (name, tar::EntryType::Symlink, &[][..], *target),
            Part::Hardlink(name, target) => (name, tar::EntryType::Link, &[][..], *target),
        };
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(content.len() as u64);
        let old = header.as_old_mut();
        old.name[..name.len()].copy_from_slice(name.as_bytes());
        old.linkname[..target.len()].copy_from_slice(target.as_bytes());
        header.set_cksum();
        builder.append(&header, content).unwrap();
    }
    builder.into_inner().unwrap()
}

fn config(layers: &[&[u8]]) -> Vec<u8> {
    let diff_ids: Vec<String> = layers.iter().map(|layer| sha256(layer).to_string()).collect();
    json!({"os": "linux", "architecture": "amd64", "rootfs": {"diff_ids": diff_ids}}).to_string().into_bytes()
}

#[test]
fn archives_of_skopeo_hold_the_same_image_as_the_layout() {
    let folder = tempfile::tempdir().unwrap();
    let layout = builder::two_layers(&folder.path().join("layout"));
    let from = format!("oci:{}:latest", text(&layout.path));
    let original = open_one(&from, &options());
    for (scheme, name) in [("docker-archive", "docker.tar"), ("oci-archive", "oci.tar")] {
        let plain = folder.path().join(name);
        tools::copy(&from, &format!("{scheme}:{}:example.org/team/app:1", text(&plain)), &[]);
        let content = fs::read(&plain).unwrap();
        let (zipped, zstandard) = (plain.with_extension("tar.gz"), plain.with_extension("tar.zst"));
        // Two members and two frames: concatenation is allowed in both formats.
        let (head, tail) = content.split_at(1000);
        fs::write(&zipped, [gzip(head), gzip(tail)].concat()).unwrap();
        let frame = |bytes| zstd::encode_all(bytes, 1).unwrap();
        fs::write(&zstandard, [frame(head), frame(tail)].concat()).unwrap();
        for path in [&plain, &zipped, &zstandard] {
            for reference in [text(path).to_owned(), format!("archive:{}:example.org/team/app:1", text(path))] {
                let image = open_one(&reference, &options());
                assert_eq!(essence(&image), essence(&original), "{reference}");
                assert_eq!(image.summary.platform, original.summary.platform);
                assert_layers_read(&image);
            }
            let why = refusal(&format!("archive:{}:example.org/other:1", text(path)), &options());
            assert!(why.contains("example.org/team/app:1"), "{why}");
        }
    }
}

#[test]
fn an_archive_of_new_docker_is_read_as_a_layout() {
    let folder = tempfile::tempdir().unwrap();
    let mut layout = Layout::new(&folder.path().join("layout"));
    let layer = tar(&[("a", b"a")]);
    let mut image = layout.image(&host(), std::slice::from_ref(&layer));
    let digest = image["digest"].as_str().unwrap().to_owned();
    image["annotations"] = json!({
        "io.containerd.image.name": "docker.io/library/app:1", "org.opencontainers.image.ref.name": "1",
    });
    layout.list(image);
    fs::write(layout.path.join("manifest.json"), "[]").unwrap();
    let path = folder.path().join("new.tar");
    fs::write(&path, pack(&layout.path)).unwrap();
    for name in ["", ":app:1", ":1", ":docker.io/library/app:1"] {
        let image = open_one(&format!("archive:{}{name}", text(&path)), &options());
        assert_eq!(image.summary.digest.as_ref().unwrap().as_str(), digest);
        assert_layers_read(&image);
    }
}

#[test]
fn an_archive_of_the_oldest_docker() {
    let (low, high) = (tar(&[("a", b"a")]), tar(&[("b", b"b")]));
    let link = |parent: &str, step: &str| {
        let link = json!({
            "parent": parent, "container_config": {"Cmd": ["/bin/sh", "-c", step]}, "os": "linux", "architecture": "amd64",
        });
        link.to_string().into_bytes()
    };
    let (below, above) = (link("", "low"), link("low", "high"));
    let path = tempfile::NamedTempFile::new().unwrap();
    let archive = raw_tar(&[
        Part::File("repositories", br#"{"old/app": {"1": "high", "2": "high"}}"#),
        Part::File("low/json", &below),
        Part::File("low/layer.tar", &low),
        Part::File("high/json", &above),
        Part::File("high/layer.tar", &high),
    ]);
    fs::write(path.path(), archive).unwrap();
    let image = open_one(&format!("archive:{}:old/app:2", text(path.path())), &options());
    assert_eq!((bytes(&image, 0).unwrap(), bytes(&image, 1).unwrap()), (low, high));
    assert_eq!(image.summary.layers[1].created_by.as_deref(), Some("/bin/sh -c high"));
    assert!(image.summary.layers.iter().all(|layer| layer.digest.is_none() && layer.diff_id.is_none()));
    assert!(refusal(&format!("archive:{}:old/app:3", text(path.path())), &options()).contains("old/app:1, old/app:2"));

    let circle = raw_tar(&[
        Part::File("repositories", br#"{"a": {"b": "x"}}"#),
        Part::File("x/json", br#"{"parent": "x"}"#),
        Part::File("x/layer.tar", b""),
    ]);
    fs::write(path.path(), circle).unwrap();
    assert!(refusal(text(path.path()), &options()).contains("more than the 1000 layers"));
}

#[test]
fn links_are_followed_inside_the_archive_only() {
    let layer = tar(&[("a", b"a")]);
    let zipped = gzip(&layer);
    let config = config(&[&layer, &layer, &layer, &layer]);
    let manifest = json!([{
        "Config": "c.json", "Layers": ["one/layer.tar", "two/layer.tar", "./real.tar", "blobs/packed.tar.gz"],
    }]);
    let path = tempfile::NamedTempFile::new().unwrap();
    let archive = raw_tar(&[
        Part::Symlink("one/layer.tar", "../real.tar"),
        Part::Hardlink("two/layer.tar", "one/layer.tar"),
        Part::File("real.tar", &layer),
        Part::File("blobs/packed.tar.gz", &zipped),
        Part::File("c.json", &config),
        Part::File("manifest.json", manifest.to_string().as_bytes()),
    ]);
    fs::write(path.path(), archive).unwrap();
    let image = open_one(text(path.path()), &options());
    let digests: Vec<_> = image.summary.layers.iter().map(|layer| layer.digest.clone()).collect();
    let plain = Some(sha256(&layer));
    assert_eq!(digests, [plain.clone(), plain.clone(), plain, None], "only a plain tar is known by its diff id");
    assert_eq!(bytes(&image, 1).unwrap(), layer);
    assert_eq!(bytes(&image, 3).unwrap(), zipped);
}

#[test]
fn no_name_leads_out_of_the_archive() {
    let secret = tempfile::NamedTempFile::new().unwrap();
    fs::write(secret.path(), "secret").unwrap();
    let secret = text(secret.path());
    let config = config(&[b"x"]);
    let up = format!("../../../../../../../..{secret}");
    for layers in [vec![secret], vec![&up], vec!["to-secret"], vec!["to-up"], vec!["loop"], vec!["../inside"], vec![""]]
    {
        let manifest = json!([{"Config": "c.json", "Layers": layers}]).to_string();
        let path = tempfile::NamedTempFile::new().unwrap();
        let archive = raw_tar(&[
            Part::Symlink("to-secret", secret),
            Part::Symlink("to-up", &up),
            Part::Symlink("loop", "loop"),
            Part::File("../inside", b"x"),
            Part::File("c.json", &config),
            Part::File("manifest.json", manifest.as_bytes()),
        ]);
        fs::write(path.path(), archive).unwrap();
        let why = refusal(text(path.path()), &options());
        assert!(why.starts_with("no \""), "{layers:?} gives {why}");
    }
}

#[test]
fn what_an_archive_may_cost_is_bounded() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = text(file.path());

    fs::write(file.path(), gzip(&vec![0; 1 << 20])).unwrap();
    let small = Options { limits: Limits { spool_size: 1 << 18, ..Limits::default() }, ..options() };
    assert!(refusal(path, &small).contains("larger than the 262144 bytes allowed"));

    fs::write(file.path(), tar(&[("a", b""), ("b", b""), ("c", b"")])).unwrap();
    let few = Options { limits: Limits { archive_entries: 2, ..Limits::default() }, ..options() };
    assert!(refusal(path, &few).contains("more than the 2 members"));

    // A long name of 70 MB would be kept in memory whole.
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::GNULongName);
    header.set_size(70 << 20);
    header.set_cksum();
    let long = fs::File::create(file.path()).unwrap();
    std::io::Write::write_all(&mut &long, header.as_bytes()).unwrap();
    long.set_len(80 << 20).unwrap();
    assert!(refusal(path, &options()).contains("not a tar file"));
}

#[test]
fn what_is_no_archive_is_refused_clearly() {
    let file = tempfile::NamedTempFile::new().unwrap();
    for (content, expected) in [
        (&b""[..], "neither an OCI layout nor a docker-save archive"),
        (b"hello", "not a tar file"),
        (&noise(5000), "not a tar file"),
        (&tar(&[("etc/passwd", b"")]), "neither an OCI layout nor"),
        (&tar(&[("manifest.json", b"[]")]), "it holds none with a name"),
        (&tar(&[("manifest.json", b"{}")]), "malformed manifest.json"),
        (&tar(&[("manifest.json", br#"[{"Config": "c"}, {"Config": "c", "RepoTags": ["a:1"]}]"#)]), "several images"),
        (b"BZh91AY&SY", "bzip2 or xz"),
        (&[0x1f, 0x8b, 8, 0], "cannot read"),
        (&[0x28, 0xb5, 0x2f, 0xfd, 0], "cannot read"),
    ] {
        fs::write(file.path(), content).unwrap();
        let why = refusal(text(file.path()), &options());
        assert!(why.contains(expected), "{content:?} gives {why}");
    }
}

/// A byte flipped or the end cut off anywhere gives an image or an error, never a panic.
#[test]
fn damage_anywhere_ends_well() {
    let layer = tar(&[("a", b"a")]);
    let (config, manifest) =
        (config(&[&layer]), json!([{"Config": "c", "Layers": ["l"], "RepoTags": ["x:1"]}]).to_string());
    let parts = [Part::File("manifest.json", manifest.as_bytes()), Part::File("c", &config), Part::File("l", &layer)];
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::new(&folder.path().join("layout"));
    let mut layout = layout;
    let image = layout.image(&host(), std::slice::from_ref(&layer));
    layout.tag(image, "latest");
    let path = folder.path().join("damaged.tar");
    for whole in [raw_tar(&parts), pack(&layout.path), gzip(&raw_tar(&parts))] {
        for position in (0..whole.len()).step_by(37) {
            let mut flipped = whole.clone();
            flipped[position] ^= 1 << (position % 8);
            for damaged in [&flipped[..], &whole[..position]] {
                fs::write(&path, damaged).unwrap();
                for image in open(text(&path), &options()).into_iter().flatten() {
                    let _whatever = bytes(&image, 0);
                }
            }
        }
    }
}
