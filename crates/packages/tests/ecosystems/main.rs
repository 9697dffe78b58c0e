//! The table of ecosystems against fixtures and against the package managers themselves.
#![cfg(test)]
#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "fixtures are files, oracles are processes")]

mod distro;
mod dpkg;
mod inventory;
mod readers;
mod reference;
mod tree;
