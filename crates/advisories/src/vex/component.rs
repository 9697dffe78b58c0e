//! What a statement is about: an image, a package in it, or one within the other.
//!
//! Owns whether a product is in the image that was scanned. A product is told by its identifiers alone: package URLs,
//! digests, CPE names, image references. Where none of them is known here it matches nothing, and says so.

use std::collections::HashMap;
use std::sync::Arc;

use plimsoll_model::{Digest, Distro, ImageSummary, Inventory, Package};

use super::purl::{Fit, Key, Pattern};
use super::vers::Vers;

/// One part of a product.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Component {
    /// For people.
    pub name: String,
    /// An image as people write it, `ghcr.io/acme/app:1.4`, or empty.
    pub reference: String,
    /// Any of them.
    pub purls: Vec<Pattern>,
    /// Digests of an image's manifest, any of them.
    pub digests: Vec<Digest>,
    /// CPE names, of programs or of the platform.
    pub cpes: Vec<String>,
    /// Only these versions of it; none: all.
    pub versions: Vec<Vers>,
}

/// What a statement holds for: the last part, as a part of all before it, the outermost first.
pub type Product = Vec<Arc<Component>>;

/// How near a product came to something in the image; the nearest last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// It is, or is only in, another image.
    OtherImage,
    /// Nothing that identifies it can be looked for in an image.
    Unrecognised(String),
    /// No such package is in the image.
    Absent(String),
    /// It is, but not on this platform or within that product.
    OtherContext(String),
    /// It is, but of another version, or with another architecture, distribution…
    Differs(String),
    /// It is in the image.
    Present,
}

/// The image that was scanned, as products are compared with it.
pub struct Scanned<'a> {
    digests: Vec<Digest>,
    /// Repository and tag, where it came from a registry.
    name: Option<(String, String)>,
    distro: Option<&'a Distro>,
    packages: Vec<Installed<'a>>,
    /// By their own name and their source package's.
    by_key: HashMap<Key, Vec<usize>>,
    by_purl: HashMap<&'a str, usize>,
}

/// A package with its own package URL read.
pub struct Installed<'a> {
    pub package: &'a Package,
    purl: Pattern,
}

/// The digest of these hexadecimal digits.
pub fn sha256(hash: &str) -> Option<Digest> {
    let hash = hash.strip_prefix("sha256:").unwrap_or(hash);
    format!("sha256:{}", hash.to_ascii_lowercase()).parse().ok()
}

impl Component {
    /// One that only has a name, by which nothing can be found.
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// What an identifier of any kind says: a package URL, a digest or a name that ends in one, a CPE name, else a name.
    pub fn identified(text: &str) -> Result<Self, String> {
        let mut component = Self::named(text);
        component.identify(text)?;
        Ok(component)
    }

    /// Adds what one more identifier says.
    pub fn identify(&mut self, text: &str) -> Result<(), String> {
        if self.name.is_empty() {
            text.clone_into(&mut self.name);
        }
        if text.starts_with("pkg:") {
            let pattern = Pattern::parse(text)?;
            if pattern.is_image() {
                self.digests.extend(sha256_of(&pattern.version));
            }
            self.purls.push(pattern);
        } else if text.starts_with("cpe:") {
            self.cpes.push(text.to_ascii_lowercase());
        } else if let Some((_, hash)) = text.rsplit_once("sha256:") {
            self.digests.extend(sha256(hash));
        } else {
            text.clone_into(&mut self.reference);
        }
        Ok(())
    }

    /// Whether only images can be meant. Digests beside the package URL of a package are of its archive.
    fn is_image(&self) -> bool {
        let bare = self.purls.is_empty() && self.cpes.is_empty() && !self.digests.is_empty();
        bare || self.purls.iter().any(Pattern::is_image)
    }

    /// How near it comes to a package.
    fn fit(&self, installed: &Installed<'_>, distro: Option<&Distro>) -> Fit {
        let package = installed.package;
        let fits = self.purls.iter().map(|pattern| pattern.fit(package, &installed.purl, distro));
        let by_purl = fits.max().unwrap_or(Fit::No);
        let by_cpe = || self.cpes.iter().any(|cpe| package.cpes.iter().any(|own| cpe_means(cpe, own)));
        let fit = if by_purl == Fit::No && self.purls.is_empty() && by_cpe() { Fit::Yes } else { by_purl };
        let inside =
            || self.versions.iter().any(|range| range.contains(&package.ecosystem, &package.version) == Some(true));
        if fit == Fit::Yes && !self.versions.is_empty() && !inside() {
            return Fit::Version(package.version.clone());
        }
        fit
    }
}

/// A version that is a digest.
fn sha256_of(version: &str) -> Option<Digest> {
    version.strip_prefix("sha256:").and_then(sha256)
}

