//! What a signature has to cover (RFC 9421 section 3.2.1), and what it covers of the body (RFC 9530).
//!
//! Unless the caller says otherwise, of a request: `@method`; where it goes, `@target-uri`, or else `@authority` with
//! `@path` or `@request-target`; its query, should it have one, by `@target-uri`, `@request-target` or `@query`; and its
//! body, should it have one, by `content-digest` with SHA-256 or SHA-512. Of a response: `@status`, and its body likewise.

use alloc::{format, string::String, vec::Vec};

use super::{
    base::{Context, identifiers},
    component::{Component, Covered},
};
use crate::{
    device::{
        body::{Body, Digests},
        content_digest::ContentDigest,
        malformed,
    },
    error::{Error, ErrorCode},
};

/// The components of a signature, and the message that they are of.
pub(crate) struct Coverage<'a> {
    pub(crate) covered: &'a [Covered],
    pub(crate) context: &'a Context,
}

impl Coverage<'_> {
    /// Holds the body against each Content-Digest that is covered; whether the body is covered so.
    ///
    /// # Errors
    /// `MessageBodyMismatch`, `MessageBodyNeeded`, `MessageMalformed`.
    pub(crate) fn check_body(&self, body: &Body) -> Result<bool, Error> {
        let mut is_covered = false;
        for digest in self.content_digests()? {
            is_covered |= digest.check(body)?;
        }
        Ok(is_covered)
    }

    /// The digests of the body that are covered, if there are any that count.
    ///
    /// # Errors
    /// `MessageMalformed`.
    pub(crate) fn stated_digests(&self) -> Result<Option<Digests>, Error> {
        let mut digests = Digests::default();
        let mut are_there = false;
        for digest in self.content_digests()? {
            let stated = digest.state(&mut digests);
            are_there |= stated.map_err(|_| malformed("found a Content-Digest of another length"))?;
        }
        Ok(are_there.then_some(digests))
    }

    fn content_digests(&self) -> Result<Vec<ContentDigest>, Error> {
        let mut found = Vec::new();
        let digests = self.covered.iter().map(|covered| &covered.component);
        for component in digests.filter(|component| component.name == "content-digest" && !component.req) {
            let side = self.context.side(false);
            let fields = side.map(|side| if component.tr { &side.trailers } else { &side.headers });
            let Some(field) = fields.and_then(|fields| fields.combined("content-digest")) else { continue };
            found.push(ContentDigest::read(&field, component.key.as_deref())?);
        }
        Ok(found)
    }

    /// Checks that everything is covered that has to be: what the caller asks for, or what this module's text says.
    ///
    /// # Errors
    /// `MessageComponentUncovered`; `FieldInvalid` for a component that there is not.
    pub(crate) fn check(
        &self,
        required: Option<&[String]>,
        body_covered: bool,
        body_is_empty: bool,
    ) -> Result<(), Error> {
        match required {
            None => self.check_usual(body_covered || body_is_empty),
            Some(required) => required.iter().try_for_each(|text| {
                let (wanted, _) = Component::parse(text).map_err(|error| error.at("required_components"))?;
                let is_digest = wanted.name == "content-digest" && wanted.key.is_none() && !wanted.req;
                match if is_digest { body_covered } else { self.covers(&wanted) } {
                    true => Ok(()),
                    false => Err(self.uncovered(text)),
                }
            }),
        }
    }

    fn check_usual(&self, body_is_safe: bool) -> Result<(), Error> {
        let query = self.context.request.as_ref().and_then(|(target, _)| target.query.as_deref());
        let has_query = query.is_some_and(|query| !query.is_empty());
        let wanted: &[(bool, &str)] = &match self.context.response {
            Some(_) => [(self.has(&["@status"]), "@status"), (true, ""), (true, "")],
            None => [
                (self.has(&["@method"]), "@method"),
                (
                    self.has(&["@target-uri"])
                        || (self.has(&["@authority"]) && self.has(&["@path", "@request-target"])),
                    "@target-uri, or @authority and @path",
                ),
                (
                    !has_query || self.has(&["@target-uri", "@request-target", "@query"]),
                    "@target-uri or @query, since there is a query",
                ),
            ],
        };
        match wanted.iter().find(|(is_covered, _)| !is_covered) {
            Some((_, what)) => Err(self.uncovered(what)),
            None if !body_is_safe => {
                Err(self.uncovered("content-digest with sha-256 or sha-512, since there is a body"))
            }
            None => Ok(()),
        }
    }

    fn has(&self, any_of: &[&str]) -> bool {
        let is =
            |covered: &Covered| any_of.contains(&covered.component.name.as_str()) && !covered.component.req;
        self.covered.iter().any(is)
    }

    fn covers(&self, wanted: &Component) -> bool {
        self.covered.iter().any(|covered| covered.component.covers(wanted))
    }

    fn uncovered(&self, wanted: &str) -> Error {
        let found: String = identifiers(self.covered).join(" ");
        let detail = format!("the signature covers ({found}), wanted {wanted}");
        Error::new(ErrorCode::MessageComponentUncovered, detail)
    }
}
