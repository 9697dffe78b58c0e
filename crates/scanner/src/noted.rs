//! From what the layers noticed to what checks and reports say of it: the words of content's tables put to the layers' entries.

use std::collections::BTreeMap;

use plimsoll_content::files::{Notable, asked_for, asked_paths, is_notable, topics};
use plimsoll_content::{capabilities, malware, secrets};
use plimsoll_layers::{Kind, Noticed, Record, Tree};
use plimsoll_model::{FileRule, Finding, NotedFile, Trace};

/// Whether checks want to hear of an entry.
pub fn stands_out(record: &Record) -> bool {
    let is_notable = is_notable(&Notable {
        path: &record.path,
        kind: letter(record.kind),
        mode: record.mode,
        uid: record.uid,
        gid: record.gid,
        size: record.size,
    });
    // What it leads to is told by the final tree.
    let is_link = matches!(record.kind, Kind::Link | Kind::HardLink);
    is_notable || (is_link && !asked_for(&record.path, u64::MAX).is_empty())
}

/// As checks see what was noticed, by path and layer.
pub fn all(noticed: &[Noticed], tree: &Tree) -> Vec<NotedFile> {
    let mut files: Vec<NotedFile> = noticed.iter().map(noted).filter(|file| !file.topics.is_empty()).collect();
    files.extend(led_to(tree, &files));
    files.sort_by(|one, other| (&one.path, one.layer).cmp(&(&other.path, other.layer)));
    files
}

/// As checks see an entry.
fn noted(noticed: &Noticed) -> NotedFile {
    let notable = Notable {
        path: noticed.path.as_bytes(),
        kind: letter(noticed.kind),
        mode: noticed.mode,
        uid: noticed.uid,
        gid: noticed.gid,
        size: noticed.size,
    };
    let capabilities: Vec<String> = capabilities::names(&noticed.capability).into_iter().map(str::to_owned).collect();
    let mut topics: Vec<String> = topics(&notable).into_iter().map(str::to_owned).collect();
    let also = [("capabilities", !noticed.capability.is_empty()), ("escape", noticed.escapes)];
    topics.extend(also.into_iter().filter(|(_, is_so)| *is_so).map(|(topic, _)| topic.to_owned()));
    let mut file = NotedFile {
        path: noticed.path.clone(),
        kind: word(noticed.kind).into(),
        mode: noticed.mode,
        uid: noticed.uid,
        gid: noticed.gid,
        size: noticed.size,
        link: noticed.link.clone(),
        layer: noticed.layer,
        hidden: noticed.is_hidden,
        capabilities,
        topics: Vec::new(),
    };
    // By a name that programs ask for a link is as good, or as bad, as the file that it leads to.
    if let Some(target) = noticed.target {
        let asked = asked_for(noticed.path.as_bytes(), target.size);
        if !asked.is_empty() {
            topics.extend(asked.into_iter().map(str::to_owned));
            (file.kind, file.mode, file.size) = (word(Kind::File).into(), target.mode, target.size);
            (file.uid, file.gid) = (target.uid, target.gid);
        }
    }
    topics.sort_unstable();
    topics.dedup();
    NotedFile { topics, ..file }
}

/// Files that programs ask for by whole paths which lead to other places of the final tree, for a folder above is a link.
fn led_to(tree: &Tree, known: &[NotedFile]) -> Vec<NotedFile> {
    let is_known = |path: &str| known.iter().any(|file| !file.hidden && file.path == path);
    let of = |path: &str| {
        let entry = tree.resolve(path.as_bytes()).filter(|entry| entry.kind == Kind::File)?;
        let topics: Vec<String> = asked_for(path.as_bytes(), entry.size).into_iter().map(str::to_owned).collect();
        (!topics.is_empty()).then(|| NotedFile {
            path: path.to_owned(),
            kind: word(Kind::File).into(),
            mode: entry.mode,
            uid: entry.uid,
            gid: entry.gid,
            size: entry.size,
            layer: entry.layer,
            topics,
            ..NotedFile::default()
        })
    };
    asked_paths().filter(|path| !is_known(path)).filter_map(of).collect()
}

/// The findings about what detectors found, with what users' rules say of themselves (sorted by file and name). A file that
/// several layers bring is told once: as the image shows it, else as the lowest layer has it.
pub fn traced(noticed: &[Noticed], words: &[FileRule]) -> Vec<Finding> {
    let mut found: BTreeMap<String, Finding> = BTreeMap::new();
    for is_hidden in [false, true] {
        for entry in noticed.iter().filter(|entry| entry.is_hidden == is_hidden) {
            for finding in entry.traces.iter().filter_map(|trace| about(trace, entry, words)) {
                found.entry(finding.fingerprint.clone()).or_insert(finding);
            }
        }
    }
    found.into_values().collect()
}

fn about(trace: &Trace, entry: &Noticed, words: &[FileRule]) -> Option<Finding> {
    match trace {
        Trace::Secret(trace) => {
            let at = secrets::InFile { path: &entry.path, layer: entry.layer, hidden: entry.is_hidden };
            secrets::in_file(trace, &at)
        }
        Trace::Malware(trace) => {
            let place = malware::Place { path: &entry.path, layer: entry.layer, hidden: entry.is_hidden };
            if trace.source.is_empty() {
                return malware::finding(trace, place);
            }
            let key = (trace.source.as_str(), trace.rule.as_str());
            let at = words.binary_search_by(|rule| (rule.source.as_str(), rule.name.as_str()).cmp(&key)).ok()?;
            Some(malware::finding_of_rule(trace, words.get(at)?, place))
        }
    }
}

/// The letter that content's tables know a kind by.
const fn letter(kind: Kind) -> char {
    match kind {
        Kind::File | Kind::HardLink => 'f',
        Kind::Folder => 'd',
        Kind::Link => 'l',
        Kind::CharacterDevice => 'c',
        Kind::BlockDevice => 'b',
        Kind::Pipe => 'p',
        Kind::Socket => 's',
        Kind::Whiteout | Kind::Opaque => 'w',
    }
}

const fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::File => "file",
        Kind::HardLink => "hard-link",
        Kind::Folder => "folder",
        Kind::Link => "link",
        Kind::CharacterDevice => "character-device",
        Kind::BlockDevice => "block-device",
        Kind::Pipe => "pipe",
        Kind::Socket => "socket",
        Kind::Whiteout | Kind::Opaque => "whiteout",
    }
}
