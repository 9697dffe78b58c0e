//! Images made here layer by layer, and real ones with a layer more.

use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use tempfile::TempDir;

/// One layer, file by file.
pub struct Layer(tar::Builder<Vec<u8>>);

impl Layer {
    pub fn new() -> Self {
        Self(tar::Builder::new(Vec::new()))
    }

    pub fn file(self, path: &str, mode: u32, content: impl AsRef<[u8]>) -> Self {
        self.owned(path, mode, 0, content)
    }

    /// Of another user than root, who has a group of the same number.
    pub fn owned(mut self, path: &str, mode: u32, uid: u64, content: impl AsRef<[u8]>) -> Self {
        let content = content.as_ref();
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(mode);
        header.set_uid(uid);
        header.set_gid(uid);
        self.0.append_data(&mut header, path, content).unwrap();
        self
    }

    pub fn folder(self, path: &str, mode: u32) -> Self {
        self.owned_folder(path, mode, 0)
    }

    pub fn owned_folder(mut self, path: &str, mode: u32, uid: u64) -> Self {
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(tar::EntryType::Directory);
        header.set_size(0);
        header.set_mode(mode);
        header.set_uid(uid);
        header.set_gid(uid);
        self.0.append_data(&mut header, path, std::io::empty()).unwrap();
        self
    }

    pub fn link(mut self, path: &str, to: &str) -> Self {
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        self.0.append_link(&mut header, path, to).unwrap();
        self
    }
}

/// SHA-256.
pub fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(digest(&SHA256, bytes).as_ref())
}

/// Writes an OCI layout of these layers and this config.
pub fn layout(folder: &TempDir, layers: Vec<Layer>, config: &Value, history: &[&str]) -> PathBuf {
    let root = folder.path().join("image");
    let blobs = root.join("blobs/sha256");
    std::fs::create_dir_all(&blobs).unwrap();
    let put = |bytes: &[u8], kind: &str| {
        std::fs::write(blobs.join(hex(bytes)), bytes).unwrap();
        json!({"mediaType": format!("application/vnd.oci.image.{kind}"), "digest": format!("sha256:{}", hex(bytes)), "size": bytes.len()})
    };
    let tars: Vec<Vec<u8>> = layers.into_iter().map(|layer| layer.0.into_inner().unwrap()).collect();
    let described: Vec<Value> = tars.iter().map(|tar| put(tar, "layer.v1.tar")).collect();
    let ids: Vec<String> = tars.iter().map(|tar| format!("sha256:{}", hex(tar))).collect();
    let steps: Vec<Value> = history.iter().map(|step| json!({"created_by": step})).collect();
    let config = json!({
        "architecture": "amd64", "os": "linux", "created": "2023-11-10T00:00:00Z", "config": config,
        "rootfs": {"type": "layers", "diff_ids": ids}, "history": steps,
    });
    let config = put(config.to_string().as_bytes(), "config.v1+json");
    let manifest = json!({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": config, "layers": described});
    let manifest = put(manifest.to_string().as_bytes(), "manifest.v1+json");
    std::fs::write(root.join("index.json"), json!({"schemaVersion": 2, "manifests": [manifest]}).to_string()).unwrap();
    std::fs::write(root.join("oci-layout"), r#"{"imageLayoutVersion": "1.0.0"}"#).unwrap();
    root
}

/// A copy of a layout with one layer more on top.
pub fn extended(folder: &TempDir, from: &Path, layer: Layer) -> PathBuf {
    let root = folder.path().join("extended");
    let blobs = root.join("blobs/sha256");
    std::fs::create_dir_all(&blobs).unwrap();
    let read = |path: PathBuf| -> Value { serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap() };
    let blob = |digest: &Value| from.join("blobs/sha256").join(digest.as_str().unwrap().trim_start_matches("sha256:"));
    for entry in std::fs::read_dir(from.join("blobs/sha256")).unwrap() {
        let path = entry.unwrap().path();
        std::os::unix::fs::symlink(path.canonicalize().unwrap(), blobs.join(path.file_name().unwrap())).unwrap();
    }
    let put = |bytes: &[u8]| {
        std::fs::write(blobs.join(hex(bytes)), bytes).unwrap();
        (format!("sha256:{}", hex(bytes)), bytes.len())
    };
    let mut index = read(from.join("index.json"));
    let mut manifest = read(blob(&index["manifests"][0]["digest"]));
    let mut config = read(blob(&manifest["config"]["digest"]));
    let (id, size) = put(&layer.0.into_inner().unwrap());
    config["rootfs"]["diff_ids"].as_array_mut().unwrap().push(json!(id));
    config["history"].as_array_mut().into_iter().for_each(|steps| steps.push(json!({"created_by": "RUN make"})));
    let layer = json!({"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": id, "size": size});
    manifest["layers"].as_array_mut().unwrap().push(layer);
    let (id, size) = put(config.to_string().as_bytes());
    (manifest["config"]["digest"], manifest["config"]["size"]) = (json!(id), json!(size));
    let (id, size) = put(manifest.to_string().as_bytes());
    (index["manifests"][0]["digest"], index["manifests"][0]["size"]) = (json!(id), json!(size));
    std::fs::write(root.join("index.json"), index.to_string()).unwrap();
    std::fs::copy(from.join("oci-layout"), root.join("oci-layout")).unwrap();
    root
}

/// Gives a layer of a layout another media type.
pub fn retype(root: &Path, layer: usize, media_type: &str) {
    let blob = |digest: &Value| root.join("blobs/sha256").join(digest.as_str().unwrap().trim_start_matches("sha256:"));
    let read = |path: PathBuf| -> Value { serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap() };
    let mut index = read(root.join("index.json"));
    let mut manifest = read(blob(&index["manifests"][0]["digest"]));
    manifest["layers"][layer]["mediaType"] = json!(media_type);
    let bytes = manifest.to_string();
    let id = json!(format!("sha256:{}", hex(bytes.as_bytes())));
    std::fs::write(blob(&id), &bytes).unwrap();
    (index["manifests"][0]["digest"], index["manifests"][0]["size"]) = (id, json!(bytes.len()));
    std::fs::write(root.join("index.json"), index.to_string()).unwrap();
}
