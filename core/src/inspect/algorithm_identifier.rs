//! AlgorithmIdentifier with the parameters that matter to a person (RFC 5280 4.1.1.2).

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use der::Tag;
use serde::Serialize;

use super::element::{Element, Fields};
use super::problem::Problem;
use super::undecoded::Undecoded;
use crate::object_identifier;

/// How deep algorithms may hold algorithms: PBES2 holds a derivation that holds a pseudo-random function.
const MAX_DEPTH: u8 = 3;

/// An algorithm by name, and those of its parameters that are there.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Algorithm {
    /// The name that its RFC gives it, or the digits of its identifier.
    pub name: String,
    /// The object identifier.
    pub oid: String,
    /// The hash of RSASSA-PSS or RSAES-OAEP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// The hash of their mask generation function.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask_generation_hash: Option<String>,
    /// The salt of RSASSA-PSS (RFC 4055 3.1), or of a key derivation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salt_length_bytes: Option<u64>,
    /// The key derivation of PBES2 (RFC 8018 6.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_derivation: Option<Box<Algorithm>>,
    /// The pseudo-random function of PBKDF2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pseudo_random_function: Option<String>,
    /// How often PBKDF2, or a scheme before it, iterates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iterations: Option<u64>,
    /// The cost, block size and parallelization of scrypt (RFC 7914 7).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scrypt: Option<Scrypt>,
    /// The cipher of PBES2, or the one that wraps a key after key agreement or under a password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cipher: Option<Box<Algorithm>>,
    /// Parameters that this engine cannot name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Undecoded>,
}

/// The parameters of scrypt (RFC 7914 7).
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Scrypt {
    /// N
    pub cost: u64,
    /// r
    pub block_size: u64,
    /// p
    pub parallelization: u64,
}

impl Algorithm {
    /// Reads an AlgorithmIdentifier; parameters that do not decode are shown as they are.
    pub(crate) fn read(element: Element<'_>) -> Result<Self, Problem> {
        Self::read_at(element, MAX_DEPTH)
    }

    fn read_at(element: Element<'_>, depth: u8) -> Result<Self, Problem> {
        let depth = depth.checked_sub(1).ok_or_else(|| Problem::new("algorithms nested too deeply"))?;
        let mut fields = element.sequence("AlgorithmIdentifier")?;
        let oid = fields.required("algorithm")?.oid("algorithm")?;
        let algorithm = Self { name: object_identifier::name(&oid), oid: oid.to_string(), ..Self::default() };
        let parameters = match fields.next().transpose()? {
            Some(parameters) if !parameters.is(Tag::Null) => parameters,
            _ if algorithm.oid == RSASSA_PSS || algorithm.oid == RSAES_OAEP => {
                return Ok(algorithm.with_sha1());
            }
            _ => return Ok(algorithm),
        };
        let decoded = algorithm.clone().with_parameters(parameters, depth);
        Ok(decoded
            .unwrap_or_else(|_| Self { parameters: Some(Undecoded::new(parameters.der())), ..algorithm }))
    }

    fn with_parameters(self, parameters: Element<'_>, depth: u8) -> Result<Self, Problem> {
        match self.oid.as_str() {
            RSASSA_PSS | RSAES_OAEP => self.with_rsa(parameters, depth),
            PBES2 => self.with_pbes2(parameters, depth),
            PBKDF2 => self.with_pbkdf2(parameters, depth),
            SCRYPT => self.with_scrypt(parameters),
            oid if oid.starts_with(PKCS12_PBE) || oid.starts_with(PKCS5) => {
                self.with_salt_and_iterations(parameters)
            }
            oid if oid == PASSWORD_KEK || oid.starts_with(DH_SINGLE_PASS) || oid.starts_with(COFACTOR_DH) => {
                Ok(Self { cipher: Some(Box::new(Self::read_at(parameters, depth)?)), ..self })
            }
            oid if INITIALIZATION_VECTOR_ONLY.contains(&oid) && parameters.is(Tag::OctetString) => Ok(self),
            _ => Ok(Self { parameters: Some(Undecoded::new(parameters.der())), ..self }),
        }
    }

    /// The defaults of RFC 4055: SHA-1 everywhere.
    fn with_sha1(self) -> Self {
        let salt = (self.oid == RSASSA_PSS).then_some(20);
        let sha1 = || Some("sha1".into());
        Self { hash: sha1(), mask_generation_hash: sha1(), salt_length_bytes: salt, ..self }
    }

