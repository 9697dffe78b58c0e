//! Layers in parallel: the largest first, each from the cache or through its own threads.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use plimsoll_image::Image;
use plimsoll_model::{Event, Layer};

use crate::cache::Cache;
use crate::error::Problem;
use crate::index::{LayerIndex, Tools};
use crate::layer::{self, Pass};
use crate::{Error, Settings};

/// The indexes of all layers, bottom first; `fingerprint` is that of the readers.
pub fn index_all(
    image: &Image,
    settings: &Settings<'_>,
    tools: Tools<'_>,
    fingerprint: &str,
) -> Result<Vec<LayerIndex>, Error> {
    let layers = &image.summary.layers;
    if layers.len() > settings.limits.layers {
        let problem = Problem::TooLarge(format!(
            "the image has {} layers, more than {}; no engine runs such an image",
            layers.len(),
            settings.limits.layers
        ));
        return Err(Error { layer: None, digest: None, step: None, problem: problem.into() });
    }
    (settings.progress)(Event::Layers { image: &image.summary.reference, layers });
    let work = Work {
        image,
        settings,
        tools,
        fingerprint,
        order: order(layers),
        next: AtomicUsize::new(0),
        failed: AtomicUsize::new(usize::MAX),
        done: Mutex::new(BTreeMap::new()),
    };
    thread::scope(|scope| {
        for _ in 1..settings.threads.min(layers.len()) {
            scope.spawn(|| work.go_on());
        }
        work.go_on();
    });
    let done = work.done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.into_values().collect()
}

/// Largest first, so that none of them is left alone at the end.
fn order(layers: &[Layer]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..layers.len()).collect();
    order.sort_by_key(|&number| std::cmp::Reverse(layers.get(number).map_or(0, |layer| layer.size)));
    order
}

struct Work<'a> {
    image: &'a Image,
    settings: &'a Settings<'a>,
    tools: Tools<'a>,
    fingerprint: &'a str,
    order: Vec<usize>,
    next: AtomicUsize,
    /// The lowest layer that failed: those above need not be finished, those below may still fail.
    failed: AtomicUsize,
    done: Mutex<BTreeMap<usize, Result<LayerIndex, Error>>>,
}

impl Work<'_> {
    fn go_on(&self) {
        while let Some(&number) = self.order.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            let Some(layer) = self.image.summary.layers.get(number) else { continue };
            let result = self.one(number, layer).map_err(|problem| Error::of_layer(number, layer, problem));
            if result.is_err() {
                self.failed.fetch_min(number, Ordering::Relaxed);
            }
            self.done.lock().unwrap_or_else(PoisonError::into_inner).insert(number, result);
        }
    }

    fn is_left(&self, number: usize) -> bool {
        self.failed.load(Ordering::Relaxed) < number
    }

    fn one(&self, number: usize, layer: &Layer) -> Result<LayerIndex, Problem> {
        if self.is_left(number) {
            return Err(Problem::Left);
        }
        if let Some(index) = self.cached(layer) {
            self.tell(&index);
            (self.settings.progress)(Event::Indexed { layer: number, cached: true });
            return Ok(index);
        }
        let pass = Pass {
            tools: self.tools,
            verify_diff_ids: self.settings.verify_diff_ids,
            progress: self.settings.progress,
            is_left: &|number| self.is_left(number),
        };
        let index = layer::index(self.image, number, layer, &pass)?;
        if let (Some(cache), Some(digest), false) = (self.settings.cache, &layer.digest, index.is_passing) {
            // A full disk makes the next scan slower, not this one wrong.
            let _ = Cache::store(cache, digest, self.fingerprint, &index);
        }
        (self.settings.progress)(Event::Indexed { layer: number, cached: false });
        Ok(index)
    }

    /// What the readers said when the layer was read. Paths are not looked up for it: they are in the table of records.
    fn tell(&self, index: &LayerIndex) {
        for seen in &index.notes.sightings {
            if let (Some(reader), Ok(facts)) = (self.settings.readers.get(seen.reader), &seen.outcome) {
                (self.settings.heard)(reader, "", facts);
            }
        }
    }

    fn cached(&self, layer: &Layer) -> Option<LayerIndex> {
        let index = self.settings.cache?.load(layer.digest.as_ref()?, self.fingerprint)?;
        let is_verified = layer.diff_id.is_none() || index.notes.diff_id == layer.diff_id;
        Some(index).filter(|_| is_verified || !self.settings.verify_diff_ids)
    }
}
