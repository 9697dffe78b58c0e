//! What the image was built on, as its labels and its provenance say: `bases` of the document.
//!
//! Both are the word of whoever built it. Owns the names of images in package URLs and other addresses, in the form that
//! registries' clients give them (`docker.io/library/debian`).

use plimsoll_model::{Attached, Material};
use serde_json::{Value, json};

use crate::purl::Coordinates;

/// Images that take part in builds and are no base: BuildKit's own.
const TOOLS: [&str; 4] = [
    "docker.io/docker/dockerfile",
    "docker.io/docker/dockerfile-upstream",
    "docker.io/docker/buildkit-syft-scanner",
    "docker.io/docker/scout-sbom-indexer",
];

/// Images that are told; a build of many stages has some dozen.
const LISTED: usize = 100;

/// One image that the image was built on.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Base {
    /// Who says so: `label`, `provenance`.
    pub said_by: &'static str,
    /// `docker.io/library/debian`, or empty.
    pub name: String,
    /// `12`, or empty.
    pub tag: String,
    /// `sha256:…`, or empty.
    pub digest: String,
    /// Whether the build asked for that digest, and not for whatever the tag meant; none when nobody says.
    pub pinned: Option<bool>,
    /// Whether the tag still means this digest; none when nobody asked.
    pub newest: Option<bool>,
    /// Why nobody did, or empty.
    pub unasked: String,
}

/// All that are named, sorted.
#[must_use]
pub fn bases(config: &Value, attached: Option<&Attached>) -> Vec<Base> {
    let mut found: Vec<Base> = label(config).into_iter().collect();
    let materials = attached.into_iter().flat_map(|attached| &attached.provenance).flat_map(|one| &one.materials);
    found.extend(materials.filter_map(material).filter(|base| !TOOLS.contains(&base.name.as_str())));
    found.sort();
    found.dedup();
    found.truncate(LISTED);
    found
}

/// <https://github.com/opencontainers/image-spec/blob/main/annotations.md>, `base.name` and `base.digest`.
fn label(config: &Value) -> Option<Base> {
    let labels = config.pointer("/config/Labels")?;
    let text = |name: &str| labels.get(format!("org.opencontainers.image.base.{name}")).and_then(Value::as_str);
    let (name, digest) = (text("name").unwrap_or_default().trim(), text("digest").unwrap_or_default().trim());
    if name.is_empty() && digest.is_empty() {
        return None;
    }
    let base = named(name);
    let digest = if digest.is_empty() { base.digest } else { digest.to_owned() };
    // A label says which base it was, and nothing of how the build asked for it; without a digest not even that.
    let pinned = if digest.is_empty() { Some(false) } else { None };
    Some(Base { said_by: "label", digest, pinned, ..base })
}

fn material(material: &Material) -> Option<Base> {
    let uri = material.uri.as_str();
    let base = if uri.starts_with("pkg:docker/") || uri.starts_with("pkg:oci/") {
        of_purl(uri)
    } else {
        let name = ["docker://", "oci://", "docker-image://"].iter().find_map(|scheme| uri.strip_prefix(scheme))?;
        named(name)
    };
    let pinned = Some(!base.digest.is_empty());
    let digest = if material.digest.starts_with("sha256:") { material.digest.clone() } else { base.digest };
    Some(Base { said_by: "provenance", pinned, digest, ..base })
}

/// <https://github.com/package-url/purl-spec/blob/main/types-doc/docker-definition.md>, and `oci` beside it.
fn of_purl(uri: &str) -> Base {
    let Coordinates { name, version, qualifiers } = Coordinates::of(uri);
    let of = |key: &str| qualifiers.iter().find_map(|one| one.strip_prefix(key)?.strip_prefix('=')).unwrap_or_default();
    let plain = name.split_once('/').map_or("", |(_, name)| name);
    let place = if of("repository_url").is_empty() { plain } else { of("repository_url") };
    let (digest, tag) = match version.starts_with("sha256:") {
        true => (version.as_str(), of("tag")),
        false => (of("digest"), version.as_str()),
    };
    Base { name: whole(place), tag: tag.into(), digest: digest.into(), ..Base::default() }
}

