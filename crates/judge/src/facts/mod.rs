//! The document that rules see: `image/v1`, described by `docs/image-facts.schema.json`.
//!
//! Extracting is done here and judging in Rego. A section that could not be looked at is left out, so that a check which
//! needs it is not assessed; an empty one was looked at and holds nothing. Texts come masked: no secret is in it. Lists
//! of files are by topic and bounded; `file_counts` has the true numbers, and `cut` names what is not told whole.

mod attached;
mod bases;
mod config;
mod findings;
mod limits;
mod ownership;
mod unbuilt;
mod users;

use std::collections::BTreeMap;

use jiff::Timestamp;
use plimsoll_model::{
    Altered, Asked, DataSource, Facts, FileOwner, Finding, Gap, GapKind, ImageSummary, Inventory, LicenceWords,
    Location, NotedFile, Package, Presence, SeenProgram, WritableCode,
};
use serde_json::{Map, Value, json};

use crate::inputs::steps::{self, Step};
use crate::waivers::Waivers;

pub use attached::{Beside, Difference, Earlier};
pub use bases::{Base, bases};
pub use config::Person;
pub use limits::left_out;
pub use unbuilt::{Unbuilt, unbuilt};
pub use users::Users;

/// Files of one topic that the document lists; a tree that anybody may write has tens of thousands.
const LISTED: usize = 500;
/// Names of one file of settings that are told: links in a folder of settings can give it any number.
const MOST_NAMES: usize = 20;

/// What the document is made of.
pub struct Sources<'a> {
    /// What was scanned.
    pub image: &'a ImageSummary,
    /// The image's config, null for a folder.
    pub config: &'a Value,
    /// What is installed.
    pub inventory: &'a Inventory,
    /// Files that stand out.
    pub files: &'a [NotedFile],
    /// What files say, each with its place.
    pub said: &'a [(Location, Facts)],
    /// Those of these files that were asked for by other paths than they lie at.
    pub asked: &'a [Asked],
    /// What is known to be wrong already.
    pub findings: &'a [Finding],
    /// What could not be seen.
    pub gaps: &'a [Gap],
    /// The moment that the answer is for, RFC 3339. Of it the day alone is told, for the document's digest keys verdicts.
    pub as_of: &'a str,
    /// Owners of the files that the image shows.
    pub owners: &'a [FileOwner],
    /// Files that are not what their packages brought, where that was looked at.
    pub altered: Option<&'a Altered>,
    /// What is known of the licences of packages, where that was looked at.
    pub licence_words: Option<&'a [LicenceWords]>,
    /// Programs of the final tree, and libraries that look for others in folders of their own.
    pub programs: &'a [SeenProgram],
    /// Code of the final tree that a user with these groups can write.
    pub writable: &'a dyn Fn(u32, &[u32]) -> Vec<WritableCode>,
    /// Which advisories answered.
    pub data: &'a [DataSource],
    /// Decisions to live with findings, used or not.
    pub waivers: &'a [Waivers],
    /// Names of the documents that may mute vulnerabilities.
    pub statements: &'a [&'a str],
    /// Ids of the sets of deadlines that findings were held to.
    pub deadlines: &'a [&'a str],
    /// What lies beside the image.
    pub beside: &'a Beside,
    /// What it was built on.
    pub bases: &'a [Base],
    /// It has a root file system, and is no folder of sources. Checks of files mean nothing for one.
    pub has_root: bool,
    /// Takes secrets out of a text.
    pub mask: &'a dyn Fn(&str) -> String,
    /// Whether secrets were looked for.
    pub has_secrets: bool,
    /// Whether malware was looked for.
    pub has_malware: bool,
    /// Names of the lists of digests that all files were compared with.
    pub malware_lists: &'a [String],
    /// Whether numbers of payment cards were looked for.
    pub has_cards: bool,
    /// Whether licences were judged.
    pub has_licences: bool,
    /// Whether vulnerabilities were looked for.
    pub has_vulnerabilities: bool,
}

