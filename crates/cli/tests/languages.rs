//! The language packages of real images are those that the languages' own tools list.
#![cfg(test)]

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use support::{Plimsoll, checkout, image, text, tool, unpack};
use tempfile::TempDir;

/// An image with its unpacked root.
struct Unpacked {
    report: Value,
    root: PathBuf,
    _scratch: TempDir,
}

fn scan(name: &str) -> Unpacked {
    let layout = image(name).join("oci");
    let scratch = TempDir::new().unwrap();
    let root = unpack(&layout, scratch.path());
    let report = Plimsoll::new().scan(&format!("oci:{}", layout.display()), &[]);
    Unpacked { report, root, _scratch: scratch }
}

fn field(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

/// Packages of an ecosystem, each as what `line` makes of it.
fn ours(report: &Value, ecosystem: &str, line: impl Fn(&Value) -> Option<String>) -> BTreeSet<String> {
    let packages = report["inventory"]["packages"].as_array().unwrap().iter();
    packages.filter(|package| package["ecosystem"] == ecosystem).filter_map(line).collect()
}

fn is_at(package: &Value, what: impl Fn(&str) -> bool) -> bool {
    package["locations"].as_array().unwrap().iter().any(|location| what(field(&location["path"])))
}

fn oracle(script: &str, root: &Path) -> String {
    let script = checkout("crates/cli/tests/oracles").join(script);
    tool("python3", "python3", &[script.to_str().unwrap(), root.to_str().unwrap()])
}

fn lines(text: &str) -> BTreeSet<String> {
    text.lines().map(str::to_owned).collect()
}

/// The two sets are equal, and not nearly empty.
fn assert_same(found: &BTreeSet<String>, expected: &BTreeSet<String>, at_least: usize) {
    let missed: Vec<&String> = expected.difference(found).take(10).collect();
    let invented: Vec<&String> = found.difference(expected).take(10).collect();
    assert!(missed.is_empty() && invented.is_empty(), "missed {missed:#?}, invented {invented:#?}");
    assert!(found.len() >= at_least, "only {} packages were compared", found.len());
}

/// PEP 503.
fn normal(name: &str) -> String {
    let mut normal = String::new();
    for character in name.to_lowercase().chars() {
        match character {
            '-' | '_' | '.' if normal.ends_with('-') => {}
            '-' | '_' | '.' => normal.push('-'),
            other => normal.push(other),
        }
    }
    normal
}

#[test]
fn python_packages_are_those_that_python_finds() {
    let image = scan("python-web");
    let found = ours(&image.report, "pypi", |package| {
        let is_vendored = !is_at(package, |path| !path.contains("/_vendor/"));
        (!is_vendored).then(|| format!("{} {}", normal(field(&package["name"])), field(&package["version"])))
    });
    assert_same(&found, &lines(&oracle("python.py", &image.root)), 20);
}

#[test]
fn maven_artefacts_are_those_of_all_archives() {
    let image = scan("java-app");
    let listed = oracle("jars.py", &image.root);
    let poms: BTreeSet<_> = listed.lines().filter_map(|line| line.strip_prefix("pom ")).map(str::to_owned).collect();
    let found = ours(&image.report, "maven", |package| {
        Some(format!("{} {}", field(&package["name"]), field(&package["version"])))
    });
    let missed: Vec<&String> = poms.difference(&found).collect();
    assert!(missed.is_empty() && poms.len() > 100, "missed {missed:#?} of {}", poms.len());
    // Every archive is some package, with or without a pom.
    let jars: BTreeSet<&str> = listed.lines().filter_map(|line| line.strip_prefix("jar ")).collect();
    let packages = image.report["inventory"]["packages"].as_array().unwrap();
    let locations: BTreeSet<&str> = packages
        .iter()
        .filter(|package| package["ecosystem"] == "maven")
        .flat_map(|package| package["locations"].as_array().unwrap())
        .map(|location| field(&location["path"]))
        .collect();
    let is_named = |jar: &str| locations.iter().any(|location| location.starts_with(jar));
    let unnamed: Vec<&&str> = jars.iter().filter(|jar| !is_named(jar)).collect();
    assert!(unnamed.is_empty(), "{unnamed:#?}");
}

#[test]
fn go_modules_are_those_that_go_prints() {
    let image = scan("go-static");
    let root = image.root.to_str().unwrap();
    let printed = tool("golang-go", "go", &["version", "-m", root]);
    let mut expected = BTreeSet::new();
    let mut path = "";
    for line in printed.lines() {
        match line.split('\t').collect::<Vec<_>>()[..] {
            [file] => {
                let (file, version) = file.rsplit_once(": go").unwrap();
                path = file.strip_prefix(root).unwrap().trim_start_matches('/');
                expected.insert(format!("{path} stdlib {version}"));
            }
            ["", "dep", name, version, ..] => _ = expected.insert(format!("{path} {name} {version}")),
            // What stands in the place of the module above it.
            ["", "=>", name, version, ..] => _ = expected.insert(format!("{path} {name} {version}")),
            _ => {}
        }
    }
    assert!(!printed.contains("\t=>\t"), "the image has replaced modules now: say here which module that removes");
    let packages = image.report["inventory"]["packages"].as_array().unwrap();
    let of_go = packages.iter().filter(|package| package["ecosystem"] == "golang");
    let mains: BTreeSet<&str> =
        printed.lines().filter_map(|line| line.strip_prefix("\tmod\t")?.split('\t').next()).collect();
    let found = of_go.filter(|package| !mains.contains(field(&package["name"]))).flat_map(|package| {
        let (name, version) = (field(&package["name"]), field(&package["version"]));
        // The image has the sources too, whose go.mod names what the program was built from.
        let places = package["locations"].as_array().unwrap().iter().filter(|place| place["presence"].is_null());
        places.map(move |place| format!("{} {name} {version}", field(&place["path"])))
    });
    assert_same(&found.collect(), &expected, 20);
}

#[test]
fn node_packages_are_those_that_npm_lists() {
    let image = scan("npm-tree");
    let application = image.root.join("srv/app");
    let mut command = Command::new("npm");
    command.args(["query", "*", "--legacy-peer-deps"]).current_dir(&application);
    let output = command.output().unwrap_or_else(|error| panic!("npm: {error}; install Debian's npm"));
    assert!(output.status.success(), "{}", text(&output.stderr));
    let listed: Value = serde_json::from_slice(&output.stdout).unwrap();
    let expected = listed.as_array().unwrap().iter().filter(|package| !field(&package["location"]).is_empty());
    let expected = expected.map(|package| format!("{} {}", field(&package["name"]), field(&package["version"])));
    let found = ours(&image.report, "npm", |package| {
        let line = format!("{} {}", field(&package["name"]), field(&package["version"]));
        is_at(package, |path| path.contains("/node_modules/")).then_some(line)
    });
    assert_same(&found, &expected.collect(), 900);
}
