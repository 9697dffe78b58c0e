//! Images made by tests: layers written byte by byte, so that they can be as odd as hostile ones are.

use std::io::Write;
use std::path::{Path, PathBuf};

use plimsoll_image::{Image, LayerContent, LayerSource};
use plimsoll_layers::{Contents, Error, Limits, Settings, read};
use plimsoll_model::{Digest, ImageSummary, Layer, Reader};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

/// A tar archive under construction.
#[derive(Default, Clone)]
pub struct Tar(pub Vec<u8>);

/// A header's numbers.
#[derive(Clone, Copy)]
pub struct Meta {
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
}

pub const META: Meta = Meta { mode: 0o644, uid: 0, gid: 0 };

impl Tar {
    pub fn entry(&mut self, flag: u8, name: &[u8], link: &[u8], meta: Meta, data: &[u8]) -> &mut Self {
        self.header(flag, name, link, meta, data.len() as u64);
        self.data(data)
    }

    pub fn header(&mut self, flag: u8, name: &[u8], link: &[u8], meta: Meta, size: u64) -> &mut Self {
        if name.len() > 100 {
            self.long(b'L', name);
        }
        if link.len() > 100 {
            self.long(b'K', link);
        }
        let mut header = [0_u8; 512];
        header[..name.len().min(100)].copy_from_slice(&name[..name.len().min(100)]);
        header[100..107].copy_from_slice(format!("{:07o}", meta.mode).as_bytes());
        header[108..115].copy_from_slice(format!("{:07o}", meta.uid).as_bytes());
        header[116..123].copy_from_slice(format!("{:07o}", meta.gid).as_bytes());
        header[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
        header[136..147].copy_from_slice(b"00000000000");
        header[156] = flag;
        header[157..157 + link.len().min(100)].copy_from_slice(&link[..link.len().min(100)]);
        header[257..265].copy_from_slice(b"ustar  \0");
        if flag == b'3' || flag == b'4' {
            header[329..336].copy_from_slice(b"0000001");
            header[337..344].copy_from_slice(b"0000003");
        }
        self.raw(header)
    }

    /// A header with its checksum set.
    pub fn raw(&mut self, mut header: [u8; 512]) -> &mut Self {
        header[148..156].copy_from_slice(b"        ");
        let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        self.0.extend_from_slice(&header);
        self
    }

    pub fn data(&mut self, data: &[u8]) -> &mut Self {
        self.0.extend_from_slice(data);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    fn long(&mut self, flag: u8, text: &[u8]) {
        let mut data = text.to_vec();
        data.push(0);
        self.entry(flag, b"././@LongLink", b"", META, &data);
    }

    pub fn pax(&mut self, flag: u8, records: &[(&str, &[u8])]) -> &mut Self {
        let mut data = Vec::new();
        for (key, value) in records {
            let body = key.len() + value.len() + 3;
            let length = (1..=5).map(|digits| body + digits).find(|length| length.to_string().len() + body == *length);
            data.extend_from_slice(format!("{} {key}=", length.unwrap()).as_bytes());
            data.extend_from_slice(value);
            data.push(b'\n');
        }
        self.entry(flag, b"PaxHeaders/x", b"", META, &data)
    }

    pub fn file(&mut self, name: &str, data: &[u8]) -> &mut Self {
        self.entry(b'0', name.as_bytes(), b"", META, data)
    }

    pub fn folder(&mut self, name: &str) -> &mut Self {
        self.entry(b'5', name.as_bytes(), b"", Meta { mode: 0o755, ..META }, b"")
    }

    pub fn link(&mut self, name: &str, target: &str) -> &mut Self {
        self.entry(b'2', name.as_bytes(), target.as_bytes(), Meta { mode: 0o777, ..META }, b"")
    }

    pub fn hard_link(&mut self, name: &str, target: &str) -> &mut Self {
        self.entry(b'1', name.as_bytes(), target.as_bytes(), META, b"")
    }

    pub fn finish(&self) -> Vec<u8> {
        let mut bytes = self.0.clone();
        bytes.resize(bytes.len() + 1024, 0);
        bytes
    }
}

pub fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

pub fn sha256(bytes: &[u8]) -> Digest {
    Digest::sha256(digest(&SHA256, bytes).as_ref().try_into().unwrap())
}

/// Layers in memory.
pub struct Blobs(pub Vec<Vec<u8>>);

impl LayerSource for Blobs {
    fn open(&self, layer: usize) -> Result<LayerContent, plimsoll_image::Error> {
        Ok(LayerContent::Blob(Box::new(std::io::Cursor::new(self.0[layer].clone()))))
    }
}

/// An image of these stored layers, each with its true digest and size.
pub fn image(stored: Vec<Vec<u8>>) -> Image {
    let describe = |blob: &Vec<u8>| Layer {
        digest: Some(sha256(blob)),
        size: blob.len() as u64,
        created_by: Some("a step".into()),
        ..Layer::default()
    };
    let summary = ImageSummary {
        reference: "test".into(),
        layers: stored.iter().map(describe).collect(),
        ..ImageSummary::default()
    };
    Image::new(summary, Value::Null, Box::new(Blobs(stored)))
}

pub fn read_with(image: &Image, readers: &[&'static Reader], limits: &Limits) -> Result<Contents, Error> {
    let settings = Settings {
        readers,
        detectors: &[],
        sieve: None,
        is_notable: |_| false,
        is_foreign: |_| false,
        normal_name: |package| package.name.to_lowercase().into(),
        cache: None,
        limits,
        verify_diff_ids: false,
        threads: 2,
        temporary: std::env::temp_dir(),
        progress: &|_| {},
        heard: &|_, _, _| {},
    };
    read(image, &settings)
}

/// Writes an OCI layout that holds one image of these plain layers, tagged `latest`.
pub fn write_layout(folder: &Path, plain: &[Vec<u8>]) -> PathBuf {
    let blobs = folder.join("blobs/sha256");
    std::fs::create_dir_all(&blobs).unwrap();
    let put = |bytes: &[u8]| {
        let digest = sha256(bytes);
        std::fs::write(blobs.join(digest.hex()), bytes).unwrap();
        (digest, bytes.len())
    };
    let described = |media: &str, bytes: &[u8]| {
        let (digest, size) = put(bytes);
        json!({ "mediaType": format!("application/vnd.oci.image.{media}"), "digest": digest, "size": size })
    };
    let layers: Vec<Value> = plain.iter().map(|layer| described("layer.v1.tar+gzip", &gzip(layer))).collect();
    let diff_ids: Vec<Digest> = plain.iter().map(|layer| sha256(layer)).collect();
    let config = json!({
        "architecture": "amd64", "os": "linux", "config": {}, "rootfs": { "type": "layers", "diff_ids": diff_ids },
        "history": plain.iter().map(|_| json!({ "created_by": "a step" })).collect::<Vec<_>>(),
    });
    let config = described("config.v1+json", config.to_string().as_bytes());
    let manifest = json!({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": config, "layers": layers,
    });
    let mut manifest = described("manifest.v1+json", manifest.to_string().as_bytes());
    manifest["annotations"] = json!({ "org.opencontainers.image.ref.name": "latest" });
    let index = json!({ "schemaVersion": 2, "manifests": [manifest] });
    std::fs::write(folder.join("index.json"), index.to_string()).unwrap();
    std::fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    folder.to_owned()
}