/// The document.
#[must_use]
pub fn document(sources: &Sources<'_>) -> Value {
    let users = Users::of(sources.said);
    let mut document = Map::new();
    let mut put = |name: &str, value: Value| document.insert(name.into(), value);
    put("version", json!("image/v1"));
    put("day", json!(day(sources.as_of)));
    put("reference", reference(sources.image));
    put("layers", layers(sources.image));
    put("packages", packages(sources));
    put("certificates", certificates(sources.said));
    let cuts = limits::cuts(sources.config, sources.said, sources.owners.len(), sources.files);
    put("gaps", gaps(sources.gaps, &cuts));
    put("cut", cut(&cuts));
    put("waivers", waivers(sources));
    put("statements", statements(sources));
    if sources.has_root {
        put("os", os(sources.inventory));
        put("files", files(sources));
        put("file_counts", json!(counts(sources.files)));
        put("configurations", configurations(sources));
        put("links", links(sources.asked));
        put("owners", owners(sources));
        put("fs", json!({ "removed": removed(sources), "package_caches": package_caches(sources) }));
    }
    if sources.has_vulnerabilities {
        // The layers and the advisories were read for this very answer.
        put("scanned", json!({ "age_days": 0 }));
        put("data", data(sources));
    }
    if let Some(users) = &users {
        put("users", users.to_json());
    }
    if !sources.config.is_null() {
        put("config", config::config(sources.config, users.as_ref(), sources.mask, sources.as_of));
        put("steps", steps(sources));
        put("bases", bases::section(sources.bases, sources.mask));
    }
    let (mut evidence, absent) = attached::evidence(sources.beside, sources.as_of);
    mask_all(&mut evidence, sources.mask);
    put("evidence", evidence);
    put("absent", Value::Object(absent));
    if sources.has_malware {
        put("malware_hashes", json!(sources.malware_lists));
    }
    if sources.has_secrets {
        put("personal_data", json!(sources.has_cards));
    }
    if !sources.deadlines.is_empty() {
        put("deadlines", json!(sources.deadlines));
    }
    ownership::put(sources, users.as_ref(), &mut document);
    findings::put(sources, &mut document);
    Value::Object(document)
}

/// `2026-11-29` of `2026-11-29T10:00:00Z`.
fn day(as_of: &str) -> &str {
    as_of.get(..10).unwrap_or(as_of)
}

/// How the image was asked for.
fn reference(image: &ImageSummary) -> Value {
    let name = image.reference.split_once('@').map_or(image.reference.as_str(), |(name, _)| name);
    let repository = image.repository();
    let tag = repository.and_then(|repository| name.strip_prefix(repository)?.strip_prefix(':'));
    let registry = repository.and_then(|repository| repository.split_once('/')).map(|(registry, _)| registry);
    let mut found = json!({
        "text": image.reference,
        "digest": image.digest.as_ref().map(ToString::to_string),
        "platform": image.platform.as_ref().map(ToString::to_string),
        "registry": registry,
        "repository": repository,
        "tag": tag,
        "pinned": image.reference.contains("@sha256:") || image.reference.contains("@sha512:"),
    });
    // A folder has no manifest, and an engine need not keep it.
    if let (Value::Object(found), false) = (&mut found, image.media_type.is_empty()) {
        found.insert("media_type".into(), json!(image.media_type));
    }
    found
}

fn layers(image: &ImageSummary) -> Value {
    let of = |(index, layer): (usize, &plimsoll_model::Layer)| {
        json!({
            "index": index,
            "digest": layer.digest.as_ref().map(ToString::to_string),
            "size": layer.size,
            "base": layer.base,
            "media_type": layer.media_type,
        })
    };
    image.layers.iter().enumerate().map(of).collect()
}

fn os(inventory: &Inventory) -> Value {
    let is_system = |package: &Package| package.presence == Presence::Installed && package.is_of_system();
    let packages = inventory.packages.iter().filter(|package| is_system(package)).count();
    let distro = inventory.distro.as_ref();
    json!({
        "id": distro.map(|distro| &distro.id),
        "version": distro.map(|distro| &distro.version),
        "name": distro.map(|distro| &distro.name),
        "package_database": packages > 0,
        "packages": packages,
    })
}

fn packages(sources: &Sources<'_>) -> Value {
    let of = |package: &Package| {
        json!({
            "name": package.name,
            "version": package.version,
            "ecosystem": package.ecosystem,
            "system": package.is_of_system(),
            "purl": package.purl,
            "origin": package.origin,
            "licence": package.licence,
            "signed": package.signed,
            "presence": package.presence,
            "development": package.development,
            "path": package.locations.first().map(|location| &location.path),
            "layer": package.layer,
            "base": is_base(sources.image, package.layer),
        })
    };
    sources.inventory.packages.iter().map(of).collect()
}

fn is_base(image: &ImageSummary, layer: usize) -> bool {
    image.layers.get(layer).is_some_and(|layer| layer.base)
}

