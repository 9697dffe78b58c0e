//! Pages about vulnerabilities.
//!
//! Owns which ids have a page, and where. An id that is not plainly one of these kinds has none: ids come from outside.

/// Where more is told of an id, for the kinds of ids whose pages are known.
pub(crate) fn page(id: &str) -> Option<String> {
    let is_plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let page = |at: &str| is_plain.then(|| format!("{at}{id}"));
    match id.split_once('-')?.0 {
        "CVE" => page("https://www.cve.org/CVERecord?id="),
        "GHSA" => page("https://github.com/advisories/"),
        "RUSTSEC" | "PYSEC" | "GO" | "MAL" if id.matches('-').count() > 1 => page("https://osv.dev/vulnerability/"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn only_plain_ids_have_pages() {
        assert_eq!(page("CVE-2024-1").as_deref(), Some("https://www.cve.org/CVERecord?id=CVE-2024-1"));
        assert_eq!(page("GHSA-x-y-z").as_deref(), Some("https://github.com/advisories/GHSA-x-y-z"));
        assert_eq!(page("CVE-2024-1\"onclick"), None);
        assert_eq!(page("EOL-debian-11"), None);
    }
}
