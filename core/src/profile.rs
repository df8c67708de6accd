//! What a certificate of one kind may contain.

use alloc::{
    borrow::ToOwned,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use der::Decode;
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Value;
use x509_cert::{ext::pkix::name::GeneralName, name::Name};

use crate::{
    alternative_name, directory_string, distinguished_name,
    error::{Error, ErrorCode},
    extension::KeyUsageName,
    key::KeyKind,
    tree,
};

const DAY: u64 = 86_400;
/// The forms of alternative name that there are.
const FORMS: [&str; 6] = ["dns", "email", "uri", "ip", "upn", "directory"];
/// id-kp-serverAuth.
const SERVER_AUTH: &str = "1.3.6.1.5.5.7.3.1";
/// id-kp-clientAuth.
const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";
/// id-kp-OCSPSigning.
const OCSP_SIGNING: &str = "1.3.6.1.5.5.7.3.9";
/// Certificate request agent (Microsoft): Windows takes a registration authority's certificate only with it.
pub(crate) const REQUEST_AGENT: &str = "1.3.6.1.4.1.311.20.2.1";

/// The kinds of key a profile can allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum KeyType {
    /// RSA of at least `minimum_rsa_bits`.
    Rsa,
    /// P-256.
    P256,
    /// P-384.
    P384,
    /// P-521.
    P521,
    /// Ed25519.
    Ed25519,
    /// ML-DSA-44 (RFC 9881).
    #[serde(rename = "ml_dsa_44")]
    MlDsa44,
    /// ML-DSA-65.
    #[serde(rename = "ml_dsa_65")]
    MlDsa65,
    /// ML-DSA-87.
    #[serde(rename = "ml_dsa_87")]
    MlDsa87,
}

/// A profile: what is allowed, and what the certificate gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The name that goes into the record.
    pub name: String,
    /// Key types allowed.
    pub key_types: Vec<KeyType>,
    /// The least length of an RSA modulus, in bits.
    pub minimum_rsa_bits: u32,
    /// Whether the subject needs a common name.
    pub common_name_required: bool,
    /// The forms of subject alternative name allowed: dns, email, uri, ip, upn, directory.
    pub alternative_name_forms: Vec<String>,
    /// Whether there must be one.
    pub alternative_name_required: bool,
    /// Key usages; keyEncipherment is left out for keys that cannot encrypt (RFC 5480 section 3,
    /// RFC 9881 section 5).
    pub key_usage: Vec<KeyUsageName>,
    /// Extended key usages as object identifiers; none means no such extension.
    pub extended_key_usage: Vec<String>,
    /// Whether the certificate is an authority's.
    pub authority: bool,
    /// The lifetime unless the request asks for another, in seconds.
    pub validity_seconds: u64,
    /// The longest lifetime, in seconds.
    pub maximum_validity_seconds: u64,
    /// Whether an OCSP responder's certificate says that its own status need not be checked (RFC 6960 4.2.2.2.1).
    #[serde(default)]
    pub ocsp_no_check: bool,
}

/// A profile by its name, or whole.
#[derive(Clone, Debug)]
pub enum ProfileChoice {
    /// One of the built-in profiles.
    Named(String),
    /// The caller's own.
    Custom(Profile),
}

/// By hand, so that the error of a whole profile names the field.
impl<'de> Deserialize<'de> for ProfileChoice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(name) => Ok(Self::Named(name)),
            whole => tree::read(&whole).map(Self::Custom).map_err(de::Error::custom),
        }
    }
}

impl ProfileChoice {
    /// The profile meant.
    ///
    /// # Errors
    /// `ProfileUnknown`; the detail lists the names there are. `FieldInvalid` for a profile of one's own that
    /// contradicts itself.
    pub fn resolve(self) -> Result<Profile, Error> {
        match self {
            Self::Custom(profile) => profile.check().map(|()| profile).map_err(|error| error.at("profile")),
            Self::Named(name) => Profile::built_in(&name).ok_or_else(|| {
                let names = Profile::NAMES.join(", ");
                Error::new(
                    ErrorCode::ProfileUnknown,
                    format_args!("there is no profile {name:?}, only {names}"),
                )
                .at("profile")
            }),
        }
    }
}

