//! OCI image layout folders (<https://github.com/opencontainers/image-spec/blob/main/image-layout.md>).

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use plimsoll_model::Digest;

use crate::documents::{Descriptor, Document};
use crate::resolve::{Documents, resolve, select};
use crate::spool::read_bounded;
use crate::{Error, Image, LayerContent, LayerSource, Options, Reference, Select};

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
    let entries = select(entries, selection, &layout.place())?;
    let images = resolve(&layout, entries, options)?.into_iter().map(|found| {
        let layers = Layers { layout: layout.clone(), layers: found.manifest.layers.clone() };
        Ok(Image::new(found.summary(reference)?, found.whole_config, Box::new(layers)))
    });
    images.collect()
}
