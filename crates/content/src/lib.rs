//! What files hold beside packages. Pure functions from bytes to what they give away: no file system, no network, no clock.

pub mod secrets;
