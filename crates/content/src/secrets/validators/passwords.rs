//! Passwords that people chose, which nothing but their surroundings gives away.

use super::{Candidate, Known, wordy};
use crate::secrets::paths;

/// What documentation writes where a password belongs.
const COMMON: [&str; 49] = [
    "password",
    "passwd",
    "pass",
    "pwd",
    "pw",
    "secret",
    "test",
    "testing",
    "tester",
    "user",
    "username",
    "admin",
    "root",
    "guest",
    "default",
    "tiger",
    "foo",
    "bar",
    "baz",
    "foopass",
    "token",
    "string",
    "value",
    "hidden",
    "none",
    "null",
    "true",
    "false",
    "yes",
    "no",
    "empty",
    "hunter2",
    "letmein",
    "mypass",
    "mypassword",
    "pass123",
    "password1",
    "password123",
    "test123",
    "12345",
    "123456",
    "1234567",
    "12345678",
    "123456789",
    "userpass",
    "passw0rd",
    "opensesame",
    "proxypass",
    "repopwd",
];

/// Whether documentation writes this where a password belongs.
pub(super) fn is_common(value: &[u8]) -> bool {
    COMMON.iter().any(|word| value.eq_ignore_ascii_case(word.as_bytes()))
}

/// Letters and digits both: what a generator makes, and what a name in a program seldom is.
pub(super) fn mixed(candidate: &Candidate<'_>) -> Option<Known> {
    let secret = candidate.secret();
    let digits = secret.iter().filter(|byte| byte.is_ascii_digit()).count();
    (digits >= 2 && secret.iter().any(u8::is_ascii_alphabetic)).then(Known::default)
}

/// Behind a prefix that tells what it is, only words speak against a token: one in thirty of twenty letters and digits has no
/// digit at all, and hardly any has letters of one case alone.
pub(super) fn not_words(candidate: &Candidate<'_>) -> Option<Known> {
    let secret = candidate.secret();
    let body =
        secret.iter().position(|byte| b"-_.".contains(byte)).and_then(|at| secret.get(at + 1..)).unwrap_or(secret);
    let has_digit = body.iter().any(u8::is_ascii_digit);
    let has_both = body.iter().any(u8::is_ascii_lowercase) && body.iter().any(u8::is_ascii_uppercase);
    (has_digit || has_both).then(Known::default)
}

/// A password in a place that is made for one.
pub(super) fn password(candidate: &Candidate<'_>) -> Option<Known> {
    let secret = candidate.secret();
    let is_path = secret.starts_with(b"/") && secret.iter().filter(|&&byte| byte == b'/').count() >= 2;
    let is_reference = secret.starts_with(b"file:") || secret.starts_with(b"env:") || secret.starts_with(b"vault:");
    let is_switch = secret.eq_ignore_ascii_case(b"enabled") || secret.eq_ignore_ascii_case(b"disabled");
    let is_number = secret.iter().all(u8::is_ascii_digit) && secret.len() < 6;
    if is_path || is_reference || is_switch || is_number || secret.len() < 3 {
        return None;
    }
    let words = ["true", "false", "yes", "no", "none", "null", "on", "off", "string"];
    if words.iter().any(|word| secret.eq_ignore_ascii_case(word.as_bytes())) {
        return None;
    }
    Some(if is_common(secret) { Known::weak("a password that everybody guesses") } else { Known::default() })
}

/// The same where documentation shows how a command is called.
pub(super) fn password_not_common(candidate: &Candidate<'_>) -> Option<Known> {
    password(candidate).filter(|_| !is_common(candidate.secret()))
}

/// A value assigned to a name such as `api_key`, anywhere: it has to look made by a generator.
pub(super) fn assigned(candidate: &Candidate<'_>) -> Option<Known> {
    let secret = candidate.secret();
    let count = |is: fn(&u8) -> bool| secret.iter().filter(|byte| is(byte)).count();
    let (digits, lower, upper) =
        (count(u8::is_ascii_digit), count(u8::is_ascii_lowercase), count(u8::is_ascii_uppercase));
    let is_hexadecimal = secret.iter().all(u8::is_ascii_hexdigit);
    let is_mixed = digits >= 3 && (lower >= 3 || upper >= 3) && (is_hexadecimal || (lower > 0 && upper > 0));
    let is_words = secret.split(|byte| b"-_./ ".contains(byte)).filter(|part| is_word(part)).count() >= 2;
    (is_mixed && !is_words && changes(secret) * 4 >= secret.len()).then(Known::default)
}

/// What stands in the values that tests, manuals and forms have for a password. Chance does not write it.
const SAYING: [&str; 22] = [
    "pass", "pwd", "secret", "test", "demo", "admin", "user", "login", "token", "fake", "1234", "abcd", "abc1", "qwer",
    "asdf", "hunter", "dead", "beef", "sha1", "sha2", "base64", "utf8",
];

