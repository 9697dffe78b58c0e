//! Keys: making them, and signing with them (`plimsoll db keygen`, `plimsoll db sign`).

use std::io::{IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use plimsoll_advisories::published::{self, NewKeys, SigningKey};

use super::print;
use crate::exit::{Exit, misuse};

/// The variable that holds the password of a key. No flag: the arguments of a process are for everyone to see.
const PASSWORD: &str = "PLIMSOLL_KEY_PASSWORD";

/// Who signs.
#[derive(clap::Args)]
pub struct KeyArguments {
    /// Secret key to sign with; may be given several times. A locked one takes its password from PLIMSOLL_KEY_PASSWORD,
    /// or asks
    #[arg(long, env = "PLIMSOLL_KEY", hide_env = true, value_name = "FILE", value_delimiter = ',')]
    key: Vec<PathBuf>,
}

impl KeyArguments {
    /// Whether nobody signs.
    pub fn is_empty(&self) -> bool {
        self.key.is_empty()
    }

    /// The keys, open.
    ///
    /// # Errors
    /// When one cannot be read or opened.
    pub fn signing(&self) -> anyhow::Result<Vec<SigningKey>> {
        let open =
            |path: &PathBuf| Ok(SigningKey::read(path, &|| password(&format!("password of {}: ", path.display())))?);
        self.key.iter().map(open).collect()
    }
}

fn password(prompt: &str) -> Result<String, String> {
    if let Ok(password) = std::env::var(PASSWORD) {
        return Ok(password);
    }
    if !std::io::stdin().is_terminal() {
        return Err(format!("it is locked; put its password into {PASSWORD}"));
    }
    rpassword::prompt_password(prompt).map_err(|error| error.to_string())
}

/// Make a pair of keys to sign published advisories with
///
/// They are those of minisign: each tool can use what the other has made.
#[derive(clap::Args)]
pub struct Keygen {
    /// Where to write them: FILE, the secret key, and FILE.pub
    #[arg(value_name = "FILE")]
    path: PathBuf,
    /// Do not lock the secret key with a password
    #[arg(long, env = "PLIMSOLL_NO_PASSWORD", hide_env = true, value_parser = clap::builder::FalseyValueParser::new())]
    no_password: bool,
}

/// Makes keys.
///
/// # Errors
/// When there is such a file already, or no password.
pub fn keygen(arguments: &Keygen) -> anyhow::Result<Exit> {
    let public = PathBuf::from(format!("{}.pub", arguments.path.display()));
    for path in [&arguments.path, &public] {
        anyhow::ensure!(!path.exists(), "{} is there already; no key is ever replaced", path.display());
    }
    let password = if arguments.no_password { None } else { Some(new_password()?) };
    let keys = NewKeys::generate(password)?;
    create(&arguments.path, &keys.secret, 0o600)?;
    create(&public, &keys.public, 0o644)?;
    print(&[
        format!("key {}", keys.id),
        format!("secret: {} (keep it, and keep it to yourself)", arguments.path.display()),
        format!("public: {} (for --shards-key)", public.display()),
    ])?;
    Ok(Exit::Passed)
}

fn new_password() -> anyhow::Result<String> {
    let first = password("password for the new key: ")
        .map_err(|_| anyhow::anyhow!("a password is needed: put it into {PASSWORD}, or give --no-password"))?;
    if std::env::var_os(PASSWORD).is_none() {
        let second = password("the same again: ").map_err(anyhow::Error::msg)?;
        anyhow::ensure!(first == second, "the passwords differ");
    }
    Ok(first)
}

fn create(path: &Path, text: &str, mode: u32) -> anyhow::Result<()> {
    let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Sign a folder of published advisories, in place of the signatures that it has
#[derive(clap::Args)]
pub struct Sign {
    /// The folder
    folder: PathBuf,
    #[command(flatten)]
    keys: KeyArguments,
}

/// Signs a folder.
///
/// # Errors
/// When there is nothing to sign, or nothing to sign with.
pub fn sign(arguments: &Sign) -> anyhow::Result<Exit> {
    let keys = arguments.keys.signing()?;
    anyhow::ensure!(
        !keys.is_empty(),
        misuse(anyhow::anyhow!("name the key to sign with: --key FILE; plimsoll db keygen FILE makes one"))
    );
    let index = published::sign(&arguments.folder, &keys)?;
    let ids: Vec<_> = keys.iter().map(SigningKey::id).collect();
    print(&[format!("{}, built {}, is signed by {}", arguments.folder.display(), index.built, ids.join(", "))])?;
    Ok(Exit::Passed)
}
