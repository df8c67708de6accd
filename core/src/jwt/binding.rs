//! What a bound token is good for: a path or all below it, and a device.

use alloc::string::String;

use serde::Deserialize;

use super::{claims::Claims, invalid};
use crate::{
    error::{Error, ErrorCode},
    url::path::Path,
};

/// Which paths a token opens; `{"exact": "/a/b"}` or `{"prefix": "/a"}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PathBinding {
    /// This one.
    Exact(String),
    /// This one and all below it: `/a` opens `/a/b` and not `/ab`.
    Prefix(String),
}

/// The same, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    Exact(Path),
    Prefix(Path),
}

impl PathBinding {
    /// # Errors
    /// `UrlPathRefused`.
    pub(crate) fn read(&self) -> Result<Bound, Error> {
        match self {
            Self::Exact(path) => Path::read(path).map(Bound::Exact),
            Self::Prefix(path) => Path::read(path).map(Bound::Prefix),
        }
    }
}

impl Bound {
    /// Whether it opens that path.
    pub(crate) fn opens(&self, path: &Path) -> bool {
        match self {
            Self::Exact(own) => own == path,
            Self::Prefix(own) => own.covers(path),
        }
    }

    /// The claim's name and value.
    pub(crate) fn claim(&self) -> (&'static str, &str) {
        match self {
            Self::Exact(path) => ("path", path.as_str()),
            Self::Prefix(path) => ("path_prefix", path.as_str()),
        }
    }
}

/// What a token is presented for.
#[derive(Debug, Default)]
pub(crate) struct Occasion<'a> {
    /// The path that is asked for.
    pub(crate) path: Option<&'a Path>,
    /// Whether a token will do that is bound to no path.
    pub(crate) allow_unbound: bool,
    /// The device that asks.
    pub(crate) device: Option<&'a str>,
}

impl Occasion<'_> {
    /// Holds a token's bindings against what it is presented for. A binding that cannot be checked, for nothing is said
    /// of it, is not fulfilled.
    ///
    /// # Errors
    /// `JwtPathRefused`, `JwtDeviceRefused`, `JwtClaimInvalid`.
    pub(crate) fn check(&self, claims: &Claims) -> Result<(), Error> {
        let unreadable = |error: Error| Error::new(ErrorCode::JwtClaimInvalid, error.detail);
        let exact = claims.text("path")?.map(Path::read).transpose().map_err(unreadable)?.map(Bound::Exact);
        let prefix =
            claims.text("path_prefix")?.map(Path::read).transpose().map_err(unreadable)?.map(Bound::Prefix);
        for bound in [&exact, &prefix].into_iter().flatten() {
            let (name, own) = bound.claim();
            let path = self.path.ok_or_else(|| {
                path_refused(format_args!(
                    "found a token for the {name} {own:?}, and nothing says which path is asked for"
                ))
            })?;
            if !bound.opens(path) {
                let asked = path.as_str();
                return Err(path_refused(format_args!(
                    "found a token for the {name} {own:?}, wanted one for {asked:?}"
                )));
            }
        }
        if let (Some(path), None, None, false) = (self.path, &exact, &prefix, self.allow_unbound) {
            let asked = path.as_str();
            return Err(path_refused(format_args!("found a token for no path, wanted one for {asked:?}")));
        }
        match (claims.text("device")?, self.device) {
            (Some(own), Some(device)) if own != device => Err(device_refused(format_args!(
                "found a token for the device {own:?}, wanted one for {device:?}"
            ))),
            (Some(own), None) => Err(device_refused(format_args!(
                "found a token for the device {own:?}, and nothing says which device asks"
            ))),
            _ => Ok(()),
        }
    }
}

