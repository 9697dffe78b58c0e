//! Keeping shards current, from folders and from a server on loopback.
#![cfg(test)]

mod server;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use plimsoll_advisories::database::{Builder, Database};
use plimsoll_advisories::feeds::{Feed, feed};
use plimsoll_advisories::fetch::{Address, Patience};
use plimsoll_advisories::matching;
use plimsoll_advisories::update::{Outcome, Processing, Settings, Source, along, build, status, update};
use plimsoll_model::{Advisory, Affected, Distro, Event, Gap, GapKind, GapReason, Inventory, Package, Space};
use server::{Answer, Server};

/// A moment that no file of these tests is older than by less than days.
fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

fn spaces(names: &[&str]) -> BTreeSet<Space> {
    names.iter().map(|name| Space((*name).to_owned())).collect()
}

fn settings<'a>(shards: &Path, mirror: &str) -> Settings<'a> {
    let moment = Duration::from_millis(1);
    Settings {
        sources: vec![Source::Mirror(Address::parse(mirror).unwrap())],
        patience: Patience { attempts: 2, first: moment, longest: moment, ..Patience::default() },
        ..Settings::new(shards.into(), &|_| {}, now())
    }
}

fn secdb(package: &str, fixed: &str, id: &str) -> String {
    format!(r#"{{"packages": [{{"pkg": {{"name": "{package}", "secfixes": {{"{fixed}": ["{id}"]}}}}}}]}}"#)
}

fn write(mirror: &Path, path: &str, text: &str) {
    let path = mirror.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A mirror with Alpine 3.18, and its folder for shards.
fn alpine() -> (tempfile::TempDir, tempfile::TempDir) {
    let (mirror, shards) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write(mirror.path(), "alpine/v3.18/main.json", &secdb("busybox", "1.36.1-r1", "CVE-2023-0001"));
    write(mirror.path(), "alpine/v3.18/community.json", &secdb("caddy", "2.6.4-r2", "CVE-2023-0002"));
    (mirror, shards)
}

fn run(mirror: &tempfile::TempDir, shards: &tempfile::TempDir, names: &[&str]) -> Outcome {
    update(&spaces(names), &settings(shards.path(), mirror.path().to_str().unwrap()))
}

fn results(outcome: &Outcome) -> Vec<&Processing> {
    outcome.documents.iter().map(|document| &document.result).collect()
}

fn names(shards: &Path, space: &str) -> Vec<String> {
    let database = Database::open(shards, &spaces(&[space])).unwrap();
    assert!(database.unusable().is_empty(), "{:?}", database.unusable());
    let shards = database.of(space);
    shards
        .flat_map(|shard| shard.digests().unwrap().into_iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>())
        .collect()
}

#[test]
fn parts_of_a_release_make_one_shard_and_are_read_again_only_when_one_changed() {
    let (mirror, shards) = alpine();
    let first = run(&mirror, &shards, &["alpine:3.18"]);
    assert!(first.gaps.is_empty(), "{:?}", first.gaps);
    assert_eq!(results(&first), [&Processing::Compiled { records: 2, shards: 1, downloaded: 0 }]);
    assert_eq!(names(shards.path(), "alpine:3.18"), ["busybox", "caddy"]);
    assert_eq!(results(&run(&mirror, &shards, &["alpine:3.18"])), [&Processing::Unchanged]);
    write(mirror.path(), "alpine/v3.18/main.json", &secdb("openssl", "3.1.1-r0", "CVE-2023-0003"));
    assert!(matches!(results(&run(&mirror, &shards, &["alpine:3.18"])).as_slice(), [Processing::Compiled { .. }]));
    assert_eq!(names(shards.path(), "alpine:3.18"), ["caddy", "openssl"]);
}

#[test]
fn a_lost_or_damaged_shard_is_made_again() {
    let (mirror, shards) = alpine();
    run(&mirror, &shards, &["alpine:3.18"]);
    let shard = fs::read_dir(shards.path()).unwrap().map(|entry| entry.unwrap().path());
    let shard = shard.into_iter().find(|path| path.extension().is_some_and(|end| end == "shard")).unwrap();
    let whole = fs::read(&shard).unwrap();
    for broken in [&whole[..whole.len() / 2], b"".as_slice()] {
        fs::write(&shard, broken).unwrap();
        assert!(matches!(results(&run(&mirror, &shards, &["alpine:3.18"])).as_slice(), [Processing::Compiled { .. }]));
        assert_eq!(fs::read(&shard).unwrap(), whole);
    }
    fs::remove_file(&shard).unwrap();
    run(&mirror, &shards, &["alpine:3.18"]);
    assert_eq!(fs::read(&shard).unwrap(), whole);
}

#[test]
fn a_document_that_is_not_there_blinds_its_space() {
    let (mirror, shards) = alpine();
    let outcome = run(&mirror, &shards, &["alpine:3.19"]);
    let [gap] = outcome.gaps.as_slice() else { panic!("{:?}", outcome.gaps) };
    assert_eq!((gap.kind, gap.reason, gap.location.as_str()), (GapKind::Blind, GapReason::DataMissing, "alpine:3.19"));
    assert!(gap.message.contains("alpine/v3.19/main.json"), "{}", gap.message);
}

#[test]
fn a_broken_document_leaves_the_older_shard_and_tells_its_age() {
    for broken in ["<html>Sign in</html>", "{\"packages\": [", "{\"packages\": []}", "{\"error\": \"quota\"}", ""] {
        let (mirror, shards) = alpine();
        let today = Settings { now: SystemTime::now(), ..settings(shards.path(), mirror.path().to_str().unwrap()) };
        assert_eq!(update(&spaces(&["alpine:3.18"]), &today).gaps, []);
        let before = status(shards.path()).unwrap();
        for part in ["main", "community"] {
            write(mirror.path(), &format!("alpine/v3.18/{part}.json"), broken);
        }
        let later = Settings { now: today.now + Duration::from_secs(3 * 24 * 60 * 60 + 60), ..today };
        let outcome = update(&spaces(&["alpine:3.18"]), &later);
        let [gap] = outcome.gaps.as_slice() else { panic!("{broken:?}: {:?}", outcome.gaps) };
        assert_eq!((gap.kind, gap.reason), (GapKind::Partial, GapReason::DataMissing), "{}", gap.message);
        assert!(gap.message.contains("v3.18/main.json") && gap.message.contains("3 days old"), "{}", gap.message);
        assert_eq!(status(shards.path()).unwrap(), before, "{broken:?}");
    }
}

#[test]
fn malformed_records_are_told_each_time() {
    let (mirror, shards) = alpine();
    write(mirror.path(), "alpine/v3.18/community.json", &secdb("caddy", "2.6.4-r2", "(no id)"));
    for _ in 0..2 {
        let outcome = run(&mirror, &shards, &["alpine:3.18"]);
        let [gap] = outcome.gaps.as_slice() else { panic!("{:?}", outcome.gaps) };
        assert_eq!((gap.kind, gap.reason), (GapKind::Partial, GapReason::Malformed));
        assert!(gap.message.starts_with("1 of 2 records of alpine-secdb v3.18"), "{}", gap.message);
    }
}

fn tracker(releases: &[&str]) -> String {
    let status = r#"{"status": "resolved", "repositories": {}, "fixed_version": "1.0-2", "urgency": "low"}"#;
    let releases: Vec<String> = releases.iter().map(|name| format!("\"{name}\": {status}")).collect();
    format!(r#"{{"example": {{"CVE-2023-0004": {{"releases": {{{}}}}}}}}}"#, releases.join(", "))
}

#[test]
fn silence_about_a_release_is_no_answer() {
    let (mirror, shards) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write(mirror.path(), "debian/tracker/data/json", &tracker(&["bookworm", "buster"]));
    let tracker_only = |settings| Settings {
        feeds: Some(vec![plimsoll_advisories::feeds::feed("debian-tracker").unwrap()]),
        ..settings
    };
    let settings = tracker_only(settings(shards.path(), mirror.path().to_str().unwrap()));
    for _ in 0..2 {
        let outcome = update(&spaces(&["debian:10", "debian:11"]), &settings);
        let [gap] = outcome.gaps.as_slice() else { panic!("{:?}", outcome.gaps) };
        assert_eq!((gap.kind, gap.location.as_str()), (GapKind::Blind, "debian:11"));
        let words = ["debian/tracker/data/json", "says nothing about debian:11", "debian-tracker", "without --mirror"];
        assert!(words.iter().all(|word| gap.message.contains(word)), "{}", gap.message);
    }
    let held: Vec<String> = status(shards.path()).unwrap().into_iter().map(|shard| shard.space).collect();
    assert_eq!(held, ["debian:10", "debian:12"], "an empty shard would read as: nothing is wrong");
    // The release is given up: what is there of it stays, and grows old aloud.
    write(mirror.path(), "debian/tracker/data/json", &tracker(&["bookworm"]));
    let outcome = update(&spaces(&["debian:10", "debian:12"]), &settings);
    let [gap] = outcome.gaps.as_slice() else { panic!("{:?}", outcome.gaps) };
    assert_eq!((gap.kind, gap.location.as_str()), (GapKind::Partial, "debian:10"));
    assert!(gap.message.contains("no longer speaks about debian:10"), "{}", gap.message);
}

/// A database of errata knows a few records about a release of which the vendor's document says nothing.
#[test]
fn what_others_say_does_not_stand_in_for_the_vendor() {
    let (mirror, shards) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let stray = Advisory {
        id: "DSA-1-1".into(),
        affected: vec![Affected { space: Space::release("debian", "12"), name: "a".into(), ..Affected::default() }],
        ..Advisory::default()
    };
    let mut builder = Builder::new("osv", Vec::new(), SystemTime::now());
    builder.add(stray);
    builder.write(shards.path(), &BTreeSet::new()).unwrap();
    write(mirror.path(), "debian/tracker/data/json", &tracker(&["bullseye"]));
    let distro = Some(Distro { id: "debian".into(), version: "12".into(), ..Distro::default() });
    let inventory = Inventory { distro, packages: vec![Package::new("deb", "b", "1")] };
    let blind = |gaps: Vec<Gap>| {
        let mut blind = gaps.into_iter().filter(|gap| gap.kind == GapKind::Blind && gap.location == "debian:12");
        let gap = blind.next().expect("a gap");
        assert_eq!((gap.reason, blind.next()), (GapReason::DataMissing, None));
        gap.message
    };
    let matched = || matching(&inventory, &Database::open(shards.path(), &spaces(&["debian:12"])).unwrap()).gaps;
    let message = blind(matched());
    assert!(message.contains("nothing from debian-tracker") && message.contains("with osv only"), "{message}");
    let settings = settings(shards.path(), mirror.path().to_str().unwrap());
    let tracker_only = Some(vec![plimsoll_advisories::feeds::feed("debian-tracker").unwrap()]);
    for offline in [false, true] {
        let settings = Settings { offline, feeds: tracker_only.clone(), ..settings.clone() };
        let message = blind(update(&spaces(&["debian:12"]), &settings).unite(matched()));
        assert!(message.contains("says nothing about debian:12"), "{message}");
    }
    // Nothing at hand and nothing to be had: the cause is told, and only that.
    let nowhere = Settings {
        sources: vec![Source::Mirror(Address::parse("/nowhere").unwrap())],
        feeds: tracker_only,
        ..settings
    };
    let message = blind(update(&spaces(&["debian:12"]), &nowhere).unite(matched()));
    assert!(message.contains("/nowhere/debian/tracker/data/json"), "{message}");
}

#[test]
fn missing_facts_about_cves_blind_nothing() {
    let (mirror, shards) = alpine();
    let settings = settings(shards.path(), mirror.path().to_str().unwrap());
    for (also, feeds) in [(Vec::new(), ["cisa-kev", "epss"].as_slice()), (vec![nvd()], &["cisa-kev", "epss", "nvd"])] {
        let outcome = update(&spaces(&["cve"]), &Settings { also, ..settings.clone() });
        let known: Vec<_> = outcome.gaps.iter().map(|gap| (gap.kind, gap.location.as_str())).collect();
        assert_eq!(known, vec![(GapKind::Partial, "cve"); feeds.len()], "{:?}", outcome.gaps);
        for feed in feeds {
            let told = |gap: &Gap| gap.message.ends_with(&format!("no facts of {feed} are known"));
            assert!(outcome.gaps.iter().any(told), "{:?}", outcome.gaps);
        }
    }
}

fn nvd() -> &'static Feed {
    feed("nvd").unwrap()
}

/// A document of one CVE.
fn year(id: &str) -> String {
    format!(r#"{{"vulnerabilities": [{{"cve": {{"id": "{id}", "descriptions": []}}}}]}}"#)
}

#[test]
fn years_to_come_are_not_missed_and_a_year_between_others_is() {
    let (mirror, shards) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let only = |update: &dyn Fn(&Settings<'_>) -> Outcome| {
        let settings = settings(shards.path(), mirror.path().to_str().unwrap());
        let outcome = update(&Settings { feeds: Some(vec![nvd()]), ..settings });
        outcome.documents.into_iter().next().unwrap().result
    };
    let run = || only(&|settings| update(&spaces(&["cve"]), settings));
    for year_of in 2002..2005 {
        write(mirror.path(), &format!("nvd/nvdcve-2.0-{year_of}.json.gz"), &year(&format!("CVE-{year_of}-0001")));
    }
    assert!(matches!(run(), Processing::Compiled { records: 3, .. }));
    assert_eq!(run(), Processing::Unchanged);
    write(mirror.path(), "nvd/nvdcve-2.0-2005.json.gz", &year("CVE-2005-0001"));
    assert!(matches!(run(), Processing::Compiled { records: 4, .. }));
    let found = Database::open_all(shards.path()).unwrap().search("CVE-2003-0001").unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    fs::remove_file(mirror.path().join("nvd/nvdcve-2.0-2005.json.gz")).unwrap();
    assert!(matches!(run(), Processing::Compiled { records: 3, .. }));
    fs::remove_file(mirror.path().join("nvd/nvdcve-2.0-2003.json.gz")).unwrap();
    let Processing::Failed(why) = run() else { panic!("a year is missing") };
    assert!(why.contains("nvdcve-2.0-2003.json.gz"), "{why}");
}

fn answers_with_nvd(settings: &Settings<'_>) -> bool {
    let outcome = update(&spaces(&["cve"]), settings);
    let held = Database::open_of(&settings.directory, &outcome.answers).unwrap();
    held.shards().iter().any(|shard| shard.feed() == "nvd")
}

/// What is large comes from the publisher only for who asks for it. Without a network, what a mirror gave has to do.
#[test]
fn a_large_supplement_is_fetched_from_a_mirror_or_on_request() {
    let (mirror, shards) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write(mirror.path(), "nvd/nvdcve-2.0-2002.json.gz", &year("CVE-2002-0001"));
    let of_mirror = settings(shards.path(), mirror.path().to_str().unwrap());
    // With certificates that are not there nobody is reached, whatever network there is.
    let unreachable = vec!["/nowhere.pem".into()];
    let of_publishers = Settings { sources: vec![Source::Publishers], ca_files: unreachable, ..of_mirror.clone() };
    let offline = Settings { offline: true, ..of_publishers.clone() };
    let asked = Settings { also: vec![nvd()], ..offline.clone() };
    for (settings, expected) in [(&of_mirror, true), (&of_publishers, false), (&offline, true), (&asked, true)] {
        assert_eq!(answers_with_nvd(settings), expected, "offline: {}", settings.offline);
    }
    // As it is when its publisher gave it, because it was named.
    let receipt = shards.path().join("nvd.years.receipt");
    let named = fs::read_to_string(&receipt).unwrap();
    fs::write(&receipt, named.replace(&format!("{}/nvd/", mirror.path().display()), &format!("{}/", nvd().home)))
        .unwrap();
    for (settings, expected) in [(&offline, false), (&asked, true)] {
        assert_eq!(answers_with_nvd(settings), expected, "named: {}", !settings.also.is_empty());
    }
    fs::remove_dir_all(mirror.path().join("nvd")).unwrap();
    let absent = update(&spaces(&["cve"]), &of_mirror).answers;
    assert!(
        !absent.iter().any(|(_, feed)| feed == "nvd"),
        "the mirror no longer has it, and still it answers: {absent:?}"
    );
}

#[test]
fn a_server_is_asked_again_only_after_a_while_and_for_what_changed() {
    let body = secdb("busybox", "1.36.1-r1", "CVE-2023-0001");
    let server = Server::start(move |_, request| {
        if request.to_lowercase().contains("if-none-match") {
            Answer::raw(304, &[], b"")
        } else {
            Answer::whole(200, &["ETag: \"one\""], body.as_bytes())
        }
    });
    let shards = tempfile::tempdir().unwrap();
    let settings = settings(shards.path(), &server.url);
    let wanted = spaces(&["alpine:3.18"]);
    assert!(matches!(results(&update(&wanted, &settings)).as_slice(), [Processing::Compiled { downloaded: 1.., .. }]));
    assert_eq!(server.requests().len(), 2);
    assert!(server.requests()[0].starts_with("GET /alpine/v3.18/main.json "));
    assert_eq!(results(&update(&wanted, &settings)), [&Processing::Kept]);
    assert_eq!(server.requests().len(), 2);
    let day = Settings { now: now() + Duration::from_secs(24 * 60 * 60), ..settings.clone() };
    assert_eq!(results(&update(&wanted, &day)), [&Processing::Unchanged]);
    assert_eq!(results(&update(&wanted, &day)), [&Processing::Kept]);
    assert_eq!(server.requests().len(), 4);
    // Without network what is there is used, and its age is told once it is over what is asked for.
    let offline = Settings { offline: true, ..day.clone() };
    assert!(update(&wanted, &offline).gaps.is_empty());
    let later = Settings { now: day.now + Duration::from_secs(24 * 60 * 60), ..offline };
    let outcome = update(&wanted, &later);
    assert!(
        matches!(outcome.gaps.as_slice(), [gap] if gap.kind == GapKind::Partial && gap.message.contains("network access is off"))
    );
    let unknown = update(&spaces(&["alpine:3.17"]), &later);
    assert!(matches!(unknown.gaps.as_slice(), [gap] if gap.kind == GapKind::Blind), "{:?}", unknown.gaps);
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn what_would_go_over_the_budget_is_a_gap() {
    let body = secdb("busybox", "1.36.1-r1", "CVE-2023-0001");
    let server = Server::start(move |_, _| Answer::whole(200, &[], body.as_bytes()));
    let shards = tempfile::tempdir().unwrap();
    let settings = Settings { max_download: 100, ..settings(shards.path(), &server.url) };
    let outcome = update(&spaces(&["alpine:3.18"]), &settings);
    let [gap] = outcome.gaps.as_slice() else { panic!("{:?}", outcome.gaps) };
    assert_eq!((gap.kind, gap.reason), (GapKind::Blind, GapReason::TooLarge));
    assert!(gap.message.contains("--max-download"), "{}", gap.message);
}

#[test]
fn many_at_once_leave_whole_shards() {
    let (mirror, shards) = alpine();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    let outcome = run(&mirror, &shards, &["alpine:3.18"]);
                    assert!(outcome.gaps.is_empty(), "{:?}", outcome.gaps);
                    assert_eq!(names(shards.path(), "alpine:3.18"), ["busybox", "caddy"]);
                }
            });
        }
    });
    let left: Vec<_> = fs::read_dir(shards.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "a shard and a receipt, but {left:?}");
}

