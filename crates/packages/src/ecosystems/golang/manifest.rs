//! `go.mod` and `go.work`: <https://go.dev/ref/mod#go-mod-file>.
//!
//! Owns their lines. Since Go 1.17 a `go.mod` lists every module that the build needs in the version that is chosen,
//! older ones only those that the project itself asks for.

use std::collections::BTreeMap;

use plimsoll_model::{Facts, Input, Malformed, Origin, Package};

use super::program::is_folder;
use super::{STANDARD_LIBRARY, released};
use crate::lines::{self, Complaints, MOST_PACKAGES};

/// Module and version; no version for all.
type Key = (String, String);

#[derive(Default)]
struct Manifest {
    module: String,
    go: String,
    toolchain: String,
    /// Module, version, and whether the project itself asks for it.
    required: Vec<(String, String, bool)>,
    replaced: BTreeMap<Key, Key>,
    excluded: Vec<Key>,
}

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    // What Go's own tests and those of its tools read is not built.
    if input.file.path.split('/').any(|folder| folder == "testdata") {
        return Ok(Facts::default());
    }
    let mut complaints = Complaints::default();
    let mut manifest = Manifest::default();
    let mut block = String::new();
    lines::walk(input.file.content, &mut complaints, |complaints, number, line| {
        if let Err(complaint) = manifest.take(&mut block, &lines::text(line)) {
            complaints.push(format!("line {number}: {complaint}"));
        }
    })?;
    // The standard library's own are part of it, and its version speaks for them.
    if matches!(&*manifest.module, "std" | "cmd") {
        return Ok(Facts::default());
    }
    let packages = manifest.packages(&mut complaints);
    complaints.settle(Facts { packages, ..Facts::default() })
}

impl Manifest {
    fn take(&mut self, block: &mut String, line: &str) -> Result<(), String> {
        let (code, comment) = line.split_once("//").unwrap_or((line, ""));
        let words: Vec<String> = code.split_ascii_whitespace().map(unquoted).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            [] => Ok(()),
            [")"] => {
                block.clear();
                Ok(())
            }
            [directive, "("] => {
                (*directive).clone_into(block);
                Ok(())
            }
            [directive, rest @ ..] if block.is_empty() => self.directive(directive, rest, comment),
            rest => self.directive(&block.clone(), rest, comment),
        }
    }

    fn directive(&mut self, directive: &str, words: &[&str], comment: &str) -> Result<(), String> {
        match (directive, words) {
            ("module", [path]) => (*path).clone_into(&mut self.module),
            ("go", [version]) => (*version).clone_into(&mut self.go),
            ("toolchain", [version]) => (*version).clone_into(&mut self.toolchain),
            ("require", [path, version]) => {
                if self.required.len() >= MOST_PACKAGES {
                    return Err(format!("more than {MOST_PACKAGES} modules; not read"));
                }
                let is_direct = !comment.trim_start().starts_with("indirect");
                self.required.push(((*path).to_owned(), (*version).to_owned(), is_direct));
            }
            ("replace", [old, "=>", new @ ..]) => self.replace((old, ""), new)?,
            ("replace", [old, version, "=>", new @ ..]) => self.replace((old, version), new)?,
            ("exclude", [path, version]) => self.excluded.push(((*path).to_owned(), (*version).to_owned())),
            ("module" | "go" | "toolchain" | "require" | "replace" | "exclude", _) => {
                return Err(format!("{directive} is not followed by what it needs: {:?}", words.join(" ")));
            }
            // retract, use, godebug, tool, ignore: they choose no module.
            _ => {}
        }
        Ok(())
    }

    fn replace(&mut self, (old, version): (&str, &str), new: &[&str]) -> Result<(), String> {
        let (path, by) = match new {
            [path] => (path, ""),
            [path, version] => (path, *version),
            _ => return Err(format!("{old} is replaced by {:?}, which is neither module nor folder", new.join(" "))),
        };
        self.replaced.insert((old.to_owned(), version.to_owned()), ((*path).to_owned(), by.to_owned()));
        Ok(())
    }

    fn packages(&self, complaints: &mut Complaints) -> Vec<Package> {
        let mut packages: Vec<Package> = self.standard_library().into_iter().collect();
        for (path, version, is_direct) in &self.required {
            if self.excluded.contains(&(path.clone(), version.clone())) {
                complaints
                    .push(format!("{path} {version} is required and excluded; which version is built is not said"));
                continue;
            }
            let exactly = self.replaced.get(&(path.clone(), version.clone()));
            let by = exactly.or_else(|| self.replaced.get(&(path.clone(), String::new())));
            let package = match by {
                None => Package::new("golang", path, version),
                Some((folder, _)) if is_folder(folder) => {
                    Package { origin: Origin::ThirdParty, ..Package::new("golang", path, version) }
                }
                Some((path, version)) => Package::new("golang", path, version),
            };
            packages.push(Package { direct: *is_direct, ..package });
        }
        packages
    }

    /// The release that the project asks for; a `go` line of two numbers names a language, not a release.
    fn standard_library(&self) -> Option<Package> {
        let go = Some(format!("go{}", self.go)).filter(|go| go.matches('.').count() == 2);
        let version = if self.toolchain.is_empty() { go? } else { self.toolchain.clone() };
        released(STANDARD_LIBRARY, &version).map(|package| Package { direct: true, ..package })
    }
}

/// Words may stand in quotes of either kind; none that is of interest has an escape in it.
fn unquoted(word: &str) -> String {
    word.trim_matches(['"', '`']).to_owned()
}
