//! OCI layout folders and root folders.

use plimsoll_image::{LayerContent, PlatformChoice, Whiteouts};
use plimsoll_model::Platform;
use serde_json::json;

use crate::builder::{self, GZIP_LAYER, Layout, gzip, host, noise, sha256, tar};
use crate::{assert_layers_read, bytes, open, open_one, options, refusal, text};

fn one(os: &str, architecture: &str, variant: Option<&str>) -> PlatformChoice {
    let variant = variant.map(Into::into);
    PlatformChoice::One(Platform { os: os.into(), architecture: architecture.into(), variant })
}

#[test]
fn an_image_in_a_layout() {
    let folder = tempfile::tempdir().unwrap();
    builder::two_layers(folder.path());
    for reference in [text(folder.path()).to_owned(), format!("oci:{}:latest", text(folder.path()))] {
        let image = open_one(&reference, &options());
        assert_layers_read(&image);
        let steps: Vec<_> = image.summary.layers.iter().map(|layer| layer.created_by.as_deref()).collect();
        assert_eq!(steps, [Some("step 0"), Some("step 1")]);
        assert_eq!(image.summary.platform.as_ref().unwrap().to_string(), host());
        assert_eq!(image.config["config"]["Cmd"], json!(["x"]));
        assert!(image.open_layer(2).is_err());
    }
}

#[test]
fn several_images_need_a_choice() {
    let folder = tempfile::tempdir().unwrap();
    let mut layout = Layout::new(folder.path());
    let (a, b) = (layout.image(&host(), &[tar(&[("a", b"a")])]), layout.image(&host(), &[tar(&[("b", b"b")])]));
    let digest = b["digest"].as_str().unwrap().to_owned();
    layout.tag(a, "a");
    layout.tag(b, "b");
    let path = text(folder.path());
    assert!(refusal(path, &options()).contains("several images"));
    assert!(refusal(&format!("oci:{path}:c"), &options()).contains("it holds a, b"));
    assert_eq!(open_one(&format!("oci:{path}:b"), &options()).summary.digest.unwrap().as_str(), digest);
    assert_eq!(open_one(&format!("oci:{path}@{digest}"), &options()).summary.digest.unwrap().as_str(), digest);
}

#[test]
fn platforms_of_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let mut layout = Layout::new(folder.path());
    let image = |platform: &str| layout.image(platform, &[tar(&[("etc/platform", platform.as_bytes())])]);
    let attestation = layout.image("unknown/unknown", &[]);
    let platforms = ["linux/s390x", "linux/arm/v6", "linux/arm/v7", "windows/amd64"];
    let mut entries: Vec<_> = platforms.iter().map(|platform| (*platform, image(platform))).collect();
    entries.push(("unknown/unknown", attestation));
    let inner = layout.index(&entries);
    let outer = layout.index(&[("linux/s390x", inner)]);
    layout.tag(outer, "latest");

    let path = text(folder.path());
    let chosen = |platform| {
        let options = plimsoll_image::Options { platform, ..options() };
        open(path, &options).unwrap().into_iter().map(|image| image.summary.platform.unwrap().to_string()).collect()
    };
    let chosen: [Vec<String>; 4] = [
        chosen(one("linux", "arm", None)),
        chosen(one("linux", "arm", Some("v6"))),
        chosen(one("windows", "amd64", None)),
        chosen(PlatformChoice::All),
    ];
    assert_eq!(chosen[0], ["linux/arm/v7"]);
    assert_eq!(chosen[1], ["linux/arm/v6"]);
    assert_eq!(chosen[2], ["windows/amd64"]);
    assert_eq!(chosen[3], platforms);
    let why = refusal(path, &plimsoll_image::Options { platform: one("linux", "mips", None), ..options() });
    assert!(
        why.contains("no image for linux/mips") && why.contains("linux/arm/v6, linux/arm/v7, linux/s390x"),
        "{why}"
    );
}

#[test]
fn entries_without_a_platform_are_told_apart_by_their_config() {
    let folder = tempfile::tempdir().unwrap();
    let mut layout = Layout::new(folder.path());
    for platform in ["linux/s390x", "linux/riscv64"] {
        let image = layout.image(platform, &[tar(&[("p", platform.as_bytes())])]);
        layout.tag(image, "latest");
    }
    let options = plimsoll_image::Options { platform: one("linux", "riscv64", None), ..options() };
    let image = open_one(text(folder.path()), &options);
    assert_eq!(image.summary.platform.unwrap().to_string(), "linux/riscv64");
}

