//! Dockerfiles and manifests of a project's folder: kept as text while it is read, for the checks that judge them.

use plimsoll_content::plain;
use plimsoll_judge::inputs::recognise;
use plimsoll_model::{ConfigurationText, Facts, Input, Location, Malformed, Presence, Reader, Wants};

/// Bytes of a file that is believed to be one; charts and generated manifests reach some hundred thousand.
const LONGEST: u64 = 1 << 20;

/// Keeps them.
pub const DOCUMENTS: Reader = Reader {
    id: "documents/text",
    version: 1,
    wants: Wants::local(&[
        "**/Dockerfile",
        "**/Dockerfile.*",
        "**/Dockerfile-*",
        "**/*.Dockerfile",
        "**/*.dockerfile",
        "**/dockerfile",
        "**/dockerfile.*",
        "**/*.containerfile",
        "**/Containerfile",
        "**/Containerfile.*",
        "**/Containerfile-*",
        "**/*.yaml",
        "**/*.yml",
    ]),
    presence: Presence::Declared,
    read,
};

fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let size = input.file.content.size();
    let mut bytes = vec![0; usize::try_from(size.min(LONGEST)).unwrap_or(0)];
    input.file.content.read_at(0, &mut bytes).map_err(|error| Malformed(error.to_string()))?;
    let bytes = plain(&bytes);
    let text = String::from_utf8_lossy(&bytes);
    if recognise(input.file.path, &text).is_none() {
        return Ok(Facts::default());
    }
    if size > LONGEST {
        return Err(Malformed(format!(
            "it has {size} bytes; a Dockerfile or manifest of more than {LONGEST} is not judged"
        )));
    }
    let lines = text.lines().map(str::to_owned).collect();
    Ok(Facts { configuration: Some(ConfigurationText { lines, cut: false }), ..Facts::default() })
}

/// Those that were kept, by path.
pub fn in_folder(said: &[(Location, Facts)]) -> Vec<(String, String)> {
    let texts = said.iter().filter_map(|(location, facts)| Some((&location.path, facts.configuration.as_ref()?)));
    texts
        .map(|(path, text)| (path.clone(), text.lines.join("\n")))
        .filter(|(path, text)| recognise(path, text).is_some())
        .collect()
}
