//! References to images, as Dockerfiles and manifests write them.

use serde::Serialize;

/// A reference in its parts. Defaults are filled in: `debian` is of the registry `docker.io`, repository
/// `library/debian`, and has no tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImageReference {
    /// Host and port.
    pub registry: String,
    /// Path in the registry.
    pub repository: String,
    /// None where none is written; builders and engines take `latest`.
    pub tag: Option<String>,
    /// `sha256:…`.
    pub digest: Option<String>,
}

/// The parts of a reference; none where it is not one, such as a template.
#[must_use]
pub fn image_reference(text: &str) -> Option<ImageReference> {
    let text = text.trim();
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._-/:@+".contains(letter);
    if text.is_empty() || text.len() > 1_024 || !text.chars().all(is_plain) {
        return None;
    }
    let (name, tag, digest) = split(text);
    let is_host = |first: &str| first.contains(['.', ':']) || first == "localhost";
    let (registry, repository) = match name.split_once('/') {
        Some((first, rest)) if is_host(first) => (first, rest.to_owned()),
        Some(_) => ("docker.io", name.to_owned()),
        None => ("docker.io", format!("library/{name}")),
    };
    let is_named = !repository.is_empty() && !name.is_empty() && !repository.ends_with('/');
    is_named.then(|| ImageReference {
        registry: registry.to_owned(),
        repository,
        tag: tag.map(str::to_owned),
        digest: digest.map(str::to_owned),
    })
}

/// Name, tag and digest as they are written.
pub(super) fn split(text: &str) -> (&str, Option<&str>, Option<&str>) {
    let (rest, digest) = text.split_once('@').map_or((text, None), |(rest, digest)| (rest, Some(digest)));
    // The colon of a port stands before a slash.
    match rest.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag), digest),
        _ => (rest, None, digest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_taken_apart() {
        for (text, expected) in [
            ("debian", Some(("docker.io", "library/debian", None, None))),
            ("me/app:1", Some(("docker.io", "me/app", Some("1"), None))),
            ("localhost:5000/app", Some(("localhost:5000", "app", None, None))),
            ("a.example/b/c:1@sha256:00", Some(("a.example", "b/c", Some("1"), Some("sha256:00")))),
            ("{{ .Values.image }}", None),
            ("${IMAGE}", None),
            ("", None),
            (":1", None),
        ] {
            let found = image_reference(text);
            let found = found.as_ref().map(|found| {
                (found.registry.as_str(), found.repository.as_str(), found.tag.as_deref(), found.digest.as_deref())
            });
            assert_eq!(found, expected, "{text}");
        }
    }
}
