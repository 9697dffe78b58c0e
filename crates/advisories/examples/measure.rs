//! Measures the database: `cargo run --release -p plimsoll-advisories --example measure -- MIRROR FOLDER`.
//!
//! Compiles everything in a mirror of the publishers' documents into shards, unless the folder has some, and says how long
//! that takes, how much memory, and how large they are. Then opens the shards of a release and matches 1,000 packages that
//! advisories name, of distributions and of languages: all of them fixed, of each package the newest twentieth of fixes
//! missing, and none fixed. Every number
//! is the best of several runs.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use plimsoll_advisories::database::{self, Database};
use plimsoll_advisories::fetch::Address;
use plimsoll_advisories::matching;
use plimsoll_advisories::update::{Settings, Source, build};
use plimsoll_model::{Distro, Inventory, Origin, Package, Space};

const PACKAGES: usize = 1000;
const RUNS: usize = 20;

/// Distribution, release, ecosystem.
const RELEASES: &[(&str, &str, &str)] =
    &[("debian", "11", "deb"), ("almalinux", "8", "rpm"), ("almalinux", "9", "rpm")];

/// Spaces that are named as their ecosystems are.
const LANGUAGES: &[&str] = &["pypi", "npm", "golang", "maven", "cargo", "gem"];

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
    let mut sections: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, length) in all.shards().iter().flat_map(|shard| shard.sections()) {
        let total = sections.entry(name).or_default();
        *total = total.saturating_add(length);
    }
    writeln!(out, "bytes by section: {sections:?}")?;
    let releases = RELEASES.iter().map(|(id, release, ecosystem)| {
        let distro = Distro { id: (*id).into(), version: (*release).into(), ..Distro::default() };
        (Space::release(id, release), *ecosystem, Some(distro))
    });
    let languages = LANGUAGES.iter().map(|language| (Space((*language).into()), *language, None));
    for (space, ecosystem, distro) in releases.chain(languages) {
        for installed in [Installed::Newest, Installed::Behind, Installed::Oldest] {
            measure(&folder, &space, ecosystem, distro.clone(), installed, &mut out)?;
        }
    }
    Ok(())
}

fn compile(mirror: &Path, folder: &Path, out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
    let mut settings = Settings::new(folder.into(), &|_| {}, SystemTime::now());
    settings.sources = vec![Source::Mirror(Address::parse(&mirror.display().to_string())?)];
    let start = Instant::now();
    let outcome = build(&settings);
    let (seconds, gaps) = (start.elapsed().as_secs_f64(), outcome.gaps.len());
    writeln!(out, "compiled in {seconds:.2} s, {gaps} gaps, {}", peak_memory())?;
    Ok(())
}

/// The most memory that the process ever had, as Linux tells it (<https://docs.kernel.org/filesystems/proc.html>).
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    format!("peak memory {}", peak.map_or("unknown", str::trim))
}

fn measure(
    folder: &Path,
    space: &Space,
    ecosystem: &str,
    distro: Option<Distro>,
    installed: Installed,
    out: &mut impl Write,
) -> Result<(), Box<dyn std::error::Error>> {
    let spaces = BTreeSet::from([space.clone()]);
    let inventory = inventory(&Database::open(folder, &spaces)?, ecosystem, distro, installed)?;
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
        "{space}, {} packages, {installed:?}: opened in {:.2} ms, matched in {:.2} ms, {findings} findings",
        inventory.packages.len(),
        milliseconds(opening),
        milliseconds(matching_alone),
    )?;
    Ok(())
}

/// Packages with the names that advisories speak about, evenly picked.
fn inventory(
    database: &Database,
    ecosystem: &str,
    distro: Option<Distro>,
    installed: Installed,
) -> Result<Inventory, Box<dyn std::error::Error>> {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for shard in database.shards().iter().filter(|shard| shard.space() != Space::CVE) {
        names.extend(shard.names()?);
    }
    let packages = (0..PACKAGES.min(names.len())).filter_map(|index| {
        let name = *names.iter().nth(index.checked_mul(names.len())? / PACKAGES.min(names.len()))?;
        let version = installed.version(database, name, ecosystem);
        Some(version.map(|version| Package { origin: Origin::Vendor, ..Package::new(ecosystem, name, version) }))
    });
    let packages = packages.collect::<Result<_, _>>()?;
    Ok(Inventory { packages, distro })
}

/// Which version is installed of each package.
#[derive(Debug, Clone, Copy)]
enum Installed {
    /// Newer than every fix.
    Newest,
    /// That of an image which was last upgraded a while ago: the newest twentieth of the fixes, at least one, is missing.
    Behind,
    /// Older than every fix.
    Oldest,
}

impl Installed {
    fn version(self, database: &Database, name: &str, ecosystem: &str) -> Result<String, database::Error> {
        let (oldest, newest) =
            if LANGUAGES.contains(&ecosystem) { ("0.0.0-0", "99999.0.0") } else { ("0~-0", "99:99-99") };
        match self {
            Self::Newest => return Ok(newest.into()),
            Self::Oldest => return Ok(oldest.into()),
            Self::Behind => {}
        }
        let mut fixed = Vec::new();
        for shard in database.shards() {
            for statement in shard.statements(name)? {
                for range in statement.ranges()? {
                    fixed.extend(Some(range?.fixed).filter(|fixed| !fixed.is_empty()));
                }
            }
        }
        let order = plimsoll_packages::ecosystem(ecosystem).map(|row| row.compare);
        fixed.sort_by(|left, right| order.and_then(|order| order(left, right)).unwrap_or(Ordering::Equal));
        fixed.dedup();
        let behind = fixed.len().div_ceil(20).saturating_add(1);
        Ok(fixed.len().checked_sub(behind).and_then(|place| fixed.get(place)).unwrap_or(&oldest).to_string())
    }
}
