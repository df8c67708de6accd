//! The signature base (RFC 9421 section 2.5): what is signed.

use alloc::{
    borrow::ToOwned,
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{
    component::{Component, Covered, absent},
    fields::{Fields, StructuredType, no_such},
    target::Target,
};
use crate::{
    device::malformed,
    error::Error,
    structured_field::{InnerList, serialize_inner_list},
};

/// A message and, if it is a response, the request that it answers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Context {
    pub(crate) request: Option<(Target, Side)>,
    pub(crate) response: Option<(u16, Side)>,
    /// What the caller says of fields that are structured.
    pub(crate) structured: BTreeMap<String, StructuredType>,
}

/// Headers and trailers of a request or a response.
#[derive(Clone, Debug, Default)]
pub(crate) struct Side {
    pub(crate) headers: Fields,
    pub(crate) trailers: Fields,
}

impl Context {
    /// The signature base of a list of components with its parameters.
    ///
    /// # Errors
    /// `MessageComponentUnavailable`, `MessageMalformed`.
    pub(crate) fn base(&self, covered: &[Covered], list: &InnerList) -> Result<String, Error> {
        let mut base = String::new();
        for Covered { component, identifier } in covered {
            let value = self.value(component, identifier)?;
            if !value.bytes().all(|octet| matches!(octet, b'\t' | b' '..=b'~')) {
                return Err(malformed(format_args!(
                    "found a value of {identifier} that is not printable ASCII; it can be signed with the parameter bs"
                )));
            }
            base.push_str(&format!("{identifier}: {value}\n"));
        }
        base.push_str(&format!("\"@signature-params\": {}", serialize_inner_list(list)));
        Ok(base)
    }

    /// The message itself, or the request that it answers.
    pub(crate) fn side(&self, req: bool) -> Option<&Side> {
        match &self.response {
            Some((_, response)) if !req => Some(response),
            Some(_) => self.request.as_ref().map(|(_, request)| request),
            None if req => None,
            None => self.request.as_ref().map(|(_, request)| request),
        }
    }

    /// The message itself, to add fields to it.
    pub(crate) fn own_side(&mut self) -> Option<&mut Side> {
        match (&mut self.response, &mut self.request) {
            (Some((_, response)), _) => Some(response),
            (None, request) => request.as_mut().map(|(_, request)| request),
        }
    }

    /// The target of the request that a component is of.
    fn target(&self, req: bool) -> Option<&Target> {
        let is_of_request = req == self.response.is_some();
        self.request.as_ref().filter(|_| is_of_request).map(|(target, _)| target)
    }

    fn value(&self, component: &Component, identifier: &str) -> Result<String, Error> {
        match component.name.as_str() {
            "@status" => {
                let (status, _) =
                    self.response.as_ref().ok_or_else(|| absent(identifier, "response to have a status"))?;
                Ok(format!("{status:03}"))
            }
            name if name.starts_with('@') => {
                let target = self
                    .target(component.req)
                    .ok_or_else(|| absent(identifier, "request to take it from"))?;
                derived(target, component).map_err(|detail| no_such(identifier, detail))
            }
            _ => self.field(component, identifier),
        }
    }

    fn field(&self, component: &Component, identifier: &str) -> Result<String, Error> {
        let side = self.side(component.req).ok_or_else(|| absent(identifier, "request to take it from"))?;
        let fields = if component.tr { &side.trailers } else { &side.headers };
        let name = &component.name;
        let Some(combined) = fields.combined(name) else {
            return Err(absent(identifier, if component.tr { "such trailer" } else { "such header" }));
        };
        let value = match (&component.key, component.sf, component.bs) {
            (Some(key), _, _) => fields.member(name, key),
            (None, true, _) => self.structured_type(name).and_then(|kind| fields.strict(name, kind)),
            (None, false, true) => Ok(fields.wrapped(name)),
            (None, false, false) => Ok(combined),
        };
        value.map_err(|detail| no_such(identifier, detail))
    }

    fn structured_type(&self, name: &str) -> Result<StructuredType, String> {
        let own = self.structured.get(name).copied();
        own.or_else(|| StructuredType::known(name)).ok_or_else(|| {
            "of which structured type the field is, is not known; structured_fields can say so".to_owned()
        })
    }
}

/// What is derived from the target (RFC 9421 sections 2.2.1 to 2.2.8).
fn derived(target: &Target, component: &Component) -> Result<String, String> {
    Ok(match component.name.as_str() {
        "@method" => target.method.clone(),
        "@target-uri" => target.uri.clone(),
        "@authority" => target.authority.clone(),
        "@scheme" => target.scheme.clone(),
        "@request-target" => target.request_target.clone(),
        "@path" => target.path.clone(),
        "@query" => format!("?{}", target.query.as_deref().unwrap_or_default()),
        "@query-param" => target.query_param(component.query_name.as_deref().unwrap_or_default())?,
        other => return Err(format!("{other:?} cannot be derived from a request").to_string()),
    })
}

impl Side {
    /// # Errors
    /// Those of [`Fields::read`].
    pub(crate) fn read(headers: &[(String, String)], trailers: &[(String, String)]) -> Result<Self, Error> {
        Ok(Self { headers: Fields::read(headers, "headers")?, trailers: Fields::read(trailers, "trailers")? })
    }
}

/// Identifiers, for messages and reports.
pub(crate) fn identifiers(covered: &[Covered]) -> Vec<String> {
    covered.iter().map(|covered| covered.identifier.clone()).collect()
}
