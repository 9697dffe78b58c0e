//! Images made by hand, layer by layer.

use std::path::PathBuf;

use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use tempfile::TempDir;

/// One layer, file by file.
pub struct Layer(tar::Builder<Vec<u8>>);

impl Layer {
    pub fn new() -> Self {
        Self(tar::Builder::new(Vec::new()))
    }

    pub fn file(mut self, path: &str, mode: u32, content: impl AsRef<[u8]>) -> Self {
        let content = content.as_ref();
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(mode);
        self.0.append_data(&mut header, path, content).unwrap();
        self
    }
}

/// SHA-256, hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
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
