//! Findings on lists of real packages equal those of a script that reads the publishers' raw records by itself and
//! compares versions with the distributions' own tools (`oracle.py`). The records are in the folder `shared` beside this
//! checkout.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::SystemTime;

use plimsoll_advisories::database::Database;
use plimsoll_advisories::fetch::Address;
use plimsoll_advisories::update::{Settings, Source, update};
use plimsoll_advisories::{Matched, matching};
use plimsoll_model::{Distro, GapReason, Inventory, Origin, Package, SourcePackage, Space};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn inventory(ecosystem: &str, distribution: &str, release: &str, list: &Path) -> Inventory {
    let text = fs::read_to_string(list).unwrap();
    let packages = text.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, version, arch, source, source_version, module] = fields[..] else { panic!("{line}") };
        Package {
            arch: arch.into(),
            source: Some(SourcePackage { name: source.into(), version: source_version.into() }),
            module: (!module.is_empty()).then(|| module.into()),
            origin: Origin::Vendor,
            ..Package::new(ecosystem, name, version)
        }
    });
    let distro = Distro { id: distribution.into(), version: release.into(), ..Distro::default() };
    Inventory { packages: packages.collect(), distro: Some(distro) }
}

/// The lines that `oracle.py` would print, and how many vulnerabilities of each package stay undecided.
fn ours(matched: &Matched) -> (BTreeSet<String>, BTreeMap<String, usize>) {
    let findings = matched.findings.iter().map(|finding| {
        let fixed = finding.fixed_in().first().map_or("-", String::as_str);
        format!("{}\t{}\t{}\t{fixed}", finding.subject(), finding.version(), finding.id)
    });
    let mut undecided = BTreeMap::new();
    for gap in &matched.gaps {
        assert_eq!(gap.reason, GapReason::Incomparable, "{}", gap.message);
        let (package, ids) = (gap.message.split_once(": ").unwrap().0, gap.message.rsplit_once(": ").unwrap().1);
        let (listed, more) = ids.split_once(" and ").unwrap_or((ids, "0"));
        let more: usize = more.trim_end_matches(" more").parse().unwrap();
        *undecided.entry(package.to_owned()).or_insert(0) += listed.split(", ").count() + more;
    }
    (findings.collect(), undecided)
}

fn theirs(distribution: &str, release: &str, feeds: &Path, list: &Path) -> (BTreeSet<String>, BTreeMap<String, usize>) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle.py");
    let mut python = Command::new("python3");
    let run = python.arg(script).args([distribution, release]).arg(feeds).arg(list).output();
    let run = run.expect("python3 is needed (Debian package python3)");
    let complaint = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "Debian packages libdpkg-perl and rpm are needed: {complaint}");
    let mut undecided = BTreeMap::new();
    let mut findings = BTreeSet::new();
    for line in String::from_utf8(run.stdout).unwrap().lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        if fields[3] == "?" {
            *undecided.entry(format!("{} {}", fields[0], fields[1])).or_insert(0) += 1;
        } else {
            findings.insert(line.to_owned());
        }
    }
    (findings, undecided)
}

fn feeds() -> PathBuf {
    root().join("../shared/feeds")
}

/// Of all releases that the tests are about, compiled once.
fn database() -> &'static Database {
    static DATABASE: OnceLock<Database> = OnceLock::new();
    DATABASE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::new(folder.path().into(), &|_| {}, SystemTime::UNIX_EPOCH);
        settings.sources = vec![Source::Mirror(Address::parse(&feeds().display().to_string()).unwrap())];
        let wanted = ["debian:11", "almalinux:8", "almalinux:9", Space::CVE].map(|space| Space(space.into())).into();
        let outcome = update(&wanted, &settings);
        assert_eq!(outcome.gaps, [], "the records should be in {}", feeds().display());
        // What is open stays readable when the folder goes.
        Database::open(folder.path(), &wanted).unwrap()
    })
}

fn agree(ecosystem: &str, distribution: &str, release: &str, at_least: usize) {
    let list = root().join(format!("fixtures/advisories/oracle/{distribution}-{release}.tsv"));
    let inventory = inventory(ecosystem, distribution, release, &list);
    let (found, undecided) = ours(&matching(&inventory, database()));
    let (expected, undecided_there) = theirs(distribution, release, &feeds(), &list);
    let missed: Vec<&String> = expected.difference(&found).take(10).collect();
    let invented: Vec<&String> = found.difference(&expected).take(10).collect();
    assert!(missed.is_empty() && invented.is_empty(), "missed {missed:#?}, invented {invented:#?}");
    assert_eq!(undecided, undecided_there);
    assert!(found.len() > at_least, "only {} findings were compared", found.len());
}

#[test]
fn debian_11_equals_the_tracker_and_the_advisories() {
    agree("deb", "debian", "11", 1500);
}

#[test]
fn almalinux_8_equals_its_errata_with_modules() {
    agree("rpm", "almalinux", "8", 4000);
}

#[test]
fn almalinux_9_equals_its_errata_with_modules() {
    agree("rpm", "almalinux", "9", 8000);
}
