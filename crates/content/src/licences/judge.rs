//! Which package has which licence, and what a policy says to it.

use std::collections::BTreeMap;

use plimsoll_model::{
    About, Finding, FindingOrigin, Licence, LicenceCategory, LicenceText, LicenceWords, Package, Severity,
};

use super::categories;
use super::expression::{Comma, Expression, normalise, read};

/// What is allowed. Names in the lists are SPDX ids or categories (`forbidden`, `restricted`…); what is refused is so
/// whatever else allows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LicencePolicy {
    /// No finding for these.
    pub allow: Vec<String>,
    /// A finding of severity high for these, in packages of the operating system as well.
    pub deny: Vec<String>,
    /// Tell of packages whose licence is not known.
    pub unknown: bool,
}

/// A package and its licence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PackageLicence {
    /// Its position in the list that was given.
    pub(crate) package: usize,
    /// The licence, with nothing in it when none is stated.
    pub(crate) expression: Expression,
    /// What it asks for.
    pub(crate) category: LicenceCategory,
    /// Where it is stated: `package metadata` or the path of a file; empty when nowhere.
    pub(crate) source: String,
}

/// Where a package's own statement is.
const METADATA: &str = "package metadata";

/// The licence of each package, in their order: what it states itself, else what a file of it says.
#[must_use]
pub(crate) fn packages_with_licences(packages: &[Package], licences: &[(String, LicenceText)]) -> Vec<PackageLicence> {
    let files = Files::new(licences);
    let one = |(position, package): (usize, &Package)| {
        let comma = if matches!(package.ecosystem.as_str(), "gem" | "maven") { Comma::Or } else { Comma::And };
        let stated = read(&package.licence, comma);
        // A statement that nobody understands is still more than a guess, but not more than a text that was recognised.
        let found = if stated.is_spdx { None } else { files.find(package) };
        let (expression, source) = match found {
            Some((path, text)) => (normalise(&text.expression), path),
            None if stated.text.is_empty() => (stated, ""),
            None => (stated, METADATA),
        };
        PackageLicence { package: position, category: expression.category(), expression, source: source.to_owned() }
    };
    packages.iter().enumerate().map(one).collect()
}

/// What packages state of themselves and what their texts are, of those where both are known. A text cannot tell whether
/// later versions of a licence may be chosen, and of several texts one is looked at, so that only what has nothing in common
/// differs.
#[must_use]
pub fn words_and_texts(packages: &[Package], licences: &[(String, LicenceText)]) -> Vec<LicenceWords> {
    let files = Files::new(licences);
    let one = |(position, package): (usize, &Package)| {
        let declared = normalise(&package.licence);
        let (_, text) = files.find(package).filter(|(_, text)| text.by == "text")?;
        let detected = normalise(&text.expression);
        let is_known = |expression: &Expression| expression.is_spdx && !expression.ids().is_empty();
        if !is_known(&declared) || !is_known(&detected) {
            return None;
        }
        let found: Vec<&str> = detected.ids().into_iter().map(family).collect();
        let agrees = |id: &str| {
            let later =
                id.ends_with("-or-later") && found.iter().any(|other| without_version(other) == without_version(id));
            later || found.contains(&family(id))
        };
        let agree = declared.ids().into_iter().any(agrees);
        Some(LicenceWords { package: position, declared: declared.text, detected: detected.text, agree, notice: None })
    };
    packages.iter().enumerate().filter_map(one).collect()
}

/// `LGPL` of `LGPL-2.1-only`.
fn without_version(id: &str) -> &str {
    let number = id.find(|letter: char| letter.is_ascii_digit()).unwrap_or(id.len());
    id.get(..number).unwrap_or(id)
}

/// An id without what says which versions may be chosen.
fn family(id: &str) -> &str {
    id.trim_end_matches('+').trim_end_matches("-only").trim_end_matches("-or-later")
}

/// The statements of files, by the package they name and by the folder they are in.
struct Files<'a> {
    named: BTreeMap<(&'a str, &'a str), (&'a str, &'a LicenceText)>,
    folders: BTreeMap<&'a str, (&'a str, &'a LicenceText)>,
}

