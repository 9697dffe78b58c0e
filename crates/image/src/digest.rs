//! Computing digests of documents that are in memory. Layers are hashed by whoever reads them.

use data_encoding::HEXLOWER;
use plimsoll_model::{Digest, InvalidDigest};

/// The digest of `bytes`, with the algorithm of `like`.
pub(crate) fn digest_like(like: &Digest, bytes: &[u8]) -> Result<Digest, InvalidDigest> {
    let algorithm = if like.algorithm() == "sha512" { &ring::digest::SHA512 } else { &ring::digest::SHA256 };
    let hash = ring::digest::digest(algorithm, bytes);
    format!("{}:{}", like.algorithm(), HEXLOWER.encode(hash.as_ref())).parse()
}

/// The SHA-256 digest of `bytes`: what names a document that no descriptor points to.
pub(crate) fn sha256(bytes: &[u8]) -> Digest {
    let mut hash = [0; 32];
    hash.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref());
    Digest::sha256(&hash)
}
