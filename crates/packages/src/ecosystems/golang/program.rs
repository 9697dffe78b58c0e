//! Go programs: the modules that they were built from.
//!
//! Owns what the lines of the build information mean, and which version the program itself has.

use plimsoll_model::{Facts, Input, Malformed, Origin, Package};

use super::build_info::{self, BuildInfo};
use super::{STANDARD_LIBRARY, TOOLCHAIN, released};
use crate::executable::{self, Executable, Format};
use crate::lines::{Complaints, MOST_PACKAGES};

/// What Go writes as the version of a program that was built in its own folder: none that is known.
const UNKNOWN: &str = "(devel)";

/// Also the one place that tells of executables that cannot be taken apart: all readers of executables see the same.
pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut complaints = Complaints::default();
    let mut facts = Facts::default();
    for executable in executable::executables(input.file.content)? {
        if is_packed(&executable) {
            complaints.push("it is packed with UPX, so that nobody sees what is inside; unpack it with upx -d".into());
        }
        if let Some(info) = build_info::find(&executable)? {
            take(&info, &mut facts.packages, &mut complaints);
        }
    }
    facts.packages.sort_by(|left, right| left.identity().cmp(&right.identity()));
    facts.packages.dedup();
    complaints.settle(facts)
}

/// UPX leaves no section table in ELF files and its mark behind the program headers; in others it names its sections.
fn is_packed(executable: &Executable<'_>) -> bool {
    match executable.format {
        Format::Elf => executable.sections.is_empty() && memchr::memmem::find(&executable.head(512), b"UPX!").is_some(),
        _ => executable.sections.iter().any(|section| section.name() == b"UPX0"),
    }
}

fn take(info: &BuildInfo, packages: &mut Vec<Package>, complaints: &mut Complaints) {
    packages.extend(released(STANDARD_LIBRARY, &info.go));
    let mut modules: Vec<Module> = Vec::new();
    let mut path = "";
    for line in info.modules.lines().take(MOST_PACKAGES) {
        let (key, rest) = line.split_once('\t').unwrap_or((line, ""));
        match key {
            "path" => path = rest,
            "mod" => modules.extend(Module::new(rest, true)),
            "dep" => modules.extend(Module::new(rest, false)),
            "=>" => {
                if let (Some(module), Some(by)) = (modules.last_mut(), Module::new(rest, false)) {
                    module.replace(&by);
                }
            }
            _ => {}
        }
    }
    // The commands that come with Go are built without, and its version speaks for them.
    if modules.is_empty() && !path.starts_with("cmd/") {
        complaints.push("built without modules, so that nobody knows which packages it was built from".into());
    }
    if path == "cmd/go" {
        packages.extend(released(TOOLCHAIN, &info.go));
    }
    let mut flags = info.modules.lines().find_map(|line| line.strip_prefix("build\t-ldflags=")).unwrap_or_default();
    // One module is that of the program itself; for what else claims to be, nobody searches the flags.
    packages.extend(modules.into_iter().map(|module| {
        let flags = if module.is_main { std::mem::take(&mut flags) } else { "" };
        module.package(flags)
    }));
}

/// A line of the build information.
struct Module {
    path: String,
    version: String,
    is_main: bool,
    is_local: bool,
}

impl Module {
    fn new(fields: &str, is_main: bool) -> Option<Self> {
        let mut fields = fields.split('\t');
        let path = fields.next().filter(|path| !path.is_empty())?.to_owned();
        Some(Self { path, version: fields.next().unwrap_or_default().to_owned(), is_main, is_local: false })
    }

    /// A folder in its place has no name of its own, and what is in it no version.
    fn replace(&mut self, by: &Self) {
        if is_folder(&by.path) {
            self.is_local = true;
        } else {
            self.path.clone_from(&by.path);
            self.version.clone_from(&by.version);
        }
    }

    fn package(self, flags: &str) -> Package {
        let version = if self.is_main { own_version(&self, flags) } else { self.version };
        let origin = if self.is_local { Origin::ThirdParty } else { Origin::Unknown };
        Package { origin, direct: self.is_main, ..Package::new("golang", self.path, version) }
    }
}