/// `debian:12@sha256:…` and the like.
fn named(text: &str) -> Base {
    let (rest, digest) = text.split_once('@').unwrap_or((text, ""));
    // The colon of a port stands before a slash.
    let (name, tag) = rest.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).unwrap_or((rest, ""));
    Base { name: whole(name), tag: tag.into(), digest: digest.into(), ..Base::default() }
}

/// With the registry, which is Docker's when none is written.
fn whole(name: &str) -> String {
    let (first, rest) = name.split_once('/').unwrap_or(("", name));
    let is_host = first.contains(['.', ':']) || first == "localhost";
    match (name.is_empty(), first, is_host) {
        (true, ..) => String::new(),
        (_, "index.docker.io" | "registry-1.docker.io", _) => whole(&format!("docker.io/{rest}")),
        (_, "docker.io", _) if !rest.contains('/') => format!("docker.io/library/{rest}"),
        (_, _, true) => name.to_owned(),
        (_, "", _) => format!("docker.io/library/{name}"),
        _ => format!("docker.io/{name}"),
    }
}

/// The section.
pub(super) fn section(bases: &[Base], mask: &dyn Fn(&str) -> String) -> Value {
    let of = |base: &Base| {
        json!({
            "said_by": base.said_by,
            "name": mask(&base.name),
            "tag": mask(&base.tag),
            "digest": mask(&base.digest),
            "pinned": base.pinned,
            "newest": base.newest,
            "unasked": base.unasked,
        })
    };
    bases.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use plimsoll_model::Provenance;

    use super::*;

    fn told(base: &Base) -> String {
        format!("{} {} {} {:?}", base.name, base.tag, base.digest, base.pinned)
    }

    #[test]
    fn materials_become_images() {
        for (uri, expected) in [
            (
                "pkg:docker/golang@1.19.4-alpine?platform=linux%2Farm64",
                "docker.io/library/golang 1.19.4-alpine sha256:ab Some(false)",
            ),
            (
                "pkg:docker/alpine@3.18?digest=sha256:ab&platform=linux%2Famd64",
                "docker.io/library/alpine 3.18 sha256:ab Some(true)",
            ),
            ("pkg:docker/ghcr.io/acme/base@1", "ghcr.io/acme/base 1 sha256:ab Some(false)"),
            (
                "pkg:oci/base@sha256:ab?repository_url=ghcr.io/acme/base&tag=2",
                "ghcr.io/acme/base 2 sha256:ab Some(true)",
            ),
            ("docker://localhost:5000/base@sha256:ab", "localhost:5000/base  sha256:ab Some(true)"),
        ] {
            let base = material(&Material { uri: uri.into(), digest: "sha256:ab".into() }).unwrap();
            assert_eq!(told(&base), expected, "{uri}");
        }
        for uri in ["git+https://github.com/acme/app", "https://example.com/x.tar", "pkg:npm/x@1", ""] {
            assert_eq!(material(&Material { uri: uri.into(), ..Material::default() }), None, "{uri}");
        }
    }

    #[test]
    fn labels_and_provenance_are_told_apart_and_tools_left_out() {
        let labels = |name: &str, digest: &str| {
            json!({"config": {"Labels": {
                "org.opencontainers.image.base.name": name, "org.opencontainers.image.base.digest": digest,
            }}})
        };
        let material = |uri: &str| Material { uri: uri.into(), digest: String::new() };
        let provenance = Provenance {
            materials: vec![material("pkg:docker/docker/dockerfile@1"), material("pkg:docker/debian@12")],
            ..Provenance::default()
        };
        let attached = Attached { provenance: vec![provenance], ..Attached::default() };
        let found = bases(&labels("debian:12", "sha256:cd"), Some(&attached));
        let all: Vec<String> = found.iter().map(|base| format!("{} {}", base.said_by, told(base))).collect();
        assert_eq!(
            all,
            ["label docker.io/library/debian 12 sha256:cd None", "provenance docker.io/library/debian 12  Some(false)"]
        );
        assert_eq!(told(&bases(&labels("localhost:5000/x", ""), None)[0]), "localhost:5000/x   Some(false)");
        assert!(bases(&labels("", ""), None).is_empty() && bases(&Value::Null, None).is_empty());
    }
}
