//! JSON Schema (2020-12) of every request and response, for what other languages are given (feature `schema`).

mod marks;

use alloc::{
    borrow::{Cow, ToOwned},
    collections::BTreeMap,
    string::String,
    vec::Vec,
};

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema};
use serde::Serialize;

use crate::{
    authority::renewal::Mode,
    base64url::{Base64Url, SecretBytes},
    call::MAX_REQUEST,
    crl::{CrlNumber, Entry, Reason, SerialNumber},
    error::ErrorCode,
    keys::KeyReference,
    ocsp::Nonce,
    operation::Operation,
    password::Password,
    profile::{Profile, ProfileChoice},
    secret::Secret,
    seed::Seed,
};

/// The whole interface.
#[derive(Serialize)]
pub struct Interface {
    /// The largest request, in bytes.
    pub max_request_bytes: usize,
    /// The operations, in the order of the reference.
    pub operations: Vec<OperationSchema>,
    /// The error codes, in the order of their numbers.
    pub errors: Vec<ErrorSchema>,
    /// What requests are made of, by name. References in the schemas are JSON pointers that begin with
    /// `/request_types` or `/response_types`.
    pub request_types: BTreeMap<String, serde_json::Value>,
    /// The same for responses.
    pub response_types: BTreeMap<String, serde_json::Value>,
}

/// One operation.
#[derive(Serialize)]
pub struct OperationSchema {
    /// Its name on the wire, `op`.
    pub name: &'static str,
    /// What it does.
    pub description: String,
    /// Whether it uses private keys: then it may give `needs` in place of a response.
    pub uses_keys: bool,
    /// Its fields, beside `op` and `answers`.
    pub request: serde_json::Value,
    /// What stands in `ok`.
    pub response: serde_json::Value,
}

/// One error code.
#[derive(Serialize)]
pub struct ErrorSchema {
    /// The name on the wire.
    pub name: String,
    /// The number in the C interface, never reused.
    pub number: u32,
    /// When it is given.
    pub description: String,
}

/// The interface as it is compiled in.
#[must_use]
pub fn interface() -> Interface {
    let settings = |path: &'static str| {
        SchemaSettings::draft2020_12().with(|settings| settings.definitions_path = path.into())
    };
    let mut requests = settings("/request_types").for_deserialize().into_generator();
    let mut responses = settings("/response_types").for_serialize().into_generator();
    let mut describe = |operation: &Operation| {
        let mut described = operation.schema(&mut requests, &mut responses);
        marks::mark(&mut described.request, true);
        marks::mark(&mut described.response, false);
        described
    };
    let operations = Operation::ALL.iter().map(&mut describe).collect();
    let types = |generator: &mut SchemaGenerator, is_request| {
        let mut types: BTreeMap<_, _> = generator.take_definitions(true).into_iter().collect();
        types.values_mut().for_each(|schema| marks::mark(schema, is_request));
        types
    };
    Interface {
        max_request_bytes: MAX_REQUEST,
        operations,
        errors: errors(),
        request_types: types(&mut requests, true),
        response_types: types(&mut responses, false),
    }
}

/// Lines of a doc comment as text.
pub(crate) fn description(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

fn errors() -> Vec<ErrorSchema> {
    let schema = SchemaGenerator::default().into_root_schema_for::<ErrorCode>();
    let codes = schema.get("oneOf").and_then(serde_json::Value::as_array).into_iter().flatten();
    let text = |code: &serde_json::Value, field| code.get(field)?.as_str().map(ToOwned::to_owned);
    let errors = codes.filter_map(|code| {
        let (name, description) = (text(code, "const")?, text(code, "description")?);
        let number = serde_json::from_value::<ErrorCode>(name.clone().into()).ok()?.number();
        Some(ErrorSchema { name, number, description })
    });
    errors.collect()
}

/// Types whose form on the wire is written by hand.
macro_rules! by_hand {
    ($($type:ident $name:literal: |$generator:ident| $schema:tt)*) => {
        $(impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        })*
    };
}

by_hand! {
    Base64Url "Base64Url": |_generator| { "type": "string", "contentEncoding": "base64url", "description": "Bytes in base64url without padding (RFC 4648 section 5)." }
    SecretBytes "SecretBytes": |_generator| { "type": "string", "contentEncoding": "base64url", "description": "Secret bytes in base64url without padding (RFC 4648 section 5); wiped after use." }
    Nonce "Nonce": |_generator| { "type": "string", "contentEncoding": "base64url", "description": "A nonce of 1 to 128 octets in base64url (RFC 9654)." }
    Seed "Seed": |_generator| { "type": "string", "contentEncoding": "base64url", "description": "32 random bytes in base64url: all that is random in the response comes of them." }
    Secret "Secret": |_generator| { "type": "string", "description": "A secret text, such as a private key in PEM; wiped after use." }
    Password "Password": |_generator| { "type": "string", "description": "A password; wiped after use." }
    CrlNumber "CrlNumber": |_generator| { "type": "string", "description": "A CRL number of at most 20 octets, decimal or with 0x hexadecimal (RFC 5280 5.2.3)." }
    SerialNumber "SerialNumber": |_generator| { "type": "string", "pattern": "^[0-9A-Fa-f]{1,40}$", "description": "A serial number in hexadecimal, at most 20 octets (RFC 5280 4.1.2.2)." }
    Entry "RevokedEntry": |generator| {
        "type": "array",
        "description": "A revoked certificate: serial, time of revocation (Unix seconds), reason, date since when it is not to be trusted (Unix seconds).",
        "prefixItems": [
            generator.subschema_for::<SerialNumber>(),
            { "type": "integer", "minimum": 0, "unit": "unix_seconds" },
            generator.subschema_for::<Option<Reason>>(),
            { "type": ["integer", "null"], "minimum": 0, "unit": "unix_seconds" },
        ],
        "minItems": 2,
        "maxItems": 4,
    }
    ProfileChoice "ProfileChoice": |generator| {
        "description": "A profile by its name, or whole.",
        "anyOf": [{ "type": "string", "enum": Profile::NAMES }, generator.subschema_for::<Profile>()],
    }
    Mode "Mode": |generator| {
        "description": "With which key: the one it has, or another; where only a plan is made, `new_key` is one that is not known yet.",
        "anyOf": [
            { "type": "string", "enum": ["same_key", "new_key"] },
            {
                "type": "object",
                "properties": { "new_key": generator.subschema_for::<KeyReference>() },
                "required": ["new_key"],
                "additionalProperties": false,
            },
        ],
    }
}
