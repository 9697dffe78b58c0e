//! A root file system in a folder (`dir:`): an image of one layer without a config.

use std::path::{Path, PathBuf};

use plimsoll_model::{ImageSummary, Layer};
use serde_json::Value;

use crate::image::no_such_layer;
use crate::{Error, Image, LayerContent, LayerSource, Reference, Whiteouts};

/// The folder itself, to be walked by whoever reads layers.
struct Folder(PathBuf);

impl LayerSource for Folder {
    fn open(&self, layer: usize) -> Result<LayerContent, Error> {
        if layer > 0 {
            return Err(no_such_layer(layer));
        }
        Ok(LayerContent::Folder { path: self.0.clone(), whiteouts: Whiteouts::None })
    }
}

/// Opens a folder as an image.
pub(crate) fn open(reference: &Reference, path: &Path) -> Result<Image, Error> {
    std::fs::read_dir(path)
        .map_err(|error| Error::new(format!("cannot list folder {}", path.display())).because(error))?;
    let summary = ImageSummary {
        reference: reference.to_string(),
        digest: None,
        platform: None,
        layers: vec![Layer::default()],
        ..ImageSummary::default()
    };
    Ok(Image::new(summary, Value::Null, Box::new(Folder(path.into()))))
}
