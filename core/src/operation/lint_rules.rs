//! `lint_rules`: which rules does `lint` have?

use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

use crate::{
    keys::{Halt, Keys},
    lint::{self, Explanation},
};

/// No fields.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {}

/// The table.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// Every rule, subject by subject.
    pub rules: Vec<Explanation>,
}

/// Tells the rules of `lint`.
///
/// # Errors
/// None.
pub fn run(_: Request, _: &mut Keys<'_>) -> Result<Response, Halt> {
    Ok(Response { rules: lint::explanations() })
}
