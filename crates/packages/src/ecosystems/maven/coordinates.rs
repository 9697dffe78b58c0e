//! Group, artifact and version: <https://maven.apache.org/pom.html#maven-coordinates>, and what file names and paths say
//! of them.

use crate::paths;

/// Longer ones are none.
const LONGEST: usize = 256;

/// What names one artifact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Coordinates {
    /// Empty when nobody says it.
    pub group: String,
    pub artifact: String,
    /// Empty when nobody says it.
    pub version: String,
}

impl Coordinates {
    pub fn new(group: &str, artifact: &str, version: &str) -> Self {
        Self { group: group.to_owned(), artifact: artifact.to_owned(), version: version.to_owned() }
    }

    /// `group:artifact`, as advisories write it; without a group the artifact alone, which no advisory names.
    pub fn name(&self) -> String {
        name(&self.group, &self.artifact)
    }
}

pub(super) fn name(group: &str, artifact: &str) -> String {
    if group.is_empty() { artifact.to_owned() } else { format!("{group}:{artifact}") }
}

/// Whether a text may be a group or an artifact: what Maven itself takes.
pub(super) fn is_id(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !text.is_empty() && text.len() <= LONGEST && text.bytes().all(is_allowed)
}

/// Whether a text may be a version, rather than a range or a placeholder that a build did not fill in.
pub(super) fn is_version(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_graphic() && !b"${}[](),:\\/\"'<>|?*&@".contains(&byte);
    !text.is_empty() && text.len() <= LONGEST && text.bytes().all(is_allowed)
}

/// Words that a version may have behind a dash in front of more digits: `1.0-beta-3`.
const QUALIFIERS: &[&str] = &[
    "alpha",
    "beta",
    "milestone",
    "m",
    "rc",
    "cr",
    "snapshot",
    "ga",
    "final",
    "sp",
    "release",
    "jre",
    "android",
    "b",
    "a",
    "build",
    "incubating",
    "pre",
    "preview",
    "ea",
    "r",
    "v",
    "rev",
    "p",
    "patch",
    "redhat",
    "jboss",
    "hal",
    "nv",
];
/// What builds add behind the version to say which of several files it is.
const CLASSIFIERS: &[&str] = &[
    "sources",
    "javadoc",
    "tests",
    "test",
    "all",
    "shaded",
    "uber",
    "fat",
    "standalone",
    "classes",
    "exec",
    "boot",
    "jar-with-dependencies",
    "with-dependencies",
    "bin",
    "dist",
    "shadow",
    "plain",
    "runner",
    "nodeps",
    "native",
    "natives",
    "linux",
    "osx",
    "macos",
    "windows",
    "win32",
    "win64",
];

/// Artifact and version of a file name without its ending: `log4j-1.2-api-2.17.0` → `log4j-1.2-api`, `2.17.0`. Without
/// a version the whole is the artifact.
pub(super) fn split(stem: &str) -> (&str, &str) {
    let dashes = stem.match_indices('-').map(|(dash, _)| dash);
    for dash in dashes.filter(|dash| *dash > 0) {
        let (artifact, rest) =
            (stem.get(..dash).unwrap_or_default(), stem.get(dash.saturating_add(1)..).unwrap_or_default());
        if rest.starts_with(|first: char| first.is_ascii_digit()) && is_all_version(rest) {
            let version = without_classifier(rest);
            return if is_version(version) { (artifact, version) } else { (stem, "") };
        }
    }
    (stem, "")
}

/// Whether no later part of the text begins a version of its own.
fn is_all_version(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let begins_one = |pair: &[&str]| {
        let [word, number] = pair else { return false };
        let is_word = word.starts_with(|first: char| first.is_ascii_alphabetic())
            && !QUALIFIERS
                .contains(&word.trim_end_matches(|last: char| last.is_ascii_digit()).to_ascii_lowercase().as_str())
            && !is_classifier(word);
        is_word && number.starts_with(|first: char| first.is_ascii_digit()) && number.contains('.')
    };
    !parts.windows(2).any(begins_one)
}

fn is_classifier(word: &str) -> bool {
    CLASSIFIERS.contains(&word.to_ascii_lowercase().as_str())
}

