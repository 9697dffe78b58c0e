//! How fast rules are asked about files: `look-with-rules RULES FOLDER…`. Prints files, bytes, rules that match and time.
#![expect(clippy::print_stdout, reason = "it is a program")]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use plimsoll_model::Trace;
use plimsoll_yara::{Bounds, Rules, Source};

/// Regular files below a folder.
fn below(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            below(&entry.path(), files)?;
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("usage: look-with-rules RULES FOLDER…")?;
    let text = std::fs::read_to_string(&file)?;
    let started = Instant::now();
    let rules = Rules::compile(&[Source { name: file, text }], Bounds::default())?;
    println!("{} rules compiled in {:?}", rules.words().len(), started.elapsed());
    let detector = rules.detector();
    for folder in arguments {
        let (mut files, mut bytes, mut missed) = (Vec::new(), 0_u64, 0_u64);
        let (mut time, mut found) = (Duration::ZERO, BTreeMap::<String, u64>::new());
        below(Path::new(&folder), &mut files)?;
        for path in &files {
            let Ok(content) = std::fs::read(path) else { continue };
            if content.len() as u64 > detector.most {
                missed += 1;
                continue;
            }
            bytes += content.len() as u64;
            let started = Instant::now();
            let traces = (detector.detect)("", &content);
            time += started.elapsed();
            missed += u64::from(traces.is_err());
            for trace in traces.unwrap_or_default().traces {
                if let Trace::Malware(trace) = trace {
                    *found.entry(trace.rule).or_default() += 1;
                }
            }
        }
        let rate = bytes as f64 / 1e6 / time.as_secs_f64();
        println!(
            "{folder}: {} files, {bytes} bytes, {missed} missed, {time:?}, {rate:.0} MB/s, found {found:?}",
            files.len()
        );
    }
    Ok(())
}
