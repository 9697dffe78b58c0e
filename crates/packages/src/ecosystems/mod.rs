//! The table of ecosystems. To add one: a file here, a line below, fixtures in `fixtures/packages/<id>`.

mod alpm;
mod apk;
pub(crate) mod chisel;
mod cocoapods;
mod deb;
mod golang;
mod hex;
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
    &cocoapods::COCOAPODS,
    &deb::DEB,
    &golang::GOLANG,
    &hex::HEX,
    &npm::NPM,
    &nuget::NUGET,
    &opkg::OPKG,
    &hex::OTP,
    &pub_dev::PUB,
    &pypi::PYPI,
    &rpm::RPM,
    &swift::SWIFT,
];
