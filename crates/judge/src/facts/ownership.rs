//! What is told of files by the package that they belong to, or belong to none, and of code by who can write it.

use plimsoll_model::{LicenceWords, SeenProgram};
use serde_json::{Map, Value, json};

use super::{LISTED, Person, Sources, Users, is_base};

/// Folders of programs that are found by their name alone.
const SYSTEM: [&str; 6] = ["bin/", "sbin/", "usr/bin/", "usr/sbin/", "usr/local/bin/", "usr/local/sbin/"];

/// Puts the sections that were looked at.
pub fn put(sources: &Sources<'_>, users: Option<&Users>, document: &mut Map<String, Value>) {
    if let Some(altered) = sources.altered {
        let files = altered.files.iter().take(LISTED);
        let files = files.map(|file| of(sources, &file.path, file.layer, json!({ "package": file.package })));
        document.insert("altered".into(), files.collect());
        document.insert("altered_uncompared".into(), json!(altered.uncompared));
    }
    let programs = || sources.programs.iter().filter(|program| program.traits.program);
    let is_owned = |program: &&SeenProgram| !program.package.is_empty();
    let is_unknown = |program: &&SeenProgram| program.package.is_empty() && !program.known;
    document.insert(
        "binaries".into(),
        json!({
            "total": programs().count(),
            "owned": programs().filter(is_owned).count(),
            "identified": programs().filter(|program| program.known).count(),
            "unidentified": programs().filter(is_unknown).count(),
        }),
    );
    let is_system = |program: &&SeenProgram| SYSTEM.iter().any(|folder| program.path.starts_with(folder));
    let unpackaged = programs().filter(is_unknown).filter(is_system).take(LISTED);
    let unpackaged = unpackaged.map(|program| of(sources, &program.path, program.layer, json!({})));
    document.insert("unpackaged".into(), unpackaged.collect());
    let elf = sources.programs.iter().filter(|program| is_weak(program)).take(LISTED);
    document.insert("elf".into(), elf.map(|program| elf_of(sources, program)).collect());
    put_writable(sources, users, document);
    if let Some(words) = sources.licence_words {
        let said = words.iter().filter_map(|words| licence(sources, words));
        document.insert("licence_texts".into(), said.collect());
    }
}

/// What is worth telling of a package's licence: a contradiction, or that its text is or is not there.
fn licence(sources: &Sources<'_>, words: &LicenceWords) -> Option<Value> {
    let package = sources.inventory.packages.get(words.package)?;
    Some(json!({
        "name": package.name,
        "purl": package.purl,
        "path": package.locations.first().map(|location| &location.path),
        "layer": package.layer,
        "declared": words.declared,
        "detected": words.detected,
        "agree": words.agree,
        "notice": words.notice,
    }))
}

/// A place in the image with what else is told of it.
fn of(sources: &Sources<'_>, path: &str, layer: usize, more: Value) -> Value {
    let mut file = json!({ "path": path, "layer": layer, "base": is_base(sources.image, layer), "hidden": false });
    if let (Value::Object(file), Value::Object(more)) = (&mut file, more) {
        file.extend(more);
    }
    file
}

/// Whether there is something to tell: most programs have all protections, and how a package's own were built is not this
/// image's to change.
fn is_weak(program: &SeenProgram) -> bool {
    let traits = &program.traits;
    let all = [traits.pie, traits.nx, traits.relro, traits.canary, traits.fortify];
    let lacks = traits.program && program.package.is_empty() && all.contains(&Some(false));
    lacks || !program.open_paths.is_empty() || !program.relative_paths.is_empty()
}

fn elf_of(sources: &Sources<'_>, program: &SeenProgram) -> Value {
    let traits = &program.traits;
    let more = json!({
        "package": (!program.package.is_empty()).then_some(&program.package),
        "program": traits.program,
        "pie": traits.pie,
        "nx": traits.nx,
        "relro": traits.relro,
        "canary": traits.canary,
        "fortify": traits.fortify,
        "writable_paths": program.open_paths,
        "relative_paths": program.relative_paths,
    });
    of(sources, &program.path, program.layer, more)
}

/// Code that the image's user can write, where that is somebody in particular: root can write everything.
fn put_writable(sources: &Sources<'_>, users: Option<&Users>, document: &mut Map<String, Value>) {
    let inner = sources.config.get("config").unwrap_or(&Value::Null);
    let raw = inner.get("User").and_then(Value::as_str).unwrap_or_default();
    let person = Person::of(raw, users);
    let found = match person.uid {
        Some(uid) if uid != 0 => {
            // Engines add the groups of an account unless one is named.
            let named = users.zip(person.name.as_deref()).filter(|_| !raw.contains(':'));
            let more = named.into_iter().flat_map(|(users, name)| users.groups_of(name));
            let groups: Vec<u32> = person.gid.into_iter().chain(more).collect();
            (sources.writable)(uid, &groups)
        }
        _ => Vec::new(),
    };
    let found = found.iter().take(LISTED);
    let found = found.map(|code| of(sources, &code.path, code.layer, json!({ "files": code.files })));
    document.insert("runtime_writable".into(), found.collect());
}
