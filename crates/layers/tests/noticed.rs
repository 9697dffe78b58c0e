//! What single files give away: detectors, what stands out, and whether a later layer hides it.
#![cfg(test)]

#[expect(dead_code, reason = "the other tests use the rest")]
mod support;

use std::sync::atomic::{AtomicUsize, Ordering};

use plimsoll_layers::{Cache, Contents, Kind, Limits, Noticed, Record, Settings, read};
use plimsoll_model::{Detected, Detector, GapReason, Missed, SecretTrace, Trace};
use support::{META, Meta, Tar, gzip, image};

/// Finds `key=…` in files that do not begin with a dot.
const KEYS: &Detector<'_> = &Detector {
    id: "keys",
    version: 1,
    rules: "",
    most: 1 << 21,
    in_pieces: |head| head.starts_with(b"pieces"),
    wants: |path, _, head| !path.ends_with(".bin") && !head.starts_with(b"."),
    detect: &|path, bytes| {
        let text = String::from_utf8_lossy(bytes);
        let found = text.lines().filter(|line| line.starts_with("key="));
        let traces = found
            .map(|line| Trace::Secret(SecretTrace { rule: format!("{path} {line}"), ..SecretTrace::default() }))
            .collect();
        let cut = if text.contains("endless") { "it is endless".to_owned() } else { String::new() };
        Ok(Detected { traces, cut })
    },
};

fn is_notable(record: &Record) -> bool {
    record.mode & 0o4000 != 0 || record.path == b"etc" || record.kind == Kind::Whiteout
}

fn layer(make: impl FnOnce(&mut Tar) -> &mut Tar) -> Vec<u8> {
    let mut tar = Tar::default();
    make(&mut tar);
    gzip(&tar.finish())
}

fn contents(layers: Vec<Vec<u8>>, cache: Option<&Cache>, limits: &Limits) -> Contents {
    contents_with(KEYS, layers, cache, limits)
}

fn contents_with(detector: &Detector<'_>, layers: Vec<Vec<u8>>, cache: Option<&Cache>, limits: &Limits) -> Contents {
    let settings = Settings {
        readers: &[],
        detectors: &[detector],
        sieve: None,
        is_notable,
        is_foreign: |_| false,
        normal_name: |package| package.name.to_lowercase().into(),
        cache,
        limits,
        verify_diff_ids: false,
        threads: 2,
        temporary: std::env::temp_dir(),
        progress: &|_| {},
        heard: &|_, _, _| {},
    };
    read(&image(layers), &settings).unwrap()
}

/// `path@layer`, with what was found and `hidden`.
fn told(noticed: &[Noticed]) -> Vec<String> {
    let one = |noticed: &Noticed| {
        let rules = noticed.traces.iter().map(|trace| match trace {
            Trace::Secret(secret) => format!(" [{}]", secret.rule),
            Trace::Malware(malware) => format!(" [{}]", malware.rule),
        });
        let hidden = if noticed.is_hidden { " hidden" } else { "" };
        format!("{}@{}{}{hidden}", noticed.path, noticed.layer, rules.collect::<String>())
    };
    noticed.iter().map(one).collect()
}

fn suid(tar: &mut Tar, name: &'static str) {
    tar.entry(b'0', name.as_bytes(), b"", Meta { mode: 0o4755, ..META }, b"x");
}

#[test]
fn detectors_look_into_every_layer_and_tell_what_is_hidden() {
    let layers = vec![
        layer(|tar| {
            suid(tar, "bin/su");
            suid(tar, "bin/old");
            tar.file("a", b"key=1\nx\nkey=2\n").file("b", b"key=3").file("c", b".key=\nkey=4").file("d.bin", b"key=5")
        }),
        layer(|tar| tar.file("b", b"nothing").file("bin/.wh.old", b"").hard_link("e", "a").file("f", b"key=6")),
        layer(|tar| tar.file(".wh.f", b"")),
    ];
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path(), 1 << 20).unwrap();
    let limits = Limits::default();
    let expected = [
        "a@0 [a key=1] [a key=2]",
        "b@0 [b key=3] hidden",
        "bin/old@0 hidden",
        "bin/old@1",
        "bin/su@0",
        "f@1 [f key=6] hidden",
        "f@2",
    ];
    let cold = contents(layers.clone(), Some(&cache), &limits);
    assert_eq!(told(&cold.noticed), expected);
    let warm = contents(layers, Some(&cache), &limits);
    assert_eq!(warm.noticed, cold.noticed);
}

#[test]
fn what_a_detector_missed_is_a_gap_and_is_remembered_only_if_it_stays() {
    let asked = AtomicUsize::new(0);
    let detect = |path: &str, _: &[u8]| {
        asked.fetch_add(1, Ordering::Relaxed);
        let is_passing = path == "slow";
        Err(Missed { reason: GapReason::TooLarge, message: "it took too long".into(), is_passing })
    };
    let detector = Detector { detect: &detect, ..*KEYS };
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path(), 1 << 20).unwrap();
    for (path, asked_twice) in [("slow", true), ("odd", false)] {
        asked.store(0, Ordering::Relaxed);
        let layers = || vec![layer(|tar| tar.file(path, b"key=1"))];
        let first = contents_with(&detector, layers(), Some(&cache), &Limits::default());
        let again = contents_with(&detector, layers(), Some(&cache), &Limits::default());
        assert_eq!(first.gaps, again.gaps);
        let [gap] = &first.gaps[..] else { panic!("{:?}", first.gaps) };
        assert_eq!((gap.location.as_str(), gap.reason), (path, GapReason::TooLarge));
        assert_eq!(asked.load(Ordering::Relaxed), 1 + usize::from(asked_twice), "{path}");
    }
}