impl Profile {
    /// The built-in profiles.
    pub const NAMES: [&str; 5] =
        ["device-identity", "scep-ra", "tls-server", "subordinate-ca", "ocsp-signer"];

    /// A built-in profile.
    #[must_use]
    pub fn built_in(name: &str) -> Option<Self> {
        let common = [KeyType::Rsa, KeyType::P256, KeyType::P384, KeyType::P521, KeyType::Ed25519];
        // For signatures that our own verifiers check. TLS has no ML-DSA yet that is more than a draft: what
        // authenticates devices and servers has it only where a profile of one's own says so.
        let signing = [&common[..], &[KeyType::MlDsa44, KeyType::MlDsa65, KeyType::MlDsa87]].concat();
        let forms = |forms: &[&str]| forms.iter().map(ToString::to_string).collect();
        let device = Self {
            name: name.to_owned(),
            key_types: common.to_vec(),
            minimum_rsa_bits: 2048,
            common_name_required: true,
            alternative_name_forms: forms(&FORMS),
            alternative_name_required: false,
            key_usage: vec![KeyUsageName::DigitalSignature, KeyUsageName::KeyEncipherment],
            extended_key_usage: vec![CLIENT_AUTH.to_owned()],
            authority: false,
            validity_seconds: 365 * DAY,
            maximum_validity_seconds: 825 * DAY,
            ocsp_no_check: false,
        };
        match name {
            "device-identity" => Some(device),
            "scep-ra" => Some(Self {
                key_types: vec![KeyType::Rsa],
                alternative_name_forms: vec![],
                extended_key_usage: vec![REQUEST_AGENT.to_owned()],
                ..device
            }),
            "tls-server" => Some(Self {
                common_name_required: false,
                alternative_name_forms: forms(&["dns", "ip"]),
                alternative_name_required: true,
                extended_key_usage: vec![SERVER_AUTH.to_owned()],
                validity_seconds: 90 * DAY,
                maximum_validity_seconds: 398 * DAY,
                ..device
            }),
            "subordinate-ca" => Some(Self {
                key_types: signing,
                alternative_name_forms: vec![],
                key_usage: vec![KeyUsageName::KeyCertSign, KeyUsageName::CrlSign],
                extended_key_usage: vec![],
                authority: true,
                validity_seconds: 5 * 365 * DAY,
                maximum_validity_seconds: 20 * 365 * DAY,
                ..device
            }),
            // Nobody asks whether it is revoked: it must not live long.
            "ocsp-signer" => Some(Self {
                key_types: signing,
                alternative_name_forms: vec![],
                key_usage: vec![KeyUsageName::DigitalSignature],
                extended_key_usage: vec![OCSP_SIGNING.to_owned()],
                validity_seconds: 30 * DAY,
                maximum_validity_seconds: 90 * DAY,
                ocsp_no_check: true,
                ..device
            }),
            _ => None,
        }
    }

    /// Checks a profile that somebody wrote: what it says must be possible, and in keeping with RFC 5280
    /// 4.2.1.3 and 4.2.1.9.
    ///
    /// # Errors
    /// `FieldInvalid`.
    fn check(&self) -> Result<(), Error> {
        let signs_certificates = self.key_usage.contains(&KeyUsageName::KeyCertSign);
        let unknown = self.alternative_name_forms.iter().find(|form| !FORMS.contains(&form.as_str()));
        let wrong = if self.name.is_empty() {
            "found a profile without a name"
        } else if self.key_types.is_empty() {
            "found a profile that allows no key"
        } else if self.key_usage.is_empty() {
            "found a profile without key usage"
        } else if self.authority != signs_certificates {
            "found a profile where authority and the key usage keyCertSign do not go together"
        } else if unknown.is_some() {
            "found a form of alternative name that there is none of"
        } else if self.alternative_name_required && self.alternative_name_forms.is_empty() {
            "found a profile that wants an alternative name and allows none"
        } else if self.ocsp_no_check && !self.extended_key_usage.iter().any(|purpose| purpose == OCSP_SIGNING)
        {
            "found a profile that spares a certificate the check of its status and is not for OCSP responders"
        } else if !(1..=self.maximum_validity_seconds).contains(&self.validity_seconds) {
            "found a lifetime of nothing, or one longer than the profile's longest"
        } else {
            return Ok(());
        };
        Err(Error::new(ErrorCode::FieldInvalid, wrong))
    }

