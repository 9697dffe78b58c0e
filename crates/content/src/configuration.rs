//! The small configuration files that checks look into, handed on as lines.
//!
//! Owns the list of these files and how much of one is kept. What a line means is for the checks; a secret in it is not
//! theirs to see, so it is masked here.

use plimsoll_model::{ConfigurationText, Facts, Input, Malformed, Presence, Reader, Wants};

use crate::lines;

/// Every configuration file that some check looks into.
pub const CONFIGURATION: Reader =
    Reader { id: "content/configuration", version: 3, wants: Wants::local(PATHS), presence: Presence::Installed, read };

/// Which files.
pub const PATHS: &[&str] = &[
    // Who may become whom.
    "etc/sudoers",
    "etc/sudoers.d/*",
    "etc/doas.conf",
    "etc/doas.d/*",
    "etc/pam.d/*",
    "etc/login.defs",
    "etc/securetty",
    "etc/default/useradd",
    // What other hosts may do.
    "etc/ssh/sshd_config",
    "etc/ssh/sshd_config.d/*",
    "etc/hosts.allow",
    "etc/hosts.equiv",
    "root/.rhosts",
    "etc/exports",
    // Where software comes from.
    "etc/apk/repositories",
    "etc/apk/repositories.d/*",
    "etc/apt/apt.conf",
    "etc/apt/apt.conf.d/*",
    "etc/apt/sources.list",
    "etc/apt/sources.list.d/*.list",
    "etc/apt/sources.list.d/*.sources",
    "etc/dnf/dnf.conf",
    "etc/yum.conf",
    "etc/yum.repos.d/*.repo",
    "etc/zypp/repos.d/*.repo",
    "etc/zypp/zypp.conf",
    "etc/pip.conf",
    "etc/xdg/pip/pip.conf",
    "root/.pip/pip.conf",
    "root/.config/pip/pip.conf",
    // Which cryptography is good enough.
    "etc/crypto-policies/config",
    "etc/crypto-policies/state/current",
    "etc/pki/tls/openssl.cnf",
    "etc/ssl/openssl.cnf",
    "usr/lib/ssl/openssl.cnf",
    "**/conf/security/java.security",
    "**/jre/lib/security/java.security",
    "etc/java/*/security/java.security",
    // What starts by itself.
    "etc/ld.so.preload",
    "etc/crontab",
    "etc/anacrontab",
    "etc/cron.d/*",
    "etc/cron.hourly/*",
    "etc/cron.daily/*",
    "etc/cron.weekly/*",
    "etc/cron.monthly/*",
    "etc/periodic/*/*",
    "var/spool/cron/*",
    "var/spool/cron/crontabs/*",
    "etc/bash.bashrc",
    "etc/bashrc",
    "etc/environment",
    "etc/inittab",
    "etc/profile",
    "etc/profile.d/*",
    "etc/rc.local",
    "etc/rc.d/rc.local",
    "etc/systemd/system/*.service",
];

/// Bytes of the lines that are kept.
const MOST_BYTES: usize = 64 << 10;
/// Lines that are kept.
const MOST_LINES: usize = 1_000;
/// Lines of Java's own, most of which are comments.
const MOST_LINES_OF_JAVA: usize = 4_000;
/// Files that one names as part of it.
const MOST_INCLUDES: usize = 100;
/// Ends of names whose values are nobody's business.
const SECRET_NAMES: &[&str] = &["password", "passwd", "secret", "token", "apikey", "api_key", "access_key"];
/// What stands for a secret.
const MASK: &str = "***";

fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = lines::all(input.file.content, lines::MOST_BYTES)?;
    let mut text = ConfigurationText { cut: input.file.content.size() > bytes.len() as u64, ..Default::default() };
    // A program in a folder of scripts has no lines.
    if bytes.starts_with(b"\x7fELF") {
        text.cut = true;
        return Ok(Facts { configuration: Some(text), ..Facts::default() });
    }
    // Java's own is mostly comments, and longer than what is kept; its lines keep their numbers.
    let blank_comments = input.file.path.ends_with("/java.security");
    let most_lines = if blank_comments { MOST_LINES_OF_JAVA } else { MOST_LINES };
    let mut room = MOST_BYTES;
    for (_, line) in lines::numbered(&bytes) {
        let line = if blank_comments && line.starts_with(b"#") { &[] } else { line };
        let Some(left) = room.checked_sub(line.len()).filter(|_| text.lines.len() < most_lines) else {
            text.cut = true;
            break;
        };
        room = left;
        text.lines.push(masked(&String::from_utf8_lossy(line)));
    }
    // What is kept lies in caches: tokens are known by more than their names. As a whole, for a key has many lines.
    let masked = crate::secrets::mask(&text.lines.join("\n"));
    text.lines = masked.split('\n').take(text.lines.len()).map(str::to_owned).collect();
    let includes = includes(&text.lines);
    Ok(Facts { configuration: Some(text), includes, ..Facts::default() })
}

/// What the lines name as part of these settings: `@includedir /etc/sudoers.d` of sudo, `Include` of sshd. Names may have
/// blanks with a backslash or within quotes.
fn includes(lines: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for line in lines {
        let line = line.trim_start();
        let (word, rest) = line.split_once([' ', '\t']).unwrap_or((line, ""));
        // Of sudo and apt the word begins with `#` or `@`; PAM's names are relative to its folder as well.
        let sudo = word.strip_prefix(['@', '#']);
        match sudo {
            Some("include") => found.extend(names(rest).into_iter().take(1).map(|path| path.replace("%h", "*"))),
            Some("includedir") => found.extend(names(rest).into_iter().take(1).map(|path| format!("{path}/*"))),
            None if word.eq_ignore_ascii_case("include") => found.extend(names(rest).into_iter().map(of_sshd)),
            _ => {}
        }
    }
    found.retain(|path| !path.is_empty() && !path.starts_with('~'));
    found.truncate(MOST_INCLUDES);
    found
}

