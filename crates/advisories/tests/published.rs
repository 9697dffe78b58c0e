//! Published shards: made, signed, fetched, refused; with the tool `minisign` as judge of keys and signatures.
#![cfg(test)]

mod server;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use plimsoll_advisories::database::{Builder, Database, Stamp, file_name};
use plimsoll_advisories::fetch::{Address, Fetcher, Patience};
use plimsoll_advisories::published::{
    Index, Key, Made, NewKeys, Place, Publishing, SigningKey, export, publish, read_index, sign, verify,
};
use plimsoll_advisories::update::{Outcome, Settings, Source, Subscription, import, update};
use plimsoll_model::{Advisory, Affected, GapKind, Range, Space};
use server::{Answer, Server};
use tempfile::TempDir;

const FIRST: &str = "2026-11-20T00:00:00Z";
const SECOND: &str = "2026-11-22T00:00:00Z";

fn now() -> SystemTime {
    SystemTime::try_from("2026-11-23T00:00:00Z".parse::<jiff::Timestamp>().unwrap()).unwrap()
}

/// A publisher: keys, compiled shards, a folder.
struct Publisher {
    home: TempDir,
    key: Key,
    signing: SigningKey,
}

impl Publisher {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let keys = NewKeys::generate(None).unwrap();
        fs::write(home.path().join("key"), &keys.secret).unwrap();
        fs::write(home.path().join("key.pub"), &keys.public).unwrap();
        let signing = SigningKey::read(&home.path().join("key"), &|| unreachable!()).unwrap();
        Self { key: Key::parse(&keys.public).unwrap(), signing, home }
    }

    fn folder(&self) -> PathBuf {
        self.home.path().join("folder")
    }

    /// Compiles Arch's and PyPI's advisories, of which one has so many later fixes.
    fn compile(&self, fixes: usize) -> Vec<Made> {
        let shards = self.home.path().join("shards");
        let mut made = Vec::new();
        for (space, feed) in [("arch", "arch"), ("pypi", "osv")] {
            let mut builder = Builder::new(feed, vec![Stamp::default()], now());
            for number in 0..2000 {
                let mut advisory = advisory(space, number);
                if number == 7 {
                    advisory.affected[0].ranges[0].fixed = format!("1.{fixes}");
                }
                builder.add(advisory);
            }
            let written = builder.write(&shards, &BTreeSet::new()).unwrap();
            made.extend(written.into_iter().map(|one| Made { path: one.path, checked: FIRST.into() }));
        }
        made
    }

    fn publish(&self, built: &str, fixes: usize) -> Index {
        let keys = std::slice::from_ref(&self.signing);
        let folder = self.folder();
        publish(&self.compile(fixes), &Publishing { folder: &folder, built: built.into(), keys, keep: 3 }).unwrap()
    }

    fn place(&self) -> Place {
        Place::Address(Address::Path(self.folder()))
    }
}

fn advisory(space: &str, number: usize) -> Advisory {
    // Words that compression cannot guess, the same in every run.
    let words = words(number);
    Advisory {
        id: format!("CVE-2026-{number:05}"),
        title: words.clone(),
        details: words,
        affected: vec![Affected {
            space: Space(space.into()),
            name: format!("package-{number}"),
            ranges: vec![Range { introduced: "0".into(), fixed: "1.0".into(), last_affected: String::new() }],
            ..Affected::default()
        }],
        ..Advisory::default()
    }
}

fn words(number: usize) -> String {
    let mut state = number as u64 + 1;
    let mut word = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        format!("{state:016x}")
    };
    (0..8).map(|_| word()).collect::<Vec<_>>().join(" ")
}

fn settings<'a>(shards: &Path, place: Place, key: &Key) -> Settings<'a> {
    let moment = Duration::from_millis(1);
    Settings {
        shards: Subscription { places: vec![place], keys: vec![key.clone()], as_of: None },
        // Nobody else answers.
        sources: vec![Source::Mirror(Address::Path("/nowhere".into()))],
        patience: Patience { attempts: 2, first: moment, longest: moment, ..Patience::default() },
        ..Settings::new(shards.into(), &|_| {}, now())
    }
}

fn wanted(names: &[&str]) -> BTreeSet<Space> {
    names.iter().map(|name| Space((*name).to_owned())).collect()
}

