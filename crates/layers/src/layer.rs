//! One layer from its source to its index: three threads that read and hash, inflate, and walk.

use std::collections::BTreeSet;
use std::io::Read;
use std::thread;

use plimsoll_image::{Image, LayerContent};
use plimsoll_model::{Event, Layer, Progress};

use crate::archive;
use crate::blob::{self, Promise, hasher, text};
use crate::error::Problem;
use crate::folder;
use crate::index::{Builder, LayerIndex, Tools};
use crate::inflate::{self, Backend};
use crate::pipe::{Output, pipe};
use crate::spool::Parts;
use crate::tar::Archive;

/// Stored bytes in one buffer. Larger buffers mean fewer changes from thread to thread; these and the next are where that
/// stops to pay, and what is under way for one layer still fits into the processor's last cache.
const STORED: usize = 512 << 10;
/// Unpacked bytes in one buffer.
const PLAIN: usize = 1 << 20;

/// What reading a layer needs to know beside it.
#[derive(Clone, Copy)]
pub struct Pass<'a> {
    /// For indexing.
    pub tools: Tools<'a>,
    /// Verify the unpacked bytes as well.
    pub verify_diff_ids: bool,
    /// Told of every piece read.
    pub progress: Progress<'a>,
    /// Whether a layer need not be finished any more, by its index.
    pub is_left: &'a (dyn Fn(usize) -> bool + Sync),
}

/// Reads a layer into its index.
pub fn index(image: &Image, number: usize, layer: &Layer, pass: &Pass<'_>) -> Result<LayerIndex, Problem> {
    let mut builder = Builder::new(pass.tools);
    let diff_id = match image.open_layer(number).map_err(Problem::Open)? {
        LayerContent::Folder { path, whiteouts } => {
            folder::index(&path, whiteouts, &mut builder, &pass.tools)?;
            return builder.finish();
        }
        LayerContent::Blob(source) => through(source, number, layer, pass, Backend::BEST, &mut |archive| {
            archive::index(archive, &mut builder, &pass.tools)
        }),
    };
    let diff_id = match diff_id {
        // The other back end has the last word: ISA-L takes some rare but valid streams for damaged.
        Err(Problem::Inflate { .. }) if Backend::BEST != Backend::ZlibRs => {
            builder = Builder::new(pass.tools);
            let LayerContent::Blob(source) = image.open_layer(number).map_err(Problem::Open)? else {
                return Err(Problem::Left);
            };
            through(source, number, layer, pass, Backend::ZlibRs, &mut |archive| {
                archive::index(archive, &mut builder, &pass.tools)
            })?
        }
        other => other?,
    };
    let mut index = builder.finish()?;
    index.notes.diff_id = diff_id.then(|| layer.diff_id.clone()).flatten();
    Ok(index)
}

/// Reads the contents of some entries in a second pass.
pub fn contents(
    image: &Image,
    number: usize,
    layer: &Layer,
    pass: &Pass<'_>,
    entries: &BTreeSet<u32>,
) -> Result<Parts, Problem> {
    let what = || format!("making a temporary file in {}", pass.tools.temporary.display());
    let mut parts = Parts::new(pass.tools.temporary).map_err(|source| Problem::File { what: what(), source })?;
    match image.open_layer(number).map_err(Problem::Open)? {
        LayerContent::Folder { path, whiteouts } => {
            folder::contents(&path, whiteouts, entries, &mut parts, &pass.tools)?;
        }
        // The back end that needs no second try: this pass is rare.
        LayerContent::Blob(source) => {
            through(source, number, layer, pass, Backend::ZlibRs, &mut |archive| {
                archive::contents(archive, entries, &mut parts, &pass.tools)
            })?;
        }
    }
    Ok(parts)
}

type Walk<'w> = dyn FnMut(&mut Archive<'_, Output>) -> Result<(), Problem> + 'w;

/// Sends a stored blob through hash, inflater and `walk`; tells whether the unpacked digest was verified.
fn through(
    source: Box<dyn Read + Send>,
    number: usize,
    layer: &Layer,
    pass: &Pass<'_>,
    backend: Backend,
    walk: &mut Walk<'_>,
) -> Result<bool, Problem> {
    let (stored_in, stored_out) = pipe(STORED);
    let (plain_in, mut plain_out) = pipe(PLAIN);
    let promise = Promise { digest: layer.digest.as_ref(), size: layer.size };
    // A layer that has no stored digest is known by its unpacked one alone.
    let diff_id = layer.diff_id.as_ref().filter(|_| pass.verify_diff_ids || layer.digest.is_none());
    if let Some(diff_id) = diff_id {
        plain_out.hash_with(hasher(diff_id));
    }
    let tell = |bytes| {
        (pass.progress)(Event::Read { layer: number, bytes });
        if (pass.is_left)(number) { Err(Problem::Left) } else { Ok(()) }
    };
    let limits = pass.tools.limits;
    let (stored, inflated, walked) = thread::scope(|scope| {
        let stored = scope.spawn(move || {
            let stored_in = stored_in;
            blob::stream(source, &promise, &stored_in, &tell)
        });
        let inflated = scope.spawn(move || {
            let plain_in = plain_in;
            inflate::stream(stored_out, &plain_in, backend, limits)
        });
        let walked = walk_all(plain_out, limits, layer, walk);
        (joined(stored.join()), joined(inflated.join()), walked)
    });
    // The first cause first: wrong bytes explain all that goes wrong behind them.
    stored?;
    inflated?;
    let hash = walked?;
    let (Some(expected), Some(hash)) = (diff_id, hash) else { return Ok(false) };
    let found = text(expected, hash);
    if found == expected.as_str() { Ok(true) } else { Err(Problem::DiffId { expected: expected.clone(), found }) }
}

fn walk_all(
    plain: Output,
    limits: &crate::Limits,
    layer: &Layer,
    walk: &mut Walk<'_>,
) -> Result<Option<ring::digest::Context>, Problem> {
    let mut archive = Archive::new(plain, limits);
    walk(&mut archive)?;
    if !archive.ended() && layer.digest.is_none() && layer.diff_id.is_none() {
        let offset = archive.source().passed();
        let message = "it ends without an end-of-archive marker, and no digest says that it is whole".into();
        return Err(Problem::Archive { offset, message });
    }
    let plain = archive.source();
    archive::drain(plain).map_err(|error| Problem::Archive { offset: plain.passed(), message: error.to_string() })?;
    Ok(plain.take_hash())
}

/// A panic goes on in the thread that waits.
fn joined<T>(result: thread::Result<T>) -> T {
    result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
