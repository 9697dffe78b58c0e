//! Every way to get at an image, tried on small images made here, with the tools that write such places as judges.

// The lints that keep the library from panicking let go where they see this.
#![cfg(test)]

mod archives;
mod attached;
mod builder;
mod engines;
mod layouts;
mod logins;
mod misbehaviour;
mod registries;
mod server;
mod stores;
mod tools;

use std::io::Read;
use std::path::Path;

use plimsoll_image::{Error, Image, LayerContent, Options, Reference, Retries};
use plimsoll_model::Digest;

/// Options that wait for nothing and see nothing of this machine's configuration.
pub fn options() -> Options {
    let pause = std::time::Duration::from_millis(1);
    Options {
        environment: [("PATH", std::env::var("PATH").unwrap())].into_iter().collect(),
        retries: Retries { count: 3, first_pause: pause, longest_pause: pause * 2000 },
        ..Options::default()
    }
}

/// The images behind a reference.
pub fn open(reference: &str, options: &Options) -> Result<Vec<Image>, Error> {
    plimsoll_image::open(&Reference::parse(reference)?, options)
}

/// The one image behind a reference.
pub fn open_one(reference: &str, options: &Options) -> Image {
    let mut images = open(reference, options).unwrap_or_else(|error| panic!("{}", tell(&error)));
    assert_eq!(images.len(), 1);
    images.remove(0)
}

/// Why a reference cannot be opened, as one text.
pub fn refusal(reference: &str, options: &Options) -> String {
    tell(&open(reference, options).expect_err(reference))
}

/// All that an error says.
pub fn tell(error: &Error) -> String {
    let mut text = error.what.clone();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(&format!(" < {error}"));
        cause = error.source();
    }
    for tried in &error.tried {
        text.push_str(&format!(" | {tried}"));
    }
    text.push_str(&error.hint.as_ref().map(|hint| format!(" → {hint}")).unwrap_or_default());
    text
}

/// A layer's bytes as stored.
pub fn bytes(image: &Image, layer: usize) -> Result<Vec<u8>, String> {
    match image.open_layer(layer).map_err(|error| tell(&error))? {
        LayerContent::Blob(mut blob) => {
            let mut bytes = Vec::new();
            let inner =
                |error: std::io::Error| error.into_inner().map_or_else(|| "i/o".into(), |error| error.to_string());
            blob.read_to_end(&mut bytes).map_err(inner)?;
            Ok(bytes)
        }
        LayerContent::Folder { path, .. } => Err(format!("a folder: {}", path.display())),
    }
}

/// Every layer can be read, twice and by two threads, and is what its digest says.
pub fn assert_layers_read(image: &Image) {
    std::thread::scope(|scope| {
        for (index, layer) in image.summary.layers.iter().enumerate() {
            for _ in 0..2 {
                scope.spawn(move || {
                    let bytes = bytes(image, index).unwrap();
                    assert_eq!(bytes.len() as u64, layer.size);
                    assert_eq!(Some(builder::sha256(&bytes)), layer.digest);
                });
            }
        }
    });
}

/// What must be the same wherever an image comes from.
pub fn essence(image: &Image) -> Vec<(Option<Digest>, Option<String>)> {
    image.summary.layers.iter().map(|layer| (layer.diff_id.clone(), layer.created_by.clone())).collect()
}

/// A path as text.
pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