fn refusal(outcome: &Outcome) -> &str {
    outcome.refusal.as_deref().unwrap_or_else(|| panic!("it was not refused: {outcome:?}"))
}

fn same(publisher: &Publisher, shards: &Path, space: &str, feed: &str) -> bool {
    let name = file_name(space, feed);
    fs::read(shards.join(&name)).unwrap() == fs::read(publisher.home.path().join("shards").join(&name)).unwrap()
}

/// Every request answered from a folder, unless `lie` has another answer for its path.
fn serve(folder: PathBuf, lie: impl Fn(&str) -> Option<Answer> + Send + 'static) -> (Server, Place) {
    let server = Server::start(move |_, request| {
        let path = request.split(' ').nth(1).unwrap().trim_start_matches('/').to_owned();
        lie(&path).unwrap_or_else(|| match fs::read(folder.join(&path)) {
            Ok(body) => Answer::whole(200, &["ETag: \"x\""], &body),
            Err(_) => Answer::whole(404, &[], b"none"),
        })
    });
    let place = Place::Address(Address::parse(&server.url).unwrap());
    (server, place)
}

#[test]
fn only_what_is_wanted_comes_and_then_by_its_differences() {
    let (publisher, shards) = (Publisher::new(), tempfile::tempdir().unwrap());
    publisher.publish(FIRST, 0);
    let (server, place) = serve(publisher.folder(), |_| None);
    let settings = Settings { max_age: Duration::ZERO, ..settings(shards.path(), place, &publisher.key) };
    let first = update(&wanted(&["pypi"]), &settings);
    assert!(first.gaps.is_empty() && first.documents.is_empty(), "{first:?}");
    assert!(same(&publisher, shards.path(), "pypi", "osv") && !shards.path().join(file_name("arch", "arch")).exists());
    assert_eq!(server.requests().len(), 3, "index, signature, one blob");

    let index = publisher.publish(SECOND, 1);
    let second = update(&wanted(&["pypi"]), &settings);
    let taken = second.taken.unwrap();
    assert_eq!((taken.wanted, taken.fetched, taken.deltas), (1, 1, 1), "{:?}", second.gaps);
    assert!(same(&publisher, shards.path(), "pypi", "osv"));
    let entry = index.shards.iter().find(|entry| entry.space == "pypi").unwrap();
    assert_eq!(taken.downloaded, entry.deltas[0].blob.size);
    assert!(entry.deltas[0].blob.size * 2 < entry.blob.size, "{entry:?}");

    let third = update(&wanted(&["pypi"]), &settings);
    assert_eq!(third.taken.unwrap().fetched, 0);
    let asked = server.requests().len();
    let recent = Settings { max_age: Duration::from_secs(3600), ..settings };
    assert!(update(&wanted(&["pypi"]), &recent).gaps.is_empty());
    assert_eq!(server.requests().len(), asked, "asked again within the maximum age");
    let offline = Settings { offline: true, ..recent };
    assert!(update(&wanted(&["pypi"]), &offline).gaps.is_empty());
}

#[test]
fn equal_shards_make_equal_folders_and_old_ones_go() {
    let (one, two) = (Publisher::new(), Publisher::new());
    let indexes = [&one, &two].map(|publisher| {
        (0..5)
            .map(|day| publisher.publish(&format!("2026-11-2{day}T00:00:00Z"), day))
            .collect::<Vec<_>>()
            .pop()
            .unwrap()
    });
    assert_eq!(indexes[0], indexes[1]);
    assert_eq!(indexes[0].history.len(), 2);
    let blobs: BTreeSet<String> = fs::read_dir(one.folder().join("blobs"))
        .unwrap()
        .map(|blob| format!("blobs/{}", blob.unwrap().file_name().into_string().unwrap()))
        .collect();
    let kept = fs::read_dir(one.folder().join("indexes"))
        .unwrap()
        .filter_map(|index| Index::parse(&fs::read(index.unwrap().path()).unwrap()).ok());
    let named: BTreeSet<String> =
        kept.flat_map(|index| index.blobs().into_iter().map(|blob| blob.path()).collect::<Vec<_>>()).collect();
    assert_eq!(blobs, named);
    assert_eq!(one.publish("2026-11-24T00:00:00Z", 4), indexes[0], "building again changed something");
    let earlier = Publishing { folder: &one.folder(), built: FIRST.into(), keys: &[], keep: 3 };
    assert!(publish(&one.compile(4), &earlier).unwrap_err().to_string().contains("newer"));
}

