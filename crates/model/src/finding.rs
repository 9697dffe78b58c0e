//! What is wrong with an image: one list for every kind.

use serde::{Deserialize, Serialize};

use crate::{Due, LicenceCategory, Location, PatternMatch, Presence, Rating, SecretPlace, Severity, State};

/// One thing to tell the user, whatever it is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Primary id: the CVE when there is one, else the advisory's own.
    pub id: String,
    /// Other names of the very same thing, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// The severity that won.
    pub severity: Severity,
    /// Every source's opinion; the one that won comes first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub severities: Vec<Rating>,
    /// One line; empty when no source gives one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Index of the layer that brought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<usize>,
    /// Where in the image.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locations: Vec<Location>,
    /// Why this is said: what was compared with what.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub evidence: String,
    /// What to do.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remedy: String,
    /// Who can fix it.
    pub origin: FindingOrigin,
    /// Equal for the same finding in another build of the image; has no version in it.
    pub fingerprint: String,
    /// Set when a waiver or VEX statement speaks for it; muted findings stay in the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted: Option<Muted>,
    /// By when it has to be mended, one for each deadline that was asked for, by profile and step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub due: Vec<Due>,
    /// What it is about.
    #[serde(flatten)]
    pub about: About,
}

/// Names a finding by what it is about: equal for the same parts, so give none that changes from build to build.
#[must_use]
pub fn fingerprint(parts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex().as_str().get(..32).unwrap_or_default().to_owned()
}

impl Finding {
    /// The part that only vulnerabilities have, when it is one.
    #[must_use]
    pub const fn vulnerability(&self) -> Option<&Vulnerability> {
        match &self.about {
            About::Vulnerability(vulnerability) => Some(vulnerability),
            _ => None,
        }
    }

    /// The same, to be changed.
    pub const fn vulnerability_mut(&mut self) -> Option<&mut Vulnerability> {
        match &mut self.about {
            About::Vulnerability(vulnerability) => Some(vulnerability),
            _ => None,
        }
    }

    /// The part that only findings about outdated software have, when it is one.
    #[must_use]
    pub const fn outdated(&self) -> Option<&Outdated> {
        match &self.about {
            About::Outdated(outdated) => Some(outdated),
            _ => None,
        }
    }

    /// The name of what it is about, for people: of a package, of the distribution, a place in the image or its config.
    #[must_use]
    pub fn subject(&self) -> &str {
        match &self.about {
            About::Vulnerability(vulnerability) => &vulnerability.name,
            About::Outdated(outdated) => &outdated.name,
            About::Licence(licence) => &licence.name,
            About::Misconfiguration(misconfiguration) => &misconfiguration.place,
            About::Secret(_) | About::Malware(_) => self.locations.first().map_or("", |location| &location.path),
        }
    }

    /// The package URL of the package that it is about; empty when it is about none.
    #[must_use]
    pub fn package(&self) -> &str {
        match &self.about {
            About::Vulnerability(vulnerability) => &vulnerability.package,
            About::Outdated(outdated) => &outdated.package,
            About::Licence(licence) => &licence.package,
            About::Misconfiguration(misconfiguration) => &misconfiguration.package,
            About::Secret(_) | About::Malware(_) => "",
        }
    }

    /// The version that is there of what it is about.
    #[must_use]
    pub fn version(&self) -> &str {
        match &self.about {
            About::Vulnerability(vulnerability) => &vulnerability.version,
            About::Outdated(outdated) => &outdated.version,
            About::Licence(licence) => &licence.version,
            About::Misconfiguration(_) | About::Secret(_) | About::Malware(_) => "",
        }
    }

    /// The versions that one can upgrade to in order to be rid of it, the least of each branch.
    #[must_use]
    pub fn fixed_in(&self) -> &[String] {
        match &self.about {
            About::Vulnerability(vulnerability) => &vulnerability.fixed_in,
            About::Outdated(outdated) => &outdated.fixed_in,
            _ => &[],
        }
    }

    /// Whether some version is free of it, so that one can upgrade.
    #[must_use]
    pub fn is_fixable(&self) -> bool {
        !self.fixed_in().is_empty()
    }

    /// Whether it is known to be exploited.
    #[must_use]
    pub fn is_exploited(&self) -> bool {
        self.vulnerability().is_some_and(|vulnerability| vulnerability.kev)
    }

    /// Whether it is about a package that is needed only to develop, build or test.
    #[must_use]
    pub fn is_for_development(&self) -> bool {
        match &self.about {
            About::Vulnerability(vulnerability) => vulnerability.development,
            About::Outdated(outdated) => outdated.development,
            _ => false,
        }
    }
}

