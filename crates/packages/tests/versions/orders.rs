//! That every scheme is a total order on what it takes.

use std::cmp::Ordering;

use proptest::test_runner::{Config, TestCaseError, TestRunner};
use proptest::{prop_assert, prop_assert_eq};

use crate::schemes::{SCHEMES, Scheme};

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() })
}

fn check_order(scheme: &Scheme, a: &str, b: &str, c: &str) -> Result<(), TestCaseError> {
    let order = |left: &str, right: &str| {
        let refused = || TestCaseError::fail(format!("{left:?} or {right:?} was refused"));
        (scheme.compare)(left, right).ok_or_else(refused)
    };
    prop_assert_eq!(order(a, a)?, Ordering::Equal);
    prop_assert_eq!(order(a, b)?, order(b, a)?.reverse(), "{} against {}", a, b);
    if order(a, b)?.is_eq() {
        prop_assert_eq!(order(a, c)?, order(b, c)?, "{} equals {}, but not against {}", a, b, c);
    }
    if order(a, b)?.is_le() && order(b, c)?.is_le() {
        prop_assert!(order(a, c)?.is_le(), "{} ≤ {} ≤ {}, but not {} ≤ {}", a, b, c, a, c);
    }
    Ok(())
}

#[test]
fn every_scheme_is_a_total_order() {
    let check = |scheme: &Scheme| {
        let version = || proptest::string::string_regex(scheme.pattern).unwrap();
        let versions = (version(), version(), version());
        runner(1_000).run(&versions, |(a, b, c)| check_order(scheme, &a, &b, &c)).err()
    };
    let name = |scheme: &Scheme| check(scheme).map(|error| format!("{}: {error}", scheme.name));
    let wrong: Vec<String> = SCHEMES.iter().filter_map(name).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn any_text_has_an_answer() {
    for scheme in SCHEMES {
        let result = runner(1_000).run(&(".{0,12}", ".{0,12}"), |(a, b)| {
            let order = (scheme.compare)(&a, &b);
            prop_assert_eq!((scheme.compare)(&b, &a), order.map(Ordering::reverse));
            prop_assert!(order.is_none() || (scheme.compare)(&a, &a) == Some(Ordering::Equal));
            if let Some(satisfies) = scheme.satisfies {
                satisfies(&a, &b);
            }
            Ok(())
        });
        result.unwrap_or_else(|error| panic!("{}: {error}", scheme.name));
    }
}