#[test]
fn what_is_not_signed_by_a_trusted_key_is_refused() {
    let (publisher, other, shards) = (Publisher::new(), Publisher::new(), tempfile::tempdir().unwrap());
    publisher.publish(FIRST, 0);
    let run = |key: &Key| update(&wanted(&["pypi"]), &settings(shards.path(), publisher.place(), key));
    let said = run(&other.key);
    assert!(refusal(&said).contains(publisher.key.id()) && refusal(&said).contains(other.key.id()), "{said:?}");

    let index = publisher.folder().join("index.json");
    let honest = fs::read_to_string(&index).unwrap();
    fs::write(&index, honest.replace("\"records\": 2000", "\"records\": 2001")).unwrap();
    assert!(refusal(&run(&publisher.key)).contains("does not hold"));
    fs::write(&index, &honest).unwrap();
    for (signature, expected) in
        [("", "it is empty"), ("untrusted comment: x\nRUQ=\ntrusted comment: y\nAA==\n", "not a signature")]
    {
        for folder in [
            publisher.folder().join("index.json.minisig"),
            publisher.folder().join("indexes/20261120T000000Z.json.minisig"),
        ] {
            fs::write(folder, signature).unwrap();
        }
        assert!(refusal(&run(&publisher.key)).contains(expected));
    }
    for path in ["index.json.minisig", "indexes/20261120T000000Z.json.minisig"] {
        fs::remove_file(publisher.folder().join(path)).unwrap();
    }
    assert!(refusal(&run(&publisher.key)).contains("db sign"));
    sign(&publisher.folder(), std::slice::from_ref(&publisher.signing)).unwrap();
    assert!(run(&publisher.key).refusal.is_none());
}

#[test]
fn keys_are_rotated_by_signing_with_both() {
    let (publisher, next) = (Publisher::new(), Publisher::new());
    let keys =
        [&publisher, &next].map(|one| SigningKey::read(&one.home.path().join("key"), &|| unreachable!()).unwrap());
    let folder = publisher.folder();
    publish(&publisher.compile(0), &Publishing { folder: &folder, built: FIRST.into(), keys: &keys, keep: 3 }).unwrap();
    for key in [&publisher.key, &next.key] {
        let shards = tempfile::tempdir().unwrap();
        let outcome = update(&wanted(&["pypi"]), &settings(shards.path(), publisher.place(), key));
        assert_eq!(outcome.taken.unwrap().key, key.id());
    }
    sign(&folder, &keys[1..]).unwrap();
    let shards = tempfile::tempdir().unwrap();
    assert!(update(&wanted(&["pypi"]), &settings(shards.path(), publisher.place(), &publisher.key)).refusal.is_some());
}

#[test]
fn minisign_checks_ours_and_we_check_its() {
    let publisher = Publisher::new();
    publisher.publish(FIRST, 0);
    let minisign = |arguments: &[&str]| {
        let output = Command::new("minisign").args(arguments).current_dir(publisher.home.path()).output();
        let output = output.expect("this test needs minisign: apt-get install minisign");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    minisign(&["-Vm", "folder/index.json", "-p", "key.pub"]);
    minisign(&["-G", "-W", "-p", "their.pub", "-s", "their.key"]);
    let theirs = SigningKey::read(&publisher.home.path().join("their.key"), &|| unreachable!()).unwrap();
    sign(&publisher.folder(), &[theirs]).unwrap();
    minisign(&["-Vm", "folder/index.json", "-p", "their.pub"]);
    // And one that the tool itself makes.
    minisign(&["-Sm", "folder/index.json", "-s", "their.key"]);
    let key = Key::parse_or_read(publisher.home.path().join("their.pub").to_str().unwrap()).unwrap();
    let shards = tempfile::tempdir().unwrap();
    assert!(update(&wanted(&["pypi"]), &settings(shards.path(), publisher.place(), &key)).refusal.is_none());
}

#[test]
fn locked_keys_need_their_password() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    fs::write(&path, NewKeys::generate(Some("open sesame".into())).unwrap().secret).unwrap();
    assert!(SigningKey::read(&path, &|| Ok("open sesame".into())).is_ok());
    assert!(SigningKey::read(&path, &|| Ok("open barley".into())).is_err());
    assert!(SigningKey::read(&path, &|| Err("nobody to ask".into())).is_err());
}

