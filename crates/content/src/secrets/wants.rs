//! Which files are worth looking into. Knows no rules, and reads no more than a path and 16 bytes.

use super::validators::stores;

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
    b"MZ\x90",
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
    b"\x89PNG",
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

/// Whether a secret may be in this file.
pub(super) fn wants(path: &str, size: u64, start: &[u8]) -> bool {
    size >= LEAST && (stores::may_be(start) || !(is_dull_start(start) || is_dull_path(path)))
}

fn is_dull_start(start: &[u8]) -> bool {
    DULL_STARTS.iter().any(|dull| start.starts_with(dull))
}

fn is_dull_path(path: &str) -> bool {
    let path = path.trim_start_matches('/');
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_dull_end = |end: &str| DULL_ENDS.iter().any(|dull| end.eq_ignore_ascii_case(dull));
    name.rsplit_once('.').is_some_and(|(_, end)| is_dull_end(end))
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
        assert!(!wants("app/logo.PNG", 100, b"text"));
        assert!(!wants("usr/share/doc/x/changelog.Debian", 100, b"x (1.0)"));
        assert!(!wants("app/empty", 3, b"abc"));
    }
}
