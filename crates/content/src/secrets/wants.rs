//! Which files are worth looking into. Knows no rules, and reads no more than a path and 16 bytes.

use super::paths;
use super::validators::stores;
use crate::lines::begins_as_text;

/// Smaller files hold no secret.
const LEAST: u64 = 8;

/// Pictures, sound, fonts, compressed files, programs, translations, tables.
const DULL_ENDS: [&str; 96] = [
    "png", "jpg", "jpeg", "gif", "bmp", "ico", "icns", "webp", "tif", "tiff", "svgz", "psd", "xcf", "avif", "heic",
    "mp3", "mp4", "ogg", "oga", "ogv", "wav", "flac", "avi", "mov", "mkv", "webm", "m4a", "ttf", "otf", "woff",
    "woff2", "eot", "pfb", "pfm", "afm", "pcf", "psf", "psfu", "gz", "tgz", "bz2", "xz", "zst", "lz4", "lzma", "br",
    "7z", "rar", "zip", "jar", "war", "ear", "whl", "egg", "gem", "deb", "rpm", "apk", "so", "a", "o", "ko", "dll",
    "exe", "dylib", "pdb", "lib", "rlib", "rmeta", "wasm", "mo", "gmo", "po", "pot", "qm", "pdf", "ps", "eps", "djvu",
    "dvi", "swf", "db", "sqlite", "sqlite3", "mdb", "icc", "icm", "dat", "pak", "ucode", "fw", "hwdb", "css", "scss",
    "less", "md5sums",
];

/// Documentation, translations and tables that the distribution brings.
const DULL_FOLDERS: [&str; 19] = [
    "usr/share/man/",
    "usr/share/info/",
    "usr/share/locale/",
    "usr/share/i18n/",
    "usr/lib/locale/",
    "usr/share/zoneinfo/",
    "usr/share/terminfo/",
    "lib/terminfo/",
    "usr/share/mime/",
    "usr/share/icons/",
    "usr/share/fonts/",
    "usr/share/X11/",
    "usr/share/perl/5/unicore/",
    "usr/share/common-licenses/",
    "usr/share/misc/",
    "usr/include/",
    "var/lib/dpkg/info/",
    "var/lib/apt/lists/",
    "var/cache/apt/",
];

/// How files begin that are no text: programs, archives, pictures, sound, fonts, databases.
const DULL_STARTS: [&[u8]; 34] = [
    b"\x7fELF",
    b"MZ\x90\0",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe\x00\x00\x00\x02",
    b"!<arch>",
    b"\0asm",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"7z\xbc\xaf",
    b"Rar!",
    b"\xed\xab\xee\xdb",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"OggS",
    b"fLaC",
    b"ID3",
    b"\0\x01\0\0\0",
    b"OTTO",
    b"ttcf",
    b"wOFF",
    b"wOF2",
    b"%PDF",
    b"\xde\x12\x04\x95",
    b"\x95\x04\x12\xde",
    b"SQLite format 3",
    b"\x1a\x01",
    b"TZif",
];

/// Names that say themselves that a secret is in there.
const TELLING_NAMES: [&str; 24] = [
    ".env",
    ".env.*",
    "*.env",
    "id_rsa*",
    "id_dsa*",
    "id_ecdsa*",
    "id_ed25519*",
    "*.pem",
    "*.key",
    "*.ppk",
    "*.p8",
    "*.p12",
    "*.pfx",
    "*.jks",
    "*.keystore",
    "*.keytab",
    ".netrc",
    ".npmrc",
    ".pypirc",
    ".pgpass",
    ".git-credentials",
    ".dockerconfigjson",
    "credentials",
    "kubeconfig",
];

/// Whether a secret may be in this file. What is told by its own name or beginning is looked into wherever it lies: a folder
/// or an ending is the choice of who made the image.
pub(super) fn wants(path: &str, size: u64, start: &[u8]) -> bool {
    if size < LEAST {
        return false;
    }
    if is_dull_start(start) {
        return stores::may_be(start);
    }
    !is_dull_path(path, start) || stores::may_be(start) || start.starts_with(b"-----BEGIN") || has_telling_name(path)
}

