//! Secrets: every rule against its samples, real tools' keys, hostile bytes.
#![cfg(test)]
#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "fixtures are files, the oracles are processes"
)]

mod hostile;
mod oracles;
mod samples;
mod templates;
