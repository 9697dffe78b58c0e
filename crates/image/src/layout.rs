//! OCI image layout folders (<https://github.com/opencontainers/image-spec/blob/main/image-layout.md>).

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use plimsoll_model::{Attachments, Digest};

use crate::attached::{COSIGN, Claim, Collector, attestations, listing, tag};
use crate::documents::{Descriptor, Document};
use crate::image::Beside;
use crate::resolve::{Documents, fetch_verified, resolve, select};
use crate::spool::read_bounded;
use crate::{Error, Image, ImageName, LayerContent, LayerSource, Limits, Options, Reference, Select};

/// The folder that holds `index.json` and `blobs`.
#[derive(Clone)]
struct Layout(PathBuf);

impl Layout {
    fn open(&self, digest: &Digest) -> Result<File, Error> {
        open_file(&self.0.join("blobs").join(digest.algorithm()).join(digest.hex()))
    }
}

/// Opens a regular file; opening a named pipe would wait for ever.
pub(crate) fn open_file(path: &Path) -> Result<File, Error> {
    let fail = |error| Error::new(format!("cannot open {}", path.display())).because(error);
    if !path.metadata().map_err(fail)?.is_file() {
        return Err(Error::new(format!("not a file: {}", path.display())));
    }
    File::open(path).map_err(fail)
}

impl Documents for Layout {
    fn fetch(&self, descriptor: &Descriptor, limit: u64) -> Result<Vec<u8>, Error> {
        read_bounded(self.open(&descriptor.digest)?, limit, &format!("{} in {}", descriptor.digest, self.place()))
    }

    fn place(&self) -> String {
        self.0.display().to_string()
    }
}

/// The layers of one image in a layout.
struct Layers {
    layout: Layout,
    layers: Vec<Descriptor>,
}

impl LayerSource for Layers {
    fn open(&self, layer: usize) -> Result<LayerContent, Error> {
        let descriptor = Descriptor::readable(&self.layers, layer)?;
        let file: Box<dyn Read + Send> = Box::new(self.layout.open(&descriptor.digest)?);
        Ok(LayerContent::Blob(file))
    }
}

/// Opens the chosen images of a layout.
pub(crate) fn open(
    reference: &Reference,
    path: &Path,
    selection: Option<&Select>,
    options: &Options,
) -> Result<Vec<Image>, Error> {
    let layout = Layout(path.into());
    let index = path.join("index.json");
    let place = index.display().to_string();
    let bytes = read_bounded(open_file(&index)?, options.limits.manifest_size, &place)?;
    let entries = match Document::parse(&bytes, "", &place, &options.limits)? {
        Document::Index(entries) => entries,
        Document::Manifest(_) => return Err(Error::new(format!("a manifest where an index belongs: {place}"))),
    };
    let chosen = select(entries.clone(), selection, &layout.place())?;
    let roots: Vec<Descriptor> = chosen.iter().filter(|entry| !entry.is_attachment()).cloned().collect();
    let images = resolve(&layout, chosen, options)?.into_iter().map(|found| {
        let layers = Layers { layout: layout.clone(), layers: found.manifest.layers.clone() };
        let nearby = Nearby {
            layout: layout.clone(),
            limits: options.limits,
            image: found.digest.clone(),
            // Of several, nobody says which one the image is from.
            root: <[Descriptor; 1]>::try_from(roots.clone()).ok().map(|[root]| root),
            entries: entries.clone(),
        };
        Ok(Image::new(found.summary(reference)?, found.whole_config, Box::new(layers)).with(Box::new(nearby)))
    });
    images.collect()
}

/// What a layout holds beside one image of it.
struct Nearby {
    layout: Layout,
    limits: Limits,
    image: Digest,
    root: Option<Descriptor>,
    entries: Vec<Descriptor>,
}

impl Beside for Nearby {
    fn is_remote(&self) -> bool {
        false
    }

    fn gather(&self, wants: &dyn Fn(&str) -> bool) -> Attachments {
        let root = self.root.as_ref();
        let mut subjects = vec![self.image.clone()];
        subjects.extend(root.map(|root| root.digest.clone()).filter(|root| *root != self.image));
        let mut collector = Collector::new(&self.layout, &subjects, &self.limits, wants);
        let inner = match root.filter(|root| root.is_index()).map(|root| self.inner(root)) {
            Some(Ok(entries)) => entries,
            Some(Err(error)) => {
                collector.fail(&error);
                Vec::new()
            }
            None => Vec::new(),
        };
        for entries in [&self.entries, &inner] {
            let attestations: Vec<Descriptor> = attestations(entries, &self.image).cloned().collect();
            collector.list(&self.image, &attestations, Claim::Listed);
        }
        for subject in &subjects {
            self.tagged(subject, &mut collector);
            let others: Vec<Descriptor> =
                self.entries.iter().filter(|entry| self.refers(entry, subject)).cloned().collect();
            collector.list(subject, &others, Claim::Subject);
        }
        collector.finish()
    }

    fn look_up(&self, name: &ImageName) -> Result<Vec<Digest>, Error> {
        Err(Error::new(format!("a layout is no registry to ask for {name}")))
    }
}

impl Nearby {
    fn inner(&self, index: &Descriptor) -> Result<Vec<Descriptor>, Error> {
        let place = format!("{} in {}", index.digest, self.layout.place());
        listing(&fetch_verified(&self.layout, index, self.limits.manifest_size)?, &place)
    }

    /// What copies of registries keep under the tags that stand for a digest.
    fn tagged(&self, subject: &Digest, collector: &mut Collector<'_>) {
        let tag = tag(subject);
        let named = |name: &str| self.entries.iter().filter(|entry| entry.is_named(name)).cloned().collect::<Vec<_>>();
        for index in named(&tag).iter().filter(|entry| entry.is_index()) {
            match self.inner(index) {
                Ok(entries) => collector.list(subject, &entries, Claim::Subject),
                Err(error) => collector.fail(&error),
            }
        }
        for ending in COSIGN {
            collector.list(subject, &named(&format!("{tag}.{ending}")), Claim::Listed);
        }
    }

    /// Whether this entry's manifest names the subject. An image that cannot be read is not this one's trouble.
    fn refers(&self, entry: &Descriptor, subject: &Digest) -> bool {
        if entry.digest == self.image || entry.is_index() || !entry.is_attachment() {
            return false;
        }
        let bytes = fetch_verified(&self.layout, entry, self.limits.manifest_size).unwrap_or_default();
        let manifest: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
        manifest.pointer("/subject/digest").and_then(serde_json::Value::as_str) == Some(subject.as_str())
    }
}
