//! Fills templates in: `ghp_{base62:30}{crc}`. No sample that looks alive stands in the repository.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// Pseudo-random numbers from a fixed seed (SplitMix64), so that a failure can be repeated.
pub struct Dice {
    state: u64,
    mixes: bool,
}

impl Dice {
    pub fn new(seed: &str) -> Self {
        let mix = |state: u64, byte| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        Self { state: seed.bytes().fold(0x9E37_79B9_7F4A_7C15, mix), mixes: true }
    }

    /// Leaves texts as chance makes them.
    pub fn unmixed(seed: &str) -> Self {
        Self { mixes: false, ..Self::new(seed) }
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap()
    }

    fn of(&mut self, alphabet: &str, length: usize) -> String {
        let alphabet = alphabet.as_bytes();
        let mut text: Vec<u8> = (0..length).map(|_| alphabet[self.below(alphabet.len())]).collect();
        // What is random over letters and digits has some of both, nearly always; a test wants always.
        if self.mixes && alphabet.contains(&b'4') && alphabet.contains(&b'7') && length >= 8 {
            for (place, digit) in [(1, b'4'), (4, b'7'), (6, b'4')] {
                text[place] = digit;
            }
        }
        String::from_utf8(text).unwrap()
    }
}

const DIGITS: &str = "0123456789";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

pub fn fill(template: &str, dice: &mut Dice) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.extend(rest[..open].bytes());
        rest = &rest[open..];
        let atom = rest.find('}').and_then(|close| Some((close, atom(&rest[1..close], &out, dice)?)));
        if let Some((close, bytes)) = atom {
            out.extend(bytes);
            rest = &rest[close + 1..];
        } else {
            out.push(b'{');
            rest = &rest[1..];
        }
    }
    out.extend(rest.bytes());
    out
}