impl Pattern {
    /// Whether it is of a type for images.
    fn is_image(&self) -> bool {
        ["oci", "docker"].contains(&self.key.0.as_str())
    }
}

impl<'a> Scanned<'a> {
    /// Makes the image comparable.
    pub fn new(image: &'a ImageSummary, inventory: &'a Inventory) -> Self {
        let read = |package: &'a Package| Some(Installed { package, purl: Pattern::parse(&package.purl).ok()? });
        let packages: Vec<Installed<'_>> = inventory.packages.iter().filter_map(read).collect();
        let mut by_key: HashMap<Key, Vec<usize>> = HashMap::new();
        for (index, installed) in packages.iter().enumerate() {
            let own = &installed.purl;
            by_key.entry(own.key.clone()).or_default().push(index);
            if let Some(source) = &installed.package.source {
                by_key.entry(own.renamed(&source.name)).or_default().push(index);
            }
        }
        let asked_for = image.reference.rsplit_once('@').and_then(|(_, digest)| digest.parse().ok());
        Self {
            digests: image.digest.iter().cloned().chain(asked_for).collect(),
            name: name_and_tag(&image.reference),
            distro: inventory.distro.as_ref(),
            by_purl: packages.iter().zip(0..).map(|(it, index)| (it.package.purl.as_str(), index)).collect(),
            packages,
            by_key,
        }
    }

    /// The package of this package URL.
    pub fn installed(&self, purl: &str) -> Option<&Installed<'a>> {
        self.packages.get(*self.by_purl.get(purl)?)
    }

    /// The packages that a component may mean.
    fn likely(&self, component: &Component) -> Vec<&Installed<'a>> {
        if component.purls.is_empty() {
            let any = self.packages.iter().filter(|it| !component.cpes.is_empty() && !it.package.cpes.is_empty());
            return any.collect();
        }
        let keyed = component.purls.iter().filter_map(|pattern| self.by_key.get(&pattern.key)).flatten();
        keyed.filter_map(|index| self.packages.get(*index)).collect()
    }

    /// How near a product comes to this package in this image.
    pub fn nearness(&self, product: &Product, installed: &Installed<'_>) -> Nearness {
        let Some((inner, context)) = product.split_last() else { return Nearness::Unrecognised(String::new()) };
        if self.is(inner) {
            return Nearness::Present;
        }
        if inner.is_image() {
            return Nearness::OtherImage;
        }
        match inner.fit(installed, self.distro) {
            Fit::No => Nearness::Absent(inner.name.clone()),
            Fit::Qualifier(which) => Nearness::Differs(format!("{which} does not hold for {}", installed.package.purl)),
            Fit::Version(version) => Nearness::Differs(format!("installed is {} {version}", installed.package.name)),
            Fit::Yes => self.within(context, installed),
        }
    }

    /// The same for any package of the image.
    pub fn presence(&self, product: &Product) -> Nearness {
        let Some(inner) = product.last() else { return Nearness::Unrecognised(String::new()) };
        if self.is(inner) {
            return Nearness::Present;
        }
        if inner.is_image() || product.iter().any(|part| part.is_image() && !self.is(part)) {
            return Nearness::OtherImage;
        }
        if inner.purls.is_empty() && inner.cpes.is_empty() {
            return Nearness::Unrecognised(inner.name.clone());
        }
        let near = self.likely(inner).into_iter().map(|installed| self.nearness(product, installed)).max();
        near.unwrap_or_else(|| Nearness::Absent(inner.name.clone()))
    }

    /// Whether the package is within all of these.
    fn within(&self, context: &[Arc<Component>], installed: &Installed<'_>) -> Nearness {
        for part in context {
            if part.is_image() && !self.is(part) {
                return Nearness::OtherImage;
            }
            let holds = self.is(part) || self.is_platform(part) || self.holds(part, installed.package);
            if !holds {
                return Nearness::OtherContext(part.name.clone());
            }
        }
        Nearness::Present
    }

    /// Whether the component is the image itself. A digest decides alone: the same content is the same image wherever it
    /// lies, and another content under the same name is another.
    fn is(&self, component: &Component) -> bool {
        if component.is_image() && !component.digests.is_empty() {
            return component.digests.iter().any(|digest| self.digests.contains(digest));
        }
        let by_purl = component.purls.iter().filter(|pattern| pattern.is_image()).any(|pattern| self.is_named(pattern));
        let plain = component.purls.is_empty() && component.cpes.is_empty();
        by_purl || (plain && self.name.is_some() && name_and_tag(&component.reference) == self.name)
    }

    /// Whether a package URL without digest means the image by its name.
    fn is_named(&self, pattern: &Pattern) -> bool {
        let Some((repository, tag)) = &self.name else { return false };
        // A version of this type is a digest; one that cannot be compared is of another image.
        if pattern.key.0 == "oci" && !pattern.version.is_empty() {
            return false;
        }
        let stated = if pattern.key.0 == "docker" { &pattern.version } else { pattern.qualifier("tag") };
        let stated_repository = match pattern.qualifier("repository_url") {
            "" if pattern.key.0 == "docker" => name_and_tag(&pattern.key.1).map(|(name, _)| name),
            "" => None,
            url => name_and_tag(url).map(|(name, _)| name),
        };
        let same_name = match &stated_repository {
            // Some write the whole name, some only where it lies.
            Some(stated) => stated == repository || format!("{stated}/{}", pattern.key.1) == *repository,
            None => repository.rsplit('/').next() == Some(&pattern.key.1),
        };
        same_name && (stated.is_empty() || stated == tag)
    }

    /// Whether a CPE name of the component is that of the image's distribution and release.
    fn is_platform(&self, component: &Component) -> bool {
        let Some(distro) = self.distro else { return false };
        component.cpes.iter().any(|cpe| {
            let mut parts = cpe_parts(cpe);
            let (_, vendor, product) = (parts.next(), parts.next(), parts.next().unwrap_or_default());
            let version = parts.next().unwrap_or_default();
            let known = PLATFORMS.iter().any(|(name, id)| *name == product && *id == distro.id)
                || vendor.as_ref() == Some(&distro.id) && product.starts_with(&distro.id);
            let same =
                distro.version.strip_prefix(&version).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
            known && (is_any(&version) || same)
        })
    }

    /// Whether a package that the component means brought this one: they share a file, the one owns the other's, or is on
    /// the way to it.
    fn holds(&self, component: &Component, package: &Package) -> bool {
        let holders =
            self.likely(component).into_iter().filter(|holder| component.fit(holder, self.distro) == Fit::Yes);
        holders.map(|holder| holder.package).any(|holder| {
            let way = format!("{} {}", holder.name, holder.version);
            package.owned_by.as_ref() == Some(&holder.purl)
                || package.introduced_by.contains(&way)
                || share_a_file(holder, package)
        })
    }
}

