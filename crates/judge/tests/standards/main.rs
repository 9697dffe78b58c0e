//! Standards, waivers and deadlines: the data that is built in, truth tables over small values, and the manual's pages.
#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "the harness reads fixtures; the crate itself reads nothing")]

mod claims;
mod compliance;
mod data;
mod deadlines;
mod pages;
mod sketch;
mod together;
mod waivers;
