//! `write_ocsp_error`: an OCSP response that says why there is none (RFC 6960 2.3).

use serde::{Deserialize, Serialize};

use crate::{
    base64url::Base64Url,
    keys::{Halt, Keys},
    ocsp::{ErrorStatus, response},
};

/// Why there is none.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// `malformed_request`, `internal_error`, `try_later`, `sig_required` or `unauthorized`.
    pub status: ErrorStatus,
}

/// The response, which nobody signs.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// DER.
    pub response: Base64Url,
}

/// Writes the response.
///
/// # Errors
/// None in practice.
pub fn run(request: Request, _keys: &mut Keys<'_>) -> Result<Response, Halt> {
    Ok(Response { response: Base64Url(response::refuse(request.status)?) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::both_ways;

    #[test]
    fn the_numbers_are_those_of_the_rfc() {
        use ErrorStatus::*;
        for (status, number) in
            [(MalformedRequest, 1), (InternalError, 2), (TryLater, 3), (SigRequired, 5), (Unauthorized, 6)]
        {
            let response = both_ways(|keys| run(Request { status }, keys)).unwrap();
            assert_eq!(response.response.0, [0x30, 3, 0x0a, 1, number]);
        }
    }
}
