//! What objects say of each other.

use serde_json::{Map, Value, json};

/// Comparisons of pods with policies. Files that hold more are a platform's; nobody waits for their product.
const MOST_COMPARISONS: usize = 2_000_000;

/// Names for each pod the network policies that select it; `null` where there are too many to tell.
pub(super) fn name_policies(objects: &mut [Map<String, Value>], policies: &[Value]) {
    let pods = objects.iter().filter(|object| object.contains_key("pod")).count();
    let is_bounded = pods.saturating_mul(policies.len()) <= MOST_COMPARISONS;
    for object in objects.iter_mut().filter(|object| object.contains_key("pod")) {
        let names: Vec<&Value> = if is_bounded {
            policies.iter().filter(|policy| selects(policy, object)).filter_map(|policy| policy.get("name")).collect()
        } else {
            Vec::new()
        };
        let names = if is_bounded { json!(names) } else { Value::Null };
        object.insert("network_policies".to_owned(), names);
    }
}

/// No namespace is the one that the file is applied to, the same for all that name none.
fn selects(policy: &Value, object: &Map<String, Value>) -> bool {
    if policy.get("namespace") != object.get("namespace") {
        return false;
    }
    let label = |key: &str| object.get("labels").and_then(|labels| labels.get(key));
    let Some(selector) = policy.get("pod_selector").and_then(Value::as_object) else { return true };
    let matches_labels = selector
        .get("matchLabels")
        .and_then(Value::as_object)
        .is_none_or(|labels| labels.iter().all(|(key, value)| label(key) == Some(value)));
    let expressions = selector.get("matchExpressions").and_then(Value::as_array);
    matches_labels && expressions.is_none_or(|expressions| expressions.iter().all(|one| meets(one, label)))
}

fn meets<'a>(expression: &Value, label: impl Fn(&str) -> Option<&'a Value>) -> bool {
    let key = expression.get("key").and_then(Value::as_str).unwrap_or_default();
    let values = expression.get("values").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let found = label(key);
    let is_listed = found.is_some_and(|found| values.contains(found));
    match expression.get("operator").and_then(Value::as_str) {
        Some("In") => is_listed,
        Some("NotIn") => !is_listed,
        Some("Exists") => found.is_some(),
        Some("DoesNotExist") => found.is_none(),
        _ => false,
    }
}

/// Says for each pod whether it gets a token of the API: what it says itself, else what its account does, else yes.
pub(super) fn decide_tokens(objects: &mut [Map<String, Value>], accounts: &[Value]) {
    for object in objects {
        let namespace = object.get("namespace").cloned();
        let is_compose = object.get("compose") == Some(&Value::Bool(true));
        let Some(pod) = object.get_mut("pod").and_then(Value::as_object_mut) else { continue };
        let own = pod.get("automountServiceAccountToken").and_then(Value::as_bool);
        let is_account = |account: &&Value| {
            account.get("name") == pod.get("serviceAccountName") && account.get("namespace") == namespace.as_ref()
        };
        let account = accounts.iter().take(1_000).find(is_account);
        let account = account.and_then(|account| account.get("automountServiceAccountToken")).and_then(Value::as_bool);
        let mounts = !is_compose && own.or(account).unwrap_or(true);
        pod.insert("token".to_owned(), Value::Bool(mounts));
    }
}
