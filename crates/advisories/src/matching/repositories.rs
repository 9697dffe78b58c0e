//! Which products an image takes its packages from, and whether a statement about one of them speaks about the image.
//!
//! Owns the rules for advisories that are limited to repositories: Red Hat fixes one package in many channels of one
//! release under many versions, and a fix counts only where it can be had
//! (<https://redhatproductsecurity.github.io/security-data-guidelines/scanning-vendors/>).
//!
//! | the statement is about | it speaks about an image that |
//! |---|---|
//! | the release, or what keeps it alive after its end (ELS) | is of the release; a statement about its own channel on the same vulnerability goes before |
//! | EUS, AUS, TUS, E4S of a minor release | says that it is on a channel of this minor release; one about its very channel goes before |
//! | another product | says that it has the product's packages, or has a package that is marked as built for it |
//!
//! An image that says nothing is taken to be on the release.

use std::collections::BTreeSet;

use plimsoll_model::Distro;
use plimsoll_packages::red_hat::{Product, REPOSITORIES, branch, brand};

use super::decision::Opinion;
use crate::database::{Database, Error, Statement};

/// For whom a statement is. Later goes before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Nothing limits it.
    Everywhere,
    /// Everybody on the release, and who takes packages of the product.
    Product,
    /// Who is on another channel of the same minor release: they have the same builds, for as long as each is kept alive.
    Minor,
    /// Who is on this channel.
    Channel,
}

/// The products that an image takes its packages from.
#[derive(Debug, Default)]
pub struct Repositories {
    /// Channels of minor releases.
    kept: BTreeSet<(String, (u8, u8))>,
    /// Name, version and edition of other products.
    layered: BTreeSet<(String, String, String)>,
    /// Repositories of which nobody knows what they are of.
    unknown: BTreeSet<String>,
}

impl Repositories {
    /// Those of an image, by what it says and the published list of repositories.
    ///
    /// # Errors
    /// When the list is damaged.
    pub fn of(distro: Option<&Distro>, database: &Database) -> Result<Self, Error> {
        let mut all = Self::default();
        let Some(distro) = distro else { return Ok(all) };
        for name in &distro.repositories {
            let known = Product::of(name).or_else(|| Product::of_repository(name, &distro.version));
            if let Some(product) = known {
                all.add(product);
                continue;
            }
            let mut listed = false;
            for shard in database.of(REPOSITORIES) {
                for statement in shard.statements(name)? {
                    listed = true;
                    statement.repositories()?.into_iter().filter_map(Product::of).for_each(|product| all.add(product));
                }
            }
            if !listed {
                all.unknown.insert(name.clone());
            }
        }
        Ok(all)
    }

    fn add(&mut self, product: Product<'_>) {
        match product {
            Product::Main(_) => {}
            Product::Kept { kind, release } => {
                self.kept.insert((kind.to_owned(), release));
            }
            Product::Layered { name, version, edition } => {
                self.layered.insert((name.into(), version.into(), edition.into()));
            }
        }
    }

    /// Repositories of which nobody knows what they are of.
    pub fn unknown(&self) -> Vec<&str> {
        self.unknown.iter().map(String::as_str).collect()
    }

    /// For whom the statement is, if it speaks about the image's packages of this version at all.
    ///
    /// # Errors
    /// When the shard is damaged.
    pub fn reach(&self, statement: &Statement<'_>, version: &str) -> Result<Option<Reach>, Error> {
        let stated = statement.repositories()?;
        if stated.is_empty() {
            return Ok(Some(Reach::Everywhere));
        }
        let mut widest = None;
        for product in stated.into_iter().filter_map(Product::of) {
            let reach = match product {
                Product::Main(_) => Some(Reach::Product),
                Product::Kept { kind, release } => {
                    let minor = self.kept.iter().filter(|(_, minor)| *minor == release);
                    minor.map(|(ours, _)| if ours == kind { Reach::Channel } else { Reach::Minor }).max()
                }
                Product::Layered { name: "hummingbird", .. } => Some(Reach::Product),
                Product::Layered { name, version: stated, edition } => {
                    let ours = self.layered.iter().any(|ours| is_same(ours, (name, stated, edition)));
                    is_built_for(statement, version, ours)?.then_some(Reach::Product)
                }
            };
            widest = widest.max(reach);
        }
        Ok(widest)
    }
}

/// Where no fix is out yet, Red Hat names the first part of a version alone and no edition.
fn is_same(ours: &(String, String, String), (name, version, edition): (&str, &str, &str)) -> bool {
    let within = |whole: &str, part: &str| {
        part.is_empty() || whole.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    ours.0 == name
        && (within(&ours.1, version) || within(version, &ours.1))
        && (edition.is_empty() || ours.2.is_empty() || ours.2 == edition)
}

/// Several products bring packages of one name, and their builds are marked: what is said of one build says nothing about
/// those that are marked otherwise. Packages that are marked need no image that tells where they are from.
fn is_built_for(statement: &Statement<'_>, version: &str, told: bool) -> Result<bool, Error> {
    let Some(range) = statement.ranges()?.next().transpose()? else { return Ok(told) };
    let mark = brand(if range.fixed.is_empty() { range.introduced } else { range.fixed });
    Ok(mark == brand(version) && (told || !mark.is_empty()))
}

/// The opinions that count when several of them are limited to repositories; others are left as they are.
///
/// What is said about the image's channel goes before what is said about the release, and what is said about a package
/// itself before what is said about all that was built from its source. Of fixes in several minor releases it is the one
/// in the package's own that counts: without it, the package is that of a minor release before the fix.
pub fn relevant<'o, 'a>(opinions: &[&'o Opinion<'a>]) -> Vec<&'o Opinion<'a>> {
    let (limited, mut others): (Vec<&Opinion<'_>>, Vec<&Opinion<'_>>) =
        opinions.iter().partition(|opinion| opinion.reach > Reach::Everywhere);
    let furthest = limited.iter().map(|opinion| opinion.reach).max();
    let mut limited: Vec<&Opinion<'_>> =
        limited.into_iter().filter(|opinion| Some(opinion.reach) == furthest).collect();
    if limited.iter().any(|opinion| !is_of_source(opinion)) {
        limited.retain(|opinion| !is_of_source(opinion));
    }
    if limited.iter().any(|opinion| is_same_branch(opinion)) {
        limited.retain(|opinion| opinion.fix.is_empty() || is_same_branch(opinion));
    }
    others.extend(limited);
    others
}

fn is_of_source(opinion: &Opinion<'_>) -> bool {
    opinion.name.ends_with(".src")
}

/// Whether the fix was built for the minor release that the package was built for.
fn is_same_branch(opinion: &Opinion<'_>) -> bool {
    branch(opinion.version).is_some_and(|ours| branch(opinion.fix) == Some(ours))
}
