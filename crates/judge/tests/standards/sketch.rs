//! Fixtures: findings in few words, and where files are.

use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_model::{
    About, Decision, Due, DueState, Finding, FindingOrigin, Licence, Location, Malware, Misconfiguration, Muted,
    Outdated, Secret, SecretPlace, Severity, Vulnerability,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All fixtures of a folder, by name.
pub fn fixtures<T: DeserializeOwned>(folder: &str) -> Vec<(String, T)> {
    let folder = root().join("fixtures/judge").join(folder);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    paths.sort();
    assert!(!paths.is_empty(), "{} is empty", folder.display());
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let value = serde_saphyr::from_str(&text(&path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (name, value)
    };
    paths.into_iter().map(read).collect()
}

/// A finding in few words.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sketch {
    pub id: String,
    pub aliases: Vec<String>,
    /// `vulnerability` when empty.
    pub kind: String,
    pub severity: Severity,
    pub fingerprint: String,
    pub package: String,
    pub name: String,
    pub version: String,
    pub fixed_in: Vec<String>,
    pub path: String,
    /// Further ones.
    pub paths: Vec<String>,
    /// Of a secret.
    pub place: SecretPlace,
    pub category: String,
    pub kev: bool,
    pub kev_since: String,
    pub kev_due: String,
    /// `waiver` or `vex`.
    pub muted: String,
    pub due: Vec<(String, DueState)>,
}

impl Sketch {
    pub fn finding(&self) -> Finding {
        let decision = (self.muted == "waiver").then_some(Decision::Accept);
        let muted = Muted { by: self.muted.clone(), decision, ..Muted::default() };
        let due = |(profile, state): &(String, DueState)| {
            let message = String::from(if *state == DueState::NotAssessed { "no history was given" } else { "" });
            Due { profile: profile.clone(), state: *state, message, ..Due::default() }
        };
        Finding {
            id: self.id.clone(),
            aliases: self.aliases.clone(),
            severity: self.severity,
            severities: Vec::new(),
            title: String::new(),
            layer: None,
            locations: (!self.path.is_empty())
                .then_some(&self.path)
                .into_iter()
                .chain(&self.paths)
                .map(|path| Location { path: path.clone(), ..Location::default() })
                .collect(),
            evidence: String::new(),
            remedy: String::new(),
            origin: FindingOrigin::Own,
            fingerprint: self.fingerprint.clone(),
            muted: (!self.muted.is_empty()).then_some(muted),
            due: self.due.iter().map(due).collect(),
            about: self.about(),
        }
    }

    fn about(&self) -> About {
        let (package, name, version) = (self.package.clone(), self.name.clone(), self.version.clone());
        let category = self.category.clone();
        match self.kind.as_str() {
            "" | "vulnerability" => About::Vulnerability(Vulnerability {
                package,
                name,
                version,
                fixed_in: self.fixed_in.clone(),
                kev: self.kev,
                kev_since: self.kev_since.clone(),
                kev_due: self.kev_due.clone(),
                ..Vulnerability::default()
            }),
            "misconfiguration" => About::Misconfiguration(Misconfiguration {
                family: category,
                place: self.path.clone(),
                ..Misconfiguration::default()
            }),
            "secret" => About::Secret(Secret { category, place: self.place, ..Secret::default() }),
            "malware" => About::Malware(Malware { category, ..Malware::default() }),
            "licence" => About::Licence(Licence { package, name, version, ..Licence::default() }),
            "outdated" => About::Outdated(Outdated { package, name, version, ..Outdated::default() }),
            other => panic!("no such kind: {other}"),
        }
    }
}
