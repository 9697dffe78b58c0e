//! What documents of each kind can have.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::Value;

use crate::checks::InputKind;
use crate::inputs::{dockerfile, manifests};

/// What an image's document may hold; a scan may leave out any section.
static IMAGE: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../../docs/image-facts.schema.json")).unwrap_or_default()
});

/// The JSON Schema of a kind of document, where it is written down.
pub(super) fn schema(kind: InputKind) -> Option<&'static Value> {
    (kind == InputKind::Image).then_some(&*IMAGE)
}

/// The names at the top of the document.
pub(super) fn sections(kind: InputKind) -> BTreeSet<String> {
    let document = match kind {
        InputKind::Image => IMAGE.get("properties").cloned().unwrap_or_default(),
        InputKind::Dockerfile => serde_json::to_value(dockerfile::parse("", "")).unwrap_or_default(),
        InputKind::Kubernetes => manifests::join([]),
    };
    document.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
}
