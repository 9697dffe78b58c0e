//! Files whose names say that they hold a licence: `LICENSE`, `COPYING`, `NOTICE`.

use plimsoll_model::{Facts, Input, LicenceText, Malformed, Presence, Reader, Wants};

use super::text;
use crate::lines;

/// Licence files, wherever they lie. The path tells whose they are.
pub(crate) const FILES: Reader = Reader {
    id: "content/licence-file",
    version: 1,
    wants: Wants::local(&[
        "**/COPYING",
        "**/COPYING.LESSER",
        "**/COPYING.LIB",
        "**/COPYING.txt",
        "**/COPYING.md",
        "**/COPYRIGHT",
        "**/LICENCE",
        "**/LICENCE.md",
        "**/LICENCE.txt",
        "**/LICENSE",
        "**/LICENSE-APACHE",
        "**/LICENSE-MIT",
        "**/LICENSE-MIT.txt",
        "**/LICENSE.APACHE",
        "**/LICENSE.APACHE2",
        "**/LICENSE.BSD",
        "**/LICENSE.MIT",
        "**/LICENSE.PSF",
        "**/LICENSE.TXT",
        "**/LICENSE.markdown",
        "**/LICENSE.md",
        "**/LICENSE.rst",
        "**/LICENSE.txt",
        "**/LICENSE_APACHE",
        "**/License",
        "**/License.md",
        "**/License.txt",
        "**/MIT-LICENSE",
        "**/MIT-LICENSE.txt",
        "**/NOTICE",
        "**/NOTICE.txt",
        "**/UNLICENSE",
        "**/copying",
        "**/license",
        "**/license.md",
        "**/license.txt",
        "**/licence.md",
    ]),
    presence: Presence::Installed,
    read,
};

/// Larger ones are collections of what a program is made of.
const MOST_BYTES: u64 = 256 << 10;
/// Below this a file has much besides the licence, and says little of the package.
const LEAST_CONFIDENCE: f32 = 0.5;

fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    if input.file.content.size() > MOST_BYTES {
        return Ok(Facts::default());
    }
    let bytes = lines::all(input.file.content, MOST_BYTES)?;
    let told = text::tell(&String::from_utf8_lossy(&bytes)).filter(|(_, confidence)| *confidence >= LEAST_CONFIDENCE);
    let licences = told.map(|(expression, _)| LicenceText {
        expression: expression.text,
        by: "text".to_owned(),
        ..LicenceText::default()
    });
    Ok(Facts { licences: licences.into_iter().collect(), ..Facts::default() })
}