#[test]
fn everything_of_a_mirror_is_built_and_the_rest_is_absent() {
    let (mirror, shards) = alpine();
    write(mirror.path(), "debian/tracker/data/json", &tracker(&["bookworm"]));
    let outcome = build(&settings(shards.path(), mirror.path().to_str().unwrap()));
    assert!(outcome.gaps.is_empty(), "{:?}", outcome.gaps);
    let made: Vec<_> = outcome.documents.iter().filter(|document| document.result != Processing::Absent).collect();
    let made: Vec<_> = made.iter().map(|document| (document.feed, document.document.as_str())).collect();
    assert_eq!(made, [("debian-tracker", "tracker"), ("alpine-secdb", "v3.18")]);
}

#[test]
fn a_build_tells_of_what_is_broken_and_of_a_mirror_that_is_none() {
    let (mirror, shards) = alpine();
    write(mirror.path(), "debian/tracker/data/json", "{");
    let outcome = build(&settings(shards.path(), mirror.path().to_str().unwrap()));
    let [gap] = outcome.gaps.as_slice() else { panic!("{:?}", outcome.gaps) };
    assert_eq!((gap.kind, gap.location.as_str()), (GapKind::Blind, "debian-tracker tracker"));
    let empty = tempfile::tempdir().unwrap();
    let outcome = build(&settings(shards.path(), empty.path().to_str().unwrap()));
    let [gap] = outcome.gaps.as_slice() else { panic!("{:?}", outcome.gaps) };
    assert_eq!((gap.kind, gap.location.as_str()), (GapKind::Blind, empty.path().to_str().unwrap()));
}