impl<'a> Files<'a> {
    fn new(licences: &'a [(String, LicenceText)]) -> Self {
        let mut files = Self { named: BTreeMap::new(), folders: BTreeMap::new() };
        for (path, text) in licences {
            let entry = (path.as_str(), text);
            if text.package.is_empty() {
                let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                // `x.dist-info/licenses/LICENSE` speaks of the folder above.
                let folder = folder
                    .strip_suffix("/licenses")
                    .or_else(|| folder.strip_suffix("/license_files"))
                    .unwrap_or(folder);
                files.folders.entry(folder).or_insert(entry);
            } else {
                files.named.entry((&text.ecosystem, &text.package)).or_insert(entry);
            }
        }
        files
    }

    fn find(&self, package: &Package) -> Option<(&'a str, &'a LicenceText)> {
        let named = self.named.get(&(package.ecosystem.as_str(), package.name.as_str()));
        named
            .or_else(|| package.locations.iter().find_map(|location| self.folders.get(folder(&location.path)?)))
            .copied()
    }
}

/// The folder of the file that says that a package is there. A lock file lists many, so the licence beside it is none of
/// theirs; and what is inside an archive lies in no folder.
fn folder(path: &str) -> Option<&str> {
    let (folder, name) = path.rsplit_once('/')?;
    let is_own = matches!(name, "package.json" | "METADATA" | "PKG-INFO" | "composer.json" | "DESCRIPTION")
        || name.rsplit_once('.').is_some_and(|(_, ending)| matches!(ending, "gemspec" | "nuspec" | "rockspec"));
    (is_own && !path.contains("!/")).then_some(folder)
}

/// What the policy objects to.
#[must_use]
pub fn judge_licences(
    packages: &[Package],
    licences: &[(String, LicenceText)],
    policy: &LicencePolicy,
) -> Vec<Finding> {
    let known = packages_with_licences(packages, licences);
    known.iter().filter_map(|licence| judge(packages.get(licence.package)?, licence, policy)).collect()
}

/// Which check does not hold for a package, and how bad that is.
struct Verdict {
    id: &'static str,
    severity: Severity,
    title: &'static str,
    remedy: &'static str,
}

fn judge(package: &Package, licence: &PackageLicence, policy: &LicencePolicy) -> Option<Finding> {
    let verdict = verdict(package, licence, policy)?;
    let expression = &licence.expression.text;
    let evidence = if licence.source.is_empty() {
        "no licence is stated".to_owned()
    } else {
        format!("{expression} ({}), stated in {}", licence.category, licence.source)
    };
    Some(Finding {
        id: verdict.id.to_owned(),
        aliases: Vec::new(),
        severity: verdict.severity,
        severities: Vec::new(),
        title: verdict.title.to_owned(),
        layer: Some(package.layer),
        locations: package.locations.clone(),
        evidence,
        remedy: verdict.remedy.to_owned(),
        origin: FindingOrigin::default(),
        fingerprint: package.fingerprint(verdict.id),
        muted: None,
        due: Vec::new(),
        about: About::Licence(Licence {
            package: package.purl.clone(),
            name: package.name.clone(),
            version: package.version.clone(),
            expression: expression.clone(),
            category: licence.category,
            source: licence.source.clone(),
        }),
    })
}

