//! Updates that are killed, and updates and scans at the same time.
#![cfg(test)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};

use plimsoll_advisories::database::Database;
use support::{Plimsoll, image, mirror, text};
use tempfile::TempDir;

/// Kills of a running update.
const KILLS: u32 = 200;

/// Two states of a mirror. A whole shard has the advisories of one of them.
const STATES: [&str; 2] = ["2023", "2024"];

const RELEASES: std::ops::RangeInclusive<u32> = 16..=21;

/// A mirror with releases of Alpine, each with some hundred packages.
fn write_mirror(folder: &Path, year: &str) {
    for release in RELEASES {
        for part in ["main", "community"] {
            let packages: Vec<String> = (0..300)
                .map(|number| {
                    format!(
                        r#"{{"pkg":{{"name":"{part}-{number}","secfixes":{{"1.{number}-r1":["CVE-{year}-{}"]}}}}}}"#,
                        1000 + number
                    )
                })
                .collect();
            let path = folder.join(format!("alpine/v3.{release}/{part}.json"));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, format!(r#"{{"packages":[{}]}}"#, packages.join(","))).unwrap();
        }
    }
}

/// That every shard is whole and of one state; how many there are.
fn check(shards: &Path) -> usize {
    let database = Database::open_all(shards).unwrap();
    assert!(database.unusable().is_empty(), "{:?}", database.unusable());
    for shard in database.shards() {
        assert_eq!((shard.records(), shard.digests().unwrap().len()), (600, 600), "{}", shard.space());
        let ids: Vec<&str> = ["main-0", "community-299"]
            .into_iter()
            .map(|name| shard.statements(name).unwrap().first().unwrap().id().unwrap())
            .collect();
        let is_of = |year: &&str| ids.iter().all(|id| id.contains(year));
        assert_eq!(STATES.iter().filter(|year| is_of(year)).count(), 1, "{}: {ids:?}", shard.space());
    }
    database.shards().len()
}

#[test]
fn killed_at_any_moment_an_update_leaves_whole_shards() {
    let mirrors = STATES.map(|year| {
        let mirror = TempDir::new().unwrap();
        write_mirror(mirror.path(), year);
        mirror
    });
    let plimsoll = Plimsoll::new();
    let shards = plimsoll.cache.path().join("cache/shards");
    let spaces: Vec<String> = RELEASES.map(|release| format!("alpine:3.{release}")).collect();
    let update = |number: u32| {
        let mut command = plimsoll.command(&["db", "update", "--mirror"]);
        command.arg(mirrors[number as usize % 2].path()).args(&spaces);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    // Exit code 3: this mirror has no facts about CVEs. What matters here is what is written.
    let started = Instant::now();
    update(0).status().unwrap();
    let mut whole = started.elapsed();
    assert_eq!(check(&shards), RELEASES.count());
    let mut killed = 0;
    for number in 1..=KILLS {
        // Moments spread evenly over what the last whole run took, for machines are not equally fast all the time.
        let moment = whole.saturating_mul(number.wrapping_mul(77) % KILLS) / KILLS;
        let mut process = update(number).spawn().unwrap();
        let started = Instant::now();
        while process.try_wait().unwrap().is_none() && started.elapsed() < moment {
            std::thread::park_timeout(Duration::from_millis(1));
        }
        match process.try_wait().unwrap() {
            None => killed += 1,
            Some(_) => whole = started.elapsed(),
        }
        process.kill().unwrap();
        process.wait().unwrap();
        assert_eq!(check(&shards), RELEASES.count(), "after kill {number}");
    }
    assert!(killed > KILLS / 4, "only {killed} of {KILLS} were still running");
    // What they were writing lies there until it is certain that nobody writes it any more.
    let half_written = || {
        let names = fs::read_dir(&shards).unwrap().map(|entry| entry.unwrap().path());
        names.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with('.')).collect::<Vec<_>>()
    };
    for path in half_written() {
        let file = fs::File::options().append(true).open(path).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(2 * 60 * 60)).unwrap();
    }
    update(KILLS + 1).status().unwrap();
    assert_eq!((check(&shards), half_written().len()), (RELEASES.count(), 0));
}

#[test]
fn two_update_while_ten_scan() {
    let plimsoll = Plimsoll::new();
    let layout = image("debian-bullseye-slim").join("oci").display().to_string();
    let scan = || {
        let mut command =
            plimsoll.command(&["scan", &layout, "-o", "json", "--scanners", "vulnerabilities", "--mirror"]);
        command.arg(mirror()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    let update = || {
        let mut command = plimsoll.command(&["db", "update", "debian:11", "pypi", "--mirror"]);
        command.arg(mirror()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    let updating: Vec<_> = (0..2).map(|_| update().spawn().unwrap()).collect();
    let scanning: Vec<_> = (0..10).map(|_| scan().spawn().unwrap()).collect();
    let first = scan().output().unwrap();
    assert!(first.status.success(), "{}", text(&first.stderr));
    for process in updating {
        let output = process.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    for process in scanning {
        let output = process.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert!(output.stdout == first.stdout, "two scans of one image with equal data differ");
    }
}
