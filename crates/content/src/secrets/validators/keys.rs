//! Private keys in armour: what their body decodes to, and whether a passphrase guards it.

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use super::stores::{self, Reader};
use super::{Candidate, Known};

/// Bytes from the beginning of a key to its end, at most: RSA with 16,384 bits takes 13,000.
const LONGEST: usize = 24 << 10;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// What stands between `-----BEGIN …-----` and `-----END …-----`.
struct Armour<'a> {
    header: &'a str,
    label: &'a str,
    body: String,
    length: usize,
}

fn armour(following: &[u8]) -> Option<Armour<'_>> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    let label_end = BEGIN.len() + memchr::memmem::find(following.get(BEGIN.len()..)?.get(..80)?, b"-----")?;
    let label = std::str::from_utf8(following.get(BEGIN.len()..label_end)?).ok()?;
    let header = std::str::from_utf8(following.get(..label_end + 5)?).ok()?;
    let body = following.get(label_end + 5..)?;
    let end = format!("-----END {label}-----");
    let body_length = memchr::memmem::find(body, end.as_bytes())?;
    // A key in a string of a program has its line ends written out.
    let body = String::from_utf8_lossy(body.get(..body_length)?).replace("\\n", "\n").replace("\\r", "");
    Some(Armour { header, label, body, length: label_end + 5 + body_length + end.len() })
}

impl Armour<'_> {
    /// The bytes, whatever quotes, commas and plus signs of a program stand around the lines. Headers have a colon or comma.
    fn decoded(&self) -> Option<Vec<u8>> {
        let mut text = String::with_capacity(self.body.len());
        for word in self.body.split_ascii_whitespace() {
            let word = word.trim_matches(|character| "\"'`,;\\()".contains(character));
            if matches!(word, "+" | "." | "//" | "#" | "*" | "|" | "..") || word.contains([':', ',']) {
                continue;
            }
            text.push_str(word);
        }
        LENIENT.decode(text.trim_end_matches('=')).ok().filter(|bytes| bytes.len() >= 32)
    }

    fn known(&self, candidate: &Candidate<'_>, material: Vec<u8>, state: Option<&str>) -> Known {
        let start = candidate.whole.start;
        Known {
            state: state.unwrap_or_default().to_owned(),
            weak: state.is_some(),
            header: Some(self.header.to_owned()),
            range: Some(start..start + self.length),
            material: Some(material),
        }
    }
}

/// A key in PEM (RFC 7468, RFC 1421 for `Proc-Type`) or in OpenSSH's container.
pub(super) fn pem(candidate: &Candidate<'_>) -> Option<Known> {
    let armour = armour(candidate.following(LONGEST))?;
    if armour.label.starts_with("OpenVPN") {
        let digits: String = armour.body.split_ascii_whitespace().collect();
        let is_key = digits.len() >= 512 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        return is_key.then(|| armour.known(candidate, digits.into_bytes(), None));
    }
    let bytes = armour.decoded()?;
    let state = if armour.body.contains("ENCRYPTED") {
        Some("encrypted")
    } else {
        match armour.label {
            "OPENSSH PRIVATE KEY" => openssh(&bytes)?,
            "ENCRYPTED PRIVATE KEY" => stores::is_der(&bytes).then_some(Some("encrypted"))?,
            "ENCRYPTED COSIGN PRIVATE KEY" | "ENCRYPTED SIGSTORE PRIVATE KEY" => {
                bytes.starts_with(b"{").then_some(Some("encrypted"))?
            }
            "TSS2 PRIVATE KEY" => stores::is_der(&bytes).then_some(Some("bound to a TPM"))?,
            label if label.starts_with("NEBULA") => label.contains("ENCRYPTED").then_some("encrypted"),
            label if label.starts_with("SSH2") => None,
            _ => stores::is_der(&bytes).then_some(None)?,
        }
    };
    Some(armour.known(candidate, bytes, state))
}

/// OpenSSH's own container says which cipher guards it (`PROTOCOL.key`). No key in it, no hit.
fn openssh(bytes: &[u8]) -> Option<Option<&'static str>> {
    let mut reader = Reader::new(bytes.strip_prefix(b"openssh-key-v1\0")?);
    let cipher = reader.long_text()?;
    let _derivation = reader.long_text()?;
    let _salt = reader.long_text()?;
    let count = reader.number()?;
    let _public = reader.long_text()?;
    let private = reader.long_text()?;
    (count >= 1 && private.len() >= 32).then_some((cipher != b"none").then_some("encrypted"))
}

