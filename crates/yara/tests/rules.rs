//! Rules of the tests' own on files of the tests' own: what matches, what is told of it, and what goes wrong.
#![cfg(test)]
#![cfg(feature = "engine")]

use std::path::Path;
use std::time::Duration;

use plimsoll_model::{GapReason, MalwareTrace, PatternMatch, Severity, Trace};
use plimsoll_yara::{Bounds, Error, Rules, Source};

fn source(name: &str, text: &str) -> Source {
    Source { name: name.into(), text: text.into() }
}

/// The files of `fixtures/yara`.
fn fixtures() -> Vec<Source> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/yara");
    let read = |name: &str| source(name, &std::fs::read_to_string(folder.join(name)).unwrap());
    ["bytes.yar", "programs.yar", "text.yar"].map(read).to_vec()
}

fn compile(text: &str) -> Rules {
    Rules::compile(&[source("x.yar", text)], Bounds::default()).unwrap()
}

fn traces(rules: &Rules, bytes: &[u8]) -> Vec<MalwareTrace> {
    let found = (rules.detector().detect)("some/path", bytes).unwrap().traces;
    let one = |trace| match trace {
        Trace::Malware(trace) => trace,
        Trace::Secret(_) => panic!("a secret"),
    };
    found.into_iter().map(one).collect()
}

fn names(rules: &Rules, bytes: &[u8]) -> Vec<String> {
    traces(rules, bytes).into_iter().map(|trace| format!("{} {}", trace.source, trace.rule)).collect()
}

/// The header of a program for x86-64 with one segment, and nothing behind it.
fn elf() -> Vec<u8> {
    let mut file = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    file.extend([2, 0, 62, 0, 1, 0, 0, 0]);
    for address in [0x40_0078_u64, 64, 0] {
        file.extend(address.to_le_bytes());
    }
    file.extend([0, 0, 0, 0, 64, 0, 56, 0, 1, 0, 64, 0, 0, 0, 0, 0]);
    file.extend([1, 0, 0, 0, 5, 0, 0, 0]);
    for number in [0_u64, 0x40_0000, 0x40_0000, 0x1000, 0x1000, 0x1000] {
        file.extend(number.to_le_bytes());
    }
    file.extend([0xc3; 64]);
    file
}

/// The headers of a program for Windows on x86-64 without a section.
fn pe() -> Vec<u8> {
    let mut file = vec![0; 0x200];
    file[..2].copy_from_slice(b"MZ");
    file[0x3c] = 0x80;
    file[0x80..0x84].copy_from_slice(b"PE\0\0");
    file[0x84..0x86].copy_from_slice(&0x8664_u16.to_le_bytes());
    file[0x94..0x96].copy_from_slice(&240_u16.to_le_bytes());
    file[0x96] = 0x22;
    file[0x98..0x9a].copy_from_slice(&0x20b_u16.to_le_bytes());
    file
}

