//! Giant and malformed texts: every scheme answers, nothing overflows, nothing is quadratic enough to be felt.

use std::cmp::Ordering;

use crate::schemes::{Compare, SCHEMES, Satisfies};

const LENGTH: usize = 16_000;

/// Numbers of any length are numbers, or refused where the ecosystem's own tool has a limit.
#[test]
fn giant_numbers_are_ordered() {
    let zeros = format!("{}1", "0".repeat(LENGTH));
    let dots = "1.".repeat(LENGTH / 2) + "1";
    let nines = "9".repeat(LENGTH);
    for scheme in SCHEMES {
        let is = |left: &str, right: &str, expected| {
            let order = (scheme.compare)(left, right);
            assert!(order.is_none_or(|order| order == expected), "{}: {order:?}", scheme.name);
        };
        is(&zeros, "1", Ordering::Equal);
        is(&dots, &dots, Ordering::Equal);
        is(&nines, &format!("1{nines}"), Ordering::Less);
        is(&format!("1.2.{nines}"), &format!("1.2.1{nines}"), Ordering::Less);
    }
}

#[test]
fn giant_texts_have_an_answer() {
    const PIECES: &[&str] = &[
        "1.2.3-",
        "-",
        ".",
        "+",
        "~",
        "^",
        "1.",
        "a.",
        "-a",
        "a1",
        "!",
        "1!",
        ":",
        ",",
        "||",
        " ",
        "<1 ",
        ">=1,",
        "1 - ",
        "(",
        "[",
        "[1,2],",
        "=",
        "x.",
        "*",
        "ü",
        "0",
        "v",
        "\u{0}",
        "1.0.0 || ",
        "and ",
        " or ~> 1",
        "^1|",
        "@dev,",
    ];
    for piece in PIECES {
        let text = piece.repeat(LENGTH / piece.len());
        for giant in [&text, &format!("1.2.3{text}"), &format!("1.2.3-{text}1")] {
            for scheme in SCHEMES {
                answer(scheme.compare, scheme.satisfies, giant);
            }
        }
    }
}

fn answer(compare: Compare, satisfies: Option<Satisfies>, giant: &str) {
    let order = compare(giant, "1.2.3");
    assert_eq!(compare("1.2.3", giant), order.map(Ordering::reverse));
    if order.is_some() {
        assert_eq!(compare(giant, giant), Some(Ordering::Equal));
    }
    if let Some(satisfies) = satisfies {
        satisfies(giant, "1.2.3");
        satisfies(">=1.0.0", giant);
    }
}

/// Every truncation and every changed byte of a version and of a requirement.
#[test]
fn damaged_texts_have_an_answer() {
    const TEXTS: &[&str] = &[
        "1!2.0.post3.dev4+local.5",
        "v1.2.3-rc.1+build.5",
        "v0.0.0-20210101000000-abcdefabcdef",
        "1.2.3-4",
        "2004d",
        ">=1.2.3 <2.0.0 || ^3.1 || ~4.x || 1.0 - 2.0",
        "~> 1.2 and != 1.3 or >= 3.0.0-rc.1",
        "[1.0,2.0),(3.0,]",
        "!=1.3.*,~=1.2,===1.0",
        ">=1.0.0,<2.0.0-0@stable",
        "^1.0 - 2.0.*",
        "~> 2.1, >= 2.1.3",
    ];
    for text in TEXTS {
        for (place, byte) in (0..text.len()).flat_map(|place| b"\0 09.-+az*^~|,<=!\xff".map(|byte| (place, byte))) {
            let mut damaged = text.as_bytes().to_vec();
            damaged[place] = byte;
            let damaged = String::from_utf8_lossy(&damaged);
            for scheme in SCHEMES {
                answer(scheme.compare, scheme.satisfies, &damaged);
                answer(scheme.compare, scheme.satisfies, &text[..place]);
            }
        }
    }
}