/// Files by topic, those that the image shows first. Where not all can be told, the worst come before the others, so that
/// decoys do not push them out of the list.
fn files(sources: &Sources<'_>) -> Value {
    let mut topics: BTreeMap<&str, Vec<&NotedFile>> = BTreeMap::new();
    for is_hidden in [false, true] {
        for file in sources.files.iter().filter(|file| file.hidden == is_hidden) {
            for topic in &file.topics {
                topics.entry(topic).or_default().push(file);
            }
        }
    }
    for files in topics.values_mut().filter(|files| files.len() > LISTED) {
        files.sort_by_key(|file| (file.hidden, harmlessness(sources.image, file)));
        files.truncate(LISTED);
    }
    let told = |files: Vec<&NotedFile>| files.into_iter().map(|file| noted(sources.image, file)).collect::<Value>();
    topics.into_iter().map(|(topic, files)| (topic.to_owned(), told(files))).collect::<Map<_, _>>().into()
}

/// Lower for what is worse: what this image brings itself, what gives rights away, and what holds something at all.
fn harmlessness(image: &ImageSummary, file: &NotedFile) -> (bool, bool, bool) {
    let is_plain = file.mode & 0o6002 == 0 && file.capabilities.is_empty();
    (is_base(image, file.layer), is_plain, file.kind == "file" && file.size == 0)
}

fn noted(image: &ImageSummary, file: &NotedFile) -> Value {
    json!({
        "path": file.path,
        "kind": file.kind,
        "mode": file.mode,
        "octal": format!("{:04o}", file.mode),
        "uid": file.uid,
        "gid": file.gid,
        "size": file.size,
        "link": file.link,
        "layer": file.layer,
        "hidden": file.hidden,
        "base": is_base(image, file.layer),
        "capabilities": file.capabilities,
        "topics": file.topics,
    })
}

fn counts(files: &[NotedFile]) -> BTreeMap<&str, usize> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for topic in files.iter().flat_map(|file| &file.topics) {
        let count = counts.entry(topic).or_default();
        *count = count.saturating_add(1);
    }
    counts
}

fn configurations(sources: &Sources<'_>) -> Value {
    let mut found = Map::new();
    let mut asked: Vec<&Asked> = sources.asked.iter().collect();
    asked.sort_by(|one, other| (&one.target, &one.path).cmp(&(&other.target, &other.path)));
    let mut room = limits::Room::new();
    for (location, facts) in sources.said {
        let Some(text) = &facts.configuration else { continue };
        // Its reader has masked it, before anything was kept.
        let kept: &[String] = if room.takes(text) { &text.lines } else { &[] };
        let value = |path: &str, included_by: &str| {
            json!({
                "path": path,
                "target": location.path,
                "included_by": included_by,
                "lines": kept,
                "cut": text.cut || kept.len() < text.lines.len(),
                "layer": location.layer,
                "base": is_base(sources.image, location.layer),
            })
        };
        // By the names that programs ask for it by, which are not always where it lies.
        let first = asked.partition_point(|asked| asked.target < location.path);
        let names = asked.iter().skip(first).take_while(|asked| asked.target == location.path).take(MOST_NAMES);
        let before = found.len();
        names.for_each(|asked| drop(found.insert(asked.path.clone(), value(&asked.path, &asked.included_by))));
        if found.len() == before {
            found.insert(location.path.clone(), value(&location.path, ""));
        }
    }
    Value::Object(found)
}

/// Where files lie that are asked for through links, by the paths that they are asked for by.
fn links(asked: &[Asked]) -> Value {
    let links = asked.iter().filter(|asked| asked.included_by.is_empty() && asked.path != asked.target);
    links.take(LISTED).map(|asked| (asked.path.clone(), json!(asked.target))).collect::<Map<_, _>>().into()
}

fn certificates(said: &[(Location, Facts)]) -> Value {
    let all = said.iter().flat_map(|(location, facts)| facts.certificates.iter().map(move |found| (location, found)));
    all.take(limits::CERTIFICATES)
        .map(|(location, certificate)| {
            json!({
                "path": location.path,
                "layer": location.layer,
                "subject": certificate.subject,
                "sha256": certificate.sha256,
                "not_after": certificate.not_after,
                "key": certificate.key,
                "bits": certificate.bits,
                "signature": certificate.signature,
            })
        })
        .collect()
}

