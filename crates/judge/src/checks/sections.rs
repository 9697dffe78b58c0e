//! Why a section of the document is missing, in words that say what to do.

/// By the first names of sections; the first that fits is told.
const WHY: &[(&str, &str)] = &[
    ("config", "a folder or archive has no image config: scan an image"),
    ("steps", "a folder or archive has no build history: scan an image"),
    ("users", "the image has no list of accounts (etc/passwd)"),
    ("deadlines", "no deadlines were asked for: --deadlines names some"),
    ("vulnerabilities", "vulnerabilities were not looked for: --scanners vulnerabilities"),
    ("outdated", "outdated software was not looked for: --scanners vulnerabilities"),
    ("data", "no advisories were asked: --scanners vulnerabilities"),
    ("scanned", "no advisories were asked: --scanners vulnerabilities"),
    ("secrets", "secrets were not looked for: --scanners secrets"),
    ("malware", "malware was not looked for: --scanners malware"),
    ("licences", "licences were not judged: --scanners licences"),
    ("files", NO_ROOT),
    ("file_counts", NO_ROOT),
    ("configurations", NO_ROOT),
    ("links", NO_ROOT),
    ("owners", NO_ROOT),
    ("fs", NO_ROOT),
    ("os", NO_ROOT),
];

const NO_ROOT: &str = "there is no root file system: a folder of sources is no image";

/// Why this section (`config.user`) is not there.
pub(super) fn why_missing(section: &str) -> String {
    let first = section.split('.').next().unwrap_or(section);
    match WHY.iter().find(|(name, _)| *name == first) {
        // Of what is there, a part is not.
        Some((_, why)) if first == section || matches!(first, "config" | "fs" | "files") => (*why).to_owned(),
        _ => format!("nothing that was looked at tells of {section}"),
    }
}

#[cfg(test)]
mod tests {
    use super::why_missing;

    #[test]
    fn reasons_say_what_to_do() {
        assert!(why_missing("deadlines").contains("--deadlines"));
        assert!(why_missing("config.user").contains("scan an image"));
        assert!(why_missing("files").contains("no root file system"));
        assert_eq!(why_missing("evidence"), "nothing that was looked at tells of evidence");
    }
}
