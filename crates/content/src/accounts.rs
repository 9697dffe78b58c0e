//! Accounts and groups: `etc/passwd`, `etc/shadow`, `etc/group`, `etc/gshadow`.
//! <https://manpages.debian.org/passwd.5>, <https://manpages.debian.org/shadow.5>, <https://manpages.debian.org/group.5>.
//!
//! Owns the cutting into fields and the naming of how a password is kept. A hash is looked at and dropped at once.

use plimsoll_model::{Account, Facts, Group, Input, Malformed, Presence, Reader, Wants};

use crate::lines;

/// Accounts.
pub const PASSWD: Reader = Reader {
    id: "content/passwd",
    version: 2,
    wants: Wants::local(&["etc/passwd"]),
    presence: Presence::Installed,
    read: read_passwd,
};

/// The passwords of accounts.
pub const SHADOW: Reader = Reader {
    id: "content/shadow",
    version: 2,
    wants: Wants::local(&["etc/shadow"]),
    presence: Presence::Installed,
    read: read_shadow,
};

/// Groups.
pub const GROUP: Reader = Reader {
    id: "content/group",
    version: 2,
    wants: Wants::local(&["etc/group"]),
    presence: Presence::Installed,
    read: read_group,
};

/// Accounts and groups in one file: more than any image has, so that a hostile file asks for little memory.
const MOST: usize = 5_000;
/// Members of the groups of one file.
const MOST_MEMBERS: usize = 20_000;

/// An entry of a file of accounts, or what is wrong with its line; none when the line is to be passed over.
type Entry<T> = Result<Option<T>, String>;

fn read_passwd(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut facts = Facts::default();
    facts.malformed = entries(input, &mut facts.accounts, account)?;
    Ok(facts)
}

fn read_shadow(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut facts = Facts::default();
    facts.malformed = entries(input, &mut facts.accounts, shadow)?;
    Ok(facts)
}

fn read_group(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut facts = Facts::default();
    facts.malformed = entries(input, &mut facts.groups, group)?;
    let mut room = MOST_MEMBERS;
    for group in &mut facts.groups {
        if group.members.len() > room {
            facts
                .malformed
                .push(format!("line {}: more than {MOST_MEMBERS} members; the rest was not read", group.line));
            group.members.truncate(room);
        }
        room = room.saturating_sub(group.members.len());
    }
    Ok(facts)
}

/// Reads each line as one entry, and returns what could not be read. Empty lines, comments and the lines that include
/// another source (`+@netgroup`, `-user`: nsswitch's `compat`) name no account of this image.
fn entries<T>(
    input: &Input<'_>,
    into: &mut Vec<T>,
    entry: fn(u32, &[&str]) -> Entry<T>,
) -> Result<Vec<String>, Malformed> {
    let mut malformed = lines::Complaints::default();
    let bytes = lines::all(input.file.content, lines::MOST_BYTES)?;
    for (number, line) in lines::numbered(&bytes) {
        let line = String::from_utf8_lossy(line);
        if line.trim().is_empty() || line.starts_with(['#', '+', '-']) {
            continue;
        }
        if into.len() >= MOST {
            malformed.push(format!("line {number}: more than {MOST} entries; the rest was not read"));
            break;
        }
        match entry(number, &line.split(':').collect::<Vec<_>>()) {
            Ok(Some(value)) => into.push(value),
            Ok(None) => {}
            Err(complaint) => malformed.push(format!("line {number}: {complaint}")),
        }
    }
    Ok(malformed.into_lines())
}

fn account(line: u32, fields: &[&str]) -> Entry<Account> {
    let [name, password, uid, gid, _, home, shell] = fields else {
        return Err(format!("{} fields where 7 belong", fields.len()));
    };
    Ok(Some(Account {
        name: named(name)?,
        uid: Some(id(uid, "user")?),
        gid: Some(id(gid, "group")?),
        home: (*home).to_owned(),
        shell: (*shell).to_owned(),
        password: state(password, true),
        line,
    }))
}

/// Only the first two fields matter here, and short lines are common: musl and `BusyBox` read them as well.
fn shadow(line: u32, fields: &[&str]) -> Entry<Account> {
    let [name, password, ..] = fields else { return Err("no password field".to_owned()) };
    Ok(Some(Account { name: named(name)?, password: state(password, false), line, ..Account::default() }))
}

fn group(line: u32, fields: &[&str]) -> Entry<Group> {
    let [name, _, gid, rest @ ..] = fields else {
        return Err(format!("{} fields where 4 belong", fields.len()));
    };
    let members = rest.first().copied().unwrap_or_default().split(',').map(str::trim);
    Ok(Some(Group {
        name: named(name)?,
        gid: id(gid, "group")?,
        members: members.filter(|member| !member.is_empty()).map(str::to_owned).collect(),
        line,
    }))
}

fn named(name: &str) -> Result<String, String> {
    if name.is_empty() { Err("no name".to_owned()) } else { Ok(name.to_owned()) }
}

fn id(text: &str, of: &str) -> Result<u32, String> {
    text.trim().parse().map_err(|_| format!("{text:?} is no {of} id"))
}

/// How a password is kept. In `etc/passwd` an `x` stands for `etc/shadow`. What no hash can be (`*`, `!`, `x` in
/// `etc/shadow`) lets nobody in, and `!` in front of a hash is how tools lock an account without losing it.
fn state(field: &str, in_passwd: bool) -> String {
    match field {
        "" => "empty".to_owned(),
        "x" | "##" if in_passwd => "shadow".to_owned(),
        _ => scheme(field).map_or_else(|| "locked".to_owned(), |scheme| format!("hash:{scheme}")),
    }
}

