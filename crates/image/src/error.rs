//! The one error of this crate. Owns its shape; every module words its own.

use std::fmt;

/// Why an image or a layer could not be had. Reads after `cannot read REFERENCE: `.
#[derive(Debug, thiserror::Error)]
pub struct Error {
    /// What failed and where, lower case, no full stop.
    pub what: String,
    /// What was tried before giving up, one line each.
    pub tried: Vec<String>,
    /// What the user can do, when there is something.
    pub hint: Option<String>,
    /// The cause.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl Error {
    /// An error of which only this is known: what failed and where, lower case, no full stop.
    #[must_use]
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), tried: Vec::new(), hint: None, source: None }
    }

    /// Adds what the user can do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Adds what was tried before, one line each.
    #[must_use]
    pub fn after(mut self, tried: impl IntoIterator<Item = String>) -> Self {
        self.tried.extend(tried);
        self
    }

    /// The error and its causes on one line, for lists of what was tried.
    pub(crate) fn line(&self) -> String {
        let mut line = self.what.clone();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            line.push_str(": ");
            line.push_str(&error.to_string());
            cause = error.source();
        }
        line
    }
}