fn atom(atom: &str, before: &[u8], dice: &mut Dice) -> Option<Vec<u8>> {
    let (name, parameter) = atom.split_once(':').unwrap_or((atom, ""));
    let length = parameter.parse().unwrap_or(0);
    if let Some(alphabet) = alphabet(name) {
        return (length > 0).then(|| dice.of(&alphabet, length).into_bytes());
    }
    let text = match name {
        "uuid" => uuid(dice),
        "crc" => checksum(before),
        "nul" => return Some(vec![0; length]),
        "pem" => pem(parameter, dice, "\n"),
        "pem1" => pem(parameter, dice, "\\n"),
        "openssh" => openssh(dice),
        "cosign" => armoured(
            "ENCRYPTED SIGSTORE PRIVATE KEY",
            format!("{{\"kdf\":\"{}\"}}", dice.of(LOWER, 90)).as_bytes(),
            "\n",
        ),
        "pgp" => pgp(dice),
        "discord" => format!(
            "{}.{}.{}",
            URL_SAFE_NO_PAD.encode(format!("7{}", dice.of(DIGITS, 17))),
            word(dice, 6),
            word(dice, 38)
        ),
        "jwt" => jwt(&format!(r#"{{"sub":"{}","exp":1704110400}}"#, word(dice, 12)), dice),
        "samplejwt" => jwt(r#"{"sub":"1234567890","name":"John Doe","iat":1516239022}"#, dice),
        "k8sjwt" => jwt(&format!(r#"{{"iss":"kubernetes/serviceaccount","sub":"{}"}}"#, word(dice, 40)), dice),
        "b64login" => STANDARD.encode(format!("me:{}", word(dice, 16))),
        "b64text" => STANDARD.encode(word(dice, 18)),
        _ => return store(name, dice),
    };
    Some(text.into_bytes())
}

fn alphabet(name: &str) -> Option<String> {
    Some(match name {
        "base62" => format!("{DIGITS}{UPPER}{LOWER}"),
        "base64" => format!("{DIGITS}{UPPER}{LOWER}+/"),
        "base64url" => format!("{DIGITS}{UPPER}{LOWER}-_"),
        "letters" => format!("{UPPER}{LOWER}"),
        "hex" => format!("{DIGITS}abcdef"),
        "HEX" => format!("{DIGITS}ABCDEF"),
        "digit" => DIGITS.to_owned(),
        "upper" => UPPER.to_owned(),
        "lower" => LOWER.to_owned(),
        "alnum" => format!("{DIGITS}{LOWER}"),
        "ALNUM" => format!("{DIGITS}{UPPER}"),
        "base32" => format!("{UPPER}234567"),
        "lower32" => format!("{LOWER}234567"),
        _ => return None,
    })
}

fn word(dice: &mut Dice, length: usize) -> String {
    dice.of(&alphabet("base62").unwrap(), length)
}

fn uuid(dice: &mut Dice) -> String {
    let hex = alphabet("hex").unwrap();
    [8, 4, 4, 4, 12].map(|length| dice.of(&hex, length)).join("-")
}

/// CRC-32 of what stands behind the last underscore, in six digits of base 62.
fn checksum(before: &[u8]) -> String {
    let start = before.iter().rposition(|&byte| byte == b'_').unwrap() + 1;
    let mut sum = !before[start..].iter().fold(u32::MAX, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg()))
    });
    let digits = alphabet_of_checksums();
    let mut text = [b'0'; 6];
    for place in text.iter_mut().rev() {
        *place = digits[(sum % 62) as usize];
        sum /= 62;
    }
    String::from_utf8(text.to_vec()).unwrap()
}

fn alphabet_of_checksums() -> Vec<u8> {
    format!("{DIGITS}{UPPER}{LOWER}").into_bytes()
}

fn random(dice: &mut Dice, length: usize) -> Vec<u8> {
    (0..length).map(|_| u8::try_from(dice.below(256)).unwrap()).collect()
}

fn armoured(label: &str, bytes: &[u8], line_end: &str) -> String {
    let body = STANDARD.encode(bytes);
    let lines: Vec<_> = body.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
    format!("-----BEGIN {label}-----{line_end}{}{line_end}-----END {label}-----", lines.join(line_end))
}

fn pem(label: &str, dice: &mut Dice, line_end: &str) -> String {
    let length = 300_u16;
    let mut der = vec![0x30, 0x82];
    der.extend(length.to_be_bytes());
    der.extend([2, 1, 0]);
    der.extend(random(dice, usize::from(length) - 3));
    armoured(label, &der, line_end)
}

fn openssh(dice: &mut Dice) -> String {
    let mut bytes = b"openssh-key-v1\0".to_vec();
    let mut field = |content: &[u8]| {
        bytes.extend(u32::try_from(content.len()).unwrap().to_be_bytes());
        bytes.extend(content);
    };
    field(b"none");
    field(b"none");
    field(b"");
    bytes.extend(1_u32.to_be_bytes());
    for length in [51, 136] {
        bytes.extend(u32::try_from(length).unwrap().to_be_bytes());
        bytes.extend(random(dice, length));
    }
    armoured("OPENSSH PRIVATE KEY", &bytes, "\n")
}

fn pgp(dice: &mut Dice) -> String {
    let mut packet = vec![0x94, 60, 4, 0, 0, 0, 0, 22, 9];
    packet.extend(random(dice, 9));
    packet.extend([0, 8, 0xFF, 0]);
    packet.extend(random(dice, 60));
    armoured("PGP PRIVATE KEY BLOCK", &packet, "\n").replacen("BLOCK-----\n", "BLOCK-----\n\n", 1)
}

fn jwt(payload: &str, dice: &mut Dice) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    format!("{header}.{}.{}", URL_SAFE_NO_PAD.encode(payload), word(dice, 43))
}

/// Files that are told by how they begin, with and without a key.
fn store(name: &str, dice: &mut Dice) -> Option<Vec<u8>> {
    let (kind, has_key) = name.strip_suffix("-without-key").map_or((name, true), |kind| (kind, false));
    let mut bytes = match kind {
        "jks" => vec![0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, if has_key { 1 } else { 2 }],
        "bks" => {
            let start = [0, 0, 0, 2, 0, 0, 0, 20];
            [start.as_slice(), &[7; 20], &[0, 0, 4, 0], &[if has_key { 4 } else { 0 }]].concat()
        }
        "p12" => {
            let bag =
                [0x06, 0x0B, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x0A, 0x01, if has_key { 2 } else { 3 }];
            [[0x30, 0x82, 1, 0, 2, 1, 3, 0x30].as_slice(), &bag].concat()
        }
        "keytab" if has_key => vec![5, 2, 0, 0, 0, 60, 0, 2, 0, 4],
        "keytab" => vec![5, 2, 0, 0, 0, 60, 9, 9, 9, 9],
        "der" => {
            let length = if has_key { 300_u16 } else { 900 };
            [&[0x30, 0x82], length.to_be_bytes().as_slice(), &[2, 1, 0, 2, 0x82]].concat()
        }
        _ => return None,
    };
    let length = if kind == "der" { 304 } else { 400 };
    bytes.extend(random(dice, length - bytes.len()));
    Some(bytes)
}
