//! What a shard gives back, and what it does when its file is not as it was written.
#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::SystemTime;

use plimsoll_advisories::database::{Builder, Database, Error, Inflated, Shard, Stamp};
use plimsoll_model::{Advisory, Affected, Range, Rating, Severity, Space, State};
use proptest::prelude::*;

fn space(text: &str) -> Space {
    Space(text.into())
}

/// An advisory with something in every field.
fn sample(number: usize) -> Advisory {
    let rating = |word: &str| Rating {
        source: "debian".into(),
        word: word.into(),
        vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H".into(),
        score: Some(9.8),
        severity: Severity::Critical,
    };
    Advisory {
        id: format!("DSA-{number}-1"),
        aliases: vec![format!("X-{number}")],
        covers: vec![format!("CVE-2024-{number}"), "CVE-2024-9999".into()],
        title: format!("title {number}"),
        details: format!("details of {number}, {}", "and more ".repeat(number % 40)),
        references: vec!["https://example.org/a".into(), format!("https://example.org/{number}")],
        published: "2024-01-02T03:04:05Z".into(),
        modified: "2024-02-03T04:05:06Z".into(),
        ratings: vec![rating("high"), Rating { source: "nvd".into(), ..Rating::default() }],
        exploited: "2024-05-06".into(),
        due: "2024-05-27".into(),
        ransomware: true,
        epss: Some(0.125),
        percentile: Some(0.98765),
        weaknesses: vec!["CWE-79".into()],
        affected: vec![Affected {
            space: space("debian:12"),
            name: format!("package-{}", number % 7),
            ranges: vec![Range { introduced: "0".into(), fixed: format!("{number}.1"), last_affected: String::new() }],
            versions: vec!["1".into(), "2".into()],
            state: State::Fixed,
            arch: "amd64".into(),
            module: "perl:5.30".into(),
            repositories: vec!["cpe:/o:redhat:enterprise_linux:9::baseos".into()],
            symbols: vec!["net/http.Server.Serve".into()],
            ratings: vec![rating("unimportant")],
        }],
    }
}

fn write(folder: &Path, advisories: &[Advisory]) -> Vec<u8> {
    let mut builder = Builder::new("osv", vec![Stamp { etag: "\"x\"".into(), ..Stamp::default() }], SystemTime::now());
    advisories.iter().cloned().for_each(|advisory| builder.add(advisory));
    let written = builder.write(folder, &BTreeSet::from([space("debian:12")])).unwrap();
    fs::read(&written[0].path).unwrap()
}

/// Everything that can be asked of a shard.
fn everything(path: &Path) -> Result<String, Error> {
    let shard = Shard::open(path)?;
    let mut all = format!("{} {} {} {:?}", shard.space(), shard.feed(), shard.digest(), shard.documents());
    let names: Vec<String> = shard.digests()?.iter().map(|(name, digest)| format!("{name} {digest:?}")).collect();
    all.push_str(&names.join("\n"));
    for name in names.iter().filter_map(|name| name.split(' ').next()) {
        all.push_str(&format!("{:?}", shard.search(name)?));
        for statement in shard.statements(name)? {
            let ranges = statement.ranges()?.collect::<Result<Vec<_>, _>>()?;
            let versions = statement.versions()?.collect::<Result<Vec<_>, _>>()?;
            let ranges = (ranges, versions, statement.state()?);
            let limits = (statement.arch()?, statement.module()?, statement.title(&mut Inflated::default())?);
            let ratings = (statement.ratings()?, statement.ratings_of_all()?, statement.epss()?);
            all.push_str(&format!("{:?}", (ranges, limits, ratings, statement.id()?, statement.aliases()?)));
        }
    }
    Ok(all)
}

#[test]
fn advisories_come_back_as_they_went_in() {
    let folder = tempfile::tempdir().unwrap();
    let advisories: Vec<Advisory> = (0..300).map(sample).collect();
    write(folder.path(), &advisories);
    let database = Database::open_all(folder.path()).unwrap();
    for advisory in &advisories {
        for asked in [advisory.id.as_str(), &advisory.id.to_lowercase(), &advisory.covers[0], &advisory.aliases[0]] {
            let hits = database.search(asked).unwrap();
            assert_eq!(hits.len(), 1, "{asked}");
            assert_eq!(&hits[0].advisory, advisory);
        }
    }
    assert_eq!(database.search("package-3").unwrap().len(), 43);
    assert_eq!(database.search("CVE-2024-9999").unwrap().len(), 300);
    assert_eq!(database.search("package").unwrap().len(), 0);
}

