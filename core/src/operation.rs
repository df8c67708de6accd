//! The capabilities, one file each: a request, a response, and the function from one to the other.

macro_rules! uses_keys {
    () => {
        false
    };
    (keys) => {
        true
    };
}

macro_rules! verifies {
    () => {
        false
    };
    (verifies) => {
        true
    };
}

macro_rules! operations {
    ($($(#[doc = $doc:literal])* $module:ident $(($keys:ident))? $([$verifies:ident])? => $variant:ident,)*) => {
        $(pub mod $module;)*

        /// Every operation by its name on the wire.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Operation {
            $($(#[doc = $doc])* $variant,)*
        }

        impl Operation {
            /// All of them, in the order of the reference.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name on the wire.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($module),)*
                }
            }

            /// Whether it uses private keys, and asks for what the ring does not hold.
            #[must_use]
            pub const fn uses_keys(self) -> bool {
                match self {
                    $(Self::$variant => uses_keys!($($keys)?),)*
                }
            }

            /// Whether it is there without the feature `full` as well: it says whether something is good, or what it is.
            #[must_use]
            pub const fn verifies(self) -> bool {
                match self {
                    $(Self::$variant => verifies!($($verifies)?),)*
                }
            }

            /// Runs the operation: fields in, response out.
            ///
            /// # Errors
            /// Whatever the operation's own function gives, `RequestMalformed`, and `OperationUnknown` if it is not there.
            pub(crate) fn run(self, fields: &serde_json::Value, keys: &mut crate::keys::Keys<'_>) -> Result<zeroize::Zeroizing<alloc::vec::Vec<u8>>, crate::keys::Halt> {
                match self {
                    $(Self::$variant if cfg!(feature = "full") || verifies!($($verifies)?) => {
                        crate::call::respond($module::run(crate::call::parse_fields(fields)?, keys)?)
                    })*
                    absent => Err(crate::call::operation_unknown(absent.name()).into()),
                }
            }

            /// What it takes and gives, as JSON Schema.
            #[cfg(feature = "schema")]
            pub(crate) fn schema(self, requests: &mut schemars::SchemaGenerator, responses: &mut schemars::SchemaGenerator) -> crate::schema::OperationSchema {
                match self {
                    $(Self::$variant => crate::schema::OperationSchema {
                        name: self.name(),
                        description: crate::schema::description(&[$($doc),*]),
                        uses_keys: self.uses_keys(),
                        request: <$module::Request as schemars::JsonSchema>::json_schema(requests).to_value(),
                        response: <$module::Response as schemars::JsonSchema>::json_schema(responses).to_value(),
                    },)*
                }
            }
        }
    };
}

operations! {
    /// Makes a key pair.
    generate_key => GenerateKey,
    /// Reads a private key in any of its forms.
    read_private_key => ReadPrivateKey,
    /// Encrypts a private key under a password.
    encrypt_private_key => EncryptPrivateKey,
    /// Writes keys and certificates into a PKCS#12 file.
    write_pkcs12 => WritePkcs12,
    /// Reads a PKCS#12 file.
    read_pkcs12 => ReadPkcs12,
    /// Reads one of Java's own keystores.
    read_jks => ReadJks,
    /// Makes a certification request (PKCS#10).
    create_csr(keys) => CreateCsr,
    /// Makes a root or subordinate certificate authority.
    create_authority(keys) => CreateAuthority,
    /// Says what a renewal of an authority will do.
    plan_renewal => PlanRenewal,
    /// Makes the next generation of an authority.
    renew_authority(keys) => RenewAuthority,
    /// Takes the next generation of an authority into use.
    activate_generation => ActivateGeneration,
    /// Gives up the next generation of an authority.
    abandon_generation => AbandonGeneration,
    /// Makes a certificate from a certification request.
    sign_csr(keys) => SignCsr,
    /// Makes a certificate from a public key alone.
    issue_from_public_key(keys) => IssueFromPublicKey,
    /// Tells the built-in profiles.
    profiles => Profiles,
    /// Makes a revocation list (CRL).
    sign_crl(keys) => SignCrl,
    /// Opens an OCSP request.
    open_ocsp_request => OpenOcspRequest,
    /// Signs an OCSP response.
    sign_ocsp_response(keys) => SignOcspResponse,
    /// Writes an OCSP response that says why there is none.
    write_ocsp_error => WriteOcspError,
    /// Writes the body of a GetCACert response.
    scep_write_ca_certificates => ScepWriteCaCertificates,
    /// Reads the body of a GetCACert response.
    scep_read_ca_certificates => ScepReadCaCertificates,
    /// Writes the body of a GetNextCACert response.
    scep_write_next_ca_certificates(keys) => ScepWriteNextCaCertificates,
    /// Reads the body of a GetNextCACert response.
    scep_read_next_ca_certificates => ScepReadNextCaCertificates,
    /// Opens a SCEP request.
    scep_open_request(keys) => ScepOpenRequest,
    /// Seals the reply to a SCEP request.
    scep_seal_reply(keys) => ScepSealReply,
    /// Seals a SCEP request.
    scep_seal_request(keys) => ScepSealRequest,
    /// Opens the reply to a SCEP request.
    scep_open_reply(keys) => ScepOpenReply,
    /// Keeps authorities with their keys in a file under a password.
    write_backup => WriteBackup,
    /// Reads that file.
    read_backup => ReadBackup,
    /// Says whether a certificate leads to a trust anchor, and for what it is good.
    verify_path [verifies] => VerifyPath,
    /// Signs a message that a device sends.
    sign_message(keys) => SignMessage,
    /// Says what a message says of itself, and proves nothing of it.
    read_message [verifies] => ReadMessage,
    /// Says who signed a message, and whether it counts.
    verify_message [verifies] => VerifyMessage,
    /// Makes a token (JWT).
    mint_jwt(keys) => MintJwt,
    /// Says whether a token is good, and what it says.
    verify_jwt [verifies] => VerifyJwt,
    /// Writes public keys as a JWK set.
    jwks => Jwks,
    /// Puts a token into a URL.
    sign_url(keys) => SignUrl,
    /// Takes the token out of a URL again and says whether it opens it.
    verify_url [verifies] => VerifyUrl,
    /// Says what is in a text: certificates, requests, keys, revocation lists, messages.
    inspect [verifies] => Inspect,
    /// Says what is wrong with certificates, requests, revocation lists and authorities, or will be.
    lint => Lint,
    /// Tells the rules of `lint`.
    lint_rules => LintRules,
}