#[test]
fn only_what_was_never_fetched_is_expected_to_be() {
    let body = secdb("busybox", "1.36.1-r1", "CVE-2023-0001");
    let server = Server::start(move |_, _| Answer::whole(200, &["ETag: \"one\""], body.as_bytes()));
    let shards = tempfile::tempdir().unwrap();
    let told = Mutex::new(Vec::new());
    let progress = |event: Event<'_>| {
        if let Event::Download { bytes } = event {
            told.lock().unwrap().push(bytes);
        }
    };
    let settings = Settings { progress: &progress, ..settings(shards.path(), &server.url) };
    let expected = |names: &[&str]| {
        let _ = update(&spaces(names), &settings);
        std::mem::take(&mut *told.lock().unwrap())
    };
    assert!(expected(&["alpine:3.18"]).iter().sum::<u64>() > 0);
    assert!(expected(&["alpine:3.18"]).is_empty());
    assert!(expected(&["alpine:3.18", "debian:12"]).iter().sum::<u64>() > 50_000_000);
}

/// What is wanted is found out bit by bit, and each bit once however often it is said.
#[test]
fn what_is_wanted_later_is_fetched_beside_the_work() {
    let (mirror, shards) = alpine();
    write(mirror.path(), "alpine/v3.17/main.json", &secdb("busybox", "1.35.0-r1", "CVE-2023-0001"));
    write(mirror.path(), "alpine/v3.17/community.json", &secdb("caddy", "2.6.2-r2", "CVE-2023-0002"));
    let settings = settings(shards.path(), mirror.path().to_str().unwrap());
    let (result, outcome) = along(&settings, |want| {
        for name in ["alpine:3.18", "alpine:3.17", "alpine:3.18"] {
            want(&spaces(&[name]));
        }
        "done"
    });
    assert_eq!((result, outcome.gaps.as_slice(), outcome.documents.len()), ("done", [].as_slice(), 2));
    for space in ["alpine:3.17", "alpine:3.18"] {
        assert_eq!(names(shards.path(), space), ["busybox", "caddy"]);
    }
}