/// Some of these beginnings are no more than a word: a text that begins so is none of these files.
fn is_dull_start(start: &[u8]) -> bool {
    DULL_STARTS.iter().any(|dull| start.starts_with(dull)) && !begins_as_text(start)
}

fn has_telling_name(path: &str) -> bool {
    TELLING_NAMES.iter().any(|name| paths::ends_as(path, name))
}

/// An ending says nothing of what is text by its first bytes, unless a published package has it: those have many style sheets
/// and translations, and nobody's secrets.
fn is_dull_path(path: &str, start: &[u8]) -> bool {
    let path = path.trim_start_matches('/');
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_dull_end = |end: &str| DULL_ENDS.iter().any(|dull| end.eq_ignore_ascii_case(dull));
    let speaks = || !begins_as_text(start) || paths::is_public_package(path);
    name.rsplit_once('.').is_some_and(|(_, end)| is_dull_end(end) && speaks())
        || DULL_FOLDERS.iter().any(|folder| path.starts_with(folder))
        || (path.starts_with("usr/share/doc/") && (name == "copyright" || name.starts_with("changelog")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_wanted_and_programs_are_not() {
        assert!(wants("app/test/example.py", 100, b"import os\n"));
        assert!(wants("etc/keystore", 100, &[0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2]));
        assert!(wants("app/key.db", 100, &[0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2]));
        assert!(wants("app/Main.class", 100, b"\xca\xfe\xba\xbe\0\0\0\x34"));
        assert!(!wants("usr/bin/ls", 100, b"\x7fELF\x02\x01\x01"));
        assert!(!wants("app/logo.PNG", 100, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"));
        assert!(!wants("app/table.dat", 100, b"\x01\0\x02\0"));
        assert!(!wants("usr/share/doc/x/changelog.Debian", 100, b"x (1.0)"));
        assert!(!wants("app/empty", 3, b"abc"));
    }

    #[test]
    fn no_name_and_no_first_word_hides_a_text() {
        for path in ["app/key.dat", "app/key.css", "app/key.po", "usr/share/man/key.txt", "usr/share/misc/creds.txt"] {
            assert!(wants(path, 100, b"-----BEGIN PRIVATE KEY"), "{path}");
        }
        for path in ["app/config.dat", "app/secrets.db", "app/tokens.css", "app/x.png", "app/x.zip", "app/key.po"] {
            assert!(wants(path, 100, b"GITHUB_TOKEN=ghp_"), "{path}");
        }
        for path in ["app/node_modules/x/tokens.css", "usr/share/man/key.txt", "usr/lib/python3.11/x.dat"] {
            assert!(!wants(path, 100, b"a { color: red }"), "{path}");
        }
        assert!(wants("app/run", 100, b"MZ\x90\nTOKEN=ghp_"));
        for path in
            ["usr/share/misc/.env", "usr/include/.env.production", "usr/share/man/id_rsa", "var/cache/apt/x.key"]
        {
            assert!(wants(path, 100, b"TOKEN=abcdefgh\n"), "{path}");
        }
        for start in [
            "GIF8\ntoken=",
            "GIF89a\ntoken=",
            "ID3=1\ntoken=",
            "BZh=1\n-----",
            "RIFF=1\nx",
            "OTTO: me",
            "Rar!",
            "é%PDF",
        ] {
            assert!(wants("app/run.sh", 100, start.as_bytes()), "{start}");
        }
        for start in [
            b"GIF89a\x10\0\x10\0\x80\0\0\xff\xff\xff".as_slice(),
            b"ID3\x03\0\0\0\0\x0f\x76TIT2\0\0",
            b"BZh91AY&SY\xd9\x4b\x01\x8e\0\0",
            b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n5",
            b"OTTO\0\x0b\0\x80",
        ] {
            assert!(!wants("app/file", 100, start), "{start:?}");
        }
    }
}