#[test]
fn build_steps_are_not_guessed() {
    let folder = tempfile::tempdir().unwrap();
    let mut layout = Layout::new(folder.path());
    let layer = tar(&[("a", b"a")]);
    let rootfs = json!({"diff_ids": [sha256(&layer).to_string(), sha256(&layer).to_string()]});
    let stored = layout.blob(GZIP_LAYER, &gzip(&layer));
    let image = layout.image_with(&host(), rootfs, json!([{"created_by": "one"}]), vec![stored.clone(), stored]);
    layout.list(image);
    let image = open_one(text(folder.path()), &options());
    assert!(image.summary.layers.iter().all(|layer| layer.created_by.is_none()));
}

#[test]
fn what_is_no_readable_image_is_refused_clearly() {
    let zeros = format!("sha256:{}", "0".repeat(64));
    let artifact = json!({
        "schemaVersion": 2, "artifactType": "application/vnd.example.sbom",
        "config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": zeros, "size": 2}, "layers": [],
    });
    let both = json!({
        "schemaVersion": 2, "manifests": [], "layers": [],
        "config": {"mediaType": builder::CONFIG, "digest": zeros, "size": 2},
    });
    let missing = json!({
        "schemaVersion": 2, "layers": [], "config": {"mediaType": builder::CONFIG, "digest": zeros, "size": 2},
    });
    let large = json!({
        "schemaVersion": 2, "layers": [], "config": {"mediaType": builder::CONFIG, "digest": zeros, "size": 1_u64 << 40},
    });
    let negative = json!({
        "schemaVersion": 2, "layers": [], "config": {"mediaType": builder::CONFIG, "digest": zeros, "size": -1},
    });
    let not_docker = json!({"schemaVersion": 2, "mediaType": "application/vnd.example+json"});
    let schema_1 = json!({"schemaVersion": 1, "fsLayers": []});
    let two_ways = json!({
        "schemaVersion": 2, "layers": [], "Layers": [],
        "config": {"mediaType": builder::CONFIG, "digest": zeros, "size": 2},
    });
    let many = json!({
        "schemaVersion": 2, "config": {"mediaType": builder::CONFIG, "digest": zeros, "size": 2},
        "layers": vec![json!({"mediaType": GZIP_LAYER, "digest": zeros, "size": 1}); 1001],
    });
    for (document, expected) in [
        (artifact, "not a container image but an artifact of type \"application/vnd.example.sbom\""),
        (both, "both at once"),
        (missing, "cannot open"),
        (large, "larger than"),
        (negative, "malformed manifest"),
        (not_docker, "unknown media type \"application/vnd.example+json\""),
        (schema_1, "schema 1"),
        (
            two_ways,
            "the manifest has `Layers` beside `layers`: runtimes read such a document differently; it is not scanned",
        ),
        (many, "1001 layers, more than the 1000 allowed"),
        (json!([]), "malformed manifest"),
        (json!({}), "malformed manifest"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut layout = Layout::new(folder.path());
        let entry = layout.manifest(&document);
        layout.list(entry);
        let why = refusal(text(folder.path()), &options());
        assert!(why.contains(expected), "{document} gives {why}");
    }
}

