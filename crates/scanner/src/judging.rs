//! From what is known of an image to what is wrong with it beside vulnerabilities, and how far it meets standards.
//!
//! Owns the order: deadlines and the document, checks, waivers, standards. Each part belongs to `plimsoll-judge`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use plimsoll_advisories::risk;
use plimsoll_content::secrets;
use plimsoll_image::Reference;
use plimsoll_judge::checks::{self, Checks, InputKind, Judged, evaluate};
use plimsoll_judge::compliance::{Context, Parameters, Spec, assess};
use plimsoll_judge::deadlines::{self, Deadlines, History, Known, Seen, Tagged};
use plimsoll_judge::facts::{Earlier, unbuilt};
use plimsoll_judge::inputs::dockerfile::Dockerfile;
use plimsoll_judge::inputs::{FileKind, Problem, dockerfile, manifests, recognise};
use plimsoll_judge::waivers::{self, Waivers};
use plimsoll_model::{
    Assessment, Checked, Compliance, Finding, FindingOrigin, Gap, GapKind, GapReason, ImageSummary, Unmatched,
    UnmatchedReason,
};
use serde_json::Value;

use crate::attached::Attaching;
use crate::verdicts::Verdicts;

/// What a check rests on beside findings: no more of it is told.
const GROUNDS: usize = 100;

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looks {
    /// Known vulnerabilities and outdated software.
    pub vulnerabilities: bool,
    /// Checks of configuration, files and accounts.
    pub checks: bool,
    /// Secrets.
    pub secrets: bool,
    /// Malware.
    pub malware: bool,
    /// Numbers of payment cards, among secrets.
    pub cards: bool,
    /// Licences.
    pub licences: bool,
}

impl Looks {
    /// The kinds of findings that come of it.
    pub(crate) fn kinds(self) -> Vec<&'static str> {
        let all = [
            ("vulnerability", self.vulnerabilities),
            ("outdated", self.vulnerabilities),
            ("misconfiguration", self.checks),
            ("secret", self.secrets),
            ("malware", self.malware),
            ("licence", self.licences),
        ];
        all.into_iter().filter(|(_, is_on)| *is_on).map(|(kind, _)| kind).collect()
    }
}

/// How an image is judged.
pub struct Judging<'a> {
    /// What is looked for.
    pub looks: Looks,
    /// The checks.
    pub pack: &'a Checks,
    /// Verdicts on documents seen before; none to judge each anew.
    pub verdicts: Option<Verdicts>,
    /// Standards to hold the image to.
    pub standards: Vec<Spec>,
    /// How strictly: `default`, `strict`.
    pub profile: String,
    /// Decisions to live with findings.
    pub waivers: Vec<Waivers>,
    /// How long such decisions may last.
    pub waiver_limits: waivers::Limits,
    /// Deadlines to hold findings to.
    pub deadlines: Vec<Deadlines>,
    /// What is known of where the image runs.
    pub asset: Known,
    /// What earlier scans saw, which is changed by this one.
    pub history: Option<&'a Mutex<History>>,
    /// Dockerfiles and manifests that go with the image, by path.
    pub files: Vec<(String, String)>,
    /// How far what is attached to the image is looked at.
    pub attaching: Attaching,
}

/// What the image is judged by.
pub struct Evidence<'a> {
    /// The document for checks of images.
    pub document: &'a dyn Fn(&[Finding]) -> Value,
    /// The image.
    pub image: &'a ImageSummary,
    /// Dockerfiles and manifests that are in it.
    pub files: Vec<(String, String)>,
    /// What could not be seen.
    pub gaps: &'a [Gap],
    /// The moment that the answer is for, RFC 3339.
    pub as_of: &'a str,
}

/// What came of it.
pub struct Judgement {
    /// All findings, by risk.
    pub findings: Vec<Finding>,
    /// How each check came out.
    pub checks: Vec<Checked>,
    /// How far each standard is met.
    pub compliance: Vec<Compliance>,
    /// Waivers that changed nothing.
    pub unmatched: Vec<Unmatched>,
    /// Checks that could not be run.
    pub gaps: Vec<Gap>,
}

