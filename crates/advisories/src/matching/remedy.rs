//! What to do about a vulnerability.
//!
//! Owns the words, and the choice of the package to upgrade: the vulnerable one, or the one whose requirement keeps it at
//! a vulnerable version.

use plimsoll_model::{Package, Presence, State};
use plimsoll_packages::ecosystem;

/// What to do.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Remedy {
    /// One sentence.
    pub text: String,
    /// The package to upgrade, as `name version`, when it is not the vulnerable one.
    pub upgrade: String,
}

/// What the requirement of the package's parent makes of the fixes.
enum Bound<'a> {
    /// This fix is within it.
    Admits { requirement: &'a str, fix: &'a str },
    /// No fix is.
    Excludes { requirement: &'a str },
    /// There is none, or it is not understood.
    Unknown,
    /// The installed version is not within it either: somebody else brought the package.
    Ignored,
}

impl Remedy {
    /// The remedy for a package that was made to do harm.
    pub fn against_malice(package: &Package) -> Self {
        let name = &package.name;
        Self::from(format!("remove {name}: this version is malicious; take what it ran on for compromised"))
    }

    /// The remedy for a package whose fix comes through a channel that the image does not have. Only Ubuntu has such.
    pub fn by_subscription(package: &Package, fix: &str, channel: &str) -> Self {
        let through = if channel == "pro" { String::new() } else { format!(" ({channel})") };
        Self::from(format!(
            "fixed in {fix} with Ubuntu Pro{through}: subscribe and upgrade {}, or move to a release that gets the fix without",
            package.name
        ))
    }

    /// The remedy for a package with these fixes, the least first, that `parent` brought.
    pub fn of(package: &Package, status: State, fixed_in: &[String], parent: Option<&Package>) -> Self {
        let Some(fix) = fixed_in.first() else { return Self::from(without_fix(package, status)) };
        let name = &package.name;
        let Some(first) = package.introduced_by.first().filter(|_| !package.direct) else {
            return Self::from(format!("upgrade {name} to ≥ {fix}{}", in_file(package)));
        };
        match bound(package, fixed_in, parent) {
            Bound::Admits { requirement, fix } => Self::from(format!(
                "upgrade {name} to ≥ {fix}: {requirement}, which {} asks for, admits it, so that {} is enough",
                way(package),
                if package.presence == Presence::Installed { "installing anew" } else { "updating the lock file" }
            )),
            Bound::Excludes { requirement } => Self {
                text: format!(
                    "upgrade {first}: {} asks for {name} {requirement}, which excludes the fix {fix}",
                    way(package)
                ),
                upgrade: first.clone(),
            },
            Bound::Ignored => Self::from(format!("upgrade {name} to ≥ {fix}{}", in_file(package))),
            Bound::Unknown => Self::from(format!("upgrade {name} to ≥ {fix}; it comes through {}", way(package))),
        }
    }
}

impl From<String> for Remedy {
    fn from(text: String) -> Self {
        Self { text, upgrade: String::new() }
    }
}

fn without_fix(package: &Package, status: State) -> String {
    let name = &package.name;
    match status {
        State::WillNotFix => format!("the vendor will not fix it; remove {name} if it is not needed"),
        State::FixDeferred => format!("the vendor put the fix off; remove {name} if it is not needed, or wait"),
        State::EndOfLife => "the vendor no longer supports this release; move to a supported one".into(),
        State::UnderInvestigation => "the vendor has not decided whether it applies; look again later".into(),
        _ => format!("no fixed version yet; remove {name} if it is not needed, or wait"),
    }
}

/// The file to edit, of a package that only a file names.
fn in_file(package: &Package) -> String {
    match package.locations.first().filter(|_| package.presence != Presence::Installed) {
        Some(location) => format!(" in {}", location.path),
        None => String::new(),
    }
}

/// `a 1.0 → b 2.0`, or its ends when it is long.
fn way(package: &Package) -> String {
    match package.introduced_by.as_slice() {
        [first, .., last] if package.introduced_by.len() > 3 => format!("{first} → … → {last}"),
        way => way.join(" → "),
    }
}

fn bound<'a>(package: &Package, fixed_in: &'a [String], parent: Option<&'a Package>) -> Bound<'a> {
    let Some((row, parent)) = ecosystem(&package.ecosystem).zip(parent) else { return Bound::Unknown };
    let name = (row.normal_name)(&package.name);
    let needs = || parent.depends_on.iter().filter(|need| (row.normal_name)(&need.name) == name);
    let chosen = needs().find(|need| need.version == package.version);
    let Some(requirement) = chosen.or_else(|| needs().next()).map(|need| need.requirement.as_str()) else {
        return Bound::Unknown;
    };
    // Most lock files say which version was chosen and not which would do.
    if requirement.is_empty() {
        return Bound::Unknown;
    }
    let admits = |version: &String| (row.satisfies)(requirement, version);
    match fixed_in.iter().find(|fix| admits(fix) == Some(true)) {
        _ if admits(&package.version) == Some(false) => Bound::Ignored,
        Some(fix) => Bound::Admits { requirement, fix },
        None if fixed_in.iter().any(|fix| admits(fix).is_none()) => Bound::Unknown,
        None => Bound::Excludes { requirement },
    }
}
