//! Checksums that package managers keep of the files they put in place: dpkg's lists, rpm's headers, apk's database.
//!
//! Owns where they are for a package, and reading those of some files. They are not part of what a scan reads of every image,
//! for a full system has a hundred thousand and hardly any file was replaced. Comparing is for the caller.

use std::collections::HashSet;

use data_encoding::{BASE64, HEXLOWER};
use plimsoll_model::{Input, Malformed, Package};

use crate::lines::{self, Complaints};
use crate::paths::merged;
use crate::rpmdb::{self, Header, Tag};

/// How a checksum is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// dpkg's, and rpm's of old.
    Md5,
    /// apk's.
    Sha1,
    /// rpm's.
    Sha256,
    /// rpm's, where the distribution chose it.
    Sha384,
    /// rpm's, where the distribution chose it.
    Sha512,
}

/// What a package manager says of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// Name of the package, with `:architecture` where the database has it.
    pub package: String,
    /// As it was asked for.
    pub path: String,
    /// How the checksum is made.
    pub algorithm: Algorithm,
    /// The checksum in lower-case hexadecimal.
    pub checksum: String,
}

/// Checksums that are believed of one database; nobody asks for more.
const MOST: usize = 100_000;
/// File flags of rpm: settings, and what is not in the package at all.
const RPM_CONFIGURATION: u32 = 1;
const RPM_GHOST: u32 = 1 << 6;
/// rpm is to compare the contents of the file.
const RPM_VERIFIES_CONTENT: u32 = 1;

/// Files that may hold the checksums of an operating system's package, the first that is there being the one; with what
/// belongs to it. None for package managers that keep none, or whose files have no reader here.
#[must_use]
pub fn sources(package: &Package) -> Vec<[Option<String>; 2]> {
    let Some(database) = package.locations.first().map(|location| location.path.as_str()) else { return Vec::new() };
    let Package { name, arch, .. } = package;
    let alone = |path: String| [Some(path), None];
    match package.ecosystem.as_str() {
        "deb" => match database.strip_suffix("/status") {
            Some(folder) => {
                let list = |name: &str| alone(format!("{folder}/info/{name}.md5sums"));
                vec![list(&format!("{name}:{arch}")), list(name)]
            }
            None if database.contains("/status.d/") => vec![alone(format!("{database}.md5sums"))],
            None => Vec::new(),
        },
        "rpm" if database.ends_with("/rpmdb.sqlite") => {
            vec![[Some(database.to_owned()), Some(format!("{database}-wal"))]]
        }
        "rpm" if database.ends_with("/Packages") || database.ends_with("/Packages.db") => {
            vec![alone(database.to_owned())]
        }
        "apk" if database.ends_with("/installed") => vec![alone(database.to_owned())],
        _ => Vec::new(),
    }
}

/// Files that may hold the list of a package's files, where it has one of its own: dpkg's. It is written when the package is
/// installed and stays as it is.
#[must_use]
pub fn lists(package: &Package) -> Vec<String> {
    let database = package.locations.first().map_or("", |location| location.path.as_str());
    match database.strip_suffix("/status").filter(|_| package.ecosystem == "deb") {
        Some(folder) => {
            let Package { name, arch, .. } = package;
            vec![format!("{folder}/info/{name}:{arch}.list"), format!("{folder}/info/{name}.list")]
        }
        None if is_alone(package) => sources(package).into_iter().flatten().flatten().collect(),
        None => Vec::new(),
    }
}

/// Whether the checksums of a package are in a file that has those of no other.
#[must_use]
pub fn is_alone(package: &Package) -> bool {
    package.ecosystem == "deb"
}

/// The checksums that one of [`sources`] has of these files. Settings, and files that are made anew on each machine, have
/// none.
///
/// # Errors
/// When it is not what its name promises.
pub fn checksums(input: &Input<'_>, asked: &HashSet<&str>) -> Result<Vec<Listed>, Malformed> {
    let asked = Asked(asked.iter().map(|path| (merged(path), *path)).collect());
    let mut found = Vec::new();
    let mut complaints = Complaints::default();
    let mut add = |listed: Option<Listed>| {
        if let Some(listed) = listed.filter(|_| found.len() < MOST) {
            found.push(listed);
        }
    };
    let content = input.file.content;
    let mut header = |_: u32, blob: &[u8], _: &mut Complaints| of_header(blob, &asked, &mut add);
    match crate::paths::file_name(input.file.path) {
        "rpmdb.sqlite" => {
            let log = input.with.iter().find(|file| file.path.ends_with("-wal")).map(|file| file.content);
            drop(rpmdb::read_sqlite(content, log, &mut header)?);
        }
        "Packages.db" => drop(rpmdb::read_ndb(content, &mut header)?),
        "Packages" => drop(rpmdb::read_berkeley(content, &mut header)?),
        "installed" => {
            let mut record = ApkRecord::default();
            lines::walk(content, &mut complaints, |_, _, line| add(record.take(line, &asked)))?;
        }
        name => {
            let package = name.trim_end_matches(".md5sums");
            lines::walk(content, &mut complaints, |_, _, line| add(of_md5sums(line, package, &asked)))?;
        }
    }
    Ok(found)
}

