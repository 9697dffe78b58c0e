//! SBOMs that are attached: SPDX 2 (<https://spdx.github.io/spdx-spec/v2.3/>) and CycloneDX
//! (<https://cyclonedx.org/docs/1.6/json/>) as JSON. Owns which of the minimum elements they leave out: those of 2021
//! (<https://www.ntia.gov/report/2021/minimum-elements-software-bill-materials-sbom>) and those that the draft of 2025 adds.

use std::collections::BTreeSet;

use plimsoll_model::{AttachedBlob, AttachedSbom, SbomContent, Validity};
use serde_json::Value;

use super::Reading;
use super::json::{list, short, text};

/// Components of one document that are looked at.
const MOST_COMPONENTS: usize = 100_000;
/// Components inside components.
const DEEPEST: usize = 32;

/// SBOMs in forms that are not JSON, or of a tool's own.
pub(super) fn is_unread(media_type: &str) -> bool {
    ["spdx", "cyclonedx"].iter().any(|name| media_type.contains(name)) && !media_type.ends_with("json")
        || media_type == "application/vnd.syft+json"
}

/// The format of a document, when it is an SBOM.
pub(super) fn format(document: &Value) -> Option<&'static str> {
    if text(document, "/bomFormat") == "CycloneDX" {
        Some("cyclonedx")
    } else if text(document, "/spdxVersion").starts_with("SPDX-") || text(document, "/@context").contains("spdx.org") {
        Some("spdx")
    } else {
        None
    }
}

impl Reading<'_> {
    pub(super) fn unread_sbom(&mut self, media_type: &str, blob: &AttachedBlob) {
        let format = ["spdx", "cyclonedx"].into_iter().find(|name| media_type.contains(name)).unwrap_or("syft");
        let digest = blob.digest.to_string();
        self.found.sboms.push(AttachedSbom { format: format.into(), digest, ..AttachedSbom::default() });
    }

    pub(super) fn sbom(&mut self, blob: &AttachedBlob, document: &Value) -> Result<(), String> {
        let format = format(document).ok_or("neither SPDX nor CycloneDX")?;
        self.sbom_of(blob, document, format, Validity::Unknown)
    }

    /// An SBOM that is said to be of this format. Null stands for a document in a form that is not read.
    pub(super) fn sbom_of(
        &mut self,
        blob: &AttachedBlob,
        document: &Value,
        format: &str,
        validity: Validity,
    ) -> Result<(), String> {
        let found = self::format(document);
        if !document.is_null() && found != Some(format) {
            return Err(format!("not the SBOM ({format}) that it is said to be"));
        }
        let (version, content) = match found {
            Some("cyclonedx") => (text(document, "/specVersion"), Some(cyclonedx(document)?)),
            Some(_) if text(document, "/spdxVersion").starts_with("SPDX-2.") => {
                (text(document, "/spdxVersion").trim_start_matches("SPDX-"), Some(spdx(document)?))
            }
            _ => ("", None),
        };
        let (format, version, digest) = (format.to_owned(), short(version), blob.digest.to_string());
        self.found.sboms.push(AttachedSbom { format, version, digest, validity, content });
        Ok(())
    }
}

/// What a component says of itself.
#[derive(Default)]
struct Component<'a> {
    purl: &'a str,
    has: [bool; ELEMENTS.len()],
}

