//! Files that are asked for through links, and those that other files include.
#![cfg(test)]

#[expect(dead_code, reason = "the other tests use the rest")]
mod support;

use plimsoll_layers::{Contents, Limits};
use plimsoll_model::{ConfigurationText, Facts, Input, Malformed, Presence, Reader, Wants};
use support::{Tar, gzip, image, read_with};

fn settings(input: &Input<'_>) -> Result<Facts, Malformed> {
    let text = String::from_utf8_lossy(input.file.content.bytes().unwrap()).into_owned();
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let includes = lines.iter().filter_map(|line| line.strip_prefix("include ")).map(str::to_owned).collect();
    Ok(Facts { configuration: Some(ConfigurationText { lines, cut: false }), includes, ..Facts::default() })
}

const SETTINGS: &Reader = &Reader {
    id: "test/settings",
    version: 1,
    wants: Wants::local(&["etc/x.conf", "etc/x.d/*", "etc/y/*/z"]),
    presence: Presence::Installed,
    read: settings,
};

fn layer(make: impl FnOnce(&mut Tar) -> &mut Tar) -> Vec<u8> {
    let mut tar = Tar::default();
    make(&mut tar);
    gzip(&tar.finish())
}

fn contents(layers: Vec<Vec<u8>>) -> Contents {
    read_with(&image(layers), &[SETTINGS], &Limits::default()).unwrap()
}

/// `path→target` with who includes it, and the first line of each file that was read.
fn told(contents: &Contents) -> (Vec<String>, Vec<String>) {
    let asked = contents.asked.iter().map(|asked| match asked.included_by.as_str() {
        "" => format!("{}→{}", asked.path, asked.target),
        by => format!("{}→{} by {by}", asked.path, asked.target),
    });
    let said = contents.said.iter().map(|(at, facts)| {
        let text = facts.configuration.as_ref().and_then(|text| text.lines.first()).cloned().unwrap_or_default();
        format!("{}@{}: {text}", at.path, at.layer)
    });
    (asked.collect(), said.collect())
}

#[test]
fn files_behind_links_are_read_and_keep_the_name_they_are_asked_by() {
    let layers = vec![
        layer(|tar| tar.file("opt/real", b"a").file("usr/etc/x.conf", b"no").link("etc/x.conf", "/opt/real")),
        layer(|tar| tar.file("etc/x.d/own", b"b").link("etc/x.d/link", "../../opt/other").link("etc/x.d/lost", "/no")),
        layer(|tar| tar.file("opt/other", b"c").link("etc/x.d/again", "own").folder("d/e").file("d/e/z", b"d")),
        layer(|tar| tar.link("etc/y", "../d").link("etc/x.d/folder", "/opt")),
    ];
    let (asked, said) = told(&contents(layers));
    assert_eq!(
        asked,
        [
            "etc/x.conf→opt/real",
            "etc/x.d/again→etc/x.d/own",
            "etc/x.d/link→opt/other",
            "etc/x.d/own→etc/x.d/own",
            "etc/y/e/z→d/e/z"
        ]
    );
    assert_eq!(said, ["d/e/z@2: d", "etc/x.d/own@1: b", "opt/other@2: c", "opt/real@0: a"]);
}

#[test]
fn a_folder_of_settings_may_be_a_link() {
    let layers = vec![layer(|tar| {
        tar.folder("usr/etc").link("etc", "usr/etc").file("usr/etc/x.conf", b"a").file("usr/etc/x.d/b", b"b")
    })];
    let (asked, said) = told(&contents(layers));
    assert_eq!(asked, ["etc/x.conf→usr/etc/x.conf", "etc/x.d/b→usr/etc/x.d/b"]);
    assert_eq!(said, ["usr/etc/x.conf@0: a", "usr/etc/x.d/b@0: b"]);
}

#[test]
fn what_a_file_includes_is_read_by_its_reader() {
    let layers = vec![
        layer(|tar| {
            tar.file("etc/x.conf", b"first\ninclude /opt/x/*\ninclude y.d/one\ninclude /gone\ninclude /etc/x.d/*\n")
                .file("etc/x.d/known", b"known")
                .file("etc/y.d/one", b"one\ninclude two\n")
                .file("etc/y.d/two", b"two\ninclude /etc/x.conf\ninclude /etc/y.d/one\n")
        }),
        layer(|tar| tar.file("opt/x/a", b"a").file("opt/x/.wh.b", b"").link("opt/x/c", "../../srv/c")),
        layer(|tar| tar.file("srv/c", b"c").file("opt/x/b", b"b").file("opt/x/deep/d", b"d")),
        layer(|tar| tar.file("opt/x/.wh.b", b"")),
    ];
    let contents = contents(layers);
    let (asked, said) = told(&contents);
    assert_eq!(
        asked,
        [
            "etc/y.d/one→etc/y.d/one by etc/x.conf",
            "etc/y.d/two→etc/y.d/two by etc/x.conf",
            "opt/x/a→opt/x/a by etc/x.conf",
            "opt/x/c→srv/c by etc/x.conf"
        ]
    );
    assert_eq!(
        said,
        [
            "etc/x.conf@0: first",
            "etc/x.d/known@0: known",
            "etc/y.d/one@0: one",
            "etc/y.d/two@0: two",
            "opt/x/a@1: a",
            "srv/c@2: c"
        ]
    );
    assert!(contents.gaps.is_empty(), "{:?}", contents.gaps);
}

#[test]
fn including_has_bounds_and_says_so() {
    let files = layer(|tar| {
        tar.file("etc/x.conf", b"include /many/*\n");
        (0..1_100).fold(tar, |tar, number| tar.file(&format!("many/{number}"), b"x"))
    });
    let read = contents(vec![files]);
    assert_eq!(read.said.len(), 1_001);
    assert!(read.gaps[0].location == "etc/x.conf" && read.gaps[0].message.contains("includes more files"));
    let chain = layer(|tar| {
        tar.file("etc/x.conf", b"include /c/0\n");
        (0..20).fold(tar, |tar, at| tar.file(&format!("c/{at}"), format!("include /c/{}\n", at + 1).as_bytes()))
    });
    let read = contents(vec![chain]);
    assert_eq!((read.said.len(), read.gaps.len()), (9, 1), "{:?}", read.gaps);
}
