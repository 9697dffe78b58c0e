//! Pods with what Kubernetes fills in from the pod for each container.

use serde_json::{Map, Value, json};

use super::super::reference::image_reference;
use super::Source;
use super::node::{Node, Tree};

/// Containers of one pod; the largest in practice have some dozens.
const MOST_CONTAINERS: usize = 1_000;
/// Fields of a pod's security context that count for each container that does not say otherwise.
const INHERITED: [&str; 7] = [
    "runAsUser",
    "runAsGroup",
    "runAsNonRoot",
    "seLinuxOptions",
    "seccompProfile",
    "appArmorProfile",
    "windowsOptions",
];
/// Fields that hold true or false.
const BOOLEANS: [&str; 5] =
    ["privileged", "allowPrivilegeEscalation", "readOnlyRootFilesystem", "runAsNonRoot", "hostProcess"];
/// Annotations of AppArmor profiles, from before there was a field.
const APPARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

/// A pod in the form that checks see.
pub(super) fn normalised(spec: &Node, metadata: Option<&Node>, source: &Source<'_>) -> Value {
    let boolean = |key| spec.get(key).and_then(Node::boolean);
    let context = spec.get("securityContext").map(security_context).unwrap_or_default();
    let mut containers = Vec::new();
    for (key, init, ephemeral) in
        [("initContainers", true, false), ("containers", false, false), ("ephemeralContainers", false, true)]
    {
        for node in spec.get(key).map(Node::items).unwrap_or_default().iter().take(MOST_CONTAINERS) {
            containers.push(container(node, &context, metadata, source, init, ephemeral));
        }
    }
    let account = spec.get("serviceAccountName").or_else(|| spec.get("serviceAccount")).and_then(Node::words);
    json!({
        "hostPID": boolean("hostPID").unwrap_or(false),
        "hostIPC": boolean("hostIPC").unwrap_or(false),
        "hostNetwork": boolean("hostNetwork").unwrap_or(false),
        "hostUsers": boolean("hostUsers"),
        "os": spec.at(&["os", "name"]).and_then(Node::text),
        "volumes": list(spec.get("volumes")),
        "securityContext": context,
        "serviceAccountName": account.unwrap_or_else(|| "default".to_owned()),
        "automountServiceAccountToken": boolean("automountServiceAccountToken"),
        "containers": containers,
    })
}

fn container(
    node: &Node,
    pod: &Map<String, Value>,
    metadata: Option<&Node>,
    source: &Source<'_>,
    init: bool,
    ephemeral: bool,
) -> Value {
    let name = node.get("name").and_then(Node::words).unwrap_or_default();
    let image = node.get("image").and_then(Node::words).unwrap_or_default();
    let mut context = node.get("securityContext").map(security_context).unwrap_or_default();
    if !context.contains_key("appArmorProfile")
        && let Some(profile) = annotated_profile(metadata, &name)
    {
        context.insert("appArmorProfile".to_owned(), profile);
    }
    inherit(&mut context, pod);
    json!({
        "name": name,
        "image": image,
        "image_reference": image_reference(&image),
        "line": source.line(node),
        "init": init,
        "ephemeral": ephemeral,
        "securityContext": context,
        "ports": list(node.get("ports")),
        "env": list(node.get("env")),
        "envFrom": list(node.get("envFrom")),
        "resources": node.get("resources").map(Node::json).filter(Value::is_object).unwrap_or_else(|| json!({})),
        "volumeMounts": list(node.get("volumeMounts")),
        "devices": [],
    })
}

/// A list; empty where there is none.
fn list(node: Option<&Node>) -> Value {
    node.map(Node::json).filter(Value::is_array).unwrap_or_else(|| json!([]))
}

/// What the pod says counts where the container says nothing. Kubernetes takes these fields as wholes but for the
/// options of Windows, which it unites.
fn inherit(context: &mut Map<String, Value>, pod: &Map<String, Value>) {
    for key in INHERITED {
        let Some(inherited) = pod.get(key).filter(|value| !value.is_null()) else { continue };
        match (context.get_mut(key), inherited) {
            (None | Some(Value::Null), inherited) => {
                context.insert(key.to_owned(), inherited.clone());
            }
            (Some(Value::Object(own)), Value::Object(inherited)) if key == "windowsOptions" => {
                for (name, value) in inherited {
                    own.entry(name.clone()).or_insert_with(|| value.clone());
                }
            }
            _ => {}
        }
    }
}

/// A security context in which what holds true or false does so, however it is spelled.
fn security_context(node: &Node) -> Map<String, Value> {
    let value = |key: &String, node: &Node| match &node.tree {
        Tree::Map(_) => Value::Object(security_context(node)),
        _ if BOOLEANS.contains(&key.as_str()) => node.boolean().map_or_else(|| node.json(), Value::Bool),
        _ => node.json(),
    };
    let entries = node.entries().iter().filter(|(_, node)| node.tree != Tree::Scalar(Value::Null));
    entries.map(|(key, node)| (key.clone(), value(key, node))).collect()
}

fn annotated_profile(metadata: Option<&Node>, container: &str) -> Option<Value> {
    let key = format!("{APPARMOR}{container}");
    let value = metadata?.get("annotations")?.get(&key)?.text()?;
    Some(match value {
        "unconfined" => json!({ "type": "Unconfined" }),
        "runtime/default" => json!({ "type": "RuntimeDefault" }),
        other => json!({ "type": "Localhost", "localhostProfile": other.strip_prefix("localhost/").unwrap_or(other) }),
    })
}
