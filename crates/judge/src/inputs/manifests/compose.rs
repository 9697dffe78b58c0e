//! Compose files: each service becomes an object with a pod of one container.
//! <https://docs.docker.com/reference/compose-file/services/>

use serde_json::{Map, Value, json};

use super::super::reference::image_reference;
use super::node::{Node, Tree, boolean};
use super::{Manifests, Source};

/// Services of one file.
const MOST_SERVICES: usize = 2_000;

/// Adds the services of a Compose file.
pub(super) fn add(node: &Node, source: &Source<'_>, found: &mut Manifests) {
    let Some(services) = node.get("services") else {
        // The first form of the format, from before 2016, has the services at the top.
        let message = "a Compose file without services: nothing in it is assessed".to_owned();
        return found.problem(source.path, source.line(node), message);
    };
    if let Some(include) = node.get("include") {
        found.problem(source.path, source.line(include), "files that it includes are not assessed".to_owned());
    }
    for (name, service) in services.entries().iter().take(MOST_SERVICES) {
        if let Some(extends) = service.get("extends") {
            let message = format!("what the service {name} takes over with extends is not assessed");
            found.problem(source.path, source.line(extends), message);
        }
        found.objects.push(object(name, service, node, source));
    }
    if services.entries().len() > MOST_SERVICES {
        let message = format!("only the first {MOST_SERVICES} services are assessed");
        found.problem(source.path, source.line(services), message);
    }
}

fn object(name: &str, service: &Node, file: &Node, source: &Source<'_>) -> Map<String, Value> {
    let is_host = |key| service.get(key).and_then(Node::text) == Some("host");
    let (volumes, mounts) = volumes(service);
    let security = security_context(service);
    let image = service.get("image").and_then(Node::words).map(|image| with_defaults(&image)).unwrap_or_default();
    let line = source.line(service);
    let pod = json!({
        "hostPID": is_host("pid"),
        "hostIPC": is_host("ipc"),
        "hostNetwork": is_host("network_mode"),
        "hostUsers": if is_host("userns_mode") { json!(true) } else { Value::Null },
        "os": null,
        "volumes": volumes,
        "securityContext": { "sysctls": pairs(service.get("sysctls")) },
        "serviceAccountName": "",
        "automountServiceAccountToken": false,
        "containers": [{
            "name": name,
            "image": image,
            "image_reference": image_reference(&image),
            "line": line,
            "init": false,
            "ephemeral": false,
            "securityContext": security,
            "ports": ports(service),
            "env": pairs(service.get("environment")),
            "envFrom": texts(service.get("env_file")).into_iter().map(|file| json!({ "file": file })).collect::<Vec<_>>(),
            "resources": resources(service),
            "volumeMounts": mounts,
            "devices": texts(service.get("devices")),
        }],
    });
    let object = json!({
        "kind": "ComposeService",
        "name": name,
        "namespace": file.get("name").and_then(Node::words).unwrap_or_default(),
        "path": source.path,
        "line": line,
        "api_version": "",
        "compose": true,
        "labels": {},
        "pod": pod,
        "raw": service.json(),
    });
    if let Value::Object(object) = object { object } else { Map::new() }
}

/// Texts of a list, or the one text that stands for it. Longer forms give what they call source or path.
fn texts(node: Option<&Node>) -> Vec<String> {
    let Some(node) = node else { return Vec::new() };
    let one =
        |node: &Node| node.words().or_else(|| node.get("source").or_else(|| node.get("path")).and_then(Node::words));
    if node.items().is_empty() {
        one(node).into_iter().collect()
    } else {
        node.items().iter().filter_map(one).collect()
    }
}

/// `NAME=value` of a list, or entries of a map, as names with values.
fn pairs(node: Option<&Node>) -> Vec<Value> {
    let Some(node) = node else { return Vec::new() };
    let listed = node.items().iter().filter_map(Node::words).map(|text| match text.split_once('=') {
        Some((name, value)) => json!({ "name": name, "value": value }),
        None => json!({ "name": text }),
    });
    let mapped = node.entries().iter().map(|(name, value)| match value.words() {
        Some(value) => json!({ "name": name, "value": value }),
        None => json!({ "name": name }),
    });
    listed.chain(mapped).collect()
}