#[test]
fn work_that_panics_does_not_leave_the_update_waiting() {
    let (mirror, shards) = alpine();
    let settings = settings(shards.path(), mirror.path().to_str().unwrap());
    let work = || along(&settings, |_| -> () { panic!("on purpose") });
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_err());
}

#[test]
fn progress_and_equal_bytes() {
    let (mirror, shards) = alpine();
    let told = Arc::new(Mutex::new(Vec::new()));
    let progress = |event: Event<'_>| {
        if let Event::Shard { space } = event {
            told.lock().unwrap().push(space.to_owned());
        }
    };
    let path = mirror.path().to_str().unwrap();
    let _ = update(&spaces(&["alpine:3.18"]), &Settings { progress: &progress, ..settings(shards.path(), path) });
    assert_eq!(*told.lock().unwrap(), ["alpine:3.18"]);
    let again = tempfile::tempdir().unwrap();
    run(&mirror, &again, &["alpine:3.18"]);
    let digests = |shards: &tempfile::TempDir| {
        status(shards.path()).unwrap().into_iter().map(|one| one.digest).collect::<Vec<_>>()
    };
    assert_eq!(digests(&shards), digests(&again));
}

/// Each way in which the first mirror can be of no use: it is named, and the second is used.
#[test]
fn a_mirror_that_lies_is_named_and_the_next_is_asked() {
    let good = secdb("busybox", "1.36.1-r1", "CVE-2023-0001");
    let bomb = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut encoder, &vec![b' '; 80 << 20]).unwrap();
        encoder.finish().unwrap()
    };
    let whole = |status, headers: &[&str], body: &[u8]| Answer::whole(status, headers, body);
    let lies: Vec<(&str, Answer)> = vec![
        ("a page", whole(200, &[], b"<!DOCTYPE html><html><body>Please sign in</body></html>")),
        ("a page after a declaration", whole(200, &[], b"<?xml version=\"1.0\"?>\n<html>quota</html>")),
        ("nothing", whole(200, &[], b"")),
        ("half a document", whole(200, &[], &good.as_bytes()[..good.len() / 2])),
        ("fewer bytes than declared", Answer::raw(200, &["Content-Length: 9999"], good.as_bytes())),
        ("another document", whole(200, &[], b"{\"error\": \"quota exceeded\"}")),
        ("no advisories", whole(200, &[], b"{\"packages\": []}")),
        ("forbidden", whole(403, &[], b"")),
        ("too busy", whole(429, &["Retry-After: 86400"], b"")),
        ("broken", whole(500, &[], b"")),
        ("an unknown encoding", whole(200, &["Content-Encoding: br"], good.as_bytes())),
        ("a cut encoding", whole(200, &["Content-Encoding: gzip"], &bomb[..1000])),
        ("redirected for ever", whole(302, &["Location: /again"], b"")),
    ];
    for (lie, answer) in lies {
        let first = Server::start(move |_, _| answer.clone());
        let second = {
            let good = good.clone();
            Server::start(move |_, _| Answer::whole(200, &[], good.as_bytes()))
        };
        let shards = tempfile::tempdir().unwrap();
        let told = Mutex::new(Vec::new());
        let progress = |event: Event<'_>| {
            if let Event::Refused { reason } = event {
                told.lock().unwrap().push(reason.to_owned());
            }
        };
        let mirror = |url: &str| Source::Mirror(Address::parse(url).unwrap());
        let sources = vec![mirror(&first.url), mirror(&second.url)];
        let settings = Settings { sources, progress: &progress, ..settings(shards.path(), &first.url) };
        let outcome = update(&spaces(&["alpine:3.18"]), &settings);
        assert_eq!(outcome.gaps, [], "{lie}");
        assert_eq!(names(shards.path(), "alpine:3.18"), ["busybox"], "{lie}");
        let told = told.into_inner().unwrap();
        assert!(matches!(told.as_slice(), [reason] if reason.contains(&first.url)), "{lie}: {told:?}");
    }
}

