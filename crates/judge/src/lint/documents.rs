//! Which sections a document of each kind can have.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::checks::InputKind;
use crate::inputs::{dockerfile, manifests};

/// The schema of an image's document, of which a scan may leave out any section.
const IMAGE: &str = include_str!("../../../../docs/image-facts.schema.json");

/// The names at the top of the document.
pub(super) fn sections(kind: InputKind) -> BTreeSet<String> {
    let document = match kind {
        InputKind::Image => {
            let schema = serde_json::from_str::<Value>(IMAGE).unwrap_or_default();
            schema.get("properties").cloned().unwrap_or_default()
        }
        InputKind::Dockerfile => serde_json::to_value(dockerfile::parse("", "")).unwrap_or_default(),
        InputKind::Kubernetes => manifests::join([]),
    };
    document.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
}
