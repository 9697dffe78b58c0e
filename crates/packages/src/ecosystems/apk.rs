//! Packages of Alpine and others that use apk-tools: <https://wiki.alpinelinux.org/wiki/Apk_spec>.
//!
//! Owns the installed database of apk-tools 2, which version 3 writes as well.

use plimsoll_model::{
    Dependency, Facts, Input, Malformed, Origin, Owned, Package, Presence, Reader, SourcePackage, Wants,
};

use crate::ecosystem::Kind;
use crate::lines::{self, Complaints, MOST_PACKAGES};
use crate::{Ecosystem, operating_system, paths, versions};

pub(super) const APK: Ecosystem = Ecosystem {
    id: "apk",
    about: "Alpine, Wolfi, Chainguard and others that use apk-tools",
    kind: Kind::System,
    readers: &[Reader {
        id: "apk/installed",
        version: 1,
        wants: Wants::essential(&["lib/apk/db/installed", "usr/lib/apk/db/installed"]),
        presence: Presence::Installed,
        read,
    }],
    normal_name: operating_system::normal_name,
    compare: versions::apk::compare,
    satisfies: operating_system::satisfies,
    advisory_spaces: operating_system::advisory_spaces,
    advisory_names: operating_system::source_name,
    // The database does not say which repository a package came from.
    origin: |_, _| Origin::Unknown,
    purl: operating_system::purl,
};

/// One package under construction: lines `X:value`, an empty line at the end.
#[derive(Default)]
struct Record {
    line: usize,
    package: Package,
    /// Name of the package that the same build recipe is named after.
    source: String,
    folder: String,
    files: paths::List,
}

fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut complaints = Complaints::default();
    if !lines::ends_in_line_end(input.file.content) {
        complaints.push("does not end in a line end: it may have been cut short".into());
    }
    let mut facts = Facts::default();
    let mut record = Record::default();
    lines::walk(input.file.content, &mut complaints, |complaints, number, line| {
        if line.is_empty() {
            std::mem::take(&mut record).settle(&mut facts, complaints);
        } else if let Err(complaint) = record.take(number, line) {
            complaints.push(format!("line {number}: {complaint}"));
        }
    })?;
    record.settle(&mut facts, &mut complaints);
    complaints.settle(facts)
}

impl Record {
    fn take(&mut self, number: usize, line: &[u8]) -> Result<(), String> {
        if self.line == 0 {
            self.line = number;
        }
        let (Some(key), Some(b':'), Some(value)) = (line.first(), line.get(1), line.get(2..)) else {
            return Err("not a letter, a colon and a value".into());
        };
        match key {
            // An empty line is missing: the first package is kept whole, the second is said to be lost.
            b'P' if !self.package.name.is_empty() => return Err("P for the second time in one record".into()),
            b'V' if !self.package.version.is_empty() => return Err("V for the second time in one record".into()),
            b'P' => self.package.name = lines::text(value),
            b'V' => self.package.version = lines::text(value),
            b'A' => self.package.arch = lines::text(value),
            b'L' => self.package.licence = lines::text(value),
            b'm' => self.package.maintainer = lines::text(value),
            b'o' => self.source = lines::text(value),
            b'D' => self.package.depends_on = dependencies(&String::from_utf8_lossy(value)),
            b'F' => self.folder = String::from_utf8_lossy(value).into_owned(),
            b'R' => {
                let path = format!("{}/{}", self.folder, String::from_utf8_lossy(value));
                self.files.push(path.as_bytes());
            }
            _ => {}
        }
        Ok(())
    }

    fn settle(self, facts: &mut Facts, complaints: &mut Complaints) {
        let Self { line, mut package, source, files, .. } = self;
        if line == 0 {
            return;
        }
        if package.name.is_empty() || package.version.is_empty() {
            let (name, version) = (&package.name, &package.version);
            complaints.push(format!("record at line {line}: needs a name and a version, not {name:?} {version:?}"));
            return;
        }
        if facts.packages.len() >= MOST_PACKAGES {
            complaints.push(format!("record at line {line}: more than {MOST_PACKAGES} packages; not read"));
            return;
        }
        package.ecosystem = "apk".into();
        if !source.is_empty() && source != package.name {
            package.source = Some(SourcePackage { name: source, version: package.version.clone() });
        }
        let paths = files.finish();
        if !paths.is_empty() {
            facts.owned.push(Owned { package: package.name.clone(), paths });
        }
        facts.packages.push(package);
    }
}

/// Names in a list like `musl so:libc.musl-x86_64.so.1 busybox>=1.3 !uclibc`; conflicts (`!`) are no dependencies.
fn dependencies(list: &str) -> Vec<Dependency> {
    let mut names: Vec<_> = list
        .split_ascii_whitespace()
        .filter(|part| !part.starts_with('!'))
        .filter_map(|part| part.split(['<', '>', '=', '~', '@']).next())
        .map(Dependency::named)
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}