#[test]
fn an_archive_that_lies_is_refused() {
    let zip = |count: usize, fill: &str| {
        let mut bytes = Vec::new();
        let mut archive = rawzip::ZipArchiveWriter::new(&mut bytes);
        for number in 0..count {
            let name = format!("{number}.json");
            let (mut entry, config) =
                archive.new_file(&name).compression_method(rawzip::CompressionMethod::DEFLATE).start().unwrap();
            let encoder = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::best());
            let mut writer = config.wrap(encoder);
            let package = r#"{"package":{"ecosystem":"crates.io","name":"a"},"versions":["1"]}"#;
            let record = format!(r#"{{"id":"X-{number}","details":"{fill}","affected":[{package}]}}"#);
            std::io::Write::write_all(&mut writer, record.as_bytes()).unwrap();
            let (encoder, descriptor) = writer.finish().unwrap();
            encoder.finish().unwrap();
            entry.finish(descriptor).unwrap();
        }
        archive.finish().unwrap();
        bytes
    };
    let good = zip(3, "");
    let cut = good[..good.len() - 30].to_vec();
    let bomb = zip(40, &"a".repeat(3 << 20));
    for (lie, bytes) in [("cut", cut), ("a bomb", bomb), ("a page", b"<html>".to_vec()), ("no archive", vec![1; 500])] {
        let (mirror, shards) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir_all(mirror.path().join("osv/crates.io")).unwrap();
        let path = mirror.path().join("osv/crates.io/all.zip");
        fs::write(&path, &good).unwrap();
        assert_eq!(run(&mirror, &shards, &["cargo"]).gaps, []);
        fs::write(&path, bytes).unwrap();
        let outcome = run(&mirror, &shards, &["cargo"]);
        let [gap] = outcome.gaps.as_slice() else { panic!("{lie}: {:?}", outcome.gaps) };
        assert!(
            gap.kind == GapKind::Partial && gap.message.contains("osv/crates.io/all.zip"),
            "{lie}: {}",
            gap.message
        );
        assert_eq!(names(shards.path(), "cargo"), ["a"], "{lie}");
    }
}

