//! `META-INF/MANIFEST.MF`: <https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html#jar-manifest>.
//!
//! Owns its main section, and what may be concluded from it. A group is concluded only where a tool is known to write
//! it: a wrong one would match another project's advisories, or hide its own.

use std::collections::BTreeMap;

use super::coordinates::{Coordinates, is_id, is_version};

/// Bytes of the main section that are looked at; lists of exported packages make it long, but come behind names.
const LONGEST: usize = 1 << 20;

/// Organisations that write their own name where a group belongs, though their projects' groups are longer ones.
const UMBRELLAS: &[&str] = &[
    "org.apache",
    "org.apache.commons",
    "org.eclipse",
    "com.sun",
    "com.oracle",
    "com.google",
    "com.ibm",
    "org.codehaus",
    "net.java",
    "com.github",
    "org.jboss",
    "com.redhat",
    "com.mysql",
    "net.sourceforge",
    "org.sonatype",
];

/// The main section; keys in lower case.
#[derive(Debug, Default)]
pub(super) struct Manifest(BTreeMap<String, String>);

impl Manifest {
    /// Lines that are none are skipped: signers and old tools left all sorts of them.
    pub fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes.get(..LONGEST).unwrap_or(bytes));
        let mut lines: Vec<String> = Vec::new();
        for line in text.trim_start_matches('\u{feff}').split(['\n', '\r']).filter(|line| !line.is_empty()) {
            match (line.strip_prefix(' '), lines.last_mut()) {
                (Some(rest), Some(last)) => last.push_str(rest),
                // Sections of single entries begin with their name.
                _ if line.to_ascii_lowercase().starts_with("name:") => break,
                _ => lines.push(line.to_owned()),
            }
        }
        let pairs = lines.iter().filter_map(|line| line.split_once(':'));
        Self(pairs.map(|(key, value)| (key.trim().to_ascii_lowercase(), value.trim().to_owned())).collect())
    }

    fn get(&self, key: &str) -> &str {
        self.0.get(key).map_or("", String::as_str)
    }

    /// Licences as OSGi bundles state them.
    pub fn licence(&self) -> &str {
        self.get("bundle-license")
    }

    /// Who made it.
    pub fn vendor(&self) -> &str {
        [self.get("implementation-vendor"), self.get("bundle-vendor")]
            .into_iter()
            .find(|text| !text.is_empty())
            .unwrap_or("")
    }

    /// What it calls itself.
    pub fn title(&self) -> &str {
        self.get("implementation-title")
    }

    /// The version of what is in the archive; not that of a specification that it implements.
    pub fn version(&self) -> &str {
        let first = |key| self.get(key).split_ascii_whitespace().next().unwrap_or("");
        let is_one = |text: &&str| is_version(text) && text.contains(|any: char| any.is_ascii_digit());
        ["implementation-version", "bundle-version", "plugin-version", "jenkins-version"]
            .into_iter()
            .map(first)
            .find(is_one)
            .unwrap_or("")
    }

    /// Whole coordinates, where a tool writes them: plugins of Jenkins, archives of NiFi, builds with Nebula.
    pub fn coordinates(&self) -> Option<Coordinates> {
        let nebula = self.title().split_once('#').and_then(|(group, rest)| {
            let (artifact, version) = rest.split_once(';')?;
            Some((group, artifact, version))
        });
        let candidates = [
            Some((
                self.get("group-id"),
                self.get("short-name"),
                self.get("plugin-version").split(' ').next().unwrap_or(""),
            )),
            Some((self.get("nar-group"), self.get("nar-id"), self.get("nar-version"))),
            nebula,
        ];
        let found = candidates
            .into_iter()
            .flatten()
            .find(|(group, artifact, version)| is_id(group) && is_id(artifact) && is_version(version));
        found.map(|(group, artifact, version)| Coordinates::new(group, artifact, version))
    }

    /// The group of an artifact of this name, or empty.
    ///
    /// `Bundle-SymbolicName` and `Automatic-Module-Name` are group and artifact by convention; where the artifact is a
    /// single word the same text could as well be the group alone. `Implementation-Vendor-Id` is where Maven 2, sbt
    /// and Ant builds write the group.
    pub fn group_of(&self, artifact: &str) -> &str {
        // Spring Boot's own build writes the key; there is no class by which to tell its starters.
        if artifact.starts_with("spring-boot-starter") && !self.get("spring-boot-jar-type").is_empty() {
            return "org.springframework.boot";
        }
        let names = [self.get("bundle-symbolicname"), self.get("automatic-module-name")];
        let named =
            names.into_iter().find_map(|name| group_before(name.split(';').next().unwrap_or("").trim(), artifact));
        let vendor = self.get("implementation-vendor-id");
        let is_group = is_id(vendor) && vendor.contains('.') && !UMBRELLAS.contains(&vendor);
        named.unwrap_or(if is_group { vendor } else { "" })
    }
}

