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

/// The last version (RFC 5652 section 6.1).
const LAST_VERSION: u8 = 4;
/// That of a KeyTransRecipientInfo (RFC 5652 section 6.2.1).
const LAST_RECIPIENT_VERSION: u8 = 2;

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
pub(crate) struct EncryptedContentInfo<'a> {
    pub(crate) content_type: ObjectIdentifier,
    pub(crate) content_encryption_algorithm: AlgorithmIdentifierRef<'a>,
    #[asn1(optional = "true")]
    pub(crate) encrypted_content: Option<AnyRef<'a>>,
}

impl<'a> EncryptedContentInfo<'a> {
    /// Data, encrypted.
    ///
    /// # Errors
    /// None in practice: `EncodingFailed`.
    pub(crate) fn of_data(
        content_encryption_algorithm: AlgorithmIdentifierRef<'a>,
        encrypted: &'a [u8],
    ) -> Result<Self, Error> {
        let encrypted_content = Some(AnyRef::new(encrypted_content_tag(false), encrypted)?);
        Ok(Self { content_type: rfc5911::ID_DATA, content_encryption_algorithm, encrypted_content })
    }
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
        super::check_version("EnvelopedData", data.version, LAST_VERSION)?;
        let content = data.encrypted_content_info;
        super::check_is_data("encrypted content", content.content_type)?;
        let (cipher, iv) = ContentCipher::read(&content.content_encryption_algorithm, allow_legacy)?;
        let encrypted =
            content.encrypted_content.ok_or_else(|| super::malformed("found an envelope without content"))?;
        let recipients: Vec<AnyRef<'a>> =
            data.recipient_infos.elements().map_err(super::in_structure("RecipientInfos"))?;
        // Those of other kinds are for others.
        let recipients: Vec<KeyTransRecipientInfo<'a>> =
            recipients.into_iter().filter_map(|recipient| recipient.decode_as().ok()).collect();
        for recipient in &recipients {
            super::check_version("KeyTransRecipientInfo", recipient.version, LAST_RECIPIENT_VERSION)?;
        }
        Ok(Self { cipher, iv, ciphertext: join_segments(encrypted)?, recipients })
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
pub(crate) fn join_segments(encrypted: AnyRef<'_>) -> Result<Cow<'_, [u8]>, Error> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{error::ErrorCode, scep::fixture::text, seed::Seed};

    fn sealed() -> Vec<u8> {
        let recipient = Certificate::from_pem(&text("ra.pem")).unwrap();
        let mut generator = Seed::new([7; 32]).generator("test");
        seal(&recipient, KeyTransport::RsaPkcs1, ContentCipher::Aes128Cbc, b"content", &mut generator)
            .unwrap()
    }

    /// What becomes of the envelope with what `change` does to it.
    fn changed(change: impl Fn(&mut EnvelopedData<'_>)) -> Result<(), ErrorCode> {
        let der = sealed();
        let mut data: EnvelopedData<'_> =
            content_info::unwrap(&der, rfc5911::ID_ENVELOPED_DATA, "EnvelopedData").unwrap();
        change(&mut data);
        let der = content_info::wrap(rfc5911::ID_ENVELOPED_DATA, &data.to_der().unwrap()).unwrap();
        Envelope::read(&der, true).map(|_| ()).map_err(|error| error.code)
    }

    #[test]
    fn versions_are_those_that_there_are() {
        for version in 0..=6 {
            let found = changed(|data| data.version = version);
            assert_eq!(found.is_ok(), version <= LAST_VERSION, "{version}");
        }
        for version in 0..=4 {
            let found = changed(|data| {
                let recipient: KeyTransRecipientInfo<'_> = data.recipient_infos.only().unwrap();
                let recipient = KeyTransRecipientInfo { version, ..recipient }.to_der().unwrap();
                data.recipient_infos = SetOf(Vec::leak(recipient));
            });
            assert_eq!(found.is_ok(), version <= LAST_RECIPIENT_VERSION, "{version}");
        }
    }

    #[test]
    fn the_content_is_data() {
        for content_type in [rfc5911::ID_SIGNED_DATA, rfc5911::ID_ENVELOPED_DATA] {
            let found = changed(|data| data.encrypted_content_info.content_type = content_type);
            assert_eq!(found, Err(ErrorCode::CmsMalformed));
        }
    }

    #[test]
    fn the_initialization_vector_is_an_octet_string_of_one_block() {
        let with = |tag: Tag, iv: &'static [u8]| {
            changed(|data| {
                let algorithm = &mut data.encrypted_content_info.content_encryption_algorithm;
                algorithm.parameters = Some(AnyRef::new(tag, iv).unwrap());
            })
        };
        assert_eq!(with(Tag::OctetString, &[0; 16]), Ok(()));
        for (tag, iv) in [
            (Tag::OctetString, &[0; 8][..]),
            (Tag::OctetString, &[0; 17]),
            (Tag::OctetString, &[]),
            (Tag::Utf8String, &[0; 16]),
            (Tag::Null, &[]),
        ] {
            assert_eq!(with(tag, iv), Err(ErrorCode::CmsMalformed), "{tag} {iv:?}");
        }
        let without = changed(|data| {
            data.encrypted_content_info.content_encryption_algorithm.parameters = None;
        });
        assert_eq!(without, Err(ErrorCode::CmsMalformed));
    }

    #[test]
    fn the_encrypted_content_is_an_octet_string() {
        for tag in [Tag::OctetString, Tag::ContextSpecific { constructed: false, number: TagNumber(1) }] {
            let found = changed(|data| {
                data.encrypted_content_info.encrypted_content = Some(AnyRef::new(tag, &[0; 16]).unwrap());
            });
            assert_eq!(found, Err(ErrorCode::CmsMalformed), "{tag}");
        }
        let without = changed(|data| data.encrypted_content_info.encrypted_content = None);
        assert_eq!(without, Err(ErrorCode::CmsMalformed));
    }
}