impl Judging<'_> {
    /// Judges an image of which these findings are known.
    pub fn judge(&self, mut findings: Vec<Finding>, evidence: &Evidence<'_>) -> Judgement {
        self.mark(&mut findings, evidence, false);
        let judged = if self.looks.checks { self.run(&findings, evidence, &Value::Null) } else { Judged::default() };
        let base = |layer: usize| evidence.image.layers.get(layer).is_some_and(|layer| layer.base);
        let origin = |layer| if base(layer) { FindingOrigin::Base } else { FindingOrigin::Own };
        findings.extend(checks::findings(&judged, origin));
        self.mark(&mut findings, evidence, true);
        let idle = waivers::apply(&self.waivers, &self.waiver_limits, evidence.image, &mut findings, evidence.as_of);
        findings.sort_by(|one, other| risk(one, other).then_with(|| one.fingerprint.cmp(&other.fingerprint)));
        let checks = counted(&judged, &findings);
        let gaps = [evidence.gaps.to_vec(), judged.gaps.clone()].concat();
        let compliance =
            self.standards.iter().flat_map(|spec| self.assess(spec, &checks, &findings, evidence, &gaps)).collect();
        let unmatched = idle.into_iter().map(|unmatched| hinted(unmatched, &judged, &findings));
        Judgement { unmatched: unmatched.collect(), findings, checks, compliance, gaps: judged.gaps }
    }

    /// Writes into findings by when they have to be mended; `is_last`: all are there, so that the history takes them in.
    fn mark(&self, findings: &mut [Finding], evidence: &Evidence<'_>, is_last: bool) {
        let repository = repository(evidence.image);
        let seen = Seen {
            findings,
            repository: &repository,
            as_of: evidence.as_of,
            is_blind: evidence.gaps.iter().any(|gap| gap.kind == GapKind::Blind),
        };
        let after = self.history.map(|history| {
            let mut history = history.lock().unwrap_or_else(PoisonError::into_inner);
            let mut after = history.clone().update(&seen);
            if is_last {
                if let Some(tagged) = tagged(evidence.image) {
                    after = after.with_tag(&repository, &tagged.borrowed(), evidence.as_of);
                }
                history.clone_from(&after);
            }
            after
        });
        let history = after.as_ref().map(|history| (history, repository.as_str()));
        deadlines::mark(findings, &self.deadlines, history, &|_| self.asset.clone(), evidence.as_of);
    }

    /// Which image the tag named when the history last saw it.
    pub(crate) fn earlier(&self, image: &ImageSummary) -> Option<Earlier> {
        let history = self.history?.lock().unwrap_or_else(PoisonError::into_inner);
        let OwnTagged { tag, platform, .. } = tagged(image)?;
        let (digest, day) = history.tagged(&repository(image), &tag, &platform)?;
        Some(Earlier { digest: digest.into(), day: day.into() })
    }

    /// Runs the checks on the image, and on the files that go with it.
    fn run(&self, findings: &[Finding], evidence: &Evidence<'_>, parameters: &Value) -> Judged {
        let document = (evidence.document)(findings);
        let is_built = document.get("config").is_some();
        let mut all = Judged::default();
        // What somebody named has to be judged; what lies in a folder is looked at as far as it goes.
        let named = self.files.iter().map(|file| (file, GapKind::Blind));
        let files: Vec<_> = named.chain(evidence.files.iter().map(|file| (file, GapKind::Partial))).collect();
        let mut found = Vec::new();
        for ((path, text), kind) in files {
            match recognise(path, text) {
                Some(FileKind::Dockerfile) => {
                    let file = dockerfile::parse(path, text);
                    all.gaps.extend(file.errors.iter().map(|problem| unreadable(problem, kind)));
                    all.unite(self.dockerfile(&file, is_built, parameters));
                }
                Some(_) => {
                    let read = manifests::read(path, text);
                    all.gaps.extend(read.problems().iter().map(|problem| unreadable(problem, kind)));
                    found.push(read);
                }
                None => all.gaps.push(unrecognised(path, kind)),
            }
        }
        if !found.is_empty() {
            all.unite(self.ask(&manifests::join(found), InputKind::Kubernetes, parameters));
        }
        // Last, for of two reasons why something was not assessed the first is told.
        all.unite(self.ask(&document, InputKind::Image, parameters));
        // What a message quotes of an image is masked in the document already.
        all.hits
            .iter_mut()
            .filter(|hit| !hit.file.is_empty())
            .for_each(|hit| hit.message = secrets::mask(&hit.message));
        all
    }

    /// Runs the checks on a Dockerfile; and on the image that it would make, where there is none that tells better.
    fn dockerfile(&self, file: &Dockerfile, is_built: bool, parameters: &Value) -> Judged {
        let mut all = self.ask(&dockerfile::document(file), InputKind::Dockerfile, parameters);
        if let Some(image) = (!is_built).then(|| unbuilt(file, &secrets::mask)).flatten() {
            let path = image.path();
            let reason = format!("it holds for {path}, which tells a part: scan the image that is built from it");
            let mut found = self.ask(&image.document, InputKind::Image, parameters).of_a_part(&reason);
            for hit in &mut found.hits {
                let line = image.line(hit.step, &hit.pointer);
                *hit = std::mem::take(hit).moved_to(path, line);
            }
            all.unite(found);
        }
        all
    }

    fn ask(&self, document: &Value, kind: InputKind, parameters: &Value) -> Judged {
        let judge = || match self.pack.get() {
            Ok(pack) => evaluate(pack, document, kind, parameters, checks::Limits::default()),
            Err(error) => Judged { gaps: vec![without_checks(&error.to_string())], ..Judged::default() },
        };
        match &self.verdicts {
            Some(verdicts) => verdicts.remember(&format!("{} {parameters}", self.pack.digest()), document, judge),
            None => judge(),
        }
    }

    /// How far one standard is met. Where it asks for other parameters than the checks' own, they are run with these.
    fn assess(
        &self,
        spec: &Spec,
        checks: &[Checked],
        findings: &[Finding],
        evidence: &Evidence<'_>,
        gaps: &[Gap],
    ) -> Vec<Compliance> {
        let params: Parameters = spec.parameters();
        let own = (self.looks.checks && !params.is_empty()).then(|| {
            let parameters = serde_json::to_value(&params).unwrap_or_default();
            counted(&self.run(findings, evidence, &parameters), findings)
        });
        let looked_for = self.looks.kinds();
        let as_of = evidence.as_of;
        let context = Context {
            as_of,
            profile: &self.profile,
            gaps,
            looked_for: &looked_for,
            params: &params,
            switched_off: self.pack.switched_off(),
        };
        assess(std::slice::from_ref(spec), own.as_deref().unwrap_or(checks), findings, &context)
    }
}

