//! Objects of the Kubernetes API.

use serde_json::{Map, Value, json};

use super::node::Node;
use super::{MOST_DEPTH, Manifests, Source, pod};

/// Adds the object, or those of a list.
pub(super) fn add(node: &Node, source: &Source<'_>, found: &mut Manifests, depth: usize) {
    let text = |key| node.get(key).and_then(Node::text).unwrap_or_default();
    let (kind, api_version) = (text("kind"), text("apiVersion"));
    if !node.items().is_empty() || kind.ends_with("List") && node.get("items").is_some() {
        if depth >= MOST_DEPTH {
            let message = format!("lists of objects within more than {MOST_DEPTH} lists are not assessed");
            return found.problem(source.path, source.line(node), message);
        }
        let items = node.get("items").map_or(node.items(), Node::items);
        return items.iter().for_each(|item| add(item, source, found, depth.saturating_add(1)));
    }
    let line = node.get("kind").map_or_else(|| source.line(node), |kind| source.line(kind));
    if kind == "Kustomization" || node.get("resources").is_some() && kind.is_empty() {
        let message = "a kustomization: the objects that it makes are not assessed; build it first".to_owned();
        return found.problem(source.path, line, message);
    }
    if kind.is_empty() || api_version.is_empty() {
        let message = "an object without kind or apiVersion is not assessed".to_owned();
        return found.problem(source.path, line, message);
    }
    let mut object = head(node, kind, api_version, line, source);
    match kind {
        "Service" => found.services.push(service(node, &object)),
        "NetworkPolicy" => found.network_policies.push(network_policy(node, &object)),
        "ServiceAccount" => found.service_accounts.push(service_account(node, &object)),
        _ => {}
    }
    if let Some((metadata, spec)) = template(node, kind) {
        let labels = metadata.and_then(|metadata| metadata.get("labels"));
        object.insert("labels".to_owned(), labels.map_or_else(|| json!({}), Node::json));
        object.insert("pod".to_owned(), pod::normalised(spec, metadata, source));
    } else if holds_pods(kind, api_version) {
        let message = format!("{kind}/{} has no pod that can be read, so it is not assessed", name(node));
        found.problem(source.path, line, message);
    }
    object.insert("raw".to_owned(), node.json());
    found.objects.push(object);
}

fn name(node: &Node) -> String {
    let name = |key| node.at(&["metadata", key]).and_then(Node::words);
    name("name").or_else(|| name("generateName")).unwrap_or_default()
}

fn head(node: &Node, kind: &str, api_version: &str, line: u32, source: &Source<'_>) -> Map<String, Value> {
    let namespace = node.at(&["metadata", "namespace"]).and_then(Node::words).unwrap_or_default();
    let mut object = Map::new();
    for (key, value) in [
        ("kind", json!(kind)),
        ("name", json!(name(node))),
        ("namespace", json!(namespace)),
        ("path", json!(source.path)),
        ("line", json!(line)),
        ("api_version", json!(api_version)),
        ("compose", json!(false)),
    ] {
        object.insert(key.to_owned(), value);
    }
    object
}

/// Kinds that always hold a pod.
fn holds_pods(kind: &str, api_version: &str) -> bool {
    let is_core = matches!(api_version, "v1" | "apps/v1" | "batch/v1");
    let kinds = [
        "Pod",
        "Deployment",
        "StatefulSet",
        "DaemonSet",
        "ReplicaSet",
        "ReplicationController",
        "Job",
        "CronJob",
        "PodTemplate",
    ];
    is_core && kinds.contains(&kind)
}

/// Metadata and spec of the pod that an object makes. Kinds of others that follow the same pattern count too.
fn template<'a>(node: &'a Node, kind: &str) -> Option<(Option<&'a Node>, &'a Node)> {
    let holder = match kind {
        "Pod" => node,
        "PodTemplate" => node.get("template")?,
        "CronJob" => node.at(&["spec", "jobTemplate", "spec", "template"])?,
        _ => node.at(&["spec", "template"])?,
    };
    let spec = holder.get("spec")?;
    spec.get("containers").map(|_| (holder.get("metadata"), spec))
}

/// The fields of a head that say where an object is, and more.
fn with<const N: usize>(object: &Map<String, Value>, more: [(&str, Value); N]) -> Value {
    let mut joined = object.clone();
    joined.extend(more.into_iter().map(|(key, value)| (key.to_owned(), value)));
    Value::Object(joined)
}

fn service(node: &Node, object: &Map<String, Value>) -> Value {
    let field = |key| node.at(&["spec", key]).map_or(Value::Null, Node::json);
    let kind = node.at(&["spec", "type"]).and_then(Node::text).unwrap_or("ClusterIP");
    with(object, [("type", json!(kind)), ("ports", or_empty(field("ports"))), ("selector", field("selector"))])
}

fn network_policy(node: &Node, object: &Map<String, Value>) -> Value {
    let selector = node.at(&["spec", "podSelector"]).map_or_else(|| json!({}), Node::json);
    let types = node.at(&["spec", "policyTypes"]).map_or(Value::Null, Node::json);
    with(object, [("pod_selector", selector), ("policy_types", or_empty(types))])
}

fn service_account(node: &Node, object: &Map<String, Value>) -> Value {
    let mounts = node.get("automountServiceAccountToken").and_then(Node::boolean);
    with(object, [("automountServiceAccountToken", json!(mounts))])
}

fn or_empty(value: Value) -> Value {
    if value.is_array() { value } else { json!([]) }
}
