//! Rust crates: <https://doc.rust-lang.org/cargo>.
//!
//! Owns the row, and which sources are the public registry.

mod auditable;
mod lock;

use plimsoll_model::{Origin, Presence, Reader, Wants};

use crate::executable::STARTS;
use crate::language::LANGUAGE;
use crate::{Ecosystem, versions};

pub(super) const CARGO: Ecosystem = Ecosystem {
    id: "cargo",
    about: "Rust crates: those that programs say they were built from (cargo-auditable), and `Cargo.lock`",
    readers: &[
        Reader {
            id: "cargo/auditable",
            version: 1,
            wants: Wants::starting(&["**/*"], STARTS),
            presence: Presence::Installed,
            read: auditable::read,
        },
        Reader {
            id: "cargo/lock",
            version: 1,
            wants: Wants::local(&["**/Cargo.lock"]),
            presence: Presence::Locked,
            read: lock::read,
        },
    ],
    compare: versions::cargo::compare,
    satisfies: versions::cargo::satisfies,
    ..LANGUAGE
};

/// Public advisories speak about crates.io alone; folders, repositories and other registries are somebody's own.
fn origin(is_public: bool) -> Origin {
    if is_public { Origin::Unknown } else { Origin::ThirdParty }
}