/// What each component has to say, in the order of [`Component::has`], and the edition that asks for it.
const ELEMENTS: [(&str, Edition); 6] = [
    ("name", Edition::Of2021),
    ("version", Edition::Of2021),
    ("supplier", Edition::Of2021),
    ("identifiers", Edition::Of2021),
    ("hash", Edition::Of2025),
    ("licence", Edition::Of2025),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Edition {
    Of2021,
    Of2025,
}

fn content(components: &[Component<'_>], document: [(&str, Edition, bool); 5]) -> Result<SbomContent, String> {
    let count = components.len();
    if count > MOST_COMPONENTS {
        return Err(format!("an SBOM of more than {MOST_COMPONENTS} components; it is not read"));
    }
    let lacks = |edition: Edition| {
        let mut lacks: Vec<String> = Vec::new();
        if count == 0 && edition == Edition::Of2021 {
            lacks.push("components".into());
        }
        for (index, (name, _)) in ELEMENTS.iter().enumerate().filter(|(_, (_, of))| *of == edition) {
            let without = components.iter().filter(|component| component.has.get(index) == Some(&false)).count();
            if without > 0 {
                lacks.push(format!("{name} (of {without} of {count} components)"));
            }
        }
        let missing = document.iter().filter(|(_, of, is_there)| *of == edition && !is_there);
        lacks.extend(missing.map(|(name, ..)| (*name).to_owned()));
        lacks
    };
    let purls: BTreeSet<String> =
        components.iter().map(|one| one.purl).filter(|purl| !purl.is_empty()).map(short).collect();
    Ok(SbomContent {
        components: count,
        lacks: lacks(Edition::Of2021),
        lacks_2025: lacks(Edition::Of2025),
        purls: purls.into_iter().collect(),
    })
}

fn cyclonedx(document: &Value) -> Result<SbomContent, String> {
    let mut components = Vec::new();
    within(list(document, "/components"), 0, &mut components);
    let there = |pointers: &[&str]| pointers.iter().any(|pointer| is_told(document.pointer(pointer)));
    let authors = ["/metadata/authors", "/metadata/supplier", "/metadata/manufacturer", "/metadata/manufacture"];
    let tools = there(&["/metadata/tools"]);
    content(
        &components,
        [
            ("relations", Edition::Of2021, there(&["/dependencies"])),
            ("author", Edition::Of2021, there(&authors) || tools),
            ("time", Edition::Of2021, there(&["/metadata/timestamp"])),
            ("tool", Edition::Of2025, tools),
            ("context", Edition::Of2025, there(&["/metadata/lifecycles"])),
        ],
    )
}

fn within<'a>(list: &'a [Value], depth: usize, components: &mut Vec<Component<'a>>) {
    if depth > DEEPEST {
        return;
    }
    for entry in list {
        if components.len() > MOST_COMPONENTS {
            return;
        }
        let there = |pointers: &[&str]| pointers.iter().any(|pointer| is_told(entry.pointer(pointer)));
        // Files are no components that anybody supplies under a name.
        if text(entry, "/type") != "file" {
            let supplier = ["/supplier", "/manufacturer", "/publisher", "/author", "/authors"];
            components.push(Component {
                purl: text(entry, "/purl"),
                has: [
                    there(&["/name"]),
                    there(&["/version"]),
                    there(&supplier),
                    there(&["/purl", "/cpe", "/swid", "/omniborId", "/swhid"]),
                    there(&["/hashes"]),
                    there(&["/licenses"]),
                ],
            });
        }
        within(self::list(entry, "/components"), depth.saturating_add(1), components);
    }
}

fn spdx(document: &Value) -> Result<SbomContent, String> {
    let relationships = list(document, "/relationships");
    let is = |relationship: &Value, kind: &str| text(relationship, "/relationshipType") == kind;
    let described: BTreeSet<&str> = relationships
        .iter()
        .filter(|relationship| is(relationship, "DESCRIBES"))
        .map(|relationship| text(relationship, "/relatedSpdxElement"))
        .chain(list(document, "/documentDescribes").iter().filter_map(Value::as_str))
        .collect();
    let packages = list(document, "/packages");
    // What the document describes is the image itself, which has no version or supplier of its own.
    let parts = packages.iter().filter(|entry| packages.len() == 1 || !described.contains(text(entry, "/SPDXID")));
    let components: Vec<Component<'_>> = parts.take(MOST_COMPONENTS.saturating_add(1)).map(package).collect();
    let creators = || list(document, "/creationInfo/creators").iter().filter_map(Value::as_str);
    content(
        &components,
        [
            ("relations", Edition::Of2021, relationships.iter().any(|one| !is(one, "DESCRIBES"))),
            ("author", Edition::Of2021, creators().any(|creator| !creator.trim().is_empty())),
            ("time", Edition::Of2021, !text(document, "/creationInfo/created").is_empty()),
            ("tool", Edition::Of2025, creators().any(|creator| creator.starts_with("Tool:"))),
            ("context", Edition::Of2025, !text(document, "/creationInfo/comment").is_empty()),
        ],
    )
}

fn package(entry: &Value) -> Component<'_> {
    let there = |pointers: &[&str]| pointers.iter().any(|pointer| is_told(entry.pointer(pointer)));
    let references = list(entry, "/externalRefs");
    let of = |kinds: &[&str]| references.iter().find(|reference| kinds.contains(&text(reference, "/referenceType")));
    Component {
        purl: of(&["purl"]).map(|reference| text(reference, "/referenceLocator")).unwrap_or_default(),
        has: [
            there(&["/name"]),
            there(&["/versionInfo"]),
            there(&["/supplier"]),
            of(&["purl", "cpe22Type", "cpe23Type", "swid", "swh", "gitoid"]).is_some(),
            there(&["/checksums", "/packageVerificationCode"]),
            there(&["/licenseConcluded", "/licenseDeclared"]),
        ],
    }
}

/// Whether a field says something. `NOASSERTION` is SPDX for nothing.
fn is_told(value: Option<&Value>) -> bool {
    match value {
        Some(Value::String(text)) => !text.trim().is_empty() && text != "NOASSERTION",
        Some(Value::Array(entries)) => !entries.is_empty(),
        Some(Value::Object(fields)) => !fields.is_empty(),
        _ => false,
    }
}