#[test]
fn every_changed_byte_is_noticed_or_without_effect() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = write(folder.path(), &(0..3).map(sample).collect::<Vec<_>>());
    let path = folder.path().join("debian%3a12@osv.shard");
    let whole = everything(&path).unwrap();
    let mut refused = 0;
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        fs::write(&path, &changed).unwrap();
        match everything(&path) {
            Ok(answer) => assert_eq!(answer, whole, "a changed byte at {at} gave another answer"),
            Err(Error::Damaged { .. }) => refused += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(refused, bytes.len(), "every byte is under some checksum");
}

#[test]
fn a_shortened_shard_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = write(folder.path(), &(0..5).map(sample).collect::<Vec<_>>());
    let path = folder.path().join("debian%3a12@osv.shard");
    // All of the header and the table, then enough of the rest.
    for length in (0..500).chain((500..bytes.len()).step_by(17)) {
        fs::write(&path, &bytes[..length]).unwrap();
        let error = Shard::open(&path).unwrap_err();
        assert!(matches!(error, Error::Damaged { .. }) || length == 0, "{length}: {error}");
    }
    fs::write(&path, [&bytes[..], b"x"].concat()).unwrap();
    assert!(Shard::open(&path).is_err(), "nor is one with something after its end taken");
}

#[test]
fn what_is_unusable_is_set_aside_and_named() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[sample(1)]);
    fs::copy(folder.path().join("debian%3a12@osv.shard"), folder.path().join("debian%3a11@osv.shard")).unwrap();
    fs::write(folder.path().join("pypi@osv.shard"), b"not one").unwrap();
    fs::write(folder.path().join(".shard-half"), b"left by a crash").unwrap();
    let database = Database::open_all(folder.path()).unwrap();
    assert_eq!(database.shards().len(), 1);
    let unusable: Vec<String> = database.unusable().iter().map(|(space, error)| format!("{space}: {error}")).collect();
    assert_eq!(unusable.len(), 2);
    assert!(unusable[0].starts_with("debian:11: "), "{unusable:?}");
    assert!(unusable[0].contains("debian%3a12@osv.shard"), "{unusable:?}");
    assert!(unusable[1].contains("pypi@osv.shard") && unusable[1].contains("too short"), "{unusable:?}");
    let wanted = BTreeSet::from([space("debian:12")]);
    assert!(Database::open(folder.path(), &wanted).unwrap().unusable().is_empty(), "what is not asked is not opened");
}

#[test]
fn no_folder_is_an_empty_database() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open_all(&folder.path().join("none")).unwrap();
    assert!(database.shards().is_empty() && database.unusable().is_empty());
}

#[test]
fn a_space_without_advisories_has_a_shard_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[]);
    let database = Database::open_all(folder.path()).unwrap();
    assert_eq!((database.shards().len(), database.shards()[0].records()), (1, 0));
    assert!(database.shards()[0].statements("anything").unwrap().is_empty());
}

#[test]
fn readers_see_the_old_shard_or_the_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("debian%3a12@osv.shard");
    write(folder.path(), &(0..20).map(sample).collect::<Vec<_>>());
    let first = Shard::open(&path).unwrap();
    thread::scope(|scope| {
        for writer in 1..4 {
            let folder = folder.path();
            scope.spawn(move || {
                (0..8).for_each(|_| _ = write(folder, &(0..20 * writer).map(sample).collect::<Vec<_>>()))
            });
        }
        scope.spawn(|| {
            for _ in 0..200 {
                let shard = Shard::open(&path).unwrap();
                assert!([20, 40, 60].contains(&shard.records()));
            }
        });
    });
    assert_eq!(first.records(), 20, "an open shard stays what it was");
    assert_eq!(first.search("DSA-7-1").unwrap().len(), 1);
    assert_eq!(first.search("dsa-7").unwrap().len(), 1);
    assert_eq!(first.search("DSA").unwrap().len(), 0);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing half-written is left");
}

#[test]
fn what_does_not_fit_is_an_error_and_no_shard() {
    let folder = tempfile::tempdir().unwrap();
    let mut builder = Builder::new("osv", Vec::new(), SystemTime::now());
    builder.add(Advisory { id: "X".repeat(70_000), ..sample(1) });
    let error = builder.write(folder.path(), &BTreeSet::new()).unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn digests_change_with_what_is_said_about_a_package_only() {
    let digests = |advisories: &[Advisory]| {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), advisories);
        let shard = Shard::open(&folder.path().join("debian%3a12@osv.shard")).unwrap();
        shard.digests().unwrap().into_iter().map(|(name, digest)| (name.to_owned(), digest)).collect::<Vec<_>>()
    };
    let all: Vec<Advisory> = (0..7).map(sample).collect();
    let mut changed = all.clone();
    changed[3].affected[0].ranges[0].fixed = "9".into();
    let (before, after) = (digests(&all), digests(&changed));
    let differing: Vec<&str> =
        before.iter().zip(&after).filter(|(left, right)| left != right).map(|(left, _)| left.0.as_str()).collect();
    assert_eq!(differing, ["package-3"]);
}

