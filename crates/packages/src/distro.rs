//! Which distribution an image is, and whose advisories speak about its packages.

use plimsoll_model::{Distro, Space};

/// The advisory space of a distribution's packages of this ecosystem; none when no one's advisories are known to fit.
pub(crate) fn space(distro: &Distro, ecosystem: &str) -> Option<Space> {
    (!distro.id.is_empty() && !ecosystem.is_empty()).then(|| Space::release(&distro.id, &distro.version))
}

/// The `distro` qualifier of package URLs: `debian-12`.
pub(crate) fn qualifier(distro: &Distro) -> String {
    if distro.version.is_empty() { distro.id.clone() } else { format!("{}-{}", distro.id, distro.version) }
}
