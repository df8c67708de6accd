//! Settings of messages that devices sign.

use std::net::Ipv6Addr;

use anyhow::bail;
use axum::http::HeaderName;
use serde::Deserialize;
use serde_json::{Value, json};

/// The algorithms of RFC 9421 that the engine knows.
const ALGORITHMS: [&str; 5] =
    ["rsa-pss-sha512", "rsa-v1_5-sha256", "ecdsa-p256-sha256", "ecdsa-p384-sha384", "ed25519"];

/// Settings of messages that devices sign.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Messages {
    /// How long after it was signed a message counts.
    pub(crate) max_age_seconds: u64,
    /// How far devices' clocks may be off.
    pub(crate) clock_skew_seconds: u64,
    /// Accept messages that do not say when they were signed.
    pub(crate) allow_undated: bool,
    /// Accept SHA-1 in detached CMS.
    pub(crate) allow_sha1: bool,
    /// The algorithms of HTTP message signatures that count; all if there is no list.
    pub(crate) algorithms: Option<Vec<String>>,
    /// The header that holds detached CMS.
    pub(crate) cms_header: String,
    /// The header that holds a bare signature.
    pub(crate) bare_header: Option<String>,
    /// The header beside it that names the key.
    pub(crate) bare_key_id_header: Option<String>,
    /// Scheme and host of the URLs that devices are given.
    pub(crate) origin: Option<String>,
    /// The longest body that is streamed.
    pub(crate) max_body_bytes: u64,
    /// Where nginx goes on with a message that is good.
    pub(crate) accel_redirect: Option<String>,
    /// How many messages are remembered.
    pub(crate) max_remembered: u64,
    /// How many of one key.
    pub(crate) max_remembered_per_key: u64,
}

impl Default for Messages {
    fn default() -> Self {
        Self {
            max_age_seconds: 300,
            clock_skew_seconds: 60,
            allow_undated: false,
            allow_sha1: false,
            algorithms: None,
            cms_header: "Mdm-Signature".to_owned(),
            bare_header: None,
            bare_key_id_header: None,
            origin: None,
            max_body_bytes: 64 << 20,
            accel_redirect: None,
            max_remembered: 1_000_000,
            max_remembered_per_key: 10_000,
        }
    }
}

impl Messages {
    /// As the engine takes how old messages may be.
    pub(crate) fn freshness(&self) -> Value {
        json!({
            "max_age_seconds": self.max_age_seconds,
            "clock_skew_seconds": self.clock_skew_seconds,
            "allow_undated": self.allow_undated,
        })
    }

    /// What the engine would refuse of them is refused before there is a request.
    ///
    /// # Errors
    /// If one is out of its range, or is not what it has to be.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        super::within("messages.max_age_seconds", self.max_age_seconds, 1..=31_622_400)?;
        super::within("messages.clock_skew_seconds", self.clock_skew_seconds, 0..=600)?;
        super::within("messages.max_body_bytes", self.max_body_bytes, 0..=1 << 40)?;
        super::within("messages.max_remembered", self.max_remembered, 1..=1 << 32)?;
        super::within("messages.max_remembered_per_key", self.max_remembered_per_key, 1..=1 << 24)?;
        for (name, header) in [
            ("cms_header", Some(&self.cms_header)),
            ("bare_header", self.bare_header.as_ref()),
            ("bare_key_id_header", self.bare_key_id_header.as_ref()),
        ] {
            if header.is_some_and(|header| HeaderName::from_bytes(header.as_bytes()).is_err()) {
                bail!("messages.{name} is {header:?}, wanted the name of a header such as X-Signature");
            }
        }
        if let Some(unknown) =
            self.algorithms.iter().flatten().find(|name| !ALGORITHMS.contains(&name.as_str()))
        {
            bail!("messages.algorithms has {unknown:?}, wanted some of {}", ALGORITHMS.join(", "));
        }
        if let Some(origin) = &self.origin {
            check_origin(origin)?;
        }
        if let Some(location) = &self.accel_redirect
            && !(location.starts_with('@') && location.chars().all(|c| c.is_ascii_graphic()))
        {
            bail!("messages.accel_redirect is {location:?}, wanted a named location such as @device");
        }
        Ok(())
    }
}

/// Whether it is what a URL has between scheme and path (RFC 3986 3.2): a name or an address, and a port perhaps.
pub(crate) fn is_authority(text: &str) -> bool {
    let (is_host, port) = match text.strip_prefix('[').map(|rest| rest.split_once(']')) {
        Some(Some((address, port))) => (address.parse::<Ipv6Addr>().is_ok(), port),
        Some(None) => (false, ""),
        None => {
            let (name, port) = text.split_at(text.find(':').unwrap_or(text.len()));
            (is_name(name), port)
        }
    };
    let is_port = |digits: &str| digits.bytes().all(|c| c.is_ascii_digit()) && digits.parse::<u16>().is_ok();
    is_host && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
}

fn is_name(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
    };
    text.strip_suffix('.').unwrap_or(text).split('.').all(is_label)
}

fn check_origin(origin: &str) -> anyhow::Result<()> {
    let host = origin.strip_prefix("https://").or(origin.strip_prefix("http://")).unwrap_or_default();
    if !is_authority(host) {
        bail!("messages.origin is {origin:?}, wanted scheme and host such as https://mdm.example");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address_with_a_port_or_without() {
        for good in [
            "mdm.example",
            "mdm.example.",
            "mdm.example:8443",
            "LOCALHOST",
            "a_b-c.example",
            "192.0.2.7",
            "192.0.2.7:80",
            "[::1]",
            "[2001:db8::7]:443",
            "x:0",
            "x:65535",
        ] {
            assert!(is_authority(good), "{good:?}");
        }
        for bad in [
            "",
            "[",
            "]",
            "[]",
            "[]:80",
            "[::1",
            "::1",
            "::1]",
            "[::1]x",
            "[::1]80",
            "[::1]:",
            "[::1]:x",
            "[mdm.example]",
            "[::g]",
            "[::1%25eth0]",
            "a[b]",
            "a]",
            ":",
            ":80",
            "x:",
            "x:y",
            "x:+80",
            "x:65536",
            "x:80:80",
            ".",
            "..",
            ".x",
            "a..b",
            "a b",
            "a/b",
            "a?b",
            "a#b",
            "u@x",
            "u:p@x",
            "a\\b",
            "a%2Fb",
            "é.example",
            "a\n",
        ] {
            assert!(!is_authority(bad), "{bad:?}");
            assert!(check_origin(&format!("https://{bad}")).is_err(), "{bad:?}");
        }
        assert!(check_origin("http://mdm.example:81").is_ok() && check_origin("mdm.example").is_err());
    }
}
