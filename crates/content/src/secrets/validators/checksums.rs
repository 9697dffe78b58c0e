//! Tokens that end in a checksum of themselves.

use super::{Candidate, Known};

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// CRC-32 as in zlib, bit by bit: tokens are short.
pub(in crate::secrets) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 })
    })
}

/// Six digits of base 62, as GitHub, npm and Vercel write them.
fn digits(mut sum: u32) -> [u8; 6] {
    let mut text = [b'0'; 6];
    for place in text.iter_mut().rev() {
        *place = BASE62.get((sum % 62) as usize).copied().unwrap_or(b'0');
        sum /= 62;
    }
    text
}

/// Whether what follows the prefix ends in the six digits of its own CRC-32. GitHub's announcement of 2021 describes it:
/// <https://github.blog/engineering/behind-githubs-new-authentication-token-formats/>.
fn holds(token: &[u8]) -> bool {
    let start = memchr::memchr(b'_', token).map_or(0, |underscore| underscore + 1);
    let Some((body, sum)) = token.get(start..).and_then(<[u8]>::split_last_chunk::<6>) else { return false };
    digits(crc32(body)) == *sum
}

/// Only with the right checksum: nobody ever issued another.
pub(super) fn base62(candidate: &Candidate<'_>) -> Option<Known> {
    holds(candidate.secret()).then(|| Known::state("checksum holds"))
}

/// A wrong checksum makes it weak: there are newer forms without.
pub(super) fn base62_or_weak(candidate: &Candidate<'_>) -> Option<Known> {
    let known =
        if holds(candidate.secret()) { Known::state("checksum holds") } else { Known::weak("checksum unknown") };
    Some(known)
}

/// `glsa_BODY_CRC`: Grafana's CRC-32 in hexadecimal of everything before.
pub(super) fn crc32_hex(candidate: &Candidate<'_>) -> Option<Known> {
    let text = candidate.text();
    let (body, sum) = text.rsplit_once('_')?;
    let sum = u32::from_str_radix(sum, 16).ok()?;
    let random = body.rsplit('_').next().unwrap_or(body);
    let holds = [body, random].iter().any(|part| crc32(part.as_bytes()) == sum);
    Some(if holds { Known::state("checksum holds") } else { Known::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_checksum_of_a_revoked_token_from_an_article() {
        let body = "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ";
        assert!(holds(format!("ghp_{body}0mLq17").as_bytes()));
        assert!(!holds(format!("ghp_{body}0mLq18").as_bytes()));
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }
}