fn verdict(package: &Package, licence: &PackageLicence, policy: &LicencePolicy) -> Option<Verdict> {
    let expression = &licence.expression;
    // What is in a distribution is its choice.
    let is_system = package.is_of_system() || package.owned_by.is_some();
    let listed = |list: &[String], id: &str, category: LicenceCategory| {
        // `GPL-3.0` is how most people write it; in SPDX it is `GPL-3.0-only` or `GPL-3.0-or-later`.
        let plain = id.strip_suffix("-only").or_else(|| id.strip_suffix("-or-later")).unwrap_or(id);
        let is_it = |item: &str| item.eq_ignore_ascii_case(id) || item.eq_ignore_ascii_case(plain);
        list.iter().any(|item| is_it(item) || item == category.as_str())
    };
    if !expression.is_acceptable(&|id, category| listed(&policy.deny, id, category)) {
        let (id, _) = refused(expression);
        return Some(Verdict {
            id,
            severity: Severity::High,
            title: "Licence that the policy denies",
            remedy: REPLACE,
        });
    }
    // What is left to choose from must be allowed by somebody.
    let objects = |id: &str, category: LicenceCategory| {
        listed(&policy.deny, id, category) || (category == licence.category && !listed(&policy.allow, id, category))
    };
    if !expression.ids().is_empty()
        && expression.is_acceptable(&|id, category| objects(id, category))
        && !policy.allow.is_empty()
    {
        return None;
    }
    if expression.is_broken {
        return Some(Verdict {
            id: "LIC-005",
            severity: Severity::Negligible,
            title: "Licence expression that cannot be read",
            remedy: STATE,
        });
    }
    match licence.category {
        LicenceCategory::Forbidden => {
            let (id, title) = refused(expression);
            Some(Verdict { id, severity: Severity::High, title, remedy: REPLACE })
        }
        LicenceCategory::Restricted if !is_system => Some(Verdict {
            id: "LIC-002",
            severity: Severity::Medium,
            title: "Licence that asks for the source of the whole",
            remedy: REVIEW,
        }),
        LicenceCategory::Reciprocal if !is_system => Some(Verdict {
            id: "LIC-003",
            severity: Severity::Low,
            title: "Licence that asks for the source of changed files",
            remedy: REVIEW,
        }),
        LicenceCategory::Unknown if policy.unknown && !is_system => Some(Verdict {
            id: "LIC-004",
            severity: Severity::Low,
            title: "Licence that is not known",
            remedy: "ask the supplier under which licence it is, and state it in the policy",
        }),
        _ => None,
    }
}

const REPLACE: &str = "replace the package, or agree on other terms with its makers";
const REVIEW: &str = "see whether what is shipped meets the licence's terms, and allow it in the policy if it does";
const STATE: &str = "ask the makers to state the licence as an SPDX expression";

