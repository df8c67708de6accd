//! `activate_generation`: the next generation of an authority becomes the current one.

use serde::{Deserialize, Serialize};

use crate::{
    authority::Authority,
    error::Error,
    keys::{Halt, Keys},
};

/// Whose next generation.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The time, Unix seconds: the next generation must be valid.
    pub now: u64,
    /// The authority.
    pub authority: Authority,
    /// Which generation is to be the current one: if it is already, nothing changes. The next one unless it is said.
    pub generation: Option<u32>,
}

/// The authority after the change.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The value to store in place of the old one. What was current is the first of the former generations: its
    /// key signs what revokes, and decrypts what is under way.
    pub authority: Authority,
    /// The number of the generation that is current now.
    pub generation: u32,
}

/// Takes the next generation into use. Asks no key.
///
/// # Errors
/// `GenerationUnknown` if there is no next one or it is another, `AuthorityOutsideValidity` if it is not valid now,
/// `AuthorityInvalid`.
pub fn run(request: Request, _: &mut Keys<'_>) -> Result<Response, Halt> {
    let authority = request.authority;
    authority.clone().open()?;
    if request.generation == Some(authority.generation) {
        return Ok(Response { generation: authority.generation, authority });
    }
    let next = authority.waiting(request.generation)?.clone();
    let in_next = |error: Error| Error { at: Some("authority.next".into()), ..error };
    let opened = Authority::of(next.clone()).open().map_err(in_next)?;
    opened.check_time(request.now).map_err(in_next)?;
    let mut former = alloc::vec![authority.current()];
    former.extend(authority.former);
    let authority = Authority { former, abandoned: authority.abandoned, ..Authority::of(next) };
    authority.check_generations()?;
    Ok(Response { generation: authority.generation, authority })
}
