//! Providers of Terraform and OpenTofu: <https://developer.hashicorp.com/terraform/language/files/dependency-lock>.
//!
//! Owns the row and the lock file. Nobody publishes advisories by the names of providers.

use plimsoll_model::{Facts, Input, Malformed, Package, Presence, Reader, Wants};

use crate::language::LANGUAGE;
use crate::lines::{self, Complaints, MOST_PACKAGES};
use crate::{Ecosystem, versions};

pub(super) const TERRAFORM: Ecosystem = Ecosystem {
    id: "terraform",
    about: "Providers that a lock file of Terraform or OpenTofu chooses. Nobody publishes advisories by their names",
    readers: &[Reader {
        id: "terraform/lock",
        version: 1,
        wants: Wants::local(&["**/.terraform.lock.hcl"]),
        presence: Presence::Locked,
        read,
    }],
    compare: versions::generic::compare,
    satisfies: versions::generic::satisfies,
    advisory_spaces: |_, _| Vec::new(),
    ..LANGUAGE
};

/// `provider "HOST/hashicorp/aws" {`, then `version = "5.1.0"` on a line of its own: the file is written
/// by the program in this one way.
fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut complaints = Complaints::default();
    let mut facts = Facts::default();
    let mut provider: Option<String> = None;
    lines::walk(input.file.content, &mut complaints, |complaints, number, line| {
        let line = String::from_utf8_lossy(line);
        let line = line.trim();
        let quoted = line.split('"').nth(1).unwrap_or_default();
        if line.starts_with("provider ") {
            provider = Some(quoted.to_owned());
        } else if line.split('=').next().is_some_and(|key| key.trim() == "version") {
            match provider.take() {
                Some(_) if facts.packages.len() >= MOST_PACKAGES => {
                    complaints.push(format!("line {number}: more than {MOST_PACKAGES} packages; not read"));
                }
                Some(name) if !name.is_empty() && !quoted.is_empty() => {
                    facts.packages.push(Package { direct: true, ..Package::new("terraform", name, quoted) });
                }
                _ => complaints.push(format!("line {number}: the version of no provider")),
            }
        } else if line == "}"
            && let Some(name) = provider.take()
        {
            complaints.push(format!("line {number}: provider {name:?} has no version"));
        }
    })?;
    complaints.settle(facts)
}
