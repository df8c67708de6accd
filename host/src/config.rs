//! The settings of a data folder: `sealwright.toml`.

mod messages;
mod tokens;

use std::fmt::Display;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use serde::Deserialize;

use crate::guest::Limits;
pub(crate) use messages::{Messages, is_authority};
pub(crate) use tokens::Tokens;

/// The file that `init` writes, with every setting explained.
pub(crate) const TEMPLATE: &str = include_str!("config.toml");

/// Where things lie in a data folder.
#[derive(Clone, Debug)]
pub(crate) struct DataFolder(PathBuf);

impl DataFolder {
    /// A data folder at this path, as an absolute path.
    ///
    /// # Errors
    /// If the path is empty or the working directory is gone.
    pub(crate) fn at(path: &Path) -> anyhow::Result<Self> {
        let path = std::path::absolute(path).with_context(|| format!("{} is not a path", path.display()))?;
        Ok(Self(path))
    }

    /// The same, of a folder that `init` made.
    ///
    /// # Errors
    /// If there is no such folder.
    pub(crate) fn existing(path: &Path) -> anyhow::Result<Self> {
        let data = Self::at(path)?;
        if !data.config().is_file() {
            anyhow::bail!(
                "{} is not a data folder; make one with: sealwright init --data {}",
                path.display(),
                path.display()
            );
        }
        Ok(data)
    }

    /// The folder itself.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The settings.
    pub(crate) fn config(&self) -> PathBuf {
        self.0.join("sealwright.toml")
    }

    /// The store's file.
    pub(crate) fn store(&self) -> PathBuf {
        self.0.join("store.sqlite")
    }

    /// The sealed keys.
    pub(crate) fn keys(&self) -> PathBuf {
        self.0.join("keys")
    }

    /// Compiled code.
    pub(crate) fn cache(&self) -> PathBuf {
        self.0.join("cache")
    }
}

/// All settings. What is left out has the value that the template shows.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    /// The HTTP server.
    pub(crate) server: Server,
    /// SCEP.
    pub(crate) scep: Scep,
    /// Revocation lists and OCSP.
    pub(crate) revocation: Revocation,
    /// Tokens for content.
    pub(crate) tokens: Tokens,
    /// Messages that devices sign.
    pub(crate) messages: Messages,
    /// The sandbox of the engine.
    pub(crate) sandbox: Sandbox,
    /// The log.
    pub(crate) log: Log,
}

/// Settings of the HTTP server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Server {
    /// Where to listen.
    pub(crate) listen: SocketAddr,
    /// Where everybody else finds this server; goes into certificates.
    pub(crate) public_url: Option<String>,
    /// The longest request body.
    pub(crate) max_body_bytes: usize,
    /// Time for one request.
    pub(crate) request_timeout_seconds: u64,
    /// Connections at the same time.
    pub(crate) max_connections: usize,
    /// SCEP messages under way at the same time, those that wait their turn included.
    pub(crate) max_requests: usize,
    /// Time that requests have to finish when the server is told to stop.
    pub(crate) drain_seconds: u64,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            max_body_bytes: 256 << 10,
            request_timeout_seconds: 30,
            max_connections: 1024,
            max_requests: 512,
            drain_seconds: 20,
        }
    }
}

impl Server {
    /// The addresses that go into certificates.
    pub(crate) fn urls(&self) -> Urls {
        Urls(self.public_url.as_ref().map(|url| url.trim_end_matches('/').to_owned()))
    }
}

/// Where relying parties find what they need to judge a certificate; nowhere without a public address.
#[derive(Clone, Debug, Default)]
pub(crate) struct Urls(Option<String>);

impl Urls {
    /// The revocation list of a key.
    pub(crate) fn crl(&self, key: &str) -> Vec<String> {
        self.0.iter().map(|url| format!("{url}/crl/{key}.crl")).collect()
    }

    /// The OCSP responder.
    pub(crate) fn ocsp(&self) -> Vec<String> {
        self.0.iter().map(|url| format!("{url}/ocsp")).collect()
    }

    /// The certificate of a key.
    pub(crate) fn issuer(&self, key: &str) -> Vec<String> {
        self.0.iter().map(|url| format!("{url}/ca/{key}.cer")).collect()
    }
}

