//! The table of programs: one row each. To add one: a row, and in `fixtures/packages/generic` the bytes around the
//! version in a real build (`executables.py around`), under the file's own name.
//!
//! A mark belongs in a row only when a real build was seen to have it.

use std::iter;

/// How one program is told.
pub(super) struct Program {
    /// Name in package URLs.
    pub name: &'static str,
    /// Vendor and product in the National Vulnerability Database's words, `vendor:product`.
    pub cpes: &'static [&'static str],
    /// Bitnami's name for it; empty when it publishes nothing about it.
    pub bitnami: &'static str,
    /// Names of its files; `*` stands for any run of characters.
    files: &'static [&'static str],
    /// Where its version stands, see `mark.rs`; the most reliable first.
    pub marks: &'static [&'static str],
}

impl Program {
    /// Whether a file of this name may be of it.
    pub fn is_called(&self, file_name: &str) -> bool {
        self.files.iter().any(|pattern| matches(pattern, file_name))
    }
}

/// Whether a name is what a pattern with at most two stars describes.
fn matches(pattern: &str, name: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else { return pattern == name };
    let Some(rest) = name.strip_prefix(before) else { return false };
    match after.split_once('*') {
        None => rest.ends_with(after),
        Some((middle, end)) => {
            let places = iter::successors(rest.find(middle), |from| {
                let next = from.saturating_add(1);
                rest.get(next..)?.find(middle).map(|found| found.saturating_add(next))
            });
            places.filter_map(|place| rest.get(place.saturating_add(middle.len())..)).any(|rest| rest.ends_with(end))
        }
    }
}

/// A row that Bitnami publishes advisories about under the same name.
const fn published(
    name: &'static str,
    cpes: &'static [&'static str],
    files: &'static [&'static str],
    marks: &'static [&'static str],
) -> Program {
    Program { name, cpes, bitnami: name, files, marks }
}

/// A row that nobody publishes advisories about by version.
const fn row(
    name: &'static str,
    cpes: &'static [&'static str],
    files: &'static [&'static str],
    marks: &'static [&'static str],
) -> Program {
    Program { name, cpes, bitnami: "", files, marks }
}

/// Files of applications in an interpreted language: what is called so elsewhere has no such mark in it.
pub(super) const TEXTS: &[&str] = &[
    "**/includes/Defines.php",
    "**/libraries/classes/Version.php",
    "**/program/lib/Roundcube/bootstrap.php",
    "**/wp-includes/version.php",
];