fn without_classifier(version: &str) -> &str {
    let mut dashes = version.match_indices('-').map(|(dash, _)| dash);
    let starts = dashes.find(|dash| {
        let rest = version.get(dash.saturating_add(1)..).unwrap_or_default();
        is_classifier(rest) || is_classifier(rest.split('-').next().unwrap_or_default())
    });
    starts.and_then(|dash| version.get(..dash)).unwrap_or(version)
}

/// File name without folders and ending.
pub(super) fn stem(path: &str) -> &str {
    let name = paths::file_name(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// What the path says of a file that lies in a repository, where every folder is part of its coordinates:
/// `…/repository/org/x/a/1.0/a-1.0.jar` of Maven and Karaf, `…/files-2.1/org.x/a/1.0/<hash>/a-1.0.jar` of Gradle.
pub(super) fn of_path(path: &str) -> Option<Coordinates> {
    let mut folders: Vec<&str> = path.split('/').collect();
    let file = folders.pop()?;
    if let Some(start) = folders.iter().position(|folder| *folder == "files-2.1") {
        let [group, artifact, version, _hash] = folders.get(start.saturating_add(1)..)? else { return None };
        return valid(Coordinates::new(group, artifact, version));
    }
    let start = folders.iter().rposition(|folder| matches!(*folder, "repository" | "system"))?;
    let [group @ .., artifact, version] = folders.get(start.saturating_add(1)..)? else { return None };
    let is_in_place = file.strip_prefix(artifact).and_then(|rest| rest.strip_prefix('-'));
    is_in_place.filter(|rest| rest.starts_with(version))?;
    valid(Coordinates::new(&group.join("."), artifact, version))
}

fn valid(coordinates: Coordinates) -> Option<Coordinates> {
    let Coordinates { group, artifact, version } = &coordinates;
    (is_id(group) && is_id(artifact) && is_version(version)).then_some(coordinates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_split_where_the_version_begins() {
        for (stem, artifact, version) in [
            ("log4j-1.2-api-2.17.0", "log4j-1.2-api", "2.17.0"),
            ("commons-io-2.11.0", "commons-io", "2.11.0"),
            ("guava-31.1-jre", "guava", "31.1-jre"),
            ("x-1.0-beta-3.1", "x", "1.0-beta-3.1"),
            ("a-1.0-20200101.120000-3", "a", "1.0-20200101.120000-3"),
            ("jackson-module-scala_2.12-2.6.7.1", "jackson-module-scala_2.12", "2.6.7.1"),
            ("netty-transport-native-epoll-4.1.77.Final-linux-x86_64", "netty-transport-native-epoll", "4.1.77.Final"),
            ("app-1.0.0-jar-with-dependencies", "app", "1.0.0"),
            ("bcprov-jdk15on-1.55", "bcprov-jdk15on", "1.55"),
            ("stax-api-1.0-2", "stax-api", "1.0-2"),
            ("apacheds-i18n-2.0.0-M15", "apacheds-i18n", "2.0.0-M15"),
            ("xpp3_min-1.1.4c", "xpp3_min", "1.1.4c"),
            ("jetty-server-9.4.10.v20180503", "jetty-server", "9.4.10.v20180503"),
            ("catalina", "catalina", ""),
            ("rt", "rt", ""),
            ("-1", "-1", ""),
            ("a-1 b", "a-1 b", ""),
        ] {
            assert_eq!(split(stem), (artifact, version), "{stem}");
        }
    }

    #[test]
    fn repositories_tell_the_group() {
        let name = |path| of_path(path).map(|found| format!("{}={}", found.name(), found.version));
        assert_eq!(name("root/.m2/repository/org/x/y/a-b/1.0/a-b-1.0.jar").as_deref(), Some("org.x.y:a-b=1.0"));
        assert_eq!(
            name("r/.gradle/caches/modules-2/files-2.1/org.x/a/1.0/abc/a-1.0.jar").as_deref(),
            Some("org.x:a=1.0")
        );
        assert_eq!(name("opt/repository/a-1.0.jar"), None);
        assert_eq!(name("opt/repository/plugins/1.0/other.jar"), None);
    }
}