/// `${TAG:-1}` as its default; a variable without one stays.
fn with_defaults(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let Some((inner, behind)) = after.split_once('}') else {
            out.push_str("${");
            rest = after;
            continue;
        };
        match inner.split_once(":-").or_else(|| inner.split_once('-')) {
            Some((_, default)) => out.push_str(default),
            None => out.push_str(&format!("${{{inner}}}")),
        }
        rest = behind;
    }
    out + rest
}

/// A switch, also by the default of a variable.
fn flag(node: &Node, name: &str) -> bool {
    let Some(node) = node.get(name) else { return false };
    let by_default = || node.words().and_then(|word| boolean(&with_defaults(&word)));
    node.boolean().or_else(by_default).unwrap_or(false)
}

/// The engine confines a container by default; what a service says takes that away.
fn security_context(service: &Node) -> Value {
    let privileged = flag(service, "privileged");
    let confined = if privileged { "Unconfined" } else { "RuntimeDefault" };
    let mut context = Map::new();
    let mut set = |key: &str, value: Value| {
        context.insert(key.to_owned(), value);
    };
    set("privileged", json!(privileged));
    set("readOnlyRootFilesystem", json!(flag(service, "read_only")));
    set("capabilities", json!({ "add": texts(service.get("cap_add")), "drop": texts(service.get("cap_drop")) }));
    set("seccompProfile", json!({ "type": confined }));
    set("appArmorProfile", json!({ "type": confined }));
    if let Some(user) = service.get("user").and_then(Node::words).map(|user| with_defaults(&user)) {
        let name = user.split(':').next().unwrap_or_default();
        let id = if name == "root" { Some(0) } else { name.parse::<u64>().ok() };
        set("user", json!(user));
        if let Some(id) = id {
            set("runAsUser", json!(id));
            set("runAsNonRoot", json!(id != 0));
        }
    }
    for option in texts(service.get("security_opt")) {
        set_option(&option, &mut context);
    }
    Value::Object(context)
}

/// One of `security_opt`; `=` and `:` both stand between name and value.
fn set_option(option: &str, context: &mut Map<String, Value>) {
    let (name, value) = option.split_once(['=', ':']).unwrap_or((option, "true"));
    let profile = |value: &str| {
        if value == "unconfined" {
            json!({ "type": "Unconfined" })
        } else {
            json!({ "type": "Localhost", "localhostProfile": value })
        }
    };
    let (key, value) = match (name, value) {
        ("no-new-privileges", value) => ("allowPrivilegeEscalation", json!(value != "true")),
        ("seccomp", value) => ("seccompProfile", profile(value)),
        ("apparmor", value) => ("appArmorProfile", profile(value)),
        ("systempaths", "unconfined") => ("procMount", json!("Unmasked")),
        ("label", label) => {
            let (part, value) = label.split_once(':').unwrap_or((label, ""));
            let options = match part {
                "disable" => json!({ "type": "spc_t" }),
                "type" | "user" | "role" | "level" => json!({ part: value }),
                _ => return,
            };
            ("seLinuxOptions", options)
        }
        _ => return,
    };
    context.insert(key.to_owned(), value);
}

fn volumes(service: &Node) -> (Vec<Value>, Vec<Value>) {
    let (mut volumes, mut mounts) = (Vec::new(), Vec::new());
    let items = service.get("volumes").map(Node::items).unwrap_or_default();
    for (index, item) in items.iter().enumerate() {
        let name = format!("volume-{index}");
        let (kind, source, target, read_only) = mount(item);
        let volume = match kind {
            "bind" => json!({ "name": name, "hostPath": { "path": source } }),
            "tmpfs" => json!({ "name": name, "emptyDir": { "medium": "Memory" } }),
            _ => json!({ "name": name, "persistentVolumeClaim": { "claimName": source } }),
        };
        volumes.push(volume);
        mounts.push(json!({ "name": name, "mountPath": target, "readOnly": read_only }));
    }
    (volumes, mounts)
}

