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
            pub(crate) fn run(self, fields: serde_json::Value, keys: &mut crate::keys::Keys<'_>) -> Result<alloc::vec::Vec<u8>, crate::keys::Halt> {
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
    /// Says what is in a text: certificates, requests, keys, revocation lists, messages.
    inspect => Inspect,
}