/// The check for a forbidden licence: terms of use have one of their own.
fn refused(expression: &Expression) -> (&'static str, &'static str) {
    if expression.ids().iter().any(|id| categories::is_source_available(id)) {
        ("LIC-008", "Licence that limits who may use it or for what")
    } else {
        ("LIC-001", "Licence that asks for more than a product can usually give")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_model::Location;

    fn package(ecosystem: &str, licence: &str) -> Package {
        let mut package = Package::new(ecosystem, "x", "1.2");
        licence.clone_into(&mut package.licence);
        package.locations = vec![Location::at("app/node_modules/x/package.json")];
        package
    }

    fn ids(packages: &[Package], policy: &LicencePolicy) -> Vec<(String, Severity)> {
        judge_licences(packages, &[], policy).into_iter().map(|finding| (finding.id, finding.severity)).collect()
    }

    fn id(ecosystem: &str, licence: &str, policy: &LicencePolicy) -> String {
        ids(&[package(ecosystem, licence)], policy).first().map(|(id, _)| id.clone()).unwrap_or_default()
    }

    #[test]
    fn application_packages_are_judged_and_those_of_the_system_only_when_forbidden() {
        let policy = LicencePolicy::default();
        let cases = [
            ("npm", "MIT", ""),
            ("npm", "GPL-3.0", "LIC-002"),
            ("npm", "MIT OR GPL-3.0", ""),
            ("npm", "MPL-2.0", "LIC-003"),
            ("npm", "AGPL-3.0", "LIC-001"),
            ("npm", "BUSL-1.1", "LIC-008"),
            ("npm", "MIT AND (", "LIC-005"),
            ("npm", "", ""),
            ("deb", "GPL-3+", ""),
            ("deb", "AGPL-3", "LIC-001"),
            ("gem", "MIT, GPL-3.0", ""),
            ("pypi", "MIT, GPL-3.0", "LIC-002"),
        ];
        for (ecosystem, licence, expected) in cases {
            assert_eq!(id(ecosystem, licence, &policy), expected, "{ecosystem} {licence}");
        }
        let asked = LicencePolicy { unknown: true, ..policy };
        assert_eq!(id("npm", "", &asked), "LIC-004");
        assert_eq!(id("npm", "custom", &asked), "LIC-004");
        assert_eq!(id("deb", "", &asked), "");
    }

    #[test]
    fn what_is_denied_is_so_whatever_allows_it() {
        let policy = LicencePolicy {
            allow: vec!["restricted".into(), "MPL-2.0".into(), "MIT".into()],
            deny: vec!["GPL-2.0-only".into(), "MIT".into()],
            unknown: false,
        };
        let cases = [
            ("GPL-3.0-only", ""),
            ("MPL-2.0", ""),
            ("EPL-2.0", "LIC-003"),
            ("GPL-2.0-only", "LIC-001"),
            ("MIT", "LIC-001"),
            ("MIT OR Apache-2.0", ""),
            ("MIT AND Apache-2.0", "LIC-001"),
        ];
        for (licence, expected) in cases {
            assert_eq!(id("npm", licence, &policy), expected, "{licence}");
        }
        assert_eq!(id("deb", "MIT", &policy), "LIC-001");
        let policy = LicencePolicy { deny: vec!["gpl-3.0".into()], ..LicencePolicy::default() };
        for licence in ["GPL-3.0-only", "GPL-3.0-or-later", "GPL-3.0", "GPLv3+"] {
            assert_eq!(id("deb", licence, &policy), "LIC-001", "{licence}");
        }
        assert_eq!(id("deb", "GPL-2.0-only", &policy), "");
        assert!(super::super::is_licence("gpl-3.0-only") && !super::super::is_licence("GPL"));
    }

    #[test]
    fn files_speak_for_packages_that_state_nothing() {
        let text = |expression: &str, package: &str| LicenceText {
            ecosystem: if package.is_empty() { String::new() } else { "deb".into() },
            package: package.into(),
            expression: expression.into(),
            by: "text".into(),
        };
        let files = [
            ("app/node_modules/x/LICENSE".to_owned(), text("AGPL-3.0-only", "")),
            ("usr/share/doc/x/copyright".to_owned(), text("GPL-2.0-or-later", "x")),
        ];
        let packages =
            [package("npm", ""), package("npm", "MIT"), package("deb", ""), package("npm", "SEE LICENSE IN LICENSE")];
        let told: Vec<_> = packages_with_licences(&packages, &files)
            .into_iter()
            .map(|licence| (licence.expression.text, licence.source))
            .collect();
        let expected = [
            ("AGPL-3.0-only", "app/node_modules/x/LICENSE"),
            ("MIT", "package metadata"),
            ("GPL-2.0-or-later", "usr/share/doc/x/copyright"),
            ("AGPL-3.0-only", "app/node_modules/x/LICENSE"),
        ];
        assert_eq!(told, expected.map(|(text, source)| (text.to_owned(), source.to_owned())));
    }

    #[test]
    fn only_words_that_have_nothing_in_common_differ() {
        let told = |declared: &str, text: &str| {
            let licence = LicenceText { expression: text.into(), by: "text".into(), ..LicenceText::default() };
            let files = [("app/node_modules/x/LICENSE".to_owned(), licence)];
            words_and_texts(&[package("npm", declared)], &files).first().map(|words| words.agree)
        };
        for (declared, text, expected) in [
            ("MIT", "MIT", Some(true)),
            ("MIT", "Apache-2.0", Some(false)),
            ("MIT OR Apache-2.0", "Apache-2.0", Some(true)),
            ("MIT", "BSD-3-Clause AND MIT", Some(true)),
            ("GPL-2.0-or-later", "GPL-2.0-only", Some(true)),
            ("GPL-2.0-only", "GPL-3.0-only", Some(false)),
            ("LGPL-2.0-or-later", "LGPL-2.1-only", Some(true)),
            ("LGPL-2.0-or-later", "GPL-2.0-only", Some(false)),
            ("custom", "MIT", None),
            ("", "MIT", None),
        ] {
            assert_eq!(told(declared, text), expected, "{declared} {text}");
        }
    }

    #[test]
    fn the_fingerprint_has_no_version() {
        let mut newer = package("npm", "AGPL-3.0");
        let of = |package: &Package| {
            judge_licences(std::slice::from_ref(package), &[], &LicencePolicy::default())[0].fingerprint.clone()
        };
        let before = of(&newer);
        newer.version = "2.0".into();
        assert_eq!(of(&newer), before);
    }
}