/// Kind, source, target, and whether it is only read.
fn mount(item: &Node) -> (&'static str, String, String, bool) {
    if let Tree::Map(_) = item.tree {
        let field = |key| item.get(key).and_then(Node::words).unwrap_or_default();
        let kind = match field("type").as_str() {
            "bind" => "bind",
            "tmpfs" => "tmpfs",
            _ => "volume",
        };
        let read_only = flag(item, "read_only");
        return (kind, with_defaults(&field("source")), field("target"), read_only);
    }
    let text = with_defaults(&item.words().unwrap_or_default());
    let parts: Vec<&str> = text.split(':').collect();
    match parts.as_slice() {
        // `C:\data:/data`: a drive's colon does not separate.
        [drive, path, target, rest @ ..] if drive.len() == 1 && path.starts_with('\\') => {
            ("bind", format!("{drive}:{path}"), (*target).to_owned(), rest.contains(&"ro"))
        }
        [source, target, rest @ ..] => {
            let is_path = source.starts_with(['/', '.', '~', '$']);
            let read_only = rest.iter().any(|mode| mode.split(',').any(|mode| mode == "ro"));
            (if is_path { "bind" } else { "volume" }, (*source).to_owned(), (*target).to_owned(), read_only)
        }
        _ => ("volume", String::new(), text.clone(), false),
    }
}

fn ports(service: &Node) -> Vec<Value> {
    let items = service.get("ports").map(Node::items).unwrap_or_default();
    items.iter().filter_map(port).collect()
}

/// `[[host:]published:]target[/protocol]`, or its fields. Ranges give their first port.
fn port(item: &Node) -> Option<Value> {
    let number = |text: &str| text.split('-').next().and_then(|first| first.parse::<u16>().ok());
    if let Tree::Map(_) = item.tree {
        let field = |key| item.get(key).and_then(Node::words).unwrap_or_default();
        return Some(json!({
            "containerPort": number(&field("target")),
            "hostPort": number(&field("published")),
            "hostIP": field("host_ip"),
            "protocol": field("protocol").to_ascii_uppercase(),
        }));
    }
    let text = with_defaults(&item.words()?);
    let (text, protocol) = text.split_once('/').unwrap_or((&text, "tcp"));
    let (before, target) = text.rsplit_once(':').unwrap_or(("", text));
    let (host, published) = before.rsplit_once(':').unwrap_or(("", before));
    Some(json!({
        "containerPort": number(target),
        "hostPort": number(published),
        "hostIP": host.trim_matches(['[', ']']),
        "protocol": protocol.to_ascii_uppercase(),
    }))
}

/// Limits and requests, in the form of swarms or in the older one.
fn resources(service: &Node) -> Value {
    let deployed = |part, key| service.at(&["deploy", "resources", part, key]).and_then(Node::words);
    let old = |key| service.get(key).and_then(Node::words);
    let mut resources = Map::new();
    for (name, cpu, memory) in [
        (
            "limits",
            deployed("limits", "cpus").or_else(|| old("cpus")),
            deployed("limits", "memory").or_else(|| old("mem_limit")),
        ),
        (
            "requests",
            deployed("reservations", "cpus").or_else(|| old("cpu_shares")),
            deployed("reservations", "memory").or_else(|| old("mem_reservation")),
        ),
    ] {
        let given = [("cpu", cpu), ("memory", memory)];
        let given: Map<String, Value> =
            given.into_iter().filter_map(|(key, value)| Some((key.to_owned(), json!(value?)))).collect();
        resources.insert(name.to_owned(), Value::Object(given));
    }
    Value::Object(resources)
}
