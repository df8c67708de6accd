//! Python's dataclasses, enums and functions, from the interface as JSON Schema.

mod flat;
mod model;
mod operations;
mod tables;
mod types;
mod words;

use anyhow::Result;
use model::Model;
use serde_json::Value;

const INTRODUCTION: &str = "\
# Made by `cargo xtask generate` from the sources in core/; changes belong there.
";

/// The modules by their names.
pub(super) fn modules(interface: &Value) -> Result<[(&'static str, String); 4]> {
    let model = Model::new(interface)?;
    Ok([
        ("types", types::module(&model)),
        ("operations", operations::module(&model)),
        ("_tables", tables::module(&model)),
        ("_errors", types::errors(interface)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::schema::{list, object, text};
    use serde_json::json;

    fn whole() -> Value {
        serde_json::from_str(include_str!("../../../bindings/schema.json")).unwrap()
    }

    fn module(name: &str) -> String {
        let modules = modules(&whole()).unwrap();
        modules.into_iter().find(|(found, _)| *found == name).unwrap().1
    }

    /// Each operation with each of its fields, and what it does.
    #[test]
    fn nothing_of_the_operations_is_left_out() {
        let operations = module("operations");
        for operation in list(&whole()["operations"]) {
            let name = text(&operation["name"]);
            let from = operations.split(&format!("\ndef {name}(")).nth(1).unwrap();
            let function = from.split("\ndef ").next().unwrap();
            for (field, _) in object(&operation["request"]["properties"]) {
                let parameter = words::attribute(field);
                assert!(function.contains(&format!("    {parameter}: ")), "{name}: {field}");
                assert!(
                    function.contains(&format!("        {parameter}: ")),
                    "{name}: {field} has no description"
                );
                assert!(
                    function.contains(&format!("\"{field}\": {parameter}")),
                    "{name}: {field} is not sent"
                );
            }
            assert_eq!(
                operation["uses_keys"] == true,
                function.contains("keys: KeyRing | Signer | None"),
                "{name}"
            );
        }
    }

    #[test]
    fn nothing_of_the_types_is_left_out() {
        let (whole, types) = (whole(), module("types") + &module("_errors"));
        for part in ["request_types", "response_types"] {
            for (name, schema) in object(&whole[part]) {
                let is_text = schema["type"] == "string" && schema.get("oneOf").is_none();
                let found = ["class ", ""].map(|before| {
                    let after = if before.is_empty() { ": TypeAlias" } else { ":\n" };
                    let named = types.matches(&format!("\n{before}{name}{after}")).count();
                    let based = types.matches(&format!("\n{before}{name}(")).count();
                    named + based
                });
                assert!(is_text || found[0] + found[1] == 1, "{part} {name}: {found:?}");
            }
        }
    }

    fn refused(change: impl Fn(&mut Value)) -> String {
        let mut changed = whole();
        change(&mut changed);
        modules(&changed).err().map(|error| format!("{error:#}")).unwrap_or_default()
    }

    #[test]
    fn what_has_no_form_in_python_is_an_error() {
        let error = refused(|whole| {
            whole["response_types"]["Purpose"] =
                json!({ "oneOf": [{ "type": "string" }, { "type": "integer" }] });
        });
        assert_eq!(error, "two definitions of Purpose: of different sorts");
        let error = refused(|whole| whole["response_types"]["Purpose"]["oneOf"][0]["const"] = "x".into());
        assert_eq!(error, "two definitions of Purpose: other words");
        let error = refused(|whole| {
            let operations = whole["operations"].as_array_mut().unwrap();
            let signing = operations.iter_mut().find(|operation| operation["name"] == "sign_csr").unwrap();
            signing["request"]["properties"]["keys"] = json!({ "type": "string" });
        });
        assert_eq!(error, "two parameters keys of sign_csr");
    }

    /// What JSON has to be told, a dataclass says by its type.
    #[test]
    fn descriptions_are_for_people_who_write_python() {
        for name in ["types", "operations", "_errors"] {
            for line in module(name).lines() {
                for word in ["Unix seconds", "Unix milliseconds", "in seconds", "in base64url"] {
                    assert!(!line.contains(word), "{name}: {line}");
                }
            }
        }
    }

    #[test]
    fn times_bytes_and_secrets_are_what_they_are_in_python() {
        let (types, operations) = (module("types"), module("operations"));
        let record = types
            .split("class CertificateRecord(FrozenDataclass):")
            .nth(1)
            .unwrap()
            .split("\nclass ")
            .next()
            .unwrap();
        assert!(record.contains("    not_after: datetime\n"), "{record}");
        let key = types
            .split("class GenerateKeyResponse(FrozenDataclass):")
            .nth(1)
            .unwrap()
            .split("\nclass ")
            .next()
            .unwrap();
        assert!(key.contains("    private_key: str = secret()\n"), "{key}");
        let sign = operations.split("\ndef sign_csr(").nth(1).unwrap().split("\ndef ").next().unwrap();
        for line in [
            "    csr: Pem,\n",
            "    validity_seconds: timedelta | None = None,\n",
            "    now: datetime | None = None,\n",
            "    seed: Bytes | None = None,\n",
        ] {
            assert!(sign.contains(line), "{line} in {sign}");
        }
    }
}