/// What the history knows an image by: digest and tag change with every build. Layouts and archives go by their path as it
/// is written.
fn repository(image: &ImageSummary) -> String {
    let elsewhere = || Reference::parse(&image.reference).map(|reference| reference.without_tag());
    image.repository().map_or_else(|| elsewhere().unwrap_or_else(|_| image.reference.clone()), str::to_owned)
}

/// An image that was asked for by its tag, in whichever registry.
struct OwnTagged {
    tag: String,
    platform: String,
    digest: String,
}

impl OwnTagged {
    fn borrowed(&self) -> Tagged<'_> {
        Tagged { tag: &self.tag, platform: &self.platform, digest: &self.digest }
    }
}

fn tagged(image: &ImageSummary) -> Option<OwnTagged> {
    let tag = image.reference.strip_prefix(image.repository()?)?.strip_prefix(':')?;
    Some(OwnTagged {
        tag: tag.split_once('@').is_none().then(|| tag.to_owned())?,
        platform: image.platform.as_ref().map(ToString::to_string).unwrap_or_default(),
        digest: image.digest.as_ref()?.to_string(),
    })
}

/// A waiver for a check that only points to findings under other ids changes nothing: says which these are.
fn hinted(mut unmatched: Unmatched, judged: &Judged, findings: &[Finding]) -> Unmatched {
    let id = unmatched.statement.split(' ').next().unwrap_or_default();
    let hits = judged.hits.iter().filter(|hit| hit.check == id && !hit.refers.is_empty());
    let refers: BTreeSet<&str> = hits.map(|hit| hit.refers.as_str()).collect();
    let named = findings.iter().filter(|finding| refers.contains(finding.fingerprint.as_str()));
    let ids: BTreeSet<&str> = named.map(|finding| finding.id.as_str()).collect();
    // Findings under the waived id itself are in another place, which the message says already.
    let is_elsewhere = !ids.is_empty() && !findings.iter().any(|finding| finding.id == id);
    if unmatched.reason == UnmatchedReason::NoSuchFinding && is_elsewhere {
        let first: Vec<&str> = ids.into_iter().take(5).collect();
        unmatched.message = format!("{id} points to findings that have ids of their own: waive {}", first.join(", "));
    }
    unmatched
}