/// Whether one program or archive holds both. That one database or lock file lists both does not make one a part of the
/// other.
fn share_a_file(holder: &Package, package: &Package) -> bool {
    let lists = |package: &Package| !package.presence.is_installed() || package.is_of_system();
    let shared = || holder.locations.iter().any(|place| package.locations.iter().any(|own| own.file() == place.file()));
    !lists(holder) && !lists(package) && shared()
}

/// Products of CPE names that are distributions, and their `ID`.
const PLATFORMS: &[(&str, &str)] = &[
    ("enterprise_linux", "rhel"),
    ("debian_linux", "debian"),
    ("ubuntu_linux", "ubuntu"),
    ("alpine_linux", "alpine"),
    ("almalinux", "almalinux"),
    ("rocky_linux", "rocky"),
    ("fedora", "fedora"),
    ("linux_enterprise_server", "sles"),
    ("sles", "sles"),
    ("leap", "opensuse-leap"),
    ("photon", "photon"),
];

/// Repository and tag of a reference to a registry, in the form in which they are compared; none for local places.
fn name_and_tag(reference: &str) -> Option<(String, String)> {
    const LOCAL: [&str; 6] = ["oci:", "archive:", "docker:", "podman:", "containers-storage:", "dir:"];
    if reference.is_empty() || LOCAL.iter().any(|scheme| reference.starts_with(scheme)) || reference.contains("://") {
        return None;
    }
    let name = reference.split_once('@').map_or(reference, |(name, _)| name);
    let (name, tag) = match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        _ => (name, "latest"),
    };
    let name = ["index.docker.io/", "docker.io/"].iter().find_map(|hub| name.strip_prefix(hub)).unwrap_or(name);
    Some((name.strip_prefix("library/").unwrap_or(name).to_ascii_lowercase(), tag.to_owned()))
}

/// Part, vendor, product, version… of a CPE name in either binding.
fn cpe_parts(cpe: &str) -> impl Iterator<Item = String> + '_ {
    let bare = cpe.strip_prefix("cpe:2.3:").or_else(|| cpe.strip_prefix("cpe:/")).unwrap_or(cpe);
    bare.split(':').map(|part| part.replace('\\', ""))
}

fn is_any(part: &str) -> bool {
    ["", "*"].contains(&part)
}

/// Whether a CPE name in a statement means one that a package has: part by part, where nothing stated means all.
fn cpe_means(stated: &str, own: &str) -> bool {
    let own = own.to_ascii_lowercase();
    let mut own = cpe_parts(&own);
    let stated: Vec<String> = cpe_parts(stated).take(4).collect();
    stated.len() >= 3 && stated.iter().all(|part| own.next().is_some_and(|own| is_any(part) || own == *part))
}