/// With nothing at hand a lie blinds the space; what is at hand stays.
#[test]
fn a_blob_that_is_not_what_the_index_says_is_refused() {
    let publisher = Publisher::new();
    let index = publisher.publish(FIRST, 0);
    let [arch, pypi] = ["arch", "pypi"].map(|space| {
        let entry = index.shards.iter().find(|entry| entry.space == space).unwrap();
        fs::read(publisher.folder().join(entry.blob.path())).unwrap()
    });
    let half = pypi[..pypi.len() / 2].to_vec();
    let mut padded = pypi.clone();
    padded.extend([0; 100]);
    let page = b"<!DOCTYPE html><html>sign in</html>".to_vec();
    for (lie, expected) in [(half, "bytes"), (arch, "digest"), (page, "web page"), (padded, "limit")] {
        // The larger of the two blobs may be either.
        let shards = tempfile::tempdir().unwrap();
        let (_server, place) =
            serve(publisher.folder(), move |path| path.starts_with("blobs").then(|| Answer::whole(200, &[], &lie)));
        let outcome = update(&wanted(&["pypi"]), &settings(shards.path(), place, &publisher.key));
        let gap = &outcome.gaps[0];
        assert!(gap.kind == GapKind::Blind && gap.location == "pypi", "{gap:?}");
        assert!(
            ["bytes and not", "over the limit", "digest", expected].iter().any(|said| gap.message.contains(said)),
            "{gap:?}"
        );
        assert!(Database::open_all(shards.path()).unwrap().shards().is_empty());
    }
}

/// Whoever has a blob of the signed index will do.
#[test]
fn what_one_source_has_damaged_is_taken_from_the_next() {
    let publisher = Publisher::new();
    let index = publisher.publish(FIRST, 1);
    let damaged = tempfile::tempdir().unwrap();
    fs::create_dir(damaged.path().join("blobs")).unwrap();
    for name in ["index.json", "index.json.minisig"] {
        fs::copy(publisher.folder().join(name), damaged.path().join(name)).unwrap();
    }
    for blob in index.blobs() {
        fs::write(damaged.path().join(blob.path()), b"something else").unwrap();
    }
    let shards = tempfile::tempdir().unwrap();
    let told = std::sync::Mutex::new(Vec::new());
    let progress = |event: plimsoll_model::Event<'_>| {
        if let plimsoll_model::Event::Refused { reason } = event {
            told.lock().unwrap().push(reason.to_owned());
        }
    };
    let first = Place::Address(Address::Path(damaged.path().into()));
    let mut settings = Settings { progress: &progress, ..settings(shards.path(), first, &publisher.key) };
    settings.shards.places.push(publisher.place());
    let outcome = update(&wanted(&["pypi"]), &settings);
    assert_eq!(outcome.gaps, []);
    assert!(same(&publisher, shards.path(), "pypi", "osv"));
    let damaged = damaged.path().to_str().unwrap();
    assert!(told.lock().unwrap().iter().all(|reason| reason.contains(damaged)), "{told:?}");
    assert!(!told.lock().unwrap().is_empty());
}

fn zeros(size: usize) -> Vec<u8> {
    let mut frame = Vec::new();
    let mut encoder = zstd::stream::write::Encoder::new(&mut frame, 1).unwrap();
    std::io::copy(&mut std::io::Read::take(std::io::repeat(0), size as u64), &mut encoder).unwrap();
    encoder.finish().unwrap();
    frame
}

#[test]
fn a_blob_inflates_to_what_was_said_and_no_more() {
    let publisher = Publisher::new();
    let index = publisher.publish(FIRST, 0);
    let entry = &index.shards[1];
    let bomb = zeros(1 << 26);
    let digest = ring::digest::digest(&ring::digest::SHA256, &bomb);
    let hex = data_encoding::HEXLOWER.encode(digest.as_ref());
    fs::write(publisher.folder().join("blobs").join(&hex), &bomb).unwrap();
    let honest = String::from_utf8(index.to_bytes()).unwrap();
    let lie = honest.replace(&entry.blob.digest, &format!("sha256:{hex}"));
    let lie = lie.replace(&format!("\"size\": {}\n", entry.blob.size), &format!("\"size\": {}\n", bomb.len()));
    fs::write(publisher.folder().join("index.json"), &lie).unwrap();
    let signature = publisher.signing.sign(lie.as_bytes(), "a lie").unwrap();
    fs::write(publisher.folder().join("index.json.minisig"), signature).unwrap();
    let shards = tempfile::tempdir().unwrap();
    let outcome = update(&wanted(&["pypi"]), &settings(shards.path(), publisher.place(), &publisher.key));
    assert!(outcome.gaps[0].message.contains("inflates to more than"), "{outcome:?}");
}

