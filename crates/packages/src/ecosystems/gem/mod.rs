//! Ruby's packages: <https://docs.ruby-lang.org/en/3.3/Gem.html>.
//!
//! Owns the row. The specifications of installed gems and the lock files of Bundler are in modules of their own. The
//! specifications that lie in a gem's source are programs, of which nothing is run and nothing read.

mod lock;
mod specification;

use plimsoll_model::{Presence, Reader, Wants};

use crate::language::LANGUAGE;
use crate::{Ecosystem, versions};

pub(super) const GEM: Ecosystem = Ecosystem {
    id: "gem",
    about: "Ruby gems, installed, part of Ruby itself, or named by lock files",
    readers: &[
        Reader {
            id: "gem/specification",
            version: 1,
            wants: Wants::local(&["**/specifications/*.gemspec", "**/specifications/default/*.gemspec"]),
            presence: Presence::Installed,
            read: specification::read,
        },
        Reader {
            id: "gem/lock",
            version: 1,
            wants: Wants::local(&["**/Gemfile.lock", "**/Gemfile.next.lock", "**/gems.locked"]),
            presence: Presence::Locked,
            read: lock::read,
        },
    ],
    compare: versions::gem::compare,
    satisfies: versions::gem::satisfies,
    ..LANGUAGE
};

/// Whether this can be the name of a gem: <https://docs.ruby-lang.org/en/3.3/Gem.html>.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// Whether this can be a version.
fn is_version(version: &str) -> bool {
    version.starts_with(|first: char| first.is_ascii_digit())
        && version.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
}