/// The binding of a token for a URL: the one asked for, which has to open the URL's path, or that path alone.
///
/// # Errors
/// `UrlPathRefused`, `FieldInvalid`.
pub(crate) fn for_path(binding: Option<&PathBinding>, path: &Path) -> Result<Bound, Error> {
    let Some(binding) = binding else { return Ok(Bound::Exact(path.clone())) };
    let bound = binding.read()?;
    if bound.opens(path) {
        return Ok(bound);
    }
    let (name, own) = bound.claim();
    let asked = path.as_str();
    Err(invalid(format_args!("found the {name} {own:?}, which does not open the URL's path {asked:?}")))
}

fn path_refused(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::JwtPathRefused, detail)
}

fn device_refused(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::JwtDeviceRefused, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(claims: &str, path: Option<&str>, device: Option<&str>) -> Result<(), ErrorCode> {
        let path = path.map(|path| Path::read(path).unwrap());
        let occasion = Occasion { path: path.as_ref(), allow_unbound: false, device };
        occasion.check(&Claims::read(claims.as_bytes()).unwrap()).map_err(|error| error.code)
    }

    #[test]
    fn a_path_is_the_one_or_below_it() {
        let exact = r#"{"path":"/a/b"}"#;
        assert_eq!(check(exact, Some("/a/b"), None), Ok(()));
        assert_eq!(check(exact, Some("/%61/b"), None), Ok(()));
        for other in ["/a/bc", "/a/b/", "/a/b/c", "/a", "/A/b", "/"] {
            assert_eq!(check(exact, Some(other), None), Err(ErrorCode::JwtPathRefused), "{other}");
        }
        let prefix = r#"{"path_prefix":"/a/b"}"#;
        assert_eq!(check(prefix, Some("/a/b/c"), None), Ok(()));
        for other in ["/a/bc", "/a/b.txt", "/a", "/"] {
            assert_eq!(check(prefix, Some(other), None), Err(ErrorCode::JwtPathRefused), "{other}");
        }
        let both = r#"{"path":"/a/b","path_prefix":"/c"}"#;
        assert_eq!(check(both, Some("/a/b"), None), Err(ErrorCode::JwtPathRefused));
    }

    #[test]
    fn a_binding_that_cannot_be_checked_is_not_fulfilled() {
        assert_eq!(check(r#"{"path":"/a"}"#, None, None), Err(ErrorCode::JwtPathRefused));
        assert_eq!(check("{}", Some("/a"), None), Err(ErrorCode::JwtPathRefused));
        assert_eq!(check("{}", None, None), Ok(()));
        assert_eq!(check(r#"{"device":"d1"}"#, None, None), Err(ErrorCode::JwtDeviceRefused));
        assert_eq!(check(r#"{"device":"d1"}"#, None, Some("d2")), Err(ErrorCode::JwtDeviceRefused));
        assert_eq!(check(r#"{"device":"d1"}"#, None, Some("d1")), Ok(()));
        assert_eq!(check("{}", None, Some("d1")), Ok(()));
        for claims in [
            r#"{"path":7}"#,
            r#"{"path":"/a/../b"}"#,
            r#"{"path_prefix":"a"}"#,
            r#"{"path":"/a","device":["d1"]}"#,
        ] {
            assert_eq!(check(claims, Some("/a"), Some("d1")), Err(ErrorCode::JwtClaimInvalid), "{claims}");
        }
        let occasion = Occasion { path: Some(&Path::read("/a").unwrap()), allow_unbound: true, device: None };
        occasion.check(&Claims::read(b"{}").unwrap()).unwrap();
        assert!(occasion.check(&Claims::read(br#"{"path":"/b"}"#).unwrap()).is_err());
    }

    #[test]
    fn a_url_is_opened_by_its_own_token() {
        let path = Path::read("/a/b").unwrap();
        assert_eq!(for_path(None, &path).unwrap().claim(), ("path", "/a/b"));
        let prefix = PathBinding::Prefix("/a".into());
        assert_eq!(for_path(Some(&prefix), &path).unwrap().claim(), ("path_prefix", "/a"));
        let other = PathBinding::Prefix("/b".into());
        assert_eq!(for_path(Some(&other), &path).unwrap_err().code, ErrorCode::FieldInvalid);
    }
}
