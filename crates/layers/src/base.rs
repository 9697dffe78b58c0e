//! How many layers belong to the base image rather than to one's own build.
//!
//! The annotations and labels `org.opencontainers.image.base.*` name the base, but say nothing of its layers, and the
//! base itself is not at hand. What tells is the image's history: a base image ends with a `CMD` or `ENTRYPOINT`, after
//! which a build on top goes on with steps that change files. So the base ends at the last such step that is followed
//! by a file-changing one. Where the history tells nothing, the bottom layer is taken for the base, but never the only
//! layer: nothing is built on it.

use plimsoll_model::history::{Entry, instruction};
use serde_json::Value;

/// The number of bottom layers that belong to the base image.
#[must_use]
pub fn base_layers(config: &Value, layers: usize) -> usize {
    let unknown = usize::from(layers > 1);
    let Some(history) = config.get("history").and_then(Value::as_array) else { return unknown };
    let (mut seen, mut base) = (0_usize, None);
    for step in history {
        let is_empty = step.get("empty_layer").and_then(Value::as_bool).unwrap_or(false);
        let by = step.get("created_by").and_then(Value::as_str).unwrap_or_default();
        if !is_empty {
            seen = seen.saturating_add(1);
        } else if ends_image(by) && seen > 0 && seen < layers {
            base = Some(seen);
        }
    }
    if seen == layers { base.unwrap_or(unknown) } else { unknown }
}

fn ends_image(by: &str) -> bool {
    let told = instruction(&Entry { created_by: by, ..Entry::default() });
    matches!(told.keyword, Some("CMD" | "ENTRYPOINT"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_last_command_that_something_follows_ends_the_base() {
        let layer = |by: &str| json!({ "created_by": by });
        let empty = |by: &str| json!({ "created_by": by, "empty_layer": true });
        for (history, layers, expected) in [
            (json!(null), 3, 1),
            (json!(null), 1, 0),
            (json!([layer("ADD rootfs"), empty("/bin/sh -c #(nop)  CMD [\"bash\"]"), layer("RUN x")]), 2, 1),
            (json!([layer("ADD rootfs"), empty("CMD [\"bash\"]")]), 1, 0),
            (
                json!([
                    layer("ADD rootfs"),
                    empty("CMD [\"bash\"]"),
                    layer("RUN python"),
                    layer("COPY x"),
                    empty("CMD [\"python\"]"),
                    layer("COPY app"),
                    empty("ENTRYPOINT [\"app\"]"),
                ]),
                4,
                3,
            ),
            (json!([layer("ADD rootfs"), empty("CMD [\"bash\"]"), layer("RUN x")]), 3, 1),
            (json!([layer("a"), empty("CMDX"), layer("b")]), 2, 1),
        ] {
            assert_eq!(base_layers(&json!({ "history": history }), layers), expected, "{history}");
        }
    }
}
