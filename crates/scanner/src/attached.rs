//! From what lies beside an image to what checks see of it: asking for it, comparing SBOMs with what was found, and what the
//! image was built on.
//!
//! Owns when a registry is asked: on every scan that would be slow, so it is asked when the answer is wanted.

use std::collections::BTreeSet;

use plimsoll_content::attached::{VerifyKey, read, wants};
use plimsoll_image::{Image, ImageName};
use plimsoll_judge::facts::{Base, Beside, Difference, bases};
use plimsoll_model::{AttachedSbom, Gap, GapKind, GapReason, Inventory, Package, Presence};
use plimsoll_packages::{entry, entry_of};

/// How far what is attached to an image is looked at.
#[derive(Debug, Clone, Default)]
pub struct Attaching {
    /// Ask the registry that the image is in.
    pub ask: bool,
    /// What is not attached to a layout is missing, though a layout may be a copy that left it behind.
    pub judge_layouts: bool,
    /// Public keys that signatures are tried with.
    pub keys: Vec<VerifyKey>,
}

/// Registries that are asked for a base image wherever the image itself is from: whoever built it writes the base's name, and
/// must not choose whom we talk to.
const PUBLIC: [&str; 10] = [
    "cgr.dev",
    "docker.io",
    "gcr.io",
    "ghcr.io",
    "mcr.microsoft.com",
    "public.ecr.aws",
    "quay.io",
    "registry.access.redhat.com",
    "registry.k8s.io",
    "registry.suse.com",
];

/// Base images that are asked for.
const MOST_LOOKED_UP: usize = 4;

impl Attaching {
    /// What is attached to an image in which these packages were found.
    pub(crate) fn look(&self, image: &Image, inventory: &Inventory) -> Beside {
        let unsettled = match image.attachments_are_remote() {
            None => "an image that is kept in this way cannot have anything attached; scan it where it is published",
            Some(true) if !self.ask => "nothing was asked of the registry beside the image (--attached asks)",
            Some(_) => "",
        };
        if !unsettled.is_empty() {
            return Beside { unsettled: unsettled.into(), ..Beside::default() };
        }
        let found = image.attachments(&wants).unwrap_or_default();
        let unsettled = match found.gaps.first() {
            Some(gap) => format!("what is attached could not all be read: {}", gap.message),
            None if found.is_published || self.judge_layouts => String::new(),
            None => "it is not attached here, but a copy may have left it behind (--attached judges the copy)".into(),
        };
        let attached = read(&found, &self.keys);
        let listed: BTreeSet<String> =
            inventory.packages.iter().filter(|package| is_there(package)).filter_map(entry_of).collect();
        // What belongs to another package need not be named on its own, and may be.
        let known: BTreeSet<String> = inventory.packages.iter().filter_map(entry_of).collect();
        let differences = attached.sboms.iter().map(|sbom| difference(sbom, &listed, &known)).collect();
        Beside { attached, differences, unsettled, earlier: None }
    }

    /// Who gave keys and gets no answer has to know: nothing may pass for signed because nobody could look.
    pub(crate) fn unverified(&self, beside: &Beside) -> Vec<Gap> {
        let is_open = !self.keys.is_empty() && !beside.unsettled.is_empty();
        let gap = || Gap {
            kind: GapKind::Blind,
            location: "signatures".into(),
            reason: GapReason::Unsupported,
            message: format!("they were not verified: {}", beside.unsettled),
        };
        is_open.then(gap).into_iter().collect()
    }

    /// What the image was built on; where a registry is asked at all, with whether the tags of these images moved on.
    pub(crate) fn bases(&self, image: &Image, beside: &Beside) -> Vec<Base> {
        let mut found = bases(&image.config, Some(&beside.attached));
        let mut asked = 0_usize;
        for base in &mut found {
            let name = format!("{}:{}", base.name, base.tag);
            base.unasked = match name.parse::<ImageName>() {
                _ if base.name.is_empty() || base.tag.is_empty() => "no tag of it is known".into(),
                _ if !base.digest.starts_with("sha256:") => "it is not known which image it was".into(),
                _ if !self.ask => "no registry was asked (--attached asks)".into(),
                _ if asked >= MOST_LOOKED_UP => format!("more than {MOST_LOOKED_UP} images are not asked for"),
                Err(error) => error.what,
                Ok(name) if !may_ask(image, &name) => {
                    format!("{} is neither the image's registry nor a public one that is known", name.registry)
                }
                Ok(name) => {
                    asked = asked.saturating_add(1);
                    match image.look_up(&name) {
                        None => "the image is not from a registry".into(),
                        Some(Err(error)) => error.what,
                        Some(Ok(digests)) => {
                            base.newest = Some(digests.iter().any(|digest| digest.as_str() == base.digest));
                            String::new()
                        }
                    }
                }
            };
        }
        found
    }
}

fn may_ask(image: &Image, name: &ImageName) -> bool {
    let own = image.summary.repository().and_then(|repository| repository.split_once('/'));
    PUBLIC.contains(&name.registry.as_str()) || own.is_some_and(|(registry, _)| registry == name.registry)
}

/// Whether an SBOM has to name the package.
fn is_there(package: &Package) -> bool {
    package.presence == Presence::Installed && package.owned_by.is_none() && package.ecosystem != "generic"
}

/// How an SBOM differs from what is in the image; none when it names nothing that could be compared.
fn difference(sbom: &AttachedSbom, listed: &BTreeSet<String>, known: &BTreeSet<String>) -> Option<Difference> {
    let content = sbom.content.as_ref()?;
    let told: BTreeSet<String> = content.purls.iter().filter_map(|purl| entry(purl)).collect();
    if told.is_empty() {
        return None;
    }
    let without = |all: &BTreeSet<String>, others: &BTreeSet<String>| all.difference(others).cloned().collect();
    Some(Difference { missing: without(listed, &told), extra: without(&told, known) })
}
