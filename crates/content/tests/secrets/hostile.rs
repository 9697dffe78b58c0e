//! Any bytes give an answer, in time that grows no faster than they do.

use plimsoll_content::secrets;
use proptest::prelude::*;

/// Bytes, words that rules wait for, and what stands around them.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let words: Vec<Vec<u8>> = secrets::rules()
        .iter()
        .flat_map(|rule| rule.keywords.iter().map(|keyword| keyword.clone().into_bytes()))
        .chain(
            ["=", ": \"", "\n", "://a:b@", "-----BEGIN ", "PRIVATE KEY-----", "-----END ", "eyJ", "."]
                .map(|text| text.as_bytes().to_vec()),
        )
        .collect();
    let piece = prop_oneof![
        prop::sample::select(words),
        prop::collection::vec(any::<u8>(), 0..20),
        "[A-Za-z0-9+/=]{0,60}".prop_map(String::into_bytes),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_bytes_give_an_answer(bytes in pieces(), path in "[a-z./*]{0,30}") {
        prop_assert!(secrets::find(&path, &bytes).len() <= 100);
        prop_assert!((secrets::DETECTOR.detect)(&path, &bytes).unwrap().traces.len() <= 100);
        let _ = (secrets::DETECTOR.wants)(&path, bytes.len() as u64, &bytes[..bytes.len().min(16)]);
        let text = String::from_utf8_lossy(&bytes);
        let _ = secrets::find_in_text(&text);
        prop_assert_eq!(secrets::mask(&text).matches('\n').count(), text.matches('\n').count());
    }

    #[test]
    fn any_store_gives_an_answer(start in prop::sample::select(vec![
        vec![0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2], vec![0, 0, 0, 2, 0, 0, 0, 20], vec![0x30, 0x82, 1, 0, 2, 1, 3, 0x30], vec![5, 2, 0, 0, 0, 60, 0, 2],
    ]), rest in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = secrets::find("etc/x.keytab", &[start, rest].concat());
    }
}

#[test]
fn dense_keywords_stay_within_bounds() {
    let every: String =
        secrets::rules().iter().flat_map(|rule| &rule.keywords).map(|keyword| format!("{keyword}=")).collect();
    for unit in [
        "token=",
        "password: \"",
        "https://a:b",
        "-----BEGIN PRIVATE KEY-----\n",
        "eyJhbGciOi.eyJ",
        "kind: Secret\n",
        every.as_str(),
    ] {
        let bytes = unit.repeat((2 << 20) / unit.len());
        // Work that grew faster than the bytes would take hours here.
        assert!(secrets::find("app/settings.yaml", bytes.as_bytes()).len() <= 100);
    }
}