#[test]
fn a_config_that_engines_read_differently_is_refused() {
    for (config, expected) in [
        (json!({"User": "20000", "user": "0"}), "the image config has `user` beside `User`"),
        (json!({"env": ["A=1"]}), "the image config has `env` instead of `Env`"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut layout = Layout::new(folder.path());
        let config = json!({"os": "linux", "architecture": "amd64", "rootfs": {"diff_ids": []}, "config": config});
        let config = layout.blob(builder::CONFIG, config.to_string().as_bytes());
        let image = layout.manifest(&json!({"schemaVersion": 2, "config": config, "layers": []}));
        layout.list(image);
        let why = refusal(text(folder.path()), &options());
        assert!(why.contains(expected) && why.contains("it is not scanned"), "{why}");
    }
}

#[test]
fn diff_ids_must_fit_the_layers() {
    let folder = tempfile::tempdir().unwrap();
    let mut layout = Layout::new(folder.path());
    let stored = layout.blob(GZIP_LAYER, &gzip(&tar(&[])));
    let image = layout.image_with(&host(), json!({"diff_ids": []}), json!(null), vec![stored]);
    layout.list(image);
    assert!(refusal(text(folder.path()), &options()).contains("the image config lists 0 layers, the manifest 1"));
}

#[test]
fn single_layers_that_cannot_be_read_do_not_hide_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let mut layout = Layout::new(folder.path());
    let layer = gzip(&tar(&[("a", b"a")]));
    let types = [
        GZIP_LAYER,
        "application/vnd.oci.image.layer.v1.tar+gzip+encrypted",
        "application/vnd.example.layer",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
        "application/vnd.docker.image.rootfs.diff.tar.gzip",
    ];
    let diff_ids = vec![sha256(b"").to_string(); types.len()];
    let stored = types.iter().map(|media_type| layout.blob(media_type, &layer)).collect();
    let image = layout.image_with(&host(), json!({"diff_ids": diff_ids}), json!([]), stored);
    layout.list(image);
    let image = open_one(text(folder.path()), &options());
    for (index, expected) in [(0, None), (1, Some("encrypted")), (2, Some("unknown media type")), (3, None), (4, None)]
    {
        match (bytes(&image, index), expected) {
            (Ok(bytes), None) => assert_eq!(bytes, layer),
            (Err(why), Some(expected)) => assert!(why.contains(expected), "{why}"),
            (other, _) => panic!("layer {index}: {other:?}"),
        }
    }
}

#[test]
fn a_lying_document_is_refused_with_both_digests() {
    let folder = tempfile::tempdir().unwrap();
    let mut layout = Layout::new(folder.path());
    let image = layout.image(&host(), &[]);
    let digest: plimsoll_model::Digest = image["digest"].as_str().unwrap().parse().unwrap();
    layout.list(image);
    let path = layout.blob_path(&digest);
    let mut changed = std::fs::read(&path).unwrap();
    changed.push(b' ');
    for content in [&changed[..], &changed[..changed.len() - 2], b"", &noise(changed.len() - 1)] {
        std::fs::write(&path, content).unwrap();
        let why = refusal(text(folder.path()), &options());
        let told = why.contains(digest.as_str()) && why.contains(sha256(content).as_str());
        assert!(told || why.contains("longer than"), "{why}");
    }
}

#[test]
fn indexes_are_followed_only_so_far() {
    let folder = tempfile::tempdir().unwrap();
    let mut layout = Layout::new(folder.path());
    let mut entry = layout.image(&host(), &[]);
    for _ in 0..10 {
        entry = layout.index(&[("linux/amd64", entry)]);
    }
    layout.list(entry);
    assert!(refusal(text(folder.path()), &options()).contains("nested more than 4 deep"));

    let wide = tempfile::tempdir().unwrap();
    let mut layout = Layout::new(wide.path());
    let image = layout.image(&host(), &[]);
    let entries = vec![("linux/amd64", image); 1001];
    let index = layout.index(&entries);
    layout.list(index);
    assert!(refusal(text(wide.path()), &options()).contains("more than 1000 entries"));
}

#[test]
fn a_damaged_folder_is_an_error_and_a_pipe_does_not_hang() {
    let folder = tempfile::tempdir().unwrap();
    builder::two_layers(folder.path());
    let path = text(folder.path());
    std::fs::write(folder.path().join("index.json"), b"{").unwrap();
    assert!(refusal(path, &options()).contains("malformed manifest"));
    std::fs::write(folder.path().join("index.json"), vec![b' '; 5 << 20]).unwrap();
    assert!(refusal(path, &options()).contains("longer than"));
    std::fs::remove_file(folder.path().join("index.json")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("index.json")).status().unwrap();
    assert!(made.success());
    assert!(refusal(path, &options()).contains("not a file"));
}

#[test]
fn a_root_folder() {
    let folder = tempfile::tempdir().unwrap();
    let image = open_one(text(folder.path()), &options());
    assert_eq!(image.summary.reference, format!("dir:{}", text(folder.path())));
    assert!(image.config.is_null() && image.summary.platform.is_none() && image.summary.digest.is_none());
    match image.open_layer(0).unwrap() {
        LayerContent::Folder { path, whiteouts: Whiteouts::None } => assert_eq!(path, folder.path()),
        _ => panic!("not the folder"),
    }
    assert!(image.open_layer(1).is_err());
}
