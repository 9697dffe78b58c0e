//! Tokens that say of themselves what they are.

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

use super::{Candidate, Known};

/// Base64 for URLs, padded or not.
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The account that an AWS access key id belongs to: bits 1 to 40 of its base 32. Ids from before 2019 do not hold one.
pub(super) fn aws_account(candidate: &Candidate<'_>) -> Option<Known> {
    let id = candidate.secret();
    let account = account(id.get(4..)?);
    let mut known = account.map_or_else(Known::default, |account| Known::state(format!("account {account:012}")));
    if id.starts_with(b"ASIA") {
        known.weak = true;
    }
    Some(known)
}

fn account(text: &[u8]) -> Option<u64> {
    let mut bits = 0_u64;
    for &byte in text.get(..10)? {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => return None,
        };
        bits = bits << 5 | u64::from(digit);
    }
    let account = (bits >> 2 & 0x7FFF_FFFF_FF80) >> 7;
    (account > 0 && account < 1_000_000_000_000).then_some(account)
}

/// A token that is good for hours.
#[expect(clippy::unnecessary_wraps, reason = "a row of the table of validators")]
pub(super) fn temporary(_candidate: &Candidate<'_>) -> Option<Known> {
    Some(Known::weak("short-lived"))
}

/// A bot's token begins with its id, digits in base 64.
pub(super) fn discord(candidate: &Candidate<'_>) -> Option<Known> {
    let id = URL_SAFE.decode(candidate.text().split('.').next()?).ok()?;
    (id.len() >= 16 && id.iter().all(u8::is_ascii_digit)).then(Known::default)
}

/// Header and payload are JSON, and the header names the algorithm.
pub(super) fn jwt(candidate: &Candidate<'_>) -> Option<Known> {
    let (header, payload) = parts(candidate)?;
    header.get("alg")?.as_str().filter(|algorithm| !algorithm.eq_ignore_ascii_case("none"))?;
    if is_sample(&payload) || is_kubernetes(&payload) {
        return None;
    }
    Some(Known::state(validity(&payload)))
}

/// A service account's token of Kubernetes.
pub(super) fn kubernetes(candidate: &Candidate<'_>) -> Option<Known> {
    let (_, payload) = parts(candidate)?;
    is_kubernetes(&payload).then(|| Known::state(validity(&payload)))
}

fn parts(candidate: &Candidate<'_>) -> Option<(Value, Value)> {
    let mut parts = candidate.text().split('.');
    let mut json = || {
        let bytes = URL_SAFE.decode(parts.next()?).ok()?;
        serde_json::from_slice::<Value>(&bytes).ok().filter(Value::is_object)
    };
    Some((json()?, json()?))
}

/// The token that documentation shows everywhere.
fn is_sample(payload: &Value) -> bool {
    let text = payload.to_string();
    payload.as_object().is_none_or(serde_json::Map::is_empty)
        || ["John Doe", "1234567890", "example", "Joe Coder", "{\"some\":\"payload\"}"]
            .iter()
            .any(|word| text.contains(word))
        || text.contains("\"joe\"")
}

fn is_kubernetes(payload: &Value) -> bool {
    payload.get("kubernetes.io").is_some()
        || payload.get("iss").and_then(Value::as_str).is_some_and(|issuer| issuer == "kubernetes/serviceaccount")
}

/// When it ends; whether that has passed is for the caller to judge, who knows what day it is.
fn validity(payload: &Value) -> String {
    match payload.get("exp").and_then(Value::as_f64) {
        Some(moment) if (0.0..1e11).contains(&moment) => {
            #[expect(clippy::cast_possible_truncation, reason = "within bounds")]
            let days = (moment / 86_400.0) as i64;
            format!("expires {}", date(days))
        }
        _ => "never expires".to_owned(),
    }
}

/// The day so many days after 1970-01-01, in the Gregorian calendar: whole cycles of 400 years, counted from a March.
fn date(days: i64) -> String {
    let days = days + 719_468;
    let cycle = days.div_euclid(146_097);
    let of_cycle = days.rem_euclid(146_097);
    let year_of_cycle = (of_cycle - of_cycle / 1_460 + of_cycle / 36_524 - of_cycle / 146_096) / 365;
    let of_year = of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_cycle + cycle * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_dates() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(19_723), "2024-01-01");
        assert_eq!(date(11_016), "2000-02-29");
        assert_eq!(date(19_782), "2024-02-29");
    }

    #[test]
    fn reads_the_account_of_a_key_id() {
        // Published with its account by who first described the format.
        assert_eq!(account(b"QNZGKIQY56JQ7WML"), Some(29_608_264_753));
        assert_eq!(account(b"short"), None);
    }
}
