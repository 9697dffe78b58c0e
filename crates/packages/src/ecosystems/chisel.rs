//! Chisel's manifest: Debian packages of which only slices were unpacked,
//! <https://documentation.ubuntu.com/chisel/en/latest/reference/manifest>.
//!
//! Owns the one reader. Its packages are of ecosystem `deb`.

use std::collections::BTreeMap;

use plimsoll_model::{Facts, Gap, GapKind, GapReason, Input, Malformed, Owned, Package, Presence, Reader, Wants};
use serde::Deserialize;

use crate::lines::{self, Complaints, MOST_PACKAGES, Stream};
use crate::{control, paths};

const PATH: &str = "var/lib/chisel/manifest.wall";

/// Inflated size; real manifests have some hundred kilobytes.
const MOST_BYTES: u64 = 64 << 20;
/// Window of a zstd frame as a power of two: what `zstd` itself accepts without asking (RFC 8878 section 3.1.1.1.2).
const LARGEST_WINDOW: u32 = 27;

pub(super) const MANIFEST: Reader =
    Reader { id: "deb/chisel", version: 1, wants: Wants::essential(&[PATH]), presence: Presence::Installed, read };

/// The keys that matter of the objects that matter: packages, and which slice brought which path.
#[derive(Deserialize)]
struct Object<'a> {
    #[serde(default)]
    jsonwall: Option<String>,
    #[serde(default)]
    count: usize,
    #[serde(default, borrow)]
    kind: std::borrow::Cow<'a, str>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    arch: String,
    #[serde(default)]
    slice: String,
    #[serde(default)]
    path: String,
}

#[derive(Default)]
struct Manifest {
    packages: Vec<Package>,
    owned: BTreeMap<String, paths::List>,
    promised: usize,
    lines: usize,
}

fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut decoder = zstd::stream::read::Decoder::new(Stream::new(input.file.content))
        .and_then(|mut decoder| decoder.window_log_max(LARGEST_WINDOW).map(|()| decoder))
        .map_err(|error| Malformed(format!("not compressed with zstd: {error}")))?;
    let mut complaints = Complaints::default();
    let mut manifest = Manifest::default();
    lines::walk_stream(&mut decoder, MOST_BYTES, &mut complaints, |complaints, number, line| {
        manifest.lines = number;
        if let Err(complaint) = manifest.take(number, line) {
            complaints.push(format!("line {number}: {complaint}"));
        }
    });
    if manifest.promised != manifest.lines {
        let Manifest { promised, lines, .. } = manifest;
        complaints.push(format!("has {lines} lines where its header promises {promised}"));
    }
    let owned = manifest.owned.into_iter().map(|(package, list)| Owned { package, paths: list.finish() }).collect();
    complaints.settle(Facts { packages: manifest.packages, owned, ..Facts::default() })
}

impl Manifest {
    fn take(&mut self, number: usize, line: &[u8]) -> Result<(), String> {
        let object: Object<'_> = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        if number == 1 {
            object.jsonwall.ok_or("no jsonwall header")?;
            self.promised = object.count;
            return Ok(());
        }
        match &*object.kind {
            "package" => self.take_package(object),
            "content" => {
                // Slices are named package_slice, and neither part has an underscore of its own.
                let package = object.slice.split_once('_').map_or("", |(package, _)| package);
                if !object.path.ends_with('/') {
                    self.owned.entry(package.to_owned()).or_default().push(object.path.as_bytes());
                }
                Ok(())
            }
            "path" | "slice" => Ok(()),
            other => Err(format!("{other:?} is no kind of object that is known")),
        }
    }

    fn take_package(&mut self, object: Object<'_>) -> Result<(), String> {
        if !control::is_name(&object.name) || object.version.is_empty() {
            return Err(format!("a package needs a name and a version, not {:?} {:?}", object.name, object.version));
        }
        if self.packages.len() >= MOST_PACKAGES {
            return Err(format!("more than {MOST_PACKAGES} packages; not read"));
        }
        self.packages.push(Package { arch: object.arch, ..Package::new("deb", object.name, object.version) });
        Ok(())
    }
}

/// The manifest does not say from which source package a package was built, and Ubuntu's advisories name nothing else:
/// without dpkg's own record of it, matching would look clean and mean nothing.
pub(crate) fn gap(packages: &[Package]) -> Option<Gap> {
    let listed_only = |package: &&Package| {
        !package.locations.is_empty() && package.locations.iter().all(|location| location.path == PATH)
    };
    let count = packages.iter().filter(listed_only).count();
    (count > 0).then(|| Gap {
        kind: GapKind::Blind,
        location: PATH.into(),
        reason: GapReason::NoAdvisories,
        message: format!(
            "packages ({count}) are listed without their source package, which is what advisories name; most of them \
             cannot be matched; keep dpkg's records (var/lib/dpkg/status.d) in the image to have them matched"
        ),
    })
}
