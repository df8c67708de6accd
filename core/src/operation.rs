//! The capabilities, one file each: a request, a response, and the function from one to the other.

macro_rules! operations {
    ($($(#[$doc:meta])* $module:ident => $variant:ident,)*) => {
        $(pub mod $module;)*

        /// Every operation by its name on the wire.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Operation {
            $($(#[$doc])* $variant,)*
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

            /// Runs the operation: fields in, response out.
            ///
            /// # Errors
            /// Whatever the operation's own function gives, and `RequestMalformed`.
            pub(crate) fn run(self, fields: &serde_json::Value, keys: &mut crate::keys::Keys<'_>) -> Result<zeroize::Zeroizing<alloc::vec::Vec<u8>>, crate::keys::Halt> {
                match self {
                    $(Self::$variant => crate::call::respond($module::run(crate::call::parse_fields(fields)?, keys)?),)*
                }
            }
        }
    };
}

operations! {
    /// Makes a key pair.
    generate_key => GenerateKey,
    /// Makes a certification request (PKCS#10).
    create_csr => CreateCsr,
    /// Makes a root or subordinate certificate authority.
    create_authority => CreateAuthority,
    /// Makes a certificate from a certification request.
    sign_csr => SignCsr,
    /// Writes the body of a GetCACert response.
    scep_write_ca_certificates => ScepWriteCaCertificates,
    /// Reads the body of a GetCACert response.
    scep_read_ca_certificates => ScepReadCaCertificates,
    /// Opens a SCEP request.
    scep_open_request => ScepOpenRequest,
    /// Seals the reply to a SCEP request.
    scep_seal_reply => ScepSealReply,
    /// Seals a SCEP request.
    scep_seal_request => ScepSealRequest,
    /// Opens the reply to a SCEP request.
    scep_open_reply => ScepOpenReply,
    /// Says what is in a text: certificates, requests, keys, revocation lists, messages.
    inspect => Inspect,
}
