//! The orders and ranges of versions: against tables of answers, as orders, and against hostile text.
//!
//! `schemes.rs` lists every scheme; a scheme is held to all of this by its row there and its tables in
//! `fixtures/versions/`. `oracles.rs` asks the system package managers themselves, which a test can install anywhere;
//! what the other ecosystems' own tools say was recorded once, by the scripts in `fixtures/versions/oracles/`.
#![cfg(test)]
#![expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "oracles are processes, tables are files")]

mod hostile;
mod oracles;
mod orders;
mod schemes;
mod tables;