fn group_before<'n>(name: &'n str, artifact: &str) -> Option<&'n str> {
    let is_compound = artifact.contains(['-', '_']);
    let end = name.len().checked_sub(artifact.len())?;
    let (group, last) = (name.get(..end)?, name.get(end..)?);
    // Module names have underscores and dots where artifacts have dashes.
    let is_same = last
        .bytes()
        .zip(artifact.bytes())
        .all(|(one, other)| one == other || matches!((one, other), (b'_' | b'.', b'-')));
    let group = group.strip_suffix('.')?;
    (is_compound && is_same && is_id(group) && group.contains('.') && !UMBRELLAS.contains(&group)).then_some(group)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(text: &str, artifact: &str) -> String {
        Manifest::parse(text.as_bytes()).group_of(artifact).to_owned()
    }

    #[test]
    fn groups_are_concluded_only_where_a_tool_writes_them() {
        assert_eq!(group("Bundle-SymbolicName: com.github.luben.zstd-jni;x=y\r\n", "zstd-jni"), "com.github.luben");
        assert_eq!(group("Automatic-Module-Name: com.github.luben.zstd_jni\n", "zstd-jni"), "com.github.luben");
        assert_eq!(group("Bundle-SymbolicName: org.apache.ivy\n", "ivy"), "");
        assert_eq!(group("Bundle-SymbolicName: org.apache.commons.commons-io\n", "commons-io"), "");
        assert_eq!(group("Implementation-Vendor-Id: org.json4s\n", "json4s-core_2.12"), "org.json4s");
        assert_eq!(group("Implementation-Vendor-Id: org.apache\n", "commons-httpclient"), "");
        assert_eq!(group("Implementation-Vendor-Id: Some Company Inc.\n", "a"), "");
    }

    #[test]
    fn lines_continue_and_sections_end_the_main_one() {
        let manifest =
            Manifest::parse(b"\xef\xbb\xbfManifest-Version: 1.0\r\nImplementation-Ti\r\n tle: a\r\nImplementation-Version: 1.2 (abc)\r\n\r\nName: x\r\nBundle-Version: 9\r\n");
        assert_eq!((manifest.title(), manifest.version()), ("a", "1.2"));
        assert_eq!(Manifest::parse(b"Specification-Version: 2.5\n").version(), "");
    }

    #[test]
    fn tools_that_write_coordinates_are_believed() {
        let name =
            |text: &str| Manifest::parse(text.as_bytes()).coordinates().map(|found| (found.name(), found.version));
        let some = |name: &str, version: &str| Some((name.to_owned(), version.to_owned()));
        assert_eq!(
            name("Group-Id: org.jenkins-ci.plugins\nShort-Name: git\nPlugin-Version: 4.11.0 (private)\n"),
            some("org.jenkins-ci.plugins:git", "4.11.0")
        );
        assert_eq!(
            name("Nar-Group: org.apache.nifi\nNar-Id: x-nar\nNar-Version: 1.1\n"),
            some("org.apache.nifi:x-nar", "1.1")
        );
        assert_eq!(name("Implementation-Title: com.netflix.a#b;1.0\n"), some("com.netflix.a:b", "1.0"));
        assert_eq!(name("Implementation-Title: a\n"), None);
    }
}