    /// Checks the key.
    ///
    /// # Errors
    /// `ProfileKeyRefused`.
    pub fn check_key(&self, kind: KeyKind) -> Result<(), Error> {
        let allowed = match kind {
            KeyKind::Rsa { bits } => self.key_types.contains(&KeyType::Rsa) && bits >= self.minimum_rsa_bits,
            KeyKind::P256 => self.key_types.contains(&KeyType::P256),
            KeyKind::P384 => self.key_types.contains(&KeyType::P384),
            KeyKind::P521 => self.key_types.contains(&KeyType::P521),
            KeyKind::RsaPss { .. } => false,
            KeyKind::Ed25519 => self.key_types.contains(&KeyType::Ed25519),
            KeyKind::MlDsa44 => self.key_types.contains(&KeyType::MlDsa44),
            KeyKind::MlDsa65 => self.key_types.contains(&KeyType::MlDsa65),
            KeyKind::MlDsa87 => self.key_types.contains(&KeyType::MlDsa87),
        };
        if allowed && self.key_usage_for(kind).is_empty() {
            return Err(Error::new(
                ErrorCode::ProfileKeyRefused,
                format_args!(
                    "found a {kind} key, which can do nothing that the profile {} is for",
                    self.name
                ),
            ));
        }
        if allowed {
            return Ok(());
        }
        Err(Error::new(
            ErrorCode::ProfileKeyRefused,
            format_args!(
                "found a {kind} key, the profile {} allows {:?} (RSA from {} bits)",
                self.name, self.key_types, self.minimum_rsa_bits
            ),
        ))
    }

    /// Checks the subject (DER): strings as RFC 5280 has them, a common name where one is needed, upper bounds of
    /// appendix A.1.
    ///
    /// # Errors
    /// `ProfileSubjectRefused`.
    pub fn check_subject(&self, subject: &[u8]) -> Result<(), Error> {
        let refused =
            |detail: &dyn core::fmt::Display| Err(Error::new(ErrorCode::ProfileSubjectRefused, detail));
        if let Err(detail) = distinguished_name::check(subject) {
            return refused(&detail);
        }
        let name = Name::from_der(subject).unwrap_or_default();
        if self.common_name_required && distinguished_name::common_name(subject).is_none() {
            return refused(&format_args!(
                "found the subject {:?}, the profile {} wants a common name in it",
                distinguished_name::to_text(subject),
                self.name
            ));
        }
        if self.authority && name.is_empty() {
            return refused(&"found an authority without a name, which RFC 5280 4.1.2.6 wants");
        }
        for attribute in name.iter() {
            let Some((field, bound)) = upper_bound(&attribute.oid.to_string()) else { continue };
            let length = directory_string::text(&attribute.value).map_or(0, |text| text.chars().count());
            if length > bound {
                return refused(&format_args!(
                    "found a {field} of {length} characters, wanted at most {bound}"
                ));
            }
        }
        Ok(())
    }

    /// Checks the subject alternative names by their forms.
    ///
    /// # Errors
    /// `ProfileAlternativeNameRefused`.
    pub fn check_alternative_names(&self, names: &[GeneralName]) -> Result<(), Error> {
        let refused = |detail: &dyn core::fmt::Display| {
            Err(Error::new(ErrorCode::ProfileAlternativeNameRefused, detail))
        };
        if self.alternative_name_required && names.is_empty() {
            return refused(&format_args!(
                "found no subject alternative name, the profile {} wants one of {:?}",
                self.name, self.alternative_name_forms
            ));
        }
        for name in names {
            let text = alternative_name::to_text(name);
            let form = text.split(':').next().unwrap_or_default();
            if !self.alternative_name_forms.iter().any(|allowed| allowed == form) {
                return refused(&format_args!(
                    "found the alternative name {text:?}, the profile {} allows {:?}",
                    self.name, self.alternative_name_forms
                ));
            }
        }
        Ok(())
    }