/// What is not given from the root is in the folder of sshd's settings. A star stands for the other wildcards too.
fn of_sshd(path: String) -> String {
    let mut plain = String::new();
    let mut characters = path.chars();
    while let Some(character) = characters.next() {
        match character {
            '?' => plain.push('*'),
            '[' => {
                plain.push('*');
                let _ = characters.by_ref().find(|&end| end == ']');
            }
            other => plain.push(other),
        }
    }
    if plain.starts_with('/') || plain.starts_with('~') { plain } else { format!("/etc/ssh/{plain}") }
}

/// Words with blanks between.
fn names(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), false);
    let mut characters = text.trim().chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => word.extend(characters.next()),
            '"' => quote = !quote,
            ' ' | '\t' if !quote => words.push(std::mem::take(&mut word)),
            '#' if word.is_empty() && !quote => break,
            other => word.push(other),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// The line with `name:secret@` of addresses and the values of names like `password` masked. Only behind `=`: words such
/// as PAM's `password` or `PasswordAuthentication` are settings.
fn masked(line: &str) -> String {
    let line = masked_address(line);
    let Some((name, value)) = line.split_once('=') else { return line };
    let bare = name.trim_end().trim_end_matches(['"', '\'']).to_ascii_lowercase();
    let value_matters = !value.trim().is_empty() && SECRET_NAMES.iter().any(|end| bare.ends_with(end));
    if value_matters { format!("{name}={MASK}") } else { line }
}

fn masked_address(line: &str) -> String {
    let mut masked = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("://") {
        masked.push_str(before);
        masked.push_str("://");
        let end = after.find(['/', ' ', '\t', '"', '\'', '>']).unwrap_or(after.len());
        let (authority, behind) = after.split_at_checked(end).unwrap_or((after, ""));
        match authority.rsplit_once('@') {
            Some((user, host)) if user.contains(':') => {
                let name = user.split(':').next().unwrap_or_default();
                masked.push_str(&format!("{name}:{MASK}@{host}"));
            }
            _ => masked.push_str(authority),
        }
        rest = behind;
    }
    masked.push_str(rest);
    masked
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_model::File;
    use proptest::prelude::*;

    fn text(path: &str, bytes: &[u8]) -> ConfigurationText {
        (CONFIGURATION.read)(&Input { file: File { path, content: &bytes }, with: &[] }).unwrap().configuration.unwrap()
    }

    #[test]
    fn lines_keep_their_numbers_and_secrets_are_masked() {
        let lines = b"# c\r\n\nMYSQL_PASSWORD=hunter2\nbaseurl=https://me:pw@repo.example/x https://b:c@d\npassword required x\n\
            PasswordAuthentication no\nDefaults passwd_tries=3\npassword=\n\x1b[0m\xff";
        assert_eq!(
            text("etc/x", lines).lines,
            [
                "# c",
                "",
                "MYSQL_PASSWORD=***",
                "baseurl=https://me:***@repo.example/x https://b:***@d",
                "password required x",
                "PasswordAuthentication no",
                "Defaults passwd_tries=3",
                "password=",
                "\u{1b}[0m\u{fffd}"
            ]
        );
    }

    #[test]
    fn what_is_too_long_is_cut_and_says_so() {
        let many = text("etc/profile", "x\n".repeat(MOST_LINES + 1).as_bytes());
        assert_eq!((many.lines.len(), many.cut), (MOST_LINES, true));
        assert!(!text("etc/profile", "x\n".repeat(MOST_LINES).as_bytes()).cut);
        let long = text("etc/profile", &vec![b'x'; MOST_BYTES + 1]);
        assert_eq!((long.lines.len(), long.cut), (0, true));
        assert!(text("etc/cron.daily/x", b"\x7fELF\x02").cut);
    }

    #[test]
    fn what_belongs_to_the_settings_is_named() {
        let of = |text: &[u8]| {
            let file = File { path: "etc/x", content: &text };
            (CONFIGURATION.read)(&Input { file, with: &[] }).unwrap().includes
        };
        assert_eq!(
            of(b"#includedir /etc/sudoers.d\n@include \"/opt/a b\"\n\t@includedir sudo\\ d # x\n# include /no\n#1 ALL=ALL\n"),
            ["/etc/sudoers.d/*", "/opt/a b", "sudo d/*"]
        );
        assert_eq!(
            of(b"Include sshd_config.d/*.conf /opt/ssh/[0-9]?.conf\ninclude ~/x\nIncludes /no\n@include /etc/%h\n"),
            ["/etc/ssh/sshd_config.d/*.conf", "/opt/ssh/**.conf", "/etc/*"]
        );
    }

    #[test]
    fn the_comments_of_java_s_settings_take_no_room() {
        let settings = format!("{}jdk.tls.disabledAlgorithms=SSLv3\n", format!("#{}\n", "x".repeat(99)).repeat(900));
        let read = text("usr/lib/jvm/a/conf/security/java.security", settings.as_bytes());
        assert_eq!(read.lines.iter().position(|line| !line.is_empty()), Some(900));
        assert!(!read.cut);
    }

    proptest! {
        #[test]
        fn any_bytes_give_lines(bytes in proptest::collection::vec(prop_oneof![Just(b'@'), Just(b':'), Just(b'/'), Just(b'='), any::<u8>()], 0..300)) {
            text("etc/x", &bytes);
        }
    }
}