/// What a finding is about, with what only that kind has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum About {
    /// A known vulnerability in a package.
    Vulnerability(Vulnerability),
    /// A package or the distribution is no longer what its makers look after.
    Outdated(Outdated),
    /// A check does not hold: a setting, a file or an account is not as it should be.
    Misconfiguration(Misconfiguration),
    /// Something that lets in whoever reads it is in the image.
    Secret(Secret),
    /// A licence that the policy objects to, or none where one is needed.
    Licence(Licence),
    /// A file that does harm when it runs.
    Malware(Malware),
}

impl About {
    /// The word in reports.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Vulnerability(_) => "vulnerability",
            Self::Outdated(_) => "outdated",
            Self::Misconfiguration(_) => "misconfiguration",
            Self::Secret(_) => "secret",
            Self::Licence(_) => "licence",
            Self::Malware(_) => "malware",
        }
    }
}

/// The part of a finding that only misconfigurations have. The finding's id is the check's, its aliases are the ids of
/// the like check of other scanners, its evidence what was found in this place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Misconfiguration {
    /// Family of the check: `image`, `files`, `accounts`, `kubernetes`…
    pub family: String,
    /// The place for people: a path, a pointer into the config (`config.user`), a build step (`step 4`), an object of a
    /// manifest (`Deployment/web`).
    pub place: String,
    /// The Dockerfile or manifest that this is in, as it was named or lies in the folder; empty for what is in the image.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// Line in the file, counted from 1, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Package URL of the package it is about; empty when it is about none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub package: String,
    /// Why it matters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// The part of a finding that only secrets have. What was found is never in it, only how it begins.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    /// The rule that found it: `github-token`.
    pub rule: String,
    /// What it opens: `cloud`, `source-control`, `private-key`…
    pub category: String,
    /// How it begins and how long it is: `ghp_… (40 characters)`.
    pub redacted: String,
    /// Where it is.
    pub place: SecretPlace,
    /// Line in the file, counted from 1, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What can be told of it without asking anybody: `checksum holds`, `expired 2024-01-01`, `encrypted`; or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub state: String,
    /// A later layer removes or replaces the file: who pulls the image still gets it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
}

/// The part of a finding that only licences have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Licence {
    /// Package URL.
    pub package: String,
    /// Package name.
    pub name: String,
    /// Installed version.
    pub version: String,
    /// As an SPDX expression where it could be read as one, else as it is stated; empty when none is.
    pub expression: String,
    /// What it asks of whoever ships it.
    pub category: LicenceCategory,
    /// Where it is stated: `package metadata`, or the path of a licence file.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}

/// The part of a finding that only malware has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Malware {
    /// The signature, rule or list that knows it.
    pub rule: String,
    /// What it does: `coin-miner`, `web-shell`, `reverse-shell`, `rootkit`, `packer`, `test`…; `yara` where a user's rule
    /// knows it.
    pub category: String,
    /// The file that a user's rule is in; empty for what is built in.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Who wrote the rule, where it says so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub author: String,
    /// Where the rule says that more is to be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// Tags of the rule, in its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Where in the file the first patterns of the rule are, by offset.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matches: Vec<PatternMatch>,
    /// SHA-256 of the file, lower-case hexadecimal.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sha256: String,
    /// A later layer removes or replaces the file.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
}

/// The part of a finding that only vulnerabilities have.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Vulnerability {
    /// Package URL.
    pub package: String,
    /// Package name, for people and grouping.
    pub name: String,
    /// Installed version.
    pub version: String,
    /// Advisories that cover it among others (DSA, USN, RHSA, ALSA…), sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub advisories: Vec<String>,
    /// The vendor's state.
    pub status: State,
    /// The range that the version is in, as text: `< 1.1.1n-0+deb11u4`.
    pub range: String,
    /// Least versions that fix it, one for each branch.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fixed_in: Vec<String>,
    /// The channel that has these fixes (`esm-infra`), when the image did not turn it on: they need a subscription.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subscription: String,
    /// The least version that is free of every finding of the package and of all else that is known about it; empty when
    /// there is none, and for packages of a distribution, of which each version has the fixes of those before it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub clean_in: String,
    /// The package to upgrade as `name version` when that is not the vulnerable one: what needs it excludes every fix.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub upgrade: String,
    /// Whether the package's files are there, or only a file that names it; not written when they are.
    #[serde(default, skip_serializing_if = "Presence::is_installed")]
    pub presence: Presence,
    /// The package is needed only to develop, build or test.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub development: bool,
    /// The project asks for the package by name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub direct: bool,
    /// The way from what the project asks for to the package, as in the inventory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub introduced_by: Vec<String>,
    /// The vulnerable functions, where an advisory names them: `net/http.Server.Serve`; sorted, not all when there are
    /// very many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub symbols: Vec<String>,
    /// Known to be exploited (CISA KEV).
    #[serde(default)]
    pub kev: bool,
    /// The day on which CISA listed it as exploited, `YYYY-MM-DD`, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kev_since: String,
    /// The day by which CISA wants it mended where its directives bind, `YYYY-MM-DD`, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kev_due: String,
    /// Known to be used for extortion (CISA KEV).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ransomware: bool,
    /// Probability of exploitation within 30 days (FIRST EPSS), when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epss: Option<f64>,
    /// Share of all CVEs that are no more probable to be exploited, 0 to 1 (FIRST EPSS), when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epss_percentile: Option<f64>,
    /// What kind of flaw it is: `CWE-79` (<https://cwe.mitre.org>).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weaknesses: Vec<String>,
    /// How the package was told among those that advisories speak about: [`Self::BY_CPE`], or empty for its own name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub matched_by: String,
}

