//! The table of ecosystems. To add one: a file here, a line below, fixtures in `fixtures/packages/<id>`.

mod alpm;
mod apk;
mod bitnami;
mod cargo;
pub(crate) mod chisel;
mod cocoapods;
mod composer;
mod conan;
mod conda;
mod cran;
mod deb;
mod gem;
pub(crate) mod generic;
mod github;
mod golang;
mod hex;
mod julia;
mod luarocks;
mod maven;
pub(crate) mod npm;
mod nuget;
mod opam;
mod opkg;
mod pear;
mod pub_dev;
pub(crate) mod pypi;
mod rpm;
mod swift;
mod terraform;
mod vcpkg;
mod wordpress;

use crate::Ecosystem;

/// Every package system that Plimsoll knows.
pub const ECOSYSTEMS: &[&Ecosystem] = &[
    &alpm::ALPM,
    &apk::APK,
    &bitnami::BITNAMI,
    &cargo::CARGO,
    &cocoapods::COCOAPODS,
    &composer::COMPOSER,
    &conan::CONAN,
    &conda::CONDA,
    &cran::CRAN,
    &deb::DEB,
    &gem::GEM,
    &generic::GENERIC,
    &github::GITHUB,
    &golang::GOLANG,
    &hex::HEX,
    &julia::JULIA,
    &luarocks::LUAROCKS,
    &maven::MAVEN,
    &npm::NPM,
    &nuget::NUGET,
    &opam::OPAM,
    &opkg::OPKG,
    &hex::OTP,
    &pear::PEAR,
    &pub_dev::PUB,
    &pypi::PYPI,
    &rpm::RPM,
    &swift::SWIFT,
    &terraform::TERRAFORM,
    &vcpkg::VCPKG,
    &wordpress::WORDPRESS,
];
