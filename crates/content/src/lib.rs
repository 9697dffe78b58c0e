//! What files hold beside packages: secrets, accounts, settings, certificates, licences, malware, and which paths are worth
//! a look; and what is attached to the image.
//!
//! Every module is a pure function from bytes to facts, or from a path's metadata to words: no file system, no network, no
//! clock. Walking, opening, limits and caching are for the caller, and what is wrong with the facts is for the checks to say.

pub mod accounts;
pub mod attached;
pub mod capabilities;
pub mod certificates;
pub mod configuration;
pub mod files;
mod keywords;
pub mod licences;
mod lines;
pub mod malware;
pub mod secrets;

pub use lines::plain;

/// The readers of all modules, for the pass over a layer.
pub const READERS: &[&plimsoll_model::Reader] = &[
    &accounts::PASSWD,
    &accounts::SHADOW,
    &accounts::GROUP,
    &certificates::CERTIFICATES,
    &configuration::CONFIGURATION,
    &licences::DEBIAN,
    &licences::FILES,
];
