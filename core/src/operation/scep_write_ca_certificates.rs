//! `scep_write_ca_certificates`: the body of a GetCACert response (RFC 8894 section 4.2.1).

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{
    base64url::Base64Url,
    certificate::Certificate,
    cms::{MAX_CERTIFICATES, certificates_only},
    error::{Error, ErrorCode},
    keys::{Halt, Keys},
};

/// The certificates to hand out.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// PEM, one certificate each. Clients choose by position: RA first, then the CA, then its
    /// issuers.
    pub certificates: Vec<String>,
}

/// The HTTP response.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// One certificate in DER, or several in a certificates-only message.
    pub body: Base64Url,
    /// The media type, without parameters: clients compare it letter by letter.
    pub content_type: &'static str,
}

/// Makes the body.
///
/// # Errors
/// `FieldInvalid` for none or too many, `PemMalformed`, `CertificateMalformed`.
pub fn run(request: Request, _keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let certificates = request.certificates.iter().map(|text| Certificate::from_pem(text)).collect::<Result<Vec<_>, _>>();
    let certificates = certificates.map_err(|error| error.at("certificates"))?;
    match certificates.as_slice() {
        [] => Err(count(0).into()),
        [only] => Ok(Response { body: Base64Url(only.der().to_vec()), content_type: "application/x-x509-ca-cert" }),
        several if several.len() > MAX_CERTIFICATES => Err(count(several.len()).into()),
        several => Ok(Response {
            body: Base64Url(certificates_only::write(several)?),
            content_type: "application/x-x509-ca-ra-cert",
        }),
    }
}

fn count(found: usize) -> Error {
    Error::new(
        ErrorCode::FieldInvalid,
        format_args!("found {found} certificates, wanted 1 to {MAX_CERTIFICATES}"),
    )
    .at("certificates")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::scep::fixture::{bytes, error, ok, text};

    #[test]
    fn one_certificate_is_written_bare() {
        let written = ok(&json!({"op": "scep_write_ca_certificates", "certificates": [text("ca.pem")]}));
        assert_eq!(written["content_type"], "application/x-x509-ca-cert");
        assert_eq!(bytes(&written["body"]), crate::pem::decode(&text("ca.pem"), &["CERTIFICATE"]).unwrap());
    }

    #[test]
    fn several_keep_their_order() {
        for order in [["ra.pem", "ca.pem"], ["ca.pem", "ra.pem"]] {
            let certificates = order.map(text);
            let written = ok(&json!({"op": "scep_write_ca_certificates", "certificates": certificates}));
            assert_eq!(written["content_type"], "application/x-x509-ca-ra-cert");
            let read = ok(&json!({"op": "scep_read_ca_certificates", "body": written["body"]}));
            assert_eq!(read["certificates"], json!(certificates));
        }
    }

    #[test]
    fn none_or_too_many_or_others_are_refused() {
        let code = |certificates| error(&json!({"op": "scep_write_ca_certificates", "certificates": certificates}));
        assert_eq!(code(alloc::vec![]), "field_invalid");
        assert_eq!(code(alloc::vec![text("ca.pem"); 33]), "field_invalid");
        assert_eq!(code(alloc::vec![text("ca.key")]), "pem_malformed");
    }
}