/// `fixtures/advisories/shards/read.py` was written after `docs/shards.md`: where both agree with the code, the page is right.
#[test]
fn a_reader_in_another_language_reads_the_same() {
    let folder = tempfile::tempdir().unwrap();
    // Enough of them for several blocks and a dictionary; some with the id as name, some named twice, some with nothing.
    let mut advisories: Vec<Advisory> = (0..3000).map(sample).collect();
    for (number, advisory) in advisories.iter_mut().enumerate().step_by(3) {
        advisory.affected[0].name = advisory.id.clone();
        advisory.affected[0].state = State::NotAffected;
        if number % 2 == 0 {
            advisory.affected.push(Affected {
                space: space("debian:12"),
                name: format!("näm-{number}"),
                ..Affected::default()
            });
        }
    }
    advisories.push(Advisory {
        id: "bare".into(),
        affected: vec![Affected { space: space("debian:12"), ..Affected::default() }],
        ..Advisory::default()
    });
    write(folder.path(), &advisories);
    let path = folder.path().join("debian%3a12@osv.shard");
    let shard = Shard::open(&path).unwrap();
    let sections: Vec<&str> = shard.sections().filter(|(_, length)| *length == 0).map(|(name, _)| name).collect();
    assert!(sections.is_empty(), "nothing to read in {sections:?}");
    let mut expected = String::new();
    for name in shard.names().unwrap() {
        for statement in shard.statements(name).unwrap() {
            let title = statement.title(&mut Inflated::default()).unwrap();
            let state = statement.state().unwrap().as_str();
            expected.push_str(&format!("{name}\t{}\t{state}\t{title}\n", statement.id().unwrap()));
        }
    }
    let reader = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/advisories/shards/read.py");
    let output = Command::new("python3").arg(reader).arg(&path).env("PYTHONIOENCODING", "utf-8").output();
    let output = output.expect("python3 runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
}

#[test]
fn equal_advisories_make_equal_bytes() {
    let advisories: Vec<Advisory> = (0..3000).map(sample).collect();
    let [one, other] = [(), ()].map(|()| write(tempfile::tempdir().unwrap().path(), &advisories));
    assert!(one == other);
}

/// What is published as a difference to the shard before must stay small when little changes.
#[test]
fn one_advisory_more_changes_few_blocks() {
    let advisories = |count| {
        (0..count).map(|number| Advisory {
            affected: vec![Affected { name: format!("package-{number:05}"), ..sample(number).affected.remove(0) }],
            title: String::new(),
            details: String::new(),
            references: Vec::new(),
            ..sample(number)
        })
    };
    let all: Vec<Advisory> = advisories(6000).collect();
    let [whole, less] = [&all[..], &[&all[..3000], &all[3001..]].concat()]
        .map(|advisories| write(tempfile::tempdir().unwrap().path(), advisories));
    let pieces: BTreeSet<&[u8]> = less.windows(64).collect();
    let new = whole.chunks(64).filter(|piece| piece.len() == 64 && !pieces.contains(piece)).count() * 64;
    assert!(new * 3 < whole.len(), "{new} of {} bytes are new", whole.len());
}

#[test]
fn what_is_said_about_one_package_has_a_bound() {
    let folder = tempfile::tempdir().unwrap();
    let mut builder = Builder::new("osv", Vec::new(), SystemTime::now());
    for number in 0..300 {
        let mut advisory = sample(number);
        advisory.affected[0].name = "one".into();
        advisory.affected[0].versions = (0..2).map(|version| format!("{number}.{version}").repeat(7000)).collect();
        builder.add(advisory);
    }
    let error = builder.write(folder.path(), &BTreeSet::new()).unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }) && error.to_string().contains("one package"), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

fn text() -> impl Strategy<Value = String> {
    proptest::string::string_regex("[a-z:/@% .\u{e9}\u{4e2d}]{0,12}").unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn any_name_and_text_survives(name in text(), title in text(), details in text(), place in text(), feed in text()) {
        let folder = tempfile::tempdir().unwrap();
        let mut advisory = Advisory { title, details, ..sample(1) };
        advisory.affected[0].name = name.clone();
        advisory.affected[0].space = space(&place);
        let mut builder = Builder::new(&feed, Vec::new(), SystemTime::now());
        builder.add(advisory.clone());
        builder.write(folder.path(), &BTreeSet::new()).unwrap();
        let database = Database::open(folder.path(), &BTreeSet::from([space(&place)])).unwrap();
        prop_assert!(database.unusable().is_empty());
        let hits = database.search("DSA-1-1").unwrap();
        prop_assert_eq!(hits.len(), 1);
        prop_assert_eq!(&hits[0].advisory, &advisory);
        prop_assert_eq!(&hits[0].feed, &feed);
        prop_assert_eq!(database.shards()[0].statements(&name).unwrap().len(), 1);
    }
}