/// Paths by how they are compared.
struct Asked<'a>(std::collections::HashMap<&'a str, &'a str>);

impl Asked<'_> {
    fn find(&self, path: &str) -> Option<String> {
        self.0.get(merged(path.trim_start_matches("./").trim_start_matches('/'))).map(|path| (*path).to_owned())
    }
}

/// `checksum  path`, relative to the root.
fn of_md5sums(line: &[u8], package: &str, asked: &Asked<'_>) -> Option<Listed> {
    let line = std::str::from_utf8(line).ok()?;
    let (checksum, path) = line.split_once(' ')?;
    let path = asked.find(path.trim_start())?;
    listed(package, path, Algorithm::Md5, checksum)
}

fn listed(package: &str, path: String, algorithm: Algorithm, checksum: &str) -> Option<Listed> {
    let digits = match algorithm {
        Algorithm::Md5 => 32,
        Algorithm::Sha1 => 40,
        Algorithm::Sha256 => 64,
        Algorithm::Sha384 => 96,
        Algorithm::Sha512 => 128,
    };
    let is_one = checksum.len() == digits && checksum.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_one.then(|| Listed { package: package.into(), path, algorithm, checksum: checksum.to_ascii_lowercase() })
}

/// <https://rpm.org/docs/latest/manual/tags>, the tags of files.
fn of_header(blob: &[u8], asked: &Asked<'_>, add: &mut impl FnMut(Option<Listed>)) {
    let Ok(header) = Header::parse(blob) else { return };
    let text = |tag| header.text(tag).map(lines::text).unwrap_or_default();
    let package = format!("{}:{}", text(Tag::Name), text(Tag::Arch));
    // Numbers of OpenPGP; md5 where the header has none.
    let algorithm = match header.numbers(Tag::FileDigestAlgorithm).next() {
        None | Some(1) => Algorithm::Md5,
        Some(2) => Algorithm::Sha1,
        Some(8) => Algorithm::Sha256,
        Some(9) => Algorithm::Sha384,
        Some(10) => Algorithm::Sha512,
        Some(_) => return,
    };
    let folders: Vec<_> = header.texts(Tag::DirectoryNames).collect();
    let flags = header.numbers(Tag::FileFlags).chain(std::iter::repeat(0));
    let verified = header.numbers(Tag::FileVerifyFlags).chain(std::iter::repeat(u32::MAX));
    let files = header.texts(Tag::BaseNames).zip(header.numbers(Tag::DirectoryIndexes));
    for (((name, folder), checksum), (flags, verified)) in
        files.zip(header.texts(Tag::FileDigests)).zip(flags.zip(verified))
    {
        if flags & (RPM_CONFIGURATION | RPM_GHOST) != 0 || verified & RPM_VERIFIES_CONTENT == 0 {
            continue;
        }
        let folder = usize::try_from(folder).ok().and_then(|folder| folders.get(folder)).copied().unwrap_or_default();
        let found = asked.find(&String::from_utf8_lossy(&[folder, name].concat()));
        add(found.and_then(|path| listed(&package, path, algorithm, std::str::from_utf8(checksum).ok()?)));
    }
}

/// `P:` package, `F:` folder, `R:` file, `Z:` its checksum: `Q1` and SHA-1 in base64.
#[derive(Default)]
struct ApkRecord {
    package: String,
    folder: String,
    file: Option<String>,
}