/// What a publisher signs may be wrong all the same: sizes, digests, other formats, paths that lead elsewhere.
#[test]
fn an_index_that_lies_is_refused_though_it_is_signed() {
    let publisher = Publisher::new();
    publisher.publish(FIRST, 0);
    let path = publisher.folder().join("index.json");
    let honest = fs::read_to_string(&path).unwrap();
    let index = Index::parse(honest.as_bytes()).unwrap();
    let entry = &index.shards[1];
    let size = format!("\"size\": {},\n      \"blob\"", entry.size);
    let format = |number: &str| format!("\"shard_format\": {number}");
    let shard_format = format(&index.shard_format.to_string());
    for (from, to, expected) in [
        (size.as_str(), "\"size\": 5,\n      \"blob\"", "blob"),
        (&size, &format!("\"size\": {},\n      \"blob\"", entry.size + 1), "ends 1 bytes before"),
        (&size, "\"size\": 99999999999,\n      \"blob\"", "more than any shard"),
        (&entry.content, &format!("blake3:{}", "0".repeat(64)), "it inflates to"),
        (&entry.digest, &format!("blake3:{}", "0".repeat(64)), "the shard in it is"),
        (&entry.blob.digest, "sha256:../../../etc/passwd", "not a digest"),
        ("\"space\": \"pypi\"", "\"space\": \"../../pypi\"", "pypi"),
        (FIRST, "../../../2026", "not a time"),
        ("\"format\": 1", "\"format\": 2", "format is 2"),
        (&shard_format, &format("99"), "format 99"),
    ] {
        let lie = honest.replace(from, to);
        assert_ne!(lie, honest, "{from}");
        fs::write(&path, &lie).unwrap();
        let signature = publisher.signing.sign(lie.as_bytes(), "a lie").unwrap();
        fs::write(publisher.folder().join("index.json.minisig"), signature).unwrap();
        let shards = tempfile::tempdir().unwrap();
        let place = publisher.place();
        let outcome = update(&wanted(&["pypi"]), &settings(shards.path(), place.clone(), &publisher.key));
        let said =
            outcome.refusal.clone().unwrap_or_else(|| outcome.gaps.iter().map(|gap| gap.message.clone()).collect());
        assert!(said.contains(expected), "{to}: {said}");
        assert!(Database::open_all(shards.path()).unwrap().shards().is_empty(), "{to}");
        // Whoever checks the whole folder is told as well, and nothing is written outside of the scratch folder.
        let scratch = tempfile::tempdir().unwrap();
        let settings = settings(scratch.path(), place.clone(), &publisher.key);
        let fetching = settings.fetching();
        let checked = verify(&place, &Fetcher::new(&fetching), &settings.shards.keys, scratch.path());
        assert!(checked.is_err(), "{to}");
        assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 0);
    }
}

#[test]
fn older_indexes_are_refused_where_newer_were_seen() {
    let (publisher, shards) = (Publisher::new(), tempfile::tempdir().unwrap());
    publisher.publish(FIRST, 0);
    let old = publisher.home.path().join("old");
    assert!(Command::new("cp").arg("-r").arg(publisher.folder()).arg(&old).status().unwrap().success());
    publisher.publish(SECOND, 1);
    let asked = |place: Place| Settings { max_age: Duration::ZERO, ..settings(shards.path(), place, &publisher.key) };
    assert!(update(&wanted(&["pypi"]), &asked(publisher.place())).refusal.is_none());
    // At the same address there is what was seen before to fall back on; at another there is not.
    let elsewhere = Place::Address(Address::Path(old.clone()));
    assert!(refusal(&update(&wanted(&["pypi"]), &asked(elsewhere))).contains("older"));
    fs::remove_dir_all(publisher.folder()).unwrap();
    fs::rename(&old, publisher.folder()).unwrap();
    let outcome = update(&wanted(&["pypi"]), &asked(publisher.place()));
    assert!(outcome.refusal.is_none() && outcome.gaps[0].message.contains("older"), "{outcome:?}");
    assert!(same(&publisher, shards.path(), "pypi", "osv"), "the newer shard is gone");
}

