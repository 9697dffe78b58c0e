//! Signatures of an index: ed25519, in the files of minisign (<https://jedisct1.github.io/minisign/>).
//!
//! Two crates of the tool's own author: `minisign` makes keys and signatures, `minisign-verify` checks them, for it is
//! the one whose reader of hostile signatures looks at every length.

use std::fmt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minisign::{KeyPair, PublicKey, SecretKey, SecretKeyBox};

use super::{Error, Refusal};

/// Bytes of a key or signature file; real ones have some 300.
pub const LARGEST: u64 = 16 << 10;

/// A public key that is trusted.
#[derive(Clone)]
pub struct Key {
    id: String,
    key: minisign_verify::PublicKey,
}

/// A secret key, ready to sign.
pub struct SigningKey {
    id: String,
    key: SecretKey,
}

/// A new pair of keys, as the two files that hold them.
pub struct NewKeys {
    /// For `KEY.pub`, for everyone.
    pub public: String,
    /// For `KEY.key`, for nobody else.
    pub secret: String,
    /// Id of both.
    pub id: String,
}

impl Key {
    /// Reads a public key: the 56 characters of it, or what is in the file of one.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let line = text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
        // What was given is never shown: it may be a secret key.
        let wrong = || match text.contains("secret key") {
            true => Error::Key("this is a secret key; readers need the public one, which lies beside it (.pub)".into()),
            false => Error::Key("this is no public key of minisign: one starts with RW and has 56 characters".into()),
        };
        let key = minisign_verify::PublicKey::from_base64(line).map_err(|_| wrong())?;
        let bytes = STANDARD.decode(line).map_err(|_| wrong())?;
        Ok(Self { id: id(bytes.get(2..10).unwrap_or_default()), key })
    }

    /// Reads a public key or, where there is such a file, the file's.
    ///
    /// # Errors
    /// As [`Self::parse`], or when the file cannot be read.
    pub fn parse_or_read(text: &str) -> Result<Self, Error> {
        if text.starts_with("RW") && text.len() == 56 {
            return Self::parse(text);
        }
        Self::parse(&read(Path::new(text))?).map_err(|error| match error {
            Error::Key(reason) => Error::Key(format!("{text}: {reason}")),
            error => error,
        })
    }

    /// 16 hexadecimal digits, as minisign shows it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.id)
    }
}

impl SigningKey {
    /// Opens the file of a secret key. The password is empty for a key without one.
    ///
    /// # Errors
    /// When it cannot be read or the password is wrong.
    pub fn read(path: &Path, password: &dyn Fn() -> Result<String, String>) -> Result<Self, Error> {
        let text = read(path)?;
        let wrong = |why: String| Error::Key(format!("cannot use the key {}: {why}", path.display()));
        let made = |text: &str| SecretKeyBox::from_string(text).map_err(|error| wrong(error.to_string()));
        let key = match made(&text)?.into_unencrypted_secret_key() {
            Ok(key) => key,
            // The tool itself leaves out the checksum of a key without a password.
            Err(_) if is_open(&text) => {
                SecretKey::from_bytes(&decoded(&text)).map_err(|error| wrong(error.to_string()))?
            }
            Err(_) => {
                let password = password().map_err(wrong)?;
                made(&text)?.into_secret_key(Some(password)).map_err(|error| wrong(error.to_string()))?
            }
        };
        Ok(Self { id: id(key.keynum()), key })
    }

    /// Signs an index.
    ///
    /// # Errors
    /// When this machine has no randomness.
    pub fn sign(&self, index: &[u8], comment: &str) -> Result<String, Error> {
        let untrusted = format!("signature of plimsoll advisories by key {}", self.id);
        // Checked at once: a damaged key would sign what nobody can verify.
        let public = PublicKey::from_secret_key(&self.key).map_err(|error| Error::Key(error.to_string()))?;
        let signature = minisign::sign(Some(&public), &self.key, index, Some(comment), Some(&untrusted));
        Ok(signature.map_err(|error| Error::Key(error.to_string()))?.into_string())
    }

    /// 16 hexadecimal digits, as minisign shows it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl NewKeys {
    /// Makes a pair. The secret key is locked with the password, if there is one.
    ///
    /// # Errors
    /// When this machine has no randomness.
    pub fn generate(password: Option<String>) -> Result<Self, Error> {
        let pair = match password {
            Some(password) => KeyPair::generate_encrypted_keypair(Some(password)),
            None => KeyPair::generate_unencrypted_keypair(),
        };
        let failed = |error: minisign::PError| Error::Key(format!("failed to make a key: {error}"));
        let pair = pair.map_err(failed)?;
        let id = id(pair.pk.keynum());
        let secret = pair.sk.to_box(Some("plimsoll advisories, secret key")).map_err(failed)?.into_string();
        Ok(Self { public: pair.pk.to_box().map_err(failed)?.into_string(), secret, id })
    }
}

/// The id of the trusted key that signed an index.
///
/// # Errors
/// When the signature is none, is by another key, or is for other bytes.
pub fn verify(index: &[u8], signature: &[u8], keys: &[Key]) -> Result<String, Refusal> {
    let text = std::str::from_utf8(signature).map_err(|_| Refusal::Signature("it is not a text".into()))?;
    let decoded = minisign_verify::Signature::decode(text)
        .map_err(|_| Refusal::Signature("it is not a signature of minisign".into()))?;
    let signer = signer(text).unwrap_or_default();
    let Some(key) = keys.iter().find(|key| key.id == signer) else {
        let trusted = keys.iter().map(Key::id).collect::<Vec<_>>().join(", ");
        return Err(Refusal::Key { signer, trusted });
    };
    key.key
        .verify(index, &decoded, false)
        .map_err(|_| Refusal::Signature(format!("it says to be by key {signer} but is not for this index")))?;
    Ok(signer)
}

/// The id of the key that a signature says to be by.
#[must_use]
pub fn signer(signature: &str) -> Option<String> {
    let bytes = STANDARD.decode(signature.lines().nth(1)?.trim()).ok()?;
    bytes.get(2..10).map(id)
}

/// The bytes of a key's second line.
fn decoded(text: &str) -> Vec<u8> {
    text.lines().nth(1).and_then(|line| STANDARD.decode(line.trim()).ok()).unwrap_or_default()
}

/// Whether a secret key says to have no password: where the others name their derivation of one are zeros.
fn is_open(text: &str) -> bool {
    decoded(text).get(2..4) == Some(&[0, 0])
}

/// minisign shows the number's bytes from the last to the first.
fn id(number: &[u8]) -> String {
    number.iter().rev().map(|byte| format!("{byte:02X}")).collect()
}

fn read(path: &Path) -> Result<String, Error> {
    use std::io::Read;
    let failed = |source| Error::Io { action: "read", path: path.into(), source };
    let mut text = String::new();
    std::fs::File::open(path).map_err(failed)?.take(LARGEST).read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}
