//! Statements about the image, in the form of in-toto
//! (<https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md>): whom they are about, and what kind they are.

use plimsoll_model::{AttachedBlob, Attestation, GapReason, Validity};
use serde_json::Value;

use super::Reading;
use super::json::{self, first, list, short, text};

/// Predicates that say no more than that the image is signed.
pub(super) const SIGNED: [&str; 1] = ["https://sigstore.dev/cosign/sign/v1"];

/// Where kinds of predicates say when what they tell of happened.
const TIMES: [&str; 11] = [
    "/metadata/scanFinishedOn",
    "/metadata/scanStartedOn",
    "/runDetails/metadata/finishedOn",
    "/runDetails/metadata/startedOn",
    "/metadata/buildFinishedOn",
    "/metadata/buildStartedOn",
    "/timeVerified",
    "/metadata/timestamp",
    "/creationInfo/created",
    "/timestamp",
    "/Timestamp",
];

/// Who stands behind a statement.
#[derive(Debug, Clone, Copy)]
pub(super) struct Vouched {
    pub signed: bool,
    pub validity: Validity,
}

impl Reading<'_> {
    /// A statement that nobody signed, as builders put them beside an image.
    pub(super) fn bare_statement(&mut self, blob: &AttachedBlob, statement: &Value) -> Result<(), String> {
        self.statement(blob, statement, Vouched { signed: false, validity: Validity::Unknown })
    }

    /// A statement. One about another image says nothing of this one.
    pub(super) fn statement(&mut self, blob: &AttachedBlob, statement: &Value, by: Vouched) -> Result<(), String> {
        let kind = text(statement, "/_type");
        if !kind.starts_with("https://in-toto.io/Statement/") {
            return Err(format!("{:?} is no statement that is read", short(kind)));
        }
        let predicate_type = text(statement, "/predicateType");
        if !self.is_about_this_image(statement) {
            let message = format!("a statement ({}) that is about another image", short(predicate_type));
            self.miss(blob, GapReason::Malformed, message);
            return Ok(());
        }
        let nothing = Value::Null;
        let predicate = statement.get("predicate").unwrap_or(&nothing);
        self.found.attestations.push(Attestation {
            predicate: short(predicate_type),
            digest: blob.digest.to_string(),
            signed: by.signed,
            validity: by.validity,
            time: first(predicate, &TIMES),
        });
        if predicate_type.starts_with("https://slsa.dev/provenance/") {
            self.provenance(blob, predicate_type, predicate, by);
        } else if predicate_type.starts_with("https://spdx.dev/Document") {
            self.stated_sbom(blob, predicate, "spdx", by)?;
        } else if predicate_type.starts_with("https://cyclonedx.org/") && !predicate_type.contains("vex") {
            self.stated_sbom(blob, predicate, "cyclonedx", by)?;
        } else if predicate_type.starts_with("https://syft.dev/bom") {
            self.stated_sbom(blob, &Value::Null, "syft", by)?;
        }
        Ok(())
    }

    /// Whether one of its subjects is this image.
    pub(super) fn is_about_this_image(&self, statement: &Value) -> bool {
        list(statement, "/subject").iter().any(|subject| {
            ["sha256", "sha512"].iter().any(|algorithm| {
                let hex = text(subject, &format!("/digest/{algorithm}"));
                self.is_this_image(&format!("{algorithm}:{hex}"))
            })
        })
    }

    /// Some tools put a document into a statement as a text.
    fn stated_sbom(&mut self, blob: &AttachedBlob, predicate: &Value, format: &str, by: Vouched) -> Result<(), String> {
        let Some(text) = predicate.as_str() else { return self.sbom_of(blob, predicate, format, by.validity) };
        match json::parse(text.as_bytes()) {
            Ok(document) => self.sbom_of(blob, &document, format, by.validity),
            // A tag-value document, as far as anybody knows.
            Err(_) => self.sbom_of(blob, &Value::Null, format, by.validity),
        }
    }
}