impl Vulnerability {
    /// By vendor and product, which do not always mean the same software.
    pub const BY_CPE: &'static str = "cpe";
}

/// The part of a finding that only those about outdated software have. Days are `YYYY-MM-DD`; an empty one is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outdated {
    /// What it is about.
    pub of: OutdatedOf,
    /// In which way it is outdated.
    pub why: OutdatedWhy,
    /// Package URL; empty for the distribution.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub package: String,
    /// Package name, or os-release's `ID` of the distribution.
    pub name: String,
    /// The version that is there.
    pub version: String,
    /// The product, as its publisher of dates names it; empty when nobody's dates are the reason.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub product: String,
    /// The line of releases that the version is of: `10`, `3.18`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cycle: String,
    /// Last day of active support.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub support_until: String,
    /// Last day of fixes for vulnerabilities.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub end_of_life: String,
    /// Last day of fixes from somebody else, or for those who subscribe.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub extended_until: String,
    /// Who gives these, or under which name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub extended_by: String,
    /// Latest version of the line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub latest: String,
    /// Newest line that is supported.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub newest: String,
    /// What its makers say of it: why it is deprecated, what replaces it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// What to move to, where that is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fixed_in: Vec<String>,
    /// Whether the package's files are there, or only a file that names it; not written when they are.
    #[serde(default, skip_serializing_if = "Presence::is_installed")]
    pub presence: Presence,
    /// The package is needed only to develop, build or test.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub development: bool,
}

/// What is outdated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutdatedOf {
    /// A package or program.
    #[default]
    Package,
    /// The distribution that the image's root belongs to.
    Distribution,
}

/// In which way something is outdated; the gravest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutdatedWhy {
    /// Its makers no longer mend vulnerabilities in this line of releases.
    #[default]
    EndOfLife,
    /// Its makers took this very version back.
    Yanked,
    /// Nobody looks after it any more.
    Unmaintained,
    /// Its makers ask not to use it.
    Deprecated,
    /// Its makers still mend vulnerabilities in this line, but nothing else.
    EndOfSupport,
    /// The line has a later release.
    Behind,
}

impl OutdatedWhy {
    /// The word in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EndOfLife => "end of life",
            Self::Yanked => "yanked",
            Self::Unmaintained => "unmaintained",
            Self::Deprecated => "deprecated",
            Self::EndOfSupport => "end of support",
            Self::Behind => "behind",
        }
    }
}

/// Who can fix a finding.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FindingOrigin {
    /// The base image brought it.
    Base,
    /// One's own build steps did.
    #[default]
    Own,
}

/// Why a finding is not shown or gated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Muted {
    /// What muted it: a waiver file, a VEX document, a vendor's verdict.
    pub by: String,
    /// Its reason.
    pub reason: String,
    /// What it says of the package instead: not affected, fixed; affected where the vulnerability is told of another
    /// package. None when it says nothing of that, as a waiver does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<State>,
    /// Why it is not affected, in OpenVEX's word (`vulnerable_code_not_present`), or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub justification: String,
    /// Until when, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// Which kind of decision it is, of a waiver; none of VEX documents and of vendors' verdicts, which state facts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// Who answers for the decision, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// Who approved of it, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub approver: String,
    /// Where it was decided, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ticket: String,
    /// What protects instead of a fix, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub compensating_control: String,
    /// The day of the decision, `YYYY-MM-DD`, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub created: String,
    /// Whose signature over the file of waivers was verified, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub signed_by: String,
}

/// Why somebody decided to live with a finding. False positive, mitigation (risk adjustment) and operational requirement
/// are what FedRAMP calls deviations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// The risk is accepted for the time being.
    Accept,
    /// It is not there.
    FalsePositive,
    /// Something else keeps it from being used.
    Mitigated,
    /// Only a vendor can mend it, and has not yet.
    VendorDependency,
    /// Mending it would break what the system is for.
    OperationalRequirement,
}

impl Decision {
    /// All, in the order of the manual.
    pub const ALL: [Self; 5] =
        [Self::Accept, Self::FalsePositive, Self::Mitigated, Self::VendorDependency, Self::OperationalRequirement];

    /// The word in waivers and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::FalsePositive => "false-positive",
            Self::Mitigated => "mitigated",
            Self::VendorDependency => "vendor-dependency",
            Self::OperationalRequirement => "operational-requirement",
        }
    }
}
