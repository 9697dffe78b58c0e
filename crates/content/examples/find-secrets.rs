//! Looks for secrets in folders, and says how fast: `find-secrets [--quiet] FOLDER…`. Files are read before time is taken, which
//! is the processor's. A folder named `root` is taken for the root of an image.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a tool for measuring: it walks folders and prints what it found"
)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use plimsoll_content::secrets;
use plimsoll_model::SecretTrace;

/// Bytes that are held before they are looked at.
const BATCH: usize = 64 << 20;

#[derive(Default)]
struct Totals {
    seen: usize,
    wanted: usize,
    bytes: u64,
    skipped: u64,
    held: usize,
    time: Duration,
    hits: usize,
    weak: usize,
}

fn main() {
    let mut arguments: Vec<_> = std::env::args().skip(1).collect();
    let quiet = arguments.first().is_some_and(|first| first == "--quiet");
    arguments.drain(..usize::from(quiet));
    let start = processor_time();
    let rules = secrets::rules().len();
    let read = processor_time();
    let _ = secrets::find("x", b"warm up");
    println!("{rules} rules read in {:?}, keywords ready in {:?}", read - start, processor_time() - read);
    for folder in &arguments {
        let mut totals = Totals::default();
        let mut batch = Vec::new();
        walk(Path::new(folder), Path::new(folder), &mut totals, &mut batch, quiet);
        look(&mut totals, &mut batch, quiet);
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        let rate = totals.bytes as f64 / 1e6 / totals.time.as_secs_f64();
        let Totals { seen, wanted, bytes, skipped, time, hits, weak, .. } = totals;
        println!(
            "{folder}: {hits} hits ({weak} weak); {wanted} of {seen} files, {bytes} bytes ({skipped} skipped) in {time:?}: {rate:.0} MB/s"
        );
    }
}

/// Time that this thread had a processor, as Linux counts it: other work on the machine does not lengthen it.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split(' ').next().and_then(|field| field.parse().ok()).unwrap_or(0))
}

fn walk(root: &Path, folder: &Path, totals: &mut Totals, batch: &mut Vec<(String, Vec<u8>)>, quiet: bool) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let Ok(metadata) = std::fs::symlink_metadata(&path) else { continue };
        if metadata.is_dir() {
            walk(root, &path, totals, batch, quiet);
        } else if metadata.is_file() {
            totals.seen += 1;
            take(root, &path, metadata.len(), totals, batch);
            if totals.held > BATCH {
                look(totals, batch, quiet);
            }
        }
    }
}

fn take(root: &Path, path: &Path, size: u64, totals: &mut Totals, batch: &mut Vec<(String, Vec<u8>)>) {
    let name = path.to_string_lossy().trim_start_matches('/').to_owned();
    let name = match root.to_str().filter(|root| root.ends_with("/root")) {
        Some(root) => path.strip_prefix(root).map_or(name, |path| path.to_string_lossy().into_owned()),
        None => name,
    };
    let bytes = if size <= secrets::DETECTOR.most { std::fs::read(path).unwrap_or_default() } else { Vec::new() };
    let start = bytes.get(..16).unwrap_or(&bytes);
    if bytes.is_empty() || !(secrets::DETECTOR.wants)(&name, size, start) {
        totals.skipped += size;
        return;
    }
    totals.held += bytes.len();
    batch.push((name, bytes));
}

fn look(totals: &mut Totals, batch: &mut Vec<(String, Vec<u8>)>, quiet: bool) {
    totals.held = 0;
    let start = processor_time();
    let found: Vec<_> = batch.iter().map(|(path, bytes)| secrets::find(path, bytes)).collect();
    totals.time += processor_time() - start;
    for ((path, bytes), traces) in batch.drain(..).zip(found) {
        totals.wanted += 1;
        totals.bytes += bytes.len() as u64;
        totals.hits += traces.len();
        totals.weak += traces.iter().filter(|trace| trace.weak).count();
        if !quiet {
            for trace in traces {
                print(&path, &bytes, &trace);
            }
        }
    }
}

fn print(path: &str, bytes: &[u8], trace: &SecretTrace) {
    let line = bytes.split(|&byte| byte == b'\n').nth(trace.line.saturating_sub(1) as usize).unwrap_or_default();
    let line =
        String::from_utf8_lossy(line.get(..160).unwrap_or(line)).replace(|character: char| character.is_control(), " ");
    let weak = if trace.weak { "weak " } else { "" };
    println!("{path}:{} {weak}{} {} [{}] {}", trace.line, trace.rule, trace.redacted, trace.state, line.trim());
}