#[test]
fn a_folder_that_cannot_be_made_blinds() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let outcome = update(&spaces(&["alpine:3.18"]), &settings(&file.join("shards"), "/nowhere"));
    assert!(matches!(outcome.gaps.as_slice(), [gap] if gap.kind == GapKind::Blind), "{:?}", outcome.gaps);
}

/// A document that says that a package of Enterprise Linux 9 is affected.
fn statement(package: &str) -> String {
    format!(
        r#"{{"document": {{"category": "csaf_vex"}}, "product_tree": {{
            "branches": [{{"product": {{"product_id": "nine", "product_identification_helper": {{"cpe": "cpe:/o:redhat:enterprise_linux:9"}}}}}},
                         {{"product": {{"product_id": "it", "product_identification_helper": {{"purl": "pkg:rpm/redhat/{package}"}}}}}}],
            "relationships": [{{"full_product_name": {{"product_id": "nine:it"}}, "product_reference": "it", "relates_to_product_reference": "nine"}}]}},
          "vulnerabilities": [{{"cve": "CVE-2024-1", "product_status": {{"known_affected": ["nine:it"]}}}}]}}"#
    )
}

/// Lists that lead to an archive may be empty. What changed since comes on its own, and what was taken back is left out.
#[test]
fn newer_documents_stand_in_for_those_of_an_archive() {
    const FOLDER: &str = "redhat/csaf-vex";
    let (mirror, shards) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let file = |name: &str, text: &str| write(mirror.path(), &format!("{FOLDER}/{name}"), text);
    let mut archive = tar::Builder::new(Vec::new());
    for (path, package) in [("2024/kept.json", "kept"), ("2024/changed.json", "before"), ("2024/gone.json", "gone")] {
        let text = statement(package);
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_cksum();
        archive.append_data(&mut header, path, text.as_bytes()).unwrap();
    }
    fs::create_dir_all(mirror.path().join(FOLDER)).unwrap();
    fs::write(mirror.path().join(FOLDER).join("csaf_vex_2024-05-01.tar.zst"), archive.into_inner().unwrap()).unwrap();
    file("archive_latest.txt", "csaf_vex_2024-05-01.tar.zst\n");
    file("changes.csv", "");
    file("deletions.csv", "");
    let outcome = run(&mirror, &shards, &["rhel:9"]);
    assert!(outcome.gaps.is_empty(), "{:?}", outcome.gaps);
    assert_eq!(names(shards.path(), "rhel:9"), ["before", "gone", "kept"]);
    file("2024/changed.json", &statement("after"));
    file("changes.csv", "\"2024/changed.json\",\"2024-05-02T01:00:00+00:00\"\n");
    file("deletions.csv", "\"2024/gone.json\",\"2024-05-02T01:00:00+00:00\"\n");
    let outcome = run(&mirror, &shards, &["rhel:9"]);
    assert!(outcome.gaps.is_empty(), "{:?}", outcome.gaps);
    assert_eq!(names(shards.path(), "rhel:9"), ["after", "kept"]);
}
