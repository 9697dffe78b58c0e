//! What can be proven of a candidate without asking anybody: that it cannot be one, or what state it is in.

mod checksums;
mod keys;
mod logins;
mod passwords;
pub(super) mod stores;
mod tokens;
mod wordy;

use std::ops::Range;

/// What a rule matched, and where.
pub(super) struct Candidate<'a> {
    /// Path of the file, or empty.
    pub(super) path: &'a str,
    /// The whole file.
    pub(super) bytes: &'a [u8],
    /// What the expression matched.
    pub(super) whole: Range<usize>,
    /// What its group matched.
    pub(super) secret: Range<usize>,
}

impl Candidate<'_> {
    fn secret(&self) -> &[u8] {
        self.bytes.get(self.secret.clone()).unwrap_or_default()
    }

    fn text(&self) -> &str {
        std::str::from_utf8(self.secret()).unwrap_or_default()
    }

    fn whole(&self) -> &[u8] {
        self.bytes.get(self.whole.clone()).unwrap_or_default()
    }

    /// At most so many bytes from the beginning of the match on.
    fn following(&self, most: usize) -> &[u8] {
        let rest = self.bytes.get(self.whole.start..).unwrap_or_default();
        rest.get(..most).unwrap_or(rest)
    }
}

/// What is known of a secret that stood the proof.
#[derive(Default)]
pub(super) struct Known {
    /// In words for people, or empty.
    pub(super) state: String,
    /// Less than the rule says.
    pub(super) weak: bool,
    /// What it is shown by in place of its first characters.
    pub(super) header: Option<String>,
    /// Where it really is, when the expression saw only its beginning.
    pub(super) range: Option<Range<usize>>,
    /// What the mark is made of, when one secret can be written in many ways.
    pub(super) material: Option<Vec<u8>>,
}

impl Known {
    fn state(state: impl Into<String>) -> Self {
        Self { state: state.into(), ..Self::default() }
    }

    fn weak(state: impl Into<String>) -> Self {
        Self { state: state.into(), weak: true, ..Self::default() }
    }
}

/// `None`: this is no secret.
pub(super) type Validate = fn(&Candidate<'_>) -> Option<Known>;

/// The names that rules may give.
pub(super) const VALIDATORS: [(&str, Validate); 23] = [
    ("aws-account", tokens::aws_account),
    ("base64-login", logins::base64_login),
    ("checksum", checksums::base62),
    ("checksum-if-long", checksums::base62_or_weak),
    ("crc32-hex", checksums::crc32_hex),
    ("discord", tokens::discord),
    ("hard-coded", passwords::hard_coded),
    ("jwk", keys::jwk),
    ("jwt", tokens::jwt),
    ("key-material", keys::material),
    ("kubernetes-token", tokens::kubernetes),
    ("manifest-secret", logins::manifest_secret),
    ("mixed", passwords::mixed),
    ("not-words", passwords::not_words),
    ("assigned", passwords::assigned),
    ("password", passwords::password),
    ("password-not-common", passwords::password_not_common),
    ("pem", keys::pem),
    ("pgp", keys::pgp),
    ("putty", keys::putty),
    ("service-account", logins::service_account),
    ("temporary", tokens::temporary),
    ("url-password", passwords::url),
];

/// The validator of this name.
pub(super) fn named(name: &str) -> Option<Validate> {
    VALIDATORS.iter().find(|(own, _)| *own == name).map(|(_, validate)| *validate)
}