    /// The lifetime of a certificate for which `asked` seconds are asked, or the profile's own.
    ///
    /// # Errors
    /// `ProfileValidityRefused`.
    pub fn lifetime(&self, asked: Option<u64>) -> Result<u64, Error> {
        let seconds = asked.unwrap_or(self.validity_seconds);
        if seconds == 0 || seconds > self.maximum_validity_seconds {
            return Err(Error::new(
                ErrorCode::ProfileValidityRefused,
                format_args!(
                    "found a lifetime of {seconds} seconds, the profile {} allows 1 to {}",
                    self.name, self.maximum_validity_seconds
                ),
            ));
        }
        Ok(seconds)
    }

    /// The key usages for a key of this kind.
    #[must_use]
    pub fn key_usage_for(&self, kind: KeyKind) -> Vec<KeyUsageName> {
        let encrypts = matches!(kind, KeyKind::Rsa { .. });
        self.key_usage
            .iter()
            .copied()
            .filter(|usage| encrypts || *usage != KeyUsageName::KeyEncipherment)
            .collect()
    }
}

/// What people call the attribute of a name with this identifier, and how many characters it may have at most
/// (RFC 5280 A.1); nothing where there is no bound to know.
pub(crate) fn upper_bound(oid: &str) -> Option<(&'static str, usize)> {
    match oid {
        "2.5.4.3" => Some(("common name", 64)),
        "2.5.4.5" => Some(("serial number", 64)),
        "2.5.4.6" => Some(("country", 2)),
        "2.5.4.7" => Some(("locality", 128)),
        "2.5.4.8" => Some(("state or province", 128)),
        "2.5.4.10" => Some(("organization", 64)),
        "2.5.4.11" => Some(("organizational unit", 64)),
        "1.2.840.113549.1.9.1" => Some(("email address", 255)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_built_in() {
        for name in Profile::NAMES {
            assert_eq!(Profile::built_in(name).unwrap().name, name);
        }
        let unknown = ProfileChoice::Named("toaster".to_owned()).resolve();
        assert_eq!(unknown.unwrap_err().code, ErrorCode::ProfileUnknown);
    }

    #[test]
    fn rules_refuse_what_breaks_them() {
        let profile = Profile::built_in("tls-server").unwrap();
        let names = |texts: &[&str]| {
            texts.iter().map(|text| alternative_name::parse(text).unwrap()).collect::<Vec<_>>()
        };
        assert!(profile.check_alternative_names(&names(&["dns:a.example", "ip:::1"])).is_ok());
        for refused in [&[][..], &["email:a@b.example"]] {
            assert_eq!(
                profile.check_alternative_names(&names(refused)).unwrap_err().code,
                ErrorCode::ProfileAlternativeNameRefused
            );
        }
        assert_eq!(
            profile.check_key(KeyKind::Rsa { bits: 1024 }).unwrap_err().code,
            ErrorCode::ProfileKeyRefused
        );
        assert_eq!(profile.lifetime(Some(399 * DAY)).unwrap_err().code, ErrorCode::ProfileValidityRefused);
        assert_eq!(profile.lifetime(None).unwrap(), 90 * DAY);
    }

    /// RFC 9881 section 5; and whoever signs certificates or OCSP responses may, nobody else unless a profile says so.
    #[test]
    fn ml_dsa_signs_and_does_not_encrypt() {
        let kinds = [KeyKind::MlDsa44, KeyKind::MlDsa65, KeyKind::MlDsa87];
        for (name, allowed) in [
            ("subordinate-ca", true),
            ("ocsp-signer", true),
            ("device-identity", false),
            ("tls-server", false),
            ("scep-ra", false),
        ] {
            let profile = Profile::built_in(name).unwrap();
            let refused = (!allowed).then_some(ErrorCode::ProfileKeyRefused);
            for kind in kinds {
                assert_eq!(profile.check_key(kind).err().map(|error| error.code), refused, "{name} {kind}");
            }
        }
        let own: Profile = {
            let mut value = serde_json::to_value(Profile::built_in("device-identity").unwrap()).unwrap();
            value["key_types"] = serde_json::json!(["ml_dsa_44", "ml_dsa_87"]);
            serde_json::from_value(value).unwrap()
        };
        assert!(own.check_key(KeyKind::MlDsa44).is_ok() && own.check_key(KeyKind::MlDsa65).is_err());
        assert_eq!(own.key_usage_for(KeyKind::MlDsa87), [KeyUsageName::DigitalSignature]);
    }

    #[test]
    fn a_profile_that_contradicts_itself_is_refused() {
        let own = || Profile { name: "own".into(), ..Profile::built_in("device-identity").unwrap() };
        assert!(ProfileChoice::Custom(own()).resolve().is_ok());
        let ca = KeyUsageName::KeyCertSign;
        for wrong in [
            Profile { name: String::new(), ..own() },
            Profile { key_types: vec![], ..own() },
            Profile { key_usage: vec![], ..own() },
            Profile { key_usage: vec![ca], ..own() },
            Profile { authority: true, ..own() },
            Profile { alternative_name_forms: vec!["telepathy".into()], ..own() },
            Profile { alternative_name_required: true, alternative_name_forms: vec![], ..own() },
            Profile { validity_seconds: 0, ..own() },
            Profile { maximum_validity_seconds: 1, ..own() },
            Profile { ocsp_no_check: true, ..own() },
        ] {
            let error = ProfileChoice::Custom(wrong.clone()).resolve().unwrap_err();
            assert_eq!(
                (error.code, error.at.as_deref()),
                (ErrorCode::FieldInvalid, Some("profile")),
                "{wrong:?}"
            );
        }
        let encrypts = Profile { key_usage: vec![KeyUsageName::KeyEncipherment], ..own() };
        assert_eq!(encrypts.check_key(KeyKind::P256).unwrap_err().code, ErrorCode::ProfileKeyRefused);
        let nameless = Profile { authority: true, key_usage: vec![ca], common_name_required: false, ..own() };
        assert_eq!(nameless.check_subject(&[0x30, 0]).unwrap_err().code, ErrorCode::ProfileSubjectRefused);
    }

    #[test]
    fn a_wrong_field_of_a_profile_is_named() {
        let error = serde_json::from_str::<ProfileChoice>("{\"name\": \"x\", \"colour\": 1}").unwrap_err();
        assert!(alloc::format!("{error}").contains("colour"), "{error}");
    }

    #[test]
    fn subjects_keep_the_upper_bounds() {
        let profile = Profile::built_in("device-identity").unwrap();
        let check = |length: usize| {
            profile.check_subject(
                &distinguished_name::parse(&alloc::format!("CN={}", "ü".repeat(length))).unwrap(),
            )
        };
        assert!(check(64).is_ok());
        // SEQUENCE { SET { SEQUENCE { 2.5.4.3, BMPString of 40 characters in 80 octets } } }
        let prefix = [0x30, 91, 0x31, 89, 0x30, 87, 6, 3, 0x55, 4, 3, 0x1e, 80];
        assert!(profile.check_subject(&[&prefix[..], &[0, b'a'].repeat(40)].concat()).is_ok());
        let integer = [0x30, 12, 0x31, 10, 0x30, 8, 6, 3, 0x55, 4, 3, 2, 1, 1];
        assert_eq!(profile.check_subject(&integer).unwrap_err().code, ErrorCode::ProfileSubjectRefused);
        assert_eq!(check(65).unwrap_err().code, ErrorCode::ProfileSubjectRefused);
        assert_eq!(
            profile.check_subject(&distinguished_name::parse("O=Acme").unwrap()).unwrap_err().code,
            ErrorCode::ProfileSubjectRefused
        );
    }
}
