//! The `release` file of a Java runtime: <https://openjdk.org/jeps/223>, `KEY="value"` lines as in a shell.
//!
//! Owns the one reader. The version is written as that of `libjvm.so` beside it, so that both are one program.

use plimsoll_model::{Facts, Input, Malformed, Package, Presence, Reader, Wants};

use crate::lines::{self, Complaints};

/// Bytes; the list of modules makes real ones some 2 kB.
const MOST_BYTES: u64 = 64 << 10;
/// As long as real versions are: `1.8.0_392`, `11.0.20.1`.
const LONGEST_VERSION: usize = 32;

pub(super) const RELEASE: Reader = Reader {
    id: "generic/jvm-release",
    version: 1,
    wants: Wants::local(&["**/release"]),
    presence: Presence::Installed,
    read,
};

/// Many files are called so: what does not state a version of Java is something else.
fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    if input.file.content.size() > MOST_BYTES {
        return Ok(Facts::default());
    }
    let (mut version, mut maintainer) = (String::new(), String::new());
    lines::walk(input.file.content, &mut Complaints::default(), |_, _, line| {
        let text = lines::text(line);
        let Some((key, value)) = text.split_once('=') else { return };
        let value = value.trim_matches('"');
        match key {
            "JAVA_VERSION" => value.clone_into(&mut version),
            "IMPLEMENTOR" => value.clone_into(&mut maintainer),
            _ => {}
        }
    })?;
    let is_version = version.starts_with(|first: char| first.is_ascii_digit())
        && version.len() <= LONGEST_VERSION
        && version.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-+".contains(&byte));
    if !is_version {
        return Ok(Facts::default());
    }
    // Up to Java 8 the version began with `1.`, and an update came behind `_`.
    let version = version.strip_prefix("1.").unwrap_or(&version).replace('_', ".");
    let cpes = vec![format!("cpe:2.3:a:oracle:openjdk:{version}:*:*:*:*:*:*:*")];
    let package = Package { maintainer, cpes, ..Package::new("generic", "openjdk", version) };
    Ok(Facts { packages: vec![package], ..Facts::default() })
}
