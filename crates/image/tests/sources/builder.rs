//! Small OCI images, made in code.

use std::io::Write;
use std::path::{Path, PathBuf};

use plimsoll_model::Digest;
use serde_json::{Value, json};

/// Media types that the tests need by name.
pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
pub const GZIP_LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// An OCI layout that is being written.
pub struct Layout {
    pub path: PathBuf,
    entries: Vec<Value>,
}

/// A tar with these files.
pub fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn sha256(bytes: &[u8]) -> Digest {
    let hash = ring::digest::digest(&ring::digest::SHA256, bytes);
    Digest::sha256(hash.as_ref().try_into().unwrap())
}

/// Bytes that do not compress away, always the same.
pub fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    (0..length.div_ceil(8)).flat_map(next).take(length).collect()
}

impl Layout {
    pub fn new(path: &Path) -> Self {
        std::fs::create_dir_all(path.join("blobs/sha256")).unwrap();
        std::fs::write(path.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
        let layout = Self { path: path.into(), entries: Vec::new() };
        layout.write_index();
        layout
    }

    /// Stores a blob and describes it.
    pub fn blob(&self, media_type: &str, bytes: &[u8]) -> Value {
        let digest = sha256(bytes);
        std::fs::write(self.blob_path(&digest), bytes).unwrap();
        json!({"mediaType": media_type, "digest": digest.to_string(), "size": bytes.len()})
    }

    pub fn blob_path(&self, digest: &Digest) -> PathBuf {
        self.path.join("blobs/sha256").join(digest.hex())
    }

    /// Stores an image of gzipped layers, one history step each, and describes it.
    pub fn image(&self, platform: &str, layers: &[Vec<u8>]) -> Value {
        let diff_ids: Vec<String> = layers.iter().map(|layer| sha256(layer).to_string()).collect();
        let mut history: Vec<Value> = (0..layers.len()).map(|n| json!({"created_by": format!("step {n}")})).collect();
        history.push(json!({"created_by": "ENTRYPOINT", "empty_layer": true}));
        let stored = layers.iter().map(|layer| self.blob(GZIP_LAYER, &gzip(layer))).collect();
        self.image_with(platform, json!({"type": "layers", "diff_ids": diff_ids}), json!(history), stored)
    }

    /// Stores an image whose parts are given.
    pub fn image_with(&self, platform: &str, rootfs: Value, history: Value, layers: Vec<Value>) -> Value {
        let mut parts = platform.split('/');
        let mut config = json!({
            "os": parts.next(), "architecture": parts.next(), "rootfs": rootfs, "history": history, "config": {"Cmd": ["x"]},
        });
        if let Some(variant) = parts.next() {
            config["variant"] = json!(variant);
        }
        let config = self.blob(CONFIG, config.to_string().as_bytes());
        self.manifest(&json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers}))
    }

    pub fn manifest(&self, manifest: &Value) -> Value {
        self.blob(MANIFEST, manifest.to_string().as_bytes())
    }

    /// Stores an index of images with their platforms.
    pub fn index(&self, images: &[(&str, Value)]) -> Value {
        let entries = images.iter().map(|(platform, image)| {
            let mut parts = platform.split('/');
            let mut image = image.clone();
            image["platform"] = json!({"os": parts.next(), "architecture": parts.next()});
            if let Some(variant) = parts.next() {
                image["platform"]["variant"] = json!(variant);
            }
            image
        });
        let entries: Vec<Value> = entries.collect();
        self.blob(INDEX, json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}).to_string().as_bytes())
    }

    /// Lists an image or index under a tag.
    pub fn tag(&mut self, mut descriptor: Value, tag: &str) {
        descriptor["annotations"] = json!({"org.opencontainers.image.ref.name": tag});
        self.list(descriptor);
    }

    /// Lists an image or index.
    pub fn list(&mut self, descriptor: Value) {
        self.entries.push(descriptor);
        self.write_index();
    }

    fn write_index(&self) {
        let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": self.entries});
        std::fs::write(self.path.join("index.json"), index.to_string()).unwrap();
    }
}

/// A layout with one image of two layers, tagged `latest`, for the machine that the tests run on.
pub fn two_layers(path: &Path) -> Layout {
    let mut layout = Layout::new(path);
    let layers = [tar(&[("etc/os-release", b"ID=test\n")]), tar(&[("app/big", &noise(3 << 20))])];
    let image = layout.image(&host(), &layers);
    layout.tag(image, "latest");
    layout
}

/// The platform that `Default` means here.
pub fn host() -> String {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("linux/{architecture}")
}