/// The scheme of a hash, <https://manpages.debian.org/crypt.5>; none for what no password hashes to.
fn scheme(hash: &str) -> Option<&'static str> {
    let is_des = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/'));
    match hash.strip_prefix('$').and_then(|rest| rest.split_once('$')) {
        Some((_, "")) => None,
        Some(("1", _)) => Some("md5"),
        Some(("2" | "2a" | "2b" | "2x" | "2y", _)) => Some("bcrypt"),
        Some(("5", _)) => Some("sha256"),
        Some(("6", _)) => Some("sha512"),
        Some(("y" | "gy", _)) => Some("yescrypt"),
        Some(_) => Some("other"),
        // Two characters of salt and eleven of hash; the extended form has an underscore, eight of both, then eleven.
        None if hash.len() == 13 && is_des(hash) => Some("des"),
        None if hash.len() == 20 && hash.strip_prefix('_').is_some_and(is_des) => Some("des"),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_model::File;
    use proptest::prelude::*;

    fn read(reader: &Reader, text: &[u8]) -> Facts {
        (reader.read)(&Input { file: File { path: "etc/x", content: &text }, with: &[] }).unwrap()
    }

    #[test]
    fn accounts_keep_the_order_and_lines_of_the_file() {
        let text =
            b"root:x:0:0:root:/root:/bin/bash\n\n# local\n+@staff::::::\ndaemon:*:1:1::/:\r\nbroken:x\nodd:x:a:1::/:\n\
            open::1000:1000:,,,:/home/open:/bin/sh\nold:ab1234567890.:5:5:::\n";
        let facts = read(&PASSWD, text);
        let brief: Vec<_> =
            facts.accounts.iter().map(|a| (a.name.as_str(), a.uid, a.password.as_str(), a.line)).collect();
        assert_eq!(
            brief,
            [
                ("root", Some(0), "shadow", 1),
                ("daemon", Some(1), "locked", 5),
                ("open", Some(1000), "empty", 8),
                ("old", Some(5), "hash:des", 9)
            ]
        );
        assert_eq!(facts.accounts[0].home, "/root");
        assert_eq!(facts.accounts[0].shell, "/bin/bash");
        assert_eq!(facts.malformed, ["line 6: 2 fields where 7 belong", "line 7: \"a\" is no user id"]);
    }

    #[test]
    fn no_hash_is_kept() {
        let text =
            b"a:$6$salt$abcdef:19000::::::\nb:$y$j9T$x$y:1\nc:!$6$s$x:1::\nd:!:\ne::1\nf:$1$s$h\ng:$2b$10$x\nh:*\n\
            i:$7$x\nj:$5$r$x\nk:!!\nl:abcdefghijklm\nm:_abcdefghijklmnopqrs\nn:x\no\n";
        let facts = read(&SHADOW, text);
        let states: Vec<_> = facts.accounts.iter().map(|a| format!("{} {}", a.name, a.password)).collect();
        assert_eq!(
            states,
            [
                "a hash:sha512",
                "b hash:yescrypt",
                "c locked",
                "d locked",
                "e empty",
                "f hash:md5",
                "g hash:bcrypt",
                "h locked",
                "i hash:other",
                "j hash:sha256",
                "k locked",
                "l hash:des",
                "m hash:des",
                "n locked"
            ]
        );
        assert_eq!(facts.malformed, ["line 15: no password field"]);
        assert!(!format!("{facts:?}").contains("salt"));
    }

    #[test]
    fn groups_have_members() {
        let facts = read(&GROUP, b"root:x:0:\nstaff:x:50:ann,ben\nshort:x:7\nbad:x:\n+:::\n");
        let brief: Vec<_> =
            facts.groups.iter().map(|g| (g.name.as_str(), g.gid, g.members.join(" "), g.line)).collect();
        assert_eq!(
            brief,
            [("root", 0, String::new(), 1), ("staff", 50, "ann ben".to_owned(), 2), ("short", 7, String::new(), 3)]
        );
        assert_eq!(facts.malformed, ["line 4: \"\" is no group id"]);
    }

    /// Python's `pwd` and `grp` ask the C library.
    #[test]
    #[expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "compares with what the C library reads")]
    fn this_system_s_accounts_are_those_that_the_c_library_sees() {
        let script = "import pwd, grp\nfor a in pwd.getpwall(): print(a.pw_name, a.pw_uid, a.pw_gid, a.pw_dir, a.pw_shell)\n\
                      for g in grp.getgrall(): print(g.gr_name, g.gr_gid, *g.gr_mem)";
        let Ok(output) = std::process::Command::new("python3").args(["-c", script]).output() else { return };
        let (passwd, group) = (std::fs::read("/etc/passwd").unwrap(), std::fs::read("/etc/group").unwrap());
        let mut ours = String::new();
        for a in read(&PASSWD, &passwd).accounts {
            ours += &format!("{} {} {} {} {}\n", a.name, a.uid.unwrap(), a.gid.unwrap(), a.home, a.shell);
        }
        for g in read(&GROUP, &group).groups {
            ours += format!("{} {} {}", g.name, g.gid, g.members.join(" ")).trim_end();
            ours.push('\n');
        }
        assert_eq!(ours, String::from_utf8(output.stdout).unwrap());
    }

    proptest! {
        #[test]
        fn any_bytes_give_facts(bytes in proptest::collection::vec(prop_oneof![Just(b':'), Just(b'\n'), Just(b'$'), any::<u8>()], 0..300)) {
            for reader in [&PASSWD, &SHADOW, &GROUP] {
                read(reader, &bytes);
            }
        }
    }
}
