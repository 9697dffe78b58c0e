//! What readers said about groups of files whose bytes no index keeps, in the layer cache, so that a layer is read a second
//! time once and not by every scan. Layers stand for the bytes: their digests, which were verified, and entry numbers.

use data_encoding::HEXLOWER;
use plimsoll_model::{Facts, Layer, Reader};
use ring::digest::{Context, SHA256};

use crate::cache::Cache;
use crate::groups::{Group, Member};

/// The facts that a cache has for the layers of an image.
pub struct Memory<'a> {
    cache: Option<&'a Cache>,
    fingerprint: &'a str,
    layers: &'a [Layer],
}

impl<'a> Memory<'a> {
    /// Facts for these layers; without a cache there are none. `fingerprint` is that of the readers.
    pub fn new(cache: Option<&'a Cache>, fingerprint: &'a str, layers: &'a [Layer]) -> Self {
        Self { cache, fingerprint, layers }
    }

    /// What the reader of a group said in an earlier scan.
    pub fn recall(&self, reader: &Reader, group: &Group) -> Option<Facts> {
        self.cache?.recall(&self.key(reader, group)?)
    }

    /// Keeps what the reader of a group said. A full disk makes the next scan slower, not this one wrong.
    pub fn keep(&self, reader: &Reader, group: &Group, facts: &Facts) {
        if let (Some(cache), Some(key)) = (self.cache, self.key(reader, group)) {
            let _ = cache.keep(&key, facts);
        }
    }

    /// Stands for all that the facts depend on; none when the bytes of a layer were not verified.
    fn key(&self, reader: &Reader, group: &Group) -> Option<String> {
        let mut hash = Context::new(&SHA256);
        let mut add = |part: &[u8]| {
            // With its length, so that parts cannot run into each other.
            hash.update(&(part.len() as u64).to_le_bytes());
            hash.update(part);
        };
        add(self.fingerprint.as_bytes());
        add(reader.id.as_bytes());
        for Member { path, content, .. } in std::iter::once(&group.main).chain(&group.with) {
            add(path);
            add(self.layers.get(usize::from(content.layer))?.digest.as_ref()?.as_str().as_bytes());
            add(&content.entry.to_le_bytes());
        }
        Some(HEXLOWER.encode(hash.finish().as_ref()))
    }
}
