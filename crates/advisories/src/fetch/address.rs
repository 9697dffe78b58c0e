//! Where a document is.
//!
//! Owns the forms of an address, how a document's path is added to the address of a mirror, and that nothing secret of an
//! address is ever shown: a user's name and password, and the query, in which object stores carry signatures.

use std::fmt;
use std::path::{Path, PathBuf};

use url::Url;

/// A place that bytes can be had from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A file, or the folder of a mirror.
    Path(PathBuf),
    /// `https://…` or `http://…`.
    Url(Url),
}

/// The text is not an address.
#[derive(Debug, Clone, thiserror::Error)]
#[error("not an address: {0}; give a folder, or a URL that starts with https://, http:// or file://")]
pub struct InvalidAddress(String);

impl Address {
    /// Reads a folder's path or a URL. What has no scheme is a path.
    ///
    /// # Errors
    /// When it is a URL of another scheme or none at all.
    pub fn parse(text: &str) -> Result<Self, InvalidAddress> {
        if !text.contains("://") {
            return Ok(Self::Path(text.into()));
        }
        let scheme = text.split_once("://").map_or("", |(scheme, _)| scheme).to_owned();
        // The text itself may hold a password.
        let url = Url::parse(text).map_err(|error| InvalidAddress(format!("{scheme}://…: {error}")))?;
        match url.scheme() {
            "file" => url.to_file_path().map(Self::Path).map_err(|()| InvalidAddress("file:// of another host".into())),
            "https" | "http" if !url.cannot_be_a_base() => Ok(Self::Url(url)),
            other => Err(InvalidAddress(format!("{other}://"))),
        }
    }

    /// The address of something below this one, by its path in plain text.
    #[must_use]
    pub fn join(&self, path: &str) -> Self {
        let parts = path.split('/').filter(|part| !part.is_empty() && *part != "." && *part != "..");
        match self {
            Self::Path(folder) => Self::Path(parts.fold(folder.clone(), |path, part| path.join(part))),
            Self::Url(url) => {
                let mut url = url.clone();
                // Only a URL that cannot be a base has no segments, and `parse` refuses those.
                if let Ok(mut segments) = url.path_segments_mut() {
                    segments.pop_if_empty().extend(parts);
                }
                Self::Url(url)
            }
        }
    }

    /// The path, when it is one.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) => Some(path),
            Self::Url(_) => None,
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => write!(f, "{}", path.display()),
            Self::Url(url) => {
                let mut shown = url.clone();
                // Fails only for URLs without a host, which have neither.
                let _ = shown.set_username("").and_then(|()| shown.set_password(None));
                shown.set_query(None);
                shown.set_fragment(None);
                write!(f, "{shown}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_added_and_secrets_are_not_shown() {
        let cases = [
            ("/srv/mirror", "osv/Rocky Linux/all.zip", "/srv/mirror/osv/Rocky Linux/all.zip"),
            ("file:///srv/mirror", "a/b", "/srv/mirror/a/b"),
            ("https://h.example", "osv/Rocky Linux/all.zip", "https://h.example/osv/Rocky%20Linux/all.zip"),
            ("https://h.example/base/", "a/../b", "https://h.example/base/a/b"),
            ("https://user:secret@h.example/base?sig=secret#x", "a", "https://h.example/base/a"),
        ];
        for (base, path, expected) in cases {
            assert_eq!(Address::parse(base).unwrap().join(path).to_string(), expected);
        }
    }

    #[test]
    fn other_schemes_are_refused_without_repeating_secrets() {
        for text in ["ftp://user:secret@h.example/", "https://user:secret@[/", "data://secret"] {
            let error = Address::parse(text).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
