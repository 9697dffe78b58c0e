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

/// Whether the file is what a package's author tests or explains the package with: published with it, and so no secret.
pub(super) fn is_test_of_package(path: &str) -> bool {
    within_package(path).is_some_and(is_test)
}

/// Whether the file is a test or an example, by what it or one of its folders is called.
pub(super) fn is_test(path: &str) -> bool {
    path.split('/').any(is_tests_name)
}

fn is_tests_name(component: &str) -> bool {
    let component = component.to_ascii_lowercase();
    let is_file = component.contains("_test.") || component.contains(".test.") || component.contains(".spec.");
    TESTS.contains(&component.as_str()) || is_file || component.starts_with("test_") || component.starts_with("readme")
}

/// Folders of an image that distributions and tool chains fill.
const PUBLIC_FOLDERS: [&str; 7] =
    ["usr/lib/", "usr/lib64/", "usr/libexec/", "usr/include/", "usr/share/", "usr/local/go/", "usr/local/lib/ruby/"];

/// Sources as distributions name their folders in `usr/src/`, where images of languages have the application.
const PUBLIC_SOURCES: [&str; 5] =
    ["usr/src/linux-", "usr/src/kernels/", "usr/src/gcc-", "usr/src/debug/", "usr/src/nvidia-"];

/// Names of an application's own folder in one of the [`PUBLIC_FOLDERS`].
const APPLICATIONS: [&str; 12] =
    ["app", "apps", "application", "backend", "frontend", "html", "project", "server", "service", "site", "web", "www"];

/// Folders that package managers fill, wherever they are.
const PACKAGE_FOLDERS: [&str; 14] = [
    "/site-packages/",
    "/dist-packages/",
    "/node_modules/",
    "/registry/src/",
    "/gems/",
    "/go/pkg/mod/",
    "/vendor/",
    "/lib/python2.",
    "/lib/python3",
    "/lib64/python3",
    "/lib/jvm/",
    "/share/doc/",
    "/share/perl",
    "/.m2/repository/",
];

/// Whether the file came with a published package, as far as its path tells.
pub(super) fn is_public_package(path: &str) -> bool {
    within_package(path).is_some()
}

/// What follows the folder that published packages are in.
fn within_package(path: &str) -> Option<&str> {
    let path = path.trim_start_matches('/');
    let inner = |folder: &&str| path.find(*folder).and_then(|at| path.get(at + folder.len()..));
    let at_root = |folder: &&str| path.strip_prefix(folder.trim_start_matches('/'));
    let by_distribution = PUBLIC_FOLDERS.iter().find_map(|folder| path.strip_prefix(folder)).filter(|rest| {
        let mut folders = rest.split('/');
        let is_applications = folders.next().is_some_and(|first| APPLICATIONS.contains(&first));
        let is_site = path.starts_with("usr/share/") && folders.any(|folder| folder == "html");
        !(is_applications || is_site)
    });
    by_distribution
        .or_else(|| PUBLIC_SOURCES.iter().find_map(|folder| path.strip_prefix(folder)))
        .or_else(|| PACKAGE_FOLDERS.iter().find_map(|folder| at_root(folder).or_else(|| inner(folder))))
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
        assert!(is_test_of_package("app/node_modules/spdy/test/fixtures.js"));
        for own in ["app/test/key.pem", "test/lib/key.pem", "app/lib/test/key.pem", "app/share/examples/key.pem"] {
            assert!(!is_test_of_package(own), "{own}");
        }
        assert!(
            !is_test_of_package("app/test/node_modules/own/key.pem"),
            "the package is in a test, not the test in it"
        );
        assert!(!is_test_of_package("usr/src/app/test/key.pem"));
    }

    #[test]
    fn an_application_is_no_package_wherever_it_is() {
        for own in [
            "usr/src/app/settings.py",
            "usr/src/settings.py",
            "usr/src/myshop/config.json",
            "usr/share/app/settings.py",
            "usr/lib/app/settings.py",
            "usr/share/nginx/html/index.js",
            "app/lib/python/settings.py",
            "lib/python/settings.py",
        ] {
            assert!(!is_public_package(own), "{own}");
        }
        for public in [
            "usr/src/linux-headers-6.1.0-25-amd64/Makefile",
            "usr/src/kernels/5.14.0/Makefile",
            "usr/share/perl5/Net/HTTP.pm",
            "usr/lib/python3.11/ftplib.py",
            "usr/local/lib/python3.12/ftplib.py",
            "app/node_modules/pg/index.js",
            "usr/src/app/node_modules/pg/index.js",
            "vendor/own/x.php",
            "usr/local/go/src/html/template/template.go",
        ] {
            assert!(is_public_package(public), "{public}");
        }
    }
}