/// How references to where a password is begin.
const REFERENCES: [&str; 14] = [
    "enc(",
    "arn:",
    "op:",
    "env:",
    "file:",
    "vault:",
    "ssm:",
    "aws:",
    "gcp:",
    "azure:",
    "projects/",
    "data:",
    "^",
    "!",
];

/// A password of eight or more characters in a program's text or in settings, where names, prose and references are far more
/// often: what a generator makes from letters and digits, or letters in both cases.
pub(super) fn hard_coded(candidate: &Candidate<'_>) -> Option<Known> {
    let secret = candidate.secret();
    if !secret.is_ascii() || !is_generated(secret) || is_expression(secret) {
        return None;
    }
    let text = String::from_utf8_lossy(secret).to_ascii_lowercase();
    if SAYING.iter().any(|word| text.contains(word)) || REFERENCES.iter().any(|start| text.starts_with(start)) {
        return None;
    }
    let is_sample = paths::is_test(candidate.path);
    Some(if is_sample { Known::weak("in a test or an example") } else { Known::default() })
}

/// Letters and digits, or letters in both cases that change often, and no words.
fn is_generated(secret: &[u8]) -> bool {
    let has = |is: fn(&u8) -> bool| secret.iter().any(is);
    let is_mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
        || has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && changes(secret) * 4 >= secret.len();
    is_mixed && !wordy::is_wordy(secret)
}

/// A call, a path, an address, a pattern, what is encoded for one.
fn is_expression(secret: &[u8]) -> bool {
    let has = |part: &[u8]| memchr::memmem::find(secret, part).is_some();
    let is_call = has(b"(") && (secret.ends_with(b")") || has(b"()"));
    let is_path = secret.starts_with(b"/") || secret.starts_with(b"./") || secret.starts_with(b"~/");
    let is_encoded = secret.iter().filter(|byte| **byte == b'%').count() >= 2 && secret.starts_with(b"%");
    is_call || is_path || is_encoded || has(b"://") || has(b"[0-9") || has(b"a-z") || has(b"::") || has(b"->")
}

fn is_word(part: &[u8]) -> bool {
    part.len() >= 4 && part.iter().all(u8::is_ascii_alphabetic)
}

/// How often the class of character changes: often in what is random, seldom in names.
fn changes(secret: &[u8]) -> usize {
    let class = |byte: &u8| match byte {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        _ => 3,
    };
    secret.windows(2).filter(|pair| matches!(pair, [one, two] if class(one) != class(two))).count()
}

/// The password in `scheme://user:password@host`, unless documentation would write it so.
pub(super) fn url(candidate: &Candidate<'_>) -> Option<Known> {
    let whole = candidate.whole();
    let start = candidate.secret.start.checked_sub(candidate.whole.start)?;
    let before = whole.get(..start)?;
    let user_at = memchr::memmem::rfind(before, b"//")? + 2;
    let user = before.get(user_at..before.len().saturating_sub(1))?;
    let host_at = candidate.secret.end + 1;
    let host = candidate.bytes.get(host_at..candidate.bytes.len().min(host_at + 128)).unwrap_or_default();
    let host = host.split(|byte| !(byte.is_ascii_alphanumeric() || b".-_".contains(byte))).next().unwrap_or_default();
    let secret = candidate.secret();
    let is_sample = user.eq_ignore_ascii_case(secret) || is_common(secret) || is_documentation(host);
    if is_sample || secret.len() < 4 {
        return None;
    }
    // In a program's own text a word is most likely a comment's; in settings it is a password.
    let is_plain = secret.iter().all(u8::is_ascii_lowercase) && secret.len() <= 12;
    let is_source = !candidate.path.is_empty() && !is_settings(candidate.path);
    (!(is_plain && is_source)).then(Known::default)
}

/// Names that are reserved for documentation, or that documentation uses all the same.
fn is_documentation(host: &[u8]) -> bool {
    let host = String::from_utf8_lossy(host).to_ascii_lowercase();
    let names =
        ["host", "hostname", "server", "localhost", "127.0.0.1", "proxy", "domain", "myhost", "myserver", "domain.com"];
    host.is_empty()
        || names.contains(&host.as_str())
        || ["example", "foo", "bar", "domain."]
            .iter()
            .any(|part| host.starts_with(part) || host.contains(&format!(".{part}")))
        || [".test", ".invalid", ".example", ".localhost"].iter().any(|end| host.ends_with(end))
}

fn is_settings(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let ends =
        [".env", ".conf", ".cfg", ".ini", ".yaml", ".yml", ".properties", ".toml", ".json", ".xml", ".config", ".sh"];
    name.starts_with(".env") || ends.iter().any(|end| name.ends_with(end))
}
