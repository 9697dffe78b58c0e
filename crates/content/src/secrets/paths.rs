//! Paths as the rules name them, and what a path says of a file's purpose.

/// Whether the path ends as the pattern says, component by component; `*` stands for any part of a component.
pub(super) fn ends_as(path: &str, pattern: &str) -> bool {
    let mut components = path.rsplit('/');
    pattern.rsplit('/').all(|wanted| components.next().is_some_and(|component| matches(component, wanted)))
}

fn matches(text: &str, pattern: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return text.eq_ignore_ascii_case(pattern) };
    let Some(mut text) = strip_prefix(text, head) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(at) = text.find(part) else { return false };
        text = text.get(at + part.len()..).unwrap_or_default();
    }
    text.len() >= last.len() && text.is_char_boundary(text.len() - last.len()) && text.ends_with(last)
}

fn strip_prefix<'a>(text: &'a str, head: &str) -> Option<&'a str> {
    text.get(..head.len()).filter(|start| start.eq_ignore_ascii_case(head))?;
    text.get(head.len()..)
}

/// Folders that others' packages are unpacked into.
const PACKAGES: [&str; 12] = [
    "site-packages",
    "dist-packages",
    "node_modules",
    "registry",
    "gems",
    "mod",
    "vendor",
    "doc",
    "lib",
    "share",
    "jvm",
    "deps",
];

const TESTS: [&str; 14] = [
    "test",
    "tests",
    "testing",
    "testdata",
    "test-data",
    "test_data",
    "fixture",
    "fixtures",
    "__tests__",
    "spec",
    "example",
    "examples",
    "demo",
    "benches",
];

/// Whether the file is what a package's author tests or explains the package with: known to the public, though no less there.
pub(super) fn is_test_of_package(path: &str) -> bool {
    let mut components = path.split('/');
    if is_public_package(path) {
        return components.any(is_test);
    }
    components.by_ref().any(|component| PACKAGES.contains(&component)) && components.any(is_test)
}

fn is_test(component: &str) -> bool {
    let component = component.to_ascii_lowercase();
    let is_file = component.contains("_test.") || component.contains(".test.") || component.contains(".spec.");
    TESTS.contains(&component.as_str()) || is_file || component.starts_with("test_") || component.starts_with("readme")
}

/// Folders of an image that distributions and tool chains fill.
const PUBLIC_FOLDERS: [&str; 7] =
    ["usr/lib/", "usr/lib64/", "usr/libexec/", "usr/include/", "usr/src/", "usr/local/go/", "usr/local/lib/ruby/"];

/// Folders that package managers fill, wherever they are.
const PACKAGE_FOLDERS: [&str; 12] = [
    "/site-packages/",
    "/dist-packages/",
    "/node_modules/",
    "/registry/src/",
    "/gems/",
    "/go/pkg/mod/",
    "/vendor/",
    "/lib/python",
    "/lib/jvm/",
    "/share/doc/",
    "/share/perl",
    "/.m2/repository/",
];

/// Whether the file came with a published package, as far as its path tells.
pub(super) fn is_public_package(path: &str) -> bool {
    let path = path.trim_start_matches('/');
    let is_shared = path.starts_with("usr/share/") && !path.contains("/html/");
    let is_published = |folder: &str| path.contains(folder) || path.starts_with(folder.trim_start_matches('/'));
    is_shared
        || PUBLIC_FOLDERS.iter().any(|folder| path.starts_with(folder))
        || PACKAGE_FOLDERS.iter().any(|folder| is_published(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_speak_of_the_end() {
        assert!(ends_as("root/.docker/config.json", ".docker/config.json"));
        assert!(!ends_as("root/docker/config.json", ".docker/config.json"));
        assert!(ends_as("app/.env.production", ".env*"));
        assert!(ends_as("app/.ENV", ".env*"));
        assert!(ends_as("a/users.htpasswd", "*htpasswd*"));
        assert!(!ends_as("config.json", ".docker/config.json"));
        assert!(ends_as("x/settings-security.xml", "settings*.xml"));
    }

    #[test]
    fn tests_of_packages_are_told_from_tests_of_the_application() {
        assert!(is_test_of_package("usr/lib/python3/dist-packages/tornado/test/test.key"));
        assert!(is_test_of_package("app/node_modules/https/Tests/key.pem"));
        assert!(is_test_of_package("usr/local/go/src/crypto/tls/testdata/example-key.pem"));
        assert!(is_test_of_package("app/node_modules/selfsigned/README.md"));
        assert!(!is_test_of_package("app/test/key.pem"));
        assert!(!is_test_of_package("test/lib/key.pem"));
    }
}