/// Whose first requests wait for somebody's yes.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Approval {
    /// Nobody's: who knows a challenge gets a certificate, who knows none gets nothing.
    #[default]
    Never,
    /// Theirs who send no challenge.
    WithoutChallenge,
    /// Everybody's.
    Always,
}

/// Which certificates come after the new one in a SCEP reply.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReplyCertificates {
    /// The new certificate alone.
    None,
    /// The new certificate and its intermediates.
    #[default]
    Chain,
    /// All of them, the root too.
    Fullchain,
}

/// Settings of SCEP.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Scep {
    /// The profile of the certificates.
    pub(crate) profile: String,
    /// Their lifetime, if it is not the profile's.
    pub(crate) validity_days: Option<u64>,
    /// Whose first requests wait for somebody's yes.
    pub(crate) approval: Approval,
    /// How long after its end a certificate may still be renewed with.
    pub(crate) renewal_grace_days: u64,
    /// What comes with the new certificate.
    pub(crate) reply_certificates: ReplyCertificates,
    /// Leave the intermediates out of GetCACert.
    pub(crate) exclude_intermediate: bool,
    /// Read MD5 and single DES.
    pub(crate) allow_legacy: bool,
}

impl Default for Scep {
    fn default() -> Self {
        Self {
            profile: "device-identity".to_owned(),
            validity_days: None,
            approval: Approval::default(),
            renewal_grace_days: 0,
            reply_certificates: ReplyCertificates::default(),
            exclude_intermediate: false,
            allow_legacy: false,
        }
    }
}

/// Settings of revocation lists and OCSP.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Revocation {
    /// How long a revocation list is good.
    pub(crate) crl_validity_hours: u64,
    /// How long an OCSP response is good.
    pub(crate) ocsp_validity_minutes: u64,
}

impl Revocation {
    /// How long a revocation list is good.
    pub(crate) fn crl_seconds(&self) -> u64 {
        self.crl_validity_hours.saturating_mul(3_600)
    }
}

impl Default for Revocation {
    fn default() -> Self {
        Self { crl_validity_hours: 7 * 24, ocsp_validity_minutes: 60 }
    }
}

/// Settings of the sandbox.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Sandbox {
    /// Memory of one request in MiB.
    pub(crate) memory_mib: usize,
    /// Time for one request.
    pub(crate) deadline_seconds: u64,
    /// Requests at the same time; none means two a core.
    pub(crate) instances: Option<u32>,
}

impl Default for Sandbox {
    fn default() -> Self {
        Self { memory_mib: 128, deadline_seconds: 10, instances: None }
    }
}

impl Sandbox {
    /// As the sandbox takes them.
    pub(crate) fn limits(&self) -> Limits {
        let usual = Limits::default();
        Limits {
            instances: self.instances.unwrap_or(usual.instances),
            memory_bytes: self.memory_mib << 20,
            deadline: Duration::from_secs(self.deadline_seconds),
        }
    }
}

/// How a log line looks.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// Settings of the log.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Log {
    /// Text or JSON.
    pub(crate) format: LogFormat,
    /// What to log: a level, or a filter such as `info,sealwright=debug`.
    pub(crate) level: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::default(), level: "info".to_owned() }
    }
}

/// Reads the settings of a data folder.
///
/// # Errors
/// If the file is missing, is not TOML, or has a setting that does not exist or is out of its range.
pub(crate) fn read(data: &DataFolder) -> anyhow::Result<Config> {
    let path = data.config();
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&text).with_context(|| format!("{} is not valid", path.display()))
}

fn parse(text: &str) -> anyhow::Result<Config> {
    let config: Config = toml::from_str(text)?;
    let Config { server, scep, revocation, sandbox, .. } = &config;
    let seconds = 1..=86_400;
    within("server.max_body_bytes", server.max_body_bytes, 4_096..=16 << 20)?;
    within("server.request_timeout_seconds", server.request_timeout_seconds, seconds.clone())?;
    within("server.max_connections", server.max_connections, 1..=1 << 20)?;
    within("server.max_requests", server.max_requests, 1..=1 << 16)?;
    within("server.drain_seconds", server.drain_seconds, 0..=86_400)?;
    within("scep.validity_days", scep.validity_days.unwrap_or(1), 1..=36_500)?;
    within("scep.renewal_grace_days", scep.renewal_grace_days, 0..=3_650)?;
    within("revocation.crl_validity_hours", revocation.crl_validity_hours, 1..=8_760)?;
    within("revocation.ocsp_validity_minutes", revocation.ocsp_validity_minutes, 1..=10_080)?;
    if let Some(url) = &server.public_url {
        check_public_url(url)?;
    }
    config.tokens.check()?;
    config.messages.check()?;
    within("sandbox.memory_mib", sandbox.memory_mib, 8..=4_095)?;
    within("sandbox.deadline_seconds", sandbox.deadline_seconds, seconds)?;
    within("sandbox.instances", sandbox.instances.unwrap_or(1), 1..=1_024)?;
    Ok(config)
}