/// PuTTY says in its second line whether a passphrase guards the key.
pub(super) fn putty(candidate: &Candidate<'_>) -> Option<Known> {
    let following = candidate.following(LONGEST);
    let private = memchr::memmem::find(following, b"Private-Lines:")?;
    let mac = memchr::memmem::find(following.get(private..)?, b"Private-MAC:")?;
    let text = String::from_utf8_lossy(following.get(..private + mac)?).into_owned();
    let encryption = text.lines().find_map(|line| line.strip_prefix("Encryption:"))?.trim();
    let weak = encryption != "none";
    Some(Known {
        state: if weak { "encrypted".to_owned() } else { String::new() },
        weak,
        header: text.lines().next().and_then(|line| line.split(':').next()).map(ToOwned::to_owned),
        range: Some(candidate.whole.start..candidate.whole.start + private + mac),
        material: None,
    })
}

/// A secret key of OpenPGP (RFC 9580): armour, then a packet that says whether its secret part is encrypted.
pub(super) fn pgp(candidate: &Candidate<'_>) -> Option<Known> {
    let mut armour = armour(candidate.following(LONGEST))?;
    let body = armour.body.replace("\r\n", "\n");
    let start = body.find("\n\n").map_or(0, |blank| blank + 2);
    let lines = body.get(start..)?.lines().map(str::trim).filter(|line| !(line.starts_with('=') && line.len() == 5));
    armour.body = lines.collect::<Vec<_>>().join("\n");
    let bytes = armour.decoded()?;
    if !matches!(bytes.first()?, 0x94..=0x97 | 0xC5) {
        return None;
    }
    let state = match guard(&bytes) {
        Some(Guard::None) | None => None,
        Some(Guard::Passphrase) => Some("encrypted"),
        Some(Guard::Stub) => return None,
    };
    Some(armour.known(candidate, bytes, state))
}

enum Guard {
    None,
    Passphrase,
    /// GnuPG's mark that the secret part is elsewhere.
    Stub,
}

fn guard(packet: &[u8]) -> Option<Guard> {
    let header = match packet.first()? {
        0x94 => 2,
        0x95 => 3,
        0x96 => 5,
        0x97 => 1,
        _ => match packet.get(1)? {
            0..=191 => 2,
            192..=223 => 3,
            _ => 6,
        },
    };
    let mut reader = Reader::new(packet.get(header..)?);
    if reader.take(1)? != [4] {
        return None;
    }
    reader.take(4)?;
    let algorithm = *reader.take(1)?.first()?;
    public_part(&mut reader, algorithm)?;
    match reader.take(1)?.first()? {
        0 => Some(Guard::None),
        254 | 255 => {
            reader.take(1)?;
            Some(if reader.take(1)? == [101] { Guard::Stub } else { Guard::Passphrase })
        }
        _ => Some(Guard::Passphrase),
    }
}

fn public_part(reader: &mut Reader<'_>, algorithm: u8) -> Option<()> {
    let numbers = match algorithm {
        1..=3 => 2,
        16 | 20 => 3,
        17 => 4,
        18 | 19 | 22 => {
            let length = usize::from(*reader.take(1)?.first()?);
            reader.take(length)?;
            1
        }
        25 | 27 => return reader.take(32).map(|_| ()),
        _ => return None,
    };
    for _ in 0..numbers {
        let bits = usize::from(reader.short()?);
        reader.take(bits.div_ceil(8))?;
    }
    if algorithm == 18 {
        let length = usize::from(*reader.take(1)?.first()?);
        reader.take(length)?;
    }
    Some(())
}

/// Base 64 of 32 random bytes or more, as a key of WireGuard is.
pub(super) fn material(candidate: &Candidate<'_>) -> Option<Known> {
    let bytes = LENIENT.decode(candidate.text().trim_end_matches('=')).ok()?;
    let distinct: std::collections::BTreeSet<_> = bytes.iter().collect();
    (bytes.len() >= 32 && distinct.len() >= 16).then(Known::default)
}

/// Bytes around a member of a JSON Web Key in which its other members stand.
const JWK_REACH: usize = 3000;

/// The private member of a JSON Web Key (RFC 7517): one beside the members of its public half, or the whole of a shared one.
pub(super) fn jwk(candidate: &Candidate<'_>) -> Option<Known> {
    let start = candidate.whole.start.saturating_sub(JWK_REACH);
    let end = candidate.bytes.len().min(candidate.whole.end + JWK_REACH);
    let before = candidate.bytes.get(start..candidate.whole.start)?;
    let after = candidate.bytes.get(candidate.whole.end..end)?;
    let before = memchr::memrchr2(b'{', b'}', before).and_then(|brace| before.get(brace..)).unwrap_or(before);
    let after = memchr::memchr2(b'{', b'}', after).and_then(|brace| after.get(..brace)).unwrap_or(after);
    let has = |member: &[u8]| [before, after].iter().any(|side| memchr::memmem::find(side, member).is_some());
    let is_shared = candidate.whole().starts_with(b"\"k\"");
    let is_whole = if is_shared { has(b"\"oct\"") } else { has(b"\"n\"") || has(b"\"x\"") };
    (has(b"\"kty\"") && is_whole).then(Known::default)
}