#[test]
fn other_rules_of_a_detector_read_the_layers_anew() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path(), 1 << 20).unwrap();
    let layers = || vec![layer(|tar| tar.file("a", b"key=1"))];
    let found = |detector: &Detector<'_>| contents_with(detector, layers(), Some(&cache), &Limits::default()).noticed;
    let nothing = Detector { rules: "one", detect: &|_, _| Ok(Detected::default()), ..*KEYS };
    assert!(found(&nothing).is_empty());
    assert!(found(&Detector { rules: "one", ..*KEYS }).is_empty());
    assert_eq!(told(&found(&Detector { rules: "two", ..*KEYS })), ["a@0 [a key=1]"]);
}

#[test]
fn a_detector_gets_all_of_a_file_that_no_buffer_holds() {
    let mut large = vec![b'x'; (1 << 21) - 6];
    large.extend_from_slice(b"\nkey=9");
    large.remove(0);
    let too_large = vec![b'\n'; (1 << 21) + 1];
    let found = contents(
        vec![layer(|tar| tar.file("large", &large).file("other", &large).file("too", &too_large))],
        None,
        &Limits::default(),
    );
    assert_eq!(told(&found.noticed), ["large@0 [large key=9]", "other@0 [other key=9]"]);
}

#[test]
fn capabilities_and_paths_that_lead_away_are_kept() {
    let value: &[u8] = &[1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let found = contents(
        vec![layer(|tar| {
            tar.pax(b'x', &[("SCHILY.xattr.security.capability", value)]).file("bin/ping", b"x");
            tar.file("../../etc/cron.d/x", b"x").hard_link("l", "../bin/ping").file("plain", b"x")
        })],
        None,
        &Limits::default(),
    );
    assert_eq!(told(&found.noticed), ["bin/ping@0", "etc/cron.d/x@0", "l@0"]);
    assert_eq!(found.noticed[0].capability, value);
    assert!(!found.noticed[0].escapes && found.noticed[1].escapes && found.noticed[2].escapes);
}

#[test]
fn too_many_are_counted_and_said() {
    let limits = Limits { noticed: 3, traces: 2, ..Limits::default() };
    let found = contents(
        vec![layer(|tar| {
            for name in ["1", "2", "3", "4", "5"] {
                suid(tar, name);
            }
            tar.file("x", b"key=1\nkey=2\nkey=3")
        })],
        None,
        &limits,
    );
    assert_eq!(told(&found.noticed), ["1@0", "2@0", "3@0", "x@0 [x key=1] [x key=2]"]);
    let messages: Vec<&str> = found.gaps.iter().map(|gap| gap.message.as_str()).collect();
    assert!(messages.iter().any(|message| message.contains("2 more were not looked at")), "{messages:?}");
    assert!(messages.iter().any(|message| message.starts_with("1 more secrets")), "{messages:?}");
}

#[test]
fn a_file_that_is_not_looked_through_to_its_end_is_a_gap() {
    let read =
        contents(vec![layer(|tar| tar.file("a", b"key=1\nendless").file("b", b"key=2"))], None, &Limits::default());
    assert_eq!(told(&read.noticed), ["a@0 [a key=1]", "b@0 [b key=2]"]);
    let gaps: Vec<_> = read.gaps.iter().map(|gap| (gap.location.as_str(), gap.message.as_str())).collect();
    assert_eq!(gaps, [("a", "not all of it was looked through for keys: it is endless")]);
}

#[test]
fn large_texts_are_looked_at_in_pieces() {
    // In the second piece, and where two pieces meet: each once, with the line that it has in the file.
    let filler = |bytes: usize| format!("{}\n", "x".repeat(63)).repeat(bytes / 64);
    let seam = (1 << 21) - (1 << 16);
    let text = format!("pieces\n{}\nkey=2\n{}key=3\n", filler(seam), filler(1 << 21));
    let detect = |path: &str, bytes: &[u8]| {
        let lines = std::str::from_utf8(bytes).unwrap().lines().zip(1..);
        let trace = |(line, number)| {
            Trace::Secret(SecretTrace { rule: format!("{path} {line}"), line: number, ..SecretTrace::default() })
        };
        Ok(Detected {
            traces: lines.filter(|(line, _)| line.starts_with("key=")).map(trace).collect(),
            cut: String::new(),
        })
    };
    let detector = Detector { detect: &detect, ..*KEYS };
    let large = layer(|tar| tar.file("a", text.as_bytes()).file("b", &vec![b'y'; text.len()]));
    let contents = contents_with(&detector, vec![large], None, &Limits::default());
    let expected = |key: &str| text.lines().position(|line| line == key).unwrap() as u32 + 1;
    let lines: Vec<u32> = contents
        .noticed
        .iter()
        .flat_map(|noticed| &noticed.traces)
        .map(|trace| match trace {
            Trace::Secret(secret) => secret.line,
            Trace::Malware(_) => 0,
        })
        .collect();
    assert_eq!(lines, [expected("key=2"), expected("key=3")]);
    let gaps: Vec<_> = contents.gaps.iter().map(|gap| gap.location.as_str()).collect();
    assert_eq!(gaps, ["b"]);
}