/// RFC 5280 4.2.1.13 and 8: plain HTTP, since a client cannot check the certificate of the server that it
/// needs for checking certificates.
pub(crate) fn check_public_url(url: &str) -> anyhow::Result<()> {
    let rest = url.strip_prefix("http://").unwrap_or_default();
    let plain =
        |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '<' | '>' | '#' | '?' | '{' | '}');
    if rest.is_empty() || !rest.chars().all(plain) {
        bail!(
            "server.public_url is {url:?}, wanted an address such as http://pki.example or http://pki.example/ca"
        );
    }
    Ok(())
}

fn within<T: PartialOrd + Display>(name: &str, value: T, range: RangeInclusive<T>) -> anyhow::Result<()> {
    if !range.contains(&value) {
        bail!("{name} is {value}, wanted {} to {}", range.start(), range.end());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uncommented() -> String {
        let setting = |line: &&str| line.starts_with('[') || line.contains(" = ");
        let lines = TEMPLATE.lines().map(|line| line.strip_prefix("#: ").unwrap_or(line));
        lines.filter(|line| !line.starts_with('#')).filter(setting).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn template_shows_the_defaults() {
        let shown: Config = toml::from_str(TEMPLATE).unwrap();
        assert_eq!(format!("{shown:?}"), format!("{:?}", Config::default()));
    }

    #[test]
    fn template_names_only_real_settings() {
        toml::from_str::<Config>(&uncommented()).unwrap();
    }

    #[test]
    fn settings_out_of_range_are_refused_with_the_range() {
        parse(TEMPLATE).unwrap();
        for (setting, reason) in [
            ("[sandbox]\nmemory_mib = 1", "sandbox.memory_mib is 1, wanted 8 to 4095"),
            ("[sandbox]\ndeadline_seconds = 0", "sandbox.deadline_seconds is 0"),
            ("[sandbox]\ninstances = 0", "sandbox.instances is 0"),
            ("[server]\nmax_connections = 0", "server.max_connections is 0"),
            ("[server]\nmax_requests = 0", "server.max_requests is 0"),
            ("[server]\nrequest_timeout_seconds = 0", "server.request_timeout_seconds is 0"),
            ("[scep]\nvalidity_days = 0", "scep.validity_days is 0"),
            ("[server]\npublic_url = 'https://a.example'", "server.public_url is"),
            ("[revocation]\ncrl_validity_hours = 0", "revocation.crl_validity_hours is 0"),
            ("[tokens]\nissuer = ''", "tokens.issuer is"),
            ("[tokens]\ndevice_header = 'a b'", "tokens.device_header is \"a b\""),
            ("[messages]\nmax_age_seconds = 0", "messages.max_age_seconds is 0"),
            ("[messages]\nclock_skew_seconds = 601", "messages.clock_skew_seconds is 601"),
            ("[messages]\nalgorithms = ['hmac-sha256']", "messages.algorithms has \"hmac-sha256\""),
            ("[messages]\norigin = 'mdm.example'", "messages.origin is \"mdm.example\""),
            ("[messages]\naccel_redirect = '/a'", "messages.accel_redirect is \"/a\""),
            ("[messages]\nbare_header = 'a b'", "messages.bare_header is"),
            ("[tokens]\nrequests_per_minute = 0", "tokens.requests_per_minute is 0"),
        ] {
            let error = parse(setting).unwrap_err().to_string();
            assert!(error.contains(reason), "{setting}: {error}");
        }
    }

    #[test]
    fn unknown_settings_are_refused() {
        assert!(toml::from_str::<Config>("[scep]\nchallange = 'x'\n").is_err());
    }
}
