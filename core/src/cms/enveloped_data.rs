//! EnvelopedData (RFC 5652 section 6), with key transport recipients.

use alloc::{borrow::Cow, vec::Vec};

use const_oid::{ObjectIdentifier, db::rfc5911};
use der::{
    Decode, Encode, Sequence, Tag, TagNumber, Tagged,
    asn1::{AnyRef, OctetStringRef},
};
use rand_core::{CryptoRng, Rng};
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::{content_encryption::ContentCipher, content_info, identifier, key_transport, set::SetOf};
use crate::{algorithm::KeyTransport, certificate::Certificate, error::Error};

#[derive(Clone, Copy, Debug, Sequence)]
struct EnvelopedData<'a> {
    version: u8,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    originator_info: Option<SetOf<'a>>,
    recipient_infos: SetOf<'a>,
    encrypted_content_info: EncryptedContentInfo<'a>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    unprotected_attrs: Option<SetOf<'a>>,
}

#[derive(Clone, Copy, Debug, Sequence)]
struct EncryptedContentInfo<'a> {
    content_type: ObjectIdentifier,
    content_encryption_algorithm: AlgorithmIdentifierRef<'a>,
    #[asn1(optional = "true")]
    encrypted_content: Option<AnyRef<'a>>,
}

#[derive(Clone, Copy, Debug, Sequence)]
struct KeyTransRecipientInfo<'a> {
    version: u8,
    rid: AnyRef<'a>,
    key_encryption_algorithm: AlgorithmIdentifierRef<'a>,
    encrypted_key: &'a OctetStringRef,
}

/// Tag of the encrypted content: `[0]`, constructed where it came in segments.
const fn encrypted_content_tag(constructed: bool) -> Tag {
    Tag::ContextSpecific { constructed, number: TagNumber(0) }
}

/// An envelope that was received.
#[derive(Clone, Debug)]
pub(crate) struct Envelope<'a> {
    /// The cipher of the content.
    pub(crate) cipher: ContentCipher,
    iv: &'a [u8],
    ciphertext: Cow<'a, [u8]>,
    recipients: Vec<KeyTransRecipientInfo<'a>>,
}

impl<'a> Envelope<'a> {
    /// Reads a ContentInfo in DER.
    ///
    /// # Errors
    /// `CmsMalformed`, `CmsCipherRefused`.
    pub(crate) fn read(der: &'a [u8], allow_legacy: bool) -> Result<Self, Error> {
        let data: EnvelopedData<'a> = content_info::unwrap(der, rfc5911::ID_ENVELOPED_DATA, "EnvelopedData")?;
        let content = data.encrypted_content_info;
        let (cipher, iv) = ContentCipher::read(&content.content_encryption_algorithm, allow_legacy)?;
        let encrypted =
            content.encrypted_content.ok_or_else(|| super::malformed("found an envelope without content"))?;
        let recipients: Vec<AnyRef<'a>> =
            data.recipient_infos.elements().map_err(super::in_structure("RecipientInfos"))?;
        Ok(Self {
            cipher,
            iv,
            ciphertext: join_segments(encrypted)?,
            recipients: recipients.into_iter().filter_map(|recipient| recipient.decode_as().ok()).collect(),
        })
    }

    /// How the content-encryption key is encrypted for `certificate`, and the encrypted key;
    /// nothing if the envelope is for others.
    ///
    /// # Errors
    /// `CmsKeyTransportRefused`.
    pub(crate) fn encrypted_key(
        &self,
        certificate: &Certificate,
    ) -> Result<Option<(KeyTransport, &'a [u8])>, Error> {
        self.recipients
            .iter()
            .find(|recipient| identifier::names(recipient.rid, certificate))
            .map(|recipient| {
                let transport = key_transport::read(&recipient.key_encryption_algorithm)?;
                Ok((transport, recipient.encrypted_key.as_bytes()))
            })
            .transpose()
    }

    /// The content, decrypted with what the key's holder answered; nothing if it does not decrypt.
    /// A wrong or missing key becomes a random one, so that both take the same way.
    pub(crate) fn decrypt(
        &self,
        content_key: Option<&[u8]>,
        rng: &mut impl Rng,
    ) -> Option<Zeroizing<Vec<u8>>> {
        let key = self.cipher.key_or_random(content_key, rng);
        self.cipher.decrypt(&key, self.iv, &self.ciphertext)
    }
}

/// `[0] IMPLICIT OCTET STRING`: primitive, or segments one after the other.
fn join_segments(encrypted: AnyRef<'_>) -> Result<Cow<'_, [u8]>, Error> {
    if encrypted.tag() == encrypted_content_tag(false) {
        return Ok(Cow::Borrowed(encrypted.value()));
    }
    if encrypted.tag() != encrypted_content_tag(true) {
        return Err(super::malformed("found encrypted content that is no OCTET STRING"));
    }
    let mut joined = Vec::new();
    let mut rest = encrypted.value();
    while !rest.is_empty() {
        let (segment, after) = <&OctetStringRef>::from_der_partial(rest)
            .map_err(super::in_structure("segment of the encrypted content"))?;
        joined.extend_from_slice(segment.as_bytes());
        rest = after;
    }
    Ok(Cow::Owned(joined))
}

/// Encrypts `content` for the holder of `recipient`'s key.
///
/// # Errors
/// `KeyUnfit` if that is no RSA key; `KeyMalformed`, `KeyUnsupported`.
pub(crate) fn seal(
    recipient: &Certificate,
    transport: KeyTransport,
    cipher: ContentCipher,
    content: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, Error> {
    let key = cipher.generate_key(rng);
    let mut iv = alloc::vec![0; cipher.block_octets()];
    rng.fill_bytes(&mut iv);
    let ciphertext = cipher.encrypt(&key, &iv, content)?;
    let encrypted_key = recipient.public_key()?.encrypt(transport, rng, &key)?;
    let rid = identifier::of(recipient)?;
    let key_algorithm = key_transport::identifier(transport)?.to_der()?;
    let recipient_info = KeyTransRecipientInfo {
        version: 0,
        rid: AnyRef::from_der(&rid)?,
        key_encryption_algorithm: AlgorithmIdentifierRef::from_der(&key_algorithm)?,
        encrypted_key: OctetStringRef::new(&encrypted_key)?,
    }
    .to_der()?;
    let content_algorithm = cipher.identifier(&iv)?.to_der()?;
    let data = EnvelopedData {
        version: 0,
        originator_info: None,
        recipient_infos: SetOf(&recipient_info),
        encrypted_content_info: EncryptedContentInfo {
            content_type: rfc5911::ID_DATA,
            content_encryption_algorithm: AlgorithmIdentifierRef::from_der(&content_algorithm)?,
            encrypted_content: Some(AnyRef::new(encrypted_content_tag(false), &ciphertext)?),
        },
        unprotected_attrs: None,
    };
    content_info::wrap(rfc5911::ID_ENVELOPED_DATA, &data.to_der()?)
}