/// Whether a replacement is a folder: <https://go.dev/ref/mod#go-mod-file-replace>.
pub(super) fn is_folder(path: &str) -> bool {
    path.starts_with(['.', '/']) || path.get(1..3).is_some_and(|drive| drive == ":\\" || drive == ":/")
}

/// The program's own version. A build in a checkout without a tag has none, or one (`v0.0.0-…`) that is before every
/// fix, which would be a false alarm: then what the builder told the linker to write into a variable, else none.
fn own_version(module: &Module, flags: &str) -> String {
    let version = module.version.split('+').next().unwrap_or_default();
    let is_known = !version.is_empty() && version != UNKNOWN && !version.starts_with("v0.0.0-");
    // A mark of local changes is not part of the version: v1.2.3+dirty.
    if is_known {
        return module.version.trim_end_matches("+dirty").to_owned();
    }
    linked_version(flags, &module.path).unwrap_or_default()
}

/// The version in `-X main.version=1.2.3`, with the letter that Go's versions begin with.
fn linked_version(flags: &str, module: &str) -> Option<String> {
    const NAMES: &[&str] = &[
        "version",
        "gitversion",
        "fullversion",
        "buildversion",
        "appversion",
        "releaseversion",
        "semver",
        "gitdescribe",
        "gittag",
        "tag",
    ];
    let words = flags.split(|byte: char| byte.is_ascii_whitespace() || "\"'\\".contains(byte));
    let settings = words.map(|word| word.strip_prefix("-X=").unwrap_or(word)).filter_map(|word| word.split_once('='));
    let mut found: Vec<(usize, String)> = settings
        .filter_map(|(variable, value)| {
            let (package, name) = variable.rsplit_once('.')?;
            let is_own = package == "main"
                || package.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                || package == "github.com/prometheus/common/version";
            let rank = NAMES.iter().position(|candidate| candidate.eq_ignore_ascii_case(name)).filter(|_| is_own)?;
            Some((rank, semantic(value)?))
        })
        .collect();
    found.sort();
    found.into_iter().next().map(|(_, version)| version)
}

/// A version of three numbers, with what may follow them.
fn semantic(value: &str) -> Option<String> {
    let value = value.strip_prefix('v').unwrap_or(value);
    let end = value.find(['-', '+']).unwrap_or(value.len());
    let numbers: Vec<&str> = value.get(..end)?.split('.').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (numbers.len() == 3 && numbers.iter().all(is_number) && !value.starts_with("0.0.0")).then(|| format!("v{value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(stamped: &str, flags: &str) -> String {
        let module = Module::new(&format!("example.org/app\t{stamped}\t"), true).unwrap();
        own_version(&module, flags)
    }

    #[test]
    fn the_programs_own_version() {
        for (stamped, flags, expected) in [
            ("v1.4.0", "", "v1.4.0"),
            ("v1.4.0+dirty", "", "v1.4.0"),
            ("v2.0.0+incompatible", "", "v2.0.0+incompatible"),
            ("v1.4.1-0.20240102030405-0123456789ab", "", "v1.4.1-0.20240102030405-0123456789ab"),
            ("(devel)", "", ""),
            ("v0.0.0-20240102030405-0123456789ab+dirty", "", ""),
            ("(devel)", r#""-s -w -X main.version=1.2.3""#, "v1.2.3"),
            ("(devel)", r#""-X 'main.version=v1.2.3-rc.1' -X main.commit=4.5.6""#, "v1.2.3-rc.1"),
            ("(devel)", r#""-X=example.org/app/internal.GitVersion=v3.0.1""#, "v3.0.1"),
            ("(devel)", r#""-X github.com/prometheus/common/version.Version=2.45.0""#, "v2.45.0"),
            ("(devel)", r#""-X k8s.io/client-go/pkg/version.gitVersion=v0.29.0""#, ""),
            ("(devel)", r#""-X main.version=dev""#, ""),
            ("(devel)", r#""-X main.version=0.0.0-dev""#, ""),
        ] {
            assert_eq!(version(stamped, flags), expected, "{stamped} {flags}");
        }
    }
}
