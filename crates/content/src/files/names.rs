//! The table of names that are worth a word. What a name is held against is the matcher's.

/// How the names of a row are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A file's name. With a slash inside it is the end of the path, with one in front the whole path.
    Name,
    /// The name of a file or link in a folder of programs ([`PROGRAM_FOLDERS`]), whatever version or target is put to it:
    /// `gcc` is also `gcc-12` and `x86_64-linux-gnu-gcc-12`.
    Program,
    /// The name of a folder.
    Folder,
    /// A file's name with one `*` for anything or one `#` for digits.
    Pattern,
    /// What follows the last dot of a file's name.
    Ending,
    /// The beginning of the path of a file.
    Within,
    /// The name of a socket, or of a file or link in its place.
    Socket,
}

/// One row of [`NAMES`].
#[derive(Debug)]
pub struct Row {
    /// The word that checks know it by.
    pub topic: &'static str,
    /// What the names are.
    pub by: By,
    /// Least size: an empty history or log tells nothing, and a file named `core` is seldom a dump.
    pub least: u64,
    /// The names.
    pub names: &'static [&'static str],
}

const fn row(topic: &'static str, by: By, names: &'static [&'static str]) -> Row {
    Row { topic, by, least: 0, names }
}

const fn filled(topic: &'static str, by: By, least: u64, names: &'static [&'static str]) -> Row {
    Row { topic, by, least, names }
}

/// Folders whose entries are programs, by the last part of their path.
pub const PROGRAM_FOLDERS: &[&str] = &["bin", "sbin", "libexec"];

/// Every name that is worth a word.
pub const NAMES: &[Row] = &[
    row("version-control", By::Folder, &[".git", ".svn", ".hg", ".bzr", "CVS", ".jj"]),
    filled(
        "history",
        By::Name,
        1,
        &[
            ".ash_history",
            ".bash_history",
            ".dbshell",
            ".history",
            ".influx_history",
            ".irb_history",
            ".ksh_history",
            ".lesshst",
            ".mongo_history",
            ".mongosh_repl_history",
            ".mysql_history",
            ".node_repl_history",
            ".php_history",
            ".psql_history",
            ".pry_history",
            ".python_history",
            ".rediscli_history",
            ".sh_history",
            ".sqlite_history",
            ".viminfo",
            ".zsh_history",
        ],
    ),
    row("authorized-keys", By::Name, &["authorized_keys", "authorized_keys2"]),
    row("host-key", By::Pattern, &["ssh_host_*_key"]),
    row("host-trust", By::Name, &[".rhosts", ".shosts", "/etc/hosts.equiv", "/etc/ssh/shosts.equiv"]),
    row(
        "credential-name",
        By::Name,
        &[
            ".boto",
            ".docker/config.json",
            ".dockercfg",
            ".git-credentials",
            ".htpasswd",
            ".kube/config",
            ".my.cnf",
            ".netrc",
            ".npmrc",
            ".pgpass",
            ".pypirc",
            ".s3cfg",
            ".vault-token",
            ".vnc/passwd",
            "_netrc",
            "application_default_credentials.json",
            "azureProfile.json",
            "containers/auth.json",
            "credentials",
            "credentials.json",
            "id_dsa",
            "id_ecdsa",
            "id_ecdsa_sk",
            "id_ed25519",
            "id_ed25519_sk",
            "id_rsa",
            "kubeconfig",
            "terraform.tfstate",
        ],
    ),
    row("credential-name", By::Ending, &["key", "pem", "ppk"]),
    row("keystore", By::Ending, &["bcfks", "jceks", "jks", "kdb", "kdbx", "keystore", "p12", "pfx"]),
    row("environment-file", By::Name, &[".env", ".envrc"]),
    row("environment-file", By::Pattern, &[".env.*"]),
    row("environment-file", By::Ending, &["env"]),
    filled("dump", By::Name, 1 << 16, &["core"]),
    filled("dump", By::Pattern, 1, &["core.#", "vgcore.#"]),
    filled("dump", By::Ending, 1, &["dmp", "hprof", "mdmp", "phd"]),
    row(
        "developer-leftover",
        By::Name,
        &[
            ".DS_Store",
            ".dockerignore",
            "Containerfile",
            "Dockerfile",
            "Thumbs.db",
            "Vagrantfile",
            "compose.yaml",
            "compose.yml",
            "docker-compose.yaml",
            "docker-compose.yml",
        ],
    ),
    row("developer-leftover", By::Pattern, &["Dockerfile.*", "docker-compose.*"]),
    row("developer-leftover", By::Folder, &[".idea", ".vscode", ".vs"]),
    filled(
        "package-cache",
        By::Within,
        1,
        &[
            "etc/apk/cache/",
            "root/.cache/pip/",
            "root/.cache/uv/",
            "root/.cache/yarn/",
            "root/.npm/_cacache/",
            "usr/local/share/.cache/",
            "var/cache/apk/",
            "var/cache/apt/",
            "var/cache/dnf/",
            "var/cache/libdnf5/",
            "var/cache/pacman/pkg/",
            "var/cache/tdnf/",
            "var/cache/yum/",
            "var/cache/zypp/",
            "var/lib/apt/lists/",
        ],
    ),
    filled("log", By::Within, 1, &["var/log/"]),
    filled("temporary", By::Within, 1, &["tmp/", "var/tmp/", "dev/shm/"]),
    row("preload", By::Name, &["/etc/ld.so.preload"]),
    row(
        "engine-socket",
        By::Socket,
        &["containerd.sock", "cri-dockerd.sock", "crio.sock", "docker.sock", "dockershim.sock", "podman.sock"],
    ),
    row(
        "engine-client",
        By::Program,
        &[
            "buildah",
            "containerd",
            "crictl",
            "crun",
            "ctr",
            "docker",
            "docker-compose",
            "dockerd",
            "nerdctl",
            "podman",
            "runc",
            "skopeo",
        ],
    ),
    row("ssh-server", By::Program, &["sshd", "dropbear", "dropbearmulti"]),
    row(
        "package-manager",
        By::Program,
        &[
            "apk",
            "apt",
            "apt-get",
            "aptitude",
            "dnf",
            "dpkg",
            "emerge",
            "ipkg",
            "microdnf",
            "opkg",
            "pacman",
            "rpm",
            "tdnf",
            "urpmi",
            "xbps-install",
            "yum",
            "zypper",
            "dnf5",
            "dnf-3",
        ],
    ),
    row(
        "shell",
        By::Program,
        &[
            "ash", "bash", "busybox", "csh", "dash", "fish", "ksh", "ksh93", "mksh", "pwsh", "rbash", "sh", "tcsh",
            "toybox", "yash", "zsh",
        ],
    ),
    row("download-client", By::Program, &["aria2c", "axel", "curl", "ftp", "lftp", "tftp", "wget", "wget2"]),
    row(
        "network-tool",
        By::Program,
        &[
            "arpspoof",
            "chisel",
            "dsniff",
            "dumpcap",
            "ettercap",
            "frpc",
            "hping3",
            "hydra",
            "john",
            "masscan",
            "msfconsole",
            "nc",
            "nc.openbsd",
            "nc.traditional",
            "ncat",
            "netcat",
            "nikto",
            "nmap",
            "proxychains",
            "responder",
            "rlogin",
            "rsh-redone-rsh",
            "socat",
            "sqlmap",
            "tcpdump",
            "telnet",
            "tshark",
            "zmap",
        ],
    ),
    row(
        "legacy-server",
        By::Program,
        &[
            "ftpd",
            "in.fingerd",
            "in.ftpd",
            "in.rexecd",
            "in.rlogind",
            "in.rshd",
            "in.telnetd",
            "in.tftpd",
            "proftpd",
            "pure-ftpd",
            "rlogind",
            "rshd",
            "telnetd",
            "tftpd",
            "utelnetd",
            "vsftpd",
            "ypbind",
            "ypserv",
        ],
    ),
    row("service-manager", By::Program, &["atd", "cron", "crond", "supervisord", "anacron"]),
    row("service-manager", By::Name, &["/lib/systemd/systemd", "/usr/lib/systemd/systemd"]),
    row(
        "compiler",
        By::Program,
        &[
            "as", "c++", "cc", "clang", "clang++", "cmake", "cpp", "dmd", "g++", "gcc", "gfortran", "ghc", "gnat",
            "gnatmake", "go", "javac", "ld", "make", "nasm", "ninja", "rustc", "swiftc", "tcc", "yasm", "zig",
        ],
    ),
    row(
        "debugger",
        By::Program,
        &["bpftrace", "dlv", "gdb", "gdbserver", "lldb", "ltrace", "perf", "rr", "strace", "valgrind"],
    ),
    row("privilege-tool", By::Program, &["doas", "pkexec", "run0", "su", "sudo", "sudoedit"]),
    row(
        "account-file",
        By::Name,
        &[
            "/etc/group",
            "/etc/group-",
            "/etc/gshadow",
            "/etc/gshadow-",
            "/etc/passwd",
            "/etc/passwd-",
            "/etc/shadow",
            "/etc/shadow-",
        ],
    ),
];
