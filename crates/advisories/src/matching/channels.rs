//! Channels: what a vendor delivers beside a release, to those who turned it on.
//!
//! Owns whose word counts when a release and its channels differ. A channel's packages are the release's, mended further, so
//! that what is true of a channel's package is true of the release's as far as the release has no fix of its own.

use plimsoll_packages::Context;

use super::decision::Opinion;
use super::verdict::Verdict;
use crate::database::{Error, Statement};

/// Through what the packages come that an opinion speaks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel<'a> {
    /// The release itself.
    Release,
    /// A channel that the image has turned on.
    Enabled,
    /// One that it has not.
    Offered(&'a str),
}

impl<'a> Channel<'a> {
    /// The channel of a statement, as the image has it.
    pub fn of(statement: &Statement<'a>, context: &Context<'_>) -> Self {
        let Some((_, name)) = statement.shard().space().split_once('+') else { return Self::Release };
        let enabled = context.distro.is_some_and(|distro| distro.channels.iter().any(|channel| channel == name));
        if enabled { Self::Enabled } else { Self::Offered(name) }
    }

    /// The name of a channel that is not on; empty otherwise.
    pub fn offered(self) -> &'a str {
        if let Self::Offered(name) = self { name } else { "" }
    }
}

/// The opinions that count about one vulnerability in one package.
///
/// First those of a channel that is on: its packages are the ones that are installed. Then the release's, when it has a fix
/// or finds the package free of the flaw. Otherwise, that the release has no fix is no reason to say that there is none: those
/// of channels that are not on, unless they know less than the release.
pub fn prevailing<'o, 'a>(opinions: &[&'o Opinion<'a>]) -> Result<Vec<&'o Opinion<'a>>, Error> {
    let of = |wanted: fn(Channel<'_>) -> bool| -> Vec<&'o Opinion<'a>> {
        opinions.iter().copied().filter(|opinion| wanted(opinion.channel)).collect()
    };
    let release = of(|channel| channel == Channel::Release);
    let enabled = of(|channel| channel == Channel::Enabled);
    if !enabled.is_empty() {
        return Ok(enabled);
    }
    let offered = of(|channel| matches!(channel, Channel::Offered(_)));
    if offered.is_empty() || is_settled(&release) {
        return Ok(release);
    }
    let mut decided = false;
    for opinion in &offered {
        decided |= opinion.decides()?;
    }
    Ok(if decided || release.is_empty() { offered } else { release })
}

/// Whether the release's own packages get, or need, no fix from elsewhere.
fn is_settled(release: &[&Opinion<'_>]) -> bool {
    release.iter().any(|opinion| match &opinion.verdict {
        Verdict::NotAffected => true,
        Verdict::Affected(found) => found.ranges.iter().any(|range| !range.fixed.is_empty()),
        _ => false,
    })
}
