//! The table of ecosystems. To add one: a file here, a line below, fixtures in `fixtures/packages/<id>`.

mod alpm;
mod apk;
mod cargo;
pub(crate) mod chisel;
mod cocoapods;
mod deb;
mod golang;
mod hex;
mod maven;
mod npm;
mod nuget;
mod opkg;
mod pub_dev;
mod pypi;
mod rpm;
mod swift;

use crate::Ecosystem;

/// Every package system that Plimsoll knows.
pub const ECOSYSTEMS: &[&Ecosystem] = &[
    &alpm::ALPM,
    &apk::APK,
    &cargo::CARGO,
    &cocoapods::COCOAPODS,
    &deb::DEB,
    &golang::GOLANG,
    &hex::HEX,
    &hex::OTP,
    &maven::MAVEN,
    &npm::NPM,
    &nuget::NUGET,
    &opkg::OPKG,
    &pub_dev::PUB,
    &pypi::PYPI,
    &rpm::RPM,
    &swift::SWIFT,
];
