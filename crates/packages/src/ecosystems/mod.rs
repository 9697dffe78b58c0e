//! The table of ecosystems. To add one: a file here, a line below, fixtures in `fixtures/packages/<id>`.

mod alpm;
mod apk;
pub(crate) mod chisel;
mod deb;
mod golang;
mod npm;
mod opkg;
mod pypi;
mod rpm;

use crate::Ecosystem;

/// Every package system that Plimsoll knows.
pub const ECOSYSTEMS: &[&Ecosystem] =
    &[&alpm::ALPM, &apk::APK, &deb::DEB, &golang::GOLANG, &npm::NPM, &opkg::OPKG, &pypi::PYPI, &rpm::RPM];