impl ApkRecord {
    fn take(&mut self, line: &[u8], asked: &Asked<'_>) -> Option<Listed> {
        let line = String::from_utf8_lossy(line);
        let (key, value) = line.split_once(':').unwrap_or(("", ""));
        match key {
            "P" => value.trim().clone_into(&mut self.package),
            "F" => value.clone_into(&mut self.folder),
            "R" => self.file = asked.find(&format!("{}/{value}", self.folder)),
            "Z" => {
                let path = self.file.take()?;
                let bytes = BASE64.decode(value.strip_prefix("Q1")?.as_bytes()).ok()?;
                let checksum = HEXLOWER.encode(&bytes);
                return listed(&self.package, path, Algorithm::Sha1, &checksum);
            }
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_model::{File, Location};

    use super::*;
    use crate::rpmdb::make_header;

    fn read(path: &str, bytes: &[u8], asked: &[&str]) -> Vec<(String, String, String)> {
        let input = Input { file: File { path, content: &bytes }, with: &[] };
        let found = checksums(&input, &asked.iter().copied().collect()).unwrap();
        found.into_iter().map(|listed| (listed.package, listed.path, listed.checksum)).collect()
    }

    #[test]
    fn lists_of_dpkg_are_compared_across_a_merged_usr() {
        let list =
            b"900150983CD24FB0D6963F7D28E17F72  bin/ls\nshort  bin/cp\n900150983cd24fb0d6963f7d28e17f72  bin/mv\n";
        let found = read("var/lib/dpkg/info/coreutils.md5sums", list, &["usr/bin/ls", "usr/bin/cp"]);
        let expected = ("coreutils".into(), "usr/bin/ls".into(), "900150983cd24fb0d6963f7d28e17f72".into());
        assert_eq!(found, [expected]);
    }

    #[test]
    fn a_database_of_apk_has_them_behind_each_file() {
        let text =
            b"P:busybox\nF:bin\nR:busybox\na:0:0:755\nZ:Q1qZk+NkcGgWq6PiVxeFDCbJzQ2J0=\nR:other\nF:etc\nR:x\nZ:Q1x\n";
        let found = read("lib/apk/db/installed", text, &["bin/busybox", "bin/other", "etc/x"]);
        let expected = ("busybox".into(), "bin/busybox".into(), "a9993e364706816aba3e25717850c26c9cd0d89d".into());
        assert_eq!(found, [expected]);
    }

    #[test]
    fn headers_of_rpm_have_them_by_position() {
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let data =
            [b"p\0x86\0/usr/bin/\0a\0b\0c\0".as_slice(), digest.as_bytes(), b"\0", digest.as_bytes(), b"\0\0"].concat();
        let digests = 23;
        let numbers = u32::try_from(data.len()).unwrap();
        let mut data = data;
        for number in [0_u32, 0, 0, 8, 0, 1, 0] {
            data.extend(number.to_be_bytes());
        }
        let entries = [
            [1000, 6, 0, 1],
            [1022, 6, 2, 1],
            [1118, 8, 6, 1],
            [1117, 8, 16, 3],
            [1035, 8, 22, 3],
            [1116, 4, numbers, 3],
            [5011, 4, numbers + 12, 1],
            [1037, 4, numbers + 16, 3],
        ];
        assert_eq!(digests, 23);
        let blob = make_header(&entries, &data);
        let mut found = Vec::new();
        let asked = Asked([("bin/a", "usr/bin/a"), ("bin/b", "usr/bin/b"), ("bin/c", "usr/bin/c")].into());
        of_header(&blob, &asked, &mut |listed| found.extend(listed));
        let expected = Listed {
            package: "p:x86".into(),
            path: "usr/bin/a".into(),
            algorithm: Algorithm::Sha256,
            checksum: digest.into(),
        };
        assert_eq!(found, [expected], "b is a setting, c has none");
    }

    #[test]
    fn lists_are_those_of_one_package() {
        let at = |ecosystem: &str, path: &str| {
            lists(&Package {
                arch: "amd64".into(),
                locations: vec![Location::at(path)],
                ..Package::new(ecosystem, "x", "1")
            })
        };
        let info = "var/lib/dpkg/info/x";
        assert_eq!(at("deb", "var/lib/dpkg/status"), [format!("{info}:amd64.list"), format!("{info}.list")]);
        assert_eq!(at("deb", "var/lib/dpkg/status.d/x"), ["var/lib/dpkg/status.d/x.md5sums"]);
        assert!(at("deb", "var/lib/chisel/manifest.wall").is_empty());
        assert!(at("opkg", "usr/lib/opkg/status").is_empty() && at("apk", "lib/apk/db/installed").is_empty());
    }

    #[test]
    fn each_kind_of_database_has_its_files() {
        let at = |ecosystem: &str, path: &str| {
            let package = Package {
                arch: "amd64".into(),
                locations: vec![Location::at(path)],
                ..Package::new(ecosystem, "x", "1")
            };
            sources(&package).into_iter().flatten().flatten().collect::<Vec<_>>()
        };
        let info = "var/lib/dpkg/info/x";
        assert_eq!(at("deb", "var/lib/dpkg/status"), [format!("{info}:amd64.md5sums"), format!("{info}.md5sums")]);
        assert_eq!(at("deb", "var/lib/dpkg/status.d/x"), ["var/lib/dpkg/status.d/x.md5sums"]);
        assert_eq!(at("rpm", "var/lib/rpm/rpmdb.sqlite"), ["var/lib/rpm/rpmdb.sqlite", "var/lib/rpm/rpmdb.sqlite-wal"]);
        assert_eq!(at("apk", "lib/apk/db/installed"), ["lib/apk/db/installed"]);
        for (ecosystem, path) in
            [("deb", "var/lib/chisel/manifest.wall"), ("alpm", "var/lib/pacman/local/x/desc"), ("npm", "x")]
        {
            assert!(at(ecosystem, path).is_empty(), "{ecosystem}");
        }
    }
}
