//! Reads the layers of an image once and says how long it took: `cold_scan LAYOUT THREADS [CACHE]`.
//!
//! The readers are stand-ins which ask for what real ones ask for (package databases with what belongs to them, release
//! files, manifests of language packages) and do little with it, so that what is measured is the layers' own cost.

use std::error::Error;
use std::io::Write;
use std::time::Instant;

use plimsoll_image::{Options, Reference};
use plimsoll_layers::{Cache, Limits, Settings, read};
use plimsoll_model::{Facts, Input, Malformed, Package, Reader, Wants};

const READERS: &[&Reader] = &[
    &Reader {
        id: "bench/release",
        version: 1,
        wants: Wants { paths: &["etc/os-release", "usr/lib/os-release"], with: &[], essential: false },
        read: lines,
    },
    &Reader {
        id: "bench/status",
        version: 1,
        wants: Wants { paths: &["var/lib/dpkg/status"], with: &["info/*.list", "info/*.md5sums"], essential: true },
        read: lines,
    },
    &Reader {
        id: "bench/rpm",
        version: 1,
        wants: Wants {
            paths: &["var/lib/rpm/rpmdb.sqlite", "usr/lib/sysimage/rpm/rpmdb.sqlite"],
            with: &["rpmdb.sqlite-wal"],
            essential: true,
        },
        read: size,
    },
    &Reader {
        id: "bench/python",
        version: 1,
        wants: Wants { paths: &["**/*.dist-info/METADATA"], with: &["RECORD"], essential: false },
        read: lines,
    },
    &Reader {
        id: "bench/node",
        version: 1,
        wants: Wants { paths: &["**/package.json"], with: &[], essential: false },
        read: size,
    },
];

/// `Package: x` and `Version: y`, or `Name: x`.
fn lines(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = input.file.content.bytes().unwrap_or_default();
    let mut facts = Facts::default();
    for line in bytes.split(|&byte| byte == b'\n') {
        let line = String::from_utf8_lossy(line);
        if let Some(name) = line.strip_prefix("Package: ").or_else(|| line.strip_prefix("Name: ")) {
            facts.packages.push(Package::new("bench", name, ""));
        } else if let (Some(version), Some(last)) = (line.strip_prefix("Version: "), facts.packages.last_mut()) {
            last.version = version.into();
        }
    }
    Ok(facts)
}

fn size(input: &Input<'_>) -> Result<Facts, Malformed> {
    let size = input.file.content.size();
    Ok(Facts { packages: vec![Package::new("bench", input.file.path, size.to_string())], ..Facts::default() })
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (Some(layout), Some(threads)) = (arguments.first(), arguments.get(1)) else {
        return Err("give an OCI layout folder, the number of threads, and, if wanted, a folder for the cache".into());
    };
    let cache = arguments.get(2).map(|folder| Cache::open(folder.as_ref(), 1 << 30)).transpose()?;
    let start = Instant::now();
    let reference = Reference::parse(&format!("oci:{layout}"))?;
    let images = plimsoll_image::open(&reference, &Options::default())?;
    let limits = Limits::default();
    let settings = Settings {
        readers: READERS,
        cache: cache.as_ref(),
        limits: &limits,
        verify_diff_ids: std::env::var_os("VERIFY_DIFF_IDS").is_some(),
        threads: threads.parse()?,
        temporary: std::env::temp_dir(),
        progress: &|_| {},
    };
    let mut out = std::io::stdout();
    for image in &images {
        let contents = read(image, &settings)?;
        let peak = std::fs::read_to_string("/proc/self/status")?;
        let peak = peak.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("?").trim().to_owned();
        writeln!(
            out,
            "{:.3} s, {} paths, {} packages, {} gaps, {} base layers, peak {peak}",
            start.elapsed().as_secs_f64(),
            contents.tree.len(),
            contents.packages.len(),
            contents.gaps.len(),
            contents.base_layers
        )?;
    }
    Ok(())
}
