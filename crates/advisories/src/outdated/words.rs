//! What a report says of outdated software.
//!
//! Owns ids, sentences and remedies, and the findings that rest on what files of the image or records say of a package
//! themselves rather than on a product's dates.

use plimsoll_model::{About, Finding, FindingOrigin, Outdated, OutdatedOf, OutdatedWhy, Package};

use super::{Line, severity};
use crate::lifecycle::End;

/// Supported lines that a remedy names.
const LINES: usize = 4;

/// Characters of what makers say of their package.
const MESSAGE: usize = 300;

/// `EOL-debian-10`: the same for whatever is of the line, so that one waiver speaks for all of it.
pub fn id(why: OutdatedWhy, what: &str) -> String {
    let kind = match why {
        OutdatedWhy::EndOfLife => "EOL",
        OutdatedWhy::EndOfSupport => "EOS",
        OutdatedWhy::Behind => "BEHIND",
        OutdatedWhy::Yanked => "YANKED",
        OutdatedWhy::Unmaintained => "UNMAINTAINED",
        OutdatedWhy::Deprecated => "DEPRECATED",
    };
    format!("{kind}-{what}")
}

/// The same with what is known of the package.
pub fn of(package: &Package, outdated: Outdated) -> Outdated {
    Outdated {
        of: OutdatedOf::Package,
        package: package.purl.clone(),
        name: package.name.clone(),
        version: package.version.clone(),
        presence: package.presence,
        development: package.development,
        ..outdated
    }
}

impl Line<'_> {
    /// `Debian 10 (buster)`.
    fn name(&self) -> String {
        let codename = match self.cycle.codename.as_str() {
            "" => String::new(),
            codename => format!(" ({codename})"),
        };
        format!("{} {}{codename}", self.product.label, self.cycle.name)
    }

    /// One line.
    pub fn title(&self, why: OutdatedWhy) -> String {
        let name = self.name();
        match why {
            OutdatedWhy::EndOfSupport => format!("{name} is past its active support"),
            OutdatedWhy::Behind => format!("{name} has a later release"),
            _ => format!("{name} is past its end of life"),
        }
    }

    /// Which day was compared.
    pub fn evidence(&self, outdated: &Outdated, version: &str) -> String {
        let name = self.name();
        match outdated.why {
            OutdatedWhy::EndOfSupport => {
                let ended = match self.cycle.support {
                    End::On(day) => format!("active support of {name} ended on {day}"),
                    End::Known(_) | End::Unstated => format!("active support of {name} has ended"),
                };
                let until = match self.cycle.life {
                    End::On(day) => format!("vulnerabilities are mended until {day}"),
                    End::Known(_) | End::Unstated => "vulnerabilities are still mended".to_owned(),
                };
                format!("{ended}; {until}")
            }
            OutdatedWhy::Behind => {
                format!("{} is the latest release of {name}; installed is {version}", outdated.latest)
            }
            _ => {
                let ended = match self.cycle.life {
                    End::On(day) => format!("{name} reached end of life on {day}"),
                    End::Known(_) | End::Unstated => format!("{name} is past its end of life"),
                };
                format!("{ended}{}", self.extension(&outdated.extended_by))
            }
        }
    }

    fn extension(&self, by: &str) -> String {
        match self.cycle.extended {
            End::Unstated => String::new(),
            End::On(day) if self.cycle.extended.is_over(self.today) => format!("; {by} ended on {day}"),
            End::On(day) => format!("; {by} goes on until {day}"),
            End::Known(true) => format!("; {by} has ended"),
            End::Known(false) => format!("; {by} goes on"),
        }
    }

    /// Where to move to.
    pub fn remedy(&self, outdated: &Outdated) -> String {
        let label = &self.product.label;
        if outdated.why == OutdatedWhy::Behind {
            return format!("upgrade to {}", outdated.latest);
        }
        let lines: Vec<&str> = self.supported().map(|line| line.name.as_str()).collect();
        let listed = lines.get(..lines.len().min(LINES)).unwrap_or_default();
        match listed {
            [] if outdated.why == OutdatedWhy::EndOfSupport => String::new(),
            [] => format!("no later line of {label} is supported: replace it"),
            [one] => format!("move to {label} {one}"),
            [first @ .., last] => format!("move to {label} {} or {last}", first.join(", ")),
        }
    }
}

/// The finding about a package whose makers ask not to use it.
pub fn deprecated(package: &Package) -> Option<Finding> {
    if package.deprecated.is_empty() {
        return None;
    }
    let said = clip(&package.deprecated);
    let why = OutdatedWhy::Deprecated;
    let id = id(why, &format!("{}-{}", package.ecosystem, package.name));
    let outdated = Outdated { why, message: said.clone(), ..Outdated::default() };
    Some(Finding {
        aliases: Vec::new(),
        severity: severity::of_why(why),
        severities: Vec::new(),
        title: format!("{} {} is deprecated", package.name, package.version),
        layer: Some(package.layer),
        locations: package.locations.clone(),
        evidence: format!("its makers deprecated it: {said}"),
        remedy: "replace it".into(),
        origin: FindingOrigin::Own,
        fingerprint: package.fingerprint(&id),
        muted: None,
        due: Vec::new(),
        about: About::Outdated(of(package, outdated)),
        id,
    })
}

/// What publishers of advisories say, in place of a severity, of a package that has no vulnerability but no future either.
const MARKS: &[(&str, OutdatedWhy)] =
    &[("unmaintained", OutdatedWhy::Unmaintained), ("notice", OutdatedWhy::Deprecated)];

/// What a finding is about whose advisory is no vulnerability's: as RustSec marks it in place of a rating
/// (<https://github.com/rustsec/advisory-db>, `informational`).
pub(crate) fn unmaintained(finding: &mut Finding) {
    let marked = finding.severities.iter().filter(|rating| rating.source == "rustsec");
    let why =
        marked.filter_map(|rating| MARKS.iter().find(|(word, _)| *word == rating.word)).map(|(_, why)| *why).next();
    let (Some(why), Some(vulnerability)) = (why, finding.vulnerability()) else { return };
    // A record of a CVE is of a vulnerability, whatever else it says.
    if finding.id.starts_with("CVE-") {
        return;
    }
    let outdated = Outdated {
        of: OutdatedOf::Package,
        why,
        package: vulnerability.package.clone(),
        name: vulnerability.name.clone(),
        version: vulnerability.version.clone(),
        fixed_in: vulnerability.fixed_in.clone(),
        presence: vulnerability.presence,
        development: vulnerability.development,
        ..Outdated::default()
    };
    finding.severity = severity::of_why(why);
    finding.about = About::Outdated(outdated);
}

fn clip(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MESSAGE).and_then(|(end, _)| line.get(..end)) {
        Some(start) => format!("{start}…"),
        None => line,
    }
}