    fn with_rsa(self, parameters: Element<'_>, depth: u8) -> Result<Self, Problem> {
        let mut algorithm = self.with_sha1();
        let mut fields = parameters.sequence("parameters")?;
        if let Some(hash) = fields.optional_context(0)? {
            algorithm.hash = Some(Self::read_at(hash.explicit("hashAlgorithm")?, depth)?.name);
        }
        if let Some(mask) = fields.optional_context(1)? {
            algorithm.mask_generation_hash =
                Some(mask_generation_hash(mask.explicit("maskGenAlgorithm")?, depth)?);
        }
        if let Some(third) = fields.optional_context(2)? {
            match algorithm.oid == RSASSA_PSS {
                true => {
                    algorithm.salt_length_bytes = Some(third.explicit("saltLength")?.unsigned("saltLength")?)
                }
                false => algorithm.parameters = Some(Undecoded::new(third.der())),
            }
        }
        Ok(algorithm)
    }

    fn with_pbes2(self, parameters: Element<'_>, depth: u8) -> Result<Self, Problem> {
        let mut fields = parameters.sequence("PBES2-params")?;
        let key_derivation = Self::read_at(fields.required("keyDerivationFunc")?, depth)?;
        let cipher = Self::read_at(fields.required("encryptionScheme")?, depth)?;
        Ok(Self { key_derivation: Some(Box::new(key_derivation)), cipher: Some(Box::new(cipher)), ..self })
    }

    fn with_pbkdf2(self, parameters: Element<'_>, depth: u8) -> Result<Self, Problem> {
        let mut fields = parameters.sequence("PBKDF2-params")?;
        let salt_length_bytes = salt_length(&mut fields)?;
        let iterations = Some(fields.required("iterationCount")?.unsigned("iterationCount")?);
        fields.optional(Tag::Integer)?;
        let function = match fields.optional(Tag::Sequence)? {
            Some(prf) => Self::read_at(prf, depth)?.name,
            None => "hmacWithSHA1".into(),
        };
        Ok(Self { salt_length_bytes, iterations, pseudo_random_function: Some(function), ..self })
    }

    fn with_scrypt(self, parameters: Element<'_>) -> Result<Self, Problem> {
        let mut fields = parameters.sequence("scrypt-params")?;
        let salt_length_bytes = salt_length(&mut fields)?;
        let scrypt = Scrypt {
            cost: fields.required("costParameter")?.unsigned("costParameter")?,
            block_size: fields.required("blockSize")?.unsigned("blockSize")?,
            parallelization: fields
                .required("parallelizationParameter")?
                .unsigned("parallelizationParameter")?,
        };
        Ok(Self { salt_length_bytes, scrypt: Some(scrypt), ..self })
    }

    fn with_salt_and_iterations(self, parameters: Element<'_>) -> Result<Self, Problem> {
        let mut fields = parameters.sequence("PBEParameter")?;
        let salt_length_bytes = salt_length(&mut fields)?;
        let iterations = Some(fields.required("iterationCount")?.unsigned("iterationCount")?);
        Ok(Self { salt_length_bytes, iterations, ..self })
    }
}

fn salt_length(fields: &mut Fields<'_>) -> Result<Option<u64>, Problem> {
    Ok(u64::try_from(fields.required("salt")?.octets("salt")?.len()).ok())
}

fn mask_generation_hash(element: Element<'_>, depth: u8) -> Result<String, Problem> {
    let mut fields = element.sequence("maskGenAlgorithm")?;
    let function = fields.required("algorithm")?.oid("algorithm")?;
    let hash = Algorithm::read_at(fields.required("hash")?, depth)?;
    match object_identifier::name(&function).as_str() {
        "mgf1" => Ok(hash.name),
        other => Err(Problem::new(alloc::format!("found mask generation {other}, wanted mgf1"))),
    }
}

const RSAES_OAEP: &str = "1.2.840.113549.1.1.7";
const RSASSA_PSS: &str = "1.2.840.113549.1.1.10";
const PBES2: &str = "1.2.840.113549.1.5.13";
const PBKDF2: &str = "1.2.840.113549.1.5.12";
const SCRYPT: &str = "1.3.6.1.4.1.11591.4.11";
const PASSWORD_KEK: &str = "1.2.840.113549.1.9.16.3.9";
const PKCS5: &str = "1.2.840.113549.1.5.";
const PKCS12_PBE: &str = "1.2.840.113549.1.12.1.";
const DH_SINGLE_PASS: &str = "1.3.132.1.11.";
const COFACTOR_DH: &str = "1.3.133.16.840.63.0.";
/// Ciphers whose only parameter says nothing to a person.
const INITIALIZATION_VECTOR_ONLY: &[&str] = &[
    "1.3.14.3.2.7",
    "1.2.840.113549.3.7",
    "2.16.840.1.101.3.4.1.2",
    "2.16.840.1.101.3.4.1.22",
    "2.16.840.1.101.3.4.1.42",
];
