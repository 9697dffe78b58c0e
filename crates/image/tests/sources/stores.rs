//! containers-storage, written by skopeo.

use std::fs;

use plimsoll_image::{LayerContent, Options, Whiteouts};
use serde_json::Value;

use crate::{builder, essence, open_one, options, refusal, text, tools};

#[test]
fn an_image_in_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let layout = builder::two_layers(&folder.path().join("layout"));
    let from = format!("oci:{}:latest", text(&layout.path));
    let (root, run) = (folder.path().join("root"), folder.path().join("run"));
    let store = format!("[overlay@{}+{}]", text(&root), text(&run));
    tools::copy_to_store(&from, &format!("containers-storage:{store}localhost/app:1"));

    let original = open_one(&from, &options());
    let images: Value = serde_json::from_slice(&fs::read(root.join("overlay-images/images.json")).unwrap()).unwrap();
    let id = images[0]["id"].as_str().unwrap().to_owned();
    let names = ["localhost/app:1", "app:1", &id, &id[..12]];
    for name in names {
        let image = open_one(&format!("containers-storage:{store}{name}"), &options());
        assert_eq!(essence(&image), essence(&original), "{name}");
        assert_eq!(image.summary.digest, original.summary.digest);
    }
    let image = open_one("containers-storage:app:1", &Options { storage_root: Some(root.clone()), ..options() });
    let configuration = folder.path().join("storage.conf");
    fs::write(&configuration, format!("[storage]\ndriver = \"overlay\"\ngraphroot = \"{}\"\n", text(&root))).unwrap();
    let environment = [("CONTAINERS_STORAGE_CONF", text(&configuration))].into_iter().collect();
    assert_eq!(
        essence(&open_one("containers-storage:app:1", &Options { environment, ..options() })),
        essence(&original)
    );
    let path = |layer| match image.open_layer(layer).unwrap() {
        LayerContent::Folder { path, whiteouts: Whiteouts::Overlay } => path,
        _ => panic!("not an overlay folder"),
    };
    assert_eq!(fs::read(path(0).join("etc/os-release")).unwrap(), b"ID=test\n");
    assert_eq!(fs::read(path(1).join("app/big")).unwrap(), builder::noise(3 << 20));
    assert!(image.open_layer(2).is_err());

    let open = format!("containers-storage:{store}app:1");
    let why = refusal(&format!("containers-storage:{store}none"), &options());
    assert!(why.contains("no such image") && why.contains("1 images, none with this name"), "{why}");

    let records = root.join("overlay-layers/layers.json");
    let layers = fs::read_to_string(&records).unwrap();
    fs::write(&records, layers.replacen("\"diff-digest\":\"sha256:", "\"diff-digest\":\"sha256:00", 1)).unwrap();
    assert!(refusal(&open, &options()).contains("malformed"));
    fs::write(&records, "[]").unwrap();
    assert!(refusal(&open, &options()).contains("the store has lost layer"));
    fs::write(&records, &layers).unwrap();

    fs::create_dir(path(1).with_file_name("composefs-data")).unwrap();
    assert!(refusal(&open, &options()).contains("composefs"));
    fs::write(root.join("overlay-images").join(&id).join("manifest"), "{}").unwrap();
    assert!(refusal(&open, &options()).contains("malformed manifest"));
}

#[test]
fn no_store() {
    let folder = tempfile::tempdir().unwrap();
    let open = format!("containers-storage:[{}]app", text(folder.path()));
    assert!(refusal(&open, &options()).contains("no store"));
    fs::create_dir(folder.path().join("vfs-images")).unwrap();
    assert!(refusal(&open, &options()).contains("only overlay can be read"));
}
