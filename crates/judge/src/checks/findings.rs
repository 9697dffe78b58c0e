//! Findings of what a pack says.

use std::collections::BTreeMap;

use plimsoll_model::{About, Finding, FindingOrigin, Location, Misconfiguration};

use super::results::Hit;
use super::{Described, Judged};

/// One finding for each place that a check objects to, in the order of [`Judged::hits`]. `origin` tells whose a layer is;
/// what lies in no layer is one's own. Places that refer to findings which the report has already make none.
#[must_use]
pub fn findings(judged: &Judged, origin: impl Fn(usize) -> FindingOrigin) -> Vec<Finding> {
    let mut seen: BTreeMap<(&str, &str, &str, &str), u64> = BTreeMap::new();
    let hits = judged.hits.iter().filter(|hit| hit.refers.is_empty());
    hits.filter_map(|hit| {
        let check = judged.described.get(&hit.check)?;
        let key = (hit.check.as_str(), hit.place.as_str(), hit.path.as_str(), unversioned(&hit.purl));
        let before = seen.entry(key).or_default();
        let finding = finding(check, hit, hit.layer.map_or(FindingOrigin::Own, &origin), fingerprint(key, *before));
        *before += 1;
        Some(finding)
    })
    .collect()
}

fn finding(check: &Described, hit: &Hit, origin: FindingOrigin, fingerprint: String) -> Finding {
    let location = |layer| Location { path: hit.path.clone(), layer, ..Location::default() };
    Finding {
        id: hit.check.clone(),
        aliases: check.aliases.clone(),
        severity: hit.severity.unwrap_or(check.severity),
        severities: vec![],
        title: check.title.clone(),
        layer: hit.layer,
        locations: hit.layer.filter(|_| !hit.path.is_empty()).map(location).into_iter().collect(),
        evidence: hit.message.clone(),
        remedy: check.remedy.clone(),
        origin,
        fingerprint,
        muted: None,
        due: vec![],
        about: About::Misconfiguration(Misconfiguration {
            family: check.family.clone(),
            place: if hit.place.is_empty() { hit.path.clone() } else { hit.place.clone() },
            file: hit.file.clone(),
            line: hit.line,
            package: hit.purl.clone(),
            why: check.why.clone(),
        }),
    }
}

/// Equal for the same check in the same place in another build of the image, whatever the versions and lines. The second
/// result of one place is another one: by its number, because its message may have versions in it.
fn fingerprint((id, place, path, package): (&str, &str, &str, &str), before: u64) -> String {
    let number = before.to_string();
    let parts = [id, place, path, package, &number];
    plimsoll_model::fingerprint(parts.get(..if before > 0 { 5 } else { 4 }).unwrap_or_default())
}

/// A package URL up to its version.
fn unversioned(purl: &str) -> &str {
    purl.rsplit_once('@').map_or(purl, |(name, _)| name)
}
