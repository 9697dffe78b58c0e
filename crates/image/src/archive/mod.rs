//! Image archives in one tar file: OCI layouts and what `docker save` has written since 2013. Owns telling the forms
//! apart and choosing an image; [`members`] owns the file, [`docker`] Docker's own description of images.
//!
//! New archives of Docker carry both forms; the OCI one is preferred, for it has the manifest's digest.

mod docker;
mod members;

use std::fs::File;
use std::path::Path;

use members::Members;

use crate::documents::{Descriptor, Document};
use crate::image::no_such_layer;
use crate::resolve::{Documents, resolve, select};
use crate::spool::read_bounded;
use crate::{Error, Image, LayerContent, LayerSource, Options, Reference, Select};

/// Opens the chosen images of an archive file.
pub(crate) fn open(
    reference: &Reference,
    path: &Path,
    selection: Option<&Select>,
    options: &Options,
) -> Result<Vec<Image>, Error> {
    let fail = |error| Error::new(format!("cannot open {}", path.display())).because(error);
    if !path.metadata().map_err(fail)?.is_file() {
        return Err(Error::new(format!("not a file: {}", path.display())));
    }
    let file = File::open(path).map_err(fail)?;
    open_file(reference, file, &path.display().to_string(), selection, options)
}

/// Opens the chosen images of an archive that was opened; `place` names it for people.
pub(crate) fn open_file(
    reference: &Reference,
    file: File,
    place: &str,
    selection: Option<&Select>,
    options: &Options,
) -> Result<Vec<Image>, Error> {
    let members = Members::read(file, place, options)?;
    if members.contains("index.json") {
        return open_layout(reference, &members, selection, options);
    }
    if members.contains("manifest.json") {
        return docker::open(reference, &members, selection, options).map(|image| vec![image]);
    }
    if members.contains("repositories") {
        return docker::open_chain(reference, &members, selection, options).map(|image| vec![image]);
    }
    Err(Error::new(format!(
        "neither an OCI layout nor a docker-save archive: {place}: no index.json, no manifest.json"
    ))
    .hint("for a tar of a root file system, unpack it and scan dir:FOLDER"))
}

impl Documents for Members {
    fn fetch(&self, descriptor: &Descriptor, limit: u64) -> Result<Vec<u8>, Error> {
        let name = blob_name(descriptor);
        read_bounded(self.open(&name)?, limit, &format!("{name} in {}", Self::place(self)))
    }

    fn place(&self) -> String {
        Self::place(self).into()
    }
}

fn blob_name(descriptor: &Descriptor) -> String {
    format!("blobs/{}/{}", descriptor.digest.algorithm(), descriptor.digest.hex())
}

/// A layout in a tar file (`oci-archive`).
fn open_layout(
    reference: &Reference,
    members: &Members,
    selection: Option<&Select>,
    options: &Options,
) -> Result<Vec<Image>, Error> {
    let place = format!("index.json in {}", members.place());
    let bytes = read_bounded(members.open("index.json")?, options.limits.manifest_size, &place)?;
    let entries = match Document::parse(&bytes, "", &place, &options.limits)? {
        Document::Index(entries) => entries,
        Document::Manifest(_) => return Err(Error::new(format!("a manifest where an index belongs: {place}"))),
    };
    let entries = select(entries, selection, members.place())?;
    let images = resolve(members, entries, options)?.into_iter().map(|found| {
        let layers = found.manifest.layers.iter().map(|layer| (blob_name(layer), Some(layer.clone()))).collect();
        let layers = Layers { members: members.clone(), layers };
        Ok(Image::new(found.summary(reference)?, found.whole_config, Box::new(layers)))
    });
    images.collect()
}

/// The layers of one image in an archive: member name, and the descriptor where there is one.
struct Layers {
    members: Members,
    layers: Vec<(String, Option<Descriptor>)>,
}

impl LayerSource for Layers {
    fn open(&self, layer: usize) -> Result<LayerContent, Error> {
        let (name, descriptor) = self.layers.get(layer).ok_or_else(|| no_such_layer(layer))?;
        if let Some(error) = descriptor.as_ref().and_then(Descriptor::unreadable) {
            return Err(error);
        }
        Ok(LayerContent::Blob(Box::new(self.members.open(name)?)))
    }
}
