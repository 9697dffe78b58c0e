//! `pom.properties`, which Maven puts into what it builds: <https://maven.apache.org/shared/maven-archiver>.

use plimsoll_model::{Facts, Input, Malformed, Package};

use super::coordinates::{Coordinates, is_id, is_version};
use crate::document;

/// Bytes; real ones have a hundred.
const MOST_BYTES: u64 = 64 << 10;

/// What it states; empty where it does not.
pub(super) fn coordinates(bytes: &[u8]) -> Coordinates {
    let text = String::from_utf8_lossy(bytes);
    let mut coordinates = Coordinates::default();
    let pairs = text.lines().filter_map(|line| line.split_once(['=', ':']));
    for (key, value) in pairs {
        let value = value.trim().replace("\\:", ":");
        match key.trim() {
            "groupId" => coordinates.group = value,
            "artifactId" => coordinates.artifact = value,
            "version" => coordinates.version = value,
            _ => {}
        }
    }
    coordinates
}

/// One that lies unpacked: an application server's or a layered image's.
pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, MOST_BYTES)?;
    let found = coordinates(&bytes);
    if !is_id(&found.group) || !is_id(&found.artifact) || !is_version(&found.version) {
        return Err(Malformed("needs groupId, artifactId and version".to_owned()));
    }
    Ok(Facts { packages: vec![Package::new("maven", found.name(), found.version)], ..Facts::default() })
}