/// How each check came out, with the findings that rest on it, those included which it refers to.
fn counted(judged: &Judged, findings: &[Finding]) -> Vec<Checked> {
    let by_print: BTreeMap<&str, &Finding> =
        findings.iter().map(|finding| (finding.fingerprint.as_str(), finding)).collect();
    let count = |checked: &Checked| {
        let own = findings.iter().filter(|finding| finding.id == checked.id);
        let hits = judged.hits.iter().filter(|hit| hit.check == checked.id && !hit.refers.is_empty());
        let (referring, others): (Vec<_>, Vec<_>) = hits.partition(|hit| by_print.contains_key(hit.refers.as_str()));
        let referred = referring.iter().filter_map(|hit| by_print.get(hit.refers.as_str()).copied());
        let prints: BTreeMap<&str, bool> =
            own.chain(referred).map(|finding| (finding.fingerprint.as_str(), finding.muted.is_some())).collect();
        let fails = judged.described.get(&checked.id).filter(|_| checked.result == Assessment::Fail);
        Checked {
            findings: prints.len().max(checked.findings.saturating_sub(others.len())),
            muted: prints.values().filter(|muted| **muted).count(),
            refers: referring.iter().map(|hit| hit.refers.clone()).collect(),
            grounds: others.iter().take(GROUNDS).map(|hit| hit.message.clone()).collect(),
            remedy: fails.map(|check| check.remedy.clone()).unwrap_or_default(),
            ..checked.clone()
        }
    };
    judged.checked.iter().map(count).collect()
}

fn without_checks(message: &str) -> Gap {
    Gap { kind: GapKind::Blind, location: "checks".into(), reason: GapReason::Malformed, message: message.into() }
}

fn unreadable(problem: &Problem, kind: GapKind) -> Gap {
    Gap {
        kind,
        location: format!("{}:{}", problem.path, problem.line),
        reason: GapReason::Malformed,
        message: format!("checks could not read it: {}", problem.message),
    }
}

fn unrecognised(path: &str, kind: GapKind) -> Gap {
    Gap {
        kind,
        location: path.into(),
        reason: GapReason::Unsupported,
        message: "it is no Dockerfile, Compose file or Kubernetes manifest by its name and what it holds".into(),
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_model::ImageSummary;

    use super::repository;

    #[test]
    fn a_new_tag_is_the_same_image_to_the_history() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display().to_string();
        let file = folder.path().join("a:b.tar").display().to_string();
        std::fs::write(&file, "").unwrap();
        let digest = format!("sha256:{}", "a".repeat(64));
        for (reference, expected) in [
            (format!("oci:{path}"), format!("oci:{path}")),
            (format!("oci:{path}:v1"), format!("oci:{path}")),
            (format!("oci:{path}@{digest}"), format!("oci:{path}")),
            (format!("archive:{file}:app:v2"), format!("archive:{file}")),
            (format!("dir:{path}"), format!("dir:{path}")),
            ("docker:shop/api:v1".into(), "docker:shop/api".into()),
            ("podman:localhost:5000/api".into(), "podman:localhost:5000/api".into()),
            (
                format!("containers-storage:[/store]localhost/api:v1@{digest}"),
                "containers-storage:[/store]localhost/api".into(),
            ),
            ("registry.example.org/api:v1".into(), "registry.example.org/api".into()),
            ("oci:/nothing/here:v1".into(), "oci:/nothing/here:v1".into()),
        ] {
            let image = ImageSummary { reference, ..ImageSummary::default() };
            assert_eq!(repository(&image), expected, "{}", image.reference);
        }
    }
}
