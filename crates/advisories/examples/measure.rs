//! Measures the database: `cargo run --release -p plimsoll-advisories --example measure -- MIRROR FOLDER`.
//!
//! Compiles everything in a mirror of the publishers' documents into shards, unless the folder has some, and says how long
//! that takes and how large they are. Then opens the shards of a release and matches 1,000 packages that advisories name,
//! once all of them fixed and once none. Every number is the best of several runs.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use plimsoll_advisories::database::Database;
use plimsoll_advisories::fetch::Address;
use plimsoll_advisories::matching;
use plimsoll_advisories::update::{Settings, Source, build};
use plimsoll_model::{Distro, Inventory, Origin, Package, Space};

const PACKAGES: usize = 1000;
const RUNS: usize = 20;

/// Distribution, release, ecosystem.
const RELEASES: &[(&str, &str, &str)] =
    &[("debian", "11", "deb"), ("almalinux", "8", "rpm"), ("almalinux", "9", "rpm")];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(mirror), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("two arguments are needed: the folder of a mirror, and one for the shards".into());
    };
    let (mirror, folder) = (PathBuf::from(mirror), PathBuf::from(folder));
    let mut out = io::stdout().lock();
    if Database::open_all(&folder)?.shards().is_empty() {
        compile(&mirror, &folder, &mut out)?;
    }
    let all = Database::open_all(&folder)?;
    let bytes: u64 = all.shards().iter().map(|shard| shard.size()).sum();
    writeln!(out, "{} shards, {:.2} MiB", all.shards().len(), bytes as f64 / f64::from(1 << 20))?;
    for (id, release, ecosystem) in RELEASES {
        for (what, version) in [("all fixed", "99:99-99"), ("none fixed", "0~-0")] {
            measure(&folder, id, release, ecosystem, version, what, &mut out)?;
        }
    }
    Ok(())
}

fn compile(mirror: &Path, folder: &Path, out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
    let mut settings = Settings::new(folder.into(), &|_| {}, SystemTime::now());
    settings.source = Source::Mirror(Address::parse(&mirror.display().to_string())?);
    let start = Instant::now();
    let outcome = build(&settings);
    writeln!(out, "compiled in {:.2} s, {} gaps", start.elapsed().as_secs_f64(), outcome.gaps.len())?;
    Ok(())
}

fn measure(
    folder: &Path,
    id: &str,
    release: &str,
    ecosystem: &str,
    version: &str,
    what: &str,
    out: &mut impl Write,
) -> Result<(), Box<dyn std::error::Error>> {
    let space = Space::release(id, release);
    let spaces = BTreeSet::from([space.clone()]);
    let inventory = inventory(&Database::open(folder, &spaces)?, id, release, ecosystem, version)?;
    let (mut opening, mut matching_alone, mut findings) = (Duration::MAX, Duration::MAX, 0);
    for _ in 0..RUNS {
        let start = Instant::now();
        let database = Database::open(folder, &spaces)?;
        opening = opening.min(start.elapsed());
        let start = Instant::now();
        let matched = matching(&inventory, &database);
        matching_alone = matching_alone.min(start.elapsed());
        findings = matched.findings.len();
    }
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    writeln!(
        out,
        "{space}, {} packages, {what}: opened in {:.2} ms, matched in {:.2} ms, {findings} findings",
        inventory.packages.len(),
        milliseconds(opening),
        milliseconds(matching_alone),
    )?;
    Ok(())
}

/// Packages with the names that advisories speak about, evenly picked.
fn inventory(
    database: &Database,
    id: &str,
    release: &str,
    ecosystem: &str,
    version: &str,
) -> Result<Inventory, Box<dyn std::error::Error>> {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for shard in database.shards().iter().filter(|shard| shard.space() != Space::CVE) {
        names.extend(shard.digests()?.into_iter().map(|(name, _)| name));
    }
    let packages = (0..PACKAGES.min(names.len())).filter_map(|index| {
        let name = *names.iter().nth(index.checked_mul(names.len())? / PACKAGES.min(names.len()))?;
        Some(Package { origin: Origin::Vendor, ..Package::new(ecosystem, name, version) })
    });
    let distro = Distro { id: id.into(), version: release.into(), ..Distro::default() };
    Ok(Inventory { packages: packages.collect(), distro: Some(distro) })
}
