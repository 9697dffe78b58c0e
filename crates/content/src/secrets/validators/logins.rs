//! Files that hold logins.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Candidate, Known};
use crate::secrets::placeholders;

/// `user:password` in base 64: Docker's `auths`, npm's `_auth`, an `Authorization` header.
pub(super) fn base64_login(candidate: &Candidate<'_>) -> Option<Known> {
    let text = candidate.text().trim_end_matches('=');
    let padded = format!("{text}{}", "=".repeat((4 - text.len() % 4) % 4));
    let login = String::from_utf8(STANDARD.decode(padded).ok()?).ok()?;
    let (user, password) = login.split_once(':')?;
    let is_text = !login.chars().any(char::is_control);
    let is_sample = user == password || super::passwords::is_common(password.as_bytes());
    (is_text
        && !user.is_empty()
        && password.len() >= 3
        && !is_sample
        && !placeholders::is_placeholder(password.as_bytes()))
    .then(|| Known { material: Some(password.into()), ..Known::default() })
}

/// Google's key file: what makes it one are its other fields, in any order, near it.
pub(super) fn service_account(candidate: &Candidate<'_>) -> Option<Known> {
    let start = candidate.whole.start.saturating_sub(4096);
    let near = candidate.bytes.get(start..candidate.bytes.len().min(candidate.whole.end + 4096))?;
    let has = |field: &str| memchr::memmem::find(near, field.as_bytes()).is_some();
    if !has("client_email") || !has("private_key") {
        return None;
    }
    let json: Option<Value> = serde_json::from_slice(candidate.bytes).ok();
    let email = json.as_ref().and_then(|json| json.get("client_email")).and_then(Value::as_str).unwrap_or_default();
    let is_safe = email.len() < 200 && email.chars().all(|character| character.is_ascii_graphic());
    Some(Known::state(if is_safe { email } else { "" }))
}

/// A value of a `Secret` of Kubernetes: base 64 of something that is no placeholder, in a manifest of that kind.
pub(super) fn manifest_secret(candidate: &Candidate<'_>) -> Option<Known> {
    let value = STANDARD.decode(candidate.text()).ok()?;
    let is_secret = value.len() >= 6 && !placeholders::is_placeholder(&value) && !super::passwords::is_common(&value);
    let is_certificate = memchr::memmem::find(&value, b"BEGIN CERTIFICATE").is_some();
    (is_secret && !is_certificate).then(Known::default)
}
