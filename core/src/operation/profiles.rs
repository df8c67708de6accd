//! `profiles`: which profiles are built in?

use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

use crate::{
    keys::{Halt, Keys},
    profile::Profile,
};

/// No fields.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {}

/// The profiles.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// Each whole, as `sign_csr` also takes one of the caller's own.
    pub profiles: Vec<Profile>,
}

/// Tells the built-in profiles.
///
/// # Errors
/// None.
pub fn run(_: Request, _: &mut Keys<'_>) -> Result<Response, Halt> {
    Ok(Response { profiles: Profile::NAMES.iter().filter_map(|name| Profile::built_in(name)).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::both_ways;

    #[test]
    fn each_name_has_a_profile_that_can_be_given_back() {
        let told = both_ways(|keys| run(Request {}, keys)).unwrap().profiles;
        let names: Vec<_> = told.iter().map(|profile| profile.name.as_str()).collect();
        assert_eq!(names, Profile::NAMES);
        let written = serde_json::to_value(&told).unwrap();
        assert_eq!(serde_json::from_value::<Vec<Profile>>(written).unwrap(), told);
    }
}