#[test]
fn earlier_states_answer_for_earlier_days() {
    let publisher = Publisher::new();
    let first = publisher.publish(FIRST, 0);
    publisher.publish(SECOND, 1);
    let run = |moment: &str, place: Place| {
        let shards = tempfile::tempdir().unwrap();
        let mut settings = settings(shards.path(), place, &publisher.key);
        settings.shards.as_of = Some(moment.parse().unwrap());
        let outcome = update(&wanted(&["pypi", "npm"]), &settings);
        (outcome, shards)
    };
    let (outcome, shards) = run("2026-11-21T00:00:00Z", publisher.place());
    assert_eq!(outcome.taken.unwrap().built, FIRST);
    let database = Database::open_all(shards.path()).unwrap();
    assert_eq!(database.shards()[0].digest(), first.shards[1].digest);
    // Of what it does not hold, nobody is asked today what was known then.
    assert!(
        outcome.documents.is_empty()
            && outcome.gaps.iter().any(|gap| gap.location == "npm" && gap.kind == GapKind::Blind)
    );
    let (outcome, _shards) = run("2026-11-22T12:00:00Z", publisher.place());
    assert_eq!(outcome.taken.unwrap().built, SECOND);
    assert!(refusal(&run("2026-11-19T00:00:00Z", publisher.place()).0).contains("the oldest is of 2026-11-20"));
}

#[test]
fn a_bundle_brings_what_it_was_made_for() {
    let publisher = Publisher::new();
    publisher.publish(FIRST, 0);
    publisher.publish(SECOND, 1);
    let file = publisher.home.path().join("bundle.tar");
    let keys = std::slice::from_ref(&publisher.key);
    let scratch = tempfile::tempdir().unwrap();
    let settings = |place: Place, shards: &Path| Settings { offline: true, ..settings(shards, place, &publisher.key) };
    let fetching = settings(publisher.place(), scratch.path()).fetching();
    let fetcher = Fetcher::new(&fetching);
    let signed = read_index(&publisher.place(), &fetcher, keys, None, None).unwrap().unwrap();
    assert!(export(&publisher.place(), &fetcher, &signed, &["npm".into()], &file).is_err());
    export(&publisher.place(), &fetcher, &signed, &["pypi".into()], &file).unwrap();
    let bytes = fs::read(&file).unwrap();
    export(&publisher.place(), &fetcher, &signed, &["pypi".into()], &file).unwrap();
    assert_eq!(bytes, fs::read(&file).unwrap());

    let bundle = Place::bundle(&file).unwrap();
    let checked = verify(&bundle, &fetcher, keys, scratch.path()).unwrap();
    assert_eq!((checked.shards, checked.left_out), (1, 1));
    let shards = tempfile::tempdir().unwrap();
    assert_eq!(import(&settings(bundle, shards.path())).taken.unwrap().fetched, 1);
    assert!(same(&publisher, shards.path(), "pypi", "osv"));
    // From then on nobody has to be named: what was imported answers, offline.
    let later = Settings { shards: Subscription::default(), ..settings(publisher.place(), shards.path()) };
    let outcome = update(&wanted(&["pypi"]), &later);
    assert!(outcome.gaps.is_empty(), "{outcome:?}");

    // Damage anywhere is noticed.
    for place in (0..bytes.len()).step_by(bytes.len() / 50) {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x55;
        fs::write(&file, &damaged).unwrap();
        let whole = Place::bundle(&file).and_then(|bundle| verify(&bundle, &fetcher, keys, scratch.path()));
        // The times, modes and owners in tar headers, and its padding, say nothing.
        if let Ok(whole) = whole {
            assert_eq!((whole.shards, whole.left_out), (1, 1));
        }
        if place > bytes.len() - 1024 {
            continue;
        }
        fs::write(&file, &bytes[..place]).unwrap();
        let cut = Place::bundle(&file).and_then(|bundle| verify(&bundle, &fetcher, keys, scratch.path()));
        // Cut between two members it is a smaller bundle, and says that something was left out.
        assert!(cut.as_ref().map_or(true, |cut| cut.left_out == 2), "cut at {place} of {}: {cut:?}", bytes.len());
    }
}
