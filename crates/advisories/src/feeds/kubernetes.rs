//! Kubernetes: in which versions of which of its components vulnerabilities are.
//!
//! Owns where the records are and what components are called. The official list of CVEs
//! (<https://kubernetes.io/docs/reference/issues-security/official-cve-feed/>) has no versions; these records add them, in
//! OSV's form (`osv/record.rs`).
//!
//! A record names a component (`k8s.io/kubelet`) with versions of Kubernetes. The Go modules of these names are libraries
//! with versions of their own (`v0.29.0`), of which the records say nothing: hence a space of its own, in which a component
//! has the name of its program's package.

use plimsoll_model::Space;

use super::osv::{self, Ecosystem};
use super::{Covers, Document, Emit, Error, Feed, Input, Part, Role, Wanted};

/// The row.
pub const KUBERNETES: Feed = Feed {
    id: "kubernetes-cves",
    about: "Kubernetes: versions of its components that have CVEs of the official list, beside what Go's database says",
    licence: "none stated",
    passed_on: true,
    freshness: "daily",
    specification: "https://github.com/aquasecurity/vuln-list-k8s",
    home: "https://codeload.github.com",
    mirror: "kubernetes",
    documents,
    parse,
};

const SPACE: &str = "kubernetes";

/// Not one of OSV's, but written in the same way.
const ECOSYSTEM: Ecosystem = Ecosystem::of_publisher("kubernetes", &[SPACE], |_, _| Some(SPACE.into()), component);

fn documents(wanted: Wanted<'_>) -> Vec<Document> {
    let document = Document {
        name: "components".into(),
        parts: vec!["aquasecurity/vuln-list-k8s/zip/refs/heads/main".into()],
        steps: &[],
        covers: Covers::Exactly([Space(SPACE.into())].into()),
        size: 100_000,
        role: Role::Supplement,
    };
    if wanted.includes(&document.covers) { vec![document] } else { Vec::new() }
}

fn parse(input: &mut dyn Input, _: &Part<'_>, emit: Emit<'_>) -> Result<(), Error> {
    osv::each_record(input, &ECOSYSTEM, emit)
}

/// The package of the program that a component is: `k8s.io/kubernetes/cmd/kube-apiserver` of `k8s.io/apiserver`. What is in
/// every program, such as `k8s.io/client-go`, is all of Kubernetes.
fn component(name: &str) -> String {
    let program = match name {
        "k8s.io/apiserver" => "kube-apiserver",
        "k8s.io/controller-manager" => "kube-controller-manager",
        "k8s.io/kube-proxy" => "kube-proxy",
        "k8s.io/kube-scheduler" => "kube-scheduler",
        "k8s.io/kubectl" => "kubectl",
        "k8s.io/kubelet" => "kubelet",
        "k8s.io/client-go" => return "k8s.io/kubernetes".into(),
        _ => return name.to_owned(),
    };
    format!("k8s.io/kubernetes/cmd/{program}")
}
