//! The key under which a message is remembered, so that it counts once.
//!
//! It is made of what was signed and of who signed it, and of nothing that can be changed while the signature stays good.
//! The octets of the signature are no part of it: from (r, s) of ECDSA anybody makes (r, n - s), which is as good; base64
//! can be folded, BER written in other lengths, certificates put in or left out, labels and unsigned headers renamed, and
//! the signer named by another certificate of the same key. What was signed has the times, the nonce and the key's id of
//! RFC 9421, or the signing time of CMS; of a bare signature it is the body, so that the same body counts once. Nor is the
//! form a part of it: a signature over a body is the same one in CMS without signed attributes and bare.
//!
//! Of what was signed the digest is taken that the signature itself has, since nothing else may be there of a body that
//! went by. Nobody but the holder of the key can make another signature over the same octets with another digest.

use alloc::string::String;

use sha2::{Digest, Sha256};

use crate::{algorithm::DigestAlgorithm, hex, key::PublicKey};

/// The key in hexadecimal. `hash` is of all that was signed.
pub(crate) fn key(digest: DigestAlgorithm, hash: &[u8], signer: &PublicKey) -> String {
    let name: &[u8] = match digest {
        DigestAlgorithm::Md5 => b"md5",
        DigestAlgorithm::Sha1 => b"sha1",
        DigestAlgorithm::Sha256 => b"sha256",
        DigestAlgorithm::Sha384 => b"sha384",
        DigestAlgorithm::Sha512 => b"sha512",
    };
    let mut all = Sha256::new();
    for part in [b"sealwright replay\0", name, b"\0", hash, signer.bit_string()] {
        all.update(part);
    }
    hex::encode(&all.finalize())
}