/// Every program, by name.
pub(super) const PROGRAMS: &[Program] = &[
    row("avahi", &["avahi:avahi"], &["avahi-daemon"], &["\0avahi {}\0"]),
    row("bash", &["gnu:bash"], &["bash"], &["Bash version {}("]),
    row("bind", &["isc:bind"], &["named"], &["\0libisc-{}"]),
    row("bun", &["oven:bun"], &["bun"], &["Bun v{} ("]),
    row("busybox", &["busybox:busybox"], &["busybox*"], &["BusyBox v{} ("]),
    row("bzip2", &["bzip:bzip2"], &["bzip2", "libbz2.so*"], &["\0{1.}, "]),
    row("c-ares", &["c-ares:c-ares"], &["libcares.so*"], &["\0{1.}\0"]),
    row("conmon", &[], &["conmon"], &["conmon version {}\n"]),
    row("coturn", &["coturn_project:coturn"], &["turnserver"], &["\0Coturn-{}"]),
    row("crun", &["crun_project:crun"], &["crun"], &["\0{}\0%s version %s\n"]),
    row("cups", &["openprinting:cups", "apple:cups"], &["cupsd"], &["CUPS/{} IPP"]),
    row("curl", &["haxx:curl"], &["curl"], &["\0curl {} (", "\0curl/{}\0"]),
    row("deno", &["deno:deno"], &["deno"], &["Deno/{}+"]),
    row("dnsmasq", &["thekelleys:dnsmasq"], &["dnsmasq"], &["\0dnsmasq-{}\0"]),
    row("dovecot", &["dovecot:dovecot"], &["libdovecot.so*"], &["%s is v{} ("]),
    row("exim", &["exim:exim"], &["exim", "exim4"], &["\0{}\0<<eximversion>>"]),
    row("expat", &["libexpat_project:libexpat"], &["libexpat.so*", "libexpatw.so*"], &["\0expat_{}\0"]),
    row(
        "ffmpeg",
        &["ffmpeg:ffmpeg"],
        &["ffmpeg", "ffprobe", "ffplay", "libavcodec.so*", "libavformat.so*", "libavutil.so*"],
        &["FFmpeg version {}", "FFmpeg version n{}", "%s version {}", "%s version n{}"],
    ),
    row("freeradius", &["freeradius:freeradius"], &["freeradius", "radiusd"], &["FreeRADIUS Version {},"]),
    row("gawk", &["gnu:gawk"], &["gawk*"], &["GNU Awk {}\0"]),
    row("gcc", &["gnu:gcc"], &["gcc", "gcc-*", "*-linux-gnu-gcc-*"], &["\0{}\0("]),
    published("git", &["git-scm:git"], &["git", "git-remote-http"], &["git/{}\0GIT_USER_AGENT", "\0git/{}\0"]),
    row("glibc", &["gnu:glibc"], &["libc.so.6", "libc-2*.so"], &["release version {}.\n"]),
    row("gnupg", &["gnupg:gnupg"], &["gpg", "gpg2"], &["OpenPGP server {} ready"]),
    row("gnutls", &["gnu:gnutls"], &["libgnutls.so*"], &["Enabled GnuTLS {} logging"]),
    published("haproxy", &["haproxy:haproxy"], &["haproxy"], &[" version {}-", " version {}, released"]),
    Program {
        name: "httpd",
        cpes: &["apache:http_server"],
        bitnami: "apache",
        files: &["httpd", "apache2"],
        marks: &["\0Apache/{}"],
    },
    row("imagemagick", &["imagemagick:imagemagick"], &["libMagickCore-*.so*", "magick"], &["ImageMagick {-} "]),
    row("kamailio", &["kamailio:kamailio"], &["kamailio"], &["\0kamailio {} ("]),
    row("keepalived", &["keepalived:keepalived"], &["keepalived"], &["Keepalived v{} ("]),
    row("krb5", &["mit:kerberos_5"], &["libkrb5.so*"], &["KRB5_BRAND: krb5-{}-final"]),
    row("libarchive", &["libarchive:libarchive"], &["libarchive.so*", "bsdtar"], &["\0libarchive {}\0"]),
    row(
        "libcurl",
        &["haxx:libcurl", "haxx:curl"],
        &["libcurl.so*", "libcurl-*.so*"],
        &["\0libcurl/{}\0", "CLIENT libcurl {}\r\n"],
    ),
    row("libde265", &["struktur:libde265"], &["libde265.so*"], &["\0{1.}\0"]),
    row("libevent", &["libevent_project:libevent"], &["libevent-*.so*", "libevent_core-*.so*"], &["\0{2.}-stable\0"]),
    row("libgcrypt", &["gnupg:libgcrypt"], &["libgcrypt.so*"], &["This is Libgcrypt {} "]),
    row("libgit2", &["libgit2:libgit2"], &["libgit2.so*"], &["\0libgit2 {}\0"]),
    row("libheif", &["struktur:libheif"], &["libheif.so*"], &["Success\0{}\0"]),
    row(
        "libjpeg-turbo",
        &["libjpeg-turbo:libjpeg-turbo"],
        &["libjpeg.so*", "libturbojpeg.so*"],
        &["libjpeg-turbo version {} "],
    ),
    row("libpcap", &["tcpdump:libpcap"], &["libpcap.so*"], &["libpcap version {} ("]),
    row("libpng", &["libpng:libpng"], &["libpng1*.so*"], &["libpng version {}\n", "libpng version {} - "]),
    row("libsndfile", &["libsndfile_project:libsndfile"], &["libsndfile.so*"], &["\0libsndfile-{}\0"]),
    row("libsodium", &["libsodium:libsodium"], &["libsodium.so*"], &["\0{1.}\0"]),
    row("libssh", &["libssh:libssh"], &["libssh.so*"], &["libssh_{}\0"]),
    row("libssh2", &["libssh2:libssh2"], &["libssh2.so*"], &["libssh2_{}\r", "libssh2_{}\0"]),
    row("libtiff", &["libtiff:libtiff"], &["libtiff.so*"], &["LIBTIFF, Version {}\n"]),
    row("libtomcrypt", &["libtom:libtomcrypt"], &["libtomcrypt.so*"], &["LibTomCrypt {} ("]),
    row("lighttpd", &["lighttpd:lighttpd"], &["lighttpd"], &["\0lighttpd/{}"]),
    published(
        "lua",
        &["lua:lua"],
        &["lua", "lua5*", "luac*", "liblua.so*", "liblua5*.so*"],
        &["\0Lua {} ", "Lua: Lua {} "],
    ),
    row("luajit", &["luajit:luajit"], &["luajit*", "libluajit-*.so*"], &["\0LuaJIT {}"]),
    published(
        "mariadb",
        &["mariadb:mariadb"],
        &["mariadbd", "mariadb", "mariadb-*", "mysqld", "mysql", "mysqladmin", "mysqldump"],
        &["\0{}-MariaDB\0", "\0{}-MariaDB"],
    ),
    row("mbedtls", &["arm:mbed_tls"], &["libmbedcrypto.so*", "libmbedtls.so*"], &["mbed TLS {}\0", "Mbed TLS {}\0"]),
    row("mediawiki", &["mediawiki:mediawiki"], &["Defines.php"], &["'MW_VERSION', '{}'"]),
    published("memcached", &["memcached:memcached"], &["memcached"], &["\0memcached {}", "VERSION {}"]),
    published(
        "modsecurity",
        &["owasp:modsecurity", "trustwave:modsecurity"],
        &["libmodsecurity.so*"],
        &["ModSecurity v{} ("],
    ),
    row("monit", &["tildeslash:monit"], &["monit"], &["'>monit {}</a>"]),
    row("mosquitto", &["eclipse:mosquitto"], &["mosquitto"], &["\0{}\0mosquitto version %s"]),
    row("musl", &["musl-libc:musl"], &["ld-musl-*.so*", "libc.musl-*.so*", "libc.so"], &["\0{1.}\0"]),
    published("nginx", &["f5:nginx", "nginx:nginx"], &["nginx", "nginx-debug"], &["nginx version: nginx/{}"]),
    published(
        "node",
        &["nodejs:node.js"],
        &["node", "nodejs", "libnode.so*"],
        &["node.js/v{}\0", "download/release/v{}/node-v"],
    ),
    row("nss", &["mozilla:nss", "mozilla:network_security_services"], &["libnss3.so"], &["Version: NSS {}"]),
    Program {
        name: "openjdk",
        cpes: &["oracle:openjdk"],
        bitnami: "java",
        files: &["libjvm.so"],
        marks: &["JRE (1.{_}", "JRE ({}"],
    },
    row("openjpeg", &["uclouvain:openjpeg"], &["libopenjp2.so*"], &["\0{2.}\0"]),
    published("openldap", &["openldap:openldap"], &["slapd"], &["$OpenLDAP: slapd {}"]),
    row("opensmtpd", &["openbsd:opensmtpd"], &["smtpd"], &["OpenSMTPD {}\0"]),
    row(
        "openssh",
        &["openbsd:openssh"],
        &["sshd", "ssh", "ssh-agent", "ssh-add", "ssh-keygen", "ssh-keysign", "ssh-keyscan", "sshd-session"],
        &["\0OpenSSH_{}\0SSH-", "\0OpenSSH_{} "],
    ),
    row("openssl", &["openssl:openssl"], &["openssl", "libcrypto.so*", "libssl.so*"], &["\0OpenSSL {} "]),
    row("openvpn", &["openvpn:openvpn"], &["openvpn"], &["\0OpenVPN {} "]),
    row("p7zip", &["7-zip:p7zip"], &["7z", "7za", "7zr"], &["p7zip Version \0{}\0"]),
    row("pcre2", &["pcre:pcre2"], &["libpcre2-8.so*", "libpcre2-16.so*", "libpcre2-32.so*"], &["\0{10.} "]),
    row("perl", &["perl:perl"], &["perl", "perl5*", "libperl.so*"], &["/perl/{}\0", "/perl5/{}\0", "\0v{5.}\0"]),
    published("pgbouncer", &["pgbouncer:pgbouncer"], &["pgbouncer"], &["\0PgBouncer {}\0"]),
    published("pgpool", &["pgpool:pgpool-ii"], &["pgpool"], &["\0{}\0pgpool-II\0"]),
    published(
        "php",
        &["php:php"],
        &[
            "php",
            "php5*",
            "php7*",
            "php8*",
            "php-cgi*",
            "php-fpm*",
            "libphp.so",
            "libphp5*.so",
            "libphp7*.so",
            "libphp8*.so",
        ],
        &["X-Powered-By: PHP/{}"],
    ),
    published("phpmyadmin", &["phpmyadmin:phpmyadmin"], &["Version.php"], &["VERSION = '{}' . VERSION_SUFFIX"]),
    row(
        "postfix",
        &["postfix:postfix"],
        &["postconf", "smtpd", "libpostfix-global.so*"],
        &["mail_version={}\0", "mail_version\0{}\0"],
    ),
    published(
        "postgresql",
        &["postgresql:postgresql"],
        &["postgres", "psql", "pg_dump", "pg_ctl", "initdb"],
        &["(PostgreSQL) {n}"],
    ),
    row("proftpd", &["proftpd:proftpd"], &["proftpd"], &["ProFTPD Version {}\0", "ProFTPD Version: {} "]),
    published(
        "python",
        &["python:python"],
        &["python2.*", "python3.*", "libpython2.*.so*", "libpython3.*.so*"],
        &["\0{=}\0"],
    ),
    published(
        "redis",
        &["redis:redis"],
        &["redis-server", "redis-sentinel", "redis-check-rdb", "redis-check-aof", "redis-cli", "redis-benchmark"],
        &["\0{}\0c11-builtin\0", "\0{}\0atomic-builtin\0", "\0{}\0sync-builtin\0", "\0{}\0 (git:%s"],
    ),
    row("roundcube", &["roundcube:webmail"], &["bootstrap.php"], &["'RCUBE_VERSION', '{}'"]),
    row("rsync", &["samba:rsync"], &["rsync"], &["\0{}\0copyright\0", "\0{3.}\0"]),
    published(
        "ruby",
        &["ruby-lang:ruby"],
        &["ruby", "ruby2*", "ruby3*", "libruby*.so*"],
        &["\0ruby {}p", "\0ruby {} ("],
    ),
    row("samba", &["samba:samba"], &["smbd", "nmbd", "winbindd"], &["\0SAMBA_{}"]),
    published("sqlite", &["sqlite:sqlite"], &["libsqlite3.so*"], &["\0{3.}\0"]),
    row("squid", &["squid-cache:squid"], &["squid"], &["\0squid/{}\0"]),
    row("strongswan", &["strongswan:strongswan"], &["charon", "charon-systemd"], &["(strongSwan {},"]),
    row("stunnel", &["stunnel:stunnel"], &["stunnel", "stunnel4"], &["Server: stunnel/{}"]),
    row("sudo", &["sudo_project:sudo"], &["sudo", "sudoers.so"], &["Sudo version %s\n\0{}\0", "\0sudoers {}\0"]),
    row("tcpdump", &["tcpdump:tcpdump"], &["tcpdump"], &["%s version {}\n"]),
    row("tini", &[], &["tini", "tini-static", "docker-init"], &["tini version {}\0"]),
    row("tor", &["torproject:tor"], &["tor"], &["\0tor {}\0"]),
    row("unbound", &["nlnetlabs:unbound"], &["unbound"], &["\0unbound {}\0"]),
    published("varnish", &["varnish_cache_project:varnish_cache"], &["varnishd"], &["varnish-{} revision"]),
    row("vsftpd", &["vsftpd_project:vsftpd"], &["vsftpd"], &["vsftpd: version {}\n"]),
    row("wget", &["gnu:wget"], &["wget"], &["\0{1.20.}\0", "\0{1.21.}\0", "\0{1.24.}\0", "\0{1.25.}\0"]),
    row("wolfssl", &["wolfssl:wolfssl"], &["libwolfssl.so*"], &["wolfSSL {}\0"]),
    published("wordpress", &["wordpress:wordpress"], &["version.php"], &["$wp_version = '{}'"]),
    row("xz", &["tukaani:xz"], &["xz", "liblzma.so*"], &["xz (XZ Utils) {}\n", "xz (XZ Utils) {}\0", "\0{5.}\0"]),
    row("zlib", &["zlib:zlib"], &["libz.so*"], &["deflate {} Copyright"]),
    row("zstd", &["facebook:zstandard"], &["zstd"], &["v{}\0Zstandard CLI"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_patterns() {
        for (pattern, name, expected) in [
            ("git", "git", true),
            ("git", "git-lfs", false),
            ("libz.so*", "libz.so.1.2.13", true),
            ("libcurl-*.so*", "libcurl-gnutls.so.4", true),
            ("*-linux-gnu-gcc-*", "x86_64-linux-gnu-gcc-12", true),
            ("libpython3.*.so*", "libpython3.11.so.1.0", true),
            ("libpython3.*.so*", "libpython3.so", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    /// A row without the bytes of a real build is a guess.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "the expected inventory is a file")]
    fn every_row_has_a_fixture() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/packages/generic");
        let cases = ["programs", "applications"].map(|case| folder.join(case).join("expected.json"));
        let expected: String = cases.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
        let missing: Vec<_> = PROGRAMS.iter().map(|program| program.name).collect();
        let missing: Vec<_> =
            missing.into_iter().filter(|name| !expected.contains(&format!("pkg:generic/{name}@"))).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn rows_are_in_order_and_their_marks_are_marks() {
        assert!(PROGRAMS.is_sorted_by(|left, right| left.name < right.name));
        for program in PROGRAMS {
            assert!(!program.files.is_empty() && !program.marks.is_empty(), "{}", program.name);
            for mark in program.marks {
                assert!(super::super::mark::Mark::new(mark, "x1.2").is_some(), "{mark:?}");
            }
            for cpe in program.cpes {
                assert_eq!(cpe.matches(':').count(), 1, "{cpe}");
            }
        }
    }
}
