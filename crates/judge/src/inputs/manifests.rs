//! Manifests that run images: Kubernetes objects and Compose files.
//!
//! Owns the document `kubernetes/v1`. Both kinds of file become objects of one shape, whose names are those of the
//! Kubernetes API. What cannot be parsed, templates above all, is a named problem.
//!
//! ```
//! use plimsoll_judge::inputs::manifests::{join, read};
//!
//! let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - image: nginx:1\n    name: web\n";
//! let document = join([read("pod.yaml", pod)]);
//! assert_eq!(document["objects"][0]["pod"]["containers"][0]["image_reference"]["tag"], "1");
//! assert_eq!(document["objects"][0]["pod"]["containers"][0]["line"], 6);
//! ```

mod compose;
mod documents;
mod joins;
mod kubernetes;
mod node;
mod pod;

use serde_json::{Map, Value, json};

use self::documents::Document;
use self::node::Node;
use super::{FileKind, Problem, recognise};

/// Bytes of one file. Bundles of whole platforms have some 5 MB.
const MOST_BYTES: usize = 16 << 20;
/// Documents of one file.
const MOST_DOCUMENTS: usize = 2_000;
/// Values of one file, with those that aliases repeat.
const MOST_NODES: usize = 400_000;
/// Lists within lists of objects.
const MOST_DEPTH: usize = 4;

/// What one file holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Manifests {
    objects: Vec<Map<String, Value>>,
    services: Vec<Value>,
    network_policies: Vec<Value>,
    service_accounts: Vec<Value>,
    problems: Vec<Problem>,
    compose: bool,
}

impl Manifests {
    /// What could not be read of the file.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    fn problem(&mut self, path: &str, line: u32, message: String) {
        self.problems.push(Problem { path: path.to_owned(), line, message });
    }
}

/// Reads one file: a Compose file by its name, else Kubernetes objects.
#[must_use]
pub fn read(path: &str, text: &str) -> Manifests {
    let compose = recognise(path, text) == Some(FileKind::Compose);
    let mut found = Manifests { compose, ..Manifests::default() };
    if text.len() > MOST_BYTES {
        let message = format!("it has {} bytes; no more than {MOST_BYTES} of a manifest are read", text.len());
        found.problem(path, 1, message);
        return found;
    }
    let (mut nodes, mut count) = (0_usize, 0_usize);
    for document in documents::split(text) {
        count = count.saturating_add(1);
        if nodes > MOST_NODES || count > MOST_DOCUMENTS {
            let message =
                format!("only the first {MOST_NODES} values and {MOST_DOCUMENTS} documents of a file are read");
            found.problem(path, document.line, message);
            break;
        }
        match parsed(&document) {
            Ok(None) => {}
            Ok(Some(node)) => {
                nodes = nodes.saturating_add(node.count());
                let source = Source { path, document: &document };
                if compose {
                    compose::add(&node, &source, &mut found);
                } else {
                    kubernetes::add(&node, &source, &mut found, 0);
                }
            }
            Err((line, message)) => found.problem(path, line, message),
        }
    }
    found
}

/// The document that checks of manifests see, by its schema `kubernetes/v1`, of all files that belong together.
#[must_use]
pub fn join(files: impl IntoIterator<Item = Manifests>) -> Value {
    let mut all = Manifests { compose: true, ..Manifests::default() };
    let mut is_any = false;
    for file in files {
        is_any = true;
        all.compose &= file.compose;
        all.objects.extend(file.objects);
        all.services.extend(file.services);
        all.network_policies.extend(file.network_policies);
        all.service_accounts.extend(file.service_accounts);
        all.problems.extend(file.problems);
    }
    joins::name_policies(&mut all.objects, &all.network_policies);
    joins::decide_tokens(&mut all.objects, &all.service_accounts);
    json!({
        "objects": all.objects,
        "services": all.services,
        "network_policies": all.network_policies,
        "service_accounts": all.service_accounts,
        "problems": all.problems,
        "compose": all.compose && is_any,
    })
}

/// Where an object stands.
struct Source<'a> {
    path: &'a str,
    document: &'a Document<'a>,
}

impl Source<'_> {
    /// Line in the file of a line in the document.
    const fn line(&self, node: &Node) -> u32 {
        self.document.line_of(node.line)
    }
}

/// The values of a document; none where it has nothing but remarks.
fn parsed(document: &Document<'_>) -> Result<Option<Node>, (u32, String)> {
    if let Some(line) = document.template() {
        let message =
            "a template: what it makes is not known, so nothing in it is assessed; render it first".to_owned();
        // Where text in quotes or remarks only looks like a template, it parses as it stands.
        return node::parse(document.text).map_err(|_| (document.line_of(line), message));
    }
    node::parse(document.text).map_err(|(line, message)| (document.line_of(line), message))
}