#[test]
fn every_kind_of_rule_knows_its_file_and_no_other() {
    let rules = Rules::compile(&fixtures(), Bounds::default()).unwrap();
    let twice = b"PLANTED for the tests of rules: again, and a\0g\0a\0i\0n\0".to_vec();
    let every_byte: Vec<u8> = (0..=255).collect();
    for (bytes, expected) in [
        (twice, vec!["text.yar Marked_Text"]),
        (b"planted for the tests of rules: again".to_vec(), vec![]),
        (b"small and marked".to_vec(), vec!["text.yar Small_And_Marked"]),
        ([b"small and marked".as_slice(), &[b' '; 64]].concat(), vec![]),
        (b"....\xde\xad\x01\x02\x03\xbe\xed\xff\x01".to_vec(), vec!["bytes.yar Bytes_With_Jump"]),
        (b"....\xde\xad\x01\xbe\xed\xff\x01".to_vec(), vec![]),
        (b"get stage07.example.net/load now".to_vec(), vec!["bytes.yar Address_In_Text"]),
        (b"get xstage07.example.net/load".to_vec(), vec![]),
        (elf(), vec!["programs.yar Elf_For_Nobody"]),
        (elf()[..60].to_vec(), vec![]),
        (pe(), vec!["programs.yar Pe_Of_The_Tests"]),
        (b"abc".to_vec(), vec!["programs.yar Known_Digest"]),
        (b"abd".to_vec(), vec![]),
        (every_byte, vec!["programs.yar Random_Bytes"]),
        (Vec::new(), vec![]),
    ] {
        assert_eq!(names(&rules, &bytes), expected, "{:?}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn rules_say_what_they_are() {
    let rules = Rules::compile(&fixtures(), Bounds::default()).unwrap();
    let words: Vec<(&str, &str)> =
        rules.words().iter().map(|word| (word.source.as_str(), word.name.as_str())).collect();
    assert!(words.is_sorted() && words.len() == 8 && !words.iter().any(|(_, name)| *name == "Is_Small"), "{words:?}");
    let word = rules.words().iter().find(|word| word.name == "Marked_Text").unwrap();
    assert_eq!((word.description.as_str(), word.author.as_str()), ("A text that says what it is", "the tests"));
    assert_eq!(
        (word.references.join(" "), word.tags.join(" ")),
        ("https://example.org/marked".into(), "demo marked".into())
    );
    assert_eq!(word.severity, Severity::Critical);
}

#[test]
fn places_are_told_by_offset_and_only_the_first() {
    let rules = compile(r#"rule x { strings: $b = "needle" $a = "hay" condition: #a == 51 and #b == 51 }"#);
    let mut text = b"hay needle ".to_vec();
    text.extend(b"needle hay ".repeat(50));
    let trace = traces(&rules, &text).remove(0);
    let place = |offset, length, pattern: &str| PatternMatch { offset, length, pattern: pattern.into() };
    assert_eq!(trace.matches[..3], [place(0, 3, "$a"), place(4, 6, "$b"), place(11, 6, "$b")]);
    assert_eq!(trace.matches.len(), 10);
    assert_eq!(trace.sha256.len(), 64);
}

#[test]
fn errors_name_file_line_and_column_and_all_are_told() {
    let sources = [
        source("good.yar", "rule good { condition: true }"),
        source("rules/a.yar", "rule one {\n  strings:\n    $a = \"x\"\n  condition:\n    $a and $b\n}\n"),
        source("rules/b.yar", "rule two { condition: tru }"),
        source("rules/c.yar", "rule three {\n condition: true"),
        source("rules/d.yar", "include \"a.yar\""),
        source("rules/e.yar", "import \"nonsense\"\nrule four { condition: true }"),
    ];
    let error = Rules::compile(&sources, Bounds::default()).unwrap_err().to_string();
    for told in [
        "rules/a.yar:5:12: unknown pattern `$b`",
        "rules/b.yar:1:23: unknown identifier `tru`",
        "rules/c.yar:2:",
        "rules/d.yar:1:1: include",
        "--yara",
        "rules/e.yar:1:1: unknown module `nonsense`",
    ] {
        assert!(error.contains(told), "{told} is not in\n{error}");
    }
    assert!(!error.contains("good.yar"), "{error}");
    let many: Vec<Source> = (0..25).map(|number| source(&format!("{number}.yar"), "rule x { condition: y }")).collect();
    let Err(Error::Rules { first, more }) = Rules::compile(&many, Bounds::default()) else { panic!("no error") };
    assert_eq!((first.len(), more), (20, 5));
}

#[test]
fn rules_that_need_what_is_not_there_are_left_out_and_said() {
    let rules = compile(
        "import \"vt\" import \"cuckoo\"
         rule asks { condition: vt.metadata.new_file }
         rule hangs_on_it { condition: asks }
         rule plain { condition: true }",
    );
    assert_eq!(names(&rules, b"x"), ["x.yar plain"]);
    let [gap] = rules.gaps() else { panic!("{:?}", rules.gaps()) };
    assert_eq!(gap.reason, GapReason::Unsupported);
    assert!(gap.message.starts_with("2 YARA rules were left out, the first is asks"), "{}", gap.message);
    assert!(gap.message.contains("(vt)"), "{}", gap.message);
    let none = [source("x.yar", "import \"vt\" rule asks { condition: vt.metadata.new_file }")];
    let error = Rules::compile(&none, Bounds::default()).unwrap_err().to_string();
    assert!(error.contains("no YARA rule") && error.contains("vt"), "{error}");
    let error = Rules::compile(&[source("x.yar", "// nothing")], Bounds::default()).unwrap_err();
    assert!(matches!(error, Error::Empty(_)), "{error}");
}

#[test]
fn a_rule_that_never_ends_is_stopped_and_becomes_a_gap() {
    let endless = "rule x { condition: for all i in (0..9000000000) : (i >= 0) }";
    let bounds = Bounds { file: Duration::from_secs(1), all: Duration::ZERO, ..Bounds::default() };
    let rules = Rules::compile(&[source("x.yar", endless)], bounds).unwrap();
    let missed = (rules.detector().detect)("x", b"some bytes").unwrap_err();
    assert_eq!(missed.reason, GapReason::TooLarge);
    assert!(missed.message.contains("longer than 1 seconds") && missed.is_passing, "{missed:?}");
    // What all files may take is spent: the next one is not begun.
    let missed = (rules.detector().detect)("y", b"some bytes").unwrap_err();
    assert!(missed.message.contains("files before it") && missed.is_passing, "{missed:?}");
}

#[test]
fn the_digest_is_of_the_rules() {
    let digest = |sources: &[Source]| Rules::compile(sources, Bounds::default()).unwrap().detector().rules.to_owned();
    let one = digest(&fixtures());
    assert_eq!(one, digest(&fixtures()));
    let mut other = fixtures();
    other[0].text.push_str("rule more { condition: false }");
    assert_ne!(one, digest(&other));
    let mut renamed = fixtures();
    renamed[0].name = "renamed.yar".into();
    assert_ne!(one, digest(&renamed));
}

#[test]
fn damaged_programs_are_files_like_others() {
    let rules = Rules::compile(&fixtures(), Bounds::default()).unwrap();
    for whole in [elf(), pe()] {
        for cut in 0..whole.len().min(0x110) {
            traces(&rules, &whole[..cut]);
        }
        for at in (0..whole.len().min(0x110)).step_by(3) {
            let mut flipped = whole.clone();
            flipped[at] ^= 0xff;
            traces(&rules, &flipped);
        }
    }
}