fn gaps(gaps: &[Gap], cuts: &[limits::Cut]) -> Value {
    // A list that is cut matters to the checks that read it, and these alone.
    let is_cut = |gap: &Gap| cuts.iter().any(|cut| cut.gap == *gap);
    let of = |gap: &Gap| {
        json!({
            "blind": gap.kind == GapKind::Blind && !is_cut(gap),
            "location": gap.location,
            "reason": gap.reason,
            "message": gap.message,
        })
    };
    gaps.iter().map(of).collect()
}

/// Sections that do not hold all there is, with what is told of each.
fn cut(cuts: &[limits::Cut]) -> Value {
    let named = cuts.iter().filter(|cut| !cut.section.is_empty());
    named.map(|cut| (cut.section.clone(), json!(cut.gap.message))).collect::<Map<_, _>>().into()
}

fn owners(sources: &Sources<'_>) -> Value {
    let of = |owner: &FileOwner| {
        json!({
            "uid": owner.uid,
            "gid": owner.gid,
            "files": owner.files,
            "path": owner.path,
            "layer": owner.layer,
            "base": is_base(sources.image, owner.layer),
        })
    };
    sources.owners.iter().take(limits::OWNERS).map(of).collect()
}

fn is_removed(file: &NotedFile) -> bool {
    file.hidden && file.kind != "whiteout"
}

/// Files that stand out and that a later layer removes or replaces.
fn removed(sources: &Sources<'_>) -> Vec<Value> {
    sources.files.iter().filter(|file| is_removed(file)).take(LISTED).map(|file| noted(sources.image, file)).collect()
}

/// What package managers left behind, by folder: an index has hundreds of files, and one reason to be there.
fn package_caches(sources: &Sources<'_>) -> Vec<Value> {
    let mut folders: BTreeMap<(usize, String), u64> = BTreeMap::new();
    let is_cache = |file: &&NotedFile| !file.hidden && file.topics.iter().any(|topic| topic == "package-cache");
    for file in sources.files.iter().filter(is_cache) {
        let folder: Vec<&str> = file.path.split('/').take(3).collect();
        let size = folders.entry((file.layer, folder.join("/"))).or_default();
        *size = size.saturating_add(file.size);
    }
    let of = |((layer, path), size)| json!({ "path": path, "layer": layer, "base": is_base(sources.image, layer), "size": size });
    folders.into_iter().map(of).collect()
}

fn waivers(sources: &Sources<'_>) -> Value {
    let today = crate::day::of(sources.as_of);
    let all = sources.waivers.iter().flat_map(|file| &file.entries);
    all.map(|waiver| {
        let days = today.map(|today| crate::day::between(today, waiver.expires));
        json!({ "id": waiver.id, "expires": waiver.expires.to_string(), "days_left": days })
    })
    .collect()
}

/// Nobody vouches for who made a document: it is given by whoever runs the scan.
fn statements(sources: &Sources<'_>) -> Value {
    sources.statements.iter().map(|name| ((*name).to_owned(), json!({ "trusted": null }))).collect()
}

fn data(sources: &Sources<'_>) -> Value {
    let as_of = sources.as_of.parse::<Timestamp>().ok();
    let age = |source: &DataSource| {
        let hours = as_of?.duration_since(source.date.parse::<Timestamp>().ok()?).as_hours();
        // By the day, for the document's digest keys verdicts.
        Some(hours.max(0).div_euclid(24).saturating_mul(24))
    };
    let name = |source: &DataSource| format!("{} of {}", source.space, source.feed);
    sources.data.iter().map(|source| json!({ "name": name(source), "age_hours": age(source) })).collect()
}

/// The build's history in neutral form, secrets masked.
fn steps(sources: &Sources<'_>) -> Value {
    let steps = steps::steps(sources.config, sources.image.layers.len());
    let masked = |step: &Step| {
        let mut value = serde_json::to_value(step).unwrap_or_default();
        mask_all(&mut value, sources.mask);
        if let Value::Object(fields) = &mut value {
            let base = step.layer.is_some_and(|layer| is_base(sources.image, layer));
            fields.insert("base".into(), json!(base));
        }
        value
    };
    steps.iter().map(masked).collect()
}

/// Masks every text in a value.
fn mask_all(value: &mut Value, mask: &dyn Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = mask(text),
        Value::Array(items) => items.iter_mut().for_each(|item| mask_all(item, mask)),
        Value::Object(fields) => fields.values_mut().for_each(|field| mask_all(field, mask)),
        _ => {}
    }
}
