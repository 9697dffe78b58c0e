//! What checks judge besides the image itself: its build history, Dockerfiles, and manifests that run it.
//!
//! Owns the way from their bytes to the documents that rules see. It judges nothing. Whatever cannot be read is a named
//! problem in the document, so that a rule can say "not assessed" instead of passing what it did not see.

pub mod dockerfile;
pub mod manifests;
pub mod reference;
pub mod shell;
pub mod steps;

use serde::Serialize;

/// A kind of file that checks judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// Read by [`dockerfile`].
    Dockerfile,
    /// Kubernetes objects, read by [`manifests`].
    Kubernetes,
    /// A Compose file, read by [`manifests`].
    Compose,
}

/// Something in a file that could not be read, so that nothing can be said of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file.
    pub path: String,
    /// Counted from 1.
    pub line: u32,
    /// What is wrong.
    pub message: String,
}

/// Which kind of input a file is, by its name and what it holds; none when it is none of them.
#[must_use]
pub fn recognise(path: &str, text: &str) -> Option<FileKind> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path).to_ascii_lowercase();
    if is_dockerfile(&name) {
        return Some(FileKind::Dockerfile);
    }
    let stem = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml"));
    if stem.is_some_and(is_compose) {
        return Some(FileKind::Compose);
    }
    let has_key = |key: &str| text.lines().any(|line| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')));
    let is_object = match stem {
        // Any file may be given to Compose by name: it is one by its services.
        Some(_) if has_services(text) => return Some(FileKind::Compose),
        Some("kustomization") => true,
        Some(_) => has_key("apiVersion") && has_key("kind"),
        None => name.ends_with(".json") && text.contains("\"apiVersion\"") && text.contains("\"kind\""),
    };
    is_object.then_some(FileKind::Kubernetes)
}

/// Whether services are named at the top, with images: other programs have lists there, or no images.
fn has_services(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    let is_below = |line: &str| line.starts_with([' ', '\t']);
    let is_image = |line: &str| ["image:", "build:"].iter().any(|key| line.trim_start().starts_with(key));
    lines.any(|line| line.trim_end() == "services:")
        && lines
            .next()
            .is_some_and(|line| is_below(line) && line.trim_end().ends_with(':') && !line.trim().starts_with('-'))
        && lines.take_while(|line| is_below(line)).any(is_image)
}

/// `Dockerfile`, `Dockerfile.dev`, `Dockerfile-dev`, `dev.Dockerfile`, and the same with `Containerfile`.
fn is_dockerfile(name: &str) -> bool {
    ["dockerfile", "containerfile"].iter().any(|word| {
        name.strip_prefix(word).is_some_and(|rest| {
            rest.is_empty()
                || rest.starts_with('.') && rest != ".dockerignore"
                || rest.starts_with(['-', '_']) && !rest.contains('.')
        }) || name.strip_suffix(word).is_some_and(|rest| rest.ends_with('.'))
    })
}

/// `compose`, `compose.dev`, `docker-compose-dev`, without the ending.
fn is_compose(stem: &str) -> bool {
    let stem = stem.strip_prefix("docker-").unwrap_or(stem);
    stem.strip_prefix("compose").is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_recognised() {
        let object = "apiVersion: v1\nkind: Pod\n";
        for (path, text, expected) in [
            ("a/Dockerfile", "", Some(FileKind::Dockerfile)),
            ("Containerfile.dev", "", Some(FileKind::Dockerfile)),
            ("dev.Dockerfile", "", Some(FileKind::Dockerfile)),
            ("Dockerfile.dockerignore", "", None),
            ("Dockerfiles", "", None),
            ("compose.yaml", "", Some(FileKind::Compose)),
            ("stack.yml", "name: x\nservices:\n  web:\n    image: nginx\n", Some(FileKind::Compose)),
            (".gitlab-ci.yml", "services:\n  - postgres\njob:\n  image: x\n", None),
            ("services.yaml", "services:\n  _defaults:\n    autowire: true\n", None),
            ("Dockerfile-dev", "", Some(FileKind::Dockerfile)),
            ("dockerfile-maven.xml", "", None),
            ("x/docker-compose.prod.yml", "", Some(FileKind::Compose)),
            ("composed.yml", "", None),
            ("pod.yaml", object, Some(FileKind::Kubernetes)),
            ("values.yaml", "image: x\n", None),
            ("pod.txt", object, None),
            ("pod.json", "{\"kind\": \"Pod\", \"apiVersion\": \"v1\"}", Some(FileKind::Kubernetes)),
        ] {
            assert_eq!(recognise(path, text), expected, "{path}");
        }
    }
}
