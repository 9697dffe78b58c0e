//! What is attached to the image as rules see it: `evidence` of the document.
//!
//! Owns which of its sections are there. One that holds nothing is there only where nothing was hidden from whoever looked;
//! otherwise it is missing, with the reason in `absent`, so that a failure to look never passes for "not signed".

use jiff::Timestamp;
use plimsoll_model::{Attached, AttachedSbom, Attestation, Provenance, Signature};
use serde_json::{Map, Value, json};

/// Entries of one list that the document has.
const LISTED: usize = 200;
/// Packages that are named where a list and the image differ.
const NAMED: usize = 50;

/// What was attached to the image, and how far one may rely on there being no more.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// What it says.
    pub attached: Attached,
    /// How each SBOM differs from the image, in their order; none where the two cannot be compared.
    pub differences: Vec<Option<Difference>>,
    /// Why what is not there may be there all the same; empty when it may not.
    pub unsettled: String,
    /// Which image the tag named before this scan.
    pub earlier: Option<Earlier>,
}

/// How an SBOM differs from what was found in the image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// In the image, and not in the SBOM.
    pub missing: Vec<String>,
    /// In the SBOM, and not in the image.
    pub extra: Vec<String>,
}

/// What a tag named before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// The digest of that image.
    pub digest: String,
    /// When it was last seen, `2026-11-20`.
    pub day: String,
}

/// The section, and why parts of it are missing.
pub(super) fn evidence(beside: &Beside, as_of: &str) -> (Value, Map<String, Value>) {
    let Beside { attached, differences, unsettled, earlier } = beside;
    let mut found = Map::new();
    let mut absent = Map::new();
    let mut put = |name: &str, list: Vec<Value>| {
        if list.is_empty() && !unsettled.is_empty() {
            absent.insert(format!("evidence.{name}"), json!(unsettled));
        } else {
            found.insert(name.into(), json!(list));
        }
    };
    put("signatures", attached.signatures.iter().take(LISTED).map(signature).collect());
    let sboms = attached.sboms.iter().enumerate().take(LISTED);
    put("sboms", sboms.map(|(index, one)| sbom(one, differences.get(index).and_then(Option::as_ref))).collect());
    put("provenance", attached.provenance.iter().take(LISTED).map(provenance).collect());
    put("attestations", attached.attestations.iter().take(LISTED).map(|one| attestation(one, as_of)).collect());
    found.insert("keys".into(), json!(attached.keys));
    match earlier {
        Some(Earlier { digest, day }) => {
            found.insert("earlier".into(), json!({ "digest": digest, "day": day }));
        }
        None => {
            let reason = "no history says which image the tag named before (--history FILE keeps one)";
            absent.insert("evidence.earlier".into(), json!(reason));
        }
    }
    (Value::Object(found), absent)
}

fn signature(signature: &Signature) -> Value {
    json!({
        "kind": signature.kind,
        "digest": signature.digest,
        "of_this_image": signature.of_this_image,
        "valid": signature.validity.told(),
        "identity": signature.identity,
        "issuer": signature.issuer,
        "key": signature.key,
        "logged": signature.logged,
        "stamped": signature.stamped,
    })
}

fn sbom(sbom: &AttachedSbom, difference: Option<&Difference>) -> Value {
    let content = sbom.content.as_ref();
    let named = |names: &Vec<String>| names.iter().take(NAMED).cloned().collect::<Vec<_>>();
    json!({
        "format": sbom.format,
        "version": sbom.version,
        "digest": sbom.digest,
        "valid": sbom.validity.told(),
        "components": content.map(|content| content.components),
        "lacks": content.map(|content| &content.lacks),
        "lacks_2025": content.map(|content| &content.lacks_2025),
        "missing": difference.map(|difference| named(&difference.missing)),
        "missing_count": difference.map(|difference| difference.missing.len()),
        "extra": difference.map(|difference| named(&difference.extra)),
        "extra_count": difference.map(|difference| difference.extra.len()),
    })
}

fn provenance(provenance: &Provenance) -> Value {
    let materials = provenance.materials.iter().take(LISTED);
    json!({
        "predicate": provenance.predicate,
        "digest": provenance.digest,
        "signed": provenance.signed,
        "valid": provenance.validity.told(),
        "builder": provenance.builder,
        "build_type": provenance.build_type,
        "repository": provenance.repository,
        "revision": provenance.revision,
        "level": level(provenance),
        "materials": materials.map(|one| json!({ "uri": one.uri, "digest": one.digest })).collect::<Vec<_>>(),
        "elevated": provenance.elevated,
        "steps": provenance.has_steps,
    })
}

/// The level of SLSA's build track that the provenance itself shows (<https://slsa.dev/spec/v1.1/levels>): it exists, or a
/// key that is trusted signed it. Whether its builder is hardened, no provenance can tell.
fn level(provenance: &Provenance) -> Option<u8> {
    match (provenance.signed, provenance.validity.told()) {
        (true, Some(true)) => Some(2),
        (true, None) => None,
        (true, Some(false)) => Some(0),
        (false, _) => Some(1),
    }
}

fn attestation(attestation: &Attestation, as_of: &str) -> Value {
    let age = || {
        let time = attestation.time.parse::<Timestamp>().ok()?;
        // By the day, for the document's digest keys verdicts.
        let (now, then) = (crate::day::of(as_of)?, crate::day::of(&time.to_string())?);
        Some(crate::day::between(then, now).max(0))
    };
    json!({
        "predicate": attestation.predicate,
        "digest": attestation.digest,
        "signed": attestation.signed,
        "valid": attestation.validity.told(),
        "age_days": age(),
    })
}
